//! The first page after signing in: who one is, and which accounts below one may go to.

use app::{operations::PartnerFilter, people::brand_name};
use axum::{extract::RawQuery, response::Response};
use domain::{
    paging::PageRequest,
    user::{Ability, Account, Layer},
};
use maud::{Markup, html};

use super::partner;
use crate::portal::{
    guest::{Fault, Guest},
    parts::{alert, badge, empty_state},
    shell::{self, Frame, Page, told},
};

/// Accounts that the page lists.
const SHOWN: u16 = 50;

/// An account below.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Below {
    pub(in crate::portal) id: String,
    pub(in crate::portal) name: String,
    pub(in crate::portal) status: String,
}

/// Who is signed in.
#[derive(Debug)]
pub(in crate::portal) struct Home {
    pub(in crate::portal) layer: Layer,
    pub(in crate::portal) account: String,
    pub(in crate::portal) name: String,
    pub(in crate::portal) role: &'static str,
    pub(in crate::portal) below: Vec<Below>,
    pub(in crate::portal) may_act: Option<()>,
    pub(in crate::portal) is_suspended: Option<()>,
    pub(in crate::portal) notice: Option<&'static str>,
}

impl Page for Home {
    fn title(&self) -> String {
        "Dashboard".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            h1 { (self.account) }
            p.lead { "Signed in as " (self.name) ", " (self.role) "." }
            @if self.is_suspended.is_some() {
                (alert("warning", "Your service is suspended. Please get in touch with us."))
            }
            @match self.layer {
                Layer::Operator => (self.list(frame, "Partners")),
                Layer::Partner | Layer::Tenant => {}
            }
        }
    }

    fn samples() -> Vec<Self> {
        let below = Below {
            id: "tnt_00000000000000000000000001".to_owned(),
            name: "<b>Smith</b> & Sons with a name that goes on for longer than anybody expects"
                .to_owned(),
            status: "past_due".to_owned(),
        };
        let home = |layer, below, may_act, is_suspended| Self {
            layer,
            account: "Oak <i>Voice</i>".to_owned(),
            name: "Ada".to_owned(),
            role: "Partner Admin",
            below,
            may_act,
            is_suspended,
            notice: Some("You are back."),
        };
        vec![
            home(Layer::Operator, vec![below.clone()], Some(()), None),
            home(Layer::Operator, vec![below.clone(), below], None, None),
            home(Layer::Operator, Vec::new(), Some(()), None),
            home(Layer::Tenant, Vec::new(), None, Some(())),
        ]
    }
}

impl Home {
    fn list(&self, frame: &Frame, title: &str) -> Markup {
        html! {
            section.card aria-labelledby="below" {
                header { h2 id="below" { (title) } }
                @if self.below.is_empty() {
                    (empty_state("Nobody yet", "Whoever you add appears here."))
                }
                ul.rows {
                    @for below in &self.below { li { (self.row(frame, below)) } }
                }
            }
        }
    }

    fn row(&self, frame: &Frame, below: &Below) -> Markup {
        html! {
            span.grow { (below.name) }
            (badge(tone(&below.status), &below.status.replace('_', " ")))
            @if self.may_act.is_some() {
                form method="post" action=(frame.path("/act")) {
                    (frame.seal())
                    input type="hidden" name="account" value=(below.id);
                    button.button.small type="submit" {
                        "Manage" span.unseen { " " (below.name) }
                    }
                }
                @if self.layer == Layer::Operator {
                    form method="post" action=(frame.path(&out(&below.id))) {
                        (frame.seal())
                        button.button.small type="submit" {
                            "Sign team out" span.unseen { " of " (below.name) }
                        }
                    }
                }
            }
        }
    }
}

fn out(partner: &str) -> String {
    format!("/partners/{partner}/sign-out")
}

/// The tone of a status.
fn tone(status: &str) -> &'static str {
    match status {
        "active" => "positive",
        "trial" => "plain",
        "suspended" | "past_due" => "warning",
        _ => "quiet",
    }
}

pub(in crate::portal) async fn show(
    guest: Guest,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let visitor = guest.visitor()?;
    let standing = visitor.session.standing;
    let app = guest.portal.app();
    let page = PageRequest::newest(SHOWN);
    let below = match standing.account() {
        Account::Operator => {
            let partners = app.partners(PartnerFilter::default(), &page).await?;
            let rows = partners.rows.into_iter().map(|partner| Below {
                id: partner.partner_id.to_string(),
                name: brand_name(&partner).to_owned(),
                status: partner.status.as_str().to_owned(),
            });
            rows.collect()
        }
        Account::Partner(_) => return partner::dashboard::show(guest, RawQuery(query)).await,
        Account::Tenant(..) => Vec::new(),
    };
    let suspended = visitor.account.tenant_status == Some(domain::tenant::TenantStatus::Suspended);
    let home = Home {
        layer: standing.account().layer(),
        account: visitor.account.name.clone(),
        name: visitor.user.name.clone(),
        role: standing.role().title(),
        below,
        may_act: standing.may(Ability::ActBelow).then_some(()),
        is_suspended: suspended.then_some(()),
        notice: shell::notice(query.as_deref()),
    };
    Ok(shell::show(&guest, &home))
}
