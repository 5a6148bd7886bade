//! AWS over the wire: the real client against the fake of `support::aws`, and against moto where it is there. And what
//! can be said of templates without any wire.

mod eks;
mod fake;
mod identity;
mod inside;
mod schema;
mod stack;
mod templates;
