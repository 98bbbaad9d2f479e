//! What a person may type.

mod audit;
mod reward;
mod run;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use corpus::{Fields, Format};

use crate::failure::Failure;

pub use audit::{Audit, RewardFormat};
pub use reward::{Reward, RewardCommand, RewardScore, RewardServe, Weighing};
pub use run::{Ask, Run, RunCommand};

/// Measures mode collapse in what language models write.
///
/// Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 bad input or usage.
#[derive(Debug, Parser)]
#[command(name = "doggerel", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub global: Global,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Write JSON, to standard output or to FILE beside the words
    #[arg(long, global = true, value_name = "FILE", num_args = 0..=1, require_equals = true, help_heading = "Global options")]
    pub json: Option<Option<PathBuf>>,

    /// Seed of every random choice; the output repeats it
    #[arg(long, global = true, value_name = "N", default_value_t = 1, help_heading = "Global options")]
    pub seed: u64,

    /// Say nothing on standard error but errors
    #[arg(long, short, global = true, help_heading = "Global options")]
    pub quiet: bool,

    /// Threads to use (default: one a core)
    #[arg(long, global = true, value_name = "N", help_heading = "Global options")]
    pub threads: Option<usize>,

    /// The file after `--json` was taken to be its file without an equals sign
    #[arg(skip)]
    pub json_was_joined: bool,
}

impl Global {
    pub fn json_to_stdout(&self) -> bool {
        matches!(self.json, Some(None))
    }

    pub fn json_file(&self) -> Option<&PathBuf> {
        self.json.as_ref()?.as_ref()
    }
}

/// How samples are read.
#[derive(Debug, Clone, Args)]
pub struct Reading {
    /// Map a field: text=NAME, prompt=NAME, id=NAME or model=NAME; NAME may be a path such as choices.0.text
    #[arg(long, value_name = "WHAT=NAME")]
    pub field: Vec<String>,

    /// Stop at the first record that cannot be read, instead of skipping and counting it
    #[arg(long)]
    pub strict: bool,

    /// The input file of a batch, whose prompts are joined to its output
    #[arg(long, value_name = "FILE")]
    pub prompts: Option<String>,

    /// Format, where it cannot be told from name and content: jsonl, json, csv, tsv, parquet, warc, text, lines
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
}

impl Reading {
    pub fn options(&self) -> Result<corpus::Options, Failure> {
        let format = self.format.as_deref().map(str::parse::<Format>).transpose()?;
        let fields = Fields::parse(&self.field)?;
        Ok(corpus::Options {
            fields,
            format,
            strict: self.strict,
            prompts: self.prompts.clone(),
            ..corpus::Options::default()
        })
    }
}

/// Whose ears judge a rhyme.
#[derive(Debug, Clone, Copy, Args)]
pub struct Ears {
    /// Count what rhymed between about 1500 and 1800 (love/prove, wind/kind)
    #[arg(long)]
    pub historical: bool,

    /// Sound r after vowels, as most Americans do (the default)
    #[arg(long, overrides_with = "non_rhotic")]
    pub rhotic: bool,

    /// Drop r after vowels, as in most of England: farther is father
    #[arg(long)]
    pub non_rhotic: bool,

    /// Take the vowels of cot and caught as one
    #[arg(long)]
    pub cot_caught: bool,
}

impl Ears {
    pub fn options(&self) -> phonetics::RhymeOptions {
        phonetics::RhymeOptions { historical: self.historical, rhotic: !self.non_rhotic, cot_caught: self.cot_caught }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Hold a set of samples against people's works or another set
    Measure(Measure),
    /// Hold two or more sets against each other: base and tuned, model and model
    Compare(Compare),
    /// For pipelines: exit code 0 holds, 4 collapsed against its base, 3 cannot tell
    Gate(Gate),
    /// The measures over a series of checkpoints
    Track(Track),
    /// What a preference set or a reward model pays for: rhyme, uplift, length?
    Audit(Audit),
    /// How much verse and literary prose a corpus holds, and of what forms
    Census(Census),
    /// Ask a model: prompts out, samples in, nothing lost
    Run(Box<Run>),
    /// Read poems: rhyme, metre and form, line by line
    Scan(Scan),
    /// Store the readings of samples: every feature of every text
    Read(Read),
    /// Does it rhyme, which class, why; for one word, its rhymes
    Rhyme(Rhyme),
    /// How words are pronounced, and where that comes from
    Say(Say),
    /// Pay a policy for variety over the whole dataset: a server for trainers, or a file scored
    Reward(Box<Reward>),
    /// What samples are held against
    Atlas(Atlas),
    /// What models are asked: suites of prompts, with the form that each asks for
    Suite(Suite),
}

#[derive(Debug, Args)]
pub struct Census {
    /// Shards of a corpus: WARC or WET, JSONL, JSON, CSV, TSV, Parquet, text files or folders of them; .gz and .zst are read
    /// through
    #[arg(value_name = "SHARD", required = true)]
    pub shards: Vec<String>,

