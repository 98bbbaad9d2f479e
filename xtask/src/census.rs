//! `cargo xtask census`: what tells verse from other lines, learnt from pages into which poems and stories were planted.

pub mod pages;

use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

use census::{Kind, LINE_EVIDENCE, PROSE_EVIDENCE, Page, RUN_EVIDENCE, Weights};
use diversity::{Groups, Pairs, Rng, logit};
use pages::{Half, Sheet, Sources};
use rayon::prelude::*;

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data (human/, models/)
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// Folders with web text and documentation to plant into
    #[arg(long, value_name = "DIR", default_value = "/usr/share/doc")]
    noise: Vec<PathBuf>,
    #[arg(long, default_value = "data/census.tsv")]
    out: PathBuf,
    /// Pages to learn from, and as many to count errors on
    #[arg(long, default_value_t = 6000)]
    pages: u64,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let open = |half| Sources::open(&args.data, &args.noise, half);
    let Some(learn) = open(Half::Learn)? else { return Err("the data or the noise is absent".into()) };
    let Some(try_on) = open(Half::Try)? else { return Err("the data or the noise is absent".into()) };
    eprintln!("learn: {}; try: {}", learn.sizes(), try_on.sizes());
    let sheets = drawn(&learn, args.pages, 11);
    let mut file = String::new();
    let line = regress(&sheets, line_rows);
    put(&mut file, "line", &LINE_EVIDENCE, &line);
    let (scale, switch) = best_path(&sheets, &file);
    put(&mut file, "path", &["scale", "switch"], &[scale, switch]);
    let weights = Weights::parse(&file);
    let run = regress(&sheets, |sheet| run_rows(sheet, &weights));
    put(&mut file, "run", &RUN_EVIDENCE, &run);
    let prose = regress(&sheets, prose_rows);
    put(&mut file, "prose", &PROSE_EVIDENCE, &prose);
    let trial = drawn(&try_on, args.pages, 12);
    let t = tried(&trial, &Weights::parse(&file));
    let count = |n: usize| n as f64;
    let names = [
        "rhymed planted",
        "rhymed found",
        "unrhymed planted",
        "unrhymed found",
        "megabytes",
        "false verse",
        "false rhymed",
        "prose planted",
        "prose found",
        "prose megabytes",
        "false prose",
    ];
    let counts = [
        count(t.planted[1]),
        count(t.found[1]),
        count(t.planted[0]),
        count(t.found[0]),
        count(t.without) / 1e6,
        count(t.false_verse[0] + t.false_verse[1]),
        count(t.false_verse[1]),
        count(t.stories[0]),
        count(t.prose_found - t.false_prose),
        count(t.without_prose) / 1e6,
        count(t.false_prose),
    ];
    put(&mut file, "error", &names, &counts);
    std::fs::write(&args.out, &file)?;
    eprintln!("{t:#?}\nwrote {}", args.out.display());
    Ok(())
}

/// Pages, the same for the same seed on any number of threads.
pub fn drawn(sources: &Sources, n: u64, seed: u64) -> Vec<Sheet> {
    (0..n).into_par_iter().map(|i| sources.page(&mut Rng::stream(seed, i))).collect()
}

fn put(file: &mut String, part: &str, names: &[&str], values: &[f64]) {
    for (name, value) in names.iter().zip(values) {
        let _ = writeln!(file, "{part}\t{name}\t{value:.4}");
    }
}

/// A row of evidence and whether it is what is looked for.
type Labelled = (Vec<f64>, bool);

/// Logistic regression over the rows of all pages: a row against nothing, its sign the label.
fn regress(sheets: &[Sheet], rows: impl Fn(&Sheet) -> Vec<Labelled> + Sync + Send) -> Vec<f64> {
    let all: Vec<Vec<Labelled>> = sheets.par_iter().map(rows).collect();
    let n: usize = all.iter().map(Vec::len).sum();
    let positive = all.iter().flatten().filter(|r| r.1).count();
    eprintln!("{n} rows, {positive} of them positive");
    let dim = all.iter().flatten().next().map_or(1, |r| r.0.len());
    let data = all.iter().flatten().flat_map(|(x, yes)| x.iter().map(move |v| if *yes { *v } else { -v })).collect();
    let groups = Groups::of_keys(all.iter().enumerate().flat_map(|(i, rows)| rows.iter().map(move |_| i)));
    logit(&Pairs::new(data, dim), &groups).weights.iter().map(|e| e.value).collect()
}

