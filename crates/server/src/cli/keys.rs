//! `trunkline keys`: keys of the API, from the deployment's own command line.
//!
//! Decided here: a key's text is printed once, alone on standard output, so that a script can take
//! it; nothing else ever shows it. What is done here is written into the audit log of the key's
//! owner like a request, with the actor `command`.

use std::collections::BTreeSet;

use anyhow::Context;
use app::{
    App,
    error::AppError,
    keys::NewKey,
    requests::{Actor, ActorKind, Answer, Asking, Change, Done, Performed},
    resource,
};
use clap::{Args, Subcommand};
use domain::{
    api_key::{ApiKey, ApiKeyStatus, DEFAULT_RATE, Scope},
    ids::{ApiKeyId, PartnerId, RequestKind, TenantId},
    paging::{Neighbour, Order, PageRequest, Side},
    time::Timestamp,
};

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
};

/// Keys read at once.
const PAGE: u16 = 200;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key and print it; it is shown this once.
    Create(CreateArgs),
    /// List keys without their text: id, owner, status, scopes, name.
    List(OwnerArgs),
    /// Take a key back for good; within a minute it works nowhere.
    Revoke(RevokeArgs),
}

/// Flags of `keys create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    owner: CreateOwner,
    /// What the key is called.
    #[arg(long)]
    name: String,
    /// What it may do, like billing:read; may be repeated [default: everything].
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',')]
    scopes: Vec<Scope>,
    /// The only tenants it reaches; may be repeated [default: all].
    #[arg(long = "tenant", value_name = "ID", value_delimiter = ',')]
    tenants: Vec<TenantId>,
    /// Requests a minute, up to 10000.
    #[arg(long, value_name = "NUMBER", default_value_t = DEFAULT_RATE)]
    rate: u32,
    /// From when on it no longer works, like 2027-01-01T00:00:00Z [default: never].
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    expires: Option<Timestamp>,
}

/// Whose key it becomes.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct CreateOwner {
    /// Slug or id of the partner whose key it is.
    #[arg(long, value_name = "PARTNER")]
    partner: Option<String>,
    /// The operator's key.
    #[arg(long)]
    operator: bool,
}

/// Whose keys.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct OwnerArgs {
    /// Slug or id of a partner, to see its keys only [default: everybody's].
    #[arg(long, value_name = "PARTNER")]
    partner: Option<String>,
    /// The operator's keys only.
    #[arg(long)]
    operator: bool,
}

/// Flags of `keys revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// Id of the key, like key_01k9zq4v8m6s3t2r1p0n9m8k7j.
    id: ApiKeyId,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.to_string())
}

impl KeysCommand {
    /// Does it.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        block_on(async {
            let app = deployment.open(Missing::Refuse).await?;
            match self {
                Self::Create(args) => create(&app, args, output).await?,
                Self::List(args) => list(&app, &args, output).await?,
                Self::Revoke(args) => revoke(&app, args.id, output).await?,
            }
            Ok(Ending::Well)
        })
    }
}

async fn create(app: &App, args: CreateArgs, output: &mut Output) -> anyhow::Result<()> {
    let owner = match &args.owner.partner {
        Some(name) => Some(app.partner_called(name).await.context("--partner")?.partner_id),
        None => None,
    };
    let scopes: BTreeSet<Scope> = args.scopes.into_iter().collect();
    let tenants: BTreeSet<TenantId> = args.tenants.into_iter().collect();
    let new = NewKey {
        name: args.name,
        scopes: if scopes.is_empty() { Scope::all_of(owner) } else { scopes },
        tenants: if tenants.is_empty() { None } else { Some(tenants) },
        rate_per_minute: args.rate,
        expires_at: args.expires,
    };
    let text = perform(app, owner, async |app| {
        let (key, secret) = app.create_key(owner, None, &new).await?;
        done("api_key.create", (&key, app), None, secret.reveal())
    })
    .await?;
    output.line(&text)?;
    Ok(())
}

