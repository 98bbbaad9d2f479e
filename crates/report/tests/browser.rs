//! The page in a real browser: Chromium opens it, runs its script and gives back the document. Without Chromium the tests say so and
//! pass.

mod fixture;

use std::path::Path;
use std::process::Command;

use doggerel_report::{Html, Renderer};
use measure::{Comparison, Evidence};

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
];

/// The document after the script has run, and what the browser's console said.
fn opened((comparison, evidence): &(Comparison, Evidence), fragment: &str) -> Option<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let mut page = Vec::new();
    Html::default().render(comparison, evidence, &mut page).unwrap();
    std::fs::write(&file, page).unwrap();
    let browser = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(Path::new(name)).is_file()))
    })?;
    let output = Command::new(browser)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg("--dump-dom")
        .arg(format!("file://{}{fragment}", file.display()))
        .output()
        .ok()?;
    Some((String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

macro_rules! or_skip {
    ($opened:expr) => {
        match $opened {
            Some((dom, console)) if !dom.trim().is_empty() => (dom, console),
            _ => {
                eprintln!("skipped: no Chromium that runs here");
                return;
            }
        }
    };
}

fn complaints(console: &str) -> Vec<&str> {
    console.lines().filter(|line| line.contains(":CONSOLE")).collect()
}

#[test]
fn the_script_fills_table_and_map_without_a_complaint() {
    let (dom, console) = or_skip!(opened(&fixture::collapsed(), "#text-3"));
    assert_eq!(complaints(&console), Vec::<&str>::new());
    assert!(dom.contains("<tr id=\"text-0\">") && dom.contains("<output id=\"found\" for=\"query\">64 texts</output>"));
    assert!(dom.contains("id=\"opened-3\""), "the address opens a text");
    assert!(dom.contains("<svg class=\"rhythm\""), "and it is scanned");
    assert!(dom.contains("class=\"panel sample\""), "the map shows a sample at once");
    assert!(!dom.contains("<button id=\"download\" type=\"button\" hidden"));
}

#[test]
fn strangers_texts_do_nothing_in_a_browser() {
    let attacked = fixture::attacked();
    // The ones that would do most harm, and the longest.
    for i in [0, 1, 2, 4, 9] {
        let (dom, console) = or_skip!(opened(&attacked, &format!("#text-{}", 64 + i)));
        assert_eq!(complaints(&console), Vec::<&str>::new(), "text {i}");
        // An attack that ran would have changed the title.
        assert!(dom.contains("<title>Collapsed: "), "text {i}");
        assert!(!dom.contains("<title>pwned"), "text {i}");
        assert_eq!(dom.matches("<script").count(), 3, "text {i}");
        assert!(!dom.contains("<img"), "text {i}");
        assert!(dom.contains(&format!("id=\"opened-{}\"", 64 + i)), "text {i}");
    }
}

#[test]
fn ten_thousand_samples_open() {
    let (dom, console) = or_skip!(opened(&fixture::large(10_000), ""));
    assert_eq!(complaints(&console), Vec::<&str>::new());
    assert!(dom.contains("<tr id=\"text-24\">"));
}
