//! Endings: *-s, -ed, -ing, -er, -est, -eth, -ly, -ness* and the rest that leave the stem's stress where it is.

use super::{Made, Phones, Rules, Trust, is_vowel_letter, map};
use crate::{Phone, Phoneme, Phoneme::*};

/// How an ending sounds after a stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    /// *-s*: IH0 Z after a hiss, S after a voiceless sound, else Z.
    Plural,
    /// *-ed*: IH0 D after T or D, T after a voiceless sound, else D.
    Past,
    /// *-ly*: joins an L before it.
    Adverb,
    /// Always these phones.
    Fixed(&'static [Phone]),
}

/// Which spellings of the stem an ending hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// Begins with a vowel: *lov(e)-ed, stop(p)-ed, carr(y)i-ed*.
    Vowel,
    /// Begins with a consonant: *happ(y)i-ness*.
    Consonant,
    /// *-s* and *-es*.
    S,
    /// *-ly*: *gent(le)-ly, ful(l)-ly*.
    Ly,
    /// *-t* for *-ed* after a voiceless sound: *dropt, kist, blest*.
    T,
    /// *-d* for *-ed*: *seemd*.
    D,
    /// *-eous* of a noun in *-y*: *beaut(y)-eous*.
    Y,
}

struct Ending {
    written: &'static str,
    spelling: Spelling,
    sound: Sound,
}

const fn vowel(phoneme: Phoneme, stress: u8) -> Phone {
    Phone::new(phoneme, stress)
}

const fn c(phoneme: Phoneme) -> Phone {
    Phone::new(phoneme, 0)
}

const fn fixed(written: &'static str, spelling: Spelling, phones: &'static [Phone]) -> Ending {
    Ending { written, spelling, sound: Sound::Fixed(phones) }
}

/// Endings that any stem takes, one that rules have built too (*fear-less-ness, un-hallow-ed*). Longer ones come before the
/// shorter that they end in.
const PRODUCTIVE: &[Ending] = &[
    fixed("ness", Spelling::Consonant, &[c(N), vowel(AH, 0), c(S)]),
    fixed("less", Spelling::Consonant, &[c(L), vowel(AH, 0), c(S)]),
    Ending { written: "ly", spelling: Spelling::Ly, sound: Sound::Adverb },
    fixed("ing", Spelling::Vowel, &[vowel(IH, 0), c(NG)]),
    fixed("in'", Spelling::Vowel, &[vowel(IH, 0), c(N)]),
    fixed("edst", Spelling::Vowel, &[vowel(IH, 0), c(D), c(S), c(T)]),
    fixed("est", Spelling::Vowel, &[vowel(AH, 0), c(S), c(T)]),
    Ending { written: "ed", spelling: Spelling::Vowel, sound: Sound::Past },
    Ending { written: "'d", spelling: Spelling::Vowel, sound: Sound::Past },
    Ending { written: "s", spelling: Spelling::S, sound: Sound::Plural },
];

