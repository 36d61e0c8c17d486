//! What the pages of decks have in common: rows of prices, the form of a file.

use app::{
    error::{AppError, FieldError},
    resource::RateDeckRow,
    setup::UploadFor,
};
use axum::response::Response;
use domain::{
    ids::PartnerId,
    time::{Day, Timestamp, Zone},
};
use maud::{Markup, html};

use crate::{
    api::routes::deck_input::checked,
    portal::{
        change::Refusal,
        fields::Fields,
        guest::{Fault, Guest},
        parts::{Area, Column, Field, FileField, table_of},
        shell::Frame,
    },
};

/// Largest file that is typed or pasted.
const MAX_TYPED: u32 = 60_000;

/// What a row says, cell by cell.
pub(super) type Cells = [String; 8];

/// The headings of such rows.
pub(super) const COLUMNS: &[Column] = &[
    Column::text("Prefix"),
    Column::text("Destination"),
    Column::amount("Per minute"),
    Column::amount("Per call"),
    Column::text("Billed from"),
    Column::text("Free"),
    Column::text("Valid"),
    Column::text("Hours"),
];

/// A row, for people.
pub(super) fn cells(row: &RateDeckRow, zone: &Zone) -> Cells {
    let day = |it: app::resource::Instant| zone.display_minute(it.0);
    let price = match (&row.rate_per_minute, &row.steps) {
        (Some(rate), _) => rate.0.clone(),
        (None, Some(steps)) => steps.clone(),
        (None, None) => String::new(),
    };
    let increment = row.increment_seconds.map_or(String::new(), |it| format!("/{it} s"));
    let free = match (row.free_seconds, row.free_below_seconds) {
        (0, 0) => String::new(),
        (free, 0) => format!("first {free} s"),
        (0, below) => format!("below {below} s"),
        (free, below) => format!("first {free} s, below {below} s"),
    };
    let valid = match (row.effective_from, row.effective_until) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {}", day(from)),
        (None, Some(until)) => format!("until {}", day(until)),
        (Some(from), Some(until)) => format!("{} – {}", day(from), day(until)),
    };
    [
        row.prefix.clone(),
        row.name.clone(),
        price,
        row.connection_fee.0.clone(),
        format!("{} s{increment}", row.minimum_seconds),
        free,
        valid,
        row.window.clone().unwrap_or_default(),
    ]
}

/// The cells of a row.
pub(super) fn line(cells: &Cells) -> Markup {
    let [prefix, name, price, fee, billed, free, valid, window] = cells;
    html! {
        th scope="row" { (prefix) }
        td.wrap { (name) }
        td.amount { (price) }
        td.amount { (fee) }
        td { (billed) }
        td { (free) }
        td { (valid) }
        td { (window) }
    }
}

/// What is typed beside a file.
#[derive(Debug, Clone, Default)]
pub(super) struct TypedFile {
    pub(super) timezone: String,
    pub(super) from: String,
    pub(super) csv: String,
}

impl TypedFile {
    /// The names of its fields, as errors name them.
    pub(super) const NAMES: &'static [&'static str] =
        &["name", "timezone", "effective_from", "csv"];

    pub(super) fn blank(zone: &Zone) -> Self {
        Self { timezone: zone.name().to_owned(), ..Self::default() }
    }

    fn sent(fields: &Fields) -> Self {
        Self {
            timezone: fields.typed("timezone", 60),
            from: fields.typed("effective_from", 10),
            csv: fields.typed("csv", MAX_TYPED as usize),
        }
    }

    /// The fields.
    pub(super) fn fields(&self, errors: &[FieldError]) -> Markup {
        let file = FileField {
            name: "file",
            label: "File",
            hint: "CSV with a header: prefix and rate_per_minute (or steps), and as needed name, \
                   connection_fee, minimum_seconds, increment_seconds, free_seconds, \
                   free_below_seconds, max_price, effective_from, effective_until, window, \
                   rounding, decimals. At most 8 MB.",
            accept: ".csv,text/csv",
        };
        html! {
            (file.render(errors))
            (Area::new("csv", "Or paste it here").value(&self.csv).rows(4).longest(MAX_TYPED)
                .code().errors(errors).render())
            div.columns {
                (Field::day("effective_from", "In force from").value(&self.from).errors(errors)
                    .optional().hint("Empty: from when you put it in force").render())
                (Field::text("timezone", "Time zone").value(&self.timezone).errors(errors)
                    .hint("Of its hours and dates").render())
            }
        }
    }
}

