//! One process a run.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Held while a run is written to: a lock of the operating system on a file beside it, which ends with the process however
/// that ends. (On the file itself it would get in the way of SQLite's own locks.)
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    /// Closed, and with that unlocked, after the file was removed.
    _file: File,
}

impl Lock {
    pub fn take(run: &Path) -> Result<Lock, Error> {
        let mut name = run.as_os_str().to_os_string();
        name.push("-lock");
        let path = PathBuf::from(name);
        loop {
            let file = OpenOptions::new().create(true).append(true).open(&path).map_err(|error| cannot(run, &error))?;
            match file.try_lock() {
                Ok(()) if is_still(&file, &path) => return Ok(Lock { path, _file: file }),
                // Whoever held it removed it in between: there is a new one to lock.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(Error::InUse(run.to_path_buf())),
                Err(TryLockError::Error(error)) => return Err(cannot(run, &error)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A file that stays is locked by the next.
        let _ = fs::remove_file(&self.path);
    }
}

fn cannot(run: &Path, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull => Error::Full(run.to_path_buf()),
        kind => Error::File { path: run.to_path_buf(), why: format!("cannot be written: {kind}") },
    }
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run.db");
        let lock = Lock::take(&run).unwrap();
        assert!(matches!(Lock::take(&run), Err(Error::InUse(_))));
        drop(lock);
        drop(Lock::take(&run).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
