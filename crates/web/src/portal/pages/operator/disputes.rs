//! Disputes on the operator's own account: what payers took back through their banks, the evidence
//! against it, and how each ended (REF-16).
//!
//! Decided here: evidence is recorded as often as wanted until it is submitted, which is final and
//! says so. An outcome is recorded by hand only where the processor told it by other ways.

use app::{
    App,
    disputes::{DisputeFilter, ListedDispute, NewEvidence},
    error::FieldError,
};
use axum::{
    Router,
    extract::{Path, RawQuery},
    response::Response,
    routing::{get, post},
};
use domain::{
    dispute::DisputeState, ids::DisputeId, paging::Order, processor::AccountContext, time::Zone,
    user::Ability,
};
use maud::{Markup, html};

use super::{Refused, minute, refused, word};
use crate::portal::{
    Portal,
    change::ONCE_FIELD,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Area, Column, badge, card, crumbs, definitions, empty_state, filter_bar, hidden,
        other_errors, page_head, pager, select, table, tick, tone_of,
    },
    shell::{self, Frame, Page, told},
};

const KIND: Kind =
    Kind { filters: &["status"], sorts: &[Sortable::by_id("opened")], order: Order::Descending };

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/operator/disputes", get(list))
        .route("/operator/disputes/{id}", get(show))
        .route("/operator/disputes/{id}/evidence", post(evidence))
        .route("/operator/disputes/{id}/outcome", post(outcome))
}

/// A dispute as the list shows it.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    partner: String,
    amount: String,
    reason: String,
    status: &'static str,
    opened: String,
    evidence_due: String,
}

/// The list.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Disputes {
    rows: Vec<Row>,
    listing: Listing,
}

impl Page for Disputes {
    fn title(&self) -> String {
        "Disputes".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Opened").sorted("opened"),
            Column::text("Partner"),
            Column::text("Reason"),
            Column::amount("Amount"),
            Column::text("Evidence until"),
            Column::text("Status"),
        ];
        let statuses = [("", "All"), ("open", "Open"), ("won", "Won"), ("lost", "Lost")];
        html! {
            (page_head("Disputes", "On your own account: you answer them.", &Markup::default()))
            (filter_bar(frame, &self.listing, &html! {
                (select(("status", "Status"), &statuses, self.listing.filter("status")))
            }))
            section.card aria-label="Disputes" {
                @if self.rows.is_empty() {
                    (empty_state("No dispute is here", "Disputes appear as soon as a bank opens \
                        one."))
                } @else {
                    (table((frame, "Disputes"), &columns, &self.listing, &html! {
                        @for row in &self.rows { (tr(frame, row)) }
                    }))
                }
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "dsp_1".to_owned(),
            partner: "Oak <b>Voice</b>".to_owned(),
            amount: "$1,234,567.89".to_owned(),
            reason: "Product not received".to_owned(),
            status: "open",
            opened: "Nov 24, 2026, 18:05".to_owned(),
            evidence_due: "Dec 1, 2026, 00:00".to_owned(),
        };
        let listing = || Listing::read("/operator/disputes", Some("status=open"), KIND);
        vec![
            Self { rows: vec![row], listing: listing() },
            Self { rows: Vec::new(), listing: listing() },
        ]
    }
}

fn tr(frame: &Frame, row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href=(frame.path(&format!("/operator/disputes/{}", row.id))) { (row.opened) }
            }
            td { (row.partner) }
            td { (row.reason) }
            td.amount { (row.amount) }
            td { (row.evidence_due) }
            td { (badge(tone_of(row.status), &word(row.status))) }
        }
    }
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let app = guest.portal.app();
    let listing = Listing::read("/operator/disputes", query.as_deref(), KIND);
    let filter = DisputeFilter {
        state: DisputeState::parse(listing.filter("status")),
        context: Some(AccountContext::Platform),
        ..DisputeFilter::default()
    };
    let request = listing.request();
    let found = app.dispute_page(filter, &request).await?;
    let names = app.partner_names(found.rows.iter().map(|(id, ..)| *id)).await?;
    let zone = guest.zone()?;
    let place = |(_, dispute, _): &ListedDispute| (None, dispute.dispute_id.to_string());
    let show = |(partner_id, dispute, currency): ListedDispute| Row {
        id: dispute.dispute_id.to_string(),
        partner: names.get(&partner_id).cloned().unwrap_or_default(),
        amount: currency.display(dispute.amount),
        reason: word(&dispute.reason),
        status: dispute.state.as_str(),
        opened: minute(zone, dispute.opened_at),
        evidence_due: dispute.evidence_due.map_or_else(String::new, |at| minute(zone, at)),
    };
    let (rows, listing) = listing.page((found, &request), place, show);
    Ok(shell::show(&guest, &Disputes { rows, listing }))
}

