//! Reach ρ: does a draw of n samples come as near to a human text as a draw of n human texts does?
//!
//! For a target x, order the reference's texts by other authors by their distance to x. In a draw of n of those N_R, the
//! nearest is the j-th with probability w_j = C(N_R−j, n−1)/C(N_R, n). In a draw of n of the N_S samples, one is nearer
//! than that j-th with probability p_j = 1 − ½[C(N_S−k_j, n) + C(N_S−k'_j, n)]/C(N_S, n), where k_j and k'_j count the
//! samples nearer than it without and with ties. Then
//!
//! ρ_x = 2 Σ_j w_j p_j,  ρ = mean over x of ρ_x.
//!
//! Exchangeable sets give 1, a set that never comes near gives 0, a set that copies the reference gives up to 2. Nothing
//! is drawn: the sums are exact. Each ρ_x is kept, so that the reach into one kind of writing is the mean over its
//! targets.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::Replicates;
use crate::estimate::Estimate;
use crate::rows::Blocked;
use crate::{Folds, Groups, Part, Rng, Rows};

/// Sizes at which reach is stated, so that numbers of different sets can be held side by side.
pub const LADDER: [usize; 4] = [50, 100, 300, 1000];

/// The common n for two sets: the largest of the [`LADDER`] with n ≤ half of either; half of the smaller where even 50 is
/// too many. None below 10.
#[must_use]
pub fn common_n(samples: usize, reference: usize) -> Option<usize> {
    let most = samples.min(reference) / 2;
    match LADDER.iter().rev().find(|&&n| n <= most) {
        Some(&n) => Some(n),
        None => (most >= 10).then_some(most),
    }
}

/// r = ρ/(2−ρ): n samples reach as far as r·n texts of the reference.
#[must_use]
pub fn reaches_as(rho: f64) -> f64 {
    rho / (2.0 - rho).max(f64::MIN_POSITIVE)
}

/// For every text of the reference, its nearest neighbours by other authors, nearest first. Only as many as can matter:
/// w_j falls by about (1 − n/N) a step.
#[derive(Debug, Clone)]
pub struct Neighbours {
    lists: Vec<Vec<(f32, u32)>>,
    n: usize,
}

impl Neighbours {
    /// Prepared for reach at `n`.
    #[must_use]
    pub fn new(reference: &Rows, authors: &Groups, n: usize) -> Self {
        let depth = depth(reference.len(), n);
        let blocked = Blocked::new(reference);
        let lists = (0..reference.len())
            .into_par_iter()
            .map_init(Vec::new, |distances, x| {
                blocked.squared(reference.row(x), distances);
                let own = authors.of(x);
                // a distance is never negative, so its bits sort as it does: one integer holds distance and row
                let mut keys: Vec<u64> = distances
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| authors.of(*i) != own)
                    .map(|(i, &d)| u64::from(d.to_bits()) << 32 | i as u64)
                    .collect();
                if keys.len() > depth {
                    keys.select_nth_unstable(depth - 1);
                    keys.truncate(depth);
                }
                keys.sort_unstable();
                keys.into_iter().map(|k| (f32::from_bits((k >> 32) as u32), k as u32)).collect()
            })
            .collect();
        Self { lists, n }
    }

    /// The nearest text by another author: its row and squared distance. None where all are by one author.
    #[must_use]
    pub fn nearest(&self, x: usize) -> Option<(usize, f32)> {
        self.lists[x].first().map(|&(d, i)| (i as usize, d))
    }

    /// Squared distance to the nearest by another author outside of one fold.
    pub(crate) fn nearest_without(&self, x: usize, folds: &Folds, fold: usize) -> Option<f32> {
        self.lists[x].iter().find(|&&(_, i)| folds.of(i as usize) != fold).map(|&(d, _)| d)
    }
}

/// The rank beyond which all w_j together are under 1e-5 (what the last p_j stands for), with room for groups left out.
fn depth(reference: usize, n: usize) -> usize {
    let rate = -(1.0 - n as f64 / reference as f64).max(1e-9).ln();
    ((11.6 / rate * 1.2).ceil() as usize + 16).min(reference)
}

