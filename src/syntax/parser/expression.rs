//! Operators and terms.

use crate::syntax::token::TokenKind;
use crate::syntax::{BinaryOperator, ExprId, Node, UnaryOperator};

use super::{Parsed, Parser};

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Parsed<ExprId> {
        self.deeper(Self::conditional)
    }

    fn conditional(&mut self) -> Parsed<ExprId> {
        let start = self.token.range.start;
        let condition = self.binary(0)?;
        if !self.accept(TokenKind::Question) {
            return Ok(condition);
        }
        let yes = self.expression()?;
        if !self.at(TokenKind::Colon) {
            return Err(self.missing_else(start));
        }
        self.advance();
        let no = self.expression()?;
        let range = self.range_of(condition).to(self.range_of(no));
        Ok(self.add(Node::Conditional { condition, yes, no }, range))
    }

    /// Operators of at least this precedence. Those of one level associate to the left, in a loop, so that a long chain
    /// takes no stack.
    fn binary(&mut self, weakest: u8) -> Parsed<ExprId> {
        let mut left = self.operand()?;
        while let Some((operator, level)) = binary_operator(self.token.kind)
            && level >= weakest
        {
            let symbol = self.token.range;
            self.advance();
            let right = self.binary(level + 1)?;
            let range = self.range_of(left).to(self.range_of(right));
            left = self.add(Node::Binary { operator, left, right, symbol }, range);
        }
        Ok(left)
    }

    /// A term with what follows it: `-a.b[0]` negates all of `a.b[0]`.
    fn operand(&mut self) -> Parsed<ExprId> {
        let operator = match self.token.kind {
            TokenKind::Minus => UnaryOperator::Negate,
            TokenKind::Not => UnaryOperator::Not,
            _ => return self.term(),
        };
        let symbol = self.token.range;
        self.advance();
        let operand = self.deeper(Self::operand)?;
        let range = symbol.to(self.range_of(operand));
        Ok(self.add(Node::Unary { operator, operand }, range))
    }

    fn term(&mut self) -> Parsed<ExprId> {
        let range = self.token.range;
        let term = match self.token.kind {
            TokenKind::Identifier => {
                self.advance();
                if self.at(TokenKind::OpenParenthesis) || self.at(TokenKind::DoubleColon) {
                    self.call(range)?
                } else {
                    match self.slice(range) {
                        "true" => self.add(Node::Bool(true), range),
                        "false" => self.add(Node::Bool(false), range),
                        "null" => self.add(Node::Null, range),
                        _ => return self.reference(range),
                    }
                }
            }
            TokenKind::OpenQuote => self.quoted()?,
            TokenKind::Number => {
                self.advance();
                let node = self.number(range).map_or(Node::Invalid, Node::Number);
                self.add(node, range)
            }
            TokenKind::OpenBracket => self.tuple()?,
            TokenKind::OpenBrace => self.object()?,
            TokenKind::OpenParenthesis => self.parentheses()?,
            TokenKind::OpenHeredoc => self.heredoc()?,
            _ => return Err(self.missing_expression()),
        };
        match self.token.kind {
            TokenKind::Dot | TokenKind::OpenBracket => self.traversals(term),
            _ => Ok(term),
        }
    }

    fn parentheses(&mut self) -> Parsed<ExprId> {
        let open = self.token.range;
        let newlines = self.ignore_newlines();
        self.advance();
        let inner = self.expression()?;
        if !self.at(TokenKind::CloseParenthesis) {
            return Err(self.unclosed("parentheses", open, ")", "an operator or the closing parenthesis"));
        }
        self.newlines = newlines;
        self.advance();
        let range = self.since(open.start);
        Ok(self.add(Node::Parentheses(inner), range))
    }
}

/// The operator and its precedence.
fn binary_operator(kind: TokenKind) -> Option<(BinaryOperator, u8)> {
    Some(match kind {
        TokenKind::Or => (BinaryOperator::Or, 0),
        TokenKind::And => (BinaryOperator::And, 1),
        TokenKind::Equal => (BinaryOperator::Equal, 2),
        TokenKind::NotEqual => (BinaryOperator::NotEqual, 2),
        TokenKind::Less => (BinaryOperator::Less, 3),
        TokenKind::LessOrEqual => (BinaryOperator::LessOrEqual, 3),
        TokenKind::Greater => (BinaryOperator::Greater, 3),
        TokenKind::GreaterOrEqual => (BinaryOperator::GreaterOrEqual, 3),
        TokenKind::Plus => (BinaryOperator::Add, 4),
        TokenKind::Minus => (BinaryOperator::Subtract, 4),
        TokenKind::Star => (BinaryOperator::Multiply, 5),
        TokenKind::Slash => (BinaryOperator::Divide, 5),
        TokenKind::Percent => (BinaryOperator::Modulo, 5),
        _ => return None,
    })
}