pub fn overlap(a: &Range<usize>, b: &Range<usize>) -> f64 {
    let both = a.end.min(b.end).saturating_sub(a.start.max(b.start)) as f64;
    let any = (a.end.max(b.end) - a.start.min(b.start)) as f64;
    if any > 0.0 { both / any } else { 0.0 }
}

fn line_rows(sheet: &Sheet) -> Vec<Labelled> {
    let page = Page::new(&sheet.text);
    let in_poem = |at: usize| sheet.poems.iter().any(|p| p.range.contains(&at));
    (0..page.lines.len())
        .filter(|&i| page.lines[i].is_short())
        .map(|i| (page.evidence(i).to_vec(), in_poem(page.lines[i].start)))
        .collect()
}

fn place(page: &Page, lines: &Range<usize>) -> Range<usize> {
    page.lines[lines.start].start..page.lines[lines.end - 1].end
}

/// The scale and the cost of a switch with which the most poems are met and the fewest other runs are.
fn best_path(sheets: &[Sheet], line: &str) -> (f64, f64) {
    let mut best = (0.0, (0.5, 3.0));
    for scale in [0.7, 1.0] {
        for switch in [0.5, 1.0, 1.5, 2.0, 3.0, 4.5] {
            let weights = Weights::parse(&format!("{line}path\tscale\t{scale}\npath\tswitch\t{switch}\n"));
            let sums: Vec<(usize, usize, usize)> = sheets
                .par_iter()
                .map(|sheet| {
                    let page = Page::new(&sheet.text);
                    let found: Vec<Range<usize>> =
                        census::candidates(&page, &weights).iter().map(|c| place(&page, &c.lines)).collect();
                    let met = sheet.poems.iter().filter(|p| found.iter().any(|f| overlap(f, &p.range) >= SAME)).count();
                    let false_ones = found.iter().filter(|f| covered(f, &sheet.verse()) < SAME).count();
                    (met, sheet.poems.len(), false_ones)
                })
                .collect();
            let total = sums.iter().fold((0, 0, 0), |t, s| (t.0 + s.0, t.1 + s.1, t.2 + s.2));
            // candidates are read before they count, so a false one costs little
            let score = (total.0 as f64 - 0.1 * total.2 as f64) / total.1 as f64;
            eprintln!("scale {scale} switch {switch}: {} of {} met, {} others", total.0, total.1, total.2);
            if score > best.0 {
                best = (score, (scale, switch));
            }
        }
    }
    best.1
}

/// The share of a range that lies in others.
fn covered(range: &Range<usize>, others: &[Range<usize>]) -> f64 {
    let both = |o: &Range<usize>| range.end.min(o.end).saturating_sub(range.start.max(o.start));
    others.iter().map(both).sum::<usize>() as f64 / range.len().max(1) as f64
}

/// Overlap over union from which a passage is the one that was planted.
pub const SAME: f64 = 0.5;

fn run_rows(sheet: &Sheet, weights: &Weights) -> Vec<Labelled> {
    let page = Page::new(&sheet.text);
    census::candidates(&page, weights)
        .iter()
        .map(|candidate| {
            let range = place(&page, &candidate.lines);
            let reading = verse::read(&sheet.text[range.clone()], &verse::Options::default());
            let is_poem = covered(&range, &sheet.verse()) >= SAME;
            (census::run_evidence(candidate, &reading).to_vec(), is_poem)
        })
        .collect()
}

fn prose_rows(sheet: &Sheet) -> Vec<Labelled> {
    let page = Page::new(&sheet.text);
    let (chunks, _) = census::chunks(&sheet.text, &page, &sheet.verse());
    chunks
        .iter()
        .map(|chunk| {
            let within = |s: &Range<usize>| chunk.range.end.min(s.end).saturating_sub(chunk.range.start.max(s.start));
            let told: usize = sheet.stories.iter().map(within).sum();
            (census::chunk_evidence(chunk).to_vec(), 2 * told > chunk.range.len())
        })
        .collect()
}

