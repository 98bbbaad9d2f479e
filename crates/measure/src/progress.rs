//! How far long work has come, for whoever shows it. Nothing here prints.

use std::sync::Arc;

type Told = dyn Fn(&'static str, f64) + Send + Sync;

/// Is told the name of a step and the share of it that is done (0…1). The default hears nothing.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Told>>);

impl Progress {
    /// `told(step, share)` may be called from any thread, a few hundred times a step at most.
    pub fn new(told: impl Fn(&'static str, f64) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    pub(crate) fn at(&self, step: &'static str, share: f64) {
        if let Some(told) = &self.0 {
            told(step, share.clamp(0.0, 1.0));
        }
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Progress(told)" } else { "Progress(silent)" })
    }
}
