//! Collecting: an invoice is paid by card, or somebody notes that it was paid elsewhere.
//!
//! Decided here: the order of things. A payment and its attempt are written and committed before
//! the gateway is asked; the gateway is asked outside of any transaction, under a key that follows
//! from the attempt; its answer is settled in a second transaction, once. Whoever dies in between
//! leaves an open attempt, and [`App::reconcile`] asks the same question again. While an attempt
//! is open no other payment of its invoice begins (PAY-12, PAY-13).

mod asked;
mod settle;

use adapters::gateway::{Asking, ChargeRequest, GatewayAnswer, SandboxMethod};
use domain::{
    ids::{InvoiceId, PartnerId, PaymentId},
    invoice::{issued::Invoice, status::InvoiceEvent},
    ledger::Account,
    money::Minor,
    payment::{AmountError, Attempt, MANUAL, Payment, PaymentStatus, card_amount},
    time::Timestamp,
};
use store::{db::Tx, payments};

pub use self::asked::Paid;
use crate::{
    App,
    error::{AppError, Result},
    events::of_invoice,
    outbox,
};

/// Attempts asked again in one page.
const PAGE: i64 = 100;
/// Bytes of a caller's own name for a request.
const MAX_REQUEST_BYTES: usize = 255;
/// Bytes of a note on a manual payment.
const MAX_NOTE_BYTES: usize = 1_000;

/// A payment by card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collect {
    /// What is paid.
    pub invoice_id: InvoiceId,
    /// How.
    pub method: SandboxMethod,
    /// How much; all that is due where it is left out (PAY-01).
    pub amount: Option<Minor>,
    /// The caller's own name for this request: the same name again is the same payment (PAY-12).
    pub request: Option<String>,
}

impl Collect {
    /// All that is due.
    pub fn all(invoice_id: InvoiceId, method: SandboxMethod) -> Self {
        Self { invoice_id, method, amount: None, request: None }
    }
}

/// A payment that reached the partner without the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidElsewhere {
    /// What was paid.
    pub invoice_id: InvoiceId,
    /// How much; all that is due where it is left out.
    pub amount: Option<Minor>,
    /// How, for the books.
    pub note: String,
}

impl PaidElsewhere {
    /// How much of the invoice it pays: any part of what is due, and no more.
    fn amount_of(&self, invoice: &Invoice) -> Result<Minor> {
        let due = invoice.due();
        let amount = self.amount.unwrap_or(due);
        if amount > Minor::ZERO && amount <= due {
            return Ok(amount);
        }
        let most = invoice.currency.display(due);
        Err(AppError::invalid("amount", format!("must be more than 0 and at most the {most} due")))
    }
}

/// What came of collecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// The payment; pending where the gateway has not said yet.
    pub payment: Payment,
    /// Its invoice as it stands now.
    pub invoice: Invoice,
}

/// What came of asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reconciled {
    /// Attempts whose outcome is known now.
    pub settled: u64,
    /// Attempts that nobody knows about yet.
    pub open: u64,
}

/// Whether a request began something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// An attempt that the gateway was not asked about.
    New(Attempt),
    /// The same request was made before.
    Known(PaymentId),
}

impl App {
    /// Charges an invoice, or a part of it, to a card. The same request again asks for the outcome
    /// of the same payment.
    pub async fn collect(&self, partner_id: PartnerId, wanted: &Collect) -> Result<Collected> {
        match self.begin_payment(partner_id, wanted).await? {
            Begun::Known(payment_id) => {
                self.ask_about(partner_id, payment_id, (wanted.method, Asking::Again)).await
            }
            Begun::New(attempt) => {
                self.ask(partner_id, &attempt, (wanted.method, Asking::First)).await?;
                self.collected(partner_id, attempt.payment_id).await
            }
        }
    }

