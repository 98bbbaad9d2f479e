//! The word, the sentence and the reasons.

use crate::comparison::{Number, Verdict, VerdictWord, WithinPrompt};
use crate::genre::Genre;

/// Upper bounds below this say that something is lost; lower bounds above it that nothing is (for reach: r above it).
pub(crate) const LIMIT: f64 = 0.8;
/// ρ at which r = ρ/(2−ρ) = .8.
pub(crate) const HOLDS: f64 = 2.0 * LIMIT / (1.0 + LIMIT);

/// What a verdict rests on.
pub(crate) struct Grounds<'a> {
    pub reach: &'a Number,
    pub reaches_as: &'a Number,
    pub e: &'a Number,
    pub h_samples: &'a Number,
    pub h_reference: &'a Number,
    /// Samples there were, and the common n.
    pub samples: usize,
    pub n: usize,
    /// "poems" or "texts".
    pub noun: &'a str,
    /// Against people's works, or a set of the user's own.
    pub people: bool,
}

pub(crate) fn verdict(g: &Grounds) -> Verdict {
    let (rho, e) = (bounds(g.reach), bounds(g.e));
    let word = match (rho, e) {
        (Some((_, rho_high)), Some((_, e_high))) if rho_high < LIMIT && e_high < LIMIT => VerdictWord::Collapsed,
        (Some((_, rho_high)), _) if rho_high < LIMIT => VerdictWord::Displaced,
        (_, Some((_, e_high))) if e_high < LIMIT => VerdictWord::Narrow,
        (Some((rho_low, _)), Some((e_low, _))) if rho_low > HOLDS && e_low > LIMIT => VerdictWord::Holds,
        _ => VerdictWord::CannotTell,
    };
    let n_needed = if word == VerdictWord::CannotTell { needed(g) } else { None };
    Verdict { word, sentence: sentence(word, g, n_needed), n: g.n, n_needed, why: why(word, g) }
}

/// Prompts, answered at least twice by both sets, from which the answers to one prompt decide.
const ENOUGH_PAIRED: usize = 10;

/// Where both sets answer the same prompts, few times each: how far apart the answers to one prompt lie, against the
/// reference's, in each of the views given. Reach between sets over many prompts is mostly the prompts' own spread, and misses
/// what is lost within. As the gate has it, one view that is lost is a loss, and nothing is lost where every view holds.
pub(crate) fn paired_verdict(views: &[(&str, WithinPrompt)], samples: usize, noun: &str) -> Option<Verdict> {
    let ratios: Vec<(&str, &Number, (f64, f64))> = views
        .iter()
        .filter_map(|(view, within)| Some((*view, within.ratio.as_ref().filter(|r| r.n >= ENOUGH_PAIRED)?)))
        .filter_map(|(view, ratio)| Some((view, ratio, bounds(ratio)?)))
        .collect();
    let prompts = ratios.first()?.1.n;
    let word = match () {
        () if ratios.iter().any(|(.., (_, high))| *high < LIMIT) => VerdictWord::Collapsed,
        () if ratios.iter().all(|(.., (low, _))| *low > LIMIT) => VerdictWord::Holds,
        () => VerdictWord::CannotTell,
    };
    let needed = ratios.iter().map(|(_, ratio, (low, high))| {
        let gap = (ratio.value - LIMIT).abs().max(1e-9);
        samples as f64 * ((high - low) / 2.0 / gap).powi(2).max(1.1)
    });
    let needed = needed.fold(0.0, f64::max);
    let n_needed = (word == VerdictWord::CannotTell && needed < 20_000.0).then(|| round_up(needed));
    let several = ratios.len() > 1;
    let as_far = |(view, ratio, _): &(&str, &Number, _)| {
        format!("{:.2} times as far apart{}", ratio.value, if several { format!(" in {view}") } else { String::new() })
    };
    let fact = format!(
        "Two of these {noun} to one prompt lie {} as two of the reference's, over {prompts} prompts.",
        ratios.iter().map(as_far).collect::<Vec<_>>().join(" and "),
    );
    let sentence = match (word, n_needed) {
        (VerdictWord::CannotTell, Some(n)) => format!("Cannot tell: {fact} About {n} {noun} would tell."),
        (VerdictWord::CannotTell, None) => {
            format!("Cannot tell: {fact} That lies so near the limit of {LIMIT} that more would hardly tell.")
        }
        _ => fact,
    };
    let figures = ratios.iter().map(|(view, ratio, (low, high))| {
        let view = if several { format!(" in {view}") } else { String::new() };
        format!("{:.2} [{low:.2}, {high:.2}]{view}", ratio.value)
    });
    let rule = if several {
        format!("collapsed where one lies below {LIMIT}, holds where all lie above it")
    } else {
        format!("collapsed below {LIMIT}, holds above it")
    };
    let why = format!(
        "D / D of the reference is {}, paired over {prompts} prompts that both answer: {rule}.",
        figures.collect::<Vec<_>>().join(" and ")
    );
    Some(Verdict { word, sentence, n: samples, n_needed, why })
}

