mod json;
pub mod number;
mod renderer;
mod terminal;
mod text;
mod words;

pub use json::Json;
pub use renderer::{Error, Renderer};
pub use terminal::Terminal;
