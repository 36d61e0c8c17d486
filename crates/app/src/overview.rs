//! A first page over everything: partners, and the newest invoices of each.
//!
//! Decided here: what one page shows and how the next one is found. Figures become strings here,
//! so that pages only place them. It is the operator's view and answers for all partners.

use std::cmp::Reverse;

use domain::{
    ids::{InvoiceId, PartnerId},
    invoice::{issued::Invoice, status::InvoiceStatus},
};

use crate::{
    App,
    documents::period,
    error::{AppError, Result},
};

/// Partners on one page.
const PARTNERS: i64 = 10;
/// Invoices of each partner where several are shown.
const NEWEST: i64 = 12;
/// Invoices of a partner on its own page.
const INVOICES: i64 = 50;

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexQuery {
    /// One partner's invoices only.
    pub partner: Option<PartnerId>,
    /// Those before this one, on a partner's own page.
    pub before: Option<InvoiceId>,
    /// Partners after this one, where all are shown.
    pub after: Option<PartnerId>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceIndex {
    /// The partners and their invoices.
    pub partners: Vec<PartnerInvoices>,
    /// After which partner the next page begins, if there is one.
    pub more_after: Option<PartnerId>,
}

/// A partner and some of its invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerInvoices {
    /// The partner.
    pub partner_id: PartnerId,
    /// Brand name, otherwise company name (INV-20).
    pub name: String,
    /// The company name.
    pub company: String,
    /// `#rrggbb`.
    pub color: String,
    /// Newest first.
    pub invoices: Vec<InvoiceRow>,
    /// Before which invoice the next page begins, if there are more.
    pub more_before: Option<InvoiceId>,
}

/// An invoice in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    /// Its id.
    pub invoice_id: InvoiceId,
    /// Its number; a draft has none.
    pub number: Option<String>,
    /// To whom.
    pub tenant: String,
    /// What it bills.
    pub period: String,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// The last day to pay it.
    pub due_date: String,
    /// With tax.
    pub total: String,
    /// What is left to pay.
    pub due: String,
}

impl App {
    /// A page of partners with their newest invoices, or of one partner's invoices.
    pub async fn invoice_index(&self, query: IndexQuery) -> Result<InvoiceIndex> {
        let mut tx = self.db.begin_read().await?;
        let (mut partners, limit) = match query.partner {
            Some(partner_id) => {
                let partner = store::partners::find(&mut tx, partner_id).await?;
                let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
                (vec![partner], INVOICES)
            }
            None => (store::partners::page(&mut tx, query.after, PARTNERS + 1).await?, NEWEST),
        };
        let more_after = cut(&mut partners, PARTNERS).map(|partner| partner.partner_id);
        let mut shown = Vec::with_capacity(partners.len());
        for partner in partners {
            let page = (query.before.filter(|_| query.partner.is_some()), limit + 1);
            let mut invoices =
                store::invoices::page_newest(&mut tx, partner.partner_id, page).await?;
            let more_before = cut(&mut invoices, limit).map(|invoice| invoice.invoice_id);
            // Invoices of one moment come in the order of their ids; people expect their numbers'.
            invoices.sort_by(|a, b| newest_first(a).cmp(&newest_first(b)));
            let brand = partner.brand.name.trim();
            shown.push(PartnerInvoices {
                partner_id: partner.partner_id,
                name: if brand.is_empty() { &partner.company_name } else { brand }.to_owned(),
                company: partner.company_name.clone(),
                color: partner.brand.color,
                invoices: invoices.iter().map(row).collect(),
                more_before,
            });
        }
        tx.commit().await?;
        Ok(InvoiceIndex { partners: shown, more_after })
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> Result<()> {
        Ok(self.db.ping().await?)
    }
}

/// Cuts a list that was read one item too long, and answers the last item left if it was.
fn cut<T>(items: &mut Vec<T>, limit: i64) -> Option<&T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_longer = items.len() > limit;
    items.truncate(limit);
    items.last().filter(|_| is_longer)
}

/// Drafts, then by number; numbers ascend with time and have one width for the first million.
fn newest_first(invoice: &Invoice) -> (bool, Reverse<(usize, &str)>) {
    let number = invoice.number.as_deref().unwrap_or_default();
    (invoice.number.is_some(), Reverse((number.len(), number)))
}

fn row(invoice: &Invoice) -> InvoiceRow {
    InvoiceRow {
        invoice_id: invoice.invoice_id,
        number: invoice.number.clone(),
        tenant: invoice.issued_as.tenant_name.clone(),
        period: invoice.period.map_or_else(String::new, |span| period(span, &invoice.zone)),
        status: invoice.status,
        due_date: invoice.due_day.map_or_else(String::new, |day| day.display_long()),
        total: invoice.currency.display(invoice.total),
        due: invoice.currency.display(invoice.due()),
    }
}
