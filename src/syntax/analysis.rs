//! Reading expressions without evaluating them: names, references, literal lists.

use crate::diag::Diagnostics;
use crate::value::Name;

use super::{Expression, Traversal};

impl Expression {
    /// The references in it, free of names that its own `for` expressions bring in, in the order of the text.
    pub fn references(&self) -> Vec<Traversal> {
        todo!()
    }

    /// The expression as a reference, if it is nothing but one (in JSON: a string that reads as one).
    pub fn as_traversal(&self) -> Option<Traversal> {
        todo!()
    }

    /// The expression as a bare name: `string`, `all`, `create` (in JSON: a string that reads as one).
    pub fn as_keyword(&self) -> Option<Name> {
        todo!()
    }

    /// The items of a literal list.
    pub fn as_list(&self) -> Option<Vec<Expression>> {
        todo!()
    }

    /// The entries of a literal object.
    pub fn as_pairs(&self) -> Option<Vec<(Expression, Expression)>> {
        todo!()
    }

    /// The name and arguments of a call (in JSON: a string that reads as one).
    pub fn as_call(&self) -> Option<(Name, Vec<Expression>)> {
        todo!()
    }

    /// The text of a literal string without interpolation.
    pub fn as_literal_text(&self) -> Option<Name> {
        todo!()
    }

    /// Names of all functions called anywhere in it, with the place of each name.
    pub fn calls(&self) -> Vec<(Name, crate::diag::Span)> {
        todo!()
    }
}

impl Traversal {
    /// Reads a reference from text such as `aws_instance.web[0]`, as in a `moved` block in JSON or on the command line.
    pub fn parse(_text: &str, _name_of_source: &str) -> Result<Self, Diagnostics> {
        todo!()
    }
}
