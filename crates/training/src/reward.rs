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
use serde::Serialize;

use crate::kernel::Points;
use crate::language::WordOrder;
use crate::{Error, Standard};
use prompts::Prompts;
use view::{Held, Placed, View};
use window::Window;

/// Texts of a batch that are held against the window at once, each beside the others; of longer batches the first, then the
/// next.
const BATCH: usize = 512;
/// Texts of the reference under which a kernel says nothing.
const LEAST: usize = 25;
/// Outputs that a window may hold: 300 MB.
const MOST: usize = 200_000;
/// Bytes of a text that are read.
const MOST_BYTES: usize = 32 << 10;
/// Shares of copied lines up to which a text is its own, and from which it is another's.
const QUOTED: f64 = 0.25;
const COPIED: f64 = 0.75;
/// Cosines of content up to which a text is another than the nearest of the reference, and from which it is that text with a
/// word changed.
const LIKE: f64 = 0.96;
const SAME: f64 = 0.99;
/// Orders of words (nats a pair) of texts that are none, and of those that are; shares of unknown words likewise.
const NO_ORDER: f64 = -0.05;
const ORDER: f64 = 0.1;
const MOSTLY_UNKNOWN: f64 = 0.4;
const SOME_UNKNOWN: f64 = 0.2;

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Scored {
    /// r, in [−c, c].
    pub reward: f64,
    /// o: 1 for a text of the kind that is asked for and of its own words, 0 for none of them.
    pub on_task: f64,
    /// ln[(κ_R + ε)/(κ_B + ε)] in form, and in content where that is weighed. None off task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<f64>,
    /// Share of its lines (of four words and more) that stand in the reference; 1 where content is weighed and it is nearly the
    /// words of one text there.
    pub copied: f64,
    /// How far its words stand in an order that a language has, 0 … 1.
    pub language: f64,
    /// κ_R / ε, at most 1, over all views: 1 for nineteen of twenty texts of the reference.
    pub near: f64,
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
        let has_content = texts.iter().all(|r| r.has_content());
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
        let form = Placed::new(&self.form, points(&self.space, &texts), &self.prompts);
        let content = self.content.as_ref().map(|view| Placed::new(view, content_points(&texts), &self.prompts));

        let mut window = self.lock();
        window.scored += samples.len() as u64;
        if counted.is_empty() {
            return scored;
        }
        let put = |(k, &i): (usize, &usize)| {
            let prompt = self.prompts.number(samples[i].prompt.as_deref());
            window.push(form.rows.row(k), content.as_ref().map(|c| c.rows.row(k)), prompt)
        };
        let slots: Vec<usize> = counted.iter().enumerate().map(put).collect();
        let (counts, unknown) = window.mix(self.prompts.len());
        let weights = self.prompts.weights(&counts, unknown);
        let form = form.held(&window.form, &slots, &weights, self.options.prior);
        let content = content.map(|c| c.held(&window.content, &slots, &weights, self.options.prior));
        drop(window);

        for (k, &i) in counted.iter().enumerate() {
            self.pay(&mut scored[i], form[k], content.as_ref().map(|c| c[k]));
        }
        scored
    }

    fn pay(&self, to: &mut Scored, form: Held, content: Option<Held>) {
        let c = self.options.clip;
        let views = [Some((&self.form, form)), self.content.as_ref().zip(content)];
        let weighed = views.into_iter().flatten().filter(|(view, _)| view.weight > 0.0);
        let (sum, near) = weighed
            .fold((0.0, 1.0), |(sum, near), (view, held)| (sum + view.weight * held.log_ratio, near * held.near));
        to.form = Some(form.log_ratio);
        to.content = content.map(|held| held.log_ratio);
        to.near = near;
        // rows of length 1: |x − y|² = 2 − 2 cos
        let copied = content.map_or(0.0, |held| ramp(1.0 - held.nearest / 2.0, LIKE, SAME));
        to.copied = to.copied.max(copied);
        to.on_task *= near * (1.0 - copied);
        to.reward = to.on_task * (c + sum.clamp(-c, c)) - c;
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
        let text = |sample: &Sample| Text { prompt: sample.prompt.clone(), ..Text::new("", cut(&sample.text)) };
        let texts: Vec<Text> = samples.iter().map(text).collect();
        read(&texts, &ReadOptions { historical: self.options.historical, ..ReadOptions::default() })
    }

    /// What is known of a text without the window.
    fn judged(&self, reading: &Reading) -> Scored {
        let keys = line_keys(&reading.body());
        let known = keys.iter().filter(|key| self.lines.binary_search(key).is_ok()).count();
        let copied = known as f64 / keys.len().max(1) as f64;
        let own = ramp(copied, COPIED, QUOTED);
        let order = WordOrder::builtin().of(&reading.body());
        let language = ramp(order.order, NO_ORDER, ORDER) * ramp(order.unknown, MOSTLY_UNKNOWN, SOME_UNKNOWN);
        let on_task = if self.genre.is_on_task(reading.kind) { own * language } else { 0.0 };
        Scored { reward: -self.options.clip, on_task, copied, language, ..Scored::default() }
    }
}

/// No more of a text than can be read in a moment: policies that run away write without end.
fn cut(text: &str) -> &str {
    let end = (0..=MOST_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// From 0 at `from` to 1 at `to`, in a straight line.
fn ramp(x: f64, from: f64, to: f64) -> f64 {
    ((x - from) / (to - from)).clamp(0.0, 1.0)
}

fn points(space: &FormSpace, texts: &[&Reading]) -> Points {
    let rows = space.rows(texts.iter().copied());
    Points::new(rows.iter().flatten().copied().collect(), space.dim())
}

fn content_points(texts: &[&Reading]) -> Points {
    let dim = embed::StaticEmbedder::builtin().dim();
    Points::new(texts.iter().flat_map(|r| r.content().into_owned()).collect(), dim)
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
    if !reference.readings.iter().any(Reading::has_text) {
        return Cow::Borrowed(known_lines());
    }
    let mut texts: BTreeMap<u64, (usize, bool)> = BTreeMap::new();
    for (i, reading) in reference.readings.iter().enumerate() {
        for key in line_keys(&reading.body()) {
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
