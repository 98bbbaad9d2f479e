//! From a suite to its cases.

use std::collections::{BTreeMap, HashMap};

use corpus::Text;
use serde_json::{Map, Value};

use super::{Asking, Suite, SuiteError};
use crate::plan::{Case, Plan};
use crate::request::{Format, Message, Prompt, Role};

/// What a plan is made with beside its suite.
#[derive(Debug, Clone, Default)]
pub struct Filling {
    /// Decides the order of fillings and which texts are examples.
    pub seed: u64,
    /// Answers to each prompt, over what the suite says.
    pub samples: Option<usize>,
    /// The user's own texts or prompts.
    pub texts: Vec<Text>,
}

/// Gaps that the user's texts fill.
pub(super) const OF_TEXTS: [&str; 5] = ["text", "opening", "title", "author", "prompt"];

/// Lines of a text that `{opening}` shows: as in the published experiment with continued poems.
const OPENING: usize = 5;

/// One filling of a request's gaps.
#[derive(Clone, Default)]
struct Variant {
    /// What stands in the id of its cases: "a-river", "shots-4".
    slugs: Vec<String>,
    gaps: BTreeMap<String, String>,
    shots: Option<usize>,
    labels: Map<String, Value>,
}

impl Suite {
    /// Whether some request needs the user's own texts.
    pub fn needs_texts(&self) -> bool {
        self.requests.iter().any(Asking::needs_texts)
    }

    /// All cases, mixed: one filling of every request, then another of every request, and all that once for each sample.
    ///
    /// # Errors
    /// If it needs the user's texts and there are none, or fewer than it shows as examples.
    pub fn plan(&self, filling: &Filling) -> Result<Plan, SuiteError> {
        self.check_texts(filling)?;
        let variants: Vec<Vec<Variant>> = self.requests.iter().map(|asking| self.variants(asking, filling)).collect();
        let most = self.requests.iter().map(|asking| self.times(asking, filling)).max().unwrap_or(0);
        let longest = variants.iter().map(Vec::len).max().unwrap_or(0);
        let mut cases = Vec::new();
        let mut ids: HashMap<String, usize> = HashMap::new();
        for sample in 0..most {
            for round in 0..longest {
                for (asking, variants) in self.requests.iter().zip(&variants) {
                    if let Some(variant) = variants.get(round).filter(|_| sample < self.times(asking, filling)) {
                        let mut case = self.case(asking, variant, sample, filling);
                        let times = ids.entry(case.id.clone()).or_default();
                        *times += 1;
                        if *times > 1 {
                            case.id = format!("{}~{times}", case.id);
                        }
                        cases.push(case);
                    }
                }
            }
        }
        Ok(Plan { suite: self.name.clone(), cases })
    }

    /// Every prompt as it is asked last, with its request.
    pub(super) fn prompts(&self, filling: &Filling) -> Vec<(String, &Asking)> {
        let prompt = |asking: &Asking, variant: Variant| filled(&asking.ask, &variant.gaps).trim().to_string();
        let mut prompts = Vec::new();
        for asking in &self.requests {
            let variants = self.variants(asking, filling).into_iter();
            prompts.extend(variants.map(|variant| (prompt(asking, variant), asking)));
        }
        prompts
    }

    fn times(&self, asking: &Asking, filling: &Filling) -> usize {
        filling.samples.unwrap_or_else(|| asking.samples.unwrap_or(self.samples))
    }

    fn check_texts(&self, filling: &Filling) -> Result<(), SuiteError> {
        let wanted = self.requests.iter().flat_map(|asking| asking.shots.iter().copied()).max().unwrap_or(0);
        let wanted = wanted.max(usize::from(self.needs_texts()));
        let found = filling.texts.len();
        if found >= wanted {
            return Ok(());
        }
        let message = match found {
            0 => "it asks about texts of yours, and none are given".to_string(),
            _ => format!("it shows up to {wanted} texts as examples, and {found} are given"),
        };
        Err(SuiteError::of(&self.name, None, message, "give a file with them: --texts FILE"))
    }

    /// Every filling of a request's gaps, in an order that the seed decides.
    fn variants(&self, asking: &Asking, filling: &Filling) -> Vec<Variant> {
        let mut variants = vec![Variant::default()];
        let gaps = asking.gaps();
        if gaps.iter().any(|gap| OF_TEXTS.contains(gap) && !self.fill.contains_key(*gap)) && asking.shots.is_empty() {
            variants = filling.texts.iter().map(of_text).collect();
        }
        for (name, list) in self.fill.iter().filter(|(name, _)| gaps.contains(&name.as_str())) {
            let with = |variant: &Variant, value: &String| {
                let mut variant = variant.clone();
                variant.slugs.push(slug(value));
                variant.labels.insert(name.clone(), Value::from(value.as_str()));
                variant.gaps.insert(name.clone(), value.clone());
                variant
            };
            variants = variants.iter().flat_map(|variant| list.iter().map(|value| with(variant, value))).collect();
        }
        if !asking.shots.is_empty() {
            let of_author = filling.texts.first().map(of_text).unwrap_or_default();
            let with = |variant: &Variant, shots: usize| {
                let mut variant = variant.clone();
                variant.slugs.push(format!("shots-{shots}"));
                variant.labels.insert("shots".into(), Value::from(shots));
                variant.gaps.extend(of_author.gaps.clone());
                Variant { shots: Some(shots), ..variant }
            };
            variants = variants.iter().flat_map(|variant| asking.shots.iter().map(|&k| with(variant, k))).collect();
        }
        let order = |slugs: &[String]| mixed(filling.seed, &format!("{}/{}", asking.name, slugs.join("/")));
        variants.sort_by_cached_key(|variant| (order(&variant.slugs), variant.slugs.clone()));
        variants
    }

