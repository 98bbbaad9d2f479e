//! The census: poems and stories planted into web-like pages, found again.

use std::time::Instant;

use super::{Claim, Context, Failure, Table};
use crate::census::pages::{Half, Sources};
use crate::census::{drawn, tried};

/// Pages that are tried.
const PAGES: u64 = 6000;

pub fn run(context: &Context) -> Result<Option<Table>, Failure> {
    let Some(sources) = Sources::open(&context.args.data, &context.args.noise, Half::Try)? else { return Ok(None) };
    let sheets = drawn(&sources, PAGES, context.args.seed ^ 0xce15);
    let t = tried(&sheets, census::Weights::shipped());
    let planted: usize = t.planted.iter().sum();
    let met: usize = t.met.iter().sum();
    let wrong: usize = t.false_verse.iter().sum();
    let share = |a: usize, b: usize| a as f64 / b.max(1) as f64;
    let recall = share(met, planted);
    let found = t.found[0] + t.found[1] + wrong;
    let precision = 1.0 - share(wrong, found);
    let percent = |x: f64| format!("{:.1} %", 100.0 * x);
    let row = |what: &str, n: usize, value: String| vec![what.to_owned(), n.to_string(), value];
    let rows = vec![
        row("pages", t.pages, format!("{:.1} MB", t.bytes as f64 / 1e6)),
        row("poems planted, found again (recall)", planted, percent(recall)),
        row("… rhymed", t.planted[1], percent(share(t.met[1], t.planted[1]))),
        row("… unrhymed", t.planted[0], percent(share(t.met[0], t.planted[0]))),
        row("… past the fast pass", planted, percent(share(t.passed, planted))),
        row("… in one passage that holds it and little else", planted, percent(share(t.alone, planted))),
        row("passages found, that are poems (precision)", found, percent(precision)),
        row("lines of verse found (recall)", t.lines[0], percent(share(t.lines[2], t.lines[0]))),
        row("lines found, that are verse (precision)", t.lines[1], percent(share(t.lines[2], t.lines[1]))),
        row("stories planted, found again", t.stories[0], percent(share(t.stories[1], t.stories[0]))),
        row(
            "passages of prose found, that are stories",
            t.prose_found,
            percent(1.0 - share(t.false_prose, t.prose_found)),
        ),
        row(
            "false poems a megabyte without verse",
            t.without / 1_000_000,
            format!("{:.2}", wrong as f64 * 1e6 / t.without as f64),
        ),
    ];
    let goal = |what: &str, value: f64| Claim {
        what: what.to_owned(),
        goal: "≥ 95 %".into(),
        measured: percent(value),
        met: value >= 0.95,
    };
    let mut claims = vec![
        goal("recall of planted poems", recall),
        goal("precision of passages of verse", precision),
        goal("recall of planted stories", share(t.stories[1], t.stories[0])),
        goal("precision of passages of literary prose", 1.0 - share(t.false_prose, t.prose_found)),
    ];
    // one thread, so that the rate is a core's
    let started = Instant::now();
    let mut passages = 0;
    for sheet in &sheets {
        passages += census::read(&sheet.text).passages.len();
    }
    let rate = t.bytes as f64 / 1e6 / started.elapsed().as_secs_f64();
    let noise: Vec<_> = sheets.iter().filter(|s| s.poems.is_empty()).collect();
    let started = Instant::now();
    noise.iter().for_each(|s| passages += census::read(&s.text).passages.len());
    let alone = noise.iter().map(|s| s.text.len()).sum::<usize>() as f64 / 1e6 / started.elapsed().as_secs_f64();
    claims.push(Claim {
        what: "text without verse, one core".into(),
        goal: "≥ 50 MB/s".into(),
        measured: format!("{alone:.0} MB/s ({rate:.0} MB/s of these pages, two in five of which hold poems)"),
        met: alone >= 50.0 && passages > 0,
    });
    Ok(Some(Table {
        family: "census",
        question: "Are poems and stories found that were planted into web pages, and nothing else?",
        columns: ["what", "n", "measured"].map(str::to_owned).to_vec(),
        rows,
        claims,
    }))
}
