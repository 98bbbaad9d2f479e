//! Forms made of a rhyme scheme and a length of line.

use phonetics::Phone;

use super::{Fit, percent};
use crate::Spoken;
use crate::profile::{Profile, Row, scheme_of};

/// Share of pairs of lines on which two schemes agree, over the pairs that rhyme in either.
fn agreement(found: &[u8], wanted: &[u8]) -> f64 {
    let (mut same, mut any) = (0, 0);
    for i in 0..found.len() {
        for j in i + 1..found.len() {
            let a = found[i] != b'x' && found[i] == found[j];
            let b = wanted[i] != b'x' && wanted[i] == wanted[j];
            same += usize::from(a && b);
            any += usize::from(a || b);
        }
    }
    if any == 0 { 0.0 } else { f64::from(same as u32) / f64::from(any as u32) }
}

/// Share of lines in pentameter: nine to twelve syllables.
fn pentameter(poem: &Profile) -> f64 {
    poem.share_of_syllables(9..=12)
}

/// Five lines aabba, the third and fourth shorter; in Lear's books four, the third holding both short ones.
pub(super) fn limerick(poem: &Profile) -> Option<Fit> {
    let usual = poem.usual_stanza();
    let size = usual.0;
    if !(size == 4 || size == 5) || usual.1 < 0.8 || poem.rows.len() > 40 {
        return None;
    }
    let scores: Vec<f64> = (0..poem.stanzas.len())
        .filter(|&i| poem.stanzas[i].len() == size)
        .map(|i| limerick_score(poem.stanza(i)))
        .collect();
    let score = scores.iter().sum::<f64>() / scores.len() as f64;
    (score >= 0.6).then_some(())?;
    let reason = if size == 5 {
        "aabba, lines 3 and 4 short, in threes"
    } else {
        "aa·a in four lines, the third long, in threes"
    };
    Fit::new("limerick", score, vec![reason.to_owned()])
}

fn limerick_score(rows: &[Row]) -> f64 {
    let scheme = scheme_of(rows);
    let length = |i: usize| rows[i].syllables as f64;
    let triple = triple_share(rows);
    if rows.len() == 5 {
        let rhyme = agreement(scheme.as_bytes(), b"aabba");
        let long = (length(0) + length(1) + length(4)) / 3.0;
        let short = (length(2) + length(3)) / 2.0;
        // Lines 3 and 4 have a foot less; without that aabba is another stanza.
        let lengths = ((long - short) / 2.0).clamp(0.0, 1.0);
        if !(6.0..=12.5).contains(&long) || short < 2.5 || lengths < 0.4 {
            return 0.0;
        }
        return 0.5 * rhyme + 0.3 * lengths + 0.2 * (triple * 2.0).min(1.0);
    }
    // Lear's last line ends on the first one's word, whatever the place is called that the second rhymes on.
    let framed = rows[0].last_word() == rows[3].last_word() || scheme == "aaxx";
    let rhyme = agreement(scheme.as_bytes(), b"aaxa").max(if framed { 0.7 } else { 0.0 });
    let outer = (length(0) + length(1) + length(3)) / 3.0;
    let lengths =
        f64::from(u8::from((6.5..=11.0).contains(&outer) && length(2) >= outer + 0.5 && length(2) <= outer + 7.0));
    if rhyme < 0.3 {
        return 0.0;
    }
    let inner = if rhymes_inside(&rows[2]) { 1.0 } else { f64::from(u8::from(has_pause_inside(&rows[2]))) * 0.7 };
    0.45 * rhyme + 0.25 * lengths + 0.15 * inner + 0.15 * (triple * 2.0).min(1.0)
}

fn has_pause_inside(row: &Row) -> bool {
    (1..row.line.words.len().saturating_sub(1)).any(|i| row.line.after(i).contains([',', ';', '.', '!', '?', '—', ':']))
}

/// The line's last word rhymes with another in it.
fn rhymes_inside(row: &Row) -> bool {
    fn tail(word: &Spoken) -> Option<&[Phone]> {
        let phones = word.word.pronunciations().first()?.phones();
        let stressed =
            phones.iter().rposition(|p| p.stress() == Some(1)).or_else(|| phones.iter().rposition(|p| p.is_vowel()))?;
        Some(&phones[stressed..])
    }
    let Some((last, others)) = row.line.words.split_last() else { return false };
    let Some(end) = tail(last) else { return false };
    let alike = |t: &[Phone]| t.len() == end.len() && t.iter().zip(end).all(|(a, b)| a.phoneme() == b.phoneme());
    others.iter().any(|w| w.word.text() != last.word.text() && tail(w).is_some_and(alike))
}

