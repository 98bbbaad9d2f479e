//! The checks of the fuzz targets on bytes near to real ones, so that they run wherever the tests do.

#[path = "../../../fuzz/checks/readers.rs"]
mod readers;

use std::io::Write;

use proptest::prelude::*;

const JSONL: &str = concat!(
    "\u{feff}{\"id\":\"a\",\"text\":\"The gate is shut,\\nthe lamp is out\",\"prompt\":\"write\",\"t\":0.5}\r\n",
    "{\"id\":\"a\",\"completion\":\"x\"}\n\n\"bare\"\n{\"id\":7,\"text\":[\"one\",\"\",\"two \\u0000\"]}\n",
    "{\"messages\":[{\"role\":\"user\",\"content\":\"ask\"},{\"role\":\"assistant\",\"content\":\"caf\u{e9}\"}]}\n{\"text\":null}"
);
const JSON: &str = concat!(
    "[\n {\"id\":\"a\",\"text\":\"one, [two] \\\" {\"},\n {\"text\": [{\"type\":\"text\",\"text\":\"part\"}]},\n 7, null, [],\n",
    " {\"choices\":[{\"message\":{\"content\":\"x\"}}], \"text\":\"y\"}\n]\n"
);
const DOCUMENT: &str = "{\n \"name\": \"run\",\n \"samples\": [{\"output\": {\"choices\": [{\"text\": \"one\"}]}}, {\"output\": \"two\"}]\n}\n";
const CSV: &str = "id,text,note\r\n1,\"The gate, \"\"shut\"\"\nand barred\",x\r\n\r\n2,plain,\n3,a,b,c\n4,\"open";
const PLAIN: &str = "The gate is shut,\r\nthe lamp is out,\r\n\r\nthe caf\u{e9} dark.\r\n";

#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Remove(usize, usize),
    Insert(usize, Vec<u8>),
    Double(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let telling = prop::sample::select(b"{}[]\",;:\\\n\r\t \0\xFF\xC3\xE9\xEF0a".to_vec());
    let byte = prop_oneof![telling, any::<u8>()];
    prop_oneof![
        (any::<usize>(), byte.clone()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<usize>(), 1usize..40).prop_map(|(at, n)| Change::Remove(at, n)),
        (any::<usize>(), prop::collection::vec(byte, 1..6)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (any::<usize>(), 1usize..300).prop_map(|(at, n)| Change::Double(at, n)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let len = bytes.len();
    match change {
        Change::Set(at, byte) if len > 0 => bytes[at % len] = *byte,
        Change::Remove(at, n) if len > 0 => {
            let at = at % len;
            bytes.drain(at..(at + n).min(len));
        }
        Change::Insert(at, new) => {
            let at = at % (len + 1);
            bytes.splice(at..at, new.iter().copied());
        }
        Change::Double(at, n) if len > 0 => {
            let at = at % len;
            let part = bytes[at..(at + n).min(len)].to_vec();
            bytes.splice(at..at, part);
        }
        _ => {}
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn near_to_real_bytes(
        (name, seed) in prop::sample::select(vec![
            ("a.jsonl", JSONL), ("a.json", JSON), ("b.json", DOCUMENT), ("a.csv", CSV), ("a.tsv", CSV), ("a.txt", PLAIN),
            ("-", JSONL), ("-", JSON), ("-", DOCUMENT), ("-", CSV), ("-", PLAIN),
        ]),
        changes in prop::collection::vec(change(), 0..8),
    ) {
        let mut bytes = seed.as_bytes().to_vec();
        changes.iter().for_each(|change| apply(&mut bytes, change));
        readers::check(&bytes, name);
    }

    #[test]
    fn near_to_compressed_bytes(zstd in any::<bool>(), changes in prop::collection::vec(change(), 0..4)) {
        let mut bytes = if zstd { zstd::encode_all(JSONL.as_bytes(), 1).unwrap() } else { gzip(JSONL.as_bytes()) };
        changes.iter().for_each(|change| apply(&mut bytes, change));
        readers::check(&bytes, "a.jsonl");
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400), name in prop::sample::select(vec!["a.jsonl", "a.json", "a.csv", "a.tsv", "a.txt", "-"])) {
        readers::check(&bytes, name);
    }
}
