//! Can the diversity reward be earned by what is no poetry?
//!
//! People's poems are dealt by author into a reference and a half that nobody has seen. Every attack plays the policy twice:
//! alone (it has written all that the window holds) and among a chat model's poems (it has just begun). In both it must earn
//! less, on average, than the unseen half of people's poems in its place.

use std::collections::{BTreeMap, BTreeSet};

use corpus::Text;
use diversity::Rng;
use measure::{Genre, Reading};
use serde::Deserialize;
use training::{Diversity, DiversityOptions, Sample, Scored, Standard};

use super::{Claim, Context, Failure, Table};
use crate::atlas;
use crate::word_order::{gibberish, replaced, shuffled, words};

/// Texts of a policy that writes alone, of which the later half counts; texts among others; texts of a batch.
const ALONE: usize = 400;
const AMONG: usize = 64;
const BATCH: usize = 16;

#[derive(Deserialize)]
struct Answer {
    text: String,
    prompt: String,
    model: String,
}

struct Attack {
    name: &'static str,
    texts: Vec<String>,
    /// Shown, without a claim.
    shown: bool,
}

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let all = atlas::collections(&context.args.data)?;
    let chat = crate::eval::records::<Answer>(&context.args.data, "models/prompted_poems.jsonl.gz")?;
    let Some(chat) = chat.filter(|_| !all.readings.is_empty()) else { return Ok(None) };
    let kept: BTreeSet<String> = atlas::build(&all, &|_| true).into_iter().map(|r| r.id).collect();
    let poems: Vec<&Reading> = all.readings.values().flatten().filter(|r| kept.contains(&r.id)).collect();
    let (known, unseen) = by_author(&poems, context.args.seed);
    let mut rng = Rng::new(context.args.seed);
    let attacks = attacks(&known, &unseen, &chat, &mut rng);
    let written: Vec<String> = rng.choose(chat.len(), 500).into_iter().map(|i| chat[i].text.clone()).collect();

    let mut rows = Vec::new();
    let mut claims = Vec::new();
    for (view, content) in [("form", Some(0.0)), ("form and content", None)] {
        let options = DiversityOptions { content, window: 500, ..DiversityOptions::default() };
        let reward = Diversity::new(reference(&known)?, options)?;
        let empty = reward.snapshot();
        play(&reward, &written);
        let busy = reward.snapshot();
        let mut people = None;
        for attack in &attacks {
            reward.restore(&empty)?;
            let alone = play(&reward, &attack.texts[..ALONE.min(attack.texts.len())]);
            let alone = Mean::of(&alone[alone.len() / 2..]);
            reward.restore(&busy)?;
            let among = Mean::of(&play(&reward, &attack.texts[..AMONG]));
            rows.push(vec![
                view.to_owned(),
                attack.name.to_owned(),
                alone.shown(),
                among.shown(),
                format!("{:.2}", alone.on_task),
                format!("{:.2} / {:.2}", alone.form, among.form),
                format!("{:.2} / {:.2}", alone.content, among.content),
            ]);
            let (people_alone, people_among) = *people.get_or_insert((alone, among));
            if attack.shown {
                continue;
            }
            let met = alone.reward < people_alone.reward && among.reward < people_among.reward;
            claims.push(Claim {
                what: format!("{} ({view})", attack.name),
                goal: format!("< people's, alone {:.2} and among {:.2}", people_alone.reward, people_among.reward),
                measured: format!("{:.2} and {:.2}", alone.reward, among.reward),
                met,
            });
        }
    }
    claims.push(as_its_base(&chat, context.args.seed)?);
    let columns = ["views", "policy", "alone", "among chat poems", "on task", "ln ratio, form", "ln ratio, content"];
    Ok(Some(Table {
        family: "reward",
        question: "Can the diversity reward be earned by what is no poetry? (mean reward and its standard error; −3 … 3)",
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        claims,
    }))
}

#[derive(Clone, Copy)]
struct Mean {
    reward: f64,
    error: f64,
    on_task: f64,
    form: f64,
    content: f64,
}

