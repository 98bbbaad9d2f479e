//! Logs of other tools, in small files in their formats.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use corpus::{Error, Options, Text, open};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A ZIP archive written by hand: what is said of a member can then be untrue.
#[derive(Default)]
struct Zip {
    bytes: Vec<u8>,
    contents: Vec<u8>,
    n: u16,
}

#[derive(Clone, Copy)]
enum Method {
    Stored = 0,
    Deflated = 8,
    Zstd = 93,
}

impl Zip {
    fn put(mut self, name: &str, data: &[u8], method: Method) -> Zip {
        let packed = match method {
            Method::Stored => data.to_vec(),
            Method::Deflated => {
                let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
                packer.write_all(data).unwrap();
                packer.finish().unwrap()
            }
            // Two frames, as a writer leaves that was interrupted or wrote in pieces.
            Method::Zstd => {
                let (first, second) = data.split_at(data.len() / 2);
                [first, second].iter().flat_map(|part| zstd::encode_all(*part, 1).unwrap()).collect()
            }
        };
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let at = self.bytes.len() as u32;
        let mut sizes = crc.sum().to_le_bytes().to_vec();
        sizes.extend((packed.len() as u32).to_le_bytes());
        sizes.extend((data.len() as u32).to_le_bytes());
        sizes.extend((name.len() as u16).to_le_bytes());
        let head = |magic: &[u8], version: &[u8]| {
            let mut head = [magic, version, &[63, 0, 0, 0, method as u8, 0, 0, 0, 0, 0]].concat();
            head.extend(&sizes);
            head
        };
        self.bytes.extend(head(b"PK\x03\x04", b""));
        self.bytes.extend([0, 0]);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(packed);
        self.contents.extend(head(b"PK\x01\x02", &[63, 0]));
        self.contents.extend([0; 12]);
        self.contents.extend(at.to_le_bytes());
        self.contents.extend(name.as_bytes());
        self.n += 1;
        self
    }

