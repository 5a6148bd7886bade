//! The tree of a file: nodes in an arena, reached through handles.

use std::sync::{Arc, OnceLock};

use crate::diag::{Diagnostics, Range, Source, Span};
use crate::value::{Name, Number};

use super::body::{BodyNode, ItemNode, LabelNode};

/// A parsed file: its source and the arena with everything that was found in it.
pub struct File {
    pub(super) source: Arc<Source>,
    pub(super) arena: Arena,
    /// What is wrong with the templates in strings of a JSON file, by the string; sorted.
    pub(super) template_faults: Vec<(ExprId, Diagnostics)>,
}

/// Nodes and what they share, flat. Ids index into these; children always come before their parents.
#[derive(Default)]
pub(super) struct Arena {
    pub nodes: Vec<Node>,
    pub ranges: Vec<Range>,
    /// Lists of expressions (tuple items, arguments, template parts), referred to by [`Slice`].
    pub lists: Vec<ExprId>,
    pub entries: Vec<Entry>,
    pub steps: Vec<Step>,
    pub fors: Vec<For>,
    pub calls: Vec<Call>,
    pub numbers: Vec<Number>,
    pub bodies: Vec<BodyNode>,
    pub items: Vec<ItemNode>,
    pub labels: Vec<LabelNode>,
    /// Texts that are not a slice of the source: with escapes resolved, dedented or normalised.
    pub texts: String,
}

/// An expression's place in the arena of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub(super) u32);

/// A run of elements in one of the arena's vectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    pub(super) start: u32,
    pub(super) len: u32,
}

/// A text in the source, or in the arena's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    Source(Range),
    Arena(Range),
}

/// One expression. Operators hold ids of their operands.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// What stands where a fault was reported; evaluates to an unknown value of unknown type, silently.
    Invalid,
    Null,
    Bool(bool),
    /// Index into the arena's numbers.
    Number(u32),
    /// A literal piece of text in NFC: a whole quoted string or heredoc without interpolation, or a part of a template.
    Text(Text),
    /// Parts joined into a string. Each part is a `Text`, any other expression (an interpolation), a
    /// `Conditional` (an if directive) or a `TemplateFor`.
    Template(Slice),
    /// `"${x}"` and nothing else: the value itself, whatever its type.
    Wrap(ExprId),
    /// The `for` directive of a template: the texts that the `For` gives, joined.
    TemplateFor(ExprId),
    /// A name and literal steps: `var.x`, `a.b[0]["c"].d`. A lone name is one too.
    Traversal {
        root: Text,
        steps: Slice,
    },
    /// Literal steps on another expression: `f(x).y[0]`.
    Relative {
        source: ExprId,
        steps: Slice,
    },
    /// `collection[key]` with a key that is not a literal.
    Index {
        collection: ExprId,
        key: ExprId,
    },
    /// `source[*].x` (full) or `source.*.x` (attribute only); `each` is evaluated with [`Node::Item`] as the element.
    Splat {
        source: ExprId,
        each: ExprId,
        full: bool,
        marker: Range,
    },
    /// The current element of the nearest enclosing splat.
    Item,
    /// Index into `calls`: in a node it would make all of them wider.
    Call(u32),
    Unary {
        operator: UnaryOperator,
        operand: ExprId,
    },
    Binary {
        operator: BinaryOperator,
        left: ExprId,
        right: ExprId,
        symbol: Range,
    },
    Conditional {
        condition: ExprId,
        yes: ExprId,
        no: ExprId,
    },
    Parentheses(ExprId),
    Tuple(Slice),
    /// Entries in `entries`.
    Object(Slice),
    /// Index into `fors`.
    For(u32),
    /// A JSON string where an expression is expected: its literal text for those who want that, and the template in it.
    /// What parsing that template found ([`File::template_faults`]) is reported only when it is evaluated.
    JsonText {
        text: Text,
        template: ExprId,
    },
}

/// `key = value` of an object expression. A key that is a bare name or a lone literal is a `Text` node;
/// `(name)` is `Parentheses`; anything else is evaluated.
#[derive(Debug)]
pub struct Entry {
    pub key: ExprId,
    pub value: ExprId,
    /// The key, once it was asked for, where it is a text.
    pub name: OnceLock<Name>,
}

impl Entry {
    pub(super) fn new(key: ExprId, value: ExprId) -> Self {
        Self { key, value, name: OnceLock::new() }
    }
}

