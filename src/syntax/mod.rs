//! Parsing: text to tokens to trees, for the native syntax and its JSON form, and the formatter.
//!
//! A file becomes tokens (lossless: every byte belongs to one) and a tree in one compact arena. The tree keeps ranges,
//! so formatting and editing go back to the text and never reprint what they do not change. This room knows the
//! grammar, and nothing of what blocks and names mean. JSON that is not configuration is handled by [`data`].
//!
//! [`Body`], [`Block`], [`Attribute`] and [`Expression`] are cheap handles into a shared [`File`]; both syntaxes give
//! the same handles, so no higher room can tell which one a file was written in.

mod analysis;
mod body;
pub mod data;
mod format;
mod json;
mod lexer;
mod outline;
mod parser;
mod token;
mod traversal;
mod tree;

pub use analysis::References;
pub use body::{
    Attribute, Attributes, Block, BlockRule, Body, BodyRule, Content, Item, ItemAttribute, ItemBlock, Label,
};
pub use format::format;
pub use json::parse_json_file;
pub use lexer::{Language, Lexer, is_identifier, tokens};
pub use outline::Outline;
pub use parser::{parse_expression, parse_file, parse_part, parse_template, parts};
pub use token::{Token, TokenKind};
pub use traversal::Reference;
pub use tree::{
    BinaryOperator, Call, Entry, ExprId, Expression, File, For, Node, Step, StepKind, Text, Traversal,
    UnaryOperator,
};
