//! What the lexer gives: kinds and ranges.

use crate::diag::Range;

/// A piece of the text. Between two tokens there is nothing but blanks (spaces and tabs, and a byte order mark before
/// the first), so the text and the ranges of its tokens give every byte back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub range: Range,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `\n` or `\r\n`.
    Newline,
    /// `# ...` and `// ...` hold the end of their line; `/* ... */` does not.
    Comment,
    /// A name; it may hold dashes.
    Identifier,
    /// Digits, dots and exponents as they come; whether they make a number is for the parser to say.
    Number,

    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParenthesis,
    CloseParenthesis,

    /// `"` at the start and at the end of a string.
    OpenQuote,
    CloseQuote,
    /// `<<MARKER` or `<<-MARKER` with the end of its line.
    OpenHeredoc,
    /// The closing marker with the blanks around it, without the end of its line.
    CloseHeredoc,
    /// Literal text in quotes, with its escapes.
    QuotedText,
    /// Literal text in a heredoc or a bare template, at most one line with its end.
    PlainText,
    /// `${` or `${~`
    OpenInterpolation,
    /// `%{` or `%{~`
    OpenDirective,
    /// `}` or `~}` at the end of an interpolation or directive.
    CloseTemplate,

    Star,
    Slash,
    Plus,
    Minus,
    Percent,
    /// `=`
    Assign,
    /// `==`
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `!`
    Not,
    Question,
    Colon,
    DoubleColon,
    Dot,
    Comma,
    /// `...`
    Ellipsis,
    /// `=>`
    FatArrow,

    // From here on nothing is ever valid; the kinds exist so that messages can say what was meant.
    Ampersand,
    Pipe,
    Caret,
    Tilde,
    Semicolon,
    Backtick,
    Apostrophe,
    /// Line ends inside a quoted string that goes on after them.
    QuotedNewline,
    /// Empty, where a quoted string should have been closed: the line ended and the next one is no part of it.
    UnclosedQuote,
    /// From `/*` to the end of the text.
    UnclosedComment,
    /// A character that means nothing where it stands.
    Invalid,

    /// Empty, at the end of the text.
    End,
}
