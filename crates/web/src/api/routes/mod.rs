//! The routes, one module per resource. A route checks the scope, names a use case and shows what
//! came of it.

pub(super) mod balances;
pub(super) mod invoice_changes;
pub(super) mod invoices;
pub(super) mod keys;
pub(super) mod logs;
pub(super) mod operator;
pub(super) mod partner;
pub(super) mod tenants;
