//! The Notifications tab: what the partner is mailed about (NTF-04).
//!
//! Decided here: a toggle is a button that saves by itself (NTF-02). Mails about the account and
//! its money always go out (NTF-07).

use app::setup::PartnerEdit;
use axum::{extract::RawQuery, response::Response};
use domain::user::Ability;
use maud::{Markup, html};

use super::{NOTIFICATIONS, edit, seen, tab_bar};
use crate::portal::{
    guest::{Fault, Guest},
    parts::{badge, hidden, page_head},
    shell::{self, Frame, Page, told},
};

/// The tab.
#[derive(Debug)]
pub(in crate::portal) struct Notifications {
    seen: i64,
    usage_alerts: Option<()>,
    billing_email: String,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Notifications {
    fn title(&self) -> String {
        "Notifications".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let is_on = self.usage_alerts.is_some();
        html! {
            (told(self.notice))
            (page_head("Settings", "", &html! {}))
            (tab_bar(frame, NOTIFICATIONS))
            section.card aria-labelledby="usage-alerts" {
                header {
                    h2.grow id="usage-alerts" { "Usage Alerts" }
                    @if is_on { (badge("positive", "On")) } @else { (badge("quiet", "Off")) }
                }
                div.inside {
                    p { "A mail when a tenant nears or reaches one of its limits, with the tenant, \
                        the percentage and the limit. Limits act whether you are mailed or not." }
                    @if self.may_change.is_some() {
                        form method="post" action=(frame.path(NOTIFICATIONS)) {
                            (frame.seal())
                            (hidden("seen", self.seen))
                            (hidden("usage_alerts", if is_on { "off" } else { "on" }))
                            button.button type="submit" {
                                @if is_on { "Turn off" } @else { "Turn on" }
                            }
                        }
                    }
                }
            }
            p.quietly { "Mails about your account and its money always go to "
                (self.billing_email) "." }
        }
    }

    fn samples() -> Vec<Self> {
        let billing_email = "billing@<b>oak</b>.example".to_owned();
        let on = Self {
            seen: 3,
            usage_alerts: Some(()),
            billing_email: billing_email.clone(),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        let off =
            Self { seen: 3, usage_alerts: None, billing_email, may_change: None, notice: None };
        vec![on, off]
    }
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let partner = guest.portal.app().partner(guest.partner_id()?).await?;
    let page = Notifications {
        seen: partner.version,
        usage_alerts: partner.usage_alerts.then_some(()),
        billing_email: partner.billing_email,
        may_change: guest.may(Ability::Change).then_some(()),
        notice: shell::notice(query.as_deref()),
    };
    Ok(shell::show(&guest, &page))
}

pub(super) async fn save(guest: Guest) -> Result<Response, Fault> {
    let usage_alerts = match guest.fields.get("usage_alerts") {
        "on" => true,
        "off" => false,
        _ => return Err(Fault::Nowhere),
    };
    let change = PartnerEdit { usage_alerts: Some(usage_alerts), ..PartnerEdit::default() };
    edit(&guest, (seen(&guest), change)).await??;
    Ok(guest.go(&format!("{NOTIFICATIONS}?done=saved")))
}
