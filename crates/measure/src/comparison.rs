//! The result of holding one set against another: plain data, versioned by its schema, computed once and only rendered
//! after that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::affect::Affect;
use crate::genre::Genre;
use crate::mix::Mix;
use crate::requested::Requested;
use crate::wording::Wording;

/// A measured number: never without its sample size, and with interval and null where they apply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Number {
    pub value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Coverage of `low..high`; 0.95 where there is an interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<f64>,
    /// Texts (or the common n of a comparison at n) that the value rests on.
    pub n: usize,
    /// What another draw of the reference would have scored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null: Option<Null>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Null {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// One set held against a reference (`doggerel.measure/1`).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Comparison {
    pub schema: String,
    /// Version of doggerel.
    pub doggerel: String,
    pub seed: u64,
    pub samples: SampleSummary,
    pub reference: ReferenceSummary,
    pub settings: BTreeMap<String, serde_json::Value>,
    pub protocol: Protocol,
    pub verdict: Verdict,
    pub views: Views,
    pub missing: Vec<MissingMode>,
    pub crowded: Vec<CrowdedMode>,
    pub repeats: Repeats,
    /// Shares and means of the samples, each with the reference's as its null; keys as `portrait::MEASURES` lists them.
    pub portrait: BTreeMap<String, Number>,
    /// What the measures of other papers say; keys as `PEERS` lists them. Only where they were asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub peers: BTreeMap<String, Number>,
    /// The diversity within each group of texts. Only where groups were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupDiversity>,
    /// Asked for and got, by request. Only where the requests are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adherence: Vec<crate::Adherence>,
    /// Answers against works of the form that was asked for, by request. Only under the protocol of requested forms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requested: Vec<Requested>,
    /// Reach and E over all requests, weighted by their answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_reach: Option<Number>,
    #[serde(default, rename = "requested_E", skip_serializing_if = "Option::is_none")]
    pub requested_e: Option<Number>,
    /// Where prompts were given weights: what was drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mix: Option<Mix>,
    /// Sentences that a reader must know to trust the figures.
    pub warnings: Vec<String>,
}

/// What the samples are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// The model's own choice of form: held against all of the reference.
    #[default]
    Open,
    /// Answers to requests for forms: each held against works of that form.
    Requested,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SampleSummary {
    /// As the person named it (file name without its folder).
    pub name: String,
    pub n: usize,
    /// Texts of a seeded draw that the views are measured on; absent where they are measured on all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn: Option<usize>,
    /// Share of texts of the kind that was asked for.
    pub on_task: Number,
    /// Why records were left out, and how many.
    pub skipped: Vec<Skipped>,
    /// What the normalizer set aside: kind ("title", "chat wrapping", "closing remark", "thinking", …), count, one example.
    pub set_aside: Vec<SetAsideCount>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Skipped {
    pub reason: String,
    pub n: usize,
    /// First places, "file:line".
    pub at: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SetAsideCount {
    pub kind: String,
    pub n: usize,
    pub example: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReferenceSummary {
    pub name: String,
    /// "sha256:…" of the atlas or of the reference file's texts.
    pub hash: String,
    pub n: usize,
    /// Authors (groups) in it.
    pub groups: usize,
    /// True for people's works (an atlas), false for a user's file.
    pub people: bool,
    /// What sort of writing it is, and so which form vector was compared.
    pub genre: Genre,
    /// Texts by form, and by half-century where years are known.
    pub composition: BTreeMap<String, usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum VerdictWord {
    #[serde(rename = "collapsed")]
    Collapsed,
    #[serde(rename = "displaced")]
    Displaced,
    #[serde(rename = "narrow")]
    Narrow,
    #[serde(rename = "holds")]
    Holds,
    #[default]
    #[serde(rename = "cannot tell")]
    CannotTell,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Verdict {
    pub word: VerdictWord,
    /// One sentence with its n, as a person reads it.
    pub sentence: String,
    pub n: usize,
    /// Where the word is "cannot tell": about how many samples would tell.
    pub n_needed: Option<usize>,
    /// How this was decided, in one or two sentences with the bounds used.
    pub why: String,
}

/// The views: `form` and `content`, which may carry a verdict, by name; wording and affect, which tell and never decide.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Views {
    #[serde(flatten)]
    measured: BTreeMap<String, View>,
    /// Against a set of the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<Wording>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affect: Option<Affect>,
}

impl<const N: usize> From<[(String, View); N]> for Views {
    fn from(views: [(String, View); N]) -> Self {
        Self { measured: views.into(), ..Self::default() }
    }
}

impl std::ops::Deref for Views {
    type Target = BTreeMap<String, View>;

    fn deref(&self) -> &Self::Target {
        &self.measured
    }
}

impl std::ops::DerefMut for Views {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.measured
    }
}

/// The numbers of one view.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct View {
    /// Effective modes relative to the reference's (1 = as many kinds).
    #[serde(rename = "E")]
    pub e: Number,
    /// Effective number of kinds among n samples, and among n of the reference.
    #[serde(rename = "H_samples")]
    pub h_samples: Number,
    #[serde(rename = "H_reference")]
    pub h_reference: Number,
    /// Reach ρ (1 = as far as people reach).
    pub reach: Number,
    /// r = ρ/(2−ρ): n samples reach as far as r·n of the reference's.
    pub reaches_as: Number,
    /// Share of samples farther from the reference than 95 % of it is from itself.
    pub outside: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_prompt: Option<WithinPrompt>,
    /// Reach by each block of features alone ("stanza", "rhyme", …) and without one ("without stanza", "without punctuation").
    pub blocks: BTreeMap<String, Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cfd: Option<Cfd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mmd2: Option<Number>,
    /// Reach again on lengths matched between the sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_matched: Option<Number>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WithinPrompt {
    #[serde(rename = "D")]
    pub d: Number,
    #[serde(rename = "D_reference", skip_serializing_if = "Option::is_none")]
    pub d_reference: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Number>,
    pub prompts: usize,
    /// Variance a feature, within prompts and between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance_within: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance_between: Option<Number>,
    /// Of prompt and computed form, in nats; null is what chance alone gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutual_information: Option<Number>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cfd {
    #[serde(flatten)]
    pub number: Number,
    pub citable: bool,
    pub name: String,
    /// Why it is not citable, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Samples of under four lines, which have no form to be measured by.
    pub excluded: usize,
    /// What two collections by people lie apart, by which the distance is divided; absent where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<f64>,
}

/// How different the texts of one group are, in 0…1 as people would say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GroupDiversity {
    pub key: String,
    /// Texts of the group.
    pub n: usize,
    pub diversity: Number,
}

/// A kind of writing that the reference has and the samples enter too little.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MissingMode {
    pub view: String,
    pub mode: String,
    /// In a reader's words: "blank verse", "long unrhymed lines".
    pub label: String,
    /// Mean reach over the mode's human targets.
    pub reach: Number,
    pub p_adjusted: Option<f64>,
    /// Share among samples, and in the reference.
    pub share: Number,
    /// True where there are too few targets to tell.
    pub cannot_tell: bool,
    pub examples: Vec<Work>,
}

