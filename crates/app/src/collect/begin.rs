//! What is written down before a processor is asked.
//!
//! Decided here: which method is charged, on which account, with which fee; and that everything
//! that is asked stands in the attempt, so that asking again asks the same. A method of another
//! owner is unknown (PMT-12), one of another account is refused (PMT-10).

use domain::{
    ids::{PartnerId, PaymentId},
    invoice::issued::Invoice,
    payment::{
        AmountError, Attempt, ChargeTerms, Payer, Payment, PaymentOrigin, PaymentStatus,
        card_amount,
    },
    processor::{AccountContext, Descriptor, MethodKind, ProcessorMode, SavedMethod, Statement},
    time::Timestamp,
};
use store::{attempts, db::Tx, payments};

use super::{Begun, Collect, check_open, locked, look::FIRST_LOOK_SECONDS};
use crate::{
    App,
    error::{AppError, Result},
    processors::Resolved,
};

impl App {
    /// The payment that is wanted, and its attempt; `drawn` is its id where the request has no
    /// name.
    pub(super) async fn begin_in(
        &self,
        tx: &mut Tx,
        partner_id: PartnerId,
        (wanted, drawn): (&Collect, PaymentId),
    ) -> Result<Begun> {
        let now = self.clock.now();
        let invoice = locked(tx, partner_id, wanted.invoice_id).await?;
        let request = wanted.request.as_deref();
        let payment_id = request.map_or(drawn, |name| requested(&invoice, name));
        if let Some(known) = payments::find(tx, partner_id, payment_id).await? {
            same_request(&known, wanted)?;
            if !known.was_never_begun() {
                return Ok(Begun::Known(payment_id));
            }
            return begin_again(tx, partner_id, (known, &invoice), now).await;
        }
        check_open(&invoice)?;
        // Before anything that takes a decision: a twin that waits sees what the first began.
        if attempts::is_in_progress(tx, partner_id, wanted.invoice_id).await? {
            return Err(AppError::PaymentInProgress);
        }
        let resolved = self.processing_in(tx, partner_id).await?;
        let context = &resolved.0.context;
        let method = chosen(tx, partner_id, (&invoice, wanted), context).await?;
        let payment = payment_of(&invoice, (wanted, &method, &resolved), (payment_id, now))?;
        let generic = &self.outside.payments.descriptor;
        let terms = terms((&invoice, generic), (&payment, wanted.payer), &method);
        let attempt = Attempt::open(&payment, (1, terms), now);
        payments::insert(tx, partner_id, &payment).await?;
        if wanted.origin == PaymentOrigin::AutoPay {
            super::auto::begun(tx, partner_id, wanted.invoice_id).await?;
        }
        open(tx, partner_id, attempt).await
    }
}

async fn open(tx: &mut Tx, partner_id: PartnerId, attempt: Attempt) -> Result<Begun> {
    if !attempts::open(tx, partner_id, &attempt).await? {
        return Err(AppError::PaymentInProgress);
    }
    Ok(Begun::New(Box::new(attempt)))
}

/// Another attempt at a payment of which the processor never heard.
async fn begin_again(
    tx: &mut Tx,
    partner_id: PartnerId,
    (known, invoice): (Payment, &Invoice),
    now: Timestamp,
) -> Result<Begun> {
    check_open(invoice)?;
    if known.amount > invoice.due() {
        return Err(AppError::Refused("less is due by now".to_owned()));
    }
    let before = attempts::of_payment(tx, partner_id, known.payment_id).await?;
    let last = before.last();
    let last =
        last.ok_or_else(|| AppError::Broken(format!("{} has no attempt", known.payment_id)))?;
    let payment = Payment {
        status: PaymentStatus::Pending,
        failure: None,
        settled_at: None,
        look_at: Some(now.plus_seconds(FIRST_LOOK_SECONDS)),
        ..known
    };
    payments::save(tx, partner_id, (&payment, PaymentStatus::Cancelled)).await?;
    if payment.origin == PaymentOrigin::AutoPay {
        super::auto::begun(tx, partner_id, payment.invoice_id).await?;
    }
    let attempt = Attempt::open(&payment, (last.number + 1, last.terms.clone()), now);
    open(tx, partner_id, attempt).await
}

