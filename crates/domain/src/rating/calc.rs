//! The calculator behind `calc price`: one JSON call in, one JSON answer out.
//!
//! Decided here: the shape of both lines. A call is `{"id", "to", "from", "direction",
//! "answered_at", "talk_seconds"}`; the far party is `to` for an outbound call (the default) and
//! `from` for an inbound one. The answer is `{"id", "billed_seconds", "price", "exact",
//! "segments"}` with amounts as decimal strings; `step` of a segment is the second from which its
//! step runs, and `connection_fee` stands beside the segments where one is charged, so that the
//! parts add up. Emergency, relay and internal calls cost nothing; a call that no row prices is
//! answered with `"error": "no_rate"`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{CallFacts, Explanation};
use crate::{
    catalog::RateBook,
    cdr::{Direction, MAX_CALL_SECONDS},
    money::parse_decimal,
    phone::{Destination, Dialled, HomeArea, Prefix},
    time::Timestamp,
};

/// Why a line is not a call that can be priced. Each names the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallLineError {
    /// Not a JSON object with the known fields.
    #[error("not a call: {0}")]
    Malformed(String),
    /// A field that is needed is absent or empty.
    #[error("{field} is missing")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A field's value is not of its kind.
    #[error("{field}: {why}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with which value.
        why: String,
    },
    /// The price leaves the range of amounts.
    #[error("talk_seconds: the price is out of range")]
    OutOfRange,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallLine<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    to: Option<String>,
    from: Option<String>,
    direction: Option<String>,
    answered_at: Option<String>,
    #[serde(borrow)]
    talk_seconds: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a RawValue,
    billed_seconds: u32,
    price: String,
    exact: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_fee: Option<String>,
    segments: Vec<AnswerSegment>,
}

#[derive(Serialize)]
struct AnswerSegment {
    prefix: String,
    step: u32,
    window: Option<String>,
    seconds: u32,
    price: String,
}

#[derive(Serialize)]
struct NoRate<'a> {
    id: &'a RawValue,
    error: &'static str,
    message: String,
}

/// Prices the call in `line` and answers in one line of JSON, without a line end.
pub fn calc_price_line(book: &RateBook, line: &str) -> Result<String, CallLineError> {
    let call: CallLine<'_> =
        serde_json::from_str(line).map_err(|error| CallLineError::Malformed(error.to_string()))?;
    let id = call_id(call.id)?;
    let direction = direction(call.direction.as_deref())?;
    let (field, far) = match direction {
        Direction::Inbound => ("from", call.from),
        Direction::Outbound | Direction::Internal => ("to", call.to),
    };
    let answered_at = call.answered_at.ok_or(CallLineError::Missing { field: "answered_at" })?;
    let answered_at = Timestamp::parse(&answered_at)
        .map_err(|error| invalid("answered_at", error.to_string()))?;
    let talk_seconds = talk_seconds(call.talk_seconds)?;
    // A caller may be withheld, a called number may not.
    let far = far
        .filter(|text| field == "from" || !text.trim().is_empty())
        .ok_or(CallLineError::Missing { field })?;
    let dialled = Dialled::parse(&far, &HomeArea::US);
    let destination = Destination::of(&dialled, &HomeArea::US);
    if direction == Direction::Internal || destination.is_never_billed() {
        return Ok(render(&free(id)));
    }
    let Some(digits) = dialled.rating_digits().map(str::to_owned).or_else(|| bare_digits(&far))
    else {
        let message = format!("{field} {far:?} is not a number");
        return Ok(render(&NoRate { id, error: "no_rate", message }));
    };
    let facts = CallFacts { digits: &digits, answered_at, talk_seconds };
    match book.explain(&facts).map_err(|_| CallLineError::OutOfRange)? {
        Some(explanation) => Ok(render(&answer(id, explanation))),
        None => {
            let message = format!("no row prices {digits} at {answered_at}");
            Ok(render(&NoRate { id, error: "no_rate", message }))
        }
    }
}

/// The digits of a text that is in no known country's numbering plan: a deck may price it all
/// the same.
fn bare_digits(text: &str) -> Option<String> {
    let is_punctuated = |letter: char| letter.is_ascii_digit() || " +-.()/".contains(letter);
    if !text.chars().all(is_punctuated) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Prefix::parse(&digits).is_ok().then_some(digits)
}

fn render(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("texts and numbers only")
}

fn invalid(field: &'static str, why: String) -> CallLineError {
    CallLineError::Invalid { field, why }
}

/// The id as it was written: a string or a number, given back untouched.
fn call_id(id: Option<&RawValue>) -> Result<&RawValue, CallLineError> {
    let id = id.ok_or(CallLineError::Missing { field: "id" })?;
    let text = id.get();
    if text.starts_with('"')
        || text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
    {
        Ok(id)
    } else {
        Err(invalid("id", format!("{text} is neither a string nor a number")))
    }
}

fn direction(text: Option<&str>) -> Result<Direction, CallLineError> {
    match text {
        None | Some("") => Ok(Direction::Outbound),
        Some(text) => Direction::parse(text).ok_or_else(|| {
            invalid("direction", format!("{text:?} is not inbound, outbound or internal"))
        }),
    }
}

/// A number or its text, rounded up to whole seconds (ruling 18).
fn talk_seconds(raw: Option<&RawValue>) -> Result<u32, CallLineError> {
    let field = "talk_seconds";
    let text = raw.ok_or(CallLineError::Missing { field })?.get();
    let number = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text);
    let micros = parse_decimal(number, 6).map_err(|error| invalid(field, error.to_string()))?;
    let seconds = micros / 1_000_000 + i64::from(micros % 1_000_000 > 0);
    if micros < 0 || seconds > MAX_CALL_SECONDS {
        let why = format!("{number} does not lie between 0 and {MAX_CALL_SECONDS}");
        return Err(invalid(field, why));
    }
    Ok(u32::try_from(seconds).expect("a week of seconds fits"))
}

fn free(id: &RawValue) -> Answer<'_> {
    let zero = || crate::money::Nanos::ZERO.to_string();
    Answer {
        id,
        billed_seconds: 0,
        price: zero(),
        exact: zero(),
        connection_fee: None,
        segments: Vec::new(),
    }
}

fn answer(id: &RawValue, explanation: Explanation) -> Answer<'_> {
    let fee = explanation.connection_fee;
    let segments = explanation.segments.into_iter().map(|segment| AnswerSegment {
        prefix: segment.prefix.to_string(),
        step: segment.step,
        window: segment.window,
        seconds: segment.seconds,
        price: segment.price.to_string(),
    });
    Answer {
        id,
        billed_seconds: explanation.billed_seconds,
        price: explanation.price.to_string(),
        exact: explanation.exact.to_string(),
        connection_fee: (!fee.is_zero()).then(|| fee.to_string()),
        segments: segments.collect(),
    }
}
