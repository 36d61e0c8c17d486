//! The page of an invoice that whoever has its link sees and pays on (BEY-11).
//!
//! Decided here: what is on it, in strings that are ready to be shown. It is the tenant's side:
//! nothing of the partner's terms with the platform, no ids or fees of the processor (PAY-15), and
//! no saved methods, because nobody is signed in.

use adapters::pdf::InvoiceDocument;
use domain::{
    checkout::{Checkout, CheckoutStatus},
    ids::{CheckoutId, InvoiceId, PartnerId, PaymentId, RequestId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    money::Minor,
    payment::{Payer, Payment, PaymentOrigin, PaymentStatus, card_minimum},
};
use store::{checkouts, payments};

use crate::{
    App,
    collect::{Authenticated, Collect, Collected},
    documents::{InvoiceParts, document, load},
    error::{AppError, Result},
    links::has_page,
    test_methods::{SavedFor, TestMethod, test_methods},
};

/// Payments that are shown, the newest of them.
pub(crate) const PAYMENTS: i64 = 100;

/// What the link was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Whose invoice.
    pub partner_id: PartnerId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The checkout session that led here.
    pub session: Option<CheckoutId>,
}

/// A payment as the tenant sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedPayment {
    /// Its id.
    pub payment_id: PaymentId,
    /// The day it was begun.
    pub date: String,
    /// How.
    pub method: String,
    /// How much.
    pub amount: String,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Why it failed.
    pub failure: Option<String>,
}

/// What can be done about what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToPay {
    /// Nothing is due.
    Nothing,
    /// A payment waits for whoever looks.
    Confirm(PaymentId),
    /// A payment is under way.
    UnderWay,
    /// Too little is left to be charged; it moves to the next invoice.
    TooSmall,
    /// It can be paid here: so much, or from so much on where it is free.
    Now {
        /// What the field says at first, such as `110.52`.
        amount: String,
        /// Names this form: sent twice it is one payment.
        form: String,
    },
}

/// A checkout session as its payer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedSession {
    /// Its id.
    pub checkout_id: CheckoutId,
    /// Where it stands.
    pub status: CheckoutStatus,
    /// Where the payer goes when it is complete.
    pub success_url: Option<String>,
}

/// An invoice's page.
#[derive(Debug, Clone, PartialEq)]
pub struct HostedInvoice {
    /// The invoice as it is printed.
    pub document: InvoiceDocument,
    /// The brand's colour, as the partner wrote it.
    pub color: String,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// What is left to pay.
    pub due: String,
    /// The currency's code.
    pub currency: &'static str,
    /// What can be done about it.
    pub to_pay: ToPay,
    /// The session that led here.
    pub session: Option<HostedSession>,
    /// Its payments, the newest first.
    pub payments: Vec<HostedPayment>,
    /// What can be paid with, where payments are the sandbox's.
    pub test_methods: Vec<TestMethod>,
}

/// A payment that somebody without an account asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedPay {
    /// How much, as written.
    pub amount: String,
    /// The test method's name.
    pub method: String,
    /// Where the receipt goes, beside the tenant; empty for nowhere else.
    pub email: String,
    /// The form's name.
    pub form: String,
}

impl App {
    /// What a link's token opens.
    pub async fn open_link(&self, token: &str, session: Option<CheckoutId>) -> Result<Opened> {
        let (partner_id, invoice_id) = self.opened_by(token).await?;
        Ok(Opened { partner_id, invoice_id, session })
    }

    /// The page of an invoice.
    pub async fn hosted_invoice(&self, opened: Opened) -> Result<HostedInvoice> {
        let Opened { partner_id, invoice_id, session } = opened;
        let mut tx = self.db.begin_read().await?;
        let parts = load(&mut tx, partner_id, invoice_id).await?;
        let all = payments::newest_of_invoice(&mut tx, partner_id, (invoice_id, PAYMENTS)).await?;
        let session = match session {
            Some(id) => checkouts::find(&mut tx, partner_id, id).await?,
            None => None,
        };
        tx.commit().await?;
        if !has_page(parts.invoice.status) {
            return Err(AppError::not_found("invoice", invoice_id));
        }
        let session = session.filter(|session| session.invoice_id == invoice_id);
        Ok(self.page_of(&parts, &all, session.as_ref()))
    }

