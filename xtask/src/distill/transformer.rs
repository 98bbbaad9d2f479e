//! all-MiniLM-L6-v2 by candle.

use std::error::Error;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use tokenizers::{Tokenizer, TruncationParams};

/// Wordpieces that are read of a text, signs included.
const MOST_PIECES: usize = 128;
const BATCH: usize = 32;

pub struct Transformer {
    model: BertModel,
    /// Cuts off after [`MOST_PIECES`].
    tokenizer: Tokenizer,
    whole: Tokenizer,
    pub width: usize,
}

fn any(error: tokenizers::Error) -> Box<dyn Error> {
    error.to_string().into()
}

impl Transformer {
    pub fn load(folder: &Path) -> Result<Transformer, Box<dyn Error>> {
        let config: Config = serde_json::from_str(&std::fs::read_to_string(folder.join("config.json"))?)?;
        let width = config.hidden_size;
        let weights = std::fs::read(folder.join("model.safetensors"))?;
        let vars = VarBuilder::from_buffered_safetensors(weights, DType::F32, &Device::Cpu)?;
        let model = BertModel::load(vars, &config)?;
        let mut tokenizer = Tokenizer::from_file(folder.join("tokenizer.json")).map_err(any)?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(any)?;
        let whole = tokenizer.clone();
        let truncation = TruncationParams { max_length: MOST_PIECES, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(any)?;
        Ok(Transformer { model, tokenizer, whole, width })
    }

    /// The numbers of a text's wordpieces, without the signs round it.
    pub fn cut(&self, text: &str) -> Result<Vec<u32>, Box<dyn Error>> {
        Ok(self.tokenizer.encode(text, false).map_err(any)?.get_ids().to_vec())
    }

    /// All of a text's wordpieces, without the signs round it.
    pub fn pieces(&self, text: &str) -> Result<Vec<String>, Box<dyn Error>> {
        Ok(self.whole.encode(text, false).map_err(any)?.get_tokens().to_vec())
    }

    /// Sentence embeddings: the mean of all outputs, of length one; `[text][width]`.
    pub fn embed(&self, texts: &[String]) -> Result<Vec<f32>, Box<dyn Error>> {
        let ids: Vec<Vec<u32>> = texts
            .iter()
            .map(|t| Ok(self.tokenizer.encode(t.as_str(), true).map_err(any)?.get_ids().to_vec()))
            .collect::<Result<_, Box<dyn Error>>>()?;
        // Texts of like length go together, so that little is padded.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|i| ids[*i].len());
        let mut vectors = vec![0.0; texts.len() * self.width];
        for batch in order.chunks(BATCH) {
            let batch_ids: Vec<&[u32]> = batch.iter().map(|i| ids[*i].as_slice()).collect();
            let (outputs, length) = self.outputs(&batch_ids)?;
            for (k, i) in batch.iter().enumerate() {
                let vector = &mut vectors[i * self.width..(i + 1) * self.width];
                for output in outputs[k * length * self.width..].chunks_exact(self.width).take(ids[*i].len()) {
                    vector.iter_mut().zip(output).for_each(|(v, o)| *v += o);
                }
                let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
                vector.iter_mut().for_each(|x| *x /= norm);
            }
        }
        Ok(vectors)
    }

    /// The output for each piece standing alone between the signs; `[piece][width]`.
    pub fn alone(&self, pieces: &[usize]) -> Result<Vec<f32>, Box<dyn Error>> {
        let sign = |name: &str| self.tokenizer.token_to_id(name).ok_or_else(|| format!("no {name}"));
        let (open, close) = (sign("[CLS]")?, sign("[SEP]")?);
        let mut vectors = Vec::with_capacity(pieces.len() * self.width);
        for batch in pieces.chunks(512) {
            let ids: Vec<[u32; 3]> = batch.iter().map(|p| [open, *p as u32, close]).collect();
            let ids: Vec<&[u32]> = ids.iter().map(|i| i.as_slice()).collect();
            let (outputs, length) = self.outputs(&ids)?;
            for text in outputs.chunks_exact(length * self.width) {
                vectors.extend_from_slice(&text[self.width..2 * self.width]);
            }
        }
        Ok(vectors)
    }

    /// The last layer, `[text][place][width]`, and the number of places.
    fn outputs(&self, ids: &[&[u32]]) -> Result<(Vec<f32>, usize), Box<dyn Error>> {
        let length = ids.iter().map(|i| i.len()).max().unwrap_or(0);
        let padded = |of: &dyn Fn(&[u32], usize) -> u32| -> Result<Tensor, candle_core::Error> {
            let all: Vec<u32> = ids.iter().flat_map(|i| (0..length).map(move |k| of(i, k))).collect();
            Tensor::from_vec(all, (ids.len(), length), &Device::Cpu)
        };
        let tokens = padded(&|ids, k| ids.get(k).copied().unwrap_or(0))?;
        let mask = padded(&|ids, k| u32::from(k < ids.len()))?;
        let outputs = self.model.forward(&tokens, &tokens.zeros_like()?, Some(&mask))?;
        Ok((outputs.flatten_all()?.to_vec1()?, length))
    }
}
