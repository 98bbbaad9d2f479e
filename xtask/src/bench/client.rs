//! How fast answers are asked for and recorded: a server on loopback that takes 50 ms for each, 64 at once. The server's time alone
//! allows 1,280 answers a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sampling::{Case, Connection, Limits, Model, Plan, Prompt, Settings, open, run};

use super::{Failure, Timing};
use server::{Reply, Server};

#[path = "../../../crates/sampling/tests/server/mod.rs"]
mod server;

const ANSWERS: usize = 10_000;
const CONCURRENCY: usize = 64;
const ANSWER_TIME: Duration = Duration::from_millis(50);
/// As long as a poem is.
const VERSE: &str = "The lantern swings above the door,\nIt knows the rain, it knows the floor,\n";

/// Nothing where another task is wanted.
pub fn time(wanted: &dyn Fn(&str) -> bool) -> Result<Option<Timing>, Failure> {
    let task = format!("client, {CONCURRENCY} at once");
    if !wanted(&task) {
        return Ok(None);
    }
    let server =
        Server::new(|asked| Reply::Late(ANSWER_TIME, Box::new(Reply::chat(format!("{}{}", VERSE.repeat(8), asked.n)))));
    let case = |i: usize| Case {
        id: format!("case {i}"),
        prompt: Prompt::user(format!("Write a poem about rain, number {i}.")),
        then: Vec::new(),
        settings: Settings::default(),
        labels: Default::default(),
    };
    let plan = Plan { suite: "bench".into(), cases: (0..ANSWERS).map(case).collect() };
    let file = std::env::temp_dir().join(format!("doggerel-bench-{}.db", std::process::id()));
    let model: Arc<dyn Model> =
        Arc::from(open("openai/bench", &Connection { address: Some(server.url()), ..Connection::default() })?);
    let start = Instant::now();
    let ended = run(&file, &plan, &model, &Limits { concurrency: CONCURRENCY, ..Limits::default() }, |_| {});
    let seconds = start.elapsed().as_secs_f64();
    std::fs::remove_file(&file)?;
    let answers = ended?.tally.answers;
    Ok(Some(Timing { task, tool: "doggerel".into(), items: answers, seconds, value: None, error: None }))
}