/// Endings that only a listed word takes here, because much else ends so.
const PARTICULAR: &[Ending] = &[
    fixed("ability", Spelling::Vowel, &[vowel(AH, 0), c(B), vowel(IH, 1), c(L), vowel(IH, 0), c(T), vowel(IY, 0)]),
    fixed("wards", Spelling::Consonant, &[c(W), vowel(ER, 0), c(D), c(Z)]),
    fixed("ward", Spelling::Consonant, &[c(W), vowel(ER, 0), c(D)]),
    fixed("ful", Spelling::Consonant, &[c(F), vowel(AH, 0), c(L)]),
    fixed("some", Spelling::Consonant, &[c(S), vowel(AH, 0), c(M)]),
    fixed("ship", Spelling::Consonant, &[c(SH), vowel(IH, 2), c(P)]),
    fixed("hood", Spelling::Consonant, &[c(HH), vowel(UH, 2), c(D)]),
    fixed("wise", Spelling::Consonant, &[c(W), vowel(AY, 2), c(Z)]),
    fixed("like", Spelling::Consonant, &[c(L), vowel(AY, 2), c(K)]),
    fixed("fold", Spelling::Consonant, &[c(F), vowel(OW, 2), c(L), c(D)]),
    fixed("man", Spelling::Consonant, &[c(M), vowel(AH, 0), c(N)]),
    fixed("men", Spelling::Consonant, &[c(M), vowel(IH, 0), c(N)]),
    fixed("ment", Spelling::Consonant, &[c(M), vowel(AH, 0), c(N), c(T)]),
    fixed("son", Spelling::Consonant, &[c(S), vowel(AH, 0), c(N)]),
    fixed("ton", Spelling::Consonant, &[c(T), vowel(AH, 0), c(N)]),
    fixed("let", Spelling::Consonant, &[c(L), vowel(AH, 0), c(T)]),
    fixed("dom", Spelling::Consonant, &[c(D), vowel(AH, 0), c(M)]),
    fixed("ling", Spelling::Consonant, &[c(L), vowel(IH, 0), c(NG)]),
    fixed("able", Spelling::Vowel, &[vowel(AH, 0), c(B), vowel(AH, 0), c(L)]),
    fixed("ably", Spelling::Vowel, &[vowel(AH, 0), c(B), c(L), vowel(IY, 0)]),
    fixed("ism", Spelling::Vowel, &[vowel(IH, 2), c(Z), vowel(AH, 0), c(M)]),
    fixed("ist", Spelling::Vowel, &[vowel(IH, 0), c(S), c(T)]),
    fixed("ize", Spelling::Vowel, &[vowel(AY, 2), c(Z)]),
    fixed("ish", Spelling::Vowel, &[vowel(IH, 0), c(SH)]),
    fixed("eous", Spelling::Y, &[vowel(AH, 0), c(S)]),
    fixed("ous", Spelling::Vowel, &[vowel(AH, 0), c(S)]),
    fixed("er", Spelling::Vowel, &[vowel(ER, 0)]),
    fixed("or", Spelling::Vowel, &[vowel(ER, 0)]),
    fixed("en", Spelling::Vowel, &[vowel(AH, 0), c(N)]),
    fixed("y", Spelling::Vowel, &[vowel(IY, 0)]),
];

/// Endings of old grammar and print, sought only where the word is known to be unlisted.
const OLD: &[Ending] = &[
    fixed("eth", Spelling::Vowel, &[vowel(IH, 0), c(TH)]),
    fixed("st", Spelling::Consonant, &[c(S), c(T)]),
    fixed("ess", Spelling::Vowel, &[vowel(AH, 0), c(S)]),
    fixed("et", Spelling::Vowel, &[vowel(AH, 0), c(T)]),
    Ending { written: "t", spelling: Spelling::T, sound: Sound::Past },
    Ending { written: "d", spelling: Spelling::D, sound: Sound::Past },
];

/// A stem shorter than this is no stem (*s-ing, b-ed*).
const SHORTEST: usize = 2;
const SHORTEST_OLD: usize = 4;

pub fn endings(rules: &Rules, word: &str) -> Vec<Made> {
    let listed_only = Rules { depth: 0, ..*rules };
    let mut made = first(rules, word, Trust::Sure, PRODUCTIVE);
    if made.is_empty() {
        made = first(&listed_only, word, Trust::Likely, PARTICULAR);
    }
    if made.is_empty() && rules.may_respell() {
        made = first(&listed_only, word, Trust::AgainstLetters, OLD);
    }
    made
}

/// The endings that names take too: *-s, -ed, -ing*.
pub fn inflections(rules: &Rules, word: &str) -> Vec<Made> {
    let names_take = |e: &&Ending| matches!(e.written, "s" | "ed" | "'d" | "ing" | "in'");
    PRODUCTIVE
        .iter()
        .filter(names_take)
        .map(|e| ended(rules, word, Trust::Sure, e))
        .find(|made| !made.is_empty())
        .unwrap_or_default()
}

fn first(rules: &Rules, word: &str, trust: Trust, endings: &[Ending]) -> Vec<Made> {
    endings.iter().map(|e| ended(rules, word, trust, e)).find(|made| !made.is_empty()).unwrap_or_default()
}

fn ended(rules: &Rules, word: &str, trust: Trust, ending: &Ending) -> Vec<Made> {
    let Some(base) = word.strip_suffix(ending.written) else { return Vec::new() };
    let shortest = if matches!(ending.written, "st" | "et" | "ess") { SHORTEST_OLD } else { SHORTEST };
    if base.len() < shortest || !base.is_ascii() {
        return Vec::new();
    }
    let candidates = stems(base, ending);
    let Some((which, stem)) = rules.first_stem(&candidates) else { return Vec::new() };
    let spelled = &candidates[which];
    let mut made =
        map(stem, trust, |how| format!("{how} + -{}", ending.written), |phones| attach(phones, base, spelled, ending));
    made.retain(|m| admits(ending, m));
    made
}

