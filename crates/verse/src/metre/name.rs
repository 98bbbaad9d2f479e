//! What a poem's metre is called, and how closely its lines keep it.

use super::template::{Foot, Scanned};
use super::weights::Rhythm;
use crate::reading::Metre;

/// A poem with a smaller share of fitting lines has no metre. On lines of prose the share is about a third, on metrical poems
/// nearly always above one half (`cargo xtask eval --only metre`).
const METRICAL: f64 = 0.55;
/// A line that shares less than this with the next is as unlike it as two lines of prose are on average.
const PROSE_ECHO: f64 = 0.55;

/// The metre of a poem whose lines are `lines`, in `foot`, of `feet` feet each.
pub(crate) fn metre(lines: &[Scanned], foot: Foot, feet: &[usize]) -> Metre {
    let spoken: Vec<(&Scanned, usize)> =
        lines.iter().zip(feet).filter(|(l, _)| !l.real.is_empty()).map(|(l, k)| (l, *k)).collect();
    if spoken.is_empty() {
        return Metre::default();
    }
    let usual = usual_feet(&spoken);
    let n = spoken.len() as f64;
    let fitting = |(l, _): &&(&Scanned, usize)| l.beats() == usual[l.place] && keeps(foot, l);
    let fit = spoken.iter().filter(fitting).count() as f64 / n;
    Metre {
        name: name(&spoken, foot, &usual, fit),
        fit,
        regularity: regularity(&spoken),
        inversions: inversions(&spoken, foot),
    }
}

/// The stanza has feet of its own for each place only where so many more of its lines keep them than keep one number.
const STANZAIC: f64 = 0.12;

/// The commonest number of feet at each place of the stanza, or throughout where that says as much.
fn usual_feet(lines: &[(&Scanned, usize)]) -> Vec<usize> {
    let places = lines.iter().map(|(l, _)| l.place + 1).max().unwrap_or(0);
    let commonest = |mut feet: Vec<usize>| {
        feet.sort_unstable();
        feet.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).map_or(0, |run| run[0])
    };
    let at = |place| commonest(lines.iter().filter(|(l, _)| l.place == place).map(|(_, k)| *k).collect());
    let by_place: Vec<usize> = (0..places).map(at).collect();
    let one = commonest(lines.iter().map(|(_, k)| *k).collect());
    let kept = |usual: &dyn Fn(usize) -> usize| lines.iter().filter(|(l, k)| *k == usual(l.place)).count() as f64;
    let gain = kept(&|place| by_place[place]) - kept(&|_| one);
    if gain > STANZAIC * lines.len() as f64 { by_place } else { vec![one; places] }
}

/// Whether a line's rhythm is the foot's own or a loose form of it.
fn keeps(foot: Foot, line: &Scanned) -> bool {
    let is = |rhythms: &[Rhythm]| rhythms.iter().any(|r| *r as usize == line.rhythm);
    match foot {
        // A headless iambic line is heard as trochaic.
        Foot::Iamb => is(&[Rhythm::Iambic, Rhythm::LooseRising]) || is(&[Rhythm::Trochaic]) && line.real.ends_with('s'),
        Foot::Trochee => is(&[Rhythm::Trochaic, Rhythm::LooseFalling]),
        Foot::Anapaest => is(&[Rhythm::Anapaestic, Rhythm::LooseRising]),
        Foot::Dactyl => is(&[Rhythm::Dactylic, Rhythm::LooseFalling]),
    }
}

fn name(lines: &[(&Scanned, usize)], foot: Foot, usual: &[usize], fit: f64) -> String {
    let n = lines.len() as f64;
    let share = |test: &dyn Fn(&Scanned) -> bool| lines.iter().filter(|(l, _)| test(l)).count() as f64 / n;
    let steady = |count: &dyn Fn(&Scanned) -> usize| steadiness(lines, count);
    let (syllables, beats) = (steady(&|l| l.real.len()), steady(&|l| l.beats()));
    if lines.len() >= 3 && fit < METRICAL {
        return match () {
            () if syllables >= 0.9 && beats < 0.7 => "syllabic",
            () if beats >= 0.8 && syllables < 0.5 => "accentual",
            () => "free",
        }
        .to_owned();
    }
    let loose = share(&|l| l.rhythm >= Rhythm::LooseRising as usize) > 0.5;
    let foot_name = match foot {
        Foot::Iamb if loose => "loose iambic",
        Foot::Trochee if loose => "loose trochaic",
        _ => foot.adjective(),
    };
    // The stanza's feet in their shortest period: 4-3-4-3 is 4-3.
    let period = (1..=usual.len())
        .find(|p| usual.len().is_multiple_of(*p) && usual.iter().enumerate().all(|(i, k)| *k == usual[i % p]))
        .unwrap_or(1);
    match (foot, &usual[..period]) {
        (Foot::Iamb, [4, 3]) if syllables >= 0.75 => "common metre".to_owned(),
        (Foot::Iamb | Foot::Anapaest, [4, 3]) => "ballad metre".to_owned(),
        (Foot::Iamb, [3, 3, 4, 3]) => "short metre".to_owned(),
        (_, [k]) => {
            let cut = matches!(foot, Foot::Trochee | Foot::Dactyl) && share(&|l| l.real.ends_with('s')) > 0.5;
            format!("{foot_name} {}{}", length_name(*k), if cut { " catalectic" } else { "" })
        }
        (_, ks) if ks.len() <= 6 => {
            let feet: Vec<String> = ks.iter().map(usize::to_string).collect();
            format!("{foot_name} {}", feet.join("-"))
        }
        _ => format!("{foot_name}, lines of several lengths"),
    }
}

