//! Who may open which page.
//!
//! Decided here: everything, in one table. A page that is not in it is nobody's, so a new route is
//! closed until somebody says whose it is. A page of another layer does not exist for those who are
//! not of it (LAY-05); one that asks for more than somebody may do is refused.

use domain::user::{Ability, Layer, Standing};

/// What a page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Anybody,
    /// A session that still needs its code, and no other.
    Code,
    /// A session, whether the address is confirmed or not.
    Session,
    /// To be signed in.
    SignedIn,
    /// To be signed in, at this layer where one is named, and able to do this.
    May(Option<Layer>, Ability),
}

/// Who may open a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// As the router has it.
    pub path: &'static str,
    /// What it asks for.
    pub need: Need,
}

const fn rule(method: &'static str, path: &'static str, need: Need) -> Rule {
    Rule { method, path, need }
}

const LOOK: Need = Need::May(None, Ability::Look);
/// Partners' pages, by what they ask for.
const PARTNER_LOOK: Need = Need::May(Some(Layer::Partner), Ability::Look);
const PARTNER_BILLING: Need = Need::May(Some(Layer::Partner), Ability::SeeBilling);
const PARTNER_CHANGE: Need = Need::May(Some(Layer::Partner), Ability::Change);
const USERS: Need = Need::May(None, Ability::ManageUsers);
const OPERATOR: Need = Need::May(Some(Layer::Operator), Ability::Look);
const OPERATOR_BILLS: Need = Need::May(Some(Layer::Operator), Ability::SeeBilling);
const OPERATOR_CHANGES: Need = Need::May(Some(Layer::Operator), Ability::Change);
const TENANT: Need = Need::May(Some(Layer::Tenant), Ability::Look);
const TENANT_BILLS: Need = Need::May(Some(Layer::Tenant), Ability::SeeBilling);
const TENANT_PAYS: Need = Need::May(Some(Layer::Tenant), Ability::Change);

