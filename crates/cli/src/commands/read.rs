//! `doggerel read`: the readings of samples, stored.

use crate::args::{Global, Read};
use crate::failure::{Failure, Outcome};

pub fn run(_: &Read, _: &Global) -> Outcome {
    Err(Failure::failed("not yet"))
}
