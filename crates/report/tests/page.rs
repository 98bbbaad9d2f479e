//! The HTML page, byte by byte.

mod fixture;

use doggerel_report::{Html, Json, Renderer};
use measure::{Comparison, Evidence};

fn page((comparison, evidence): &(Comparison, Evidence)) -> String {
    let html = Html {
        date: Some("24 November 2026".into()),
        again: Some("doggerel measure chat-poems.jsonl --seed 1".into()),
    };
    let mut out = Vec::new();
    html.render(comparison, evidence, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The page without what the style sheet, the script and the data put into it.
fn frame(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(start) = ["<style>", "<script"].iter().filter_map(|tag| rest.find(tag)).min() {
        let open = start + rest[start..].find('>').unwrap() + 1;
        let close = open + rest[open..].find("</s").unwrap();
        out.push_str(&rest[..open]);
        rest = &rest[close..];
    }
    out.push_str(rest);
    out
}

#[test]
fn the_page_of_a_collapsed_set() {
    insta::assert_snapshot!(frame(&page(&fixture::collapsed())));
}

#[test]
fn same_input_same_bytes() {
    assert_eq!(page(&fixture::attacked()), page(&fixture::attacked()));
}

#[test]
fn the_page_refers_to_nothing_outside_itself() {
    let page = page(&fixture::collapsed());
    // The one address in it is the name of the SVG namespace, which is never fetched.
    let rest = page.replace("http://www.w3.org/2000/svg", "");
    for sign in [
        "http:", "https:", "//cdn", "src=", "@import", "url(", "<iframe", "<object", "<embed", "<base", "onclick",
        "style=\"",
    ] {
        assert!(!rest.contains(sign), "{sign}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn strangers_texts_stay_text() {
    let (comparison, evidence) = fixture::attacked();
    let page = page(&(comparison, evidence));
    // Exactly the page's own elements, however many the texts hold.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script").count(), 3);
    assert_eq!(page.matches("<style").count(), 1);
    assert_eq!(page.matches("<svg onload").count(), 0);
    assert_eq!(page.matches("<img").count(), 0);
    assert_eq!(page.matches("<!--").count(), 0);
    // Outside of the download, which is JSON as it came, no control code and no mark that turns the direction of writing.
    let hidden = |c: &char| {
        (c.is_control() && *c != '\n') || matches!(c, '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(frame(&page).chars().find(hidden), None);
    assert!(page.contains("&lt;&#x2f;script&gt;&lt;script&gt;"), "it is shown, escaped");
    assert!(page.contains("{{ 7 * 7 }}"), "the template engine does not read texts");
}

#[test]
fn the_download_is_the_comparison() {
    let (comparison, evidence) = fixture::attacked();
    let page = page(&(comparison.clone(), evidence.clone()));
    let start = page.split_once("id=\"comparison\">").unwrap().1;
    let embedded: serde_json::Value = serde_json::from_str(start.split_once("</script>").unwrap().0).unwrap();
    let mut json = Vec::new();
    Json.render(&comparison, &evidence, &mut json).unwrap();
    assert_eq!(embedded, serde_json::from_slice::<serde_json::Value>(&json).unwrap());
    let read: Comparison = serde_json::from_slice(&json).unwrap();
    assert_eq!(read.views["form"].reach, comparison.views["form"].reach);
}

#[test]
fn ten_thousand_samples_fit_into_five_megabytes() {
    let page = page(&fixture::large(10_000));
    assert!(page.len() <= 5_000_000, "{} bytes", page.len());
    assert!(page.contains("of the 10,000 samples, drawn with the seed"), "it says that texts were left out");
    assert!(page.contains("<canvas"), "so many points are drawn by the script");
    let all = fixture::large(600);
    assert!(self::page(&all).contains("All 600 samples."));
}

#[test]
fn long_texts_do_not_break_the_limit() {
    let (comparison, mut evidence) = fixture::large(2_000);
    let long = (0..2_000).map(|i| format!("<line> {i} & \"quoted\" words that go on")).collect::<Vec<_>>().join("\n");
    for text in &mut evidence.texts {
        *text = fixture::sample(&text.id, &long, "free verse", "x");
    }
    let page = page(&(comparison, evidence));
    assert!(page.len() <= 5_000_000, "{} bytes", page.len());
    assert!(page.contains("1,600 more lines are not shown here"));
}

#[test]
fn prose_is_shown_as_it_came() {
    let (comparison, mut evidence) = fixture::collapsed();
    evidence.texts[0] =
        fixture::sample("joke", "Why did the scarecrow win?\n\nHe was outstanding in his field.", "prose", "x x");
    evidence.texts[0].reading.kind = verse::Kind::Prose;
    let page = page(&(comparison, evidence));
    assert!(page.contains(r#""raw":"Why did the scarecrow win?\n\nHe was outstanding in his field.""#));
}

#[test]
fn an_empty_comparison_is_still_a_page() {
    let page = page(&(Comparison::default(), Evidence::default()));
    assert!(page.contains("Cannot tell") && page.ends_with("</html>"));
}

#[test]
fn groups_and_peers_have_their_tables() {
    let mut shown = fixture::collapsed();
    assert!(!page(&shown).contains("peers-title"));
    let diversity = measure::Number { value: 0.31, n: 7, ..measure::Number::default() };
    shown.0.groups =
        vec![measure::GroupDiversity { key: "<b>a prompt</b>".into(), n: 7, diversity: diversity.clone() }];
    shown.0.peers.insert("vendi".into(), diversity);
    let html = page(&shown);
    assert!(html.contains("groups-title") && html.contains("&lt;b&gt;a prompt&lt;"));
    assert!(html.contains("Vendi score"));
}
