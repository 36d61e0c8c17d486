//! A tenant's first page: its usage of the current period at a glance (DSH-12), or that its service
//! is suspended and how to pay (TPO-10).
//!
//! Decided here: neither page names a limit or why a service is suspended (LIM-16, C-43).

use app::{
    documents::{period, status},
    tenant_side::TenantAccount,
};
use axum::response::Response;
use domain::{invoice::issued::Invoice, money::grouped, tenant::TenantStatus, user::Ability};
use maud::{Markup, html};

use super::owner;
use crate::portal::{
    guest::{Fault, Guest},
    parts::{alert, badge, page_head, stat, stats, tone_of},
    shell::{self, Frame, Page, told},
};

/// The first page of a tenant with service.
#[derive(Debug, Clone)]
pub(in crate::portal) struct TenantHome {
    account: String,
    period: String,
    extensions: String,
    numbers: String,
    minutes: String,
    /// What the period comes to so far; nothing for those who see no bills, or in a trial.
    so_far: Option<String>,
    /// What is unpaid, in a sentence; nothing where nothing is.
    unpaid: Option<(&'static str, String)>,
    is_cancelled: Option<()>,
    sees_billing: Option<()>,
    notice: Option<&'static str>,
}

impl Page for TenantHome {
    fn title(&self) -> String {
        "Dashboard".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            (page_head(&self.account, &self.period, &Markup::default()))
            @if self.is_cancelled.is_some() {
                (alert("warning", "This account is closed. You can still read what is here."))
            }
            @if let Some((tone, text)) = &self.unpaid { (alert(tone, text)) }
            (stats("Usage of this period", &html! {
                (stat(frame, ("Extensions", &self.extensions), None))
                (stat(frame, ("Phone numbers", &self.numbers), None))
                (stat(frame, ("Minutes used", &self.minutes), Some("/my/calls")))
                @if let Some(so_far) = &self.so_far {
                    (stat(frame, ("So far, before tax", so_far), Some("/my/billing")))
                }
            }))
            section.card aria-labelledby="next" {
                header { h2 id="next" { "What you can do here" } }
                ul.rows {
                    li {
                        a.grow href=(frame.path("/my/calls")) { "Call history" }
                        span.quietly { "Search your calls and see how each was priced." }
                    }
                    @if self.sees_billing.is_some() {
                        li {
                            a.grow href=(frame.path("/my/billing")) { "Billing" }
                            span.quietly { "Invoices, payment methods and payments." }
                        }
                    }
                    li {
                        a.grow href=(frame.path("/users")) { "Users" }
                        span.quietly { "Who signs in for your company." }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            account: "<b>Smith</b> & Sons with a name that goes on for longer than expected"
                .to_owned(),
            period: "May 1 – May 31, 2026".to_owned(),
            extensions: "12".to_owned(),
            numbers: "1,204".to_owned(),
            minutes: "1,234,567.50".to_owned(),
            so_far: Some("$1,234,567.89".to_owned()),
            unpaid: Some(("negative", "2 invoices are unpaid, $110.52 of it late.".to_owned())),
            is_cancelled: None,
            sees_billing: Some(()),
            notice: Some("You are back."),
        };
        let user = Self {
            so_far: None,
            unpaid: None,
            sees_billing: None,
            is_cancelled: Some(()),
            notice: None,
            ..full.clone()
        };
        vec![full, user]
    }
}

/// The first page of a tenant whose service is suspended.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Suspended {
    sees_billing: Option<()>,
    unpaid: Vec<Unpaid>,
    total: String,
    notice: Option<&'static str>,
}

/// An invoice that can be paid.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Unpaid {
    id: String,
    number: String,
    due_date: String,
    due: String,
    status: (&'static str, &'static str),
}

impl Page for Suspended {
    fn title(&self) -> String {
        "Service suspended".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            section.panel.wide-panel {
                h1 { "Your service is suspended" }
                p.lead {
                    "Calls do not go through at the moment; emergency calls do. Your settings and "
                    "your data are kept."
                }
                @if self.sees_billing.is_some() && !self.unpaid.is_empty() {
                    p { "Open invoices: " strong { (self.total) } ". Once they are paid, please "
                        "allow a few minutes for your service to come back." }
                }
                @if frame.support.is_empty() {
                    p { "Please contact your provider." }
                } @else {
                    p { "Questions? Please write to "
                        a href={ "mailto:" (frame.support) } { (frame.support) } "." }
                }
                @if self.sees_billing.is_none() {
                    p { "An administrator of your company can see and pay open invoices here." }
                }
            }
            @if self.sees_billing.is_some() { (self.invoices(frame)) }
        }
    }