/// Every page.
pub const RULES: &[Rule] = &[
    rule("GET", "/", LOOK),
    rule("GET", "/sign-in", Need::Anybody),
    rule("POST", "/sign-in", Need::Anybody),
    rule("GET", "/sign-in/code", Need::Code),
    rule("POST", "/sign-in/code", Need::Code),
    rule("POST", "/sign-out", Need::Anybody),
    rule("GET", "/forgot", Need::Anybody),
    rule("POST", "/forgot", Need::Anybody),
    rule("GET", "/reset/{token}", Need::Anybody),
    rule("POST", "/reset/{token}", Need::Anybody),
    rule("GET", "/invitation/{token}", Need::Anybody),
    rule("POST", "/invitation/{token}", Need::Anybody),
    rule("GET", "/verify/{token}", Need::Anybody),
    rule("POST", "/verify/{token}", Need::Anybody),
    rule("GET", "/verify", Need::Session),
    rule("POST", "/verify", Need::Session),
    rule("GET", "/profile", Need::SignedIn),
    rule("POST", "/profile", Need::SignedIn),
    rule("POST", "/profile/theme", Need::SignedIn),
    rule("POST", "/profile/email", Need::SignedIn),
    rule("POST", "/profile/password", Need::SignedIn),
    rule("POST", "/profile/sessions", Need::SignedIn),
    rule("GET", "/profile/two-factor", Need::SignedIn),
    rule("POST", "/profile/two-factor", Need::SignedIn),
    rule("POST", "/profile/two-factor/off", Need::SignedIn),
    rule("POST", "/profile/two-factor/codes", Need::SignedIn),
    rule("GET", "/users", LOOK),
    rule("POST", "/users", USERS),
    rule("POST", "/users/{id}/role", USERS),
    rule("POST", "/users/{id}/invitation", USERS),
    rule("GET", "/users/{id}/remove", USERS),
    rule("POST", "/users/{id}/remove", USERS),
    rule("POST", "/act", Need::May(None, Ability::ActBelow)),
    rule("POST", "/act/leave", Need::SignedIn),
    rule("POST", "/partners/{id}/sign-out", Need::May(Some(Layer::Operator), Ability::ManageUsers)),
    rule("GET", "/invoices", Need::May(Some(Layer::Operator), Ability::SeeBilling)),
    rule("GET", "/invoices/{partner}/{id}/pdf", Need::May(None, Ability::SeeBilling)),
    // The partner's dashboard.
    rule("POST", "/setup/hide", PARTNER_LOOK),
    // The partner's tenants.
    rule("GET", "/tenants", PARTNER_LOOK),
    rule("POST", "/tenants", PARTNER_CHANGE),
    rule("GET", "/tenants/new", PARTNER_CHANGE),
    rule("GET", "/tenants/defaults", PARTNER_LOOK),
    rule("POST", "/tenants/defaults", PARTNER_CHANGE),
    rule("GET", "/tenants/{id}", PARTNER_LOOK),
    rule("GET", "/tenants/{id}/edit", PARTNER_CHANGE),
    rule("POST", "/tenants/{id}/edit", PARTNER_CHANGE),
    rule("GET", "/tenants/{id}/usage", PARTNER_LOOK),
    rule("GET", "/tenants/{id}/invoices", PARTNER_BILLING),
    rule("GET", "/tenants/{id}/payments", PARTNER_BILLING),
    rule("GET", "/tenants/{id}/dunning", PARTNER_BILLING),
    rule("GET", "/tenants/{id}/dunning/mails", PARTNER_BILLING),
    rule("POST", "/tenants/{id}/dunning/promise", PARTNER_CHANGE),
    rule("POST", "/tenants/{id}/dunning/clear", PARTNER_CHANGE),
    rule("GET", "/tenants/{id}/suspend", PARTNER_CHANGE),
    rule("POST", "/tenants/{id}/suspend", PARTNER_CHANGE),
    rule("POST", "/tenants/{id}/resume", PARTNER_CHANGE),
    rule("POST", "/tenants/{id}/activate", PARTNER_CHANGE),
    rule("GET", "/tenants/{id}/delete", PARTNER_CHANGE),
    rule("POST", "/tenants/{id}/delete", PARTNER_CHANGE),
    rule("POST", "/tenants/{id}/reactivate", PARTNER_CHANGE),
    // The invoices of a partner's tenants.
    rule("GET", "/tenant-invoices", PARTNER_BILLING),
    rule("POST", "/tenant-invoices", PARTNER_CHANGE),
    rule("GET", "/tenant-invoices/new", PARTNER_CHANGE),
    rule("GET", "/tenant-invoices/{id}", PARTNER_BILLING),
    rule("GET", "/tenant-invoices/{id}/pdf", PARTNER_BILLING),
    rule("GET", "/tenant-invoices/{id}/edit", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/edit", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/issue", PARTNER_CHANGE),
    rule("GET", "/tenant-invoices/{id}/void", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/void", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/send", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/remind", PARTNER_CHANGE),
    rule("GET", "/tenant-invoices/{id}/paid", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/paid", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/charge", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/link", PARTNER_CHANGE),
    rule("GET", "/tenant-invoices/{id}/credit-note", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/credit-note", PARTNER_CHANGE),
    rule("GET", "/tenant-invoices/{id}/refund", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/refund", PARTNER_CHANGE),
    rule("POST", "/tenant-invoices/{id}/refunds/{refund}/retry", PARTNER_CHANGE),
    rule("GET", "/credit-notes/{id}/pdf", PARTNER_BILLING),
    // pages/partner/profiles
    rule("GET", "/settings/profiles", PARTNER_BILLING),
    rule("POST", "/settings/profiles", PARTNER_CHANGE),
    rule("GET", "/settings/profiles/new", PARTNER_CHANGE),
    rule("GET", "/settings/profiles/{id}", PARTNER_BILLING),
    rule("POST", "/settings/profiles/{id}", PARTNER_CHANGE),
    rule("GET", "/settings/profiles/{id}/versions", PARTNER_BILLING),
    rule("POST", "/settings/profiles/{id}/default", PARTNER_CHANGE),
    rule("GET", "/settings/profiles/{id}/delete", PARTNER_CHANGE),
    rule("POST", "/settings/profiles/{id}/delete", PARTNER_CHANGE),
    // pages/partner/decks
    rule("GET", "/settings/decks", PARTNER_BILLING),
    rule("POST", "/settings/decks", PARTNER_CHANGE),
    rule("GET", "/settings/decks/new", PARTNER_CHANGE),
    rule("GET", "/settings/decks/{id}", PARTNER_BILLING),
    rule("POST", "/settings/decks/{id}", PARTNER_CHANGE),
    rule("GET", "/settings/decks/{id}/file", PARTNER_BILLING),
    rule("POST", "/settings/decks/{id}/name", PARTNER_CHANGE),
    rule("GET", "/settings/decks/{id}/delete", PARTNER_CHANGE),
    rule("POST", "/settings/decks/{id}/delete", PARTNER_CHANGE),
    rule("GET", "/settings/deck-uploads/{id}", PARTNER_CHANGE),
    rule("POST", "/settings/deck-uploads/{id}", PARTNER_CHANGE),
    rule("POST", "/settings/deck-uploads/{id}/discard", PARTNER_CHANGE),
    // pages/partner/taxes
    rule("GET", "/settings/taxes", PARTNER_BILLING),
    rule("POST", "/settings/taxes", PARTNER_CHANGE),
    rule("GET", "/settings/taxes/{id}", PARTNER_CHANGE),
    rule("POST", "/settings/taxes/{id}", PARTNER_CHANGE),
    rule("GET", "/settings/taxes/{id}/delete", PARTNER_CHANGE),
    rule("POST", "/settings/taxes/{id}/delete", PARTNER_CHANGE),
    // pages/operator
    rule("GET", "/partners", OPERATOR),
    rule("GET", "/partners/new", OPERATOR_CHANGES),
    rule("POST", "/partners/new", OPERATOR_CHANGES),
    rule("GET", "/partners/{id}", OPERATOR),
    rule("GET", "/partners/{id}/suspend", OPERATOR_CHANGES),
    rule("POST", "/partners/{id}/suspend", OPERATOR_CHANGES),
    rule("POST", "/partners/{id}/lift", OPERATOR_CHANGES),
    rule("POST", "/partners/{id}/rate-limit", OPERATOR_CHANGES),
    rule("GET", "/partners/{id}/wallet", OPERATOR_BILLS),
    rule("POST", "/partners/{id}/wallet", OPERATOR_CHANGES),
    rule("GET", "/partners/{id}/terms", OPERATOR_BILLS),
    rule("POST", "/partners/{id}/terms", OPERATOR_CHANGES),
    rule("POST", "/partners/{id}/settling", OPERATOR_CHANGES),
    rule("POST", "/partners/{id}/activate", OPERATOR_CHANGES),
    rule("POST", "/partners/{id}/pause", OPERATOR_CHANGES),
    rule("GET", "/operator/rates", OPERATOR_BILLS),
    rule("POST", "/operator/rates", OPERATOR_CHANGES),
    rule("GET", "/operator/settlements", OPERATOR_BILLS),
    rule("POST", "/operator/settlements/{id}/paid", OPERATOR_CHANGES),
    rule("GET", "/operator/disputes", OPERATOR_BILLS),
    rule("GET", "/operator/disputes/{id}", OPERATOR_BILLS),
    rule("POST", "/operator/disputes/{id}/evidence", OPERATOR_CHANGES),
    rule("POST", "/operator/disputes/{id}/outcome", OPERATOR_CHANGES),
    rule("GET", "/operator/imports", OPERATOR),
    rule("GET", "/operator/rejects", OPERATOR),
    rule("POST", "/operator/rejects/retry", OPERATOR_CHANGES),
    rule("GET", "/operator/rejects/{id}", OPERATOR),
    rule("POST", "/operator/rejects/{id}/dismiss", OPERATOR_CHANGES),
    rule("GET", "/operator/jobs", OPERATOR),
    rule("GET", "/operator/deliveries", OPERATOR),
    rule("GET", "/operator/clock", OPERATOR),
    rule("POST", "/operator/clock", OPERATOR_CHANGES),
    rule("GET", "/operator/health", OPERATOR),
    rule("GET", "/operator/audit", OPERATOR),
    // pages/tenant
    rule("GET", "/my/billing", TENANT_BILLS),
    rule("POST", "/my/auto-pay", TENANT_PAYS),
    rule("GET", "/my/invoices", TENANT_BILLS),
    rule("GET", "/my/invoices/{id}", TENANT_BILLS),
    rule("GET", "/my/invoices/{id}/pdf", TENANT_BILLS),
    rule("GET", "/my/invoices/{id}/lines/{line}", TENANT_BILLS),
    rule("POST", "/my/invoices/{id}/pay", TENANT_PAYS),
    rule("POST", "/my/methods", TENANT_PAYS),
    rule("POST", "/my/methods/{id}/default", TENANT_PAYS),
    rule("GET", "/my/methods/{id}/remove", TENANT_PAYS),
    rule("POST", "/my/methods/{id}/remove", TENANT_PAYS),
    rule("GET", "/my/payments", TENANT_BILLS),
    rule("GET", "/my/payments/{id}", TENANT_BILLS),
    rule("POST", "/my/payments/{id}/confirm", TENANT_PAYS),
    rule("GET", "/my/calls", TENANT),
    rule("GET", "/my/calls.csv", TENANT),
    rule("GET", "/my/calls/{id}", TENANT),
    rule("GET", "/brand.css", Need::Anybody),
    rule("GET", "/logo", Need::Anybody),
];

/// What a page asks for; nothing where it is nobody's.
pub(crate) fn need(method: &str, path: &str) -> Option<Need> {
    let method = if method == "HEAD" { "GET" } else { method };
    let found = RULES.iter().find(|rule| rule.method == method && rule.path == path);
    found.map(|rule| rule.need)
}

/// Whether a page stays open for people of a tenant whose service is suspended: how it stands, what
/// it owes, how to pay, and what is about oneself (TPO-10, PAY-16).
pub(crate) fn is_open_in_suspension(path: &str) -> bool {
    const OPEN: [&str; 7] = [
        "/my/billing",
        "/my/auto-pay",
        "/my/invoices",
        "/my/methods",
        "/my/payments",
        "/profile",
        "/act",
    ];
    let is_below = |start: &&str| {
        path.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path == "/" || OPEN.iter().any(is_below)
}

/// How a page answers somebody who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It opens.
    Open,
    /// It is there, and closed.
    Forbidden,
    /// It is not there for this layer.
    Nowhere,
}

/// Whether somebody who stands so may do what a page asks for.
pub(crate) fn judge((layer, ability): (Option<Layer>, Ability), standing: Standing) -> Verdict {
    if layer.is_some_and(|layer| layer != standing.account().layer()) {
        return Verdict::Nowhere;
    }
    if standing.may(ability) { Verdict::Open } else { Verdict::Forbidden }
}

#[cfg(test)]
mod tests {
    use super::*;

    // TPO-10 PAY-16
    #[test]
    fn only_billing_and_oneself_stay_open_in_suspension() {
        for path in ["/", "/my/billing", "/my/invoices/{id}/pay", "/profile/theme", "/act/leave"] {
            assert!(is_open_in_suspension(path), "{path}");
        }
        for path in ["/my/calls", "/users", "/my/invoicesx", "/users/{id}/remove"] {
            assert!(!is_open_in_suspension(path), "{path}");
        }
    }

    #[test]
    fn a_page_that_is_not_named_is_nobodys() {
        assert_eq!(need("GET", "/elsewhere"), None);
        assert_eq!(need("POST", "/"), None);
        assert_eq!(need("HEAD", "/users"), Some(LOOK));
        for (index, rule) in RULES.iter().enumerate() {
            let twin =
                RULES[..index].iter().find(|it| (it.method, it.path) == (rule.method, rule.path));
            assert_eq!(twin, None, "one rule a page");
        }
    }
}
