//! What `doggerel run` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    override_usage = "doggerel run [OPTIONS] --model <PROVIDER/NAME> <SUITE>\n       doggerel run list [FOLDER]\n       \
                      doggerel run show <RUN>\n       doggerel run export <RUN> --out <FILE>"
)]
pub struct Run {
    #[command(subcommand)]
    pub what: Option<RunCommand>,

    #[command(flatten)]
    pub ask: Ask,
}

#[derive(Debug, Subcommand)]
pub enum RunCommand {
    /// The runs in a folder
    List {
        #[arg(value_name = "FOLDER", default_value = ".")]
        folder: PathBuf,
    },
    /// What a run has come to: answers, failures and why, tokens, cost
    Show {
        #[arg(value_name = "RUN")]
        run: PathBuf,
    },
    /// The answers, one a line or row: JSONL, CSV or Parquet
    Export {
        #[arg(value_name = "RUN")]
        run: PathBuf,

        /// File to write; its extension is the format. - is JSONL on standard output
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct Ask {
    /// A suite (`doggerel suite list`), a TOML file of your own, or prompts: a line each of a .txt, or the field `prompt` of
    /// JSONL, JSON, CSV, TSV or Parquet; - is standard input
    #[arg(value_name = "SUITE", required = true)]
    pub suite: Option<String>,

    /// openai/NAME (any compatible server: OPENAI_BASE_URL, OPENAI_API_KEY), anthropic/NAME (ANTHROPIC_API_KEY) or gguf:PATH (a
    /// model run in this program)
    #[arg(long, value_name = "PROVIDER/NAME", required = true)]
    pub model: Option<String>,

    /// File of the run; the same command goes on with it [default: from suite and model]
    #[arg(long, value_name = "RUN.db")]
    pub out: Option<PathBuf>,

    /// Ask the first N cases only; without it later, the same command asks the rest
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,

    /// Your texts, for suites that ask about them: JSONL, CSV, a folder of .txt …
    #[arg(long, value_name = "FILE")]
    pub texts: Option<String>,

    /// Ask each prompt so many times, each time with another seed [default: the suite's number, once for a file of prompts]
    #[arg(long, value_name = "K")]
    pub repeat: Option<usize>,

    /// Say what would be asked, how many tokens and what cost, and ask nothing
    #[arg(long)]
    pub dry_run: bool,

    /// End before the run has cost more than so many US dollars
    #[arg(long, value_name = "USD", help_heading = "Limits")]
    pub max_cost: Option<f64>,

    /// Requests a minute
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub rpm: Option<u32>,

    /// Tokens a minute, of prompts and answers
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub tpm: Option<u64>,

    /// Requests on their way at once
    #[arg(long, value_name = "N", default_value_t = 8, help_heading = "Limits")]
    pub concurrency: usize,

    /// Seconds that one answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 180.0, help_heading = "Limits")]
    pub timeout: f64,

    /// Times that a request is sent again before it counts as failed
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Limits")]
    pub retries: u32,

    #[arg(long, value_name = "T", help_heading = "Sampling")]
    pub temperature: Option<f64>,

    #[arg(long, value_name = "P", help_heading = "Sampling")]
    pub top_p: Option<f64>,

    #[arg(long, value_name = "P", help_heading = "Sampling")]
    pub min_p: Option<f64>,

    /// Tokens that an answer may have [default: the suite's, else 1024]
    #[arg(long, value_name = "N", help_heading = "Sampling")]
    pub max_tokens: Option<u32>,

    /// End an answer before this. May be given again
    #[arg(long, value_name = "TEXT", help_heading = "Sampling")]
    pub stop: Vec<String>,

    /// Bare text to be continued, without a chat template (completions; base models)
    #[arg(long, help_heading = "Sampling")]
    pub raw: bool,

    /// Keep the log-probability of each token, where the server gives it
    #[arg(long, help_heading = "Sampling")]
    pub logprobs: bool,

    /// A file of mode 600 with the key alone, in place of the environment
    #[arg(long, value_name = "FILE", help_heading = "Account")]
    pub key_file: Option<PathBuf>,

    /// A price list (TOML) over the shipped one
    #[arg(long, value_name = "FILE", help_heading = "Account")]
    pub prices: Option<PathBuf>,

    /// Map a field of a prompts file: prompt=NAME or id=NAME
    #[arg(long, value_name = "WHAT=NAME")]
    pub field: Vec<String>,
}
