//! From text to tokens and back, by what the file says of its tokenizer.

use std::collections::BTreeSet;

use candle_core::quantized::gguf_file::Value;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;
use tokenizers::{AddedToken, Tokenizer};

use super::file::Gguf;
use crate::error::Error;

/// How Llama 3 parts words (its `tokenizer.json`).
const LLAMA_3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Tokens that end an answer in one model or another; not all files name theirs.
const ENDS: [&str; 8] =
    ["<|endoftext|>", "<|im_end|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|eot|>", "</s>"];

const SERVE: &str = "serve it with llama.cpp, and ask it as openai/NAME";

/// A part of a prompt: of the template, in which the names of special tokens are those tokens, or somebody's words, in which
/// they are letters.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Markup(String),
    Words(String),
}

pub(super) struct Tokens {
    tokenizer: Tokenizer,
    /// The same, except that special tokens are letters to it.
    literal: Tokenizer,
    specials: Vec<String>,
    first: Option<u32>,
    /// The first token goes before a text that does not begin with it.
    adds_first: bool,
    end: Option<u32>,
    ends: BTreeSet<u32>,
}

impl Tokens {
    /// # Errors
    /// If the file has no tokenizer, or one that this program lacks.
    pub fn of(file: &Gguf) -> Result<Tokens, Error> {
        let model = file.text("tokenizer.ggml.model").unwrap_or("none");
        if model != "gpt2" {
            let why =
                format!("its tokenizer is of the kind “{}”, and this program has gpt2's", corpus::sanitize(model));
            return Err(file.wrong(why, SERVE));
        }
        let pre = file.text("tokenizer.ggml.pre").unwrap_or("default");
        let Some((parting, whole_words)) = parting(pre) else {
            let why = format!("it parts words in a way that this program lacks, “{}”", corpus::sanitize(pre));
            return Err(file.wrong(why, SERVE));
        };
        let broken = |what: &str| file.wrong(format!("its tokenizer is damaged: {what}"), "fetch the file again");
        let strings = |key: &str| -> Option<Vec<String>> {
            file.list(key)?.iter().map(|value| value.to_string().ok().cloned()).collect()
        };
        let tokens = strings("tokenizer.ggml.tokens").ok_or_else(|| broken("it has no tokens"))?;
        if tokens.len() != file.shape.vocabulary {
            return Err(broken(&format!("{} tokens for {} rows", tokens.len(), file.shape.vocabulary)));
        }
        let merges = strings("tokenizer.ggml.merges").ok_or_else(|| broken("it has no merges"))?;
        let merges = merges.iter().map(|merge| merge.split_once(' ').map(|(a, b)| (a.to_string(), b.to_string())));
        let merges = merges.collect::<Option<Vec<_>>>().ok_or_else(|| broken("a merge is not of two parts"))?;
        let vocabulary: Vocab = tokens.iter().zip(0..).map(|(token, id)| (token.clone(), id)).collect();
        let pairs = BPE::builder().vocab_and_merges(vocabulary, merges).ignore_merges(whole_words).build();
        let mut tokenizer = Tokenizer::new(pairs.map_err(|error| broken(&error.to_string()))?);
        tokenizer.with_pre_tokenizer(Some(parting));
        tokenizer.with_decoder(Some(ByteLevel::default()));

        let kinds = file.list("tokenizer.ggml.token_type").unwrap_or_default();
        let of_kind = |wanted: i64| {
            let is_it = move |value: &Value| value.to_i32().is_ok_and(|kind| i64::from(kind) == wanted);
            tokens.iter().zip(kinds).filter(move |(_, kind)| is_it(kind)).map(|(token, _)| token.clone())
        };
        const CONTROL: i64 = 3;
        const OF_THE_USER: i64 = 4;
        let id = |key: &str| file.number(key).filter(|id| (*id as usize) < tokens.len());
        let [first, end] = ["tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id"].map(id);
        let named = |id: Option<u32>| id.map(|id| tokens[id as usize].clone());
        let mut specials: Vec<String> = of_kind(CONTROL).chain(named(first)).chain(named(end)).collect();
        specials.retain(|token| !token.is_empty());
        // The longest first, so that none is taken for the beginning of another.
        specials.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        specials.dedup();
        let added = |token: &String| AddedToken::from(token.clone(), true);
        let ready = tokenizer.add_special_tokens(specials.iter().map(added)).and_then(|_| {
            tokenizer.add_tokens(of_kind(OF_THE_USER).map(|token| AddedToken::from(token, false).normalized(false)))
        });
        ready.map_err(|error| broken(&error.to_string()))?;

        let known = specials.iter().filter(|token| ENDS.contains(&token.as_str()));
        let mut ends: BTreeSet<u32> = known.filter_map(|token| tokenizer.token_to_id(token)).collect();
        ends.extend(end);
        ends.extend(["eot", "eom"].iter().filter_map(|name| id(&format!("tokenizer.ggml.{name}_token_id"))));
        let mut literal = tokenizer.clone();
        literal.set_encode_special_tokens(true);
        let adds_first = file.flag("tokenizer.ggml.add_bos_token").unwrap_or(false);
        Ok(Tokens { tokenizer, literal, specials, first, adds_first, end, ends })
    }

