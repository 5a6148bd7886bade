//! How things look: values and diagnostics, for people and for machines. Pure: returns text, prints nothing.
