//! What is neither a form nor a list: notices, badges, cards, headings of pages, confirmations.

use app::error::FieldError;
use maud::{Markup, html};

use super::super::shell::Frame;
use super::fields::hidden;

/// Something to be told, in a tone: `positive`, `warning`, `negative`, `plain`.
pub(crate) fn alert(tone: &str, text: &str) -> Markup {
    let role = if tone == "negative" { "alert" } else { "status" };
    html! { div class={ "alert " (tone) } role=(role) { (text) } }
}

/// What is wrong and belongs to no field of the form.
pub(crate) fn other_errors(errors: &[FieldError], fields: &[&str]) -> Markup {
    html! {
        @for error in errors.iter().filter(|it| !fields.contains(&it.field.as_str())) {
            (alert("negative", &error.message))
        }
    }
}

/// A word on a coloured ground.
pub(crate) fn badge(tone: &str, text: &str) -> Markup {
    html! { span class={ "badge " (tone) } { (text) } }
}

/// The tone of a status, whatever it is a status of.
pub(crate) fn tone_of(status: &str) -> &'static str {
    match status {
        "active" | "paid" | "succeeded" | "delivered" | "verified" | "enabled" | "settled"
        | "won" | "done" | "completed" => "positive",
        "trial" | "sent" | "open" | "processing" | "pending" | "queued" | "sending"
        | "scheduled" => "plain",
        "suspended" | "past_due" | "partially_paid" | "paused" | "flagged" | "expiring"
        | "refunded" | "partially_refunded" | "retrying" | "requires_action" => "warning",
        "overdue" | "failed" | "declined" | "lost" | "disputed" | "expired" | "disabled" => {
            "negative"
        }
        _ => "quiet",
    }
}

/// A list that is empty, and what to do about it.
pub(crate) fn empty_state(title: &str, text: &str) -> Markup {
    empty_with(title, text, &Markup::default())
}

/// The same with what does it: a link or a button.
pub(crate) fn empty_with(title: &str, text: &str, action: &Markup) -> Markup {
    html! {
        div.none-yet {
            p { strong { (title) } }
            p.quietly { (text) }
            @if !action.0.is_empty() { p { (action) } }
        }
    }
}

/// The heading of a page, with what can be done on it at the right.
pub(crate) fn page_head(title: &str, lead: &str, actions: &Markup) -> Markup {
    html! {
        div.page-head {
            div.grow {
                h1 { (title) }
                @if !lead.is_empty() { p.lead { (lead) } }
            }
            @if !actions.0.is_empty() { div.page-actions { (actions) } }
        }
    }
}

/// The way back up, above the heading.
pub(crate) fn crumbs(frame: &Frame, path: &str, name: &str) -> Markup {
    html! {
        nav.crumbs aria-label="Breadcrumb" { a href=(frame.path(path)) { (name) } }
    }
}

/// A number or a word that matters, with its name; a link where there is a path.
pub(crate) fn stat(frame: &Frame, (name, value): (&str, &str), path: Option<&str>) -> Markup {
    let inside = html! {
        span.stat-name { (name) }
        strong.stat-value { (value) }
    };
    html! {
        @match path {
            Some(path) => a.stat href=(frame.path(path)) { (inside) },
            None => div.stat { (inside) },
        }
    }
}

/// A row of them.
pub(crate) fn stats(label: &str, tiles: &Markup) -> Markup {
    html! { section.stats aria-label=(label) { (tiles) } }
}

/// A titled part of a page. `id` is its heading's.
pub(crate) fn card((id, title): (&str, &str), actions: &Markup, body: &Markup) -> Markup {
    html! {
        section.card aria-labelledby=(id) {
            header { h2.grow id=(id) { (title) } (actions) }
            (body)
        }
    }
}

/// Names and what stands under them. Values may hold badges and links.
pub(crate) fn definitions(pairs: &[(&str, Markup)]) -> Markup {
    html! {
        dl.definitions {
            @for (name, value) in pairs { div { dt { (name) } dd { (value) } } }
        }
    }
}

/// An amount that is already written out, so that figures stand in line.
pub(crate) fn money(amount: &str) -> Markup {
    html! { span.money { (amount) } }
}

/// A part of a subject that has a page of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tab<'a> {
    pub(crate) name: &'a str,
    pub(crate) path: &'a str,
}

/// Links to the parts of a subject; `at` is the path of the one that is shown.
pub(crate) fn tabs(frame: &Frame, label: &str, tabs: &[Tab<'_>], at: &str) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            ul {
                @for tab in tabs {
                    @let current = (tab.path == at).then_some("page");
                    li { a href=(frame.path(tab.path)) aria-current=[current] { (tab.name) } }
                }
            }
        }
    }
}

/// Asks once more before something that cannot be taken back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Confirm<'a> {
    /// What is asked, such as `Remove Ada?`.
    pub(crate) question: &'a str,
    /// Where the form goes.
    pub(crate) action: &'a str,
    /// What the button says.
    pub(crate) button: &'a str,
    /// Where one goes who does not want to.
    pub(crate) back: &'a str,
    /// The version that was looked at, where the use case asks for it.
    pub(crate) seen: Option<i64>,
}

impl Confirm<'_> {
    /// The panel, with what happens then and with fields to fill in.
    pub(crate) fn render(self, frame: &Frame, effects: &Markup, fields: &Markup) -> Markup {
        html! {
            section.panel.wide-panel {
                h1 { (self.question) }
                div.effects { (effects) }
                form method="post" action=(frame.path(self.action)) {
                    (frame.seal())
                    @if let Some(seen) = self.seen { (hidden("seen", seen)) }
                    (fields)
                    button.danger type="submit" { (self.button) }
                }
                p.below { a href=(frame.path(self.back)) { "Go back" } }
            }
        }
    }
}

/// Somebody else changed what is being edited (who, and when, as texts).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stale {
    /// What was changed, such as `this tenant`.
    pub(crate) what: String,
    /// Who did, where that is known; else empty.
    pub(crate) who: String,
    /// When; may be empty.
    pub(crate) when: String,
    /// What differs now: field, now, what was typed.
    pub(crate) differences: Vec<(String, String, String)>,
}

impl Stale {
    /// The notice. Sending the form once more saves what was typed over what is there now.
    pub(crate) fn render(&self) -> Markup {
        html! {
            div.alert.warning role="alert" {
                p {
                    strong { "Changed meanwhile. " }
                    @if self.who.is_empty() { "Somebody else" } @else { (self.who) }
                    " changed " (self.what)
                    @if !self.when.is_empty() { " at " (self.when) }
                    ". Nothing was saved. What you typed is kept below: check it against what is "
                    "there now, then save again."
                }
                @if !self.differences.is_empty() {
                    dl.differences {
                        @for (field, now, typed) in &self.differences {
                            div { dt { (field) } dd { "now “" (now) "”, yours “" (typed) "”" } }
                        }
                    }
                }
            }
        }
    }
}
