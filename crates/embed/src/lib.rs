//! a text as a vector: the built-in static model
