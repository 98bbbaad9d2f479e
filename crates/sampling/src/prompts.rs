//! The suite `anything`: a person's own prompts.

use corpus::{Fields, Format, Options};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::plan::{Case, Plan};
use crate::request::{Prompt, Settings};

/// The plan that asks each prompt of a file `times` times: a line each of a text file, or the field `prompt` of JSONL, JSON,
/// CSV, TSV and Parquet (`-` is standard input). One round goes over all prompts before the next, so that the first N
/// cases are as mixed as all. What else a record has is kept with its answers.
///
/// # Errors
/// If the file cannot be read, or holds no prompt.
pub fn of_file(source: &str, fields: &Fields, times: usize) -> Result<Plan, Error> {
    let plain = [".txt", ".text"].iter().any(|end| source.ends_with(end));
    let name = fields.prompt.clone().or_else(|| fields.text.clone()).unwrap_or_else(|| "prompt".into());
    let fields = Fields { text: Some(name), prompt: None, ..fields.clone() };
    let format = plain.then_some(Format::Lines);
    // A bad line is a mistake in a file that somebody wrote for this, and would silently change what is asked.
    let options = Options { fields, format, strict: true, ..Options::default() };
    let mut prompts = Vec::new();
    for text in corpus::open(source, &options)? {
        prompts.push(text?);
    }
    if prompts.is_empty() {
        return Err(Error::NoPrompts(source.to_string()));
    }
    let round = |k: usize| {
        prompts.iter().map(move |prompt| {
            let mut labels: Map<String, Value> = prompt.labels.clone();
            labels.extend(prompt.model.iter().map(|model| ("asked_before".to_string(), Value::from(model.as_str()))));
            let id = if times == 1 { prompt.id.clone() } else { format!("{}/{}", prompt.id, k + 1) };
            let prompt = Prompt::user(prompt.text.as_str());
            Case { id, prompt, then: Vec::new(), settings: Settings::default(), labels }
        })
    };
    Ok(Plan { suite: "anything".into(), cases: (0..times).flat_map(round).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: &str, content: &str, times: usize) -> Result<Plan, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        of_file(path.to_str().unwrap(), &Fields::default(), times)
    }

    fn asked(plan: &Plan) -> Vec<&str> {
        plan.cases.iter().map(|case| case.prompt.last()).collect()
    }

    #[test]
    fn lines_and_records() {
        let lines = plan("p.txt", "A poem on rain\n\nA poem on dust\n", 2).unwrap();
        assert_eq!(asked(&lines), ["A poem on rain", "A poem on dust", "A poem on rain", "A poem on dust"]);
        let ids: Vec<&str> = lines.cases.iter().map(|case| case.id.as_str()).collect();
        assert!(ids[0].ends_with("/1") && ids[2].ends_with("/2") && lines.check().is_ok(), "{ids:?}");
        let records = plan("p.jsonl", "{\"id\": \"r\", \"prompt\": \"A poem\", \"topic\": \"rain\"}\n", 1).unwrap();
        assert_eq!(asked(&records), ["A poem"]);
        assert_eq!((records.cases[0].id.as_str(), &records.cases[0].labels["topic"]), ("r", &Value::from("rain")));
        let table = plan("p.csv", "prompt,genre\n\"An ode, please\",ode\n", 1).unwrap();
        assert_eq!(asked(&table), ["An ode, please"]);
    }

    #[test]
    fn no_prompts() {
        assert!(plan("p.txt", "", 1).is_err());
        assert!(plan("p.jsonl", "{\"question\": \"A poem\"}\n", 1).is_err());
    }
}
