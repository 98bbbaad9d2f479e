//! What developers of doggerel run: the shipped figures made anew, and accuracy and speed measured.
//!
//! `cargo xtask eval` scores doggerel on gold data, `cargo xtask bench` times it beside its peers; the other commands
//! make the files in `data/` from their sources.

use clap::{Parser, Subcommand};

mod atlas;
mod bench;
mod census;
mod diction;
#[cfg(feature = "distill")]
mod distill;
mod eval;
mod g2p;
mod group_weights;
mod kind_weights;
mod lexicon;
mod lines;
mod metre_weights;
mod results;
mod rhyme_weights;
mod valence;
mod validate;
mod word_order;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Make the shipped figures; measure accuracy and speed")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// People's works → data/poetry-1.parquet, jokes-1, stories-1
    Atlas(atlas::Args),
    /// A sentence transformer → data/embedder.bin
    #[cfg(feature = "distill")]
    Distill(distill::Args),
    /// CMUdict → data/g2p.bin
    G2p(g2p::Args),
    /// CMUdict and a count of words → data/lexicon.bin
    Lexicon(lexicon::Args),
    /// Speed beside the peers, on the same lines, in one run
    Bench(bench::Args),
    /// Accuracy on gold data, each figure with its 95 % interval resampled by poem
    Eval(eval::Args),
    /// Scanned lines → data/metre_weights.tsv
    MetreWeights(metre_weights::Args),
    /// Poems and stories planted into pages → data/census.tsv
    Census(census::Args),
    /// Annotated poems → data/rhyme_weights.tsv, data/rhyme_schemes.tsv
    RhymeWeights(rhyme_weights::Args),
    /// People's poems → data/lines.bin, data/rhyme_pairs.tsv
    Lines(lines::Args),
    /// Groups of answers that people labelled → data/group_weights.tsv
    GroupWeights(group_weights::Args),
    /// Poems and prose → the words of verse in data/diction.tsv
    Diction(diction::Args),
    /// Poems and prose → the odds of verse in data/kind_weights.tsv
    KindWeights(kind_weights::Args),
    /// The VADER lexicon → data/valence.tsv
    Valence(valence::Args),
    /// Every model of the shared samples, measured: docs/results.md
    Results(results::Args),
    /// People's texts → data/word_order.bin
    WordOrder(word_order::Args),
    /// What the measures say where the answer is known
    Validate(validate::Args),
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match Cli::parse().command {
        Command::Atlas(args) => atlas::run(&args),
        #[cfg(feature = "distill")]
        Command::Distill(args) => distill::run(&args),
        Command::G2p(args) => g2p::run(&args),
        Command::Lexicon(args) => lexicon::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::MetreWeights(args) => metre_weights::run(&args),
        Command::Census(args) => census::run(&args),
        Command::RhymeWeights(args) => rhyme_weights::run(&args),
        Command::Lines(args) => lines::run(&args),
        Command::GroupWeights(args) => group_weights::run(&args),
        Command::Diction(args) => diction::run(&args),
        Command::KindWeights(args) => kind_weights::run(&args),
        Command::Valence(args) => valence::run(&args),
        Command::WordOrder(args) => word_order::run(&args),
        Command::Results(args) => results::run(&args),
        Command::Validate(args) => validate::run(&args),
    }
}
