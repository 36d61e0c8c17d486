//! What forms are made of.
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
    mode: Option<&'a str>,
    prefix: &'a str,
    longest: u16,
    required: Required,
    editable: Editable,
}

/// Whether a field must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Required {
    Yes,
    No,
}

/// Whether a field can be typed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Editable {
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
            mode: None,
            prefix: "",
            longest: 254,
            required: Required::Yes,
            editable: Editable::Yes,
        }
    }

    /// A field for an address.
    pub(crate) const fn email(name: &'a str, label: &'a str) -> Self {
        Self { kind: "email", autocomplete: "username", ..Self::text(name, label) }
    }

    /// A field for somebody else's address.
    pub(crate) const fn address(name: &'a str, label: &'a str) -> Self {
        Self { kind: "email", ..Self::text(name, label) }
    }

    /// A field for a whole number or a decimal; what is typed is checked by the use case.
    pub(crate) const fn number(name: &'a str, label: &'a str) -> Self {
        Self { mode: Some("decimal"), longest: 24, ..Self::text(name, label) }
    }

    /// A field for an amount of money, with its sign before it.
    pub(crate) const fn amount(name: &'a str, label: &'a str, sign: &'a str) -> Self {
        Self { prefix: sign, ..Self::number(name, label) }
    }

    /// A field for a day.
    pub(crate) const fn day(name: &'a str, label: &'a str) -> Self {
        Self { kind: "date", longest: 10, ..Self::text(name, label) }
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

    /// At most so many characters.
    pub(crate) const fn longest(self, longest: u16) -> Self {
        Self { longest, ..self }
    }

    /// May be left empty.
    pub(crate) const fn optional(self) -> Self {
        Self { required: Required::No, ..self }
    }

    /// Shown and sent, not to be changed.
    pub(crate) const fn fixed(self) -> Self {
        Self { editable: Editable::No, ..self }
    }

    /// With what is wrong, where something is.
    pub(crate) fn errors(self, errors: &'a [FieldError]) -> Self {
        Self { error: error_of(errors, self.name), ..self }
    }

    /// The field.
    pub(crate) fn render(self) -> Markup {
        let about = About::of(self.name, (self.label, self.hint), self.error);
        let value = (self.kind != "password").then_some(self.value);
        let input = html! {
            input id=(about.id) name=(self.name) type=(self.kind) value=[value]
                maxlength=(self.longest) autocomplete=(self.autocomplete)
                required[self.required == Required::Yes] readonly[self.editable == Editable::No]
                list=[self.list] inputmode=[self.mode] aria-describedby=[&about.described]
                aria-invalid=[about.invalid()];
        };
        about.wrap(&html! {
            @if self.prefix.is_empty() {
                (input)
            } @else {
                div.affixed { span.prefix aria-hidden="true" { (self.prefix) } (input) }
            }
        })
    }
}

fn error_of<'a>(errors: &'a [FieldError], name: &str) -> Option<&'a str> {
    errors.iter().find(|error| error.field == name).map(|error| error.message.as_str())
}

/// What stands around a control: its label above, its hint or what is wrong below.
struct About<'a> {
    id: String,
    label: &'a str,
    hint: &'a str,
    error: Option<&'a str>,
    described: Option<String>,
}

impl<'a> About<'a> {
    fn of(name: &str, (label, hint): (&'a str, &'a str), error: Option<&'a str>) -> Self {
        let id = id_of(name);
        let described = match (error, hint) {
            (Some(_), _) => Some(format!("{id}-error")),
            (None, "") => None,
            (None, _) => Some(format!("{id}-hint")),
        };
        Self { id, label, hint, error, described }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    fn wrap(&self, control: &Markup) -> Markup {
        html! {
            div.field {
                label for=(self.id) { (self.label) }
                (control)
                (self.below())
            }
        }
    }

    fn below(&self) -> Markup {
        html! {
            @if let Some(error) = self.error {
                p.error id={ (self.id) "-error" } { (self.label) " " (error) "." }
            } @else if !self.hint.is_empty() {
                p.hint id={ (self.id) "-hint" } { (self.hint) }
            }
        }
    }
}

/// The id of a field: its name, with what may not stand in one replaced.
fn id_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    format!("f-{}", name.chars().map(plain).collect::<String>())
}

/// A field of several lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area<'a> {
    name: &'a str,
    label: &'a str,
    value: &'a str,
    hint: &'a str,
    error: Option<&'a str>,
    rows: u8,
    longest: u32,
    is_code: Option<()>,
    required: Required,
}

impl<'a> Area<'a> {
    /// A field of three lines that may be left empty.
    pub(crate) const fn new(name: &'a str, label: &'a str) -> Self {
        Self {
            name,
            label,
            value: "",
            hint: "",
            error: None,
            rows: 3,
            longest: 2_000,
            is_code: None,
            required: Required::No,
        }
    }

    /// With what was typed before.
    pub(crate) const fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    /// With an explanation below.
    pub(crate) const fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// So many lines high.
    pub(crate) const fn rows(self, rows: u8) -> Self {
        Self { rows, ..self }
    }

    /// At most so many characters.
    pub(crate) const fn longest(self, longest: u32) -> Self {
        Self { longest, ..self }
    }

