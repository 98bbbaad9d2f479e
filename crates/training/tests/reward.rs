//! What the reward promises, on the poems of examples/.

use diversity::Rng;
use training::{Diversity, DiversityOptions, Sample, Scored, Standard};

fn poems(name: &str) -> Vec<Sample> {
    let path = format!("{}/../../examples/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(path).expect("the examples are there");
    let record = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    let sample = |r: serde_json::Value| Sample {
        prompt: r["prompt"].as_str().map(str::to_owned),
        text: r["text"].as_str().expect("a text").to_owned(),
    };
    lines.lines().map(|line| sample(record(line))).collect()
}

fn reward() -> Diversity {
    Diversity::new(Standard::open("human", None).expect("the atlas is shipped"), DiversityOptions::default())
        .expect("a reward")
}

fn mean(scored: &[Scored]) -> f64 {
    scored.iter().map(|s| s.reward).sum::<f64>() / scored.len() as f64
}

#[test]
fn a_batch_has_no_order_but_calls_have() {
    let poems = poems("chat-poems");
    let (a, b) = (reward(), reward());
    let forward = a.score(&poems);
    let mut order: Vec<usize> = (0..poems.len()).collect();
    Rng::new(1).shuffle(&mut order);
    let shuffled: Vec<Sample> = order.iter().map(|&i| poems[i].clone()).collect();
    let scored = b.score(&shuffled);
    for (k, &i) in order.iter().enumerate() {
        assert!((scored[k].reward - forward[i].reward).abs() < 1e-5);
    }
    assert_eq!(reward().score(&poems), forward, "the same calls give the same rewards");
}

#[test]
fn a_snapshot_goes_on_where_it_was_taken() {
    let poems = poems("chat-poems");
    let (first, second) = poems.split_at(40);
    let whole = reward();
    whole.score(first);
    let restored = reward();
    restored.restore(&whole.snapshot()).expect("a snapshot");
    assert_eq!((restored.window_len(), restored.scored()), (whole.window_len(), 40));
    assert_eq!(restored.score(second), whole.score(second));

    let mut bytes = whole.snapshot();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    assert!(restored.restore(&bytes).is_err_and(|e| e.to_string().contains("damaged")));
    assert!(restored.restore(&bytes[..100]).is_err() && restored.restore(b"").is_err());
    let options = DiversityOptions { window: 500, ..DiversityOptions::default() };
    let other = Diversity::new(Standard::open("human", None).expect("the atlas"), options).expect("a reward");
    assert!(other.restore(&whole.snapshot()).is_err_and(|e| e.to_string().contains("another reference")));
}

#[test]
fn varied_poems_earn_more_than_one_mould() {
    let chat = mean(&reward().score(&poems("chat-poems")));
    let varied = mean(&reward().score(&poems("varied-poems")));
    assert!(varied > chat + 0.2, "{varied} {chat}");
}
