//! Dunning: what happens to a tenant that does not pay, on which day, and who is told.
//!
//! Decided here: the oldest unpaid invoice decides (DUN-04), its due day is day 0 and days are
//! local ones of the invoice (F-16). Nothing happens before the due day. A balance below what a
//! card is charged is never dunned (ruling 10), an invoice whose payment is pending is left alone
//! until the payment is decided (PAY-18), and tenants in trial or cancelled are never touched
//! (DUN-17). Steps that were done are never moved or repeated; a promise to pay moves all others
//! (BEY-14). Values in, values out: who reads and writes them is another's business.

mod policy;
mod timeline;

#[cfg(test)]
mod tests;

pub use policy::{
    DunningPolicy, MAX_DAYS, MAX_LISTED_DAYS, PolicyChoices, PolicyEdit, PolicyFault,
    SuspensionMode,
};
pub use timeline::{
    Case, DoneStep, MAX_PROMISE_DAYS, OpenInvoice, PaymentState, Plan, Promise, PromiseError,
    Recipient, Step, StepKind,
};