/// Share of the intervals between stresses that hold two weak syllables.
fn triple_share(rows: &[Row]) -> f64 {
    let (mut two, mut all) = (0, 0);
    for row in rows {
        let mut weak: Option<usize> = None;
        for b in row.real.bytes() {
            if b == b's' {
                if let Some(n) = weak {
                    all += 1;
                    two += usize::from(n == 2);
                }
                weak = Some(0);
            } else if let Some(n) = weak.as_mut() {
                *n += 1;
            }
        }
    }
    if all == 0 { 0.0 } else { two as f64 / all as f64 }
}

const SHAKESPEAREAN: &[u8] = b"ababcdcdefefgg";
const SPENSERIAN: &[u8] = b"ababbcbccdcdee";
/// Octaves of two enclosed quatrains, on two rhymes or on four.
const OCTAVES: [&[u8]; 3] = [b"abbaabba", b"abbacddc", b"abbaacca"];
/// What sestets follow them.
const SESTETS: [&[u8]; 7] = [b"abcabc", b"ababab", b"ababcc", b"abbacc", b"abcbac", b"abcacb", b"abbaba"];

/// Fourteen rhymed lines of about ten syllables, or several times fourteen; sixteen where they are four enclosed quatrains
/// without a break (Meredith's sonnets).
pub(super) fn sonnet(poem: &Profile) -> Option<Fit> {
    let mean = poem.syllables();
    if !poem.rhymed || !(6.5..=14.0).contains(&mean) {
        return None;
    }
    let rows = without_head(poem);
    let n = rows.len();
    if n == 16 && poem.stanzas.len() == 1 {
        return meredithian(poem);
    }
    if n == 0 || !n.is_multiple_of(14) || n > 14 * 30 || (n > 14 && !cut_at_fourteen(poem)) {
        return None;
    }
    let sonnets: Vec<(&'static str, f64)> = rows.chunks(14).map(sonnet_type).collect();
    if sonnets.iter().filter(|(name, _)| name.is_empty()).count() * 2 >= sonnets.len() {
        return None;
    }
    let five = pentameter(poem);
    let fit = sonnets.iter().map(|(_, fit)| fit).sum::<f64>() / sonnets.len() as f64;
    // Fourteen lines of another length that follow no sonnet's plan are fourteen lines.
    if (five < 0.5 && fit < 0.7) || (n > 14 && fit < 0.6) {
        return None;
    }
    let name = if fit >= 0.6 { sonnets[0].0 } else { "sonnet" };
    let count = if n == 14 { String::new() } else { format!("{} times ", n / 14) };
    let reasons = vec![
        format!("{count}14 lines, {} of them in pentameter", percent(five)),
        format!("rhymes {}", scheme_of(&rows[..14])),
    ];
    Fit::new(name, (0.5 + 0.5 * fit.max(0.3)) * (0.5 + 0.5 * five), reasons)
}

/// The lines of a sonnet without a motto of one or two that stands apart before it.
fn without_head<'a, 'b>(poem: &'b Profile<'a>) -> &'b [Row<'a>] {
    let head = poem.stanzas.first().map_or(0, |s| s.len());
    let from = if poem.rows.len() == 14 + head && head <= 2 { head } else { 0 };
    &poem.rows[from..]
}

/// The plan that fourteen lines follow best and how far; no name where they are couplets.
fn sonnet_type(rows: &[Row]) -> (&'static str, f64) {
    let scheme = scheme_of(rows);
    let bytes = scheme.as_bytes();
    let best = |found: &[u8], plans: &[&[u8]]| plans.iter().map(|plan| agreement(found, plan)).fold(0.0, f64::max);
    let octave = best(&bytes[..8], &OCTAVES);
    let sestet = best(scheme_of(&rows[8..]).as_bytes(), &SESTETS);
    let petrarchan = (8.0 * octave + 6.0 * sestet) / 14.0;
    let (name, fit) = [
        ("shakespearean sonnet", agreement(bytes, SHAKESPEAREAN)),
        ("spenserian sonnet", agreement(bytes, SPENSERIAN)),
        ("petrarchan sonnet", if octave > 0.6 { petrarchan.max(if octave > 0.85 { 0.8 } else { 0.0 }) } else { 0.0 }),
    ]
    .into_iter()
    .max_by(|a, b| a.1.total_cmp(&b.1))
    .unwrap_or(("sonnet", 0.0));
    let couplets = agreement(bytes, b"aabbccddeeffgg");
    if couplets > 0.8 && couplets > fit { ("", couplets) } else { (name, fit) }
}