    /// The tokens of a prompt.
    pub fn encode(&self, parts: &[Part]) -> Vec<u32> {
        let mut ids = Vec::new();
        for part in parts {
            let (tokenizer, text) = match part {
                Part::Markup(text) => (&self.tokenizer, text),
                Part::Words(text) => (&self.literal, text),
            };
            // Byte pairs hold every byte, so that no text is without tokens; a damaged vocabulary drops what it lacks.
            ids.extend(tokenizer.encode_fast(text.as_str(), false).iter().flat_map(|encoding| encoding.get_ids()));
        }
        if let Some(first) = self.first.filter(|first| self.adds_first && ids.first() != Some(first)) {
            ids.insert(0, first);
        }
        // Of nothing nothing follows: a model that is to write from nothing sees where texts begin.
        if ids.is_empty() {
            ids.extend(self.first.or(self.ends.first().copied()));
        }
        ids
    }

    /// The tokens of a continuation, to be appended to those of what is before it.
    pub fn encode_words(&self, words: &str) -> Vec<u32> {
        self.literal.encode_fast(words, false).map(|encoding| encoding.get_ids().to_vec()).unwrap_or_default()
    }

    /// The text of tokens, without the special ones. Bytes that are no text are shown as such.
    pub fn decode(&self, ids: &[u32]) -> String {
        self.tokenizer.decode(ids, true).unwrap_or_default()
    }

    /// One token as text, special ones by their names.
    pub fn name(&self, id: u32) -> String {
        self.tokenizer.decode(&[id], false).unwrap_or_default()
    }

    pub fn ends(&self, id: u32) -> bool {
        self.ends.contains(&id)
    }

    /// The names of special tokens, longest first.
    pub fn specials(&self) -> &[String] {
        &self.specials
    }

    /// The first and the last token of a text, as templates name them.
    pub fn bounds(&self) -> [String; 2] {
        let name = |id: Option<u32>| id.map(|id| self.name(id)).unwrap_or_default();
        [name(self.first), name(self.end)]
    }
}

/// How words are parted before pairs are joined, and whether a word that is a token is left whole. By the name that
/// llama.cpp gave it, as the models' own `tokenizer.json` have it.
fn parting(name: &str) -> Option<(PreTokenizerWrapper, bool)> {
    let bytes = |regex| ByteLevel::new(false, true, regex);
    Some(match name {
        "smollm" => (Sequence::new(vec![Digits::new(true).into(), bytes(true).into()]).into(), false),
        "llama-bpe" | "llama3" | "llama-v3" => {
            let regex = SplitPattern::Regex(LLAMA_3.to_string());
            let split = Split::new(regex, SplitDelimiterBehavior::Isolated, false).ok()?;
            (Sequence::new(vec![split.into(), bytes(false).into()]).into(), true)
        }
        "gpt-2" | "gpt2" | "default" => (bytes(true).into(), false),
        _ => return None,
    })
}
