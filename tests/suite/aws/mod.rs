//! AWS over the wire: the real client against the fake of `support::aws`, and against moto where it is there. And what
//! can be said of templates without any wire.

mod access;
mod eks;
mod eks_data;
mod fake;
mod identity;
mod inside;
mod moto;
mod moving;
mod plugins;
mod project;
mod rack;
mod schema;
mod stack;
mod templates;