    /// Asks for the outcome of a payment that was written down.
    async fn ask_about(
        &self,
        partner_id: PartnerId,
        payment_id: PaymentId,
        how: (SandboxMethod, Asking),
    ) -> Result<Collected> {
        let mut tx = self.db.begin_read().await?;
        let attempts = payments::attempts(&mut tx, partner_id, payment_id).await?;
        tx.commit().await?;
        for attempt in attempts.iter().filter(|attempt| attempt.state.is_open()) {
            self.ask(partner_id, attempt, how).await?;
        }
        self.collected(partner_id, payment_id).await
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
            .write(async |tx: &mut Tx| {
                let invoice = locked(tx, partner_id, wanted.invoice_id).await?;
                let payment_id = request.map_or(drawn, |name| requested(&invoice, name));
                if let Some(known) = payments::find(tx, partner_id, payment_id).await? {
                    return same_request(&known, wanted).map(|()| Begun::Known(payment_id));
                }
                let payment = payment_of(&invoice, wanted, (payment_id, now))?;
                let attempt = Attempt::open(&payment, 1, now);
                payments::insert(tx, partner_id, &payment).await?;
                if !payments::open_attempt(tx, partner_id, &attempt).await? {
                    return Err(AppError::PaymentInProgress);
                }
                Ok(Begun::New(attempt))
            })
            .await
    }

    /// Asks the gateway about an attempt and settles its answer.
    async fn ask(
        &self,
        partner_id: PartnerId,
        attempt: &Attempt,
        (method, asking): (SandboxMethod, Asking),
    ) -> Result<GatewayAnswer> {
        let mut tx = self.db.begin_single().await?;
        let invoice = store::invoices::find(&mut tx, partner_id, attempt.invoice_id).await?;
        tx.commit().await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", attempt.invoice_id))?;
        let request = ChargeRequest {
            idempotency_key: attempt.idempotency_key.clone(),
            amount: attempt.amount,
            currency: invoice.currency,
            method,
            asking,
        };
        let answer = self.outside.gateway.charge(&request).await;
        self.settle(partner_id, attempt, &answer).await?;
        Ok(answer)
    }

    /// Writes down what the gateway answered. The same answer again changes nothing.
    pub async fn settle(
        &self,
        partner_id: PartnerId,
        attempt: &Attempt,
        answer: &GatewayAnswer,
    ) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| settle::answer(tx, partner_id, (attempt, answer), now).await)
            .await
    }

    async fn collected(&self, partner_id: PartnerId, payment_id: PaymentId) -> Result<Collected> {
        let mut tx = self.db.begin_read().await?;
        let payment = payments::find(&mut tx, partner_id, payment_id).await?;
        let payment = payment.ok_or_else(|| AppError::not_found("payment", payment_id))?;
        let invoice = store::invoices::find(&mut tx, partner_id, payment.invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", payment.invoice_id))?;
        tx.commit().await?;
        Ok(Collected { payment, invoice })
    }

    /// Asks the gateway again about every attempt that is not finished. The keys are the same as
    /// before, so that nothing is charged twice.
    pub async fn reconcile(&self) -> Result<Reconciled> {
        let until = self.clock.now();
        let mut sum = Reconciled::default();
        for partner_id in self.partner_ids(None).await? {
            let mut last = None;
            loop {
                let mut tx = self.db.begin_read().await?;
                let page = payments::unfinished(&mut tx, partner_id, (until, last), PAGE).await?;
                tx.commit().await?;
                let Some(end) = page.last() else { break };
                last = Some(end.attempt_id);
                for attempt in &page {
                    match self.ask_again(partner_id, attempt).await? {
                        GatewayAnswer::Unknown { .. } => sum.open += 1,
                        _ => sum.settled += 1,
                    }
                }
            }
        }
        Ok(sum)
    }

    async fn ask_again(&self, partner_id: PartnerId, attempt: &Attempt) -> Result<GatewayAnswer> {
        let mut tx = self.db.begin_read().await?;
        let payment = payments::find(&mut tx, partner_id, attempt.payment_id).await?;
        tx.commit().await?;
        let payment = payment.ok_or_else(|| AppError::not_found("payment", attempt.payment_id))?;
        let method: SandboxMethod =
            payment.method.parse().map_err(|error| AppError::Broken(format!("{error}")))?;
        self.ask(partner_id, attempt, (method, Asking::Again)).await
    }

    /// Notes that an invoice, or a part of it, was paid outside the platform (INV-12).
    pub async fn mark_paid(
        &self,
        partner_id: PartnerId,
        paid: &PaidElsewhere,
    ) -> Result<Collected> {
        if paid.note.len() > MAX_NOTE_BYTES {
            return Err(AppError::invalid("note", "give at most 1,000 bytes"));
        }
        let now = self.clock.now();
        let payment_id: PaymentId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| {
                store::ledger::lock_book(tx, partner_id).await?;
                let invoice = idle_invoice(tx, partner_id, paid.invoice_id).await?;
                check_open(&invoice)?;
                let payment = Payment {
                    payment_id,
                    tenant_id: invoice.tenant_id,
                    invoice_id: invoice.invoice_id,
                    method: MANUAL.to_owned(),
                    amount: paid.amount_of(&invoice)?,
                    status: PaymentStatus::Succeeded,
                    note: paid.note.trim().to_owned(),
                    created_at: now,
                    settled_at: Some(now),
                };
                payments::insert(tx, partner_id, &payment).await?;
                let came_in = (&payment, Account::OfflineReceipts);
                settle::money_came(tx, partner_id, came_in, now).await
            })
            .await?;
        self.collected(partner_id, payment_id).await
    }

    /// Marks an invoice as overdue, if it is by now (INV-22), and answers whether it became so.
    pub async fn mark_overdue(&self, partner_id: PartnerId, invoice_id: InvoiceId) -> Result<bool> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let invoice = locked(tx, partner_id, invoice_id).await?;
                if invoice.overdue_at().is_none_or(|at| at > now) {
                    return Ok(false);
                }
                let begins = InvoiceEvent::DayBegins(invoice.zone.day_of(now));
                let state = invoice.state().apply(begins);
                let state = state.map_err(|error| AppError::Refused(error.to_string()))?;
                let seen = invoice.version;
                let invoice = invoice.in_state(state);
                store::invoices::save(tx, &invoice, seen).await?;
                let invoice = Invoice { version: seen + 1, ..invoice };
                let event = of_invoice("invoice.overdue", &invoice, invoice.version, now);
                store::events::append(tx, partner_id, &[event]).await?;
                outbox::redraw(tx, &invoice, now).await?;
                Ok(true)
            })
            .await
    }
}

