//! Invoices as PDF, for those who may not name the crate that sets them.
//!
//! Decided here: one engine per process, made when the first invoice is rendered and shared after
//! that, because making it parses the fonts.

use std::sync::{Arc, OnceLock};

pub use invoice_pdf::{
    BillTo, Brand, BrandColor, CreatedAt, Field, Highlight, InvoiceDocument, Labels, Line,
    LineGroup, Logo, PdfError, Status, TaxLine, Tone, Totals,
};

/// The engine of this process; clones share it.
#[derive(Debug, Clone, Default)]
pub struct PdfEngine(Arc<OnceLock<invoice_pdf::Engine>>);

impl PdfEngine {
    /// The PDF file of a document. The same document always gives the same bytes.
    pub fn render(&self, document: &InvoiceDocument) -> Result<Vec<u8>, PdfError> {
        self.0.get_or_init(invoice_pdf::Engine::new).render(document)
    }
}
