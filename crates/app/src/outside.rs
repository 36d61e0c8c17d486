//! What use cases reach beyond the database: mail, files, PDFs, the payment gateway, receivers of
//! webhooks, and the keys that seal secrets.
//!
//! Decided here: an app that says nothing keeps everything in this process, so that tests and
//! first steps send no mail and write no file.

use adapters::{
    data_dir::DataDir, mail::MailSink, pdf::PdfEngine, processor::Processor, vault::Vault,
    webhook_client::WebhookClient,
};

use crate::processor_events::EventSecrets;

/// The outside world of one app; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Where mails go.
    pub mail: MailSink,
    /// Who moves money.
    pub processor: Processor,
    /// What its events are held against.
    pub events: EventSecrets,
    /// What payers and the processor are shown of this deployment.
    pub payments: PaymentSettings,
    /// Where finished files are kept.
    pub files: DataDir,
    /// What sets PDFs.
    pub pdf: PdfEngine,
    /// What seals secrets before they are stored.
    pub vault: Vault,
    /// How webhooks are sent.
    pub webhooks: WebhookSender,
}

/// What payers and the processor are shown of this deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentSettings {
    /// What statements of charges on the operator's account show where a partner chose nothing
    /// (STR-16); its first ten characters stand before what a partner chose.
    pub descriptor: String,
    /// The operator's key for browsers.
    pub publishable_key: String,
    /// The script that takes card data in the browser; none where there is no processor.
    pub script_url: Option<String>,
    /// Where this deployment is reached from outside, without a slash at the end.
    pub base_url: String,
}

/// Where a deployment is reached that says nothing: from its own machine.
const HERE: &str = "http://127.0.0.1:8080";

impl PaymentSettings {
    /// Whether customers can reach this deployment: mails to them carry links only then.
    pub fn is_reachable(&self) -> bool {
        !self.base_url.is_empty() && self.base_url != HERE
    }
}

impl Default for PaymentSettings {
    fn default() -> Self {
        Self {
            descriptor: "TRUNKLINE".to_owned(),
            publishable_key: "pk_test_sandbox".to_owned(),
            script_url: None,
            base_url: HERE.to_owned(),
        }
    }
}

/// How webhooks are sent.
#[derive(Debug, Clone)]
pub struct WebhookSender {
    /// What sends them, and how far it reaches.
    pub client: WebhookClient,
    /// The name of the documented signature's header.
    pub signature_header: String,
    /// How long a message is one sender's, in seconds of the machine: longer than it can take, so
    /// that nobody else sends it meanwhile, and short, because a killed sender's wait so long.
    pub lease_seconds: i64,
}

impl Default for WebhookSender {
    fn default() -> Self {
        Self {
            client: WebhookClient::default(),
            signature_header: "X-Trunkline-Signature".to_owned(),
            lease_seconds: 15,
        }
    }
}
