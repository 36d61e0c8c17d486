//! Integration tests of the whole of Trunkline, and the PostgreSQL they run on.
//!
//! Tests live in one binary, `tests/it`. This library holds only what that binary and
//! `test-postgres` share. No product code is here.

pub mod postgres;
