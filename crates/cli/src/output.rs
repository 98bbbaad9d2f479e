//! Where results go: standard output, or a file that is there whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::{Failure, plain};

/// A place for lines of data. What is written is kept only by [`Output::finish`].
pub struct Output {
    name: String,
    sink: Sink,
}

enum Sink {
    Stdout(BufWriter<anstream::AutoStream<io::Stdout>>),
    /// A regular file: written beside its place under another name, and renamed when it is whole.
    Beside(BufWriter<NamedTempFile>, PathBuf),
    /// A device or pipe, which renaming would put out of the way.
    Device(BufWriter<File>),
}

impl Output {
    /// Standard output. Colours written to it arrive only at a terminal that wants them.
    pub fn stdout() -> Output {
        let stream = anstream::AutoStream::auto(io::stdout());
        Output { name: "standard output".to_string(), sink: Sink::Stdout(BufWriter::with_capacity(64 << 10, stream)) }
    }

    pub fn file(path: &Path) -> Result<Output, Failure> {
        let name = path.display().to_string();
        let failed = |error: &io::Error| cannot_write(path, error);
        let known = fs::metadata(path).ok();
        if known.as_ref().is_some_and(|known| known.is_dir()) {
            return Err(Failure::input(format!("{name} is a folder")).with_help("give the name of a file to write"));
        }
        if known.is_some_and(|known| !known.is_file()) {
            let device = OpenOptions::new().write(true).open(path).map_err(|error| failed(&error))?;
            return Ok(Output { name, sink: Sink::Device(BufWriter::new(device)) });
        }
        // A link is followed, so that what it points to is written and not the link replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let beside = temporary(folder).map_err(|error| failed(&error))?;
        Ok(Output { name, sink: Sink::Beside(BufWriter::with_capacity(64 << 10, beside), place) })
    }

    /// Makes what was written last.
    pub fn finish(mut self) -> Result<(), Failure> {
        let name = std::mem::take(&mut self.name);
        let failed = |error: io::Error| Failure::writing(&name, &error);
        match self.sink {
            Sink::Stdout(mut stream) => stream.flush().map_err(failed),
            Sink::Device(mut device) => device.flush().map_err(failed),
            Sink::Beside(buffer, place) => {
                let beside = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
                beside.as_file().sync_all().map_err(failed)?;
                beside.persist(place).map(drop).map_err(|error| failed(error.error))
            }
        }
    }

    pub fn failure(&self, error: &io::Error) -> Failure {
        Failure::writing(&self.name, error)
    }

    pub fn put(&mut self, text: &str) -> Result<(), Failure> {
        self.write_all(text.as_bytes()).map_err(|error| self.failure(&error))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Stdout(stream) => stream.write(bytes),
            Sink::Beside(file, _) => file.write(bytes),
            Sink::Device(device) => device.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Stdout(stream) => stream.flush(),
            Sink::Beside(file, _) => file.flush(),
            Sink::Device(device) => device.flush(),
        }
    }
}

/// A file that cannot even be begun: the folder is missing or closed, which is for the person to mend.
fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let name = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => Failure::failed(format!("{name} could not be written: there is no such folder"))
            .with_help("make the folder first, or write elsewhere"),
        _ => Failure::failed(format!("{name} could not be written: {}", plain(error))).with_help("write elsewhere"),
    }
}

fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".doggerel-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: the person's umask takes away from this.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Whether a file can be begun there, before the work that it is for.
pub fn probe(path: &Path) -> Result<(), Failure> {
    Output::file(path).map(drop)
}

/// Refuses to write over a file that doggerel did not write. `--json poems.jsonl chat.jsonl` is easily typed.
pub fn refuse_to_overwrite(path: &Path) -> Result<(), Failure> {
    if !path.is_file() || is_ours(path) {
        return Ok(());
    }
    let name = path.display();
    Err(Failure::input(format!("{name} is there already and was not written by doggerel"))
        .with_help(format!("say --json={name} to write over it")))
}

fn is_ours(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut head = Vec::new();
    let read = BufReader::new(file.take(4096)).read_until(0, &mut head);
    let head = String::from_utf8_lossy(&head);
    read.is_ok() && (head.is_empty() || head.contains("\"doggerel.") || head.contains("\"doggerel\""))
}

/// True where a person looks at standard output as it comes.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Columns that standard output shows; 100 where nobody looks.
pub fn width() -> usize {
    let known = console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    known.filter(|&columns| columns >= 20).unwrap_or(100)
}
