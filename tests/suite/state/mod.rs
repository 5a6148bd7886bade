//! The reference's state files: read, and written as it would write them.

mod format;
