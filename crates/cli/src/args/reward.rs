//! What `doggerel reward` takes.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use measure::Genre;

use super::Reading;

#[derive(Debug, Args)]
pub struct Reward {
    #[command(subcommand)]
    pub what: RewardCommand,
}

#[derive(Debug, Subcommand)]
pub enum RewardCommand {
    /// Score for trainers over HTTP, with one memory for all workers
    Serve(RewardServe),
    /// Score a file as a policy that writes it from top to bottom
    Score(RewardScore),
}

/// What is rewarded.
#[derive(Debug, Args)]
pub struct Weighing {
    /// What texts are held against: human (the built-in atlas of the genre), or a file or folder of a base model's samples
    /// or people's texts, best to the same prompts
    #[arg(long, value_name = "REFERENCE", default_value = "human")]
    pub against: String,

    /// poetry, jokes or stories [default: what the reference is]
    #[arg(long, value_parser = genre)]
    pub genre: Option<Genre>,

    /// Weight of how texts are built
    #[arg(long, value_name = "WEIGHT", default_value_t = 1.0)]
    pub form: f64,

    /// Weight of what they say; wants a reference with texts [default: as much as form where the reference has texts, else 0]
    #[arg(long, value_name = "WEIGHT")]
    pub content: Option<f64>,

    /// Outputs that are remembered
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub window: usize,

    /// Texts, spread as the reference's, that the memory seems to hold at its beginning
    #[arg(long, value_name = "N", default_value_t = 100.0)]
    pub prior: f64,

    /// Rewards lie between -CLIP and CLIP
    #[arg(long, value_name = "CLIP", default_value_t = 3.0)]
    pub clip: f64,

    /// Count rhymes that were good between about 1500 and 1800
    #[arg(long)]
    pub historical: bool,
}

#[derive(Debug, Args)]
pub struct RewardServe {
    #[command(flatten)]
    pub weighing: Weighing,

    /// Where to listen for HTTP; port 0 takes any that is free [default: 127.0.0.1:8731, with --socket none]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub address: Option<SocketAddr>,

    /// Let other machines in: without it only addresses of this machine are listened on
    #[arg(long)]
    pub open_to_network: bool,

    /// Listen on a Unix socket, which its owner alone may use
    #[arg(long, value_name = "FILE")]
    pub socket: Option<PathBuf>,

    /// A file, readable by its owner alone, with the token that requests must carry (or DOGGEREL_REWARD_TOKEN)
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Keep the memory in a file: written while it changes and at the end, read at the beginning
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,

    /// Seconds between snapshots
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub every: u64,

    /// Requests in hand from which more are turned away
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub queue: usize,

    /// Megabytes that a request may have
    #[arg(long, value_name = "MB", default_value_t = 4)]
    pub max_body: usize,
}

#[derive(Debug, Args)]
pub struct RewardScore {
    /// Samples, as for `measure`
    pub samples: String,

    #[command(flatten)]
    pub weighing: Weighing,

    /// Texts that are scored at once, each beside the others
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub batch: usize,

    /// Begin with the memory of a snapshot that `reward serve` wrote
    #[arg(long, value_name = "FILE")]
    pub snapshot: Option<PathBuf>,

    #[command(flatten)]
    pub reading: Reading,
}

fn genre(name: &str) -> Result<Genre, String> {
    Genre::named(name).ok_or_else(|| "give poetry, jokes or stories".into())
}
