//! What the crate promises of every kind of source.

use std::fs;
use std::io::Write;
use std::path::Path;

use corpus::{Error, Fields, Format, Options, Text, open};
use serde_json::json;
use tempfile::TempDir;

struct Shelf(TempDir);

impl Shelf {
    fn new() -> Shelf {
        Shelf(TempDir::new().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_string()
    }

    fn folder(&self, name: &str) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path.to_str().unwrap().to_string()
    }
}

fn read(source: &str) -> Result<Vec<Text>, Error> {
    read_with(source, &Options::default())
}

fn read_with(source: &str, options: &Options) -> Result<Vec<Text>, Error> {
    open(source, options)?.collect()
}

fn texts(source: &str) -> Vec<String> {
    read(source).unwrap().into_iter().map(|text| text.text).collect()
}

fn ids(source: &str) -> Vec<String> {
    read(source).unwrap().into_iter().map(|text| text.id).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

const TWO: &str = "{\"id\":\"a\",\"text\":\"The gate is shut\"}\n{\"id\":\"b\",\"text\":\"The lamp is out\"}\n";

#[test]
fn json_lines() {
    let shelf = Shelf::new();
    let file = shelf.put(
        "p.jsonl",
        "{\"id\":1,\"text\":\"one\",\"prompt\":\"write\",\"model\":\"m\",\"temperature\":0.7,\"tags\":[1],\"by\":{\"name\":\"X\"}}\n\n\"bare\"\n",
    );
    let texts = read(&file).unwrap();
    let labels = json!({"temperature": 0.7, "by.name": "X"}).as_object().unwrap().clone();
    let first = Text { prompt: Some("write".into()), model: Some("m".into()), labels, ..Text::new("1", "one") };
    assert_eq!(texts, [first.clone(), Text::new("2", "bare")]);
    assert_eq!(first.field("temperature").as_deref(), Some("0.7"));
    assert_eq!(first.field("by.name").as_deref(), Some("X"));
    assert_eq!(first.field("prompt").as_deref(), Some("write"));
    assert_eq!(first.field("nothing"), None);
}

#[test]
fn compressed_by_their_bytes_whatever_they_are_called() {
    let shelf = Shelf::new();
    let zstd = zstd::encode_all(TWO.as_bytes(), 1).unwrap();
    for (name, bytes) in [("p.jsonl.gz", gzip(TWO.as_bytes())), ("p.jsonl.zst", zstd.clone()), ("q.jsonl", zstd)] {
        assert_eq!(ids(&shelf.put(name, bytes)), ["a", "b"], "{name}");
    }
    // gzip files are often written one after the other.
    let twice = [gzip(b"{\"text\":\"one\"}\n"), gzip(b"{\"text\":\"two\"}\n")].concat();
    assert_eq!(texts(&shelf.put("r.jsonl.gz", twice)), ["one", "two"]);
}

#[test]
fn damaged_compression() {
    let shelf = Shelf::new();
    let many: String =
        (0..20_000).map(|i| format!("{{\"id\":\"{i}\",\"text\":\"line {i} {}\"}}\n", i * 7919)).collect();
    let packed = gzip(many.as_bytes());
    for cut in [packed[..packed.len() / 2].to_vec(), zstd::encode_all(many.as_bytes(), 1).unwrap()[..20_000].to_vec()] {
        let mut reader = open(&shelf.put("cut.jsonl", cut), &Options::default()).unwrap();
        let last = reader.by_ref().last().unwrap();
        assert!(matches!(last, Err(Error::Compressed { .. })), "{last:?}");
        assert!(reader.n() > 100);
    }
}

#[test]
fn json_documents() {
    let shelf = Shelf::new();
    let list = "[\n {\"text\": \"one, [two]\"},\n {\"text\": \"th\\\"ree\"}\n]\n";
    assert_eq!(texts(&shelf.put("a.json", list)), ["one, [two]", "th\"ree"]);
    assert_eq!(texts(&shelf.put("b.json", "[\"one\", \"two\"]")), ["one", "two"]);
    assert_eq!(
        texts(&shelf.put("c.json", "{\n \"name\": \"run\",\n \"data\": [{\"completion\": \"one\"}]\n}")),
        ["one"]
    );
    assert_eq!(texts(&shelf.put("d.json", "{\"text\": \"alone\"}")), ["alone"]);
    assert_eq!(
        ids(&shelf.put("e.json", "{\n \"p1\": {\"text\": \"x\"},\n \"p2\": {\"text\": \"y\"}\n}")),
        ["p1", "p2"]
    );
    assert_eq!(texts(&shelf.put("f.json", TWO)).len(), 2);
}

#[test]
fn a_bad_element_costs_no_other() {
    let shelf = Shelf::new();
    let file = shelf.put("a.json", "[{\"text\": \"one\"},\n {\"text\": oops},\n 7,\n {\"text\": \"two\"}");
    let mut reader = open(&file, &Options::default()).unwrap();
    let read: Vec<String> = reader.by_ref().map(|text| text.unwrap().text).collect();
    assert_eq!(read, ["one", "two"]);
    let skipped: Vec<_> =
        reader.skipped().iter().map(|skipped| (skipped.reason.as_str(), skipped.at[0].clone())).collect();
    let at = |line: u64| format!("{file}:{line}");
    assert_eq!(skipped, [("not JSON", at(2)), ("not a record", at(3)), ("cut off", at(4))]);
}

#[test]
fn tables() {
    let shelf = Shelf::new();
    let csv = "id,completion,temperature,note\r\n007,\"The gate, \"\"shut\"\"\nand barred\",0.5,\r\nx,plain,1e0,ok\r\n";
    let file = shelf.put("a.csv", csv);
    let read = read(&file).unwrap();
    assert_eq!(read[0].id, "007");
    assert_eq!(read[0].text, "The gate, \"shut\"\nand barred");
    assert_eq!(json!(read[0].labels), json!({"temperature": 0.5}));
    assert_eq!(json!(read[1].labels), json!({"temperature": 1.0, "note": "ok"}));
    assert_eq!(texts(&shelf.put("b.csv", "id;text\n1;a, b\n")), ["a, b"]);
    assert_eq!(texts(&shelf.put("c.tsv", "id\ttext\n1\ta, b\n")), ["a, b"]);
    assert_eq!(texts(&shelf.put("d", "id,text\n1,found by its header\n")), ["found by its header"]);
}

#[test]
fn bad_rows_have_their_line() {
    let shelf = Shelf::new();
    let file = shelf.put("a.csv", b"text,id\n\"two\nlines\",1\n\na,b,c\ncaf\xE9,2\nlast,3\n");
    let mut reader = open(&file, &Options::default()).unwrap();
    assert_eq!(reader.by_ref().map(|text| text.unwrap().text).collect::<Vec<_>>(), ["two\nlines", "last"]);
    let at: Vec<_> = reader.skipped().iter().flat_map(|skipped| skipped.at.clone()).collect();
    assert_eq!(at, [format!("{file}:5"), format!("{file}:6")]);
}

#[test]
fn folders() {
    let shelf = Shelf::new();
    shelf.put("f/b.txt", "second\r\nline");
    shelf.put("f/a.txt.gz", gzip(b"first"));
    shelf.put("f/sub/c.txt", "third");
    shelf.put("f/.hidden.txt", "no");
    shelf.put("f/readme.md", "no");
    let read = read(&shelf.folder("f")).unwrap();
    let seen: Vec<_> = read.iter().map(|text| (text.id.as_str(), text.text.as_str())).collect();
    assert_eq!(seen, [("a", "first"), ("b", "second\nline"), ("sub/c", "third")]);
    assert_eq!(read[2].field("folder").as_deref(), Some("sub"));
}

#[test]
fn a_bad_file_of_a_folder_is_one_bad_record() {
    let shelf = Shelf::new();
    shelf.put("f/a.txt", "good");
    shelf.put("f/b.txt", b"caf\xE9");
    shelf.put("f/c.txt", "a\0b");
    shelf.put("f/d.txt", "");
    shelf.put("f/e.txt", b"\xFF\xFEa\0");
    let folder = shelf.folder("f");
    let mut reader = open(&folder, &Options::default()).unwrap();
    assert_eq!(reader.by_ref().filter(Result::is_ok).count(), 1);
    let reasons: Vec<_> = reader.skipped().iter().map(|skipped| skipped.reason.as_str()).collect();
    assert_eq!(reasons, ["not UTF-8", "NUL bytes", "empty text", "other encoding"]);
    assert_eq!(reader.skipped()[0].at, [format!("{folder}/b.txt:1")]);
    assert!(matches!(read_with(&folder, &Options { strict: true, ..Options::default() }), Err(Error::NotUtf8 { .. })));
}

#[test]
fn sources_that_cannot_be() {
    let shelf = Shelf::new();
    let error = |source: &str| read(source).unwrap_err();
    assert!(matches!(error("/no/such/file"), Error::NotFound(_)));
    assert!(matches!(error(&shelf.put("empty.jsonl", "")), Error::Empty(_)));
    assert!(matches!(error(&shelf.put("blank.jsonl", " \n\n")), Error::Empty(_)));
    assert!(matches!(error(&shelf.put("empty.txt", "")), Error::Empty(_)));
    assert!(matches!(error(&shelf.put("empty.gz", gzip(b""))), Error::Empty(_)));
    assert!(matches!(error(&shelf.put("head.csv", "id,text\n")), Error::NoRecords(_)));
    assert!(matches!(error(&shelf.put("none.json", "[]")), Error::NoRecords(_)));
    assert!(matches!(error(&shelf.folder("bare")), Error::EmptyFolder { found: None, .. }));
    shelf.put("other/a.md", "# no set");
    assert!(error(&shelf.folder("other")).to_string().ends_with("only one other file (such as .md)"));
    assert!(matches!(error(&shelf.put("a.zip", b"PK\x03\x04rest")), Error::Archive { .. }));
    assert!(matches!(error(&shelf.put("a.jsonl", gzip(&gzip(TWO.as_bytes())))), Error::NotText { .. }));
    assert!(matches!(error(&shelf.put("bad.parquet", b"PAR1 not really PAR1")), Error::Columns { .. }));
    assert!(matches!(
        error(&shelf.put("latin.jsonl", b"{\"text\":\"\xE9\"}\n{\"text\":\"\xE8\"}\n{\"text\":\"\xFC\"}\n")),
        Error::Encoding { encoding: "Latin-1", .. }
    ));
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(TWO.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert!(matches!(error(&shelf.put("wide.jsonl", utf16)), Error::Encoding { encoding: "UTF-16", .. }));
}

#[test]
fn bad_records_are_skipped_counted_and_placed() {
    let shelf = Shelf::new();
    let mut bytes = b"\xEF\xBB\xBF".to_vec();
    bytes.extend_from_slice(TWO.as_bytes());
    bytes.extend_from_slice(b"no JSON\r\n{\"id\":\"c\",\"text\":\"\xFF\"}\n{\"id\":\"d\"}\n{\"text\":null}\n{\"text\":\" \"}\n{\"text\":\"a\\u0000\"}\n[1]\n{\"id\":\"z\",\"text\":\"end\"}");
    let file = shelf.put("a.jsonl", bytes);
    let mut reader = open(&file, &Options::default()).unwrap();
    let read: Vec<String> = reader.by_ref().map(|text| text.unwrap().id).collect();
    assert_eq!(read, ["a", "b", "z"]);
    let seen: Vec<_> =
        reader.skipped().iter().map(|skipped| (skipped.reason.as_str(), skipped.n, skipped.at[0].as_str())).collect();
    let at: Vec<String> = (0..10).map(|line| format!("{file}:{line}")).collect();
    assert_eq!(
        seen,
        [
            ("not JSON", 1, at[3].as_str()),
            ("not UTF-8", 1, &at[4]),
            ("no such field", 1, &at[5]),
            ("no text in the field", 1, &at[6]),
            ("empty text", 1, &at[7]),
            ("NUL bytes", 1, &at[8]),
            ("not a record", 1, &at[9]),
        ]
    );
    let strict = read_with(&file, &Options { strict: true, ..Options::default() }).unwrap_err();
    assert_eq!(strict.to_string(), format!("{file}:3: not JSON (expected ident, column 2)"));
}

#[test]
fn a_record_beyond_the_limit_is_read_over() {
    let shelf = Shelf::new();
    let long = "x".repeat(5000);
    let options = Options { max_record: 1000, ..Options::default() };
    let jsonl = format!("{{\"text\":\"one\"}}\n{{\"text\":\"{long}\"}}\n{{\"text\":\"two\"}}\n");
    let json = format!("[{{\"text\":\"one\"}},\n{{\"text\":\"{long}\"}},\n{{\"text\":\"two\"}}]");
    let csv = format!("text,id\none,1\n\"{long}\n{long}\",2\ntwo,3\n");
    for (name, content, line) in [("a.jsonl", jsonl, 2), ("a.json", json, 2), ("a.csv", csv, 3)] {
        let file = shelf.put(name, content);
        let mut reader = open(&file, &options).unwrap();
        assert_eq!(reader.by_ref().map(|text| text.unwrap().text).collect::<Vec<_>>(), ["one", "two"], "{name}");
        assert_eq!(reader.skipped()[0].reason, "too long");
        assert_eq!(reader.skipped()[0].at, [format!("{file}:{line}")]);
    }
    assert!(matches!(read_with(&shelf.put("a.txt", &long), &options), Err(Error::TooLong { .. })));
    // A quotation mark that is never closed swallows the rest, but not the memory.
    let open_quote = format!("text,id\none,1\n\"two,2\n{}", "three,3\n".repeat(1000));
    let mut reader = open(&shelf.put("q.csv", open_quote), &options).unwrap();
    assert_eq!(reader.by_ref().filter(Result::is_ok).count(), 1);
    assert_eq!(reader.skipped()[0].reason, "too long");
}

#[test]
fn fields_mapped_and_guessed() {
    let shelf = Shelf::new();
    let file = shelf.put("a.jsonl", "{\"n\":1,\"q\":{\"ask\":\"write\"},\"lines\":\"The gate\"}\n{\"n\":2,\"q\":{\"ask\":\"sing\"},\"lines\":\"The lamp\"}\n");
    let error = read(&file).unwrap_err();
    assert!(matches!(&error, Error::NoTexts { .. }), "{error}");
    assert!(error.to_string().contains("n, q, lines"), "{error}");
    let fields = Fields::parse(["text=lines", "prompt=q.ask", "id=n"]).unwrap();
    let read = read_with(&file, &Options { fields, ..Options::default() }).unwrap();
    assert_eq!((read[1].id.as_str(), read[1].prompt.as_deref()), ("2", Some("sing")));

    let fields = Fields::parse(["text=poem"]).unwrap();
    let error = read_with(&file, &Options { fields, ..Options::default() }).unwrap_err();
    assert!(error.to_string().contains("no field `poem` (the record has n, q, lines)"), "{error}");

    let guessed = shelf.put("b.jsonl", "{\"prompt\":\"write\",\"completion\":\"The gate\"}\n");
    let mut reader = open(&guessed, &Options::default()).unwrap();
    reader.by_ref().for_each(|text| assert!(text.is_ok()));
    assert_eq!(reader.notices(), ["b.jsonl: reading `completion` as the text (--field text=NAME maps another)"]);
}

#[test]
fn a_source_without_its_field_is_given_up_on() {
    let shelf = Shelf::new();
    let file = shelf.put("a.jsonl", "{\"x\":1}\n".repeat(5000));
    let mut reader = open(&file, &Options::default()).unwrap();
    assert!(matches!(reader.next(), Some(Err(Error::NoTexts { .. }))));
    assert_eq!(reader.skipped()[0].n, 1000);
    assert!(reader.next().is_none());
}

#[test]
fn several_texts_of_one_record() {
    let shelf = Shelf::new();
    let file = shelf.put("a.jsonl", "{\"id\":\"q\",\"prompt\":\"write\",\"generations\":[\"one\",\"\",\"three\"]}\n");
    let mut reader = open(&file, &Options::default()).unwrap();
    let read: Vec<Text> = reader.by_ref().map(Result::unwrap).collect();
    let seen: Vec<_> =
        read.iter().map(|text| (text.id.as_str(), text.text.as_str(), text.field("generation").unwrap())).collect();
    assert_eq!(seen, [("q#1", "one", "1".into()), ("q#3", "three", "3".into())]);
    assert_eq!(reader.skipped()[0].n, 1);
}

#[test]
fn ids_are_unique() {
    let shelf = Shelf::new();
    let file = shelf
        .put("a.jsonl", ["a", "a", "a~2", "a", "b"].map(|id| format!("{{\"id\":\"{id}\",\"text\":\"x\"}}\n")).concat());
    let mut reader = open(&file, &Options::default()).unwrap();
    let ids: Vec<String> = reader.by_ref().map(|text| text.unwrap().id).collect();
    assert_eq!(ids, ["a", "a~2", "a~2~2", "a~3", "b"]);
    assert_eq!(reader.notices().len(), 1);
}

#[test]
fn a_million_equal_ids_cost_no_more_than_others() {
    let shelf = Shelf::new();
    let file = shelf.put("a.jsonl", "{\"id\":\"a\",\"text\":\"x\"}\n".repeat(50_000));
    let begun = std::time::Instant::now();
    assert_eq!(ids(&file).last().map(String::as_str), Some("a~50000"));
    assert!(begun.elapsed().as_secs() < 5);
}

#[test]
fn empty_texts_on_request() {
    let shelf = Shelf::new();
    let options = Options { keep_empty: true, ..Options::default() };
    assert_eq!(read_with(&shelf.put("a.jsonl", "{\"text\":\"\"}\n"), &options).unwrap()[0].text, "");
    assert_eq!(read_with(&shelf.put("a.txt", ""), &options).unwrap(), [Text::new("a", "")]);
}

#[test]
fn a_format_that_was_named() {
    let shelf = Shelf::new();
    let options = Options { format: Some(Format::Text), ..Options::default() };
    assert_eq!(read_with(&shelf.put("a.jsonl", TWO), &options).unwrap()[0].text, TWO);
    let options = Options { format: Some("lines".parse().unwrap()), ..Options::default() };
    let read = read_with(&shelf.put("b.txt", "one\r\n\ntwo"), &options).unwrap();
    assert_eq!(read, [Text::new("1", "one"), Text::new("2", "two")]);
    assert!("xls".parse::<Format>().is_err());
    assert_eq!("jsonl".parse::<Format>().unwrap(), Format::Jsonl);
}

#[test]
fn progress_ends_at_one() {
    let shelf = Shelf::new();
    for name in ["a.jsonl", "b.jsonl.gz"] {
        let bytes = if name.ends_with("gz") { gzip(TWO.as_bytes()) } else { TWO.as_bytes().to_vec() };
        let mut reader = open(&shelf.put(name, bytes), &Options::default()).unwrap();
        assert_eq!(reader.by_ref().count(), 2);
        assert_eq!(reader.progress(), Some(1.0));
    }
}

#[test]
fn every_error_of_a_person_has_a_way_forward() {
    let shelf = Shelf::new();
    for (name, bytes) in
        [("e.jsonl", &b""[..]), ("j.jsonl", b"{no\n"), ("u.txt", b"\xFF"), ("z.txt", b"a\0b"), ("z.zip", b"PK\x03\x04")]
    {
        let error = read(&shelf.put(name, bytes)).unwrap_err();
        assert!(error.help().is_some_and(|help| !help.ends_with('.')), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(Path::new(&shelf.folder("x")).is_dir());
}

#[test]
fn a_trainers_folder_is_one_set_in_the_order_of_its_steps() {
    let shelf = Shelf::new();
    for step in [10, 2, 1] {
        let line = json!({"input": "a poem", "output": format!("Step {step} is here"), "score": 0.5, "step": step});
        shelf.put(&format!("rollouts/{step}.jsonl"), format!("{line}\n{line}\n"));
    }
    let name = shelf.folder("rollouts");
    let mut texts = open(&name, &Options::default()).unwrap();
    let found: Vec<Text> = texts.by_ref().collect::<Result<_, _>>().unwrap();
    let steps: Vec<i64> = found.iter().map(|text| text.labels["step"].as_i64().unwrap()).collect();
    assert_eq!(steps, [1, 1, 2, 2, 10, 10]);
    assert!(found.iter().all(|text| text.prompt.as_deref() == Some("a poem")));
    assert_eq!((texts.name(), texts.progress()), ("rollouts", Some(1.0)));
    assert!(texts.notices().len() <= 3, "said once, not for every file: {:?}", texts.notices());

    shelf.put("rollouts/11.jsonl", "");
    let mut texts = open(&name, &Options::default()).unwrap();
    assert_eq!(texts.by_ref().filter(Result::is_ok).count(), 6);
    assert_eq!(texts.skipped()[0].n, 1, "an empty step is counted");
    shelf.put("rollouts/12.csv", "text\nOne\n");
    assert!(matches!(open(&name, &Options::default()), Err(Error::EmptyFolder { .. })), "files of two kinds");
}
