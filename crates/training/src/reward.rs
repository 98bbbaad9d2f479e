//! The diversity reward.
//!
//! For a text x_i that is on task,
//!
//! s(x_i) = clip( Σ_v w_v ln[(κ_R(x_i) + ε_v) / (κ_B∖i(x_i) + ε_v)], ±c ),
//!
//! over the views v, form and content, whose weights w_v sum to 1:
//!
//! - **κ_R(x)**: mean Gaussian kernel between x and the reference. Where the reference holds answers to the prompts that the
//!   window holds, its prompts are weighed as the window's are: a policy that spreads as its base does earns 0, whatever the
//!   mix of prompts.
//! - **κ_B∖i(x)**: the same over the window, the last 2,000 outputs over all prompts, without x itself. The window begins with a
//!   prior: as if it held 100 texts spread as the reference's, so that the first batch is not paid for an empty window.
//! - **Bandwidth h_v**: such that κ_R of the median reference text by others' texts is 1/64, as wide as one of the 64 kinds
//!   that E counts (measurement: effective modes).
//! - **ε_v**: the twentieth percentile … of that κ_R, under which "near the reference" means nothing.
//!
//! The reward is r = o·(c + s) − c with o ∈ [0, 1]: s for a good text, and the floor −c for what is off task. (With r = o·s a
//! policy that has collapsed, s < 0, would be paid for writing garbage.)

mod calibrate;
mod prompts;
mod snapshot;
mod view;
mod window;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use corpus::Text;
use measure::{FormSpace, Genre, ReadOptions, Reading, Reference, known_lines, line_keys, read};
use rayon::prelude::*;

use crate::kernel::Points;
use crate::{Error, Standard};
use prompts::Prompts;
use view::View;
use window::Window;

/// Texts of a batch that are held against the window at once, each beside the others; of longer batches the first, then the
/// next.
const BATCH: usize = 512;
/// Texts of the reference under which a kernel says nothing.
const LEAST: usize = 25;
/// Outputs that a window may hold: 300 MB.
const MOST: usize = 200_000;
/// Shares of copied lines up to which a text is its own, and from which it is another's.
const QUOTED: f64 = 0.25;
const COPIED: f64 = 0.75;

/// How the reward weighs.
#[derive(Debug, Clone, PartialEq)]
pub struct DiversityOptions {
    /// Outputs that are remembered.
    pub window: usize,
    /// Weight of how texts are built.
    pub form: f64,
    /// Weight of what they say. None: as much as form where the reference holds texts, else nothing.
    pub content: Option<f64>,
    /// Texts, spread as the reference's, that the window seems to hold at its beginning.
    pub prior: f64,
    /// c: rewards lie in [−c, c].
    pub clip: f64,
    /// The kernel is so wide that the median text of the reference has one in so many of the others' beside it.
    pub kinds: f64,
    /// Rhymes that were good in 1700 count.
    pub historical: bool,
}

impl Default for DiversityOptions {
    fn default() -> Self {
        Self { window: 2000, form: 1.0, content: None, prior: 100.0, clip: 3.0, kinds: 64.0, historical: false }
    }
}

impl DiversityOptions {
    fn check(&self) -> Result<(), Error> {
        let bad = |what: String| Err(Error::BadOption(what));
        if self.window == 0 || self.window > MOST {
            return bad(format!("a window of {} outputs cannot be held: give 1 to {MOST}", self.window));
        }
        let content = self.content.unwrap_or(0.0);
        if [self.form, content].iter().any(|w| !w.is_finite() || *w < 0.0)
            || self.form + self.content.unwrap_or(1.0) <= 0.0
        {
            return bad(format!(
                "weights of form {} and content {content} weigh nothing: give numbers of 0 and more, one of them above 0",
                self.form
            ));
        }
        if !(self.clip > 0.0 && self.clip.is_finite()) {
            return bad(format!("a clip of {} leaves no reward: give a number above 0, such as 3", self.clip));
        }
        if !(self.prior >= 1.0 && self.prior.is_finite()) {
            return bad(format!(
                "a prior of {} texts cannot steady the window's beginning: give 1 or more, such as 100",
                self.prior
            ));
        }
        if !(self.kinds > 1.0 && self.kinds <= 1e6) {
            return bad(format!("{} kinds give no kernel: give a number above 1, such as 64", self.kinds));
        }
        Ok(())
    }
}

/// A text to be scored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// What was asked, where it is known.
    pub prompt: Option<String>,
    pub text: String,
}

/// What a text earns, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scored {
    /// r, in [−c, c].
    pub reward: f64,
    /// o: 1 for a text of the kind that is asked for and of its own words, 0 for none of them.
    pub on_task: f64,
    /// ln[(κ_R + ε)/(κ_B + ε)] in form, and in content where that is weighed. None off task.
    pub form: Option<f64>,
    pub content: Option<f64>,
    /// Share of its lines (of four words and more) that stand in the reference.
    pub copied: f64,
}

