//! Writing an invoice and editing its draft.
//!
//! Decided here: lines into which nothing was typed are none. What is typed goes to the use case of
//! the API; a new draft is made once however often its form is sent.

use app::{
    App,
    drafts::{DraftLine, DraftText},
    error::{AppError, FieldError},
    requests::Performed,
    setup::{TenantFilter, TenantSort},
};
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use domain::{
    account::Tenant,
    ids::PartnerId,
    invoice::line::Quantity,
    money::{Nanos, format_decimal},
    paging::PageRequest,
};

use super::{
    changed,
    form::{DraftForm, MAX_ROWS, ROWS, Typed},
    reached,
};
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        fields::Fields,
        guest::{Fault, Guest},
        parts::Stale,
        shell,
    },
};

/// Tenants that the form suggests.
const SUGGESTED: u16 = 200;

/// What was typed into the lines.
fn rows(fields: &Fields) -> Vec<Typed> {
    let count: usize = fields.get("rows").parse().unwrap_or(ROWS);
    let row = |index: usize| {
        let text = |name: &str, longest: usize| {
            fields.typed(&format!("lines.{index}.{name}"), longest).trim().to_owned()
        };
        Typed {
            description: text("description", 500),
            quantity: text("quantity", 24),
            unit: text("unit", 50),
            price: text("unit_price", 24),
            is_untaxed: fields.has(&format!("lines.{index}.untaxed")).then_some(()),
        }
    };
    (0..count.clamp(1, MAX_ROWS)).map(row).collect()
}

/// The lines that were typed, and what is wrong with them under the names of their fields.
fn lines(rows: &[Typed]) -> (Vec<DraftLine>, Vec<FieldError>) {
    let (mut lines, mut errors) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        let mut wrong = |name: &str, message: String| {
            errors.push(FieldError { field: format!("lines.{index}.{name}"), message });
        };
        if row.description.is_empty() {
            wrong("description", "must be given".to_owned());
        }
        let quantity = match row.quantity.as_str() {
            "" => Quantity::ONE,
            text => Quantity::parse(text).unwrap_or_else(|error| {
                wrong("quantity", error.to_string());
                Quantity::ONE
            }),
        };
        let unit_price = Nanos::parse(&row.price).unwrap_or_else(|error| {
            wrong("unit_price", error.to_string());
            Nanos::ZERO
        });
        lines.push(DraftLine {
            description: row.description.clone(),
            quantity,
            unit: row.unit.clone(),
            unit_price,
            taxable: row.is_untaxed.is_none(),
        });
    }
    (lines, errors)
}

/// Errors of lines under the names of the rows they were typed into.
fn at_rows(errors: Vec<FieldError>, rows: &[Typed]) -> Vec<FieldError> {
    let filled: Vec<usize> =
        rows.iter().enumerate().filter(|(_, row)| !row.is_empty()).map(|(at, _)| at).collect();
    let moved = |error: FieldError| {
        let parts: Vec<&str> = error.field.splitn(3, '.').collect();
        let ["lines", index, name] = parts[..] else { return error };
        let row = index.parse::<usize>().ok().and_then(|index| filled.get(index));
        let Some(row) = row else { return error };
        FieldError { field: format!("lines.{row}.{name}"), message: error.message }
    };
    errors.into_iter().map(moved).collect()
}

async fn suggested(guest: &Guest, partner_id: PartnerId) -> Result<Vec<(String, String)>, Fault> {
    let page = PageRequest::newest(SUGGESTED);
    let filter = TenantFilter::default();
    let found =
        guest.portal.app().tenants(partner_id, filter, (TenantSort::Created, &page)).await?;
    Ok(found.rows.into_iter().map(|tenant| (tenant.sip_prefix, tenant.name)).collect())
}

async fn new_form(guest: &Guest, tenant: String) -> Result<DraftForm, Fault> {
    Ok(DraftForm {
        edited: None,
        tenant,
        suggested: suggested(guest, guest.partner_id()?).await?,
        rows: vec![Typed::default(); ROWS],
        notes: String::new(),
        once: guest.once(),
        errors: Vec::new(),
        stale: None,
    })
}

/// The form of a new invoice, for the tenant that the address names, where it names one.
pub(super) async fn blank(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let named = Fields::read(query.unwrap_or_default().as_bytes());
    Ok(shell::show(&guest, &new_form(&guest, named.typed("tenant", 60)).await?))
}