/// The stanza breaks fall on every fourteenth line.
fn cut_at_fourteen(poem: &Profile) -> bool {
    poem.stanzas.len() == 1 || (14..poem.rows.len()).step_by(14).all(|at| poem.stanzas.iter().any(|s| s.start == at))
}

fn meredithian(poem: &Profile) -> Option<Fit> {
    let scheme = scheme_of(&poem.rows);
    let fit = scheme.as_bytes().chunks(4).map(|four| agreement(four, b"abba")).sum::<f64>() / 4.0;
    let five = pentameter(poem);
    (fit >= 0.75 && five >= 0.7).then_some(())?;
    Fit::new(
        "sonnet",
        fit * five,
        vec!["16 lines of pentameter in four enclosed quatrains, as Meredith's sonnets".to_owned()],
    )
}

/// aba bcb cdc …, in tercets or unbroken.
pub(super) fn terza_rima(poem: &Profile) -> Option<Fit> {
    let n = poem.rows.len();
    if n < 9 || !poem.rhymed {
        return None;
    }
    let (mut found, mut all) = (0, 0);
    for k in 0..(n / 3).saturating_sub(1) {
        let rhyme = |i: usize| poem.rows.get(i).and_then(|r| r.rhyme);
        // Every tercet brings a rhyme of its own, in its middle.
        if rhyme(3 * k + 4) == rhyme(3 * k) || rhyme(3 * k + 4) == rhyme(3 * k + 1) {
            all += 3;
            continue;
        }
        // The middle line of a tercet gives the outer lines of the next their rhyme.
        for (a, b) in [(3 * k, 3 * k + 2), (3 * k + 1, 3 * k + 3), (3 * k + 1, 3 * k + 5)] {
            all += 1;
            found += usize::from(
                rhyme(a).is_some() && rhyme(a) == rhyme(b) && rhyme(a) != rhyme(3 * k + usize::from(a % 3 == 0)),
            );
        }
    }
    let share = f64::from(found as u32) / f64::from(all as u32);
    (share >= 0.66).then_some(())?;
    Fit::new("terza rima", share, vec![format!("{} of its rhymes chain tercet to tercet", percent(share))])
}

/// Stanzas with a name of their own: length, scheme.
const NAMED: [(&str, usize, &[u8]); 3] =
    [("rhyme royal", 7, b"ababbcc"), ("ottava rima", 8, b"abababcc"), ("spenserian stanzas", 9, b"ababbcbcc")];

pub(super) fn named_stanza(poem: &Profile) -> Option<Fit> {
    if !poem.rhymed {
        return None;
    }
    NAMED.iter().find_map(|(name, size, wanted)| {
        let schemes = pieces(poem, *size)?;
        let fit = schemes.iter().map(|s| agreement(s.as_bytes(), wanted)).sum::<f64>() / schemes.len() as f64;
        let five = pentameter(poem);
        (fit >= 0.75 && five >= 0.4).then_some(())?;
        let reason =
            format!("stanzas of {size} lines, {} of their rhymes as {}", percent(fit), String::from_utf8_lossy(wanted));
        Fit::new(name, fit * (0.6 + 0.4 * five), vec![reason])
    })
}

/// The schemes of the text's pieces of `size` lines: its stanzas where most have that length or a multiple, or the whole
/// cut evenly where it is printed without breaks. None where neither holds.
fn pieces(poem: &Profile, size: usize) -> Option<Vec<String>> {
    let whole = poem.rows.len();
    let cut = |rows: &[Row]| -> Vec<String> { rows.chunks_exact(size).map(scheme_of).collect() };
    if poem.stanzas.len() == 1 {
        return whole.is_multiple_of(size).then(|| cut(&poem.rows));
    }
    let fitting: usize = poem.stanza_lengths().filter(|l| l % size == 0).sum();
    if fitting * 10 < whole * 8 {
        return None;
    }
    // a chorus is one stanza, however often it is sung
    let sung = |i: usize| (0..i).any(|j| same_words(poem.stanza(i), poem.stanza(j)));
    Some(
        (0..poem.stanzas.len())
            .filter(|&i| poem.stanzas[i].len().is_multiple_of(size) && !sung(i))
            .flat_map(|i| cut(poem.stanza(i)))
            .collect(),
    )
}

fn same_words(a: &[Row], b: &[Row]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says(b))
}

