//! What would be asked.

use std::path::Path;

use serde::Serialize;

use crate::error::Error;
use crate::model::{Model, estimate};
use crate::plan::Plan;
use crate::run::runner::{Limits, check, settled};
use crate::run::store::Run;

/// What a run has before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    pub suite: String,
    pub model: String,
    /// Cases that are not answered to their end.
    pub cases: usize,
    /// Requests that they take.
    pub requests: usize,
    /// Answers that the file has already.
    pub answered: usize,
    /// Tokens of the prompts; the earlier turns of a conversation are sent again with every turn.
    pub tokens_in: u64,
    /// They were counted by the model's tokenizer and are no estimate.
    pub tokens_counted: bool,
    /// Prompts that the model would refuse, and why the first.
    pub refused: usize,
    pub refused_why: Option<String>,
    /// Tokens that the answers may have at most.
    pub tokens_out_most: u64,
    /// US dollars at most; `None` where the price of the model is not known.
    pub cost_most: Option<f64>,
    /// The first prompts.
    pub prompts: Vec<String>,
}

/// Prompts that are shown.
const SHOWN: usize = 5;

/// What [`run`](crate::run) would ask, without asking it and without touching the file.
///
/// # Errors
/// As [`run`](crate::run), before it asks.
pub fn preview(path: &Path, plan: &Plan, model: &dyn Model, limits: &Limits) -> Result<Preview, Error> {
    let plan = &settled(plan, model);
    check(plan, model, limits)?;
    let answered = match Run::open(path) {
        Err(Error::NoRun(_)) => vec![0; plan.cases.len()],
        run => {
            let run = run?;
            run.is_of(plan, model.name(), limits.seed)?;
            run.answered()?
        }
    };
    let (mut cases, mut requests, mut tokens_in, mut tokens_out) = (0, 0, 0, 0);
    // The answers between the turns of a conversation are not there yet to be counted.
    let mut tokens_counted = true;
    let (mut refused, mut refused_why) = (0, None);
    let mut prompts = Vec::new();
    let planned = plan.cases.iter().zip(&answered).take(limits.cases.unwrap_or(usize::MAX));
    for (case, &answers) in planned.filter(|(case, answers)| **answers <= case.then.len()) {
        cases += 1;
        let most = u64::from(case.settings.max_tokens);
        let mut sent = match model.tokens(&case.prompt, case.settings.format) {
            Some(Ok(tokens)) => tokens,
            Some(Err(error)) => {
                refused += 1;
                refused_why.get_or_insert(error.message);
                0
            }
            None => {
                tokens_counted = false;
                estimate(case.prompt.chars())
            }
        };
        tokens_counted &= case.then.is_empty();
        for turn in 0..=case.then.len() {
            if turn > 0 {
                sent += most + estimate(case.then[turn - 1].chars().count());
            }
            if turn >= answers {
                requests += 1;
                tokens_in += sent;
                tokens_out += most;
            }
        }
        if prompts.len() < SHOWN {
            prompts.push(case.prompt.last().to_string());
        }
    }
    Ok(Preview {
        suite: plan.suite.clone(),
        model: model.name().to_string(),
        cases,
        requests,
        answered: answered.iter().sum(),
        tokens_in,
        tokens_counted,
        refused,
        refused_why,
        tokens_out_most: tokens_out,
        cost_most: model.price().map(|price| price.of(tokens_in, tokens_out)),
        prompts,
    })
}
