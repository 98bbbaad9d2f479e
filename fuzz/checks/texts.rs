//! What must hold of a layout (N1) and of a reading, whatever the text.

use verse::{Options, Reading, normalize, read};

/// Lines are lines, and no letter is lost: each is in a stanza or set aside.
#[allow(dead_code, reason = "each target uses one of the checks")]
pub fn check_layout(text: &str) {
    let layout = normalize(text);
    assert_eq!(layout, normalize(text), "the same text gives the same layout");
    for stanza in &layout.stanzas {
        assert!(!stanza.is_empty(), "a stanza has lines");
        for line in stanza {
            assert!(!line.trim().is_empty(), "a line has something in it");
            assert!(!line.contains(['\n', '\r', '\0', '\u{1b}']), "a line is one line without control codes: {line:?}");
        }
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let kept: usize = layout.lines().map(letters).sum();
    let aside: usize = layout.set_aside.iter().map(|aside| letters(&aside.text)).sum();
    // What is set aside may be told of in words ("U+FFFD, once"), so there can be more letters, never fewer.
    assert!(kept + aside >= letters(text), "every letter is in a stanza or set aside: {layout:?}");
}

/// A reading agrees with itself.
#[allow(dead_code, reason = "each target uses one of the checks")]
pub fn check_reading(text: &str) {
    let options = Options::default();
    let reading = read(text, &options);
    let json = as_json(&reading);
    assert_eq!(json, as_json(&read(text, &options)), "the same text gives the same reading");

    let share = |value: f64| (0.0..=1.0).contains(&value);
    assert!(share(reading.rhyme_density) && share(reading.form.confidence));
    assert!(share(reading.metre.fit) && share(reading.metre.regularity) && share(reading.metre.inversions));
    assert!((-1.0..=1.0).contains(&reading.ending.uplift) && share(reading.ending.moral));
    let schemes: Vec<&str> = reading.stanzas.iter().map(|stanza| stanza.scheme.as_str()).collect();
    assert_eq!(reading.scheme, schemes.join(" "));
    for stanza in &reading.stanzas {
        assert!(share(stanza.confidence));
        for (n, line) in stanza.lines.iter().enumerate() {
            assert!(line.real.bytes().chain(line.met.bytes()).all(|mark| matches!(mark, b'w' | b's')));
            assert!(line.real.is_empty() || line.real.len() == line.syllables, "a stress a syllable: {line:?}");
            for &other in &line.rhymes_with {
                assert!(other != n && stanza.lines[other].rhymes_with.contains(&n), "rhyme is mutual");
                assert_eq!(stanza.lines[other].rhyme, line.rhyme);
            }
        }
    }
    for (name, value) in reading.features.values().flatten() {
        assert!(value.is_finite(), "{name} is {value}");
    }
    let vector = verse::form_vector(&reading);
    assert_eq!(vector.len(), verse::FEATURES.len());
}

fn as_json(reading: &Reading) -> String {
    serde_json::to_string(reading).unwrap_or_else(|error| panic!("a reading is JSON: {error}"))
}
