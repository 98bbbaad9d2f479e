//! The ways a line can be said: its words' pronunciations, and the syllables that verse may drop, merge or keep.
//!
//! Poets count *heaven*, *power*, *every*, *radiant* as one syllable fewer at will, run *many a* and *th' eternal* together,
//! and sound the *-ed* of *wingèd* (Sprott 1953, *Milton's Art of Prosody*; Kiparsky 1977 §§ 7–8 states them as rules over
//! vowels and sonorants, which are followed here). Each is a [`Variant`] of its word with the licences it takes; what a
//! licence costs is learnt.

use phonetics::{Phone, Phoneme};

use super::lexis::{self, Class, Entry};
use crate::Line;

/// What a variant takes beyond the word's first pronunciation. Each is one bit of [`Variant::licences`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Licence {
    /// Another pronunciation with the same number of syllables.
    OtherStress,
    /// Another pronunciation with more or fewer syllables.
    OtherLength,
    /// A weak vowel dropped before r and another weak vowel: ev'ry, mem'ry, wand'ring.
    SyncopeR,
    /// The same before another sonorant: list'ning, trav'ling, fam'ly.
    Syncope,
    /// A final weak vowel dropped between v or l and n: heav'n, fall'n, ev'n.
    ApocopeVn,
    /// A final weak vowel dropped before another sonorant: pris'n, gold'n, peop'l.
    Apocope,
    /// A wide diphthong and r as one: fire, power, flower, our.
    Smoothing,
    /// Another stressed vowel and r or l as one: prayer, lower, real.
    SmoothingNarrow,
    /// A high weak vowel made a glide before a weak vowel: radiant, glorious, influence.
    Synizesis,
    /// Stressed vowel and weak vowel in hiatus made one within the word: poet, quiet, lion.
    Hiatus,
    /// The same before the ending -ing: being, seeing.
    HiatusIng,
    /// *the* or *to* before a vowel: th' eternal, t' accommodate.
    Elision,
    /// A word's final weak *-y* or *-ow* run into a following vowel: many a, glory of.
    Synaloepha,
    /// *-ed* sounded where speech drops it: wingèd.
    Sounded,
    /// *-ed* sounded, and marked so by an accent.
    MarkedSounded,
    /// A diphthong before r or l as two: fi-er, wor-uld.
    Breaking,
    /// *-ion* as two: recreati-on.
    Diaeresis,
}

