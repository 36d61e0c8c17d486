//! The three layers as records: operator, partner, tenant, and what belongs to them.
//!
//! Decided here: what each account holds. How their states change is `partner`'s and `tenant`'s
//! business; what they are charged is `tier`'s and `profile`'s.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{
        ChargeId, CreditId, DeckId, ExtensionId, PartnerId, PhoneNumberId, ProfileId, SourceId,
        TaxId, TenantId,
    },
    money::{Currency, Micros, Minor, Nanos},
    partner::PartnerStatus,
    phone::CallClass,
    tenant::TenantLife,
    time::{Day, Timestamp, Zone},
};

/// Who runs the platform. There is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Its name, for its own pages.
    pub name: String,
    /// The two-letter region whose numbering area is home (ruling 19).
    pub home_country: String,
    /// What partners are charged in.
    pub currency: Currency,
    /// Grows with every change to owners or prices.
    pub directory_version: i64,
}

/// How a partner shows itself to its tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Name on pages, mails and PDFs; the company name where it is empty (INV-20).
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// Postal address, one line per row.
    pub address: String,
    /// Shown on invoices; may be empty.
    pub website: String,
    /// Where tenants ask.
    pub support_email: String,
    /// What stands on a card statement; may be empty.
    pub statement_descriptor: String,
}

/// Billed seconds of a call's talk time: a first minimum, then whole increments (MET-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BillingIncrements {
    /// Seconds billed at least.
    pub minimum_seconds: u32,
    /// Seconds of each further step, at least 1.
    pub increment_seconds: u32,
}

/// A reseller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Its id.
    pub partner_id: PartnerId,
    /// Short name in paths and host names.
    pub slug: String,
    /// Legal name.
    pub company_name: String,
    /// How it shows itself.
    pub brand: Brand,
    /// PNG or JPEG.
    pub logo: Option<Vec<u8>>,
    /// Where the platform's mails about money go (PLT-39).
    pub billing_email: String,
    /// Its zone, and its tenants' unless set.
    pub zone: Zone,
    /// Its currency, and its tenants'.
    pub currency: Currency,
    /// For dates and money, such as `en-US`.
    pub locale: String,
    /// How it stands with the operator.
    pub status: PartnerStatus,
    /// Since when it has that status.
    pub status_since: Timestamp,
    /// Days from issue to due (INV-21).
    pub terms_days: u16,
    /// Whether it is mailed when a tenant nears or reaches a cap (LIM-18).
    pub usage_alerts: bool,
    /// The profile of tenants that are created without a choice (PRO-02).
    pub default_profile: ProfileId,
    /// Increments of retail calls that no deck prices.
    pub increments: BillingIncrements,
    /// When it signed up.
    pub created_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

/// What the operator charges a partner from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholesaleTerms {
    /// The first instant at which it applies; rates are chosen at answer (ruling 6).
    pub effective_from: Timestamp,
    /// Per extension and calendar month.
    pub extension_month: Nanos,
    /// Per local number and calendar month.
    pub local_did_month: Nanos,
    /// Per toll-free number and calendar month.
    pub toll_free_did_month: Nanos,
    /// Per minute of a local call.
    pub local_minute: Nanos,
    /// Per minute of a toll-free call.
    pub toll_free_minute: Nanos,
    /// A deck that prices calls before the minute rates do.
    pub deck: Option<DeckId>,
}

