//! Whole commands, as files that a person can read: what is typed, what comes, and how it ends.

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cmd/*.md");
}
