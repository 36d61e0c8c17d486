//! The pages. Each gets strings that are already formatted and only places them.

pub(crate) mod hosted;
pub(crate) mod index;
pub(crate) mod layout;
pub(crate) mod pdf;
