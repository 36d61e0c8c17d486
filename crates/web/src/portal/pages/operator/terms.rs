//! What a partner is charged: its tier and figures, now and from a day on; how it settles; its
//! subscription begun and ended by the operator's hand.
//!
//! Decided here: new terms are shown from 30 days on unless another day is typed, as rates are
//! posted; usage until then keeps its price (PLT-23). What is typed stays where it was refused.

use app::{App, error::FieldError, platform::FeesEdit, setup::NewTerms};
use axum::{
    Router,
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use domain::{
    money::{Currency, Nanos},
    partner::PartnerStatus,
    subscription::Billing,
    tier::{NOTICE_DAYS, Tier, TierRates},
    time::{Day, Timestamp, Zone},
    user::Ability,
};
use maud::{Markup, html};

use super::{Refused, partner::parts_of, partner_id, partners::name_of, refused, word};
use crate::portal::{
    Portal,
    change::ONCE_FIELD,
    fields::Fields,
    guest::{Fault, Guest},
    parts::{Column, Field, badge, card, hidden, other_errors, page_head, select, table_of},
    shell::{self, Frame, Page, told},
};

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/partners/{id}/terms", get(show).post(set))
        .route("/partners/{id}/settling", post(settling))
        .route("/partners/{id}/activate", post(activate))
        .route("/partners/{id}/pause", post(pause))
}

/// Fields of figures: name, label.
pub(super) const FIGURES: [(&str, &str); 5] = [
    ("extension_month", "Extension a month"),
    ("local_did_month", "Local number a month"),
    ("toll_free_did_month", "Toll-free number a month"),
    ("local_minute", "Local minute"),
    ("toll_free_minute", "Toll-free minute"),
];

/// Terms as the table shows them.
#[derive(Debug, Clone)]
struct Row {
    from: String,
    tier: String,
    figures: [String; 5],
    is_now: Option<()>,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct TermsPage {
    id: String,
    name: String,
    rows: Vec<Row>,
    sign: String,
    /// What the form shows.
    tier: String,
    from: String,
    figures: [String; 5],
    billing: String,
    can_activate: Option<()>,
    can_pause: Option<()>,
    may_change: Option<()>,
    once: String,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for TermsPage {
    fn title(&self) -> String {
        format!("Terms of {}", self.name)
    }

    fn body(&self, frame: &Frame) -> Markup {
        let mut columns = vec![Column::text("From"), Column::text("Tier")];
        columns.extend(FIGURES.map(|(_, label)| Column::amount(label)));
        let mut known = vec!["effective_from"];
        known.extend(FIGURES.map(|(name, _)| name));
        html! {
            (parts_of(frame, &self.id, "/terms"))
            (told(self.notice))
            (page_head(&self.name, "What it is charged, and from when.", &Markup::default()))
            (other_errors(&self.errors, &known))
            (card(("terms", "Terms"), &Markup::default(), &html! {
                (table_of((frame, "Terms of this partner"), &columns, &html! {
                    @for row in &self.rows { (tr(row)) }
                }))
            }))
            @if self.may_change.is_some() {
                (self.new_terms(frame))
                (self.subscription(frame))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            from: "Nov 24, 2026".to_owned(),
            tier: "Professional".to_owned(),
            figures: FIGURES.map(|_| "$0.0123456".to_owned()),
            is_now: Some(()),
        };
        let full = Self {
            id: "ptr_1".to_owned(),
            name: "Oak <b>Voice</b>".to_owned(),
            rows: vec![row.clone(), Row { is_now: None, ..row }],
            sign: "USD".to_owned(),
            tier: "enterprise".to_owned(),
            from: "2026-12-24".to_owned(),
            figures: FIGURES.map(|_| "\"><script>".to_owned()),
            billing: "prepaid".to_owned(),
            can_activate: Some(()),
            can_pause: Some(()),
            may_change: Some(()),
            once: "req_1".to_owned(),
            errors: Vec::new(),
            notice: Some("Saved."),
        };
        let errors = FIGURES.iter().map(|(name, _)| *name).chain(["effective_from", "other"]);
        let errors = errors.map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let wrong = Self { errors: errors.collect(), ..full.clone() };
        let viewer = Self { may_change: None, rows: Vec::new(), ..full.clone() };
        vec![full, wrong, viewer]
    }
}

fn tr(row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" {
                (row.from)
                @if row.is_now.is_some() { " " (badge("positive", "Now")) }
            }
            td { (row.tier) }
            @for figure in &row.figures { td.amount { (figure) } }
        }
    }
}

