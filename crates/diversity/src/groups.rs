//! What belongs together: poems of one author, answers to one prompt. Whatever is left out, shuffled or split is always a
//! whole group, since texts of one group resemble each other.

use std::collections::BTreeMap;

use crate::Rng;

/// The group of every row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups {
    of: Vec<u32>,
    sizes: Vec<u32>,
}

impl Groups {
    /// Groups by key, numbered in the order of the keys (so they do not depend on the order of the rows).
    pub fn of_keys<K: Ord>(keys: impl IntoIterator<Item = K>) -> Self {
        let keys: Vec<K> = keys.into_iter().collect();
        let mut number: BTreeMap<&K, u32> = keys.iter().map(|k| (k, 0)).collect();
        for (i, n) in number.values_mut().enumerate() {
            *n = i as u32;
        }
        let of: Vec<u32> = keys.iter().map(|k| number[k]).collect();
        let mut sizes = vec![0; number.len()];
        for &g in &of {
            sizes[g as usize] += 1;
        }
        Self { of, sizes }
    }

    /// Every row a group of its own.
    #[must_use]
    pub fn single(rows: usize) -> Self {
        Self { of: (0..rows as u32).collect(), sizes: vec![1; rows] }
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.of.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Number of groups.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sizes.len()
    }

    #[must_use]
    pub fn of(&self, row: usize) -> usize {
        self.of[row] as usize
    }

    /// Rows in a group.
    #[must_use]
    pub fn size(&self, group: usize) -> usize {
        self.sizes[group] as usize
    }

    /// The rows of every group.
    #[must_use]
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.count()];
        for (row, &g) in self.of.iter().enumerate() {
            members[g as usize].push(row);
        }
        members
    }

    /// The groups of a selection of rows, numbered anew.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self::of_keys(rows.iter().map(|&r| self.of[r]))
    }

    /// Deals whole groups into at most `folds` folds of about equal size: the largest first, each to the smallest fold so
    /// far; equals in seeded order.
    #[must_use]
    pub fn folds(&self, folds: usize, seed: u64) -> Folds {
        let mut order: Vec<usize> = (0..self.count()).collect();
        Rng::new(seed).shuffle(&mut order);
        order.sort_by_key(|&g| std::cmp::Reverse(self.sizes[g]));
        let count = folds.min(self.count());
        let mut sizes = vec![0u32; count];
        let mut fold_of = vec![0u16; self.count()];
        for g in order {
            if let Some(smallest) = (0..count).min_by_key(|&f| sizes[f]) {
                fold_of[g] = smallest as u16;
                sizes[smallest] += self.sizes[g];
            }
        }
        Folds { of: self.of.iter().map(|&g| fold_of[g as usize]).collect(), sizes }
    }

    /// Draws whole groups in random order until `rows` rows are reached; true marks the rows drawn. A group that would
    /// overshoot by more than half of itself is passed over.
    #[must_use]
    pub fn draw(&self, rows: usize, rng: &mut Rng) -> Vec<bool> {
        let mut order: Vec<usize> = (0..self.count()).collect();
        rng.shuffle(&mut order);
        let mut drawn = vec![false; self.count()];
        let mut total = 0;
        for g in order {
            let size = self.sizes[g] as usize;
            if total + size / 2 < rows {
                drawn[g] = true;
                total += size;
            }
        }
        self.of.iter().map(|&g| drawn[g as usize]).collect()
    }

    /// Lets `rows` rows of half of the groups play a set whose groups are `like`: rows are drawn by chance, each with as many of its
    /// group as a group of `like` has, since a hundred poems by as many poets vary less from draw to draw than a hundred poems by ten. What
    /// is left of that half stands aside, for it resembles what plays.
    #[must_use]
    pub fn play(&self, rows: usize, like: &Groups, rng: &mut Rng) -> Vec<Part> {
        let half = self.draw(self.len() / 2, rng);
        let mut parts: Vec<Part> = half.iter().map(|&drawn| if drawn { Part::Aside } else { Part::Stays }).collect();
        let mut order: Vec<usize> = (0..self.len()).filter(|&row| half[row]).collect();
        rng.shuffle(&mut order);
        let mut together = vec![Vec::new(); self.count()];
        order.iter().for_each(|&row| together[self.of(row)].push(row));
        let mut sizes: Vec<usize> = like.sizes.iter().map(|s| *s as usize).filter(|s| *s > 0).collect();
        rng.shuffle(&mut sizes);
        let mut sizes = sizes.into_iter().cycle();
        let mut left = rows;
        for row in order {
            if parts[row] == Part::Plays {
                continue;
            }
            let size = sizes.next().unwrap_or(1).min(left);
            let group = &together[self.of(row)];
            // the row itself is the first of its group that does not play yet, since both stand in one order
            let play: Vec<usize> = group.iter().copied().filter(|&r| parts[r] != Part::Plays).take(size).collect();
            left -= play.len();
            play.into_iter().for_each(|r| parts[r] = Part::Plays);
        }
        parts
    }
}

