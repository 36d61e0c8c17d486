//! Long tables: headings that sort, filters, ways to the next page.
//!
//! Decided here: a table stands in a frame that scrolls sideways by itself, so that no page is ever
//! wider than the screen (DSH-09); all links keep what was asked of the list (DSH-16).

use domain::paging::Order;
use maud::{Markup, html};

use super::super::{listing::Listing, shell::Frame};

/// A heading of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    name: &'static str,
    sort: Option<&'static str>,
    class: Option<&'static str>,
    is_unseen: Option<()>,
}

impl Column {
    /// A column of texts.
    pub(crate) const fn text(name: &'static str) -> Self {
        Self { name, sort: None, class: None, is_unseen: None }
    }

    /// A column of numbers or amounts, which stand right.
    pub(crate) const fn amount(name: &'static str) -> Self {
        Self { class: Some("amount"), ..Self::text(name) }
    }

    /// A column of controls.
    pub(crate) const fn actions() -> Self {
        Self { class: Some("actions"), ..Self::text("Actions") }
    }

    /// Can be sorted by, under this name in addresses.
    pub(crate) const fn sorted(self, sort: &'static str) -> Self {
        Self { sort: Some(sort), ..self }
    }

    fn render(self, frame: &Frame, listing: Option<&Listing>) -> Markup {
        let (Some(sort), Some(listing)) = (self.sort, listing) else {
            return html! {
                th scope="col" class=[self.class] {
                    @if self.is_unseen.is_some() { span.unseen { (self.name) } }
                    @else { (self.name) }
                }
            };
        };
        let direction = (listing.sort() == sort).then(|| match listing.order() {
            Order::Ascending => ("ascending", "▲"),
            Order::Descending => ("descending", "▼"),
        });
        html! {
            th scope="col" class=[self.class] aria-sort=[direction.map(|(word, _)| word)] {
                a.sort href=(frame.path(&listing.sorted_by(sort))) {
                    (self.name)
                    @if let Some((_, sign)) = direction { span aria-hidden="true" { (sign) } }
                }
            }
        }
    }
}

/// A table of a list that can be sorted, with its rows (`tr`).
pub(crate) fn table(
    (frame, caption): (&Frame, &str),
    columns: &[Column],
    listing: &Listing,
    rows: &Markup,
) -> Markup {
    framed(
        caption,
        &html! { @for column in columns { (column.render(frame, Some(listing))) } },
        rows,
    )
}

/// A table that is as it is, with its rows (`tr`).
pub(crate) fn table_of(
    (frame, caption): (&Frame, &str),
    columns: &[Column],
    rows: &Markup,
) -> Markup {
    framed(caption, &html! { @for column in columns { (column.render(frame, None)) } }, rows)
}

fn framed(caption: &str, heads: &Markup, rows: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption.unseen { (caption) }
                thead { tr { (heads) } }
                tbody { (rows) }
            }
        }
    }
}

/// The ways to the pages before and after; nothing where there is one page only.
pub(crate) fn pager(frame: &Frame, listing: &Listing) -> Markup {
    let (previous, next) = (listing.previous(), listing.next());
    html! {
        @if previous.is_some() || next.is_some() {
            nav.pager aria-label="Pages" {
                @match previous {
                    Some(address) => a.button.small rel="prev" href=(frame.path(&address)) {
                        "← Previous"
                    },
                    None => span {},
                }
                @if let Some(address) = next {
                    a.button.small rel="next" href=(frame.path(&address)) { "Next →" }
                }
            }
        }
    }
}

/// A form of filters over a list. `fields` are its controls, each with the name of a filter.
pub(crate) fn filter_bar(frame: &Frame, listing: &Listing, fields: &Markup) -> Markup {
    html! {
        form.filters method="get" action=(frame.path(listing.path())) role="search" {
            @if let Some((name, value)) = listing.carried() {
                input type="hidden" name=(name) value=(value);
            }
            (fields)
            div.go {
                button.button type="submit" { "Apply" }
                @if listing.is_filtered() {
                    a.clear href=(frame.path(listing.path())) { "Clear filters" }
                }
            }
        }
    }
}