impl TermsPage {
    fn new_terms(&self, frame: &Frame) -> Markup {
        let tiers = [
            ("starter", "Starter"),
            ("professional", "Professional"),
            ("business", "Business"),
            ("enterprise", "Enterprise"),
        ];
        html! {
            section.card.form aria-labelledby="new" {
                h2 id="new" { "New terms" }
                form method="post" action=(frame.path(&format!("/partners/{}/terms", self.id))) {
                    (frame.seal())
                    (select(("tier", "Tier"), &tiers, &self.tier))
                    (Field::day("effective_from", "From").value(&self.from)
                        .hint("Give 30 days of notice unless something else was agreed.")
                        .errors(&self.errors).render())
                    p.hint { "Figures are for Enterprise only; the other tiers have their own." }
                    @for ((name, label), value) in FIGURES.iter().zip(&self.figures) {
                        (Field::amount(name, label, &self.sign).value(value).optional()
                            .errors(&self.errors).render())
                    }
                    button.primary type="submit" { "Save terms" }
                }
            }
        }
    }

    fn subscription(&self, frame: &Frame) -> Markup {
        let path = |part: &str| frame.path(&format!("/partners/{}/{part}", self.id));
        let ways = [
            ("prepaid", "Prepaid: by its payment method and its wallet"),
            ("on_account", "On account: settled outside the platform"),
        ];
        card(
            ("subscription", "Subscription"),
            &Markup::default(),
            &html! {
                div.part {
                    h3 { "How it settles" }
                    form method="post" action=(path("settling")) {
                        (frame.seal())
                        (select(("billing", "Settles"), &ways, &self.billing))
                        button.button type="submit" { "Save" }
                    }
                }
                @if self.can_activate.is_some() {
                    div.part {
                        h3 { "Activate" }
                        p.quietly { "Its first fee is charged to its payment method, unless it is "
                            "on account." }
                        form method="post" action=(path("activate")) {
                            (frame.seal())
                            (hidden(ONCE_FIELD, &self.once))
                            button.button type="submit" { "Activate" }
                        }
                    }
                }
                @if self.can_pause.is_some() {
                    div.part {
                        h3 { "Pause" }
                        p.quietly { "Its subscription is cancelled: no more fees, no more calls. "
                            "Its data is kept until it is activated again." }
                        form method="post" action=(path("pause")) {
                            (frame.seal())
                            button.danger type="submit" { "Pause" }
                        }
                    }
                }
            },
        )
    }
}

async fn page(guest: &Guest, id: &str) -> Result<TermsPage, Fault> {
    let partner_id = partner_id(id)?;
    let app = guest.portal.app();
    let overview = app.partner_overview(partner_id).await?;
    let terms = app.wholesale_terms(partner_id).await?;
    let (currency, now, zone) = (overview.currency, app.clock.now(), guest.zone()?);
    let current = terms.iter().rposition(|it| it.terms.effective_from <= now);
    let rows = terms.iter().enumerate().map(|(index, it)| Row {
        from: zone.day_of(it.terms.effective_from).display_long(),
        tier: word(it.tier.as_str()),
        figures: shown(&rates_of(it), currency),
        is_now: (Some(index) == current).then_some(()),
    });
    let status = overview.partner.status;
    let is = |wanted: &[PartnerStatus]| wanted.contains(&status).then_some(());
    Ok(TermsPage {
        id: partner_id.to_string(),
        name: name_of(&overview.partner),
        rows: rows.rev().collect(),
        sign: currency.code().to_owned(),
        tier: overview.shown.terms.tier.as_str().to_owned(),
        from: zone.day_of(now).plus_days(NOTICE_DAYS + 1).to_string(),
        figures: FIGURES.map(|_| String::new()),
        billing: overview.shown.subscription.billing.as_str().to_owned(),
        can_activate: is(&[PartnerStatus::Trial, PartnerStatus::Suspended, PartnerStatus::Paused]),
        can_pause: is(&[PartnerStatus::Active, PartnerStatus::PastDue]),
        may_change: guest.may(Ability::Change).then_some(()),
        once: guest.once(),
        errors: Vec::new(),
        notice: None,
    })
}

fn rates_of(terms: &app::operations::TierTerms) -> TierRates {
    let it = &terms.terms;
    TierRates {
        extension_month: it.extension_month,
        local_did_month: it.local_did_month,
        toll_free_did_month: it.toll_free_did_month,
        local_minute: it.local_minute,
        toll_free_minute: it.toll_free_minute,
    }
}

/// Figures for people, in the order of [`FIGURES`].
pub(super) fn shown(rates: &TierRates, currency: Currency) -> [String; 5] {
    [
        rates.extension_month,
        rates.local_did_month,
        rates.toll_free_did_month,
        rates.local_minute,
        rates.toll_free_minute,
    ]
    .map(|rate| currency.display_rate(rate))
}

