//! A tenant's portal: what it uses, what it owes, how it pays, whom it called.
//!
//! Decided here: which pages a tenant has. Each reads and writes through the tenant and its partner
//! together, so that ids of others lead nowhere (LAY-02). Limits, wholesale prices and fees of the
//! processor are on none of them (LIM-16, TPO-08, PAY-15).

mod billing;
mod call;
mod calls;
mod home;
mod invoice;
mod invoices;
mod lines;
mod methods;
mod payments;

use app::tenant_side::Owner;
use axum::Router;
use domain::{money::grouped, user::Account};

pub(super) use self::home::show as home;

use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    shell,
};

#[cfg(test)]
pub(super) use self::{
    billing::Billing,
    call::Call,
    calls::Calls,
    home::{Suspended, TenantHome},
    invoice::InvoicePage,
    invoices::Invoices,
    lines::LinePage,
    methods::RemoveMethod,
    payments::{Payments, Receipt},
};

/// The pages.
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
        .merge(billing::routes())
        .merge(call::routes())
        .merge(calls::routes())
        .merge(invoice::routes())
        .merge(invoices::routes())
        .merge(lines::routes())
        .merge(methods::routes())
        .merge(payments::routes())
}

/// The tenant that is looked at, and its partner. Rules have named the layer before.
fn owner(guest: &Guest) -> Result<Owner, Fault> {
    match guest.standing()?.account() {
        Account::Tenant(partner_id, tenant_id) => Ok((partner_id, tenant_id)),
        Account::Operator | Account::Partner(_) => Err(Fault::Nowhere),
    }
}

/// Seconds as people read them: `3:05`, `1:02:03`.
fn clock(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("{minutes}:{:02}", seconds.abs())
    } else {
        format!("{hours}:{:02}:{:02}", minutes.abs(), seconds.abs())
    }
}

/// Seconds in minutes with two places, rounded up so that a begun minute shows.
fn minutes(seconds: i64) -> String {
    let hundredths = (i128::from(seconds) * 100 + 59).div_euclid(60);
    grouped(&format!("{}.{:02}", hundredths / 100, (hundredths % 100).abs()))
}

/// What happened before a page, told once by the address that led here.
fn notice(query: Option<&str>) -> Option<&'static str> {
    const NOTICES: &[(&str, &str)] = &[
        ("paid", "Thank you: your payment has arrived. A receipt is on its way."),
        (
            "on-its-way",
            "Your payment is on its way. From a bank it takes up to four business days.",
        ),
        ("confirm", "Your bank wants you to confirm this payment, see below."),
        ("method-added", "The payment method was added."),
        ("method-removed", "The payment method was deleted."),
    ];
    let done = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    let own = NOTICES.iter().find(|(code, _)| *code == done).map(|(_, text)| *text);
    own.or_else(|| shell::notice(query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_as_a_clock() {
        for (seconds, text) in [(0, "0:00"), (5, "0:05"), (185, "3:05"), (3_723, "1:02:03")] {
            assert_eq!(clock(seconds), text);
        }
    }
}
