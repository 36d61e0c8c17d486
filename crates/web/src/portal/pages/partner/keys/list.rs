//! The partner's keys (KEY-06).

use axum::{extract::RawQuery, response::Response};
use domain::{
    api_key::{ApiKey, ApiKeyStatus},
    paging::Order,
    time::{Timestamp, Zone},
    user::Ability,
};
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

/// A key as pages show it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) masked: String,
    pub(super) scopes: usize,
    pub(super) tenants: String,
    pub(super) status: (&'static str, &'static str),
    pub(super) last_used: String,
    pub(super) is_orphaned: Option<()>,
    pub(super) is_active: Option<()>,
}

impl Row {
    pub(super) fn of(key: &ApiKey, (zone, now): (&Zone, Timestamp)) -> Self {
        let status = match key.status(now) {
            ApiKeyStatus::Active => ("positive", "ACTIVE"),
            ApiKeyStatus::Revoked => ("negative", "REVOKED"),
            ApiKeyStatus::Expired => ("quiet", "EXPIRED"),
        };
        let tenants = match &key.grant.tenants {
            None => "All tenants".to_owned(),
            Some(one) if one.len() == 1 => "1 tenant".to_owned(),
            Some(some) => format!("{} tenants", some.len()),
        };
        Self {
            id: key.key_id.to_string(),
            name: key.name.clone(),
            masked: key.masked.clone(),
            scopes: key.grant.scopes.len(),
            tenants,
            status,
            last_used: key
                .last_used_at
                .map_or_else(|| "Never".to_owned(), |at| zone.display_minute(at)),
            is_orphaned: key.is_orphaned(now).then_some(()),
            is_active: (key.status(now) == ApiKeyStatus::Active).then_some(()),
        }
    }

    pub(super) fn sample() -> Self {
        Self {
            id: "key_00000000000000000000000001".to_owned(),
            name: "<b>Accounting</b> with a name longer than any column of any table".to_owned(),
            masked: "sk_live_...abc1".to_owned(),
            scopes: 20,
            tenants: "All tenants".to_owned(),
            status: ("positive", "ACTIVE"),
            last_used: "Never".to_owned(),
            is_orphaned: Some(()),
            is_active: Some(()),
        }
    }
}

/// All keys.
#[derive(Debug)]
pub(in crate::portal) struct Keys {
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

const COLUMNS: &[Column] = &[
    Column::text("Name").sorted("created"),
    Column::text("Key"),
    Column::amount("Scopes"),
    Column::text("Tenant Scope"),
    Column::text("Status"),
    Column::text("Last Used"),
    Column::actions(),
];

impl Page for Keys {
    fn title(&self) -> String {
        "API Keys".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let new = html! {
            @if self.may_change.is_some() {
                a.button.primary href=(frame.path("/settings/api-keys/new")) { "Create API Key" }
            }
        };
        html! {
            (told(self.notice))
            (page_head("API Keys", "One key for each integration, so that one can be cut off \
                alone. Replace them every quarter; never put one into a page or an app. If one \
                leaks, revoke it and read the audit log.", &new))
            section.card aria-label="API keys" {
                @if self.rows.is_empty() {
                    (empty_with("No API key yet", "A key lets a program do what its scopes allow, \
                        for all tenants or some.", &new))
                } @else {
                    (table((frame, "API keys"), COLUMNS, &self.listing, &self.lines(frame)))
                    (pager(frame, &self.listing))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let listing = Listing::read(PATH, None, KIND);
        let full = Self {
            rows: vec![Row::sample(), Row { is_active: None, ..Row::sample() }],
            listing: listing.clone(),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        vec![full, Self { rows: Vec::new(), listing, may_change: None, notice: None }]
    }
}

impl Keys {
    fn lines(&self, frame: &Frame) -> Markup {
        html! {
            @for row in &self.rows {
                @let path = format!("{PATH}/{}", row.id);
                tr {
                    th.wrap scope="row" { (row.name) }
                    td { code { (row.masked) } }
                    td.amount { (row.scopes) }
                    td { (badge("plain", &row.tenants)) }
                    td {
                        (badge(row.status.0, row.status.1))
                        @if row.is_orphaned.is_some() { " " (badge("warning", "Orphaned?")) }
                    }
                    td { (row.last_used) }
                    td.actions {
                        @if self.may_change.is_some() && row.is_active.is_some() {
                            a.button.small href=(frame.path(&path)) {
                                "Edit" span.unseen { " " (row.name) }
                            }
                            a.button.small href=(frame.path(&format!("{path}/revoke"))) {
                                "Revoke" span.unseen { " " (row.name) }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (app, owner) = (guest.portal.app(), Some(guest.partner_id()?));
    let listing = Listing::read(PATH, query.as_deref(), KIND);
    let request = listing.request();
    let page = app.keys(owner, &request).await?;
    let (zone, now) = (guest.zone()?, app.clock.now());
    let place = |key: &ApiKey| (None, key.key_id.to_string());
    let (rows, listing) = listing.page((page, &request), place, |key| Row::of(&key, (zone, now)));
    let may_change = guest.may(Ability::Change).then_some(());
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Keys { rows, listing, may_change, notice }))
}
