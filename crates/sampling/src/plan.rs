//! What a suite asks, in full and in order.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::request::{Prompt, Settings};

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
