//! What can go wrong while a PDF is made.

/// Why no PDF was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// The logo cannot be used. The caller may render again without it.
    #[error("logo: {0}")]
    Logo(String),
    /// The brand colour is not written as `#rrggbb`.
    #[error("brand colour {0:?} is not written as #rrggbb")]
    Color(String),
    /// The document needs more pages than one file may have.
    #[error("the document does not fit on {limit} pages")]
    TooManyPages {
        /// The most pages one document may have.
        limit: usize,
    },
    /// The document carries more text than one file may have.
    #[error("the document has more than {limit} bytes of text")]
    TooMuchText {
        /// The most bytes of text one document may have.
        limit: usize,
    },
    /// The PDF writer refused the finished pages, for instance because a font cannot be embedded.
    #[error("pdf writer: {0}")]
    Writer(String),
}
