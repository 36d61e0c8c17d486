//! What is done with an invoice: issued, voided, mailed, marked as paid, charged, credited.
//!
//! Decided here: what asks before it is done, and what acts once however often it is sent.

use app::{
    App,
    collect::{Collect, PaidElsewhere},
    error::{AppError, FieldError},
    outbox::Letter,
    refunds::NewCreditNote,
    resource,
};
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{invoice::issued::Invoice, money::Minor, payment::Payer};
use maud::{Markup, html};

use super::{called, changed, detail, reached};
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        parts::{Confirm, Field, hidden, other_errors},
        shell::{self, Frame, Page},
    },
};

/// Back to the invoice with what was done, or the invoice with why it was not.
async fn outcome(
    guest: &Guest,
    (id, done): (&str, &str),
    outcome: Result<(), AppError>,
) -> Result<Response, Fault> {
    let Err(error) = outcome else {
        return Ok(guest.go(&format!("/tenant-invoices/{id}?done={done}")));
    };
    if let AppError::Stale(_) = error {
        let why = "It was changed meanwhile; this is how it is now. Nothing was done.".to_owned();
        let page = detail::page(guest, id, Some(why)).await?;
        return Ok(shell::with_status(guest, StatusCode::CONFLICT, &page));
    }
    let Refusal { status, errors, .. } = Refusal::of(error)?;
    let why = errors.into_iter().map(|it| it.message).collect::<Vec<String>>().join(" ");
    Ok(shell::with_status(guest, status, &detail::page(guest, id, Some(why)).await?))
}

fn seen(guest: &Guest) -> i64 {
    guest.fields.get("seen").parse().unwrap_or(-1)
}

pub(super) async fn issue(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (_, invoice) = reached(&guest, &id).await?;
    let (invoice_id, seen) = (invoice.invoice_id, seen(&guest));
    let done = changed(&guest, (&invoice, "invoice.finalize"), async move |app, partner_id| {
        app.finalise_draft(partner_id, (invoice_id, seen)).await.map(drop)
    });
    outcome(&guest, (&id, "issued"), done.await?).await
}

/// Asks before a draft is voided.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Void {
    id: String,
    version: i64,
    tenant: String,
    total: String,
}

impl Page for Void {
    fn title(&self) -> String {
        "Void draft".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let path = format!("/tenant-invoices/{}", self.id);
        let confirm = Confirm {
            question: "Void this draft?",
            action: &format!("{path}/void"),
            button: "Void",
            back: &path,
            seen: Some(self.version),
        };
        let effects = html! {
            p { "The draft for " strong { (self.tenant) } " over " (self.total) " is cancelled for \
                 good. Nothing was sent." }
        };
        confirm.render(frame, &effects, &Markup::default())
    }

    fn samples() -> Vec<Self> {
        let id = "inv_00000000000000000000000001".to_owned();
        let (tenant, total) = ("<b>Smith</b>".to_owned(), "$99.00".to_owned());
        vec![Self { id, version: 1, tenant, total }]
    }
}

pub(super) async fn ask_void(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (_, invoice) = reached(&guest, &id).await?;
    let page = Void {
        id,
        version: invoice.version,
        tenant: invoice.issued_as.tenant_name.clone(),
        total: invoice.currency.display(invoice.total),
    };
    Ok(shell::show(&guest, &page))
}

pub(super) async fn void(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (_, invoice) = reached(&guest, &id).await?;
    let (invoice_id, seen) = (invoice.invoice_id, seen(&guest));
    let done = changed(&guest, (&invoice, "invoice.void"), async move |app, partner_id| {
        app.void_draft(partner_id, (invoice_id, seen)).await.map(drop)
    });
    outcome(&guest, (&id, "voided"), done.await?).await
}

/// Has a mail about an invoice written, once for the key in the form.
async fn mail(
    guest: &Guest,
    id: &str,
    (letter, action): (Letter, &'static str),
) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(guest, id).await?;
    let (invoice_id, tenant_id) = (invoice.invoice_id, invoice.tenant_id);
    let asking = guest.asking_once(&[action, id])?;
    let done = guest
        .write_as(asking, async move |app: &App| {
            app.mail_invoice(partner_id, (invoice_id, letter)).await?;
            let invoice = app.find_invoice(partner_id, invoice_id).await?;
            let invoice = resource::Invoice::from(&invoice);
            let outcome = Outcome::ok(&invoice)?.audited(action, invoice_id, Some(&invoice))?;
            Ok(outcome.about(tenant_id))
        })
        .await;
    outcome(guest, (id, "mailed"), done.map(drop)).await
}

