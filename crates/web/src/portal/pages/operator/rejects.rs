//! Call records that were refused: why, tried again, given up.
//!
//! Decided here: trying again takes all open ones of the sources that are looked at, after a
//! number, a tenant or a price was added; doing it twice changes nothing. Giving one up needs a
//! reason.

use app::{
    App,
    error::FieldError,
    ingest::{ListedReject, RejectFilter},
};
use axum::{
    Router,
    extract::{Path, RawQuery},
    response::Response,
    routing::{get, post},
};
use domain::{ids::RejectId, paging::Order, user::Ability};
use maud::{Markup, html};

use super::{imports::owner_of, minute, word};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, Field, badge, card, crumbs, definitions, empty_state, filter_bar, hidden,
        other_errors, page_head, pager, select, table, tone_of,
    },
    shell::{self, Frame, Page, told},
};

const KIND: Kind = Kind {
    filters: &["state", "code", "source", "partner"],
    sorts: &[Sortable::by_id("refused")],
    order: Order::Descending,
};
/// Bytes of a record that are shown.
const SHOWN_BYTES: usize = 4_000;

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/operator/rejects", get(list))
        .route("/operator/rejects/retry", post(retry))
        .route("/operator/rejects/{id}", get(show))
        .route("/operator/rejects/{id}/dismiss", post(dismiss))
}

/// A refused record as the list shows it.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    at: String,
    source: String,
    place: String,
    code: String,
    reason: String,
    state: String,
}

