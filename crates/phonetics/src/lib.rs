//! a word: its pronunciations, syllables, stresses; does it rhyme, and how
