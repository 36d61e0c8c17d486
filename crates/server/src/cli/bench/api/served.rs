//! The program serving in a process of its own, as in production.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, bail};

/// A served deployment; it ends when this is dropped.
pub(super) struct Served {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(super) base: String,
}

impl Served {
    /// Serves the deployment in `folder`, with the database of `url` where there is one.
    pub(super) fn start(folder: &Path, url: Option<&str>) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("the path of this program")?;
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(folder);
        if let Some(url) = url {
            command.args(["--db", url]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start serving")?;
        let Some(stdout) = child.stdout.take() else { bail!("the server has no output") };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).context("the server says nothing")?;
        let base = line.split_whitespace().find(|word| word.starts_with("http://"));
        let base = base.with_context(|| format!("the server says {line:?}"))?.to_owned();
        Ok(Self { child, base })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
