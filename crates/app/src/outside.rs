//! What use cases reach beyond the database: mail, files, PDFs, the payment gateway.
//!
//! Decided here: an app that says nothing keeps everything in this process, so that tests and
//! first steps send no mail and write no file.

use adapters::{
    data_dir::DataDir,
    gateway::{Gateway, SandboxMethod},
    mail::MailSink,
    pdf::PdfEngine,
};

/// The outside world of one app; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Where mails go.
    pub mail: MailSink,
    /// Where payments are made.
    pub gateway: Gateway,
    /// What automatic payments are charged to: tenants have no saved methods yet.
    pub auto_pay_method: SandboxMethod,
    /// Where finished files are kept.
    pub files: DataDir,
    /// What sets PDFs.
    pub pdf: PdfEngine,
}