    fn case(&self, asking: &Asking, variant: &Variant, sample: usize, filling: &Filling) -> Case {
        let parts = std::iter::once(asking.name.as_str()).chain(variant.slugs.iter().map(String::as_str));
        let id = format!("{}/{}", parts.collect::<Vec<_>>().join("/"), sample + 1);
        let ask = filled(&asking.ask, &variant.gaps);
        let mut settings = self.settings.clone();
        let prompt = if asking.raw {
            settings.format = Format::Raw;
            Prompt::Text(ask)
        } else {
            let mut messages = Vec::new();
            let system = asking.system.as_deref().map(|system| filled(system, &variant.gaps));
            messages.extend(system.map(|system| Message::new(Role::System, system)));
            for text in examples(variant.shots.unwrap_or(0), &id, filling) {
                let before = asking.example.as_deref().unwrap_or(&asking.ask);
                let gaps: BTreeMap<_, _> = variant.gaps.clone().into_iter().chain(of_text(text).gaps).collect();
                messages.push(Message::new(Role::User, filled(before, &gaps)));
                messages.push(Message::new(Role::Assistant, text.text.trim()));
            }
            messages.push(Message::new(Role::User, ask));
            Prompt::Messages(messages)
        };
        let then = (0..asking.rounds).flat_map(|_| &asking.then).map(|turn| filled(turn, &variant.gaps)).collect();
        let mut labels = Map::new();
        labels.insert("request".into(), Value::from(asking.name.as_str()));
        labels.extend(variant.labels.clone());
        labels.extend(asking.wants.labels());
        Case { id, prompt, then, settings, labels }
    }
}

impl Asking {
    fn gaps(&self) -> Vec<&str> {
        let sentences = [Some(&self.ask), self.system.as_ref()];
        sentences.into_iter().flatten().chain(&self.then).flat_map(|sentence| gaps(sentence)).collect()
    }

    fn needs_texts(&self) -> bool {
        !self.shots.is_empty() || self.gaps().iter().any(|gap| OF_TEXTS.contains(gap))
    }
}

fn of_text(text: &Text) -> Variant {
    let label = |name: &str| text.field(name).map(|value| value.into_owned());
    let opening = text.text.lines().filter(|line| !line.trim().is_empty()).take(OPENING).collect::<Vec<_>>().join("\n");
    let gaps = [
        ("text", text.text.trim().to_string()),
        ("opening", opening),
        ("title", label("title").unwrap_or_else(|| "Untitled".into())),
        ("author", label("author").unwrap_or_else(|| "this poet".into())),
        ("prompt", text.prompt.clone().unwrap_or_else(|| text.text.trim().to_string())),
    ];
    let gaps = gaps.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
    let labels = [("text_id".to_string(), Value::from(text.id.as_str()))].into_iter().collect();
    Variant { slugs: vec![slug(&text.id)], gaps, shots: None, labels }
}

/// Texts to show before a request; each case draws its own, and a longer draw begins with the shorter.
fn examples<'a>(n: usize, case: &str, filling: &'a Filling) -> Vec<&'a Text> {
    let draw = case.split('/').filter(|part| !part.starts_with("shots-")).collect::<Vec<_>>().join("/");
    let mut texts: Vec<(u64, &Text)> =
        filling.texts.iter().map(|text| (mixed(filling.seed, &format!("{draw} {}", text.id)), text)).collect();
    texts.sort_by_key(|(order, text)| (*order, text.id.as_str()));
    texts.into_iter().take(n).map(|(_, text)| text).collect()
}

/// The names between braces.
pub(super) fn gaps(sentence: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).filter(is_name)
}

/// The sentence with its gaps filled, in one pass: what fills a gap may have braces of its own.
fn filled(sentence: &str, values: &BTreeMap<String, String>) -> String {
    let mut whole = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        whole.push_str(before);
        match after.split_once('}').and_then(|(name, after)| Some((values.get(name)?, after))) {
            Some((value, after)) => {
                whole.push_str(value);
                rest = after;
            }
            None => {
                whole.push('{');
                rest = after;
            }
        }
    }
    whole.push_str(rest);
    whole
}

