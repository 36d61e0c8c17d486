//! Which deployment a command works on: its data directory, its database, its clock.
//!
//! Decided here: where these are when nothing is said, and that no command but `serve` and `demo`
//! makes a new database, so that a mistyped directory is noticed. A database that was run with the
//! simulated clock stays with it: the two would disagree about what is due.

use std::path::{Path, PathBuf};

use adapters::{
    clock::Clock,
    data_dir::DataDir,
    ids::Ids,
    mail::MailSink,
    vault::Vault,
    webhook_client::{Reach, WebhookClient},
};
use anyhow::{Context, bail};
use app::{
    App,
    outside::{Outside, PaymentSettings, WebhookSender},
    portals::{Platform, Portals},
};
use clap::{Args, ValueEnum};
use store::db::Db;

use super::{misuse, smtp::SmtpAddress, stripe::Payments};

/// Where data is when nothing is said.
const DATA_DIR: &str = "./trunkline-data";
/// The SQLite file in the data directory.
pub(crate) const FILE_NAME: &str = "trunkline.db";

/// Options that every command has.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Deployment")]
pub(crate) struct DeploymentArgs {
    /// Directory of the database, PDFs and mails
    /// [default: ./trunkline-data; demo: ./trunkline-demo].
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Database, sqlite:PATH or postgres://… [default: a SQLite file in the data directory].
    #[arg(long = "db", global = true, value_name = "URL", env = "DATABASE_URL")]
    #[arg(hide_env_values = true)]
    url: Option<String>,
    /// Whose time it is [default: simulated where the database was run so before, else system].
    #[arg(long, global = true, value_name = "CLOCK")]
    clock: Option<ClockKind>,
    /// Mail server, smtp://HOST or smtps://HOST [default: mails are written to the data directory].
    #[arg(long, global = true, value_name = "URL", env = "TRUNKLINE_SMTP")]
    #[arg(hide_env_values = true)]
    smtp: Option<SmtpAddress>,
    /// Where this server's pages are for customers, like `https://billing.example.com`; mails carry
    /// links to invoices only with it.
    #[arg(long, global = true, value_name = "URL", env = "TRUNKLINE_PUBLIC_URL")]
    public_url: Option<String>,
    /// Domain of the portals, reached over TLS: itself the operator's, one label below it each
    /// partner's (default: this machine only, partners below `/p/<slug>`).
    #[arg(long, global = true, value_name = "HOST", env = "TRUNKLINE_DOMAIN")]
    domain: Option<String>,
    /// What the platform is called; never shown to tenants [default: Trunkline].
    #[arg(long, global = true, value_name = "NAME", env = "TRUNKLINE_PLATFORM_NAME")]
    platform_name: Option<String>,
    /// Where partners ask the operator [default: nowhere].
    #[arg(long, global = true, value_name = "EMAIL", env = "TRUNKLINE_SUPPORT_EMAIL")]
    support_email: Option<String>,
    /// Where webhooks may be sent [default: public].
    #[arg(long, global = true, value_name = "REACH", env = "TRUNKLINE_WEBHOOK_TARGETS")]
    webhook_targets: Option<WebhookTargets>,
}

/// The variable that holds the keys that seal secrets: 32 bytes each in hex or base64, separated
/// by commas; the first seals, all open. A variable only, because command lines can be seen.
const SECRET_KEY_VARIABLE: &str = "TRUNKLINE_SECRET_KEY";

/// How far webhooks reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WebhookTargets {
    /// Over https to public addresses.
    Public,
    /// Anywhere, private addresses and http included; for local runs only.
    Anywhere,
}

/// Whose time a deployment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClockKind {
    /// Stands still until it is moved forward.
    Simulated,
    /// The machine's.
    System,
}

/// Whether a database may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It must be there.
    Refuse,
    /// It is made where it is missing.
    Create,
}

