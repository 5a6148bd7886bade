//! What nobody means to write: inputs that are endless, enormous or no text at all, and what must hold for all of
//! them.
//!
//! `TERRACE_FUZZ_CASES` says how many random cases each property is tried with; a few hundred where it is not set.

mod functions;
mod machine;
mod secrets;
mod syntax;
mod terminal;
mod values;

use proptest::prelude::ProptestConfig;

/// Seconds where nothing is said, hours where somebody asks for them.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("TERRACE_FUZZ_CASES").ok().and_then(|asked| asked.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}
