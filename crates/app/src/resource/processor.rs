//! How partners are paid, saved payment methods and settlements, as programs see them.

use domain::{
    ids::{MethodId, PartnerId, SettlementId, SetupId, TenantId},
    money::{Currency, Minor},
    processor::{ConnectState, SavedMethod},
    time::{Timestamp, Zone},
};
use serde::Serialize;
use store::{
    processors::{ConnectedAccount, CustomKeys},
    settlements,
};
use utoipa::ToSchema;

use super::{Decimal, Instant};
use crate::{methods::SetupView, processors::ProcessorView};

/// A saved card or bank account: what may be shown of it, never its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentMethod {
    /// Its id.
    #[schema(value_type = String, example = "pm_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: MethodId,
    /// Whose; none for the partner's own, for what the operator charges.
    #[schema(value_type = Option<String>)]
    pub tenant_id: Option<TenantId>,
    /// `card` or `us_bank_account`.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "card", pattern = "^(card|us_bank_account)$")]
    pub kind: &'static str,
    /// The card's brand or the bank's name.
    #[schema(example = "visa")]
    pub brand: String,
    /// The last four digits.
    #[schema(example = "4242")]
    pub last_four: String,
    /// A card's last month.
    #[schema(example = 12)]
    pub expires_month: Option<u8>,
    /// Its year.
    #[schema(example = 2034)]
    pub expires_year: Option<u16>,
    /// Whether that month is over.
    pub expired: bool,
    /// `pending_verification`: a bank account that cannot be charged yet; `needs_reentry`: saved on
    /// an account that is not used any more.
    #[schema(value_type = String, example = "active",
        pattern = "^(pending_verification|active|needs_reentry|removed)$")]
    pub status: &'static str,
    /// Whether it is charged where none is named.
    pub default: bool,
    /// When it was saved.
    pub created_at: Instant,
}

impl PaymentMethod {
    /// The method, as it is at `now`.
    pub fn of(method: &SavedMethod, now: Timestamp) -> Self {
        Self {
            id: method.method_id,
            tenant_id: method.tenant_id,
            kind: method.kind.as_str(),
            brand: method.brand.clone(),
            last_four: method.last_four.clone(),
            expires_month: method.expires.map(|(month, _)| month),
            expires_year: method.expires.map(|(_, year)| year),
            expired: method.is_expired(Zone::UTC.day_of(now)),
            status: method.status.as_str(),
            default: method.is_default,
            created_at: method.created_at.into(),
        }
    }
}

/// The saving of a payment method: what the browser needs to take the card data straight to the
/// payment processor, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentMethodSetup {
    /// Its id.
    #[schema(value_type = String, example = "set_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: SetupId,
    /// Whose the method will be; none for the partner's own.
    #[schema(value_type = Option<String>)]
    pub tenant_id: Option<TenantId>,
    /// `card` or `us_bank_account`.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "card", pattern = "^(card|us_bank_account)$")]
    pub kind: &'static str,
    /// `verifying`: a bank account waits for the two amounts that arrived there.
    #[schema(value_type = String, example = "waiting",
        pattern = "^(begun|waiting|verifying|succeeded|failed)$")]
    pub status: &'static str,
    /// Why it failed.
    pub failure: Option<String>,
    /// The key that the processor's script is started with.
    #[schema(example = "pk_test_sandbox")]
    pub publishable_key: String,
    /// The account that the script names, where it is a connected one.
    pub account: Option<String>,
    /// The processor's script; none in the sandbox.
    pub script_url: Option<String>,
    /// The method, once it is saved.
    pub payment_method: Option<PaymentMethod>,
    /// When it was begun.
    pub created_at: Instant,
}

