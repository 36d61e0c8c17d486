//! Rate decks as CSV: the one format, here and wherever decks are imported.
//!
//! Decided here: the columns, what an empty field means, and which row is refused where and why.
//! A header names the columns in any order; only `prefix` and a price (`rate_per_minute` or
//! `steps`) are needed. One bad row never hides another: all rows are read, the first thousand
//! errors are kept and all are counted. A deck with errors is never half used; the caller refuses
//! it. Dates without a time are local midnight of the zone.

use std::collections::HashSet;

use csv::{ByteRecord, ReaderBuilder};
use rustc_hash::FxBuildHasher;

use super::{
    Charge, DeckRow, DeckRowFields, DeckValueError, Rounding, RoundingMode, Steps, Window,
    deck::{Conflict, find_conflicts, parse_seconds},
};
use crate::{
    money::Nanos,
    phone::Prefix,
    rating::Increments,
    time::{Day, Timestamp, Zone},
};

/// The columns a deck file may have, in the order in which they are written.
pub const COLUMNS: [&str; 15] = [
    "prefix",
    "name",
    "rate_per_minute",
    "connection_fee",
    "minimum_seconds",
    "increment_seconds",
    "free_seconds",
    "free_below_seconds",
    "max_price",
    "effective_from",
    "effective_until",
    "window",
    "steps",
    "rounding",
    "decimals",
];
/// How many errors are kept; the rest is counted.
pub const MAX_KEPT_ERRORS: usize = 1_000;
/// The most rows of a deck: twice the largest one in use, and 200 MB of memory.
pub const MAX_DECK_ROWS: usize = 1_000_000;
/// Years from here on mean "for good" as an end, and a typing error as a start.
const LAST_YEAR: i16 = 2200;

/// What a deck file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeckParse {
    /// The rows that are good, in the file's order.
    pub rows: Vec<DeckRow>,
    /// The first [`MAX_KEPT_ERRORS`] errors, in the order in which they were found.
    pub errors: Vec<DeckRowError>,
    /// How many errors there are.
    pub error_count: usize,
}

/// An error in a deck file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {}{message}", .column.map(|it| format!("{it}: ")).unwrap_or_default())]
pub struct DeckRowError {
    /// The line at which the row begins, from 1 on.
    pub line: u64,
    /// The column, if it is the fault of one.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub message: String,
}

/// Reads a deck file. Total: any bytes give rows and errors.
pub fn parse_deck_csv(bytes: &[u8], zone: &Zone) -> DeckParse {
    let mut parser = Parser::new(zone);
    parser.read(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    parser.find_conflicts();
    parser.parse
}

/// Where each known column stands in the file.
type Layout = [Option<usize>; COLUMNS.len()];

struct Parser<'a> {
    zone: &'a Zone,
    parse: DeckParse,
    /// The line of each row, for errors that show only when all rows are there.
    lines: Vec<u64>,
    /// Decks repeat a few dates and windows in every row; the last of each is remembered.
    last_date: Option<(String, bool, Option<Timestamp>)>,
    last_window: Option<(String, Window)>,
}

impl<'a> Parser<'a> {
    fn new(zone: &'a Zone) -> Self {
        let parse = DeckParse::default();
        Self { zone, parse, lines: Vec::new(), last_date: None, last_window: None }
    }

