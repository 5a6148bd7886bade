//! AWS over the wire: the real client against the fake of `support::aws`, and against moto where it is there.

mod fake;
