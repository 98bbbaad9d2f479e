//! Whole commands, as files that a person can read: what is typed, what comes, and how it ends. After a change in what is
//! heard, `TRYCMD=overwrite cargo test -p doggerel --test cmd` renews the output; read what it renewed.

#[test]
fn commands() {
    trycmd::TestCases::new()
        .env("OPENAI_BASE_URL", "")
        .env("OPENAI_API_KEY", "")
        .case("tests/cmd/*.md")
        .case("../../docs/hearing-verse.md");
}
