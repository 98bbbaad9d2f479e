//! `cargo xtask results`: every model of the shared samples, measured; docs/results.md and its picture.
//!
//! A section a set of samples: each model held against people (an atlas, or what people wrote to the same openings), ranked
//! by reach with ties shown, its missing and crowded kinds named. OLMo 2 is held against its own base, within prompts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use measure::{Comparison, Genre, Number, ReadOptions, Reference, Samples, Set, Settings, compare, compare_sets};
use serde_json::{Map, Value};

use crate::eval::records;

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data (models/)
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Where the page goes; its picture goes to images/results.svg beside it
    #[arg(long, default_value = "docs/results.md")]
    out: PathBuf,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Texts of a model from which it has a row.
const ENOUGH: usize = 60;
/// Kinds named a model.
const NAMED: usize = 3;

type Record = Map<String, Value>;

/// Models held against one reference.
struct Section {
    title: &'static str,
    about: String,
    sets: Vec<Samples>,
    reference: Reference,
}

/// A model as its section found it.
struct Row {
    name: String,
    comparison: Comparison,
    /// Best and worst rank by reach that the intervals allow.
    ranks: (usize, usize),
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let mut page = String::from(HEAD);
    let mut pictures: Vec<(&'static str, Vec<Row>)> = Vec::new();
    for section in sections(&args.data)? {
        eprintln!("{}", section.title);
        let rows = rows(&section, args.seed)?;
        write_section(&mut page, &section, &rows)?;
        pictures.push((section.title, rows));
    }
    if pictures.is_empty() {
        return Err("no samples were found: give --data".into());
    }
    stages(&mut page, &args.data, args.seed)?;
    std::fs::write(&args.out, page)?;
    let images = args.out.parent().unwrap_or(Path::new(".")).join("images");
    std::fs::create_dir_all(&images)?;
    std::fs::write(images.join("results.svg"), picture(&pictures))?;
    eprintln!("{}", args.out.display());
    Ok(())
}

const HEAD: &str = "# Results: what models write, held against people\n\n\
    Made by `cargo xtask results --data DIR` from samples that others published (data/README.md names them). **reach** ρ and **E** are 1 for people; **CFD** is in human\n\
    units; every figure has its 95 % interval, over prompts where a model answered at least eight. **rank** is by reach (of prose against a set of people's own texts, in content), all models at the n that the smallest set allows: \"2–4\" means that\n\
    the intervals allow any of these places. *Away* are kinds that people write and the model does not, *into* those that it writes far more than people. [measures.md](measures.md) says what the numbers mean.\n\n\
    ![Reach of every model, with intervals](images/results.svg)\n";

fn field<'a>(record: &'a Record, name: &str) -> &'a str {
    record.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Records as texts, by a key: the model, the stage.
fn grouped(
    records: &[Record],
    key: &str,
    text: impl Fn(&Record) -> corpus::Text,
) -> BTreeMap<String, Vec<corpus::Text>> {
    let mut by_key: BTreeMap<String, Vec<corpus::Text>> = BTreeMap::new();
    for r in records {
        by_key.entry(field(r, key).to_owned()).or_default().push(text(r));
    }
    by_key
}

fn text_of(record: &Record, text: &str, prompt: &str) -> corpus::Text {
    let prompt = record.get(prompt).map(|p| p.as_str().map_or_else(|| p.to_string(), str::to_owned));
    corpus::Text { prompt, ..corpus::Text::new(field(record, "id"), field(record, text)) }
}

fn read(name: &str, texts: &[corpus::Text]) -> Samples {
    // runners and quantizations are no part of a model's name
    let short = name.rsplit('/').next().unwrap_or(name).replace("__", "/").replace(":latest", "");
    Samples { name: short, readings: measure::read(texts, &ReadOptions::default()), skipped: vec![] }
}

fn sets_of(by_model: BTreeMap<String, Vec<corpus::Text>>) -> Vec<Samples> {
    by_model.into_iter().filter(|(_, t)| t.len() >= ENOUGH).map(|(name, texts)| read(&name, &texts)).collect()
}

