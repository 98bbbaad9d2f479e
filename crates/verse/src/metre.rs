//! The metre of lines and poems.