pub(super) async fn send(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    mail(&guest, &id, (Letter::Invoice, "invoice.send")).await
}

pub(super) async fn remind(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    mail(&guest, &id, (Letter::Reminder, "invoice.remind")).await
}

/// Charges the tenant's default method with all that is due.
pub(super) async fn charge(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    let asking = guest.asking_once(&["invoice.pay", &id])?;
    let wanted = Collect { payer: Payer::Absent, ..Collect::all(invoice.invoice_id) };
    let work = async move |app: App| app.pay(&asking, partner_id, &wanted).await.map(drop);
    let done = guest.portal.run(work).await;
    outcome(&guest, (&id, "charged"), done).await
}

/// Shows the address at which whoever has it can pay.
pub(super) async fn link(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    let (invoice_id, about) = (invoice.invoice_id, ("invoice.link", Some(invoice.tenant_id)));
    let asking = guest.asking()?;
    let work = async move |app: App| {
        app.noted(&asking, about, async |app| {
            app.invoice_link(partner_id, invoice_id).await?;
            Ok(invoice_id.to_string())
        })
        .await?;
        app.invoice_link(partner_id, invoice_id).await
    };
    match guest.portal.run(work).await {
        Ok(link) => {
            let page = detail::page(&guest, &id, None).await?;
            Ok(shell::show(&guest, &detail::linked(page, link.url)))
        }
        Err(error) => outcome(&guest, (&id, ""), Err(error)).await,
    }
}

/// What forms about an amount of an invoice have in common.
#[derive(Debug, Clone)]
struct About {
    id: String,
    number: String,
    sign: &'static str,
    once: String,
    amount: String,
    text: String,
    errors: Vec<FieldError>,
}

impl About {
    fn of(guest: &Guest, (id, invoice): (String, &Invoice), amount: Minor) -> Self {
        Self {
            id,
            number: called(invoice),
            sign: invoice.currency.code(),
            once: guest.once(),
            amount: invoice.currency.decimal(amount),
            text: String::new(),
            errors: Vec::new(),
        }
    }

    /// The same with what was typed and what is wrong with it.
    fn again(self, guest: &Guest, text: &str, errors: Vec<FieldError>) -> Self {
        let fields = &guest.fields;
        Self {
            once: fields.typed("once", 64),
            amount: fields.typed("amount", 24),
            text: fields.typed(text, 1_000),
            errors,
            ..self
        }
    }

    fn path(&self, what: &str) -> String {
        format!("/tenant-invoices/{}{what}", self.id)
    }

    #[allow(dead_code, reason = "only tests render samples")]
    fn sample() -> Self {
        let error = |field: &str| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        };
        Self {
            id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-<b>1</b>".to_owned(),
            sign: "USD",
            once: "req_1".to_owned(),
            amount: "\"><script>".to_owned(),
            text: "<script>".to_owned(),
            errors: vec![error("amount"), error("note"), error("reason"), error("")],
        }
    }
}

/// The amount in a form; nothing where it was left empty.
pub(super) fn amount(guest: &Guest, invoice: &Invoice) -> Result<Option<Minor>, FieldError> {
    let text = guest.fields.get("amount").trim();
    if text.is_empty() {
        return Ok(None);
    }
    invoice
        .currency
        .parse_minor(text)
        .map(Some)
        .map_err(|error| FieldError { field: "amount".to_owned(), message: error.to_string() })
}

/// Notes that an invoice was paid without the platform (INV-12).
#[derive(Debug, Clone)]
pub(in crate::portal) struct PaidForm(About);

impl Page for PaidForm {
    fn title(&self) -> String {
        "Mark as paid".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let Self(about) = self;
        let confirm = Confirm {
            question: &format!("Mark {} as paid?", about.number),
            action: &about.path("/paid"),
            button: "Mark as paid",
            back: &about.path(""),
            seen: None,
        };
        let effects = html! {
            (other_errors(&about.errors, &["amount", "note"]))
            p { "For money that reached you another way, such as a cheque. No card is charged and \
                 no fee is taken." }
        };
        confirm.render(
            frame,
            &effects,
            &html! {
                (hidden("once", &about.once))
                (Field::amount("amount", "Amount", about.sign).value(&about.amount)
                    .errors(&about.errors).hint("All that is due, or a part of it.").render())
                (Field::text("note", "Note").value(&about.text).errors(&about.errors).optional()
                    .hint("Such as the number of the cheque.").render())
            },
        )
    }

    fn samples() -> Vec<Self> {
        vec![Self(About::sample()), Self(About { errors: Vec::new(), ..About::sample() })]
    }
}

