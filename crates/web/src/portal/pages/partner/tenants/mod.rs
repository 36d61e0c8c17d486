//! A partner's tenants: listed, created, edited, looked at, suspended, deleted, brought back.
//!
//! Decided here: which pages there are, what stands above each page of a tenant, and how a change
//! is written down. Tenants of others lead nowhere (LAY-03).

mod acts;
mod defaults;
mod dunning;
mod edit;
mod form;
mod list;
mod money;
mod overview;
mod usage;

use app::{App, error::AppError, resource};
use axum::{
    Router,
    routing::{get, post},
};
use domain::{
    account::Tenant,
    ids::{PartnerId, TenantId},
    tenant::{SuspensionReason, TenantStatus},
    user::Ability,
};
use maud::{Markup, html};
use serde_json::Value;

#[cfg(test)]
pub(in crate::portal) use self::{
    acts::{Delete, Suspend},
    defaults::Defaults,
    dunning::{Dunning, Previews},
    form::TenantForm,
    list::Tenants,
    money::{InvoicesOf, PaymentsOf},
    overview::Overview,
    usage::UsageOf,
};
use crate::{
    api::write::Outcome,
    portal::{
        Portal,
        guest::{Fault, Guest},
        parts::{Tab, badge, crumbs, tabs, tone_of},
        shell::Frame,
    },
};

/// The pages.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new()
        .route("/tenants", get(list::show).post(edit::create))
        .route("/tenants/new", get(edit::blank))
        .route("/tenants/defaults", get(defaults::show).post(defaults::save))
        .route("/tenants/{id}", get(overview::show))
        .route("/tenants/{id}/edit", get(edit::show).post(edit::save))
        .route("/tenants/{id}/usage", get(usage::show))
        .route("/tenants/{id}/invoices", get(money::invoices))
        .route("/tenants/{id}/payments", get(money::payments))
        .route("/tenants/{id}/dunning", get(dunning::show))
        .route("/tenants/{id}/dunning/mails", get(dunning::mails))
        .route("/tenants/{id}/dunning/promise", post(dunning::promise))
        .route("/tenants/{id}/dunning/clear", post(dunning::clear))
        .route("/tenants/{id}/suspend", get(acts::ask_suspend).post(acts::suspend))
        .route("/tenants/{id}/resume", post(acts::resume))
        .route("/tenants/{id}/activate", post(acts::activate))
        .route("/tenants/{id}/delete", get(acts::ask_delete).post(acts::delete))
        .route("/tenants/{id}/reactivate", post(acts::reactivate))
}

/// What stands above each page of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::portal) struct Head {
    id: String,
    name: String,
    status: &'static str,
    is_flagged: Option<()>,
    /// What may be done, by its state and by who looks.
    may_act: Option<()>,
    may_change: Option<()>,
    may_bill: Option<()>,
}

impl Head {
    fn of(guest: &Guest, tenant: &Tenant) -> Self {
        let may = |ability| guest.may(ability).then_some(());
        Self {
            id: tenant.tenant_id.to_string(),
            name: tenant.name.clone(),
            status: tenant.life.status().as_str(),
            is_flagged: tenant.flagged_at.map(|_| ()),
            may_act: may(Ability::ActBelow),
            may_change: may(Ability::Change),
            may_bill: may(Ability::SeeBilling),
        }
    }

    /// The heading, what can be done, and the tabs; `at` is the tab that is shown.
    fn render(&self, frame: &Frame, at: &str) -> Markup {
        let base = format!("/tenants/{}", self.id);
        let path = |what: &str| format!("{base}{what}");
        let (usage, invoices) = (path("/usage"), path("/invoices"));
        let (payments, dunning) = (path("/payments"), path("/dunning"));
        let mut all = vec![
            Tab { name: "Overview", path: &base },
            Tab { name: "Usage and limits", path: &usage },
        ];
        if self.may_bill.is_some() {
            all.extend([
                Tab { name: "Invoices", path: &invoices },
                Tab { name: "Payments", path: &payments },
                Tab { name: "Dunning", path: &dunning },
            ]);
        }
        html! {
            (crumbs(frame, "/tenants", "Tenants"))
            div.page-head {
                h1.grow {
                    (self.name) " "
                    (badge(tone_of(self.status), self.status))
                    @if self.is_flagged.is_some() { " " (badge("negative", "overdue")) }
                }
                div.page-actions { (self.actions(frame, &base)) }
            }
            (tabs(frame, "Parts of this tenant", &all, &path(at)))
        }
    }

