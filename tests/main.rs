//! The one integration binary: every room through its front door, the stories, and the house itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod story;
mod suite;
mod support;
