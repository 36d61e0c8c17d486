//! What was sent to an endpoint: the list, one in full, and sending it again (WHK-11 to WHK-13).

use app::{
    resource,
    webhooks::{self, DeliveryDetail, DeliveryFilter},
};
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::{
    ids::DeliveryId, paging::Order, time::Zone, user::Ability, webhook::delivery::DeliveryStatus,
};
use maud::{Markup, html};

use super::{PATH, endpoint::reached};
use crate::{
    api::write::Outcome,
    portal::{
        guest::{Fault, Guest},
        listing::{Kind, Listing, Sortable},
        parts::{
            Column, Field, badge, card, choices, crumbs, definitions, empty_state, filter_bar,
            page_head, pager, select_field, table, table_of,
        },
        shell::{self, Frame, Page, told},
    },
};

const KIND: Kind = Kind {
    filters: &["status", "event_type"],
    sorts: &[Sortable::by_id("created")],
    order: Order::Descending,
};

/// A delivery as pages show it.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    event: String,
    event_id: String,
    status: (&'static str, &'static str),
    attempts: String,
    last: String,
    next: String,
    code: String,
}

impl Row {
    fn of(it: &webhooks::Delivery, zone: &Zone) -> Self {
        let status = match it.state.status {
            DeliveryStatus::Pending => ("plain", "PENDING"),
            DeliveryStatus::Delivered => ("positive", "DELIVERED"),
            DeliveryStatus::Failed => ("warning", "FAILED"),
            DeliveryStatus::Dead => ("negative", "DEAD"),
        };
        Self {
            id: it.delivery_id.to_string(),
            event: it.event_type.clone(),
            event_id: it.event_id.to_string(),
            status,
            attempts: format!("{}/8", it.state.attempts),
            last: it.last_attempt_at.map_or("—".to_owned(), |at| zone.display_minute(at)),
            next: it.state.next_attempt_at.map_or("—".to_owned(), |at| zone.display_minute(at)),
            code: code(it.response_code, it.last_error.as_deref()),
        }
    }

    fn sample() -> Self {
        Self {
            id: "dlv_00000000000000000000000001".to_owned(),
            event: "invoice.paid".to_owned(),
            event_id: "evt_00000000000000000000000001".to_owned(),
            status: ("warning", "FAILED"),
            attempts: "3/8".to_owned(),
            last: "Nov 24, 2026, 18:05".to_owned(),
            next: "Nov 24, 2026, 19:05".to_owned(),
            code: "<b>timeout</b>".to_owned(),
        }
    }
}

/// What came of an attempt: the receiver's answer, or why there was none.
fn code(code: Option<u16>, error: Option<&str>) -> String {
    match (code, error) {
        (Some(code), _) => code.to_string(),
        (None, Some("timeout")) => "Timeout".to_owned(),
        (None, Some(error)) => error.to_owned(),
        (None, None) => "—".to_owned(),
    }
}

