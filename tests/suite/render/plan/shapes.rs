//! Each shape that a difference can have.
