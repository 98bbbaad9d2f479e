//! The SQLite file of a run.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, ErrorCode, OpenFlags, Row, params};
use serde_json::{Map, Value};

use crate::answer::{Answer, Finish};
use crate::error::Error;
use crate::model::ModelError;
use crate::plan::Plan;
use crate::request::{Message, Prompt, Role, Settings};
use crate::run::lock::Lock;
use crate::run::tally::Tally;

/// "dogg": tells a run from other SQLite files.
const APPLICATION: i64 = 0x646F_6767;
/// Raised with every change of the tables.
const SCHEMA: i64 = 1;
/// Answers that are read at a time.
const PAGE: i64 = 256;

const TABLES: &str = "
CREATE TABLE run (
    suite TEXT NOT NULL,
    model TEXT NOT NULL,
    plan TEXT NOT NULL,            -- SHA-256 of all cases with their settings, and of the seed
    seed INTEGER NOT NULL,
    doggerel TEXT NOT NULL,
    begun INTEGER NOT NULL         -- seconds since 1970
) STRICT;
CREATE TABLE cases (
    position INTEGER PRIMARY KEY,  -- in the order of asking
    id TEXT NOT NULL UNIQUE,
    prompt TEXT NOT NULL,          -- JSON
    turns INTEGER NOT NULL,        -- answers that it takes
    settings TEXT NOT NULL,        -- JSON, the prompt format among them
    labels TEXT NOT NULL           -- JSON
) STRICT;
CREATE TABLE answers (
    n INTEGER PRIMARY KEY,
    position INTEGER NOT NULL REFERENCES cases,
    turn INTEGER NOT NULL,
    asked TEXT,                    -- what was said next, of turns after the first
    seed INTEGER,
    text TEXT NOT NULL,
    finish TEXT NOT NULL,
    tokens_in INTEGER,
    tokens_out INTEGER,
    cost REAL,                     -- US dollars
    latency REAL NOT NULL,         -- seconds
    attempts INTEGER NOT NULL,
    answered_by TEXT,              -- the model, as the server calls it
    logprobs TEXT,                 -- JSON
    at INTEGER NOT NULL,
    UNIQUE (position, turn)
) STRICT;
CREATE TABLE failures (
    n INTEGER PRIMARY KEY,
    position INTEGER NOT NULL REFERENCES cases,
    turn INTEGER NOT NULL,
    reason TEXT NOT NULL,
    status INTEGER,
    message TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
";

/// A run: written to by one process, read by any.
#[derive(Debug)]
pub struct Run {
    connection: Connection,
    path: PathBuf,
    suite: String,
    model: String,
    /// Last, so that it is given up after the file is closed.
    _lock: Option<Lock>,
}

/// Position of a case, and turn.
pub(crate) type Place = (i64, i64);

/// An answer with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    pub case: String,
    /// 0 for the answer to the opening prompt.
    pub turn: usize,
    /// The opening of the conversation.
    pub prompt: Prompt,
    /// What was said next, of turns after the first.
    pub asked: Option<String>,
    pub settings: Settings,
    pub labels: Map<String, Value>,
    pub answer: Answer,
}

/// A request that has no answer yet, and how the last attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub case: String,
    pub turn: usize,
    pub reason: String,
    pub message: String,
    pub attempts: u32,
}

impl Run {
    /// Begins the run of a plan, or goes on with it where the file has it already.
    ///
    /// # Errors
    /// If another process writes to it, or the file is of something else: another suite, model, seed or way of asking.
    pub fn begin(path: &Path, plan: &Plan, model: &str, seed: u64) -> Result<Run, Error> {
        let lock = Lock::take(path)?;
        let failed = |error| failure(path, error);
        // Killed before its first transaction, a run is a database without tables.
        let fresh =
            fs::metadata(path).map_or(true, |metadata| metadata.len() == 0) || is_blank(path).map_err(failed)?;
        if !fresh {
            // Before anything is written into a file of somebody else.
            Run::open(path)?.is_of(plan, model, seed)?;
        }
        let connection = Connection::open(path).map_err(failed)?;
        prepare(&connection).map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        // A process that dies loses nothing; a power cut may take the last second.
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
        let (suite, model) = (plan.suite.clone(), model.to_string());
        let mut run = Run { connection, path: path.to_path_buf(), suite, model, _lock: Some(lock) };
        if fresh {
            run.create(plan, seed).map_err(failed)?;
        }
        Ok(run)
    }

