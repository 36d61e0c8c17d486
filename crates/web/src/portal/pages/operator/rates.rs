//! New standard figures of a tier, posted 30 days ahead (PLT-22).
//!
//! Decided here: figures that are left empty stay; all unit prices or none are given. What was
//! posted stands here, newest first.

use app::{error::FieldError, platform::NewRateChange};
use axum::{Router, extract::RawQuery, http::StatusCode, response::Response, routing::get};
use domain::{
    tier::{NOTICE_DAYS, Tier},
    user::Ability,
};
use maud::{Markup, html};

use super::{
    Refused,
    terms::{FIGURES, shown, typed_day, typed_rates},
    word,
};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    parts::{Column, Field, card, empty_state, other_errors, page_head, select, table_of},
    shell::{self, Frame, Page, told},
};

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/operator/rates", get(show).post(submit))
}

/// Posted figures.
#[derive(Debug, Clone)]
struct Row {
    tier: String,
    from: String,
    fee: String,
    figures: [String; 5],
    reason: String,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Rates {
    rows: Vec<Row>,
    sign: String,
    tier: String,
    from: String,
    fee: String,
    figures: [String; 5],
    reason: String,
    may_change: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Rates {
    fn title(&self) -> String {
        "Rate changes".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let mut columns = vec![Column::text("Tier"), Column::text("From"), Column::amount("Fee")];
        columns.extend(FIGURES.map(|(_, label)| Column::amount(label)));
        columns.push(Column::text("Reason"));
        let mut known = vec!["effective_from", "monthly_fee", "reason"];
        known.extend(FIGURES.map(|(name, _)| name));
        html! {
            (told(self.notice))
            (page_head("Rate changes", "New standard figures of a tier, for all its partners.",
                &Markup::default()))
            (other_errors(&self.errors, &known))
            (card(("posted", "Posted"), &Markup::default(), &html! {
                @if self.rows.is_empty() {
                    (empty_state("Nothing is posted", "Every tier has its standard figures."))
                } @else {
                    (table_of((frame, "Posted rate changes"), &columns, &html! {
                        @for row in &self.rows { (tr(row)) }
                    }))
                }
            }))
            @if self.may_change.is_some() { (self.form(frame)) }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            tier: "Starter".to_owned(),
            from: "December 24, 2026".to_owned(),
            fee: "$259.00".to_owned(),
            figures: FIGURES.map(|_| "$0.0123456".to_owned()),
            reason: "Carriers <b>charge</b> more".to_owned(),
        };
        let full = Self {
            rows: vec![row],
            sign: "USD".to_owned(),
            tier: "business".to_owned(),
            from: "2026-12-24".to_owned(),
            fee: "\"><script>".to_owned(),
            figures: FIGURES.map(|_| "x".to_owned()),
            reason: "<b>".to_owned(),
            may_change: Some(()),
            errors: Vec::new(),
            notice: Some("Saved."),
        };
        let names = FIGURES.iter().map(|(name, _)| *name);
        let names = names.chain(["effective_from", "monthly_fee", "reason", "other"]);
        let errors = names.map(|field| FieldError {
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
            th scope="row" { (row.tier) }
            td { (row.from) }
            td.amount { (row.fee) }
            @for figure in &row.figures { td.amount { (figure) } }
            td { (row.reason) }
        }
    }
}

impl Rates {
    fn form(&self, frame: &Frame) -> Markup {
        let tiers =
            [("starter", "Starter"), ("professional", "Professional"), ("business", "Business")];
        html! {
            section.card.form aria-labelledby="new" {
                h2 id="new" { "Post a rate change" }
                form method="post" action=(frame.path("/operator/rates")) {
                    (frame.seal())
                    (select(("tier", "Tier"), &tiers, &self.tier))
                    (Field::day("effective_from", "From").value(&self.from)
                        .hint("30 days from now or later. Partners of the tier are told by mail.")
                        .errors(&self.errors).render())
                    (Field::amount("monthly_fee", "Monthly fee", &self.sign).value(&self.fee)
                        .optional().hint("Empty: stays.").errors(&self.errors).render())
                    @for ((name, label), value) in FIGURES.iter().zip(&self.figures) {
                        (Field::amount(name, label, &self.sign).value(value).optional()
                            .errors(&self.errors).render())
                    }
                    (Field::text("reason", "Reason").value(&self.reason)
                        .hint("Partners read it.").errors(&self.errors).render())
                    button.primary type="submit" { "Post" }
                }
            }
        }
    }
}

async fn page(guest: &Guest) -> Result<Rates, Fault> {
    let app = guest.portal.app();
    let currency = app.operators_currency().await?;
    let zone = guest.zone()?;
    let posted = app.rate_changes().await?;
    let rows = posted.iter().rev().map(|it| Row {
        tier: word(it.tier.as_str()),
        from: zone.day_of(it.effective_from).display_long(),
        fee: currency.display(it.plan.monthly_fee),
        figures: shown(&it.plan.rates, currency),
        reason: it.reason.clone(),
    });
    Ok(Rates {
        rows: rows.collect(),
        sign: currency.code().to_owned(),
        tier: "starter".to_owned(),
        from: zone.day_of(app.clock.now()).plus_days(NOTICE_DAYS + 1).to_string(),
        fee: String::new(),
        figures: FIGURES.map(|_| String::new()),
        reason: String::new(),
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        notice: None,
    })
}

async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let page = Rates { notice: super::notice(query.as_deref()), ..page(&guest).await? };
    Ok(shell::show(&guest, &page))
}

/// What the form asks for, or all that is wrong with it.
async fn wanted(guest: &Guest) -> Result<Result<NewRateChange, Vec<FieldError>>, Fault> {
    let (app, fields) = (guest.portal.app(), &guest.fields);
    let currency = app.operators_currency().await?;
    let Some(tier) = Tier::parse(fields.get("tier")) else { return Err(Fault::Nowhere) };
    let from = typed_day(fields, (guest.zone()?, app.clock.now()));
    let rates = typed_rates(fields);
    let fee = fields.get("monthly_fee").trim();
    let fee = (!fee.is_empty()).then(|| currency.parse_minor(fee)).transpose();
    let fee = fee.map_err(|error| {
        vec![FieldError { field: "monthly_fee".to_owned(), message: error.to_string() }]
    });
    let reason = fields.get("reason").trim().to_owned();
    Ok(match (from, rates, fee) {
        (Ok(effective_from), Ok(rates), Ok(monthly_fee)) => {
            Ok(NewRateChange { tier, effective_from, monthly_fee, rates, reason })
        }
        (from, rates, fee) => {
            let wrong = [from.err(), rates.err(), fee.err()];
            Err(wrong.into_iter().flatten().flatten().collect())
        }
    })
}

async fn submit(guest: Guest) -> Result<Response, Fault> {
    let refused: Result<(), Refused> = match wanted(&guest).await? {
        Err(errors) => Err((StatusCode::UNPROCESSABLE_ENTITY, errors)),
        Ok(new) => {
            let asking = guest.asking()?;
            let done =
                super::noted(&guest, (asking, "platform.post_rate_change"), async move |app| {
                    let posted = app.post_rate_change(&new).await?;
                    Ok(format!("{} {}", posted.tier.as_str(), posted.effective_from))
                });
            done.await?
        }
    };
    let (status, errors) = match refused {
        Ok(()) => return Ok(guest.go("/operator/rates?done=posted")),
        Err(refused) => refused,
    };
    let errors = errors.into_iter().map(|error| FieldError {
        field: error.field.rsplit('.').next().unwrap_or_default().to_owned(),
        ..error
    });
    let typed = |name: &str| guest.fields.typed(name, 1_000);
    let page = Rates {
        errors: errors.collect(),
        tier: typed("tier"),
        from: typed("effective_from"),
        fee: typed("monthly_fee"),
        figures: FIGURES.map(|(name, _)| typed(name)),
        reason: typed("reason"),
        ..page(&guest).await?
    };
    Ok(shell::with_status(&guest, status, &page))
}
