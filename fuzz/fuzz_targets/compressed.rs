//! Whatever the bytes say they are: gzip, Zstandard, or any format by its first bytes.
#![no_main]

#[path = "../checks/readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::check(bytes, "-"));
