//! How much verse and literary prose a corpus holds.
//!
//! [`read`] finds both in one text, a web page, a book or a record of a dump, wherever they stand in it. It depends on that
//! text alone, so any engine may map it over any number of texts. A [`Census`] counts what was found, and two of them merge
//! into that of both corpora, exactly. [`Census::summary`] gives the counts with intervals that know how often the detector
//! errs ([`ErrorRates`], measured on planted texts).
//!
//! ```
//! let page = "Home\nAbout us\nContact\n\nThe Gate\n\nThe gate was shut, the lane was white,\nThe farmer would not let us through;\n\
//!     We slept beneath the hedge that night\nAnd woke up colder than we knew.\n\nThe lorry came at half past four,\n\
//!     The driver whistled as he braked;\nHe took us to his sister's door\nAnd ate the dinner that she'd baked.\n\n\
//!     Posted in Uncategorized | 3 comments\nCopyright 2019 Example Ltd. All rights reserved.";
//! let found = census::read(page);
//! let poem = &found.passages[0];
//! // A passage may take a line along that stands beside the poem.
//! assert!(page[poem.start..poem.end].starts_with("The gate was shut") && page[poem.start..poem.end].contains("she'd baked."));
//! assert!(poem.verse.as_ref().is_some_and(|verse| verse.rhymed));
//!
//! let mut census = census::Census::default();
//! census.add(page.len(), &found);
//! assert_eq!((census.texts, census.verse.passages), (1, 1));
//! ```
//!
//! The steps: lines with what their shape says (`line`), the odds that each is verse by weights learnt from planted pages
//! (`weights`), the likeliest run of verse and other lines (`path`), and a full reading of the few runs that look like verse
//! (`find`). What is not verse is read paragraph by paragraph for literary prose (`prose`).

mod estimate;
mod find;
mod line;
mod path;
mod prose;
mod tally;
mod weights;

pub use estimate::{Corrected, ErrorRates, Rate, Report, Summary};
pub use find::{Found, Kind, Passage, Verse, read};
pub use tally::{Census, Count};

// What `cargo xtask census` learns weights with.
#[doc(hidden)]
pub use find::{Candidate, candidates, read_with, run_evidence};
#[doc(hidden)]
pub use line::{LINE_EVIDENCE, Page};
#[doc(hidden)]
pub use prose::{Chunk, PROSE_EVIDENCE, chunk_evidence, chunks};
#[doc(hidden)]
pub use weights::{RUN_EVIDENCE, Weights};
