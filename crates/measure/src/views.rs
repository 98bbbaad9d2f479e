//! The numbers of one view: both sets as rows of one space.

use diversity::{
    Assignments, Citable, Distance, Estimate, Groups, Matched, Neighbours, NullRange, Pca, Reach, ReachNull, Rows,
    Sets, between_groups, fd_u, fd_u_null, mean_within, mmd2, outside, paired_ratio, reach, reach_null, reaches_as,
    within_groups,
};

use crate::comparison::{Number, View, WithinPrompt};
use crate::genre::Genre;
use crate::number::number;
use crate::side::{Side, match_lengths};

/// Splits of the reference for a null.
const SPLITS: usize = 100;
const PERMUTATIONS: usize = 999;
/// Axes of the citable distance, and the floor of their variance.
const AXES: usize = 16;
const FLOOR: f64 = 0.05;
/// Overlap of lengths under which nothing is said of matched ones.
const LEAST: usize = 40;

/// Both sets in one space.
pub(crate) struct Space<'a> {
    pub samples: &'a Rows,
    pub reference: &'a Rows,
    pub sample_side: &'a Side<'a>,
    pub reference_side: &'a Side<'a>,
    pub matched: Option<&'a Matched>,
    pub seed: u64,
}

/// A view with what the kinds are found from.
pub(crate) struct Measured {
    pub view: View,
    pub reach: Reach,
    pub null: ReachNull,
    pub n: usize,
}

