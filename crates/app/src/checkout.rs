//! Checkout sessions: a program sends a payer to a page and hears when it was paid (PAY-11).
//!
//! Decided here: a session is our own object; its page is that of its invoice. It is completed by
//! the payment that was begun from it, in the transaction that books the money, so that it is
//! complete exactly once.

use domain::{
    checkout::{Checkout, CheckoutStatus, OPEN_SECONDS},
    ids::{CheckoutId, InvoiceId, PartnerId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    money::Minor,
    payment::{Payment, card_amount},
};
use store::{checkouts, db::Tx};

use crate::{
    App,
    collect::locked,
    error::{AppError, Result},
    events::of_checkout,
    resource,
};

/// Bytes of an address that a payer is sent to.
const MAX_URL_BYTES: usize = 2_000;

/// A session to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheckout {
    /// What is paid.
    pub invoice_id: InvoiceId,
    /// How much; all that is due then where it is left out.
    pub amount: Option<Minor>,
    /// Where the payer goes afterwards.
    pub success_url: Option<String>,
}

/// A session with its invoice and the address of its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCheckout {
    /// The session.
    pub checkout: Checkout,
    /// Its invoice.
    pub invoice: Invoice,
    /// Its page, while it is open.
    pub url: Option<String>,
}

impl ShownCheckout {
    /// As programs see it.
    pub fn shown(&self) -> resource::Checkout {
        resource::Checkout::of(&self.checkout, (self.invoice.currency, self.url.clone()))
    }
}

impl App {
    /// Opens a session for an invoice that can be paid.
    pub async fn create_checkout(
        &self,
        partner_id: PartnerId,
        new: &NewCheckout,
    ) -> Result<ShownCheckout> {
        if let Some(url) = &new.success_url {
            let is_web = url.starts_with("https://") || url.starts_with("http://");
            if !is_web || url.len() > MAX_URL_BYTES || url.chars().any(char::is_control) {
                let why = "must be an address that begins with https:// or http://";
                return Err(AppError::invalid("success_url", why));
            }
        }
        let now = self.clock.now();
        let checkout_id: CheckoutId = self.ids.draw(now);
        self.db
            .write(async |tx: &mut Tx| {
                let invoice = locked(tx, partner_id, new.invoice_id).await?;
                if !invoice.status.is_open() {
                    let status = invoice.status.as_str();
                    let why = format!("an invoice that is {status} cannot be paid");
                    return Err(AppError::Refused(why));
                }
                let amount = card_amount(new.amount, invoice.due(), invoice.currency);
                amount.map_err(|error| AppError::invalid("amount", error.to_string()))?;
                let checkout = Checkout {
                    checkout_id,
                    tenant_id: invoice.tenant_id,
                    invoice_id: invoice.invoice_id,
                    amount: new.amount,
                    status: CheckoutStatus::Open,
                    payment_id: None,
                    success_url: new.success_url.clone(),
                    created_at: now,
                    expires_at: now.plus_seconds(OPEN_SECONDS),
                    completed_at: None,
                    version: 1,
                };
                checkouts::insert(tx, partner_id, &checkout).await?;
                self.shown_checkout(tx, (checkout, invoice)).await
            })
            .await
    }

    /// One session of the partner.
    pub async fn find_checkout(
        &self,
        partner_id: PartnerId,
        checkout_id: CheckoutId,
    ) -> Result<ShownCheckout> {
        self.db
            .write(async |tx: &mut Tx| {
                let (checkout, invoice) = found(tx, partner_id, checkout_id).await?;
                self.shown_checkout(tx, (checkout, invoice)).await
            })
            .await
    }

    /// Ends an open session before its time.
    pub async fn expire_checkout(
        &self,
        partner_id: PartnerId,
        checkout_id: CheckoutId,
    ) -> Result<ShownCheckout> {
        self.db
            .write(async |tx: &mut Tx| {
                let (checkout, invoice) = found(tx, partner_id, checkout_id).await?;
                if checkout.status == CheckoutStatus::Complete {
                    return Err(AppError::Refused("a complete session cannot expire".to_owned()));
                }
                checkouts::expire(tx, partner_id, checkout_id).await?;
                let (checkout, invoice) = (found(tx, partner_id, checkout_id).await?.0, invoice);
                Ok(ShownCheckout { checkout, invoice, url: None })
            })
            .await
    }

    /// Ends a session whose time is over.
    pub(crate) async fn checkout_ends(
        &self,
        partner_id: PartnerId,
        checkout_id: CheckoutId,
    ) -> Result<()> {
        self.db
            .write(async |tx: &mut Tx| {
                checkouts::expire(tx, partner_id, checkout_id).await?;
                Ok(())
            })
            .await
    }

    /// Completes the session that a payment was begun from.
    pub(crate) async fn complete_checkout(
        &self,
        tx: &mut Tx,
        partner_id: PartnerId,
        (payment, invoice): (&Payment, &Invoice),
    ) -> Result<()> {
        let Some(checkout_id) = payment.checkout_id else { return Ok(()) };
        let found = checkouts::find(tx, partner_id, checkout_id).await?;
        let Some(checkout) = found else { return Ok(()) };
        let now = self.clock.now();
        let checkout = Checkout {
            status: CheckoutStatus::Complete,
            payment_id: Some(payment.payment_id),
            completed_at: Some(now),
            version: checkout.version + 1,
            ..checkout
        };
        if checkouts::complete(tx, partner_id, &checkout).await? {
            let event = of_checkout(&checkout, invoice.currency, now);
            store::events::append(tx, partner_id, &[event]).await?;
        }
        Ok(())
    }

    async fn shown_checkout(
        &self,
        tx: &mut Tx,
        (checkout, invoice): (Checkout, Invoice),
    ) -> Result<ShownCheckout> {
        let is_open = checkout.is_open(self.clock.now()) && invoice.status != InvoiceStatus::Draft;
        let url = if is_open {
            let link = self.link_in(tx, &invoice).await?;
            Some(format!("{}?session={}", link.url, checkout.checkout_id))
        } else {
            None
        };
        Ok(ShownCheckout { checkout, invoice, url })
    }
}

async fn found(
    tx: &mut Tx,
    partner_id: PartnerId,
    checkout_id: CheckoutId,
) -> Result<(Checkout, Invoice)> {
    let checkout = checkouts::find(tx, partner_id, checkout_id).await?;
    let checkout = checkout.ok_or_else(|| AppError::not_found("checkout session", checkout_id))?;
    let invoice = locked(tx, partner_id, checkout.invoice_id).await?;
    Ok((checkout, invoice))
}
