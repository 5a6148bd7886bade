//! Splits a stream of bytes into lines as they come.

/// Takes pieces and passes on lines.
#[derive(Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
}

/// A line without an end is passed on in parts.
const LONGEST: usize = 64 * 1024;

impl Lines {
    pub(super) fn take(&mut self, piece: &[u8], output: &(dyn for<'l> Fn(&'l str) + Send + Sync)) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            self.begun.extend_from_slice(part);
            if part.ends_with(b"\n") || self.begun.len() >= LONGEST {
                self.finish(output);
            }
        }
    }

    /// Passes on what is left, if the last line has no end.
    pub(super) fn finish(&mut self, output: &(dyn for<'l> Fn(&'l str) + Send + Sync)) {
        if !self.begun.is_empty() {
            output(String::from_utf8_lossy(&self.begun).trim_end_matches(['\n', '\r']));
            self.begun.clear();
        }
    }
}
