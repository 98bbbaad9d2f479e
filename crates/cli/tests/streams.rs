//! Pipes, devices and files: what a table of commands cannot show.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const POEM: &str = "The lantern swings above the door,\nIt knows the rain, it knows the floor,\nIt keeps a little yellow light\nFor those who wander in at night.\n";

fn doggerel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doggerel"));
    command.stdin(Stdio::null()).env_remove("CLICOLOR_FORCE").env_remove("NO_COLOR");
    command
}

fn fed(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn many(n: usize) -> String {
    (0..n)
        .map(|i| format!("{{\"id\":\"{i}\",\"text\":\"The rain came down at {i} o'clock\\nand did not stop\"}}\n"))
        .collect()
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = doggerel()
        .args(["scan", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || drop(stdin.write_all(many(3000).as_bytes())));
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    // The reader is gone now, as after `| head`.
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    assert_eq!(words(&output.stderr), "");
    assert!(output.status.success(), "{:?}", output.status);
}

#[test]
fn many_texts_in_their_order() {
    let output = fed(doggerel().args(["scan", "-", "--json", "--threads", "2"]), many(2000).as_bytes());
    assert!(output.status.success());
    let text = words(&output.stdout);
    let ids: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_string())
        .collect();
    let expected: Vec<String> = (0..2000).map(|i| i.to_string()).collect();
    assert_eq!(ids, expected);
    let alone = fed(doggerel().args(["scan", "-", "--json", "--threads", "1"]), many(2000).as_bytes());
    assert_eq!(alone.stdout, output.stdout);
}

#[test]
fn a_poem_as_argument_file_and_standard_input_is_the_same() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("lantern.txt");
    fs::write(&file, POEM).unwrap();
    let typed = doggerel().args(["scan", POEM]).output().unwrap();
    let stored = doggerel().arg("scan").arg(&file).output().unwrap();
    let piped = fed(doggerel().args(["scan", "-"]), POEM.as_bytes());
    let bare = fed(doggerel().args(["scan"]), POEM.as_bytes());
    assert!(typed.status.success());
    assert!(words(&typed.stdout).contains("It knows the rain, it knows the floor,"));
    for other in [stored, piped, bare] {
        assert_eq!(words(&other.stdout), words(&typed.stdout));
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let plain = doggerel().args(["scan", POEM]).output().unwrap();
    assert!(!plain.stdout.contains(&0x1b));
    let forced = doggerel().args(["scan", POEM]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stdout.contains(&0x1b));
    let never = doggerel().args(["scan", POEM]).env("NO_COLOR", "1").output().unwrap();
    assert!(!never.stdout.contains(&0x1b));
    let error = doggerel().args(["scan", "no-such.txt"]).output().unwrap();
    assert!(!error.stderr.contains(&0x1b));
}

#[test]
fn control_codes_of_a_text_reach_no_terminal() {
    let nasty = "The gate \u{1b}]0;owned\u{7}is \u{1b}[2Jshut,\nthe \u{202e}lamp\u{9b}5m is out.\n";
    let output = doggerel().args(["scan", nasty]).output().unwrap();
    let shown = words(&output.stdout);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
    assert!(!shown.contains('\u{202e}'));
    let named = doggerel().args(["scan", "no/\u{1b}[31msuch.txt"]).output().unwrap();
    assert!(!named.stderr.contains(&0x1b));
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn json_goes_to_a_file_beside_the_words() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("reading.json");
    let output = doggerel().args(["scan", POEM, "--json"]).arg(&file).output().unwrap();
    assert!(output.status.success());
    assert!(words(&output.stdout).contains("Form"));
    assert!(words(&output.stderr).contains("reading.json"));
    let reading: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(reading["schema"], "doggerel.reading/1");
    // Once more over its own file, and nothing else is left lying about.
    assert!(doggerel().args(["scan", POEM, "--json"]).arg(&file).output().unwrap().status.success());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_ne!(fs::metadata(&file).unwrap().permissions().mode() & 0o444, 0o400, "readable as any new file");
    }
}

#[test]
fn a_persons_file_is_not_written_over() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("poems.jsonl");
    fs::write(&file, many(3)).unwrap();
    let output = doggerel().args(["scan", "--json"]).arg(&file).arg("The gate is shut").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output.stderr).contains("was not written by doggerel"));
    assert_eq!(fs::read_to_string(&file).unwrap(), many(3));
}

#[test]
fn nothing_half_written() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("out.jsonl");
    let bad = "{\"id\":\"1\",\"text\":\"The gate\"}\nno JSON\n";
    let output = fed(doggerel().args(["scan", "-", "--strict", "--json"]).arg(&file), bad.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(is_empty(folder.path()));
}

#[test]
fn places_that_cannot_be_written() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("no/such/out.json");
    let output = doggerel().args(["scan", POEM, "--json"]).arg(&missing).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output.stderr).contains("there is no such folder"));
    let output = doggerel().args(["scan", POEM, "--json"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output.stderr).contains("is a folder"));
}

