//! The audit log: who changed what, and when (ruling 26).

use app::logs::AuditFilter;
use axum::{Router, extract::RawQuery, response::Response, routing::get};
use domain::{
    ids::TenantId,
    paging::Order,
    time::{Day, Zone},
};
use maud::{Markup, html};

use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{Column, Field, badge, empty_state, filter_bar, page_head, pager, table},
    shell::{self, Frame, Page},
};

const PATH: &str = "/settings/audit";
const KIND: Kind = Kind {
    filters: &["actor", "tenant", "action", "object", "request", "from", "to"],
    sorts: &[Sortable::by_id("at")],
    order: Order::Descending,
};
/// Longest text of what was before or after that a page shows, in characters.
const MAX_SHOWN: usize = 4_000;

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new().route("/settings/audit", get(show))
}

/// An entry as the page shows it.
#[derive(Debug, Clone)]
struct Row {
    at: String,
    actor: String,
    kind: String,
    tenant: String,
    action: String,
    object: String,
    request: String,
    ip: String,
    before: Option<String>,
    after: Option<String>,
}

/// The log.
#[derive(Debug)]
pub(in crate::portal) struct Audit {
    rows: Vec<Row>,
    listing: Listing,
}

const COLUMNS: &[Column] = &[
    Column::text("Time").sorted("at"),
    Column::text("Actor"),
    Column::text("Tenant"),
    Column::text("Action"),
    Column::text("Object"),
    Column::text("Request"),
    Column::text("What changed"),
];

impl Page for Audit {
    fn title(&self) -> String {
        "Audit Log".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let field = |name: &'static str, label: &'static str| {
            Field::text(name, label).value(self.listing.filter(name)).optional().render()
        };
        let day = |name: &'static str, label: &'static str| {
            Field::day(name, label).value(self.listing.filter(name)).optional().render()
        };
        html! {
            (page_head("Audit Log", "Everything that people, keys and the platform itself changed. \
                Entries stay when their actors go.", &html! {}))
            (filter_bar(frame, &self.listing, &html! {
                (field("actor", "Actor id"))
                (field("tenant", "Tenant id"))
                (field("action", "Action"))
                (field("object", "Object id"))
                (field("request", "Request id"))
                (day("from", "From"))
                (day("to", "To"))
            }))
            section.card aria-label="Audit log" {
                @if self.rows.is_empty() {
                    (empty_state("Nothing is written down", if self.listing.is_filtered() {
                        "No entry meets all of this."
                    } else {
                        "What you and your programs change appears here."
                    }))
                } @else {
                    (table((frame, "Audit log"), COLUMNS, &self.listing, &self.lines(frame)))
                    (pager(frame, &self.listing))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            at: "Nov 24, 2026, 18:05".to_owned(),
            actor: "<b>Ada</b>".to_owned(),
            kind: "operator".to_owned(),
            tenant: "tnt_00000000000000000000000001".to_owned(),
            action: "billing_profile.edit".to_owned(),
            object: "prf_00000000000000000000000001".to_owned(),
            request: "req_00000000000000000000000001".to_owned(),
            ip: "2001:db8::1".to_owned(),
            before: Some("{\n  \"name\": \"<script>\"\n}".to_owned()),
            after: None,
        };
        let full = Self {
            rows: vec![row],
            listing: Listing::read(PATH, Some("actor=%3Cb%3E&from=2026-01-01"), KIND),
        };
        let listing = Listing::read(PATH, None, KIND);
        vec![full, Self { rows: Vec::new(), listing }]
    }
}

impl Audit {
    fn lines(&self, frame: &Frame) -> Markup {
        html! {
            @for row in &self.rows {
                tr {
                    td { (row.at) }
                    td.wrap { (row.actor) " " (badge("quiet", &row.kind.replace('_', " "))) }
                    td { (row.tenant) }
                    td {
                        a href=(frame.path(&self.listing.filtered_by("action", &row.action))) {
                            (row.action)
                        }
                    }
                    td { (row.object) }
                    td { (row.request) @if !row.ip.is_empty() { br; (row.ip) } }
                    td {
                        @if row.before.is_some() || row.after.is_some() {
                            details {
                                summary { "Show" span.unseen { " " (row.action) } }
                                (side("Before", row.before.as_deref()))
                                (side("After", row.after.as_deref()))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn side(name: &str, text: Option<&str>) -> Markup {
    html! {
        @if let Some(text) = text {
            p { strong { (name) } }
            pre.code { (text) }
        }
    }
}

/// What the address filters by; what is no id or day finds nothing or is left out.
fn filter(listing: &Listing, zone: &Zone) -> Result<AuditFilter, Fault> {
    let day = |name| Day::parse(listing.filter(name)).ok();
    let tenant_id = match listing.filter("tenant") {
        "" => None,
        text => Some(text.parse::<TenantId>().map_err(|_| Fault::Nowhere)?),
    };
    Ok(AuditFilter {
        actor_id: listing.chosen("actor"),
        tenant_id,
        tenants: None,
        action: listing.chosen("action"),
        object_id: listing.chosen("object"),
        request_id: listing.chosen("request"),
        since: day("from").map(|day| zone.start_of(day)),
        until: day("to").map(|day| zone.start_of(day.plus_days(1))),
    })
}

/// JSON, one field a line; cut where it is very long.
fn readable(json: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(json);
    let text = value
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| json.to_owned());
    if text.chars().count() > MAX_SHOWN {
        return text.chars().take(MAX_SHOWN).chain("…".chars()).collect();
    }
    text
}

async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let listing = Listing::read(PATH, query.as_deref(), KIND);
    let request = listing.request();
    let zone = guest.zone()?;
    let filter = filter(&listing, zone)?;
    let owner = Some(guest.partner_id()?);
    let page = guest.portal.app().audit_entries(owner, filter, &request).await?;
    let (rows, listing) = listing.page(
        (page, &request),
        |entry| (None, entry.entry_id.to_string()),
        |entry| Row {
            at: zone.display_minute(entry.at),
            actor: entry.actor_name,
            kind: entry.actor_kind,
            tenant: entry.tenant_id.map_or(String::new(), |it| it.to_string()),
            action: entry.action,
            object: entry.object_id,
            request: entry.request_id,
            ip: entry.ip,
            before: entry.before.as_deref().map(readable),
            after: entry.after.as_deref().map(readable),
        },
    );
    Ok(shell::show(&guest, &Audit { rows, listing }))
}
