//! Creating operator and partners, wholesale terms, taxes, and money moved by hand.

use app::{
    error::AppError,
    setup::{
        NewCredit, NewOperator, NewPartner, NewTax, NewTerms, TaxEdit, WalletMove, WalletMoveKind,
    },
};
use domain::{
    ledger::Account,
    money::{Micros, Minor, Nanos},
    profile::automatic_profiles,
    tier::{Tier, TierRates},
};
use rstest::rstest;

use crate::harness::{
    Engine, World,
    builders::{START, at, id, refused_fields},
};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn there_is_one_operator_and_its_settings_are_checked(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    let new = |country: &str, currency: &str| NewOperator {
        name: "Example Telecom".to_owned(),
        home_country: country.to_owned(),
        currency: currency.to_owned(),
    };
    let refused = world.app.create_operator(&new("XX", "usd!")).await;
    assert_eq!(refused_fields(refused), ["home_country", "currency"]);
    world.app.create_operator(&new("US", "USD")).await.unwrap();
    let second = world.app.create_operator(&new("US", "USD")).await;
    assert!(matches!(second, Err(AppError::Refused(_))), "{second:?}");
}

// PRO-10 exactly two profiles, with the figures of the numeric defaults
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_partner_has_exactly_two_profiles(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let mut tx = world.begin().await;
    let page = store::profiles::page(&mut tx, partner.partner_id, None, 9).await.unwrap();
    assert_eq!(page.len(), 2);
    for terms in automatic_profiles(partner.currency) {
        let profile = page.iter().find(|profile| profile.name == terms.name).unwrap();
        let latest = store::profiles::latest(&mut tx, partner.partner_id, profile.profile_id);
        assert_eq!(latest.await.unwrap().unwrap().terms, terms);
    }
    let terms = store::partners::terms_at(&mut tx, partner.partner_id, at(START)).await.unwrap();
    let terms = terms.unwrap();
    assert_eq!((terms.tier, terms.terms.local_minute), (Tier::Starter, Nanos::new(20_000_000)));
    assert_eq!(store::partners::find(&mut tx, partner.partner_id).await.unwrap(), Some(partner));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn all_wrong_fields_of_a_partner_are_reported(#[case] engine: Engine) {
    let Some((world, _)) = World::with_partner(engine).await else { return };
    let mut new = NewPartner::named("Bad Slug", "", "nobody");
    new.zone = "Mars/Olympus".to_owned();
    new.brand.color = "blue".to_owned();
    new.logo = Some(b"<svg/>".to_vec());
    new.increments.increment_seconds = 0;
    new.currency = Some("XYZ".to_owned());
    new.terms_days = 400;
    let mut fields = refused_fields(world.app.create_partner(&new).await);
    fields.sort();
    let expected = [
        "billing_email",
        "brand.color",
        "brand.support_email",
        "company_name",
        "currency",
        "increments",
        "logo",
        "slug",
        "terms_days",
        "zone",
    ];
    assert_eq!(fields, expected);
    let taken = NewPartner::named("oak-voice", "Oak", "billing@oak.example");
    assert_eq!(refused_fields(world.app.create_partner(&taken).await), ["slug"]);
}

// PLT-12 PLT-23 figures of one's own only for Enterprise; terms are prospective
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wholesale_terms_change_from_now_on_only(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let version = world.directory_version().await;
    let partner_id = partner.partner_id;
    let (june, july) = (at("2026-06-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
    let business = NewTerms { tier: Tier::Business, figures: None, deck: None };
    world.app.set_wholesale_terms(partner_id, &business, july).await.unwrap();
    assert_eq!(world.directory_version().await, version + 1);
    world.advance("2026-05-02T00:00:00Z");
    for from in [at(START), june, july] {
        let refused = world.app.set_wholesale_terms(partner_id, &business, from).await;
        assert_eq!(refused_fields(refused), ["effective_from"], "{from}");
    }
    let figures =
        Some(TierRates { local_minute: Nanos::new(-1), ..Tier::Starter.plan().unwrap().rates });
    let august = at("2026-08-01T00:00:00Z");
    let negative = NewTerms { tier: Tier::Enterprise, figures, deck: Some(id(9)) };
    let refused = world.app.set_wholesale_terms(partner_id, &negative, august).await;
    assert_eq!(refused_fields(refused), ["terms.local_minute", "terms.deck"]);
    for (tier, figures) in [(Tier::Enterprise, None), (Tier::Starter, figures)] {
        let terms = NewTerms { tier, figures, deck: None };
        let refused = world.app.set_wholesale_terms(partner_id, &terms, august).await;
        assert_eq!(refused_fields(refused), ["terms.figures"]);
    }
    let nobody = world.app.set_wholesale_terms(id(9), &business, august).await;
    assert!(matches!(nobody, Err(AppError::NotFound { .. })), "{nobody:?}");
}

fn pulaski(rate: &str) -> NewTax {
    NewTax {
        code: "US-AR-Pulaski".to_owned(),
        name: "Pulaski County sales tax".to_owned(),
        rate: rate.to_owned(),
        enabled: true,
    }
}

// TAX-01 TAX-02 a code once per partner; a share below one with up to six places
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tax_rates_are_shares_and_codes_are_unique(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    for wrong in ["8.5", "1", "-0.01", "0.0000001", "8.5%", ""] {
        let refused = world.app.create_tax(partner_id, &pulaski(wrong)).await;
        assert_eq!(refused_fields(refused), ["rate"], "{wrong:?}");
    }
    let tax = world.app.create_tax(partner_id, &pulaski("0.085")).await.unwrap();
    assert_eq!(tax.rate_millionths, 85_000);
    let twice = world.app.create_tax(partner_id, &pulaski("0.01")).await;
    assert_eq!(refused_fields(twice), ["code"]);
    let other = world.partner("elm-voice").await;
    world.app.create_tax(other.partner_id, &pulaski("0")).await.unwrap();

    let off = TaxEdit { enabled: Some(false), ..TaxEdit::default() };
    let edited = world.app.edit_tax(partner_id, (tax.tax_id, 1), &off).await.unwrap();
    assert!(!edited.enabled && edited.rate_millionths == 85_000);
    let stale = world.app.edit_tax(partner_id, (tax.tax_id, 1), &off).await;
    assert!(matches!(stale, Err(AppError::Stale(_))), "{stale:?}");
    let foreign = world.app.edit_tax(other.partner_id, (tax.tax_id, 2), &off).await;
    assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");
}

// TAX-05 a tenant lists none, one or several codes of its own partner
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_tenant_lists_known_codes_only(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.tenant(&partner, "TEN1").await;
    let ids = (partner.partner_id, tenant.tenant_id);
    world.app.create_tax(ids.0, &pulaski("0.085")).await.unwrap();
    let codes = ["US-AR-Pulaski".to_owned(), "CA-ON".to_owned()];
    let refused = world.app.set_tenant_taxes(ids.0, ids.1, &codes).await;
    assert_eq!(refused_fields(refused), ["codes.1"]);
    world.app.set_tenant_taxes(ids.0, ids.1, &codes[..1]).await.unwrap();
    let mut tx = world.begin().await;
    let in_force = store::taxes::in_force(&mut tx, ids.0, &[ids.1]).await.unwrap();
    assert_eq!(in_force.len(), 1);
    tx.commit().await.unwrap();
    let other = world.partner("elm-voice").await;
    let foreign = world.app.set_tenant_taxes(other.partner_id, ids.1, &[]).await;
    assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");
}

fn move_of(kind: WalletMoveKind, amount: i64, reason: &str, reference: &str) -> WalletMove {
    WalletMove {
        kind,
        amount: Micros::new(amount),
        reason: reason.to_owned(),
        reference: reference.to_owned(),
    }
}

// WAL-21 either sign, with a reason; WAL-17 WAL-18 each under its type; WAL-16 the running balance
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_wallet_is_moved_once_per_reference_and_adjusted_with_a_reason(#[case] engine: Engine) {
    use WalletMoveKind::{InitialCredit, ManualAdjustment, TopUp};
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let partner_id = partner.partner_id;
    let unexplained = move_of(ManualAdjustment, -3_000_000, " ", "adj-1");
    let refused = world.app.move_wallet(partner_id, &unexplained).await;
    assert_eq!(refused_fields(refused), ["reason"]);
    for kind in [TopUp, InitialCredit] {
        let negative = move_of(kind, -1, "", "neg");
        let refused = world.app.move_wallet(partner_id, &negative).await;
        assert_eq!(refused_fields(refused), ["amount"]);
    }
    for (asked, balance) in [
        (move_of(TopUp, 100_000_000, "", "top-1"), 100_000_000),
        (move_of(TopUp, 100_000_000, "", "top-1"), 100_000_000),
        (move_of(ManualAdjustment, -3_000_000, "double charge", "adj-1"), 97_000_000),
        (move_of(InitialCredit, 25_000_000, "", "welcome"), 122_000_000),
        (move_of(InitialCredit, 25_000_000, "", "welcome-2"), 122_000_000),
        (move_of(ManualAdjustment, -200_000_000, "fraud", "adj-2"), -78_000_000),
    ] {
        let left = world.app.move_wallet(partner_id, &asked).await.unwrap();
        assert_eq!(left, Micros::new(balance), "{asked:?}");
    }
    let mut tx = world.begin().await;
    let rows = store::ledger::page(&mut tx, partner_id, 0, 99).await.unwrap();
    let rows: Vec<(&str, Option<i64>)> = rows
        .iter()
        .flat_map(|tx| &tx.transfers)
        .map(|transfer| (transfer.kind.as_str(), transfer.wallet_after_micros))
        .collect();
    let expected = [
        ("top_up", Some(100_000_000)),
        ("manual_adjustment", Some(97_000_000)),
        ("initial_credit", Some(122_000_000)),
        ("manual_adjustment", Some(-78_000_000)),
    ];
    assert_eq!(rows, expected);
}

// PLT-01 a credit moves only retail books
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_credit_is_booked_in_the_retail_books(#[case] engine: Engine) {
    let Some((world, partner)) = World::with_partner(engine).await else { return };
    let tenant = world.tenant(&partner, "TEN1").await;
    let new = |amount: i64, reason: &str| NewCredit {
        tenant_id: tenant.tenant_id,
        amount: Minor::new(amount),
        reason: reason.to_owned(),
    };
    let refused = world.app.give_credit(partner.partner_id, &new(0, "")).await;
    assert_eq!(refused_fields(refused), ["amount", "reason"]);
    let credit = world.app.give_credit(partner.partner_id, &new(1_000, "outage")).await.unwrap();
    let mut tx = world.begin().await;
    let open = store::credits::open_of(&mut tx, partner.partner_id, &[tenant.tenant_id]).await;
    assert_eq!(open.unwrap(), [credit]);
    for (account, expected) in [
        (Account::TenantBalance(tenant.tenant_id), -10_000_000),
        (Account::Refunds, 10_000_000),
        (Account::Wallet, 0),
    ] {
        let balance = store::ledger::balance(&mut tx, partner.partner_id, account).await.unwrap();
        assert_eq!(balance, Micros::new(expected), "{account}");
    }
}
