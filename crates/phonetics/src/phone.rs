//! The sounds of English: 39 [`Phoneme`]s, and the [`Phone`] as it stands in a word, where a vowel carries stress.
//!
//! The inventory and its names are ARPAbet as CMUdict uses it. Features follow the usual descriptions of General American
//! (Ladefoged & Johnson, *A Course in Phonetics*).

use std::fmt;

/// How a consonant is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manner {
    Stop,
    Affricate,
    Fricative,
    Nasal,
    Lateral,
    Rhotic,
    Glide,
}

/// Where a consonant is made, from the lips backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Bilabial,
    Labiodental,
    Dental,
    Alveolar,
    Postalveolar,
    Palatal,
    Velar,
    Labiovelar,
    Glottal,
}

/// The 39 phonemes of CMUdict: fifteen vowels, then twenty-four consonants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Phoneme {
    AA,
    AE,
    AH,
    AO,
    AW,
    AY,
    EH,
    ER,
    EY,
    IH,
    IY,
    OW,
    OY,
    UH,
    UW,
    B,
    CH,
    D,
    DH,
    F,
    G,
    HH,
    JH,
    K,
    L,
    M,
    N,
    NG,
    P,
    R,
    S,
    SH,
    T,
    TH,
    V,
    W,
    Y,
    Z,
    ZH,
}

use Phoneme::*;

const VOWELS: u8 = 15;

impl Phoneme {
    /// Every phoneme, vowels first, in the order of their discriminants.
    #[rustfmt::skip]
    pub const ALL: [Phoneme; 39] = [
        AA, AE, AH, AO, AW, AY, EH, ER, EY, IH, IY, OW, OY, UH, UW,
        B, CH, D, DH, F, G, HH, JH, K, L, M, N, NG, P, R, S, SH, T, TH, V, W, Y, Z, ZH,
    ];

    pub const fn is_vowel(self) -> bool {
        (self as u8) < VOWELS
    }

