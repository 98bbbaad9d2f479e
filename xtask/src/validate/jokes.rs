//! What is known of jokes: chat models tell the same few, people do not.

use measure::{Comparison, Genre, ReadOptions, Reading, Reference, Samples, Settings, compare, read};
use serde::Deserialize;
use serde_json::Value;

use super::{Claim, Context, Failure, Table};
use crate::eval::records;

#[derive(Deserialize)]
struct Joke {
    id: Value,
    text: String,
}

/// Jentzsch & Kersting 2023: over 90 % of 1,008 jokes were the same 25. By hand, on these texts: .921.
pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let read_jokes = |name: &str| -> Result<Option<Vec<Reading>>, Failure> {
        let Some(jokes) = records::<Joke>(&context.args.data, name)? else { return Ok(None) };
        let texts: Vec<corpus::Text> = jokes.into_iter().map(|j| corpus::Text::new(j.id.to_string(), j.text)).collect();
        Ok(Some(read(&texts, &ReadOptions::default())))
    };
    let (Some(chat), Some(people)) =
        (read_jokes("models/chatgpt_jokes.jsonl.gz")?, read_jokes("human/one_liners.jsonl.gz")?)
    else {
        return Ok(None);
    };
    let people = measured(context, "people's one-liners", people)?;
    let apart = told_apart(&chat, context)?;
    let chat = measured(context, "jokes of a chat model", chat)?;
    let share = |c: &Comparison, grade: &str| c.repeats.top25_share.get(grade).map_or(f64::NAN, |n| n.value);
    let row = |c: &Comparison| {
        let cells = ["exact", "near", "same"].map(|grade| format!("{:.3}", share(c, grade)));
        [vec![c.samples.name.clone(), c.samples.n.to_string()], cells.to_vec()].concat()
    };
    let claim = |what: &str, value: f64, low: f64, high: f64| Claim {
        what: what.into(),
        goal: format!("{low:.2} … {high:.2}"),
        measured: format!("{value:.3}"),
        met: (low..=high).contains(&value),
    };
    let claims = vec![
        claim("the 25 commonest jokes of the chat model, word for word", share(&chat, "exact"), 0.83, 0.84),
        claim("the same, in other words too", share(&chat, "same"), 0.91, 0.93),
        claim("the 25 commonest of people's one-liners", share(&people, "same"), 0.0, 0.02),
        Claim {
            what: "two jokes about computers (a virus, a byte) stay two".into(),
            goal: "two clusters".into(),
            measured: if apart { "two".into() } else { "one".into() },
            met: apart,
        },
    ];
    Ok(Some(Table {
        family: "jokes",
        question: "Which share of all jokes do the 25 commonest make?",
        columns: ["jokes", "texts", "word for word", "nearly", "in other words too"].map(String::from).to_vec(),
        rows: vec![row(&chat), row(&people)],
        claims,
    }))
}

fn measured(context: &Context, name: &str, readings: Vec<Reading>) -> Result<Comparison, Failure> {
    let samples = Samples { name: name.into(), readings, skipped: vec![] };
    let settings = Settings { seed: context.args.seed, shown: 0, ..Settings::default() };
    Ok(compare(&samples, Reference::people(Genre::Jokes)?, &settings)?.0)
}

/// Whether no cluster holds a computer joke whose point is a virus and one whose point is a byte.
fn told_apart(chat: &[Reading], context: &Context) -> Result<bool, Failure> {
    let about = |word: &str| {
        let of = |r: &&Reading| {
            let text = r.body.to_lowercase();
            text.contains("computer") && text.contains(word)
        };
        chat.iter().filter(of).map(|r| r.id.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    let (virus, byte) = (about("virus"), about("byte"));
    let found = measured(context, "jokes", chat.to_vec())?;
    let holds = |ids: &[String], of: &std::collections::BTreeSet<String>| ids.iter().any(|id| of.contains(id));
    let both = |ids: &[String]| holds(ids, &virus) && holds(ids, &byte);
    Ok(!virus.is_empty() && !byte.is_empty() && !found.repeats.clusters.iter().any(|c| both(&c.ids)))
}
