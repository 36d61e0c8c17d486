//! The groups of operations, in the order they are read.
//!
//! Decided here: what a group is about. A group that is not listed here comes last, so that a new
//! route is never missing from the document.

use serde_json::{Value, json};

/// Groups, in their order.
const TAGS: &[(&str, &str)] = &[
    ("Operator", "Partners and the deployment, with the operator's keys."),
    ("Partner", "The partner's own account."),
    ("Tenants", "The partner's customers: their life, limits and usage."),
    ("Limits", "How much a tenant may have."),
    ("Usage", "What calls add up to, before and after they are billed."),
    ("Billing profiles", "Prices and rules, in versions."),
    ("Rate decks", "What calls cost by destination."),
    ("Phone numbers", "Numbers and who has them."),
    ("Extensions", "Seats that are billed."),
    ("Calls", "Calls, call records and rows that were refused."),
    ("Invoices", "From draft to paid, with PDFs."),
    ("Payments", "What was paid, and what failed."),
    ("Dunning", "Unpaid invoices: policies, tenants that are late, promises to pay."),
    ("Payment methods", "Saved cards and bank accounts of tenants and of the partner."),
    ("Payment processor", "On whose account tenants pay."),
    ("Settlements", "What the operator owes partners for payments on its account."),
    ("Refunds", "What goes back, to cards, to balances or by hand."),
    ("Credit notes", "What takes back an invoice on paper."),
    ("Disputes", "Payments that tenants take back through their banks."),
    ("Reports", "The books for accountants."),
    ("Charges", "One-time and recurring charges."),
    ("Credits", "What a tenant's next invoices are reduced by."),
    ("Taxes", "Jurisdictions and their rates."),
    ("Wallet", "The partner's prepaid balance."),
    ("Subscription", "The partner's own plan with the operator."),
    ("Events", "What happened, in order."),
    ("Webhooks", "Where events are sent, and how that went."),
    ("Simulations", "What another profile would have cost."),
    ("Clock", "The simulated clock, where the deployment has one."),
    ("Users", "People who sign in: the partner's own and its tenants'."),
    ("API keys", "Keys, their scopes and limits."),
    ("Logs", "Who changed what, and what was asked."),
];

/// Lists the groups that the document's operations name.
pub(super) fn complete(document: &mut Value) {
    let mut used: Vec<String> = Vec::new();
    for operation in super::examples::operations(document) {
        for tag in operation["tags"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !used.iter().any(|known| known == tag) {
                used.push(tag.to_owned());
            }
        }
    }
    let place = |name: &String| TAGS.iter().position(|(tag, _)| tag == name).unwrap_or(usize::MAX);
    used.sort_by_key(|name| (place(name), name.clone()));
    let described = used.iter().map(|name| match TAGS.iter().find(|(tag, _)| tag == name) {
        Some((_, text)) => json!({"name": name, "description": text}),
        None => json!({"name": name}),
    });
    document["tags"] = described.collect();
}
