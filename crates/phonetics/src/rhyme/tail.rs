//! The end of a word from a vowel on, packed so that two can be compared in a few instructions.

use smallvec::SmallVec;

use crate::{Phone, Phoneme, Phoneme::*, Via};

/// Up to ten phonemes in six bits each, first phoneme lowest, 0 = none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct Packed(pub u64);

impl Packed {
    const BITS: u32 = 6;
    const ROOM: u32 = 10;

    pub fn push(&mut self, phoneme: Phoneme) {
        let len = self.len();
        if len < Self::ROOM {
            self.0 |= (phoneme as u64 + 1) << (len * Self::BITS);
        }
    }

    pub fn len(self) -> u32 {
        (u64::BITS - self.0.leading_zeros()).div_ceil(Self::BITS)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn get(self, at: u32) -> Option<Phoneme> {
        let code = if at < Self::ROOM { (self.0 >> (at * Self::BITS)) & 63 } else { 0 };
        (code > 0).then(|| Phoneme::ALL[code as usize - 1])
    }

    pub fn first(self) -> Option<Phoneme> {
        self.get(0)
    }

    pub fn last(self) -> Option<Phoneme> {
        self.len().checked_sub(1).and_then(|at| self.get(at))
    }

    pub fn without_last(self) -> Packed {
        let keep = self.len().saturating_sub(1) * Self::BITS;
        Packed(self.0 & ((1u64 << keep) - 1))
    }

    pub fn without_first(self) -> Packed {
        Packed(self.0 >> Self::BITS)
    }

    pub fn iter(self) -> impl Iterator<Item = Phoneme> {
        (0..self.len()).filter_map(move |i| self.get(i))
    }
}

/// How strongly verse can stress the syllable where a tail begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum Beat {
    /// The last primary stress of the word.
    Primary,
    /// A secondary stress after it.
    Secondary,
    /// Unstressed, but at least two syllables after a stress, so that an alternating metre puts a beat on it (*silently*).
    Weak,
    /// Unstressed and right after a stress: a beat there wrenches the accent (*lady*).
    Wrenched,
}

/// What was done to the pronunciation to get this tail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum Made {
    Spoken,
    /// The full vowel that the letters show, in an unstressed last syllable: excell*ent* as in *went*.
    Restored,
    /// Across a word boundary: *know it*.
    Mosaic,
    /// Historical: final *-y, -ie(s)* as in *eye*.
    EyeEnding,
    /// Historical: *-ed* as a syllable.
    SyllabicEd,
    /// Historical: final *-a* as in *day*.
    FinalA,
    /// Historical: *u* for *v*, *i* for *j*.
    OldLetters,
}

impl Made {
    pub const COUNT: usize = 7;

    pub const fn is_historical(self) -> bool {
        self as u8 >= Made::EyeEnding as u8
    }
}

/// The sound of a line's end from one vowel on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Tail {
    /// Consonants between the second vowel on, and that vowel: everything after `coda`.
    pub rest: Packed,
    /// Consonants between the first vowel and the second, or the end.
    pub coda: Packed,
    /// Consonants before the first vowel, nearest first.
    pub onset: Packed,
    pub vowel: Phoneme,
    pub syllables: u8,
    pub beat: Beat,
    pub made: Made,
    pub via: Via,
    /// Number of the pronunciation in its word.
    pub pronunciation: u8,
}

impl Tail {
    pub fn sounds_like(&self, other: &Tail) -> bool {
        self.vowel == other.vowel && self.coda == other.coda && self.rest == other.rest
    }

    pub fn phonemes(&self) -> impl Iterator<Item = Phoneme> {
        std::iter::once(self.vowel).chain(self.coda.iter()).chain(self.rest.iter())
    }
}

/// One sound of a canonical pronunciation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sound {
    pub phoneme: Phoneme,
    /// 0 none, 1 primary, 2 secondary; 0 for consonants.
    pub stress: u8,
}

pub(crate) type Sounds = SmallVec<[Sound; 24]>;

/// Undoes distinctions that CMUdict makes, or fails to make, where no ear hears a different rhyme:
/// r-coloured vowels have one writing each (*here, fear*; *more, for*), and *fire, hour, dial, vowel* count the glide and the
/// liquid as one syllable, so that *higher* rhymes with *fire*; a stop that merely joins two consonants (*pri(n)t-s, prince*;
/// *dream(p)t*) is left out.
pub(crate) fn canonical(phones: &[Phone]) -> Sounds {
    let mut out = Sounds::new();
    for (i, phone) in phones.iter().enumerate() {
        let phoneme = phone.phoneme();
        let stress = phone.stress().unwrap_or(0);
        let next = phones.get(i + 1).map(|p| p.phoneme());
        let ends_syllable = next.is_none_or(|n| !n.is_vowel());
        let last = out.last().copied();
        let after_glide = last.is_some_and(|l: Sound| matches!(l.phoneme, AY | AW | OY)) && stress == 0;
        match phoneme {
            ER if after_glide => out.push(Sound { phoneme: R, stress: 0 }),
            ER => out.extend([Sound { phoneme: ER, stress }, Sound { phoneme: R, stress: 0 }]),
            AH if after_glide && matches!(next, Some(L)) => {}
            R if ends_syllable => {
                if let Some(l) = out.last_mut() {
                    l.phoneme = r_coloured(l.phoneme);
                }
                out.push(Sound { phoneme, stress });
            }
            Y if last.is_some_and(|l| matches!(l.phoneme, CH | JH)) => {}
            T if last.is_some_and(|l| l.phoneme == N) && matches!(next, Some(S)) => {}
            D if last.is_some_and(|l| l.phoneme == N) && matches!(next, Some(Z)) => {}
            P if last.is_some_and(|l| l.phoneme == M) && matches!(next, Some(T | S)) => {}
            K if last.is_some_and(|l| l.phoneme == NG) && matches!(next, Some(T | S | TH)) => {}
            _ => out.push(Sound { phoneme, stress }),
        }
    }
    // psst, hmm: a murmur carries the consonants.
    if !out.iter().any(|s| s.phoneme.is_vowel()) {
        out.insert(0, Sound { phoneme: AH, stress: 1 });
    }
    out
}

