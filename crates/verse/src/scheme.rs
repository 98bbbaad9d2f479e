//! Rhyme schemes of stanzas.
