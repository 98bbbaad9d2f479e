//! A model run in the program itself: a GGUF file of llama's architecture, without a server.
//!
//! candle reads the file and knows all its kinds of quantization; the forward pass is our own, since what is asked of it here is
//! not what chat programs ask: many answers at once, the log-probability of a given continuation at every position, what each
//! layer holds, and the same numbers whatever else is computed beside them. [`LocalModel`] is the door; one file each for the
//! file, its tokenizer and template, the matrices, the network, the drawing of tokens, and the batch.
//!
//! # The numeric path
//! [`NUMERICS`] names it, and every recorded answer carries it. Weights are kept in 8 bits (blocks of 32 with step and centre, which
//! holds Q4_1 and Q8_0 as they are), activations in 16 (blocks of 32 with a scale), keys and values in 32-bit floats. Products of blocks are whole
//! numbers and therefore exact; all else is done in one order, lane by lane, without fused operations. So an answer is the same on
//! any processor, with any number of threads, in any batch.

mod batch;
mod draw;
mod file;
mod lanes;
mod math;
mod matrix;
mod network;
mod template;
#[cfg(test)]
mod tests;
mod tokens;

use std::path::Path;
use std::sync::OnceLock;

use batch::Batch;
use draw::log_probability;
use file::Gguf;
use network::{Network, Part, Wanted};
use template::Template;
use tokens::Tokens;

use crate::answer::{Answer, TokenLogprob};
use crate::error::Error;
use crate::model::{ModelError, Reason};
use crate::request::{Format, Prompt, Settings};

/// The numeric path: 8-bit weights, 16-bit activations, its first version. It changes whenever a change of ours changes a number.
pub const NUMERICS: &str = "w8a16/1";

/// A model in a file. Opening it reads what the file says of itself; the weights follow when they are first needed.
///
/// ```no_run
/// use sampling::{Format, LocalModel, Prompt};
///
/// let model = LocalModel::open("SmolLM2-135M-Instruct.Q4_1.gguf".as_ref())?;
/// let line = Prompt::Text("The lantern swings above the".into());
/// for token in model.logprobs(&line, Format::Raw, " door")? {
///     println!("{:?} {:.2}", token.token, token.logprob);
/// }
/// # Ok::<(), sampling::Error>(())
/// ```
pub struct LocalModel {
    file: Gguf,
    tokens: Tokens,
    /// `None` where the file has none; else perhaps why it cannot be read.
    template: Option<Result<Template, String>>,
    loaded: OnceLock<Loaded>,
}

/// What takes a while to read.
struct Loaded {
    network: Network,
    identity: String,
}

/// The residual stream of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct States {
    /// Tokens of the text.
    pub tokens: usize,
    /// Numbers a token.
    pub width: usize,
    /// Before the first layer and after each: row-major, `tokens` × `width`.
    pub layers: Vec<Vec<f32>>,
}

impl LocalModel {
    /// # Errors
    /// If the file is not there, is no GGUF, is damaged, or holds what this program does not run.
    pub fn open(path: &Path) -> Result<LocalModel, Error> {
        let file = Gguf::open(path)?;
        let tokens = Tokens::of(&file)?;
        let source = file.text("tokenizer.chat_template");
        let template = source.map(|source| Template::new(source, tokens.bounds()));
        Ok(LocalModel { file, tokens, template, loaded: OnceLock::new() })
    }