/// The figures that a form gives: all of them, or none where every field is empty.
pub(super) fn typed_rates(fields: &Fields) -> Result<Option<TierRates>, Vec<FieldError>> {
    if FIGURES.iter().all(|(name, _)| fields.get(name).trim().is_empty()) {
        return Ok(None);
    }
    let mut errors = Vec::new();
    let mut rate = |name: &str| {
        Nanos::parse(fields.get(name).trim()).unwrap_or_else(|error| {
            errors.push(FieldError { field: name.to_owned(), message: error.to_string() });
            Nanos::ZERO
        })
    };
    let rates = TierRates {
        extension_month: rate("extension_month"),
        local_did_month: rate("local_did_month"),
        toll_free_did_month: rate("toll_free_did_month"),
        local_minute: rate("local_minute"),
        toll_free_minute: rate("toll_free_minute"),
    };
    if errors.is_empty() { Ok(Some(rates)) } else { Err(errors) }
}

/// The start of a typed day in a zone; now where that day is today.
pub(super) fn typed_day(
    fields: &Fields,
    (zone, now): (&Zone, Timestamp),
) -> Result<Timestamp, Vec<FieldError>> {
    let day = Day::parse(fields.get("effective_from").trim()).map_err(|error| {
        vec![FieldError { field: "effective_from".to_owned(), message: error.to_string() }]
    })?;
    let start = zone.start_of(day);
    Ok(if day == zone.day_of(now) { start.max(now) } else { start })
}

async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let notice = super::notice(query.as_deref());
    let page = TermsPage { notice, ..page(&guest, &id).await? };
    Ok(shell::show(&guest, &page))
}

/// The page again with what was typed, or what was done.
async fn outcome(
    guest: &Guest,
    id: &str,
    (done, code): (Result<(), Refused>, &str),
) -> Result<Response, Fault> {
    let (status, errors) = match done {
        Ok(()) => return Ok(guest.go(&format!("/partners/{id}/terms?done={code}"))),
        Err(refused) => refused,
    };
    let mut page = TermsPage { errors, ..page(guest, id).await? };
    if guest.fields.has("effective_from") {
        page.tier = guest.fields.typed("tier", 20);
        page.from = guest.fields.typed("effective_from", 20);
        page.figures = FIGURES.map(|(name, _)| guest.fields.typed(name, 30));
    }
    Ok(shell::with_status(guest, status, &page))
}

/// Names of the use case's fields are those of the form with a prefix.
fn plain(refused: Refused) -> Refused {
    let (status, errors) = refused;
    let plain = errors.into_iter().map(|error| {
        let field = error.field.rsplit('.').next().unwrap_or_default().to_owned();
        FieldError { field, ..error }
    });
    (status, plain.collect())
}

async fn set(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let partner_id = partner_id(&id)?;
    let Some(tier) = Tier::parse(guest.fields.get("tier")) else { return Err(Fault::Nowhere) };
    let at = (guest.zone()?, guest.portal.app().clock.now());
    let wrong = |errors| (Err((StatusCode::UNPROCESSABLE_ENTITY, errors)), "");
    let from = match typed_day(&guest.fields, at) {
        Ok(from) => from,
        Err(errors) => return outcome(&guest, &id, wrong(errors)).await,
    };
    let figures = match typed_rates(&guest.fields) {
        Ok(figures) => figures,
        Err(errors) => return outcome(&guest, &id, wrong(errors)).await,
    };
    let new = NewTerms { tier, figures, deck: None };
    let asking = guest.asking()?;
    let done = super::noted(&guest, (asking, "partner.set_terms"), async move |app| {
        app.set_wholesale_terms(partner_id, &new, from).await?;
        Ok(partner_id.to_string())
    });
    outcome(&guest, &id, (done.await?.map_err(plain), "terms")).await
}

async fn settling(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let partner_id = partner_id(&id)?;
    let Some(billing) = Billing::parse(guest.fields.get("billing")) else {
        return Err(Fault::Nowhere);
    };
    let asking = guest.asking()?;
    let done = super::noted(&guest, (asking, "partner.edit_subscription"), async move |app| {
        let edit = FeesEdit { billing: Some(billing), enterprise_fee: None, suspension: None };
        app.edit_subscription(partner_id, &edit).await?;
        Ok(partner_id.to_string())
    });
    outcome(&guest, &id, (done.await?, "saved")).await
}

async fn activate(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let partner_id = partner_id(&id)?;
    let asking = guest.asking_once(&[&id])?;
    let work = async move |app: App| app.activate_partner(&asking, partner_id).await;
    let done = match guest.portal.run(work).await {
        Ok(_) => Ok(()),
        Err(error) => Err(refused(error)?),
    };
    outcome(&guest, &id, (done, "saved")).await
}

async fn pause(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let partner_id = partner_id(&id)?;
    let asking = guest.asking()?;
    let done = super::noted(&guest, (asking, "subscription.cancel"), async move |app| {
        app.cancel_subscription(partner_id).await?;
        Ok(partner_id.to_string())
    });
    outcome(&guest, &id, (done.await?, "saved")).await
}