/// One dispute.
#[derive(Debug, Clone)]
pub(in crate::portal) struct DisputePage {
    id: String,
    amount: String,
    status: &'static str,
    facts: Vec<(&'static str, String)>,
    evidence: String,
    /// Nothing where no more evidence is taken.
    may_give: Option<()>,
    may_close: Option<()>,
    once: String,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for DisputePage {
    fn title(&self) -> String {
        "Dispute".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let mut pairs: Vec<(&str, Markup)> =
            self.facts.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        pairs.insert(0, ("Status", badge(tone_of(self.status), &word(self.status))));
        html! {
            (crumbs(frame, "/operator/disputes", "Disputes"))
            (told(self.notice))
            (page_head(&format!("Dispute of {}", self.amount), "", &Markup::default()))
            (other_errors(&self.errors, &["text"]))
            (card(("facts", "What is disputed"), &Markup::default(), &definitions(&pairs)))
            @if self.may_give.is_some() {
                (self.giving(frame))
            } @else if !self.evidence.is_empty() {
                (card(("evidence", "Evidence"), &Markup::default(), &html! {
                    p.none { (self.evidence) }
                }))
            }
            @if self.may_close.is_some() { (self.closing(frame)) }
        }
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            id: "dsp_1".to_owned(),
            amount: "$1,234,567.89".to_owned(),
            status: "open",
            facts: vec![("Reason", "Fraudulent <b>".to_owned())],
            evidence: "</textarea><script>alert(1)</script>".to_owned(),
            may_give: Some(()),
            may_close: Some(()),
            once: "req_1".to_owned(),
            errors: Vec::new(),
            notice: Some("Saved."),
        };
        let errors = ["text", "other"].map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let wrong = Self { errors: errors.into(), ..full.clone() };
        let over = Self { may_give: None, may_close: None, status: "lost", ..full.clone() };
        vec![full, wrong, over]
    }
}

impl DisputePage {
    fn path(&self, frame: &Frame, part: &str) -> String {
        frame.path(&format!("/operator/disputes/{}/{part}", self.id))
    }

    fn giving(&self, frame: &Frame) -> Markup {
        html! {
            section.card.form aria-labelledby="give" {
                h2 id="give" { "Evidence" }
                form method="post" action=(self.path(frame, "evidence")) {
                    (frame.seal())
                    (hidden(ONCE_FIELD, &self.once))
                    (Area::new("text", "What shows that the payment was right")
                        .value(&self.evidence).rows(8).longest(20_000).required()
                        .errors(&self.errors).render())
                    (tick(("submit", "This is all: submit it",
                        "It is final: nothing can be added afterwards."), None))
                    button.primary type="submit" { "Save evidence" }
                }
            }
        }
    }

    fn closing(&self, frame: &Frame) -> Markup {
        html! {
            section.card.form aria-labelledby="close" {
                h2 id="close" { "Record the outcome" }
                p.quietly { "Only where the processor told it by other ways. A lost dispute is "
                    "booked as money that will not come." }
                form method="post" action=(self.path(frame, "outcome")) {
                    (frame.seal())
                    button.button type="submit" name="outcome" value="won" { "Won" }
                    " "
                    button.danger type="submit" name="outcome" value="lost" { "Lost" }
                }
            }
        }
    }
}

async fn page(guest: &Guest, id: &str) -> Result<DisputePage, Fault> {
    let dispute_id: DisputeId = id.parse().map_err(|_| Fault::Nowhere)?;
    let app = guest.portal.app();
    let (partner_id, dispute, currency) = app.find_dispute(None, dispute_id).await?;
    let partner = app.partner(partner_id).await?;
    let zone: &Zone = guest.zone()?;
    let mut facts = vec![
        ("Partner", super::partners::name_of(&partner)),
        ("Reason", word(&dispute.reason)),
        ("Opened", minute(zone, dispute.opened_at)),
        ("Processor says", word(&dispute.detail)),
        ("Reference", dispute.reference.clone()),
    ];
    let times = [
        ("Evidence until", dispute.evidence_due),
        ("Submitted", dispute.submitted_at),
        ("Closed", dispute.closed_at),
    ];
    facts.extend(times.into_iter().filter_map(|(name, at)| Some((name, minute(zone, at?)))));
    let may_change = guest.may(Ability::Change);
    let is_open = dispute.state.is_open();
    Ok(DisputePage {
        id: dispute.dispute_id.to_string(),
        amount: currency.display(dispute.amount),
        status: dispute.state.as_str(),
        facts,
        may_give: (may_change && is_open && dispute.submitted_at.is_none()).then_some(()),
        may_close: (may_change && is_open).then_some(()),
        evidence: dispute.evidence,
        once: guest.once(),
        errors: Vec::new(),
        notice: None,
    })
}

async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let notice = super::notice(query.as_deref());
    let page = DisputePage { notice, ..page(&guest, &id).await? };
    Ok(shell::show(&guest, &page))
}

async fn again(
    guest: &Guest,
    id: &str,
    (done, code): (Result<(), Refused>, &str),
) -> Result<Response, Fault> {
    let (status, errors) = match done {
        Ok(()) => return Ok(guest.go(&format!("/operator/disputes/{id}?done={code}"))),
        Err(refused) => refused,
    };
    let typed = guest.fields.typed("text", 20_000);
    let mut page = DisputePage { errors, ..page(guest, id).await? };
    if !typed.is_empty() {
        page.evidence = typed;
    }
    Ok(shell::with_status(guest, status, &page))
}

async fn evidence(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let dispute_id: DisputeId = id.parse().map_err(|_| Fault::Nowhere)?;
    let given = NewEvidence {
        text: guest.fields.get("text").trim().to_owned(),
        is_final: guest.fields.has("submit"),
    };
    let is_final = if given.is_final { "final" } else { "" };
    let asking = guest.asking_once(&[&id, &given.text, is_final])?;
    let work = async move |app: App| app.give_evidence(&asking, dispute_id, &given).await;
    let done = match guest.portal.run(work).await {
        Ok(_) => Ok(()),
        Err(error) => Err(refused(error)?),
    };
    again(&guest, &id, (done, "evidence")).await
}

async fn outcome(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let dispute_id: DisputeId = id.parse().map_err(|_| Fault::Nowhere)?;
    let outcome = match guest.fields.get("outcome") {
        "won" => DisputeState::Won,
        "lost" => DisputeState::Lost,
        _ => return Err(Fault::Nowhere),
    };
    let asking = guest.asking()?;
    let done = super::noted(&guest, (asking, "dispute.outcome"), async move |app| {
        app.close_dispute(dispute_id, outcome).await?;
        Ok(dispute_id.to_string())
    });
    again(&guest, &id, (done.await?, "outcome")).await
}
