//! The `doggerel` command: parses, calls, prints. What it says is measured elsewhere.

mod args;
mod commands;
mod date;
mod document;
mod failure;
mod notes;
mod output;
mod poem;
mod samples;
mod sinks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::OnceLock;

use args::{Arguments, Command};
use failure::{BAD_INPUT, Failure};

/// Where doggerel itself went wrong, if it did.
static MISTAKE: OnceLock<String> = OnceLock::new();

fn main() -> ExitCode {
    let arguments = match args::parse(std::env::args_os().collect()) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    std::panic::set_hook(Box::new(|mistake| {
        // The first one is the cause; others may follow from it on other threads.
        let _ = MISTAKE
            .set(mistake.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default());
    }));
    let outcome = catch_unwind(AssertUnwindSafe(|| run(arguments))).unwrap_or_else(|cause| Err(mistake(&*cause)));
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => ExitCode::from(notes::ended(failure)),
    }
}

/// The exit code of a command that did its work: 0, but for the gate.
fn run(arguments: Arguments) -> Result<u8, Failure> {
    let Arguments { command, global } = arguments;
    if let Some(threads) = global.threads {
        if threads == 0 {
            return Err(
                Failure::input("--threads 0 leaves nobody to do the work").with_help("give 1 or more, or leave it out")
            );
        }
        let built = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        built.map_err(|error| Failure::failed(format!("{threads} threads could not be started: {error}")))?;
    }
    let done = match command {
        Command::Gate(gate) => return commands::gate::run(&gate, &global),
        Command::Measure(measure) => commands::measure::run(&measure, &global),
        Command::Compare(compare) => commands::compare::run(&compare, &global),
        Command::Track(track) => commands::track::run(&track, &global),
        Command::Audit(audit) => commands::audit::run(&audit, &global),
        Command::Census(census) => commands::census::run(&census, &global),
        Command::Run(run) => commands::run::run(&run, &global),
        Command::Scan(scan) => commands::scan::run(&scan, &global),
        Command::Read(read) => commands::read::run(&read, &global),
        Command::Rhyme(rhyme) => commands::rhyme::run(&rhyme, &global),
        Command::Say(say) => commands::say::run(&say, &global),
        Command::Atlas(atlas) => commands::atlas::run(&atlas, &global),
        Command::Reward(reward) => commands::reward::run(&reward, &global),
        Command::Suite(suite) => commands::suite::run(&suite, &global),
    };
    done.map(|()| 0)
}

/// clap's own words. Help and version are no errors, and go to standard output.
fn usage(error: &clap::Error) -> ExitCode {
    let closed = error.print().is_err();
    if error.use_stderr() && !closed { ExitCode::from(BAD_INPUT) } else { ExitCode::SUCCESS }
}

/// A mistake of doggerel's own, which a person should be able to report in one line.
fn mistake(cause: &(dyn std::any::Any + Send)) -> Failure {
    let said = cause.downcast_ref::<String>().cloned();
    let said = said.or_else(|| cause.downcast_ref::<&str>().map(|said| said.to_string())).unwrap_or_default();
    let (what, place) = (said.lines().next().unwrap_or("no reason given"), MISTAKE.get().map_or("", String::as_str));
    Failure::failed(format!("doggerel made a mistake of its own: {what} ({place})"))
        .with_help("please report it, with the text that it was reading")
}
