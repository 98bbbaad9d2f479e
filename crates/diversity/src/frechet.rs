//! The Fréchet distance between two sets, without the bias of small samples.

use rayon::prelude::*;

use crate::Replicates;
use crate::estimate::Estimate;
use crate::linear::{symmetric_eigen, trace_sqrt_product};
use crate::{Folds, Groups, Part, Rng, Rows};

/// Seeded splits of each set into halves.
const SPLITS: usize = 20;

/// Principal components, frozen by the reference: what is projected is centred on its mean, turned to its first `d` axes
/// and divided by the root of their variances. A variance counts as at least `floor` of the mean one, so that axes on
/// which people hardly differ are not blown up.
#[derive(Debug, Clone)]
pub struct Pca {
    mean: Vec<f64>,
    /// `d` rows of loadings, scaled.
    axes: Vec<f64>,
    /// Share of the variance that each axis holds.
    pub shares: Vec<f64>,
}

impl Pca {
    /// `d` axes (at most as many as columns) of the reference.
    #[must_use]
    pub fn fit(reference: &Rows, d: usize, floor: f64) -> Self {
        let dim = reference.dim();
        let mut moments = Moments::new(dim);
        let wide: Vec<f64> =
            (0..reference.len()).flat_map(|i| reference.row(i).iter().map(|x| f64::from(*x))).collect();
        wide.chunks_exact(dim).for_each(|row| moments.add(row));
        let (mean, covariance) = moments.mean_and_covariance();
        let (values, vectors) = symmetric_eigen(covariance, dim);
        let total: f64 = values.iter().sum();
        let least = (floor * total / dim as f64).max(f64::MIN_POSITIVE);
        let d = d.min(dim);
        let mut axes = Vec::with_capacity(d * dim);
        for (value, vector) in values.iter().zip(vectors.chunks_exact(dim)).take(d) {
            // the sign of an eigenvector is arbitrary: its largest loading is made positive
            let largest = vector.iter().copied().fold(0.0, |m: f64, x| if x.abs() > m.abs() + 1e-12 { x } else { m });
            let scale = largest.signum() / value.max(least).sqrt();
            axes.extend(vector.iter().map(|x| x * scale));
        }
        Self { mean, axes, shares: values.iter().take(d).map(|v| v / total).collect() }
    }

    /// Rows of coordinates on the axes.
    #[must_use]
    pub fn project(&self, rows: &Rows) -> Rows {
        let dim = self.mean.len();
        let d = self.axes.len() / dim;
        let mut out = vec![0.0f32; rows.len() * d];
        out.par_chunks_mut(d).enumerate().for_each(|(i, to)| {
            for (to, axis) in to.iter_mut().zip(self.axes.chunks_exact(dim)) {
                let z: f64 =
                    rows.row(i).iter().zip(&self.mean).zip(axis).map(|((x, m), a)| (f64::from(*x) - m) * a).sum();
                *to = z as f32;
            }
        });
        Rows::new(out, d)
    }

    /// The loadings of one axis, one a column of the features.
    #[must_use]
    pub fn loadings(&self, axis: usize) -> &[f64] {
        let dim = self.mean.len();
        &self.axes[axis * dim..(axis + 1) * dim]
    }
}

/// Sums from which mean and covariance follow; they add and subtract.
#[derive(Debug, Clone)]
struct Moments {
    n: f64,
    sum: Vec<f64>,
    outer: Vec<f64>,
}

impl Moments {
    fn new(d: usize) -> Self {
        Self { n: 0.0, sum: vec![0.0; d], outer: vec![0.0; d * d] }
    }

    fn add(&mut self, row: &[f64]) {
        let d = self.sum.len();
        self.n += 1.0;
        for i in 0..d {
            self.sum[i] += row[i];
            for j in i..d {
                self.outer[i * d + j] += row[i] * row[j];
            }
        }
    }

    fn minus(&self, other: &Self) -> Self {
        let less = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        Self { n: self.n - other.n, sum: less(&self.sum, &other.sum), outer: less(&self.outer, &other.outer) }
    }

