//! Giving back what was paid on an invoice (REF-01 to REF-05, REF-11, REF-12).
//!
//! Decided here: what the form says about each destination. How much can go where is asked of the
//! use case, and the same form gives money back once.

use app::{
    App,
    error::{AppError, FieldError},
    refunds::WantedRefund,
};
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{
    ids::RefundId,
    invoice::issued::Invoice,
    money::Minor,
    refund::{Destination, Refundable},
};
use maud::{Markup, html};

use super::{acts::amount, called, detail, reached};
use crate::portal::{
    change::Refusal,
    guest::{Fault, Guest},
    parts::{Area, Choice, Field, Group, crumbs, definitions, hidden, other_errors, page_head},
    shell::{self, Frame, Page},
};

/// The form.
#[derive(Debug, Clone)]
pub(in crate::portal) struct RefundForm {
    id: String,
    number: String,
    code: &'static str,
    /// What can be given back, by where it goes.
    left: Vec<(&'static str, String)>,
    destinations: Vec<Choice>,
    amount: String,
    destination: String,
    reason: String,
    once: String,
    errors: Vec<FieldError>,
}

impl Page for RefundForm {
    fn title(&self) -> String {
        "Refund".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let path = format!("/tenant-invoices/{}", self.id);
        let left: Vec<(&str, Markup)> =
            self.left.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        let chosen = std::slice::from_ref(&self.destination);
        html! {
            (crumbs(frame, &path, &self.number))
            (page_head(&format!("Refund {}", self.number), "", &Markup::default()))
            (other_errors(&self.errors, &["amount", "destination", "reason"]))
            section.card.form.broad aria-label="What can be given back" { (definitions(&left)) }
            section.card.form.broad aria-label="Refund" {
                form method="post" action=(frame.path(&format!("{path}/refund"))) {
                    (frame.seal())
                    (hidden("once", &self.once))
                    (Field::amount("amount", "Amount", self.code).value(&self.amount)
                        .errors(&self.errors)
                        .hint("All of it, or a part; several refunds are possible.").render())
                    (Group::radios("destination", "Where to").errors(&self.errors)
                        .render(&self.destinations, chosen))
                    (Area::new("reason", "Reason").value(&self.reason).errors(&self.errors)
                        .rows(2).longest(1_000).hint("The tenant reads it.").render())
                    div.form-end {
                        button.danger type="submit" { "Refund" }
                        a href=(frame.path(&path)) { "Cancel" }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let error = |field: &str| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        };
        let right = Self {
            id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-<b>1</b>".to_owned(),
            code: "USD",
            left: vec![("To the card", "$99.00".to_owned())],
            destinations: destinations(),
            amount: "\"><script>".to_owned(),
            destination: "card".to_owned(),
            reason: "</textarea><script>".to_owned(),
            once: "req_1".to_owned(),
            errors: Vec::new(),
        };
        let errors = ["amount", "destination", "reason", ""].map(error).to_vec();
        vec![Self { errors, ..right.clone() }, right]
    }
}

fn destinations() -> Vec<Choice> {
    vec![
        Choice::new("card", "To the card or account that paid")
            .hint("Appears on the customer's statement after 3 to 5 business days."),
        Choice::new("credit", "To the tenant's balance")
            .hint("Lowers its next invoice. No card is touched."),
        Choice::new("manual", "Given back by hand")
            .hint("For what was paid outside the platform: it is only written down."),
    ]
}

fn form(guest: &Guest, (id, invoice): (String, &Invoice), left: &Refundable) -> RefundForm {
    let money = |amount: Minor| invoice.currency.display(amount);
    let most = |destination| left.most(destination);
    let usual =
        if most(Destination::Card).is_zero() { Destination::Credit } else { Destination::Card };
    RefundForm {
        id,
        number: called(invoice),
        code: invoice.currency.code(),
        left: vec![
            ("Paid by card or account", money(left.by_card())),
            ("Paid from the balance", money(left.by_balance())),
            ("Paid outside the platform", money(left.elsewhere())),
            ("Can go to the balance", money(most(Destination::Credit))),
        ],
        destinations: destinations(),
        amount: invoice.currency.decimal(most(usual)),
        destination: usual.as_str().to_owned(),
        reason: String::new(),
        once: guest.once(),
        errors: Vec::new(),
    }
}

pub(super) async fn ask(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    let left = guest.portal.app().refundable(partner_id, invoice.invoice_id).await?;
    if left.most(Destination::Credit).is_zero() {
        let why = "Nothing that was paid on it is left to give back.".to_owned();
        return Err(Fault::Page(StatusCode::CONFLICT, "Not possible now", why));
    }
    Ok(shell::show(&guest, &form(&guest, (id, &invoice), &left)))
}

pub(super) async fn refund(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    let fields = guest.fields.clone();
    let (destination, reason) = (fields.typed("destination", 20), fields.typed("reason", 1_000));
    let known = Destination::parse(&destination).ok_or_else(|| FieldError {
        field: "destination".to_owned(),
        message: "must be chosen".to_owned(),
    });
    let done = match (amount(&guest, &invoice), known) {
        (Err(error), _) | (_, Err(error)) => Err(AppError::Invalid(vec![error])),
        (Ok(amount), Ok(known)) => {
            let facts = [&*id, &format!("{amount:?}"), &destination, &reason];
            let asking = guest.asking_once(&facts)?;
            let wanted = WantedRefund {
                invoice_id: invoice.invoice_id,
                amount,
                destination: known,
                reason: reason.clone(),
            };
            let work =
                async move |app: App| app.refund(&asking, partner_id, &wanted).await.map(drop);
            guest.portal.run(work).await
        }
    };
    let Err(error) = done else {
        return Ok(guest.go(&format!("/tenant-invoices/{id}?done=refunded")));
    };
    let Refusal { status, errors, .. } = Refusal::of(error)?;
    let left = guest.portal.app().refundable(partner_id, invoice.invoice_id).await?;
    let page = RefundForm {
        amount: fields.typed("amount", 24),
        destination,
        reason,
        once: fields.typed("once", 64),
        errors,
        ..form(&guest, (id, &invoice), &left)
    };
    Ok(shell::with_status(&guest, status, &page))
}

/// Asks again for a refund that failed.
pub(super) async fn retry(
    guest: Guest,
    Path((id, refund)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let (partner_id, invoice) = reached(&guest, &id).await?;
    let refund_id: RefundId = refund.parse().map_err(|_| Fault::Nowhere)?;
    let (found, _) = guest.portal.app().find_refund(partner_id, refund_id).await?;
    if found.invoice_id != invoice.invoice_id {
        return Err(Fault::Nowhere);
    }
    let asking = guest.asking()?;
    let work =
        async move |app: App| app.retry_refund(&asking, partner_id, refund_id).await.map(drop);
    let Err(error) = guest.portal.run(work).await else {
        return Ok(guest.go(&format!("/tenant-invoices/{id}?done=refunded")));
    };
    let Refusal { status, errors, .. } = Refusal::of(error)?;
    let why = errors.into_iter().map(|it| it.message).collect::<Vec<String>>().join(" ");
    Ok(shell::with_status(&guest, status, &detail::page(&guest, &id, Some(why)).await?))
}
