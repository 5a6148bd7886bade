//! Whether there is a blank between two tokens of a line.

use crate::syntax::token::TokenKind::{self, *};

use super::{Piece, nesting};

/// Whether there is a blank between `left` and `right`. `before` is the token before `left` in the same cell.
pub(super) fn is_wide(before: Option<TokenKind>, left: &Piece<'_>, right: TokenKind) -> bool {
    let kind = left.kind;
    if is_joined(kind, right) {
        return false;
    }
    match (kind, right) {
        (Comma, _) => true,
        _ if is_template_text(kind, right) => false,
        // `for x in [1]`: without the blank, `in` would read as the name of the indexed value.
        (Identifier, _) if left.text == "in" && before == Some(Identifier) => true,
        (Identifier | Number, OpenBracket) => false,
        (_, OpenBracket) if nesting(kind) < 0 => false,
        (Not, _) => false,
        (Minus, _) => before.is_some_and(ends_operand),
        (OpenBrace, CloseBrace) => false,
        (OpenBrace, _) | (_, CloseBrace) => true,
        // An object that is alone in an interpolation keeps its braces apart from those of the interpolation.
        (OpenInterpolation | OpenDirective, OpenBrace) | (CloseBrace, CloseTemplate) => true,
        (CloseTemplate, OpenInterpolation | OpenDirective) => false,
        _ => nesting(kind) <= 0 && nesting(right) >= 0,
    }
}

/// Pairs that belong together whatever is around them.
fn is_joined(left: TokenKind, right: TokenKind) -> bool {
    matches!(
        (left, right),
        (_, Newline | Dot | Comma | Ellipsis)
            | (Dot, _)
            | (Identifier, OpenParenthesis | DoubleColon)
            | (DoubleColon, Identifier)
    )
}

/// In literal text every blank counts, so none is added.
fn is_template_text(left: TokenKind, right: TokenKind) -> bool {
    matches!(left, OpenQuote | QuotedText | OpenHeredoc | PlainText)
        || matches!(right, CloseQuote | QuotedText | CloseHeredoc | PlainText)
}

/// Whether a minus sign after the token subtracts; otherwise it negates. The list is Terraform's, which treats `${` as
/// an operand.
fn ends_operand(before: TokenKind) -> bool {
    !matches!(
        before,
        OpenParenthesis
            | OpenBrace
            | OpenBracket
            | Assign
            | Colon
            | Comma
            | Question
            | Plus
            | Minus
            | Star
            | Slash
            | Percent
            | Equal
            | NotEqual
            | Less
            | LessOrEqual
            | Greater
            | GreaterOrEqual
            | And
            | Or
            | Not
    )
}
