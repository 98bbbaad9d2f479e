//! The client against a transcript of a real server (llama-cpp-python with SmolLM2-135M-Instruct): it asks what that server was asked,
//! word for word, and reads what it said.

mod server;

use std::sync::Arc;

use sampling::{Answer, Connection, Finish, Format, ModelError, Prompt, Reason, Request, Settings, open};
use serde_json::Value;
use server::{Reply, Server};

/// The server of the transcript; what is not in it is refused.
fn replaying() -> Server {
    let transcript: Value = serde_json::from_str(include_str!("llama-cpp-python.json")).unwrap();
    Server::new(move |asked| {
        let (path, body) = (asked.path.trim_start_matches("/v1"), asked.json());
        let exchanges = transcript["exchanges"].as_array().unwrap();
        let same = |exchange: &&Value| exchange["path"] == path && exchange["request"] == body;
        match exchanges.iter().find(same) {
            Some(found) => {
                Reply::Status(found["status"].as_u64().unwrap() as u16, Vec::new(), found["answer"].to_string())
            }
            None => Reply::Status(418, Vec::new(), format!("not in the transcript: {path} {body}")),
        }
    })
}

fn ask(server: &Server, prompt: Prompt, settings: Settings) -> Result<Answer, ModelError> {
    let connection = Connection { address: Some(server.url()), ..Connection::default() };
    let model: Arc<dyn sampling::Model> = Arc::from(open("openai/smollm2", &connection).unwrap());
    let request = Request { case: "case".into(), prompt, settings };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(model.answer(&request));
    assert_eq!(model.notices(), Vec::<String>::new());
    answer
}

fn settings(format: Format, max_tokens: u32) -> Settings {
    Settings { temperature: Some(0.8), seed: Some(7), max_tokens, format, ..Settings::default() }
}

#[test]
fn chat() {
    let server = replaying();
    let prompt = || Prompt::user("Write a couplet about rain.");
    let answer = ask(&server, prompt(), settings(Format::Chat, 24)).unwrap();
    assert!(answer.text.starts_with("The rain shall not be forgotten,\n"), "{answer:?}");
    assert_eq!((answer.finish, answer.tokens_in, answer.tokens_out), (Finish::Length, Some(37), Some(24)));
    assert_eq!((answer.model.as_deref(), answer.cost, answer.attempts), (Some("smollm2"), None, 1));

    let told = Settings { logprobs: true, ..settings(Format::Chat, 4) };
    let told = ask(&server, prompt(), told).unwrap();
    let logprobs = told.logprobs.unwrap();
    assert_eq!(logprobs.iter().map(|token| token.token.as_str()).collect::<String>(), told.text);
    assert!(logprobs.iter().all(|token| token.logprob < 0.0 && token.logprob > -12.0), "{logprobs:?}");

    let stop = Settings { stop: vec!["\n".into()], top_p: Some(0.9), min_p: Some(0.1), ..settings(Format::Chat, 24) };
    let stopped = ask(&server, prompt(), stop).unwrap();
    assert!(stopped.finish == Finish::Stop && !stopped.text.contains('\n'), "{stopped:?}");
}

#[test]
fn completions() {
    let server = replaying();
    let prompt = || Prompt::Text("The lantern swings above the".into());
    let answer = ask(&server, prompt(), settings(Format::Raw, 6)).unwrap();
    assert!(answer.text.starts_with(" town's stage,"), "{answer:?}");
    assert_eq!((answer.finish, answer.tokens_in, answer.tokens_out), (Finish::Length, Some(5), Some(6)));

    let told = ask(&server, prompt(), Settings { logprobs: true, ..settings(Format::Raw, 4) }).unwrap();
    let logprobs = told.logprobs.unwrap();
    assert_eq!(logprobs.iter().map(|token| token.token.as_str()).collect::<String>(), told.text);

    let long = ask(&server, Prompt::Text("rain ".repeat(300)), settings(Format::Raw, 6)).unwrap_err();
    assert_eq!((long.reason, long.status, long.attempts), (Reason::Rejected, Some(400), 1));
    assert!(long.message.contains("maximum context length is 256 tokens"), "{long}");
}
