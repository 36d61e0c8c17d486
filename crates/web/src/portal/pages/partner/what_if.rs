//! What if: past months under another profile or another deck, touching nothing (BEY-04).
//!
//! Decided here: what is asked stands in the address, so that a result can be sent to somebody. A
//! page of tenants is simulated at a time; its totals say so.

use app::{
    App,
    error::{AppError, FieldError},
    resource::{Decimal, SimulationTotals, TenantSimulation},
    simulate::{Proposal, ProposedDeck, ProposedTerms, SimulationRequest},
};
use axum::{Router, extract::RawQuery, http::StatusCode, response::Response, routing::get};
use domain::{
    ids::{DeckId, PartnerId, ProfileId},
    paging::{Neighbour, Order, PageRequest, Side},
    time::Day,
};
use maud::{Markup, html};

use crate::portal::{
    Portal,
    change::Refusal,
    fields::Fields,
    guest::{Fault, Guest},
    parts::{
        Choice, Column, Field, alert, badge, card, empty_state, money, other_errors, page_head,
        select_field, table_of,
    },
    shell::{self, Frame, Page},
};

const PATH: &str = "/reports/what-if";
/// Tenants of a page.
const SHOWN: u16 = 25;
/// Profiles and decks that can be chosen; the newest.
const CHOICES: u16 = 200;
const NAMES: &[&str] = &["from", "to", "profile", "deck", "tenant"];

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new().route("/reports/what-if", get(show))
}

/// What is asked.
#[derive(Debug, Clone, Default)]
struct Typed {
    from: String,
    to: String,
    profile: String,
    deck: String,
    tenant: String,
    after: String,
}

/// A tenant, or all of a page, beside what would have been.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    periods: String,
    billed: String,
    simulated: String,
    difference: String,
    margin: String,
    simulated_margin: String,
    unrated: i64,
    is_total: Option<()>,
}

/// The simulator.
#[derive(Debug, Clone)]
pub(in crate::portal) struct WhatIf {
    typed: Typed,
    profiles: Vec<Choice>,
    decks: Vec<Choice>,
    /// Nothing where nothing was asked.
    rows: Option<Vec<Row>>,
    next: Option<String>,
    errors: Vec<FieldError>,
}

impl Page for WhatIf {
    fn title(&self) -> String {
        "What If".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (page_head("What If", "Prices the calls of closed periods again, under another profile \
                or rate deck, and compares with what was billed. Nothing is changed.", &html! {}))
            (other_errors(&self.errors, NAMES))
            (card(("ask", "What to try"), &html! {}, &html! {
                div.inside { (self.form(frame)) }
            }))
            @if let Some(rows) = &self.rows { (self.results(frame, rows)) }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "<b>ACME</b> with a name that goes on and on and on until the line ends"
                .to_owned(),
            periods: "3".to_owned(),
            billed: "USD 1,234.00".to_owned(),
            simulated: "USD 1,200.00".to_owned(),
            difference: "USD -34.00".to_owned(),
            margin: "USD 900.00".to_owned(),
            simulated_margin: "—".to_owned(),
            unrated: 3,
            is_total: None,
        };
        let errors = NAMES.iter().chain(&["other"]).map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let typed = Typed { tenant: "\"><script>".to_owned(), ..Typed::default() };
        let full = Self {
            typed,
            profiles: vec![Choice::new("prf_1", "<b>Small</b>")],
            decks: vec![Choice::new("dck_1", "<b>World</b>")],
            rows: Some(vec![Row { is_total: Some(()), ..row.clone() }, row]),
            next: Some("/reports/what-if?after=x".to_owned()),
            errors: Vec::new(),
        };
        let wrong = Self { rows: None, errors: errors.collect(), ..full.clone() };
        let none = Self { rows: Some(Vec::new()), next: None, ..full.clone() };
        vec![full, wrong, none]
    }
}

