//! Accounts for tests, in few lines and always with the same ids.
//!
//! Decided here: what a test sees that does not care: one operator, USD, UTC, a simulated clock
//! that stands at the start of May 2026. A test changes the fields it is about.

use adapters::{clock::Clock, ids::Ids};
use app::{
    App,
    error::AppError,
    setup::{NewOperator, NewPartner, NewTenant},
    test_methods::SavedFor,
};
use domain::{
    account::{AutoPay, BillingIncrements, Brand, Operator, Partner, Tenant},
    ids::{DeckId, Id, Kind, MethodId, PartnerId, ProfileId, TenantId},
    money::Currency,
    partner::PartnerStatus,
    tenant::{TenantLife, TenantStatus},
    time::{Span, Timestamp, Zone},
};
use store::db::Tx;

use super::db::{Engine, TestDb, fresh};

/// Where every test's clock begins.
pub(crate) const START: &str = "2026-05-01T00:00:00Z";

/// A database, a clock and a sequence of ids: all a test needs.
pub(crate) struct World {
    pub(crate) app: App,
    // Last, so that the pools of `app` are gone before the database is.
    pub(super) db: TestDb,
}

impl World {
    /// An empty world, or `None` where the environment leaves `engine` out.
    pub(crate) async fn fresh(engine: Engine) -> Option<Self> {
        let db = fresh(engine).await?;
        let clock = Clock::simulated(at(START));
        Some(Self { app: App::new(db.db.clone(), clock, Ids::seeded(1)), db })
    }

    /// A transaction that may write.
    pub(crate) async fn begin(&self) -> Tx {
        self.app.db.begin().await.unwrap()
    }
}

/// The instant that `text` names.
pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// From `start` up to `end`.
pub(crate) fn span(start: &str, end: &str) -> Span {
    Span { start: at(start), end: at(end) }
}

/// The id number `number` of its kind.
pub(crate) fn id<K: Kind>(number: u128) -> Id<K> {
    Id::from_bits(number)
}

/// The operator.
pub(crate) fn operator() -> Operator {
    Operator {
        name: "Example Telecom".to_owned(),
        home_country: "US".to_owned(),
        currency: Currency::USD,
        directory_version: 0,
    }
}

/// Partner number `number`, active.
pub(crate) fn partner(number: u128) -> Partner {
    Partner {
        partner_id: id(number),
        slug: format!("partner-{number}"),
        company_name: format!("Partner {number} LLC"),
        brand: Brand {
            name: format!("Partner {number}"),
            color: "#1f6feb".to_owned(),
            address: "1 Main Street\nLittle Rock, AR 72201".to_owned(),
            website: "https://partner.example".to_owned(),
            support_email: "support@partner.example".to_owned(),
            statement_descriptor: "PARTNER VOICE".to_owned(),
        },
        logo: None,
        billing_email: "billing@partner.example".to_owned(),
        zone: Zone::UTC,
        currency: Currency::USD,
        locale: "en-US".to_owned(),
        status: PartnerStatus::Active,
        status_since: at(START),
        terms_days: 15,
        usage_alerts: true,
        default_profile: id(1),
        increments: BillingIncrements { minimum_seconds: 6, increment_seconds: 6 },
        created_at: at(START),
        version: 1,
    }
}

/// Tenant number `number` of `partner_id` on profile 1, in trial.
pub(crate) fn tenant(partner_id: PartnerId, number: u128) -> Tenant {
    Tenant {
        partner_id,
        tenant_id: TenantId::from_bits(number),
        name: format!("Tenant {number}"),
        sip_prefix: format!("TEN{number}"),
        account_code: None,
        billing_email: format!("books@tenant{number}.example"),
        address: "2 Oak Street\nLittle Rock, AR 72202".to_owned(),
        default_cnam: String::new(),
        zone: Zone::UTC,
        currency: Currency::USD,
        home_npa: None,
        auto_pay: AutoPay::Off,
        life: TenantLife::created(TenantStatus::Trial, at(START)),
        profile_id: ProfileId::from_bits(1),
        pending_profile: None,
        created_at: at(START),
        anchor_day: None,
        open_start: None,
        open_end: None,
        next_action_at: None,
        flagged_at: None,
        version: 1,
    }
}

