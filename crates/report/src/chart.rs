//! Geometry of the page's pictures: numbers to SVG path data. Colours, sizes and words are the style sheet's and the template's.

use std::fmt::Write;

use measure::{Number, Point};
use serde::Serialize;

/// Width and height of the map in its own units.
pub const MAP: (f32, f32) = (760.0, 500.0);
/// Room between the outermost points and the frame.
const EDGE: f32 = 26.0;
/// Room at either end of a row's axis, in hundredths of its width, so that a mark at 0 is whole.
const AXIS_EDGE: f64 = 2.0;

/// From the map's data to its drawing.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    x: (f32, f32),
    y: (f32, f32),
}

impl Projection {
    /// Fits all points with room at the edges. Points that are not finite are left out of account.
    pub fn of<'a>(points: impl Iterator<Item = &'a Point> + Clone) -> Projection {
        let range = |of: fn(&Point) -> f32| {
            let (low, high) = points
                .clone()
                .map(of)
                .filter(|value| value.is_finite())
                .fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)));
            if low < high { (low, high) } else { (0.0, 1.0) }
        };
        Projection { x: range(|point| point.x), y: range(|point| point.y) }
    }

    /// Position in the drawing, to a tenth of a unit; up in the data is up in the drawing.
    pub fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let scaled = |value: f32, (low, high): (f32, f32), size: f32| {
            let at = if value.is_finite() { (value - low) / (high - low) } else { 0.5 };
            EDGE + at.clamp(-0.02, 1.02) * (size - 2.0 * EDGE)
        };
        (tenth(scaled(x, self.x, MAP.0)), tenth(MAP.1 - scaled(y, self.y, MAP.1)))
    }
}

/// Round dots as one path: with a round line cap, a line of no length is a disc.
pub fn discs(places: impl Iterator<Item = (f32, f32)>) -> String {
    places.fold(String::new(), |mut path, (x, y)| {
        let _ = write!(path, "M{x} {y}h0");
        path
    })
}

/// Diamonds as one path, so that samples differ from people's works by shape as well as by colour.
pub fn diamonds(places: impl Iterator<Item = (f32, f32)>, radius: f32) -> String {
    places.fold(String::new(), |mut path, (x, y)| {
        let _ = write!(path, "M{} {y}l{radius}-{radius} {radius} {radius}-{radius} {radius}z", tenth(x - radius));
        path
    })
}

/// A name on the map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Label {
    pub text: String,
    pub x: f32,
    pub y: f32,
    /// More of the samples than of the reference lie here.
    pub crowded: bool,
}

/// Places names where their regions lie, the most peopled first, moving or leaving out those that would cover another.
/// `letter` is the width of a letter in the map's units: large for a phone, where the map is drawn small.
pub fn labels(regions: &[(String, f32, f32, bool)], letter: f32) -> Vec<Label> {
    let mut placed: Vec<(Label, f32)> = Vec::new();
    let height = 2.6 * letter;
    for (text, x, y, crowded) in regions {
        let half = text.chars().count() as f32 * letter / 2.0 + letter / 2.0;
        if 2.0 * half > MAP.0 {
            continue;
        }
        let x = x.clamp(half, MAP.0 - half);
        let free = |y: f32| {
            (height / 2.0..MAP.1 - height / 2.0).contains(&y)
                && placed.iter().all(|(other, other_half)| {
                    (other.x - x).abs() >= half + other_half || (other.y - y).abs() >= height
                })
        };
        let steps = [0.0, -0.5, 0.5, -1.0, 1.0, -1.5, 1.5];
        if let Some(y) = steps.into_iter().map(|step| y + step * height).find(|&y| free(y)) {
            placed.push((Label { text: text.clone(), x: tenth(x), y: tenth(y), crowded: *crowded }, half));
        }
    }
    placed.into_iter().map(|(label, _)| label).collect()
}

/// One number on an axis: people's band, the interval as a line, the value as a mark; all in hundredths of the axis' width.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub has_interval: bool,
    pub people: Option<f64>,
    pub band: f64,
    pub band_width: f64,
}

