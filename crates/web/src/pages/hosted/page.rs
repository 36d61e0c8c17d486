//! What the page of an invoice shows: the invoice, what is due, and how to pay it.
//!
//! Decided here: the plain shell in the partner's brand; the platform is not named (TPO-08).

use app::hosted::{HostedInvoice, HostedPayment, HostedSession, ToPay};
use domain::{
    checkout::CheckoutStatus,
    ids::CheckoutId,
    payment::{Payment, PaymentStatus},
};
use maud::{DOCTYPE, Markup, html};

use crate::pages::layout::{avatar, badge};

/// What came of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// Where the payment stands that it began.
    Payment(PaymentStatus),
    /// Why nothing was begun.
    Refused(String),
}

impl Notice {
    pub(super) const fn of(payment: &Payment) -> Self {
        Self::Payment(payment.status)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        PaymentStatus::parse(text).map(Self::Payment)
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Payment(status) => status.as_str(),
            Self::Refused(_) => "refused",
        }
    }

    fn text(&self) -> (&'static str, &str) {
        match self {
            Self::Payment(PaymentStatus::Succeeded) => {
                ("positive", "Thank you: your payment has arrived. A receipt is on its way.")
            }
            Self::Payment(PaymentStatus::Processing) => (
                "plain",
                "Your payment is on its way. Banks take up to four business days; the receipt \
                 comes when the money is here.",
            ),
            Self::Payment(PaymentStatus::RequiresAction) => {
                ("warning", "Your bank wants you to confirm this payment.")
            }
            Self::Payment(PaymentStatus::Failed) => {
                ("negative", "The payment did not come through. You can try again below.")
            }
            Self::Payment(PaymentStatus::Cancelled) => {
                ("warning", "Nothing was charged. You can try again below.")
            }
            Self::Payment(PaymentStatus::Pending) => (
                "plain",
                "We are waiting for an answer about your payment. Nothing is charged twice.",
            ),
            Self::Refused(why) => ("negative", why),
        }
    }
}

/// The whole page.
pub(super) fn render(
    token: &str,
    (invoice, session): (&HostedInvoice, Option<CheckoutId>),
    notice: Option<&Notice>,
) -> Markup {
    let document = &invoice.document;
    let number = document.number.as_deref().unwrap_or_default();
    let brand = &document.brand.name;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { "Invoice " (number) " · " (brand) }
                link rel="stylesheet" href="/assets/app.css";
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.top {
                    span.home { (avatar(brand, &invoice.color)) (brand) }
                }
                main.hosted id="main" {
                    @if let Some(notice) = notice { (told(notice)) }
                    @if let Some(session) = &invoice.session { (of_session(session)) }
                    (summary(token, invoice))
                    (paying(token, (invoice, session)))
                    (lines(invoice))
                    @if !invoice.payments.is_empty() { (history(&invoice.payments)) }
                    (contact(invoice))
                }
            }
        }
    }
}

fn told(notice: &Notice) -> Markup {
    let (tone, text) = notice.text();
    html! { p class={ "notice " (tone) } role="status" { (text) } }
}

fn of_session(session: &HostedSession) -> Markup {
    html! {
        @match (session.status, &session.success_url) {
            (CheckoutStatus::Complete, Some(url)) => {
                p.notice.positive role="status" {
                    "This payment is complete. "
                    a href=(url) rel="noreferrer" { "Continue" }
                }
            }
            (CheckoutStatus::Complete, None) => {
                p.notice.positive role="status" { "This payment is complete." }
            }
            (CheckoutStatus::Expired, _) => {
                p.notice.warning role="status" { "This checkout session is over." }
            }
            (CheckoutStatus::Open, _) => {}
        }
    }
}

fn summary(token: &str, invoice: &HostedInvoice) -> Markup {
    let document = &invoice.document;
    html! {
        section.card.summary {
            header {
                div {
                    h1 {
                        "Invoice " (document.number.as_deref().unwrap_or_default()) " "
                        (badge(invoice.status))
                    }
                    p { "For " (document.bill_to.name) }
                }
            }
            div.figures {
                p.figure { span { "Amount due" } strong { (invoice.due) } }
                @if let Some(date) = &document.due_date {
                    p.figure { span { "Due date" } strong { (date) } }
                }
                @if let Some(date) = &document.issue_date {
                    p.figure { span { "Issued" } strong { (date) } }
                }
                @if let Some(period) = &document.period {
                    p.figure { span { "Period" } strong { (period) } }
                }
            }
            footer { a href={ "/i/" (token) "/pdf" } { "Download PDF" } }
        }
    }
}

fn action(token: &str, (name, session): (&str, Option<CheckoutId>)) -> String {
    let session = session.map(|id| format!("?session={id}")).unwrap_or_default();
    format!("/i/{token}/{name}{session}")
}