/// The invoice, locked until the transaction ends and read after that.
async fn locked(tx: &mut Tx, partner_id: PartnerId, invoice_id: InvoiceId) -> Result<Invoice> {
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
    if payments::is_in_progress(tx, partner_id, invoice_id).await? {
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

/// The payment that `wanted` asks for.
fn payment_of(
    invoice: &Invoice,
    wanted: &Collect,
    (payment_id, now): (PaymentId, Timestamp),
) -> Result<Payment> {
    check_open(invoice)?;
    let amount = card_amount(wanted.amount, invoice.due(), invoice.currency);
    let amount = amount.map_err(|error| match error {
        AmountError::NothingDue | AmountError::BalanceTooSmall { .. } => {
            AppError::Refused(error.to_string())
        }
        AmountError::TooSmall { .. } | AmountError::TooLarge { .. } => {
            AppError::invalid("amount", error.to_string())
        }
    })?;
    Ok(Payment {
        payment_id,
        tenant_id: invoice.tenant_id,
        invoice_id: invoice.invoice_id,
        method: wanted.method.to_string(),
        amount,
        status: PaymentStatus::Pending,
        note: String::new(),
        created_at: now,
        settled_at: None,
    })
}

/// The payment of an invoice that a request of this name began, or would.
pub(crate) fn requested(invoice: &Invoice, name: &str) -> PaymentId {
    let invoice_id = invoice.invoice_id.to_string();
    PaymentId::derived(invoice.created_at, &["request", &invoice_id, name])
}

/// Refuses a request whose name was used for something else.
fn same_request(known: &Payment, wanted: &Collect) -> Result<()> {
    let same_amount = wanted.amount.is_none_or(|amount| amount == known.amount);
    if same_amount && known.method == wanted.method.as_str() {
        return Ok(());
    }
    Err(AppError::invalid("request", "this name was used for another payment"))
}
