//! The dunning policy: what a partner chooses, and a profile instead of it.
//!
//! Decided here: the defaults of the platform, how choices lie over each other (a profile's win
//! over the partner's, those over the defaults, PRO-17), and which values are refused.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// No step lies further from its start.
pub const MAX_DAYS: u16 = 365;
/// Days in one list.
pub const MAX_LISTED_DAYS: usize = 10;

/// Whether overdue invoices suspend by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionMode {
    /// After so many days (DUN-01).
    Automatic,
    /// Never; cases are listed for somebody to look at (DUN-03).
    Manual,
}

impl SuspensionMode {
    /// `automatic` or `manual`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
        }
    }
    /// The mode with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Automatic, Self::Manual].into_iter().find(|mode| mode.as_str() == text)
    }
}

macro_rules! policy {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)*) => {
        /// What is done about unpaid invoices, and when.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct DunningPolicy {
            $($(#[$doc])* pub $field: $type,)*
        }
        /// What somebody chose of a policy; the rest is chosen elsewhere.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct PolicyChoices {
            $($(#[$doc])* pub $field: Option<$type>,)*
        }
        /// Choices to change; those that are absent stay. `Some(None)` takes a choice back.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct PolicyEdit {
            $($(#[$doc])* pub $field: Option<Option<$type>>,)*
        }
        impl PolicyChoices {
            /// The choices after `edit`.
            #[must_use]
            pub fn edited(mut self, edit: &PolicyEdit) -> Self {
                $(if let Some(choice) = &edit.$field { self.$field.clone_from(choice); })*
                self
            }
        }
        impl DunningPolicy {
            fn choose(mut self, choices: &PolicyChoices) -> Self {
                $(if let Some(value) = &choices.$field { self.$field.clone_from(value); })*
                self
            }
        }
    };
}

policy! {
    /// Days after the due day at which the tenant is flagged.
    flag_after_days: u16,
    /// Whether the tenant is suspended by itself.
    suspension: SuspensionMode,
    /// Days after the due day at which it is, where it is.
    suspend_after_days: u16,
    /// Days after the due day at which the tenant is reminded, where it is.
    reminder_days: BTreeSet<u16>,
    /// Days after issue at which a failed automatic payment is tried again (PAY-08).
    retry_days: BTreeSet<u16>,
    /// Whether the tenant is reminded by itself (ruling 23).
    remind_tenant: bool,
    /// Whether the tenant is mailed when it is suspended (C-41).
    tell_tenant_of_suspension: bool,
    /// Days that a tenant runs on after somebody reactivated it (C-42).
    grace_days: u16,
}

impl Default for DunningPolicy {
    fn default() -> Self {
        Self {
            flag_after_days: 7,
            suspension: SuspensionMode::Automatic,
            suspend_after_days: 14,
            reminder_days: BTreeSet::from([1, 5, 10]),
            retry_days: BTreeSet::from([3, 7]),
            remind_tenant: false,
            tell_tenant_of_suspension: false,
            grace_days: 7,
        }
    }
}

/// What is wrong with one field of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct PolicyFault {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

impl DunningPolicy {
    /// This policy with `choices` over it. Days to suspend, chosen without a mode, mean that it is
    /// done: a profile with 30 suspends whatever the partner does with others.
    #[must_use]
    pub fn with(self, choices: &PolicyChoices) -> Self {
        let mut policy = self.choose(choices);
        if choices.suspension.is_none() && choices.suspend_after_days.is_some() {
            policy.suspension = SuspensionMode::Automatic;
        }
        policy
    }

    /// Days after the due day at which a tenant is suspended; none where it never is.
    pub const fn suspends_after(&self) -> Option<u16> {
        match self.suspension {
            SuspensionMode::Automatic => Some(self.suspend_after_days),
            SuspensionMode::Manual => None,
        }
    }

    /// Days after the due day at which a tenant is flagged: at the latest when it is suspended.
    pub fn flags_after(&self) -> u16 {
        self.suspends_after().map_or(self.flag_after_days, |days| days.min(self.flag_after_days))
    }

    /// Whether something happens on the due day itself, before an invoice is overdue.
    pub fn begins_on_due_day(&self) -> bool {
        let reminds = self.remind_tenant && self.reminder_days.contains(&0);
        reminds || self.flags_after() == 0
    }

    /// Everything that is wrong with it.
    pub fn faults(&self) -> Vec<PolicyFault> {
        let mut faults = Vec::new();
        let mut expect = |field, holds: bool, message: String| {
            if !holds {
                faults.push(PolicyFault { field, message });
            }
        };
        for (field, days) in [
            ("flag_after_days", self.flag_after_days),
            ("suspend_after_days", self.suspend_after_days),
            ("grace_days", self.grace_days),
        ] {
            expect(field, days <= MAX_DAYS, format!("{days} is more than {MAX_DAYS}"));
        }
        for (field, days, least) in
            [("reminder_days", &self.reminder_days, 0), ("retry_days", &self.retry_days, 1)]
        {
            let within = days.iter().all(|day| (least..=MAX_DAYS).contains(day));
            expect(field, within, format!("each must be {least} to {MAX_DAYS}"));
            let few = days.len() <= MAX_LISTED_DAYS;
            expect(field, few, format!("{} are more than {MAX_LISTED_DAYS}", days.len()));
        }
        if let Some(suspend) = self.suspends_after() {
            let flag = self.flag_after_days;
            let message = format!("{suspend} comes before the flag at {flag}");
            expect("suspend_after_days", suspend >= flag, message);
        }
        faults
    }
}
