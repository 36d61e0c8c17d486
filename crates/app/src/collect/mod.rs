//! Collecting: an invoice is paid through a processor, or somebody notes that it was paid
//! elsewhere.
//!
//! Decided here: the order of things. A payment and its attempt are written and committed before
//! the processor is asked; the processor is asked outside of any transaction, under a key that
//! follows from the attempt; its answer is settled in a second transaction, once. Whoever dies in
//! between leaves an open attempt, and `look` asks the same question again. While an attempt is
//! not finished no other payment of its invoice begins (PAY-12, PAY-13). What the processor tells
//! by itself comes in through [`App::charge_told`], in any order and any number of times.

mod asked;
mod auto;
mod begin;
mod carried;
mod elsewhere;
mod finish;
mod letters;
mod look;
mod settle;

use adapters::processor::{
    Answer, Charge, ChargeStatus, Decline, IdempotencyKey, NewCharge, Ours, PaymentGateway,
    Presence, ProcessorError,
};
use domain::{
    ids::{AttemptId, CheckoutId, InvoiceId, MethodId, PartnerId, PaymentId},
    invoice::issued::Invoice,
    money::{Currency, Minor},
    payment::{Attempt, AttemptState, Payer, Payment, PaymentOrigin},
    time::Timestamp,
};
use store::{attempts, db::Tx, payments};

pub(crate) use self::carried::{Small, carry, small_balances};
pub use self::{asked::Paid, elsewhere::PaidElsewhere, finish::Authenticated, look::Reconciled};
use crate::{
    App,
    error::{AppError, Result},
};

/// Bytes of a caller's own name for a request.
const MAX_REQUEST_BYTES: usize = 255;

/// A payment through the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collect {
    /// What is paid.
    pub invoice_id: InvoiceId,
    /// With which saved method; the tenant's default where it is left out.
    pub method_id: Option<MethodId>,
    /// How much; all that is due where it is left out (PAY-01).
    pub amount: Option<Minor>,
    /// The caller's own name for this request: the same name again is the same payment (PAY-12).
    pub request: Option<String>,
    /// Who begins it.
    pub origin: PaymentOrigin,
    /// Whether the payer waits and can authenticate.
    pub payer: Payer,
    /// Where whoever pays wants the receipt, beside the tenant.
    pub receipt_to: Option<String>,
    /// The checkout session that it completes.
    pub checkout_id: Option<CheckoutId>,
}

impl Collect {
    /// All that is due, with the tenant's default method.
    pub const fn all(invoice_id: InvoiceId) -> Self {
        Self {
            invoice_id,
            method_id: None,
            amount: None,
            request: None,
            origin: PaymentOrigin::Request,
            payer: Payer::Present,
            receipt_to: None,
            checkout_id: None,
        }
    }

    /// All that is due, with this method.
    pub fn with(invoice_id: InvoiceId, method_id: MethodId) -> Self {
        Self { method_id: Some(method_id), ..Self::all(invoice_id) }
    }
}

/// What the payer has to do. Never stored: it is asked for again where it is needed again.
#[derive(Clone, PartialEq, Eq)]
pub struct Action {
    /// For the browser's script: a secret of this charge.
    pub client_secret: String,
    /// The account's key for browsers, where it has one.
    pub publishable_key: Option<String>,
    /// Where to send the browser, if the processor wants it so.
    pub redirect: Option<String>,
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Action(…)")
    }
}

/// What came of collecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// The payment; pending where the processor has not said yet.
    pub payment: Payment,
    /// Its invoice as it stands now.
    pub invoice: Invoice,
    /// What the payer has to do, where it has to.
    pub action: Option<Action>,
}

/// Whether a request began something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// An attempt that the processor was not asked about.
    New(Box<Attempt>),
    /// The same request was made before.
    Known(PaymentId),
}

/// Whether the processor was asked about an attempt before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// Surely not: it was written down just now, by whoever asks.
    First,
    /// Perhaps: somebody may have died with the answer.
    Again,
}

/// An answer about an attempt, and when it is looked at again.
pub(crate) struct News<'a> {
    pub(crate) attempt_id: AttemptId,
    pub(crate) payment_id: PaymentId,
    pub(crate) invoice_id: InvoiceId,
    pub(crate) answer: &'a Answer<Charge>,
    pub(crate) asking: Asking,
    pub(crate) look_at: Option<Timestamp>,
}