/// What rhymes, by its scheme.
pub(super) fn rhymed(poem: &Profile) -> Option<Fit> {
    let couplets = couplet_share(poem);
    let quatrains = pieces(poem, 4).filter(|_| couplets < 0.9 || poem.stanzas.len() > 1);
    if couplets >= 0.7 {
        return couplet_form(poem, couplets);
    }
    if let Some(fit) = quatrains.and_then(|schemes| quatrain_form(poem, &schemes)) {
        return Some(fit);
    }
    if couplets >= 0.6 {
        return couplet_form(poem, couplets);
    }
    monorhyme(poem).or_else(|| ballad(poem)).or_else(|| regular_stanzas(poem)).or_else(|| irregular(poem))
}

/// Share of lines whose rhyme is the neighbour's, two and two. A triplet counts among as many couplets.
fn couplet_share(poem: &Profile) -> f64 {
    let (mut pairs, mut triplets) = (0, 0);
    for stanza in &poem.stanzas {
        let rows = &poem.rows[stanza.clone()];
        let mut i = 0;
        while i + 1 < rows.len() {
            let run = rows[i..].iter().take(3).take_while(|r| r.rhyme.is_some() && r.rhyme == rows[i].rhyme).count();
            match run {
                3 => triplets += 3,
                2 => pairs += 2,
                _ => {}
            }
            i += run.max(1);
        }
    }
    (pairs + triplets.min(pairs)) as f64 / poem.rows.len().max(1) as f64
}

fn couplet_form(poem: &Profile, couplets: f64) -> Option<Fit> {
    let five = pentameter(poem);
    let iambic = !poem.metre.name.starts_with("anap")
        && !poem.metre.name.starts_with("troch")
        && !poem.metre.name.starts_with("dact");
    let reason = format!("{} of the lines in couplets", percent(couplets));
    if poem.usual_stanza().0 == 4 && poem.usual_stanza().1 >= 0.7 {
        return Fit::new("couplets in quatrains", couplets, vec![reason, "stanzas of four lines".to_owned()]);
    }
    if five >= 0.75 && iambic {
        return Fit::new("heroic couplets", couplets * five, vec![reason, format!("{} in pentameter", percent(five))]);
    }
    Fit::new("couplets", couplets, vec![reason])
}

fn quatrain_form(poem: &Profile, schemes: &[String]) -> Option<Fit> {
    let share =
        |wanted: &[&str]| schemes.iter().filter(|s| wanted.contains(&s.as_str())).count() as f64 / schemes.len() as f64;
    let (crossed, half, enclosed) = (share(&["abab"]), share(&["xaxa"]), share(&["abba", "xaax"]));
    let (coupled, rubai, one) = (share(&["aabb", "aaxx", "xxaa"]), share(&["aaxa"]), share(&["aaaa"]));
    let alternating = crossed + half + share(&["axax"]);
    if alternating >= 0.6 {
        return Some(alternating_form(poem, crossed, half, alternating));
    }
    let others = [
        ("quatrains abba", enclosed),
        ("couplets in quatrains", coupled),
        ("rubaiyat quatrains", rubai),
        ("monorhyme", one),
    ];
    let (name, best) = others.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    if best >= 0.5 {
        return Fit::new(name, best, vec![format!("{} of the quatrains", percent(best))]);
    }
    let (scheme, most) = commonest(schemes)?;
    if most >= 0.5 && schemes.len() > 1 && scheme.bytes().any(|b| b != b'x') {
        return Fit::new(
            "quatrains, other rhyme",
            most,
            vec![format!("{} of the quatrains rhyme {scheme}", percent(most))],
        );
    }
    Fit::new("quatrains, other rhyme", 0.5, vec!["quatrains with no one scheme".to_owned()])
}

/// The commonest scheme and its share.
fn commonest(schemes: &[String]) -> Option<(&str, f64)> {
    let mut sorted: Vec<&str> = schemes.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let run = sorted.chunk_by(|a, b| a == b).max_by_key(|run| run.len())?;
    Some((run[0], run.len() as f64 / schemes.len() as f64))
}

/// Mean syllables of the odd and of the even lines of stanzas.
fn turns(poem: &Profile) -> (f64, f64) {
    let mean = |from: usize| {
        let lines = poem.stanzas.iter().flat_map(|s| poem.rows[s.clone()].iter().skip(from).step_by(2));
        let (sum, n) = lines.fold((0, 0usize), |(sum, n), r| (sum + r.syllables, n + 1));
        sum as f64 / n.max(1) as f64
    };
    (mean(0), mean(1))
}

