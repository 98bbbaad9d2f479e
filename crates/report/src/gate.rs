//! A gate's answer for the machines that run pipelines: JUnit XML, and annotations of GitHub's workflow commands.
//!
//! Both carry strangers' texts. XML 1.0 has no escape for most control codes, so they are made visible before they are
//! escaped; a workflow command ends at the line end and its properties at a colon or comma, which are percent-encoded as
//! the runner's own toolkit does it.

use std::fmt::Write;

use measure::{Gate, Outcome, Ruling};

use crate::terminal::crowded;
use crate::text::{one_line, visible};
use crate::words::outcome;

/// Ids that an alarm names of each mode.
const IDS: usize = 5;

/// One test case a rule: a failure where it fails, skipped where it cannot tell (`<error>` would read as a crash).
#[must_use]
pub fn junit(gate: &Gate) -> String {
    let number = |wanted: Outcome| gate.rules.iter().filter(|r| r.outcome == wanted).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"doggerel gate\" tests=\"{n}\" failures=\"{failed}\" errors=\"0\" skipped=\"{open}\">\n  <testsuite name=\"{name}\" tests=\"{n}\" failures=\"{failed}\" errors=\"0\" skipped=\"{open}\">",
        n = gate.rules.len(),
        failed = number(Outcome::Collapsed),
        open = number(Outcome::CannotTell),
        name = xml(&format!("{} against {}", gate.samples.name, gate.base.name)),
    );
    for rule in &gate.rules {
        let _ = write!(out, "    <testcase classname=\"doggerel.gate\" name=\"{}\"", xml(&rule.rule));
        match rule.outcome {
            Outcome::Holds => out.push_str("/>\n"),
            Outcome::Collapsed => {
                let _ = writeln!(
                    out,
                    ">\n      <failure type=\"collapsed\" message=\"{}\">{}</failure>\n    </testcase>",
                    xml(&rule.sentence),
                    xml(&alarm(gate))
                );
            }
            Outcome::CannotTell => {
                let _ = writeln!(out, ">\n      <skipped message=\"{}\"/>\n    </testcase>", xml(&untold(rule)));
            }
        }
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// One annotation a rule: an error where it fails, a warning where it cannot tell, a notice where it holds.
#[must_use]
pub fn github(gate: &Gate) -> String {
    let mut out = String::new();
    for rule in &gate.rules {
        let (command, message) = match rule.outcome {
            Outcome::Collapsed => ("error", format!("{}\n{}", rule.sentence, alarm(gate))),
            Outcome::CannotTell => ("warning", untold(rule)),
            Outcome::Holds => ("notice", rule.sentence.clone()),
        };
        let title = format!("doggerel gate: {} {}", rule.rule, outcome(rule.outcome));
        let _ = writeln!(out, "::{command} title={}::{}", property(&title), data(&message));
    }
    out
}

fn untold(rule: &Ruling) -> String {
    match rule.n_needed {
        Some(n) => format!("{}; about {n} samples would tell", rule.sentence),
        None => rule.sentence.clone(),
    }
}

/// The modes that the samples crowd into, with ids.
fn alarm(gate: &Gate) -> String {
    let lines: Vec<String> = gate
        .crowded
        .iter()
        .map(|mode| {
            let ids: Vec<String> = mode.samples.iter().take(IDS).map(|id| one_line(id, 60)).collect();
            format!("into {}: {}", crowded(mode), ids.join(", "))
        })
        .collect();
    lines.join("\n")
}

fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // an attribute would turn a line end into a space
            '\n' => out.push_str("&#10;"),
            // no characters of XML at all
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use measure::{CrowdedMode, GateSet, Number};

    const HOSTILE: &str = "]]></failure><x a=\"1\">&\u{1b}[31m\n::error::owned\r\n%0A##[group]\u{0}\u{ffff}";

    fn hostile() -> Gate {
        let rule = |outcome| Ruling {
            rule: format!("D<0.8{HOSTILE}"),
            sentence: HOSTILE.into(),
            outcome,
            n_needed: Some(400),
            ..Ruling::default()
        };
        Gate {
            samples: GateSet { name: HOSTILE.into(), ..GateSet::default() },
            outcome: Outcome::Collapsed,
            rules: vec![rule(Outcome::Collapsed), rule(Outcome::CannotTell), rule(Outcome::Holds)],
            crowded: vec![CrowdedMode {
                label: HOSTILE.into(),
                share: Number { value: 0.8, n: 10, ..Number::default() },
                samples: vec![HOSTILE.into(), "b".into()],
                ..CrowdedMode::default()
            }],
            ..Gate::default()
        }
    }

    #[test]
    fn junit_has_our_elements_and_no_others() {
        let xml = junit(&hostile());
        let elements = xml.matches('<').count();
        // declaration, two suites, three cases (one empty), a failure and a skipped one: each opened and closed
        assert_eq!(elements, 1 + 2 * 2 + 5 + 2 + 1, "{xml}");
        assert!(!xml.chars().any(|c| c.is_control() && c != '\n'), "{xml:?}");
        assert!(!xml.contains('\u{ffff}') && xml.contains("&quot;1&quot;&gt;&amp;"));
        assert!(xml.contains("about 400 samples would tell"));
    }

    #[test]
    fn annotations_are_one_line_each() {
        let said = github(&hostile());
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 3, "{said}");
        for (line, command) in lines.iter().zip(["::error title=", "::warning title=", "::notice title="]) {
            assert!(line.starts_with(command), "{line}");
            let title = line[command.len()..].split("::").next().unwrap_or_default();
            assert!(!title.contains(':') && !title.contains(','), "{title}");
        }
        assert!(said.contains("%250A") && said.contains("%0A"));
    }
}
