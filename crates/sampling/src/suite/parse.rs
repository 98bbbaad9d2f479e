//! From TOML to a suite that can be asked, or a sentence that says where it cannot and how it would.

use std::collections::BTreeSet;
use std::io;

use super::{Asking, Suite, expand};

/// A suite that cannot be used: file, line, what is wrong, and the way forward.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct SuiteError {
    pub file: String,
    /// Counted from 1.
    pub line: Option<usize>,
    pub message: String,
    pub help: String,
}

impl SuiteError {
    pub(super) fn unknown(name: &str, error: &io::Error) -> SuiteError {
        let names: Vec<&str> = Suite::names().collect();
        let message = match error.kind() {
            io::ErrorKind::NotFound => "there is no suite and no file of that name".to_string(),
            _ => format!("the file cannot be read: {error}"),
        };
        let help = format!("the suites are {}; `doggerel suite new NAME` begins one", names.join(", "));
        SuiteError { file: name.to_string(), line: None, message, help }
    }

    pub(super) fn of(
        file: &str,
        line: Option<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> SuiteError {
        SuiteError { file: file.to_string(), line, message: message.into(), help: help.into() }
    }
}

impl Suite {
    /// A suite out of the text of its file.
    ///
    /// # Errors
    /// If it is no TOML, has a key that no suite has, or asks something that cannot be asked.
    pub fn parse(source: &str, file: &str) -> Result<Suite, SuiteError> {
        let suite: Suite = toml::from_str(source).map_err(|error| {
            let line = error.span().map(|span| line_at(source, span.start));
            let help = "`doggerel suite new NAME` writes a suite with every key explained";
            SuiteError::of(file, line, error.message().trim(), help)
        })?;
        suite.check(source, file)?;
        Ok(suite)
    }

    fn check(&self, source: &str, file: &str) -> Result<(), SuiteError> {
        let wrong = |line, message: String, help: &str| Err(SuiteError::of(file, line, message, help));
        if self.name.trim().is_empty() {
            return wrong(None, "the suite has no name".into(), "give it one: name = \"mine\"");
        }
        if self.requests.is_empty() {
            return wrong(None, "the suite asks nothing".into(), "add a [[request]] with name and ask");
        }
        for (name, list) in &self.fill {
            if list.is_empty() {
                let line = line_with(source, 0, name);
                return wrong(line, format!("the list `{name}` is empty"), "give it at least one element");
            }
        }
        let mut seen = BTreeSet::new();
        for (k, asking) in self.requests.iter().enumerate() {
            let line = line_with(source, k, "name");
            let name = &asking.name;
            if name.trim().is_empty() || name.contains('/') {
                return wrong(line, format!("`{name}` cannot be a request's name"), "give it a name without a slash");
            }
            if !seen.insert(name) {
                return wrong(line, format!("two requests are called `{name}`"), "give each a name of its own");
            }
            if asking.ask.trim().is_empty() {
                return wrong(line, format!("`{name}` asks nothing"), "write what is asked: ask = \"Write a poem.\"");
            }
            if asking.samples.unwrap_or(self.samples) == 0 || asking.rounds == 0 {
                return wrong(line, format!("`{name}` is asked 0 times"), "samples and rounds are 1 or more");
            }
            if asking.raw && (!asking.then.is_empty() || !asking.shots.is_empty() || asking.system.is_some()) {
                let help = "leave out raw, or then, shots and system";
                return wrong(line, format!("`{name}` is raw text, which has no turns"), help);
            }
            if let Some(gap) = self.unknown_gap(asking) {
                let known: Vec<&str> = self.fill.keys().map(String::as_str).chain(expand::OF_TEXTS).collect();
                let help = format!("fill it with a list in [fill], or use {}", known.join(", "));
                return wrong(line, format!("nothing fills {{{gap}}} of `{name}`"), &help);
            }
        }
        Ok(())
    }

    fn unknown_gap(&self, asking: &Asking) -> Option<String> {
        let sentences = [Some(&asking.ask), asking.system.as_ref(), asking.example.as_ref()];
        let known = |gap: &str| self.fill.contains_key(gap) || expand::OF_TEXTS.contains(&gap);
        let all = sentences.into_iter().flatten().chain(&asking.then);
        all.flat_map(|sentence| expand::gaps(sentence)).find(|gap| !known(gap)).map(str::to_string)
    }
}

fn line_at(source: &str, at: usize) -> usize {
    1 + source.as_bytes()[..at.min(source.len())].iter().filter(|&&byte| byte == b'\n').count()
}

/// The line on which the k-th request has this key, for what TOML itself finds nothing wrong with.
fn line_with(source: &str, k: usize, key: &str) -> Option<usize> {
    let is_key =
        |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let mut requests = 0;
    source
        .lines()
        .position(|line| {
            requests += usize::from(line.trim() == "[[request]]");
            is_key(line) && (key != "name" || requests == k + 1)
        })
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(source: &str) -> String {
        Suite::parse(source, "mine.toml").unwrap_err().to_string()
    }

    #[test]
    fn where_and_what() {
        let head = "name = \"mine\"\nabout = \"x\"\n\n";
        assert!(said("name = \"mine\"\nabout = 7\n").starts_with("mine.toml:2: "));
        let request = |lines: &str| format!("{head}[[request]]\nname = \"a\"\n{lines}");
        assert!(said(&request("ask = \"A poem.\"\nwant = {}\n")).starts_with("mine.toml:7: unknown field `want`"));
        assert!(
            said(&request("ask = \"A poem.\"\nwants = { forms = \"ode\" }\n"))
                .contains("mine.toml:7: unknown field `forms`")
        );
        assert_eq!(said(&request("ask = \"On {mood}.\"\n")), "mine.toml:5: nothing fills {mood} of `a`");
        let twice = format!("{}[[request]]\nname = \"a\"\nask = \"B\"\n", request("ask = \"A\"\n"));
        assert_eq!(said(&twice), "mine.toml:8: two requests are called `a`");
        assert!(said(head).contains("request"));
        assert_eq!(said(&request("ask = \"A\"\nsamples = 0\n")), "mine.toml:5: `a` is asked 0 times");
    }

    #[test]
    fn what_is_shipped_is_sound() {
        for name in Suite::names() {
            let suite = Suite::open(name).unwrap_or_else(|error| panic!("{error}: {}", error.help));
            assert_eq!(suite.name, name);
        }
        Suite::parse(&Suite::template("mine"), "mine.toml").unwrap_or_else(|error| panic!("{error}"));
        let error = Suite::open("no-such-suite").unwrap_err();
        assert!(error.help.contains("poetry, unrhymed"), "{}", error.help);
    }
}
