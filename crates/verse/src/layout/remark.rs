//! Chat wrapping before a text and remarks after it, told from verse by what they speak of: the text itself.

/// Words that name the text, its form or the request for it.
const META: &[&str] = &[
    "poem",
    "poems",
    "poetry",
    "verse",
    "verses",
    "sonnet",
    "sonnets",
    "haiku",
    "haikus",
    "limerick",
    "limericks",
    "ballad",
    "ballads",
    "couplet",
    "couplets",
    "stanza",
    "stanzas",
    "quatrain",
    "quatrains",
    "rhyme",
    "rhymes",
    "rhyming",
    "rhymed",
    "unrhymed",
    "ode",
    "elegy",
    "villanelle",
    "sestina",
    "acrostic",
    "ghazal",
    "pantoum",
    "tanka",
    "triolet",
    "lyrics",
    "poetic",
    "story",
    "tale",
    "joke",
    "jokes",
    "pun",
    "riddle",
    "essay",
    "attempt",
    "version",
    "example",
    "response",
    "request",
    "requested",
    "prompt",
    "style",
    "piece",
    "ditty",
    "syllable",
    "syllables",
    "pentameter",
    "meter",
    "metre",
    "lines",
    "paragraph",
    "paragraphs",
    "instructions",
    "one",
    "revision",
    "rewrite",
    "rewritten",
    "continuation",
    "translation",
];

/// How chat models begin before the text. Each stands at the start of a line and ends at a word's end.
const OPENERS: &[&str] = &[
    "here is",
    "here's",
    "here are",
    "here goes",
    "here it is",
    "here it goes",
    "here you go",
    "here you are",
    "sure",
    "sure thing",
    "certainly",
    "of course",
    "absolutely",
    "definitely",
    "gladly",
    "okay",
    "ok",
    "alright",
    "all right",
    "great",
    "wonderful",
    "i'd be happy",
    "i'd be glad",
    "i would be happy",
    "i'd love",
    "i'd be delighted",
    "i'll do my best",
    "i will do my best",
    "i'll try",
    "i will try",
    "i'll give it",
    "i'll attempt",
    "i shall attempt",
    "i'll write",
    "i will write",
    "i'll create",
    "i've written",
    "i have written",
    "i've crafted",
    "i am not able",
    "i'm not able",
    "i am not capable",
    "i'm not sure",
    "i am not sure",
    "i can't",
    "i cannot",
    "i am an ai",
    "i'm an ai",
    "as an ai",
    "as a language model",
    "as an artificial",
    "as requested",
    "as you requested",
    "as per your request",
    "below is",
    "below you'll",
    "the following is",
    "the following",
    "thank you for",
    "thanks for",
    "i apologize",
    "my apologies",
    "sorry",
    "please find",
    "let me",
    "allow me",
    "happy to",
    "inspired by",
    "in the style of",
    "this is a",
    "this is my",
    "my attempt",
    "what follows",
    "a challenge",
    "the challenge",
    "a request",
    "a solemn request",
    "i understand",
    "got it",
    "understood",
    "welcome",
    "hello",
    "hi",
    "hi there",
];

/// Openers that need no other sign where the line stands apart.
const SURE_OPENERS: &[&str] = &[
    "sure!",
    "sure thing",
    "certainly!",
    "of course!",
    "absolutely!",
    "i'd be happy to",
    "i would be happy to",
    "i'd be glad to",
    "i'll do my best to",
    "as an ai",
    "i am an ai",
    "i'm an ai",
    "here it is:",
    "here goes:",
    "here you go",
    "as requested",
    "thank you for the prompt",
    "thank you for your request",
];

/// Openers that announce a text by themselves: "Here it goes:".
const HANDING_OVER: &[&str] = &[
    "here",
    "here's",
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "gladly",
    "okay",
    "ok",
    "alright",
    "as requested",
    "below",
    "the following",
    "happy to",
    "my attempt",
];

