//! Who changed what: the operator's own log, or a partner's (LAY-08).
//!
//! Decided here: entries are only read; what they hold is shown as it was written.

use app::logs::{AuditEntry, AuditFilter};
use axum::{Router, extract::RawQuery, response::Response, routing::get};
use domain::{
    ids::TenantId,
    paging::Order,
    time::{Day, Zone},
};
use maud::{Markup, html};

use super::{imports::owner_of, minute, word};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{Column, Field, empty_state, filter_bar, page_head, pager, table},
    shell::{self, Frame, Page},
};

const KIND: Kind = Kind {
    filters: &["partner", "actor", "tenant", "action", "from", "to"],
    sorts: &[Sortable::by_id("at")],
    order: Order::Descending,
};

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/operator/audit", get(list))
}

/// An entry.
#[derive(Debug, Clone)]
struct Row {
    at: String,
    actor: String,
    kind: String,
    action: String,
    object: String,
    tenant: String,
    request: String,
    ip: String,
}

/// The log.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Audit {
    rows: Vec<Row>,
    listing: Listing,
    whose: String,
}

impl Page for Audit {
    fn title(&self) -> String {
        "Audit log".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let of = |name| self.listing.filter(name);
        let text = |name, label| Field::text(name, label).value(of(name)).optional();
        let columns = [
            Column::text("When").sorted("at"),
            Column::text("Who"),
            Column::text("Action"),
            Column::text("Object"),
            Column::text("Tenant"),
            Column::text("Request"),
            Column::text("Address"),
        ];
        html! {
            (page_head("Audit log", &self.whose, &Markup::default()))
            (filter_bar(frame, &self.listing, &html! {
                (text("partner", "Partner's id").hint("Empty: your own log.").render())
                (text("actor", "Actor's id").render())
                (text("tenant", "Tenant's id").render())
                (text("action", "Action").render())
                (Field::day("from", "From day").value(of("from")).optional().render())
                (Field::day("to", "To day").value(of("to")).optional().render())
            }))
            section.card aria-label="Entries" {
                @if self.rows.is_empty() {
                    (empty_state("No entry is here", "Every change is written down here."))
                } @else {
                    (table((frame, "Entries"), &columns, &self.listing, &html! {
                        @for row in &self.rows { (tr(row)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            at: "Nov 24, 2026, 18:05".to_owned(),
            actor: "Ada <script>".to_owned(),
            kind: "User".to_owned(),
            action: "partner.set_terms".to_owned(),
            object: "ptr_00000000000000000000000001".to_owned(),
            tenant: String::new(),
            request: "req_00000000000000000000000001".to_owned(),
            ip: "203.0.113.7".to_owned(),
        };
        let listing = || Listing::read("/operator/audit", Some("action=%22%3E&from=x"), KIND);
        let whose = "Your own log.".to_owned();
        vec![
            Self { rows: vec![row], listing: listing(), whose: whose.clone() },
            Self { rows: Vec::new(), listing: listing(), whose },
        ]
    }
}

fn tr(row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" { (row.at) }
            td { (row.actor) " " span.quietly { (row.kind) } }
            td { (row.action) }
            td { (row.object) }
            td { (row.tenant) }
            td { (row.request) }
            td { (row.ip) }
        }
    }
}

fn filter(listing: &Listing, zone: &Zone) -> AuditFilter {
    let day = |name| Day::parse(listing.filter(name)).ok();
    let tenant: Option<TenantId> = listing.filter("tenant").parse().ok();
    AuditFilter {
        actor_id: listing.chosen("actor"),
        tenant_id: tenant,
        action: listing.chosen("action"),
        since: day("from").map(|day| zone.start_of(day)),
        until: day("to").map(|day| zone.start_of(day.plus_days(1))),
        ..AuditFilter::default()
    }
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let listing = Listing::read("/operator/audit", query.as_deref(), KIND);
    let owner = owner_of(&listing)?;
    let whose = match owner {
        None => "Your own log.".to_owned(),
        Some(id) => format!("The log of {}.", super::partners::name_of(&app.partner(id).await?)),
    };
    let zone = guest.zone()?;
    let request = listing.request();
    let found = app.audit_entries(owner, filter(&listing, zone), &request).await?;
    let place = |entry: &AuditEntry| (None, entry.entry_id.to_string());
    let show = |entry: AuditEntry| Row {
        at: minute(zone, entry.at),
        actor: entry.actor_name,
        kind: word(&entry.actor_kind),
        action: entry.action,
        object: entry.object_id,
        tenant: entry.tenant_id.map_or_else(String::new, |id| id.to_string()),
        request: entry.request_id,
        ip: entry.ip,
    };
    let (rows, listing) = listing.page((found, &request), place, show);
    Ok(shell::show(&guest, &Audit { rows, listing, whose }))
}