/// Σ_j w_j p_j for one target: `steps` gives (k_j, k'_j) in the order of j; `miss[k]` is C(N_S−k, n)/C(N_S, n).
fn sum_over_ranks(n_r: usize, n: usize, miss: &[f64], steps: impl Iterator<Item = (usize, usize)>) -> f64 {
    let mut w = n as f64 / n_r as f64;
    let (mut left, mut sum, mut p) = (1.0, 0.0, f64::NAN);
    for (i, (k, ties)) in steps.enumerate() {
        let missed = miss[k];
        p = 1.0 - 0.5 * (missed + miss[ties]);
        if missed < 1e-12 {
            break; // every later j is reached as well
        }
        sum += w * p;
        left -= w;
        let j = i + 1;
        if n_r < j + n || left <= 0.0 {
            left = 0.0;
            break;
        }
        w *= (n_r - j - n + 1) as f64 / (n_r - j) as f64;
    }
    sum + left.max(0.0) * p
}

/// C(N−k, n)/C(N, n) for k = 0…N: the chance that a draw of n of N misses k given ones.
fn miss_table(total: usize, n: usize) -> Vec<f64> {
    let mut table = Vec::with_capacity(total + 1);
    let mut p = 1.0;
    for k in 0..=total {
        table.push(p);
        p = if k + n >= total { 0.0 } else { p * (total - k - n) as f64 / (total - k) as f64 };
    }
    table
}

/// Reach with everything needed for intervals: ρ_x of every target on all data and with each fold left out.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The common n.
    pub n: usize,
    /// ρ_x on all data, one a text of the reference.
    pub per_target: Vec<f64>,
    without_samples: Vec<Vec<f64>>,
    without_reference: Vec<Vec<f64>>,
}

impl Reach {
    /// ρ with its jackknife interval over the folds of samples and of the reference.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let all: Vec<usize> = (0..self.per_target.len()).collect();
        self.over(&all)
    }

    /// The mean of ρ_x over some targets, with its interval.
    #[must_use]
    pub fn over(&self, targets: &[usize]) -> Estimate {
        self.replicates_over(targets).estimate().within(0.0, 2.0)
    }

    /// ρ with each fold left out.
    #[must_use]
    pub fn replicates(&self) -> Replicates {
        self.replicates_over(&(0..self.per_target.len()).collect::<Vec<_>>())
    }

    fn replicates_over(&self, targets: &[usize]) -> Replicates {
        let leave = |sets: &[Vec<f64>]| sets.iter().map(|v| mean_of(v, targets)).collect::<Vec<_>>();
        Replicates {
            value: mean_of(&self.per_target, targets),
            samples: leave(&self.without_samples),
            reference: leave(&self.without_reference),
            draws: Vec::new(),
        }
    }
}

fn mean_of(values: &[f64], at: &[usize]) -> f64 {
    let (sum, n) =
        at.iter().map(|&i| values[i]).filter(|v| v.is_finite()).fold((0.0, 0usize), |(s, n), v| (s + v, n + 1));
    sum / n as f64
}

/// The two sets of a comparison, as every measure here takes them.
#[derive(Debug, Clone, Copy)]
pub struct Sets<'a> {
    pub samples: &'a Rows,
    /// Jackknife folds of the samples, whole prompts each.
    pub sample_folds: &'a Folds,
    pub reference: &'a Rows,
    pub authors: &'a Groups,
    /// Jackknife folds of the reference, whole authors each.
    pub reference_folds: &'a Folds,
    /// Where both sets answer the same prompts: a target is then held against answers to other prompts only, in samples
    /// and reference alike, since an answer to the same prompt lies near for no merit of the set.
    pub matched: Option<&'a Matched>,
}

/// The prompts that two sets share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matched {
    /// For every sample the group (in `authors`) of reference texts that answer its prompt; `u32::MAX` where none do.
    pub group_of_sample: Vec<u32>,
}

impl Matched {
    pub(crate) fn bars(matched: Option<&Self>, sample: usize, group: usize) -> bool {
        matched.is_some_and(|m| m.group_of_sample[sample] as usize == group)
    }
}

