//! A set of texts: readings, a portrait, and two portraits compared.

mod comparison;

pub use comparison::*;
