//! Webhook endpoints, what is on its way to them, and what senders take.
//!
//! Decided here: nothing but how rows are read and written. Secrets are stored sealed and are not
//! opened here. States, schedules and windows are decided in `domain::webhook`.

pub mod deliveries;
pub mod endpoints;
pub mod work;