/// Places a number on an axis from 0 to `most`.
pub fn row(number: &Number, most: f64) -> Row {
    let at = |value: f64| {
        let share = if most > 0.0 && value.is_finite() { (value / most).clamp(0.0, 1.0) } else { 0.0 };
        ((AXIS_EDGE + share * (100.0 - 2.0 * AXIS_EDGE)) * 100.0).round() / 100.0
    };
    let bounds = number.low.zip(number.high);
    let null = number.null.as_ref();
    let (band_low, band_high) = null.map_or((0.0, 0.0), |null| (at(null.low), at(null.high)));
    Row {
        value: at(number.value),
        low: at(bounds.map_or(number.value, |ends| ends.0)),
        high: at(bounds.map_or(number.value, |ends| ends.1)),
        has_interval: bounds.is_some(),
        people: null.map(|null| at(null.value)),
        band: band_low,
        band_width: ((band_high - band_low).max(0.3) * 100.0).round() / 100.0,
    }
}

/// Where ticks stand on such an axis, each with its words.
pub fn ticks(most: f64, at: &[(f64, &str)]) -> Vec<(f64, String)> {
    at.iter()
        .filter(|(value, _)| *value <= most)
        .map(|(value, text)| {
            let number = Number { value: *value, ..Number::default() };
            (row(&number, most).value, (*text).to_string())
        })
        .collect()
}

/// Round ticks on such an axis.
pub fn round_ticks(most: f64, scale: crate::number::Scale) -> Vec<(f64, String)> {
    let at: Vec<(f64, String)> = nice(0.0, most).into_iter().map(|v| (v, tick_text(v, scale))).collect();
    ticks(most, &at.iter().map(|(v, text)| (*v, text.as_str())).collect::<Vec<_>>())
}

/// The largest figure that an axis must hold.
pub fn most<'a>(numbers: impl Iterator<Item = &'a Number>) -> f64 {
    numbers
        .flat_map(|number| [Some(number.value), number.high, number.null.as_ref().map(|null| null.high)])
        .flatten()
        .filter(|value| value.is_finite())
        .fold(0.0, f64::max)
}

/// One checkpoint of a series.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    /// Its place in the series.
    pub at: usize,
    /// Its number, where all have one.
    pub step: Option<f64>,
    pub name: String,
    pub value: f64,
    pub bounds: Option<(f64, f64)>,
    /// The first that the gate fails.
    pub failed: bool,
}

/// A measure over checkpoints as a picture, in its own units.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Series {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub line: String,
    pub points: String,
    pub whiskers: String,
    pub base: Option<Band>,
    pub limit: Option<f64>,
    pub failed: Option<Place>,
    pub x_ticks: Vec<Tick>,
    pub y_ticks: Vec<Tick>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Band {
    pub at: f64,
    pub top: f64,
    pub height: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Place {
    pub x: f64,
    pub y: f64,
}

/// How much of all texts the k commonest make, k = 0 … 25.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Curve {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub line: String,
    /// Were every text told once.
    pub different: String,
    pub y_ticks: Vec<Tick>,
    pub x_ticks: Vec<Tick>,
    /// In words, for who cannot see it.
    pub spoken: String,
}

/// Clusters that the curve goes over.
pub const CURVE: usize = 25;