    /// Write every passage that is found: JSONL with where it stood, what it is and its text
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Leave the texts of the passages out of that file
    #[arg(long, requires = "out")]
    pub without_text: bool,

    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Suite {
    #[command(subcommand)]
    pub what: SuiteCommand,
}

#[derive(Debug, Subcommand)]
pub enum SuiteCommand {
    /// The suites that doggerel brings along
    List,
    /// Every prompt of a suite, with the form that it asks for
    Show {
        /// Its name, or the TOML file of your own
        name: String,

        /// Your texts or prompts, for suites that ask about them: JSONL, CSV, a folder of .txt …
        #[arg(long, value_name = "FILE")]
        texts: Option<String>,
    },
    /// Begin a suite of your own: writes NAME.toml, every key explained
    New {
        /// Its name
        name: String,
    },
}

#[derive(Debug, Args)]
pub struct Atlas {
    #[command(subcommand)]
    pub what: AtlasCommand,
}

#[derive(Debug, Subcommand)]
pub enum AtlasCommand {
    /// The references that doggerel brings along
    List,
    /// What one of them holds
    Show {
        /// Its name, as --against takes it, or a file that `atlas build` made
        #[arg(default_value = "human")]
        name: String,

        /// List the features of form by which texts are compared, with block, unit and meaning
        #[arg(long)]
        features: bool,
    },
    /// Make one of your own: from people's texts, or a base model's samples
    Build(AtlasBuild),
}

#[derive(Debug, Args)]
pub struct AtlasBuild {
    /// Texts, as for `measure`; authors, titles and years are taken from fields of that name
    pub samples: String,

    /// Parquet file to write, for --against
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,

    /// How the atlas is called in reports (default: the name of the file)
    #[arg(long)]
    pub name: Option<String>,

    /// poetry, jokes or stories (default: what most of the texts are)
    #[arg(long)]
    pub genre: Option<String>,

    /// Texts of one author (of one prompt, where no author is named) that are kept; 0 keeps all
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub cap: usize,

