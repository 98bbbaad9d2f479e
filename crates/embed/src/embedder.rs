//! The model: rows of pieces, added up.

use std::cell::RefCell;

use rayon::prelude::*;

use crate::Pieces;
use crate::file::File;

/// A static model: one row of numbers for each wordpiece.
#[derive(Debug)]
pub struct StaticEmbedder {
    file: &'static File,
}

thread_local! {
    static PIECES: RefCell<Pieces> = RefCell::default();
}

impl StaticEmbedder {
    /// The model that ships with the crate. The first call takes well under a millisecond.
    pub fn builtin() -> &'static StaticEmbedder {
        static BUILTIN: std::sync::OnceLock<StaticEmbedder> = std::sync::OnceLock::new();
        BUILTIN.get_or_init(|| StaticEmbedder { file: File::builtin() })
    }

    /// Numbers in a vector.
    pub fn dim(&self) -> usize {
        self.file.dim
    }

    /// What it is, for a report.
    pub fn name(&self) -> &str {
        self.file.name
    }

    /// Sixteen hexadecimal digits that change whenever a vector might: two reports with the same compare.
    pub fn hash(&self) -> String {
        format!("{:016x}", self.file.digest)
    }

    /// The vector of `text`: [`dim`](Self::dim) numbers of length one, or all zero where the text has no word.
    pub fn embed(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; self.dim()];
        self.embed_into(text, &mut vector);
        vector
    }

    /// The vectors of `texts`, one after another, worked out on all cores.
    pub fn embed_batch(&self, texts: &[&str]) -> Vec<f32> {
        let mut vectors = vec![0.0; texts.len() * self.dim()];
        vectors
            .par_chunks_mut(self.dim())
            .zip(texts)
            .with_min_len(64)
            .for_each(|(vector, text)| self.embed_into(text, vector));
        vectors
    }

    fn embed_into(&self, text: &str, vector: &mut [f32]) {
        PIECES.with_borrow_mut(|pieces| {
            for number in pieces.cut_with(self.file, text) {
                self.file.add_row(*number, vector);
            }
        });
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|x| *x /= length);
        }
    }
}

/// The cosine of the angle between two vectors of one length; 0 where either is zero.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn meaning_counts_and_case_does_not() {
        let model = StaticEmbedder::builtin();
        let e = |text: &str| model.embed(text);
        assert_eq!(e("The Moon rose over the harbour."), e("the moon  ROSE over the harbour ."));
        let moon = e("The moon rose over the harbour.");
        assert!(cosine(&moon, &e("Above the port there was moonlight.")) > 0.4);
        assert!(cosine(&moon, &e("He filed his quarterly accounts.")) < 0.2);
    }

    #[test]
    fn nothing_is_zero() {
        let model = StaticEmbedder::builtin();
        assert_eq!(model.embed(" \n\t"), vec![0.0; model.dim()]);
        assert_eq!(model.embed_batch(&[]), Vec::<f32>::new());
    }

    #[test]
    fn a_batch_is_its_texts() {
        let model = StaticEmbedder::builtin();
        let texts: Vec<String> = (0..300).map(|i| format!("the {i}th goose of the flock hissed")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let one_by_one: Vec<f32> = texts.iter().flat_map(|t| model.embed(t)).collect();
        assert_eq!(model.embed_batch(&texts), one_by_one);
    }

    proptest! {
        #[test]
        fn any_text_has_a_finite_vector_of_length_one_or_none(text in "\\PC{0,80}|[ -~é雪\u{301}\n]{0,300}") {
            let vector = StaticEmbedder::builtin().embed(&text);
            let length: f32 = vector.iter().map(|x| x * x).sum();
            prop_assert!(vector.iter().all(|x| x.is_finite()));
            prop_assert!(length == 0.0 || (length - 1.0).abs() < 1e-4);
        }
    }
}