/// A file that a form sent: read, checked and kept, or what is wrong with it.
pub(super) async fn take(
    guest: &Guest,
    purpose: UploadFor,
) -> Result<Result<Response, (TypedFile, Refusal)>, Fault> {
    let partner_id = guest.partner_id()?;
    let typed = TypedFile::sent(&guest.fields);
    match kept(guest, partner_id, (&typed, purpose)).await {
        Ok(path) => Ok(Ok(guest.go(&path))),
        Err(error) => Ok(Err((typed, Refusal::of(error)?))),
    }
}

/// The page on which the file waits.
async fn kept(
    guest: &Guest,
    partner_id: PartnerId,
    (typed, purpose): (&TypedFile, UploadFor),
) -> Result<String, AppError> {
    let zone = Zone::parse(typed.timezone.trim());
    let zone = zone.map_err(|error| AppError::invalid("timezone", error.to_string()))?;
    let from = first_instant(&typed.from, &zone)?;
    let csv = match guest.fields.file("file") {
        Some(file) => String::from_utf8(file.bytes.clone())
            .map_err(|_| AppError::invalid("file", "is not UTF-8 text"))?,
        None if typed.csv.trim().is_empty() => {
            return Err(AppError::invalid("file", "must be chosen, or its text pasted"));
        }
        None => typed.csv.clone(),
    };
    if csv.contains('\0') {
        return Err(AppError::invalid("file", "is not text"));
    }
    let checked = checked(csv, Some(zone.name().to_owned())).await?;
    let keep =
        async move |app: app::App| app.upload_deck(partner_id, (&checked, &purpose), from).await;
    let upload_id = guest.portal.run(keep).await?;
    Ok(format!("/settings/deck-uploads/{upload_id}"))
}

fn first_instant(text: &str, zone: &Zone) -> Result<Option<Timestamp>, AppError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = Day::parse(text.trim());
    let day = day.map_err(|error| AppError::invalid("effective_from", error.to_string()))?;
    Ok(Some(zone.start_of(day)))
}

/// What is wrong with a file, line by line; nothing where errors are about other fields.
pub(super) fn rejects(frame: &Frame, errors: &[FieldError]) -> Markup {
    const COLUMNS: &[Column] =
        &[Column::amount("Line"), Column::text("Column"), Column::text("What is wrong")];
    let of_lines: Vec<(&str, &str, &str)> = errors
        .iter()
        .filter_map(|error| {
            let place = error.field.strip_prefix("csv.")?;
            let (line, column) = place.split_once('.').unwrap_or((place, ""));
            Some((line, column, error.message.as_str()))
        })
        .collect();
    html! {
        @if !of_lines.is_empty() {
            section.card aria-labelledby="rejects" {
                header { h2.grow id="rejects" { "The file was not taken" } }
                p { "Correct these lines and send it again. Nothing was saved." }
                (table_of((frame, "Lines that are wrong"), COLUMNS, &html! {
                    @for (line, column, message) in &of_lines {
                        tr { td.amount { (line) } td { (column) } td.wrap { (message) } }
                    }
                }))
            }
        }
    }
}

/// Errors that belong to no line of the file.
pub(super) fn beside_lines(errors: &[FieldError]) -> Vec<FieldError> {
    errors.iter().filter(|error| !error.field.starts_with("csv.")).cloned().collect()
}
