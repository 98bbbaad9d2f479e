//! Which sort of writing texts are held against.

use serde::{Deserialize, Serialize};
use verse::Kind;

use crate::prose::SHORT;
use crate::reading::Reading;

/// A genre has its form vector, its atlas, and its texts on task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    /// Verse and prose poems, by [`verse::FEATURES`].
    #[default]
    Poetry,
    /// Short prose, by [`crate::prose::FEATURES`].
    Jokes,
    /// Prose, by the same.
    Stories,
}

impl Genre {
    /// What most of the texts are: verse makes poetry; else prose, jokes where half of it has at most 60 words.
    #[must_use]
    pub fn of<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Self {
        let (mut all, mut verse, mut lengths) = (0, 0, Vec::new());
        for reading in readings {
            all += 1;
            verse += usize::from(is_verse(reading.kind));
            lengths.extend(is_prose(reading.kind).then_some(reading.words));
        }
        if 2 * verse >= all || lengths.len() < verse {
            return Self::Poetry;
        }
        lengths.sort_unstable();
        match lengths.get(lengths.len() / 2) {
            Some(&middle) if middle as usize <= SHORT => Self::Jokes,
            Some(_) => Self::Stories,
            None => Self::Poetry,
        }
    }

    /// `poetry`, `jokes`, `stories`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Poetry => "poetry",
            Self::Jokes => "jokes",
            Self::Stories => "stories",
        }
    }

    /// The genre of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Poetry, Self::Jokes, Self::Stories].into_iter().find(|g| g.name() == name)
    }

    /// What its texts are called: "poems".
    #[must_use]
    pub fn texts(self) -> &'static str {
        match self {
            Self::Poetry => "poems",
            Self::Jokes => "jokes",
            Self::Stories => "stories",
        }
    }

    /// Whether a text is of the kind that this genre asks for: verse and prose poems; prose (a prose poem is prose too) and
    /// dialogue, but no list and no verse.
    #[must_use]
    pub fn is_on_task(self, kind: Kind) -> bool {
        match self {
            Self::Poetry => is_verse(kind),
            Self::Jokes | Self::Stories => is_prose(kind),
        }
    }

    /// The form vector that is compared.
    #[must_use]
    pub fn form(self, reading: &Reading) -> &[f32] {
        match self {
            Self::Poetry => &reading.form,
            Self::Jokes | Self::Stories => &reading.prose,
        }
    }

    /// Name and block of every feature of that vector.
    #[must_use]
    pub fn features(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Poetry => verse::FEATURES.iter().map(|f| (f.name, f.block)).collect(),
            Self::Jokes | Self::Stories => crate::prose::FEATURES.iter().map(|f| (f.name, f.block)).collect(),
        }
    }

    /// The computed form in a reader's words.
    #[must_use]
    pub fn form_name(self, reading: &Reading) -> &str {
        match self {
            Self::Poetry => &reading.form_name,
            Self::Jokes | Self::Stories => &reading.prose_name,
        }
    }
}

/// Whether the text counts as a poem.
pub(crate) fn is_verse(kind: Kind) -> bool {
    matches!(kind, Kind::Verse | Kind::ProsePoem)
}

pub(crate) fn is_prose(kind: Kind) -> bool {
    matches!(kind, Kind::Prose | Kind::ProsePoem | Kind::Dialogue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(kinds: &[(Kind, u32)]) -> Vec<Reading> {
        kinds.iter().map(|(kind, words)| Reading { kind: *kind, words: *words, ..Reading::default() }).collect()
    }

    #[test]
    fn the_genre_is_what_most_texts_are() {
        let (verse, joke, story) = ((Kind::Verse, 90), (Kind::Prose, 12), (Kind::Prose, 900));
        assert_eq!(Genre::of(&readings(&[verse, verse, story])), Genre::Poetry);
        assert_eq!(Genre::of(&readings(&[joke, joke, story, verse])), Genre::Jokes);
        assert_eq!(Genre::of(&readings(&[story, story, joke, (Kind::Dialogue, 700)])), Genre::Stories);
        assert_eq!(Genre::of(&readings(&[(Kind::Empty, 0); 3])), Genre::Poetry);
        assert_eq!(Genre::of(&[]), Genre::Poetry);
    }

    #[test]
    fn lists_are_on_no_task() {
        for genre in [Genre::Poetry, Genre::Jokes, Genre::Stories] {
            assert!(!genre.is_on_task(Kind::List) && !genre.is_on_task(Kind::Empty));
            assert_eq!(Genre::named(genre.name()), Some(genre));
        }
        assert!(Genre::Stories.is_on_task(Kind::Dialogue) && !Genre::Poetry.is_on_task(Kind::Dialogue));
    }
}