impl Mean {
    fn of(scored: &[Scored]) -> Self {
        let n = scored.len() as f64;
        let mean = |of: &dyn Fn(&Scored) -> f64| scored.iter().map(of).sum::<f64>() / n;
        let reward = mean(&|s| s.reward);
        Self {
            reward,
            error: (mean(&|s| (s.reward - reward).powi(2)) / n).sqrt(),
            on_task: mean(&|s| s.on_task),
            form: mean(&|s| s.form.unwrap_or(0.0)),
            content: mean(&|s| s.content.unwrap_or(0.0)),
        }
    }

    fn shown(self) -> String {
        format!("{:+.2} ± {:.2}", self.reward, self.error)
    }
}

fn play(reward: &Diversity, texts: &[String]) -> Vec<Scored> {
    let batch = |texts: &[String]| {
        let samples: Vec<Sample> = texts.iter().map(|t| Sample { prompt: None, text: t.clone() }).collect();
        reward.score(&samples)
    };
    texts.chunks(BATCH).flat_map(batch).collect()
}

/// Two halves without a common author.
fn by_author<'a>(poems: &[&'a Reading], seed: u64) -> (Vec<&'a Reading>, Vec<&'a Reading>) {
    let groups = diversity::Groups::of_keys(poems.iter().map(|r| r.author.clone().unwrap_or_default()));
    let drawn = groups.draw(poems.len() / 2, &mut Rng::new(seed));
    let (mut known, mut unseen): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    poems.iter().zip(drawn).for_each(|(r, drawn)| if drawn { known.push(*r) } else { unseen.push(*r) });
    Rng::new(seed ^ 1).shuffle(&mut unseen);
    (known, unseen)
}

/// People's works with their texts, grouped by author.
fn reference(known: &[&Reading]) -> Result<Standard, Failure> {
    let mut reference = measure::Reference::from_readings("people", known.iter().map(|r| (*r).clone()).collect())?;
    (reference.people, reference.genre) = (true, Genre::Poetry);
    Ok(Standard { reference, samples: None })
}

