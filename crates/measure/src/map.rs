//! The picture: both sets on two axes of the form features.

use diversity::{Pca, Rows};

use crate::axis::words;
use crate::comparison::{Map, Point, Region};
use crate::genre::Genre;
use crate::kinds::{Kinds, work};
use crate::side::Side;

/// Features named at either end of an axis.
const NAMED: usize = 2;
/// Share of either set from which a kind is written into the map.
const LARGE: f64 = 0.03;

/// `shown[i]` is the place of sample i among the texts of the page, None where it is not shown.
pub(crate) fn map(
    samples: (&Side, &Rows),
    reference: (&Side, &Rows),
    kinds: &Kinds,
    shown: &[Option<usize>],
    genre: Genre,
) -> Map {
    let pca = Pca::fit(reference.1, 2, 0.0);
    let (s, r) = (pca.project(samples.1), pca.project(reference.1));
    let at = |rows: &Rows, i: usize| (rows.row(i)[0], rows.row(i).get(1).copied().unwrap_or(0.0));
    let point = |rows: &Rows, i: usize, kind: usize| {
        let (x, y) = at(rows, i);
        Point { x, y, mode: kinds.names[kind].clone(), ..Point::default() }
    };
    Map {
        axes: format!(
            "principal components 1 and 2 of the reference's form features ({:.0} % and {:.0} % of their variance)",
            100.0 * pca.shares[0],
            100.0 * pca.shares.get(1).copied().unwrap_or(0.0)
        ),
        x_label: axis_label(&pca, 0, genre),
        y_label: axis_label(&pca, 1, genre),
        samples: (0..s.len())
            .filter(|&i| shown[i].is_some())
            .map(|i| Point { text: shown[i], ..point(&s, i, kinds.of_sample[i]) })
            .collect(),
        reference: (0..r.len())
            .map(|i| Point { work: Some(work(reference.0.readings[i])), ..point(&r, i, kinds.of_reference[i]) })
            .map(without_text)
            .collect(),
        regions: regions(kinds, &|i| at(&s, i), &|i| at(&r, i)),
    }
}

/// A picture needs names, not texts.
fn without_text(mut point: Point) -> Point {
    if let Some(work) = &mut point.work {
        work.text = None;
    }
    point
}

/// The two features that weigh most, of different blocks, in a reader's words.
fn axis_label(pca: &Pca, axis: usize, genre: Genre) -> String {
    let features = genre.features();
    let loadings = pca.loadings(axis);
    let mut order: Vec<usize> = (0..loadings.len().min(features.len())).collect();
    order.sort_by(|&a, &b| loadings[b].abs().total_cmp(&loadings[a].abs()));
    let mut blocks = Vec::new();
    let heavy = order.into_iter().filter(|&i| {
        !blocks.contains(&features[i].1) && {
            blocks.push(features[i].1);
            true
        }
    });
    let word = |i: usize| {
        let (more, less) = words(features[i].0)?;
        Some(if loadings[i] > 0.0 { more } else { less })
    };
    heavy.take(NAMED).filter_map(word).collect::<Vec<_>>().join(", ")
}

fn regions(kinds: &Kinds, s: &dyn Fn(usize) -> (f32, f32), r: &dyn Fn(usize) -> (f32, f32)) -> Vec<Region> {
    let (n_s, n_r) = (kinds.of_sample.len(), kinds.of_reference.len());
    let mut regions: Vec<Region> = (0..kinds.names.len())
        .filter_map(|kind| {
            let points = |of: &[usize], at: &dyn Fn(usize) -> (f32, f32)| {
                (0..of.len()).filter(|&i| of[i] == kind).map(at).collect::<Vec<_>>()
            };
            let (mut in_s, mut in_r) = (points(&kinds.of_sample, s), points(&kinds.of_reference, r));
            let (samples, reference) = (in_s.len(), in_r.len());
            if (samples as f64) < LARGE * n_s as f64 && (reference as f64) < LARGE * n_r as f64 {
                return None;
            }
            // named where people's texts of the kind lie, or the samples where people have none
            let points = if in_r.is_empty() { &mut in_s } else { &mut in_r };
            let middle = |f: fn(&(f32, f32)) -> f32| {
                let mut v: Vec<f32> = points.iter().map(f).collect();
                v.sort_by(f32::total_cmp);
                v[v.len() / 2]
            };
            let label = kinds.names[kind].clone();
            Some(Region { label, x: middle(|p| p.0), y: middle(|p| p.1), n_samples: samples, n_reference: reference })
        })
        .collect();
    regions.sort_by_key(|r| std::cmp::Reverse(r.n_samples + r.n_reference));
    regions
}
