//! CFD-1 is a fixed definition: on the poems written for this repository it gives the same value on every machine. Where a
//! change moves it on purpose, it is another version of the distance, and `GOLDEN=write cargo test -p doggerel-measure
//! --test golden` writes the figures anew.

use std::fmt::Write;

use measure::{ReadOptions, Reference, Samples, Settings, compare, read};

const FEATURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/form-1.tsv");

fn samples(name: &str) -> Samples {
    let path = format!("{}/../../examples/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let texts: Vec<corpus::Text> = corpus::open(&path, &corpus::Options::default())
        .expect("the examples are in the repository")
        .map(|text| text.expect("the examples are in order"))
        .collect();
    Samples { name: name.into(), readings: read(&texts, &ReadOptions::default()), skipped: vec![] }
}

#[test]
fn the_distance_and_its_features_stay_as_they_are() {
    let mut table = String::from("# set, what, value: CFD-1/form, and the mean of every feature of the openings\n");
    for name in ["chat-poems", "varied-poems"] {
        let set = samples(name);
        let settings = Settings { shown: 0, ..Settings::default() };
        let (comparison, _) =
            compare(&set, Reference::poetry().expect("the atlas is current"), &settings).expect("compares");
        let cfd = comparison.views["form"].cfd.as_ref().expect("there is a distance");
        writeln!(table, "{name}\tCFD-1/form\t{}", cfd.number.value).expect("a string takes all");
        for (i, feature) in verse::FEATURES.iter().enumerate() {
            let sum: f64 = set.readings.iter().map(|r| f64::from(r.opening_form[i])).sum();
            writeln!(table, "{name}\t{}\t{}", feature.name, sum / set.readings.len() as f64)
                .expect("a string takes all");
        }
    }
    if std::env::var("GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::write(FEATURES, &table).expect("the golden figures can be written");
    }
    let golden = std::fs::read_to_string(FEATURES).expect("the golden figures are in the repository");
    assert_eq!(golden.lines().count(), table.lines().count());
    for (then, now) in golden.lines().zip(table.lines()).skip(1) {
        let parts = |line: &str| -> (String, f64) {
            let (what, value) = line.rsplit_once('\t').expect("three columns");
            (what.to_owned(), value.parse().expect("a number"))
        };
        let ((what, then), (same, now)) = (parts(then), parts(now));
        assert_eq!(what, same);
        let tolerance = if what.ends_with("CFD-1/form") { 1e-4 } else { 1e-6 };
        assert!((then - now).abs() <= tolerance, "{what} was {then} and is {now}");
    }
}
