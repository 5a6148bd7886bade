//! The blanks between tokens: indentation, gaps within a line, and alignment of adjacent lines.

use std::ops::Range;

use crate::syntax::token::TokenKind;

use super::gap::is_wide;
use super::width::columns;
use super::{Piece, nesting};

const INDENT: usize = 2;

/// Sets the blanks before every piece, except before the end of the text, which keeps its own.
pub(super) fn lay_out(pieces: &mut [Piece<'_>]) {
    let lines = lines(pieces);
    indent(pieces, &lines);
    for line in &lines {
        space(pieces, line.lead());
        space(pieces, line.assignment());
    }
    // Aligning assignments moves the comments after them, so these are aligned last.
    align(pieces, &lines, Line::assignment, Line::lead);
    align(pieces, &lines, Line::comment, Line::lead_and_assignment);
}

/// Indices into the pieces: the start of a line, the start of its cells, and its end. A missing cell starts where the
/// next one does.
///
/// A heredoc is part of the line that it opens in, because its own line ends are text.
struct Line {
    start: usize,
    assignment: usize,
    comment: usize,
    end: usize,
}

impl Line {
    fn lead(&self) -> Range<usize> {
        self.start..self.assignment
    }

    /// From the equals sign on, unless the value continues on the next line.
    fn assignment(&self) -> Range<usize> {
        self.assignment..self.comment
    }

    fn lead_and_assignment(&self) -> Range<usize> {
        self.start..self.comment
    }

    /// A comment after something else.
    fn comment(&self) -> Range<usize> {
        self.comment..self.end
    }
}

fn lines(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (index, piece) in pieces.iter().enumerate() {
        if piece.kind == TokenKind::End {
            lines.push(line(pieces, start, index));
            break;
        }
        if piece.ends_line() {
            lines.push(line(pieces, start, index + 1));
            start = index + 1;
        }
    }
    lines
}

fn line(pieces: &[Piece<'_>], start: usize, end: usize) -> Line {
    let has_comment = end - start > 1 && pieces[end - 1].kind == TokenKind::Comment;
    let comment = if has_comment { end - 1 } else { end };
    let content = &pieces[start..comment];
    let equals =
        content.iter().skip(1).position(|piece| piece.kind == TokenKind::Assign).map(|at| start + 1 + at);
    let is_whole = |equals: &usize| pieces[*equals..comment].iter().map(Piece::nesting).sum::<i32>() == 0;
    Line { start, assignment: equals.filter(is_whole).unwrap_or(comment), comment, end }
}

/// Indents each line by how many earlier lines opened more brackets than they closed. A line that opens several
/// brackets counts as one level, which ends when all of them are closed.
fn indent(pieces: &mut [Piece<'_>], lines: &[Line]) {
    let mut levels: Vec<i32> = Vec::new();
    for line in lines {
        let Some(first) = pieces.get(line.start).filter(|_| line.comment > line.start) else { continue };
        if first.kind == TokenKind::Newline {
            continue;
        }
        let net = net_nesting(pieces, line);
        if net < 0 {
            close(&mut levels, -net);
        }
        pieces[line.start].blanks = u32::try_from(INDENT * levels.len()).unwrap_or(u32::MAX);
        if net > 0 {
            levels.push(net);
        }
    }
}

fn net_nesting(pieces: &[Piece<'_>], line: &Line) -> i32 {
    let lead = &pieces[line.lead()];
    // The content of a heredoc in the lead counts as text, including its templates.
    let heredoc = lead.iter().position(|piece| piece.kind == TokenKind::OpenHeredoc).unwrap_or(lead.len());
    let assignment = &pieces[line.assignment()];
    lead[..heredoc].iter().chain(assignment).map(|piece| nesting(piece.kind)).sum()
}

fn close(levels: &mut Vec<i32>, mut closed: i32) {
    while closed > 0
        && let Some(level) = levels.last_mut()
    {
        if closed < *level {
            *level -= closed;
            return;
        }
        closed -= *level;
        levels.pop();
    }
}

fn space(pieces: &mut [Piece<'_>], cell: Range<usize>) {
    let mut before = None;
    for index in cell.start + 1..cell.end {
        let left = &pieces[index - 1];
        let kind = left.kind;
        let wide = is_wide(before, left, pieces[index].kind);
        pieces[index].blanks = u32::from(wide);
        before = Some(kind);
    }
}

/// Aligns a cell of adjacent lines, one blank after the longest lead.
fn align(
    pieces: &mut [Piece<'_>],
    lines: &[Line],
    cell: impl Fn(&Line) -> Range<usize>,
    before: impl Fn(&Line) -> Range<usize>,
) {
    let mut run: Vec<(usize, usize)> = Vec::new();
    for line in lines {
        let cell = cell(line);
        if cell.is_empty() {
            settle(pieces, &mut run);
        } else {
            let width = pieces[before(line)].iter().map(|p| p.blanks as usize + columns(&p.text)).sum();
            run.push((cell.start, width));
        }
    }
    settle(pieces, &mut run);
}

fn settle(pieces: &mut [Piece<'_>], run: &mut Vec<(usize, usize)>) {
    let widest = run.iter().map(|(_, width)| *width).max().unwrap_or(0);
    for (start, width) in run.drain(..) {
        pieces[start].blanks = u32::try_from(widest - width + 1).unwrap_or(u32::MAX);
    }
}
