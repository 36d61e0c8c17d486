//! The setup helper at the corner of every page of a partner (CHK-01 to CHK-07).
//!
//! Decided here: what its steps are called and where each is done. A step whose page is not there
//! yet is shown and leads nowhere. With nothing done it is open; after that it is a pill that opens
//! (CHK-04). It works without scripts: the pill is a switch of the browser, and what puts it away
//! is a form.

use app::dashboard::{Setup, SetupStep};
use maud::{Markup, html};

use super::{rules, shell::Frame};

/// The helper, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checklist {
    progress: String,
    is_fresh: Option<()>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    name: &'static str,
    path: Option<&'static str>,
    is_done: Option<()>,
}

/// What a step is called, and where it is done.
const fn step(step: SetupStep) -> (&'static str, &'static str) {
    match step {
        SetupStep::Customer => ("Create Your First Customer", "/tenants"),
        SetupStep::Branding => ("Set Up Your Branding", "/settings/branding"),
        SetupStep::Billing => ("Configure Billing", "/settings/billing/tenants"),
        SetupStep::Number => ("Get Your First Phone Number", "/numbers/buy"),
        SetupStep::Pricing => ("Set Your Pricing", "/settings/profiles"),
        SetupStep::Team => ("Invite Team Members", "/users"),
    }
}

impl Checklist {
    /// The helper of a partner whose setup has come so far.
    pub(crate) fn of(setup: &Setup) -> Self {
        let rows = SetupStep::ALL.into_iter().map(|it| {
            let (name, path) = step(it);
            let is_there = rules::need("GET", path).is_some();
            Row {
                name,
                path: is_there.then_some(path),
                is_done: setup.done.contains(&it).then_some(()),
            }
        });
        Self {
            progress: format!("{}/{} done", setup.done.len(), SetupStep::ALL.len()),
            is_fresh: setup.done.is_empty().then_some(()),
            rows: rows.collect(),
        }
    }

    /// The helper.
    pub(super) fn render(&self, frame: &Frame) -> Markup {
        html! {
            aside.setup aria-label="Setup" {
                details open[self.is_fresh.is_some()] {
                    summary { span aria-hidden="true" { "🚀 " } (self.progress) }
                    div.steps-card {
                        p { strong { "Get started" } }
                        ol {
                            @for row in &self.rows { li { (self.row(frame, row)) } }
                        }
                        form method="post" action=(frame.path("/setup/hide")) {
                            (frame.seal())
                            input type="hidden" name="back" value=(frame.at);
                            button.link type="submit" { "Hide for now" }
                        }
                    }
                }
            }
        }
    }

    fn row(&self, frame: &Frame, row: &Row) -> Markup {
        let (sign, word) = match row.is_done {
            Some(()) => ("✓", "Done: "),
            None => ("○", "To do: "),
        };
        html! {
            span.sign.done[row.is_done.is_some()] aria-hidden="true" { (sign) }
            span.unseen { (word) }
            @match row.path {
                Some(path) => a href=(frame.path(path)) { (row.name) },
                None => span.quietly { (row.name) " (not offered yet)" },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // CHK-01 CHK-04
    #[test]
    fn six_steps_stand_in_order_and_are_open_until_one_is_done() {
        let fresh = Checklist::of(&Setup { done: [].into() });
        let names: Vec<&str> = fresh.rows.iter().map(|row| row.name).collect();
        assert_eq!(
            names,
            [
                "Create Your First Customer",
                "Set Up Your Branding",
                "Configure Billing",
                "Get Your First Phone Number",
                "Set Your Pricing",
                "Invite Team Members",
            ]
        );
        assert_eq!((fresh.progress.as_str(), fresh.is_fresh), ("0/6 done", Some(())));
        let begun = Checklist::of(&Setup { done: [SetupStep::Team].into() });
        assert_eq!((begun.progress.as_str(), begun.is_fresh), ("1/6 done", None));
    }
}