/// The deliveries of an endpoint.
#[derive(Debug)]
pub(in crate::portal) struct Deliveries {
    id: String,
    url: String,
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

const COLUMNS: &[Column] = &[
    Column::text("Event Type").sorted("created"),
    Column::text("Status"),
    Column::amount("Attempts"),
    Column::text("Last Attempt"),
    Column::text("Next Attempt"),
    Column::text("Response Code"),
    Column::actions(),
];

impl Page for Deliveries {
    fn title(&self) -> String {
        "Deliveries".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let statuses = choices([
            ("", "All"),
            ("pending", "Pending"),
            ("delivered", "Delivered"),
            ("failed", "Failed"),
            ("dead", "Dead"),
        ]);
        html! {
            (crumbs(frame, &format!("{PATH}/{}", self.id), &self.url))
            (told(self.notice))
            (page_head("Deliveries", "Kept for 30 days, newest first.", &html! {}))
            (filter_bar(frame, &self.listing, &html! {
                (select_field(("status", "Status", ""), &statuses, self.listing.filter("status"),
                    &[]))
                (Field::text("event_type", "Event type")
                    .value(self.listing.filter("event_type")).optional().render())
            }))
            section.card aria-label="Deliveries" {
                @if self.rows.is_empty() {
                    (empty_state("Nothing was sent", "Send a test event from the endpoint's page \
                        to see one."))
                } @else {
                    (table((frame, "Deliveries"), COLUMNS, &self.listing, &self.lines(frame)))
                    (pager(frame, &self.listing))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let id = "whe_00000000000000000000000001".to_owned();
        let path = format!("{PATH}/{id}/deliveries");
        let url = "https://hooks.example/<b>".to_owned();
        let full = Self {
            id: id.clone(),
            url: url.clone(),
            rows: vec![Row::sample()],
            listing: Listing::read(&path, Some("status=dead"), KIND),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        let listing = Listing::read(&path, None, KIND);
        vec![full, Self { id, url, rows: Vec::new(), listing, may_change: None, notice: None }]
    }
}

impl Deliveries {
    fn lines(&self, frame: &Frame) -> Markup {
        html! {
            @for row in &self.rows {
                @let path = format!("/settings/deliveries/{}", row.id);
                tr {
                    th scope="row" { a href=(frame.path(&path)) { (row.event) } }
                    td { (badge(row.status.0, row.status.1)) }
                    td.amount { (row.attempts) }
                    td { (row.last) }
                    td { (row.next) }
                    td.wrap { (row.code) }
                    td.actions {
                        @if self.may_change.is_some() { (again(frame, &row.id)) }
                    }
                }
            }
        }
    }
}

/// The button that sends a delivery again.
fn again(frame: &Frame, id: &str) -> Markup {
    html! {
        form method="post" action=(frame.path(&format!("/settings/deliveries/{id}/redeliver"))) {
            (frame.seal())
            button.button.small type="submit" { "Redeliver" span.unseen { " " (id) } }
        }
    }
}

/// One attempt.
#[derive(Debug, Clone)]
struct Tried {
    number: i64,
    kind: &'static str,
    at: String,
    took: String,
    code: String,
    body: String,
}

/// A delivery in full.
#[derive(Debug)]
pub(in crate::portal) struct Delivery {
    endpoint: String,
    row: Row,
    body: String,
    attempts: Vec<Tried>,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Delivery {
    fn title(&self) -> String {
        "Delivery".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::amount("Attempt"),
            Column::text("Kind"),
            Column::text("At"),
            Column::amount("Took"),
            Column::text("Response Code"),
            Column::text("Response"),
        ];
        let actions = html! { @if self.may_change.is_some() { (again(frame, &self.row.id)) } };
        html! {
            (crumbs(frame, &format!("{PATH}/{}/deliveries", self.endpoint), "Deliveries"))
            (told(self.notice))
            (page_head(&self.row.event, &self.row.event_id, &actions))
            (definitions(&[
                ("Status", badge(self.row.status.0, self.row.status.1)),
                ("Attempts", html! { (self.row.attempts) }),
                ("Last attempt", html! { (self.row.last) }),
                ("Next attempt", html! { (self.row.next) }),
            ]))
            (card(("request", "Request body"), &html! {}, &html! {
                div.inside { pre.code { (self.body) } }
            }))
            (card(("attempts", "Attempts"), &html! {}, &html! {
                @if self.attempts.is_empty() {
                    (empty_state("Not tried yet", "The first attempt follows within seconds."))
                } @else {
                    (table_of((frame, "Attempts"), COLUMNS, &html! {
                        @for it in &self.attempts {
                            tr {
                                td.amount { (it.number) }
                                td { (it.kind) }
                                td { (it.at) }
                                td.amount { (it.took) }
                                td.wrap { (it.code) }
                                td.wrap {
                                    @if it.body.is_empty() { "—" } @else {
                                        details {
                                            summary { "Show"
                                                span.unseen { " answer " (it.number) } }
                                            pre.code { (it.body) }
                                        }
                                    }
                                }
                            }
                        }
                    }))
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let tried = Tried {
            number: 1,
            kind: "scheduled",
            at: "Nov 24, 2026, 18:05".to_owned(),
            took: "10,000 ms".to_owned(),
            code: "500".to_owned(),
            body: "<script>alert(1)</script>".to_owned(),
        };
        let endpoint = "whe_00000000000000000000000001".to_owned();
        let full = Self {
            endpoint: endpoint.clone(),
            row: Row::sample(),
            body: "{\"name\":\"<b>ACME</b>\"}".to_owned(),
            attempts: vec![tried],
            may_change: Some(()),
            notice: None,
        };
        let none = Self {
            endpoint,
            row: Row::sample(),
            body: String::new(),
            attempts: Vec::new(),
            may_change: None,
            notice: Some("Saved."),
        };
        vec![full, none]
    }
}

pub(super) async fn list(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let endpoint = reached(&guest, &id).await?;
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let path = format!("{PATH}/{}/deliveries", endpoint.endpoint_id);
    let listing = Listing::read(&path, query.as_deref(), KIND);
    let request = listing.request();
    let filter = DeliveryFilter {
        status: DeliveryStatus::parse(listing.filter("status")),
        event_type: listing.chosen("event_type"),
        event_id: None,
    };
    let asked = (filter, &request);
    let page = app.list_webhook_deliveries(partner_id, endpoint.endpoint_id, asked).await?;
    let zone = guest.zone()?;
    let place = |it: &webhooks::Delivery| (None, it.delivery_id.to_string());
    let (rows, listing) = listing.page((page, &request), place, |it| Row::of(&it, zone));
    let may_change = guest.may(Ability::Change).then_some(());
    let notice = shell::notice(query.as_deref());
    let url = endpoint.url;
    Ok(shell::show(&guest, &Deliveries { id, url, rows, listing, may_change, notice }))
}

async fn found(guest: &Guest, id: &str) -> Result<DeliveryDetail, Fault> {
    let delivery_id: DeliveryId = id.parse().map_err(|_| Fault::Nowhere)?;
    Ok(guest.portal.app().webhook_delivery(guest.partner_id()?, delivery_id).await?)
}

pub(super) async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let detail = found(&guest, &id).await?;
    let zone = guest.zone()?;
    let attempts = detail.attempts.iter().map(|it| Tried {
        number: it.number,
        kind: it.kind.as_str(),
        at: zone.display_minute(it.at),
        took: format!("{} ms", domain::money::grouped(&it.duration_ms.to_string())),
        code: code(it.response_code, it.error.as_deref()),
        body: String::from_utf8_lossy(&it.response_body).into_owned(),
    });
    let page = Delivery {
        endpoint: detail.delivery.endpoint_id.to_string(),
        row: Row::of(&detail.delivery, zone),
        attempts: attempts.collect(),
        body: detail.request_body,
        may_change: guest.may(Ability::Change).then_some(()),
        notice: shell::notice(query.as_deref()),
    };
    Ok(shell::show(&guest, &page))
}

pub(super) async fn redeliver(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let delivery_id = found(&guest, &id).await?.delivery.delivery_id;
    let partner_id = guest.partner_id()?;
    let done = guest.write(async move |app| {
        let delivery = app.redeliver_webhook(partner_id, delivery_id).await?;
        let outcome = Outcome::ok(&resource::WebhookDelivery::from(&delivery))?;
        outcome.audited("webhook_delivery.redeliver", delivery_id, None::<&()>)
    });
    done.await??;
    Ok(guest.go(&format!("/settings/deliveries/{delivery_id}?done=queued")))
}