/// The reward, with its memory. May be called from any number of threads: batches take turns, and the window holds them in
/// the order of their turns.
#[derive(Debug)]
pub struct Diversity {
    genre: Genre,
    space: FormSpace,
    form: View,
    content: Option<View>,
    prompts: Prompts,
    /// Keys of the reference's lines, ascending.
    lines: Cow<'static, [u64]>,
    /// What a snapshot must agree with.
    fingerprint: String,
    options: DiversityOptions,
    window: Mutex<Window>,
}

impl Diversity {
    /// Holds texts against the standard.
    ///
    /// # Errors
    /// If an option is no sensible number, the standard holds too few texts of its kind, or content is weighed against an
    /// atlas (which holds no texts).
    pub fn new(standard: Standard, options: DiversityOptions) -> Result<Self, Error> {
        options.check()?;
        let reference = &standard.reference;
        let genre = reference.genre;
        let texts: Vec<&Reading> = reference.readings.iter().filter(|r| genre.is_on_task(r.kind)).collect();
        if texts.len() < LEAST {
            return Err(Error::SmallReference { name: reference.name.clone(), n: texts.len(), least: LEAST });
        }
        let has_content = texts.iter().all(|r| !r.content.is_empty());
        let weight = options.content.unwrap_or(if has_content {
            options.form.max(f64::from(u8::from(options.form == 0.0)))
        } else {
            0.0
        });
        if weight > 0.0 && !has_content {
            return Err(Error::NoContent { name: reference.name.clone() });
        }
        let total = options.form + weight;
        let groups = groups(reference, &texts);
        let space = FormSpace::of(reference)?;
        let rows = points(&space, &texts);
        let content = (weight > 0.0).then(|| View::new(weight / total, content_points(&texts), &groups, options.kinds));
        let form = View::new(options.form / total, rows, &groups, options.kinds);
        let window = Window::new(options.window, form.dim(), content.as_ref().map(View::dim));
        let answered = |r: &&Reading| if reference.people { None } else { r.prompt.clone() };
        let answered: Vec<Option<String>> = texts.iter().map(answered).collect();
        Ok(Self {
            genre,
            space,
            prompts: Prompts::new(answered.iter().map(Option::as_deref)),
            lines: lines(reference),
            fingerprint: fingerprint(reference, &options, content.is_some()),
            form,
            content,
            window: Mutex::new(window),
            options,
        })
    }

    /// Scores a batch, and remembers it. Within the batch (of up to 512 texts) the order does not matter: each text is held
    /// against the window and all the others.
    pub fn score(&self, samples: &[Sample]) -> Vec<Scored> {
        samples.chunks(BATCH.min(self.options.window)).flat_map(|batch| self.score_batch(batch)).collect()
    }

    fn score_batch(&self, samples: &[Sample]) -> Vec<Scored> {
        let readings = self.read(samples);
        let mut scored: Vec<Scored> = readings.par_iter().map(|r| self.judged(r)).collect();
        let counted: Vec<usize> = (0..readings.len()).filter(|&i| scored[i].on_task > 0.0).collect();
        let texts: Vec<&Reading> = counted.iter().map(|&i| &readings[i]).collect();
        let form = points(&self.space, &texts);
        let content = self.content.as_ref().map(|_| content_points(&texts));
        let form_sums = self.to_reference(&self.form, &form);
        let content_sums =
            self.content.as_ref().zip(content.as_ref()).map(|(view, rows)| self.to_reference(view, rows));

        let mut window = self.lock();
        window.scored += samples.len() as u64;
        let slots: Vec<usize> = (0..counted.len())
            .map(|i| {
                let prompt = self.prompts.number(samples[counted[i]].prompt.as_deref());
                window.push(form.row(i), content.as_ref().map(|c| c.row(i)), prompt)
            })
            .collect();
        let (counts, unknown) = window.mix(self.prompts.len());
        let weights = self.prompts.weights(&counts, unknown);
        let ratios = |view: &View, rows: &Points, past: &Points, sums: &[f64]| -> Vec<f64> {
            let to_window = view.to_window(rows, past, &slots);
            let others = (past.len() - 1) as f64 + self.options.prior;
            let to_reference =
                sums.chunks_exact(weights.len()).map(|s| s.iter().zip(&weights).map(|(s, w)| s * w).sum());
            let pairs = to_reference.zip(to_window);
            pairs.map(|(r, b): (f64, f64)| view.log_ratio(r, (b + self.options.prior * r) / others)).collect()
        };
        if counted.is_empty() {
            return scored;
        }
        let form_ratios = ratios(&self.form, &form, &window.form, &form_sums);
        let content_ratios = self.content.as_ref().zip(content.as_ref()).zip(content_sums.as_ref());
        let content_ratios = content_ratios.map(|((view, rows), sums)| ratios(view, rows, &window.content, sums));
        drop(window);

        for (k, &i) in counted.iter().enumerate() {
            let to = &mut scored[i];
            to.form = Some(form_ratios[k]);
            to.content = content_ratios.as_ref().map(|c| c[k]);
            let content = self.content.as_ref().map_or(0.0, |view| view.weight) * to.content.unwrap_or(0.0);
            let s = (self.form.weight * form_ratios[k] + content).clamp(-self.options.clip, self.options.clip);
            to.reward = to.on_task * (self.options.clip + s) - self.options.clip;
        }
        scored
    }

