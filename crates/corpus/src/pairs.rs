//! Preferences: records in which one text was chosen over another.

use serde_json::{Map, Value};

use crate::error::{Error, Place};
use crate::fields::{at, is_conversation, prompt_in, texts_in, whole_text};
use crate::record::{Record, kind};
use crate::texts::{Options, Texts, open, words};

/// One choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pair {
    pub id: String,
    /// What both texts answer.
    pub prompt: Option<String>,
    pub chosen: String,
    pub rejected: String,
}

/// Names mapped by the person; those not given are guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairFields {
    pub prompt: Option<String>,
    pub chosen: Option<String>,
    pub rejected: Option<String>,
    pub id: Option<String>,
}

impl PairFields {
    /// From mappings as they are typed, `WHAT=NAME` each.
    ///
    /// # Errors
    /// If one of them maps nothing that a pair has.
    pub fn parse<S: AsRef<str>>(mappings: impl IntoIterator<Item = S>) -> Result<PairFields, Error> {
        let mut fields = PairFields::default();
        for mapping in mappings {
            let mapping = mapping.as_ref();
            let wrong = || Error::PairMapping(mapping.to_string());
            let (what, name) = mapping.split_once('=').ok_or_else(wrong)?;
            let slot = match what.trim() {
                "prompt" => &mut fields.prompt,
                "chosen" => &mut fields.chosen,
                "rejected" => &mut fields.rejected,
                "id" => &mut fields.id,
                _ => return Err(wrong()),
            };
            *slot = Some(name.trim().to_string()).filter(|name| !name.is_empty());
            if slot.is_none() {
                return Err(wrong());
            }
        }
        Ok(fields)
    }
}

/// The pairs of one source, in its order. Records without a choice in them are skipped and counted as bad records are.
///
/// Read are
/// - `prompt`, `chosen`, `rejected`, each a text or a list of messages (TRL; UltraFeedback as it is commonly binarized); the
///   messages before the last may stand in `chosen` itself;
/// - two whole transcripts (Anthropic's HH: `Human:` and `Assistant:` by turns): what they share is the prompt;
/// - several `completions` with scores (UltraFeedback itself): the best against the worst;
/// - two responses and which is better (PKU-SafeRLHF, Chatbot Arena; ties are skipped).
pub struct Pairs {
    texts: Texts,
    fields: PairFields,
}

/// Opens a source of pairs: JSONL, JSON, CSV, TSV or Parquet, as [`open`] does.
///
/// # Errors
/// As [`open`].
pub fn pairs(source: &str, fields: &PairFields, options: &Options) -> Result<Pairs, Error> {
    Ok(Pairs { texts: open(source, options)?, fields: fields.clone() })
}

impl Pairs {
    /// The source with its counts: what was skipped, how far the reading is.
    pub fn source(&self) -> &Texts {
        &self.texts
    }
}

impl Iterator for Pairs {
    type Item = Result<Pair, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let fields = &self.fields;
        self.texts.next_with(|record, n| pair(record, n, fields))
    }
}

fn pair(record: Record, n: usize, fields: &PairFields) -> Result<Pair, Error> {
    let Record { place, value, .. } = record;
    let Value::Object(object) = value else {
        return Err(Error::NotARecord { place, found: kind(&value) });
    };
    let id = match &fields.id {
        Some(name) => at(&object, name).and_then(words),
        None => IDS.iter().find_map(|name| object.get(*name)).and_then(words),
    };
    let (prompt, chosen, rejected) = texts(&object, fields, &place)?;
    if chosen.trim().is_empty() && rejected.trim().is_empty() {
        return Err(Error::EmptyText { place });
    }
    if chosen == rejected {
        return Err(Error::NoChoice { place, why: "both texts are the same" });
    }
    if chosen.contains('\0') || rejected.contains('\0') {
        return Err(Error::Nul { place });
    }
    let prompt = prompt.filter(|prompt| !prompt.trim().is_empty());
    Ok(Pair { id: id.unwrap_or_else(|| n.to_string()), prompt, chosen, rejected })
}

