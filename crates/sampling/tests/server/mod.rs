//! A server on loopback that behaves as it is told, one thread a connection, nothing but the standard library, so that the tests
//! of other crates and the benchmark can use it as it is. It ends with the value.

#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// 0 for the first of all.
    pub n: usize,
    pub at: Instant,
    pub path: String,
    /// Lower-case names.
    pub headers: Headers,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// What the user says last.
    pub fn prompt(&self) -> String {
        let body = self.json();
        let last = body["messages"].as_array().and_then(|messages| messages.last()).map(|last| &last["content"]);
        last.unwrap_or(&body["prompt"]).as_str().unwrap().to_string()
    }
}

/// What the server does.
#[derive(Debug, Clone)]
pub enum Reply {
    /// An answer of chat completions, finished with this word.
    Chat(String, &'static str),
    Status(u16, Vec<(&'static str, String)>, String),
    /// Nothing, for so long.
    Hang(Duration),
    /// 200, and no JSON.
    Garbage,
    /// The half of a body whose whole length was announced.
    Half,
    /// JSON cut in two, properly sent.
    HalfJson,
    /// Megabytes without an end announced.
    Huge(usize),
    /// The connection closed without a word.
    Reset,
    /// Another, later.
    Late(Duration, Box<Reply>),
}

impl Reply {
    pub fn chat(text: impl Into<String>) -> Reply {
        Reply::Chat(text.into(), "stop")
    }
}

pub struct Server {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    over: AtomicBool,
    n: AtomicUsize,
    asked: Mutex<Vec<Asked>>,
    behave: Box<dyn Fn(&Asked) -> Reply + Send + Sync>,
}

/// A connection that says nothing for so long is closed.
const PATIENCE: Duration = Duration::from_secs(30);

impl Server {
    pub fn new(behave: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (over, n, asked) = (AtomicBool::new(false), AtomicUsize::new(0), Mutex::new(Vec::new()));
        let shared = Arc::new(Shared { over, n, asked, behave: Box::new(behave) });
        let serving = Arc::clone(&shared);
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let serving = Arc::clone(&serving);
                thread::spawn(move || serve(&stream, &serving));
            }
        });
        Server { address, shared, accepting: Some(accepting) }
    }

    /// As OPENAI_BASE_URL has it.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    pub fn prompts(&self) -> Vec<String> {
        self.asked().iter().map(Asked::prompt).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn serve(stream: &TcpStream, shared: &Shared) {
    let _ = (stream.set_read_timeout(Some(PATIENCE)), stream.set_nodelay(true));
    let mut reader = BufReader::new(stream);
    while !shared.over.load(Ordering::SeqCst) {
        let Some((path, headers, body)) = request(&mut reader) else { return };
        let n = shared.n.fetch_add(1, Ordering::SeqCst);
        let asked = Asked { n, at: Instant::now(), path, headers, body };
        let reply = (shared.behave)(&asked);
        shared.asked.lock().unwrap().push(asked.clone());
        if !send(stream, reply, &asked) {
            return;
        }
    }
}

type Headers = Vec<(String, String)>;

fn request(reader: &mut BufReader<&TcpStream>) -> Option<(String, Headers, String)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let path = line.split(' ').nth(1)?.to_string();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_string())),
            None => break,
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, headers, String::from_utf8(body).ok()?))
}

/// False where the connection is over with it.
fn send(mut stream: &TcpStream, reply: Reply, asked: &Asked) -> bool {
    let whole = |status: u16, headers: &[(&str, String)], body: &str| {
        let mut head =
            format!("HTTP/1.1 {status} S\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
        headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
        head + "\r\n" + body
    };
    match reply {
        Reply::Late(wait, reply) => {
            thread::sleep(wait);
            send(stream, *reply, asked)
        }
        Reply::Chat(text, finish) => {
            let (input, output) = (asked.body.len() / 4, text.len() / 4 + 1);
            let choice = match asked.path.ends_with("/chat/completions") {
                true => serde_json::json!({"message": {"role": "assistant", "content": text}, "finish_reason": finish}),
                false => serde_json::json!({"text": text, "finish_reason": finish}),
            };
            let usage = serde_json::json!({"prompt_tokens": input, "completion_tokens": output});
            let body = serde_json::json!({"model": "test-1", "choices": [choice], "usage": usage});
            stream.write_all(whole(200, &[], &body.to_string()).as_bytes()).is_ok()
        }
        Reply::Status(status, headers, body) => stream.write_all(whole(status, &headers, &body).as_bytes()).is_ok(),
        Reply::Garbage => {
            stream.write_all(whole(200, &[], "<html>\x1b[31mnot what you want</html>").as_bytes()).is_ok()
        }
        Reply::HalfJson => stream.write_all(whole(200, &[], "{\"choices\": [{\"mess").as_bytes()).is_ok(),
        Reply::Hang(time) => {
            thread::sleep(time);
            false
        }
        Reply::Half => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"choices\": [");
            false
        }
        Reply::Huge(bytes) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n\"");
            let part = [b'a'; 64 << 10];
            for _ in 0..bytes / part.len() {
                if stream.write_all(&part).is_err() {
                    break;
                }
            }
            false
        }
        Reply::Reset => false,
    }
}
