//! Expressions that are written down late: what a reference looks like depends on what it refers to by then.

use super::project::{Kind, Module, Node, Project, Repetition};

#[derive(Clone)]
pub(super) enum Expression {
    /// As written.
    Text(String),
    /// A part of a node, looked at in one of many ways.
    Part(Reference),
    /// How many instances a node has.
    Number(usize),
    /// A node of several instances, as something to repeat over.
    Instances(usize),
    /// A node of which something replaces, on its own or with an attribute.
    Trigger(Reference),
    Call(&'static str, Vec<Expression>),
    List(Vec<Expression>),
    Object(Vec<(&'static str, Expression)>),
    Template(Vec<Expression>),
    Choice(Box<[Expression; 3]>),
    Operation(Box<Expression>, &'static str, Box<Expression>),
}

#[derive(Clone)]
pub(super) struct Reference {
    pub(super) node: usize,
    pub(super) part: &'static str,
    pub(super) way: usize,
    /// How the one that refers is repeated.
    pub(super) each: Option<Repetition>,
}

pub(super) fn text(text: impl Into<String>) -> Expression {
    Expression::Text(text.into())
}

pub(super) fn call(name: &'static str, arguments: impl Into<Vec<Expression>>) -> Expression {
    Expression::Call(name, arguments.into())
}

impl Expression {
    /// Whether it says anything that is not a constant.
    pub(super) fn refers(&self, module: &Module) -> bool {
        let any = |all: &[Self]| all.iter().any(|one| one.refers(module));
        match self {
            Self::Text(text) => {
                ["var.", "each.", "count.", "self.", "local."].iter().any(|name| text.contains(name))
            }
            Self::Part(Reference { node, .. }) | Self::Number(node) | Self::Instances(node) => {
                module.node(*node).is_some()
            }
            Self::Trigger(_) => true,
            Self::Call(_, all) | Self::List(all) | Self::Template(all) => any(all),
            Self::Object(entries) => entries.iter().any(|(_, value)| value.refers(module)),
            Self::Choice(all) => any(&**all),
            Self::Operation(left, _, right) => left.refers(module) || right.refers(module),
        }
    }

    pub(super) fn write(&self, project: &Project, module: &Module) -> String {
        let list = |all: &[Self], between: &str| {
            all.iter().map(|one| one.write(project, module)).collect::<Vec<_>>().join(between)
        };
        match self {
            Self::Text(text) => text.clone(),
            Self::Part(reference) => part(reference, project, module),
            Self::Trigger(reference) => trigger(reference, module),
            Self::Number(node) => match module.node(*node) {
                Some(node) if node.repetition.is_some() => format!("length({})", node.address()),
                _ => "1".into(),
            },
            Self::Instances(node) => match module.node(*node) {
                Some(node) if node.repeated() == Some(Repetition::Keys) => node.address(),
                _ => r#"toset(["a"])"#.into(),
            },
            Self::Call(name, arguments) => format!("{name}({})", list(arguments, ", ")),
            Self::List(items) => format!("[{}]", list(items, ", ")),
            Self::Object(entries) => {
                let entry = |(key, value): &(&str, Self)| format!("{key} = {}", value.write(project, module));
                format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            Self::Template(parts) => format!("\"${{{}}}\"", list(parts, "}-${")),
            Self::Choice(all) => {
                let [condition, then, otherwise] = &**all;
                let write = |one: &Self| one.write(project, module);
                format!("({} ? {} : {})", write(condition), write(then), write(otherwise))
            }
            Self::Operation(left, sign, right) => {
                format!("{} {sign} {}", left.write(project, module), right.write(project, module))
            }
        }
    }
}

fn part(reference: &Reference, project: &Project, module: &Module) -> String {
    let Reference { way, each, .. } = *reference;
    let Some(node) = module.node(reference.node) else {
        return if way.is_multiple_of(12) { "terraform_data.gone.id".into() } else { "null".into() };
    };
    let address = node.address();
    let part = match name_of_part(node, reference, project) {
        part if part.is_empty() => String::new(),
        part => format!(".{part}"),
    };
    let ways = match node.repeated() {
        _ if node.kind.is_local() => return address,
        None => return format!("{address}{part}"),
        Some(Repetition::Count) if each == Some(Repetition::Count) && way % 2 == 1 => {
            return format!("{address}[count.index]{part}");
        }
        Some(Repetition::Keys) if each == Some(Repetition::Keys) && way % 2 == 1 => {
            return format!("{address}[each.key]{part}");
        }
        Some(Repetition::Count) => [
            format!("{address}[0]{part}"),
            format!("{address}[*]{part}"),
            format!("one({address}[*]{part})"),
            format!("[for x in {address} : x{part}]"),
            format!("length({address})"),
            format!("try({address}[1]{part}, null)"),
            format!("join(\",\", [for x in {address}[*]{part} : jsonencode(x)])"),
            address,
        ],
        Some(Repetition::Keys) => [
            format!("{address}[\"a\"]{part}"),
            format!("values({address})[*]{part}"),
            format!("keys({address})"),
            format!("{{ for k, x in {address} : k => x{part} }}"),
            format!("try({address}[\"b\"]{part}, null)"),
            format!("length({address})"),
            format!("[for k, x in {address} : x{part} if k != \"b\"]"),
            address,
        ],
    };
    ways[way / 2 % ways.len()].clone()
}

fn name_of_part(node: &Node, reference: &Reference, project: &Project) -> String {
    let way = reference.way;
    match &node.kind {
        Kind::Call { module, .. } => {
            let outputs = &project.modules[*module].outputs;
            match outputs.get(way % outputs.len().max(1)) {
                Some(output) if !way.is_multiple_of(9) => output.name.clone(),
                _ => String::new(),
            }
        }
        Kind::Data { .. } => {
            let names = ["outputs", "outputs", "", "outputs.q", "outputs.q", "workspace", "defaults"];
            names[way % names.len()].into()
        }
        _ => reference.part.into(),
    }
}

fn trigger(reference: &Reference, module: &Module) -> String {
    let Reference { way, each, .. } = *reference;
    let Some(node) = module.node(reference.node) else {
        return "terraform_data.gone".into();
    };
    let address = node.address();
    let part = if reference.part.is_empty() { String::new() } else { format!(".{}", reference.part) };
    match (node.repeated(), each) {
        (None, _) => format!("{address}{part}"),
        (Some(Repetition::Count), Some(Repetition::Count)) if way % 3 > 0 => {
            format!("{address}[count.index]{part}")
        }
        (Some(Repetition::Keys), Some(Repetition::Keys)) if way % 3 > 0 => {
            format!("{address}[each.key]{part}")
        }
        (Some(Repetition::Count), _) if way % 2 == 1 => format!("{address}[0]{part}"),
        (Some(Repetition::Keys), _) if way % 2 == 1 => format!("{address}[\"a\"]{part}"),
        _ => address,
    }
}