impl WhatIf {
    fn form(&self, frame: &Frame) -> Markup {
        let with = |first: &str, rest: &[Choice]| -> Vec<Choice> {
            std::iter::once(Choice::new("", first)).chain(rest.iter().cloned()).collect()
        };
        let (typed, errors) = (&self.typed, &self.errors);
        html! {
            form.broad method="get" action=(frame.path(PATH)) {
                div.columns {
                    (Field::day("from", "Periods that began from").value(&typed.from)
                        .errors(errors).render())
                    (Field::day("to", "And before").value(&typed.to).errors(errors).render())
                    (select_field(("profile", "Billing profile", ""),
                        &with("Each period's own", &self.profiles), &typed.profile, errors))
                    (select_field(("deck", "Rate deck", "As if it had always been in force"),
                        &with("That of the profile", &self.decks), &typed.deck, errors))
                    (Field::text("tenant", "Tenant").value(&typed.tenant).errors(errors)
                        .optional().hint("A SIP prefix; empty: all tenants").render())
                }
                button.primary type="submit" { "Simulate" }
            }
        }
    }

    fn results(&self, frame: &Frame, rows: &[Row]) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::text("Tenant"),
            Column::amount("Periods"),
            Column::amount("Billed before tax"),
            Column::amount("Would be"),
            Column::amount("Difference"),
            Column::amount("Margin"),
            Column::amount("Would be"),
        ];
        html! {
            section.card aria-label="Results" {
                @if rows.is_empty() {
                    (empty_state("No closed period", "No tenant has a period that began then and \
                        is billed. Choose earlier days."))
                } @else {
                    (table_of((frame, "Results"), COLUMNS, &html! {
                        @for row in rows { (line(row)) }
                    }))
                }
                @if let Some(next) = &self.next {
                    nav.pager aria-label="Pages" {
                        span {}
                        a.button.small rel="next" href=(frame.path(next)) { "More tenants →" }
                    }
                }
            }
            @if rows.iter().any(|row| row.unrated > 0) {
                (alert("warning", "Calls without a rate count nothing: the deck does not price \
                    them."))
            }
        }
    }
}

fn line(row: &Row) -> Markup {
    html! {
        tr.strong[row.is_total.is_some()] {
            th.wrap scope="row" {
                (row.name)
                @if row.unrated > 0 {
                    " " (badge("warning", &format!("{} calls without a rate", row.unrated)))
                }
            }
            td.amount { (row.periods) }
            td.amount { (money(&row.billed)) }
            td.amount { (money(&row.simulated)) }
            td.amount { (money(&row.difference)) }
            td.amount { (money(&row.margin)) }
            td.amount { (money(&row.simulated_margin)) }
        }
    }
}

fn typed(query: Option<&str>) -> Typed {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let text = |name| fields.typed(name, 60).trim().to_owned();
    Typed {
        from: text("from"),
        to: text("to"),
        profile: text("profile"),
        deck: text("deck"),
        tenant: text("tenant"),
        after: text("after"),
    }
}

/// What the address asks for, or every field that is wrong.
async fn request(
    app: &App,
    partner_id: PartnerId,
    typed: &Typed,
) -> Result<SimulationRequest, AppError> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: String| {
        errors.push(FieldError { field: field.to_owned(), message });
    };
    let from = Day::parse(&typed.from).map_err(|error| wrong("from", error.to_string())).ok();
    let to = Day::parse(&typed.to).map_err(|error| wrong("to", error.to_string())).ok();
    let choice = || "must be one of the choices".to_owned();
    let profile: Option<ProfileId> = match typed.profile.as_str() {
        "" => None,
        text => text.parse().map_err(|_| wrong("profile", choice())).ok(),
    };
    let deck: Option<DeckId> = match typed.deck.as_str() {
        "" => None,
        text => text.parse().map_err(|_| wrong("deck", choice())).ok(),
    };
    let tenants = match typed.tenant.as_str() {
        "" => None,
        prefix => match app.tenant_with_prefix(partner_id, prefix).await? {
            Some(tenant) => Some(vec![tenant.tenant_id]),
            None => {
                wrong("tenant", "is no SIP prefix of a tenant".to_owned());
                None
            }
        },
    };
    if profile.is_none() && deck.is_none() {
        wrong("profile", "or a rate deck must be chosen: there is nothing to try".to_owned());
    }
    let (Some(from), Some(to), true) = (from, to, errors.is_empty()) else {
        return Err(AppError::Invalid(errors));
    };
    let terms = profile.map_or(ProposedTerms::AsBilled, |it| ProposedTerms::Profile(it, None));
    let deck = deck.map_or(ProposedDeck::OfTerms, |it| ProposedDeck::Stored(it, None));
    Ok(SimulationRequest { tenants, from, to, proposals: vec![Proposal { terms, deck }] })
}