/// How remarks after a text begin.
const CLOSERS: &[&str] = &[
    "note:",
    "note that",
    "notes:",
    "please note",
    "author's note",
    "p.s.",
    "ps:",
    "disclaimer:",
    "explanation:",
    "analysis:",
    "commentary:",
    "i hope",
    "hope you",
    "hope this",
    "let me know",
    "please let me know",
    "would you like",
    "do you want me",
    "how was that",
    "how's that",
    "how is that",
    "how do you like",
    "how was it",
    "did i capture",
    "what do you think",
    "feel free",
    "please feel free",
    "is there anything else",
    "if you'd like",
    "if you would like",
    "if you have any",
    "if you need",
    "if you want me",
    "word count",
    "(word count",
    "the end",
    "end of poem",
    "end of the poem",
    "end poem",
    "is this what you",
    "does this",
    "was this",
    "enjoy!",
    "thank you for reading",
    "thanks for reading",
    "thank you for the",
    "i've tried",
    "i have tried",
    "i tried",
    "i've attempted",
    "i attempted",
    "i've written",
    "i've used",
    "i used",
    "i wrote",
    "i've followed",
    "i followed",
    "i aimed",
    "i chose",
    "i've aimed",
    "of course, this is",
    "rhyme scheme:",
    "meter:",
    "metre:",
    "form:",
    "theme:",
    "themes:",
    "structure:",
    "tone:",
    "style:",
    "written by",
    "created by",
    "-- created by",
    "copyright",
    "©",
    "all rights reserved",
    "source:",
    "breakdown:",
    "translated from",
    "translated by",
    "your ai assistant",
    "keep in mind",
    "remember that this",
    "feedback",
];

/// Remarks that are closing whatever they go on with, even in the line after the last verse.
const SURE_CLOSERS: &[&str] = &[
    "note:",
    "please note",
    "disclaimer:",
    "i hope you enjoy",
    "i hope you like",
    "i hope this poem",
    "i hope this meets",
    "i hope it meets",
    "hope you enjoy",
    "let me know if",
    "let me know what",
    "please let me know",
    "would you like me",
    "feel free to",
    "please feel free",
    "is there anything else",
    "if you'd like me",
    "if you would like me",
    "if you'd like to",
    "word count",
    "end of poem",
    "end of the poem",
    "how was that",
    "how's that",
    "did i capture",
    "explanation:",
    "analysis:",
    "translated from",
    "all rights reserved",
];

/// What a text is hoped to do.
const HOPES: &[&str] = &[
    "captures",
    "meets",
    "helps",
    "works",
    "brings",
    "brought",
    "fits",
    "resonates",
    "suits",
    "inspires",
    "conveys",
    "does",
    "satisfies",
    "enjoy",
    "enjoyed",
];

/// Subjects of a sentence that explains a text: "This poem follows …", "The poem above …".
const ABOUT: &[&str] = &[
    "this poem",
    "this sonnet",
    "this haiku",
    "this limerick",
    "this ballad",
    "this verse",
    "this piece",
    "this unrhymed",
    "this short poem",
    "this long poem",
    "this free verse",
    "this is an original",
    "this is my own original",
    "this original",
    "this 14-line",
    "this story",
    "this joke",
    "this villanelle",
    "this version",
    "the poem above",
    "the above poem",
    "the poem",
    "the sonnet",
    "the haiku",
    "the story",
    "the short poem",
    "in this poem",
    "in this sonnet",
    "in this version",
    "in this piece",
    "in this long poem",
    "in this short poem",
    "each stanza",
    "each line",
    "these lines",
    "the rhyme scheme",
    "the rhyming",
    "the lines",
    "poem written",
    "poem by",
    "this composition",
    "this attempt",
    "this style",
    "this form",
    "this structure",
    "the structure",
    "this work",
];

/// Verbs of such a sentence.
const ABOUT_VERBS: &[&str] = &[
    "follows",
    "uses",
    "is",
    "was",
    "has",
    "explores",
    "captures",
    "employs",
    "celebrates",
    "reflects",
    "attempts",
    "aims",
    "tries",
    "doesn't",
    "does",
    "adheres",
    "avoids",
    "rhymes",
    "contains",
    "consists",
    "draws",
    "incorporates",
    "maintains",
    "compares",
    "features",
    "emphasizes",
    "highlights",
    "describes",
    "speaks",
    "seeks",
    "evokes",
    "i",
    "tells",
    "provided",
    "should",
    "are",
    "may",
    "can",
    "takes",
    "embodies",
    "conveys",
    "utilizes",
    "reads",
    "not",
    "format",
    "serves",
    "focuses",
    "paints",
    "presents",
    "to",
    "scheme",
];

