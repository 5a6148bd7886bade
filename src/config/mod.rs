//! From a source tree to a configuration: every block of the language, decoded and checked, with its expressions and spans kept.
