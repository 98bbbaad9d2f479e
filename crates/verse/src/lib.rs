//! a text: its lines, stanzas, rhyme scheme, metre, form

mod layout;
mod line;
mod metre;
mod reading;
mod scheme;

pub use layout::{Layout, NORMALIZER, normalize};
pub use line::{Line, Spoken};
#[doc(hidden)]
pub use metre::training as metre_training;
pub use metre::{LineMetre, MetreReading, Scanner, scan_line, scan_poem};
pub use reading::*;
pub use scheme::{Link, Prior, StanzaScheme, letter, pattern, schemes, schemes_by};