/// The one writing of a vowel before /r/ in the same syllable.
const fn r_coloured(vowel: Phoneme) -> Phoneme {
    match vowel {
        IH => IY,
        EY | AE => EH,
        OW => AO,
        UW => UH,
        AH => ER,
        other => other,
    }
}

/// The tail that begins at the vowel `at` of `sounds`.
pub(crate) fn tail_at(sounds: &[Sound], at: usize, beat: Beat, made: Made, via: Via, pronunciation: u8) -> Tail {
    let (mut coda, mut rest, mut onset) = (Packed::default(), Packed::default(), Packed::default());
    let mut syllables = 1;
    for sound in &sounds[at + 1..] {
        if sound.phoneme.is_vowel() {
            syllables += 1;
            rest.push(reduced(*sound));
        } else if syllables == 1 {
            coda.push(sound.phoneme);
        } else {
            rest.push(sound.phoneme);
        }
    }
    for sound in sounds[..at].iter().rev().take_while(|s| !s.phoneme.is_vowel()) {
        onset.push(sound.phoneme);
    }
    Tail { rest, coda, onset, vowel: sounds[at].phoneme, syllables, beat, made, via, pronunciation }
}

/// An unstressed vowel after the rhyming one: the lax ones are one schwa, whatever the dictionary writes.
fn reduced(sound: Sound) -> Phoneme {
    match sound.phoneme {
        AH | IH | EH | UH | ER | AE | AO if sound.stress == 0 => AH,
        other => other,
    }
}

/// The vowels where a tail of this pronunciation may begin, with their beats: the last primary stress first, then every
/// secondary stress after it and the last syllable.
pub(crate) fn beats(sounds: &[Sound]) -> SmallVec<[(usize, Beat); 4]> {
    let vowels: SmallVec<[usize; 12]> = (0..sounds.len()).filter(|&i| sounds[i].phoneme.is_vowel()).collect();
    let mut out = SmallVec::new();
    let Some(&last) = vowels.last() else { return out };
    let stressed = |stress: u8| vowels.iter().rposition(|&v| sounds[v].stress == stress);
    // A function word that the dictionary leaves unstressed is stressed at a line's end.
    let main = stressed(1).or_else(|| stressed(2)).unwrap_or(vowels.len() - 1);
    out.push((vowels[main], Beat::Primary));
    let mut beat_at = main;
    for n in main + 1..vowels.len() {
        let v = vowels[n];
        if sounds[v].stress == 2 {
            out.push((v, Beat::Secondary));
            beat_at = n;
        } else if v == last {
            out.push((v, if n - beat_at >= 2 { Beat::Weak } else { Beat::Wrenched }));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sounds(arpabet: &str) -> Sounds {
        canonical(&Phone::parse_all(arpabet).unwrap())
    }

    fn main_tail(arpabet: &str) -> Tail {
        let s = sounds(arpabet);
        let (at, beat) = beats(&s)[0];
        tail_at(&s, at, beat, Made::Spoken, Via::Lexicon, 0)
    }

    #[test]
    fn packed_phonemes_come_back() {
        let mut packed = Packed::default();
        for p in [ZH, AA, T, S] {
            packed.push(p);
        }
        assert_eq!(packed.iter().collect::<Vec<_>>(), [ZH, AA, T, S]);
        assert_eq!((packed.first(), packed.last(), packed.len()), (Some(ZH), Some(S), 4));
        assert_eq!(packed.without_last().iter().collect::<Vec<_>>(), [ZH, AA, T]);
        assert_eq!(packed.without_first().iter().collect::<Vec<_>>(), [AA, T, S]);
        assert!(Packed::default().is_empty() && Packed::default().last().is_none());
    }

    #[test]
    fn one_syllable_or_two_is_one_rhyme() {
        assert!(main_tail("HH AY1 ER0").sounds_like(&main_tail("F AY1 R")));
        assert!(main_tail("AW1 ER0").sounds_like(&main_tail("F L AW1 ER0")));
        assert!(main_tail("D AY1 AH0 L").sounds_like(&main_tail("S M AY1 L")));
        assert!(main_tail("HH IY1 R").sounds_like(&main_tail("F IH1 R")));
        assert!(main_tail("P R IH1 N T S").sounds_like(&main_tail("P R IH1 N S")));
        assert!(!main_tail("N AY1 T").sounds_like(&main_tail("N EY1 T")));
    }

    #[test]
    fn beats_fall_where_metre_can_put_them() {
        let at = |arpabet: &str| beats(&sounds(arpabet)).iter().map(|b| b.1).collect::<Vec<_>>();
        assert_eq!(at("N AY1 T"), [Beat::Primary]);
        assert_eq!(at("S AY1 L AH0 N T L IY0"), [Beat::Primary, Beat::Weak]);
        assert_eq!(at("L EY1 D IY0"), [Beat::Primary, Beat::Wrenched]);
        assert_eq!(at("D IH1 K SH AH0 N EH2 R IY0"), [Beat::Primary, Beat::Secondary, Beat::Wrenched]);
        assert_eq!(at("DH AH0"), [Beat::Primary]);
    }
}