/// A device on which every write says that the disk is full.
#[test]
fn a_full_disk_is_one_sentence() {
    if !Path::new("/dev/full").exists() {
        eprintln!("skipped: this system has no /dev/full");
        return;
    }
    for arguments in [&["scan", POEM][..], &["scan", POEM, "--json"], &["say", "moon"], &["rhyme", "moon", "June"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = doggerel().args(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = words(&output.stderr);
        assert!(said.starts_with("error: standard output could not be written: the disk is full\n"), "{said}");
    }
    let output = doggerel().args(["scan", POEM, "--json=/dev/full"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output.stderr).contains("/dev/full could not be written: the disk is full"));
}

#[test]
fn quiet_is_quiet() {
    let input = "{\"id\":\"1\",\"completion\":\"The gate\"}\nno JSON\n";
    let loud = fed(doggerel().args(["scan", "-", "--json"]), input.as_bytes());
    assert!(words(&loud.stderr).contains("1 not JSON: standard input:2: not JSON"), "{}", words(&loud.stderr));
    let quiet = fed(doggerel().args(["scan", "-", "--json", "--quiet"]), input.as_bytes());
    assert_eq!(words(&quiet.stderr), "");
    assert_eq!(loud.stdout, quiet.stdout);
}

#[test]
fn a_reading_has_the_keys_that_the_interface_promises() {
    let output = doggerel().args(["scan", POEM, "--json", "--seed", "7"]).output().unwrap();
    let reading: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for key in [
        "schema",
        "doggerel",
        "seed",
        "id",
        "kind",
        "set_aside",
        "form",
        "scheme",
        "rhymed",
        "rhyme_density",
        "metre",
        "ending",
        "stanzas",
        "features",
    ] {
        assert!(reading.get(key).is_some(), "{key}");
    }
    assert_eq!(reading["seed"], 7);
    assert_eq!(reading["scheme"], "aabb");
    assert_eq!(reading["kind"], "verse");
    let line = &reading["stanzas"][0]["lines"][1];
    assert_eq!(line["rhymes_with"], serde_json::json!([0]));
    assert_eq!((line["rhyme"].as_str(), line["class"].as_str()), (Some("a"), Some("perfect")));
    assert_eq!(line["real"].as_str().unwrap().len() as u64, line["syllables"].as_u64().unwrap());
    assert!(reading["features"]["form"]["rhyme_density"].is_number());
}

/// Poems that are not all alike, enough to be measured.
fn poems(n: usize) -> String {
    const WHAT: [&str; 7] = ["lamp", "gate", "river", "orchard", "winter", "letter", "harbour"];
    const DID: [&str; 5] =
        ["was slow to wake", "came home too late", "lay down to rest", "went out again", "was all I had"];
    (0..n)
        .map(|i| {
            let (what, did) = (WHAT[i % 7], DID[i % 5]);
            let text = format!(
                "The {what} {did},\\nThe wind was in the door,\\nThe {what} {did},\\nAnd nobody knew what for."
            );
            format!("{{\"id\":\"{i}\",\"text\":\"{text}\",\"prompt\":\"p{}\",\"temperature\":0.5}}\n", i % 4)
        })
        .collect()
}

#[test]
fn a_measurement_goes_to_terminal_json_and_page() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("poems.jsonl"), poems(24)).unwrap();
    let measure = || {
        let mut command = doggerel();
        command.arg("measure").arg(at("poems.jsonl")).current_dir(folder.path()).env("SOURCE_DATE_EPOCH", "1795478400");
        command
    };
    let output = measure().args(["--html", "page.html", "--json", "result.json", "--seed", "5"]).output().unwrap();
    assert!(output.status.success(), "{}", words(&output.stderr));
    assert!(words(&output.stdout).contains("poems.jsonl"));
    assert!(!output.stdout.contains(&0x1b));
    let result: serde_json::Value = serde_json::from_slice(&fs::read(at("result.json")).unwrap()).unwrap();
    assert_eq!(result["schema"], "doggerel.measure/1");
    assert_eq!((&result["seed"], &result["samples"]["n"]), (&5.into(), &24.into()));
    assert_eq!(result["settings"]["temperature"], 0.5);
    let page = fs::read_to_string(at("page.html")).unwrap();
    assert!(page.contains("Content-Security-Policy") && page.contains("24 November 2026"));

    // JSON on standard output is the same document; the same seed gives the same bytes on any number of threads.
    let alone = measure().args(["--json", "--seed", "5", "--threads", "1"]).output().unwrap();
    assert_eq!(words(&alone.stdout), fs::read_to_string(at("result.json")).unwrap());

    // Stored readings give what the texts give.
    let read = doggerel().arg("read").arg(at("poems.jsonl")).arg("--out").arg(at("poems.parquet")).output().unwrap();
    assert!(read.status.success(), "{}", words(&read.stderr));
    let stored = doggerel().arg("measure").arg(at("poems.parquet")).args(["--json", "--seed", "5"]).output().unwrap();
    let stored: serde_json::Value = serde_json::from_slice(&stored.stdout).unwrap();
    assert_eq!((&stored["verdict"], &stored["views"]), (&result["verdict"], &result["views"]));
}