/// A decimal of the API with its currency, for people.
fn shown(currency: &str, Decimal(text): &Decimal) -> String {
    format!("{currency} {}", domain::money::grouped(text))
}

fn margin(currency: &str, margin: Option<&Decimal>) -> String {
    margin.map_or("—".to_owned(), |it| shown(currency, it))
}

fn tenant_row(it: &TenantSimulation) -> Option<Row> {
    let proposal = it.proposals.first()?;
    Some(Row {
        name: it.tenant_name.clone(),
        periods: it.periods.to_string(),
        billed: shown(&it.currency, &it.actual.subtotal),
        simulated: shown(&it.currency, &proposal.amounts.subtotal),
        difference: shown(&it.currency, &proposal.difference),
        margin: margin(&it.currency, it.actual_margin.as_ref()),
        simulated_margin: margin(&it.currency, proposal.margin.as_ref()),
        unrated: proposal.unrated_calls,
        is_total: None,
    })
}

fn total_row(it: &SimulationTotals) -> Option<Row> {
    let proposal = it.proposals.first()?;
    Some(Row {
        name: format!("Together ({} tenants of this page)", it.tenants),
        periods: String::new(),
        billed: shown(&it.currency, &it.actual.subtotal),
        simulated: shown(&it.currency, &proposal.amounts.subtotal),
        difference: shown(&it.currency, &proposal.difference),
        margin: margin(&it.currency, it.actual_margin.as_ref()),
        simulated_margin: margin(&it.currency, proposal.margin.as_ref()),
        unrated: proposal.unrated_calls,
        is_total: Some(()),
    })
}

/// The rows of a page of tenants, and the address of the next.
async fn simulated(
    app: &App,
    partner_id: PartnerId,
    typed: &Typed,
) -> Result<(Vec<Row>, Option<String>), AppError> {
    let request = request(app, partner_id, typed).await?;
    let after = Some(&typed.after).filter(|it| !it.is_empty());
    let from = after.map(|id| Neighbour { side: Side::After, key: None, id: id.clone() });
    let page = PageRequest { order: Order::Ascending, limit: SHOWN, from };
    let found = app.simulate(partner_id, request, &page).await?;
    let billed: Vec<_> = found.tenants.rows.into_iter().collect();
    let next = billed.last().filter(|_| found.tenants.has_more).map(|last| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("from", &typed.from),
            ("to", &typed.to),
            ("profile", &typed.profile),
            ("deck", &typed.deck),
            ("tenant", &typed.tenant),
        ] {
            query.append_pair(name, value);
        }
        query.append_pair("after", &last.tenant_id.to_string());
        format!("{PATH}?{}", query.finish())
    });
    let billed: Vec<_> = billed.into_iter().filter(|it| it.periods > 0).collect();
    let totals = SimulationTotals::of(&billed, found.cost_currency)?;
    let mut rows: Vec<Row> = totals.iter().filter_map(total_row).collect();
    for result in &billed {
        let shown = TenantSimulation::of(result, found.cost_currency)?;
        rows.extend(tenant_row(&shown));
    }
    Ok((rows, next))
}

async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let newest = PageRequest::newest(CHOICES);
    let profiles = app.profiles(partner_id, &newest).await?.rows.into_iter();
    let profiles =
        profiles.map(|it| Choice::new(it.version.profile_id.to_string(), it.version.terms.name));
    let decks = app.decks(Some(partner_id), &newest).await?.rows.into_iter();
    let decks = decks.map(|it| Choice::new(it.deck_id.to_string(), it.name));
    let typed = typed(query.as_deref());
    let is_asked = !(typed.from.is_empty() && typed.to.is_empty());
    let mut page = WhatIf {
        typed,
        profiles: profiles.collect(),
        decks: decks.collect(),
        rows: None,
        next: None,
        errors: Vec::new(),
    };
    let mut status = StatusCode::OK;
    if is_asked {
        match simulated(app, partner_id, &page.typed).await {
            Ok((rows, next)) => (page.rows, page.next) = (Some(rows), next),
            Err(error) => {
                let refusal = Refusal::of(error)?;
                (status, page.errors) = (refusal.status, refusal.errors);
            }
        }
    }
    Ok(shell::with_status(&guest, status, &page))
}
