//! Runs the built program as its users do: arguments and standard input in, exit code and text out.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

mod calc;
mod demo;
mod program;