    fn read(&mut self, bytes: &[u8]) {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = ByteRecord::new();
        let mut header: Option<(Layout, usize)> = None;
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.refuse(reader.position().line(), None, error.to_string());
                    break;
                }
            }
            let line = record.position().map_or(0, csv::Position::line);
            let Some((layout, width)) = &header else {
                match parse_header(&record) {
                    Ok(layout) => header = Some((layout, record.len())),
                    Err(message) => {
                        self.refuse(line, None, message);
                        return;
                    }
                }
                continue;
            };
            if self.lines.len() == MAX_DECK_ROWS {
                self.refuse(line, None, format!("more than {MAX_DECK_ROWS} rows"));
                break;
            }
            if record.len() != *width {
                let message = format!("{} fields where the header has {width}", record.len());
                self.refuse(line, None, message);
                continue;
            }
            match self.row(&record, layout) {
                Ok(row) => {
                    self.parse.rows.push(row);
                    self.lines.push(line);
                }
                Err(error) => self.refuse(line, Some(error.column), error.why),
            }
        }
        if header.is_none() && self.parse.error_count == 0 {
            self.refuse(1, None, "the header line is missing".to_owned());
        }
    }

    fn refuse(&mut self, line: u64, column: Option<&'static str>, message: String) {
        self.parse.error_count += 1;
        if self.parse.errors.len() < MAX_KEPT_ERRORS {
            self.parse.errors.push(DeckRowError { line, column, message });
        }
    }

    fn row(&mut self, record: &ByteRecord, layout: &Layout) -> Result<DeckRow, DeckValueError> {
        let field = |column: usize| -> Result<Option<&str>, DeckValueError> {
            let Some(position) = layout[column] else { return Ok(None) };
            let bytes = record.get(position).unwrap_or_default().trim_ascii();
            let text = std::str::from_utf8(bytes)
                .map_err(|_| DeckValueError::new(COLUMNS[column], "is not UTF-8"))?;
            Ok((!text.is_empty()).then_some(text))
        };
        let texts: [Option<&str>; COLUMNS.len()] = {
            let mut texts = [None; COLUMNS.len()];
            for (column, text) in texts.iter_mut().enumerate() {
                *text = field(column)?;
            }
            texts
        };
        let [prefix, name, rate, fee, minimum, increment, free, free_below, rest @ ..] = texts;
        let [max_price, from, until, window, steps, rounding, decimals] = rest;
        let prefix = prefix.ok_or_else(|| DeckValueError::new("prefix", "is missing"))?;
        DeckRow::try_new(DeckRowFields {
            prefix: Prefix::parse(prefix).map_err(|error| DeckValueError::new("prefix", error))?,
            name: name.unwrap_or_default().to_owned(),
            charge: charge(&ChargeTexts { rate, minimum, increment, steps })?,
            connection_fee: price("connection_fee", fee)?.unwrap_or(Nanos::ZERO),
            free_seconds: seconds("free_seconds", free)?.unwrap_or(0),
            free_below_seconds: seconds("free_below_seconds", free_below)?.unwrap_or(0),
            max_price: price("max_price", max_price)?,
            effective_from: self.instant("effective_from", from)?,
            effective_until: self.instant("effective_until", until)?,
            window: self.window(window)?,
            rounding: parse_rounding(rounding, decimals)?,
        })
    }

    fn instant(
        &mut self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<Timestamp>, DeckValueError> {
        let Some(text) = text else { return Ok(None) };
        let is_end = column == "effective_until";
        if let Some((last, end, instant)) = &self.last_date
            && last == text
            && *end == is_end
        {
            return Ok(*instant);
        }
        let found = if text.len() == 10 {
            let day = Day::parse(text).map_err(|error| DeckValueError::new(column, error))?;
            match day.year() {
                year if year < LAST_YEAR => Some(self.zone.start_of(day)),
                _ if is_end => None,
                year => return Err(DeckValueError::new(column, format!("{year} is no start"))),
            }
        } else {
            let why = format!("{text:?} is neither a date like 2026-05-10 nor RFC 3339");
            Some(Timestamp::parse(text).map_err(|_| DeckValueError::new(column, why))?)
        };
        self.last_date = Some((text.to_owned(), is_end, found));
        Ok(found)
    }

    fn window(&mut self, text: Option<&str>) -> Result<Option<Window>, DeckValueError> {
        let Some(text) = text else { return Ok(None) };
        if let Some((last, window)) = &self.last_window
            && last == text
        {
            return Ok(Some(window.clone()));
        }
        let window = Window::parse(text).map_err(|error| DeckValueError::new("window", error))?;
        self.last_window = Some((text.to_owned(), window.clone()));
        Ok(Some(window))
    }

    /// Refuses rows that could be in force together, and takes them out.
    fn find_conflicts(&mut self) {
        let room = MAX_KEPT_ERRORS;
        let mut bad = HashSet::with_hasher(FxBuildHasher);
        for conflict in find_conflicts(&self.parse.rows, room) {
            let (row, message) = match conflict {
                Conflict::Overlap { first, second } => {
                    let (prefix, line) =
                        (self.parse.rows[second].fields().prefix, self.lines[first]);
                    (second, format!("{prefix} is priced on line {line} for the same time already"))
                }
                Conflict::TooMany { row } => {
                    let prefix = self.parse.rows[row].fields().prefix;
                    let limit = super::MAX_ROWS_PER_PREFIX;
                    (row, format!("{prefix} has more than {limit} rows"))
                }
            };
            self.refuse(self.lines[row], Some("prefix"), message);
            bad.insert(row);
        }
        if !bad.is_empty() {
            let mut index = 0;
            self.parse.rows.retain(|_| {
                index += 1;
                !bad.contains(&(index - 1))
            });
        }
    }
}

