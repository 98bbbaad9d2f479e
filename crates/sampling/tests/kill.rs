//! A run that is killed at any moment goes on where it stopped.
//!
//! `DOGGEREL_KILLS=100 cargo test -p doggerel-sampling --test kill` kills more often than the 25 times that every test run does.

mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use sampling::{Case, Connection, Limits, Model, Plan, Prompt, Run, Settings, open, run};
use server::{Reply, Server};

const CASES: usize = 1500;
/// Tells a child of this test what it is.
const CHILD: &str = "DOGGEREL_TEST_CHILD";

fn plan() -> Plan {
    let case = |i: usize| Case {
        id: format!("c{i}"),
        prompt: Prompt::user(format!("c{i}")),
        // Some go on for a turn, so that conversations are broken off too.
        then: if i.is_multiple_of(5) { vec![format!("c{i} again")] } else { Vec::new() },
        settings: Settings::default(),
        labels: Default::default(),
    };
    Plan { suite: "test".into(), cases: (0..CASES).map(case).collect() }
}

fn go(path: &Path, address: &str) -> sampling::Ended {
    let connection = Connection { address: Some(address.into()), ..Connection::default() };
    let model: Arc<dyn Model> = Arc::from(open("openai/test", &connection).unwrap());
    run(path, &plan(), &model, &Limits { concurrency: 4, ..Limits::default() }, |_| {}).unwrap()
}

/// Does nothing unless it is the child of `killed_at_any_moment`.
#[test]
fn child() {
    if let Ok(told) = std::env::var(CHILD) {
        let (address, path) = told.split_once(' ').unwrap();
        go(Path::new(path), address);
    }
}

/// The answers by prompt that are in the file; none where it has not got so far.
fn committed(path: &Path) -> BTreeMap<String, String> {
    let Ok(store) = Run::open(path) else { return BTreeMap::new() };
    let one = |saved: sampling::Saved| (saved.asked.clone().unwrap_or(saved.case), saved.answer.text);
    store.answers().map(|saved| one(saved.unwrap())).collect()
}

#[test]
fn killed_at_any_moment() {
    let kills: usize = std::env::var("DOGGEREL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(25);
    // No two answers are the same, so that one that was asked for twice shows.
    let server = Server::new(|asked| {
        Reply::Late(
            Duration::from_millis(3),
            Box::new(Reply::chat(format!("answer {} to {}", asked.n, asked.prompt()))),
        )
    });
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("run.db");
    let (mut known, mut seen, mut killed, mut grew) = (BTreeMap::new(), 0, 0, 0);
    let mut chance = 12345_u64;
    while killed < kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--test-threads", "1"])
            .env(CHILD, format!("{} {}", server.url(), path.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        chance = chance.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        std::thread::sleep(Duration::from_millis(10 + (chance >> 33) % 90));
        // SIGKILL; one that is done already is no kill.
        let done = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        killed += usize::from(!done);

        let asked = server.prompts();
        let asked_now = &asked[seen..];
        for prompt in asked_now {
            assert!(!known.contains_key(prompt), "{prompt} was committed and asked again");
        }
        seen = asked.len();
        let now = committed(&path);
        for (prompt, text) in &known {
            assert_eq!(now.get(prompt), Some(text), "{prompt} was committed and lost");
        }
        grew += usize::from(now.len() > known.len());
        known = now;
        if done && known.len() == plan().requests() {
            // So many answers did not last for so many kills: once more from the start.
            std::fs::remove_file(&path).unwrap();
            known.clear();
        }
    }
    assert!(grew * 4 > kills, "most were killed before they did anything: {grew} of {kills}");

    let before = server.prompts().len();
    let ended = go(&path, &server.url());
    assert_eq!(ended.left, 0);
    let asked: Vec<String> = server.prompts().split_off(before);
    let once: BTreeSet<&String> = asked.iter().collect();
    assert_eq!(once.len(), asked.len());
    assert!(once.iter().all(|prompt| !known.contains_key(*prompt)));
    assert_eq!(committed(&path).len(), plan().requests());
    let file = rusqlite::Connection::open(&path).unwrap();
    let whole: String = file.query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    // Whole by itself: nothing lies beside it but the run.
    drop(file);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["run.db"]);
}
