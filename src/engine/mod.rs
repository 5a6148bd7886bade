//! Decides what must change, and makes it so. Never reads a file: the outside world arrives only through `port`.

mod conformity;
mod proposed;
