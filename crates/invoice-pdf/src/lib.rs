//! Invoices as PDF: pages in, bytes out.
//!
//! Decided here: how an invoice looks, where its lines break and where its pages turn. Never done
//! here: arithmetic on money, formatting of amounts or dates, reading a clock, drawing a random
//! number. An [`InvoiceDocument`] carries strings that were formatted and stored when the invoice
//! was issued, and the PDF prints exactly those.
//!
//! Invariants:
//! - The same document gives the same bytes, today and in a year.
//! - No input panics. What cannot be printed is an error ([`PdfError`]) that names the reason.
//! - The file names the brand and nobody else: author, creator and producer are the brand's name.
//!
//! ```
//! let engine = invoice_pdf::Engine::new();
//! let pdf = engine.render(&invoice_pdf::samples::usual())?;
//! assert!(pdf.starts_with(b"%PDF"));
//! # Ok::<(), invoice_pdf::PdfError>(())
//! ```
//!
//! Text is set in Inter, which covers Latin, Greek and Cyrillic. A character outside the font is
//! printed as a question mark.

mod canvas;
mod color;
mod document;
mod engine;
mod error;
mod font;
mod labels;
mod layout;
mod logo;
mod paint;
pub mod samples;
mod structure;
mod text;

pub use color::BrandColor;
pub use document::{
    BillTo, Brand, CreatedAt, Field, Highlight, InvoiceDocument, Line, LineGroup, Paper, PayLink,
    Status, TaxLine, Tone, Totals,
};
pub use engine::Engine;
pub use error::PdfError;
pub use labels::Labels;
pub use logo::Logo;