    fn create(&mut self, plan: &Plan, seed: u64) -> Result<(), rusqlite::Error> {
        let begun = self.connection.transaction()?;
        begun.execute_batch(TABLES)?;
        begun.pragma_update(None, "application_id", APPLICATION)?;
        begun.pragma_update(None, "user_version", SCHEMA)?;
        begun.execute(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)",
            params![self.suite, self.model, plan.hash(seed), seed as i64, env!("CARGO_PKG_VERSION"), now()],
        )?;
        {
            let mut insert = begun.prepare("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?)")?;
            for (position, case) in plan.cases.iter().enumerate() {
                insert.execute(params![
                    position as i64,
                    case.id,
                    json(&case.prompt),
                    1 + case.then.len() as i64,
                    json(&case.settings),
                    json(&case.labels),
                ])?;
            }
        }
        begun.commit()
    }

    /// True for a file of SQLite's that bears our mark.
    pub fn is_run(path: &Path) -> bool {
        const MARK_AT: usize = 68;
        let mut head = [0; MARK_AT + 4];
        // Nothing is read of a pipe, from which it would be gone.
        let read = path.is_file() && fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok();
        if !read || !head.starts_with(b"SQLite format 3\0") {
            return false;
        }
        // Of a run that goes on, or was killed, the mark may still be in the log beside it.
        head[MARK_AT..] == (APPLICATION as u32).to_be_bytes()
            || beside(path, "-wal").exists() && Run::open(path).is_ok()
    }

    /// Opens a run to read it.
    ///
    /// # Errors
    /// If there is none, or the file is something else.
    pub fn open(path: &Path) -> Result<Run, Error> {
        if !path.is_file() {
            return Err(Error::NoRun(path.to_path_buf()));
        }
        // Not read-only: a run that was killed is put right when it is next opened.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| failure(path, error))?;
        let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let (application, schema) = match (pragma("application_id"), pragma("user_version")) {
            (Ok(application), Ok(schema)) => (application, schema),
            (Err(error), _) | (_, Err(error)) => return Err(failure(path, error)),
        };
        if application != APPLICATION {
            return Err(Error::NotARun(path.to_path_buf()));
        }
        if schema > SCHEMA {
            return Err(Error::Newer { path: path.to_path_buf(), found: schema, known: SCHEMA });
        }
        prepare(&connection).map_err(|error| failure(path, error))?;
        let (suite, model) = connection
            .query_row("SELECT suite, model FROM run", (), |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(|error| failure(path, error))?;
        Ok(Run { connection, path: path.to_path_buf(), suite, model, _lock: None })
    }

    /// # Errors
    /// If it is the run of another plan, model or seed.
    pub(crate) fn is_of(&self, plan: &Plan, model: &str, seed: u64) -> Result<(), Error> {
        let other = |was: String, now: String| Err(Error::Other { path: self.path.clone(), was, now });
        if self.suite != plan.suite {
            return other(format!("the suite {}", self.suite), plan.suite.clone());
        }
        if self.model != model {
            return other(self.model.clone(), model.to_string());
        }
        let (hash, seeded): (String, i64) =
            self.one("SELECT plan, seed FROM run", |row| Ok((row.get(0)?, row.get(1)?)))?;
        if seeded != seed as i64 {
            return other(format!("seed {seeded}"), format!("seed {seed}"));
        }
        if hash != plan.hash(seed) {
            return other("other prompts or settings".into(), "these".into());
        }
        Ok(())
    }

    pub fn suite(&self) -> &str {
        &self.suite
    }

    pub fn model(&self) -> &str {
        &self.model
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Cases, and the answers that they take together.
    pub fn size(&self) -> Result<(usize, usize), Error> {
        self.one("SELECT count(*), coalesce(sum(turns), 0) FROM cases", |row| {
            Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as usize))
        })
    }

    /// When it was begun, in seconds since 1970.
    pub fn begun(&self) -> Result<i64, Error> {
        self.one("SELECT begun FROM run", |row| row.get(0))
    }

    /// Answers that each case has, by position.
    pub(crate) fn answered(&self) -> Result<Vec<usize>, Error> {
        let read = || {
            let cases: i64 = self.connection.query_row("SELECT count(*) FROM cases", (), |row| row.get(0))?;
            let mut answered = vec![0; cases as usize];
            let mut query = self.connection.prepare("SELECT position, count(*) FROM answers GROUP BY position")?;
            let mut rows = query.query(())?;
            while let Some(row) = rows.next()? {
                if let Some(n) = answered.get_mut(row.get::<_, i64>(0)? as usize) {
                    *n = row.get::<_, i64>(1)? as usize;
                }
            }
            Ok(answered)
        };
        read().map_err(|error| self.failure(error))
    }

    /// The texts of the answers that a case has, in turn.
    pub(crate) fn said(&self, position: usize) -> Result<Vec<String>, Error> {
        let read = || {
            let mut query =
                self.connection.prepare_cached("SELECT text FROM answers WHERE position = ? ORDER BY turn")?;
            query.query_map([position as i64], |row| row.get(0))?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| self.failure(error))
    }

    /// Writes an answer: one transaction, there once this returns.
    pub(crate) fn save(
        &self,
        position: usize,
        turn: usize,
        asked: Option<&str>,
        seed: Option<u64>,
        answer: &Answer,
    ) -> Result<(), Error> {
        let write = || {
            let mut insert = self.connection.prepare_cached(
                "INSERT INTO answers (position, turn, asked, seed, text, finish, tokens_in, tokens_out, cost, latency, \
                 attempts, answered_by, logprobs, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?;
            insert.execute(params![
                position as i64,
                turn as i64,
                asked,
                seed.map(|seed| seed as i64),
                // SQLite keeps a zero byte, but many who read its text stop there.
                answer.text.replace('\0', "\u{FFFD}"),
                answer.finish.word(),
                answer.tokens_in.map(|n| n as i64),
                answer.tokens_out.map(|n| n as i64),
                answer.cost,
                answer.latency.as_secs_f64(),
                answer.attempts,
                answer.model,
                answer.logprobs.as_ref().map(json),
                now(),
            ])
        };
        write().map(drop).map_err(|error| self.failure(error))
    }

    /// Writes that a request has no answer.
    pub(crate) fn save_failure(&self, position: usize, turn: usize, error: &ModelError) -> Result<(), Error> {
        let write = || {
            let mut insert = self.connection.prepare_cached(
                "INSERT INTO failures (position, turn, reason, status, message, attempts, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?;
            let (position, turn) = (position as i64, turn as i64);
            insert.execute(params![
                position,
                turn,
                error.reason.word(),
                error.status,
                error.message,
                error.attempts,
                now()
            ])
        };
        write().map(drop).map_err(|error| self.failure(error))
    }

    /// What the run has come to. A request that failed and was answered later counts as answered.
    pub fn tally(&self) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        let mut read = || {
            let mut query = self.connection.prepare("SELECT finish, tokens_in, tokens_out, cost FROM answers")?;
            let mut rows = query.query(())?;
            while let Some(row) = rows.next()? {
                let tokens = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(|n| n as u64));
                tally.answer(row.get_ref(0)?.as_str()?, tokens(1)?, tokens(2)?, row.get(3)?);
            }
            Ok(())
        };
        read().map_err(|error| self.failure(error))?;
        for failure in self.failures()? {
            tally.failure(&failure.reason);
        }
        Ok(tally)
    }

    /// Requests that failed and have no answer, in the order of the plan.
    pub fn failures(&self) -> Result<Vec<Failure>, Error> {
        let read = || {
            let mut query = self.connection.prepare(
                "SELECT id, turn, reason, message, attempts, max(n) FROM failures JOIN cases USING (position) \
                 WHERE NOT EXISTS (SELECT 1 FROM answers a WHERE a.position = failures.position AND a.turn = failures.turn) \
                 GROUP BY position, turn ORDER BY position, turn",
            )?;
            let one = |row: &Row| {
                Ok(Failure {
                    case: row.get(0)?,
                    turn: row.get::<_, i64>(1)? as usize,
                    reason: row.get(2)?,
                    message: row.get(3)?,
                    attempts: row.get(4)?,
                })
            };
            query.query_map((), one)?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| self.failure(error))
    }

    /// All answers, by case and turn; a few at a time, so that a run may be larger than memory.
    pub fn answers(&self) -> impl Iterator<Item = Result<Saved, Error>> + use<'_> {
        let mut after = Some((-1, -1));
        let mut page = Vec::new().into_iter();
        std::iter::from_fn(move || {
            loop {
                if let Some(saved) = page.next() {
                    return Some(Ok(saved));
                }
                match self.page(after.take()?) {
                    Err(error) => return Some(Err(error)),
                    Ok((_, None)) => return None,
                    Ok((more, last)) => (page, after) = (more.into_iter(), last),
                }
            }
        })
    }

    /// The answers that follow one, and where they end: `None` once there are no more.
    pub(crate) fn page(&self, after: Place) -> Result<(Vec<Saved>, Option<Place>), Error> {
        let mut last = None;
        let mut read = || {
            let mut query = self.connection.prepare_cached(
                "SELECT position, turn, id, prompt, asked, settings, labels, seed, text, finish, tokens_in, tokens_out, \
                 cost, latency, answered_by, logprobs, attempts FROM answers JOIN cases USING (position) \
                 WHERE (position, turn) > (?, ?) ORDER BY position, turn LIMIT ?",
            )?;
            let mut rows = query.query(params![after.0, after.1, PAGE])?;
            let mut page = Vec::new();
            while let Some(row) = rows.next()? {
                last = Some((row.get(0)?, row.get(1)?));
                page.push(saved(row)?);
            }
            Ok(page)
        };
        let page = read().map_err(|error| self.failure(error))?;
        Ok((page, last))
    }

    /// What was said of a case until the answer of a turn.
    pub(crate) fn conversation(&self, saved: &Saved) -> Result<Vec<Message>, Error> {
        let Prompt::Messages(mut messages) = saved.prompt.clone() else { return Ok(Vec::new()) };
        if saved.turn == 0 {
            return Ok(messages);
        }
        let read = || {
            let mut query = self.connection.prepare_cached(
                "SELECT asked, text FROM answers JOIN cases USING (position) WHERE id = ? AND turn <= ? ORDER BY turn",
            )?;
            let turns =
                query.query_map(params![saved.case, saved.turn as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
            turns.collect::<Result<Vec<(Option<String>, String)>, _>>()
        };
        let turns = read().map_err(|error| self.failure(error))?;
        for (turn, (asked, text)) in turns.into_iter().enumerate() {
            messages.extend(asked.map(|asked| Message::new(Role::User, asked)));
            if turn < saved.turn {
                messages.push(Message::new(Role::Assistant, text));
            }
        }
        Ok(messages)
    }

    /// Nothing more will be written: the file is made whole by itself, without those that SQLite keeps beside it.
    pub(crate) fn rest(&self) {
        // Another who reads it is in the way; it is whole then too, with its neighbours.
        let _ = self.connection.pragma_update(None, "journal_mode", "DELETE");
    }

    fn one<T>(&self, query: &str, read: impl FnOnce(&Row) -> rusqlite::Result<T>) -> Result<T, Error> {
        self.connection.query_row(query, (), read).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: rusqlite::Error) -> Error {
        failure(&self.path, error)
    }
}

/// A file that SQLite keeps beside its own.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(ending);
    PathBuf::from(name)
}

