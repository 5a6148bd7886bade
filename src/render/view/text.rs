//! Texts of several lines, compared line by line.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::Turn;

/// A line without its end.
pub type Line = Box<str>;

/// With more pairs of differing lines than this, a detailed comparison would take long, and nobody would read it.
const MOST_PAIRS: usize = 1 << 24;

/// The lines of both texts in order. A final newline does not make another line.
pub(super) fn lines(before: &str, after: &str) -> Vec<(Turn, Line)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (split(before), split(after));
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let left = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let end = left.0.iter().rev().zip(left.1.iter().rev()).take_while(|(a, b)| a == b).count();
    let middle_old = left.0.get(..left.0.len() - end).unwrap_or_default();
    let middle_new = left.1.get(..left.1.len() - end).unwrap_or_default();
    let mut lines = Vec::with_capacity(old.len().max(new.len()));
    let mut put = |turn, part: &[&str]| lines.extend(part.iter().map(|line| (turn, Line::from(*line))));
    put(Turn::Same, old.get(..start).unwrap_or_default());
    if middle_old.len().saturating_mul(middle_new.len()) > MOST_PAIRS {
        put(Turn::Removed, middle_old);
        put(Turn::Added, middle_new);
    } else {
        for step in capture_diff_slices(Algorithm::Myers, middle_old, middle_new) {
            if step.tag() == DiffTag::Equal {
                put(Turn::Same, middle_old.get(step.old_range()).unwrap_or_default());
                continue;
            }
            put(Turn::Removed, middle_old.get(step.old_range()).unwrap_or_default());
            put(Turn::Added, middle_new.get(step.new_range()).unwrap_or_default());
        }
    }
    put(Turn::Same, left.0.get(left.0.len() - end..).unwrap_or_default());
    lines
}

/// As in [`lines`].
pub(in crate::render) fn split(text: &str) -> Vec<&str> {
    text.strip_suffix('\n').unwrap_or(text).split('\n').collect()
}
