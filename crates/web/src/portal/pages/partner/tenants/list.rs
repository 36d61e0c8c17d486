//! The list of tenants: found by name or billing e-mail, by status, sorted, page by page (TNT-12).

use app::setup::{TenantFilter, TenantSort};
use axum::{extract::RawQuery, response::Response};
use domain::{
    account::Tenant,
    ids::TenantId,
    money::grouped,
    paging::{Key, Order},
    tenant::TenantStatus,
    user::Ability,
};
use maud::{Markup, html};

use super::manage;
use crate::portal::{
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, Field, badge, empty_with, filter_bar, page_head, pager, select, table, tone_of,
    },
    shell::{self, Frame, Page, told},
};

const KIND: Kind = Kind {
    filters: &["q", "status"],
    sorts: &[
        Sortable::by_id("created"),
        Sortable::by_text("name"),
        Sortable::by_text("sip_prefix"),
        Sortable::by_text("status"),
    ],
    order: Order::Descending,
};

/// The choices of the filter.
const STATUSES: [(&str, &str); 5] = [
    ("", "All"),
    ("trial", "Trial"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("cancelled", "Cancelled"),
];

/// A tenant as the list shows it.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Row {
    id: String,
    name: String,
    sip_prefix: String,
    status: &'static str,
    is_flagged: Option<()>,
    people: String,
    numbers: String,
    extensions: String,
    created: String,
}

