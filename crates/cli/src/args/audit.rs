//! What `doggerel audit` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[command(
    override_usage = "doggerel audit [OPTIONS] <PREFERENCES>\n       doggerel audit --reward-url <URL> [--scores <FILE>]\n       \
                      doggerel audit --make <FILE>\n       doggerel audit --scores <FILE>"
)]
pub struct Audit {
    /// Preferences: JSONL, JSON, CSV, TSV or Parquet with prompt, chosen and rejected (texts, lists of messages, or whole
    /// transcripts), with scored completions (UltraFeedback), or with two responses and which is better
    #[arg(value_name = "PREFERENCES", required_unless_present_any = ["make", "scores", "reward_url"],
          conflicts_with_all = ["make", "scores", "reward_url"])]
    pub preferences: Option<String>,

    /// Map a field: chosen=NAME, rejected=NAME, prompt=NAME or id=NAME
    #[arg(long, value_name = "WHAT=NAME")]
    pub field: Vec<String>,

    /// Stop at the first record that cannot be read, instead of skipping and counting it
    #[arg(long)]
    pub strict: bool,

    /// Write the report as one HTML page
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,

    /// Write the poems that a reward model is tried with, each with its ends exchanged: JSONL with id, prompt and text
    #[arg(long, value_name = "FILE", help_heading = "Reward models", conflicts_with_all = ["scores", "reward_url"])]
    pub make: Option<PathBuf>,

    /// Scores of those poems: JSONL or CSV with id and score. With --reward-url they are written there as they come, and
    /// those that are there are not asked for again
    #[arg(long, value_name = "FILE", help_heading = "Reward models")]
    pub scores: Option<PathBuf>,

    /// Ask the reward model at this address (its key, if it wants one, in REWARD_API_KEY)
    #[arg(long, value_name = "URL", help_heading = "Reward models")]
    pub reward_url: Option<String>,

    /// What it wants to be sent
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = RewardFormat::Plain, help_heading = "Reward models")]
    pub reward_format: RewardFormat,

    /// The model's name, where the address serves several
    #[arg(long, value_name = "NAME", help_heading = "Reward models")]
    pub reward_model: Option<String>,

    /// What the poems are said to answer [default: Write a short poem.]
    #[arg(long, value_name = "TEXT", help_heading = "Reward models")]
    pub prompt: Option<String>,

    /// Requests on their way at once
    #[arg(long, value_name = "N", default_value_t = 8, help_heading = "Reward models")]
    pub concurrency: usize,

    /// Seconds that one score may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, help_heading = "Reward models")]
    pub timeout: f64,

    /// Times that a request is sent again before it counts as failed
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Reward models")]
    pub retries: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RewardFormat {
    /// {"prompt", "response"}
    Plain,
    /// {"messages"}: vLLM's /pooling and /classify
    Messages,
    /// {"query", "prompts"}: OpenRLHF's remote reward model
    Openrlhf,
    /// {"inputs"}: text-embeddings-inference's /predict
    Inputs,
}