impl App {
    /// Charges an invoice, or a part of it. The same request again asks for the outcome of the
    /// same payment.
    pub async fn collect(&self, partner_id: PartnerId, wanted: &Collect) -> Result<Collected> {
        match self.begin_payment(partner_id, wanted).await? {
            Begun::Known(payment_id) => self.ask_about(partner_id, payment_id, Asking::Again).await,
            Begun::New(attempt) => {
                let action = self.ask(partner_id, &attempt, Asking::First).await?;
                self.collected(partner_id, (attempt.payment_id, action)).await
            }
        }
    }

    /// Asks for the outcome of a payment that was written down.
    pub(crate) async fn ask_about(
        &self,
        partner_id: PartnerId,
        payment_id: PaymentId,
        asking: Asking,
    ) -> Result<Collected> {
        let mut tx = self.db.begin_single().await?;
        let attempts = attempts::of_payment(&mut tx, partner_id, payment_id).await?;
        tx.commit().await?;
        let mut action = None;
        for attempt in attempts.iter().filter(|attempt| attempt.state.is_open()) {
            action = self.ask(partner_id, attempt, asking).await?;
        }
        self.collected(partner_id, (payment_id, action)).await
    }

    /// Writes a payment and its first attempt down and asks nobody: what a process leaves that
    /// dies before it asks. [`collect`](Self::collect) and [`reconcile`](Self::reconcile) go on.
    pub async fn begin_payment(&self, partner_id: PartnerId, wanted: &Collect) -> Result<Begun> {
        let now = self.clock.now();
        let request = wanted.request.as_deref();
        if request.is_some_and(|name| name.is_empty() || name.len() > MAX_REQUEST_BYTES) {
            return Err(AppError::invalid("request", "give a name of 1 to 255 bytes"));
        }
        let drawn: PaymentId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| self.begin_in(tx, partner_id, (wanted, drawn)).await)
            .await
    }

    /// Asks the processor about an attempt and settles its answer. Answers what the payer has to
    /// do.
    pub(crate) async fn ask(
        &self,
        partner_id: PartnerId,
        attempt: &Attempt,
        asking: Asking,
    ) -> Result<Option<Action>> {
        let (payment, currency) = self.find_payment(partner_id, attempt.payment_id).await?;
        let answer = self.answer_about(partner_id, (attempt, asking), (&payment, currency)).await;
        if let (Err(ProcessorError::Unauthorised { .. }), Some(context)) =
            (&answer, &payment.context)
        {
            self.key_refused(partner_id, context).await?;
        }
        self.settle(partner_id, attempt, (&answer, asking)).await?;
        let Ok(Charge { status: ChargeStatus::RequiresAction { client_secret, redirect }, .. }) =
            answer
        else {
            return Ok(None);
        };
        let publishable_key = self.publishable_key(partner_id, payment.context.as_ref()).await?;
        Ok(Some(Action { client_secret, publishable_key, redirect }))
    }

    async fn answer_about(
        &self,
        partner_id: PartnerId,
        (attempt, asking): (&Attempt, Asking),
        (payment, currency): (&Payment, Currency),
    ) -> Answer<Charge> {
        let not_begun = |why: String| ProcessorError::NotBegun(why);
        let context = payment.context.as_ref();
        let context = context.ok_or_else(|| not_begun("no processor makes it".to_owned()))?;
        let at = self.at(partner_id, context).await;
        let at = at.map_err(|error| not_begun(error.to_string()))?;
        let (processor, now) = (&self.outside.processor, self.clock.now());
        if let (AttemptState::Waiting, Some(reference)) = (attempt.state, &payment.reference) {
            return processor.charge_state(&at, reference, now).await;
        }
        let terms = &attempt.terms;
        let ours = ours(partner_id, payment.payment_id);
        if asking == Asking::Again && look::is_key_old(attempt, now) {
            let wanted = (&ours, attempt.created_at);
            return match processor.find_charge(&at, &terms.customer, wanted).await {
                Ok(Some(charge)) => Ok(charge),
                Ok(None) => Err(ProcessorError::Declined(never_arrived())),
                Err(error) => Err(ProcessorError::Unknown(error.to_string())),
            };
        }
        let new = NewCharge {
            amount: attempt.amount,
            currency,
            customer: terms.customer.clone(),
            method: terms.method.clone(),
            kind: terms.method_kind(),
            presence: match terms.payer {
                Payer::Present => Presence::OnSession,
                Payer::Absent => Presence::OffSession,
            },
            description: terms.description.clone(),
            descriptor: terms.descriptor.clone(),
            fee: terms.fee_minor.map(Minor::new),
            ours,
            asked_at: attempt.created_at,
        };
        let key = IdempotencyKey::new(attempt.idempotency_key.as_str());
        processor.charge(&at, &key, &new).await
    }

    /// Writes down what the processor answered. The same answer again changes nothing.
    pub async fn settle(
        &self,
        partner_id: PartnerId,
        attempt: &Attempt,
        (answer, asking): (&Answer<Charge>, Asking),
    ) -> Result<()> {
        let now = self.clock.now();
        let look_at = match answer {
            Ok(charge) => self.outside.processor.look_at_charge(charge, now),
            Err(ProcessorError::Declined(_) | ProcessorError::Refused { .. }) => None,
            Err(_) => Some(look::later(attempt.created_at, now)),
        };
        let news = News {
            attempt_id: attempt.attempt_id,
            payment_id: attempt.payment_id,
            invoice_id: attempt.invoice_id,
            answer,
            asking,
            look_at,
        };
        self.db.write(async |tx: &mut Tx| settle::news(self, tx, partner_id, &news).await).await
    }

    pub(crate) async fn collected(
        &self,
        partner_id: PartnerId,
        (payment_id, action): (PaymentId, Option<Action>),
    ) -> Result<Collected> {
        let mut tx = self.db.begin_read().await?;
        let payment = payments::find(&mut tx, partner_id, payment_id).await?;
        let payment = payment.ok_or_else(|| AppError::not_found("payment", payment_id))?;
        let invoice = store::invoices::find(&mut tx, partner_id, payment.invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", payment.invoice_id))?;
        tx.commit().await?;
        Ok(Collected { payment, invoice, action })
    }

    /// The key for browsers of the account that a payment is on.
    async fn publishable_key(
        &self,
        partner_id: PartnerId,
        context: Option<&domain::processor::AccountContext>,
    ) -> Result<Option<String>> {
        let Some(domain::processor::AccountContext::Custom(_)) = context else {
            let key = self.outside.payments.publishable_key.clone();
            return Ok(Some(key).filter(|key| !key.is_empty()));
        };
        let mut tx = self.db.begin_single().await?;
        let keys = store::processors::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(keys.map(|keys| keys.publishable_key))
    }
}