fn attacks(known: &[&Reading], unseen: &[&Reading], chat: &[Answer], rng: &mut Rng) -> Vec<Attack> {
    let people: Vec<String> = unseen.iter().map(|r| r.body.clone()).collect();
    let pool: Vec<String> = people.iter().flat_map(|t| words(t)).collect();
    let mut nouns: Vec<&String> = pool.iter().filter(|w| w.len() > 3 && w.chars().all(char::is_lowercase)).collect();
    rng.shuffle(&mut nouns);
    let one = chat.iter().map(|a| &a.text).find(|t| t.lines().count() == 19).unwrap_or(&chat[0].text);
    let last = one.lines().last().unwrap_or_default();
    let many = |rng: &mut Rng, of: &dyn Fn(&mut Rng) -> String| (0..ALONE).map(|_| of(rng)).collect::<Vec<_>>();
    let mut out = Vec::new();
    let mut add = |name, texts: Vec<String>| out.push(Attack { name, texts, shown: false });
    add("people, unseen authors", people.clone());
    let models = many(rng, &|rng| chat[rng.below(chat.len())].text.clone());
    add("chat models' poems", models);
    add("random letters in layout", people.iter().map(|t| replaced(t, gibberish, rng)).collect());
    let any = |rng: &mut Rng| pool[rng.below(pool.len())].clone();
    add("random words in layout", people.iter().map(|t| replaced(t, |_, rng| any(rng), rng)).collect());
    add("words shuffled", people.iter().map(|t| shuffled(t, rng)).collect());
    add("chat poems, words shuffled", many(rng, &|rng| shuffled(&chat[rng.below(chat.len())].text, rng)));
    let lines: Vec<&str> = people.iter().flat_map(|t| t.lines()).filter(|l| !l.trim().is_empty()).collect();
    let other = |line: &str, rng: &mut Rng| if line.trim().is_empty() { "" } else { lines[rng.below(lines.len())] };
    let stitched = |text: &String, rng: &mut Rng| text.lines().map(|l| other(l, rng)).collect::<Vec<_>>().join("\n");
    add("lines of different poems", people.iter().map(|t| stitched(t, rng)).collect());
    add(
        "one poem, its last line again",
        many(rng, &|rng| format!("{one}{}", format!("\n{last}").repeat(1 + rng.below(30)))),
    );
    add(
        "one poem, random words behind it",
        many(rng, &|rng| {
            let line = |rng: &mut Rng| (0..4 + rng.below(5)).map(|_| any(rng)).collect::<Vec<_>>().join(" ");
            let lines: Vec<String> = (0..1 + rng.below(16)).map(|_| line(rng)).collect();
            format!("{one}\n{}", lines.join("\n"))
        }),
    );
    add(
        "one poem, random words in its lines",
        many(rng, &|rng| one.lines().map(|l| format!("{l} {} {}", any(rng), any(rng))).collect::<Vec<_>>().join("\n")),
    );
    add(
        "one poem, other stanza breaks",
        many(rng, &|rng| {
            let line = |l: &str, rng: &mut Rng| format!("{l}{}", if rng.below(3) == 0 { "\n\n" } else { "\n" });
            one.lines().filter(|l| !l.trim().is_empty()).map(|l| line(l, rng)).collect()
        }),
    );
    add("poems of the reference", known.iter().map(|r| r.body.clone()).take(ALONE).collect());
    add("one poem, again and again", vec![people[0].clone(); ALONE]);
    add("ten poems, again and again", (0..ALONE).map(|i| people[i % 10].clone()).collect());
    let two = |i: usize, rng: &mut Rng| {
        let mut w = || nouns[rng.below(nouns.len())].as_str();
        if i.is_multiple_of(2) {
            format!("I went to the {}\nand I saw the {},\nI went to the {}\nand I saw you.", w(), w(), w())
        } else {
            format!(
                "O {}, O {}, how you rise,\nA {} shining in my eyes,\nO {}, O {}, how you fall,\nA {} shadow on the wall.",
                w(),
                w(),
                w(),
                w(),
                w(),
                w()
            )
        }
    };
    add("two templates, other words in them", (0..ALONE).map(|i| two(i, rng)).collect());
    out[0].shown = true;
    out[1].shown = true;
    out
}

/// A policy that is its own base earns nothing on average.
fn as_its_base(chat: &[Answer], seed: u64) -> Result<Claim, Failure> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    chat.iter().for_each(|a| *counts.entry(&a.model).or_default() += 1);
    let Some((model, _)) = counts.into_iter().max_by_key(|(_, n)| *n) else { return Err("there are no models".into()) };
    let mut answers: Vec<&Answer> = chat.iter().filter(|a| &a.model == model).collect();
    Rng::new(seed).shuffle(&mut answers);
    let text = |(i, a): (usize, &&Answer)| Text {
        prompt: Some(a.prompt.clone()),
        ..Text::new(i.to_string(), a.text.as_str())
    };
    answers.truncate(800);
    let (base, policy) = answers.split_at(answers.len() / 2);
    let base: Vec<Text> = base.iter().enumerate().map(text).collect();
    let standard = Standard::of_texts("base", &base, Some(Genre::Poetry))?;
    let reward = Diversity::new(standard, DiversityOptions::default())?;
    let samples: Vec<Sample> =
        policy.iter().map(|a| Sample { prompt: Some(a.prompt.clone()), text: a.text.clone() }).collect();
    let scored: Vec<Scored> =
        samples.chunks(64).flat_map(|batch| reward.score(batch)).filter(|s| s.on_task == 1.0).collect();
    let mean = Mean::of(&scored);
    Ok(Claim {
        what: format!("{model} against its own answers ({} on task)", scored.len()),
        goal: "0 ± 0.15".into(),
        measured: format!("{} (form {:+.2}, content {:+.2})", mean.shown(), mean.form, mean.content),
        met: mean.reward.abs() <= 0.15,
    })
}
