//! What the demo tells a newcomer at its end.
//!
//! Decided here: which figures are shown, in which order: what came in, what was refused and why,
//! what was billed and earned, who paid, where the files are, what to try next.

use std::collections::BTreeMap;

use adapters::clock::Stopwatch;
use app::{App, figures::PartnerFigures, ingest::ImportReport};
use domain::{
    money::{Currency, Micros, Minor},
    time::Timestamp,
};

use super::{
    shown,
    story::{START, Told},
    world::{PARTNERS, tenants},
};
use crate::cli::{
    DeploymentArgs, Output,
    wording::{count, minutes},
};

/// Its invoices have lines of many kinds: the best ones to ask about.
pub(super) const EXAMPLE_TENANT: &str = "Bright Loop Logistics";

/// The whole summary.
pub(super) async fn show(
    app: &App,
    (told, watch): (&Told, Stopwatch),
    deployment: &DeploymentArgs,
    output: &mut Output,
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let tenants = tenants()?.len();
    output.line(&format!(
        "An operator, {} partners and {tenants} tenants lived from {} to {}.\n",
        PARTNERS.len(),
        day(Timestamp::parse(START)?),
        day(now)
    ))?;
    output.text(&came_in(&told.imports)?)?;
    output.text(&billed(told))?;
    show_partners(app, output).await?;
    output.text(&paid(told))?;
    show_next_steps(app, deployment, output).await?;
    let seconds = watch.elapsed().as_millis();
    output.line(&format!(
        "All of this took {}.{:01} s.",
        seconds / 1_000,
        seconds % 1_000 / 100
    ))?;
    Ok(())
}

fn day(instant: Timestamp) -> String {
    domain::time::Zone::UTC.day_of(instant).display()
}

/// Files and rows, and what became of them.
fn came_in(imports: &[(String, ImportReport)]) -> anyhow::Result<String> {
    let mut all = ImportReport::default();
    let mut text = "CALL RECORDS IN\n".to_owned();
    for (name, report) in imports {
        all.add(report)?;
        text += &format!("  {name:<34}{:>8} rows\n", count(report.rows));
    }
    text += &format!(
        "  {} calls priced, {} minutes billed\n",
        count(all.rated),
        minutes(all.billed_seconds)
    );
    let reasons: BTreeMap<String, u64> =
        all.free.iter().map(|(reason, number)| ((*reason).to_owned(), *number)).collect();
    text += &list("free of charge", &reasons, free_reason);
    let reasons: BTreeMap<String, u64> =
        all.unrated.iter().map(|(reason, number)| ((*reason).to_owned(), *number)).collect();
    text += &list("kept without a price", &reasons, unrated_reason);
    text += &format!("  {} delivered twice, counted once\n", count(all.duplicates));
    text += &list("refused and kept", &all.rejects, reject_reason);
    Ok(text + "\n")
}

/// A count and its parts, largest first.
fn list(
    what: &str,
    counts: &BTreeMap<String, u64>,
    wording: for<'a> fn(&'a str) -> &'a str,
) -> String {
    let mut counts: Vec<(&String, &u64)> = counts.iter().collect();
    counts.sort_by_key(|(name, number)| (std::cmp::Reverse(**number), *name));
    let parts: Vec<String> = counts
        .iter()
        .map(|(name, number)| format!("{} {}", count(**number), wording(name)))
        .collect();
    let sum = counts.iter().map(|(_, number)| **number).sum();
    format!("  {} {what}: {}\n", count(sum), parts.join(", "))
}

fn free_reason(code: &str) -> &str {
    match code {
        "unanswered" => "unanswered",
        "internal" => "between a tenant's own phones",
        "never_billed" => "emergency and feature codes",
        "other_leg" => "second legs of a call",
        "not_a_call" => "switch rows without a call",
        other => other,
    }
}

fn unrated_reason(code: &str) -> &str {
    match code {
        "no_retail_rate" => "to places the tenant's profile has no price for",
        "no_wholesale_rate" => "to places the operator has no price for",
        other => other,
    }
}

fn reject_reason(code: &str) -> &str {
    match code {
        "unknown_owner" => "of numbers nobody has",
        "unknown_account" => "of accounts nobody has",
        "conflict" => "delivered before with other content",
        "absurd_duration" => "with an impossible duration",
        "end_before_start" => "that ended before they began",
        "invalid_field" => "with a value that is none",
        "malformed_json" => "that are no JSON",
        "missing_field" => "without an id or an end",
        "not_utf8" => "that are no UTF-8",
        "stray_quote" => "with a stray quote",
        "wrong_column_count" => "with too few columns",
        other => other,
    }
}