impl Sets<'_> {
    /// The largest n that stays possible whichever fold and author is left out; at most half of either set.
    #[must_use]
    pub fn common_n(&self) -> Option<usize> {
        common_n(self.samples.len(), self.reference.len()).filter(|&n| {
            let largest = |f: &Folds| (0..f.count()).map(|i| f.size(i)).max().unwrap_or(0);
            let author = (0..self.authors.count()).map(|g| self.authors.size(g)).max().unwrap_or(0);
            let barred = self.matched.map_or(0, |m| {
                let groups = Groups::of_keys(m.group_of_sample.iter().filter(|g| **g != u32::MAX));
                (0..groups.count()).map(|g| groups.size(g)).max().unwrap_or(0)
            });
            n + largest(self.sample_folds) + barred <= self.samples.len()
                && n + largest(self.reference_folds) + author <= self.reference.len()
        })
    }
}

/// Reach of the samples into the reference at the n for which `neighbours` was prepared.
///
/// # Panics
/// If n is larger than what is left of either set when a fold is left out (see [`Sets::common_n`]).
#[must_use]
pub fn reach(sets: &Sets, neighbours: &Neighbours) -> Reach {
    let n = neighbours.n;
    let (total_s, total_r) = (sets.samples.len(), sets.reference.len());
    let (fs, fr) = (sets.sample_folds, sets.reference_folds);
    let barred = barred_by_group(sets);
    let tables = miss_tables(total_s, fs, &barred, n);
    let whole = |group: usize| &tables[&(total_s - barred[group].iter().sum::<usize>())];
    let without = |f: usize, group: usize| {
        let others: usize = barred[group].iter().enumerate().filter(|(g, _)| *g != f).map(|(_, b)| b).sum();
        &tables[&(total_s - fs.size(f) - others)]
    };
    let blocked = Blocked::new(sets.samples);
    assert!(blocked.len() >= n, "n = {n} of {} samples", blocked.len());

    let evaluations: Vec<Vec<f64>> = (0..total_r)
        .into_par_iter()
        .map_init(Counts::default, |counts, x| {
            let list = &neighbours.lists[x];
            let mut out = Vec::with_capacity(1 + fs.count() + fr.count());
            blocked.squared(sets.reference.row(x), &mut counts.distances);
            let group = sets.authors.of(x);
            let n_r = total_r - sets.authors.size(group);
            if !counts.fill(list, fs, |s| Matched::bars(sets.matched, s, group)) {
                out.resize(1 + fs.count() + fr.count(), 0.0);
                for f in (0..fr.count()).filter(|&f| fr.of(x) == f) {
                    out[1 + fs.count() + f] = f64::NAN;
                }
                return out;
            }
            let steps = |j: usize| (counts.nearer[j] as usize, counts.tied[j] as usize);
            let miss = whole(group);
            out.push(2.0 * sum_over_ranks(n_r, n, miss, (0..list.len()).map(steps)));
            for f in 0..fs.count() {
                let (a, b) = counts.fold(f, list.len());
                let less = |j: usize| ((counts.nearer[j] - a[j]) as usize, (counts.tied[j] - b[j]) as usize);
                out.push(2.0 * sum_over_ranks(n_r, n, without(f, group), (0..list.len()).map(less)));
            }
            for f in 0..fr.count() {
                let kept = list.iter().enumerate().filter(|(_, (_, i))| fr.of(*i as usize) != f).map(|(j, _)| steps(j));
                let own = fr.of(x) == f;
                out.push(if own { f64::NAN } else { 2.0 * sum_over_ranks(n_r - fr.size(f), n, miss, kept) });
            }
            out
        })
        .collect();

    let column = |e: usize| evaluations.iter().map(|v| v[e]).collect::<Vec<f64>>();
    Reach {
        n,
        per_target: column(0),
        without_samples: (0..fs.count()).map(|f| column(1 + f)).collect(),
        without_reference: (0..fr.count()).map(|f| column(1 + fs.count() + f)).collect(),
    }
}

