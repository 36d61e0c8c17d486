//! `test-postgres CMD…`: runs a command with a temporary PostgreSQL, then stops it.
//!
//! Decided here: nothing but the order. The command finds the server's URL in
//! `TRUNKLINE_TEST_POSTGRES_URL`, so that all test processes it starts share one cluster.

use std::process::{Command, ExitCode};

use it::postgres::{Cluster, URL_VARIABLE};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: test-postgres CMD [ARGUMENT…]");
        return ExitCode::from(2);
    };
    let cluster = match Cluster::start() {
        Ok(cluster) => cluster,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let url = cluster.url("postgres");
    let status = Command::new(&program).args(arguments).env(URL_VARIABLE, url).status();
    drop(cluster);
    match status {
        Ok(status) => status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            eprintln!("cannot run {}: {error}", program.display());
            ExitCode::FAILURE
        }
    }
}