/// The list.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Tenants {
    listing: Listing,
    rows: Vec<Row>,
    may_act: Option<()>,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Tenants {
    fn title(&self) -> String {
        "Tenants".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let list = &self.listing;
        let new = html! {
            @if self.may_change.is_some() {
                a.button.primary href=(frame.path("/tenants/new")) { "New Tenant" }
            }
        };
        html! {
            (told(self.notice))
            (page_head("Tenants", "", &new))
            (filter_bar(frame, list, &html! {
                (Field::text("q", "Name or billing email").value(list.filter("q"))
                    .longest(100).optional().render())
                (select(("status", "Status"), &STATUSES, list.filter("status")))
            }))
            section.card aria-label="Tenants" {
                @if self.rows.is_empty() && list.is_filtered() {
                    (empty_with("No tenant is like this", "Try other words or another status.",
                        &html! { a.button href=(frame.path("/tenants")) { "Show all" } }))
                } @else if self.rows.is_empty() {
                    (empty_with("No tenants yet",
                        "A tenant is a customer of yours, with its own users, numbers and \
                         invoices. Creating one costs nothing.", &new))
                } @else {
                    (table((frame, "Tenants"), &columns(), list, &html! {
                        @for row in &self.rows { (self.line(frame, row)) }
                    }))
                }
                (pager(frame, list))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "tnt_00000000000000000000000001".to_owned(),
            name: "<b>Smith</b> & Sons with a name that goes on for longer than anybody expects"
                .to_owned(),
            sip_prefix: "smithandsons".to_owned(),
            status: "suspended",
            is_flagged: Some(()),
            people: "12".to_owned(),
            numbers: "1,204".to_owned(),
            extensions: "0".to_owned(),
            created: "Nov 24, 2026, 18:05".to_owned(),
        };
        let list = |query: &str| Listing::read("/tenants", Some(query), KIND);
        let full = Self {
            listing: list("q=%22%3E%3Cscript%3E&sort=-name"),
            rows: vec![row.clone(), row],
            may_act: Some(()),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        let none = Self { rows: Vec::new(), listing: list(""), notice: None, ..full.clone() };
        let unfound = Self { rows: Vec::new(), may_change: None, ..full.clone() };
        vec![full, none, unfound]
    }
}

fn columns() -> [Column; 8] {
    [
        Column::text("Name").sorted("name"),
        Column::text("SIP Prefix").sorted("sip_prefix"),
        Column::text("Status").sorted("status"),
        Column::amount("Users"),
        Column::amount("DIDs"),
        Column::amount("Extensions"),
        Column::text("Created").sorted("created"),
        Column::actions(),
    ]
}

impl Tenants {
    fn line(&self, frame: &Frame, row: &Row) -> Markup {
        let path = |what: &str| frame.path(&format!("/tenants/{}{what}", row.id));
        let is_gone = row.status == TenantStatus::Cancelled.as_str();
        html! {
            tr {
                th.wrap scope="row" { a href=(path("")) { (row.name) } }
                td { code { (row.sip_prefix) } }
                td {
                    (badge(tone_of(row.status), row.status))
                    @if row.is_flagged.is_some() { " " (badge("negative", "overdue")) }
                }
                td.amount { (row.people) }
                td.amount { (row.numbers) }
                td.amount { (row.extensions) }
                td { (row.created) }
                td.actions {
                    @if self.may_change.is_some() && !is_gone {
                        a.button.small href=(path("/edit")) {
                            "Edit" span.unseen { " " (row.name) }
                        }
                        " "
                    }
                    @if self.may_act.is_some() && !is_gone { (manage(frame, &row.id, &row.name)) }
                    @if self.may_change.is_some() {
                        @if is_gone {
                            form method="post" action=(path("/reactivate")) {
                                (frame.seal())
                                button.button.small type="submit" {
                                    "Bring back" span.unseen { " " (row.name) }
                                }
                            }
                        } @else {
                            a.button.small href=(path("/delete")) {
                                "Delete" span.unseen { " " (row.name) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sort_of(name: &str) -> TenantSort {
    match name {
        "name" => TenantSort::Name,
        "sip_prefix" => TenantSort::SipPrefix,
        "status" => TenantSort::Status,
        _ => TenantSort::Created,
    }
}

fn place(sort: TenantSort, tenant: &Tenant) -> (Option<Key>, String) {
    let key = match sort {
        TenantSort::Created => None,
        TenantSort::Name => Some(Key::Text(tenant.name.clone())),
        TenantSort::SipPrefix => Some(Key::Text(tenant.sip_prefix.clone())),
        TenantSort::Status => Some(Key::Text(tenant.life.status().as_str().to_owned())),
    };
    (key, tenant.tenant_id.to_string())
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let listing = Listing::read("/tenants", query.as_deref(), KIND);
    let filter = TenantFilter {
        status: TenantStatus::parse(listing.filter("status")),
        text: listing.chosen("q"),
        ..TenantFilter::default()
    };
    let (sort, request) = (sort_of(listing.sort()), listing.request());
    let page = app.tenants(partner_id, filter, (sort, &request)).await?;
    let ids: Vec<TenantId> = page.rows.iter().map(|tenant| tenant.tenant_id).collect();
    let counts = app.present_of(partner_id, &ids).await?;
    let people = app.people_of(partner_id, &ids).await?;
    let zone = guest.zone()?;
    let number = |number: Option<i64>| grouped(&number.unwrap_or(0).to_string());
    let row = |tenant: Tenant| {
        let own = counts.get(&tenant.tenant_id);
        Row {
            id: tenant.tenant_id.to_string(),
            sip_prefix: tenant.sip_prefix,
            status: tenant.life.status().as_str(),
            is_flagged: tenant.flagged_at.map(|_| ()),
            people: number(people.get(&tenant.tenant_id).copied()),
            numbers: number(own.map(|own| own.phone_numbers)),
            extensions: number(own.map(|own| own.extensions)),
            created: zone.display_minute(tenant.created_at),
            name: tenant.name,
        }
    };
    let (rows, listing) = listing.page((page, &request), |it| place(sort, it), row);
    let page = Tenants {
        listing,
        rows,
        may_act: guest.may(Ability::ActBelow).then_some(()),
        may_change: guest.may(Ability::Change).then_some(()),
        notice: shell::notice(query.as_deref()),
    };
    Ok(shell::show(&guest, &page))
}
