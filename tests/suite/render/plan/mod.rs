//! Plans as people read them.

mod comment;
mod inside;
mod reference;
mod secrecy;
mod shapes;
