//! Plans as people read them.

mod reference;
mod shapes;
