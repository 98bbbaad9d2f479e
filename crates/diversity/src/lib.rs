//! vectors and counts: numbers with intervals
