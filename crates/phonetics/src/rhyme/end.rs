//! The end of a line, made once and then held against the ends of other lines.

use smallvec::SmallVec;

use super::letters::{self, Letters};
use super::tail::{self, Beat, Made, Sounds, Tail};
use crate::{Phoneme::*, Pronouncer, Token, Via, WordRef, lexicon, words};

/// Words at a line's end that lean on the one before, so that a rhyme may reach across the space: *know it, tell her*.
const LEANING: &[&str] = &[
    "a", "all", "am", "and", "are", "as", "at", "be", "been", "can", "do", "for", "from", "had", "has", "have", "he",
    "her", "him", "his", "i", "in", "is", "it", "me", "my", "no", "not", "now", "of", "off", "on", "one", "or", "out",
    "she", "so", "some", "that", "thee", "them", "then", "there", "they", "this", "thou", "to", "too", "up", "us",
    "was", "we", "were", "will", "with", "you",
];

/// How many words back a mosaic rhyme may begin.
const WORDS: usize = 3;

/// The last word or words of a line: every tail of every pronunciation, ready to be compared.
///
/// ```
/// use phonetics::{LineEnd, Pronouncer};
/// let end = LineEnd::of_line(Pronouncer::shared(), "Softly the shadows gather --").expect("the line has words");
/// assert_eq!(end.word().text(), "gather");
/// ```
#[derive(Clone, Debug)]
pub struct LineEnd {
    words: SmallVec<[WordRef; 1]>,
    pub(super) tails: SmallVec<[Tail; 5]>,
    pub(super) letters: Letters,
    pub(super) leveled: Letters,
    pub(super) identity: u64,
}

impl LineEnd {
    /// The end of a line of text; None where the line has nothing that a reader says.
    pub fn of_line(pronouncer: &Pronouncer, line: &str) -> Option<LineEnd> {
        let tokens: SmallVec<[Token; 16]> = words(line).collect();
        // One word more than a rhyme reaches, should the last be a symbol that nobody says.
        let near = &tokens[tokens.len().saturating_sub(WORDS + 1)..];
        let said: SmallVec<[WordRef; 4]> = near.iter().map(|token| pronouncer.word(&token.text)).collect();
        LineEnd::of_words(&said)
    }

    /// The end of a line of words already looked up; None where none of them is said.
    pub fn of_words(line: &[WordRef]) -> Option<LineEnd> {
        let last = line.iter().rposition(|w| !w.pronunciations().is_empty())?;
        let word = &line[last];
        let mut tails: SmallVec<[Tail; 5]> = SmallVec::new();
        for (n, pronunciation) in word.pronunciations().iter().enumerate().take(4) {
            let sounds = tail::canonical(pronunciation.phones());
            add_tails(&mut tails, &sounds, word.text(), pronunciation.via(), n as u8);
        }
        let mut end = LineEnd {
            words: SmallVec::from_elem(word.clone(), 1),
            tails,
            letters: Letters::of(word.text()),
            leveled: Letters::leveled(word.text()),
            identity: hash(word.text()),
        };
        end.add_old_letters();
        end.add_unnumbered(&line[..last]);
        end.add_mosaic(&line[last.saturating_sub(WORDS - 1)..=last]);
        Some(end)
    }

    /// The last word.
    pub fn word(&self) -> &WordRef {
        &self.words[self.words.len() - 1]
    }

    /// The words that a rhyme may reach over, in order; the last one last.
    pub fn words(&self) -> &[WordRef] {
        &self.words
    }

    /// The sound from the last stressed vowel on, in ARPAbet, of the most usual pronunciation: "AY1 T".
    pub fn arpabet(&self) -> String {
        self.word().pronunciations().first().map_or_else(String::new, |p| {
            let phones = p.phones();
            let stressed = |s: u8| phones.iter().rposition(|p| p.stress() == Some(s));
            let from = stressed(1).or_else(|| stressed(2)).or_else(|| stressed(0)).unwrap_or(0);
            phones[from..].iter().map(|p| p.arpabet()).collect::<Vec<_>>().join(" ")
        })
    }

    /// A number at the end of a line may be the line's own (printed every five lines) or a note's (*been13*): then the line ends
    /// in the word before it. Which one it is the rhyme must tell.
    fn add_unnumbered(&mut self, before: &[WordRef]) {
        let text = self.word().text();
        let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
        if stem.len() == text.len() {
            return;
        }
        let meant = if stem.is_empty() { before.last().cloned() } else { lexicon::word(stem).map(WordRef::from) };
        let Some(meant) = meant else { return };
        for pronunciation in meant.pronunciations().iter().take(4) {
            let sounds = tail::canonical(pronunciation.phones());
            add_tails(&mut self.tails, &sounds, meant.text(), pronunciation.via(), 0);
        }
        self.letters = Letters::of(meant.text());
        self.leveled = Letters::leveled(meant.text());
    }