fn is_blank(path: &Path) -> rusqlite::Result<bool> {
    let connection = Connection::open(path)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok(tables == 0 && application == 0)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    // A run may come from anywhere: what it defines runs nothing.
    connection.pragma_update(None, "trusted_schema", false)
}

fn saved(row: &Row) -> rusqlite::Result<Saved> {
    let count = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(|n| n as u64));
    let mut settings: Settings = of_json(row, 5)?;
    settings.seed = count(7)?;
    let logprobs: Option<String> = row.get(15)?;
    Ok(Saved {
        case: row.get(2)?,
        turn: row.get::<_, i64>(1)? as usize,
        prompt: of_json(row, 3)?,
        asked: row.get(4)?,
        settings,
        labels: of_json(row, 6)?,
        answer: Answer {
            text: row.get(8)?,
            finish: Finish::of_word(row.get_ref(9)?.as_str()?),
            tokens_in: count(10)?,
            tokens_out: count(11)?,
            cost: row.get(12)?,
            latency: Duration::try_from_secs_f64(row.get(13)?).unwrap_or_default(),
            model: row.get(14)?,
            logprobs: logprobs.map(|_| of_json(row, 15)).transpose()?,
            attempts: row.get(16)?,
        },
    })
}

fn of_json<T: serde::de::DeserializeOwned>(row: &Row, at: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(at)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, error.into()))
}

