//! The learnt weights as they ship: `data/rhyme_weights.tsv`, made by `cargo xtask rhyme-weights`.

use std::sync::LazyLock;

use super::features::{self, Weights};

static FILE: &str = include_str!("../../../../data/rhyme_weights.tsv");

/// Weights for today's rhyme and for historical rhyme.
static SHIPPED: LazyLock<(Weights, Weights)> = LazyLock::new(|| {
    let (mut modern, mut historical) = (vec![0.0; features::COUNT], vec![0.0; features::COUNT]);
    let names = features::names();
    for line in FILE.lines().filter(|l| !l.starts_with('#')) {
        let mut fields = line.split('\t');
        let (Some(name), Some(h), Some(m)) = (fields.next(), fields.next(), fields.next()) else { continue };
        if let Some(i) = names.iter().position(|n| n == name) {
            historical[i] = h.parse().unwrap_or(0.0);
            modern[i] = m.parse().unwrap_or(0.0);
        }
    }
    (Weights(modern.into()), Weights(historical.into()))
});

pub(crate) fn shipped(historical: bool) -> &'static Weights {
    let (modern, old) = &*SHIPPED;
    if historical { old } else { modern }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_feature_with_two_numbers() {
        let names = features::names();
        for line in FILE.lines().filter(|l| !l.starts_with('#')) {
            let fields: Vec<_> = line.split('\t').collect();
            assert_eq!(fields.len(), 3, "{line}");
            assert!(names.iter().any(|n| n == fields[0]), "{line}");
            assert!(fields[1..].iter().all(|f| f.parse::<f32>().is_ok_and(f32::is_finite)), "{line}");
        }
    }
}