/// Where there are too few texts for any number.
pub(crate) fn too_few(samples: usize, needed: usize, noun: &str) -> Verdict {
    Verdict {
        word: VerdictWord::CannotTell,
        sentence: format!(
            "Cannot tell from {}: a set is measured, and that takes at least {needed}; 256 and more give a narrow interval.",
            counted(samples, noun)
        ),
        n: samples,
        n_needed: Some(256),
        why: "Reach and kinds are numbers over a whole set; a text alone has neither.".into(),
    }
}

/// Where the reference has too few texts for any number.
pub(crate) fn small_reference(samples: usize, texts: usize, needed: usize, reference: &str, noun: &str) -> Verdict {
    Verdict {
        word: VerdictWord::CannotTell,
        n: samples,
        n_needed: None,
        sentence: format!(
            "Cannot tell: {reference} holds {} of that kind, and a reference takes at least {needed}, better 100; give a larger one, or --against human.",
            counted(texts, noun)
        ),
        why: "Whether samples spread as the reference does cannot be told from a handful of its texts.".into(),
    }
}

/// Where none of the texts is of the reference's kind.
pub(crate) fn off_task(samples: usize, reference: &str, genre: Genre) -> Verdict {
    let (kind, people) = match genre {
        Genre::Poetry => ("verse", "jokes or stories"),
        Genre::Jokes | Genre::Stories => ("prose", "poetry"),
    };
    Verdict {
        word: VerdictWord::CannotTell,
        sentence: format!(
            "None of these {} is {kind}, and {reference} holds {}: their repeats are counted below; for a verdict give --against {people}, or texts of their own kind with --against FILE.",
            counted(samples, "texts"),
            genre.texts()
        ),
        n: 0,
        n_needed: None,
        why: "A set is held against texts of its own kind, and no text here is of the reference's.".into(),
    }
}

/// Where most of the texts are of lengths that the reference's are not: everything would be far from it, people's texts too.
pub(crate) fn other_lengths(samples: usize, ours: f64, range: (f64, f64), reference: &str, noun: &str) -> Verdict {
    let (low, high) = range;
    let cut = f64::from(crate::prose::CUT);
    let theirs = match (low >= cut, high >= cut) {
        (true, _) => format!("{cut:.0} words and more"),
        (_, true) => format!("at least {low:.0} words"),
        _ => format!("{low:.0} to {high:.0} words"),
    };
    Verdict {
        word: VerdictWord::CannotTell,
        sentence: format!(
            "Cannot tell: half of these {} have {} {ours:.0} words, where nearly all in {reference} have {theirs}; people's own texts of that length would lie as far off. For a verdict give texts of like length with --against FILE.",
            counted(samples, noun),
            if ours < low { "at most" } else { "at least" },
        ),
        n: samples,
        n_needed: None,
        why: "The form of prose goes with its length; reach is judged only where lengths overlap.".into(),
    }
}

fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {}", singular(noun)) } else { format!("{n} {noun}") }
}

/// "poems" → "poem", "stories" → "story".
fn singular(noun: &str) -> String {
    match noun.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => noun.trim_end_matches('s').to_owned(),
    }
}

fn bounds(n: &Number) -> Option<(f64, f64)> {
    Some((n.low?, n.high?))
}

fn sentence(word: VerdictWord, g: &Grounds, n_needed: Option<usize>) -> String {
    let reach = format!(
        "{} of these {} reach as far as {} of {}",
        g.n,
        g.noun,
        reached(g),
        if g.people { "people's" } else { "the reference's" }
    );
    let kinds = format!(
        "use {} of {} where {} {}",
        plural_kinds(g.h_samples.value),
        singular(g.noun),
        if g.people { "people use" } else { "the reference uses" },
        rounded(g.h_reference.value)
    );
    let head = format!("{reach}, and {kinds}.");
    match (word, n_needed) {
        (VerdictWord::CannotTell, Some(n)) => {
            format!("Cannot tell from {}: {head} About {n} would tell.", counted(g.samples, g.noun))
        }
        (VerdictWord::CannotTell, None) => {
            format!("Cannot tell: {head} That lies so near the limit that more {} would hardly tell.", g.noun)
        }
        _ => head,
    }
}

fn reached(g: &Grounds) -> String {
    let r = g.reaches_as.value * g.n as f64;
    if r < 0.95 { "fewer than 1".into() } else { format!("{r:.0}") }
}

fn plural_kinds(h: f64) -> String {
    format!("{} kinds", rounded(h))
}

/// Two figures, as the interval allows at best.
fn rounded(x: f64) -> String {
    if x < 9.95 { format!("{x:.1}") } else { format!("{x:.0}") }
}

