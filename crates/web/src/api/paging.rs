//! Lists by pages: parameters, cursors, answers.
//!
//! Decided here: a cursor is opaque, names the row beside it and the list it belongs to, and is
//! refused elsewhere. `limit` is 1 to 200, 50 where nothing is said (API-11).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::paging::{DEFAULT_LIMIT, Key, MAX_LIMIT, Neighbour, Order, Page, PageRequest, Side};
use serde::Serialize;
use utoipa::ToSchema;

use super::{problem::Problem, query::Parsed};

/// The parameters of a list, beside its filters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paging {
    pub(crate) limit: Option<Parsed<u16>>,
    pub(crate) starting_after: Option<String>,
    pub(crate) ending_before: Option<String>,
}

/// Defines the query of a list: its filters, and what all lists have.
macro_rules! list_query {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            $($(#[$field_meta])* $field: $kind,)*
            /// Rows of a page, 1 to 200; 50 where nothing is said.
            #[param(value_type = Option<u16>, minimum = 1, maximum = 200, example = 50)]
            limit: Option<$crate::api::query::Parsed<u16>>,
            /// The `next_cursor` of the page before.
            starting_after: Option<String>,
            /// The `previous_cursor` of the page after.
            ending_before: Option<String>,
        }

        impl $name {
            #[allow(dead_code, reason = "not every list has its own order")]
            fn paging(&self) -> $crate::api::paging::Paging {
                $crate::api::paging::Paging {
                    limit: self.limit,
                    starting_after: self.starting_after.clone(),
                    ending_before: self.ending_before.clone(),
                }
            }
        }
    };
}
pub(crate) use list_query;

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    /// Its name in queries.
    pub(crate) name: &'static str,
    /// What its column holds.
    pub(crate) kind: KeyKind,
}

/// What a sort column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// Nothing but the id.
    Id,
    /// A number or an instant.
    Int,
    /// A text.
    Text,
}

/// The order of ids: that of time.
pub(crate) const BY_ID: Sort = Sort { name: "id", kind: KeyKind::Id };

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// The rows, in the list's order.
    pub data: Vec<T>,
    /// Whether there are more rows in the direction that was read.
    pub has_more: bool,
    /// Send it as `starting_after` for the page after this one; absent after the last row.
    pub next_cursor: Option<String>,
    /// Send it as `ending_before` for the page before this one; absent on an empty page.
    pub previous_cursor: Option<String>,
}

impl Paging {
    /// The page of a list in the order of its ids, newest first.
    pub(crate) fn newest_first(&self) -> Result<PageRequest, Problem> {
        self.request(BY_ID, Order::Descending)
    }

    /// The page of a list that is sorted so.
    pub(crate) fn request(&self, sort: Sort, order: Order) -> Result<PageRequest, Problem> {
        let limit = self.limit.map_or(DEFAULT_LIMIT, |Parsed(limit)| limit);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Problem::parameter("limit", format!("must be 1 to {MAX_LIMIT}")));
        }
        let from = match (&self.starting_after, &self.ending_before) {
            (Some(_), Some(_)) => {
                let message = "cannot stand beside starting_after";
                return Err(Problem::parameter("ending_before", message));
            }
            (Some(cursor), None) => Some(("starting_after", cursor, Side::After)),
            (None, Some(cursor)) => Some(("ending_before", cursor, Side::Before)),
            (None, None) => None,
        };
        let from = from
            .map(|(name, cursor, side)| {
                let wrong = || Problem::parameter(name, "is no cursor of this list");
                neighbour(cursor, (sort, order), side).ok_or_else(wrong)
            })
            .transpose()?;
        Ok(PageRequest { order, limit, from })
    }
}

impl<T> List<T> {
    /// The answer for `page`, whose rows are placed by `place` and shown by `show`.
    pub(crate) fn of<R>(
        (page, request): (Page<R>, &PageRequest),
        sort: Sort,
        place: impl Fn(&R) -> (Option<Key>, String),
        show: impl FnMut(R) -> T,
    ) -> Self {
        let tag = tag(sort, request.order);
        let cursor = |row: Option<&R>| {
            row.map(|row| {
                let (key, id) = place(row);
                cursor(&tag, key.as_ref(), &id)
            })
        };
        let backwards = matches!(&request.from, Some(from) if from.side == Side::Before);
        // Read backwards, the row that the cursor named follows this page.
        let has_next = page.has_more || backwards;
        let next_cursor = if has_next { cursor(page.rows.last()) } else { None };
        let previous_cursor = cursor(page.rows.first());
        let has_more = page.has_more;
        let data = page.rows.into_iter().map(show).collect();
        Self { data, has_more, next_cursor, previous_cursor }
    }

    /// The answer for a page in the order of ids.
    pub(crate) fn by_id<R>(
        page: (Page<R>, &PageRequest),
        id: impl Fn(&R) -> String,
        show: impl FnMut(R) -> T,
    ) -> Self {
        Self::of(page, BY_ID, |row| (None, id(row)), show)
    }
}

/// What a cursor belongs to.
fn tag(sort: Sort, order: Order) -> String {
    match order {
        Order::Ascending => sort.name.to_owned(),
        Order::Descending => format!("-{}", sort.name),
    }
}

fn cursor(tag: &str, key: Option<&Key>, id: &str) -> String {
    let key = match key {
        None => serde_json::Value::Null,
        Some(Key::Int(value)) => (*value).into(),
        Some(Key::Text(value)) => value.as_str().into(),
    };
    URL_SAFE_NO_PAD.encode(serde_json::json!([tag, key, id]).to_string())
}

fn neighbour(cursor: &str, (sort, order): (Sort, Order), side: Side) -> Option<Neighbour> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (wanted, key, id): (String, serde_json::Value, String) =
        serde_json::from_slice(&bytes).ok()?;
    let key = match (sort.kind, key) {
        (KeyKind::Id, serde_json::Value::Null) => None,
        (KeyKind::Text, serde_json::Value::String(text)) if !text.contains('\0') => {
            Some(Key::Text(text))
        }
        (KeyKind::Int, serde_json::Value::Number(number)) => Some(Key::Int(number.as_i64()?)),
        _ => return None,
    };
    (wanted == tag(sort, order) && !id.contains('\0')).then_some(Neighbour { side, key, id })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_says_what_it_was_made_of(key in any::<i64>(), id in "[a-z0-9_]{1,30}") {
            let (key, sort) = (Some(Key::Int(key)), Sort { name: "created", kind: KeyKind::Int });
            let text = cursor("-created", key.as_ref(), &id);
            let read = neighbour(&text, (sort, Order::Descending), Side::After).unwrap();
            prop_assert_eq!((read.key, read.id), (key, id));
            for (sort, order) in [
                (sort, Order::Ascending),
                (Sort { kind: KeyKind::Text, ..sort }, Order::Descending),
                (BY_ID, Order::Descending),
            ] {
                prop_assert!(neighbour(&text, (sort, order), Side::After).is_none());
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = neighbour(&text, (BY_ID, Order::Descending), Side::Before);
        }
    }

    // API-11
    #[test]
    fn a_page_has_1_to_200_rows_and_50_where_nothing_is_said() {
        let limited = |limit| Paging { limit: Some(Parsed(limit)), ..Paging::default() };
        assert_eq!(Paging::default().newest_first().unwrap().limit, 50);
        assert_eq!(limited(200).newest_first().unwrap().limit, 200);
        assert!(limited(0).newest_first().is_err());
        assert!(limited(201).newest_first().is_err());
    }
}