/// Words as a part of an id.
fn slug(words: &str) -> String {
    let letters = words.chars().map(|c| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { '-' });
    let letters: String = letters.collect();
    letters.split('-').filter(|part| !part.is_empty()).take(8).collect::<Vec<_>>().join("-")
}

/// A number that looks random and depends on seed and name alone: FNV-1a, then the finalizer of SplitMix64.
fn mixed(seed: u64, name: &str) -> u64 {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
    let mut z = name.bytes().fold(0xCBF2_9CE4_8422_2325 ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), fnv);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn suite(requests: &str) -> Suite {
        let head = "name = \"mine\"\nabout = \"x\"\nsamples = 2\n[fill]\ntopic = [\"a river\", \"Dust & ash\"]\n";
        Suite::parse(&format!("{head}{requests}"), "mine.toml").unwrap()
    }

    fn ids(plan: &Plan) -> Vec<&str> {
        plan.cases.iter().map(|case| case.id.as_str()).collect()
    }

    fn texts(n: usize) -> Vec<Text> {
        let text = |i| Text {
            labels: [("author".to_string(), Value::from("Ann"))].into_iter().collect(),
            ..Text::new(format!("t{i}"), format!("Line {i},\n\ntwo {{topic}}"))
        };
        (0..n).map(text).collect()
    }

    #[test]
    fn mixed_and_the_same_again() {
        let suite = suite(
            "[[request]]\nname = \"ode\"\nask = \"An ode on {topic}.\"\nwants = { rhyme = true }\n[[request]]\nname = \"any\"\nask = \"A poem.\"\nsamples = 1\n",
        );
        let plan = suite.plan(&Filling { seed: 1, ..Filling::default() }).unwrap();
        assert_eq!(plan, suite.plan(&Filling { seed: 1, ..Filling::default() }).unwrap());
        assert_eq!(plan.cases.len(), 5);
        assert_eq!(ids(&plan)[1], "any/1", "every request is among the first");
        let sorted: BTreeSet<&str> = ids(&plan).into_iter().collect();
        assert_eq!(
            sorted.into_iter().collect::<Vec<_>>(),
            ["any/1", "ode/a-river/1", "ode/a-river/2", "ode/dust-ash/1", "ode/dust-ash/2"]
        );
        let ode = plan.cases.iter().find(|case| case.id == "ode/dust-ash/2").unwrap();
        assert_eq!(ode.prompt.last(), "An ode on Dust & ash.");
        assert_eq!(
            Value::from(ode.labels.clone()),
            serde_json::json!({"request": "ode", "topic": "Dust & ash", "wants.rhyme": true})
        );
    }

    #[test]
    fn examples_turns_and_texts() {
        let suite = suite(
            "[[request]]\nname = \"few\"\nask = \"A poem by {author} on {topic}.\"\nexample = \"A poem by {author}.\"\nshots = [1, 3]\nthen = [\"No rhyme, please.\"]\nrounds = 2\n[[request]]\nname = \"on\"\nask = \"Go on: {opening}\"\nraw = true\n",
        );
        assert!(suite.plan(&Filling::default()).unwrap_err().help.contains("--texts"));
        assert!(
            suite.plan(&Filling { texts: texts(2), ..Filling::default() }).unwrap_err().message.contains("up to 3")
        );
        let plan = suite.plan(&Filling { texts: texts(4), ..Filling::default() }).unwrap();
        let three = plan.cases.iter().find(|case| case.id == "few/a-river/shots-3/1").unwrap();
        let Prompt::Messages(messages) = &three.prompt else { panic!("a chat") };
        assert_eq!((messages.len(), three.then.len()), (7, 2));
        assert_eq!(
            (messages[0].content.as_str(), messages[6].content.as_str()),
            ("A poem by Ann.", "A poem by Ann on a river.")
        );
        let one = plan.cases.iter().find(|case| case.id == "few/a-river/shots-1/1").unwrap();
        let Prompt::Messages(shown) = &one.prompt else { panic!("a chat") };
        assert_eq!(shown[1], messages[1], "one example is the first of three");
        let on: Vec<&Case> = plan.cases.iter().filter(|case| case.id.starts_with("on/")).collect();
        assert_eq!(on.len(), 8);
        // What fills a gap is not filled in its turn.
        assert!(matches!(&on[0].prompt, Prompt::Text(text) if text.ends_with("two {topic}")));
    }

    #[test]
    fn texts_find_their_requests() {
        let suite = suite("[[request]]\nname = \"ode\"\nask = \"An ode on {topic}.\"\nwants = { rhyme = true }\n");
        let filling = Filling::default();
        let find = suite.matcher(&filling);
        let label = |name: &str, value: &str| Text {
            labels: [(name.to_string(), Value::from(value))].into_iter().collect(),
            ..Text::default()
        };
        assert_eq!(find(&label("case", "ode/a-river/1")).unwrap().0, "ode");
        assert!(find(&label("case", "sonnet/a-river/1")).is_none());
        let asked = Text { prompt: Some("An ode on a river.\n".into()), ..Text::default() };
        assert_eq!(find(&asked).unwrap().1.rhyme, Some(true));
    }
}
