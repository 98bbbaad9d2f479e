//! `doggerel reward`: the dataset-wide reward for diversity.

use std::sync::Arc;
use std::time::Duration;

use corpus::sanitize;
use gather::in_batches;
use serde::Serialize;
use training::{Diversity, DiversityOptions, Sample, Scored, ServeOptions, Server, Standard, Token, stop_signal};

use crate::args::{Global, Reward, RewardCommand, RewardScore, RewardServe, Weighing};
use crate::document::Document;
use crate::failure::{Failure, Outcome};
use crate::notes::Notes;
use crate::samples::{open, own_reference};
use crate::sinks::{Made, Sinks};

/// Where trainers find the server that was given no address.
const ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 8731);
const TOKEN: &str = "DOGGEREL_REWARD_TOKEN";

pub fn run(arguments: &Reward, global: &Global) -> Outcome {
    match &arguments.what {
        RewardCommand::Serve(arguments) => serve(arguments, global),
        RewardCommand::Score(arguments) => score(arguments, global),
    }
}

fn reward(weighing: &Weighing, notes: Notes) -> Result<Diversity, Failure> {
    let standard = match own_reference(&weighing.against, &corpus::Options::default(), None, notes)? {
        Some(own) => Standard::of_reference(own.reference, weighing.genre),
        None => Standard::open(&weighing.against, weighing.genre)?,
    };
    let options = DiversityOptions {
        window: weighing.window,
        form: weighing.form,
        content: weighing.content,
        prior: weighing.prior,
        clip: weighing.clip,
        historical: weighing.historical,
        ..DiversityOptions::default()
    };
    Ok(Diversity::new(standard, options)?)
}

fn serve(arguments: &RewardServe, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    let default = arguments.socket.is_none().then(|| ADDRESS.into());
    let options = ServeOptions {
        address: arguments.address.or(default),
        open: arguments.open_to_network,
        socket: arguments.socket.clone(),
        token: token(arguments)?,
        snapshot: arguments.snapshot.clone(),
        every: Duration::from_secs(arguments.every),
        queue: arguments.queue,
        max_body: arguments.max_body.saturating_mul(1 << 20),
        ..ServeOptions::default()
    };
    let server = Server::bind(Arc::new(reward(&arguments.weighing, notes)?), options)?;
    if let Some(n) = server.restored() {
        notes.note(&format!("the memory goes on with {n} texts"));
    }
    if let Some(address) = server.address() {
        notes.note(&format!("rewards at http://{address}/score"));
    }
    if let Some(socket) = &arguments.socket {
        notes.note(&format!("rewards at {}, path /score", socket.display()));
    }
    if arguments.open_to_network && arguments.token_file.is_none() && std::env::var_os(TOKEN).is_none() {
        notes.note("whoever reaches this machine may ask for rewards: --token-file lets in those who know a token");
    }
    Ok(server.run(stop_signal(), Arc::new(move |sentence| notes.note(sentence)))?)
}

fn token(arguments: &RewardServe) -> Result<Option<Token>, Failure> {
    if let Some(path) = &arguments.token_file {
        return Ok(Some(Token::of_file(path)?));
    }
    Ok(std::env::var(TOKEN).ok().as_deref().and_then(Token::new))
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    #[serde(flatten)]
    scored: &'a Scored,
}

fn score(arguments: &RewardScore, global: &Global) -> Outcome {
    let notes = Notes { quiet: global.quiet };
    if arguments.batch == 0 {
        return Err(Failure::input("--batch 0 scores nothing").with_help("give 1 or more; 64 is usual"));
    }
    let mut sinks = Sinks::open(global)?;
    let reward = reward(&arguments.weighing, notes)?;
    if let Some(path) = &arguments.snapshot
        && !reward.load(path)?
    {
        return Err(Failure::input(format!("{} is not there", path.display()))
            .with_help("give a file that `doggerel reward serve --snapshot` wrote"));
    }
    let mut texts = open(&arguments.samples, &arguments.reading.options()?)?;
    let mut progress = notes.progress();
    let mut all: Vec<Scored> = Vec::new();
    let mut waiting: Vec<(String, Sample)> = Vec::new();
    let mut put = |batch: &[(String, Sample)]| -> Outcome {
        let samples: Vec<Sample> = batch.iter().map(|(_, sample)| sample.clone()).collect();
        for (scored, (id, sample)) in reward.score(&samples).into_iter().zip(batch) {
            let json = || Document::new("doggerel.reward-score/1", global.seed, Row { id, scored: &scored }).line();
            let json = if sinks.wants_json() { Some(json()?) } else { None };
            sinks.put(&Made { words: Some(line(id, &sample.text, &scored)), json })?;
            all.push(scored);
        }
        Ok(())
    };
    in_batches(&mut texts, |batch, texts| -> Outcome {
        for text in batch {
            waiting.push((text.id.clone(), Sample { prompt: text.prompt.clone(), text: text.text.clone() }));
            if waiting.len() == arguments.batch {
                put(&waiting)?;
                waiting.clear();
            }
        }
        progress.at(texts.n(), texts.progress());
        Ok(())
    })?;
    put(&waiting)?;
    drop(progress);
    notes.of_reading(&texts);
    if let Some(summary) = summary(&all) {
        sinks.put(&Made { words: Some(summary), json: None })?;
    }
    sinks.finish(notes)
}

/// "+0.41  on task 1.00  form +0.32  poem 7 · The kettle clicks, the lamp is low,"
fn line(id: &str, text: &str, scored: &Scored) -> String {
    const SHOWN: usize = 50;
    let view = |name: &str, value: Option<f64>| value.map(|v| format!("  {name} {v:+.2}")).unwrap_or_default();
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let first: String = first.chars().take(SHOWN).collect();
    format!(
        "{:+.2}  on task {:.2}{}{}  {} · {}\n",
        scored.reward,
        scored.on_task,
        view("form", scored.form),
        view("content", scored.content),
        sanitize(id),
        sanitize(&first)
    )
}

fn summary(all: &[Scored]) -> Option<String> {
    let n = all.len() as f64;
    let mean = all.iter().map(|s| s.reward).sum::<f64>() / n;
    let off = all.iter().filter(|s| s.on_task == 0.0).count();
    (n > 0.0).then(|| format!("\nmean {mean:+.2} over {} texts, {off} of them off task\n", all.len()))
}