/// The possessive or plural *-s* after phones, for callers that have the stem already.
pub fn attach_s(phones: &mut Phones) {
    plural(phones);
}

/// The past *-ed* after phones.
pub fn attach_ed(phones: &mut Phones) {
    past(phones);
}

/// *-t* for *-ed* is written only where it is spoken.
fn admits(ending: &Ending, made: &Made) -> bool {
    let last = |n: usize| made.phones.len().checked_sub(n).map(|i| made.phones[i].phoneme());
    match ending.spelling {
        Spelling::T => last(1) == Some(T) && last(2).is_some_and(|p| !p.voiced()),
        Spelling::D => last(1) == Some(D),
        _ => true,
    }
}

/// The spellings that a stem may have had before the ending, likeliest first.
fn stems(base: &str, ending: &Ending) -> Vec<String> {
    let plain = base.to_owned();
    let without = |n: usize| base[..base.len() - n].to_owned();
    let y = || without(1) + "y";
    match ending.spelling {
        Spelling::Consonant if base.ends_with('i') => vec![y(), plain],
        Spelling::Consonant => vec![plain],
        Spelling::Y => vec![base.to_owned() + "y"],
        Spelling::Ly if base.ends_with('i') => vec![y(), plain],
        Spelling::Ly if base.ends_with("ical") => vec![plain, without(2)],
        Spelling::Ly if base.ends_with('l') => vec![plain.clone(), plain + "l"],
        Spelling::Ly => vec![plain.clone(), plain.clone() + "le", plain + "e"],
        Spelling::S => plural_stems(base),
        Spelling::T if doubles(base) => vec![plain],
        Spelling::T => match base.as_bytes()[base.len() - 1] {
            b's' => vec![plain.clone() + "s", plain.clone() + "e", plain],
            b'p' | b'x' | b'k' | b'f' | b'h' => vec![plain.clone(), plain + "e"],
            _ => Vec::new(),
        },
        Spelling::D if is_vowel_letter(base.as_bytes()[base.len() - 1]) => Vec::new(),
        Spelling::D => vec![plain.clone(), plain + "e"],
        Spelling::Vowel => vowel_stems(base, ending.written),
    }
}

fn plural_stems(base: &str) -> Vec<String> {
    if base.ends_with('s') || base.ends_with('\'') {
        return Vec::new();
    }
    let mut stems = Vec::new();
    if let Some(shorter) = base.strip_suffix("ie") {
        stems.push(format!("{shorter}y"));
    } else if let Some(shorter) = base.strip_suffix("ve") {
        stems.push(base.to_owned());
        stems.extend([format!("{shorter}f"), format!("{shorter}fe")]);
    } else if let Some(shorter) = base.strip_suffix('e')
        && ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| shorter.ends_with(end))
    {
        stems.extend([base.to_owned(), shorter.to_owned()]);
    }
    stems.push(base.to_owned());
    stems.dedup();
    stems
}

/// *bb, dd, gg, ll* …
fn doubles(base: &str) -> bool {
    matches!(base.as_bytes(), [.., a, b] if a == b && !is_vowel_letter(*b))
}

fn vowel_stems(base: &str, ending: &str) -> Vec<String> {
    let bytes = base.as_bytes();
    let last = bytes[bytes.len() - 1];
    let plain = base.to_owned();
    let with_e = format!("{base}e");
    let without_last = base[..base.len() - 1].to_owned();
    if last == b'i' {
        return vec![without_last + "y", plain, with_e];
    }
    if last == b'y' && (ending == "ing" || ending == "in'") {
        return vec![plain, without_last + "ie"];
    }
    if last == b'e' && ending.starts_with('e') {
        // see → seest: a stem in a single e would have lost it.
        return vec![with_e];
    }
    if doubles(base) {
        return match last {
            b'l' | b's' | b'f' | b'z' => vec![plain, without_last, with_e],
            _ => vec![without_last, plain, with_e],
        };
    }
    if ending == "ess" && last == b'r' {
        // enchanter → enchantress
        return vec![plain.clone(), with_e, without_last.clone() + "er", without_last + "or"];
    }
    if expects_e(base, ending) { vec![with_e, plain] } else { vec![plain, with_e] }
}