fn paying(token: &str, (invoice, session): (&HostedInvoice, Option<CheckoutId>)) -> Markup {
    html! {
        @match &invoice.to_pay {
            ToPay::Nothing => {}
            ToPay::TooSmall => {
                p.notice.plain {
                    "What is left is too little to be charged. It moves to your next invoice."
                }
            }
            ToPay::UnderWay => {
                p.notice.plain {
                    "A payment of this invoice is under way. "
                    "Nothing else can be paid until it ends."
                }
            }
            ToPay::Confirm(payment_id) => {
                section.card.pay aria-labelledby="confirm" {
                    header { h2 id="confirm" { "Confirm your payment" } }
                    form method="post" action=(action(token, ("confirm", session))) {
                        input type="hidden" name="payment" value=(payment_id);
                        p.hint { "This is the sandbox: you are the bank." }
                        div.buttons {
                            button.button.primary name="authentication" value="passed" {
                                "Confirm"
                            }
                            button.button name="authentication" value="failed" { "Refuse" }
                        }
                    }
                }
            }
            ToPay::Now { amount, form } => {
                @if invoice.test_methods.is_empty() {
                    p.notice.plain {
                        "This invoice cannot be paid here. Please write to us, see below."
                    }
                } @else {
                    (pay_form(token, (invoice, session), (amount, form)))
                }
            }
        }
    }
}

fn pay_form(
    token: &str,
    (invoice, session): (&HostedInvoice, Option<CheckoutId>),
    (amount, form): (&str, &str),
) -> Markup {
    html! {
        section.card.pay aria-labelledby="pay" {
            header { h2 id="pay" { "Pay this invoice" } }
            form method="post" action=(action(token, ("pay", session))) {
                input type="hidden" name="form" value=(form);
                div.field {
                    label for="amount" { "Amount in " (invoice.currency) }
                    input id="amount" name="amount" value=(amount) inputmode="decimal"
                        autocomplete="off" required aria-describedby="amount-hint";
                    p.hint id="amount-hint" { "All that is due, or a part of it." }
                }
                div.field {
                    label for="method" { "Test card or bank account" }
                    select id="method" name="method" {
                        @for method in &invoice.test_methods {
                            option value=(method.name) {
                                (method.name) " •••• " (method.last_four) " – " (method.description)
                            }
                        }
                    }
                    p.hint { "This is the sandbox: no money moves." }
                }
                div.field {
                    label for="email" { "Send a receipt to (optional)" }
                    input id="email" name="email" type="email" autocomplete="email";
                }
                div.buttons { button.button.primary type="submit" { "Pay now" } }
            }
        }
    }
}

fn lines(invoice: &HostedInvoice) -> Markup {
    let document = &invoice.document;
    let totals = &document.totals;
    let optional = [
        ("Tax", &totals.tax),
        ("Credit applied", &totals.credit_applied),
        ("Paid", &totals.amount_paid),
        ("Amount due", &totals.amount_due),
    ];
    html! {
        section.card aria-labelledby="lines" {
            header { h2 id="lines" { "What it is for" } }
            dl.lines {
                @for line in document.groups.iter().flat_map(|group| &group.lines) {
                    div {
                        dt {
                            (line.description)
                            @if let Some(detail) = &line.detail { small { (detail) } }
                            @if !line.unit_price.is_empty() {
                                small { (line.quantity) " × " (line.unit_price) }
                            }
                        }
                        dd { (line.amount) }
                    }
                }
                div.sum { dt { "Subtotal" } dd { (totals.subtotal) } }
                @for tax in &document.tax_lines {
                    div { dt { (tax.name) " " (tax.rate) } dd { (tax.amount) } }
                }
                div.sum { dt { "Total" } dd { (totals.total) } }
                @for (label, amount) in optional {
                    @if let Some(amount) = amount { div { dt { (label) } dd { (amount) } } }
                }
            }
        }
    }
}

fn history(payments: &[HostedPayment]) -> Markup {
    html! {
        section.card aria-labelledby="history" {
            header { h2 id="history" { "Payments" } }
            dl.lines {
                @for payment in payments {
                    div {
                        dt {
                            (payment.date) ", " (payment.method)
                            small { (words(payment.status)) }
                            @if let Some(why) = &payment.failure { small { (why) } }
                        }
                        dd { (payment.amount) }
                    }
                }
            }
        }
    }
}

/// A status as people read it (PAY-10).
const fn words(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Pending | PaymentStatus::Processing => "Pending",
        PaymentStatus::RequiresAction => "Waits for you",
        PaymentStatus::Failed => "Failed",
        PaymentStatus::Cancelled => "Cancelled",
        PaymentStatus::Succeeded => "Succeeded",
    }
}

/// Whom to ask about a charge (TPO-11).
fn contact(invoice: &HostedInvoice) -> Markup {
    let email = &invoice.document.brand.support_email;
    html! {
        p.contact {
            "Questions about a charge? Please write to "
            a href={ "mailto:" (email) } { (email) }
            " with the invoice number and the line in question, before you turn to your bank."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // PAY-10
    #[test]
    fn each_status_has_words_and_a_notice() {
        for status in PaymentStatus::ALL {
            assert!(!words(status).is_empty());
            let notice = Notice::parse(status.as_str()).expect("a status");
            assert_eq!((notice.name(), notice), (status.as_str(), Notice::Payment(status)));
        }
        assert_eq!(Notice::parse("<script>"), None);
    }
}
