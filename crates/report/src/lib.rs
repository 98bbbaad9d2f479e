//! a comparison as terminal text, JSON and one HTML page