fn sections(data: &Path) -> Result<Vec<Section>, Failure> {
    let mut out = Vec::new();
    if let Some(poems) = records::<Record>(data, "models/prompted_poems.jsonl.gz")? {
        out.push(Section {
            title: "Poems",
            about: "Chat models asked for poems by 23 prompts (rhymed, unrhymed, free verse, Whitman, Dickinson, ballad …), against the atlas of people's poems.".into(),
            sets: sets_of(grouped(&poems, "model", |r| text_of(r, "text", "prompt"))),
            reference: Reference::shipped("poetry")?.clone(),
        });
    }
    if let Some(poems) = records::<Record>(data, "models/continued_poems.jsonl.gz")? {
        let texts: BTreeMap<&str, &Record> = poems.iter().map(|r| (field(r, "poem"), r)).collect();
        let people: Vec<corpus::Text> =
            texts.iter().map(|(poem, r)| corpus::Text::new(*poem, field(r, "human_continuation"))).collect();
        out.push(Section {
            title: "Poems continued",
            about: "Models given the first five lines of a poem, against how its poet went on.".into(),
            sets: sets_of(grouped(&poems, "model", |r| {
                corpus::Text::new(field(r, "id"), field(r, "model_continuation"))
            })),
            reference: Reference::from_readings("the poets' own continuations", read("poets", &people).readings)?,
        });
    }
    if let Some(stories) = records::<Record>(data, "models/stories.jsonl.gz")? {
        out.push(Section {
            title: "Stories",
            about: "Long stories to 32 prompts, in form, against the atlas of people's short stories.".into(),
            sets: sets_of(grouped(&stories, "model", |r| text_of(r, "text", "prompt_id"))),
            reference: Reference::shipped("stories")?.clone(),
        });
    }
    for (file, title, people, about) in [
        (
            "cue_word_stories",
            "Stories to cue words",
            "human",
            "Short stories to three cue words, against what people wrote to such words.",
        ),
        (
            "story_continuations",
            "Stories continued",
            "human",
            "Openings of stories continued over 150 words, against how people went on. gpt2-xl, gpt-neo, gpt-j, gpt-neox, opt and davinci are base models.",
        ),
    ] {
        let Some(stories) = records::<Record>(data, &format!("models/{file}.jsonl.gz"))? else { continue };
        let mut by_model = grouped(&stories, "model", |r| corpus::Text::new(field(r, "id"), field(r, "text")));
        let Some(people) = by_model.remove(people) else { continue };
        out.push(Section {
            title,
            about: about.into(),
            sets: sets_of(by_model),
            reference: Reference::from_readings("people", read("people", &people).readings)?,
        });
    }
    Ok(out)
}

fn rows(section: &Section, seed: u64) -> Result<Vec<Row>, Failure> {
    let nothing = BTreeMap::new();
    let sets: Vec<Set> = section.sets.iter().map(|samples| Set { samples, settings: &nothing }).collect();
    let together = compare_sets(&sets, Some(&section.reference), seed, &measure::Progress::default())?;
    let by = |measure: &str| together.ranking.iter().find(|r| r.measure == measure);
    let ranking = by("form.reach").or_else(|| by("content.reach"));
    let ranks = |name: &str| {
        let of = ranking.and_then(|r| r.sets.iter().find(|s| s.name == name));
        of.map_or((0, 0), |s| (s.first, s.last))
    };
    let settings = Settings { seed, shown: 0, ..Settings::default() };
    let mut rows = Vec::new();
    for samples in &section.sets {
        let (comparison, _) = compare(samples, &section.reference, &settings)?;
        rows.push(Row { name: samples.name.clone(), comparison, ranks: ranks(&samples.name) });
    }
    rows.sort_by(|a, b| reach(b).total_cmp(&reach(a)).then(a.name.cmp(&b.name)));
    Ok(rows)
}

/// Reach in the view that leads: form of poems and against an atlas; of prose against people's own texts content, since
/// collections print such texts in one paragraph.
fn leading(row: &Row) -> Option<&Number> {
    let reference = &row.comparison.reference;
    let view = if reference.people || reference.genre == Genre::Poetry { "form" } else { "content" };
    row.comparison.views.get(view).map(|v| &v.reach)
}

fn reach(row: &Row) -> f64 {
    leading(row).map_or(f64::NAN, |n| n.value)
}

fn shown(n: &Number) -> String {
    match (n.low, n.high) {
        (Some(low), Some(high)) => format!("{:.2} [{low:.2}, {high:.2}]", n.value),
        _ => format!("{:.2}", n.value),
    }
}

