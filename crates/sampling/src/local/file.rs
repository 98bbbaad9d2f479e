//! A GGUF file: what it says of itself, and its tensors.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, Value};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// The shape of a network of llama's architecture, as the file tells it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub layers: usize,
    /// Tokens that it reads at most, prompt and answer together.
    pub context: usize,
    pub width: usize,
    pub inner: usize,
    pub heads: usize,
    /// Heads of keys and values, each shared by `heads / key_heads` heads of queries.
    pub key_heads: usize,
    pub head: usize,
    /// Dimensions of a head that are turned by position.
    pub turned: usize,
    pub base: f64,
    pub epsilon: f32,
    pub vocabulary: usize,
}

/// A file that was looked at and found to be what this program can run.
pub(super) struct Gguf {
    path: PathBuf,
    content: Content,
    pub shape: Shape,
}

/// Limits that no such network reaches, so that a damaged file asks for no terabyte.
const MOST: usize = 1 << 20;

impl Gguf {
    /// # Errors
    /// If it is not there, is no GGUF, is damaged, or holds another architecture.
    pub fn open(path: &Path) -> Result<Gguf, Error> {
        let wrong = |why: String, way: &'static str| Error::Local { path: path.to_path_buf(), why, way };
        const WHOLE: &str = "fetch the file again, and compare its size and checksum with where it came from";
        if path.is_dir() {
            return Err(wrong("it is a folder".into(), "name the .gguf file in it"));
        }
        let mut file = File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => wrong("there is no such file".into(), "check the path after gguf:"),
            other => wrong(other.to_string(), "check the file and its permissions"),
        })?;
        let mut magic = [0; 4];
        let read = file.read_exact(&mut magic).is_ok();
        if !read || magic != *b"GGUF" {
            return Err(wrong(
                "it is no GGUF file".into(),
                "gguf: takes a model as llama.cpp reads it; its convert_hf_to_gguf.py makes one of safetensors",
            ));
        }
        let damaged = |what: &str| wrong(format!("it is damaged: {what}"), WHOLE);
        let bytes = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
        let mut reader = BufReader::new(file);
        let content = reader
            .rewind()
            .map_err(candle_core::Error::from)
            .and_then(|()| is_aligned(&mut reader))
            .and_then(|()| Content::read(&mut reader))
            .map_err(|error| damaged(&first_line(&error)))?;

        let architecture = text(&content, "general.architecture").unwrap_or("not named").to_string();
        if architecture != "llama" {
            return Err(wrong(
                format!("its architecture is {}, and this program runs llama's", corpus::sanitize(&architecture)),
                "serve it with llama.cpp, Ollama or vLLM, and ask it as openai/NAME",
            ));
        }
        let shape =
            Shape::of(&content).map_err(|why| wrong(why, "serve it with llama.cpp, and ask it as openai/NAME"))?;
        let gguf = Gguf { path: path.to_path_buf(), content, shape };
        gguf.check(bytes)?;
        Ok(gguf)
    }

    /// An error of this file.
    pub fn wrong(&self, why: impl Into<String>, way: &'static str) -> Error {
        Error::Local { path: self.path.clone(), why: why.into(), way }
    }

    fn damaged(&self, what: impl Into<String>) -> Error {
        self.wrong(
            format!("it is damaged: {}", what.into()),
            "fetch the file again, and compare its size and checksum with where it came from",
        )
    }

    /// All tensors are there, of the sizes that the shape says, and none besides that would change what comes out.
    fn check(&self, bytes: u64) -> Result<(), Error> {
        let mut known = HashSet::new();
        for (name, size) in self.shape.tensors() {
            let optional = matches!(name.as_str(), "output.weight" | "rope_freqs.weight");
            let Some(info) = self.content.tensor_infos.get(&name) else {
                if optional {
                    continue;
                }
                return Err(self.damaged(format!("the tensor {name} is missing")));
            };
            let dims = info.shape.dims();
            if dims != size {
                return Err(self.damaged(format!("the tensor {name} is of size {dims:?} in place of {size:?}")));
            }
            let block = info.ggml_dtype.block_size();
            let values: usize = size.iter().product();
            if !values.is_multiple_of(block) {
                return Err(self.damaged(format!("the tensor {name} does not fill its blocks")));
            }
            let end = (values / block * info.ggml_dtype.type_size()) as u64;
            let end = info.offset.saturating_add(self.content.tensor_data_offset).saturating_add(end);
            if end > bytes {
                return Err(self.damaged(format!("it ends after {bytes} bytes, and its tensors go on to {end}")));
            }
            known.insert(name);
        }
        match self.content.tensor_infos.keys().filter(|name| !known.contains(*name)).min() {
            None => Ok(()),
            Some(other) => Err(self.wrong(
                format!("it has a part that this program does not run, {}", corpus::sanitize(other)),
                "serve it with llama.cpp, and ask it as openai/NAME",
            )),
        }
    }

    /// A tensor's values in row-major order; `None` where the file has none of that name.
    pub fn values(&self, name: &str) -> Result<Option<Vec<f32>>, Error> {
        if !self.content.tensor_infos.contains_key(name) {
            return Ok(None);
        }
        let read = || {
            let mut file = BufReader::new(File::open(&self.path)?);
            let tensor = self.content.tensor(&mut file, name, &Device::Cpu)?;
            tensor.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>()
        };
        read().map(Some).map_err(|error: candle_core::Error| self.damaged(first_line(&error)))
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        text(&self.content, key)
    }

    pub fn number(&self, key: &str) -> Option<u32> {
        number(&self.content, key).and_then(|n| u32::try_from(n).ok())
    }

    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.content.metadata.get(key)? {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    pub fn list(&self, key: &str) -> Option<&[Value]> {
        self.content.metadata.get(key)?.to_vec().ok().map(Vec::as_slice)
    }

    /// `model.Q4_1.gguf`.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// How most of its weights are written: `Q4_1`.
    pub fn quantization(&self) -> String {
        let kind = |name: &str| self.content.tensor_infos.get(name).map(|info| format!("{:?}", info.ggml_dtype));
        kind("blk.0.ffn_gate.weight").unwrap_or_default()
    }

    /// SHA-256 of the file, in hexadecimal.
    pub fn hash(&self) -> Result<String, Error> {
        let read = || {
            let mut hasher = Sha256::new();
            let mut reader = BufReader::with_capacity(1 << 20, File::open(&self.path)?);
            loop {
                let bytes = reader.fill_buf()?;
                if bytes.is_empty() {
                    return Ok(hasher.finalize());
                }
                hasher.update(bytes);
                let n = bytes.len();
                reader.consume(n);
            }
        };
        let unread = |error: std::io::Error| self.wrong(error.kind().to_string(), "check the file and its permissions");
        let hash = read().map_err(unread)?;
        Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Shape {
    fn of(content: &Content) -> Result<Shape, String> {
        let optional = |key: &str| number(content, &format!("llama.{key}"));
        let needed = |key: &str| {
            let value = optional(key).ok_or_else(|| format!("it does not say its llama.{key}"))?;
            let fits = (1..=MOST as u64).contains(&value);
            if fits { Ok(value as usize) } else { Err(format!("its llama.{key} of {value} cannot be")) }
        };
        let (width, heads) = (needed("embedding_length")?, needed("attention.head_count")?);
        let key_heads = optional("attention.head_count_kv").map_or(heads, |n| n as usize);
        let head = optional("attention.key_length").map_or(width / heads, |n| n as usize);
        let turned = optional("rope.dimension_count").map_or(head, |n| n as usize);
        if head == 0 || head > MOST || turned > head || turned % 2 != 0 || key_heads == 0 || heads % key_heads != 0 {
            return Err(format!("its heads do not fit: {heads} of {head}, {key_heads} for keys, {turned} turned"));
        }
        if optional("attention.value_length").is_some_and(|n| n as usize != head) {
            return Err("its values are of another width than its keys".into());
        }
        if optional("expert_count").is_some_and(|n| n > 0) {
            return Err("it is a mixture of experts, which this program does not run".into());
        }
        let scaling = text(content, "llama.rope.scaling.type").unwrap_or("none");
        if scaling != "none" {
            return Err(format!(
                "its positions are scaled ({}), which this program does not",
                corpus::sanitize(scaling)
            ));
        }
        let vocabulary =
            content.tensor_infos.get("token_embd.weight").and_then(|info| info.shape.dims().first().copied());
        Ok(Shape {
            layers: needed("block_count")?,
            context: needed("context_length")?,
            width,
            inner: needed("feed_forward_length")?,
            heads,
            key_heads,
            head,
            turned,
            base: float(content, "llama.rope.freq_base").filter(|base| *base > 0.0).unwrap_or(10_000.0),
            epsilon: float(content, "llama.attention.layer_norm_rms_epsilon").unwrap_or(1e-5) as f32,
            vocabulary: vocabulary.filter(|n| (1..=MOST * 16).contains(n)).ok_or("it has no table of tokens")?,
        })
    }

    /// Every tensor by its name and size, outputs first.
    fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let Shape { width, inner, .. } = *self;
        let (queries, keys) = (self.heads * self.head, self.key_heads * self.head);
        let mut all = vec![
            ("token_embd.weight".to_string(), vec![self.vocabulary, width]),
            ("output_norm.weight".to_string(), vec![width]),
            ("output.weight".to_string(), vec![self.vocabulary, width]),
            ("rope_freqs.weight".to_string(), vec![self.turned / 2]),
        ];
        for layer in 0..self.layers {
            let parts = [
                ("attn_norm", vec![width]),
                ("attn_q", vec![queries, width]),
                ("attn_k", vec![keys, width]),
                ("attn_v", vec![keys, width]),
                ("attn_output", vec![width, queries]),
                ("ffn_norm", vec![width]),
                ("ffn_gate", vec![inner, width]),
                ("ffn_up", vec![inner, width]),
                ("ffn_down", vec![width, inner]),
            ];
            all.extend(parts.map(|(part, size)| (format!("blk.{layer}.{part}.weight"), size)));
        }
        all
    }
}

fn text<'a>(content: &'a Content, key: &str) -> Option<&'a str> {
    content.metadata.get(key)?.to_string().ok().map(String::as_str)
}