    /// The ARPAbet name, without stress.
    pub const fn arpabet(self) -> &'static str {
        const NAMES: [&str; 39] = [
            "AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW", "B", "CH", "D",
            "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH", "V", "W", "Y", "Z",
            "ZH",
        ];
        NAMES[self as usize]
    }

    pub fn parse(name: &str) -> Option<Phoneme> {
        Phoneme::ALL.into_iter().find(|p| p.arpabet() == name)
    }

    /// Whether the vocal folds sound. Every vowel is voiced.
    pub const fn voiced(self) -> bool {
        !matches!(self, CH | F | HH | K | P | S | SH | T | TH)
    }

    /// None for a vowel.
    pub const fn manner(self) -> Option<Manner> {
        Some(match self {
            B | D | G | K | P | T => Manner::Stop,
            CH | JH => Manner::Affricate,
            DH | F | HH | S | SH | TH | V | Z | ZH => Manner::Fricative,
            M | N | NG => Manner::Nasal,
            L => Manner::Lateral,
            R => Manner::Rhotic,
            W | Y => Manner::Glide,
            _ => return None,
        })
    }

    /// None for a vowel.
    pub const fn place(self) -> Option<Place> {
        Some(match self {
            B | M | P => Place::Bilabial,
            F | V => Place::Labiodental,
            DH | TH => Place::Dental,
            D | L | N | S | T | Z => Place::Alveolar,
            CH | JH | R | SH | ZH => Place::Postalveolar,
            Y => Place::Palatal,
            G | K | NG => Place::Velar,
            W => Place::Labiovelar,
            HH => Place::Glottal,
            _ => return None,
        })
    }

    /// A hissing consonant, after which plural *-s* is a syllable (*kisses*).
    pub const fn is_sibilant(self) -> bool {
        matches!(self, CH | JH | S | SH | Z | ZH)
    }

    /// Stops, affricates and fricatives: the consonants that stop or hinder the breath.
    pub const fn is_obstruent(self) -> bool {
        matches!(self.manner(), Some(Manner::Stop | Manner::Affricate | Manner::Fricative))
    }

    /// Nasals, laterals, rhotics and glides.
    pub const fn is_sonorant_consonant(self) -> bool {
        !self.is_vowel() && !self.is_obstruent()
    }

    /// Height of a vowel's nucleus, 0 (open) to 4 (close). None for a consonant.
    pub const fn height(self) -> Option<u8> {
        Some(match self {
            IY | UW => 4,
            IH | UH => 3,
            EY | OW | ER => 2,
            EH | AH | AO | OY => 1,
            AA | AE | AW | AY => 0,
            _ => return None,
        })
    }

    /// Backness of a vowel's nucleus: 0 front, 1 central, 2 back. None for a consonant.
    pub const fn backness(self) -> Option<u8> {
        Some(match self {
            IY | IH | EY | EH | AE => 0,
            AH | ER | AY | AW => 1,
            UW | UH | OW | AO | AA | OY => 2,
            _ => return None,
        })
    }

    /// Whether the lips round for (the nucleus of) this vowel.
    pub const fn is_rounded(self) -> bool {
        matches!(self, UW | UH | OW | AO | OY)
    }

    /// The vowel of *bead, boot, bay, go, bought …*, which may end a stressed syllable, against *bit, book, bet …*.
    pub const fn is_tense(self) -> bool {
        matches!(self, IY | UW | EY | OW | AO | AA | ER | AW | AY | OY)
    }

    /// Where a diphthong glides to: the close front or close back vowel. None where the vowel stands still.
    pub const fn glide(self) -> Option<Phoneme> {
        match self {
            AY | EY | OY => Some(IH),
            AW | OW => Some(UH),
            _ => None,
        }
    }

    /// IPA for General American. The unstressed forms of AH and ER are [`Phone`]'s affair.
    pub const fn ipa(self) -> &'static str {
        const IPA: [&str; 39] = [
            "ɑ", "æ", "ʌ", "ɔ", "aʊ", "aɪ", "ɛ", "ɝ", "eɪ", "ɪ", "i", "oʊ", "ɔɪ", "ʊ", "u", "b", "tʃ", "d", "ð", "f",
            "ɡ", "h", "dʒ", "k", "l", "m", "n", "ŋ", "p", "ɹ", "s", "ʃ", "t", "θ", "v", "w", "j", "z", "ʒ",
        ];
        IPA[self as usize]
    }
}

impl fmt::Display for Phoneme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.arpabet())
    }
}

/// A phoneme in a word: one byte, in which a vowel carries its stress (0 none, 1 primary, 2 secondary).
///
/// Vowel `v` with stress `s` is the byte `3 v + s`, a consonant its phoneme's number plus 30, so that the shipped
/// lexicon's bytes are read in place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub struct Phone(u8);

impl Phone {
    /// How many phones there are: 15 vowels with three stresses each, and 24 consonants.
    pub const COUNT: usize = 69;

    /// `phoneme` with `stress`; a stress above 2 counts as 2, and a consonant takes none.
    pub const fn new(phoneme: Phoneme, stress: u8) -> Phone {
        if phoneme.is_vowel() {
            Phone(phoneme as u8 * 3 + if stress > 2 { 2 } else { stress })
        } else {
            Phone(phoneme as u8 + 2 * VOWELS)
        }
    }

    /// `"EY1"` or `"T"`. A vowel without a digit is unstressed; a consonant with one is no phone.
    pub fn parse(arpabet: &str) -> Option<Phone> {
        let (name, stress) = match arpabet.as_bytes().last()? {
            digit @ b'0'..=b'2' => (&arpabet[..arpabet.len() - 1], Some(digit - b'0')),
            _ => (arpabet, None),
        };
        let phoneme = Phoneme::parse(name)?;
        (phoneme.is_vowel() || stress.is_none()).then(|| Phone::new(phoneme, stress.unwrap_or(0)))
    }

