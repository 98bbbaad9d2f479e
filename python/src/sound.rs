//! Poems and words by their sound.

use corpus::Text;
use phonetics::{LineEnd, Pronouncer, RhymeOptions, rhymes_of};
use pyo3::prelude::*;
use rayon::prelude::*;
use report::RhymeReport;
use serde_json::json;

use crate::failure::{exception, mistake};
use crate::work::run;

/// The readings of texts, line by line, a JSON document each.
#[pyfunction]
pub fn scan(py: Python<'_>, texts: Vec<String>, prompt: Option<String>, historical: bool) -> PyResult<Vec<String>> {
    run(py, None, move |_| {
        let poem_asked = prompt.as_deref().is_some_and(verse::asks_for_poem);
        let options = verse::Options { historical, poem_asked };
        let one = |(n, text): (usize, String)| {
            // as everything that is read: line ends are \n
            let text = Text::new((n + 1).to_string(), text.replace("\r\n", "\n").replace('\r', "\n"));
            let mut document = json!({
                "schema": "doggerel.reading/1", "doggerel": env!("CARGO_PKG_VERSION"), "id": text.id,
            });
            let reading = serde_json::to_value(verse::read(&text.text, &options)).map_err(gather::Error::failed)?;
            if let (Some(document), serde_json::Value::Object(reading)) = (document.as_object_mut(), reading) {
                document.extend(reading);
            }
            Ok(document.to_string())
        };
        texts.into_par_iter().enumerate().map(one).collect()
    })
}

fn end(words: &str) -> PyResult<LineEnd> {
    LineEnd::of_line(Pronouncer::shared(), words).ok_or_else(|| {
        let error = gather::Error::input(format!("“{words}” has no word in it that could rhyme"));
        exception(&error.with_help("give words with letters or digits"))
    })
}

/// Whether two words, or line ends, rhyme: a JSON document.
#[pyfunction]
pub fn rhyme(a: &str, b: &str, historical: bool) -> PyResult<String> {
    let (first, second) = (end(a)?, end(b)?);
    let rhyme = phonetics::rhyme(&first, &second, &RhymeOptions { historical, ..RhymeOptions::default() });
    serde_json::to_string(&RhymeReport::new([a, b], [&first, &second], &rhyme, 1)).map_err(mistake)
}

/// The words of the lexicon that rhyme with a word: word, class and syllables.
#[pyfunction]
pub fn rhymes(py: Python<'_>, word: String) -> PyResult<Vec<(String, &'static str, u8)>> {
    end(&word)?;
    Ok(py.detach(|| {
        rhymes_of(&word)
            .iter()
            .map(|found| (found.word.text().to_string(), found.class.as_str(), found.syllables))
            .collect()
    }))
}

/// The pronunciations of a word: ARPAbet, IPA, and where each came from.
#[pyfunction]
pub fn say(word: &str) -> Vec<(String, String, String, String)> {
    let said = Pronouncer::shared().word(word);
    let ways = said.pronunciations().iter();
    ways.map(|way| (way.arpabet(), way.ipa(), way.via().to_string(), way.how().to_string())).collect()
}
