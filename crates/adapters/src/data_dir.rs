//! Where finished files are kept: a folder, or memory for tests and first steps.
//!
//! Decided here: a file is there whole or not at all. It is written beside its place, flushed and
//! renamed, so that a process that dies leaves the old file or the new one and never a half. Names
//! are relative and made of plain parts; nothing reaches outside the folder.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// A place for files.
#[derive(Debug, Clone)]
pub enum DataDir {
    /// Below this folder, which is created where it is missing.
    Folder(PathBuf),
    /// In this process only; all clones share it.
    Memory(Arc<Mutex<BTreeMap<String, Vec<u8>>>>),
}

impl Default for DataDir {
    fn default() -> Self {
        Self::Memory(Arc::default())
    }
}

impl DataDir {
    /// Keeps `bytes` as `name`, in place of what was there.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        check(name)?;
        match self {
            Self::Folder(folder) => write_whole(&folder.join(name), bytes),
            Self::Memory(files) => {
                let mut files = files.lock().unwrap_or_else(PoisonError::into_inner);
                files.insert(name.to_owned(), bytes.to_vec());
                Ok(())
            }
        }
    }

    /// The bytes kept as `name`, or `None` where there are none.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        check(name)?;
        match self {
            Self::Folder(folder) => match std::fs::read(folder.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                found => found.map(Some),
            },
            Self::Memory(files) => {
                let files = files.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(files.get(name).cloned())
            }
        }
    }

    /// Where people find `name`, if they can.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join(name)),
            Self::Memory(_) => None,
        }
    }
}

/// Refuses names that could leave the folder or mean different files on different systems.
fn check(name: &str) -> io::Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_plain =
        |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
    if name.split('/').all(is_plain) {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{name:?} is not a plain file name")))
}

/// Writes a file so that its place never shows a part of it, even after a loss of power.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    // Dropped without being renamed, it removes itself.
    let mut file = tempfile::Builder::new().prefix(".part-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    make_readable(file.path())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Temporary files are their owner's alone; finished ones follow the folder they are in.
#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o640))
}

#[cfg(not(unix))]
fn make_readable(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both() -> (tempfile::TempDir, [DataDir; 2]) {
        let folder = tempfile::tempdir().unwrap();
        let places = [DataDir::Folder(folder.path().join("new")), DataDir::default()];
        (folder, places)
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let (_folder, places) = both();
        for place in places {
            assert_eq!(place.read("a/b.pdf").unwrap(), None);
            place.write("a/b.pdf", b"a long first text").unwrap();
            place.write("a/b.pdf", b"second").unwrap();
            assert_eq!(place.read("a/b.pdf").unwrap().unwrap(), b"second");
            if let Some(path) = place.path("a") {
                assert_eq!(std::fs::read_dir(path).unwrap().count(), 1, "nothing stays beside it");
            }
        }
    }

    #[test]
    fn no_name_leaves_the_folder() {
        let (_folder, places) = both();
        for place in places {
            for bad in ["", "/etc/passwd", "../x", "a/../x", "a//b", "a\\b", ".hidden", "a/\0"] {
                assert!(place.write(bad, b"x").is_err(), "{bad:?}");
                assert!(place.read(bad).is_err(), "{bad:?}");
            }
        }
    }
}
