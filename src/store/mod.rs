//! Stores of environments' states. Knows nothing of plans and providers.

mod memory;
pub mod sqlite;

pub use memory::Memory;