impl DeploymentArgs {
    /// The data directory.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.as_deref().unwrap_or(Path::new(DATA_DIR))
    }

    /// The same deployment, with this data directory unless one was named.
    pub(crate) fn or_data_dir(mut self, default: &str) -> Self {
        self.data_dir.get_or_insert_with(|| default.into());
        self
    }

    /// The database as it was named, if it was.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref().filter(|url| !url.is_empty())
    }

    /// Everything a use case needs.
    pub(crate) async fn open(&self, missing: Missing) -> anyhow::Result<App> {
        let db = self.open_database(missing).await?;
        let clock = self.clock(&db).await?;
        let outside = Payments::from_environment(&clock)?.into_outside(self.outside()?);
        let app = App::new(db, clock, Ids::Random).with_outside(outside);
        Ok(app.on_platform(self.platform()))
    }

    /// What the platform is called, and where its portals are.
    pub(crate) fn platform(&self) -> Platform {
        let default = Platform::default();
        let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Platform {
            name: said(&self.platform_name).unwrap_or(default.name),
            support_email: said(&self.support_email).unwrap_or_default(),
            portals: match said(&self.domain) {
                Some(domain) => Portals::Hosts { domain: domain.to_ascii_lowercase() },
                None => default.portals,
            },
        }
    }

    /// Whether portals have a domain, so that other machines may ask.
    pub(crate) fn has_domain(&self) -> bool {
        matches!(self.platform().portals, Portals::Hosts { .. })
    }

    /// The outside world: PDFs go to the data directory, mails to the mail server or there too.
    fn outside(&self) -> anyhow::Result<Outside> {
        let inside = self.inside()?;
        Ok(match &self.smtp {
            Some(server) => Outside { mail: MailSink::Smtp(Box::new(server.config())), ..inside },
            None => inside,
        })
    }

    /// The outside world kept in the data directory: no mail leaves the machine.
    pub(crate) fn inside(&self) -> anyhow::Result<Outside> {
        let reach = match self.webhook_targets {
            None | Some(WebhookTargets::Public) => Reach::Public,
            Some(WebhookTargets::Anywhere) => Reach::Anywhere,
        };
        Ok(Outside {
            mail: MailSink::Folder(self.data_dir().join("mails")),
            files: DataDir::Folder(self.data_dir().to_owned()),
            vault: self.vault()?,
            webhooks: WebhookSender {
                client: WebhookClient::new(reach),
                ..WebhookSender::default()
            },
            payments: self.payments()?,
            ..Outside::default()
        })
    }

    /// What payers and the processor are shown of this deployment.
    fn payments(&self) -> anyhow::Result<PaymentSettings> {
        let public_url = self.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
        let is_web = public_url.starts_with("https://") || public_url.starts_with("http://");
        if !public_url.is_empty() && !is_web {
            return Err(misuse(format!(
                "--public-url {public_url}: name an address that begins with https://"
            )));
        }
        let default = PaymentSettings::default();
        let base_url = match public_url {
            "" => default.base_url,
            url => url.to_owned(),
        };
        Ok(PaymentSettings { base_url, ..default })
    }

    /// The keys that the environment names, or the data directory's, which are made at first use.
    fn vault(&self) -> anyhow::Result<Vault> {
        match std::env::var(SECRET_KEY_VARIABLE) {
            Ok(keys) => Vault::parse(&keys).context(SECRET_KEY_VARIABLE),
            Err(_) => Ok(Vault::in_folder(self.data_dir())?),
        }
    }

    /// The database, brought up to date.
    pub(crate) async fn open_database(&self, missing: Missing) -> anyhow::Result<Db> {
        if let Some(url) = self.url() {
            let opened = Db::open(url).await;
            return opened.context("cannot open the database that --db or DATABASE_URL names");
        }
        let file = self.data_dir().join(FILE_NAME);
        if missing == Missing::Refuse && !file.exists() {
            bail!(
                "there is no database in {}; name its directory with --data-dir (the demo's is \
                 ./trunkline-demo) or the database with --db",
                self.data_dir().display()
            );
        }
        std::fs::create_dir_all(self.data_dir())
            .with_context(|| format!("cannot make the directory {}", self.data_dir().display()))?;
        let opened = Db::open_file(&file).await;
        opened.with_context(|| format!("cannot open the database {}", file.display()))
    }

    async fn clock(&self, db: &Db) -> anyhow::Result<Clock> {
        let mut tx = db.begin_read().await?;
        let stands_at = store::operator::simulated_clock(&mut tx).await?;
        tx.commit().await?;
        match (self.clock, stands_at) {
            (None | Some(ClockKind::Simulated), Some(now)) => Ok(Clock::simulated(now)),
            (Some(ClockKind::Simulated), None) => Ok(Clock::simulated(Clock::System.now())),
            (None | Some(ClockKind::System), None) => Ok(Clock::System),
            (Some(ClockKind::System), Some(now)) => Err(misuse(format!(
                "--clock system: this database was run with the simulated clock, which stands at \
                 {now}; leave --clock out or use another database"
            ))),
        }
    }
}

/// Runs `work` to its end on a runtime of its own.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("cannot start the runtime")?.block_on(work)
}