async fn revoke(app: &App, key_id: ApiKeyId, output: &mut Output) -> anyhow::Result<()> {
    let owner = app.key_owner(key_id).await?;
    let text = perform(app, owner, async |app| {
        let before = app.key(owner, key_id).await?;
        let key = app.revoke_key((owner, None), key_id).await?;
        let before = if before.revoked_at.is_some() { None } else { Some(&before) };
        done("api_key.revoke", (&key, app), before, &format!("{key_id} is revoked"))
    })
    .await?;
    output.line(&text)?;
    Ok(())
}

/// Does `work` as one transaction with its audit entry, and gives what it said.
async fn perform(
    app: &App,
    owner: Option<PartnerId>,
    work: impl AsyncFn(&App) -> app::error::Result<Done>,
) -> anyhow::Result<String> {
    let request_id = app.ids.draw::<RequestKind>(app.clock.now());
    let actor = Actor {
        kind: ActorKind::Command,
        id: "trunkline keys".to_owned(),
        name: "command line".to_owned(),
    };
    let asking = Asking {
        owner,
        actor,
        request_id: request_id.to_string(),
        ip: String::new(),
        repeat: None,
    };
    match app.perform(&asking, work).await? {
        Performed::Now(answer) | Performed::Before(answer) => {
            String::from_utf8(answer.body).context("the key is no text")
        }
    }
}

/// What is said, and what is written down: the key as the API shows it.
fn done(
    action: &'static str,
    (key, app): (&ApiKey, &App),
    before: Option<&ApiKey>,
    text: &str,
) -> app::error::Result<Done> {
    let now = app.clock.now();
    let shown = |key: &ApiKey| {
        serde_json::to_value(resource::ApiKey::of(key, now))
            .map_err(|error| AppError::Broken(format!("a key is no JSON: {error}")))
    };
    let is_news = action == "api_key.create" || before.is_some();
    let change = Change {
        action,
        tenant_id: None,
        object_id: key.key_id.to_string(),
        before: before.map(shown).transpose()?,
        after: Some(shown(key)?),
    };
    let answer = Answer { status: 200, headers: Vec::new(), body: text.as_bytes().to_vec() };
    Ok(Done { answer, change: is_news.then_some(change), secret: None })
}

async fn list(app: &App, args: &OwnerArgs, output: &mut Output) -> anyhow::Result<()> {
    let mut owners: Vec<Option<PartnerId>> = Vec::new();
    match &args.partner {
        Some(name) => {
            owners.push(Some(app.partner_called(name).await.context("--partner")?.partner_id));
        }
        None => {
            owners.push(None);
            if !args.operator {
                owners.extend(app.partner_ids(None).await?.into_iter().map(Some));
            }
        }
    }
    for owner in owners {
        list_of(app, owner, output).await?;
    }
    Ok(())
}

async fn list_of(app: &App, owner: Option<PartnerId>, output: &mut Output) -> anyhow::Result<()> {
    let whose = owner.map_or_else(|| "operator".to_owned(), |partner_id| partner_id.to_string());
    let mut page = PageRequest { order: Order::Ascending, limit: PAGE, from: None };
    loop {
        let keys = app.keys(owner, &page).await?;
        for key in &keys.rows {
            let shown = resource::ApiKey::of(key, app.clock.now());
            let status = match key.status(app.clock.now()) {
                ApiKeyStatus::Active => "active",
                ApiKeyStatus::Revoked => "revoked",
                ApiKeyStatus::Expired => "expired",
            };
            output.line(&format!(
                "{}  {whose}  {}  {status}  {} scopes  {}",
                shown.id,
                shown.masked,
                shown.scopes.len(),
                shown.name
            ))?;
        }
        let Some(last) = keys.rows.last() else { return Ok(()) };
        if !keys.has_more {
            return Ok(());
        }
        let id = last.key_id.to_string();
        page.from = Some(Neighbour { side: Side::After, key: None, id });
    }
}
