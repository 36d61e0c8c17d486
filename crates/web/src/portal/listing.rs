//! Lists on pages: what was asked of one, kept in its address.
//!
//! Decided here: filters, order and place are in the address and nowhere else, so that a list can
//! be sent to somebody or gone back to (DSH-16). Places are the API's cursors: a page is found by
//! its neighbour. An address that makes no sense is a list from its beginning, not an error.

use axum::http::Uri;
use domain::paging::{Key, Order, Page, PageRequest, Side};

use super::fields::Fields;
use crate::api::paging::{BY_ID, KeyKind, List, Paging, Sort};

/// Rows of a page.
const SHOWN: u16 = 50;
/// Longest text of a filter.
const MAX_FILTER: usize = 100;

/// By what a list can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sortable(&'static str, KeyKind);

impl Sortable {
    /// By ids, which is by time; the column's name in addresses.
    pub(crate) const fn by_id(name: &'static str) -> Self {
        Self(name, KeyKind::Id)
    }

    /// By a number or an instant.
    pub(crate) const fn by_number(name: &'static str) -> Self {
        Self(name, KeyKind::Int)
    }

    /// By a text.
    pub(crate) const fn by_text(name: &'static str) -> Self {
        Self(name, KeyKind::Text)
    }

    /// The name in addresses.
    pub(crate) const fn name(self) -> &'static str {
        self.0
    }
}

/// What a list is asked for with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// The names of its filters.
    pub(crate) filters: &'static [&'static str],
    /// What it can be sorted by; the first where nothing is said.
    pub(crate) sorts: &'static [Sortable],
    /// Which way it runs where nothing is said.
    pub(crate) order: Order,
}

/// A list as it was asked for, and the way to its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    path: String,
    filters: Vec<(&'static str, String)>,
    sort: Sortable,
    order: Order,
    is_usual: Usual,
    after: Option<String>,
    before: Option<String>,
}

/// Whether a list is in its usual order, which addresses need not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Usual {
    Yes,
    No,
}

impl Listing {
    /// The list at `path` as a query asks for it.
    pub(crate) fn read(path: &str, query: Option<&str>, kind: Kind) -> Self {
        let fields = Fields::read(query.unwrap_or_default().as_bytes());
        let text = |name: &str| -> String {
            fields.get(name).trim().chars().filter(|c| *c != '\0').take(MAX_FILTER).collect()
        };
        let filters = kind.filters.iter().map(|name| (*name, text(name)));
        let filters = filters.filter(|(_, value)| !value.is_empty()).collect();
        let asked = fields.get("sort");
        let (name, order) = match asked.strip_prefix('-') {
            Some(name) => (name, Order::Descending),
            None => (asked, Order::Ascending),
        };
        let found = kind.sorts.iter().find(|it| it.name() == name);
        let usual = (kind.sorts[0], kind.order);
        let (sort, order) = found.map_or(usual, |sort| (*sort, order));
        let place = |name: &str| Some(fields.get(name).to_owned()).filter(|it| !it.is_empty());
        Self {
            path: path.to_owned(),
            filters,
            sort,
            order,
            is_usual: if (sort, order) == usual { Usual::Yes } else { Usual::No },
            after: place("after"),
            before: place("before"),
        }
    }

    /// What a filter is set to; empty where it is not.
    pub(crate) fn filter(&self, name: &str) -> &str {
        self.filters.iter().find(|(it, _)| *it == name).map_or("", |(_, value)| value.as_str())
    }

    /// The same, where it is set.
    pub(crate) fn chosen(&self, name: &str) -> Option<String> {
        Some(self.filter(name)).filter(|it| !it.is_empty()).map(str::to_owned)
    }

    /// Whether anything is filtered.
    pub(crate) fn is_filtered(&self) -> bool {
        !self.filters.is_empty()
    }