pub(crate) const LICENCES: usize = 17;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Syllable {
    pub stress: u8,
    pub class: Class,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Variant {
    pub first: u32,
    pub count: u32,
    pub licences: u32,
}

impl Variant {
    /// Whether the word gives up a vowel that it has by itself.
    pub(crate) fn is_contraction(&self) -> bool {
        const FIRST: u32 = Licence::SyncopeR as u32;
        const LAST: u32 = Licence::HiatusIng as u32;
        self.licences >> FIRST & ((1 << (LAST - FIRST + 1)) - 1) != 0
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub first_variant: u32,
    pub variants: u32,
    /// Punctuation or a dash parts this word from the one before.
    pub break_before: bool,
    pub entry: Option<Entry>,
    /// ln occurrences per million, as [`phonetics::Word::commonness`].
    pub commonness: f32,
}

/// All ways to say one line. Buffers are reused from line to line: nothing here allocates once warm.
#[derive(Debug, Default)]
pub(crate) struct Lattice {
    pub spots: Vec<Spot>,
    pub variants: Vec<Variant>,
    pub syllables: Vec<Syllable>,
}

/// More variants of one word than this are not considered.
const VARIANTS: usize = 8;

impl Lattice {
    pub(crate) fn clear(&mut self) {
        self.spots.clear();
        self.variants.clear();
        self.syllables.clear();
    }

    pub(crate) fn variants_of(&self, spot: &Spot) -> &[Variant] {
        &self.variants[spot.first_variant as usize..(spot.first_variant + spot.variants) as usize]
    }

    pub(crate) fn syllables_of(&self, variant: &Variant) -> &[Syllable] {
        &self.syllables[variant.first as usize..(variant.first + variant.count) as usize]
    }

    pub(crate) fn read(&mut self, line: &Line) {
        self.clear();
        let mut end = 0;
        for (i, spoken) in line.words.iter().enumerate() {
            let gap = line.text.get(end..spoken.range.start).unwrap_or("");
            let written = line.text.get(spoken.range.clone()).unwrap_or("");
            end = spoken.range.end;
            let first_variant = self.variants.len() as u32;
            let entry = lexis::entry(spoken.word.text());
            let vowel_follows = line.words.get(i + 1).is_some_and(|next| {
                let joined = line.text.get(end..next.range.start).is_some_and(|g| g.trim().is_empty());
                joined && starts_with_vowel(&next.word)
            });
            if is_clitic_consonant(written, gap) {
                self.push_variant(&[], Class::Content, 0);
            } else {
                self.read_word(&spoken.word, written, entry, vowel_follows);
            }
            self.spots.push(Spot {
                first_variant,
                variants: self.variants.len() as u32 - first_variant,
                break_before: i > 0 && is_break(gap),
                entry,
                commonness: spoken.word.commonness(),
            });
        }
    }

    fn read_word(&mut self, word: &phonetics::Word, written: &str, entry: Option<Entry>, vowel_follows: bool) {
        let start = self.variants.len();
        let mut base = Stresses::default();
        for (rank, pronunciation) in word.pronunciations().iter().take(4).enumerate() {
            let phones = pronunciation.phones();
            let stresses = Stresses::of(phones);
            let licence = match rank {
                0 => 0,
                _ if stresses.len() == base.len() => 1u32 << Licence::OtherStress as u8,
                _ => 1 << Licence::OtherLength as u8,
            };
            if rank == 0 {
                base = stresses.clone();
            }
            self.add(start, &stresses, entry, licence);
            for_each_contraction(phones, |dropped, which| {
                self.add(start, &stresses.without(dropped), entry, licence | 1 << which as u8);
            });
            if vowel_follows && final_weak_vowel(phones) {
                let last = stresses.len() - 1;
                let which = if matches!(word.text(), "the" | "to") { Licence::Elision } else { Licence::Synaloepha };
                self.add(start, &stresses.without(last), entry, licence | 1 << which as u8);
            }
            if let Some(which) = expansion(phones, word.text(), written) {
                self.add(start, &stresses.with_weak(), entry, licence | 1 << which as u8);
            }
        }
        if self.variants.len() == start {
            self.push_variant(&[], Class::Content, 0);
        }
    }

    fn add(&mut self, start: usize, stresses: &Stresses, entry: Option<Entry>, licences: u32) {
        if self.variants.len() - start >= VARIANTS {
            return;
        }
        let known = self.variants[start..].iter().any(|v| {
            let old = &self.syllables[v.first as usize..(v.first + v.count) as usize];
            old.len() == stresses.len() && old.iter().zip(stresses.as_slice()).all(|(o, s)| o.stress == *s)
        });
        if !known {
            let class = entry.map_or(Class::Content, |e| e.class);
            self.push_variant(stresses.as_slice(), class, licences);
        }
    }

    fn push_variant(&mut self, stresses: &[u8], class: Class, licences: u32) {
        let first = self.syllables.len() as u32;
        let main = stresses.iter().position(|s| *s == 1);
        for (i, &stress) in stresses.iter().enumerate() {
            let class = match (stresses.len(), stress) {
                (1, _) if class == Class::FunctionPrimary => Class::Preposition,
                (1, _) => class,
                (_, 1) if class == Class::FunctionPrimary => class,
                (_, 1) => Class::Primary,
                (_, 2) => Class::Secondary,
                _ if main.is_some_and(|m| m.abs_diff(i) > 1) => Class::Promotable,
                _ => Class::Weak,
            };
            self.syllables.push(Syllable { stress, class });
        }
        self.variants.push(Variant { first, count: stresses.len() as u32, licences });
    }
}

/// The lexical stresses of one pronunciation: 1 main, 2 secondary, 0 none.
#[derive(Debug, Clone, Default)]
struct Stresses(smallvec::SmallVec<[u8; 16]>);

impl Stresses {
    fn of(phones: &[Phone]) -> Stresses {
        let mut stresses = Stresses(phones.iter().filter_map(|p| p.stress()).collect());
        // How a monosyllable is stressed is its place's doing; the dictionary's mark tells no two apart.
        if let [only] = &mut stresses.0[..] {
            *only = 1;
        }
        stresses
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The same with vowel number `i` given up to its neighbour.
    fn without(&self, i: usize) -> Stresses {
        let mut shorter = self.clone();
        if i < shorter.0.len() {
            shorter.0.remove(i);
        }
        shorter
    }

    /// The same with one weak syllable more at the end: wing-èd, fi-er, recreati-on.
    fn with_weak(&self) -> Stresses {
        let mut longer = self.clone();
        longer.0.push(0);
        longer
    }
}

fn is_sonorant(p: Phoneme) -> bool {
    matches!(p, Phoneme::R | Phoneme::L | Phoneme::N | Phoneme::M)
}

/// Calls `found` with the number of each vowel that verse may give up, and by what licence.
fn for_each_contraction(phones: &[Phone], mut found: impl FnMut(usize, Licence)) {
    let mut vowel = 0;
    for (i, phone) in phones.iter().enumerate() {
        if !phone.is_vowel() {
            continue;
        }
        let this = vowel;
        vowel += 1;
        let (before, after) = (i.checked_sub(1).map(|j| phones[j]), phones.get(i + 1));
        let weak = phone.stress() == Some(0);
        match (before, after) {
            // Two vowels side by side.
            (_, Some(next)) if next.is_vowel() && next.stress() == Some(0) => {
                let sonorous = next.phoneme() == Phoneme::ER || is_schwa_before_liquid(phones, i + 1);
                match phone.phoneme() {
                    Phoneme::ER if weak => found(this, Licence::SyncopeR),
                    Phoneme::IY | Phoneme::UW | Phoneme::IH | Phoneme::OW if weak => found(this, Licence::Synizesis),
                    _ if weak => {}
                    Phoneme::AY | Phoneme::AW | Phoneme::OY if sonorous => found(this + 1, Licence::Smoothing),
                    _ if sonorous => found(this + 1, Licence::SmoothingNarrow),
                    _ if phones.last().is_some_and(|p| p.phoneme() == Phoneme::NG) && i + 3 == phones.len() => {
                        found(this + 1, Licence::HiatusIng);
                    }
                    _ => found(this + 1, Licence::Hiatus),
                }
            }
            // A weak vowel between a consonant and a sonorant. ER is its own sonorant: ten-der-ly keeps it.
            (Some(b), Some(n))
                if weak && this > 0 && !b.is_vowel() && phone.phoneme() != Phoneme::ER && is_sonorant(n.phoneme()) =>
            {
                let ending = match phones.get(i + 2) {
                    None => true,
                    Some(z) => {
                        i + 3 == phones.len()
                            && matches!(z.phoneme(), Phoneme::Z | Phoneme::D | Phoneme::S | Phoneme::T)
                    }
                };
                let vowel = phones.get(i + 2).is_some_and(|v| v.is_vowel() && v.stress() == Some(0));
                match n.phoneme() {
                    Phoneme::R if vowel => found(this, Licence::SyncopeR),
                    _ if vowel => found(this, Licence::Syncope),
                    Phoneme::N if ending && matches!(b.phoneme(), Phoneme::V | Phoneme::L) => {
                        found(this, Licence::ApocopeVn);
                    }
                    _ if ending => found(this, Licence::Apocope),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

fn is_schwa_before_liquid(phones: &[Phone], i: usize) -> bool {
    matches!(phones[i].phoneme(), Phoneme::AH | Phoneme::IH)
        && phones.get(i + 1).is_some_and(|p| matches!(p.phoneme(), Phoneme::R | Phoneme::L))
}

fn final_weak_vowel(phones: &[Phone]) -> bool {
    let Some(last) = phones.last() else { return false };
    let several = phones.iter().filter(|p| p.is_vowel()).count() > 1;
    match last.phoneme() {
        Phoneme::IY | Phoneme::OW | Phoneme::UW | Phoneme::ER | Phoneme::AH => {
            if several {
                last.stress() == Some(0)
            } else {
                // *the* and *to*: no other word is left without a vowel.
                phones.len() == 2 && matches!(phones[0].phoneme(), Phoneme::DH | Phoneme::T)
            }
        }
        _ => false,
    }
}

/// The one licence, if any, by which this pronunciation gains a weak syllable.
fn expansion(phones: &[Phone], text: &str, written: &str) -> Option<Licence> {
    let last = phones.last()?.phoneme();
    let before = phones.get(phones.len().checked_sub(2)?)?.phoneme();
    if ["ed", "èd", "éd"].iter().any(|ending| text.ends_with(ending))
        && matches!(last, Phoneme::D | Phoneme::T)
        && !matches!(before, Phoneme::IH | Phoneme::AH)
    {
        let marked = written.contains(['è', 'é', 'È', 'É']);
        return Some(if marked { Licence::MarkedSounded } else { Licence::Sounded });
    }
    if text.ends_with("ion") && matches!(before, Phoneme::AH) && last == Phoneme::N {
        return Some(Licence::Diaeresis);
    }
    let broken = matches!(last, Phoneme::R | Phoneme::L) && matches!(before, Phoneme::AY | Phoneme::AW | Phoneme::OY);
    broken.then_some(Licence::Breaking)
}

fn starts_with_vowel(word: &phonetics::Word) -> bool {
    let first = word.pronunciations().first().and_then(|p| p.phones().first().copied());
    first.is_some_and(|p| p.is_vowel())
}

/// A consonant left alone by spaces about its apostrophe ("heap 'd", "th ’ air", "do n't") is no syllable.
fn is_clitic_consonant(written: &str, gap: &str) -> bool {
    let bare = written.trim_matches(['\'', '’', '‘']);
    match bare {
        "th" | "Th" | "TH" | "n't" | "n’t" => true,
        "d" | "s" | "ll" | "ve" | "re" | "m" | "t" | "st" | "rt" => {
            bare.len() < written.len() || gap.trim_end().ends_with(['\'', '’', '‘'])
        }
        _ => false,
    }
}

fn is_break(gap: &str) -> bool {
    gap.chars().any(|c| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '—' | '–' | '(' | ')' | '…' | '"' | '“' | '”'))
        || gap.contains("--")
        || gap.contains(" - ")
}
