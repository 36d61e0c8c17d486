//! What the navigation leads to, by layer and by what somebody may do (DSH-05, DSH-06).
//!
//! Decided here: everything, in one table. An entry is a page that exists; whoever may not open it
//! does not see it, and a menu without entries is not shown. Entries of a menu stand together, in
//! the order of the table.

use domain::user::{Ability, Layer, Standing};

/// One page in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    layer: Layer,
    /// The menu that it is in; empty where it stands in the bar itself.
    menu: &'static str,
    name: &'static str,
    path: &'static str,
    ability: Ability,
}

const fn entry(
    (layer, menu): (Layer, &'static str),
    name: &'static str,
    path: &'static str,
    ability: Ability,
) -> Entry {
    Entry { layer, menu, name, path, ability }
}

/// The bar itself.
const BAR: &str = "";

/// Every entry.
const ENTRIES: &[Entry] = &[
    // The operator's console.
    entry((Layer::Operator, BAR), "Dashboard", "/", Ability::Look),
    entry((Layer::Operator, BAR), "Partners", "/partners", Ability::Look),
    entry((Layer::Operator, "Money"), "Invoices", "/invoices", Ability::SeeBilling),
    entry((Layer::Operator, "Money"), "Settlements", "/operator/settlements", Ability::SeeBilling),
    entry((Layer::Operator, "Money"), "Disputes", "/operator/disputes", Ability::SeeBilling),
    entry((Layer::Operator, "Money"), "Rate Changes", "/operator/rates", Ability::SeeBilling),
    entry((Layer::Operator, "Calls"), "Imports", "/operator/imports", Ability::Look),
    entry((Layer::Operator, "Calls"), "Refused Records", "/operator/rejects", Ability::Look),
    entry((Layer::Operator, "Platform"), "Health", "/operator/health", Ability::Look),
    entry((Layer::Operator, "Platform"), "Jobs", "/operator/jobs", Ability::Look),
    entry((Layer::Operator, "Platform"), "Webhook Failures", "/operator/deliveries", Ability::Look),
    entry((Layer::Operator, "Platform"), "Clock", "/operator/clock", Ability::Look),
    entry((Layer::Operator, "Platform"), "Audit Log", "/operator/audit", Ability::Look),
    entry((Layer::Operator, "Platform"), "Users", "/users", Ability::Look),
    // Partners.
    entry((Layer::Partner, BAR), "Dashboard", "/", Ability::Look),
    entry((Layer::Partner, "Tenants"), "Tenants", "/tenants", Ability::Look),
    entry((Layer::Partner, "Tenants"), "Tenant Defaults", "/tenants/defaults", Ability::Look),
    entry((Layer::Partner, "Reports"), "Tenant Invoices", "/tenant-invoices", Ability::SeeBilling),
    entry(
        (Layer::Partner, "Settings"),
        "Billing Config",
        "/settings/profiles",
        Ability::SeeBilling,
    ),
    entry((Layer::Partner, "Settings"), "Rate Decks", "/settings/decks", Ability::SeeBilling),
    entry((Layer::Partner, "Settings"), "Taxes", "/settings/taxes", Ability::SeeBilling),
    entry((Layer::Partner, "Settings"), "Users", "/users", Ability::Look),
    // Tenants.
    entry((Layer::Tenant, BAR), "Dashboard", "/", Ability::Look),
    entry((Layer::Tenant, BAR), "Call History", "/my/calls", Ability::Look),
    entry((Layer::Tenant, BAR), "Billing", "/my/billing", Ability::SeeBilling),
    entry((Layer::Tenant, BAR), "Users", "/users", Ability::Look),
];

/// A page that can be gone to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
}

/// What stands in the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Menu {
    /// A page.
    Page(Item),
    /// A name that opens a list of pages.
    Group(&'static str, Vec<Item>),
}

/// The navigation of somebody who stands so.
pub(crate) fn menus(standing: Standing) -> Vec<Menu> {
    let layer = standing.account().layer();
    let mut menus: Vec<Menu> = Vec::new();
    for entry in ENTRIES.iter().filter(|it| it.layer == layer && standing.may(it.ability)) {
        let item = Item { name: entry.name, path: entry.path };
        match menus.last_mut() {
            _ if entry.menu == BAR => menus.push(Menu::Page(item)),
            Some(Menu::Group(name, items)) if *name == entry.menu => items.push(item),
            _ => menus.push(Menu::Group(entry.menu, vec![item])),
        }
    }
    menus
}

/// The entry under which a page is: the one with its own path, else the nearest above it.
pub(crate) fn here(menus: &[Menu], at: &str) -> Option<&'static str> {
    let items = menus.iter().flat_map(|menu| match menu {
        Menu::Page(item) => std::slice::from_ref(item),
        Menu::Group(_, items) => items.as_slice(),
    });
    let is_above = |path: &str| {
        at.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    items.map(|item| item.path).filter(|path| is_above(path)).max_by_key(|path| path.len())
}

#[cfg(test)]
mod tests {
    use domain::{
        ids::{PartnerId, TenantId},
        user::{Account, Role},
    };

    use super::*;
    use crate::portal::rules::{Need, need};

    #[test]
    fn every_entry_is_a_page_that_whoever_sees_it_may_open() {
        for entry in ENTRIES {
            match need("GET", entry.path) {
                Some(Need::May(layer, ability)) => {
                    assert!(layer.is_none_or(|it| it == entry.layer), "{entry:?}");
                    assert_eq!(ability, entry.ability, "{entry:?}");
                }
                other => panic!("{entry:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_menu_stands_once_and_its_entries_together() {
        for role in Role::ALL {
            let (partner_id, tenant_id) = (PartnerId::from_bits(1), TenantId::from_bits(1));
            let account = match role.layer() {
                Layer::Operator => Account::Operator,
                Layer::Partner => Account::Partner(partner_id),
                Layer::Tenant => Account::Tenant(partner_id, tenant_id),
            };
            let menus = menus(Standing::home(account, role));
            let names = menus.iter().filter_map(|menu| match menu {
                Menu::Group(name, _) => Some(*name),
                Menu::Page(_) => None,
            });
            let mut names: Vec<&str> = names.collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{role:?}: {menus:?}");
        }
    }

    #[test]
    fn a_page_below_an_entry_is_under_it() {
        let item = |name, path| Item { name, path };
        let menus = [
            Menu::Page(item("Dashboard", "/")),
            Menu::Group("A", vec![item("B", "/b"), item("C", "/b/c")]),
        ];
        for (at, path) in [
            ("/", Some("/")),
            ("/b", Some("/b")),
            ("/b/1", Some("/b")),
            ("/b/c/2", Some("/b/c")),
            ("/bc", None),
        ] {
            assert_eq!(here(&menus, at), path, "{at}");
        }
    }
}
