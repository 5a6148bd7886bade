//! Cryptographic randomness.

use crate::port::{Remark, Remarks};

/// Fills the buffer; reports an error if the system has no randomness.
pub(crate) fn fill(buffer: &mut [u8], remarks: &mut Remarks) -> Option<()> {
    getrandom::fill(buffer)
        .map_err(|error| {
            let detail = format!("The operating system gave no random bytes: {error}.");
            remarks.push(Remark::error("No randomness", detail));
        })
        .ok()
}

pub(crate) fn word(remarks: &mut Remarks) -> Option<u64> {
    let mut bytes = [0; 8];
    fill(&mut bytes, remarks)?;
    Some(u64::from_le_bytes(bytes))
}

/// A uniformly distributed number below the bound.
pub(crate) fn below(bound: u64, remarks: &mut Remarks) -> Option<u64> {
    if bound == 0 {
        return Some(0);
    }
    // The last numbers would favour the lowest results.
    let fair = u64::MAX - u64::MAX % bound;
    loop {
        let word = word(remarks)?;
        if word < fair {
            return Some(word % bound);
        }
    }
}
