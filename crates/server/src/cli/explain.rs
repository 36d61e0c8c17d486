//! `trunkline explain`: from an invoice to its lines, from a line to its calls, from a call to its
//! price.

use anyhow::Context;
use app::explain::Question;
use clap::{Args, Subcommand};
use domain::ids::{CallId, LineId};
use serde_json::Value;

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
};

/// What to explain.
#[derive(Debug, Subcommand)]
pub(crate) enum ExplainCommand {
    /// An invoice, by its number or id: its lines, taxes and totals.
    Invoice(InvoiceArgs),
    /// A line of an invoice: what it counts, and the calls behind it.
    Line(LineArgs),
    /// A call: whose it is, and what priced it on both sides.
    Call(CallArgs),
}

/// Which invoice.
#[derive(Debug, Args)]
pub(crate) struct InvoiceArgs {
    /// Number or id.
    invoice: String,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

/// Which line.
#[derive(Debug, Args)]
pub(crate) struct LineArgs {
    /// Id of the line, as `explain invoice` shows it.
    line: LineId,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

/// Which call.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// Id of the call, as `explain line` shows it.
    call: CallId,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

impl ExplainCommand {
    /// Explains.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        let (question, json) = match self {
            Self::Invoice(args) => (Question::Invoice(args.invoice), args.json),
            Self::Line(args) => (Question::Line(args.line), args.json),
            Self::Call(args) => (Question::Call(args.call), args.json),
        };
        block_on(async {
            let app = deployment.open(Missing::Refuse).await?;
            let explained = app.explain(&question).await.context("explain")?.0;
            if json {
                output.line(&serde_json::to_string_pretty(&explained)?)?;
            } else {
                output.text(&for_people(&explained))?;
            }
            Ok(Ending::Well)
        })
    }
}

/// The explanation as indented lines; nothing is said of what is empty.
fn for_people(value: &Value) -> String {
    let mut text = String::new();
    write_fields(&mut text, value, 0);
    text
}

/// Deeper than any explanation nests.
const MAX_DEPTH: usize = 20;

fn write_fields(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('_', " ");
                match value {
                    _ if is_empty(value) => {}
                    Value::Object(_) | Value::Array(_) => {
                        *text += &format!("{indent}{name}:\n");
                        write_fields(text, value, depth + 1);
                    }
                    value => *text += &format!("{indent}{name}: {}\n", word(value)),
                }
            }
        }
        Value::Array(entries) => {
            for entry in entries {
                let start = text.len() + indent.len();
                write_fields(text, entry, depth + 1);
                // Each entry begins with a dash in place of its indentation.
                if text.len() > start {
                    text.replace_range(start..start + 2, "- ");
                }
            }
        }
        value => *text += &format!("{indent}{}\n", word(value)),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(entries) => entries.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_see_indented_lines() {
        let value = json!({
            "amount": "1.50",
            "reason": null,
            "taxes": [],
            "calls": { "count": 2, "listed": [{ "id": "a", "talk_seconds": 6 }, { "id": "b" }] },
        });
        let expected = "amount: 1.50\ncalls:\n  count: 2\n  listed:\n    - id: a\n      \
                        talk seconds: 6\n    - id: b\n";
        assert_eq!(for_people(&value), expected);
    }
}
