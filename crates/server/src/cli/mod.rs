//! The command line: which commands there are, and what their exit codes mean.
//!
//! Decided here: 0 is success, 1 a failure or something found, 2 a command line that cannot be
//! meant. Results go to stdout, everything else to stderr; an error is one line that names the
//! value and says what to do. A reader that goes away (`| head`) is no error.

mod api;
mod bench;
mod calc;
mod check;
mod demo;
mod deployment;
mod due;
mod explain;
mod export;
mod import;
mod keys;
mod output;
mod rejects;
mod serve;
mod smtp;
mod stripe;
mod users;
pub(crate) mod wording;

use std::process::ExitCode;

use clap::{Parser, Subcommand, error::ErrorKind};
use tracing_subscriber::filter::{EnvFilter, LevelFilter};

pub(crate) use self::{
    check::for_people as check_summary,
    deployment::{DeploymentArgs, Missing},
    output::Output,
};

/// White-label telecom billing: call records in, invoices and balanced books out.
#[derive(Debug, Parser)]
#[command(name = "trunkline", version)]
// Examples are shown as they are typed and answered, so nothing is wrapped.
#[command(term_width = 0)]
struct Cli {
    #[command(flatten)]
    deployment: DeploymentArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replay two months of an invented operator's business, and serve the result.
    Demo(demo::DemoArgs),
    /// Serve pages on this machine, and do what falls due.
    Serve(serve::ServeArgs),
    /// Import files of call records; importing one twice changes nothing.
    ImportCdrs(import::ImportArgs),
    /// Show refused rows, or try them again.
    #[command(subcommand)]
    Rejects(rejects::RejectsCommand),
    /// Do everything that is due: close periods, issue invoices with PDFs and mails, debit months.
    RunDue(due::DueArgs),
    /// Derive the books again and name each difference.
    Check(check::CheckArgs),
    /// Explain an invoice, a line or a call, down to the price.
    #[command(subcommand)]
    Explain(explain::ExplainCommand),
    /// Write the books of a month as CSV, for accountants.
    #[command(subcommand)]
    Export(export::ExportCommand),
    /// Make, list and revoke keys of the API.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Make people who sign in, the operator's first administrator above all.
    #[command(subcommand)]
    Users(users::UsersCommand),
    /// Ask the API of a running server, or print its OpenAPI document.
    Api(api::ApiArgs),
    /// Measure how fast this machine does the main work, against a bare baseline.
    #[command(subcommand)]
    Bench(bench::BenchCommand),
    /// Calculate prices, periods and invoices without a database.
    #[command(subcommand)]
    Calc(calc::Calculator),
}

/// How a command ended, short of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All is well.
    Well,
    /// It ran to its end, and something was found or refused on the way, which it has shown.
    WithFindings,
}

/// A command line that cannot be meant; told apart from failures by its exit code.
#[derive(Debug)]
struct Misuse(String);

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// An error about the command line itself.
pub(crate) fn misuse(why: impl ToString) -> anyhow::Error {
    Misuse(why.to_string()).into()
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version are answers, not errors; clap knows which is which.
        Err(error) if error.use_stderr() => {
            if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                eprint!("{error}");
                return ExitCode::from(2);
            }
            eprintln!("trunkline: {}", first_paragraphs(&error.render().to_string()));
            return ExitCode::from(2);
        }
        Err(answer) => {
            // A reader that goes away while help is printed has seen enough.
            let _ = answer.print();
            return ExitCode::SUCCESS;
        }
    };
    start_log();
    // Should a dependency bring a second provider of cryptography, ours stays the one in use. An
    // error says that it is already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut output = Output::stdout();
    let ended = dispatch(cli, &mut output);
    let ended = ended.and_then(|ending| output.flush().map(|()| ending).map_err(Into::into));
    match ended {
        Ok(Ending::Well) => ExitCode::SUCCESS,
        Ok(Ending::WithFindings) => ExitCode::from(1),
        Err(error) if output::is_reader_gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trunkline: {}", one_line(&error));
            ExitCode::from(if error.is::<Misuse>() { 2 } else { 1 })
        }
    }
}

/// Diagnostics go to standard error; `RUST_LOG` says which.
fn start_log() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into());
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr);
    log.with_env_filter(filter.from_env_lossy()).init();
}

fn dispatch(cli: Cli, output: &mut Output) -> anyhow::Result<Ending> {
    let deployment = &cli.deployment;
    match cli.command {
        Command::Demo(args) => args.run(deployment, output),
        Command::Serve(args) => args.run(deployment, output),
        Command::ImportCdrs(args) => args.run(deployment, output),
        Command::Rejects(command) => command.run(deployment, output),
        Command::RunDue(args) => args.run(deployment, output),
        Command::Check(args) => args.run(deployment, output),
        Command::Explain(command) => command.run(deployment, output),
        Command::Export(command) => command.run(deployment, output),
        Command::Keys(command) => command.run(deployment, output),
        Command::Users(command) => command.run(deployment, output),
        Command::Api(args) => args.run(output),
        Command::Bench(command) => command.run(deployment, output),
        Command::Calc(calculator) => calculator.run(output),
    }
}

/// What clap says is wrong, as one line without the usage that follows.
fn first_paragraphs(text: &str) -> String {
    let said = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let said = said.filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let said: Vec<&str> = said.collect();
    let said = said.join(" ");
    format!("{}; see --help", said.strip_prefix("error: ").unwrap_or(&said))
}

/// The error and what led to it, without repeating a cause that the error quotes already.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.contains(&cause) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause);
    }
    line.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_error_is_one_line_and_says_nothing_twice() {
        let error = anyhow::anyhow!("disk\nfull").context("disk\nfull at 3").context("no file");
        assert_eq!(one_line(&error), "no file: disk full at 3");
    }
}
