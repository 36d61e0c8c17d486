//! `trunkline users`: people who sign in, from the deployment's own command line.
//!
//! Decided here: a person is made with a password, which is drawn unless one is piped in, and
//! printed once, alone on standard output. Whoever runs commands on the deployment vouches for the
//! address, so it counts as confirmed. The audit log of the account says that the command line did
//! it.

use std::io::Read;

use anyhow::Context;
use app::{
    App,
    people::NewUser,
    requests::{Actor, ActorKind, Asking},
};
use clap::{Args, Subcommand};
use domain::{
    ids::{RequestKind, TenantId},
    user::{Account, Role},
};

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
    misuse,
};

/// Most bytes of a password that are read.
const MAX_PASSWORD: u64 = 1_000;

/// What to do with people.
#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Make somebody who may sign in, and print the password; it is shown this once.
    Create(CreateArgs),
}

/// Flags of `users create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// The address to sign in with.
    #[arg(long)]
    email: String,
    /// What the person is called.
    #[arg(long)]
    name: String,
    /// Slug or id of the partner it belongs to [default: the operator].
    #[arg(long, value_name = "PARTNER")]
    partner: Option<String>,
    /// The partner's tenant it belongs to.
    #[arg(long, value_name = "ID", requires = "partner")]
    tenant: Option<TenantId>,
    /// What it may do, like operator_viewer or partner_user [default: the account's admin].
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Option<Role>,
    /// Read the password from standard input instead of drawing one.
    #[arg(long)]
    password_stdin: bool,
}

fn role(text: &str) -> Result<Role, String> {
    let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    Role::parse(text).ok_or_else(|| format!("must be one of {}", names.join(", ")))
}

impl UsersCommand {
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
            }
            Ok(Ending::Well)
        })
    }
}

async fn create(app: &App, args: CreateArgs, output: &mut Output) -> anyhow::Result<()> {
    let partner = match &args.partner {
        Some(name) => Some(app.partner_called(name).await.context("--partner")?.partner_id),
        None => None,
    };
    let account = Account::of(partner, args.tenant);
    let new = NewUser {
        email: args.email,
        name: args.name,
        role: args.role.unwrap_or(Role::admin_of(account.layer())),
    };
    let drawn = adapters::secrets::ShownOnce::password();
    let password = if args.password_stdin { piped()? } else { drawn.reveal().to_owned() };
    let asking = Asking {
        owner: partner,
        actor: Actor {
            kind: ActorKind::Command,
            id: "trunkline users".to_owned(),
            name: "command line".to_owned(),
        },
        request_id: app.ids.draw::<RequestKind>(app.clock.now()).to_string(),
        ip: String::new(),
        repeat: None,
    };
    app.noted(&asking, ("user.create", args.tenant), async |app| {
        Ok(app.create_user(account, &new, &password).await?.user_id.to_string())
    })
    .await?;
    if !args.password_stdin {
        output.line(&password)?;
    }
    Ok(())
}

/// The first line of standard input.
fn piped() -> anyhow::Result<String> {
    let mut text = String::new();
    let read = std::io::stdin().take(MAX_PASSWORD).read_to_string(&mut text);
    read.context("the password on standard input")?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(misuse("--password-stdin: there is no password on standard input")),
    }
}
