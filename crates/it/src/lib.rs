//! Integration tests of the whole of Trunkline, and the PostgreSQL they run on.
//!
//! Tests live in one binary, `tests/it`. This library holds only what that binary, `test-postgres`
//! and the tests of the program itself share. No product code is here.

pub mod engines;
pub mod postgres;
