//! A project as the generator knows it: modules of nodes that refer to each other by number, so that names may change.

use super::expression::Expression;

/// The root module first, then those that it calls, each in a folder of its own.
#[derive(Clone, Default)]
pub(super) struct Project {
    pub(super) modules: Vec<Module>,
    /// What the other project's state has as its output, which data sources read.
    pub(super) elsewhere: String,
}

#[derive(Clone, Default)]
pub(super) struct Module {
    /// Empty for the root.
    pub(super) folder: String,
    pub(super) variables: Vec<Variable>,
    /// Each refers only to those before it, with rare exceptions.
    pub(super) nodes: Vec<Node>,
    pub(super) outputs: Vec<Output>,
    pub(super) checks: Vec<Check>,
    /// `moved`, `removed` and `import` blocks, as written.
    pub(super) blocks: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) default: Option<&'static str>,
    pub(super) ephemeral: bool,
    /// Everything else that is in its block, a line each.
    pub(super) lines: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Node {
    pub(super) id: usize,
    pub(super) name: String,
    pub(super) repetition: Option<(Repetition, Expression)>,
    pub(super) depends_on: Vec<usize>,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repetition {
    Count,
    Keys,
}

#[derive(Clone)]
pub(super) enum Kind {
    Local(Expression),
    Resource(Box<Resource>),
    /// Another project's state: when it is read waits for the first expression, the second is its default.
    Data {
        waits_for: Option<Expression>,
        default: Expression,
        postcondition: Option<Expression>,
    },
    /// A call of the module with that number.
    Call {
        module: usize,
        arguments: Vec<(String, Expression)>,
        provider: bool,
    },
}

#[derive(Clone, Default)]
pub(super) struct Resource {
    pub(super) input: Option<Expression>,
    pub(super) triggers: Option<Expression>,
    /// Of the other configuration of its provider.
    pub(super) provider: bool,
    /// Whole lines of its `lifecycle` block.
    pub(super) lifecycle: Vec<String>,
    pub(super) triggered_by: Vec<Expression>,
    pub(super) precondition: Option<Expression>,
    pub(super) postcondition: Option<Expression>,
    pub(super) provisioners: Vec<Provisioner>,
}

#[derive(Clone)]
pub(super) struct Provisioner {
    pub(super) command: String,
    pub(super) lines: Vec<&'static str>,
}

#[derive(Clone)]
pub(super) struct Output {
    pub(super) name: String,
    pub(super) value: Expression,
    pub(super) depends_on: Vec<usize>,
    pub(super) precondition: Option<Expression>,
    pub(super) lines: Vec<&'static str>,
}

#[derive(Clone)]
pub(super) struct Check {
    pub(super) name: String,
    /// Whether it reads a data source of its own, and which file.
    pub(super) data: Option<&'static str>,
    pub(super) asserts: Vec<Expression>,
}

impl Module {
    pub(super) fn node(&self, id: usize) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// Those that may be replaced, moved or forgotten.
    pub(super) fn movable(&self, kind: impl Fn(&Kind) -> bool) -> Vec<usize> {
        let fit = |node: &&Node| kind(&node.kind);
        self.nodes.iter().filter(fit).map(|node| node.id).collect()
    }
}

impl Node {
    pub(super) fn address(&self) -> String {
        let before = match self.kind {
            Kind::Local(_) => "local",
            Kind::Resource(_) => "terraform_data",
            Kind::Data { .. } => "data.terraform_remote_state",
            Kind::Call { .. } => "module",
        };
        format!("{before}.{}", self.name)
    }

    pub(super) fn repeated(&self) -> Option<Repetition> {
        self.repetition.as_ref().map(|(repetition, _)| *repetition)
    }
}

impl Kind {
    pub(super) fn is_resource(&self) -> bool {
        matches!(self, Self::Resource(_))
    }

    pub(super) fn is_call(&self) -> bool {
        matches!(self, Self::Call { .. })
    }

    pub(super) fn is_local(&self) -> bool {
        matches!(self, Self::Local(_))
    }
}
