//! a text: its lines, stanzas, rhyme scheme, metre, form

mod layout;
mod line;
mod metre;
mod reading;
mod scheme;

pub use layout::{Layout, NORMALIZER, normalize};
pub use line::{Line, Spoken};
pub use reading::*;