fn number(content: &Content, key: &str) -> Option<u64> {
    match *content.metadata.get(key)? {
        Value::U8(n) => Some(n.into()),
        Value::U16(n) => Some(n.into()),
        Value::U32(n) => Some(n.into()),
        Value::U64(n) => Some(n),
        Value::I8(n) => u64::try_from(n).ok(),
        Value::I16(n) => u64::try_from(n).ok(),
        Value::I32(n) => u64::try_from(n).ok(),
        Value::I64(n) => u64::try_from(n).ok(),
        _ => None,
    }
}

fn float(content: &Content, key: &str) -> Option<f64> {
    match *content.metadata.get(key)? {
        Value::F32(x) => Some(x.into()),
        Value::F64(x) => Some(x),
        _ => None,
    }
    .filter(|x| x.is_finite())
}

/// Tensors that are aligned to multiples of nothing would make candle's reader divide by it.
fn is_aligned(reader: &mut (impl Read + Seek)) -> Result<(), candle_core::Error> {
    const KEY: &[u8] = b"general.alignment";
    let mut head = Vec::new();
    reader.by_ref().take(64 << 20).read_to_end(&mut head)?;
    reader.rewind()?;
    // After the key its kind, a whole number of so many bytes, and the number.
    let is_zero = |at: usize| {
        let after = &head[at + KEY.len()..];
        let bytes = match after.first() {
            Some(0 | 1) => 1,
            Some(2 | 3) => 2,
            Some(4 | 5) => 4,
            _ => return false,
        };
        after.get(4..4 + bytes).is_some_and(|number| number.iter().all(|byte| *byte == 0))
    };
    match memchr::memmem::find_iter(&head, KEY).any(is_zero) {
        true => Err(candle_core::Error::Msg("its alignment is 0".into())),
        false => Ok(()),
    }
}

/// A message of candle's without its backtrace.
fn first_line(error: &candle_core::Error) -> String {
    let said = error.to_string();
    corpus::sanitize(said.lines().next().unwrap_or_default()).into_owned()
}
