//! What things look like to programs: the objects of the API and of events.
//!
//! Decided here: names, forms and what is left out. Money is a decimal text beside its currency,
//! an instant RFC 3339 in UTC, an enum its lower-case name (ruling 29). The same object is shown
//! by an answer and carried by an event. Nothing here reads a database.

mod call;
mod charge;
mod checkout;
mod deck;
mod dunning;
mod inventory;
mod invoice;
mod key;
mod limits;
mod log;
mod partner;
mod payment;
mod processor;
mod profile;
mod refund;
mod simulation;
mod subscription;
mod tenant;
pub(crate) mod usage;
mod user;
mod webhook;

use domain::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, SchemaType, Type},
    },
};

pub use self::{
    call::{
        CallDetail, CallRating, CallView, CdrBatch, CdrBatchResult, Currencies, RecordResult,
        RejectDetail, RejectView,
    },
    charge::{Charge, Credit, TaxJurisdiction},
    checkout::{Checkout, InvoiceLink},
    deck::{ChangedRow, RateDeck, RateDeckDiff, RateDeckRow, RateDeckVersion},
    dunning::{
        DunningMail, DunningPolicy, DunningStep, DunningTimeline, OverdueTenant,
        ProfileDunningPolicy, PromiseToPay, UnpaidInvoice,
    },
    inventory::{Extension, PhoneNumber},
    invoice::{BillTo, Invoice, InvoiceLine, InvoiceTax},
    key::ApiKey,
    limits::{TenantDefaults, TenantLimits, TenantLimitsRow},
    log::{ApiRequest, AuditEntry},
    partner::{CdrSource, Job, Partner, WholesaleTerms},
    payment::{
        BegunPayment, Payment, PaymentAction, Reference, TenantBalance, Wallet, WalletTransaction,
    },
    processor::{
        ConnectedAccountView, CustomKeysView, PaymentMethod, PaymentMethodSetup, PaymentProcessor,
        Settlement, SettlementSum, StatementView,
    },
    profile::{BillingProfile, Trial},
    refund::{CreditNote, Dispute, OperatorDispute, Refund},
    simulation::{Amounts, SimulatedProposal, SimulationTotals, TenantSimulation},
    subscription::{
        OperatorCharge, PendingPlan, Plan, PlanChangePreview, RateChange, Subscription,
        SubscriptionInvoice, SubscriptionLine, SubscriptionUsage, WalletRefundPart, WholesaleRates,
    },
    tenant::{Span, Tenant},
    usage::{Counts, TenantUsage, Usage, UsageDay, UsageDays, UsageSummary},
    user::User,
    webhook::{Event, WebhookAttempt, WebhookDelivery, WebhookDeliveryDetail, WebhookEndpoint},
};

/// An instant: RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub Timestamp);

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at = Timestamp::parse(&text).map_err(serde::de::Error::custom)?;
        if !at.is_plausible() {
            return Err(serde::de::Error::custom(format!("{text:?} is not from 1990 to 2200")));
        }
        Ok(Self(at))
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .examples(["2026-05-01T00:00:00Z"])
            .into()
    }
}

impl ToSchema for Instant {
    fn name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }
}

/// An amount or a price: a decimal text such as `"12.34"`, never a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Decimal(pub String);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| {
            !part.is_empty() && part.len() <= 20 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if is_number(whole) && is_number(places) {
            Ok(Self(text))
        } else {
            Err(serde::de::Error::custom(format!("{text:?} is not a decimal such as \"12.34\"")))
        }
    }
}

impl PartialSchema for Decimal {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^-?[0-9]{1,20}(\\.[0-9]{1,20})?$"))
            .examples(["12.34"])
            .into()
    }
}

impl ToSchema for Decimal {
    fn name() -> std::borrow::Cow<'static, str> {
        "Decimal".into()
    }
}