/// A work of the reference, by its name; text only where the user's own file has it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Work {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub author: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CrowdedMode {
    pub view: String,
    pub mode: String,
    pub label: String,
    /// Share of the samples in it; null is the reference's share.
    pub share: Number,
    pub p_adjusted: Option<f64>,
    /// Ids of samples in it (at most 20).
    pub samples: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Repeats {
    /// Share of texts that repeat an earlier one, word for word after normalization; and nearly (edit similarity ≥ .85).
    pub exact: Number,
    pub near: Number,
    /// And in other words, by average linkage at .65; absent where texts have no content vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<Number>,
    /// Share of texts held by the 1, 10 and 25 largest clusters.
    pub top1_share: BTreeMap<String, Number>,
    pub top10_share: BTreeMap<String, Number>,
    pub top25_share: BTreeMap<String, Number>,
    /// Good–Turing estimate of the mass of texts not seen yet.
    pub unseen: Number,
    pub clusters: Vec<Cluster>,
    /// Openings shared by several texts: first words, and how many texts begin so.
    pub openings: Vec<Cluster>,
    /// Rhyming pairs of words ("light/night") by count, most used first.
    pub rhyme_pairs: Vec<Cluster>,
    /// Those pairs as a vocabulary; absent where there are few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rhyme_vocabulary: Option<RhymeVocabulary>,
    /// Lines that stand in the works of the atlas of poems; absent where no line has four words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<Copied>,
}

/// Lines that people wrote before.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Copied {
    /// Share of the lines of four words and more, and of the texts with such a line.
    pub lines: Number,
    pub texts: Number,
    /// Texts with a copied line (at most 20).
    pub ids: Vec<String>,
}

/// Rhyming pairs of words (each counted once a poem), beside people's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RhymeVocabulary {
    /// Pairs in all.
    pub pairs: usize,
    /// Effective number of different pairs (exp of their entropy) at n pairs.
    pub effective: Number,
    /// Chance that the next pair is one not seen among n.
    pub unseen: Number,
    /// Share of the pairs that are among the 100 and the 1,000 commonest of people.
    pub common_100: Number,
    pub common_1000: Number,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cluster {
    pub text: String,
    pub n: usize,
    pub ids: Vec<String>,
}

/// What the pictures need beside the numbers. Kept apart, since it grows with the number of texts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Evidence {
    pub map: Map,
    /// Every sample with its reading (beyond the page's limit a seeded draw; `Map` then says so).
    pub texts: Vec<SampleText>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Map {
    /// What the axes are: "principal components 1 and 2 of the form features (41 % and 11 % of variance)".
    pub axes: String,
    /// In words, what goes up along each axis: "more rhyme, shorter lines".
    pub x_label: String,
    pub y_label: String,
    pub samples: Vec<Point>,
    pub reference: Vec<Point>,
    /// Names of regions where they lie.
    pub regions: Vec<Region>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Point {
    pub x: f32,
    pub y: f32,
    /// A sample: index into `Evidence::texts`. A reference work: absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
    /// The mode it lies in ("blank verse").
    pub mode: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Region {
    pub label: String,
    pub x: f32,
    pub y: f32,
    pub n_samples: usize,
    pub n_reference: usize,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SampleText {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The text as it came (the reading says what was set aside).
    pub text: String,
    pub form: String,
    pub reading: verse::Reading,
}