/// A partner's customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its partner.
    pub partner_id: PartnerId,
    /// Its id.
    pub tenant_id: TenantId,
    /// Shown on invoices.
    pub name: String,
    /// 3 to 12 alphanumerics, unique on the platform, never changed (TEN-06).
    pub sip_prefix: String,
    /// The switch's own code for it, where it has one.
    pub account_code: Option<String>,
    /// Where its invoices go.
    pub billing_email: String,
    /// Postal address, one line per row.
    pub address: String,
    /// The caller name that its calls show; empty for none (TNT-05).
    pub default_cnam: String,
    /// Its periods are cut at midnights of this zone.
    pub zone: Zone,
    /// What it is billed in.
    pub currency: Currency,
    /// The area code for seven-digit dialling.
    pub home_npa: Option<String>,
    /// Whether its default method is charged when an invoice is issued (PAY-06).
    pub auto_pay: AutoPay,
    /// Its status, and why and since when.
    pub life: TenantLife,
    /// The profile of the open period.
    pub profile_id: ProfileId,
    /// The profile from the next cycle on, and since when that is wanted (PRO-13).
    pub pending_profile: Option<(ProfileId, Timestamp)>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The anchor of its period grid.
    pub anchor_day: Option<Day>,
    /// Start of the open period.
    pub open_start: Option<Timestamp>,
    /// End of the open period.
    pub open_end: Option<Timestamp>,
    /// When something is next due.
    pub next_action_at: Option<Timestamp>,
    /// Since when it is flagged as overdue (DUN-16).
    pub flagged_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// Whether a tenant's default method is charged by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoPay {
    /// Charged when an invoice is issued.
    On,
    /// Paid by hand.
    Off,
}

/// A number assigned to a tenant for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberAssignment {
    /// The assignment's id.
    pub did_id: PhoneNumberId,
    /// Who has it.
    pub tenant_id: TenantId,
    /// Digits with the country code, no plus sign.
    pub e164: String,
    /// Local or toll-free.
    pub class: CallClass,
    /// From when.
    pub assigned_at: Timestamp,
    /// Until when (exclusive); `None` while assigned.
    pub released_at: Option<Timestamp>,
}

/// An extension of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its id.
    pub extension_id: ExtensionId,
    /// Whose.
    pub tenant_id: TenantId,
    /// As the switch knows it, without the SIP prefix: `101`.
    pub name: String,
    /// From when it is provisioned.
    pub created_at: Timestamp,
    /// Until when (exclusive); `None` while provisioned.
    pub removed_at: Option<Timestamp>,
}

/// A tax jurisdiction of a partner (TAX-01).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxJurisdiction {
    /// Its id.
    pub tax_id: TaxId,
    /// Unique per partner, such as `US-AR-Pulaski`.
    pub code: String,
    /// Shown on the invoice's tax line.
    pub name: String,
    /// Millionths: 0.085 is 85,000. At least 0 and below 1,000,000 (TAX-02).
    pub rate_millionths: u32,
    /// Whether new invoices carry it.
    pub enabled: bool,
}

/// How an added charge repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// On the next invoice, once (PRO-22).
    OneTime,
    /// On every invoice while it runs.
    Recurring,
    /// The reported quantity of each period.
    Metered,
}

/// A charge added to a tenant besides its profile (ruling 15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its id.
    pub charge_id: ChargeId,
    /// Whose.
    pub tenant_id: TenantId,
    /// How it repeats.
    pub kind: ChargeKind,
    /// Shown on the line.
    pub description: String,
    /// Millionths of a unit; what is reported counts instead for metered ones.
    pub quantity: Micros,
    /// Price of one unit; negative for a discount.
    pub unit_price: Nanos,
    /// Whether tax is due on it.
    pub taxable: bool,
    /// From when.
    pub starts_at: Timestamp,
    /// Until when (exclusive).
    pub ends_at: Option<Timestamp>,
}

/// Money a tenant has with its partner, used by the next invoices (INV-30).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Its id.
    pub credit_id: CreditId,
    /// Whose.
    pub tenant_id: TenantId,
    /// What was given.
    pub amount: Minor,
    /// What is left of it.
    pub remaining: Minor,
    /// Why it was given.
    pub reason: String,
    /// When.
    pub created_at: Timestamp,
}

/// A switch that writes call records, and who owns it (ruling 17).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub source_id: SourceId,
    /// `None`: the operator's, which may carry any partner's calls.
    pub owner: Option<PartnerId>,
    /// Its name, unique per owner.
    pub name: String,
}
