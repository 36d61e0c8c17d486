//! Running the program in an empty directory of its own.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_trunkline");

/// A place to run in, removed afterwards.
pub(crate) struct Place(TempDir);

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("trunkline-cli-").tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// Runs `trunkline` with these arguments, separated by blanks.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.run_with(arguments, b"")
    }

    /// As [`run`](Self::run), with something on standard input.
    pub(crate) fn run_with(&self, arguments: &str, stdin: &[u8]) -> Ran {
        let mut command = Command::new(PROGRAM);
        command.args(arguments.split_ascii_whitespace());
        self.finish(command, stdin)
    }

    /// Runs a line of shell in which `trunkline` is the program under test.
    pub(crate) fn shell(&self, line: &str) -> Ran {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        let bin = Path::new(PROGRAM).parent().unwrap().display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{bin}:{path}"));
        self.finish(command, b"")
    }

    fn finish(&self, mut command: Command, stdin: &[u8]) -> Ran {
        command.current_dir(self.path()).env_remove("DATABASE_URL").env_remove("RUST_LOG");
        command.env_remove("TRUNKLINE_SMTP");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let bytes = stdin.to_vec();
        // A program that refuses early does not read everything; that is not the test's business.
        let feeding = std::thread::spawn(move || pipe.write_all(&bytes).is_ok());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        feeding.join().unwrap();
        Ran {
            code: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Refused with this code and one line on standard error that holds all of `words`.
    #[track_caller]
    pub(crate) fn assert_refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.stderr.starts_with("trunkline: "), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {self:?}");
        }
    }

    /// Ended well with this on standard output and nothing on standard error.
    #[track_caller]
    pub(crate) fn assert_answered(&self, stdout: &str) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.as_str()), (0, stdout, ""));
    }
}