/// The method that is charged.
async fn chosen(
    tx: &mut Tx,
    partner_id: PartnerId,
    (invoice, wanted): (&Invoice, &Collect),
    context: &AccountContext,
) -> Result<SavedMethod> {
    let tenant_id = Some(invoice.tenant_id);
    let method = match wanted.method_id {
        None => store::payment_methods::default_of(tx, partner_id, tenant_id).await?.ok_or_else(
            || AppError::Refused("the tenant has no default payment method".to_owned()),
        )?,
        Some(method_id) => {
            let found = store::payment_methods::find(tx, partner_id, method_id).await?;
            let own = found.filter(|method| method.tenant_id == tenant_id);
            own.ok_or_else(|| AppError::not_found("payment method", method_id))?
        }
    };
    if !method.is_usable() {
        let status = method.status.as_str();
        return Err(AppError::Refused(format!("the payment method cannot be charged: {status}")));
    }
    if method.context != *context {
        let why = "the payment method is saved on another account; it has to be added again";
        return Err(AppError::Refused(why.to_owned()));
    }
    Ok(method)
}

/// The payment that `wanted` asks for.
fn payment_of(
    invoice: &Invoice,
    (wanted, method, (at, _, rate)): (&Collect, &SavedMethod, &Resolved),
    (payment_id, now): (PaymentId, Timestamp),
) -> Result<Payment> {
    let amount = card_amount(wanted.amount, invoice.due(), invoice.currency);
    let amount = amount.map_err(|error| match error {
        AmountError::NothingDue | AmountError::BalanceTooSmall { .. } => {
            AppError::Refused(error.to_string())
        }
        AmountError::TooSmall { .. }
        | AmountError::TooLarge { .. }
        | AmountError::AboveMost { .. } => AppError::invalid("amount", error.to_string()),
    })?;
    Ok(Payment {
        payment_id,
        tenant_id: invoice.tenant_id,
        invoice_id: invoice.invoice_id,
        method: label(method),
        method_id: Some(method.method_id),
        context: Some(at.context.clone()),
        reference: None,
        amount,
        fee: rate.map(|rate| rate.of(amount)).unwrap_or_default(),
        status: PaymentStatus::Pending,
        origin: wanted.origin,
        checkout_id: wanted.checkout_id,
        refunded: domain::money::Minor::ZERO,
        dispute: None,
        receipt_to: wanted.receipt_to.clone(),
        note: String::new(),
        failure: None,
        created_at: now,
        settled_at: None,
        look_at: Some(now.plus_seconds(FIRST_LOOK_SECONDS)),
    })
}

/// What is asked beside the amount. Only a charge on a connected account carries the fee: in
/// platform mode it is kept back at the settlement (STR-03), and nothing is ever told to be zero.
fn terms(
    (invoice, generic): (&Invoice, &str),
    (payment, payer): (&Payment, Payer),
    method: &SavedMethod,
) -> ChargeTerms {
    let mode = method.context.mode();
    let own = Descriptor::parse(invoice.issued_as.brand.statement_descriptor.trim()).ok();
    let descriptor = Statement { mode, own: own.as_ref(), generic }.sent(method.kind);
    let fee = (mode == ProcessorMode::Connect).then_some(payment.fee.get());
    ChargeTerms {
        customer: method.customer.clone(),
        method: method.reference.clone(),
        kind: method.kind.as_str().to_owned(),
        payer,
        description: format!("Invoice {}", invoice.number.as_deref().unwrap_or_default()),
        descriptor,
        fee_minor: fee.filter(|fee| *fee > 0),
    }
}

/// What people call a method: `Visa •••• 4242`.
pub(crate) fn label(method: &SavedMethod) -> String {
    let brand = match method.kind {
        MethodKind::Card => {
            let mut letters = method.brand.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            first + letters.as_str()
        }
        MethodKind::BankAccount => method.brand.clone(),
    };
    format!("{brand} •••• {}", method.last_four)
}

/// The payment of an invoice that a request of this name began, or would.
pub(crate) fn requested(invoice: &Invoice, name: &str) -> PaymentId {
    let invoice_id = invoice.invoice_id.to_string();
    PaymentId::derived(invoice.created_at, &["request", &invoice_id, name])
}

/// Refuses a request whose name was used for something else.
fn same_request(known: &Payment, wanted: &Collect) -> Result<()> {
    let same_amount = wanted.amount.is_none_or(|amount| amount == known.amount);
    let same_method = wanted.method_id.is_none_or(|method| Some(method) == known.method_id);
    if same_amount && same_method {
        return Ok(());
    }
    Err(AppError::invalid("request", "this name was used for another payment"))
}