/// For every group of the reference, how many samples of each fold answer its prompt. One empty row where prompts are not
/// matched.
fn barred_by_group(sets: &Sets) -> Vec<Vec<usize>> {
    let mut barred = vec![vec![0; sets.sample_folds.count()]; sets.authors.count()];
    for (s, &g) in sets.matched.iter().flat_map(|m| m.group_of_sample.iter().enumerate()) {
        if let Some(row) = barred.get_mut(g as usize) {
            row[sets.sample_folds.of(s)] += 1;
        }
    }
    barred
}

/// A [`miss_table`] for every number of samples that occurs.
fn miss_tables(total: usize, folds: &Folds, barred: &[Vec<usize>], n: usize) -> BTreeMap<usize, Vec<f64>> {
    let mut sizes = std::collections::BTreeSet::new();
    for row in barred {
        let all: usize = row.iter().sum();
        sizes.insert(total - all);
        sizes.extend((0..folds.count()).map(|f| total - folds.size(f) - (all - row[f])));
    }
    sizes.into_iter().map(|size| (size, miss_table(size, n))).collect()
}

/// For one target: how many samples lie nearer than each neighbour, in all and by fold.
#[derive(Default)]
struct Counts {
    distances: Vec<f32>,
    nearer: Vec<u32>,
    tied: Vec<u32>,
    fold_nearer: Vec<u32>,
    fold_tied: Vec<u32>,
}

impl Counts {
    /// Counts against the sorted list; false where no sample is as near as the farthest of it.
    fn fill(&mut self, list: &[(f32, u32)], folds: &Folds, barred: impl Fn(usize) -> bool) -> bool {
        let len = list.len();
        let Some(&(farthest, _)) = list.last() else { return false };
        let Self { distances, nearer, tied, fold_nearer, fold_tied } = self;
        let mut any = false;
        for (s, &d) in distances.iter().enumerate() {
            if d > farthest || barred(s) {
                continue;
            }
            if !any {
                any = true;
                for v in [&mut *nearer, tied] {
                    v.clear();
                    v.resize(len, 0);
                }
                for v in [&mut *fold_nearer, fold_tied] {
                    v.clear();
                    v.resize(len * folds.count(), 0);
                }
            }
            let first_at = list.partition_point(|&(r, _)| r < d);
            let first_past = first_at + list[first_at..].partition_point(|&(r, _)| r <= d);
            let fold = folds.of(s) * len;
            tied[first_at] += 1;
            fold_tied[fold + first_at] += 1;
            if first_past < len {
                nearer[first_past] += 1;
                fold_nearer[fold + first_past] += 1;
            }
        }
        if any {
            accumulate(nearer);
            accumulate(tied);
            fold_nearer.chunks_exact_mut(len).for_each(accumulate);
            fold_tied.chunks_exact_mut(len).for_each(accumulate);
        }
        any
    }

    fn fold(&self, f: usize, len: usize) -> (&[u32], &[u32]) {
        (&self.fold_nearer[f * len..(f + 1) * len], &self.fold_tied[f * len..(f + 1) * len])
    }
}

fn accumulate(counts: &mut [u32]) {
    let mut sum = 0;
    for c in counts {
        sum += *c;
        *c = sum;
    }
}

/// Reach of people into people: the reference split by author into a part that plays the samples and the rest.
#[derive(Debug, Clone)]
pub struct ReachNull {
    /// n of the null (smaller than asked where the reference is too small for it).
    pub n: usize,
    /// Texts that play the samples, and that stay, in each split (about).
    pub sizes: (usize, usize),
    /// One row a split: ρ_x of every target, NaN for those that played the samples.
    splits: Vec<Vec<f64>>,
}

impl ReachNull {
    /// ρ of every split.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        let all: Vec<usize> = (0..self.splits.first().map_or(0, Vec::len)).collect();
        self.over(&all)
    }

    /// The mean of ρ_x over some targets, in every split.
    #[must_use]
    pub fn over(&self, targets: &[usize]) -> Vec<f64> {
        self.splits.iter().map(|v| mean_of(v, targets)).collect()
    }
}