    /// Reads the weights, if that was not done before.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn load(&self) -> Result<(), Error> {
        self.loaded().map(drop)
    }

    fn loaded(&self) -> Result<&Loaded, Error> {
        if let Some(loaded) = self.loaded.get() {
            return Ok(loaded);
        }
        let (name, kind, hash) = (self.file.name(), self.file.quantization(), self.file.hash()?);
        let identity = format!("{name} {kind} sha256:{} {NUMERICS}", &hash[..16]);
        let network = Network::of(&self.file)?;
        Ok(self.loaded.get_or_init(|| Loaded { network, identity }))
    }

    fn network(&self) -> Result<&Network, Error> {
        self.loaded().map(|loaded| &loaded.network)
    }

    /// What is recorded of who answered: the file's name and kind, the beginning of its SHA-256, and the numeric path.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn identity(&self) -> Result<&str, Error> {
        self.loaded().map(|loaded| loaded.identity.as_str())
    }

    /// Tokens that the model reads at most, prompt and answer together.
    pub fn context(&self) -> usize {
        self.file.shape.context
    }

    /// True where the file has a chat template.
    pub fn chats(&self) -> bool {
        self.template.is_some()
    }

    /// A prompt as the model sees it: in its chat template, or bare.
    ///
    /// # Errors
    /// If the template is missing or refuses the conversation, or the prompt leaves no room for an answer.
    pub fn prompt(&self, prompt: &Prompt, format: Format) -> Result<Vec<u32>, ModelError> {
        let rejected = |why: String| ModelError::new(Reason::Rejected, why);
        let parts = match format {
            Format::Raw => vec![tokens::Part::Words(prompt.bare())],
            Format::Chat => {
                let template = self.template.as_ref().ok_or_else(|| rejected(NO_TEMPLATE.into()))?;
                let refused = |why: &String| rejected(format!("the model's chat template: {why}"));
                let template = template.as_ref().map_err(refused)?;
                template.parts(&prompt.messages(), self.tokens.specials()).map_err(|why| refused(&why))?
            }
        };
        let ids = self.tokens.encode(&parts);
        let (n, most) = (ids.len(), self.context());
        if n == 0 {
            return Err(rejected("the prompt is empty, and the model has no token that texts begin with".into()));
        }
        if n >= most {
            return Err(rejected(format!("the prompt has {n} tokens, and the model reads {most}, answers among them")));
        }
        Ok(ids)
    }

    /// Tokens of a text that follows on something.
    pub fn words(&self, text: &str) -> Vec<u32> {
        self.tokens.encode_words(text)
    }

    /// The text of tokens, without the special ones.
    pub fn text(&self, tokens: &[u32]) -> String {
        self.tokens.decode(tokens)
    }

    /// Each token of a given continuation with the natural logarithm of its probability after all before it, at temperature 1. The
    /// continuation is parted into tokens by itself, so a space between prompt and continuation belongs to the latter.
    ///
    /// # Errors
    /// If the weights cannot be read, or the prompt is refused; and if both are longer than the model's context.
    pub fn logprobs(&self, prompt: &Prompt, format: Format, continuation: &str) -> Result<Vec<TokenLogprob>, Error> {
        let mut ids = self.prompt(prompt, format).map_err(|error| self.refused(&error))?;
        let before = ids.len();
        ids.extend(self.words(continuation));
        self.fits(ids.len())?;
        let network = self.network()?;
        let mut cache = network.cache();
        // What follows the last token is nobody's question.
        let read = &ids[..ids.len() - 1];
        let told = network.pass(&mut [Part { cache: &mut cache, tokens: read }], Wanted::Every, |_| {});
        let one = |at: usize| {
            let logits: Vec<f32> = told.row(at - 1).collect();
            let logprob = log_probability(&logits, ids[at] as usize).ok_or_else(|| self.no_numbers())?;
            Ok(TokenLogprob { token: self.tokens.name(ids[at]), logprob })
        };
        (before..ids.len()).map(one).collect()
    }

    /// What the layers hold of a text, as [`LocalModel::prompt`] and [`LocalModel::words`] give its tokens.
    ///
    /// # Errors
    /// If the weights cannot be read, or the text is longer than the model's context.
    pub fn states(&self, tokens: &[u32]) -> Result<States, Error> {
        self.fits(tokens.len())?;
        let network = self.network()?;
        let mut cache = network.cache();
        let mut layers = Vec::with_capacity(self.file.shape.layers + 1);
        network.pass(&mut [Part { cache: &mut cache, tokens }], Wanted::Last, |stream| layers.push(stream.to_vec()));
        Ok(States { tokens: tokens.len(), width: self.file.shape.width, layers })
    }

    /// Answers to prompts, all at once, in their order; each is what it would be alone.
    ///
    /// # Errors
    /// If the weights cannot be read, a prompt is empty or longer than the context, or the model's numbers are none.
    pub fn answers(&self, prompts: &[(Vec<u32>, Settings)]) -> Result<Vec<Answer>, Error> {
        prompts.iter().try_for_each(|(prompt, _)| self.fits(prompt.len()))?;
        let mut at_once = self.at_once()?;
        prompts.iter().enumerate().for_each(|(i, (prompt, settings))| at_once.begin(i, prompt.clone(), settings));
        let mut answers: Vec<Option<Answer>> = vec![None; prompts.len()];
        while at_once.going() > 0 {
            for (i, answer) in at_once.step() {
                answers[i] = Some(answer.map_err(|error| self.refused(&error))?);
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    /// # Errors
    /// If the weights cannot be read.
    pub(crate) fn at_once<K: Send>(&self) -> Result<AtOnce<'_, K>, Error> {
        Ok(AtOnce { batch: Batch::new(self.network()?, &self.tokens), identity: self.identity()?.to_string() })
    }

    fn fits(&self, tokens: usize) -> Result<(), Error> {
        let most = self.context();
        if (1..=most).contains(&tokens) {
            return Ok(());
        }
        Err(self.file.wrong(format!("it reads 1 to {most} tokens, and not {tokens}"), "give a shorter text"))
    }

    fn refused(&self, error: &ModelError) -> Error {
        self.file.wrong(error.message.clone(), "change the prompt")
    }

    fn no_numbers(&self) -> Error {
        self.file.wrong("what it puts out are no numbers", "fetch the file again: it may be damaged")
    }
}

/// Why a file without a template cannot chat.
pub(crate) const NO_TEMPLATE: &str = "the file has no chat template, so that it can only continue bare texts (--raw)";

/// Answers in the making.
pub(crate) struct AtOnce<'a, K> {
    batch: Batch<'a, K>,
    identity: String,
}

impl<K: Send> AtOnce<'_, K> {
    pub fn going(&self) -> usize {
        self.batch.len()
    }

    pub fn begin(&mut self, key: K, prompt: Vec<u32>, settings: &Settings) {
        self.batch.add(key, prompt, settings);
    }

    /// One token more for each; those that are whole.
    pub fn step(&mut self) -> Vec<(K, Result<Answer, ModelError>)> {
        let recorded = |said: batch::Said| Answer {
            text: said.text,
            finish: said.finish,
            tokens_in: Some(said.tokens_in as u64),
            tokens_out: Some(said.tokens_out as u64),
            cost: Some(0.0),
            latency: said.latency,
            model: Some(self.identity.clone()),
            logprobs: said.logprobs,
            attempts: 1,
        };
        self.batch.step().into_iter().map(|(key, said)| (key, said.map(recorded))).collect()
    }
}
