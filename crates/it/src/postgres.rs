//! A PostgreSQL cluster that lives no longer than the process that started it.
//!
//! Decided here: where the server's programs are found, how the cluster is configured, and how it
//! ends. A shell stands between us and the server and reads from a pipe; when this process ends,
//! however it ends, the pipe closes, and the shell stops the server and removes its files. The
//! cluster listens on a socket in its own directory only, and trusts whoever can open it.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Names a running server to use instead of a temporary cluster: `postgres://…`, any database.
pub const URL_VARIABLE: &str = "TRUNKLINE_TEST_POSTGRES_URL";
/// Set to `1`, the temporary cluster flushes to disk as a real one does: slower, for crash tests.
pub const FSYNC_VARIABLE: &str = "TRUNKLINE_TEST_POSTGRES_FSYNC";

/// Many test processes share one cluster, each with a few connections.
const MAX_CONNECTIONS: u32 = 200;
/// The account that owns the server where we are root, which the server refuses to run as.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// Stands between us and the server; see the module's text.
const KEEPER: &str = r#"
"$1/pg_ctl" -D "$2/data" -l "$2/log" -s -w start >"$2/start.log" 2>&1 || { cat "$2"/*log; exit 1; }
echo ready
read -r _
"$1/pg_ctl" -D "$2/data" -s -m immediate stop >"$2/stop.log" 2>&1
rm -rf "$2"
"#;

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The server's programs are not installed.
    #[error(
        "no PostgreSQL found in PATH or /usr/lib/postgresql/*/bin: install it, name a server in \
         {URL_VARIABLE}, or test without it by TRUNKLINE_TEST_ENGINES=sqlite"
    )]
    NotInstalled,
    /// We are root and have nobody to run the server as.
    #[error("PostgreSQL does not run as root, and there is no account called postgres or nobody")]
    NoAccount,
    /// A program failed.
    #[error("{program} failed:\n{output}")]
    Failed {
        /// Which one.
        program: &'static str,
        /// What it said.
        output: String,
    },
    /// The machine failed.
    #[error("cannot {0}: {1}")]
    Io(&'static str, io::Error),
}

/// A running cluster. It stops when this value is dropped or the process ends.
#[derive(Debug)]
pub struct Cluster {
    keeper: Child,
    directory: PathBuf,
}

impl Cluster {
    /// Makes a cluster in a new temporary directory and starts it.
    pub fn start() -> Result<Self, ClusterError> {
        let programs = find_programs().ok_or(ClusterError::NotInstalled)?;
        let account = account()?;
        let directory = tempfile::Builder::new().prefix("trunkline-pg-").tempdir();
        let directory = directory.map_err(|error| ClusterError::Io("make a directory", error))?;
        if let Some((user, group)) = account {
            chown(directory.path(), Some(user), Some(group))
                .map_err(|error| ClusterError::Io("give the directory away", error))?;
        }
        initialise(&programs, directory.path(), account)?;
        let mut keeper = as_account(Command::new("sh"), account)
            .args(["-c", KEEPER, "keeper"])
            .arg(&programs)
            .arg(directory.path())
            // Its own group: an interrupt from the terminal must reach it through the pipe only.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| ClusterError::Io("start a shell", error))?;
        // From here on the keeper removes the directory.
        let directory = directory.keep();
        wait_until_ready(&mut keeper)?;
        Ok(Self { keeper, directory })
    }

    /// The URL of `database` in this cluster.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://trunkline@localhost/{database}?host={}", self.directory.display())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Nothing is left to do about a keeper that cannot be waited for.
        let _ = self.keeper.wait();
    }
}

/// User and group to run the server as; `None`: as ourselves.
type Account = Option<(u32, u32)>;

fn initialise(programs: &Path, directory: &Path, account: Account) -> Result<(), ClusterError> {
    let output = as_account(Command::new(programs.join("initdb")), account)
        .args(["--username=trunkline", "--auth=trust", "--encoding=UTF8", "--locale=C"])
        .args(["--no-sync", "--no-instructions", "--pgdata"])
        .arg(directory.join("data"))
        .current_dir(directory)
        .output()
        .map_err(|error| ClusterError::Io("run initdb", error))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(ClusterError::Failed { program: "initdb", output: text });
    }
    let fsync = if std::env::var(FSYNC_VARIABLE).is_ok_and(|on| on == "1") { "on" } else { "off" };
    let settings = format!(
        "listen_addresses = ''\n\
         unix_socket_directories = '{}'\n\
         max_connections = {MAX_CONNECTIONS}\n\
         fsync = {fsync}\n\
         full_page_writes = {fsync}\n\
         synchronous_commit = {fsync}\n\
         shared_buffers = '128MB'\n\
         autovacuum = off\n",
        directory.display(),
    );
    let path = directory.join("data/postgresql.auto.conf");
    fs::write(path, settings).map_err(|error| ClusterError::Io("configure PostgreSQL", error))
}

fn wait_until_ready(keeper: &mut Child) -> Result<(), ClusterError> {
    let mut said = String::new();
    let pipe = keeper.stdout.take().expect("its output is a pipe");
    for line in BufReader::new(pipe).lines() {
        let line = line.map_err(|error| ClusterError::Io("hear from PostgreSQL", error))?;
        if line == "ready" {
            return Ok(());
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(ClusterError::Failed { program: "pg_ctl", output: said })
}

/// The directory with initdb and pg_ctl: where PATH leads, else the newest installed version.
fn find_programs() -> Option<PathBuf> {
    let whole = |directory: &PathBuf| {
        ["initdb", "pg_ctl", "postgres"].iter().all(|name| directory.join(name).is_file())
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let named = std::env::split_paths(&path)
        // A link in PATH leads to a directory that holds them all.
        .filter_map(|directory| fs::canonicalize(directory.join("initdb")).ok())
        .filter_map(|program| program.parent().map(Path::to_owned))
        .find(whole);
    named.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
        versions
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let version: u32 = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .filter(|(_, directory)| whole(directory))
            .max()
            .map(|(_, directory)| directory)
    })
}

fn account() -> Result<Account, ClusterError> {
    let own = fs::metadata("/proc/self").or_else(|_| fs::metadata("."));
    let own = own.map_err(|error| ClusterError::Io("see who we are", error))?.uid();
    if own != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")
        .map_err(|error| ClusterError::Io("read the accounts", error))?;
    let find = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    UNPRIVILEGED.into_iter().find_map(find).map(Some).ok_or(ClusterError::NoAccount)
}

fn as_account(mut command: Command, account: Account) -> Command {
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command
}