    /// In letters of one width.
    pub(crate) const fn code(self) -> Self {
        Self { is_code: Some(()), ..self }
    }

    /// Must be filled.
    pub(crate) const fn required(self) -> Self {
        Self { required: Required::Yes, ..self }
    }

    /// With what is wrong, where something is.
    pub(crate) fn errors(self, errors: &'a [FieldError]) -> Self {
        Self { error: error_of(errors, self.name), ..self }
    }

    /// The field.
    pub(crate) fn render(self) -> Markup {
        let about = About::of(self.name, (self.label, self.hint), self.error);
        about.wrap(&html! {
            textarea.code[self.is_code.is_some()] id=(about.id) name=(self.name) rows=(self.rows)
                maxlength=(self.longest) required[self.required == Required::Yes]
                aria-describedby=[&about.described] aria-invalid=[about.invalid()] {
                // The first line break after the tag is dropped by browsers.
                "\n" (self.value)
            }
        })
    }
}

/// One of several: what is sent, what is read, what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    /// May be empty.
    pub(crate) hint: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new() }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

/// Choices from values and labels.
pub(crate) fn choices<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Choice> {
    pairs.into_iter().map(|(value, label)| Choice::new(value, label)).collect()
}

/// A choice of few.
pub(crate) fn select(
    (name, label): (&str, &str),
    options: &[(&str, &str)],
    chosen: &str,
) -> Markup {
    let choices = choices(options.iter().copied());
    select_field((name, label, ""), &choices, chosen, &[])
}

/// The same from choices that are not constant, with a hint and with what is wrong.
pub(crate) fn select_field(
    (name, label, hint): (&str, &str, &str),
    options: &[Choice],
    chosen: &str,
    errors: &[FieldError],
) -> Markup {
    let about = About::of(name, (label, hint), error_of(errors, name));
    about.wrap(&html! {
        select id=(about.id) name=(name) aria-describedby=[&about.described]
            aria-invalid=[about.invalid()] {
            @for option in options {
                option value=(option.value) selected[option.value == chosen] { (option.label) }
            }
        }
    })
}

/// Boxes to tick, or one of several to choose, under one legend.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group<'a> {
    name: &'a str,
    legend: &'a str,
    hint: &'a str,
    kind: &'static str,
    error: Option<&'a str>,
}

impl<'a> Group<'a> {
    /// Any of several.
    pub(crate) const fn boxes(name: &'a str, legend: &'a str) -> Self {
        Self { name, legend, hint: "", kind: "checkbox", error: None }
    }

    /// One of several.
    pub(crate) const fn radios(name: &'a str, legend: &'a str) -> Self {
        Self { kind: "radio", ..Self::boxes(name, legend) }
    }

    /// With an explanation below the legend.
    pub(crate) const fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    /// With what is wrong, where something is.
    pub(crate) fn errors(self, errors: &'a [FieldError]) -> Self {
        Self { error: error_of(errors, self.name), ..self }
    }

    /// The group with those of `options` chosen that `chosen` names.
    pub(crate) fn render(self, options: &[Choice], chosen: &[String]) -> Markup {
        let about = About::of(self.name, (self.legend, self.hint), self.error);
        html! {
            fieldset.field.group aria-describedby=[&about.described] {
                legend { (self.legend) }
                (about.below())
                @for (index, option) in options.iter().enumerate() {
                    @let id = format!("{}-{index}", about.id);
                    @let described = (!option.hint.is_empty()).then(|| format!("{id}-hint"));
                    div.choice {
                        input id=(id) name=(self.name) type=(self.kind) value=(option.value)
                            checked[chosen.contains(&option.value)] aria-describedby=[&described];
                        label for=(id) { (option.label) }
                        @if let Some(described) = &described {
                            p.hint id=(described) { (option.hint) }
                        }
                    }
                }
            }
        }
    }
}

/// One box to tick; sends `on`.
pub(crate) fn tick(
    (name, label, hint): (&str, &str, &str),
    is_ticked: impl Into<Option<()>>,
) -> Markup {
    let id = id_of(name);
    let described = (!hint.is_empty()).then(|| format!("{id}-hint"));
    let ticked: Option<()> = is_ticked.into();
    html! {
        div.field.choice {
            input id=(id) name=(name) type="checkbox" value="on" checked[ticked.is_some()]
                aria-describedby=[&described];
            label for=(id) { (label) }
            @if let Some(described) = &described { p.hint id=(described) { (hint) } }
        }
    }
}

/// A field for a file. Its form has `enctype="multipart/form-data"`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileField<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    /// May be empty.
    pub(crate) hint: &'a str,
    /// What may be chosen, such as `.csv` or `image/png,image/jpeg`.
    pub(crate) accept: &'a str,
}

impl FileField<'_> {
    /// The field, with what is wrong, where something is.
    pub(crate) fn render(self, errors: &[FieldError]) -> Markup {
        let about = About::of(self.name, (self.label, self.hint), error_of(errors, self.name));
        about.wrap(&html! {
            input id=(about.id) name=(self.name) type="file" accept=(self.accept)
                aria-describedby=[&about.described] aria-invalid=[about.invalid()];
        })
    }
}

/// What a form carries without showing it, such as the version that was looked at.
pub(crate) fn hidden(name: &str, value: impl std::fmt::Display) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}
