//! Drafts, one-time invoices, and taking them back.

use app::{
    drafts::{DraftLine, DraftText},
    error::AppError,
};
use domain::{
    account::{Partner, Tenant},
    invoice::{line::Quantity, status::InvoiceStatus},
    money::{Minor, Nanos},
};
use rstest::rstest;

use crate::harness::{Engine, World};

fn text(lines: &[(&str, &str)]) -> DraftText {
    let line = |(description, price): &(&str, &str)| DraftLine {
        description: (*description).to_owned(),
        quantity: Quantity::ONE,
        unit: "unit".to_owned(),
        unit_price: Nanos::parse(price).unwrap(),
        taxable: true,
    };
    DraftText { lines: lines.iter().map(line).collect(), notes: "Thank you".to_owned() }
}

async fn acme(engine: Engine) -> Option<(World, Partner, Tenant)> {
    let (world, partner) = World::with_partner(engine).await?;
    let tenant = world.tenant(&partner, "acme").await;
    Some((world, partner, tenant))
}

// INV-14, INV-23 a one-time invoice outside any cycle: drafted, edited, issued, locked
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_draft_is_edited_until_it_is_issued(#[case] engine: Engine) {
    let Some((world, partner, tenant)) = acme(engine).await else { return };
    let (id, app) = (partner.partner_id, &world.app);
    let draft = app.create_draft(id, tenant.tenant_id, &text(&[("Test", "5.00")])).await.unwrap();
    assert_eq!((draft.status, draft.number.clone()), (InvoiceStatus::Draft, None));
    let seen = (draft.invoice_id, draft.version);
    let edited = app.edit_draft(id, seen, &text(&[("Test", "1.00")])).await.unwrap();
    assert_eq!(edited.total, Minor::new(100));
    // the version that was read counts, and it is old
    let stale = app.finalise_draft(id, seen).await;
    assert!(matches!(stale, Err(AppError::Stale(_))), "{stale:?}");
    let seen = (edited.invoice_id, edited.version);
    let issued = app.finalise_draft(id, seen).await.unwrap();
    assert_eq!(issued.number.as_deref(), Some("INV-000001"));
    assert_eq!((issued.status, issued.due()), (InvoiceStatus::Sent, Minor::new(100)));
    let seen = (issued.invoice_id, issued.version);
    for locked in [
        app.edit_draft(id, seen, &text(&[("Test", "9.00")])).await,
        app.finalise_draft(id, seen).await,
        app.void_draft(id, seen).await,
    ] {
        assert!(matches!(locked, Err(AppError::Refused(_))), "{locked:?}");
    }
    world.assert_clean().await;
}

// INV-11 a voided draft is Cancelled, and books nothing
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_draft_is_voided(#[case] engine: Engine) {
    let Some((world, partner, tenant)) = acme(engine).await else { return };
    let (id, app) = (partner.partner_id, &world.app);
    let draft = app.create_draft(id, tenant.tenant_id, &text(&[("Test", "5")])).await.unwrap();
    let voided = app.void_draft(id, (draft.invoice_id, draft.version)).await.unwrap();
    assert_eq!((voided.status, voided.number), (InvoiceStatus::Cancelled, None));
    world.assert_clean().await;
}

// INV-32 discounts reduce the total and never turn it negative
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_discount_stays_below_the_charges(#[case] engine: Engine) {
    let Some((world, partner, tenant)) = acme(engine).await else { return };
    let (id, app) = (partner.partner_id, &world.app);
    let lines = text(&[("Plan", "99"), ("Discount", "-20")]);
    let draft = app.create_draft(id, tenant.tenant_id, &lines).await.unwrap();
    assert_eq!(draft.total, Minor::new(7_900));
    let too_much = text(&[("Plan", "99"), ("Discount", "-120")]);
    let refused = app.create_draft(id, tenant.tenant_id, &too_much).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    let issued = app.finalise_draft(id, (draft.invoice_id, draft.version)).await.unwrap();
    assert_eq!(issued.total, Minor::new(7_900));
    world.assert_clean().await;
}

// INV-35 the operator takes back an issued invoice that nobody paid
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unpaid_invoice_is_cancelled_and_its_credit_returned(#[case] engine: Engine) {
    let Some((world, partner, tenant)) = acme(engine).await else { return };
    let (id, app) = (partner.partner_id, &world.app);
    let credit = app::setup::NewCredit {
        tenant_id: tenant.tenant_id,
        amount: Minor::new(3_000),
        reason: "Outage".to_owned(),
    };
    app.give_credit(id, &credit).await.unwrap();
    let draft = app.create_draft(id, tenant.tenant_id, &text(&[("Phones", "50")])).await.unwrap();
    let issued = app.finalise_draft(id, (draft.invoice_id, draft.version)).await.unwrap();
    assert_eq!(issued.due(), Minor::new(2_000));
    let seen = (issued.invoice_id, issued.version);
    let nameless = app.cancel_invoice(id, seen, " ").await;
    assert!(matches!(nameless, Err(AppError::Invalid(_))), "{nameless:?}");
    let cancelled = app.cancel_invoice(id, seen, "wrong tenant").await.unwrap();
    assert_eq!((cancelled.status, cancelled.due()), (InvoiceStatus::Cancelled, Minor::ZERO));
    world.assert_clean().await;
    // the credit is there again
    let next = app.create_draft(id, tenant.tenant_id, &text(&[("Phones", "20")])).await.unwrap();
    let paid = app.finalise_draft(id, (next.invoice_id, next.version)).await.unwrap();
    assert_eq!((paid.status, paid.credited), (InvoiceStatus::Paid, Minor::new(2_000)));
    world.assert_clean().await;
}

// INV-24, TEN-16 another partner's draft is not there
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_foreign_draft_is_not_found(#[case] engine: Engine) {
    let Some((world, partner, tenant)) = acme(engine).await else { return };
    let other = world.partner("elm-voice").await;
    let app = &world.app;
    let lines = text(&[("Test", "5")]);
    let draft = app.create_draft(partner.partner_id, tenant.tenant_id, &lines).await.unwrap();
    let seen = (draft.invoice_id, draft.version);
    for foreign in [
        app.edit_draft(other.partner_id, seen, &lines).await,
        app.finalise_draft(other.partner_id, seen).await,
        app.void_draft(other.partner_id, seen).await,
        app.cancel_invoice(other.partner_id, seen, "x").await,
        app.create_draft(other.partner_id, tenant.tenant_id, &lines).await,
    ] {
        assert!(matches!(foreign, Err(AppError::NotFound { .. })), "{foreign:?}");
    }
}
