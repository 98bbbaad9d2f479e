//! Sets of texts: the record, and every format they are read from.
//!
//! [`open`] takes the name of a file or folder, or `-` for standard input, and gives an iterator of [`Text`]s. It reads as
//! it goes, so a source may be larger than memory:
//!
//! ```no_run
//! let mut texts = corpus::open("samples.jsonl.gz", &corpus::Options::default())?;
//! for text in &mut texts {
//!     let text = text?;
//!     println!("{}: {} characters", text.id, text.text.chars().count());
//! }
//! for skipped in texts.skipped() {
//!     println!("{} records left out ({}): {}", skipped.n, skipped.reason, skipped.example);
//! }
//! # Ok::<(), corpus::Error>(())
//! ```
//!
//! # What is read
//! | source | records |
//! |---|---|
//! | `.jsonl`, `.ndjson` | one JSON object a line, or one string a line |
//! | `.json` | a list of records; an object that holds one (`data`, `samples` …) or whose members are records; one record |
//! | `.csv`, `.tsv` | rows under a header; semicolons are recognized |
//! | `.parquet` | rows; a plain file only |
//! | `.warc`, `.wet` | the text of each page (Common Crawl's archives); requests, pictures and the like are read over |
//! | `.txt`, other text | the whole file is one text, its id the file's name |
//! | inspect_ai `.eval` or `.json` | each choice of each sample and epoch; a plain file only |
//! | lm-evaluation-harness `samples_….jsonl` | each repeat of each request, once whatever the filters; the model from `results_….json` beside it |
//! | output of an OpenAI, vLLM or Anthropic batch | each choice; prompts and settings from its input file ([`Options::prompts`]) |
//! | folder | each .txt in it and in its folders is one text, in the order of their names; label `folder`. A folder without any: its files with records, if they are of one kind (`1.jsonl`, `2.jsonl` …), as one set |
//!
//! What trainers write (TRL's `completions_….parquet`, verl's `12.jsonl`) and collections with several answers to a prompt
//! (NoveltyBench) are read by the names of their fields. Logs are recognized by the fields of their first record, unless
//! fields are mapped; temperature, top-p, … and the reason for which an answer ended become labels of the same names
//! whichever tool wrote them, and `prompt_format` tells a chat from raw text.
//!
//! gzip and Zstandard are read through. The format comes from the extension, compression from the first bytes; where the
//! extension says nothing (standard input) the first bytes decide: JSON, a table whose header names a known column, or
//! one text. [`Options::format`] overrules both, and has a format that is never guessed: each line one text.
//!
//! Preferences, one text chosen over another, are read from the same formats by [`pairs`].
//!
//! # What becomes of a record
//! Four of its fields have names in [`Text`]: the text, the prompt, the id and the model. [`Fields`] maps them; those not
//! mapped are guessed from the names that tools use (`text`, `completion`, `response`, `generations`, `messages` …) by the
//! first record that has a text, and a [notice](Texts::notices) tells the person. A field with a list of strings gives as
//! many texts, `q1#1`, `q1#2` …; a conversation gives its last answer, with the question before it as the prompt. All
//! other scalar fields become [labels](Labels).
//!
//! # What goes wrong
//! A record that cannot be read never disappears: it is an [`Error`] with file, line, what was found and
//! [the way forward](Error::help), which is skipped and [counted](Texts::skipped), or ends the texts under
//! [`Options::strict`]. One record may have 16 MB; what is longer is read over without being held. Nothing here prints.
//!
//! [`sanitize`] belongs to whoever shows a text on a terminal.

mod archive;
mod columns;
mod error;
mod fields;
mod format;
mod html;
mod json;
mod jsonl;
mod line;
mod logs;
mod pairs;
mod plain;
mod record;
mod source;
mod table;
mod terminal;
mod text;
mod texts;
mod utf8;
mod wants;
mod warc;

pub use error::{Error, Place};
pub use fields::Fields;
pub use format::Format;
pub use html::html_text;
pub use pairs::{Pair, PairFields, Pairs, pairs};
pub use terminal::sanitize;
pub use text::{Labels, Text};
pub use texts::{Options, Skipped, Texts, UniqueIds, from_reader, from_values, open};
pub use wants::Wants;