    fn page_of(
        &self,
        parts: &InvoiceParts,
        all: &[Payment],
        session: Option<&Checkout>,
    ) -> HostedInvoice {
        let invoice = &parts.invoice;
        HostedInvoice {
            document: document(parts),
            color: invoice.issued_as.brand.color.clone(),
            status: invoice.status,
            due: invoice.currency.display(invoice.due()),
            currency: invoice.currency.code(),
            to_pay: self.to_pay(invoice, all, session),
            session: session.map(|session| HostedSession {
                checkout_id: session.checkout_id,
                status: match session.status {
                    CheckoutStatus::Open if !session.is_open(self.clock.now()) => {
                        CheckoutStatus::Expired
                    }
                    status => status,
                },
                success_url: session.success_url.clone(),
            }),
            payments: all.iter().map(|payment| shown(payment, invoice)).collect(),
            test_methods: test_methods(self),
        }
    }

    pub(crate) fn to_pay(
        &self,
        invoice: &Invoice,
        all: &[Payment],
        session: Option<&Checkout>,
    ) -> ToPay {
        let waits = |payment: &&Payment| payment.status == PaymentStatus::RequiresAction;
        if let Some(payment) = all.iter().find(waits) {
            return ToPay::Confirm(payment.payment_id);
        }
        if all.iter().any(|payment| !payment.status.is_final()) {
            return ToPay::UnderWay;
        }
        let due = invoice.due();
        if !invoice.status.is_open() || due <= Minor::ZERO {
            return ToPay::Nothing;
        }
        if due < card_minimum(invoice.currency) {
            return ToPay::TooSmall;
        }
        let open = session.filter(|session| session.is_open(self.clock.now()));
        let amount = open.and_then(|session| session.amount).unwrap_or(due).min(due);
        let form: RequestId = self.ids.draw(self.clock.now());
        ToPay::Now { amount: invoice.currency.decimal(amount), form: form.to_string() }
    }

    /// Pays what a link was opened for, by a test method.
    pub async fn pay_hosted(&self, opened: Opened, pay: &HostedPay) -> Result<Collected> {
        let Opened { partner_id, invoice_id, session } = opened;
        let invoice = self.find_invoice(partner_id, invoice_id).await?;
        let form: RequestId = pay
            .form
            .parse()
            .map_err(|_| AppError::invalid("form", "this form is too old; open the page again"))?;
        let amount = invoice.currency.parse_minor(pay.amount.trim());
        let amount = amount.map_err(|error| AppError::invalid("amount", error.to_string()))?;
        let receipt_to = Some(pay.email.trim()).filter(|email| !email.is_empty());
        if let Some(email) = receipt_to {
            adapters::mail::mailbox("", email)
                .map_err(|error| AppError::invalid("email", error.to_string()))?;
        }
        let checkout_id = self.open_session(opened).await?;
        if session.is_some() && checkout_id.is_none() {
            return Err(AppError::Refused("this checkout session is over".to_owned()));
        }
        let owner = (partner_id, invoice.tenant_id);
        let method = self.save_test_method(owner, (&pay.method, SavedFor::Naming)).await?;
        let wanted = Collect {
            amount: Some(amount),
            request: Some(format!("page:{form}")),
            origin: PaymentOrigin::HostedPage,
            payer: Payer::Present,
            receipt_to: receipt_to.map(str::to_owned),
            checkout_id,
            ..Collect::with(invoice_id, method.method_id)
        };
        self.collect(partner_id, &wanted).await
    }

    /// The session that led to a page, while it is open and this invoice's.
    async fn open_session(&self, opened: Opened) -> Result<Option<CheckoutId>> {
        let Some(checkout_id) = opened.session else { return Ok(None) };
        let mut tx = self.db.begin_single().await?;
        let found = checkouts::find(&mut tx, opened.partner_id, checkout_id).await?;
        tx.commit().await?;
        let now = self.clock.now();
        let own = found.filter(|it| it.invoice_id == opened.invoice_id && it.is_open(now));
        Ok(own.map(|it| it.checkout_id))
    }

    /// Goes on with a payment of this page that waits for its payer.
    pub async fn confirm_hosted(
        &self,
        opened: Opened,
        (payment_id, done): (PaymentId, Authenticated),
    ) -> Result<Collected> {
        let (payment, _) = self.find_payment(opened.partner_id, payment_id).await?;
        if payment.invoice_id != opened.invoice_id {
            return Err(AppError::not_found("payment", payment_id));
        }
        self.confirm_payment(opened.partner_id, payment_id, Some(done)).await
    }
}

pub(crate) fn shown(payment: &Payment, invoice: &Invoice) -> HostedPayment {
    HostedPayment {
        payment_id: payment.payment_id,
        date: invoice.zone.day_of(payment.created_at).display_long(),
        method: match payment.origin {
            PaymentOrigin::Manual => "Paid directly".to_owned(),
            _ => payment.method.clone(),
        },
        amount: invoice.currency.display(payment.amount),
        status: payment.status,
        failure: payment.failure.as_ref().map(|it| it.message.clone()),
    }
}