    fn finish(mut self) -> Vec<u8> {
        let at = self.bytes.len() as u32;
        self.bytes.extend(&self.contents);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend([self.n.to_le_bytes(), self.n.to_le_bytes()].concat());
        self.bytes.extend((self.contents.len() as u32).to_le_bytes());
        self.bytes.extend(at.to_le_bytes());
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

fn put(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path: PathBuf = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_string()
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

fn read(source: &str) -> Vec<Text> {
    open(source, &Options::default()).unwrap().map(Result::unwrap).collect()
}

fn header() -> Value {
    json!({"version": 2, "status": "success", "eval": {"task": "poems", "model": "maker/poet",
        "model_generate_config": {"temperature": 0.7, "max_tokens": 200, "system_message": "no label"}}, "plan": {"config": {"top_p": 0.9}}})
}

fn sample(id: Value, epoch: u32, content: Value, reason: &str) -> Value {
    let choice = json!({"message": {"role": "assistant", "content": content}, "stop_reason": reason});
    json!({"id": id, "epoch": epoch, "input": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Write about a gate."}],
        "output": {"model": "maker/poet-2", "choices": [choice], "completion": ""}, "scores": {"judge": {"value": 0.5}},
        "events": [{"event": "model", "output": {"choices": []}}], "attachments": {"0aff": "The lamp\nis out"}})
}

fn samples() -> [Value; 3] {
    let parts = json!([{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "One,\n"}, {"type": "text", "text": "two"}]);
    [
        sample(json!("../../a b"), 1, json!("The gate\nis shut"), "stop"),
        sample(json!(2), 1, parts, "max_tokens"),
        sample(json!(2), 2, json!("attachment://0aff"), "stop"),
    ]
}

fn eval_log(method: Method) -> Vec<u8> {
    let [first, second, third] = samples();
    Zip::default()
        .put("_journal/start.json", header().to_string().as_bytes(), method)
        .put("samples/../../a b_epoch_1.json", first.to_string().as_bytes(), method)
        .put("samples/2_epoch_1.json", second.to_string().as_bytes(), method)
        .put("samples/2_epoch_2.json", third.to_string().as_bytes(), method)
        .put("summaries.json", b"[]", method)
        .put("header.json", header().to_string().as_bytes(), method)
        .finish()
}

#[test]
fn inspect_logs_of_either_kind_and_any_compression() {
    let folder = TempDir::new().unwrap();
    let mut document = header();
    document["samples"] = json!(samples());
    let expected = read(&put(&folder, "log.json", document.to_string()));
    let said: Vec<&str> = expected.iter().map(|text| text.text.as_str()).collect();
    assert_eq!(said, ["The gate\nis shut", "One,\ntwo", "The lamp\nis out"]);
    let second = &expected[1];
    assert_eq!((second.id.as_str(), second.model.as_deref()), ("2_epoch_1", Some("maker/poet-2")));
    assert_eq!(second.prompt.as_deref(), Some("Write about a gate."));
    let labels = json!({"task": "poems", "epoch": 1, "temperature": 0.7, "max_tokens": 200, "top_p": 0.9,
        "prompt_format": "chat", "score.judge": 0.5, "finish_reason": "max_tokens"});
    assert_eq!(Value::from(second.labels.clone()), labels);

    let pretty = put(&folder, "pretty.json", serde_json::to_string_pretty(&document).unwrap());
    assert_eq!(read(&pretty), expected);
    for method in [Method::Stored, Method::Deflated, Method::Zstd] {
        assert_eq!(read(&put(&folder, "log.eval", eval_log(method))), expected);
    }
    assert!(!folder.path().parent().unwrap().join("a b_epoch_1.json").exists());
}

#[test]
fn a_sample_that_failed_is_counted_and_the_others_are_read() {
    let folder = TempDir::new().unwrap();
    let failed = json!({"id": 9, "epoch": 1, "input": "ask", "output": {"model": "", "choices": []}, "error": {"message": "no route\nto host"}});
    let bytes = Zip::default()
        .put("header.json", header().to_string().as_bytes(), Method::Zstd)
        .put("samples/9_epoch_1.json", failed.to_string().as_bytes(), Method::Zstd)
        .put("samples/10_epoch_1.json", b"{", Method::Zstd)
        .put("samples/2_epoch_1.json", samples()[0].to_string().as_bytes(), Method::Zstd)
        .finish();
    let mut texts = open(&put(&folder, "log.eval", bytes), &Options::default()).unwrap();
    assert_eq!(texts.by_ref().filter(Result::is_ok).count(), 1);
    let skipped: Vec<_> = texts.skipped().iter().map(|skipped| (skipped.reason.as_str(), skipped.n)).collect();
    assert_eq!(skipped, [("no answer", 1), ("cut off", 1)]);
    assert!(texts.skipped()[0].example.ends_with("log.eval/samples/9_epoch_1.json: the sample failed: no route"));
}

#[test]
fn hostile_archives() {
    let folder = TempDir::new().unwrap();
    let log = |data: &[u8]| {
        Zip::default().put("header.json", header().to_string().as_bytes(), Method::Deflated).put(
            "samples/1_epoch_1.json",
            data,
            Method::Deflated,
        )
    };
    let small = Options { max_record: 1 << 12, ..Options::default() };
    let outcome = |bytes: Vec<u8>| {
        let texts =
            open(&put(&folder, "log.eval", bytes), &small).and_then(|texts| texts.collect::<Result<Vec<_>, _>>());
        texts.unwrap_err().to_string()
    };
    // A few kilobytes that unpack to a megabyte.
    let bomb = log(&vec![b' '; 1 << 20]).finish();
    assert!(bomb.len() < 8000 && outcome(bomb).contains("a record of more than 1 MB begins here"));

    let mut overlapping = log(samples()[0].to_string().as_bytes());
    let entry = overlapping.contents.clone();
    (0..20).for_each(|_| overlapping.contents.extend(&entry));
    assert!(outcome(overlapping.finish()).contains("members overlap"));

    let mut changed = log(samples()[0].to_string().as_bytes());
    let crc = changed.contents.iter().rposition(|&byte| byte == 8).unwrap() + 6;
    changed.contents[crc] ^= 0xFF;
    assert!(outcome(changed.finish()).contains("damaged"));

    let whole = eval_log(Method::Zstd);
    assert!(outcome(whole[..whole.len() - 30].to_vec()).contains("no table of contents"));
    let other = Zip::default().put("poem.txt", b"The gate is shut", Method::Stored).finish();
    assert!(outcome(other).contains("no log of inspect_ai"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the bytes: an end without a panic, twice the same, and ids that are unique.
    #[test]
    fn near_to_real_archives(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in 0usize..200) {
        let folder = TempDir::new().unwrap();
        let mut bytes = eval_log(Method::Zstd);
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        if cut < 40 {
            bytes.truncate(bytes.len() - cut);
        }
        let file = put(&folder, "log.eval", &bytes);
        let outcome = || open(&file, &Options::default()).map(|texts| texts.map(|text| text.map_err(|e| e.to_string())).collect::<Vec<_>>());
        let (first, second) = (outcome().map_err(|e| e.to_string()), outcome().map_err(|e| e.to_string()));
        prop_assert_eq!(&first, &second);
        let mut ids: Vec<_> = first.into_iter().flatten().flatten().map(|text| text.id).collect();
        let n = ids.len();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), n);
    }
}

#[test]
fn harness_samples_once_whatever_the_filters() {
    let folder = TempDir::new().unwrap();
    let line = |doc: u32, filter: &str| {
        json!({"doc_id": doc, "doc": {"topic": "snow"}, "target": "x", "filter": filter, "filtered_resps": ["The gate"],
            "arguments": {"gen_args_0": {"arg_0": "Write about snow.", "arg_1": {"until": ["\n\n"], "temperature": 0.8, "max_gen_toks": 64}}},
            "resps": [[format!("The gate {doc}"), "The lamp"]]})
    };
    let records = [line(0, "first"), line(1, "first"), line(0, "majority"), line(1, "majority")];
    let file = put(&folder, "samples_poems_2026-01-02T03-04-05.6.jsonl", lines(&records));
    let mut texts = open(&file, &Options::default()).unwrap();
    let read: Vec<Text> = texts.by_ref().map(Result::unwrap).collect();
    let said: Vec<_> = read.iter().map(|text| (text.id.as_str(), text.text.as_str())).collect();
    assert_eq!(said, [("0#1", "The gate 0"), ("0#2", "The lamp"), ("1#1", "The gate 1"), ("1#2", "The lamp")]);
    let labels =
        json!({"temperature": 0.8, "max_tokens": 64, "prompt_format": "raw", "doc.topic": "snow", "generation": 1});
    assert_eq!((read[0].prompt.as_deref(), Value::from(read[0].labels.clone())), (Some("Write about snow."), labels));
    assert_eq!(read[0].model, None);
    assert!(
        texts
            .notices()
            .iter()
            .any(|notice| notice.ends_with("2 lines repeat the answers of another filter and are left out"))
    );

    // The results of the run beside it tell the model and the chat template.
    put(
        &folder,
        "results_2026-01-02T03-04-05.6.json",
        json!({"model_name": "poet", "chat_template": "{{ m }}", "configs": {}}).to_string(),
    );
    let first = &self::read(&file)[0];
    assert_eq!((first.model.as_deref(), first.field("prompt_format").as_deref()), (Some("poet"), Some("chat")));
}

#[test]
fn harness_choices_are_no_texts() {
    let folder = TempDir::new().unwrap();
    let record = json!({"doc_id": 0, "arguments": {"gen_args_0": {"arg_0": "Is it?", "arg_1": " yes"}}, "resps": [[["-0.1", "False"]], [["-0.5", "True"]]]});
    let outcome: Result<Vec<Text>, Error> =
        open(&put(&folder, "s.jsonl", lines(&[record])), &Options::default()).unwrap().collect();
    assert!(outcome.unwrap_err().to_string().contains("log-probabilities of given choices"));
}

#[test]
fn batches_joined_with_what_was_asked() {
    let folder = TempDir::new().unwrap();
    let asked = |id: &str| {
        json!({"custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": {"model": "poet", "temperature": 0.9,
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": format!("Write poem {id}.")}]}})
    };
    let input = put(&folder, "in.jsonl", lines(&[asked("a"), asked("b"), asked("c")]));
    let records = [
        json!({"custom_id": "b", "error": null, "response": {"status_code": 200, "body": {"model": "poet-1", "choices": [
            {"message": {"content": "The gate"}, "finish_reason": "stop"}, {"message": {"content": "The lamp"}, "finish_reason": "length"}]}}}),
        json!({"custom_id": "a", "error": null, "response": {"status_code": 200, "body": {"model": "poet-1", "status": "completed", "output": [
            {"type": "reasoning", "summary": []}, {"type": "message", "content": [{"type": "output_text", "text": "The bread"}]}]}}}),
        json!({"custom_id": "c", "response": null, "error": {"code": "batch_expired", "message": "too late"}}),
        json!({"custom_id": "d", "result": {"type": "succeeded", "message": {"model": "poet-2", "stop_reason": "end_turn", "content": [{"type": "text", "text": "The door"}]}}}),
    ];
    let output = put(&folder, "out.jsonl", lines(&records));
    let options = Options { prompts: Some(input), ..Options::default() };
    let mut texts = open(&output, &options).unwrap();
    let read: Vec<Text> = texts.by_ref().map(Result::unwrap).collect();
    let seen: Vec<_> = read
        .iter()
        .map(|t| {
            (
                t.id.as_str(),
                t.text.as_str(),
                t.prompt.as_deref(),
                t.model.as_deref(),
                t.field("finish_reason").unwrap().into_owned(),
            )
        })
        .collect();
    let (b, a) = (Some("Write poem b."), Some("Write poem a."));
    let expected = [
        ("b#1", "The gate", b, Some("poet-1"), "stop".to_string()),
        ("b#2", "The lamp", b, Some("poet-1"), "length".to_string()),
        ("a", "The bread", a, Some("poet-1"), "completed".to_string()),
        ("d", "The door", None, Some("poet-2"), "end_turn".to_string()),
    ];
    assert_eq!(seen, expected);
    assert_eq!(read[0].field("temperature").as_deref(), Some("0.9"));
    assert!(texts.skipped()[0].example.ends_with("out.jsonl:3: the request failed: too late"));
    assert!(texts.notices().iter().any(|notice| notice.contains("1 answer comes without its prompt")));
}

#[test]
fn trainers_and_collections() {
    let folder = TempDir::new().unwrap();
    let rollout = json!({"input": "user\nWrite.\n", "output": "The gate", "gts": null, "score": 0.5, "step": 12});
    let text = &read(&put(&folder, "12.jsonl", lines(&[rollout])))[0];
    assert_eq!((text.text.as_str(), text.prompt.as_deref()), ("The gate", Some("user\nWrite.\n")));
    assert_eq!(Value::from(text.labels.clone()), json!({"score": 0.5, "step": 12}));

    let novelty = json!({"id": "curated-0", "prompt": "Write.", "model": "poet", "generations": ["The gate", "The lamp"], "partition": [0, 1]});
    let texts = read(&put(&folder, "generations.jsonl", lines(&[novelty])));
    assert_eq!(texts.iter().map(|text| text.text.as_str()).collect::<Vec<_>>(), ["The gate", "The lamp"]);

    let answer = json!({"id": "c1", "object": "chat.completion", "model": "poet", "messages": [{"role": "user", "content": "Write."}], "temperature": 1.0,
        "choices": [{"message": {"role": "assistant", "content": "The gate"}, "finish_reason": "stop"}]});
    let text = &read(&put(&folder, "answers.jsonl", lines(&[answer])))[0];
    assert_eq!((text.prompt.as_deref(), text.field("finish_reason").as_deref()), (Some("Write."), Some("stop")));
}