/// What is kept as JSON has only strings for keys and no number that JSON lacks, so that writing it cannot fail.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

fn failure(path: &Path, error: rusqlite::Error) -> Error {
    let path = path.to_path_buf();
    let why = match &error {
        rusqlite::Error::SqliteFailure(_, Some(said)) => said.clone(),
        other => other.to_string(),
    };
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Full(path),
        Some(ErrorCode::NotADatabase) => Error::NotARun(path),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            Error::File { path, why: format!("cannot be opened: {why}") }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::InUse(path),
        Some(ErrorCode::SystemIoFailure) => Error::File { path, why },
        _ => Error::Damaged { path, why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reason;
    use crate::plan::Case;

    fn plan() -> Plan {
        let case = |id: &str| Case {
            id: id.into(),
            prompt: Prompt::user("a poem"),
            then: vec!["another".into()],
            settings: Settings::default(),
            labels: Map::new(),
        };
        Plan { suite: "test".into(), cases: vec![case("a"), case("b")] }
    }

    fn answer(text: &str) -> Answer {
        Answer {
            text: text.into(),
            finish: Finish::Stop,
            tokens_in: Some(3),
            tokens_out: None,
            cost: Some(0.5),
            latency: Duration::from_millis(20),
            model: None,
            logprobs: Some(vec![crate::TokenLogprob { token: "a".into(), logprob: -1.5 }]),
            attempts: 2,
        }
    }

    #[test]
    fn what_is_saved_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.db");
        let run = Run::begin(&path, &plan(), "openai/m", 1).unwrap();
        // Whatever it says, it is text.
        let hostile = "'); DROP TABLE answers; --\u{1b}[2J<script>\r\n\u{202e}\0end";
        run.save(1, 0, None, Some(9), &answer(hostile)).unwrap();
        run.save(1, 1, Some("another"), None, &answer("two")).unwrap();
        let error = ModelError::new(Reason::Timeout, "late");
        run.save_failure(1, 1, &error).unwrap();
        run.save_failure(0, 0, &error).unwrap();
        run.save_failure(0, 0, &ModelError::new(Reason::Garbage, "'what'")).unwrap();

        assert!(Run::is_run(&path), "while it is written to");
        let other = Run::open(&path).unwrap();
        let answers: Vec<Saved> = other.answers().collect::<Result<_, _>>().unwrap();
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0].answer, answer(&hostile.replace('\0', "\u{FFFD}")));
        assert_eq!((answers[0].case.as_str(), answers[0].settings.seed), ("b", Some(9)));
        let said: Vec<String> =
            other.conversation(&answers[1]).unwrap().into_iter().map(|message| message.content).collect();
        assert_eq!((said[0].as_str(), said[2].as_str(), said.len()), ("a poem", "another", 3));
        let failures = other.failures().unwrap();
        assert_eq!((failures.len(), failures[0].case.as_str(), failures[0].message.as_str()), (1, "a", "'what'"));
        let tally = other.tally().unwrap();
        assert_eq!((tally.answers, tally.failed, tally.tokens_in, tally.cost), (2, 1, 6, 1.0));
        assert_eq!((other.size().unwrap(), other.answered().unwrap()), ((2, 4), vec![0, 2]));
    }

    #[test]
    fn a_file_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.db");
        drop(Run::begin(&path, &plan(), "openai/m", 1).unwrap());
        let before = fs::read(&path).unwrap();
        let refused = |plan: &Plan, model: &str, seed| Run::begin(&path, plan, model, seed).unwrap_err().to_string();
        assert!(refused(&plan(), "openai/n", 1).contains("a run of openai/m, not of openai/n"));
        assert!(refused(&Plan { suite: "jokes".into(), ..plan() }, "openai/m", 1).contains("the suite test"));
        assert!(refused(&plan(), "openai/m", 2).contains("seed 1"));
        let mut hotter = plan();
        hotter.cases[1].settings.temperature = Some(2.0);
        assert!(refused(&hotter, "openai/m", 1).contains("settings"));
        assert_eq!(fs::read(&path).unwrap(), before);
        drop(Run::begin(&path, &plan(), "openai/m", 1).unwrap());

        let text = folder.path().join("poem.txt");
        fs::write(&text, "The gate is shut, the lamp is out,\nand nobody is about.\n".repeat(40)).unwrap();
        assert!(matches!(Run::begin(&text, &plan(), "openai/m", 1), Err(Error::NotARun(_))));
        let others = folder.path().join("others.db");
        Connection::open(&others).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(matches!(Run::begin(&others, &plan(), "openai/m", 1), Err(Error::NotARun(_))));
        assert!(matches!(Run::open(&others), Err(Error::NotARun(_))));
        assert!(Run::is_run(&path) && !Run::is_run(&others) && !Run::is_run(&text) && !Run::is_run(folder.path()));
        assert!(matches!(Run::open(&folder.path().join("none.db")), Err(Error::NoRun(_))));
        Connection::open(&path).unwrap().pragma_update(None, "user_version", SCHEMA + 1).unwrap();
        assert!(matches!(Run::open(&path), Err(Error::Newer { .. })));
    }

    #[test]
    fn one_killed_before_its_first_transaction_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.db");
        Connection::open(&path).unwrap().pragma_update(None, "journal_mode", "WAL").unwrap();
        assert!(fs::metadata(&path).unwrap().len() > 0);
        assert_eq!(Run::begin(&path, &plan(), "openai/m", 1).unwrap().size().unwrap(), (2, 4));
    }

    #[test]
    fn two_at_once_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.db");
        let run = Run::begin(&path, &plan(), "openai/m", 1).unwrap();
        assert!(matches!(Run::begin(&path, &plan(), "openai/m", 1), Err(Error::InUse(_))));
        drop(run);
        Run::begin(&path, &plan(), "openai/m", 1).unwrap();
    }

    #[test]
    fn a_full_disk_is_said_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.db");
        let run = Run::begin(&path, &plan(), "openai/m", 1).unwrap();
        run.save(0, 0, None, None, &answer("kept")).unwrap();
        // SQLite's own limit fails as a full disk does.
        let pages: i64 = run.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        run.connection.pragma_query_value(None, "max_page_count", |row| row.get::<_, i64>(0)).unwrap();
        run.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |_| Ok(())).unwrap();
        let error = run.save(0, 1, Some("another"), None, &answer(&"long ".repeat(100_000))).unwrap_err();
        assert!(error.to_string().ends_with("the disk is full"), "{error}");
        assert!(error.is_failure() && error.help().unwrap().contains("goes on"));
        drop(run);
        assert_eq!(Run::begin(&path, &plan(), "openai/m", 1).unwrap().answered().unwrap(), [1, 0]);
    }
}