    fn plus(&mut self, other: &Self) {
        self.n += other.n;
        self.sum.iter_mut().zip(&other.sum).for_each(|(a, b)| *a += b);
        self.outer.iter_mut().zip(&other.outer).for_each(|(a, b)| *a += b);
    }

    fn mean_and_covariance(&self) -> (Vec<f64>, Vec<f64>) {
        let d = self.sum.len();
        let mean: Vec<f64> = self.sum.iter().map(|s| s / self.n).collect();
        let mut covariance = vec![0.0; d * d];
        for i in 0..d {
            for j in i..d {
                let c = (self.outer[i * d + j] - self.n * mean[i] * mean[j]) / (self.n - 1.0);
                covariance[i * d + j] = c;
                covariance[j * d + i] = c;
            }
        }
        (mean, covariance)
    }
}

/// |μ₁−μ₂|² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½) (Dowson & Landau 1982; Heusel et al. 2017, eq. 6). NaN under two texts.
fn frechet(a: &Moments, b: &Moments) -> f64 {
    if a.n < 2.0 || b.n < 2.0 {
        return f64::NAN;
    }
    let d = a.sum.len();
    let ((ma, ca), (mb, cb)) = (a.mean_and_covariance(), b.mean_and_covariance());
    let between: f64 = ma.iter().zip(&mb).map(|(x, y)| (x - y).powi(2)).sum();
    let traces: f64 = (0..d).map(|i| ca[i * d + i] + cb[i * d + i]).sum();
    between + traces - 2.0 * trace_sqrt_product(&ca, &cb, d)
}

/// Plain Fréchet distance between two sets of rows.
#[must_use]
pub fn frechet_distance(a: &Rows, b: &Rows) -> f64 {
    let moments = |rows: &Rows| {
        let mut m = Moments::new(rows.dim());
        rows.iter().for_each(|r| m.add(&widen(r)));
        m
    };
    frechet(&moments(a), &moments(b))
}

fn widen(row: &[f32]) -> Vec<f64> {
    row.iter().map(|x| f64::from(*x)).collect()
}

/// One set cut in two halves, its moments by fold so that any fold can be taken away.
struct Halves {
    whole: [Moments; 2],
    by_fold: Vec<[Moments; 2]>,
}

impl Halves {
    fn new(rows: &Rows, folds: &Folds, second: &[bool], keep: impl Fn(usize) -> bool) -> Self {
        let d = rows.dim();
        let empty = || [Moments::new(d), Moments::new(d)];
        let mut by_fold: Vec<[Moments; 2]> = (0..folds.count()).map(|_| empty()).collect();
        for (i, row) in rows.iter().enumerate().filter(|(i, _)| keep(*i)) {
            by_fold[folds.of(i)][usize::from(second[i])].add(&widen(row));
        }
        let mut whole = empty();
        for fold in &by_fold {
            whole[0].plus(&fold[0]);
            whole[1].plus(&fold[1]);
        }
        Self { whole, by_fold }
    }

    fn without(&self, fold: usize) -> [Moments; 2] {
        std::array::from_fn(|h| self.whole[h].minus(&self.by_fold[fold][h]))
    }
}

/// mean_ij FD(S_i, R_j) − ½FD(S₁, S₂) − ½FD(R₁, R₂), of one split.
fn unbiased(s: &[Moments; 2], r: &[Moments; 2], within_s: f64, within_r: f64) -> f64 {
    let across: f64 = s.iter().flat_map(|a| r.iter().map(move |b| frechet(a, b))).sum();
    across / 4.0 - 0.5 * (within_s + within_r)
}

/// Halves of texts within every group (answers within a prompt): true marks the second half.
fn halves_within(groups: &Groups, rng: &mut Rng) -> Vec<bool> {
    let mut second = vec![false; groups.len()];
    let mut odd = false;
    for mut members in groups.members() {
        rng.shuffle(&mut members);
        for row in members {
            second[row] = odd;
            odd = !odd;
        }
    }
    second
}

