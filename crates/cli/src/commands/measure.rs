//! `doggerel measure`: one set held against a reference.

use crate::args::{Global, Measure};
use crate::failure::{Failure, Outcome};

pub fn run(_: &Measure, _: &Global) -> Outcome {
    Err(Failure::failed("not yet"))
}