/// What a charge of a payment carries, so that whoever is told of it finds the payment.
fn ours(partner_id: PartnerId, payment_id: PaymentId) -> Ours {
    Ours { partner_id: partner_id.to_string(), object_id: payment_id.to_string() }
}

/// What is said of a charge that the processor surely has not.
fn never_arrived() -> Decline {
    Decline {
        code: "no_answer".to_owned(),
        message: "the payment processor has no such charge".to_owned(),
        ..Decline::default()
    }
}

/// The invoice, locked.
pub(crate) async fn locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Invoice> {
    let not_found = || AppError::not_found("invoice", invoice_id);
    if !payments::lock_invoice(tx, partner_id, invoice_id).await? {
        return Err(not_found());
    }
    store::invoices::find(tx, partner_id, invoice_id).await?.ok_or_else(not_found)
}

/// The invoice, locked, if no payment of it is under way: what a card may be paying for just now
/// is neither cancelled nor paid otherwise.
pub(crate) async fn idle_invoice(
    tx: &mut Tx,
    partner_id: PartnerId,
    invoice_id: InvoiceId,
) -> Result<Invoice> {
    let invoice = locked(tx, partner_id, invoice_id).await?;
    if attempts::is_in_progress(tx, partner_id, invoice_id).await? {
        return Err(AppError::PaymentInProgress);
    }
    Ok(invoice)
}

fn check_open(invoice: &Invoice) -> Result<()> {
    if invoice.status.is_open() {
        return Ok(());
    }
    let status = invoice.status.as_str();
    Err(AppError::Refused(format!("an invoice that is {status} cannot be paid")))
}
