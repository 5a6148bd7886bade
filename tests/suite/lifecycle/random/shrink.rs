//! Makes a project smaller while it still differs in the same way.

use super::drive::drive;
use crate::suite::lifecycle::case::Step;

/// The smallest project that was found in so many attempts.
pub(super) fn shrink(steps: Vec<Step>, kind: &str, mut attempts: usize) -> Vec<Step> {
    let mut smallest = steps;
    let mut at = 0;
    while let Some(smaller) = smaller(&smallest).into_iter().nth(at) {
        if attempts == 0 {
            break;
        }
        attempts -= 1;
        if drive(&smaller).found.iter().any(|difference| difference.kind == kind) {
            // What could not go before it can hardly go now, but what comes after it has moved here.
            smallest = smaller;
        } else {
            at += 1;
        }
    }
    smallest
}

/// Everything that may go: steps, flags, blocks of all steps, blocks of one step, lines.
fn smaller(steps: &[Step]) -> Vec<Vec<Step>> {
    let without_step = (0..steps.len()).filter(|_| steps.len() > 1).map(|gone| {
        let kept = steps.iter().enumerate().filter(|(at, _)| *at != gone);
        kept.map(|(_, step)| step.clone()).collect()
    });
    let without_flags = steps.iter().enumerate().filter(|(_, step)| plans(step)).flat_map(|(at, step)| {
        (0..step.flags.len()).map(move |flag| {
            let mut fewer = steps.to_vec();
            fewer[at].flags.remove(flag);
            fewer
        })
    });
    let mut pieces: Vec<(String, String)> = Vec::new();
    for step in steps {
        for (file, text) in step.files.iter().filter(|(file, _)| file.ends_with(".tf")) {
            let blocks = blocks(text);
            let inner: Vec<String> = blocks.iter().flat_map(|block| parts(block)).collect();
            for piece in blocks.into_iter().chain(inner) {
                let piece = (file.clone(), piece);
                if !pieces.contains(&piece) {
                    pieces.push(piece);
                }
            }
        }
    }
    // What has many lines first, so that little is tried in vain.
    pieces.sort_by_key(|(_, piece)| std::cmp::Reverse(piece.lines().count()));
    let without_pieces = pieces.into_iter().map(|(file, piece)| {
        let mut fewer = steps.to_vec();
        for step in &mut fewer {
            if let Some(text) = step.files.get_mut(&file) {
                *text = text.replacen(&piece, "", 1);
            }
        }
        fewer
    });
    without_step.chain(without_flags).chain(without_pieces).collect()
}

fn plans(step: &Step) -> bool {
    matches!(&*step.verb, "apply" | "destroy" | "refresh")
}

/// The blocks at the top of a file.
fn blocks(text: &str) -> Vec<String> {
    let (mut blocks, mut current) = (Vec::new(), String::new());
    for line in text.split_inclusive('\n') {
        current.push_str(line);
        if line.trim_end() == "}" {
            blocks.push(std::mem::take(&mut current));
        }
    }
    blocks
}

/// The lines and blocks in a block.
fn parts(block: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let lines: Vec<&str> = block.split_inclusive('\n').collect();
    for (at, line) in lines.iter().enumerate().skip(1) {
        let indent = line.len() - line.trim_start().len();
        let mut part = (*line).to_owned();
        if line.trim_end().ends_with('{') {
            for line in &lines[at + 1..] {
                part.push_str(line);
                if line.trim_end().len() == indent + 1 && line.trim() == "}" {
                    break;
                }
            }
        }
        if line.trim() != "}" {
            parts.push(part);
        }
    }
    parts
}