fn write_section(page: &mut String, section: &Section, rows: &[Row]) -> Result<(), Failure> {
    writeln!(
        page,
        "\n## {}\n{} Reference: {}, {} texts.\n",
        section.title,
        section.about,
        section.reference.name,
        section.reference.readings.len()
    )?;
    writeln!(page, "| rank | model | N | n | reach | E | CFD | reach in content | verdict | into | away |")?;
    writeln!(page, "|---|---|---|---|---|---|---|---|---|---|---|")?;
    for row in rows {
        let c = &row.comparison;
        let Some(view) = c.views.get("form") else { continue };
        let rank = if row.ranks.0 == row.ranks.1 {
            row.ranks.0.to_string()
        } else {
            format!("{}–{}", row.ranks.0, row.ranks.1)
        };
        let word = serde_json::to_value(c.verdict.word)?;
        // in content a label quotes a text
        let into: Vec<&str> =
            c.crowded.iter().filter(|m| m.view == "form").take(NAMED).map(|m| m.label.as_str()).collect();
        let away: Vec<&str> =
            c.missing.iter().filter(|m| !m.cannot_tell).take(NAMED).map(|m| m.label.as_str()).collect();
        writeln!(
            page,
            "| {rank} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row.name,
            c.samples.n,
            view.reach.n,
            shown(&view.reach),
            shown(&view.e),
            view.cfd.as_ref().map(|d| shown(&d.number)).unwrap_or_default(),
            c.views.get("content").map(|v| shown(&v.reach)).unwrap_or_default(),
            word.as_str().unwrap_or_default(),
            into.join("; "),
            away.join("; "),
        )?;
    }
    Ok(())
}

/// OLMo 2 at four stages of tuning: how far apart the answers to one prompt lie, against the base model's.
fn stages(page: &mut String, data: &Path, seed: u64) -> Result<(), Failure> {
    let Some(answers) = records::<Record>(data, "models/olmo2_stages_nbcurated.jsonl.gz")? else { return Ok(()) };
    let mut by_stage = grouped(&answers, "stage", |r| text_of(r, "text", "prompt"));
    let Some(base) = by_stage.remove("base") else { return Ok(()) };
    let reference = Reference::from_readings("base", read("base", &base).readings)?;
    writeln!(
        page,
        "\n## OLMo 2, stage by stage\nTen answers to each of 100 prompts (at most 100 tokens): how far apart two answers to one prompt lie in content, and against the base model's, paired over prompts.\n"
    )?;
    writeln!(page, "| stage | D | D / D of base |\n|---|---|---|")?;
    let settings = Settings { seed, shown: 0, ..Settings::default() };
    for stage in ["sft", "dpo", "instruct"] {
        let Some(texts) = by_stage.get(stage) else { continue };
        let (c, _) = compare(&read(stage, texts), &reference, &settings)?;
        let Some(within) = c.views.get("content").and_then(|v| v.within_prompt.as_ref()) else { continue };
        if stage == "sft"
            && let Some(d) = &within.d_reference
        {
            writeln!(page, "| base | {} | 1 |", shown(d))?;
        }
        writeln!(
            page,
            "| {stage} | {} | {} |",
            shown(&within.d),
            within.ratio.as_ref().map(shown).unwrap_or_default()
        )?;
    }
    Ok(())
}

/// Reach of every model as a dot with its interval, people's 1 as a line.
fn picture(sections: &[(&'static str, Vec<Row>)]) -> String {
    const LEFT: f64 = 290.0;
    const WIDE: f64 = 430.0;
    const STEP: f64 = 19.0;
    let at = |v: f64| LEFT + WIDE * (v / 1.3).clamp(0.0, 1.0);
    let escaped = |s: &str| s.replace('&', "&amp;").replace('<', "&lt;");
    let lines: usize = sections.iter().map(|(_, rows)| rows.len() + 2).sum();
    let height = 46.0 + STEP * lines as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 {height}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"Reach of every model with its 95 % interval; people are 1\">\n<rect width=\"760\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0, 1.25] {
        let colour = if tick == 1.0 { "#1b6e3c" } else { "#ddd" };
        let _ = writeln!(
            svg,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"24\" y2=\"{1:.1}\" stroke=\"{colour}\"/><text x=\"{0:.1}\" y=\"16\" text-anchor=\"middle\" fill=\"#444\">{tick}</text>",
            at(tick),
            height - 12.0
        );
    }
    let mut y = 40.0;
    for (title, rows) in sections {
        let _ = writeln!(
            svg,
            "<text x=\"12\" y=\"{:.1}\" font-weight=\"700\" fill=\"#111\">{}</text>",
            y + 4.0,
            escaped(title)
        );
        y += STEP;
        for row in rows {
            let Some(r) = leading(row) else { continue };
            let (low, high) = (r.low.unwrap_or(r.value), r.high.unwrap_or(r.value));
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#222\">{}</text><line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#b3471d\" stroke-width=\"2\"/><circle cx=\"{:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"#b3471d\"/>",
                LEFT - 10.0,
                y + 4.0,
                escaped(&row.name),
                at(low),
                at(high),
                at(r.value)
            );
            y += STEP;
        }
        y += STEP;
    }
    svg.push_str("</svg>\n");
    svg
}
