//! a text: its lines, stanzas, rhyme scheme, metre, form

mod ending;
mod features;
mod form;
mod layout;
mod line;
mod metre;
mod profile;
mod read;
mod reading;
mod rhymed;
mod scheme;

pub use ending::valence;
pub use features::{FEATURES, FORM_VECTOR, Feature, form_vector};
pub use form::FORMS;
pub use layout::{Layout, NORMALIZER, normalize};
pub use line::{Line, Spoken};
pub use metre::{LineMetre, MetreReading, scan_line, scan_poem};
pub use read::{Options, read};
pub use reading::*;
pub use scheme::{Link, StanzaScheme, schemes};

// What `cargo xtask` learns weights with.
#[doc(hidden)]
pub use layout::kind_evidence;
#[doc(hidden)]
pub use metre::{Scanner, training as metre_training};
#[doc(hidden)]
pub use scheme::{Prior, letter, pattern, schemes_by};