/// `[for key, value in collection : result if condition]`, or with `{ ... => ... }` where `key_result` is there.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    pub key_name: Option<(Text, Range)>,
    pub value_name: (Text, Range),
    pub collection: ExprId,
    pub key_result: Option<ExprId>,
    pub result: ExprId,
    pub condition: Option<ExprId>,
    /// `...` after the value of an object.
    pub group: bool,
}

/// `name(arguments)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// It may hold `::`.
    pub name: Text,
    pub name_range: Range,
    pub arguments: Slice,
    /// `...` after the last argument.
    pub expand: bool,
    pub parentheses: Range,
}

/// A literal step of a traversal.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub kind: StepKind,
    /// The whole step: `.name`, `[0]`.
    pub range: Range,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// `.name`
    Attribute(Text),
    /// `["key"]`
    Key(Text),
    /// `[0]`, `.0`: index into the arena's numbers.
    Number(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    Negate,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl File {
    pub(super) fn new(source: Arc<Source>, arena: Arena) -> Self {
        Self { source, arena, template_faults: Vec::new() }
    }

    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The faults of the template in a JSON string, which whoever evaluates it reports.
    pub fn template_faults(&self, text: ExprId) -> Option<&Diagnostics> {
        let found = self.template_faults.binary_search_by_key(&text, |(id, _)| *id).ok()?;
        self.template_faults.get(found).map(|(_, faults)| faults)
    }

    pub fn text(&self, text: Text) -> &str {
        match text {
            Text::Source(range) => self.source.slice(range),
            Text::Arena(range) => {
                self.arena.texts.get(range.start as usize..range.end as usize).unwrap_or("")
            }
        }
    }

    pub fn span(self: &Arc<Self>, range: Range) -> Span {
        self.source.span(range)
    }

    pub fn node(&self, id: ExprId) -> &Node {
        &self.arena.nodes[id.0 as usize]
    }

    pub fn range(&self, id: ExprId) -> Range {
        self.arena.ranges[id.0 as usize]
    }

    pub fn list(&self, slice: Slice) -> &[ExprId] {
        &self.arena.lists[slice.indices()]
    }

    pub fn entries(&self, slice: Slice) -> &[Entry] {
        &self.arena.entries[slice.indices()]
    }

    pub fn steps(&self, slice: Slice) -> &[Step] {
        &self.arena.steps[slice.indices()]
    }

    pub fn number(&self, index: u32) -> &Number {
        &self.arena.numbers[index as usize]
    }

    pub fn call(&self, index: u32) -> &Call {
        &self.arena.calls[index as usize]
    }

    pub fn for_expression(&self, index: u32) -> &For {
        &self.arena.fors[index as usize]
    }
}

impl Arena {
    pub(super) fn add(&mut self, node: Node, range: Range) -> ExprId {
        let id =
            ExprId(u32::try_from(self.nodes.len()).expect("a source of less than 4 GiB has fewer nodes"));
        self.nodes.push(node);
        self.ranges.push(range);
        id
    }

    /// Keeps a text that is not in the source.
    pub(super) fn keep(&mut self, text: &str) -> Text {
        let start = self.texts.len();
        self.texts.push_str(text);
        Text::Arena(Range::new(start, self.texts.len()))
    }
}

impl ExprId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Slice {
    pub(super) fn new(start: usize, len: usize) -> Self {
        let range = Range::new(start, len);
        Self { start: range.start, len: range.end }
    }

    pub(super) fn indices(self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }

    pub fn len(self) -> usize {
        self.len as usize
    }

    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// An expression with the file that it is in: what configuration keeps and evaluation takes.
#[derive(Clone)]
pub struct Expression {
    pub(super) file: Arc<File>,
    pub(super) id: ExprId,
}

/// A name followed by literal steps, as static analysis sees it.
#[derive(Clone)]
pub struct Traversal {
    pub(super) file: Arc<File>,
    pub(super) id: ExprId,
}

impl Expression {
    pub fn new(file: Arc<File>, id: ExprId) -> Self {
        Self { file, id }
    }

    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    pub fn id(&self) -> ExprId {
        self.id
    }

    pub fn node(&self) -> &Node {
        self.file.node(self.id)
    }

    pub fn span(&self) -> Span {
        self.file.span(self.file.range(self.id))
    }

    /// Another expression of the same file.
    #[must_use]
    pub fn at(&self, id: ExprId) -> Self {
        Self { file: Arc::clone(&self.file), id }
    }
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Expression({})", self.span())
    }
}