async fn tenant_called(
    guest: &Guest,
    (partner_id, text): (PartnerId, &str),
) -> Result<Option<Tenant>, Fault> {
    let app = guest.portal.app();
    if let Ok(tenant_id) = text.parse() {
        return match app.tenant(partner_id, tenant_id).await {
            Ok(tenant) => Ok(Some(tenant)),
            Err(AppError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        };
    }
    if text.is_empty() || text.contains('\0') {
        return Ok(None);
    }
    Ok(app.tenant_with_prefix(partner_id, text).await?)
}

pub(super) async fn create(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let fields = guest.fields.clone();
    let mut typed = rows(&fields);
    let (named, notes) = (fields.typed("tenant", 60), fields.typed("notes", 2_000));
    let again = async |rows: Vec<Typed>, status: StatusCode, errors: Vec<FieldError>| {
        let once = match fields.typed("once", 64) {
            text if text.is_empty() => guest.once(),
            text => text,
        };
        let form = new_form(&guest, named.clone()).await?;
        let form = DraftForm { rows, notes: notes.clone(), once, errors, ..form };
        Ok(shell::with_status(&guest, status, &form))
    };
    if fields.get("do") == "more" {
        let count = (typed.len() + ROWS).min(MAX_ROWS);
        typed.resize(count, Typed::default());
        return again(typed, StatusCode::OK, Vec::new()).await;
    }
    let (lines, mut errors) = lines(&typed);
    let tenant = tenant_called(&guest, (partner_id, named.trim())).await?;
    if tenant.is_none() {
        let message = "is not one of yours; type its SIP prefix or its id".to_owned();
        errors.push(FieldError { field: "tenant".to_owned(), message });
    }
    let (Some(tenant), true) = (tenant, errors.is_empty()) else {
        return again(typed, StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    };
    let text = DraftText { lines, notes: notes.replace('\r', "") };
    let facts = format!("{text:?}");
    let asking = guest.asking_once(&[&tenant.tenant_id.to_string(), &facts])?;
    let tenant_id = tenant.tenant_id;
    let done = guest
        .write_as(asking, async move |app: &App| {
            let draft = app.create_draft(partner_id, tenant_id, &text).await?;
            let full = app.full_invoice(partner_id, draft.invoice_id).await?;
            let path = format!("/tenant-invoices/{}", draft.invoice_id);
            let outcome = Outcome::created(path, &full.shown())?;
            let outcome = outcome.audited("invoice.create", draft.invoice_id, None::<&()>)?;
            Ok(outcome.about(tenant_id))
        })
        .await;
    match done {
        Ok(Performed::Now(answer) | Performed::Before(answer)) => {
            let path = answer.headers.iter().find(|(name, _)| name == "location");
            let path = path.map_or("/tenant-invoices", |(_, path)| path.as_str());
            Ok(guest.go(&format!("{path}?done=saved")))
        }
        Err(error) => {
            let refusal = Refusal::of(error)?;
            let errors = at_rows(refusal.errors, &typed);
            again(typed, refusal.status, errors).await
        }
    }
}

fn typed_of(line: &DraftLine) -> Typed {
    Typed {
        description: line.description.clone(),
        quantity: line.quantity.to_string(),
        unit: line.unit.clone(),
        price: format_decimal(line.unit_price.get(), Nanos::DIGITS, 2),
        is_untaxed: (!line.taxable).then_some(()),
    }
}

pub(super) async fn show(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    let text = guest.portal.app().draft_text(partner_id, invoice.invoice_id).await?;
    let mut rows: Vec<Typed> = text.lines.iter().map(typed_of).collect();
    if rows.len() > MAX_ROWS {
        let text = format!("It has more than {MAX_ROWS} lines. Edit it through the API.");
        return Err(Fault::Page(StatusCode::CONFLICT, "Too long for a form", text));
    }
    rows.push(Typed::default());
    rows.truncate(MAX_ROWS);
    let form = DraftForm {
        edited: Some((id, invoice.version)),
        tenant: invoice.issued_as.tenant_name.clone(),
        suggested: Vec::new(),
        rows,
        notes: text.notes,
        once: String::new(),
        errors: Vec::new(),
        stale: None,
    };
    Ok(shell::show(&guest, &form))
}

pub(super) async fn save(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (_, invoice) = reached(&guest, &id).await?;
    let fields = &guest.fields;
    let mut typed = rows(fields);
    let notes = fields.typed("notes", 2_000);
    let seen: i64 = fields.get("seen").parse().unwrap_or(-1);
    let form = |rows: Vec<Typed>, version: i64| DraftForm {
        edited: Some((id.clone(), version)),
        tenant: invoice.issued_as.tenant_name.clone(),
        suggested: Vec::new(),
        rows,
        notes: notes.clone(),
        once: String::new(),
        errors: Vec::new(),
        stale: None,
    };
    if fields.get("do") == "more" {
        let count = (typed.len() + ROWS).min(MAX_ROWS);
        typed.resize(count, Typed::default());
        return Ok(shell::show(&guest, &form(typed, seen)));
    }
    let (lines, errors) = lines(&typed);
    if !errors.is_empty() {
        let page = DraftForm { errors, ..form(typed, seen) };
        return Ok(shell::with_status(&guest, StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let text = DraftText { lines, notes: notes.replace('\r', "") };
    let invoice_id = invoice.invoice_id;
    let done = changed(&guest, (&invoice, "invoice.edit"), async move |app, partner_id| {
        app.edit_draft(partner_id, (invoice_id, seen), &text).await.map(drop)
    });
    let Err(error) = done.await? else {
        return Ok(guest.go(&format!("/tenant-invoices/{id}?done=saved")));
    };
    let refusal = Refusal::of(error)?;
    let errors = at_rows(refusal.errors, &typed);
    let stale = match refusal.is_stale {
        None => None,
        Some(()) => {
            let (who, when) = guest.last_to_change(&id).await?;
            Some(Stale { what: "this draft".to_owned(), who, when, differences: Vec::new() })
        }
    };
    let page = DraftForm { errors, stale, ..form(typed, invoice.version) };
    Ok(shell::with_status(&guest, refusal.status, &page))
}
