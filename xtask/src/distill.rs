//! `cargo xtask distill`: a sentence transformer distilled into one row of numbers per wordpiece, in closed form.
//!
//! 1. The transformer says the sentence embedding of some ten thousand texts, and its output for each wordpiece alone (between
//!    `[CLS]` and `[SEP]`, the piece's own output).
//! 2. Piece vectors are weighted by a / (a + p), p being the piece's share of all pieces in the texts (SIF, Arora et al. 2017).
//! 3. One linear map takes the mean of a text's piece vectors to its sentence embedding (ridge regression).
//! 4. What is left over goes to the pieces by a second ridge regression, one correction a piece.
//! 5. The rows are turned to the main axes of the sentence embeddings, the first 256 kept, and quantized.

mod solve;
mod texts;
mod transformer;

use std::error::Error;
use std::path::{Path, PathBuf};

use embed::Pieces;
use embed::writer::{Contents, encode};

use self::solve::Matrix;
use self::transformer::Transformer;

/// SIF's a.
const RARITY: f64 = 1e-2;
/// Ridge of the linear map, in texts; anything small will do.
const MAP_RIDGE: f64 = 1.0;
/// Ridge of the corrections, in texts. On a tenth of the texts kept out, the cosine to the transformer's vectors is .79 without
/// corrections and .83–.84 from .01 to .1 (.82 at .3); of these .1 is best at telling same answers from others.
const PIECE_RIDGE: f64 = 0.1;
const DIM: usize = 256;

#[derive(clap::Args)]
pub struct Args {
    /// Folder with model.safetensors, config.json, tokenizer.json and vocab.txt of all-MiniLM-L6-v2
    #[arg(long)]
    model: PathBuf,
    /// A folder laid out as the project's evaluation data, of which texts are taken (never those of the evaluation)
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    #[arg(long, default_value = "data/embedder.bin")]
    out: PathBuf,
    /// Only compare our wordpieces with the transformer's own tokenizer, on the texts
    #[arg(long)]
    check: bool,
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let transformer = Transformer::load(&args.model)?;
    let texts = texts::gather(&args.data)?;
    eprintln!("{} texts", texts.len());
    if args.check {
        return check(&transformer, &texts);
    }
    let mut sentences = Vec::with_capacity(texts.len() * transformer.width);
    for batch in texts.chunks(512) {
        sentences.extend(transformer.embed(batch)?);
        eprint!("\r{} texts embedded", sentences.len() / transformer.width);
    }
    eprintln!();
    let vocabulary = vocabulary(&args.model)?;
    let kept: Vec<usize> = (0..vocabulary.len()).filter(|i| is_kept(&vocabulary[*i])).collect();
    let alone = transformer.alone(&kept)?;
    let mut number = vec![None; vocabulary.len()];
    kept.iter().enumerate().for_each(|(row, id)| number[*id] = Some(row));
    let cut: Vec<Vec<usize>> = texts
        .iter()
        .map(|t| Ok(transformer.cut(t)?.iter().filter_map(|id| number[*id as usize]).collect()))
        .collect::<Result<_, Box<dyn Error>>>()?;
    let rows = distill(&cut, &Matrix::new(transformer.width, sentences), &Matrix::new(transformer.width, alone))?;
    let pieces: Vec<String> = kept.iter().map(|id| vocabulary[*id].clone()).collect();
    let unknown = pieces.iter().position(|p| p == "[UNK]").ok_or("the list has no [UNK]")? as u16;
    let name = "all-MiniLM-L6-v2, distilled to 256 dimensions".to_owned();
    let bytes = encode(&Contents { name, pieces, unknown, dim: DIM, rows })?;
    std::fs::write(&args.out, &bytes)?;
    eprintln!("{}: {} bytes", args.out.display(), bytes.len());
    Ok(())
}

fn vocabulary(model: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    Ok(std::fs::read_to_string(model.join("vocab.txt"))?.lines().map(str::to_owned).collect())
}

/// Not the places kept free, nor the signs of the transformer's own.
fn is_kept(piece: &str) -> bool {
    !piece.starts_with("[unused") && !["[PAD]", "[CLS]", "[SEP]", "[MASK]"].contains(&piece)
}

/// One row a piece, [`DIM`] wide, from texts as lists of pieces, their sentence embeddings, and the output for each piece alone.
fn distill(texts: &[Vec<usize>], sentences: &Matrix, alone: &Matrix) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut count = vec![0.0_f64; alone.rows()];
    texts.iter().flatten().for_each(|piece| count[*piece] += 1.0);
    let all: f64 = count.iter().sum();
    let mut weighted = alone.clone();
    for (row, count) in count.iter().enumerate() {
        let weight = (RARITY / (RARITY + count / all)) as f32;
        weighted.row_mut(row).iter_mut().for_each(|x| *x *= weight);
    }
    let map = solve::ridge(&solve::means(texts, &weighted), sentences, MAP_RIDGE)?;
    let mut rows = weighted.times(&map);
    let mut left = sentences.clone();
    left.subtract(&solve::means(texts, &rows));
    let correction = solve::sparse_ridge(texts, &left, alone.rows(), PIECE_RIDGE);
    rows.add(&correction);
    Ok(rows.times(&solve::main_axes(sentences, DIM)?).into_numbers())
}

/// Compares our wordpieces with the tokenizer's own on every text.
fn check(transformer: &Transformer, texts: &[String]) -> Result<(), Box<dyn Error>> {
    let mut pieces = Pieces::default();
    let (mut different, mut all) = (0, 0);
    for text in texts {
        let ours: Vec<String> = pieces.cut(text).map(Pieces::text).collect();
        let theirs = transformer.pieces(text)?;
        all += theirs.len();
        if ours != theirs {
            different += 1;
            if different <= 5 {
                eprintln!("{text:?}\n  ours {ours:?}\n  theirs {theirs:?}");
            }
        }
    }
    eprintln!("{} texts, {all} pieces: {different} texts cut differently", texts.len());
    if different == 0 { Ok(()) } else { Err("wordpieces differ".into()) }
}
