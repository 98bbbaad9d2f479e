//! What a suite asks, in full and in order.

use std::collections::HashSet;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::error::Error;

use crate::request::{Overrides, Prompt, Settings};

/// One conversation that is to be had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Unique in the plan, and the same whenever the plan is made: "sonnet/rain/3".
    pub id: String,
    pub prompt: Prompt,
    /// What the person says next, once the answer before is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// How this case is sampled, without what the command line sets over it.
    pub settings: Settings,
    /// What the suite knows of it (genre, topic, shots, form asked for …), kept with every answer.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub labels: Map<String, Value>,
}

/// All cases of a suite. The same suite with the same options makes the same plan, by which a run is resumed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Name of the suite.
    pub suite: String,
    /// In the order in which they are asked; the first N of them are what `--limit N` asks, so a suite mixes its genres.
    pub cases: Vec<Case>,
}

impl Plan {
    /// SHA-256 of all that decides what is asked, in hexadecimal.
    pub(crate) fn hash(&self, seed: u64) -> String {
        // Neither maps with other keys than strings nor numbers that JSON lacks: writing it cannot fail.
        let all = serde_json::to_vec(&(self, seed)).unwrap_or_default();
        Sha256::digest(&all).iter().fold(String::with_capacity(64), |mut hash, byte| {
            let _ = write!(hash, "{byte:02x}");
            hash
        })
    }

    /// The same cases, sampled as the person wants it.
    #[must_use]
    pub fn sampled(mut self, overrides: &Overrides) -> Plan {
        self.cases.iter_mut().for_each(|case| overrides.apply(&mut case.settings));
        self
    }

    /// Requests that it takes.
    pub fn requests(&self) -> usize {
        self.cases.iter().map(|case| 1 + case.then.len()).sum()
    }

    /// # Errors
    /// If two cases have one id.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut seen = HashSet::new();
        match self.cases.iter().find(|case| !seen.insert(case.id.as_str())) {
            Some(twice) => Err(Error::TwoCases(twice.id.clone())),
            None => Ok(()),
        }
    }
}