/// Whether English spelling would have doubled the last letter, or written it otherwise, had the stem no final *e*.
fn expects_e(base: &str, ending: &str) -> bool {
    let bytes = base.as_bytes();
    let one_vowel_one_consonant = matches!(bytes, [.., a, b, c]
        if !is_vowel_letter(*a) && is_vowel_letter(*b) && !is_vowel_letter(*c) && !matches!(c, b'w' | b'x'))
        && super::vowel_groups(base) == 1;
    let verb = matches!(ending, "ed" | "'d" | "ing" | "in'" | "eth" | "est" | "edst" | "er");
    let vowel_and_s = matches!(bytes, [.., b, b's'] if is_vowel_letter(*b));
    one_vowel_one_consonant
        || vowel_and_s
        || ["v", "u", "c", "dg", "rg", "lg", "ns", "rs", "ls"].iter().any(|end| base.ends_with(end))
        || verb && base.ends_with("th")
        || verb && base.ends_with("ng") && !matches!(ending, "ing" | "in'")
}

/// The stem `spelled` so, then the ending, which `base` was written before.
fn attach(phones: &mut Phones, base: &str, spelled: &str, ending: &Ending) {
    match ending.sound {
        Sound::Plural => {
            if base.ends_with("ve") && !spelled.ends_with("ve") {
                // wolf → wolves
                exchange_last(phones, F, V);
            }
            plural(phones);
        }
        Sound::Past => past(phones),
        Sound::Adverb => adverb(phones, spelled),
        Sound::Fixed(said) => {
            match ending.written {
                "ess" if base.ends_with('r') && !spelled.ends_with(base) => exchange_last(phones, ER, R),
                "er" | "est" => comparative_g(phones, spelled),
                "ability" => super::demote(phones),
                _ => {}
            }
            if said[0].is_vowel() && spelled.ends_with("le") {
                drop_schwa_before_l(phones);
            }
            phones.extend_from_slice(said);
        }
    }
}

fn exchange_last(phones: &mut Phones, from: Phoneme, to: Phoneme) {
    if let Some(last) = phones.last_mut().filter(|p| p.phoneme() == from) {
        *last = c(to);
    }
}

fn plural(phones: &mut Phones) {
    let Some(last) = phones.last().map(|p| p.phoneme()) else { return };
    if last.is_sibilant() {
        phones.push(vowel(IH, 0));
        phones.push(c(Z));
    } else {
        phones.push(if last.voiced() { c(Z) } else { c(S) });
    }
}

fn past(phones: &mut Phones) {
    let Some(last) = phones.last().map(|p| p.phoneme()) else { return };
    if matches!(last, T | D) {
        phones.push(vowel(IH, 0));
        phones.push(c(D));
    } else {
        phones.push(if last.voiced() { c(D) } else { c(T) });
    }
}

fn adverb(phones: &mut Phones, spelled: &str) {
    if spelled.ends_with("le") || spelled.ends_with("ical") {
        drop_schwa_before_l(phones);
    }
    if spelled.ends_with('y')
        && let Some(last) = phones.last_mut().filter(|p| **p == vowel(IY, 0))
    {
        // happy → happily
        *last = vowel(AH, 0);
    }
    if phones.last().is_none_or(|p| p.phoneme() != L) {
        phones.push(c(L));
    }
    phones.push(vowel(IY, 0));
}

/// *sparkle* has two syllables, and so has *sparkling*.
fn drop_schwa_before_l(phones: &mut Phones) {
    if let [.., before, schwa, l] = phones.as_slice()
        && !before.is_vowel()
        && *schwa == vowel(AH, 0)
        && l.phoneme() == L
    {
        let at = phones.len() - 2;
        phones.remove(at);
    }
}

/// *long, strong, young* sound their g in *longer, longest*; agents (*singer*) don't, and only these three are adjectives.
fn comparative_g(phones: &mut Phones, spelled: &str) {
    if phones.last().is_some_and(|p| p.phoneme() == NG) && matches!(spelled, "long" | "strong" | "young") {
        phones.push(c(G));
    }
}
