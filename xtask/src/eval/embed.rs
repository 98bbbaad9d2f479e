//! The built-in embedder: does distance between vectors tell diverse groups of answers from others, and same answers from
//! different ones; speed.

use std::path::Path;
use std::time::Instant;

use embed::{StaticEmbedder, cosine};
use serde::Deserialize;

use super::{Figure, interval_by_group, records};

/// What all-MiniLM-L6-v2 reaches, from which the model is distilled.
const MCDIV: f64 = 0.80;
const NOVELTY: f64 = 0.883;
const SPEED: f64 = 100_000.0;

#[derive(Deserialize)]
struct Group {
    task: String,
    diverse: f64,
    responses: Vec<String>,
}

#[derive(Deserialize)]
struct Answers {
    id: String,
    generations: Vec<String>,
    partition: Vec<i64>,
}

pub fn run(data: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let model = StaticEmbedder::builtin();
    let mut figures = Vec::new();
    if let Some(groups) = records::<Group>(data, "gold/mcdiv.jsonl.gz")? {
        let scored: Vec<(f64, bool)> =
            groups.iter().map(|g| (mean_distance(model, &g.responses), g.diverse > 0.5)).collect();
        figures.push(auc("embed", "AUC, McDiv: mean cosine distance", &scored, |i| i.to_string(), Some(MCDIV)));
        let mut tasks: Vec<&str> = groups.iter().map(|g| g.task.as_str()).collect();
        tasks.sort_unstable();
        tasks.dedup();
        for task in tasks {
            let of_task: Vec<(f64, bool)> =
                groups.iter().zip(&scored).filter(|(g, _)| g.task == task).map(|(_, s)| *s).collect();
            figures.push(auc("embed", &format!("AUC, McDiv, {task}"), &of_task, |i| i.to_string(), None));
        }
        figures.push(speed(&groups));
    }
    if let Some(prompts) = records::<Answers>(data, "models/noveltybench_gemini.jsonl.gz")? {
        let (mut scored, mut prompt) = (Vec::new(), Vec::new());
        for p in &prompts {
            let vectors: Vec<Vec<f32>> = p.generations.iter().map(|g| model.embed(g)).collect();
            for j in 0..vectors.len().min(p.partition.len()) {
                for i in 0..j {
                    scored.push((cosine(&vectors[i], &vectors[j]) as f64, p.partition[i] == p.partition[j]));
                    prompt.push(p.id.clone());
                }
            }
        }
        figures.push(auc("embed", "AUC, NoveltyBench: same answer", &scored, |i| prompt[i].clone(), Some(NOVELTY)));
    }
    Ok(figures)
}

fn mean_distance(model: &StaticEmbedder, texts: &[String]) -> f64 {
    let vectors: Vec<Vec<f32>> = texts.iter().map(|t| model.embed(t)).collect();
    let pairs = (0..vectors.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
    let distances: Vec<f64> = pairs.map(|(i, j)| 1.0 - cosine(&vectors[i], &vectors[j]) as f64).collect();
    distances.iter().sum::<f64>() / distances.len().max(1) as f64
}

/// The chance that a case that should score high scores above one that should not; ties half. Its interval is resampled by group.
pub fn auc(
    task: &'static str,
    name: &str,
    scored: &[(f64, bool)],
    group: impl Fn(usize) -> String,
    goal: Option<f64>,
) -> Figure {
    // Each case that should score high is worth the share of the others that it beats.
    let mut others: Vec<f64> = scored.iter().filter(|s| !s.1).map(|s| s.0).collect();
    others.sort_by(f64::total_cmp);
    let beaten = |score: f64| {
        let (below, not_above) = (others.partition_point(|o| *o < score), others.partition_point(|o| *o <= score));
        (below + not_above) as f64 / 2.0 / others.len() as f64
    };
    let items: Vec<(String, [f64; 2])> =
        scored.iter().enumerate().filter(|(_, s)| s.1).map(|(i, s)| (group(i), [beaten(s.0), 1.0])).collect();
    let (value, low, high) = interval_by_group(&items, |s| s[0] / s[1]);
    Figure { task, figure: name.to_owned(), value, low, high, n: scored.len(), goal, lower_is_better: false }
}

/// Short texts a second, on all cores; each figure a pass over all texts.
fn speed(groups: &[Group]) -> Figure {
    let texts: Vec<&str> = groups.iter().flat_map(|g| g.responses.iter().map(String::as_str)).collect();
    let mut passes: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(StaticEmbedder::builtin().embed_batch(&texts));
            texts.len() as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    passes.sort_by(f64::total_cmp);
    Figure {
        task: "embed",
        figure: "short texts a second".to_owned(),
        value: passes[2],
        low: passes[0],
        high: passes[4],
        n: texts.len(),
        goal: Some(SPEED),
        lower_is_better: false,
    }
}
