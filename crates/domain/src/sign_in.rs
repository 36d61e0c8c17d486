//! Signing in: passwords, how long things last, and how failures slow an attacker down.
//!
//! Decided here: what a password must be (AUT-03), that sessions end 8 hours after sign-in however
//! much they are used (AUT-07), how long links work, and that failures are counted per account and
//! address (AUT-09) with a wait that doubles. A failure is counted before the password is looked
//! at, so that many attempts at once count as many.

use crate::{ids::UserId, time::Timestamp, user::Standing};

/// Least characters of a password (AUT-03).
pub const PASSWORD_MIN: usize = 10;
/// Most characters of a password: hashing longer ones only serves those who want to keep us busy.
pub const PASSWORD_MAX: usize = 200;
/// Seconds from sign-in to the end of a session (AUT-07).
pub const SESSION_SECONDS: i64 = 8 * 3_600;
/// Seconds that the code of a second factor may take.
pub const CODE_SECONDS: i64 = 10 * 60;
/// Seconds that an invitation works (USR-04).
pub const INVITATION_SECONDS: i64 = 7 * 86_400;
/// Seconds that a link for a new password works (AUT-01).
pub const RESET_SECONDS: i64 = 3_600;
/// Seconds that a link which confirms an address works.
pub const VERIFY_SECONDS: i64 = 7 * 86_400;
/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;

/// What a password lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("must have at least {PASSWORD_MIN} characters")]
    Short,
    /// Too long.
    #[error("must have at most {PASSWORD_MAX} characters")]
    Long,
    /// No uppercase letter.
    #[error("must have an uppercase letter")]
    NoUppercase,
    /// No digit.
    #[error("must have a digit")]
    NoDigit,
}

/// The first thing that a password lacks, in the order people are told (AUT-03).
pub fn check_password(text: &str) -> Result<(), WeakPassword> {
    let length = text.chars().count();
    if length < PASSWORD_MIN {
        return Err(WeakPassword::Short);
    }
    if length > PASSWORD_MAX {
        return Err(WeakPassword::Long);
    }
    if !text.chars().any(char::is_uppercase) {
        return Err(WeakPassword::NoUppercase);
    }
    if !text.chars().any(char::is_numeric) {
        return Err(WeakPassword::NoDigit);
    }
    Ok(())
}

/// What a link in a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// Accepts an invitation by setting a password.
    Invitation,
    /// Sets another password.
    Reset,
    /// Confirms an address.
    Verify,
}

impl TokenKind {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Verify => "verify",
        }
    }

    /// Seconds that it works.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Invitation => INVITATION_SECONDS,
            Self::Reset => RESET_SECONDS,
            Self::Verify => VERIFY_SECONDS,
        }
    }
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; a code is still asked for. Nothing else is reached.
    Code,
    /// Signed in.
    Full,
}

impl Stage {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Full => "full",
        }
    }

    /// The stage with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Code, Self::Full].into_iter().find(|stage| stage.as_str() == text)
    }

    /// Seconds that a session of this stage lasts.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Code => CODE_SECONDS,
            Self::Full => SESSION_SECONDS,
        }
    }
}

/// Where a session was begun, and the only place where it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The host name, lower case, without the port.
    pub host: String,
    /// The partner whose portal it is; none at the platform's own.
    pub partner_id: Option<crate::ids::PartnerId>,
}

/// A person's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, which is no secret.
    pub session_id: crate::ids::SignInId,
    /// Who.
    pub user_id: UserId,
    /// As what, and where.
    pub standing: Standing,
    /// How far it has come.
    pub stage: Stage,
    /// Where it works.
    pub bound: Bound,
    /// When it began.
    pub created_at: Timestamp,
    /// From when on it no longer works.
    pub expires_at: Timestamp,
    /// From which address it began.
    pub ip: String,
    /// What the browser calls itself.
    pub agent: String,
}

impl Session {
    /// Whether it works at `now` at this place.
    pub fn works(&self, at: &Bound, now: Timestamp) -> bool {
        self.bound == *at && self.created_at <= now && now < self.expires_at
    }
}

/// Seconds in which failures add up (AUT-09).
const WINDOW_SECONDS: i64 = 15 * 60;
/// Seconds of the first wait.
const FIRST_WAIT_SECONDS: i64 = 60;
/// No wait is longer than an hour.
const LONGEST_WAIT_SECONDS: i64 = 3_600;

/// What attempts are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// One account from one address.
    Pair,
    /// One account from anywhere.
    Account,
    /// Any account from one address.
    Address,
    /// Codes of a person's second factor.
    Code,
}

impl Counted {
    /// Failures until somebody must wait. The numbers for an account from anywhere and for an
    /// address are higher, so that a stranger can hardly lock somebody out, nor one colleague
    /// a whole office.
    pub const fn limit(self) -> u32 {
        match self {
            Self::Pair => 10,
            Self::Account => 50,
            Self::Address => 100,
            Self::Code => 5,
        }
    }
}

/// Attempts that were not forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many.
    pub count: u32,
    /// When the first was made.
    pub since: Timestamp,
    /// When the last was made.
    pub last: Timestamp,
}