    fn samples() -> Vec<Self> {
        let unpaid = Unpaid {
            id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-<b>000123</b>".to_owned(),
            due_date: "May 16, 2026".to_owned(),
            due: "$110.52".to_owned(),
            status: ("negative", "Overdue"),
        };
        let full = Self {
            sees_billing: Some(()),
            unpaid: vec![unpaid.clone(), unpaid],
            total: "$221.04".to_owned(),
            notice: None,
        };
        let none = Self { unpaid: Vec::new(), ..full.clone() };
        let user = Self { sees_billing: None, unpaid: Vec::new(), ..full.clone() };
        vec![full, none, user]
    }
}

impl Suspended {
    fn invoices(&self, frame: &Frame) -> Markup {
        html! {
            section.card aria-labelledby="unpaid" {
                header { h2 id="unpaid" { "Unpaid invoices" } }
                @if self.unpaid.is_empty() {
                    p.none { "No invoice is open." }
                }
                ul.rows {
                    @for invoice in &self.unpaid {
                        li {
                            span.grow {
                                a href=(frame.path(&format!("/my/invoices/{}", invoice.id))) {
                                    (invoice.number)
                                }
                                span.quietly { " due " (invoice.due_date) }
                            }
                            (badge(invoice.status.0, invoice.status.1))
                            strong { (invoice.due) }
                            a.button.small href=(frame.path(&pay(&invoice.id))) {
                                "Pay Now" span.unseen { " " (invoice.number) }
                            }
                        }
                    }
                }
                footer { a href=(frame.path("/my/billing")) { "All about your billing" } }
            }
        }
    }
}

/// Where an invoice is paid.
fn pay(id: &str) -> String {
    format!("/my/invoices/{id}#pay")
}

pub(in crate::portal) async fn show(guest: Guest, query: Option<&str>) -> Result<Response, Fault> {
    let owner = owner(&guest)?;
    let app = guest.portal.app();
    let sees_billing = guest.may(Ability::SeeBilling);
    let notice = super::notice(query);
    let account = app.tenant_account(owner).await?;
    let status = account.tenant.life.status();
    if status == TenantStatus::Suspended && !guest.standing()?.is_acting() {
        let unpaid = if sees_billing { app.own_unpaid(owner).await? } else { Vec::new() };
        let page = Suspended {
            sees_billing: sees_billing.then_some(()),
            unpaid: unpaid.iter().map(unpaid_row).collect(),
            total: account.tenant.currency.display(account.due),
            notice,
        };
        return Ok(shell::show(&guest, &page));
    }
    let name = guest.visitor()?.account.name.clone();
    Ok(shell::show(&guest, &home_of(&account, (name, sees_billing.then_some(()), notice))))
}

fn unpaid_row(invoice: &Invoice) -> Unpaid {
    Unpaid {
        id: invoice.invoice_id.to_string(),
        number: invoice.number.clone().unwrap_or_default(),
        due_date: invoice.due_day.map_or_else(String::new, |day| day.display_long()),
        due: invoice.currency.display(invoice.due()),
        status: (tone_of(invoice.status.as_str()), status(invoice.status)),
    }
}

fn home_of(
    account: &TenantAccount,
    (name, sees_billing, notice): (String, Option<()>, Option<&'static str>),
) -> TenantHome {
    let money = |amount| account.tenant.currency.display(amount);
    let unpaid = match (sees_billing, account.unpaid) {
        (None, _) | (_, 0) => None,
        _ if !account.overdue.is_zero() => {
            Some(("negative", format!("{} is overdue.", money(account.overdue))))
        }
        _ => Some(("plain", format!("{} is due.", money(account.due)))),
    };
    let counts = &account.counts;
    TenantHome {
        account: name,
        period: format!("This period: {}", period(account.period, &account.tenant.zone)),
        extensions: grouped(&counts.extensions.to_string()),
        numbers: grouped(&(counts.local_dids.saturating_add(counts.toll_free_dids)).to_string()),
        minutes: super::minutes(account.used_seconds),
        so_far: account
            .bill
            .as_ref()
            .filter(|_| sees_billing.is_some())
            .map(|bill| money(bill.subtotal)),
        unpaid,
        is_cancelled: (account.tenant.life.status() == TenantStatus::Cancelled).then_some(()),
        sees_billing,
        notice,
    }
}
