//! A comparison as terminal text, JSON and one HTML page.
//!
//! The principal type is a [`Renderer`]: it writes a [`measure::Comparison`], and where it has pictures also the
//! [`measure::Evidence`], for one kind of reader. There are three. [`Terminal`] answers in about thirty lines, [`Html`] in one
//! self-contained page, [`Json`] for programs. All answer in the same order: *Has it collapsed? How do you know? Into what? Away from
//! what? What does it repeat? Can I trust this?*
//!
//! [`Terminal`] and [`Html`] also write two or more sets against each other and a series of checkpoints (`sets`, `track`), and
//! [`Terminal::gate`], [`junit`] and [`github`] a gate's answer; what preferences pay for and what a reward model thinks of rhyme
//! are written by `audit` and `hearing`, what a corpus holds by [`Terminal::census`].
//!
//! Renderers compute nothing. Every figure, every name of a mode and every sentence of the verdict comes with the comparison; here they are
//! rounded, placed and worded. Measuring is left to `measure`, choosing an output and opening files to the command.
//!
//! ```
//! use doggerel_report::{Renderer, Terminal};
//! use measure::{Comparison, Evidence, Verdict, VerdictWord};
//!
//! let comparison = Comparison {
//!     verdict: Verdict {
//!         word: VerdictWord::Collapsed,
//!         sentence: "64 of these poems reach as far as 6 of people's.".into(),
//!         ..Verdict::default()
//!     },
//!     ..Comparison::default()
//! };
//! let mut out = Vec::new();
//! Terminal::default().render(&comparison, &Evidence::default(), &mut out)?;
//! assert!(String::from_utf8_lossy(&out).contains("COLLAPSED  64 of these poems reach as far as 6"));
//! # Ok::<(), doggerel_report::Error>(())
//! ```
//!
//! # Rules that hold for all three
//!
//! **No figure stands alone.** It has its interval and people's figure beside it, and no more digits than the interval allows
//! ([`number`]: 0.17 and not 0.1732).
//!
//! **A stranger's text stays text.** Samples come from models and files that nobody has read. A terminal never sees a control code or a mark
//! that turns the direction of writing; it sees `␛` and `⟨U+202E⟩`, because a reader should see what a model wrote. The page holds texts
//! as JSON that cannot end its element, and its script makes nothing but text nodes of them; should one get out all the same, the page's
//! Content-Security-Policy names the hashes of its own style sheet and script and forbids everything else.
//!
//! **Nothing is said by colour alone.** Samples are diamonds and people's works are dots; verdicts are words; both palettes, light and dark,
//! keep the contrast of WCAG 2.2 AA and differ in lightness as well as in hue.
//!
//! **Same input, same bytes.** No clock and no random number that isn't drawn from the comparison's seed. Ten thousand samples make a page
//! of at most five megabytes: beyond that texts are drawn, and the page says so.
//!
//! # Where things are
//!
//! `number` rounds, `text` makes texts visible, wraps and cuts them, `words` has the names that all renderers share, `chart` the geometry of
//! the pictures. `html` turns a comparison into what `assets/page.html` (a minijinja template) prints; `assets/page.css` and
//! `assets/page.js` are compiled in as they are. The map is SVG up to 5,000 points, and needs no script to be seen; above, the script
//! draws it on a canvas.

mod chart;
mod gate;
mod html;
mod json;
pub mod number;

mod renderer;
mod rhyme;
mod terminal;
mod text;
mod words;

pub use gate::{github, junit};
pub use html::Html;
pub use json::Json;
pub use renderer::{Error, Renderer};
pub use rhyme::RhymeReport;
pub use terminal::Terminal;
