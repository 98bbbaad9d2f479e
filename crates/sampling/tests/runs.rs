//! What a run keeps, where it ends, and what it never shows.

mod server;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sampling::{
    Case, Connection, Ended, Error, Export, Format, How, Limits, Message, Model, Plan, Price, Progress, Prompt, Role,
    Run, Secret, Settings, open, preview, run, texts,
};
use server::{Reply, Server};

const KEY: &str = "sk-planted-4f9a81c37be2";

fn connection(server: &Server) -> Connection {
    Connection {
        address: Some(server.url()),
        key: Secret::new(KEY),
        attempts: 2,
        first_pause: Duration::from_millis(10),
        ..Connection::default()
    }
}

fn case(id: &str, prompt: Prompt, then: &[&str]) -> Case {
    Case {
        id: id.into(),
        prompt,
        then: then.iter().map(|next| next.to_string()).collect(),
        settings: Settings { temperature: Some(0.8), max_tokens: 100, ..Settings::default() },
        labels: [("genre".to_string(), "ode".into())].into_iter().collect(),
    }
}

fn plan(n: usize) -> Plan {
    let cases = (0..n).map(|i| case(&format!("c{i}"), Prompt::user(format!("poem {i}")), &[])).collect();
    Plan { suite: "test".into(), cases }
}

fn model(connection: &Connection) -> Arc<dyn Model> {
    Arc::from(open("openai/test", connection).unwrap())
}

fn go(path: &Path, plan: &Plan, connection: &Connection, limits: &Limits) -> Ended {
    run(path, plan, &model(connection), limits, |_| {}).unwrap()
}

