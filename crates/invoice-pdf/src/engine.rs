//! The engine: fonts parsed once, then one call per invoice.

use crate::font::Fonts;
use crate::{InvoiceDocument, PdfError, layout, paint};

/// Renders invoices. Make one, share it between threads, keep it: making it parses the fonts,
/// rendering does not.
#[derive(Debug)]
pub struct Engine {
    fonts: Fonts,
}

impl Engine {
    /// Parses the embedded fonts.
    pub fn new() -> Self {
        Self { fonts: Fonts::new() }
    }

    /// The PDF file of a document. The same document always gives the same bytes.
    ///
    /// # Errors
    /// [`PdfError::TooManyPages`] or [`PdfError::TooMuchText`] if the document is beyond the size
    /// of any invoice, [`PdfError::Writer`] if the PDF writer refuses the pages.
    pub fn render(&self, document: &InvoiceDocument) -> Result<Vec<u8>, PdfError> {
        let laid_out = layout::lay_out(document, &self.fonts)?;
        paint::write(document, laid_out, &self.fonts)
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}