/// Lets `size` texts of the reference (at most half) play samples whose groups are `like`, `splits` times ([`Groups::play`]),
/// against the texts of the other half of the authors. Uses the neighbour lists alone, no distance is computed.
#[must_use]
pub fn reach_null(
    neighbours: &Neighbours,
    authors: &Groups,
    size: usize,
    like: &Groups,
    splits: usize,
    seed: u64,
) -> ReachNull {
    let total = neighbours.lists.len();
    let size = size.min(total / 2);
    let n = neighbours.n.min(size / 2).max(1);
    let largest = (0..authors.count()).map(|g| authors.size(g)).max().unwrap_or(0);
    let splits: Vec<(usize, Vec<f64>)> = (0..splits)
        .into_par_iter()
        .map(|i| {
            let parts = authors.play(size, like, &mut Rng::stream(seed, i as u64));
            let count = |part: Part| parts.iter().filter(|p| **p == part).count();
            let (n_s, stays) = (count(Part::Plays), count(Part::Stays));
            if n_s < n || stays < n + largest {
                return (stays, vec![f64::NAN; total]);
            }
            let miss = miss_table(n_s, n);
            let of = |x: usize| {
                if parts[x] != Part::Stays {
                    return f64::NAN;
                }
                let n_r = stays - authors.size(authors.of(x));
                2.0 * sum_over_ranks(n_r, n, &miss, steps_of_split(&neighbours.lists[x], &parts))
            };
            (stays, (0..total).map(of).collect())
        })
        .collect();
    let stay = splits.iter().map(|(stays, _)| stays).sum::<usize>().checked_div(splits.len()).unwrap_or(0);
    ReachNull { n, sizes: (size, stay), splits: splits.into_iter().map(|(_, values)| values).collect() }
}