fn parse_header(record: &ByteRecord) -> Result<Layout, String> {
    let mut layout: Layout = [None; COLUMNS.len()];
    for (position, bytes) in record.iter().enumerate() {
        let name = String::from_utf8_lossy(bytes.trim_ascii()).to_ascii_lowercase();
        let column = COLUMNS.iter().position(|column| *column == name).ok_or_else(|| {
            let shown: String = name.chars().take(60).collect();
            format!("unknown column {shown:?}; known are {}", COLUMNS.join(", "))
        })?;
        if layout[column].replace(position).is_some() {
            return Err(format!("column {name} occurs twice"));
        }
    }
    let [prefix, _, rate, .., steps, _, _] = layout;
    if prefix.is_none() {
        return Err("column prefix is missing".to_owned());
    }
    if rate.is_none() && steps.is_none() {
        return Err("a price is missing: column rate_per_minute or steps".to_owned());
    }
    Ok(layout)
}

struct ChargeTexts<'a> {
    rate: Option<&'a str>,
    minimum: Option<&'a str>,
    increment: Option<&'a str>,
    steps: Option<&'a str>,
}

fn charge(texts: &ChargeTexts<'_>) -> Result<Charge, DeckValueError> {
    let minimum = seconds("minimum_seconds", texts.minimum)?;
    let increment = seconds("increment_seconds", texts.increment)?;
    match (price("rate_per_minute", texts.rate)?, texts.steps) {
        (None, None) => Err(DeckValueError::new("rate_per_minute", "no price: give it or steps")),
        (Some(_), Some(_)) => Err(DeckValueError::new("steps", "stand beside rate_per_minute")),
        (None, Some(_)) if increment.is_some() => {
            Err(DeckValueError::new("increment_seconds", "stands beside steps"))
        }
        (None, Some(steps)) => {
            let minimum_seconds = minimum.unwrap_or(0);
            Ok(Charge::Stepped { steps: Steps::parse(steps)?, minimum_seconds })
        }
        (Some(rate), None) => {
            let defaults = Increments::default();
            let increments = Increments::try_new(
                minimum.unwrap_or(defaults.minimum_seconds()),
                increment.unwrap_or(defaults.increment_seconds()),
            )
            .map_err(|error| DeckValueError::new("increment_seconds", error))?;
            Ok(Charge::PerMinute { rate, increments })
        }
    }
}

fn price(column: &'static str, text: Option<&str>) -> Result<Option<Nanos>, DeckValueError> {
    text.map(|text| Nanos::parse(text).map_err(|error| DeckValueError::new(column, error)))
        .transpose()
}

