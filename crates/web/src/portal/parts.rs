//! The components that pages are made of: fields, alerts, badges.
//!
//! Decided here: every field has a visible label, keeps what was typed, says beside itself what is
//! wrong, and points to that for those who listen to the page (`aria-describedby`). What is typed
//! into a password field is never sent back.

use app::error::FieldError;
use maud::{Markup, html};

/// One field of a form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    name: &'a str,
    label: &'a str,
    kind: &'a str,
    value: &'a str,
    hint: &'a str,
    error: Option<&'a str>,
    autocomplete: &'a str,
    list: Option<&'a str>,
    required: Required,
}

/// Whether a field must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Required {
    Yes,
    No,
}

impl<'a> Field<'a> {
    /// A field of text.
    pub(crate) const fn text(name: &'a str, label: &'a str) -> Self {
        Self {
            name,
            label,
            kind: "text",
            value: "",
            hint: "",
            error: None,
            autocomplete: "off",
            list: None,
            required: Required::Yes,
        }
    }

    /// A field for an address.
    pub(crate) const fn email(name: &'a str, label: &'a str) -> Self {
        Self { kind: "email", autocomplete: "username", ..Self::text(name, label) }
    }

    /// A field whose text is not shown.
    pub(crate) const fn password(name: &'a str, label: &'a str) -> Self {
        Self { kind: "password", autocomplete: "current-password", ..Self::text(name, label) }
    }

    /// A field for a password to be.
    pub(crate) const fn new_password(name: &'a str, label: &'a str) -> Self {
        Self { autocomplete: "new-password", ..Self::password(name, label) }
    }

    /// A field for a code of an app.
    pub(crate) const fn code(name: &'a str, label: &'a str) -> Self {
        Self { autocomplete: "one-time-code", ..Self::text(name, label) }
    }

    /// With what was typed before.
    pub(crate) const fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    /// With an explanation below.
    pub(crate) const fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// With suggestions.
    pub(crate) const fn list(self, list: &'a str) -> Self {
        Self { list: Some(list), ..self }
    }

    /// May be left empty.
    pub(crate) const fn optional(self) -> Self {
        Self { required: Required::No, ..self }
    }

    /// With what is wrong, where something is.
    pub(crate) fn errors(self, errors: &'a [FieldError]) -> Self {
        let found = errors.iter().find(|error| error.field == self.name);
        Self { error: found.map(|error| error.message.as_str()), ..self }
    }

    /// The field.
    pub(crate) fn render(self) -> Markup {
        let id = format!("f-{}", self.name);
        let described = match (self.error, self.hint) {
            (Some(_), _) => Some(format!("{id}-error")),
            (None, "") => None,
            (None, _) => Some(format!("{id}-hint")),
        };
        let value = (self.kind != "password").then_some(self.value);
        let invalid = self.error.map(|_| "true");
        html! {
            div.field {
                label for=(id) { (self.label) }
                input id=(id) name=(self.name) type=(self.kind) value=[value] maxlength="254"
                    autocomplete=(self.autocomplete) required[self.required == Required::Yes]
                    list=[self.list] aria-describedby=[described] aria-invalid=[invalid];
                @if let Some(error) = self.error {
                    p.error id={ (id) "-error" } { (self.label) " " (error) "." }
                } @else if !self.hint.is_empty() {
                    p.hint id={ (id) "-hint" } { (self.hint) }
                }
            }
        }
    }
}

/// A choice of few.
pub(crate) fn select(
    (name, label): (&str, &str),
    options: &[(&str, &str)],
    chosen: &str,
) -> Markup {
    let id = format!("f-{name}");
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) {
                @for (value, text) in options {
                    option value=(value) selected[*value == chosen] { (text) }
                }
            }
        }
    }
}

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

/// A list that is empty, and what to do about it.
pub(crate) fn empty_state(title: &str, text: &str) -> Markup {
    html! {
        div.none-yet {
            p { strong { (title) } }
            p.quietly { (text) }
        }
    }
}
