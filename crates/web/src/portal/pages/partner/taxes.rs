//! Tax jurisdictions: what is added to invoices, by the codes that tenants list.
//!
//! Decided here: nothing about taxes. The page says that it gives no advice (TAX-09).

use app::{
    error::{AppError, FieldError},
    resource,
    setup::{NewTax, TaxEdit},
};
use axum::{
    Router,
    extract::{Path, RawQuery},
    response::Response,
    routing::get,
};
use domain::{account::TaxJurisdiction, ids::TaxId, paging::Order, tax::TaxRate, user::Ability};
use maud::{Markup, html};

use crate::{
    api::write::Outcome,
    portal::{
        Portal,
        change::Refusal,
        fields::Fields,
        guest::{Fault, Guest},
        listing::{Kind, Listing, Sortable},
        parts::{
            Column, Confirm, Field, Stale, alert, badge, card, choices, crumbs, empty_state,
            filter_bar, hidden, other_errors, page_head, pager, select_field, table, tick,
        },
        shell::{self, Frame, Page, told},
    },
};

const KIND: Kind =
    Kind { filters: &["status"], sorts: &[Sortable::by_id("created")], order: Order::Descending };
const NAMES: &[&str] = &["code", "name", "rate"];
const PATH: &str = "/settings/taxes";

/// The pages of this subject.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new()
        .route("/settings/taxes", get(list).post(create))
        .route("/settings/taxes/{id}", get(show).post(save))
        .route("/settings/taxes/{id}/delete", get(ask_delete).post(delete))
}

/// What is typed into the form of a jurisdiction.
#[derive(Debug, Clone, Default)]
pub(in crate::portal) struct Typed {
    code: String,
    name: String,
    rate: String,
    enabled: Option<()>,
}

impl Typed {
    fn sent(fields: &Fields) -> Self {
        let typed = |name| fields.typed(name, 254);
        Self {
            code: typed("code"),
            name: typed("name"),
            rate: typed("rate"),
            enabled: fields.has("enabled").then_some(()),
        }
    }

    fn of(tax: &TaxJurisdiction) -> Self {
        Self {
            code: tax.code.clone(),
            name: tax.name.clone(),
            rate: rate_of(tax).map_or(String::new(), |rate| rate.to_string()),
            enabled: tax.enabled.then_some(()),
        }
    }

    fn fields(&self, errors: &[FieldError], is_new: Option<()>) -> Markup {
        let code = Field::text("code", "Code")
            .value(&self.code)
            .errors(errors)
            .hint("Such as US-AR-Pulaski or CA-ON. Tenants list it; it cannot be changed later.");
        html! {
            @if is_new.is_some() { (code.render()) } @else { (code.fixed().render()) }
            (Field::text("name", "Name").value(&self.name).errors(errors)
                .hint("Stands on the tax line of invoices.").render())
            (Field::number("rate", "Rate").value(&self.rate).errors(errors)
                .hint("A decimal share: 0.085 is 8.5%.").render())
            (tick(("enabled", "Enabled", "New invoices of tenants that list it carry it."),
                self.enabled))
        }
    }
}

fn rate_of(tax: &TaxJurisdiction) -> Option<TaxRate> {
    TaxRate::from_millionths(tax.rate_millionths)
}

/// A jurisdiction as the list shows it.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Row {
    id: String,
    code: String,
    name: String,
    rate: String,
    enabled: Option<()>,
}