impl PaymentMethodSetup {
    /// The setup, as it is at `now`. Its secret is not part of it.
    pub fn of(view: &SetupView, now: Timestamp) -> Self {
        let setup = &view.setup;
        Self {
            id: setup.setup_id,
            tenant_id: setup.tenant_id,
            kind: setup.kind.as_str(),
            status: setup.state.as_str(),
            failure: setup.failure.clone(),
            publishable_key: view.publishable_key.clone(),
            account: view.account.clone(),
            script_url: view.script_url.clone(),
            payment_method: view.method.as_ref().map(|method| PaymentMethod::of(method, now)),
            created_at: setup.created_at.into(),
        }
    }
}

/// How a partner's tenants pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentProcessor {
    /// What was chosen: `platform`, the operator's account with monthly settlements; `connect`, the
    /// partner's own account, connected; `custom_keys`, the partner's own account and keys.
    #[schema(value_type = String, example = "platform",
        pattern = "^(platform|connect|custom_keys)$")]
    pub mode: &'static str,
    /// Where new payments go now: `platform` as long as a connected account was never active.
    #[schema(value_type = String, example = "platform",
        pattern = "^(platform|connect|custom_keys)$")]
    pub active_mode: &'static str,
    /// Why no payment can be begun now; none where one can.
    pub blocked: Option<String>,
    /// Whether payments move money.
    pub livemode: bool,
    /// The platform's share of each payment.
    #[schema(example = "0.0399")]
    pub application_fee: Decimal,
    /// The connected account.
    pub connect: ConnectedAccountView,
    /// The partner's own keys.
    pub custom_keys: Option<CustomKeysView>,
    /// What statements show.
    pub statement: StatementView,
    /// The day of the month after on which settlements are due.
    #[schema(example = 15, minimum = 1, maximum = 28)]
    pub settlement_day: u8,
}

/// A partner's connected account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectedAccountView {
    /// Where it stands.
    #[schema(value_type = String, example = "active",
        pattern = "^(not_connected|pending|active|restricted|disconnected)$")]
    pub status: &'static str,
    /// The processor's id.
    #[schema(example = "acct_1Nv0FGQ9RKHgCVdK")]
    pub account: Option<String>,
    /// Whether it can be charged.
    pub charges_enabled: bool,
    /// Whether the processor pays out to its bank account.
    pub payouts_enabled: bool,
    /// Whether the processor's form was finished.
    pub details_submitted: bool,
    /// What the processor wants to know now.
    pub currently_due: Vec<String>,
    /// Why it is disabled.
    pub disabled_reason: Option<String>,
}

impl ConnectedAccountView {
    fn of(connected: Option<&ConnectedAccount>) -> Self {
        let Some(it) = connected else {
            return Self {
                status: "not_connected",
                account: None,
                charges_enabled: false,
                payouts_enabled: false,
                details_submitted: false,
                currently_due: Vec::new(),
                disabled_reason: None,
            };
        };
        Self {
            status: ConnectState::as_str(it.state),
            account: Some(it.account.as_str().to_owned()),
            charges_enabled: it.charges_enabled,
            payouts_enabled: it.payouts_enabled,
            details_submitted: it.details_submitted,
            currently_due: it.currently_due.clone(),
            disabled_reason: it.disabled_reason.clone(),
        }
    }
}

/// A partner's own keys; the secret one is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomKeysView {
    /// `broken`: the processor no longer accepts them.
    #[schema(value_type = String, example = "active", pattern = "^(active|broken)$")]
    pub status: &'static str,
    /// The account that they open.
    #[schema(example = "acct_1Nv0FGQ9RKHgCVdK")]
    pub account: String,
    /// The secret key, masked.
    #[schema(example = "sk_live_…x9Q2")]
    pub masked_key: String,
    /// For browsers.
    #[schema(example = "pk_live_51Nv0FGQ9RKHgCVdK")]
    pub publishable_key: String,
    /// Whether they move money.
    pub livemode: bool,
    /// Whether the account's events are sent here.
    pub receives_events: bool,
    /// When they were saved.
    pub saved_at: Instant,
}

