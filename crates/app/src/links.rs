//! Links to invoices' pages: pay without a password (BEY-11).
//!
//! Decided here: an invoice has one link that works until it is revoked or replaced. Its token is
//! drawn, kept as a hash and sealed; it is never logged. The first mail about an invoice makes its
//! link; whoever revoked it gets no new one by a mail.

use adapters::secrets::{ShownOnce, hash};
use domain::{
    ids::{InvoiceId, PartnerId},
    invoice::{issued::Invoice, status::InvoiceStatus},
    time::Timestamp,
};
use store::{
    db::Tx,
    invoice_links::{self, InvoiceLink},
};

use crate::{
    App,
    error::{AppError, Result},
};

/// Longest text that is looked up as a token.
const MAX_TOKEN_BYTES: usize = 100;

/// A link that works.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// The whole address.
    pub url: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for OpenLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpenLink(…, {})", self.created_at)
    }
}

impl App {
    /// The link to an issued invoice's page; it is made where there is none.
    pub async fn invoice_link(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<OpenLink> {
        self.db
            .write(async |tx: &mut Tx| {
                let invoice = linked(tx, partner_id, invoice_id).await?;
                self.link_in(tx, &invoice).await
            })
            .await
    }

    /// Replaces the link to an invoice's page: the old one opens nothing any more.
    pub async fn replace_invoice_link(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<OpenLink> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let invoice = linked(tx, partner_id, invoice_id).await?;
                invoice_links::revoke(tx, partner_id, invoice_id, now).await?;
                self.link_in(tx, &invoice).await
            })
            .await
    }

    /// Ends the link to an invoice's page, and answers whether there was one.
    pub async fn revoke_invoice_link(
        &self,
        partner_id: PartnerId,
        invoice_id: InvoiceId,
    ) -> Result<bool> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                linked(tx, partner_id, invoice_id).await?;
                Ok(invoice_links::revoke(tx, partner_id, invoice_id, now).await?)
            })
            .await
    }

    /// Which invoice a token opens, and whose.
    pub async fn opened_by(&self, token: &str) -> Result<(PartnerId, InvoiceId)> {
        // The token itself is a secret: nothing that is told names it.
        let unknown = || AppError::not_found("invoice", "this link");
        if token.len() > MAX_TOKEN_BYTES {
            return Err(unknown());
        }
        let mut tx = self.db.begin_single().await?;
        let found = invoice_links::opened_by(&mut tx, &hash(token)).await?;
        tx.commit().await?;
        found.ok_or_else(unknown)
    }

    /// The link that a mail about an invoice carries: none where pages have no address, or where
    /// it was revoked.
    pub(crate) async fn mailed_link(
        &self,
        tx: &mut Tx,
        invoice: &Invoice,
    ) -> Result<Option<String>> {
        let (partner_id, invoice_id) = (invoice.partner_id, invoice.invoice_id);
        if !self.outside.payments.is_reachable() || !has_page(invoice.status) {
            return Ok(None);
        }
        let known = invoice_links::of_invoice(tx, partner_id, invoice_id).await?;
        if known.is_none() && invoice_links::ever_had(tx, partner_id, invoice_id).await? {
            return Ok(None);
        }
        self.link_in(tx, invoice).await.map(|link| Some(link.url))
    }

    /// The link that works, or a new one.
    pub(crate) async fn link_in(&self, tx: &mut Tx, invoice: &Invoice) -> Result<OpenLink> {
        let (partner_id, invoice_id) = (invoice.partner_id, invoice.invoice_id);
        let owner = sealed_to(invoice);
        let now = self.clock.now();
        if let Some(known) = invoice_links::of_invoice(tx, partner_id, invoice_id).await? {
            let opened = self.outside.vault.open(&owner, &known.sealed).ok();
            if let Some(token) = opened.and_then(|bytes| String::from_utf8(bytes).ok()) {
                return Ok(self.link(&token, known.created_at));
            }
            // Its key is gone, so nobody here can tell what it is any more.
            invoice_links::revoke(tx, partner_id, invoice_id, now).await?;
        }
        let token = ShownOnce::draw("");
        let link = InvoiceLink {
            token_hash: token.hash().to_vec(),
            invoice_id,
            sealed: self.outside.vault.seal(&owner, token.reveal().as_bytes()),
            created_at: now,
        };
        if invoice_links::insert(tx, partner_id, &link).await? {
            return Ok(self.link(token.reveal(), now));
        }
        Err(AppError::Stale("the invoice's link"))
    }

    fn link(&self, token: &str, created_at: Timestamp) -> OpenLink {
        OpenLink { url: format!("{}/i/{token}", self.outside.payments.base_url), created_at }
    }
}

fn sealed_to(invoice: &Invoice) -> String {
    format!("invoice_link/{}/{}", invoice.partner_id, invoice.invoice_id)
}

/// Whether an invoice that stands so is shown to whoever has its link (INV-24).
pub(crate) const fn has_page(status: InvoiceStatus) -> bool {
    !matches!(status, InvoiceStatus::Draft)
}

/// The invoice, locked, if it has a page.
async fn linked(tx: &mut Tx, partner_id: PartnerId, invoice_id: InvoiceId) -> Result<Invoice> {
    let invoice = crate::collect::locked(tx, partner_id, invoice_id).await?;
    if has_page(invoice.status) {
        return Ok(invoice);
    }
    Err(AppError::Refused("a draft has no page; issue it first".to_owned()))
}