fn seconds(column: &'static str, text: Option<&str>) -> Result<Option<u32>, DeckValueError> {
    let wrong = |text| DeckValueError::new(column, format!("{text:?} is not a number of seconds"));
    text.map(|text| parse_seconds(text).ok_or_else(|| wrong(text))).transpose()
}

/// `exact` means nine decimals whatever `decimals` says (ruling 1); without a mode, decimals are
/// rounded like everything else.
fn parse_rounding(mode: Option<&str>, decimals: Option<&str>) -> Result<Rounding, DeckValueError> {
    let places = match decimals {
        None => 9,
        Some(text) => text.parse().map_err(|_| {
            DeckValueError::new("decimals", format!("{text:?} is not a number from -6 to 9"))
        })?,
    };
    let checked = |mode| Rounding::try_new(mode, places);
    match mode {
        Some("exact") => checked(RoundingMode::HalfUp).map(|_| Rounding::EXACT),
        None | Some("half_up") => checked(RoundingMode::HalfUp),
        Some("up") => checked(RoundingMode::Up),
        Some("down") => checked(RoundingMode::Down),
        Some(other) => {
            let why = format!("{other:?} is not exact, half_up, up or down");
            Err(DeckValueError::new("rounding", why))
        }
    }
}

/// Writes rows as a deck file with every column. Reading it back gives equal rows.
pub fn format_deck_csv(rows: &[DeckRow]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("writing to memory");
    for row in rows {
        writer.write_record(columns_of(row)).expect("writing to memory");
    }
    let bytes = writer.into_inner().expect("writing to memory");
    String::from_utf8(bytes).expect("only texts were written")
}

/// The header and up to `limit` rows from the one with index `first` on, of a file that
/// [`format_deck_csv`] wrote. Nothing is parsed but where rows end.
pub fn deck_csv_page(csv: &str, (first, limit): (usize, usize)) -> String {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
    let mut record = ByteRecord::new();
    let mut header_end = 0;
    let mut page = None;
    let mut records = 0_usize;
    let last = first.saturating_add(limit).saturating_add(1);
    while records < last && reader.read_byte_record(&mut record).unwrap_or(false) {
        records += 1;
        let end = usize::try_from(reader.position().byte()).unwrap_or(csv.len());
        if records == 1 {
            header_end = end;
        }
        if records == first.saturating_add(1) {
            page = Some((end, end));
        } else if let Some((_, page_end)) = &mut page {
            *page_end = end;
        }
    }
    let (start, end) = page.unwrap_or_default();
    let part = |from: usize, to: usize| csv.get(from..to).unwrap_or_default();
    format!("{}{}", part(0, header_end), part(start, end))
}

fn columns_of(row: &DeckRow) -> [String; COLUMNS.len()] {
    let fields = row.fields();
    let (rate, increments, steps) = match &fields.charge {
        Charge::PerMinute { rate, increments } => {
            let pair = (increments.minimum_seconds(), increments.increment_seconds());
            (rate.to_string(), (pair.0.to_string(), pair.1.to_string()), String::new())
        }
        Charge::Stepped { steps, minimum_seconds } => {
            (String::new(), (minimum_seconds.to_string(), String::new()), steps.to_string())
        }
    };
    let instant = |it: Option<Timestamp>| it.map(|it| it.to_string()).unwrap_or_default();
    [
        fields.prefix.to_string(),
        fields.name.clone(),
        rate,
        fields.connection_fee.to_string(),
        increments.0,
        increments.1,
        fields.free_seconds.to_string(),
        fields.free_below_seconds.to_string(),
        fields.max_price.map(|it| it.to_string()).unwrap_or_default(),
        instant(fields.effective_from),
        instant(fields.effective_until),
        fields.window.as_ref().map(Window::to_string).unwrap_or_default(),
        steps,
        fields.rounding.name().to_owned(),
        fields.rounding.decimals().to_string(),
    ]
}
