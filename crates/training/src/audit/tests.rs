use std::sync::OnceLock;

use diversity::Rng;

use super::*;

/// Answers to each of 60 prompts: two to six stanzas that rhyme, or the same with their ends exchanged, some with a title.
fn answers() -> &'static [Vec<Reading>] {
    static ANSWERS: OnceLock<Vec<Vec<Reading>>> = OnceLock::new();
    ANSWERS.get_or_init(|| {
        let of = |arm: &str| -> Vec<String> {
            let all = counterfactuals(None, 1).into_iter();
            all.filter(|c| c.arm == arm && c.class == "new").map(|c| c.text).collect()
        };
        let (matched, crossed) = (of("matched"), of("crossed"));
        let mut rng = Rng::new(9);
        (0..60)
            .map(|prompt| {
                let texts: Vec<Text> = (0..6)
                    .map(|i| {
                        let from = if i % 2 == 0 { &matched } else { &crossed };
                        let stanzas: Vec<&str> =
                            (0..2 + rng.below(5)).map(|_| from[rng.below(from.len())].as_str()).collect();
                        let title = if rng.unit() < 0.5 { "The Errand\n\n" } else { "" };
                        Text {
                            prompt: Some(format!("Write a poem, number {prompt}.")),
                            ..Text::new("", format!("{title}{}", stanzas.join("\n\n")))
                        }
                    })
                    .collect();
                measure::read(&texts, &ReadOptions::default())
            })
            .collect()
    })
}

fn at(name: &str) -> usize {
    FEATURES.iter().position(|f| f.name == name).expect("a feature")
}

/// Ten choices a prompt by raters who weigh features so.
fn chosen_by(weights: &[(&str, f64)], seed: u64) -> Auditor {
    let mut rng = Rng::new(seed);
    let mut auditor = Auditor::new();
    for (p, readings) in answers().iter().enumerate() {
        for _ in 0..10 {
            let two = rng.choose(readings.len(), 2);
            let (a, b) = (&readings[two[0]], &readings[two[1]]);
            let (x, y) = (features::of(a), features::of(b));
            let pull: f64 = weights.iter().map(|(name, w)| w * (x[at(name)] - y[at(name)])).sum();
            let first = rng.unit() < 1.0 / (1.0 + (-pull).exp());
            let (chosen, rejected) = if first { (a, b) } else { (b, a) };
            auditor.add_read(Some(&p.to_string()), chosen, rejected);
        }
    }
    auditor
}

#[test]
fn a_planted_bias_is_found_and_lies_in_its_interval() {
    let planted = [("rhymed", 0.8), ("length", 0.5), ("title", -0.6)];
    let (mut covered, mut found) = (0, 0);
    for seed in 0..20 {
        let audit = chosen_by(&planted, seed).audit("planted", &[], 1);
        for (name, weight) in planted {
            let effect = audit.features.iter().find(|e| e.name == name).expect("it differs");
            covered += usize::from(effect.low <= weight && weight <= effect.high);
            found += usize::from(effect.found);
        }
        let loss = &audit.held_out_log_loss;
        assert!(loss.all.value < loss.length_only.value, "{loss:?}");
    }
    assert!((53..=60).contains(&covered), "{covered} of 60");
    assert!(found >= 55, "{found} of 60");
}

/// Nobody knows more for having been told the same thing five times: a prompt's pairs are one witness.
#[test]
fn pairs_of_one_prompt_do_not_narrow_an_interval() {
    let once = chosen_by(&[("rhymed", 0.8)], 5);
    let mut again = once.clone();
    for _ in 0..4 {
        again.rows.extend_from_slice(&once.rows);
        again.prompts.extend_from_slice(&once.prompts);
    }
    let width = |auditor: &Auditor| {
        let audit = auditor.audit("said again", &[], 1);
        let effect = audit.features.iter().find(|e| e.name == "rhymed").expect("it differs");
        (effect.weight, effect.high - effect.low)
    };
    let ((weight, wide), (same, width)) = (width(&once), width(&again));
    assert!((weight - same).abs() < 0.05 && (0.9..1.1).contains(&(width / wide)), "{wide} {width}");
}

