//! The one who says words.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{OnceLock, RwLock};

use crate::spoken::Speaker;
use crate::{Word, WordRef, lexicon, normal};

/// What a [`Pronouncer`] may use. The default is everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Look words up. Without it the word itself is not looked up, and morphology builds only upon stems that the
    /// grapheme-to-phoneme model has seen in training (see [`is_held_out`](crate::is_held_out)), so that answers can be
    /// scored on the held-out tenth.
    pub lexicon: bool,
    /// Build words from known ones. Without it (and without the lexicon) the model alone answers.
    pub morphology: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { lexicon: true, morphology: true }
    }
}

const SHARDS: usize = 64;
/// Words kept per shard before it is emptied: about 260,000 words in all, some 50 MB.
const SHARD_WORDS: usize = 4096;

type Shard = RwLock<HashMap<Box<str>, WordRef>>;

/// Says words: from the lexicon, else by morphology, else by the grapheme-to-phoneme model.
///
/// Answers are kept: a lexicon word is made once and then read without a lock; of the others the most recent 260,000 or so
/// are remembered.
pub struct Pronouncer {
    options: Options,
    shards: Box<[Shard]>,
    hasher: RandomState,
}

impl Pronouncer {
    pub fn new(options: Options) -> Pronouncer {
        Pronouncer { options, shards: (0..SHARDS).map(|_| RwLock::default()).collect(), hasher: RandomState::new() }
    }

    /// The pronouncer with all defaults that the whole process shares.
    pub fn shared() -> &'static Pronouncer {
        static SHARED: OnceLock<Pronouncer> = OnceLock::new();
        SHARED.get_or_init(|| Pronouncer::new(Options::default()))
    }

    /// How `word` is said. Any case, any apostrophe; a phrase is said word after word.
    pub fn word(&self, word: &str) -> WordRef {
        if self.options.lexicon
            && let Some(word) = lexicon::word(word)
        {
            return word.into();
        }
        let text = normal::normalize(word);
        if self.options.lexicon
            && text != word
            && let Some(word) = lexicon::word(&text)
        {
            return word.into();
        }
        self.remembered(&text)
    }

    /// Every word of the lexicon in byte order, whatever the options.
    pub fn lexicon_words(&self) -> impl Iterator<Item = Word> + use<> {
        lexicon::words()
    }

    fn remembered(&self, text: &str) -> WordRef {
        let shard = &self.shards[self.hasher.hash_one(text) as usize % SHARDS];
        // A poisoned lock means that another thread panicked while inserting a finished word: the map is still sound.
        if let Some(word) = shard.read().unwrap_or_else(|e| e.into_inner()).get(text) {
            return word.clone();
        }
        let made = WordRef::from(Word::unlisted(text, Speaker::new(self.options).say(text)));
        let mut words = shard.write().unwrap_or_else(|e| e.into_inner());
        if words.len() >= SHARD_WORDS {
            words.clear();
        }
        words.insert(text.into(), made.clone());
        made
    }
}