impl Curve {
    /// From the sizes of the clusters of two texts and more, largest first, among n texts.
    pub fn of(sizes: &[usize], n: usize) -> Curve {
        let sizes = sizes.iter().copied().chain(std::iter::repeat(1)).take(CURVE);
        let shares: Vec<f64> = std::iter::once(0)
            .chain(sizes.scan(0, |sum, size| {
                *sum += size;
                Some(*sum)
            }))
            .map(|sum| (sum as f64 / n as f64).min(1.0))
            .collect();
        let most = shares[CURVE];
        let y = |share: f64| round(SERIES_EDGE + (1.0 - share / most) * (SERIES.1 - SERIES_EDGE - SERIES_BELOW));
        let x = |k: usize| round(SERIES_LEFT + k as f64 / CURVE as f64 * (SERIES.0 - SERIES_LEFT - SERIES_EDGE));
        let line = shares.iter().enumerate().fold(String::new(), |mut line, (k, share)| {
            let _ = write!(line, "{}{} {}", if k == 0 { "M" } else { "L" }, x(k), y(*share));
            line
        });
        let tick = |v: f64| Tick { at: y(v), text: tick_text(v, crate::number::Scale::Share), anchor: "end" };
        let step = |k: usize| Tick { at: x(k), text: k.to_string(), anchor: "middle" };
        Curve {
            width: SERIES.0,
            height: SERIES.1,
            left: SERIES_LEFT,
            line,
            different: format!("M{} {}L{} {}", x(0), y(0.0), x(CURVE), y(CURVE as f64 / n as f64)),
            y_ticks: nice(0.0, most).into_iter().map(tick).collect(),
            x_ticks: [1, 10, 25].map(step).into(),
            spoken: format!(
                "the commonest makes {:.0} % of all, the commonest 10 {:.0} %, the commonest 25 {:.0} %",
                100.0 * shares[1],
                100.0 * shares[10],
                100.0 * most
            ),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tick {
    pub at: f64,
    pub text: String,
    pub anchor: &'static str,
}

const SERIES: (f64, f64) = (330.0, 190.0);
/// Room for the numbers at the left, at the other sides, and for the steps below.
const SERIES_LEFT: f64 = 40.0;
const SERIES_EDGE: f64 = 12.0;
const SERIES_BELOW: f64 = 22.0;
/// Letters of a checkpoint's name under the picture.
const STEP_NAME: usize = 14;

impl Series {
    /// From 0 (or the least value) to the most; steps by their numbers where all have one and they rise.
    pub fn of(
        marks: &[Mark],
        base: Option<(f64, f64, f64)>,
        limit: Option<f64>,
        scale: crate::number::Scale,
    ) -> Series {
        let values = marks.iter().flat_map(|m| [Some(m.value), m.bounds.map(|b| b.0), m.bounds.map(|b| b.1)]).flatten();
        let others = base.iter().flat_map(|b| [b.1, b.2]).chain(limit);
        let all: Vec<f64> = values.chain(others).filter(|v| v.is_finite()).collect();
        let (low, high) = (all.iter().copied().fold(0.0, f64::min), all.iter().copied().fold(f64::MIN, f64::max));
        let high = if high > low { high } else { low + 1.0 };
        let y = |v: f64| {
            let share = ((v - low) / (high - low)).clamp(0.0, 1.0);
            round(SERIES_EDGE + (1.0 - share) * (SERIES.1 - SERIES_EDGE - SERIES_BELOW))
        };
        let steps: Vec<f64> = marks.iter().filter_map(|m| m.step).collect();
        let numbered = steps.len() == marks.len() && steps.windows(2).all(|w| w[0] < w[1]);
        let at = |m: &Mark| if numbered { m.step.unwrap_or_default() } else { m.at as f64 };
        let (first, last) = (marks.first().map_or(0.0, at), marks.last().map_or(1.0, at));
        let (from, to) = (SERIES_LEFT + SERIES_EDGE, SERIES.0 - SERIES_EDGE);
        let x = |m: &Mark| {
            let share = if last > first { (at(m) - first) / (last - first) } else { 0.5 };
            round(from + share * (to - from))
        };
        let seen: Vec<&Mark> = marks.iter().filter(|m| m.value.is_finite()).collect();
        let (mut line, mut whiskers) = (String::new(), String::new());
        for (i, m) in seen.iter().enumerate() {
            let _ = write!(line, "{}{} {}", if i == 0 { "M" } else { "L" }, x(m), y(m.value));
            if let Some((bottom, top)) = m.bounds {
                let _ = write!(whiskers, "M{} {}V{}", x(m), y(bottom), y(top));
            }
        }
        let name = |m: &Mark| {
            let text = if numbered { format!("{}", at(m)) } else { m.name.clone() };
            crate::text::one_line(&text, STEP_NAME)
        };
        let ends: Vec<&&Mark> =
            if seen.len() > 1 { vec![&seen[0], &seen[seen.len() - 1]] } else { seen.iter().collect() };
        let x_ticks = ends.iter().enumerate().map(|(i, m)| Tick {
            at: if i == 0 { SERIES_LEFT } else { SERIES.0 },
            text: name(m),
            anchor: if i == 0 { "start" } else { "end" },
        });
        Series {
            width: SERIES.0,
            height: SERIES.1,
            left: SERIES_LEFT,
            points: diamonds(seen.iter().map(|m| (x(m) as f32, y(m.value) as f32)), 4.5),
            line,
            whiskers,
            base: base.map(|(value, bottom, top)| Band {
                at: y(value),
                top: y(top),
                height: round(y(bottom) - y(top)),
            }),
            limit: limit.map(y),
            failed: seen.iter().find(|m| m.failed).map(|m| Place { x: x(m), y: y(m.value) }),
            x_ticks: x_ticks.collect(),
            y_ticks: nice(low, high)
                .into_iter()
                .map(|v| Tick { at: y(v), text: tick_text(v, scale), anchor: "end" })
                .collect(),
        }
    }
}

/// Three or four round values of a range.
fn nice(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 3.0;
    let unit = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * unit).find(|s| *s >= rough).unwrap_or(unit);
    let first = (low / step).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

fn tick_text(value: f64, scale: crate::number::Scale) -> String {
    let value = if scale == crate::number::Scale::Share { value * 100.0 } else { value };
    // f64 prints the shortest form that reads back, so round away what counting in steps has left
    let text = format!("{}", (value * 1e6).round() / 1e6).replace('-', "−");
    if scale == crate::number::Scale::Share { format!("{text} %") } else { text }
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn tenth(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f32, y: f32) -> Point {
        Point { x, y, ..Point::default() }
    }

    #[test]
    fn all_points_lie_in_the_frame_and_up_is_up() {
        let points = [point(-3.0, 1.0), point(9.0, 4.0), point(f32::NAN, 2.0), point(2.0, f32::INFINITY)];
        let projection = Projection::of(points.iter());
        for point in &points {
            let (x, y) = projection.place(point.x, point.y);
            assert!((0.0..=MAP.0).contains(&x) && (0.0..=MAP.1).contains(&y), "{x} {y}");
        }
        assert!(projection.place(0.0, 4.0).1 < projection.place(0.0, 1.0).1);
    }

    #[test]
    fn a_single_point_has_a_place() {
        let (x, y) = Projection::of([point(2.0, 2.0)].iter()).place(2.0, 2.0);
        assert!(x.is_finite() && y.is_finite());
    }

    #[test]
    fn labels_never_overlap() {
        let regions: Vec<_> = (0..30)
            .map(|i| (format!("region number {i}"), (i * 97 % 700) as f32, 200.0 + (i * 31 % 90) as f32, i % 2 == 0))
            .collect();
        let labels = labels(&regions, 7.0);
        assert!(labels.len() >= 5 && labels.len() < 30, "{}", labels.len());
        for (i, a) in labels.iter().enumerate() {
            for b in &labels[i + 1..] {
                let room = 7.0 * a.text.len() as f32 / 2.0;
                assert!((a.x - b.x).abs() >= room || (a.y - b.y).abs() >= 18.0, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn rows_stay_on_the_axis() {
        let number = Number { value: 3.0, low: Some(-1.0), high: Some(9.0), ..Number::default() };
        let row = row(&number, 6.0);
        assert_eq!((row.low, row.value, row.high), (2.0, 50.0, 98.0));
    }

    fn mark(at: usize, step: Option<f64>, value: f64) -> Mark {
        Mark { at, step, name: format!("s{at}"), value, bounds: Some((value - 0.1, value + 0.1)), failed: value < 0.5 }
    }

    #[test]
    fn a_series_lies_in_its_frame_and_by_its_steps() {
        let marks = [mark(0, Some(0.0), 1.0), mark(1, Some(100.0), 0.7), mark(2, Some(1000.0), 0.4)];
        let series = Series::of(&marks, Some((1.0, 0.9, 1.1)), Some(0.8), crate::number::Scale::Plain);
        assert!(series.line.starts_with("M52 ") && series.line.contains("L318 "), "{}", series.line);
        let second: f64 = series.line.split('L').nth(1).and_then(|p| p.split(' ').next()?.parse().ok()).unwrap();
        assert!(second < 90.0, "step 100 of 1000 lies near the start: {second}");
        assert!(series.failed.is_some() && series.limit.is_some_and(|y| (12.0..168.0).contains(&y)));
        assert_eq!(series.y_ticks.iter().map(|t| t.text.as_str()).collect::<Vec<_>>(), ["0", "0.5", "1"]);
        assert_eq!(series.x_ticks[1].text, "1000");
    }

    #[test]
    fn a_curve_rises_to_the_share_of_the_25_commonest() {
        let curve = Curve::of(&[60, 20], 100);
        assert_eq!(curve.spoken, "the commonest makes 60 % of all, the commonest 10 88 %, the commonest 25 100 %");
        assert!(curve.line.ends_with(" 12"), "{}", curve.line);
        // all different: a quarter of a hundred
        assert!(curve.different.ends_with(" 129"), "{}", curve.different);
    }

    #[test]
    fn a_series_survives_what_is_no_number() {
        let marks = [mark(0, None, f64::NAN), mark(1, None, 0.0)];
        let series = Series::of(&marks, None, None, crate::number::Scale::Share);
        assert!(!series.line.contains("NaN") && !series.whiskers.contains("NaN"), "{series:?}");
        assert_eq!(Series::of(&[], None, None, crate::number::Scale::Plain).line, "");
    }
}
