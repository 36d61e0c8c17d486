//! How two versions of a deck differ, for the person who is about to switch.
//!
//! Decided here: which row of the new deck succeeds which of the old one. Rows of one prefix and
//! window are paired in the order of their validity, so that a new start date is a change and a
//! row scheduled behind the others an addition. Cost: a sort of each side and one walk.

use std::cmp::Ordering;

use super::{DeckRow, Window};
use crate::{phone::Prefix, time::Timestamp};

/// The differences, as indices into the old and the new rows, ordered by prefix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeckDiff {
    /// New rows without a predecessor.
    pub added: Vec<usize>,
    /// Old rows without a successor.
    pub removed: Vec<usize>,
    /// Old and new rows of a pair whose values differ.
    pub changed: Vec<(usize, usize)>,
    /// How many pairs are equal.
    pub unchanged: usize,
}

/// Compares two decks.
pub fn diff_decks(old: &[DeckRow], new: &[DeckRow]) -> DeckDiff {
    let (old_order, new_order) = (ordered(old), ordered(new));
    let (mut left, mut right) =
        (old_order.into_iter().peekable(), new_order.into_iter().peekable());
    let mut diff = DeckDiff::default();
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return diff,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(&a), Some(&b)) => place(&old[a]).cmp(&place(&new[b])),
        };
        match order {
            Ordering::Less => diff.removed.extend(left.next()),
            Ordering::Greater => diff.added.extend(right.next()),
            Ordering::Equal => {
                let pair = left.next().zip(right.next()).expect("both were peeked");
                if old[pair.0] == new[pair.1] {
                    diff.unchanged += 1;
                } else {
                    diff.changed.push(pair);
                }
            }
        }
    }
}

fn place(row: &DeckRow) -> (Prefix, Option<&Window>) {
    (row.fields().prefix, row.fields().window.as_ref())
}

fn ordered(rows: &[DeckRow]) -> Vec<usize> {
    let key = |row: &DeckRow| -> (Prefix, Option<Window>, Option<Timestamp>) {
        let fields = row.fields();
        (fields.prefix, fields.window.clone(), fields.effective_from)
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&a, &b| key(&rows[a]).cmp(&key(&rows[b])));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::parse_deck_csv, time::Zone};

    fn rows(body: &str) -> Vec<DeckRow> {
        let text = format!("prefix,rate_per_minute,effective_until,effective_from\n{body}");
        let parse = parse_deck_csv(text.as_bytes(), &Zone::UTC);
        assert_eq!(parse.errors, []);
        parse.rows
    }

    // BEY-02
    #[test]
    fn rows_are_added_removed_changed_or_the_same() {
        let old = rows("1,0.01,,\n44,0.02,,\n49,0.03,,\n33,0.05,,2026-01-01\n");
        let new = rows(concat!(
            "33,0.05,,2026-02-01\n",
            "1,0.01,2027-01-01,\n",
            "44,0.02,,\n",
            "1501,0.04,,\n",
            "1,0.02,,2027-01-01\n",
        ));
        let diff = diff_decks(&old, &new);
        assert_eq!(diff.added, [4, 3]);
        assert_eq!(diff.removed, [2]);
        assert_eq!(diff.changed, [(0, 1), (3, 0)]);
        assert_eq!(diff.unchanged, 1);
        let same = diff_decks(&new, &new);
        assert_eq!((same.unchanged, same.changed.len()), (new.len(), 0));
    }
}