    /// By what it is sorted: the column's name in addresses.
    pub(crate) const fn sort(&self) -> &'static str {
        self.sort.name()
    }

    /// Which way it runs.
    pub(crate) const fn order(&self) -> Order {
        self.order
    }

    /// The page that is asked for.
    pub(crate) fn request(&self) -> PageRequest {
        let paging = Paging {
            limit: None,
            starting_after: self.after.clone(),
            ending_before: self.before.clone(),
        };
        let first = PageRequest { order: self.order, limit: SHOWN, from: None };
        paging
            .request(self.api_sort(), self.order)
            .map_or(first, |page| PageRequest { limit: SHOWN, ..page })
    }

    fn api_sort(&self) -> Sort {
        match self.sort {
            Sortable(_, KeyKind::Id) => BY_ID,
            Sortable(name, kind) => Sort { name, kind },
        }
    }

    /// The rows as they are shown, and the list with its neighbours. `place` answers a row's sort
    /// value (none where the list is sorted by ids) and its id.
    pub(crate) fn page<R, T>(
        mut self,
        (page, request): (Page<R>, &PageRequest),
        place: impl Fn(&R) -> (Option<Key>, String),
        show: impl FnMut(R) -> T,
    ) -> (Vec<T>, Self) {
        let has_more = page.has_more;
        let listed = List::of((page, request), self.api_sort(), place, show);
        self.after = listed.next_cursor;
        let has_before = match request.from.as_ref().map(|from| from.side) {
            None => false,
            Some(Side::After) => true,
            Some(Side::Before) => has_more,
        };
        self.before = listed.previous_cursor.filter(|_| has_before);
        (listed.data, self)
    }

    /// The path of the list without anything asked of it.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The address of the page after this one, once the list was read.
    pub(crate) fn next(&self) -> Option<String> {
        self.after.as_deref().map(|cursor| self.address(&[("after", cursor)]))
    }

    /// The address of the page before this one, once the list was read.
    pub(crate) fn previous(&self) -> Option<String> {
        self.before.as_deref().map(|cursor| self.address(&[("before", cursor)]))
    }

    /// The address of the same list sorted by a column; the other way round where it is already.
    pub(crate) fn sorted_by(&self, name: &str) -> String {
        let is_descending = self.sort.name() == name && self.order == Order::Ascending;
        let sort = if is_descending { format!("-{name}") } else { name.to_owned() };
        let mut other = self.clone();
        other.is_usual = Usual::Yes;
        other.address(&[("sort", &sort)])
    }

    /// The address of the list with one filter set anew, or taken away where it is empty.
    pub(crate) fn filtered_by(&self, name: &'static str, value: &str) -> String {
        let mut other = self.clone();
        other.filters.retain(|(it, _)| *it != name);
        let more = [(name, value)];
        other.address(if value.is_empty() { &[] } else { &more })
    }

    /// The query as another address of the same list can carry it, such as that of its export;
    /// begins with a question mark where there is anything.
    #[allow(dead_code, reason = "exports of lists are to come")]
    pub(crate) fn query(&self) -> String {
        let address = self.address(&[]);
        address[self.path.len()..].to_owned()
    }

    /// Fields that a form of filters carries along: the order.
    pub(crate) fn carried(&self) -> Option<(&'static str, String)> {
        (self.is_usual == Usual::No).then(|| ("sort", self.sort_text()))
    }

    fn sort_text(&self) -> String {
        match self.order {
            Order::Ascending => self.sort.name().to_owned(),
            Order::Descending => format!("-{}", self.sort.name()),
        }
    }

    fn address(&self, more: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filters);
        if let Some((name, value)) = self.carried() {
            query.append_pair(name, &value);
        }
        query.extend_pairs(more);
        let query = query.finish();
        let address =
            if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) };
        debug_assert!(address.parse::<Uri>().is_ok(), "{address} is no address");
        address
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KIND: Kind = Kind {
        filters: &["q", "status"],
        sorts: &[Sortable::by_id("created"), Sortable::by_text("name")],
        order: Order::Descending,
    };

    fn read(query: &str) -> Listing {
        Listing::read("/things", Some(query), KIND)
    }

    // DSH-16
    #[test]
    fn an_address_keeps_filters_and_order() {
        let list = read("q=a%26b&status=&sort=name&other=x");
        assert_eq!((list.filter("q"), list.filter("status"), list.sort()), ("a&b", "", "name"));
        assert_eq!(list.query(), "?q=a%26b&sort=name");
        assert_eq!(list.sorted_by("name"), "/things?q=a%26b&sort=-name");
        assert_eq!(list.sorted_by("created"), "/things?q=a%26b&sort=created");
        assert_eq!(list.filtered_by("q", ""), "/things?sort=name");
        assert_eq!(list.filtered_by("status", "on"), "/things?q=a%26b&sort=name&status=on");
        assert_eq!(read("sort=-created").query(), "");
        assert_eq!(read("").sorted_by("created"), "/things?sort=created");
        assert_eq!(read("sort=created").sorted_by("created"), "/things?sort=-created");
    }

    // DSH-16
    #[test]
    fn pages_lead_to_their_neighbours_and_the_ends_lead_nowhere() {
        let mut all: Vec<String> = (0..120).map(|index| format!("id{index:03}")).collect();
        all.reverse();
        let page = |list: Listing| {
            let request = list.request();
            let from = request.from.clone();
            let at = |id: &str| all.iter().position(|it| it == id).unwrap();
            let (start, end) = match &from {
                None => (0, 50),
                Some(it) if it.side == Side::After => (at(&it.id) + 1, at(&it.id) + 51),
                Some(it) => (at(&it.id).saturating_sub(50), at(&it.id)),
            };
            let end = end.min(all.len());
            let has_more = match from.map(|it| it.side) {
                Some(Side::Before) => start > 0,
                _ => end < all.len(),
            };
            let rows = all[start..end].to_vec();
            list.page((Page { rows, has_more }, &request), |id| (None, id.clone()), |id| id)
        };
        let follow = |address: String| read(address.split_once('?').unwrap().1);
        let (first, one) = page(read("q=x"));
        assert_eq!((first.len(), one.previous()), (50, None));
        let (second, two) = page(follow(one.next().unwrap()));
        assert_eq!((second[0].as_str(), two.filter("q")), ("id069", "x"));
        let (third, three) = page(follow(two.next().unwrap()));
        assert_eq!((third.len(), three.next()), (20, None));
        let (back, two) = page(follow(three.previous().unwrap()));
        assert_eq!(back, second);
        let (start, one) = page(follow(two.previous().unwrap()));
        assert_eq!((start, one.previous()), (first, None));
    }

    proptest! {
        #[test]
        fn no_query_panics_and_what_is_shown_leads_back(query in "\\PC{0,80}") {
            let list = read(&query);
            let again = read(list.query().trim_start_matches('?'));
            prop_assert_eq!(again.query(), list.query());
            let _ = list.request();
        }
    }
}
