//! SIP prefixes that new tenants could have.
//!
//! Decided here: a suggestion is made of the letters and digits of the name, in lower case, with a
//! number where that is taken (TNT-03). It is a suggestion only: it is taken when the tenant is
//! created, and by whoever comes first.

use crate::{App, error::Result};

/// Longest prefix.
const LONGEST: usize = 12;
/// Shortest prefix.
const SHORTEST: usize = 3;
/// Numbers that are tried before giving up.
const TRIES: u32 = 50;

impl App {
    /// A free SIP prefix for a tenant of this name; nothing where none is found.
    pub async fn suggest_prefix(&self, name: &str) -> Result<Option<String>> {
        let mut tx = self.db.begin_read().await?;
        let mut found = None;
        for candidate in candidates(name) {
            if !store::tenants::is_name_taken(&mut tx, &candidate, None).await? {
                found = Some(candidate);
                break;
            }
        }
        tx.commit().await?;
        Ok(found)
    }
}

/// What could be its prefix, in the order in which it is tried.
fn candidates(name: &str) -> impl Iterator<Item = String> {
    let mut base: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .take(LONGEST)
        .collect();
    if base.len() < SHORTEST {
        base.push_str("tenant");
    }
    let numbered = base.clone();
    let more = (2..2 + TRIES).map(move |number| {
        let number = number.to_string();
        let kept = numbered.len().min(LONGEST - number.len());
        format!("{}{number}", &numbered[..kept])
    });
    std::iter::once(base).chain(more)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // TNT-03
    #[test]
    fn a_prefix_is_made_of_the_name() {
        let first = |name| candidates(name).take(3).collect::<Vec<String>>();
        assert_eq!(first("ACME Plumbing"), ["acmeplumbing", "acmeplumbin2", "acmeplumbin3"]);
        assert_eq!(first("Öl & Co"), ["lco", "lco2", "lco3"]);
        assert_eq!(first("ß"), ["tenant", "tenant2", "tenant3"]);
    }

    proptest! {
        #[test]
        fn every_candidate_is_a_prefix(name in "\\PC{0,60}") {
            for candidate in candidates(&name) {
                prop_assert!((SHORTEST..=LONGEST).contains(&candidate.len()));
                let is_right = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
                prop_assert!(candidate.bytes().all(is_right), "{candidate}");
            }
        }
    }
}