/// Which set is split how: whole authors to either half, answers within a prompt to both.
#[derive(Debug, Clone, Copy)]
pub struct Citable<'a> {
    /// Samples on the frozen axes.
    pub samples: &'a Rows,
    pub prompts: &'a Groups,
    pub sample_folds: &'a Folds,
    /// Reference on the same axes.
    pub reference: &'a Rows,
    pub authors: &'a Groups,
    pub reference_folds: &'a Folds,
}

/// FD_u: the Fréchet distance less what two halves of either set lie apart by chance, averaged over 20 seeded splits of the
/// reference into halves by author and of the samples within prompts. 0 for exchangeable sets (it can fall below).
#[must_use]
pub fn fd_u(sets: &Citable, seed: u64) -> Estimate {
    fd_u_replicates(sets, seed).estimate()
}

/// [`fd_u`] with each fold left out.
#[must_use]
pub fn fd_u_replicates(sets: &Citable, seed: u64) -> Replicates {
    let (fs, fr) = (sets.sample_folds, sets.reference_folds);
    let per_split: Vec<Vec<f64>> = (0..SPLITS)
        .into_par_iter()
        .map(|i| {
            let mut rng = Rng::stream(seed, i as u64);
            let by_author = sets.authors.draw(sets.authors.len() / 2, &mut rng);
            let within = halves_within(sets.prompts, &mut rng);
            let s = Halves::new(sets.samples, fs, &within, |_| true);
            let r = Halves::new(sets.reference, fr, &by_author, |_| true);
            let (apart_s, apart_r) = (frechet(&s.whole[0], &s.whole[1]), frechet(&r.whole[0], &r.whole[1]));
            let mut out = vec![unbiased(&s.whole, &r.whole, apart_s, apart_r)];
            for f in 0..fs.count() {
                let less = s.without(f);
                out.push(unbiased(&less, &r.whole, frechet(&less[0], &less[1]), apart_r));
            }
            for f in 0..fr.count() {
                let less = r.without(f);
                out.push(unbiased(&s.whole, &less, apart_s, frechet(&less[0], &less[1])));
            }
            out
        })
        .collect();
    let mean = |e: usize| {
        let v: Vec<f64> = per_split.iter().map(|s| s[e]).filter(|x| x.is_finite()).collect();
        v.iter().sum::<f64>() / v.len() as f64
    };
    let by_sample: Vec<f64> = (0..fs.count()).map(|f| mean(1 + f)).collect();
    let by_reference: Vec<f64> = (0..fr.count()).map(|f| mean(1 + fs.count() + f)).collect();
    Replicates { value: mean(0), samples: by_sample, reference: by_reference, draws: Vec::new() }
}

/// FD_u of people against people: `size` texts of the reference (at most half) play samples whose groups are `like`, `splits`
/// times ([`Groups::play`]), against the texts of the other half of the authors. Each split is halved four times, by author on both sides.
#[must_use]
pub fn fd_u_null(reference: &Rows, authors: &Groups, size: usize, like: &Groups, splits: usize, seed: u64) -> Vec<f64> {
    let one = Groups::of_keys((0..reference.len()).map(|_| 0)).folds(1, 0);
    (0..splits)
        .into_par_iter()
        .map(|i| {
            let mut rng = Rng::stream(seed, i as u64);
            let parts = authors.play(size, like, &mut rng);
            let sum: f64 = (0..4)
                .map(|_| {
                    let halves = halve_parts(authors, &parts, &mut rng);
                    let s = Halves::new(reference, &one, &halves, |i| parts[i] == Part::Plays).whole;
                    let r = Halves::new(reference, &one, &halves, |i| parts[i] == Part::Stays).whole;
                    let (apart_s, apart_r) = (frechet(&s[0], &s[1]), frechet(&r[0], &r[1]));
                    unbiased(&s, &r, apart_s, apart_r)
                })
                .sum();
            sum / 4.0
        })
        .collect()
}