const IDS: [&str; 7] = ["id", "prompt_id", "uid", "uuid", "question_id", "pair_id", "index"];
const PROMPTS: [&str; 6] = ["prompt", "instruction", "question", "input", "query", "messages"];
const CHOSEN: [(&str, &str); 4] = [
    ("chosen", "rejected"),
    ("chosen_response", "rejected_response"),
    ("response_chosen", "response_rejected"),
    ("preferred", "dispreferred"),
];
/// Two texts, the field that names the better one, and what it has where the first, and the second, is better.
type Labelled = (&'static str, &'static str, &'static str, &'static str, &'static str);
const LABELLED: [Labelled; 4] = [
    ("response_0", "response_1", "better_response_id", "0", "1"),
    ("conversation_a", "conversation_b", "winner", "model_a", "model_b"),
    ("response_a", "response_b", "winner", "model_a", "model_b"),
    ("response_a", "response_b", "winner", "a", "b"),
];

type Told = (Option<String>, String, String);

fn texts(object: &Map<String, Value>, fields: &PairFields, place: &Place) -> Result<Told, Error> {
    let field = |name: &String| {
        at(object, name).ok_or_else(|| Error::NoField {
            place: place.clone(),
            wanted: Some(name.clone()),
            found: object.keys().cloned().collect(),
        })
    };
    let prompt = match &fields.prompt {
        Some(name) => Some(field(name)?),
        None => PROMPTS.iter().find_map(|name| object.get(*name)),
    };
    let asked = prompt.and_then(|prompt| match prompt {
        Value::Array(list) if is_conversation(list) => Some(said(list)),
        other => prompt_in(other),
    });
    let mapped = |name: &Option<String>, usual: &str| name.clone().unwrap_or_else(|| usual.to_string());
    if fields.chosen.is_some() || fields.rejected.is_some() {
        let (chosen, rejected) = (mapped(&fields.chosen, "chosen"), mapped(&fields.rejected, "rejected"));
        return two(asked, (field(&chosen)?, &chosen), (field(&rejected)?, &rejected), place);
    }
    for (chosen, rejected) in CHOSEN {
        if let (Some(a), Some(b)) = (object.get(chosen), object.get(rejected)) {
            return two(asked, (a, chosen), (b, rejected), place);
        }
    }
    if let Some(Value::Array(completions)) = object.get("completions") {
        return scored(asked, completions, place);
    }
    for (first, second, label, for_first, for_second) in LABELLED {
        let (Some(a), Some(b), Some(better)) = (object.get(first), object.get(second), object.get(label)) else {
            continue;
        };
        match words(better).as_deref() {
            Some(better) if better == for_first => return two(asked, (a, first), (b, second), place),
            Some(better) if better == for_second => return two(asked, (b, second), (a, first), place),
            // another spelling of the label may be known
            _ if label == "winner" && words(better).is_some_and(|b| b.len() == 1 || b.starts_with("model")) => {}
            _ => return Err(Error::NoChoice { place: place.clone(), why: "neither text was preferred" }),
        }
    }
    Err(Error::NoPair { place: place.clone(), found: object.keys().cloned().collect() })
}

/// The texts of two values, and the prompt: as given, or what stands before the answers.
fn two(asked: Option<String>, a: (&Value, &str), b: (&Value, &str), place: &Place) -> Result<Told, Error> {
    if let (Value::String(a), Value::String(b)) = (a.0, b.0)
        && asked.is_none()
        && let Some(at) = transcript(a, b)
    {
        return Ok((Some(a[..at].trim().to_string()), said_last(&a[at..]), said_last(&b[at..])));
    }
    let before = match a.0 {
        Value::Array(list) if is_conversation(list) && list.len() > 1 => Some(said(&list[..list.len() - 1])),
        _ => None,
    };
    let text = |(value, field): (&Value, &str)| {
        texts_in(value).into_iter().next().ok_or_else(|| Error::NotAText {
            place: place.clone(),
            field: field.to_string(),
            found: kind(value),
        })
    };
    Ok((before.or(asked), text(a)?, text(b)?))
}

/// The best of several scored texts against the worst.
fn scored(asked: Option<String>, completions: &[Value], place: &Place) -> Result<Told, Error> {
    let score = |value: &Value| {
        ["overall_score", "fine-grained_score", "score", "rating"]
            .iter()
            .find_map(|name| value.get(*name))
            .and_then(|score| score.as_f64().or_else(|| score.as_str()?.trim().parse().ok()))
            .filter(|score| score.is_finite())
    };
    let all: Vec<(f64, String)> = completions
        .iter()
        .filter_map(|value| Some((score(value)?, texts_in(value.get("response").unwrap_or(value)).into_iter().next()?)))
        .collect();
    let best = all.iter().reduce(|a, b| if b.0 > a.0 { b } else { a });
    let worst = all.iter().reduce(|a, b| if b.0 < a.0 { b } else { a });
    match (best, worst) {
        (Some(best), Some(worst)) if best.0 > worst.0 => Ok((asked, best.1.clone(), worst.1.clone())),
        _ => Err(Error::NoChoice { place: place.clone(), why: "no two of the completions have different scores" }),
    }
}

/// All that is said in a conversation, so that two conversations are one prompt where they are word for word the same.
fn said(messages: &[Value]) -> String {
    let content = |message: &Value| message.get("content").or_else(|| message.get("value")).map(whole_text);
    messages.iter().filter_map(content).collect::<Vec<_>>().join("\n\n")
}

const ASSISTANT: &str = "\n\nAssistant:";

/// Where the answer begins that two transcripts differ in, behind the turns that they share.
fn transcript(a: &str, b: &str) -> Option<usize> {
    if !(a.trim_start().starts_with("Human:") && b.trim_start().starts_with("Human:")) {
        return None;
    }
    let shared = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    // a mark may end where they part
    let within = a.as_bytes().get(..shared)?;
    let at = memchr::memmem::rfind(within, ASSISTANT.as_bytes())?;
    Some(at + ASSISTANT.len())
}

/// What stands behind the shared turns, without the mark of the turn.
fn said_last(rest: &str) -> String {
    rest.trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Pair, Error> {
        let place = Place { source: "p.jsonl".into(), line: Some(1) };
        pair(Record::new(place, value), 1, &PairFields::default())
    }

    fn parts(value: Value) -> (String, String, String) {
        let pair = read(value).expect("a pair");
        (pair.prompt.unwrap_or_default(), pair.chosen, pair.rejected)
    }

    fn owned(parts: (&str, &str, &str)) -> (String, String, String) {
        (parts.0.into(), parts.1.into(), parts.2.into())
    }

    #[test]
    fn plain_texts_and_messages() {
        let plain = json!({"prompt": "ask", "chosen": "good", "rejected": "bad"});
        assert_eq!(parts(plain), owned(("ask", "good", "bad")));
        let ask = json!({"role": "user", "content": "ask"});
        let says = |text: &str| json!({"role": "assistant", "content": text});
        let explicit = json!({"prompt": [ask], "chosen": [says("good")], "rejected": [says("bad")]});
        assert_eq!(parts(explicit), owned(("ask", "good", "bad")));
        let implicit = json!({"chosen": [ask, says("good")], "rejected": [ask, says("bad")]});
        assert_eq!(parts(implicit), owned(("ask", "good", "bad")));
        let ultra = json!({"prompt": "ask", "prompt_id": "p7", "chosen": [ask, says("good")], "rejected": [ask, says("bad")], "score_chosen": 8.0});
        assert_eq!(parts(ultra.clone()), owned(("ask", "good", "bad")));
        assert_eq!(read(ultra).expect("a pair").id, "p7");
    }

    #[test]
    fn transcripts_share_their_prompt() {
        let before = "\n\nHuman: Hello\n\nAssistant: Hi.\n\nHuman: A line?\n\nAssistant:";
        let hh =
            json!({"chosen": format!("{before} The rope is long."), "rejected": format!("{before} The robe is long.")});
        let (prompt, chosen, rejected) = parts(hh);
        assert!(prompt.starts_with("Human: Hello") && prompt.ends_with("A line?\n\nAssistant:"), "{prompt}");
        assert_eq!((chosen.as_str(), rejected.as_str()), ("The rope is long.", "The robe is long."));
    }

    #[test]
    fn scores_and_labels() {
        let ultra = json!({"instruction": "ask", "completions": [
            {"response": "middling", "overall_score": 6.5}, {"response": "bad", "overall_score": "2"}, {"response": "good", "overall_score": 9}]});
        assert_eq!(parts(ultra), owned(("ask", "good", "bad")));
        let pku = json!({"prompt": "ask", "response_0": "bad", "response_1": "good", "better_response_id": 1});
        assert_eq!(parts(pku), owned(("ask", "good", "bad")));
        let arena = |winner: &str| {
            let talk = |text: &str| json!([{"role": "user", "content": "ask"}, {"role": "assistant", "content": text}]);
            json!({"conversation_a": talk("good"), "conversation_b": talk("bad"), "winner": winner})
        };
        assert_eq!(parts(arena("model_a")), owned(("ask", "good", "bad")));
        assert_eq!(parts(arena("model_b")), owned(("ask", "bad", "good")));
        assert_eq!(read(arena("tie")).unwrap_err().reason(), "no choice");
        let short =
            |winner: &str| json!({"prompt": "ask", "response_a": "good", "response_b": "bad", "winner": winner});
        assert_eq!(parts(short("a")), owned(("ask", "good", "bad")));
    }

    #[test]
    fn what_holds_no_choice_says_so() {
        let same = json!({"prompt": "ask", "chosen": "x", "rejected": "x"});
        assert_eq!(read(same).unwrap_err().reason(), "no choice");
        let error = read(json!({"prompt": "ask", "text": "x"})).unwrap_err();
        assert_eq!(error.reason(), "no pair");
        assert!(error.help().is_some_and(|help| help.contains("--field chosen=")));
        assert_eq!(read(json!("x")).unwrap_err().reason(), "not a record");
        let number = json!({"prompt": "ask", "chosen": 1, "rejected": "x"});
        assert_eq!(read(number).unwrap_err().reason(), "no text in the field");
        assert!(PairFields::parse(["chosen=a", "rejected=b"]).is_ok() && PairFields::parse(["text=a"]).is_err());
    }

    #[test]
    fn fields_may_be_mapped() {
        let place = Place { source: "p.jsonl".into(), line: Some(1) };
        let fields = PairFields::parse(["chosen=a.text", "rejected=b.text", "prompt=q"]).expect("good mappings");
        let record = json!({"q": "ask", "a": {"text": "good"}, "b": {"text": "bad"}, "chosen": "no"});
        let found = pair(Record::new(place, record), 1, &fields).expect("a pair");
        assert_eq!((found.chosen.as_str(), found.rejected.as_str()), ("good", "bad"));
    }
}