/// What a row does where a part of a set plays another set ([`Groups::play`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Plays,
    /// In the half of the groups from which those that play were drawn.
    Aside,
    Stays,
}

/// A deal of rows into folds, for the jackknife.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folds {
    of: Vec<u16>,
    sizes: Vec<u32>,
}

impl Folds {
    /// From the fold of every row. Some of the `count` folds may be empty: a deal over several sets, seen from one of them.
    ///
    /// # Panics
    /// If a row's fold is not below `count`.
    #[must_use]
    pub fn of_rows(of: Vec<u16>, count: usize) -> Self {
        let mut sizes = vec![0; count];
        of.iter().for_each(|f| sizes[usize::from(*f)] += 1);
        Self { of, sizes }
    }

    /// Number of folds.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sizes.len()
    }

    #[must_use]
    pub fn of(&self, row: usize) -> usize {
        self.of[row] as usize
    }

    /// Rows in a fold.
    #[must_use]
    pub fn size(&self, fold: usize) -> usize {
        self.sizes[fold] as usize
    }

    /// Rows in all folds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.of.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_hold_whole_groups_and_balance() {
        let groups = Groups::of_keys((0..500).map(|i| (i * i) % 97));
        let folds = groups.folds(20, 1);
        assert_eq!(folds.count(), 20);
        let mut fold_of_group = vec![None; groups.count()];
        for row in 0..500 {
            let f = fold_of_group[groups.of(row)].get_or_insert(folds.of(row));
            assert_eq!(*f, folds.of(row));
        }
        let sizes: Vec<_> = (0..20).map(|f| folds.size(f)).collect();
        assert!(sizes.iter().all(|s| (20..=32).contains(s)), "{sizes:?}");
    }

    #[test]
    fn numbers_follow_keys_and_not_rows() {
        let a = Groups::of_keys(["b", "a", "b"]);
        assert_eq!((a.of(0), a.of(1), a.of(2)), (1, 0, 1));
        assert_eq!(a.members(), vec![vec![1], vec![0, 2]]);
    }

    #[test]
    fn a_draw_takes_whole_groups() {
        let groups = Groups::of_keys((0..300).map(|i| i / 3));
        let drawn = groups.draw(100, &mut Rng::new(5));
        let n = drawn.iter().filter(|d| **d).count();
        assert!((97..=103).contains(&n));
        assert!(drawn.chunks(3).all(|c| c.iter().all(|d| *d == c[0])));
    }

    #[test]
    fn a_part_plays_in_groups_of_the_sizes_that_the_samples_have() {
        let groups = Groups::of_keys((0..600).map(|i| i / 6));
        let largest = |parts: &[Part]| {
            let members = groups.members();
            let plays = |g: &Vec<usize>| g.iter().filter(|&&r| parts[r] == Part::Plays).count();
            members.iter().map(plays).max().unwrap_or(0)
        };
        let count = |parts: &[Part], part| parts.iter().filter(|p| **p == part).count();
        for (rows, like, most) in [
            (20, Groups::single(20), 2),
            (40, Groups::of_keys((0..40).map(|i| i / 20)), 6),
            (500, Groups::single(500), 6),
        ] {
            let parts = groups.play(rows, &like, &mut Rng::new(7));
            assert_eq!((count(&parts, Part::Plays), largest(&parts)), (rows.min(300), most));
            assert_eq!(count(&parts, Part::Stays), 300);
            for group in groups.members() {
                assert!(
                    group.iter().all(|&r| parts[r] == Part::Stays) || group.iter().all(|&r| parts[r] != Part::Stays)
                );
            }
        }
    }
}
