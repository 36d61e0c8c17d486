//! The partner's endpoints.

use app::webhooks::WebhookEndpoint;
use axum::{extract::RawQuery, response::Response};
use domain::{paging::Order, user::Ability, webhook::endpoint::EndpointStatus};
use maud::{Markup, html};

use super::PATH;
use crate::portal::{
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{Column, badge, empty_with, page_head, pager, table},
    shell::{self, Frame, Page, told},
};

const KIND: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_id("created")], order: Order::Descending };

/// How an endpoint stands, for people.
pub(super) const fn status(status: EndpointStatus) -> (&'static str, &'static str) {
    match status {
        EndpointStatus::Enabled => ("positive", "Enabled"),
        EndpointStatus::Disabled => ("quiet", "Disabled"),
        EndpointStatus::DisabledAuto => ("negative", "Disabled after 100 failures"),
        EndpointStatus::Deleted => ("quiet", "Deleted"),
    }
}

/// An endpoint as the list shows it.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    url: String,
    description: String,
    events: usize,
    status: (&'static str, &'static str),
    failures: u32,
}

/// All endpoints.
#[derive(Debug)]
pub(in crate::portal) struct Endpoints {
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

const COLUMNS: &[Column] = &[
    Column::text("URL").sorted("created"),
    Column::text("Description"),
    Column::amount("Events"),
    Column::text("Status"),
    Column::text("Failures"),
    Column::actions(),
];

impl Page for Endpoints {
    fn title(&self) -> String {
        "Webhooks".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let new = html! {
            @if self.may_change.is_some() {
                a.button.primary href=(frame.path("/settings/webhooks/new")) { "Add Endpoint" }
            }
        };
        let rows = html! {
            @for row in &self.rows {
                @let path = format!("{PATH}/{}", row.id);
                tr {
                    th.wrap scope="row" { a href=(frame.path(&path)) { (row.url) } }
                    td.wrap { (row.description) }
                    td.amount { (row.events) }
                    td { (badge(row.status.0, row.status.1)) }
                    td { "Consecutive Failures: " (row.failures) }
                    td.actions {
                        a.button.small href=(frame.path(&format!("{path}/deliveries"))) {
                            "Deliveries" span.unseen { " to " (row.url) }
                        }
                    }
                }
            }
        };
        html! {
            (told(self.notice))
            (page_head("Webhooks", "Your programs are told what happens, signed and within \
                seconds.", &new))
            section.card aria-label="Endpoints" {
                @if self.rows.is_empty() {
                    (empty_with("No endpoint yet", "Add the address of a program that wants to \
                        know when an invoice is paid or a tenant suspended.", &new))
                } @else {
                    (table((frame, "Endpoints"), COLUMNS, &self.listing, &rows))
                    (pager(frame, &self.listing))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "whe_00000000000000000000000001".to_owned(),
            url: "https://hooks.example/<b>/a-path-of-many-many-many-letters".to_owned(),
            description: "<script>alert(1)</script>".to_owned(),
            events: 28,
            status: status(EndpointStatus::DisabledAuto),
            failures: 100,
        };
        let listing = Listing::read(PATH, None, KIND);
        let full = Self {
            rows: vec![row],
            listing: listing.clone(),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        vec![full, Self { rows: Vec::new(), listing, may_change: None, notice: None }]
    }
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let listing = Listing::read(PATH, query.as_deref(), KIND);
    let request = listing.request();
    let app = guest.portal.app();
    let page = app.list_webhook_endpoints(guest.partner_id()?, &request).await?;
    let place = |it: &WebhookEndpoint| (None, it.endpoint_id.to_string());
    let (rows, listing) = listing.page((page, &request), place, |it| Row {
        id: it.endpoint_id.to_string(),
        url: it.url,
        description: it.description,
        events: it.event_types.len(),
        status: status(it.status),
        failures: it.consecutive_failures,
    });
    let may_change = guest.may(Ability::Change).then_some(());
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Endpoints { rows, listing, may_change, notice }))
}
