//! Who looks on while texts are read.

use corpus::Texts;

use crate::Error;

/// Sees a source while it is read, a batch at a time.
pub trait Watch {
    /// After every batch. An error ends the reading.
    ///
    /// # Errors
    /// Whatever is to end it: the person does not want to wait any longer.
    fn at(&mut self, texts: &Texts) -> Result<(), Error>;

    /// When the source is read to its end.
    fn done(&mut self, texts: &Texts);
}

/// Nobody does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn at(&mut self, _: &Texts) -> Result<(), Error> {
        Ok(())
    }

    fn done(&mut self, _: &Texts) {}
}