impl Attempts {
    /// When the next attempt may be made, where one must wait.
    fn opens_at(self, limit: u32) -> Option<Timestamp> {
        let beyond = self.count.checked_sub(limit)?;
        let wait = FIRST_WAIT_SECONDS << beyond.min(6);
        Some(self.last.plus_seconds(wait.min(LONGEST_WAIT_SECONDS)))
    }

    /// Whole seconds to wait before the next attempt; none where it may be made now.
    pub fn wait(self, limit: u32, now: Timestamp) -> Option<u32> {
        let micros = self.opens_at(limit)?.micros().saturating_sub(now.micros());
        if micros <= 0 {
            return None;
        }
        Some(u32::try_from((micros + 999_999) / 1_000_000).unwrap_or(u32::MAX))
    }

    /// After another attempt at `now`. What is long past counts no more.
    pub fn another(before: Option<Self>, limit: u32, now: Timestamp) -> Self {
        let fresh = Self { count: 1, since: now, last: now };
        let Some(before) = before else { return fresh };
        let end = match before.opens_at(limit) {
            None => before.since.plus_seconds(WINDOW_SECONDS),
            Some(opens_at) => opens_at.plus_seconds(WINDOW_SECONDS),
        };
        if end <= now {
            return fresh;
        }
        Self { count: before.count.saturating_add(1), last: now.max(before.last), ..before }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ids::PartnerId, user::Account, user::Role};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    // AUT-03
    #[test]
    fn a_password_has_ten_characters_an_uppercase_letter_and_a_digit() {
        assert_eq!(check_password("abcdefgh1A"), Ok(()));
        assert_eq!(check_password("abcdefg1A"), Err(WeakPassword::Short));
        assert_eq!(check_password("abcdefghi1"), Err(WeakPassword::NoUppercase));
        assert_eq!(check_password("abcdefghiA"), Err(WeakPassword::NoDigit));
        assert_eq!(check_password(&"aA1".repeat(70)), Err(WeakPassword::Long));
        assert_eq!(check_password("ÄÖÜ äöü 12 ß"), Ok(()));
    }

    // AUT-07
    #[test]
    fn a_session_ends_8_hours_after_sign_in_and_works_at_its_own_place_only() {
        let bound = Bound { host: "oak.example.com".to_owned(), partner_id: None };
        let session = Session {
            session_id: crate::ids::SignInId::from_bits(1),
            user_id: UserId::from_bits(1),
            standing: Standing::home(Account::Operator, Role::OperatorAdmin),
            stage: Stage::Full,
            bound: bound.clone(),
            created_at: at(0),
            expires_at: at(Stage::Full.seconds()),
            ip: String::new(),
            agent: String::new(),
        };
        assert!(session.works(&bound, at(8 * 3_600 - 1)));
        assert!(!session.works(&bound, at(8 * 3_600)));
        assert!(!session.works(&bound, at(-1)));
        let elsewhere = Bound { host: "elm.example.com".to_owned(), ..bound.clone() };
        assert!(!session.works(&elsewhere, at(1)));
        let other = Bound { partner_id: Some(PartnerId::from_bits(1)), ..bound };
        assert!(!session.works(&other, at(1)));
    }

    /// The attempts at these seconds, all failures.
    fn after(seconds: &[i64]) -> Attempts {
        let mut attempts = None;
        for second in seconds {
            attempts = Some(Attempts::another(attempts, 10, at(*second)));
        }
        attempts.unwrap()
    }

    // AUT-09
    #[test]
    fn after_ten_failures_in_fifteen_minutes_one_waits_and_waits_double() {
        let ten: Vec<i64> = (0..10).collect();
        assert_eq!(after(&ten[..9]).wait(10, at(9)), None);
        let mut attempts = after(&ten);
        let mut now = 9;
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(attempts.wait(10, at(now)), Some(minutes * 60));
            now += i64::from(minutes) * 60;
            assert_eq!(attempts.wait(10, at(now - 1)), Some(1));
            assert_eq!(attempts.wait(10, at(now)), None);
            attempts = Attempts::another(Some(attempts), 10, at(now));
        }
        let spread: Vec<i64> = (0..10).map(|minute| minute * 100).collect();
        assert_eq!(after(&spread).wait(10, at(900)), None, "the first was 15 minutes ago");
    }

    proptest! {
        /// No pattern of attempts gets more than ten in fifteen minutes, and an attempt that must
        /// wait is never let through by waiting less.
        #[test]
        fn nobody_gets_more_than_ten_attempts_in_fifteen_minutes(
            gaps in prop::collection::vec(0..400i64, 1..80),
        ) {
            let (mut now, mut attempts, mut made) = (0, None::<Attempts>, Vec::new());
            for gap in gaps {
                now += gap;
                if attempts.is_some_and(|it| it.wait(10, at(now)).is_some()) {
                    continue;
                }
                attempts = Some(Attempts::another(attempts, 10, at(now)));
                made.push(now);
            }
            // A window may straddle the moment at which counting starts over.
            for (index, start) in made.iter().enumerate() {
                let inside = made[index..].iter().filter(|it| **it < start + WINDOW_SECONDS);
                prop_assert!(inside.count() <= 20);
            }
        }
    }
}