    /// Outputs that the window holds now.
    #[must_use]
    pub fn window_len(&self) -> usize {
        self.lock().len()
    }

    /// Texts scored since the beginning, over restarts.
    #[must_use]
    pub fn scored(&self) -> u64 {
        self.lock().scored
    }

    /// The options in force.
    #[must_use]
    pub fn options(&self) -> &DiversityOptions {
        &self.options
    }

    fn lock(&self) -> MutexGuard<'_, Window> {
        // nothing that is done under the lock can leave the window half changed and usable
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, samples: &[Sample]) -> Vec<Reading> {
        let text = |sample: &Sample| Text { prompt: sample.prompt.clone(), ..Text::new("", sample.text.as_str()) };
        let texts: Vec<Text> = samples.iter().map(text).collect();
        read(&texts, &ReadOptions { historical: self.options.historical })
    }

    /// What is known of a text without the window.
    fn judged(&self, reading: &Reading) -> Scored {
        let keys = line_keys(&reading.body);
        let known = keys.iter().filter(|key| self.lines.binary_search(key).is_ok()).count();
        let copied = known as f64 / keys.len().max(1) as f64;
        let own = ((COPIED - copied) / (COPIED - QUOTED)).clamp(0.0, 1.0);
        let on_task = if self.genre.is_on_task(reading.kind) { own } else { 0.0 };
        Scored { reward: -self.options.clip, on_task, copied, ..Scored::default() }
    }

    /// In parallel, since it asks for nothing that changes.
    fn to_reference(&self, view: &View, rows: &Points) -> Vec<f64> {
        const PART: usize = 32;
        let all: Vec<usize> = (0..rows.len()).collect();
        all.par_chunks(PART).flat_map_iter(|part| view.to_reference(&rows.select(part), &self.prompts)).collect()
    }
}

fn points(space: &FormSpace, texts: &[&Reading]) -> Points {
    let rows = space.rows(texts.iter().copied());
    Points::new(rows.iter().flatten().copied().collect(), space.dim())
}

fn content_points(texts: &[&Reading]) -> Points {
    let dim = embed::StaticEmbedder::builtin().dim();
    Points::new(texts.iter().flat_map(|r| r.content.iter().copied()).collect(), dim)
}

/// Texts of one hand by number: people's works by author; every other text is its own, since answers to one prompt are what
/// it is held against.
fn groups(reference: &Reference, texts: &[&Reading]) -> Vec<usize> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let group = |(i, r): (usize, &&Reading)| {
        if !reference.people {
            return i;
        }
        let next = numbers.len();
        *numbers.entry(reference.group_of(r)).or_insert(next)
    };
    texts.iter().enumerate().map(group).collect()
}

/// Lines that a text may not copy: those of the works behind the atlas, or those that one text of the reference has alone
/// (what several say is anybody's).
fn lines(reference: &Reference) -> Cow<'static, [u64]> {
    if reference.readings.iter().all(|r| r.body.is_empty()) {
        return Cow::Borrowed(known_lines());
    }
    let mut texts: BTreeMap<u64, (usize, bool)> = BTreeMap::new();
    for (i, reading) in reference.readings.iter().enumerate() {
        for key in line_keys(&reading.body) {
            texts.entry(key).and_modify(|(first, alone)| *alone &= *first == i).or_insert((i, true));
        }
    }
    Cow::Owned(texts.into_iter().filter(|(_, (_, alone))| *alone).map(|(key, _)| key).collect())
}

/// Names everything that the points of a window depend on.
fn fingerprint(reference: &Reference, options: &DiversityOptions, content: bool) -> String {
    let content = if content { embed::StaticEmbedder::builtin().hash() } else { "none".into() };
    let features = format!("{}/{}", measure::features_hash(), measure::prose_hash());
    let hash = &reference.hash;
    format!(
        "{hash} {} {features} content {content} window {} historical {}",
        reference.genre.name(),
        options.window,
        options.historical
    )
}