/// A line in lower case with straight apostrophes, without marks in front: what the phrases above are held against.
pub(super) fn plain_lower(text: &str) -> String {
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©');
    start.chars().take(600).map(|c| if c == '’' || c == '‘' { '\'' } else { c }).flat_map(char::to_lowercase).collect()
}

fn starts(lower: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|p| {
        lower.strip_prefix(p).is_some_and(|rest| {
            p.ends_with(|c: char| !c.is_alphanumeric()) || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '\'')
        })
    })
}

/// Words that name a poem, its form or its making, and all words.
pub(super) fn meta_share(text: &str) -> (usize, usize) {
    const MAKING: [&str; 13] = [
        "poem", "poems", "poetry", "poet", "rhyme", "rhymes", "rhyming", "haiku", "sonnet", "limerick", "stanza",
        "stanzas", "prompt",
    ];
    let lower = plain_lower(text);
    words(&lower).fold((0, 0), |(meta, all), w| (meta + usize::from(MAKING.contains(&w)), all + 1))
}

fn meta_words(lower: &str) -> usize {
    words(lower).filter(|w| META.contains(w)).count()
}

fn words(lower: &str) -> impl Iterator<Item = &str> {
    lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty())
}

fn ends_with_colon(text: &str) -> bool {
    text.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ':').ends_with(':')
        || text.ends_with(":-")
        || text.ends_with(":)")
}

/// True where a line before the text speaks of the text to come. `apart`: a blank line follows it.
pub(super) fn is_wrapping(text: &str, apart: bool) -> bool {
    let lower = plain_lower(text);
    let colon = ends_with_colon(text);
    let meta = meta_words(&lower);
    let opener = starts(&lower, OPENERS);
    let count = words(&lower).count();
    // "One" counts verses less often than it stands for a poem.
    let named = words(&lower).any(|w| w != "one" && META.contains(&w));
    (opener && colon && (named || (count <= 6 && starts(&lower, HANDING_OVER))) && count <= 80)
        || (apart && starts(&lower, SURE_OPENERS) && (meta > 0 || colon || count <= 14))
        || (apart && opener && meta > 1 && count <= 80)
        || (apart && colon && named && count <= 60)
        || matches!(
            lower.trim_end_matches([':', '!', '.', ' ']),
            "assistant" | "ai" | "response" | "answer" | "output" | "poem" | "verse" | "model"
        )
}

/// "### User:", "Human:" alone in its line: another speaker's turn.
pub(super) fn is_turn(text: &str, heading: bool) -> bool {
    let Some(name) = text.strip_suffix(':').or(heading.then_some(text)) else { return false };
    let name = name.trim().to_lowercase();
    let sure = ["user", "human", "system", "instruction", "instructions", "assistant"];
    sure.contains(&name.as_str())
        || (heading && ["input", "prompt", "question", "response", "output"].contains(&name.as_str()))
}

/// True where a line apart could be a courtesy before wrapping: "A challenge most delightful!"
pub(super) fn is_courtesy(text: &str) -> bool {
    let lower = plain_lower(text);
    let count = words(&lower).count();
    (text.ends_with(['!', '.', ':']) && count <= 30) || starts(&lower, OPENERS)
}

/// The bytes of an opener that stands before the text in the same line: "Sure! Here's a joke: …".
pub(super) fn inline_wrapping(text: &str) -> Option<usize> {
    let colon = text.char_indices().take(160).find(|(_, c)| *c == ':')?.0;
    let (head, rest) = text.split_at(colon + 1);
    if rest.trim().is_empty() {
        return None;
    }
    let lower = plain_lower(head);
    let own = meta_words(&lower) > usize::from(words(&lower).any(|w| w == "one"));
    (starts(&lower, OPENERS) && own && words(&lower).count() <= 22)
        .then(|| head.len() + rest.len() - rest.trim_start().len())
}

