//! `trunkline api`: the API of a running server, from the command line.
//!
//! Decided here: a request is named by method and path, or by its operation of the OpenAPI
//! document with `name=value` for every parameter and field; the document is part of the program,
//! so nothing is fetched to know it. The answer goes to standard output; a refusal is one line on
//! standard error and the exit code 1. A key is never printed.

mod client;
mod operation;

use std::io::Read;

use anyhow::Context;
use clap::Args;
use serde_json::Value;

use self::{
    client::{Answer, Server},
    operation::Operation,
};
use super::{Ending, Output, deployment::block_on, misuse};

/// Largest body that is sent.
const MAX_BODY: u64 = 32 << 20;

const EXAMPLES: &str = "\
Examples:
  trunkline api openapi > openapi.json
  trunkline api operations
  trunkline api GET '/v1/tenants?limit=10'
  trunkline api POST /v1/tenants --data @tenant.json
  trunkline api create_tenant name='Acme Dental' sip_prefix=ACME billing_email=books@acme.example
  trunkline api list_tenants status=active limit=10";

/// Flags of `api`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ApiArgs {
    /// METHOD PATH; or an operation and NAME=VALUE for each parameter and field, NAME:=JSON where
    /// a value is no text; or `operations` or `openapi`.
    #[arg(required = true, value_name = "REQUEST")]
    words: Vec<String>,
    /// The body: JSON, @FILE, or - for standard input.
    #[arg(long, value_name = "DATA")]
    data: Option<String>,
    /// What kind the body is [default: what the operation takes, else application/json].
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Makes a change happen once, however often it is sent.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// The key; better given by the environment, for a command line can be seen by others.
    #[arg(long, env = "TRUNKLINE_API_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Where the server is.
    #[arg(long, env = "TRUNKLINE_API_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
}

/// A request, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Request {
    method: String,
    /// Path and query.
    target: String,
    body: Option<Vec<u8>>,
    content_type: String,
}

impl ApiArgs {
    /// Does it.
    pub(crate) fn run(self, output: &mut Output) -> anyhow::Result<Ending> {
        let document = web::api::document();
        match self.words.first().map(String::as_str) {
            Some("openapi") if self.words.len() == 1 => {
                let text = serde_json::to_string_pretty(&document).context("the document")?;
                output.line(&text)?;
                return Ok(Ending::Well);
            }
            Some("operations") if self.words.len() == 1 => {
                for operation in Operation::all(&document) {
                    output.line(&operation.line())?;
                }
                return Ok(Ending::Well);
            }
            _ => {}
        }
        let request = self.request(&document)?;
        let server = Server::new(&self.url, self.key.as_deref())?;
        let sent = server.send(&request, self.idempotency_key.as_deref());
        show(&block_on(sent)?, output)?;
        Ok(Ending::Well)
    }

    fn request(&self, document: &Value) -> anyhow::Result<Request> {
        let data = self.data.as_deref().map(read).transpose()?;
        let is_method = |word: &str| {
            ["get", "head", "post", "put", "patch", "delete"].contains(&&*word.to_lowercase())
        };
        let mut request = match self.words.as_slice() {
            [method, target] if is_method(method) => {
                if !target.starts_with('/') {
                    return Err(misuse(format!(
                        "{target}: a path begins with /, like /v1/tenants"
                    )));
                }
                let content_type = "application/json".to_owned();
                let method = method.to_uppercase();
                Request { method, target: target.clone(), body: None, content_type }
            }
            [name, pairs @ ..] => {
                let known = Operation::all(document).into_iter().find(|it| it.id == name.as_str());
                let operation = known.ok_or_else(|| {
                    misuse(format!(
                        "{name}: neither METHOD PATH nor an operation; `trunkline api operations` \
                         lists these"
                    ))
                })?;
                operation.request(pairs, data.is_some()).map_err(misuse)?
            }
            [] => return Err(misuse("name a request; see --help")),
        };
        if let Some(data) = data {
            request.body = Some(data);
        }
        if let Some(kind) = &self.content_type {
            request.content_type.clone_from(kind);
        }
        Ok(request)
    }
}

fn read(data: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match data.strip_prefix('@') {
        None if data == "-" => {
            let stdin = std::io::stdin().lock();
            stdin.take(MAX_BODY + 1).read_to_end(&mut bytes).context("--data: standard input")?;
        }
        None => bytes.extend_from_slice(data.as_bytes()),
        Some(name) => {
            let file = std::fs::File::open(name).with_context(|| format!("--data: {name}"))?;
            let read = file.take(MAX_BODY + 1).read_to_end(&mut bytes);
            read.with_context(|| format!("--data: {name}"))?;
        }
    }
    if bytes.len() as u64 > MAX_BODY {
        anyhow::bail!("--data: larger than {MAX_BODY} bytes");
    }
    Ok(bytes)
}

/// Prints what came, or fails with what the server says is wrong.
fn show(answer: &Answer, output: &mut Output) -> anyhow::Result<()> {
    let json: Option<Value> =
        if answer.is_json { serde_json::from_slice(&answer.body).ok() } else { None };
    if (200..300).contains(&answer.status) {
        match json {
            Some(json) => {
                let text = serde_json::to_string_pretty(&json).context("the answer")?;
                output.line(&text)?;
            }
            None => output.bytes(&answer.body)?,
        }
        return Ok(());
    }
    let field = |name: &str| {
        let text = json.as_ref().and_then(|json| json.get(name)).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let request_id = field("request_id");
    let quote = if request_id.is_empty() { String::new() } else { format!(" ({request_id})") };
    let detail = if json.is_some() { field("detail") } else { "no problem is named".to_owned() };
    anyhow::bail!("{} {}: {detail}{quote}", answer.status, field("code"))
}
