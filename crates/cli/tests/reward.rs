//! `doggerel reward serve` as trainers meet it: over loopback and a socket, turned away, killed and begun again.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// No step of a test waits longer.
const PATIENCE: Duration = Duration::from_secs(60);

struct Served {
    process: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doggerel"));
    command.args(["reward", "serve"]).args(arguments).env_remove("DOGGEREL_REWARD_TOKEN").stdin(Stdio::null());
    command
}

/// A server on a free port of loopback, once it says where.
fn serve(arguments: &[&str]) -> Served {
    let mut process =
        command(arguments).args(["--address", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut said = BufReader::new(process.stderr.take().expect("standard error"));
    let address = loop {
        let mut line = String::new();
        assert!(said.read_line(&mut line).expect("a line") > 0, "it ended before it said where it listens");
        if let Some(url) = line.trim().strip_prefix("note: rewards at http://") {
            break url.trim_end_matches("/score").to_owned();
        }
    };
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    Served { process, address }
}

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

fn exchange(mut stream: impl Read + Write, request: &[u8]) -> Reply {
    stream.write_all(request).expect("it is sent");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("a reply");
    let (head, body) = reply.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
    Reply { status, head: head.to_lowercase(), body: body.to_owned() }
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: doggerel\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Served {
    fn stream(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Reply {
        exchange(self.stream(), &request(method, path, headers, body))
    }

    fn score(&self, texts: &[String]) -> Reply {
        self.ask("POST", "/score", "", &json!({ "texts": texts }).to_string())
    }

    fn metric(&self, name: &str) -> Option<f64> {
        let page = self.ask("GET", "/metrics", "", "").body;
        let line = page.lines().find_map(|l| l.strip_prefix(&format!("doggerel_reward_{name} ")));
        line.and_then(|value| value.parse().ok())
    }

    fn told(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn poem(n: usize) -> String {
    let things = ["rain", "dust", "salt", "smoke", "snow", "bread", "rope", "glass"];
    let (a, b) = (things[n % 8], things[(n / 8 + n) % 8]);
    format!(
        "The {a} came down upon the street,\nIt fell on {b}, it fell on hay,\nAnd those who walk on weary feet\nWill brush the {a} and {b} away.\n\nWe kept the {b} inside a jar\nAnd wrote the number on the lid."
    )
}

#[test]
fn texts_are_scored_and_trainers_get_what_they_log() {
    let server = serve(&["--window", "300"]);
    let health = server.ask("GET", "/health", "", "").json();
    assert_eq!((health["status"].as_str(), health["window"].as_u64()), (Some("ok"), Some(0)));

    let texts: Vec<String> = (0..20).map(poem).chain([String::new(), " \n\n".into()]).collect();
    let mut sources = vec!["verse"; 20];
    sources.extend(["other", "other"]);
    let prompts = vec![Some("Write a poem."); 22];
    let body = json!({"prompts": prompts, "texts": texts, "data_source": sources, "labels": [null]}).to_string();
    let reply = server.ask("POST", "/score", "", &body);
    assert_eq!(reply.status, 200, "{}", reply.body);
    let answer = reply.json();
    let rewards: Vec<f64> =
        answer["rewards"].as_array().expect("rewards").iter().map(|r| r.as_f64().expect("a number")).collect();
    assert_eq!(rewards.len(), 22);
    assert_eq!((rewards[20], rewards[21]), (-3.0, -3.0), "what is no poem earns the least");
    assert!(rewards[..20].iter().all(|r| (-3.0..=3.0).contains(r) && *r > -3.0), "{rewards:?}");
    assert_eq!(answer["scores"][0]["on_task"].as_f64(), Some(1.0), "{answer}");
    assert_eq!(answer["extra_logs"]["window"].as_f64(), Some(20.0));
    assert_eq!(answer["extra_logs"]["reward/other"].as_f64(), Some(-3.0));
    assert_eq!(server.metric("texts_total"), Some(22.0));
    assert_eq!(server.metric("off_task_total"), Some(2.0));
    assert_eq!(server.metric("request_seconds_count"), Some(1.0));

    // the window is bounded
    for n in 0..5 {
        let more: Vec<String> = (0..100).map(|i| poem(n * 100 + i)).collect();
        assert_eq!(server.score(&more).status, 200);
    }
    assert_eq!(server.metric("window_texts"), Some(300.0));
}

#[test]
fn bad_requests_are_told_why_in_one_sentence() {
    let server = serve(&["--max-body", "1", "--queue", "2"]);
    let cases = [
        ("POST", "/score", "not JSON".to_owned(), 400, "this is no request"),
        ("POST", "/score", json!({"texts": []}).to_string(), 400, "there are no texts"),
        (
            "POST",
            "/score",
            json!({"texts": ["a", "b"], "prompts": ["p"]}).to_string(),
            400,
            "1 prompts were sent for 2 texts",
        ),
        ("POST", "/score", json!({"texts": vec!["x"; 5000]}).to_string(), 400, "send at most 4096"),
        ("POST", "/score", "x".repeat((1 << 20) + 1), 413, "may have 1048576 bytes"),
        ("GET", "/score", String::new(), 405, "POST to /score"),
        ("GET", "/etc/passwd", String::new(), 404, "nothing else"),
    ];
    for (method, path, body, status, why) in cases {
        let mut stream = server.stream();
        // a body that is too large may be refused before it is sent
        let sent = stream.write_all(&request(method, path, "", &body));
        let mut reply = String::new();
        let read = stream.read_to_string(&mut reply);
        if status == 413 && (sent.is_err() || read.is_err()) && reply.is_empty() {
            continue;
        }
        assert!(reply.starts_with(&format!("HTTP/1.1 {status}")) && reply.contains(why), "{method} {path}: {reply}");
    }
    assert_eq!(server.ask("GET", "/health", "", "").status, 200);
}

#[test]
fn a_full_queue_turns_away_and_empties_again() {
    let server = serve(&["--queue", "1"]);
    let mut slow = server.stream();
    slow.write_all(
        b"POST /score HTTP/1.1\r\nHost: doggerel\r\nConnection: close\r\nContent-Length: 20\r\n\r\n{\"texts\"",
    )
    .expect("sent");
    until("the place was taken", || server.metric("requests_in_hand") == Some(1.0));
    let turned_away = server.score(&[poem(1)]);
    assert_eq!(turned_away.status, 503, "{}", turned_away.body);
    assert!(turned_away.head.contains("retry-after: 1"), "{}", turned_away.head);
    assert!(turned_away.json()["error"].as_str().is_some_and(|e| e.contains("come again")));
    slow.write_all(b": [\"a b c\"]}").expect("the rest is sent");
    drop(slow);
    until("the place was free again", || server.score(&[poem(1)]).status == 200);
}

#[test]
fn a_token_lets_in_and_is_never_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    fs::write(&file, "planted-2b7e151628\n").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("permissions");
    let path = file.display().to_string();
    let refused = command(&["--token-file", &path, "--address", "127.0.0.1:0"]).output().expect("it ends");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("chmod 600") && !said.contains("planted"), "{said}");

    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("permissions");
    let server = serve(&["--token-file", &path]);
    let body = json!({"texts": [poem(1)]}).to_string();
    for headers in ["", "Authorization: Bearer planted\r\n", "Authorization: Bearer planted-2b7e151629\r\n"] {
        let reply = server.ask("POST", "/score", headers, &body);
        assert_eq!(reply.status, 401);
        assert!(!reply.body.contains("planted"), "{}", reply.body);
    }
    assert_eq!(server.ask("GET", "/metrics", "", "").status, 401);
    assert_eq!(server.ask("GET", "/health", "", "").status, 200);
    assert_eq!(server.ask("POST", "/score", "Authorization: Bearer planted-2b7e151628\r\n", &body).status, 200);
}

#[test]
fn only_this_machine_is_let_in_unless_told() {
    let refused = command(&["--address", "0.0.0.0:0"]).output().expect("it ends");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("0.0.0.0:0 can be reached from other machines") && said.contains("--open-to-network"),
        "{said}"
    );
}

#[test]
fn a_socket_serves_its_owner() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("reward.sock");
    let name = path.display().to_string();
    let begin = || {
        let process = command(&["--socket", &name, "--quiet"]).spawn().expect("it starts");
        let served = Served { process, address: String::new() };
        until("the socket", || UnixStream::connect(&path).is_ok());
        served
    };
    let mut server = begin();
    assert_eq!(fs::metadata(&path).expect("a socket").permissions().mode() & 0o777, 0o600);
    let body = json!({"texts": [poem(1), poem(2)]}).to_string();
    let reply = exchange(UnixStream::connect(&path).expect("it listens"), &request("POST", "/score", "", &body));
    assert_eq!((reply.status, reply.json()["rewards"].as_array().map(Vec::len)), (200, Some(2)));
    // what a killed server left there is no hindrance, a running one is
    let second = command(&["--socket", &name]).output().expect("it ends");
    assert_eq!(second.status.code(), Some(1));
    server.process.kill().expect("killed");
    server.process.wait().expect("ended");
    assert!(Path::new(&name).exists());
    let again = begin();
    again.told("-TERM");
    until("the socket's end", || !path.exists());
}

#[test]
fn the_window_outlasts_the_end_and_the_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let snapshot = folder.path().join("window.bin");
    let name = snapshot.display().to_string();
    let arguments = ["--snapshot", name.as_str(), "--every", "1"];
    let window = |server: &Served| server.ask("GET", "/health", "", "").json()["window"].as_u64();

    let mut server = serve(&arguments);
    assert_eq!(server.score(&(0..30).map(poem).collect::<Vec<_>>()).status, 200);
    server.told("-TERM");
    assert!(server.process.wait().expect("it ends").success());

    let mut server = serve(&arguments);
    assert_eq!(window(&server), Some(30));
    let both = command(&arguments).args(["--address", "127.0.0.1:0"]).output().expect("it ends");
    assert_eq!(both.status.code(), Some(2), "two servers with one snapshot");
    // until a snapshot was written, then without a warning
    assert_eq!(server.score(&(30..50).map(poem).collect::<Vec<_>>()).status, 200);
    until("a snapshot", || server.metric("snapshot_time_seconds").is_some());
    let next = json!({"texts": (50..60).map(poem).collect::<Vec<_>>()}).to_string();
    server.process.kill().expect("killed");
    server.process.wait().expect("ended");
    let restored = serve(&arguments);
    assert_eq!(window(&restored), Some(50));
    assert_eq!(restored.ask("POST", "/score", "", &next).status, 200);
    drop(restored);

    fs::write(&snapshot, b"{}\nrubbish").expect("written");
    let damaged = command(&arguments).args(["--address", "127.0.0.1:0"]).output().expect("it ends");
    let said = String::from_utf8_lossy(&damaged.stderr).into_owned();
    assert!(damaged.status.code() == Some(2) && said.contains("damaged"), "{said}");
}

#[test]
fn a_file_is_scored_from_top_to_bottom() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("poems.jsonl");
    let lines: String = (0..30).map(|i| json!({"id": format!("p{i}"), "text": poem(i)}).to_string() + "\n").collect();
    fs::write(&file, lines + &json!({"id": "copy", "text": poem(0)}).to_string()).expect("written");
    let score = |json: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doggerel"));
        command.args(["reward", "score"]).arg(&file).args(["--batch", "16"]);
        if json {
            command.arg("--json");
        }
        let output = command.output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let rows: Vec<Value> = score(true).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    assert_eq!(rows.len(), 31);
    assert_eq!((rows[30]["id"].as_str(), rows[0]["schema"].as_str()), (Some("copy"), Some("doggerel.reward-score/1")));
    assert!(rows[30]["reward"].as_f64() < rows[0]["reward"].as_f64(), "a mould earns less the more it is used");
    let words = score(false);
    assert!(words.contains("p7 · The ") && words.contains("over 31 texts, 0 of them off task"), "{words}");
}
