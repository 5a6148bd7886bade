//! The values of a configuration: scopes, references and functions.