pub(super) async fn ask_paid(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (_, invoice) = reached(&guest, &id).await?;
    if !invoice.status.is_open() {
        let why = "Nothing is left to pay on it.".to_owned();
        return Err(Fault::Page(StatusCode::CONFLICT, "Not possible now", why));
    }
    let page = PaidForm(About::of(&guest, (id, &invoice), invoice.due()));
    Ok(shell::show(&guest, &page))
}

pub(super) async fn paid(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    let note = guest.fields.get("note").to_owned();
    let done = match amount(&guest, &invoice) {
        Err(error) => Err(AppError::Invalid(vec![error])),
        Ok(amount) => {
            let asking = guest.asking_once(&["paid", &id, &format!("{amount:?}"), &note])?;
            let (invoice_id, tenant_id) = (invoice.invoice_id, invoice.tenant_id);
            let paid = PaidElsewhere { invoice_id, amount, note };
            let work = async move |app: &App| {
                let before = app.find_invoice(partner_id, invoice_id).await?;
                let before = resource::Invoice::from(&before);
                app.mark_paid(partner_id, &paid).await?;
                let after = app.full_invoice(partner_id, invoice_id).await?;
                let outcome = Outcome::ok(&after.shown())?;
                let outcome = outcome.audited("invoice.mark_paid", invoice_id, Some(&before))?;
                Ok(outcome.about(tenant_id))
            };
            guest.write_as(asking, work).await.map(drop)
        }
    };
    let Err(error) = done else {
        return Ok(guest.go(&format!("/tenant-invoices/{id}?done=paid")));
    };
    let Refusal { status, errors, .. } = Refusal::of(error)?;
    let about = About::of(&guest, (id, &invoice), invoice.due());
    Ok(shell::with_status(&guest, status, &PaidForm(about.again(&guest, "note", errors))))
}

/// Gives a credit against an issued invoice.
#[derive(Debug, Clone)]
pub(in crate::portal) struct CreditNoteForm(About);

impl Page for CreditNoteForm {
    fn title(&self) -> String {
        "Credit note".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let Self(about) = self;
        let confirm = Confirm {
            question: &format!("Credit note for {}", about.number),
            action: &about.path("/credit-note"),
            button: "Give credit",
            back: &about.path(""),
            seen: None,
        };
        let effects = html! {
            (other_errors(&about.errors, &["amount", "reason"]))
            p { "The tenant gets a numbered note, and the amount lowers its next invoices. No \
                 money moves." }
        };
        confirm.render(
            frame,
            &effects,
            &html! {
                (hidden("once", &about.once))
                (Field::amount("amount", "Amount, tax included", about.sign).value(&about.amount)
                    .errors(&about.errors).render())
                (Field::text("reason", "Reason").value(&about.text).errors(&about.errors)
                    .hint("The tenant reads it.").render())
            },
        )
    }

    fn samples() -> Vec<Self> {
        vec![Self(About::sample()), Self(About { errors: Vec::new(), ..About::sample() })]
    }
}

pub(super) async fn ask_note(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (_, invoice) = reached(&guest, &id).await?;
    let about = About::of(&guest, (id, &invoice), Minor::ZERO);
    let page = CreditNoteForm(About { amount: String::new(), ..about });
    Ok(shell::show(&guest, &page))
}

pub(super) async fn note(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    let reason = guest.fields.get("reason").to_owned();
    let given = amount(&guest, &invoice).and_then(|amount| {
        let message = "must be given".to_owned();
        amount.ok_or(FieldError { field: "amount".to_owned(), message })
    });
    let done = match given {
        Err(error) => Err(AppError::Invalid(vec![error])),
        Ok(amount) => {
            let asking = guest.asking_once(&["note", &id, &format!("{amount:?}"), &reason])?;
            let (invoice_id, tenant_id) = (invoice.invoice_id, invoice.tenant_id);
            let new = NewCreditNote { invoice_id, amount, reason };
            let work = async move |app: &App| {
                let note = app.give_credit_note(partner_id, &new).await?;
                let outcome = Outcome::ok(&resource::CreditNote::from(&note))?;
                let id = note.credit_note_id;
                let outcome = outcome.audited("credit_note.create", id, None::<&()>)?;
                Ok(outcome.about(tenant_id))
            };
            guest.write_as(asking, work).await.map(drop)
        }
    };
    let Err(error) = done else {
        return Ok(guest.go(&format!("/tenant-invoices/{id}?done=credited")));
    };
    let Refusal { status, errors, .. } = Refusal::of(error)?;
    let about = About::of(&guest, (id, &invoice), Minor::ZERO).again(&guest, "reason", errors);
    Ok(shell::with_status(&guest, status, &CreditNoteForm(about)))
}
