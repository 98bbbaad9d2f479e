//! `cargo xtask lines`: the lines and the rhymes of the poems that the atlas was made from → data/lines.bin (hashes, no text)
//! and data/rhyme_pairs.tsv.

use std::path::PathBuf;

use measure::Reading;

#[derive(clap::Args)]
pub struct Args {
    /// A folder laid out as the project's evaluation data (human/)
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    #[arg(long, default_value = "data/lines.bin")]
    lines: PathBuf,
    #[arg(long, default_value = "data/rhyme_pairs.tsv")]
    pairs: PathBuf,
}

pub fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let poems: Vec<Reading> = crate::atlas::collections(&args.data)?.readings.into_values().flatten().collect();
    if poems.is_empty() {
        return Err("no collection was found: give --data".into());
    }
    let lines = measure::lines_file(poems.iter().map(|r| r.body.as_str()));
    let refs: Vec<&Reading> = poems.iter().collect();
    let firsts = measure::near_duplicates(&refs);
    let different: Vec<Reading> =
        poems.iter().zip(firsts).enumerate().filter(|(i, (_, f))| i == f).map(|(_, (r, _))| r.clone()).collect();
    let pairs = measure::rhyme_pairs_file(&different);
    std::fs::write(&args.lines, &lines)?;
    std::fs::write(&args.pairs, &pairs)?;
    println!(
        "{} poems, {} different → {} bytes of lines, {} bytes of pairs",
        poems.len(),
        different.len(),
        lines.len(),
        pairs.len()
    );
    Ok(())
}
