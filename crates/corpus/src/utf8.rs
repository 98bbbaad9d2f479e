//! UTF-8 or an error that names the byte.

use crate::error::{Error, Place};

pub(crate) fn check<'a>(bytes: &'a [u8], place: &Place) -> Result<&'a str, Error> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Error::NotUtf8 { place: place.clone(), byte: bytes[at], at: at + 1 }
    })
}
