//! Whatever a server does, every prompt is answered, or recorded as failed with its reason.

mod server;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use sampling::{
    Case, Connection, Finish, Format, How, Limits, Model, Plan, Prompt, Reason, Request, Run, Secret, Settings, open,
    run,
};
use server::{Reply, Server};

fn connection(server: &Server) -> Connection {
    Connection {
        address: Some(server.url()),
        timeout: Duration::from_millis(400),
        attempts: 3,
        first_pause: Duration::from_millis(20),
        ..Connection::default()
    }
}

fn plan(n: usize) -> Plan {
    let case = |i| Case {
        id: format!("c{i}"),
        prompt: Prompt::user(format!("poem {i}")),
        then: Vec::new(),
        settings: Settings::default(),
        labels: Default::default(),
    };
    Plan { suite: "test".into(), cases: (0..n).map(case).collect() }
}

fn ask(server: &Server) -> Result<sampling::Answer, sampling::ModelError> {
    ask_by(&connection(server), &Settings::default())
}

fn ask_by(connection: &Connection, settings: &Settings) -> Result<sampling::Answer, sampling::ModelError> {
    let model = open("openai/test", connection).unwrap();
    let request = Request { case: "c".into(), prompt: Prompt::user("a poem"), settings: settings.clone() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(model.answer(&request))
}

#[test]
fn three_in_ten_go_wrong() {
    let bad = |n: usize| match n % 9 {
        0 => Reply::Status(429, vec![("retry-after", "0".into())], "{\"error\": {\"message\": \"slowly\"}}".into()),
        1 => Reply::Status(500, Vec::new(), "oh".into()),
        2 => Reply::Hang(Duration::from_secs(2)),
        3 => Reply::Garbage,
        4 => Reply::Half,
        5 => Reply::HalfJson,
        6 => Reply::Huge(17 << 20),
        7 => Reply::Reset,
        _ => Reply::Status(400, Vec::new(), "{\"error\": \"no\"}".into()),
    };
    // Three of ten requests, in no order that a client could fall in step with.
    let server = Server::new(move |asked| match (asked.n * 7919) % 1000 {
        at if at < 300 => bad(at),
        _ => Reply::chat(format!("answer to {}", asked.prompt())),
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let plan = plan(200);
    let model: Arc<dyn Model> = Arc::from(open("openai/test", &connection(&server)).unwrap());
    let limits = Limits { concurrency: 16, ..Limits::default() };
    let ended = run(&path, &plan, &model, &limits, |_| {}).unwrap();
    assert_eq!(ended.how, How::Whole);
    assert_eq!(ended.tally.answers + ended.tally.failed, 200);

    let store = Run::open(&path).unwrap();
    let answered: BTreeSet<String> = store.answers().map(|saved| saved.unwrap().case).collect();
    let failures = store.failures().unwrap();
    let failed: BTreeSet<String> = failures.iter().map(|failure| failure.case.clone()).collect();
    assert_eq!(answered.len() + failed.len(), 200);
    assert!(answered.is_disjoint(&failed));
    assert!(failed.len() < 30, "{failures:?}");
    assert!(failures.iter().all(|failure| !failure.message.is_empty() && !failure.message.contains('\x1b')));
    for saved in store.answers() {
        let saved = saved.unwrap();
        assert_eq!(saved.answer.text, format!("answer to {}", saved.prompt.last()));
    }

    // The same command asks again what failed, and nothing else.
    let before = server.asked().len();
    let again = run(&path, &plan, &model, &limits, |_| {}).unwrap();
    let asked: BTreeSet<String> = server.prompts().split_off(before).into_iter().collect();
    assert_eq!(asked.len(), failed.len());
    assert_eq!(again.left, again.tally.failed);
}

#[test]
fn each_has_its_reason() {
    let reason = |reply: Reply| {
        let server = Server::new(move |_| reply.clone());
        let error = ask(&server).unwrap_err();
        (error.reason, server.asked().len() as u32, error)
    };
    let status = |code| Reply::Status(code, Vec::new(), "{\"error\": {\"message\": \"because\"}}".into());
    for (reply, wanted, asked) in [
        (status(429), Reason::RateLimited, 3),
        (status(500), Reason::Server, 3),
        (status(529), Reason::Server, 3),
        (Reply::Hang(Duration::from_secs(1)), Reason::Timeout, 3),
        (Reply::Garbage, Reason::Garbage, 3),
        (Reply::Half, Reason::CutOff, 3),
        (Reply::HalfJson, Reason::CutOff, 3),
        (Reply::Reset, Reason::Connection, 3),
        (Reply::Huge(17 << 20), Reason::TooLarge, 1),
        (status(401), Reason::Denied, 1),
        (status(404), Reason::NotFound, 1),
        (status(400), Reason::Rejected, 1),
        (Reply::Status(302, vec![("location", "http://127.0.0.1:1/".into())], String::new()), Reason::Rejected, 1),
    ] {
        let said = format!("{reply:?}");
        let (reason, n, error) = reason(reply);
        assert_eq!((reason, n, error.attempts), (wanted, asked, asked), "{said}: {error}");
        if error.status.is_some_and(|status| status != 302) {
            assert!(error.message.contains("because"), "{error}");
        }
    }
    let nobody = Connection { address: Some("http://127.0.0.1:1/v1".into()), attempts: 1, ..Connection::default() };
    assert_eq!(ask_by(&nobody, &Settings::default()).unwrap_err().reason, Reason::Connection);
}

#[test]
fn retry_after_is_obeyed_by_all() {
    for date in [false, true] {
        let server = Server::new(move |asked| {
            if asked.n > 0 {
                return Reply::chat("here");
            }
            let until = SystemTime::now() + Duration::from_secs(2);
            let wish = if date { httpdate::fmt_http_date(until) } else { "1".into() };
            Reply::Status(429, vec![("retry-after", wish)], String::new())
        });
        let folder = tempfile::tempdir().unwrap();
        let model: Arc<dyn Model> = Arc::from(open("openai/test", &connection(&server)).unwrap());
        // One at a time is on its way, so that all later ones come after the wish.
        let limits = Limits { concurrency: 1, ..Limits::default() };
        let ended = run(&folder.path().join("run.db"), &plan(5), &model, &limits, |_| {}).unwrap();
        assert_eq!(ended.tally.answers, 5);
        let asked = server.asked();
        let waited = asked[1].at - asked[0].at;
        assert!(waited >= Duration::from_secs(1), "{waited:?}");
    }
}

#[test]
fn a_wish_that_is_too_long_is_a_failure() {
    let server = Server::new(|_| Reply::Status(429, vec![("retry-after", "86400".into())], "tomorrow".into()));
    let begun = Instant::now();
    let error = ask(&server).unwrap_err();
    assert_eq!((error.reason, error.attempts), (Reason::RateLimited, 1));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_server_that_denies_or_is_down_ends_the_run() {
    let denied = Server::new(|_| Reply::Status(401, Vec::new(), "{\"error\": {\"message\": \"bad key\"}}".into()));
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { concurrency: 2, ..Limits::default() };
    let model: Arc<dyn Model> = Arc::from(open("openai/test", &connection(&denied)).unwrap());
    let ended = run(&folder.path().join("denied.db"), &plan(100), &model, &limits, |_| {}).unwrap();
    assert!(matches!(&ended.how, How::GivenUp(error) if error.reason == Reason::Denied), "{ended:?}");
    assert!(denied.asked().len() <= 2);

    let down = Server::new(|_| Reply::Status(503, Vec::new(), String::new()));
    let model: Arc<dyn Model> = Arc::from(open("openai/test", &connection(&down)).unwrap());
    let ended = run(&folder.path().join("down.db"), &plan(100), &model, &limits, |_| {}).unwrap();
    assert!(matches!(&ended.how, How::GivenUp(error) if error.reason == Reason::Server), "{ended:?}");
    assert!(ended.left == 100 && ended.tally.failed < 30);
}

#[test]
fn requests_are_as_the_settings_say() {
    let server = Server::new(|_| Reply::chat("here"));
    let settings = Settings {
        temperature: Some(0.7),
        top_p: Some(0.9),
        min_p: Some(0.05),
        max_tokens: 77,
        seed: Some(5),
        stop: vec!["END".into()],
        ..Settings::default()
    };
    let connection = Connection { key: Secret::new("sk-test-0123456789"), ..connection(&server) };
    ask_by(&connection, &settings).unwrap();
    ask_by(&connection, &Settings { format: Format::Raw, logprobs: true, ..settings }).unwrap();
    let asked = server.asked();
    assert_eq!(asked[0].path, "/v1/chat/completions");
    assert_eq!(asked[0].header("authorization"), "Bearer sk-test-0123456789");
    let body = asked[0].json();
    assert_eq!(body["messages"], serde_json::json!([{"role": "user", "content": "a poem"}]));
    assert_eq!((&body["temperature"], &body["max_tokens"], &body["seed"]), (&0.7.into(), &77.into(), &5.into()));
    assert_eq!((&body["top_p"], &body["min_p"], &body["stop"][0]), (&0.9.into(), &0.05.into(), &"END".into()));
    assert_eq!(body.get("logprobs"), None);
    assert_eq!(asked[1].path, "/v1/completions");
    assert_eq!((&asked[1].json()["prompt"], &asked[1].json()["logprobs"]), (&"a poem".into(), &1.into()));
}

#[test]
fn what_a_server_does_not_know_is_said_otherwise() {
    let refuse = |said: &str| Reply::Status(400, Vec::new(), format!("{{\"error\": {{\"message\": \"{said}\"}}}}"));
    let server = Server::new(move |asked| match asked.json() {
        body if body.get("max_tokens").is_some() => refuse(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        ),
        body if body.get("seed").is_some() => refuse("Unrecognized request argument supplied: seed"),
        _ => Reply::chat("here"),
    });
    let model = open("openai/test", &connection(&server)).unwrap();
    let settings = Settings { seed: Some(5), ..Settings::default() };
    let request = Request { case: "c".into(), prompt: Prompt::user("a poem"), settings };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for _ in 0..3 {
        assert_eq!(runtime.block_on(model.answer(&request)).unwrap().text, "here");
    }
    assert_eq!(server.asked().len(), 5, "learnt once");
    assert_eq!(model.notices().len(), 1);
}

#[test]
fn refusals_and_the_like_are_answers() {
    let n = AtomicUsize::new(0);
    let server = Server::new(move |_| match n.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::Chat("cut".into(), "length"),
        1 => Reply::Chat(" ".into(), "stop"),
        _ => Reply::Chat(String::new(), "content_filter"),
    });
    let finish = || ask(&server).unwrap().finish;
    assert_eq!([finish(), finish(), finish()], [Finish::Length, Finish::Empty, Finish::ContentFilter]);
}

#[test]
fn what_waits_is_ended_and_what_is_on_its_way_comes() {
    let server = Server::new(|asked| match asked.prompt().as_str() {
        "slow" => Reply::Late(Duration::from_millis(300), Box::new(Reply::chat("here"))),
        _ => Reply::Status(429, vec![("retry-after", "60".into())], String::new()),
    });
    let connection = Connection { timeout: Duration::from_secs(5), ..connection(&server) };
    let model = open("openai/test", &connection).unwrap();
    let request = |prompt: &str| {
        let (case, settings) = ("c".into(), Settings::default());
        Request { case, prompt: Prompt::user(prompt), settings }
    };
    let (slow, refused) = (request("slow"), request("refused"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let begun = Instant::now();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        model.stop();
    };
    let (slow, refused, ()) =
        runtime.block_on(async { tokio::join!(model.answer(&slow), model.answer(&refused), stop) });
    assert_eq!(slow.unwrap().text, "here");
    assert_eq!(refused.unwrap_err().reason, Reason::Stopped);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(runtime.block_on(model.answer(&request("later"))).unwrap_err().reason, Reason::Stopped);
    assert_eq!(server.asked().len(), 2);
}
