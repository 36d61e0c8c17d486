//! Which events there are (WHK-03).
//!
//! Decided here: an event that is not in this list is never recorded, and so never sent. Of the
//! documented events those are here whose subject exists; a subject that comes brings its events.

/// A kind of event that endpoints can subscribe to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// Such as `tenant.created`.
    pub name: &'static str,
    /// What it is listed under.
    pub category: &'static str,
    /// When it happens, for people.
    pub description: &'static str,
}

/// Sent to one endpoint because somebody asked for it; nobody subscribes to it.
pub const TEST_EVENT: &str = "webhook.test";

macro_rules! types {
    ($($category:literal { $($name:literal $description:literal)* })*) => {
        &[$($(EventType { name: $name, category: $category, description: $description },)*)*]
    };
}

/// Every event that endpoints can subscribe to, by category.
pub const EVENT_TYPES: &[EventType] = types! {
    "Tenants" {
        "tenant.created" "A tenant was created."
        "tenant.updated" "A tenant's data, profile, taxes or status changed."
        "tenant.activated" "Billing of a tenant began."
        "tenant.suspended" "A tenant was suspended."
        "tenant.unsuspended" "The last reason for a tenant's suspension is gone."
        "tenant.deleted" "A tenant was cancelled."
    }
    "Phone Numbers" {
        "phone_number.assigned" "A number was assigned to a tenant."
        "phone_number.released" "A number was taken back from its tenant."
    }
    "Extensions" {
        "extension.created" "An extension was added to a tenant."
        "extension.deleted" "An extension was removed from its tenant."
    }
    "Billing" {
        "invoice.created" "An invoice was issued."
        "invoice.paid" "Nothing is due on an invoice any more."
        "invoice.failed" "An automatic payment of an invoice was declined."
        "invoice.overdue" "An invoice was not paid by its due day."
        "invoice.cancelled" "An issued invoice was cancelled."
        "payment.succeeded" "A payment came in."
        "payment.failed" "A payment was declined."
        "payment_method.attached" "A payment method was saved."
        "payment_method.updated" "A payment method was verified, made the default or renewed."
        "payment_method.detached" "A payment method was removed."
        "payment.refunded" "A payment, or a part of it, was given back."
        "refund.created" "Somebody asked for a refund."
        "refund.updated" "A refund is on its way, or succeeded."
        "refund.failed" "A refund failed; what it gave back can be given back again."
        "dispute.created" "A payer disputes a payment."
        "dispute.updated" "A dispute moved on, and is not closed."
        "dispute.closed" "A dispute was won or lost."
        "credit_note.created" "A credit note was issued."
        "credit_note.cancelled" "A credit note was cancelled, because its refund failed."
        "checkout.session.completed" "A checkout session was paid."
        "credit.created" "A credit was given to a tenant."
        "credit.voided" "What was left of a credit was taken back."
        "charge.created" "A one-time or recurring charge was added to a tenant."
        "charge.updated" "A charge was changed before any invoice carried it."
        "charge.ended" "A recurring charge was ended."
        "billing_profile.created" "A billing profile was created."
        "billing_profile.updated" "A billing profile has a new version."
        "billing_profile.deleted" "A billing profile was deleted."
        "rate_deck.created" "A rate deck was created."
        "rate_deck.updated" "A rate deck has a new version."
        "rate_deck.renamed" "A rate deck has another name."
        "rate_deck.deleted" "A rate deck was deleted."
        "tax_jurisdiction.created" "A tax jurisdiction was created."
        "tax_jurisdiction.updated" "A tax jurisdiction was changed."
        "tax_jurisdiction.deleted" "A tax jurisdiction was deleted."
    }
    "Account" {
        "partner.created" "The partner's account was created."
        "partner.updated" "The partner's account was changed."
        "partner.terms_changed" "The partner's wholesale terms change."
        "subscription.activated" "The partner's subscription was activated."
        "subscription.updated" "The partner's plan or the state of its account changed."
        "wallet.changed" "Money was put into the wallet or given back."
    }
};

/// The type of this name that endpoints can subscribe to.
pub fn subscribable(name: &str) -> Option<&'static EventType> {
    EVENT_TYPES.iter().find(|known| known.name == name)
}

/// Whether events of this name may be recorded.
pub fn is_known(name: &str) -> bool {
    name == TEST_EVENT || subscribable(name).is_some()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    // WHK-03 every documented event whose subject exists
    #[test]
    fn the_documented_events_of_what_exists_are_there() {
        let names: BTreeSet<&str> = EVENT_TYPES.iter().map(|known| known.name).collect();
        assert_eq!(names.len(), EVENT_TYPES.len(), "a name is there once");
        for documented in [
            "tenant.created",
            "tenant.updated",
            "tenant.suspended",
            "tenant.unsuspended",
            "tenant.deleted",
            "phone_number.assigned",
            "phone_number.released",
            "extension.created",
            "extension.deleted",
            "invoice.created",
            "invoice.paid",
            "invoice.failed",
            "payment.failed",
            "checkout.session.completed",
            "subscription.activated",
            "subscription.updated",
        ] {
            assert!(names.contains(documented), "{documented}");
        }
        assert!(subscribable(TEST_EVENT).is_none() && is_known(TEST_EVENT));
    }

    #[test]
    fn names_and_descriptions_have_their_shape() {
        for known in EVENT_TYPES {
            let (subject, verb) = known.name.rsplit_once('.').unwrap();
            let subject = subject.replacen('.', "_", 1);
            let is_word = |text: &str| text.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
            assert!(is_word(&subject) && is_word(verb), "{}", known.name);
            assert!(known.description.ends_with('.'), "{}", known.name);
        }
    }
}
