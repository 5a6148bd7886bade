//! Facts of the language, each checked against `terraform console` 1.11.
