//! The directory of the demo: made, recognised, and cleared only if it is ours.
//!
//! Decided here: a marker file says that a directory was made by the demo and whether the demo got
//! to its end there. Only what the demo makes is ever removed, and only beside the marker.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

const MARKER: &str = ".trunkline-demo";
const BEGUN: &str = "begun\n";
const COMPLETE: &str = "complete\n";
/// What the demo makes, besides the marker.
const FILES: [&str; 3] = ["trunkline.db", "trunkline.db-wal", "trunkline.db-shm"];
const DIRECTORIES: [&str; 3] = ["cdrs", "pdf", "mails"];

/// What a directory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing: the demo may be made here.
    Empty,
    /// A demo that did not get to its end.
    Begun,
    /// A whole demo.
    Complete,
}

/// The demo's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(PathBuf);

impl Place {
    /// The directory at `path`, which need not be there.
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Below the directory.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What is there. A directory with anything else in it is nobody's to fill.
    pub(crate) fn state(&self) -> anyhow::Result<State> {
        match fs::read_to_string(self.join(MARKER)) {
            Ok(text) if text == COMPLETE => return Ok(State::Complete),
            Ok(_) => return Ok(State::Begun),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).context(format!("cannot read {}", self.shown())),
        }
        match fs::read_dir(&self.0).map(|mut entries| entries.next().is_some()) {
            Ok(true) => bail!(
                "{} holds other things than a demo; name an empty directory with --data-dir",
                self.shown()
            ),
            Ok(false) => Ok(State::Empty),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(State::Empty),
            Err(error) => Err(error).context(format!("cannot read {}", self.shown())),
        }
    }

    /// Makes the directory and marks it as ours.
    pub(crate) fn begin(&self) -> anyhow::Result<()> {
        let made = fs::create_dir_all(self.join(DIRECTORIES[0]));
        made.and_then(|()| fs::write(self.join(MARKER), BEGUN))
            .with_context(|| format!("cannot write to {}", self.shown()))
    }

    /// Says that the demo got to its end.
    pub(crate) fn complete(&self) -> anyhow::Result<()> {
        fs::write(self.join(MARKER), COMPLETE)
            .with_context(|| format!("cannot write to {}", self.shown()))
    }

    /// Removes what the demo made.
    pub(crate) fn clear(&self) -> anyhow::Result<()> {
        if self.state()? == State::Empty {
            return Ok(());
        }
        let files = FILES.iter().map(|name| fs::remove_file(self.join(name)));
        let directories = DIRECTORIES.iter().map(|name| fs::remove_dir_all(self.join(name)));
        // The marker goes last, so that a clearing that is interrupted can be taken up again.
        let marker = std::iter::once_with(|| fs::remove_file(self.join(MARKER)));
        for removed in files.chain(directories).chain(marker) {
            match removed {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).context(format!("cannot clear {}", self.shown()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// For messages.
    pub(crate) fn shown(&self) -> std::path::Display<'_> {
        self.0.display()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_demos_own_things_are_removed() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::at(&root.path().join("new/demo"));
        assert_eq!(place.state().unwrap(), State::Empty);
        place.begin().unwrap();
        assert_eq!(place.state().unwrap(), State::Begun);
        place.complete().unwrap();
        assert_eq!(place.state().unwrap(), State::Complete);
        fs::write(place.join("cdrs/x.csv"), "x").unwrap();
        fs::write(place.join("trunkline.db"), "x").unwrap();
        fs::write(place.join("notes.txt"), "mine").unwrap();
        place.clear().unwrap();
        let left: Vec<_> = fs::read_dir(place.join(".")).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(place.state().unwrap_err().to_string().contains("holds other things"));
        assert!(place.clear().is_err());
        assert!(place.join("notes.txt").exists());
    }
}