impl From<&CustomKeys> for CustomKeysView {
    fn from(keys: &CustomKeys) -> Self {
        let kind = if keys.is_live { "sk_live_" } else { "sk_test_" };
        Self {
            status: keys.state.as_str(),
            account: keys.account.as_str().to_owned(),
            masked_key: format!("{kind}…{}", keys.last_four),
            publishable_key: keys.publishable_key.clone(),
            livemode: keys.is_live,
            receives_events: keys.endpoint.is_some(),
            saved_at: keys.saved_at.into(),
        }
    }
}

/// What payers see on their statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementView {
    /// The partner's text; none until it chose one.
    #[schema(example = "PINEDALE VOIP")]
    pub descriptor: Option<String>,
    /// What a card's statement shows; `…` stands for what only the processor knows.
    #[schema(example = "TRUNKLINE* PINEDALE VO")]
    pub card: String,
    /// What a bank account's statement shows.
    #[schema(example = "PINEDALE VOIP")]
    pub bank_account: String,
}

impl From<&ProcessorView> for PaymentProcessor {
    fn from(view: &ProcessorView) -> Self {
        let active = view.processing.context.mode();
        let [card, bank_account] = view.shown.clone();
        Self {
            mode: view.processing.mode.as_str(),
            active_mode: active.as_str(),
            blocked: view.blocked.clone(),
            livemode: view.is_live,
            application_fee: Decimal(crate::processors::fee_of(active).decimal()),
            connect: ConnectedAccountView::of(view.connected.as_ref()),
            custom_keys: view.keys.as_ref().map(Into::into),
            statement: StatementView {
                descriptor: view.descriptor.as_ref().map(|it| it.as_str().to_owned()),
                card,
                bank_account,
            },
            settlement_day: view.due_day.get(),
        }
    }
}

/// What the operator took for a partner in a month, and owes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Settlement {
    /// Its id.
    #[schema(value_type = String, example = "stl_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub id: SettlementId,
    /// The partner.
    #[schema(value_type = String, example = "ptr_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub partner_id: PartnerId,
    /// The month, in the partner's zone.
    #[schema(example = "2026-05")]
    pub month: String,
    /// What the amounts are in.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// Payments that came in.
    pub charges: SettlementSum,
    /// What went back to tenants.
    pub refunds: SettlementSum,
    /// What their banks took back for good.
    pub disputes: SettlementSum,
    /// The platform's share, payment by payment.
    #[schema(example = "39.90")]
    pub fees: Decimal,
    /// What the partner gets: charges less refunds, disputes and fees; negative where more went
    /// back than came in.
    #[schema(example = "960.10")]
    pub net: Decimal,
    /// When it is due.
    #[schema(example = "2026-06-15")]
    pub due_on: String,
    /// Where it stands.
    #[schema(value_type = String, example = "due", pattern = "^(due|paid)$")]
    pub status: &'static str,
    /// What the operator noted when it paid.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When the operator said that it paid.
    pub paid_at: Option<Instant>,
}

/// How many, and what they sum up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettlementSum {
    /// How many.
    #[schema(example = 12)]
    pub count: i64,
    /// Together.
    #[schema(example = "1000.00")]
    pub amount: Decimal,
}

impl From<&settlements::Settlement> for Settlement {
    fn from(it: &settlements::Settlement) -> Self {
        let decimal = |amount: Minor| Decimal(it.currency.decimal(amount));
        let sum = |sum: domain::settlement::Sum| SettlementSum {
            count: sum.count,
            amount: decimal(sum.amount),
        };
        Self {
            id: it.settlement_id,
            partner_id: it.partner_id,
            month: format!("{:04}-{:02}", it.month / 100, it.month % 100),
            currency: it.currency,
            charges: sum(it.totals.charges),
            refunds: sum(it.totals.refunds),
            disputes: sum(it.totals.disputes),
            fees: decimal(it.totals.fees),
            net: decimal(it.net),
            due_on: it.due_on.to_string(),
            status: it.status.as_str(),
            note: it.note.clone(),
            created_at: it.created_at.into(),
            paid_at: it.paid_at.map(Instant),
        }
    }
}
