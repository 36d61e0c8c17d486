//! The `trunkline` program: reads its arguments, wires the parts together, prints what happened.
//!
//! Decided here: nothing about billing. This is the one crate that knows the command line, the
//! environment and the exit codes, and the only one that speaks of errors without their type.

mod cli;
mod demo;

use std::process::ExitCode;

/// Importing makes many short-lived texts; this allocator gives memory back and does not slow down
/// when two threads do so at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
