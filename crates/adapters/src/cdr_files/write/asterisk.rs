//! Lines of Asterisk's `Master.csv`.
//!
//! Decided here: the layout with all 21 columns (`loguniqueid`, `loguserfield` and
//! `newcdrcolumns`), quoted as `cdr_csv` quotes: texts always, numbers and missing dates never.

use std::fmt::{Display, Write};

use domain::time::{Timestamp, Zone};

/// One row. Texts are as Asterisk holds them, without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsteriskRow<'a> {
    /// The account code of the calling channel.
    pub accountcode: &'a str,
    /// The caller's number.
    pub src: &'a str,
    /// The number that was dialled.
    pub dst: &'a str,
    /// The dialplan context.
    pub dcontext: &'a str,
    /// The caller's name and number, like `"acme" <101>`.
    pub clid: &'a str,
    /// The calling channel.
    pub channel: &'a str,
    /// The called channel; empty where there was none.
    pub dstchannel: &'a str,
    /// The last dialplan application.
    pub lastapp: &'a str,
    /// Its arguments, of which Asterisk keeps the first 79 bytes.
    pub lastdata: &'a str,
    /// When the call came in.
    pub start: Timestamp,
    /// When it was answered.
    pub answer: Option<Timestamp>,
    /// When it ended.
    pub end: Timestamp,
    /// Asterisk's own word: `ANSWERED`, `NO ANSWER`, `BUSY`, `FAILED`, `CONGESTION`.
    pub disposition: &'a str,
    /// The id of the calling channel.
    pub uniqueid: &'a str,
    /// Free text.
    pub userfield: &'a str,
    /// The account code of the called channel.
    pub peeraccount: &'a str,
    /// The `uniqueid` of the call's first channel.
    pub linkedid: &'a str,
    /// Counts the rows of a switch since its start.
    pub sequence: u64,
}

/// How much Asterisk keeps of an application's arguments.
const LASTDATA_BYTES: usize = 79;

impl AsteriskRow<'_> {
    /// Appends the row and its line end to `file`, with its times in `zone`. Durations are whole
    /// seconds, floored, as Asterisk counts them.
    pub fn append_to(&self, file: &mut String, zone: &Zone) {
        let floored = |from: Timestamp| self.end.micros_since(from).max(0) / 1_000_000;
        let lastdata = prefix(self.lastdata, LASTDATA_BYTES);
        for text in [self.accountcode, self.src, self.dst, self.dcontext, self.clid] {
            quoted(file, text);
        }
        for text in [self.channel, self.dstchannel, self.lastapp, lastdata] {
            quoted(file, text);
        }
        for at in [Some(self.start), self.answer, Some(self.end)] {
            if let Some(at) = at {
                plain(file, format_args!("\"{}\"", zone.local(at).strftime("%Y-%m-%d %H:%M:%S")));
            } else {
                file.push(',');
            }
        }
        plain(file, floored(self.start));
        plain(file, self.answer.map_or(0, floored));
        for text in [self.disposition, "DOCUMENTATION", self.uniqueid, self.userfield] {
            quoted(file, text);
        }
        quoted(file, self.peeraccount);
        quoted(file, self.linkedid);
        plain(file, self.sequence);
        file.pop();
        file.push('\n');
    }
}

fn quoted(file: &mut String, text: &str) {
    file.push('"');
    for part in text.split_inclusive('"') {
        file.push_str(part);
        if part.ends_with('"') {
            file.push('"');
        }
    }
    file.push_str("\",");
}

fn plain(file: &mut String, value: impl Display) {
    write!(file, "{value},").expect("a string takes everything");
}

/// The longest start of `text` with at most `bytes` bytes.
fn prefix(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
