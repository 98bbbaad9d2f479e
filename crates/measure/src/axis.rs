//! What goes up along an axis of the map, in a reader's words.

/// The words for more and for less of a feature, by its name; None for a feature that has none (a test sees that all have).
pub(crate) fn words(feature: &str) -> Option<(&'static str, &'static str)> {
    WORDS.iter().find(|w| w.0 == feature).map(|w| (w.1, w.2))
}

/// Feature, more of it, less of it.
const WORDS: &[(&str, &str, &str)] = &[
    // form-1
    ("lines", "longer poems", "shorter poems"),
    ("stanza_lines", "longer stanzas", "shorter stanzas"),
    ("stanza_regularity", "stanzas of one length", "stanzas of many lengths"),
    ("couplet_share", "more stanzas of two lines", "fewer stanzas of two lines"),
    ("tercet_share", "more stanzas of three lines", "fewer stanzas of three lines"),
    ("quatrain_share", "more quatrains", "fewer quatrains"),
    ("long_stanza_share", "more stanzas of five to ten lines", "fewer stanzas of five to ten lines"),
    ("closing_stanza", "a long last stanza", "a short last stanza"),
    ("refrain_share", "more refrains", "fewer refrains"),
    ("anaphora", "more lines that open alike", "fewer lines that open alike"),
    ("rhyme_density", "more rhyme", "less rhyme"),
    ("perfect_share", "purer rhymes", "less pure rhymes"),
    ("promoted_share", "more rhymes on a weak last syllable", "fewer rhymes on a weak last syllable"),
    ("slant_share", "more near rhymes", "fewer near rhymes"),
    ("identical_share", "more words rhymed with themselves", "fewer words rhymed with themselves"),
    ("aabb_share", "more rhyme by neighbours (aabb)", "less rhyme by neighbours (aabb)"),
    ("abab_share", "more crossed rhyme (abab)", "less crossed rhyme (abab)"),
    ("abcb_share", "more quatrains rhyming abcb", "fewer quatrains rhyming abcb"),
    ("abba_share", "more enclosed rhyme (abba)", "less enclosed rhyme (abba)"),
    ("rhyme_distance", "rhymes farther apart", "rhymes closer together"),
    ("rhyme_group", "more lines on one rhyme", "fewer lines on one rhyme"),
    ("scheme_regularity", "one rhyme scheme throughout", "changing rhyme schemes"),
    ("returning_rhymes", "more rhymes that come back", "fewer rhymes that come back"),
    ("feminine_rhymes", "more rhymes on two syllables", "fewer rhymes on two syllables"),
    ("monosyllable_ends", "more lines that end on a short word", "fewer lines that end on a short word"),
    ("internal_rhyme", "more rhyme inside lines", "less rhyme inside lines"),
    ("alliteration", "more alliteration", "less alliteration"),
    ("assonance", "more assonance", "less assonance"),
    ("syllables", "longer lines", "shorter lines"),
    ("syllable_spread", "uneven lines", "even lines"),
    ("off_pattern", "lines that leave the stanza's pattern", "lines that keep the stanza's pattern"),
    ("alternation", "long and short lines in turn (8-6)", "no turns of long and short lines"),
    ("length_skew", "a few very long lines", "a few very short lines"),
    ("step", "long lines beside short ones", "lines as long as their neighbours"),
    ("stanza_close", "stanzas that close on a long line", "stanzas that close on a short line"),
    ("iambic", "more iambic", "less iambic"),
    ("double_weak", "more triple feet", "fewer triple feet"),
    ("clash", "more stresses side by side", "fewer stresses side by side"),
    ("lapse", "more runs of weak syllables", "fewer runs of weak syllables"),
    ("opening_stress", "more lines that open on a stress", "fewer lines that open on a stress"),
    ("feminine_endings", "more lines that end on a weak syllable", "fewer lines that end on a weak syllable"),
    ("stress_density", "more stresses", "fewer stresses"),
    ("beat_regularity", "the same beats in every line", "changing numbers of beats"),
    ("rhythm_echo", "lines that repeat their rhythm", "lines that change their rhythm"),
    ("metre_fit", "a stricter metre", "a looser metre"),
    ("metre_regularity", "a more regular rhythm", "a less regular rhythm"),
    ("inversions", "more feet turned round", "fewer feet turned round"),
    ("sentence_ends", "more lines that end a sentence", "fewer lines that end a sentence"),
    ("pause_ends", "more pauses at the ends of lines", "fewer pauses at the ends of lines"),
    ("inner_stops", "more sentences that end inside lines", "fewer sentences that end inside lines"),
    ("inner_pauses", "more pauses inside lines", "fewer pauses inside lines"),
    ("pause_place", "pauses late in the line", "pauses early in the line"),
    ("stanza_stops", "stanzas that end a sentence", "stanzas that run on"),
    // prose-1
    ("paragraphs", "more paragraphs", "fewer paragraphs"),
    ("paragraph_words", "longer paragraphs", "shorter paragraphs"),
    ("paragraph_spread", "uneven paragraphs", "even paragraphs"),
    ("one_paragraph", "a single paragraph", "several paragraphs"),
    ("even_paragraphs", "a few even paragraphs, as in an essay", "no essay of even paragraphs"),
    ("lone_sentences", "more paragraphs of one sentence", "fewer paragraphs of one sentence"),
    ("last_paragraph", "a long last paragraph", "a short last paragraph"),
    ("length", "longer texts", "shorter texts"),
    ("sentences", "more sentences", "fewer sentences"),
    ("sentence_words", "longer sentences", "shorter sentences"),
    ("sentence_spread", "sentences of uneven length", "sentences of even length"),
    ("sentence_echo", "long sentences beside long ones", "long sentences beside short ones"),
    ("fragments", "more fragments", "fewer fragments"),
    ("first_sentence", "a long first sentence", "a short first sentence"),
    ("opens_why", "opening with a why", "not opening with a why"),
    ("opens_what", "opening with what, who or which", "not opening with what, who or which"),
    ("opens_how", "opening with a how", "not opening with a how"),
    ("opens_question", "opening with another question", "not opening with another question"),
    ("opens_walks", "somebody walks in", "nobody walks in"),
    ("opens_once", "opening as tales do", "not opening as tales do"),
    ("opens_scene", "opening with weather, light or season", "not opening with weather, light or season"),
    ("opens_i", "opening with I or we", "not opening with I or we"),
    ("opens_you", "opening with you", "not opening with you"),
    ("opens_command", "opening with a command", "not opening with a command"),
    ("opens_name", "opening with a name", "not opening with a name"),
    ("opens_pronoun", "opening with he, she or they", "not opening with he, she or they"),
    ("opens_thing", "opening with a thing or person", "not opening with a thing or person"),
    ("opens_saying", "opening with a general saying", "not opening with a general saying"),
    ("question_answer", "question and answer", "no question and answer"),
    ("questions", "more questions", "fewer questions"),
    ("same_openings", "more sentences that open alike", "fewer sentences that open alike"),
    ("opening_variety", "sentences that open differently", "sentences that open with few words"),
    ("pronoun_openings", "more sentences that open with a pronoun", "fewer sentences that open with a pronoun"),
    ("participle_openings", "more sentences that open with -ing or as", "fewer sentences that open with -ing or as"),
    ("triads", "more lists of three", "fewer lists of three"),
    ("person_i", "more I and we", "less I and we"),
    ("person_you", "more you", "less you"),
    ("person_he", "more he", "less he"),
    ("person_she", "more she", "less she"),
    ("present", "more present tense", "more past tense"),
    ("ing_words", "more words in -ing", "fewer words in -ing"),
    ("names", "more different names", "fewer different names"),
    ("name_density", "more names among the words", "fewer names among the words"),
    ("last_sentence", "a long last sentence", "a short last sentence"),
    ("closing_words", "long sentences at the close", "short sentences at the close"),
    ("closes_question", "a question at the end", "no question at the end"),
    ("closing_moral", "more of a moral at the close", "less of a moral at the close"),
    ("closing_image", "a close of things seen and heard", "a close of reflection"),
    ("closing_echo", "a close that echoes the opening", "a close in other words than the opening"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Genre;

    #[test]
    fn every_feature_has_words_at_either_end() {
        for genre in [Genre::Poetry, Genre::Stories] {
            for (feature, _) in genre.features() {
                assert!(words(feature).is_some_and(|(more, less)| more != less), "{feature}");
            }
        }
        assert!(words("vibes").is_none());
    }
}