    /// Keep the texts in it, so that content and wording can be compared too; without them it holds figures only
    #[arg(long)]
    pub texts: bool,

    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Measure {
    /// JSONL, JSON, CSV, TSV, Parquet, a folder of .txt files, or - for standard input; .gz and .zst are read through
    pub samples: String,

    /// What to hold them against: human (the built-in atlas of what the samples are), poetry, jokes, stories, or a file or
    /// folder of texts, or an atlas or readings in Parquet. May be given again: one comparison each
    #[arg(long, value_name = "REFERENCE", default_value = "human")]
    pub against: Vec<String>,

    /// Also give the diversity within each group of texts that agree in a field: prompt, model, temperature …
    #[arg(long, value_name = "FIELD")]
    pub by: Option<String>,

    /// Say which requests of a suite (its name, or a TOML file) are kept, and what comes in place of the others. Samples
    /// that a suite's run exported tell it themselves
    #[arg(long, value_name = "SUITE")]
    pub suite: Option<String>,

    /// Hold the answers to each request against works of the form that it asks for, and not all against all works. The requests
    /// are those of --suite, or of a suite's run
    #[arg(long)]
    pub requested: bool,

    /// Give prompts these weights in place of the number of their answers: a file with fields prompt and weight (JSONL, CSV …)
    #[arg(long, value_name = "FILE")]
    pub weights: Option<String>,

    /// Also give the measures of other papers: precision, recall, MAUVE, Vendi, self-BLEU, distinct-n …
    #[arg(long)]
    pub peers: bool,

    /// Write the report as one HTML page (with several references FILE, FILE-2 …)
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Compare {
    /// Two or more sets of samples, each as for `measure`. The first is held against the second, and so on
    #[arg(value_name = "SET", num_args = 2.., required = true)]
    pub sets: Vec<String>,

    /// What all of them are held against: human (the built-in atlas), or a file or folder of texts
    #[arg(long, value_name = "REFERENCE", default_value = "human")]
    pub against: String,

    /// Give prompts these weights in place of the number of their answers: a file with fields prompt and weight (JSONL, CSV …)
    #[arg(long, value_name = "FILE")]
    pub weights: Option<String>,

    /// Compare sets that were sampled differently (temperature, top_p, prompt_format …) all the same
    #[arg(long)]
    pub force: bool,

    /// Write the report as one HTML page
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Gate {
    /// Samples, as for `measure`; 256 and more give a narrow interval
    pub samples: String,

    /// The base: samples of the model before tuning, best to the same prompts; or human
    #[arg(long, value_name = "BASE")]
    pub against: String,

    /// Fail on this in place of the usual rules: MEASURE<LIMIT or MEASURE>LIMIT, such as 'reach<0.8', 'D<0.9' (D over the
    /// base's), 'repeats.exact>0.05', 'rhymed_share>0.95'. May be given again
    #[arg(long, value_name = "RULE")]
    pub fail_on: Vec<String>,

    /// How much may be lost: the usual rules fail below 1 − DELTA
    #[arg(long, value_name = "DELTA", default_value_t = 0.2)]
    pub delta: f64,

    /// Looks that are planned (checkpoints gated one after another): all together keep the level of one
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub looks: usize,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = GateFormat::Text)]
    pub format: GateFormat,

    /// Gate samples that were sampled otherwise than the base all the same
    #[arg(long)]
    pub force: bool,

    /// Map a field: text=NAME, prompt=NAME, id=NAME or model=NAME; NAME may be a path such as choices.0.text
    #[arg(long, value_name = "WHAT=NAME")]
    pub field: Vec<String>,

    /// Stop at the first record that cannot be read, instead of skipping and counting it
    #[arg(long)]
    pub strict: bool,

    /// Format of the samples, as `--format` of the other commands
    #[arg(long, value_name = "FORMAT")]
    pub samples_format: Option<String>,
}

impl Gate {
    pub fn reading(&self) -> Reading {
        Reading { field: self.field.clone(), strict: self.strict, prompts: None, format: self.samples_format.clone() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum GateFormat {
    /// Lines for a person
    Text,
    /// JUnit XML, a test case a rule
    Junit,
    /// GitHub's annotations, one a rule
    Github,
}

#[derive(Debug, Args)]
pub struct Track {
    /// A folder with a file a checkpoint, in natural order (step_100 before step_1000); or the files, in the order given
    #[arg(value_name = "DIR|RUN", required = true)]
    pub runs: Vec<String>,

    /// The base, where it is not the first of them
    #[arg(long, value_name = "BASE")]
    pub against: Option<String>,

    /// How much may be lost: the gate fails below 1 − DELTA
    #[arg(long, value_name = "DELTA", default_value_t = 0.2)]
    pub delta: f64,

    /// Write the report as one HTML page
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Scan {
    /// A text, a file, a folder of .txt files, or - for standard input (the default)
    #[arg(value_name = "TEXT|FILE|-")]
    pub source: Option<String>,

    /// Count what rhymed between about 1500 and 1800 (love/prove, wind/kind)
    #[arg(long)]
    pub historical: bool,

    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Read {
    /// Samples, as for `measure`
    pub samples: String,

    /// Parquet file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,

    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, Args)]
pub struct Rhyme {
    /// Two words or line ends; or one word, for its rhymes
    #[arg(value_name = "WORD", num_args = 0..=2, required_unless_present = "pairs", conflicts_with = "pairs")]
    pub words: Vec<String>,

    /// Pairs in bulk: JSONL or CSV with fields a and b, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub pairs: Option<String>,

    /// Stop at the first pair that cannot be read, instead of skipping and counting it
    #[arg(long)]
    pub strict: bool,

    #[command(flatten)]
    pub ears: Ears,
}

#[derive(Debug, Args)]
pub struct Say {
    /// Words; or one file with a word a line, or - for standard input
    #[arg(value_name = "WORD", required = true)]
    pub words: Vec<String>,

    /// Show the International Phonetic Alphabet
    #[arg(long)]
    pub ipa: bool,

    /// Answer from morphology and the grapheme-to-phoneme model alone
    #[arg(long)]
    pub without_lexicon: bool,
}

/// Reads the arguments. `--json` may be followed by a file or by nothing, which no parser can tell apart in
/// `scan --json poems.jsonl`: the word after it is a file to write only if the command has all it needs without that word.
pub fn parse(given: Vec<OsString>) -> Result<Arguments, clap::Error> {
    if let Some((joined, file)) = join_json(&given)
        && let Ok(mut arguments) = Arguments::try_parse_from(joined)
        && arguments.command.is_complete(&file)
    {
        arguments.global.json_was_joined = true;
        return Ok(arguments);
    }
    Arguments::try_parse_from(given)
}

/// `--json FILE` as `--json=FILE`, and the file.
fn join_json(given: &[OsString]) -> Option<(Vec<OsString>, String)> {
    let end = given.iter().position(|word| word == "--").unwrap_or(given.len());
    let at = given[..end].iter().position(|word| word == "--json")?;
    let file = given[..end].get(at + 1)?.to_str().filter(|word| !word.starts_with('-'))?.to_string();
    let mut joined = given.to_vec();
    joined.splice(at..at + 2, [OsString::from(format!("--json={file}"))]);
    Some((joined, file))
}

impl Command {
    /// Whether it lacks nothing, now that `file` is taken to be its output.
    fn is_complete(&self, file: &str) -> bool {
        // Where any number of words may stand, only its name tells a file from a word.
        let named = [".json", ".jsonl"].iter().any(|end| file.ends_with(end));
        match self {
            Command::Measure(_) | Command::Gate(_) | Command::Read(_) | Command::Atlas(_) | Command::Suite(_) => true,
            // A set may be called anything.jsonl, so there only .json is taken for the output.
            Command::Compare(compare) => file.ends_with(".json") && compare.sets.len() > 1,
            Command::Track(_) | Command::Audit(_) | Command::Census(_) => file.ends_with(".json"),
            // Samples may be called anything.jsonl too.
            Command::Reward(_) => file.ends_with(".json"),
            // Prompts may be called anything.jsonl too.
            Command::Run(_) => file.ends_with(".json"),
            Command::Scan(scan) => scan.source.is_some(),
            Command::Rhyme(rhyme) => rhyme.pairs.is_some() || named && !rhyme.words.is_empty(),
            Command::Say(say) => named && !say.words.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(line: &str) -> (Option<Option<PathBuf>>, bool) {
        let words = line.split(' ').map(OsString::from).collect();
        let arguments = parse(words).unwrap();
        (arguments.global.json, arguments.global.json_was_joined)
    }

    #[test]
    fn arguments_agree_with_each_other() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn json_is_followed_by_a_file_or_by_nothing() {
        let file = |name: &str| (Some(Some(PathBuf::from(name))), true);
        let none = (Some(None), false);
        assert_eq!(json("doggerel scan --json poems.jsonl"), none);
        assert_eq!(json("doggerel scan poems.jsonl --json"), none);
        assert_eq!(json("doggerel scan poems.jsonl --json out"), file("out"));
        assert_eq!(json("doggerel scan --json out poems.jsonl"), file("out"));
        assert_eq!(json("doggerel --json scan poems.jsonl"), none);
        assert_eq!(json("doggerel measure a.jsonl --json out.json --seed 3"), file("out.json"));
        assert_eq!(json("doggerel measure --json a.jsonl"), none);
        assert_eq!(json("doggerel measure --json --seed 3 a.jsonl"), none);
        assert_eq!(json("doggerel compare a.jsonl b.jsonl --json out.json"), file("out.json"));
        assert_eq!(json("doggerel compare --json a.jsonl b.jsonl c.jsonl"), none);
        assert_eq!(json("doggerel gate a.jsonl --json --against b.jsonl"), none);
        assert_eq!(json("doggerel rhyme --json love prove"), none);
        assert_eq!(json("doggerel rhyme love --json prove"), none);
        assert_eq!(json("doggerel rhyme love prove --json out.json"), file("out.json"));
        assert_eq!(json("doggerel rhyme --pairs p.jsonl --json"), none);
        assert_eq!(json("doggerel rhyme --pairs p.jsonl --json out"), file("out"));
        assert_eq!(json("doggerel say --json heav'n"), none);
        assert_eq!(json("doggerel say --json=out heav'n"), (Some(Some(PathBuf::from("out"))), false));
        assert_eq!(json("doggerel say heav'n"), (None, false));
    }
}
