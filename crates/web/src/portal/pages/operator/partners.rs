//! All partners: found, sorted out by how they stand, gone to.

use app::{console::PartnerBrief, operations::PartnerFilter};
use axum::{Router, extract::RawQuery, response::Response, routing::get};
use domain::{account::Partner, paging::Order, partner::PartnerStatus, user::Ability};
use maud::{Markup, html};

use super::{micros, minute, word};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, Field, badge, empty_with, filter_bar, hidden, page_head, pager, select, table,
        tone_of,
    },
    shell::{self, Frame, Page, told},
};

const KIND: Kind = Kind {
    filters: &["q", "status"],
    sorts: &[Sortable::by_id("created")],
    order: Order::Descending,
};

/// How partners may stand that have pages.
const STATUSES: [PartnerStatus; 6] = [
    PartnerStatus::Trial,
    PartnerStatus::Active,
    PartnerStatus::PastDue,
    PartnerStatus::Suspended,
    PartnerStatus::Paused,
    PartnerStatus::Deleting,
];

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/partners", get(list))
}

/// A partner as the list shows it.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    name: String,
    slug: String,
    status: String,
    tier: String,
    wallet: String,
    mode: String,
    created: String,
}

/// The list.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Partners {
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    may_act: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Partners {
    fn title(&self) -> String {
        "Partners".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let new = html! {
            @if self.may_change.is_some() {
                a.button href=(frame.path("/partners/new")) { "New Partner" }
            }
        };
        let mut statuses = vec![("", "All")];
        let named: Vec<(String, String)> = STATUSES
            .iter()
            .map(|status| (status.as_str().to_owned(), word(status.as_str())))
            .collect();
        statuses.extend(named.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let of = |name| self.listing.filter(name);
        let columns = [
            Column::text("Name"),
            Column::text("Status"),
            Column::text("Tier"),
            Column::amount("Wallet"),
            Column::text("Payments"),
            Column::text("Created").sorted("created"),
            Column::actions(),
        ];
        html! {
            (told(self.notice))
            (page_head("Partners", "", &new))
            (filter_bar(frame, &self.listing, &html! {
                (Field::text("q", "Name").value(of("q")).optional().longest(100).render())
                (select(("status", "Status"), &statuses, of("status")))
            }))
            section.card aria-label="Partners" {
                @if self.rows.is_empty() {
                    (empty_with("No partner is here", "Partners resell what you run.", &new))
                } @else {
                    (table((frame, "Partners"), &columns, &self.listing, &html! {
                        @for row in &self.rows { (self.tr(frame, row)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "ptr_00000000000000000000000001".to_owned(),
            name: "Oak <b>Voice</b> and a name that goes on for longer than anybody expects"
                .to_owned(),
            slug: "oak-voice".to_owned(),
            status: "past_due".to_owned(),
            tier: "Professional".to_owned(),
            wallet: "-$1,234,567.89".to_owned(),
            mode: "Custom keys".to_owned(),
            created: "Nov 24, 2026, 18:05".to_owned(),
        };
        let listing = |query| Listing::read("/partners", Some(query), KIND);
        vec![
            Self {
                rows: vec![row],
                listing: listing("q=%22%3E%3Cscript%3E&status=active"),
                may_change: Some(()),
                may_act: Some(()),
                notice: Some("Saved."),
            },
            Self {
                rows: Vec::new(),
                listing: listing(""),
                may_change: None,
                may_act: None,
                notice: None,
            },
        ]
    }
}

impl Partners {
    fn tr(&self, frame: &Frame, row: &Row) -> Markup {
        html! {
            tr {
                th scope="row" {
                    a href=(frame.path(&format!("/partners/{}", row.id))) { (row.name) }
                    " " span.quietly { (row.slug) }
                }
                td { (badge(tone_of(&row.status), &word(&row.status))) }
                td { (row.tier) }
                td.amount { (row.wallet) }
                td { (row.mode) }
                td { (row.created) }
                td.actions {
                    @if self.may_act.is_some() {
                        form method="post" action=(frame.path("/act")) {
                            (frame.seal())
                            (hidden("account", &row.id))
                            button.button.small type="submit" {
                                "Manage" span.unseen { " " (row.name) }
                            }
                        }
                    }
                }
            }
        }
    }
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let listing = Listing::read("/partners", query.as_deref(), KIND);
    let filter = PartnerFilter {
        status: PartnerStatus::parse(listing.filter("status")),
        text: listing.chosen("q"),
    };
    let request = listing.request();
    let page = app.partner_briefs(filter, &request).await?;
    let zone = guest.zone()?.clone();
    let place = |brief: &PartnerBrief| (None, brief.partner.partner_id.to_string());
    let show = |brief: PartnerBrief| Row {
        id: brief.partner.partner_id.to_string(),
        name: name_of(&brief.partner),
        slug: brief.partner.slug.clone(),
        status: brief.partner.status.as_str().to_owned(),
        tier: word(brief.tier.as_str()),
        wallet: micros(brief.currency, brief.wallet),
        mode: word(brief.mode.as_str()),
        created: minute(&zone, brief.partner.created_at),
    };
    let (rows, listing) = listing.page((page, &request), place, show);
    let page = Partners {
        rows,
        listing,
        may_change: guest.may(Ability::Change).then_some(()),
        may_act: guest.may(Ability::ActBelow).then_some(()),
        notice: super::notice(query.as_deref()),
    };
    Ok(shell::show(&guest, &page))
}

/// What a partner is called here: its brand, and its company where that is another.
pub(super) fn name_of(partner: &Partner) -> String {
    let brand = app::people::brand_name(partner);
    if brand == partner.company_name {
        brand.to_owned()
    } else {
        format!("{brand} ({})", partner.company_name)
    }
}