/// Long and short lines take turns, near 8 and 6.
fn is_ballad_turn((long, short): (f64, f64)) -> bool {
    (7.0..=9.6).contains(&long) && (5.0..=7.6).contains(&short) && long - short >= 0.8
}

/// Stanzas of four, six or eight lines of 8 and 6 syllables whose short lines rhyme, if only now and then: the ballad's and
/// the hymn's, and Dickinson's.
pub(super) fn ballad(poem: &Profile) -> Option<Fit> {
    let (size, share) = poem.usual_stanza();
    let turns = turns(poem);
    let shorts = || poem.stanzas.iter().flat_map(|s| poem.rows[s.clone()].iter().skip(1).step_by(2));
    let density = shorts().filter(|r| r.rhyme.is_some()).count() as f64 / shorts().count().max(1) as f64;
    let steady = poem.share(|r| (5..=9).contains(&r.syllables));
    let coupled = couplet_share(poem) > 0.4;
    if !matches!(size, 4 | 6 | 8) || share < 0.75 || !is_ballad_turn(turns) || density < 0.3 || steady < 0.8 || coupled
    {
        return None;
    }
    let reasons = vec![
        format!("lines of {:.1} and {:.1} syllables take turns", turns.0, turns.1),
        format!("{} of the short lines rhyme", percent(density)),
    ];
    Fit::new("ballad stanzas", share * (0.4 + 0.6 * density), reasons)
}

/// Common metre where long and short lines take turns, 8 and 6; abcb in short lines is the ballad's quatrain whatever their
/// turn; else by the scheme.
fn alternating_form(poem: &Profile, crossed: f64, half: f64, alternating: f64) -> Fit {
    let (long, short) = turns(poem);
    let scheme = if crossed >= half { "abab" } else { "abcb" };
    let mut reasons = vec![format!("{} of the quatrains rhyme {scheme}", percent(crossed.max(half)))];
    if is_ballad_turn((long, short)) {
        reasons.push(format!("lines of {long:.1} and {short:.1} syllables take turns"));
        let strict = (7.6..=8.5).contains(&long) && (5.6..=6.6).contains(&short);
        let name = if strict && crossed >= half { "common metre" } else { "ballad stanzas" };
        return Fit { name, confidence: alternating, reasons };
    }
    let short_lined = long <= 9.6 && short <= 9.6;
    let name = match crossed >= half {
        true => "quatrains abab",
        false if short_lined => "ballad stanzas",
        false => "quatrains abcb",
    };
    Fit { name, confidence: alternating, reasons }
}

/// One rhyme holds most of the lines.
fn monorhyme(poem: &Profile) -> Option<Fit> {
    let mut rhymes: Vec<u32> = poem.rows.iter().filter_map(|r| r.rhyme).collect();
    rhymes.sort_unstable();
    let largest = rhymes.chunk_by(|a, b| a == b).map(<[u32]>::len).max()?;
    let share = largest as f64 / poem.rows.len() as f64;
    (share >= 0.7 && largest >= 4).then_some(())?;
    Fit::new("monorhyme", share, vec![format!("{} of the lines on one rhyme", percent(share))])
}

/// Stanzas of one length with one scheme.
fn regular_stanzas(poem: &Profile) -> Option<Fit> {
    let (size, share) = poem.usual_stanza();
    if poem.stanzas.len() < 2 || share < 0.75 || !(3..=40).contains(&size) {
        return None;
    }
    let schemes: Vec<String> =
        (0..poem.stanzas.len()).filter(|&i| poem.stanzas[i].len() == size).map(|i| scheme_of(poem.stanza(i))).collect();
    if schemes.len() < 2 {
        return None;
    }
    let close =
        schemes.iter().map(|s| agreement(s.as_bytes(), schemes[0].as_bytes())).sum::<f64>() / schemes.len() as f64;
    (close >= 0.6).then_some(())?;
    let name = if size == 6 { "sestets" } else { "rhymed stanzas" };
    Fit::new(name, close * share, vec![format!("stanzas of {size} lines, rhyming {}", schemes[0])])
}

fn irregular(poem: &Profile) -> Option<Fit> {
    let name = if poem.stanzas.len() > 1 { "irregular rhymed stanzas" } else { "irregular rhymed lines" };
    Fit::new(
        name,
        // It is what is left over: that no plan was found is no proof that there is none.
        0.3 + 0.4 * poem.density,
        vec![format!("{} of the lines rhyme, by no one plan", percent(poem.density))],
    )
}
