//! States: the reference's files, read and written as it would write them, and the commands that rearrange them.

mod commands;
mod format;
mod later;
mod renewed;
mod retyped;
