//! Where the states of environments are kept. Knows nothing of plans and providers.

mod memory;
pub mod sqlite;

pub use memory::Memory;
