//! Another plan, or none: looked at first, then confirmed (PLT-25).

use app::{App, error::AppError, platform::tier_name, resource};
use axum::{extract::RawQuery, response::Response};
use domain::{ids::PartnerId, money::Currency, subscription::PlanChange, tier::Tier};
use maud::{Markup, html};

use super::{SUBSCRIPTION, charged::outcome, subscription::refused};
use crate::{
    api::write::Outcome,
    portal::{
        change::{ONCE_FIELD, Refusal},
        fields::Fields,
        guest::{Fault, Guest},
        parts::{Confirm, crumbs, hidden, money},
        shell::{self, Frame, Page},
    },
};

/// What a change of plan would do.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Plan {
    tier: &'static str,
    name: &'static str,
    fee: String,
    prorated: String,
    due_now: String,
    /// The same as a plain decimal: what is confirmed.
    due: String,
    effect: String,
    once: String,
}

impl Page for Plan {
    fn title(&self) -> String {
        "Change plan".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (crumbs(frame, SUBSCRIPTION, "Subscription"))
            section.panel.wide-panel {
                h1 { "Change to " (self.name) "?" }
                dl.sums {
                    div { dt { "New monthly fee" } dd { (money(&self.fee)) } }
                    div { dt { "For the rest of this month" } dd { (money(&self.prorated)) } }
                    div.total { dt { "Charged now" } dd { (money(&self.due_now)) } }
                }
                p { (self.effect) }
                form method="post" action=(frame.path("/settings/billing/plan")) {
                    (frame.seal())
                    (hidden(ONCE_FIELD, &self.once))
                    (hidden("tier", self.tier))
                    (hidden("due_now", &self.due))
                    button.primary type="submit" { "Confirm" }
                }
                p.below { a href=(frame.path(SUBSCRIPTION)) { "Keep the present plan" } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self {
            tier: "professional",
            name: "Professional",
            fee: "$549.00".to_owned(),
            prorated: "$154.84".to_owned(),
            due_now: "$154.84".to_owned(),
            due: "154.84".to_owned(),
            effect: "It is in force at once.".to_owned(),
            once: "req_1".to_owned(),
        }]
    }
}

fn tier(text: &str) -> Result<Tier, Fault> {
    Tier::parse(text).ok_or(Fault::Nowhere)
}

async fn currency(guest: &Guest, partner_id: PartnerId) -> Result<Currency, Fault> {
    Ok(guest.portal.app().partner(partner_id).await?.currency)
}

pub(super) async fn preview(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    // Nothing was chosen yet: the plans stand on the tab.
    if fields.get("tier").is_empty() {
        return Ok(guest.go(SUBSCRIPTION));
    }
    let (tier, partner_id) = (tier(fields.get("tier"))?, guest.partner_id()?);
    let currency = currency(&guest, partner_id).await?;
    let preview = match guest.portal.app().preview_plan(partner_id, tier).await {
        Ok(preview) => preview,
        Err(error) => return refused(&guest, Refusal::of(error)?).await,
    };
    let from = guest.zone()?.display_minute(preview.effective_at);
    let effect = match preview.change {
        PlanChange::Downgrade => format!(
            "It begins on {from}. Until then the present plan and its rates stay; nothing is \
             given back."
        ),
        PlanChange::Upgrade => {
            "It is in force at once; its rates price usage from that moment on.".to_owned()
        }
    };
    Ok(shell::show(
        &guest,
        &Plan {
            tier: tier.as_str(),
            name: tier_name(tier),
            fee: currency.display(preview.monthly_fee),
            prorated: currency.display(preview.prorated),
            due_now: currency.display(preview.due_now),
            due: currency.decimal(preview.due_now),
            effect,
            once: guest.once(),
        },
    ))
}

pub(super) async fn change(guest: Guest) -> Result<Response, Fault> {
    let (tier, partner_id) = (tier(guest.fields.get("tier"))?, guest.partner_id()?);
    let due = guest.fields.get("due_now").to_owned();
    let expected = currency(&guest, partner_id).await?.parse_minor(&due);
    let expected = expected.map_err(|_| Fault::Nowhere)?;
    let asking = guest.asking_once(&["plan", tier.as_str(), &due])?;
    let wanted = (tier, Some(expected));
    let run = async move |app: App| app.change_plan(&asking, partner_id, wanted).await;
    match outcome(guest.portal.run(run).await, "plan")? {
        Ok(done) => Ok(guest.go(&format!("{SUBSCRIPTION}?done={done}"))),
        Err(refusal) => refused(&guest, refusal).await,
    }
}

/// Does `work` on the subscription, written down, and goes back to the tab.
async fn changed<F>(guest: Guest, action: &'static str, work: F) -> Result<Response, Fault>
where
    F: AsyncFn(&App, PartnerId) -> Result<(), AppError> + Send + 'static,
{
    let partner_id = guest.partner_id()?;
    let done = guest.write(async move |app| {
        let before = resource::Subscription::from(&app.subscription(partner_id).await?);
        work(app, partner_id).await?;
        let after = resource::Subscription::from(&app.subscription(partner_id).await?);
        Outcome::ok(&after)?.audited(action, partner_id, Some(&before))
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("{SUBSCRIPTION}?done=saved"))),
        Err(error) => refused(&guest, Refusal::of(error)?).await,
    }
}

pub(super) async fn keep(guest: Guest) -> Result<Response, Fault> {
    changed(guest, "subscription.cancel_change", async |app, partner_id| {
        app.cancel_plan_change(partner_id).await
    })
    .await
}

/// Asks once more before the subscription ends.
#[derive(Debug)]
pub(in crate::portal) struct Cancel;

impl Page for Cancel {
    fn title(&self) -> String {
        "Cancel the subscription".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: "Cancel the subscription?",
            action: "/settings/billing/cancel",
            button: "Cancel Subscription",
            back: SUBSCRIPTION,
            seen: None,
        };
        let effects = html! {
            p { "Your account is paused:" }
            ul {
                li { "Nothing is charged any more; what was paid is not given back." }
                li { "No calls go in or out for any of your tenants." }
                li { "Everything is kept for 90 days. Activating within them brings it back; "
                    "after them it is deleted." }
            }
        };
        confirm.render(frame, &effects, &html! {})
    }

    fn samples() -> Vec<Self> {
        vec![Self]
    }
}

pub(super) async fn ask_cancel(guest: Guest) -> Result<Response, Fault> {
    Ok(shell::show(&guest, &Cancel))
}

pub(super) async fn cancel(guest: Guest) -> Result<Response, Fault> {
    changed(guest, "subscription.cancel", async |app, partner_id| {
        app.cancel_subscription(partner_id).await
    })
    .await
}
