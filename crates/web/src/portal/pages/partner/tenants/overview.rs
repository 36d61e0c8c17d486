//! A tenant at a glance: what it is, how it stands, what it has.

use app::resource::Counts;
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::{
    account::{AutoPay, Tenant},
    money::grouped,
    time::Zone,
    user::Ability,
};
use maud::{Markup, html};

use super::{Head, reached, reason};
use crate::portal::{
    guest::{Fault, Guest},
    pages::partner::display,
    parts::{card, definitions, stat, stats},
    shell::{self, Frame, Page, told},
};

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Overview {
    head: Head,
    /// Names and figures of the first row, with the path that explains them.
    figures: Vec<(&'static str, String, Option<String>)>,
    reasons: Vec<&'static str>,
    /// Name and value.
    facts: Vec<(&'static str, String)>,
    billing: Vec<(&'static str, String)>,
    notice: Option<&'static str>,
}

impl Page for Overview {
    fn title(&self) -> String {
        self.head.name.clone()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let list = |facts: &[(&'static str, String)]| {
            let pairs: Vec<(&str, Markup)> =
                facts.iter().map(|(name, value)| (*name, html! { (value) })).collect();
            definitions(&pairs)
        };
        html! {
            (told(self.notice))
            (self.head.render(frame, ""))
            @if !self.reasons.is_empty() {
                div.alert.warning role="status" {
                    p { strong { "Service is suspended." } }
                    ul { @for reason in &self.reasons { li { (reason) } } }
                }
            }
            (stats("At a glance", &html! {
                @for (name, value, path) in &self.figures {
                    (stat(frame, (name, value), path.as_deref()))
                }
            }))
            div.halves {
                (card(("about", "About"), &Markup::default(), &list(&self.facts)))
                (card(("billing", "Billing"), &Markup::default(), &list(&self.billing)))
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![
            Self {
                head: super::sample_head(domain::tenant::TenantStatus::Suspended),
                figures: vec![
                    ("Extensions", "1,204".to_owned(), None),
                    ("Due", "$123,456,789.00".to_owned(), Some("/tenants/x/invoices".to_owned())),
                ],
                reasons: vec!["Suspended by hand", "Invoices are overdue for too long"],
                facts: vec![("Address", "<script>\n1 Main St".to_owned())],
                billing: vec![("Billing Email", "<b>a@b</b>".to_owned())],
                notice: Some("Saved."),
            },
            Self {
                head: super::sample_head(domain::tenant::TenantStatus::Cancelled),
                figures: Vec::new(),
                reasons: Vec::new(),
                facts: Vec::new(),
                billing: Vec::new(),
                notice: None,
            },
        ]
    }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "—".to_owned() } else { text.to_owned() }
}

fn facts(tenant: &Tenant, zone: &Zone) -> Vec<(&'static str, String)> {
    let code = tenant.account_code.clone().unwrap_or_default();
    let mut facts = vec![
        ("Id", tenant.tenant_id.to_string()),
        ("SIP Prefix", tenant.sip_prefix.clone()),
        ("Account code", or_none(&code)),
        ("Default CNAM", or_none(&tenant.default_cnam)),
        ("Timezone", tenant.zone.name().to_owned()),
        ("Home area code", or_none(tenant.home_npa.as_deref().unwrap_or_default())),
        ("Address", or_none(&tenant.address)),
        ("Created", zone.display_minute(tenant.created_at)),
    ];
    if let Some(at) = tenant.life.cancelled_at {
        facts.push(("Cancelled", zone.display_minute(at)));
    }
    facts
}

async fn billing(guest: &Guest, tenant: &Tenant) -> Result<Vec<(&'static str, String)>, Fault> {
    let (app, partner_id) = (guest.portal.app(), tenant.partner_id);
    let profile = app.profile(partner_id, tenant.profile_id).await?;
    let mut billing = vec![
        ("Billing Email", tenant.billing_email.clone()),
        ("Billing Profile", profile.version.terms.name),
    ];
    if let Some((next, _)) = tenant.pending_profile {
        let next = app.profile(partner_id, next).await?;
        billing.push(("From the next cycle", next.version.terms.name));
    }
    let zone = &tenant.zone;
    let since = tenant.life.billed_since.map(|at| zone.day_of(at).display());
    billing.push(("Billed since", since.unwrap_or_else(|| "Not billed yet".to_owned())));
    if let Some((start, end)) = tenant.open_start.zip(tenant.open_end) {
        let last = zone.day_of(end).plus_days(-1);
        billing.push((
            "Current cycle",
            format!("{} – {}", zone.day_of(start).display(), last.display()),
        ));
    }
    let is_on = tenant.auto_pay == AutoPay::On;
    billing.push(("Automatic payment", if is_on { "On" } else { "Off" }.to_owned()));
    billing.push(("Currency", tenant.currency.code().to_owned()));
    Ok(billing)
}

pub(super) async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let (partner_id, tenant) = reached(&guest, &id).await?;
    let app = guest.portal.app();
    let counts = app.present_of(partner_id, &[tenant.tenant_id]).await?;
    let people = app.people_of(partner_id, &[tenant.tenant_id]).await?;
    let counts: Option<&Counts> = counts.get(&tenant.tenant_id);
    let number = |number: Option<i64>| grouped(&number.unwrap_or(0).to_string());
    let mut figures = vec![
        ("Users", number(people.get(&tenant.tenant_id).copied()), None),
        ("DIDs", number(counts.map(|own| own.phone_numbers)), None),
        ("Extensions", number(counts.map(|own| own.extensions)), None),
    ];
    if guest.may(Ability::SeeBilling) {
        let balance = app.tenant_balance(partner_id, tenant.tenant_id).await?;
        let path = |what: &str| Some(format!("/tenants/{id}/{what}"));
        let currency = tenant.currency;
        figures.extend([
            ("Due", display(currency, &balance.due), path("invoices")),
            ("Overdue", display(currency, &balance.overdue), path("dunning")),
            ("Credit", display(currency, &balance.credit), path("payments")),
        ]);
    }
    let page = Overview {
        head: Head::of(&guest, &tenant),
        figures,
        reasons: tenant.life.reasons.iter().map(reason).collect(),
        facts: facts(&tenant, guest.zone()?),
        billing: billing(&guest, &tenant).await?,
        notice: shell::notice(query.as_deref()),
    };
    Ok(shell::show(&guest, &page))
}
