//! Plans as people read them.

mod reference;
mod secrecy;
mod shapes;