impl Space<'_> {
    fn sets(&self) -> Sets<'_> {
        Sets {
            samples: self.samples,
            sample_folds: &self.sample_side.folds,
            reference: self.reference,
            authors: &self.reference_side.groups,
            reference_folds: &self.reference_side.folds,
            matched: self.matched,
        }
    }

    /// Reach, modes and outside share. None where there are too few texts.
    pub(crate) fn measure(&self) -> Option<Measured> {
        let sets = self.sets();
        let n = sets.common_n()?;
        let authors = sets.authors;
        let neighbours = Neighbours::new(self.reference, authors, n);
        let found = reach(&sets, &neighbours);
        let null =
            reach_null(&neighbours, authors, self.samples.len(), &self.sample_side.groups, SPLITS, self.seed ^ 0x11);
        let range = NullRange::of(&null.values());
        let rho = found.estimate();
        let assignments = Assignments::new(&sets, n, self.seed ^ 0x22);
        let modes = assignments.modes(&sets);
        let e_null = NullRange::of(&assignments.null(
            authors,
            self.samples.len(),
            &self.sample_side.groups,
            SPLITS,
            self.seed ^ 0x33,
        ));
        let r_range = NullRange::of(&null.values().iter().map(|v| reaches_as(*v)).collect::<Vec<_>>());
        let twentieth = NullRange { value: 0.05, low: 0.05, high: 0.05, sd: 0.0 };
        let view = View {
            e: number(modes.e, n, e_null),
            h_samples: number(modes.samples, n, None),
            h_reference: number(modes.reference, n, None),
            reach: number(rho, n, range),
            reaches_as: number(rho.map(reaches_as), n, r_range),
            outside: number(outside(&sets, &neighbours), self.samples.len(), Some(twentieth)),
            ..View::default()
        };
        Some(Measured { view, reach: found, null, n })
    }

    /// Reach on some columns alone.
    pub(crate) fn reach_on(&self, columns: &[usize]) -> Option<Number> {
        let (samples, reference) = (self.samples.columns(columns), self.reference.columns(columns));
        Space { samples: &samples, reference: &reference, ..*self }.reach_alone()
    }

    fn reach_alone(&self) -> Option<Number> {
        let sets = self.sets();
        let n = sets.common_n()?;
        let neighbours = Neighbours::new(self.reference, sets.authors, n);
        let null = reach_null(
            &neighbours,
            sets.authors,
            self.samples.len(),
            &self.sample_side.groups,
            SPLITS / 4,
            self.seed ^ 0x11,
        );
        Some(number(reach(&sets, &neighbours).estimate(), n, NullRange::of(&null.values())))
    }

    /// Reach between the parts of both sets that have the same spread of lengths.
    pub(crate) fn reach_at_matched_lengths(&self, genre: Genre) -> Option<Number> {
        let (s, r) = match_lengths(self.sample_side, self.reference_side, genre, self.seed ^ 0x44);
        if s.len() < LEAST || r.len() < LEAST {
            return None;
        }
        let (samples, reference) = (self.samples.select(&s), self.reference.select(&r));
        let (sample_side, reference_side) =
            (self.sample_side.select(&s, self.seed), self.reference_side.select(&r, self.seed));
        let matched = self.matched.and_then(|_| sample_side.matched(&reference_side));
        Space {
            samples: &samples,
            reference: &reference,
            sample_side: &sample_side,
            reference_side: &reference_side,
            matched: matched.as_ref(),
            seed: self.seed,
        }
        .reach_alone()
    }

    /// The citable distance on frozen axes, in units of `unit` where that is known.
    pub(crate) fn cfd(&self, unit: Option<f64>) -> Number {
        let pca = Pca::fit(self.reference, AXES, FLOOR);
        let (s, r) = (pca.project(self.samples), pca.project(self.reference));
        let prompts = self.sample_side.prompts();
        let scale = |x: f64| x / unit.unwrap_or(1.0);
        let distance = fd_u(
            &Citable {
                samples: &s,
                prompts: &prompts,
                sample_folds: &self.sample_side.folds,
                reference: &r,
                authors: &self.reference_side.groups,
                reference_folds: &self.reference_side.folds,
            },
            self.seed ^ 0x55,
        );
        let null = fd_u_null(
            &r,
            &self.reference_side.groups,
            self.samples.len(),
            &self.sample_side.groups,
            SPLITS / 2,
            self.seed ^ 0x66,
        );
        let null: Vec<f64> = null.into_iter().map(scale).collect();
        number(distance.map(scale), self.samples.len(), NullRange::of(&null))
    }

    /// MMD² with its test over groups.
    pub(crate) fn mmd2(&self) -> Number {
        let side = |s: &Side| s.groups.clone();
        let m = mmd2(
            self.samples,
            &side(self.sample_side),
            self.reference,
            &side(self.reference_side),
            PERMUTATIONS,
            self.seed ^ 0x77,
        );
        Number { p: Some(m.p), ..number(Estimate::bare(m.value), m.n, None) }
    }

    /// D where prompts repeat: over all prompts, and paired where the reference answers the same ones.
    pub(crate) fn within_prompt(&self, distance: Distance) -> Option<WithinPrompt> {
        let prompts = self.sample_side.prompts();
        if self.sample_side.readings.iter().all(|r| r.prompt.is_none()) {
            return None;
        }
        let by_prompt = within_groups(self.samples, &prompts, distance, self.seed ^ 0x88);
        let several = by_prompt.iter().flatten().count();
        if several == 0 {
            return None;
        }
        let d = mean_within(&by_prompt);
        let mut out = WithinPrompt { prompts: several, ..WithinPrompt::default() };
        if self.matched.is_some() {
            let theirs = within_groups(self.reference, &self.reference_side.groups, distance, self.seed ^ 0x88);
            let pairs = self.paired(&prompts, &by_prompt, &theirs);
            if !pairs.is_empty() {
                let reference: Vec<Option<f64>> = pairs.iter().map(|p| Some(p.1)).collect();
                out.d_reference = Some(number(mean_within(&reference), pairs.len(), None));
                // no ratio where all answers of the reference to one prompt are equal
                let ratio = paired_ratio(&pairs);
                out.ratio = ratio.value.is_finite().then(|| number(ratio, pairs.len(), None));
            }
        }
        let apart = between_groups(self.reference, &self.reference_side.groups, distance, 20_000, self.seed ^ 0x99);
        let null = apart.is_finite().then_some(NullRange { value: apart, low: apart, high: apart, sd: 0.0 });
        out.d = number(d, several, null);
        Some(out)
    }

    /// D of both sets for every prompt that both answered at least twice.
    fn paired(&self, prompts: &Groups, ours: &[Option<f64>], theirs: &[Option<f64>]) -> Vec<(f64, f64)> {
        let Some(matched) = self.matched else { return Vec::new() };
        let mut of_prompt = vec![u32::MAX; ours.len()];
        matched.group_of_sample.iter().enumerate().for_each(|(i, g)| of_prompt[prompts.of(i)] = *g);
        ours.iter().zip(of_prompt).filter_map(|(a, g)| Some(((*a)?, (*theirs.get(g as usize)?)?))).collect()
    }
}
