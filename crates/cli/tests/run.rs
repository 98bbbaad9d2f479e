//! `doggerel run` against a server on loopback, from the first prompt to the measure.

#[path = "../../sampling/tests/server/mod.rs"]
mod server;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use server::{Reply, Server};
use tempfile::TempDir;

const KEY: &str = "sk-planted-71c2e09ab5d4";

fn doggerel(folder: &Path, address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doggerel"));
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("OPENAI_BASE_URL", address)
        .env("OPENAI_API_KEY", KEY)
        .env_remove("CLICOLOR_FORCE");
    command
}

fn said(output: &Output) -> (String, String) {
    let words = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (words(&output.stdout), words(&output.stderr))
}

fn prompts(n: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..n).map(|i| format!("Write a poem about rain, number {i}.\n")).collect();
    fs::write(folder.path().join("prompts.txt"), lines).unwrap();
    folder
}

/// A poem of its own for every prompt.
fn poem(n: usize) -> String {
    let things = ["rain", "dust", "salt", "smoke", "snow"];
    let thing = things[n % things.len()];
    format!(
        "The {thing} came down on street {n},\nIt fell on stone, it fell on hay,\nAnd those who walk on weary feet\nWill wash the {thing} of {n} away.\n"
    )
}

#[test]
fn from_prompts_to_a_measure() {
    let server = Server::new(|asked| match asked.n {
        3 => Reply::Status(400, Vec::new(), "{\"error\": {\"message\": \"not \\u001b[2J this\"}}".into()),
        n => Reply::chat(poem(n)),
    });
    let folder = prompts(40);
    let command = || {
        let mut command = doggerel(folder.path(), &server.url());
        command.args(["run", "prompts.txt", "--model", "openai/test", "--temperature", "0.7"]);
        command
    };

    let output = command().arg("--dry-run").output().unwrap();
    let (out, err) = said(&output);
    assert!(output.status.success() && err.is_empty(), "{err}");
    assert!(out.contains("40 requests in 40 cases") && out.contains("Write a poem about rain, number 0."), "{out}");
    assert!(server.asked().is_empty());

    let output = command().output().unwrap();
    let (out, err) = said(&output);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(out.starts_with("prompts-openai-test.db  anything · openai/test · 39 of 40 answered, 1 failed\n"), "{out}");
    assert!(out.contains("rejected 1") && out.contains("this") && !out.contains('\x1b'), "{out}");
    assert_eq!(err, "error: 1 request has no answer\n help: the same command asks them again\n");

    let output = command().output().unwrap();
    let (out, err) = said(&output);
    assert!(output.status.success() && err.is_empty(), "{err}");
    assert!(out.contains("40 of 40 answered\n") && out.contains("stop 40"), "{out}");
    assert_eq!(server.asked().len(), 41);

    let other = command().args(["--max-tokens", "5"]).output().unwrap();
    assert_eq!(other.status.code(), Some(2));
    assert!(said(&other).1.contains("is a run of other prompts or settings"), "{}", said(&other).1);

    let with = |arguments: &[&str]| doggerel(folder.path(), &server.url()).args(arguments).output().unwrap();
    let (list, _) = said(&with(&["run", "list"]));
    assert_eq!(list, "prompts-openai-test.db  anything · openai/test · 40 of 40 answered\n");
    let shown: serde_json::Value =
        serde_json::from_slice(&with(&["run", "show", "prompts-openai-test.db", "--json"]).stdout).unwrap();
    assert_eq!((&shown["schema"], &shown["answers"]), (&"doggerel.run/1".into(), &40.into()));
    assert_eq!(shown["failed"], 0);

    for name in ["out.jsonl", "out.csv", "out.parquet"] {
        let (_, err) = said(&with(&["run", "export", "prompts-openai-test.db", "--out", name]));
        assert_eq!(err, format!("note: wrote 40 answers to {name}\n"));
    }
    let lines = with(&["run", "export", "prompts-openai-test.db", "--out", "-"]).stdout;
    assert_eq!(lines, fs::read(folder.path().join("out.jsonl")).unwrap());
    assert_eq!(with(&["run", "export", "prompts-openai-test.db", "--out", "out.doc"]).status.code(), Some(2));

    // The run itself is measured as its export is.
    let measured = |source: &str| -> serde_json::Value {
        let output = with(&["measure", source, "--json", "--quiet"]);
        assert!(output.status.success(), "{}", said(&output).1);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let (run, export) = (measured("prompts-openai-test.db"), measured("out.jsonl"));
    assert_eq!(run["samples"]["n"], 40);
    assert_eq!(run["views"]["form"], export["views"]["form"]);
    assert_eq!((&run["settings"]["temperature"], &run["settings"]["prompt_format"]), (&0.7.into(), &"chat".into()));
    let scanned = with(&["scan", "prompts-openai-test.db", "--json"]).stdout;
    assert_eq!(String::from_utf8(scanned).unwrap().lines().count(), 40);
}

#[test]
fn a_key_is_in_nothing_that_is_written_or_said() {
    let server = Server::new(|asked| match asked.n % 3 {
        0 => Reply::chat(format!("I know {}", asked.header("authorization"))),
        _ => Reply::Status(
            400,
            Vec::new(),
            format!("{{\"error\": {{\"message\": \"{}\"}}}}", asked.header("authorization")),
        ),
    });
    let folder = prompts(9);
    let file = folder.path().join("key");
    fs::write(&file, KEY).unwrap();
    let run = |more: &[&str]| {
        let mut command = doggerel(folder.path(), &server.url());
        command.args(["run", "prompts.txt", "--model", "openai/test", "--out", "run.db"]).args(more).output().unwrap()
    };
    let mut all = Vec::new();
    for output in [run(&[]), run(&["--json"]), run(&["--dry-run"])] {
        all.extend([output.stdout, output.stderr]);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let output = run(&["--key-file", "key"]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(said(&output).1, "error: the key file key can be read by others\n help: chmod 600 key\n");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let output = run(&["--key-file", "key", "--limit", "3"]);
        all.extend([output.stdout, output.stderr]);
    }
    fs::remove_file(&file).unwrap();
    for out in ["out.jsonl", "out.csv", "out.parquet"] {
        assert!(
            doggerel(folder.path(), "").args(["run", "export", "run.db", "--out", out]).status().unwrap().success()
        );
    }
    assert!(server.asked()[0].header("authorization").contains(KEY));
    all.extend(fs::read_dir(folder.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()));
    assert!(all.len() > 10);
    for bytes in all {
        assert!(!bytes.windows(12).any(|part| part == &KEY.as_bytes()[..12]));
    }
}

#[test]
fn what_cannot_be_asked_is_a_sentence() {
    let folder = prompts(2);
    let run = |arguments: &[&str]| {
        let mut command = doggerel(folder.path(), "http://127.0.0.1:1/v1");
        let output = command.arg("run").args(arguments).output().unwrap();
        (output.status.code().unwrap(), said(&output).1)
    };
    let (code, err) = run(&["prompts.txt", "--model", "gpt-4o"]);
    assert_eq!((code, err.lines().next().unwrap()), (2, "error: `gpt-4o` is not a model"));
    let (code, err) = run(&["none.txt", "--model", "openai/x"]);
    assert!(code == 2 && err.contains("none.txt"), "{err}");
    let (code, err) = run(&["prompts.txt", "--model", "openai/x", "--max-cost", "1"]);
    assert!(code == 2 && err.contains("the price of openai/x is not known"), "{err}");
    let (code, err) = run(&["prompts.txt", "--model", "openai/x", "--top-p", "7"]);
    assert!(code == 2 && err.contains("between 0 and 1"), "{err}");
    let (code, err) = run(&["prompts.txt", "--model", "openai/x", "--retries", "0", "--concurrency", "1"]);
    assert!(code == 1 && err.contains("2 requests have no answer"), "{err}");
    let (code, err) = run(&["show", "prompts.txt"]);
    assert!(code == 2 && err.contains("is not a run of doggerel"), "{err}");
    let (code, err) = run(&["show", "none.db"]);
    assert!(code == 2 && err.contains("there is no run none.db"), "{err}");
    let output = doggerel(folder.path(), "")
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL")
        .args(["run", "prompts.txt", "--model", "openai/gpt-4o"])
        .output()
        .unwrap();
    let (_, err) = said(&output);
    assert_eq!(
        err,
        "error: OpenAI wants a key, and OPENAI_API_KEY is not set\n help: set OPENAI_API_KEY, or give --key-file FILE\n"
    );
    let (code, err) = run(&["prompts.txt"]);
    assert!(code == 2 && err.contains("--model"), "{err}");
}
