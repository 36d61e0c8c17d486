//! The one place where secrets are drawn.
//!
//! Decided here: they come from the operating system's random bits and from nowhere else, in tests
//! too. Ids are no secrets; they are drawn in [`crate::ids`].

/// So many random bytes.
///
/// # Panics
/// Where the operating system has no random bits: nothing secret can be made on such a machine.
pub fn secret_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has random bits");
    bytes
}