/// True where a line after the text is a remark on it. `apart`: a blank line stands before it.
pub(super) fn is_closing(text: &str, apart: bool) -> bool {
    let lower = plain_lower(text);
    if starts(&lower, SURE_CLOSERS) {
        return true;
    }
    if text.starts_with(['(', '[', '*']) && (starts(&lower, CLOSERS) || starts(&lower, ABOUT)) {
        return true;
    }
    if !apart {
        return false;
    }
    let about = ABOUT.iter().any(|subject| {
        lower.strip_prefix(subject).is_some_and(|rest| {
            rest.starts_with([' ', ',', ':', '\'']) && (words(rest).take(4).any(|w| ABOUT_VERBS.contains(&w)))
        })
    });
    let hopes =
        ["i hope this ", "i hope it ", "i hope that this ", "i hope these "].iter().any(|p| lower.starts_with(p))
            && text.ends_with(['.', '!', ')'])
            && words(&lower).any(|w| HOPES.contains(&w));
    if hopes {
        return true;
    }
    let alone = words(&lower).count() <= 6 && !text.ends_with([',', ';']);
    (starts(&lower, CLOSERS)
        && (alone || meta_words(&lower) > 0 || text.ends_with('?') || lower.starts_with("i hope you")))
        || (about && meta_words(&lower) > 0 && (text.ends_with(['.', ')', ':', '!']) || text.len() > 90))
}

/// "— Emily Dickinson", "by J. Smith", "~ The Wanderer": who wrote it.
pub(super) fn is_signature(text: &str) -> bool {
    let dashed = text.starts_with("--")
        || text.starts_with('—')
        || text.starts_with('–')
        || text.starts_with('~')
        || text.starts_with("- ");
    let name = text.trim_start_matches(['-', '—', '–', '~', ' ']);
    let by = name.strip_prefix("by ").or_else(|| name.strip_prefix("By ")).or_else(|| name.strip_prefix("BY "));
    if !dashed && by.is_none() {
        return false;
    }
    let name = by.unwrap_or(name);
    let small = ["the", "of", "de", "von", "van", "and", "in", "la"];
    let words: Vec<&str> = name.split_whitespace().collect();
    (1..=8).contains(&words.len())
        && !name.ends_with([',', ';', '?', '!'])
        && words.iter().all(|w| small.contains(w) || w.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_speaks_of_the_text() {
        for line in [
            "Here is a short poem that rhymes:",
            "Sure! Here's a ballad for you.",
            "I'd be happy to write a poem for you. Here it is:",
            "A challenge indeed. Here's my attempt at a poem in heroic couplets:",
            "Assistant:",
        ] {
            assert!(is_wrapping(line, true), "{line}");
        }
        for line in [
            "Here is the church, and here is the steeple,",
            "I am not able, said the crow, to sing",
            "The old clock said:",
        ] {
            assert!(!is_wrapping(line, true), "{line}");
        }
    }

    #[test]
    fn remarks_speak_of_the_text_that_was() {
        for line in [
            "I hope you enjoy it!",
            "I hope this captures the mood you wanted.",
            "Note: blank verse does not rhyme.",
            "(Note: this poem has 14 lines)",
            "This sonnet follows the Shakespearean rhyme scheme.",
            "Would you like me to write another?",
            "The end.",
            "(Word count: 112)",
        ] {
            assert!(is_closing(line, true), "{line}");
        }
        for line in [
            "I hope the morning finds her well",
            "The end of all our wandering is near,",
            "This poem of the rain goes on and on,",
        ] {
            assert!(!is_closing(line, true), "{line}");
        }
    }

    #[test]
    fn signatures_are_names() {
        assert!(is_signature("— Ann Harrow"));
        assert!(is_signature("by J. B. Holt"));
        assert!(!is_signature("— and then the rain"));
        assert!(!is_signature("By night the river runs"));
    }
}
