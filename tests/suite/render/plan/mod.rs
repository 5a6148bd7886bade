//! Plans as people read them.

mod comment;
mod reference;
mod secrecy;
mod shapes;