#[test]
fn the_sentence_names_what_is_paid_for() {
    let audit = chosen_by(&[("rhymed", 1.0), ("title", -1.0)], 1).audit("planted", &[], 1);
    assert_eq!(audit.verdict.word, AuditWord::Form);
    let said = &audit.verdict.sentence;
    assert!(
        said.starts_with("Raters pay for rhyme (odds × ") && said.contains("and mark down a title (odds × 0."),
        "{said}"
    );
    assert_eq!((audit.n, audit.prompts), (600, 60));
    let odds = &audit.features.iter().find(|e| e.name == "rhymed").expect("it differs").odds;
    assert!(odds.low.is_some_and(|low| low > 1.0) && odds.high.is_some() && odds.n < 600, "{odds:?}");
}

#[test]
fn length_is_not_taken_for_rhyme() {
    let audit = chosen_by(&[("length", 1.2)], 3).audit("long", &[], 1);
    assert_eq!(audit.verdict.word, AuditWord::Length, "{}", audit.verdict.sentence);
    assert!(audit.verdict.sentence.contains("choose the longer text"));
}

#[test]
fn random_choices_say_nothing() {
    let (mut alarms, mut tests) = (0, 0);
    for seed in 0..20 {
        let audit = chosen_by(&[], 100 + seed).audit("random", &[], 1);
        alarms += audit.features.iter().filter(|e| !e.control && e.p < 0.05).count();
        tests += audit.features.iter().filter(|e| !e.control).count();
        assert_ne!(audit.verdict.word, AuditWord::CannotTell);
    }
    assert!(alarms * 10 <= tests, "{alarms} of {tests}");
}

#[test]
fn too_few_pairs_say_so() {
    let mut auditor = Auditor::new();
    let pair = Pair {
        prompt: Some("ask".into()),
        chosen: "The rope is long.".into(),
        rejected: "No.".into(),
        ..Pair::default()
    };
    auditor.add(&vec![pair; 60]);
    let audit = auditor.audit("one prompt", &[], 1);
    assert_eq!((audit.verdict.word, audit.prompts), (AuditWord::CannotTell, 1));
    assert!(audit.features.is_empty());
    assert_eq!(Auditor::new().audit("none", &[], 1).verdict.word, AuditWord::CannotTell);
}

/// A reward model in a line: a score for every text.
fn scored(score: impl Fn(&Counterfactual, &mut Rng) -> f64) -> Hearing {
    let mut rng = Rng::new(4);
    let scores: Vec<TextScore> = counterfactuals(None, 1)
        .iter()
        .map(|c| TextScore { id: c.id.clone(), score: score(c, &mut rng) + 0.5 * rng.normal() })
        .collect();
    hearing("toy", &scores, 1)
}

/// A liking for some frames and words, which must not be taken for hearing.
fn taste(c: &Counterfactual) -> f64 {
    c.ends.split('/').map(|word| (word.len() % 3) as f64).sum::<f64>() + (c.text.len() % 5) as f64 / 2.0
}

#[test]
fn reward_models_are_told_apart() {
    let matched = |c: &Counterfactual| c.arm == "matched";
    let hears = scored(|c, _| taste(c) + f64::from(u8::from(matched(c) && c.class != "eye")));
    assert_eq!(hears.word, HearingWord::Hears, "{}", hears.sentence);
    let remembers = scored(|c, _| taste(c) + f64::from(u8::from(matched(c) && c.class == "remembered")));
    assert_eq!(remembers.word, HearingWord::Remembers, "{}", remembers.sentence);
    let reads = scored(|c, _| taste(c) + f64::from(u8::from(matched(c) && c.class != "ear")));
    assert_eq!(reads.word, HearingWord::Reads, "{}", reads.sentence);
    let deaf = scored(|c, _| taste(c));
    assert_eq!(deaf.word, HearingWord::Deaf, "{}", deaf.sentence);
    let hates = scored(|c, _| taste(c) - f64::from(u8::from(matched(c) && c.class != "eye")));
    assert_eq!(hates.word, HearingWord::MarksDown, "{}", hates.sentence);
}

#[test]
fn scores_that_are_missing_or_strange_are_said() {
    let few = hearing("few", &[TextScore { id: "new-0-0-matched-0".into(), score: 1.0 }], 1);
    assert_eq!(few.word, HearingWord::CannotTell);
    let mut all: Vec<TextScore> =
        counterfactuals(None, 1).into_iter().map(|c| TextScore { id: c.id, score: 2.0 }).collect();
    all.push(TextScore { id: "stranger".into(), score: 1.0 });
    all.push(TextScore { id: "new-0-0-matched-0".into(), score: f64::NAN });
    let flat = hearing("flat", &all[..all.len() - 2], 1);
    assert_eq!(flat.word, HearingWord::Deaf);
    assert!(hearing("strange", &all, 1).warnings[0].starts_with("2 scores"));
}
