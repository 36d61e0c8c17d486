//! How a partner's connected account stands (STR-06, STR-25).
//!
//! Decided here: an account is ready when it can be charged and may take cards, whatever else the
//! processor still wants to know. Having left the processor's form says nothing. Once ready, an
//! account that is not any more is restricted, and nothing falls back to the operator's account
//! (ruling 11).

/// Where a connected account stands. A partner without one is not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectState {
    /// The form was not finished, or is under review.
    Pending,
    /// Tenants can pay on it.
    Active,
    /// It was refused, or could be charged once and cannot now.
    Restricted,
    /// Its owner cut the link.
    Disconnected,
}

impl ConnectState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Active, Self::Restricted, Self::Disconnected];

    /// The stable name, such as `active`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Restricted => "restricted",
            Self::Disconnected => "disconnected",
        }
    }
    /// The state with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Whether an account was ever ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// Never.
    NeverReady,
    /// Once at least.
    WasReady,
}

/// What the processor says of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountFacts<'a> {
    /// Whether it can be charged on and may take cards.
    pub is_ready: bool,
    /// Why it is disabled, such as `rejected.fraud` or `requirements.past_due`.
    pub disabled_reason: Option<&'a str>,
}

impl AccountFacts<'_> {
    /// Where an account with this past stands now.
    pub fn state(self, past: Past) -> ConnectState {
        let is_refused = self.disabled_reason.is_some_and(|why| why.starts_with("rejected"));
        match (self.is_ready, past) {
            (true, _) => ConnectState::Active,
            (false, Past::WasReady) => ConnectState::Restricted,
            (false, Past::NeverReady) if is_refused => ConnectState::Restricted,
            (false, Past::NeverReady) => ConnectState::Pending,
        }
    }
}

/// How a partner's own keys stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeysState {
    /// The processor accepts them.
    Active,
    /// The processor refused them in use.
    Broken,
}

impl KeysState {
    /// `active` or `broken`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Broken => "broken",
        }
    }
    /// The state with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Broken].into_iter().find(|state| state.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // STR-06 pending until it can be charged; restricted once it cannot any more
    #[test]
    fn an_account_is_what_the_processor_says_and_what_it_was() {
        let check = |is_ready, disabled_reason, past, state| {
            let facts = AccountFacts { is_ready, disabled_reason };
            assert_eq!(facts.state(past), state, "{facts:?} {past:?}");
        };
        check(false, None, Past::NeverReady, ConnectState::Pending);
        check(false, Some("requirements.past_due"), Past::NeverReady, ConnectState::Pending);
        check(false, Some("rejected.fraud"), Past::NeverReady, ConnectState::Restricted);
        check(true, None, Past::NeverReady, ConnectState::Active);
        check(true, Some("requirements.past_due"), Past::WasReady, ConnectState::Active);
        check(false, None, Past::WasReady, ConnectState::Restricted);
        check(false, Some("rejected.other"), Past::WasReady, ConnectState::Restricted);
        for state in ConnectState::ALL {
            assert_eq!(ConnectState::parse(state.as_str()), Some(state));
        }
        for state in [KeysState::Active, KeysState::Broken] {
            assert_eq!(KeysState::parse(state.as_str()), Some(state));
        }
    }
}
