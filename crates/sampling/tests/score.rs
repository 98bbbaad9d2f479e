//! A reward model that misbehaves.

mod server;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sampling::{Connection, Error, Reason, ScoreFormat, Scorer, Secret, ToScore, score_all};
use server::{Reply, Server};

fn texts(n: usize) -> Vec<ToScore> {
    (0..n).map(|i| ToScore { prompt: "ask".into(), text: "rope ".repeat(i + 1) }).collect()
}

fn scored(server: &Server, n: usize) -> (Vec<Option<f64>>, Vec<Reason>) {
    let connection = Connection {
        first_pause: Duration::from_millis(1),
        key: Secret::new("sk-a-key-that-is-long"),
        ..Connection::default()
    };
    let url = format!("http://{}/reward", server.address);
    let scorer = Arc::new(Scorer::open(&url, ScoreFormat::Plain, None, &connection).expect("a good address"));
    let (mut scores, mut reasons) = (vec![None; n], Vec::new());
    score_all::<Error>(&scorer, &texts(n), 4, |place, score| {
        match score {
            Ok(score) => scores[place] = Some(score),
            Err(error) => {
                assert!(!error.to_string().contains("sk-a-key"), "{error}");
                reasons.push(error.reason);
            }
        }
        Ok(())
    })
    .expect("it works to the end");
    (scores, reasons)
}

#[test]
fn every_text_has_its_score_whatever_fails_in_between() {
    // each text is refused twice: by the number of the request, one could be out of luck at every try
    let tries = Mutex::new(BTreeMap::new());
    let server = Server::new(move |asked| {
        assert_eq!((asked.path.as_str(), asked.header("authorization")), ("/reward", "Bearer sk-a-key-that-is-long"));
        let text = asked.json()["response"].as_str().expect("a text").to_owned();
        let length = text.len();
        let mut tries = tries.lock().expect("no test panics here");
        let tried = tries.entry(text).or_insert(0);
        *tried += 1;
        match tried {
            1 => Reply::Status(429, vec![("retry-after", "0".into())], String::new()),
            2 => Reply::Status(503, vec![], String::new()),
            _ => Reply::Status(200, vec![], format!("{{\"reward\": {length}}}")),
        }
    });
    let (scores, reasons) = scored(&server, 20);
    assert!(reasons.is_empty(), "{reasons:?}");
    assert!(scores.iter().enumerate().all(|(i, s)| *s == Some(5.0 * (i + 1) as f64)), "{scores:?}");
}

#[test]
fn a_server_that_denies_is_not_asked_for_the_rest() {
    let server = Server::new(|_| {
        Reply::Status(401, vec![], "{\"error\": {\"message\": \"sk-a-key-that-is-long is bad\"}}".into())
    });
    let (scores, reasons) = scored(&server, 60);
    assert!(scores.iter().all(Option::is_none) && reasons[0] == Reason::Denied);
    assert!(server.asked().len() < 20, "{}", server.asked().len());
}

#[test]
fn an_answer_without_a_number_is_no_score() {
    let server = Server::new(|_| Reply::Status(200, vec![], "{\"rewards\": [1, 2]}".into()));
    let (scores, reasons) = scored(&server, 30);
    assert!(scores.iter().all(Option::is_none) && reasons.iter().all(|r| *r == Reason::Rejected), "{reasons:?}");
    assert!(reasons.len() < 12, "{}", reasons.len());
}
