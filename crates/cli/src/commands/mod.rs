//! One file a command.

pub mod atlas;
pub mod audit;
pub mod census;
pub mod compare;
pub mod gate;
pub mod measure;
pub mod read;
pub mod reward;
pub mod rhyme;
pub mod run;
pub mod say;
pub mod scan;
pub mod suite;
pub mod track;
