//! Runs the built program as its users do: arguments and standard input in, exit code and text out.

mod calc;
mod program;