impl World {
    /// A world with the operator and one active partner on the Starter tier.
    pub(crate) async fn with_partner(engine: Engine) -> Option<(Self, Partner)> {
        let world = Self::fresh(engine).await?;
        let operator = NewOperator {
            name: "Example Telecom".to_owned(),
            home_country: "US".to_owned(),
            currency: "USD".to_owned(),
        };
        world.app.create_operator(&operator).await.unwrap();
        let partner = world.partner("oak-voice").await;
        Some((world, partner))
    }

    /// Another active partner on the Starter tier.
    pub(crate) async fn partner(&self, slug: &str) -> Partner {
        let email = format!("billing@{slug}.example");
        let mut new = NewPartner::named(slug, slug, &email);
        new.status = PartnerStatus::Active;
        self.app.create_partner(&new).await.unwrap()
    }

    /// An active tenant of `partner` on its default profile, with a test card by default.
    pub(crate) async fn tenant(&self, partner: &Partner, sip_prefix: &str) -> Tenant {
        let tenant = self.bare_tenant(partner, sip_prefix).await;
        self.saved_method(&tenant, "visa").await;
        tenant
    }

    /// The same without a card.
    pub(crate) async fn bare_tenant(&self, partner: &Partner, sip_prefix: &str) -> Tenant {
        let email = format!("books@{sip_prefix}.example");
        let new = NewTenant::named(sip_prefix, sip_prefix, &email);
        self.app.create_tenant(partner.partner_id, &new).await.unwrap()
    }

    /// A test method that is saved for a tenant; the first is its default.
    pub(crate) async fn saved_method(&self, tenant: &Tenant, name: &str) -> MethodId {
        let owner = (tenant.partner_id, tenant.tenant_id);
        let saved = self.app.save_test_method(owner, (name, SavedFor::Default)).await;
        saved.unwrap().method_id
    }

    /// The id of the partner's profile with this name.
    pub(crate) async fn profile(&self, partner: &Partner, name: &str) -> ProfileId {
        let mut tx = self.begin().await;
        let page = store::profiles::page(&mut tx, partner.partner_id, None, 100).await.unwrap();
        page.into_iter().find(|profile| profile.name == name).unwrap().profile_id
    }

    /// Moves the clock forward to `text`.
    pub(crate) fn advance(&self, text: &str) {
        self.app.clock.advance(at(text)).unwrap();
    }

    /// The types of all events of a partner, oldest first.
    pub(crate) async fn event_kinds(&self, partner: &Partner) -> Vec<String> {
        let mut tx = self.begin().await;
        let page = store::events::page(&mut tx, partner.partner_id, None, 1_000).await.unwrap();
        page.into_iter().map(|(_, event)| event.kind).collect()
    }

    /// Prices the partner's tenants by the first deck and the partner by the second one, from the
    /// tests' first instant on: straight into the tables, as if it had always been so.
    pub(crate) async fn put_decks(&self, partner: &Partner, (retail, wholesale): (DeckId, DeckId)) {
        let id = partner.partner_id;
        for sql in [
            format!(
                "update profile_version
                 set terms = replace(terms, '\"deck\":null', '\"deck\":\"{retail}\"')
                 where partner_id = '{id}'"
            ),
            format!("update partner_terms set deck_id = '{wholesale}' where partner_id = '{id}'"),
            "update operator set directory_version = directory_version + 1".to_owned(),
        ] {
            self.execute(&sql).await;
        }
    }

    /// Runs one statement that no use case would.
    pub(crate) async fn execute(&self, sql: &str) {
        let mut tx = self.begin().await;
        let text = sqlx::AssertSqlSafe(sql.to_owned());
        match &mut tx {
            Tx::Sqlite(tx) => sqlx::query(text).execute(&mut **tx).await.map(drop).unwrap(),
            Tx::Postgres(tx) => sqlx::query(text).execute(&mut **tx).await.map(drop).unwrap(),
        }
        tx.commit().await.unwrap();
    }

    /// How often an owner or a price changed.
    pub(crate) async fn directory_version(&self) -> i64 {
        let mut tx = self.begin().await;
        store::operator::directory_version(&mut tx).await.unwrap()
    }
}

/// The names of the fields that a use case refused.
pub(crate) fn refused_fields<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> Vec<String> {
    match outcome {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("not refused for its fields: {other:?}"),
    }
}
