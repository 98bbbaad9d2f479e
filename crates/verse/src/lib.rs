//! a text: its lines, stanzas, rhyme scheme, metre, form

mod reading;

pub use reading::*;