fn why(word: VerdictWord, g: &Grounds) -> String {
    let interval = |n: &Number| match bounds(n) {
        Some((low, high)) => format!("{:.2} [{low:.2}, {high:.2}]", n.value),
        None => format!("{:.2} without an interval", n.value),
    };
    let rule = match word {
        VerdictWord::Collapsed => format!("both upper bounds lie below {LIMIT}"),
        VerdictWord::Displaced => format!("only the upper bound of reach lies below {LIMIT}"),
        VerdictWord::Narrow => format!("only the upper bound of E lies below {LIMIT}"),
        VerdictWord::Holds => format!("the lower bounds lie above {HOLDS:.3} and {LIMIT}"),
        VerdictWord::CannotTell => format!(
            "collapsed would need an upper bound below {LIMIT}, holds a lower bound of reach above {HOLDS:.3} and of E above {LIMIT}"
        ),
    };
    format!("Reach is {} and E {} at n = {}: {rule}.", interval(g.reach), interval(g.e), g.n)
}

/// About how many samples would tell: half-widths fall with the root of the number. None where the value itself lies
/// between the limits.
fn needed(g: &Grounds) -> Option<usize> {
    let one = |n: &Number, holds: f64| {
        let (low, high) = bounds(n)?;
        let half = ((high - low) / 2.0).max(1e-9);
        let gap = if n.value < LIMIT {
            LIMIT - n.value
        } else if n.value > holds {
            n.value - holds
        } else {
            return None;
        };
        Some((half / gap).powi(2))
    };
    let factor = one(g.reach, HOLDS)?.max(one(g.e, LIMIT)?).max(1.1);
    let n = g.samples as f64 * factor;
    (n < 20_000.0).then(|| round_up(n))
}

/// To two figures.
fn round_up(n: f64) -> usize {
    let step = 10f64.powf((n.log10().floor() - 1.0).max(0.0));
    ((n / step).ceil() * step) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(value: f64, half: f64) -> Number {
        Number { value, low: Some(value - half), high: Some(value + half), n: 100, ..Number::default() }
    }

    fn word(reach: Number, e: Number) -> Verdict {
        let r = at(reach.value / (2.0 - reach.value), 0.1);
        verdict(&Grounds {
            reach: &reach,
            reaches_as: &r,
            e: &e,
            h_samples: &at(3.1, 1.0),
            h_reference: &at(21.2, 1.0),
            samples: 200,
            n: 100,
            noun: "poems",
            people: true,
        })
    }

    #[test]
    fn words_follow_the_bounds() {
        assert_eq!(word(at(0.2, 0.1), at(0.3, 0.1)).word, VerdictWord::Collapsed);
        assert_eq!(word(at(0.2, 0.1), at(0.75, 0.1)).word, VerdictWord::Displaced);
        assert_eq!(word(at(0.95, 0.2), at(0.3, 0.1)).word, VerdictWord::Narrow);
        assert_eq!(word(at(1.0, 0.1), at(1.0, 0.1)).word, VerdictWord::Holds);
        let unsure = word(at(0.7, 0.2), at(0.6, 0.3));
        assert_eq!((unsure.word, unsure.n_needed), (VerdictWord::CannotTell, Some(800)));
    }

    #[test]
    fn answers_to_one_prompt_decide_where_prompts_are_shared() {
        let within =
            |value, half, n| WithinPrompt { ratio: Some(Number { n, ..at(value, half) }), ..WithinPrompt::default() };
        let judged = |views: &[(&str, WithinPrompt)]| {
            paired_verdict(views, 500, "texts").map(|v| (v.word, v.n_needed, v.sentence))
        };
        let word = |w: WithinPrompt| judged(&[("content", w)]).map(|v| (v.0, v.1));
        assert_eq!(word(within(0.5, 0.05, 100)), Some((VerdictWord::Collapsed, None)));
        assert_eq!(word(within(1.0, 0.05, 100)), Some((VerdictWord::Holds, None)));
        assert_eq!(word(within(0.9, 0.195, 100)), Some((VerdictWord::CannotTell, Some(2000))));
        assert_eq!(word(within(0.5, 0.05, 5)), None);
        assert_eq!(word(within(0.0, 0.0, 100)), Some((VerdictWord::Collapsed, None)));
        // form keeps its spread, and what is said does not
        let both = |a, b| judged(&[("form", within(a, 0.05, 100)), ("content", within(b, 0.05, 100))]).expect("paired");
        assert_eq!(both(1.0, 0.5).0, VerdictWord::Collapsed);
        assert!(
            both(1.0, 0.5).2.contains("lie 1.00 times as far apart in form and 0.50 times as far apart in content")
        );
        assert_eq!((both(1.0, 0.95).0, both(1.0, 0.8).0), (VerdictWord::Holds, VerdictWord::CannotTell));
    }

    #[test]
    fn the_sentence_is_one_that_people_say() {
        assert_eq!(
            word(at(0.12, 0.1), at(0.3, 0.1)).sentence,
            "100 of these poems reach as far as 6 of people's, and use 3.1 kinds of poem where people use 21."
        );
    }
}