    /// The phones of `"W AO1 K T"`, or None where one of them is none.
    pub fn parse_all(arpabet: &str) -> Option<Vec<Phone>> {
        arpabet.split_ascii_whitespace().map(Phone::parse).collect()
    }

    /// The phone that `byte` stands for, if it does.
    pub const fn from_byte(byte: u8) -> Option<Phone> {
        if (byte as usize) < Phone::COUNT { Some(Phone(byte)) } else { None }
    }

    /// A number below [`Phone::COUNT`], for tables.
    pub const fn byte(self) -> u8 {
        self.0
    }

    pub const fn is_vowel(self) -> bool {
        self.0 < 3 * VOWELS
    }

    /// 0 none, 1 primary, 2 secondary; None for a consonant.
    pub const fn stress(self) -> Option<u8> {
        if self.is_vowel() { Some(self.0 % 3) } else { None }
    }

    /// The same vowel with another stress; a consonant stays as it is.
    pub const fn with_stress(self, stress: u8) -> Phone {
        if self.is_vowel() { Phone(self.0 - self.0 % 3 + if stress > 2 { 2 } else { stress }) } else { self }
    }

    pub const fn phoneme(self) -> Phoneme {
        Phoneme::ALL[if self.is_vowel() { self.0 / 3 } else { self.0 - 2 * VOWELS } as usize]
    }

    /// `"EY1"`, `"T"`.
    pub const fn arpabet(self) -> &'static str {
        #[rustfmt::skip]
        const VOWEL_NAMES: [&str; 45] = [
            "AA0", "AA1", "AA2", "AE0", "AE1", "AE2", "AH0", "AH1", "AH2", "AO0", "AO1", "AO2", "AW0", "AW1", "AW2",
            "AY0", "AY1", "AY2", "EH0", "EH1", "EH2", "ER0", "ER1", "ER2", "EY0", "EY1", "EY2", "IH0", "IH1", "IH2",
            "IY0", "IY1", "IY2", "OW0", "OW1", "OW2", "OY0", "OY1", "OY2", "UH0", "UH1", "UH2", "UW0", "UW1", "UW2",
        ];
        if self.is_vowel() { VOWEL_NAMES[self.0 as usize] } else { self.phoneme().arpabet() }
    }

    /// IPA without a stress mark, which belongs before the syllable. Unstressed AH is a schwa, unstressed ER r-coloured.
    pub const fn ipa(self) -> &'static str {
        match (self.phoneme(), self.stress()) {
            (AH, Some(0)) => "ə",
            (ER, Some(0)) => "ɚ",
            (phoneme, _) => phoneme.ipa(),
        }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.arpabet())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.arpabet())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_one_phone_and_its_name_reads_back() {
        for byte in 0..=255 {
            match Phone::from_byte(byte) {
                Some(phone) => {
                    assert_eq!(Phone::parse(phone.arpabet()), Some(phone));
                    assert_eq!(Phone::new(phone.phoneme(), phone.stress().unwrap_or(0)), phone);
                }
                None => assert!(byte as usize >= Phone::COUNT),
            }
        }
    }

    #[test]
    fn the_list_of_all_is_in_the_order_of_the_numbers() {
        for (i, p) in Phoneme::ALL.into_iter().enumerate() {
            assert_eq!(p as usize, i);
            assert_eq!(Phoneme::parse(p.arpabet()), Some(p));
            assert_eq!(p.is_vowel(), p.manner().is_none());
            assert_eq!(p.is_vowel(), p.height().is_some() && p.backness().is_some());
        }
    }

    #[test]
    fn stress_belongs_to_vowels() {
        assert_eq!(Phone::parse("T1"), None);
        assert_eq!(Phone::parse("EY3"), None);
        assert_eq!(Phone::parse(""), None);
        let t = Phone::new(T, 1);
        assert_eq!((t.stress(), t.with_stress(1)), (None, t));
        assert_eq!(Phone::new(EY, 0).with_stress(1).arpabet(), "EY1");
    }
}