/// Whole authors of those who play and of those who stay dealt alternately to two halves.
fn halve_parts(authors: &Groups, parts: &[Part], rng: &mut Rng) -> Vec<bool> {
    let members = authors.members();
    let mut order: Vec<usize> = (0..members.len()).collect();
    rng.shuffle(&mut order);
    let mut second = vec![false; authors.len()];
    let mut sizes = [[0usize; 2]; 2];
    for g in order {
        let count = |part: Part| members[g].iter().filter(|&&row| parts[row] == part).count();
        let (playing, stays) = (count(Part::Plays), count(Part::Stays));
        let (side, rows) = if stays == 0 { (0, playing) } else { (1, stays) };
        let half = usize::from(sizes[side][1] < sizes[side][0]);
        sizes[side][half] += rows;
        members[g].iter().for_each(|&row| second[row] = half == 1);
    }
    second
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaussian(n: usize, dim: usize, seed: u64, shift: f64, scale: f64) -> Rows {
        let mut rng = Rng::new(seed);
        Rows::new((0..n * dim).map(|_| (rng.normal() * scale + shift) as f32).collect(), dim)
    }

    fn run(samples: &Rows, reference: &Rows) -> Estimate {
        let (prompts, authors) =
            (Groups::of_keys((0..samples.len()).map(|i| i / 10)), Groups::of_keys((0..reference.len()).map(|i| i / 2)));
        let (a, b) = (prompts.folds(20, 1), authors.folds(20, 2));
        fd_u(
            &Citable {
                samples,
                prompts: &prompts,
                sample_folds: &a,
                reference,
                authors: &authors,
                reference_folds: &b,
            },
            3,
        )
    }

    #[test]
    fn of_two_gaussians_it_is_the_closed_form() {
        // shift .5 in 4 dimensions, scale 1 and 2: 4·.25 + 4·(1−2)² = 5
        let d = frechet_distance(&gaussian(60_000, 4, 1, 0.0, 1.0), &gaussian(60_000, 4, 2, 0.5, 2.0));
        assert!((d - 5.0).abs() < 0.1, "{d}");
        assert!(run(&gaussian(300, 4, 3, 0.5, 2.0), &gaussian(600, 4, 4, 0.0, 1.0)).low < 5.0);
    }

    #[test]
    fn exchangeable_sets_give_0_on_average() {
        let mut sum = 0.0;
        let mut covered = 0;
        for t in 0..20 {
            let e = run(&gaussian(150, 8, 10 + t, 0.0, 1.0), &gaussian(300, 8, 90 + t, 0.0, 1.0));
            sum += e.value / 20.0;
            covered += usize::from(e.low <= 0.0 && 0.0 <= e.high);
        }
        let plain = frechet_distance(&gaussian(150, 8, 10, 0.0, 1.0), &gaussian(300, 8, 90, 0.0, 1.0));
        assert!(sum.abs() < 0.05 && plain > 0.15, "{sum} {plain}");
        assert!(covered >= 18, "{covered}");
    }

    #[test]
    fn the_null_of_people_is_about_0() {
        let reference = gaussian(400, 6, 7, 0.0, 1.0);
        let authors = Groups::of_keys((0..400).map(|i| i / 2));
        let null = fd_u_null(&reference, &authors, 150, &Groups::single(150), 30, 1);
        assert!((null.iter().sum::<f64>() / 30.0).abs() < 0.05);
    }

    #[test]
    fn a_set_without_variance_has_a_finite_distance() {
        let one = gaussian(1, 6, 1, 0.0, 1.0).select(&[0; 60]);
        assert!(run(&one, &gaussian(200, 6, 2, 0.0, 1.0)).value.is_finite());
    }

    #[test]
    fn axes_are_whitened_and_ordered() {
        let mut rng = Rng::new(1);
        let data = (0..2000).flat_map(|_| [rng.normal() as f32 * 5.0, rng.normal() as f32 + 3.0]).collect();
        let rows = Rows::new(data, 2);
        let pca = Pca::fit(&rows, 2, 0.05);
        assert!(pca.shares[0] > 0.9 && pca.loadings(0)[0].abs() > pca.loadings(0)[1].abs());
        let z = pca.project(&rows);
        for c in 0..2 {
            let v: f64 = z.iter().map(|r| f64::from(r[c]).powi(2)).sum::<f64>() / 2000.0;
            // the second axis holds less than the floor of 5 % of the mean variance? 1 of a mean of 13: above it
            assert!((v - 1.0).abs() < 0.05, "{v}");
        }
    }
}
