//! `<<-`: removes the indentation that all lines share.

use unicode_segmentation::UnicodeSegmentation;

use super::{Literal, Part};

/// Only literal text counts, not what is interpolated. A line of nothing but white space is ignored, and keeps all of
/// its blanks; a line that starts with a sequence has no indentation.
pub(super) fn dedent(source: &str, parts: &mut [Part]) {
    let mut shared = usize::MAX;
    let mut line_start = true;
    let mut indented: Vec<&mut Literal> = Vec::new();
    for part in parts {
        let starts_line = std::mem::take(&mut line_start);
        if let Part::Literal { text, .. } = part {
            let content = text.as_str(source);
            line_start = content.ends_with('\n');
            if starts_line {
                let blanks = content.len() - content.trim_start().len();
                if blanks == content.len() && line_start {
                    continue;
                }
                let indentation = content.get(..blanks).unwrap_or("").graphemes(true).count();
                shared = shared.min(indentation);
                indented.push(text);
            }
        } else if starts_line {
            shared = 0;
        }
    }
    for text in indented {
        text.keep(source, |content| {
            let cut = content.grapheme_indices(true).nth(shared).map_or(content.len(), |(at, _)| at);
            (cut, content.len())
        });
    }
}