fn length_name(feet: usize) -> &'static str {
    const NAMES: [&str; 9] = [
        "line",
        "monometer",
        "dimeter",
        "trimeter",
        "tetrameter",
        "pentameter",
        "hexameter",
        "heptameter",
        "octameter",
    ];
    NAMES.get(feet).copied().unwrap_or("long line")
}

/// The share of lines with the commonest count at their place.
fn steadiness(lines: &[(&Scanned, usize)], count: &dyn Fn(&Scanned) -> usize) -> f64 {
    let mut counts: Vec<(usize, usize)> = lines.iter().map(|(l, _)| (l.place, count(l))).collect();
    counts.sort_unstable();
    let at_place = |place: &[(usize, usize)]| place.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
    let usual: usize = counts.chunk_by(|a, b| a.0 == b.0).map(at_place).sum();
    usual as f64 / lines.len() as f64
}

/// How alike the rhythms of lines at one place are: the mean of 1 − edit distance ÷ length over each line and the next at
/// its place, scaled so that prose is about 0.
fn regularity(lines: &[(&Scanned, usize)]) -> f64 {
    let places = lines.iter().map(|(l, _)| l.place + 1).max().unwrap_or(0);
    let mut last: Vec<Option<&str>> = vec![None; places];
    let (mut sum, mut pairs) = (0.0, 0usize);
    for (line, _) in lines {
        if let Some(before) = last[line.place].replace(line.real) {
            let longest = before.len().max(line.real.len());
            sum += 1.0 - edits(before.as_bytes(), line.real.as_bytes()) as f64 / longest as f64;
            pairs += 1;
        }
    }
    if pairs == 0 {
        return if lines.len() == 1 { 1.0 } else { 0.0 };
    }
    ((sum / pairs as f64 - PROSE_ECHO) / (1.0 - PROSE_ECHO)).clamp(0.0, 1.0)
}

/// Lines are compared by their first syllables only, so that one endless line stays cheap.
const COMPARED: usize = 48;

fn edits(a: &[u8], b: &[u8]) -> usize {
    let (a, b) = (&a[..a.len().min(COMPARED)], &b[..b.len().min(COMPARED)]);
    let mut row: [usize; COMPARED + 1] = std::array::from_fn(|j| j);
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let up = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y)).min(up + 1).min(row[j] + 1);
            diagonal = up;
        }
    }
    row[b.len()]
}

/// Of the lines of iambic verse that keep its feet (but for a feminine ending), the share that open with a turned foot: the
/// substitution that iambic verse admits freely (Kiparsky 1977 § 3). Lines turned elsewhere too are left out: in verse that
/// keeps no metre any foot may seem turned. 0 in other verse.
fn inversions(lines: &[(&Scanned, usize)], foot: Foot) -> f64 {
    if foot != Foot::Iamb {
        return 0.0;
    }
    let (mut inverted, mut all) = (0usize, 0usize);
    for (line, feet) in lines.iter().filter(|(l, k)| *k > 1 && matches!(l.real.len().checked_sub(2 * k), Some(0 | 1))) {
        let turned = |foot: &[u8]| foot == b"sw";
        let mut bytes = line.real.as_bytes()[..2 * feet].chunks(2);
        let first = bytes.next().is_some_and(turned);
        if !bytes.any(turned) {
            inverted += usize::from(first);
            all += 1;
        }
    }
    if all == 0 { 0.0 } else { inverted as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turned_first_feet_are_counted() {
        let reals = ["wswswsws", "swwswsws", "wswswswsw", "wwswwsws", "swwsswws", "swswsws"];
        let lines: Vec<Scanned> =
            reals.iter().map(|real| Scanned { rhythm: Rhythm::Iambic as usize, real, place: 0 }).collect();
        let of_four: Vec<(&Scanned, usize)> = lines.iter().map(|l| (l, 4)).collect();
        // The last line is headless, the one before turned twice, "wwsw" turned in its second foot: three are left.
        assert_eq!(inversions(&of_four, Foot::Iamb), 1.0 / 3.0);
        assert_eq!(inversions(&of_four, Foot::Trochee), 0.0);
        assert_eq!(inversions(&[], Foot::Iamb), 0.0);
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits(b"wsws", b"wsws"), 0);
        assert_eq!(edits(b"wsws", b"swws"), 2);
        assert_eq!(edits(b"wsws", b"wswsw"), 1);
        assert_eq!(edits(b"", b"ws"), 2);
    }
}
