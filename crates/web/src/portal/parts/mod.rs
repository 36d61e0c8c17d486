//! The components that pages are made of.
//!
//! Decided here: nothing; `fields` are what forms have, `lists` what long tables have, `pieces` the
//! rest. All get strings that are ready and place them, escaped.

#[allow(dead_code, reason = "components are there for pages to come")]
mod fields;
#[allow(dead_code, reason = "components are there for pages to come")]
mod lists;
#[allow(dead_code, reason = "components are there for pages to come")]
mod pieces;

#[allow(unused_imports, reason = "components are there for pages to come")]
pub(crate) use self::{
    fields::{Area, Choice, Field, FileField, Group, choices, hidden, select, select_field, tick},
    lists::{Column, filter_bar, pager, table, table_of},
    pieces::{
        Confirm, Stale, Tab, alert, badge, card, crumbs, definitions, empty_state, empty_with,
        money, other_errors, page_head, stat, stats, tabs, tone_of,
    },
};
