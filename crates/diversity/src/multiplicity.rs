//! Many tests at once.

/// p-values adjusted so that rejecting those below q keeps the expected share of false rejections below q: Benjamini &
/// Hochberg 1995, in the order given.
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
    let mut adjusted = vec![1.0; m];
    let mut least: f64 = 1.0;
    for (i, &at) in order.iter().enumerate() {
        least = least.min(p[at] * m as f64 / (m - i) as f64);
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the paper, section 3.2: at q = .05 the four smallest of fifteen are rejected.
    #[test]
    fn example_of_1995() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let adjusted = benjamini_hochberg(&p);
        assert_eq!(adjusted.iter().filter(|a| **a <= 0.05).count(), 4);
        assert!((adjusted[0] - 0.0015).abs() < 1e-12 && adjusted[14] == 1.0);
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}