fn billed(told: &Told) -> String {
    let due = &told.due;
    format!(
        "BILLED\n  periods closed {}, invoices issued {}, trials converted {}, \
         invoices overdue {}\n  tenants flagged {}, suspended {}, restored {}\n",
        count(due.periods),
        count(due.invoices),
        count(due.trials_converted),
        count(due.overdue),
        count(due.flagged),
        count(due.suspended),
        count(due.restored)
    )
}

/// A table of the partners' figures.
pub(super) async fn show_partners(app: &App, output: &mut Output) -> anyhow::Result<()> {
    let mut columns = Vec::new();
    for plan in &PARTNERS {
        let partner = app.partner_named(plan.slug).await?;
        columns.push(app.partner_figures(partner.partner_id).await?);
    }
    let row = |name: &str, value: &dyn Fn(&PartnerFigures) -> String| {
        let values: String =
            columns.iter().map(|figures| format!("{:>18}", value(figures))).collect();
        format!("  {name:<34}{values}\n")
    };
    let retail = |of: fn(&PartnerFigures) -> Minor| {
        move |figures: &PartnerFigures| figures.currency.display(of(figures))
    };
    let wholesale = |of: fn(&PartnerFigures) -> Micros| {
        move |figures: &PartnerFigures| micros(figures.operator_currency, of(figures))
    };
    let margin = |figures: &PartnerFigures| {
        figures.margin.map_or_else(String::new, |margin| micros(figures.operator_currency, margin))
    };
    let text = [
        row("", &|figures| figures.name.clone()),
        row("invoices", &|figures| count(figures.invoices.values().sum())),
        row("invoice lines", &retail(|figures| figures.subtotal)),
        row("taxes", &retail(|figures| figures.tax)),
        row("billed in all", &retail(|figures| figures.total)),
        row("paid", &retail(|figures| figures.paid)),
        row("covered by credit", &retail(|figures| figures.credited)),
        row("still to be paid", &retail(|figures| figures.due)),
        row("  of which overdue", &retail(|figures| figures.overdue)),
        row("wholesale cost", &wholesale(|figures| figures.wholesale)),
        row("margin (lines less wholesale)", &margin),
        row("left in the wallet", &wholesale(|figures| figures.wallet)),
    ];
    output.line(&text.concat())?;
    Ok(())
}

/// To the minor unit, for people.
fn micros(currency: Currency, amount: Micros) -> String {
    currency.display(currency.round_micros(amount))
}

fn paid(told: &Told) -> String {
    let mut text = "PAYMENTS (sandbox: no money moves)\n".to_owned();
    for (result, (number, sum)) in &told.payments {
        text += &format!("  {result:<14}{:>4}  {:>12}\n", number, Currency::USD.display(*sum));
    }
    let outbox = &told.outbox;
    let jobs = count(outbox.done);
    text += &format!("\nSENT\n  {jobs} jobs done, {} mails sent\n", count(outbox.sent));
    let failed = outbox.retried + outbox.given_up;
    if failed > 0 {
        text += &format!("  {} failed\n", count(failed));
    }
    text += &format!("\nBOOKS\n  {}\n\n", crate::cli::check_summary(&told.check).trim_end());
    text
}

/// Where things are, and what to try.
pub(super) async fn show_next_steps(
    app: &App,
    deployment: &DeploymentArgs,
    output: &mut Output,
) -> anyhow::Result<()> {
    super::people::show(app, output)?;
    let directory = shown(deployment.data_dir());
    let mut text = format!(
        "WHERE\n  call records  {directory}/cdrs\n  invoices      {directory}/pdf\n  \
         mails         {directory}/mails\n\n"
    );
    let partner = app.partner_named(PARTNERS[0].slug).await?;
    let invoices = app.invoices(partner.partner_id, None).await?;
    let example = invoices.iter().rev().find(|it| it.issued_as.tenant_name == EXAMPLE_TENANT);
    // Numbers are a partner's own, so the id says which.
    let id = example.map_or_else(String::new, |invoice| invoice.invoice_id.to_string());
    let program = std::env::args().next().unwrap_or_else(|| "trunkline".to_owned());
    let mut option = format!("--data-dir {directory}");
    if deployment.url().is_some() {
        // Never shown as it is: there may be a password in it.
        option += " --db URL";
    }
    text += "TRY\n";
    for command in [&*format!("explain invoice {id}"), "rejects list", "check"] {
        text += &format!("  {program} {command} {option}\n");
    }
    text.push('\n');
    output.text(&text)?;
    Ok(())
}