/// What the detector does on pages whose truth is known.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    pub pages: usize,
    pub bytes: usize,
    /// Poems planted, unrhymed and rhymed; those that passages of verse cover the half of; and those that one passage has
    /// for itself.
    pub planted: [usize; 2],
    pub met: [usize; 2],
    pub alone: usize,
    /// Passages of verse that lie in poems, unrhymed and rhymed as they were read, and those that do not.
    pub found: [usize; 2],
    pub false_verse: [usize; 2],
    /// Lines: of poems, found, both.
    pub lines: [usize; 3],
    /// Of all poems' bytes, those in candidates: what the fast pass lets through.
    pub passed: usize,
    /// Bytes outside poems, and outside stories.
    pub without: usize,
    pub without_prose: usize,
    pub stories: [usize; 2],
    pub prose_found: usize,
    pub false_prose: usize,
}

pub fn tried(sheets: &[Sheet], weights: &Weights) -> Tried {
    let all: Vec<Tried> = sheets.par_iter().map(|sheet| try_one(sheet, weights)).collect();
    let mut total = Tried::default();
    for t in all {
        total.pages += t.pages;
        total.bytes += t.bytes;
        for k in 0..2 {
            total.planted[k] += t.planted[k];
            total.met[k] += t.met[k];
            total.found[k] += t.found[k];
            total.false_verse[k] += t.false_verse[k];
            total.stories[k] += t.stories[k];
        }
        (0..3).for_each(|k| total.lines[k] += t.lines[k]);
        total.alone += t.alone;
        total.passed += t.passed;
        total.without += t.without;
        total.without_prose += t.without_prose;
        total.prose_found += t.prose_found;
        total.false_prose += t.false_prose;
    }
    total
}

fn try_one(sheet: &Sheet, weights: &Weights) -> Tried {
    let found = census::read_with(&sheet.text, weights);
    let of = |kind: Kind| -> Vec<(Range<usize>, bool)> {
        let some = found.passages.iter().filter(|p| p.kind == kind);
        some.map(|p| (p.start..p.end, p.verse.as_ref().is_some_and(|v| v.rhymed))).collect()
    };
    let (verse, prose) = (of(Kind::Verse), of(Kind::LiteraryProse));
    let mut t = Tried { pages: 1, bytes: sheet.text.len(), prose_found: prose.len(), ..Tried::default() };
    let page = Page::new(&sheet.text);
    let candidates: Vec<Range<usize>> =
        census::candidates(&page, weights).iter().map(|c| place(&page, &c.lines)).collect();
    let places: Vec<Range<usize>> = verse.iter().map(|v| v.0.clone()).collect();
    for poem in &sheet.poems {
        let k = usize::from(poem.rhymed);
        t.planted[k] += 1;
        t.met[k] += usize::from(covered(&poem.range, &places) >= SAME);
        t.alone += usize::from(places.iter().any(|v| overlap(v, &poem.range) >= SAME));
        t.passed += usize::from(covered(&poem.range, &candidates) >= SAME);
    }
    for (range, rhymed) in &verse {
        let k = usize::from(*rhymed);
        let right = covered(range, &sheet.verse()) >= SAME;
        t.found[k] += usize::from(right);
        t.false_verse[k] += usize::from(!right);
    }
    for line in &page.lines {
        let (is, said) = (
            sheet.poems.iter().any(|p| p.range.contains(&line.start)),
            verse.iter().any(|v| v.0.contains(&line.start)),
        );
        t.lines[0] += usize::from(is);
        t.lines[1] += usize::from(said);
        t.lines[2] += usize::from(is && said);
    }
    t.without = sheet.text.len() - sheet.poems.iter().map(|p| p.range.len()).sum::<usize>();
    t.without_prose = sheet.text.len() - sheet.stories.iter().map(Range::len).sum::<usize>();
    let told: Vec<Range<usize>> = prose.iter().map(|p| p.0.clone()).collect();
    for story in &sheet.stories {
        t.stories[0] += 1;
        t.stories[1] += usize::from(covered(story, &told) >= SAME);
    }
    t.false_prose = told.iter().filter(|p| covered(p, &sheet.stories) < SAME).count();
    t
}
