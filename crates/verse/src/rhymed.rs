//! Does a text rhyme? Decided from its schemes, not from its lines one by one: chance rhymes are many.

use phonetics::Class;

use crate::Kind;
use crate::profile::Profile;

/// Share of rhymed lines with which a text rhymes whatever their order.
const PLAIN: f64 = 0.55;
/// Share with which it rhymes where the rhymes stand in a plan: half-rhymed quatrains have no more than this.
const IN_PLAN: f64 = 0.35;
/// Share of lines in fours or stanzas with a plan that makes one.
const PLAN: f64 = 0.6;

/// True where rhyme is the text's plan. A line that only repeats its partner's word counts half.
pub(crate) fn is_rhymed(poem: &Profile) -> bool {
    if poem.kind != Kind::Verse {
        return false;
    }
    let repeated = poem.share(|r| r.rhyme.is_some() && r.class == Some(Class::Identical));
    let rhyming = poem.density - 0.5 * repeated;
    rhyming >= PLAIN || (rhyming >= IN_PLAN && poem.fours().iter().sum::<f64>().max(poem.shared_schemes()) >= PLAN)
}