    /// Adds the tails of the word that an old printer meant: *u* between vowels is *v*, *i* before a vowel at the start is *j*.
    fn add_old_letters(&mut self) {
        let Some(meant) = letters::modern_letters(self.word().text()) else { return };
        let Some(word) = lexicon::word(&meant) else { return };
        for pronunciation in word.pronunciations().iter().take(2) {
            let sounds = tail::canonical(pronunciation.phones());
            let from = self.tails.len();
            add_tails(&mut self.tails, &sounds, &meant, Via::Morphology, 0);
            for tail in &mut self.tails[from..] {
                tail.made = Made::OldLetters;
            }
        }
        self.leveled = Letters::leveled(&meant);
    }

    /// Adds the tails that begin in an earlier word, where the last words are stressless monosyllables.
    fn add_mosaic(&mut self, line: &[WordRef]) {
        let leans =
            |w: &WordRef| LEANING.contains(&w.text()) && w.pronunciations().first().is_some_and(|p| p.syllables() == 1);
        let mut reach = line.len() - 1;
        // Every word from which on the others lean may begin the rhyme: *is it*, *what is it*.
        while reach > 0 && leans(&line[reach]) && !line[reach - 1].pronunciations().is_empty() {
            reach -= 1;
            for pronunciation in line[reach].pronunciations().iter().take(2) {
                let mut phones: SmallVec<[crate::Phone; 32]> = SmallVec::from_slice(pronunciation.phones());
                for word in &line[reach + 1..] {
                    let said = word.pronunciations()[0].phones();
                    // The weak forms of her, him, have lose their h.
                    let said = if said[0].phoneme() == HH { &said[1..] } else { said };
                    coalesce(&mut phones, said);
                    phones.extend(said.iter().map(|p| p.with_stress(0)));
                }
                let sounds = tail::canonical(&phones);
                // A compound may begin the rhyme on its second part: hen-pecked you all.
                for (at, _) in tail::beats(&sounds).into_iter().filter(|(_, beat)| *beat <= Beat::Secondary) {
                    let tail = tail::tail_at(&sounds, at, Beat::Primary, Made::Mosaic, pronunciation.via(), 0);
                    push(&mut self.tails, tail);
                }
            }
        }
        self.words = SmallVec::from(&line[reach..]);
    }
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// *t* and *d* before the *y* of *you* as in *pecked you*, said as *ch* and *j*.
fn coalesce(phones: &mut SmallVec<[crate::Phone; 32]>, next: &[crate::Phone]) {
    let joined = match (phones.last().map(|p| p.phoneme()), next.first().map(|p| p.phoneme())) {
        (Some(T), Some(Y)) => CH,
        (Some(D), Some(Y)) => JH,
        _ => return,
    };
    if let Some(last) = phones.last_mut() {
        *last = crate::Phone::new(joined, 0);
    }
}

fn push(tails: &mut SmallVec<[Tail; 5]>, tail: Tail) {
    let known =
        |t: &Tail| t.sounds_like(&tail) && t.syllables == tail.syllables && t.beat <= tail.beat && t.made <= tail.made;
    if !tails.iter().any(known) {
        tails.push(tail);
    }
}

/// Every tail of one pronunciation: from each beat on, and the endings that letters or history give it besides.
fn add_tails(tails: &mut SmallVec<[Tail; 5]>, sounds: &Sounds, text: &str, via: Via, pronunciation: u8) {
    for (at, beat) in tail::beats(sounds) {
        let spoken = tail::tail_at(sounds, at, beat, Made::Spoken, via, pronunciation);
        push(tails, spoken);
        if beat >= Beat::Weak {
            let next = spoken.coda.first();
            if matches!(spoken.vowel, AH | IH | ER | EH) && !spoken.coda.is_empty() {
                let full = letters::full_vowel(text, next);
                // What is spelled with e or i may be heard as either (poet, it).
                let lax = matches!(full, Some(EH | IH)).then_some(if full == Some(EH) { IH } else { EH });
                for vowel in [full, lax].into_iter().flatten().filter(|&v| v != spoken.vowel) {
                    push(tails, Tail { vowel, made: Made::Restored, ..spoken });
                }
            }
            let sibilant = spoken.coda.len() == 1 && matches!(next, Some(Z | S));
            if spoken.vowel == IY && (spoken.coda.is_empty() || sibilant) {
                push(tails, Tail { vowel: AY, made: Made::EyeEnding, ..spoken });
            }
            if spoken.vowel == AH && spoken.coda.is_empty() && text.ends_with('a') {
                push(tails, Tail { vowel: EY, made: Made::FinalA, ..spoken });
            }
        }
    }
    if let Some(tail) = syllabic_ed(sounds, text, via, pronunciation) {
        push(tails, tail);
    }
}

/// *banished* in three syllables.
fn syllabic_ed(sounds: &Sounds, text: &str, via: Via, pronunciation: u8) -> Option<Tail> {
    let n = sounds.len();
    if !text.ends_with("ed") || n < 3 || !matches!(sounds[n - 1].phoneme, T | D) || sounds[n - 2].phoneme.is_vowel() {
        return None;
    }
    let mut longer: Sounds = SmallVec::from_slice(&sounds[..n - 1]);
    longer.push(tail::Sound { phoneme: EH, stress: 0 });
    longer.push(tail::Sound { phoneme: D, stress: 0 });
    let (at, beat) = *tail::beats(&longer).last()?;
    Some(tail::tail_at(&longer, at, beat, Made::SyllabicEd, via, pronunciation))
}
