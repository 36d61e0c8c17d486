//! Every store function, on both engines.

mod engines;