/// (k, k') at each neighbour that stayed in the reference.
fn steps_of_split<'a>(list: &'a [(f32, u32)], parts: &'a [Part]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let (mut nearer, mut tied, mut run_end) = (0, 0, 0);
    list.iter().enumerate().filter_map(move |(i, &(d, r))| {
        if i == run_end {
            // a new distance: all of the run before is nearer now
            nearer = tied;
            run_end = i + list[i..].iter().take_while(|&&(e, _)| e == d).count();
            tied += list[i..run_end].iter().filter(|&&(_, s)| parts[s as usize] == Part::Plays).count();
        }
        (parts[r as usize] == Part::Stays).then_some((nearer, tied))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::squared;
    use proptest::prelude::{ProptestConfig, prop_assert, proptest};

    fn gaussian(n: usize, dim: usize, seed: u64, scale: f64) -> Rows {
        let mut rng = Rng::new(seed);
        Rows::new((0..n * dim).map(|_| (rng.normal() * scale) as f32).collect(), dim)
    }

    fn run(samples: &Rows, reference: &Rows, authors: &Groups, n: usize) -> Reach {
        let sample_folds = Groups::single(samples.len()).folds(10, 1);
        let reference_folds = authors.folds(10, 2);
        let sets = Sets {
            samples,
            sample_folds: &sample_folds,
            reference,
            authors,
            reference_folds: &reference_folds,
            matched: None,
        };
        reach(&sets, &Neighbours::new(reference, authors, n))
    }

    fn ln_choose(n: usize, k: usize) -> f64 {
        use statrs::function::factorial::ln_factorial;
        if k > n {
            return f64::NEG_INFINITY;
        }
        ln_factorial(n as u64) - ln_factorial(k as u64) - ln_factorial((n - k) as u64)
    }

    /// The definition, word for word, with log factorials.
    fn slow(samples: &[usize], all_samples: &Rows, reference: &[usize], all: &Rows, authors: &Groups, n: usize) -> f64 {
        let sum: f64 =
            reference.iter().map(|&x| slow_target(x, samples, all_samples, reference, all, authors, n)).sum();
        sum / reference.len() as f64
    }

    fn slow_target(
        x: usize,
        samples: &[usize],
        all_samples: &Rows,
        reference: &[usize],
        all: &Rows,
        authors: &Groups,
        n: usize,
    ) -> f64 {
        let mut total = 0.0;
        let mut others: Vec<f32> = reference
            .iter()
            .filter(|&&r| authors.of(r) != authors.of(x))
            .map(|&r| squared(all.row(x), all.row(r)))
            .collect();
        others.sort_by(f32::total_cmp);
        let (n_r, n_s) = (others.len(), samples.len());
        for (i, &d) in others.iter().enumerate() {
            let j = i + 1;
            if n_r - j < n - 1 {
                break;
            }
            let w = (ln_choose(n_r - j, n - 1) - ln_choose(n_r, n)).exp();
            let nearer = samples.iter().filter(|&&s| squared(all.row(x), all_samples.row(s)) < d).count();
            let tied = samples.iter().filter(|&&s| squared(all.row(x), all_samples.row(s)) <= d).count();
            let miss = |k: usize| (ln_choose(n_s - k, n) - ln_choose(n_s, n)).exp();
            total += 2.0 * w * (1.0 - 0.5 * (miss(nearer) + miss(tied)));
        }
        total
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// On coarse grids (many ties), with the jackknife's left-out sets too.
        #[test]
        fn equals_the_definition(seed in 0u64..10_000, n in 2usize..8, n_s in 20usize..40, n_r in 24usize..50) {
            let mut rng = Rng::new(seed);
            let grid = |rng: &mut Rng, n: usize| {
                Rows::new((0..n * 2).map(|_| rng.below(4) as f32).collect(), 2)
            };
            let samples = grid(&mut rng, n_s);
            let reference = grid(&mut rng, n_r);
            let authors = Groups::of_keys((0..n_r).map(|_| rng.below(15)));
            let folds_s = Groups::single(n_s).folds(5, 1);
            let folds_r = authors.folds(5, 2);
            let sets = Sets {
                samples: &samples, sample_folds: &folds_s, reference: &reference, authors: &authors,
                reference_folds: &folds_r, matched: None,
            };
            let fast = reach(&sets, &Neighbours::new(&reference, &authors, n));
            let s: Vec<usize> = (0..n_s).collect();
            let r: Vec<usize> = (0..n_r).collect();
            let value = fast.estimate().value;
            prop_assert!((value - slow(&s, &samples, &r, &reference, &authors, n)).abs() < 1e-6);
            for f in 0..5 {
                let s_less: Vec<usize> = s.iter().copied().filter(|&i| folds_s.of(i) != f).collect();
                let r_less: Vec<usize> = r.iter().copied().filter(|&i| folds_r.of(i) != f).collect();
                let a = mean_of(&fast.without_samples[f], &r);
                prop_assert!((a - slow(&s_less, &samples, &r, &reference, &authors, n)).abs() < 1e-6);
                let b = mean_of(&fast.without_reference[f], &r);
                prop_assert!((b - slow(&s, &samples, &r_less, &reference, &authors, n)).abs() < 1e-6);
            }
        }

        #[test]
        fn order_of_the_samples_does_not_matter(seed in 0u64..1000) {
            let reference = gaussian(60, 3, seed, 1.0);
            let samples = gaussian(40, 3, seed + 1, 0.8);
            let mut order: Vec<usize> = (0..40).collect();
            Rng::new(seed).shuffle(&mut order);
            let authors = Groups::of_keys((0..60).map(|i| i / 2));
            let a = run(&samples, &reference, &authors, 10).estimate().value;
            let b = run(&samples.select(&order), &reference, &authors, 10).estimate().value;
            prop_assert!((a - b).abs() < 1e-12);
        }

        /// With shared prompts a target sees neither samples nor texts that answer its own.
        #[test]
        fn matched_prompts_are_left_out_on_both_sides(seed in 0u64..500) {
            let mut rng = Rng::new(seed);
            let mut grid = |n: usize| Rows::new((0..n * 2).map(|_| rng.below(5) as f32).collect(), 2);
            let (samples, reference) = (grid(40), grid(50));
            let prompts = Groups::of_keys((0..50).map(|i| i % 10));
            let matched = Matched { group_of_sample: (0..40).map(|i| if i < 4 { u32::MAX } else { i % 10 }).collect() };
            let (fs, fr) = (Groups::single(40).folds(5, 1), prompts.folds(5, 2));
            let sets = Sets {
                samples: &samples, sample_folds: &fs, reference: &reference, authors: &prompts, reference_folds: &fr,
                matched: Some(&matched),
            };
            let fast = reach(&sets, &Neighbours::new(&reference, &prompts, 6));
            let r: Vec<usize> = (0..50).collect();
            for x in [0, 7, 23] {
                let s: Vec<usize> = (0..40).filter(|&s| s < 4 || s % 10 != x % 10).collect();
                let only: Vec<usize> = std::iter::once(x).chain(r.iter().copied().filter(|i| i % 10 != x % 10)).collect();
                let rho = slow_target(x, &s, &samples, &only, &reference, &prompts, 6);
                prop_assert!((fast.per_target[x] - rho).abs() < 1e-6);
                let f = 2;
                let less: Vec<usize> = s.iter().copied().filter(|&i| fs.of(i) != f).collect();
                let rho = slow_target(x, &less, &samples, &only, &reference, &prompts, 6);
                prop_assert!((fast.without_samples[f][x] - rho).abs() < 1e-6);
            }
        }

        /// The null of a split is the reach of that part into the rest.
        #[test]
        fn null_is_reach_of_the_part(seed in 0u64..500) {
            let mut rng = Rng::new(seed);
            let rows = Rows::new((0..80 * 2).map(|_| rng.below(5) as f32).collect(), 2);
            let authors = Groups::of_keys((0..80).map(|i| i / 3));
            let neighbours = Neighbours::new(&rows, &authors, 8);
            let like = Groups::of_keys((0..30).map(|i| i / (1 + seed as usize % 3)));
            let null = reach_null(&neighbours, &authors, 30, &like, 1, seed);
            let parts = authors.play(30, &like, &mut Rng::stream(seed, 0));
            let s: Vec<usize> = (0..80).filter(|&i| parts[i] == Part::Plays).collect();
            let r: Vec<usize> = (0..80).filter(|&i| parts[i] == Part::Stays).collect();
            prop_assert!((null.values()[0] - slow(&s, &rows, &r, &rows, &authors, 8)).abs() < 1e-6);
        }
    }

    #[test]
    fn exchangeable_sets_give_1_and_the_interval_covers_it() {
        let trials = 60;
        let mut covered = 0;
        let mut sum = 0.0;
        for t in 0..trials {
            let reference = gaussian(300, 5, 1000 + t, 1.0);
            let samples = gaussian(120, 5, 5000 + t, 1.0);
            let authors = Groups::of_keys((0..300).map(|i| i / 2));
            let e = run(&samples, &reference, &authors, 50).estimate();
            covered += usize::from(e.low <= 1.0 && 1.0 <= e.high);
            sum += e.value;
        }
        assert!((sum / trials as f64 - 1.0).abs() < 0.03, "mean {}", sum / trials as f64);
        assert!(covered >= 54, "{covered} of {trials} intervals hold 1");
    }

    #[test]
    fn a_centroid_and_duplicates_do_not_reach() {
        let reference = gaussian(400, 8, 1, 1.0);
        let authors = Groups::single(400);
        let centroid = Rows::new(vec![0.0; 200 * 8], 8);
        assert!(run(&centroid, &reference, &authors, 100).estimate().value < 0.25);
        let ten = gaussian(10, 8, 2, 1.0);
        let copies = ten.select(&(0..200).map(|i| i % 10).collect::<Vec<_>>());
        let rho = run(&copies, &reference, &authors, 100).estimate().value;
        assert!((0.05..0.35).contains(&rho), "{rho}");
    }

    #[test]
    fn copying_the_reference_gives_more_than_1() {
        let reference = gaussian(200, 8, 1, 1.0);
        assert!(run(&reference, &reference, &Groups::single(200), 100).estimate().value > 1.4);
    }

    #[test]
    fn r_reads_as_a_number_of_texts() {
        assert!((reaches_as(1.0) - 1.0).abs() < 1e-15 && (reaches_as(0.8) - 0.8 / 1.2).abs() < 1e-15);
    }

    #[test]
    fn ladder() {
        assert_eq!(common_n(10_000, 1243), Some(300));
        assert_eq!(common_n(256, 1243), Some(100));
        assert_eq!(common_n(64, 1243), Some(32));
        assert_eq!(common_n(12, 1243), None);
    }
}
