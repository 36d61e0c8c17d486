//! Runs the built program as its users do: arguments and standard input in, exit code and text out.

#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod api;
mod calc;
mod demo;
mod program;
mod story;