/// The list.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Rejects {
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Rejects {
    fn title(&self) -> String {
        "Refused records".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let of = |name| self.listing.filter(name);
        let states =
            [("", "All"), ("open", "Open"), ("resolved", "Resolved"), ("dismissed", "Dismissed")];
        let columns = [
            Column::text("Refused").sorted("refused"),
            Column::text("Source"),
            Column::text("Where"),
            Column::text("Why"),
            Column::text("State"),
        ];
        let again = html! {
            @if self.may_change.is_some() {
                form method="post" action=(frame.path("/operator/rejects/retry")) {
                    (frame.seal())
                    (hidden("partner", of("partner")))
                    button.button type="submit" { "Try all open ones again" }
                }
            }
        };
        html! {
            (crumbs(frame, "/operator/imports", "Imports"))
            (told(self.notice))
            (page_head("Refused records", "Kept as they came, so that nothing is lost.", &again))
            (filter_bar(frame, &self.listing, &html! {
                (select(("state", "State"), &states, of("state")))
                (Field::text("code", "Code").value(of("code")).optional().render())
                (Field::text("source", "Source").value(of("source")).optional().render())
                (Field::text("partner", "Partner's id").value(of("partner"))
                    .hint("Empty: your own sources.").optional().render())
            }))
            section.card aria-label="Refused records" {
                @if self.rows.is_empty() {
                    (empty_state("No record is here", "Refused records wait here until they are \
                        calls or were dismissed."))
                } @else {
                    (table((frame, "Refused records"), &columns, &self.listing, &html! {
                        @for row in &self.rows { (self.tr(frame, row)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "rej_1".to_owned(),
            at: "Nov 24, 2026, 18:05".to_owned(),
            source: "pbx-<b>1</b>".to_owned(),
            place: "calls.ndjson, line 1,204".to_owned(),
            code: "unknown_owner".to_owned(),
            reason: "nobody has <script>".to_owned(),
            state: "open".to_owned(),
        };
        let listing = || Listing::read("/operator/rejects", Some("state=open&code=%3Cb"), KIND);
        vec![
            Self { rows: vec![row], listing: listing(), may_change: Some(()), notice: None },
            Self { rows: Vec::new(), listing: listing(), may_change: None, notice: Some("Saved.") },
        ]
    }
}

impl Rejects {
    fn tr(&self, frame: &Frame, row: &Row) -> Markup {
        let partner = match self.listing.filter("partner") {
            "" => String::new(),
            id => format!("?partner={id}"),
        };
        let path = format!("/operator/rejects/{}{partner}", row.id);
        html! {
            tr {
                th scope="row" { a href=(frame.path(&path)) { (row.at) } }
                td { (row.source) }
                td { (row.place) }
                td { code { (row.code) } " " span.quietly { (row.reason) } }
                td { (badge(tone_of(&row.state), &word(&row.state))) }
            }
        }
    }
}

fn state_of(text: &str) -> Option<&'static str> {
    ["open", "resolved", "dismissed"].into_iter().find(|it| *it == text)
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let listing = Listing::read("/operator/rejects", query.as_deref(), KIND);
    let owner = owner_of(&listing)?;
    let filter = RejectFilter {
        source: listing.chosen("source"),
        code: listing.chosen("code"),
        state: state_of(listing.filter("state")),
        ..RejectFilter::default()
    };
    let request = listing.request();
    let found = app.rejects(owner, filter, &request).await?;
    let zone = guest.zone()?;
    let place = |listed: &ListedReject| (None, listed.reject.reject_id.to_string());
    let show = |listed: ListedReject| Row {
        id: listed.reject.reject_id.to_string(),
        at: minute(zone, listed.reject.created_at),
        source: listed.source,
        place: format!("{}, line {}", listed.reject.file_name, listed.reject.line),
        code: listed.reject.code,
        reason: listed.reject.reason,
        state: listed.state,
    };
    let (rows, listing) = listing.page((found, &request), place, show);
    let page = Rejects {
        rows,
        listing,
        may_change: guest.may(Ability::Change).then_some(()),
        notice: super::notice(query.as_deref()),
    };
    Ok(shell::show(&guest, &page))
}

/// Where a form leads back to: the list of the same sources.
fn back(guest: &Guest) -> Result<(Option<domain::ids::PartnerId>, String), Fault> {
    match guest.fields.get("partner") {
        "" => Ok((None, String::new())),
        id => {
            let partner_id = super::partner_id(id)?;
            Ok((Some(partner_id), format!("partner={partner_id}&")))
        }
    }
}

async fn retry(guest: Guest) -> Result<Response, Fault> {
    let (owner, query) = back(&guest)?;
    let asking = guest.asking()?;
    let work = async move |app: App| {
        app.retry_rejects(owner).await?;
        let object = owner.map_or_else(|| "operator".to_owned(), |it| it.to_string());
        app.noted(&asking, ("rejects.retry", None), async |_| Ok(object.clone())).await
    };
    guest.portal.run(work).await?;
    Ok(guest.go(&format!("/operator/rejects?{query}state=open&done=tried")))
}

/// One refused record.
#[derive(Debug, Clone)]
pub(in crate::portal) struct RejectPage {
    id: String,
    partner: String,
    facts: Vec<(&'static str, String)>,
    state: String,
    raw: String,
    may_dismiss: Option<()>,
    reason: String,
    errors: Vec<FieldError>,
}

impl Page for RejectPage {
    fn title(&self) -> String {
        "Refused record".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let mut pairs: Vec<(&str, Markup)> =
            self.facts.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        pairs.insert(0, ("State", badge(tone_of(&self.state), &word(&self.state))));
        html! {
            (crumbs(frame, "/operator/rejects", "Refused records"))
            (page_head("Refused record", "", &Markup::default()))
            (other_errors(&self.errors, &["reason"]))
            (card(("facts", "Why it was refused"), &Markup::default(), &definitions(&pairs)))
            (card(("raw", "The record as it came"), &Markup::default(), &html! {
                pre.raw tabindex="0" { (self.raw) }
            }))
            @if self.may_dismiss.is_some() { (self.giving_up(frame)) }
        }
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            id: "rej_1".to_owned(),
            partner: "ptr_1".to_owned(),
            facts: vec![("Reason", "nobody has <b>this</b>".to_owned())],
            state: "open".to_owned(),
            raw: "{\"from\":\"</pre><script>alert(1)</script>\"}".to_owned(),
            may_dismiss: Some(()),
            reason: "\"><script>".to_owned(),
            errors: vec![FieldError {
                field: "reason".to_owned(),
                message: "give 1 to 500 bytes".to_owned(),
            }],
        };
        let over = Self { may_dismiss: None, errors: Vec::new(), ..full.clone() };
        vec![full, over]
    }
}

impl RejectPage {
    fn giving_up(&self, frame: &Frame) -> Markup {
        html! {
            section.card.form aria-labelledby="dismiss" {
                h2 id="dismiss" { "Dismiss it" }
                p.quietly { "It is kept, and not tried again." }
                form method="post"
                    action=(frame.path(&format!("/operator/rejects/{}/dismiss", self.id))) {
                    (frame.seal())
                    (hidden("partner", &self.partner))
                    (Field::text("reason", "Reason").value(&self.reason).errors(&self.errors)
                        .render())
                    button.danger type="submit" { "Dismiss" }
                }
            }
        }
    }
}

async fn page(
    guest: &Guest,
    id: &str,
    (owner, partner): (Option<domain::ids::PartnerId>, String),
) -> Result<RejectPage, Fault> {
    let reject_id: RejectId = id.parse().map_err(|_| Fault::Nowhere)?;
    let listed = guest.portal.app().reject(owner, reject_id).await?;
    let zone = guest.zone()?;
    let reject = &listed.reject;
    let raw = &reject.raw[..reject.raw.len().min(SHOWN_BYTES)];
    let mut facts = vec![
        ("Code", reject.code.clone()),
        ("Reason", reject.reason.clone()),
        ("Source", listed.source.clone()),
        ("File", reject.file_name.clone()),
        ("Line", reject.line.to_string()),
        ("Read as", reject.format.clone()),
        ("Refused", minute(zone, reject.created_at)),
    ];
    if let Some(at) = listed.resolved_at {
        facts.push(("Settled", minute(zone, at)));
    }
    if let Some(why) = &listed.dismissed_because {
        facts.push(("Dismissed because", why.clone()));
    }
    let is_open = listed.state == "open";
    Ok(RejectPage {
        id: reject.reject_id.to_string(),
        partner,
        facts,
        raw: String::from_utf8_lossy(raw).into_owned(),
        may_dismiss: (is_open && guest.may(Ability::Change)).then_some(()),
        state: listed.state,
        reason: String::new(),
        errors: Vec::new(),
    })
}

async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let listing = Listing::read("/operator/rejects", query.as_deref(), KIND);
    let owner = owner_of(&listing)?;
    let partner = listing.filter("partner").to_owned();
    Ok(shell::show(&guest, &page(&guest, &id, (owner, partner)).await?))
}

async fn dismiss(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let reject_id: RejectId = id.parse().map_err(|_| Fault::Nowhere)?;
    let (owner, query) = back(&guest)?;
    let reason = guest.fields.get("reason").to_owned();
    let asking = guest.asking()?;
    let done = super::noted(&guest, (asking, "reject.dismiss"), async move |app| {
        app.dismiss_reject(owner, reject_id, &reason).await?;
        Ok(reject_id.to_string())
    });
    let (status, errors) = match done.await? {
        Ok(()) => return Ok(guest.go(&format!("/operator/rejects?{query}done=dismissed"))),
        Err(refused) => refused,
    };
    let partner = guest.fields.typed("partner", 40);
    let reason = guest.fields.typed("reason", 500);
    let page = RejectPage { errors, reason, ..page(&guest, &id, (owner, partner)).await? };
    Ok(shell::with_status(&guest, status, &page))
}