    fn actions(&self, frame: &Frame, base: &str) -> Markup {
        let is = |status: TenantStatus| self.status == status.as_str();
        let is_gone = is(TenantStatus::Cancelled);
        let link = |what: &str, name: &str| {
            html! { a.button.small href=(frame.path(&format!("{base}/{what}"))) { (name) } }
        };
        let act = |what: &str, name: &str| {
            html! {
                form method="post" action=(frame.path(&format!("{base}/{what}"))) {
                    (frame.seal())
                    button.button.small type="submit" { (name) }
                }
            }
        };
        html! {
            @if self.may_act.is_some() && !is_gone { (manage(frame, &self.id, &self.name)) }
            @if self.may_change.is_some() {
                @if is_gone {
                    (act("reactivate", "Bring back"))
                } @else {
                    (link("edit", "Edit"))
                    @if is(TenantStatus::Trial) { (act("activate", "Start billing")) }
                    @if is(TenantStatus::Suspended) {
                        (act("resume", "Resume service"))
                    } @else {
                        (link("suspend", "Suspend"))
                    }
                    (link("delete", "Delete"))
                }
            }
        }
    }
}

/// The button that goes into a tenant's own portal (TNT-21).
fn manage(frame: &Frame, id: &str, name: &str) -> Markup {
    html! {
        form method="post" action=(frame.path("/act")) {
            (frame.seal())
            input type="hidden" name="account" value=(id);
            button.button.small type="submit" { "Manage" span.unseen { " " (name) } }
        }
    }
}

/// The tenant whose id is in a path.
async fn reached(guest: &Guest, id: &str) -> Result<(PartnerId, Tenant), Fault> {
    let tenant_id: TenantId = id.parse().map_err(|_| Fault::Nowhere)?;
    let partner_id = guest.partner_id()?;
    Ok((partner_id, guest.portal.app().tenant(partner_id, tenant_id).await?))
}

/// Why a tenant is suspended, for people.
fn reason(reason: &SuspensionReason) -> &'static str {
    use domain::tenant::LimitName;
    match reason {
        SuspensionReason::Manual => "Suspended by hand",
        SuspensionReason::Overdue => "Invoices are overdue for too long",
        SuspensionReason::Limit(LimitName::MonthlySpend) => "Monthly spend limit reached",
        SuspensionReason::Limit(LimitName::MaxMinutes) => "Monthly minutes limit reached",
        SuspensionReason::Limit(LimitName::MaxExtensions) => "Extensions limit reached",
        SuspensionReason::Limit(LimitName::MaxDids) => "Phone numbers limit reached",
        SuspensionReason::Fraud => "Stopped by the fraud guard",
        SuspensionReason::Partner => "Your own account is suspended",
    }
}

/// Does `work` on a tenant as one transaction with its audit entry, which keeps the `why` that
/// somebody typed.
async fn changed<F>(
    guest: &Guest,
    (tenant_id, action, why): (TenantId, &'static str, String),
    work: F,
) -> Result<Result<(), AppError>, Fault>
where
    F: AsyncFn(&App, PartnerId) -> Result<Tenant, AppError> + Send + 'static,
{
    let partner_id = guest.partner_id()?;
    guest
        .write(async move |app: &App| {
            let before = resource::Tenant::from(&app.tenant(partner_id, tenant_id).await?);
            let after = resource::Tenant::from(&work(app, partner_id).await?);
            let mut shown = serde_json::to_value(&after)
                .map_err(|error| AppError::Broken(format!("a tenant is no JSON: {error}")))?;
            if let (Value::Object(fields), false) = (&mut shown, why.is_empty()) {
                fields.insert("reason".to_owned(), why.clone().into());
            }
            let outcome = Outcome::ok(&shown)?.audited(action, tenant_id, Some(&before))?;
            Ok(outcome.about(tenant_id))
        })
        .await
}

/// What stands above pages in tests.
#[allow(dead_code, reason = "only tests render it")]
fn sample_head(status: TenantStatus) -> Head {
    Head {
        id: "tnt_00000000000000000000000001".to_owned(),
        name: "<b>Smith</b> & Sons with a name that goes on for longer than anybody expects"
            .to_owned(),
        status: status.as_str(),
        is_flagged: Some(()),
        may_act: Some(()),
        may_change: Some(()),
        may_bill: Some(()),
    }
}