/// All jurisdictions, and the form of a new one.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Taxes {
    rows: Vec<Row>,
    listing: Listing,
    typed: Typed,
    errors: Vec<FieldError>,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Taxes {
    fn title(&self) -> String {
        "Taxes".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let filter = choices([("", "All"), ("true", "Enabled"), ("false", "Disabled")]);
        let chosen = self.listing.filter("status");
        html! {
            (told(self.notice))
            (page_head("Taxes", "Jurisdictions whose taxes your invoices carry.", &html! {}))
            (alert("plain", "The rates are yours: ask your accountant which apply. \
                Several jurisdictions of a tenant add up; none is computed on another."))
            (filter_bar(frame, &self.listing, &select_field(("status", "Status", ""), &filter,
                chosen, &[])))
            section.card aria-label="Tax jurisdictions" {
                @if self.rows.is_empty() {
                    (empty_state("No tax jurisdiction",
                        "Without one, invoices carry no tax. Add those that apply to your \
                         tenants below, then list their codes with each tenant."))
                } @else {
                    (table((frame, "Tax jurisdictions"), COLUMNS, &self.listing,
                        &self.lines(frame)))
                    (pager(frame, &self.listing))
                }
            }
            @if self.may_change.is_some() {
                (card(("new", "Add a jurisdiction"), &html! {}, &html! {
                    div.inside {
                        (other_errors(&self.errors, NAMES))
                        form.broad method="post" action=(frame.path(PATH)) {
                            (frame.seal())
                            (self.typed.fields(&self.errors, Some(())))
                            button.primary type="submit" { "Add Jurisdiction" }
                        }
                    }
                }))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "tax_00000000000000000000000001".to_owned(),
            code: "US-AR-Pulaski-<b>".to_owned(),
            name: "<script>alert(1)</script> a tax whose name is longer than any line".to_owned(),
            rate: "8.5%".to_owned(),
            enabled: Some(()),
        };
        let typed = Typed { enabled: Some(()), ..Typed::default() };
        let full = Self {
            rows: vec![row.clone(), Row { enabled: None, ..row }],
            listing: Listing::read(PATH, Some("status=true"), KIND),
            typed,
            errors: Vec::new(),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        let errors = NAMES.iter().chain(&["other"]).map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let wrong = Self { errors: errors.collect(), ..full.clone() };
        let none = Self { rows: Vec::new(), may_change: None, ..full.clone() };
        vec![full, wrong, none]
    }
}

const COLUMNS: &[Column] = &[
    Column::text("Code").sorted("created"),
    Column::text("Name"),
    Column::amount("Rate"),
    Column::text("Status"),
    Column::actions(),
];

impl Taxes {
    fn lines(&self, frame: &Frame) -> Markup {
        html! {
            @for row in &self.rows {
                tr {
                    th scope="row" { (row.code) }
                    td.wrap { (row.name) }
                    td.amount { (row.rate) }
                    td {
                        @if row.enabled.is_some() { (badge("positive", "Enabled")) }
                        @else { (badge("quiet", "Disabled")) }
                    }
                    td.actions {
                        @if self.may_change.is_some() {
                            @let path = format!("{PATH}/{}", row.id);
                            a.button.small href=(frame.path(&path)) {
                                "Edit" span.unseen { " " (row.code) }
                            }
                            a.button.small href=(frame.path(&format!("{path}/delete"))) {
                                "Delete" span.unseen { " " (row.code) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The form of a jurisdiction that there is.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Edit {
    id: String,
    seen: i64,
    typed: Typed,
    errors: Vec<FieldError>,
    stale: Option<Stale>,
}

impl Page for Edit {
    fn title(&self) -> String {
        "Tax jurisdiction".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (crumbs(frame, PATH, "Taxes"))
            (page_head(&self.typed.code, "Invoices that were issued keep what they say.",
                &html! {}))
            @if let Some(stale) = &self.stale { (stale.render()) }
            (other_errors(&self.errors, NAMES))
            section.card.form aria-label="Tax jurisdiction" {
                form.broad method="post" action=(frame.path(&format!("{PATH}/{}", self.id))) {
                    (frame.seal())
                    (hidden("seen", self.seen))
                    (self.typed.fields(&self.errors, None))
                    div.form-end {
                        button.primary type="submit" { "Save" }
                        a href=(frame.path(PATH)) { "Cancel" }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let typed = Typed {
            code: "<b>CA-ON</b>".to_owned(),
            name: "\"><script>".to_owned(),
            rate: "8.5".to_owned(),
            enabled: None,
        };
        let errors = NAMES.iter().map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let stale = Stale {
            what: "this tax jurisdiction".to_owned(),
            who: "<b>Ada</b>".to_owned(),
            when: String::new(),
            differences: vec![("Rate".to_owned(), "0.1".to_owned(), "<b>".to_owned())],
        };
        let id = "tax_00000000000000000000000001".to_owned();
        vec![Self { id, seen: 2, typed, errors: errors.collect(), stale: Some(stale) }]
    }
}

/// Asks once more before a jurisdiction goes.
#[derive(Debug)]
pub(in crate::portal) struct Delete {
    id: String,
    code: String,
    seen: i64,
    errors: Vec<FieldError>,
}

impl Page for Delete {
    fn title(&self) -> String {
        "Delete tax jurisdiction".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: &format!("Delete {}?", self.code),
            action: &format!("{PATH}/{}/delete", self.id),
            button: "Delete Jurisdiction",
            back: PATH,
            seen: Some(self.seen),
        };
        let effects = html! {
            (other_errors(&self.errors, &[]))
            p { "New invoices do not carry it any more; issued ones keep it. One that a tenant "
                "lists cannot be deleted: disable it instead." }
        };
        confirm.render(frame, &effects, &html! {})
    }

    fn samples() -> Vec<Self> {
        let error = FieldError { field: String::new(), message: "3 tenants list it.".to_owned() };
        let (id, code) = ("tax_00000000000000000000000001".to_owned(), "<b>CA</b>".to_owned());
        vec![Self { id, code, seen: 1, errors: vec![error] }]
    }
}

async fn page(guest: &Guest, query: Option<&str>) -> Result<Taxes, Fault> {
    let (partner_id, app) = (guest.partner_id()?, guest.portal.app());
    let listing = Listing::read(PATH, query, KIND);
    let enabled = match listing.filter("status") {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    let request = listing.request();
    let found = app.taxes(partner_id, enabled, &request).await?;
    let place = |(tax, _): &(TaxJurisdiction, i64)| (None, tax.tax_id.to_string());
    let (rows, listing) = listing.page((found, &request), place, |(tax, _)| Row {
        id: tax.tax_id.to_string(),
        rate: rate_of(&tax).map_or(String::new(), TaxRate::percent),
        code: tax.code,
        name: tax.name,
        enabled: tax.enabled.then_some(()),
    });
    Ok(Taxes {
        rows,
        listing,
        typed: Typed { enabled: Some(()), ..Typed::default() },
        errors: Vec::new(),
        may_change: guest.may(Ability::Change).then_some(()),
        notice: shell::notice(query),
    })
}

async fn list(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    Ok(shell::show(&guest, &page(&guest, query.as_deref()).await?))
}

async fn create(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let typed = Typed::sent(&guest.fields);
    let new = NewTax {
        code: typed.code.trim().to_owned(),
        name: typed.name.trim().to_owned(),
        rate: typed.rate.trim().to_owned(),
        enabled: typed.enabled.is_some(),
    };
    let created = guest.write(async move |app| {
        let tax = app.create_tax(partner_id, &new).await?;
        let shown = resource::TaxJurisdiction::of(&tax, 1);
        Outcome::ok(&shown)?.audited("tax_jurisdiction.create", tax.tax_id, None::<&()>)
    });
    match created.await? {
        Ok(()) => Ok(guest.go(&format!("{PATH}?done=tax-created"))),
        Err(error) => {
            let Refusal { status, errors, .. } = Refusal::of(error)?;
            let page = Taxes { typed, errors, ..page(&guest, None).await? };
            Ok(shell::with_status(&guest, status, &page))
        }
    }
}

async fn reached(guest: &Guest, id: &str) -> Result<(TaxJurisdiction, i64), Fault> {
    let tax_id: TaxId = id.parse().map_err(|_| Fault::Nowhere)?;
    Ok(guest.portal.app().tax(guest.partner_id()?, tax_id).await?)
}

async fn show(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (tax, seen) = reached(&guest, &id).await?;
    let typed = Typed::of(&tax);
    Ok(shell::show(&guest, &Edit { id, seen, typed, errors: Vec::new(), stale: None }))
}

async fn save(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (tax, version) = reached(&guest, &id).await?;
    let (partner_id, tax_id) = (guest.partner_id()?, tax.tax_id);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let typed = Typed { code: tax.code.clone(), ..Typed::sent(&guest.fields) };
    let edit = TaxEdit {
        name: Some(typed.name.trim().to_owned()),
        rate: Some(typed.rate.trim().to_owned()),
        enabled: Some(typed.enabled.is_some()),
    };
    let edited = guest.write(async move |app| {
        let (before, version) = app.tax(partner_id, tax_id).await?;
        let after = app.edit_tax(partner_id, (tax_id, seen), &edit).await?;
        let before = resource::TaxJurisdiction::of(&before, version);
        let outcome = Outcome::ok(&resource::TaxJurisdiction::of(&after, seen + 1))?;
        outcome.audited("tax_jurisdiction.edit", tax_id, Some(&before))
    });
    match edited.await? {
        Ok(()) => Ok(guest.go(&format!("{PATH}?done=saved"))),
        Err(error) => {
            let Refusal { status, errors, is_stale } = Refusal::of(error)?;
            let mut page = Edit { id, seen, typed, errors, stale: None };
            if is_stale.is_some() {
                let (who, when) = guest.last_to_change(&page.id).await?;
                let differences = differences(&Typed::of(&tax), &page.typed);
                let what = "this tax jurisdiction".to_owned();
                page.stale = Some(Stale { what, who, when, differences });
                page.seen = version;
            }
            Ok(shell::with_status(&guest, status, &page))
        }
    }
}

/// What differs between what is there now and what was typed.
fn differences(now: &Typed, typed: &Typed) -> Vec<(String, String, String)> {
    let enabled = |it: &Typed| if it.enabled.is_some() { "Enabled" } else { "Disabled" };
    let pairs = [
        ("Name", now.name.as_str(), typed.name.as_str()),
        ("Rate", now.rate.as_str(), typed.rate.as_str()),
        ("Status", enabled(now), enabled(typed)),
    ];
    let differing = pairs.into_iter().filter(|(_, now, typed)| now != typed);
    differing
        .map(|(name, now, typed)| (name.to_owned(), now.to_owned(), typed.to_owned()))
        .collect()
}

async fn ask_delete(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (tax, seen) = reached(&guest, &id).await?;
    Ok(shell::show(&guest, &Delete { id, code: tax.code, seen, errors: Vec::new() }))
}

async fn delete(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (tax, version) = reached(&guest, &id).await?;
    let (partner_id, tax_id) = (guest.partner_id()?, tax.tax_id);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let before = resource::TaxJurisdiction::of(&tax, version);
    let deleted = guest.write(async move |app| {
        app.delete_tax(partner_id, (tax_id, seen)).await?;
        Outcome::gone().audited("tax_jurisdiction.delete", tax_id, Some(&before))
    });
    match deleted.await? {
        Ok(()) => Ok(guest.go(&format!("{PATH}?done=gone"))),
        Err(AppError::Stale(_)) => {
            let message = "It was changed meanwhile. Look at it again.".to_owned();
            let errors = vec![FieldError { field: String::new(), message }];
            let page = Delete { id, code: tax.code, seen: version, errors };
            Ok(shell::with_status(&guest, axum::http::StatusCode::CONFLICT, &page))
        }
        Err(error) => {
            let Refusal { status, errors, .. } = Refusal::of(error)?;
            let page = Delete { id, code: tax.code, seen, errors };
            Ok(shell::with_status(&guest, status, &page))
        }
    }
}
