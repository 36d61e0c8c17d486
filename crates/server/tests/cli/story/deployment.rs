//! A server that is killed and started again on what it left behind.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Mutex,
};

use it::engines::{Database, Engine};

use crate::program::{PROGRAM, Place};

/// One deployment: a directory, a database, and at most one process at a time.
pub(super) struct Deployment {
    place: Place,
    database: Option<Database>,
    running: Mutex<Option<(Child, String)>>,
}

impl Deployment {
    /// On an empty directory and an empty database.
    pub(super) async fn fresh(engine: Engine) -> Option<Self> {
        if !engine.is_wanted() {
            return None;
        }
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::empty().await),
        };
        Some(Self { place: Place::new(), database, running: Mutex::new(None) })
    }

    /// What every command is told about the deployment.
    fn options(&self) -> Vec<String> {
        let mut options = vec!["--data-dir".to_owned(), "data".to_owned()];
        if let Some(database) = &self.database {
            options.extend(["--db".to_owned(), database.url()]);
        }
        options
    }

    /// Where the server listens. It is started where it is not running.
    pub(super) fn url(&self) -> String {
        let mut running = self.running.lock().unwrap();
        if let Some((process, url)) = &mut *running
            && process.try_wait().unwrap().is_none()
        {
            return url.clone();
        }
        let mut process = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--clock", "simulated"])
            .args(["--webhook-targets", "anywhere"])
            .args(self.options())
            .current_dir(self.place.path())
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url =
            line.split_ascii_whitespace().nth(1).expect("it says where it listens").to_owned();
        *running = Some((process, url.clone()));
        url
    }

    /// Ends the server as a power cut does.
    pub(super) fn kill(&self) {
        if let Some((mut process, _)) = self.running.lock().unwrap().take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// What another command of the program says, such as `check`.
    #[track_caller]
    pub(super) fn says(&self, command: &str) -> String {
        let ran = self.place.run(&format!("{command} {}", self.options().join(" ")));
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.stdout
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        self.kill();
    }
}