#[test]
fn conversations_go_on_turn_by_turn() {
    let server = Server::new(|asked| {
        let turns: Vec<String> = asked.json()["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| format!("{}:{}", message["role"].as_str().unwrap(), message["content"].as_str().unwrap()))
            .collect();
        Reply::chat(format!("[{}]", turns.join("|")))
    });
    let opening = Prompt::Messages(vec![Message::new(Role::System, "brief"), Message::new(Role::User, "one")]);
    let plan = Plan { suite: "test".into(), cases: vec![case("talk", opening, &["two", "three"])] };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let ended = go(&path, &plan, &connection(&server), &Limits::default());
    assert_eq!((ended.tally.answers, ended.left), (3, 0));
    let said: Vec<String> = Run::open(&path).unwrap().answers().map(|saved| saved.unwrap().answer.text).collect();
    assert_eq!(said[0], "[system:brief|user:one]");
    assert_eq!(said[1], format!("[system:brief|user:one|assistant:{}|user:two]", said[0]));
    assert!(said[2].ends_with("|user:three]"));
    let seeds: BTreeSet<u64> = server.asked().iter().map(|asked| asked.json()["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds.len(), 3, "every request has a seed of its own");
}

#[test]
fn a_limit_asks_the_first_and_the_rest_later() {
    let server = Server::new(|_| Reply::chat("a poem"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let limits = |cases| Limits { cases, ..Limits::default() };
    assert_eq!(go(&path, &plan(10), &connection(&server), &limits(Some(4))).tally.answers, 4);
    assert_eq!(server.prompts().into_iter().collect::<BTreeSet<_>>(), (0..4).map(|i| format!("poem {i}")).collect());
    assert_eq!(go(&path, &plan(10), &connection(&server), &limits(Some(4))).tally.answers, 0);
    assert_eq!(go(&path, &plan(10), &connection(&server), &limits(None)).tally.answers, 6);
    assert_eq!(server.asked().len(), 10);
}

#[test]
fn seeds_are_those_of_the_run() {
    let seeds = |seed| {
        let server = Server::new(|_| Reply::chat("a poem"));
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { seed, concurrency: 1, ..Limits::default() };
        go(&folder.path().join("run.db"), &plan(4), &connection(&server), &limits);
        server.asked().iter().map(|asked| asked.json()["seed"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(seeds(1), seeds(1));
    assert_ne!(seeds(1), seeds(2));
}

#[test]
fn a_budget_is_not_exceeded() {
    let server = Server::new(|_| Reply::chat("a poem of some words and then some more of them"));
    let folder = tempfile::tempdir().unwrap();
    let prices = folder.path().join("prices.toml");
    fs::write(&prices, "[models]\n\"openai/test\" = { input = 1000, output = 10000 }\n").unwrap();
    let priced = Connection { prices: sampling::Prices::with_file(&prices).unwrap(), ..connection(&server) };
    let path = folder.path().join("run.db");
    let limits = Limits { cost: Some(2.5), concurrency: 4, ..Limits::default() };
    let ended = go(&path, &plan(100), &priced, &limits);
    assert_eq!(ended.how, How::Budget);
    let (answers, cost) = (ended.tally.answers, ended.tally.cost);
    // A request may cost a dollar, and costs some seventeen cents.
    assert!(answers > 5 && cost > 1.4 && cost <= 2.5, "{answers} answers for {cost}");
    assert_eq!((ended.tally.unpriced, ended.left), (0, 100 - answers));
    let more = go(&path, &plan(100), &priced, &limits);
    assert!(more.how == How::Budget && more.tally.answers <= 1, "what was spent before counts: {more:?}");
    assert_eq!(Price { input: 1.0, output: 2.0 }.of(1_000_000, 500_000), 2.0);

    let unknown = run(&folder.path().join("b.db"), &plan(3), &model(&connection(&server)), &limits, |_| {});
    assert!(matches!(unknown, Err(Error::NoPrice(_))));
}

#[test]
fn limits_a_minute_are_kept() {
    let server = Server::new(|_| Reply::chat("a poem"));
    let folder = tempfile::tempdir().unwrap();
    let slow = Connection { rpm: Some(600), ..connection(&server) };
    let begun = Instant::now();
    go(&folder.path().join("run.db"), &plan(11), &slow, &Limits::default());
    assert!(begun.elapsed() >= Duration::from_millis(990));
    let asked = server.asked();
    assert!(asked[10].at - asked[0].at >= Duration::from_millis(900));
}

#[test]
fn progress_is_told() {
    let server =
        Server::new(|asked| if asked.n == 2 { Reply::Status(400, vec![], "no".into()) } else { Reply::chat("a") });
    let folder = tempfile::tempdir().unwrap();
    let (calls, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let watch = {
        let (calls, most) = (Arc::clone(&calls), Arc::clone(&most));
        move |now: Progress| {
            assert!(now.requests == 6 && !now.ending);
            let tally = now.tally;
            calls.fetch_add(1, Ordering::SeqCst);
            most.fetch_max(tally.answers * 10 + tally.failed, Ordering::SeqCst);
        }
    };
    run(&folder.path().join("run.db"), &plan(6), &model(&connection(&server)), &Limits::default(), watch).unwrap();
    assert_eq!((calls.load(Ordering::SeqCst), most.load(Ordering::SeqCst)), (7, 51));
}

#[test]
fn exports_are_read_again() {
    let texts_of = ["One, \"two\",\nthree\r\n\u{1b}[31m", "=SUM(A1)", "<b>ü</b>", "plain"];
    let server = Server::new(move |asked| Reply::chat(texts_of[asked.n % 4]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let mut plan = plan(3);
    plan.cases.push(case("talk", Prompt::user("one"), &["two"]));
    go(&path, &plan, &connection(&server), &Limits { concurrency: 1, ..Limits::default() });

    let store = Run::open(&path).unwrap();
    let mut lines = Vec::new();
    assert_eq!(Export::Jsonl.write(&store, &mut lines).unwrap(), 5);
    let lines: Vec<serde_json::Value> =
        String::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let first = &lines[0];
    for (name, wanted) in [
        ("id", "c0"),
        ("prompt", "poem 0"),
        ("text", texts_of[0]),
        ("model", "openai/test"),
        ("suite", "test"),
        ("case", "c0"),
        ("finish_reason", "stop"),
        ("prompt_format", "chat"),
        ("answered_by", "test-1"),
        ("genre", "ode"),
    ] {
        assert_eq!(first[name], wanted, "{name}");
    }
    assert_eq!((&first["temperature"], &first["max_tokens"]), (&0.8.into(), &100.into()));
    assert_eq!((&lines[4]["id"], &lines[4]["prompt"]), (&"talk#1".into(), &"two".into()));
    assert_eq!(lines[4]["conversation"].as_array().unwrap().len(), 3);

    let normal = |text: &str| text.replace("\r\n", "\n");
    let direct = texts(Run::open(&path).unwrap(), &corpus::Options::default()).unwrap();
    let direct: Vec<corpus::Text> = direct.collect::<Result<_, _>>().unwrap();
    for (text, line) in direct.iter().zip(&lines) {
        assert_eq!(
            (text.id.as_str(), &text.text),
            (line["id"].as_str().unwrap(), &normal(line["text"].as_str().unwrap()))
        );
        assert_eq!((text.model.as_deref(), &text.labels["temperature"]), (Some("openai/test"), &0.8.into()));
    }
    for (export, name) in [(Export::Csv, "out.csv"), (Export::Parquet, "out.parquet"), (Export::Jsonl, "out.jsonl")] {
        assert_eq!(Export::of_name(name), Some(export));
        let file = folder.path().join(name);
        assert_eq!(export.write(&store, &mut fs::File::create(&file).unwrap()).unwrap(), 5);
        let read: Vec<corpus::Text> = corpus::open(file.to_str().unwrap(), &corpus::Options::default())
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        // a spreadsheet must not compute an answer
        let held = |text: &str| match export {
            Export::Csv if text.starts_with('=') => format!("'{text}"),
            _ => text.to_string(),
        };
        let what = |texts: &[corpus::Text], shown: &dyn Fn(&str) -> String| -> Vec<_> {
            texts.iter().map(|t| (t.id.clone(), shown(&t.text), t.prompt.clone(), t.model.clone())).collect()
        };
        assert_eq!(what(&read, &str::to_string), what(&direct, &held), "{name}");
    }
}

#[test]
fn a_key_is_nowhere() {
    // A server that repeats the key wherever it can.
    let server = Server::new(|asked| {
        let key = asked.header("authorization").to_string();
        match asked.n % 5 {
            0 => Reply::chat(format!("your key is {key}")),
            1 => Reply::Status(400, Vec::new(), serde_json::json!({"error": {"message": key}}).to_string()),
            2 => Reply::Status(500, Vec::new(), format!("{} {key}", "x".repeat(280))),
            3 => Reply::Status(200, Vec::new(), format!("no JSON: {key}")),
            _ => {
                let escaped: String = key.chars().map(|c| format!("\\u{:04x}", c as u32)).collect();
                let choice =
                    format!("{{\"message\": {{\"content\": \"{escaped}\"}}, \"finish_reason\": \"{escaped}\"}}");
                Reply::Status(200, Vec::new(), format!("{{\"model\": \"{escaped}\", \"choices\": [{choice}]}}"))
            }
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let connection = connection(&server);
    assert!(!format!("{connection:?}").contains("planted"));
    let ended = go(&path, &plan(40), &connection, &Limits::default());
    assert!(ended.tally.answers > 5 && ended.tally.failed > 5);
    assert!(server.asked()[0].header("authorization").ends_with(KEY), "the server did see it");

    let store = Run::open(&path).unwrap();
    for export in [Export::Jsonl, Export::Csv, Export::Parquet] {
        export.write(&store, &mut fs::File::create(folder.path().join(format!("{export:?}"))).unwrap()).unwrap();
    }
    fs::write(folder.path().join("said"), format!("{ended:?} {:?}", store.failures().unwrap())).unwrap();
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let file = entry.unwrap().path();
        let bytes = fs::read(&file).unwrap();
        // Even half of it would be too much.
        let found = bytes.windows(10).any(|part| part == &KEY.as_bytes()[..10] || part == &KEY.as_bytes()[13..]);
        assert!(!found, "{} has the key in it", file.display());
        files += 1;
    }
    assert!(files >= 5);

    let address = Connection { address: Some(format!("http://me:{KEY}@127.0.0.1:1/v1")), ..connection };
    let error = open("openai/test", &address).err().unwrap();
    assert!(!format!("{error} {error:?} {:?}", error.help()).contains("planted"));
}

#[test]
fn models_are_refused_before_anything_is_asked() {
    let connection = Connection { address: Some("http://127.0.0.1:1".into()), ..Connection::default() };
    for name in ["gpt", "openai/", "nobody/x"] {
        assert!(matches!(open(name, &connection), Err(Error::NotAModel(_))), "{name}");
    }
    for address in ["", "localhost:8000", "file:///etc/passwd", "http://"] {
        let connection = Connection { address: Some(address.into()), ..Connection::default() };
        assert!(matches!(open("openai/x", &connection), Err(Error::Address { .. })), "{address}");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut raw = plan(1);
    raw.cases[0].settings.format = Format::Raw;
    let claude: Arc<dyn Model> = Arc::from(open("anthropic/x", &connection).unwrap());
    let refused = run(&folder.path().join("run.db"), &raw, &claude, &Limits::default(), |_| {});
    assert!(matches!(refused, Err(Error::Unsupported { .. })));
    let mut twice = plan(2);
    twice.cases[1].id = "c0".into();
    let refused = run(&folder.path().join("run.db"), &twice, &claude, &Limits::default(), |_| {});
    assert!(matches!(refused, Err(Error::TwoCases(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_messages_api_is_asked_as_it_wants() {
    let server = Server::new(|asked| {
        assert_eq!((asked.path.as_str(), asked.header("x-api-key")), ("/v1/messages", KEY));
        assert_eq!(asked.header("anthropic-version"), "2023-06-01");
        let usage = serde_json::json!({"input_tokens": 10, "output_tokens": 20});
        let content = serde_json::json!([{"type": "text", "text": "A heron stands"}]);
        let body = serde_json::json!({"type": "message", "model": "m", "content": content, "stop_reason": "max_tokens", "usage": usage});
        Reply::Status(200, Vec::new(), body.to_string())
    });
    let address = Some(format!("http://{}", server.address));
    let folder = tempfile::tempdir().unwrap();
    let claude: Arc<dyn Model> =
        Arc::from(open("anthropic/x", &Connection { address, ..connection(&server) }).unwrap());
    let path = folder.path().join("run.db");
    let ended = run(&path, &plan(2), &claude, &Limits::default(), |_| {}).unwrap();
    assert_eq!((ended.tally.answers, ended.tally.tokens_out, ended.tally.finish["length"]), (2, 40, 2));
    assert_eq!(ended.notices.len(), 1);
}

#[test]
fn a_preview_says_what_is_left() {
    let server = Server::new(|_| Reply::chat("a poem"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let mut plan = plan(10);
    plan.cases.push(case("talk", Prompt::user("one"), &["two"]));
    let model = model(&connection(&server));
    let whole = preview(&path, &plan, &*model, &Limits::default()).unwrap();
    assert!(!path.exists() && server.asked().is_empty());
    assert_eq!((whole.cases, whole.requests, whole.tokens_out_most, whole.cost_most), (11, 12, 1200, None));
    // The second turn sends what may be the longest answer to the first.
    assert!(whole.tokens_in > 200, "{whole:?}");
    let first = Limits { cases: Some(4), ..Limits::default() };
    run(&path, &plan, &model, &first, |_| {}).unwrap();
    let left = preview(&path, &plan, &*model, &Limits::default()).unwrap();
    assert_eq!((left.cases, left.requests, left.answered, left.prompts[0].as_str()), (7, 8, 4, "poem 4"));
    assert!(matches!(preview(&path, &plan, &*model, &Limits { seed: 2, ..first }), Err(Error::Other { .. })));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_properly() {
    // Does nothing unless it is the child of itself.
    const CHILD: &str = "DOGGEREL_TEST_INTERRUPTED";
    if let Ok(told) = std::env::var(CHILD) {
        let (address, path) = told.split_once(' ').unwrap();
        let connection = Connection { address: Some(address.into()), ..Connection::default() };
        let limits = Limits { signals: true, concurrency: 4, ..Limits::default() };
        let ended = go(Path::new(path), &plan(500), &connection, &limits);
        assert_eq!(ended.how, How::Interrupted);
        assert!(ended.tally.answers > 0 && ended.left == 500 - ended.tally.answers);
        return;
    }
    let server = Server::new(|_| Reply::Late(Duration::from_millis(50), Box::new(Reply::chat("a poem"))));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "an_interrupt_ends_it_properly", "--nocapture"])
        .env(CHILD, format!("{} {}", server.url(), path.display()))
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while server.asked().len() < 20 && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success() && child.wait().unwrap().success());
    // What was on its way was waited for and kept.
    assert_eq!(Run::open(&path).unwrap().answers().count(), server.asked().len());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(not(feature = "local-models"))]
#[test]
fn a_model_in_the_program_is_a_feature_of_the_build() {
    let error = open("gguf:some/model.gguf", &Connection::default()).err().unwrap();
    let said = format!("{error}; {}", error.help().unwrap());
    assert_eq!(said, "gguf: models are not built into this doggerel; build with --features local-models");
}
