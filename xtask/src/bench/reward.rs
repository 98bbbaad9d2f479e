//! How fast the reward is through its real server on loopback, and how long a step of the monitor takes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Instant;

use diversity::{Rng, quantile};
use training::{Diversity, DiversityOptions, Monitor, MonitorOptions, ServeOptions, Server, Standard};

use super::{Failure, Timing};

/// Texts of a batch, batches of each client that are timed, clients at once, and texts of a monitor's step.
const BATCH: usize = 64;
const BATCHES: usize = 100;
const CLIENTS: usize = 2;
const STEP: usize = 256;
/// Stanzas of a poem.
const STANZAS: usize = 3;

/// Nothing where other tasks are wanted.
pub fn time(wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Timing>, Failure> {
    let mut out = Vec::new();
    for (view, content) in [("form", false), ("form and content", true)] {
        let task = format!("reward, {view}");
        if wanted(&task) {
            out.extend(served(&task, content)?);
        }
    }
    if wanted("reward monitor") {
        out.push(monitor()?);
    }
    Ok(out)
}

/// Twelve lines or so, no two poems alike: stanzas of the examples in a new order.
fn poems(n: usize, seed: u64) -> Result<Vec<String>, Failure> {
    let mut stanzas = Vec::new();
    for name in ["examples/chat-poems.jsonl", "examples/varied-poems.jsonl"] {
        for line in std::fs::read_to_string(name)?.lines() {
            let text = serde_json::from_str::<super::Poem>(line)?.text;
            stanzas.extend(text.split("\n\n").filter(|s| (3..=6).contains(&s.lines().count())).map(str::to_owned));
        }
    }
    let mut rng = Rng::new(seed);
    let mut poem = || (0..STANZAS).map(|_| stanzas[rng.below(stanzas.len())].as_str()).collect::<Vec<_>>().join("\n\n");
    Ok((0..n).map(|_| poem()).collect())
}

/// A line for the texts a second, and one for the batch that 99 of 100 are faster than.
fn served(task: &str, content: bool) -> Result<Vec<Timing>, Failure> {
    let standard = if content {
        let texts: Vec<corpus::Text> =
            poems(1000, 7)?.into_iter().enumerate().map(|(i, t)| corpus::Text::new(i.to_string(), t)).collect();
        Standard::of_texts("base", &texts, None)?
    } else {
        Standard::open("human", None)?
    };
    let reward = Arc::new(Diversity::new(standard, DiversityOptions::default())?);
    let options = ServeOptions { address: Some(SocketAddr::from(([127, 0, 0, 1], 0))), ..ServeOptions::default() };
    let server = Server::bind(Arc::clone(&reward), options)?;
    let address = server.address().ok_or("the server has no address")?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || {
        let stopped = async {
            let _ = stopped.await;
        };
        server.run(stopped, Arc::new(|_| ())).map_err(|e| e.to_string())
    });
    // the window is full before anything is timed
    ask(address, &poems(2048, 1)?)?;
    let start = Instant::now();
    let clients: Vec<_> = (0..CLIENTS as u64).map(|i| std::thread::spawn(move || client(address, 2 + i))).collect();
    let mut latencies = Vec::new();
    for client in clients {
        latencies.extend(client.join().map_err(|_| "a client was lost")??);
    }
    let seconds = start.elapsed().as_secs_f64();
    drop(stop);
    serving.join().map_err(|_| "the server was lost")??;
    let items = latencies.len() * BATCH;
    latencies.sort_by(f64::total_cmp);
    let timing = |task: String, items: usize, seconds: f64, value: Option<f64>| Timing {
        task,
        tool: "doggerel".into(),
        items,
        seconds,
        value,
        error: None,
    };
    let p99 = quantile(&latencies, 0.99);
    Ok(vec![
        timing(task.into(), items, seconds, None),
        timing(format!("{task}, p99 of {BATCH}"), BATCH, p99, Some(p99)),
    ])
}

fn client(address: SocketAddr, seed: u64) -> Result<Vec<f64>, String> {
    let run = || -> Result<Vec<f64>, Failure> {
        let poems = poems(BATCH * BATCHES, seed)?;
        let mut connection = connect(address)?;
        let mut seconds = Vec::new();
        for batch in poems.chunks(BATCH) {
            let start = Instant::now();
            exchange(&mut connection, batch)?;
            seconds.push(start.elapsed().as_secs_f64());
        }
        Ok(seconds)
    };
    run().map_err(|error| error.to_string())
}

fn connect(address: SocketAddr) -> Result<BufReader<TcpStream>, Failure> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

fn ask(address: SocketAddr, texts: &[String]) -> Result<(), Failure> {
    exchange(&mut connect(address)?, texts)
}

/// A request over a connection that stays open.
fn exchange(connection: &mut BufReader<TcpStream>, texts: &[String]) -> Result<(), Failure> {
    let body = serde_json::json!({"prompts": vec!["Write a poem."; texts.len()], "texts": texts}).to_string();
    let head = format!("POST /score HTTP/1.1\r\nHost: doggerel\r\nContent-Length: {}\r\n\r\n", body.len());
    connection.get_mut().write_all((head + &body).as_bytes())?;
    let (mut length, mut status) = (0, String::new());
    loop {
        let mut line = String::new();
        connection.read_line(&mut line)?;
        if status.is_empty() {
            status.clone_from(&line);
        }
        if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    let answer: serde_json::Value = serde_json::from_slice(&body)?;
    let n = answer["rewards"].as_array().map_or(0, Vec::len);
    if n == texts.len() {
        Ok(())
    } else {
        Err(format!("{}: {n} rewards for {} texts", status.trim(), texts.len()).into())
    }
}

/// One step of 256 poems, 64 prompts of four answers, against a base of as many: the slower of two.
fn monitor() -> Result<Timing, Failure> {
    let text = |(i, text): (usize, String)| corpus::Text {
        prompt: Some(format!("prompt {}", i % (STEP / 4))),
        ..corpus::Text::new(i.to_string(), text)
    };
    let base: Vec<corpus::Text> = poems(STEP, 11)?.into_iter().enumerate().map(text).collect();
    let monitor = Monitor::new(Standard::of_texts("base", &base, None)?, MonitorOptions::default())?;
    let mut slowest = 0.0f64;
    for step in 0..2 {
        let texts = poems(STEP, 20 + step)?;
        let prompts: Vec<String> = (0..STEP).map(|i| format!("prompt {}", i % (STEP / 4))).collect();
        let start = Instant::now();
        monitor.log(step, &prompts, &texts)?;
        slowest = slowest.max(start.elapsed().as_secs_f64());
    }
    let task = "reward monitor, a step".to_string();
    Ok(Timing { task, tool: "doggerel".into(), items: STEP, seconds: slowest, value: Some(slowest), error: None })
}
