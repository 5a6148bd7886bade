//! The subject of a reference: a variable, a local value, a resource, a module call.
//!
//! Reads only the form of the reference. Whether the subject exists is checked later.

use crate::address::{ResourceAddress, ResourceMode};
use crate::diag::Diagnostic;
use crate::expression::Reference;

/// The thing that a reference begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    Variable(&'a str),
    Local(&'a str),
    /// A module call: all of its outputs, or one that a further step names.
    Module(&'a str),
    Resource(ResourceAddress),
    /// `path.module` and its like.
    Path(&'a str),
    /// `terraform.workspace` and its like.
    Terraform(&'a str),
    /// `count.index`
    Count(&'a str),
    /// `each.key`, `each.value`
    Each(&'a str),
    SelfObject,
}

/// Names that may get a meaning later, and so cannot be resource types without `resource.` before them.
const RESERVED: [&str; 3] = ["template", "lazy", "arg"];

impl<'a> Subject<'a> {
    /// Reads the subject, and the number of steps after the root name that belong to it.
    pub fn of(reference: &Reference<'a>) -> Result<(Self, usize), Diagnostic> {
        let one = |make: fn(&'a str) -> Self| {
            let needs = "the name of what is meant, after a dot";
            attribute(reference, 0, needs).map(|name| (make(name), 1))
        };
        match reference.root {
            "var" => one(Self::Variable),
            "local" => one(Self::Local),
            "module" => one(Self::Module),
            "path" => one(Self::Path),
            "terraform" => one(Self::Terraform),
            "count" => one(Self::Count),
            "each" => one(Self::Each),
            "self" => Ok((Self::SelfObject, 0)),
            "data" => resource(reference, ResourceMode::Data, 0),
            "ephemeral" => resource(reference, ResourceMode::Ephemeral, 0),
            "resource" => resource(reference, ResourceMode::Managed, 0),
            root if RESERVED.contains(&root) => Err(Diagnostic::error(
                "Reserved name",
                format!(
                    "\"{root}\" is kept for later versions of the language and cannot begin a reference."
                ),
            )
            .at(reference.root_span())
            .hint(format!("For a resource type of that name, write resource.{root}."))),
            root => named_resource(reference, root),
        }
    }
}

/// A resource whose type is the root name itself.
fn named_resource<'a>(reference: &Reference<'a>, root: &str) -> Result<(Subject<'a>, usize), Diagnostic> {
    if reference.steps.is_empty() {
        return Err(Diagnostic::error(
            "Incomplete reference",
            format!("\"{root}\" alone refers to nothing: the type of a resource needs its name after it, as in {root}.example."),
        )
        .at(reference.span())
        .hint(format!("If text is meant, put it in quotes: \"{root}\"."))
        .suggest(root, ["var", "local", "module", "data", "path", "terraform", "each", "count", "self"]));
    }
    let name = attribute(reference, 0, "the name of the resource, after a dot")?;
    Ok((Subject::Resource(ResourceAddress::managed(root, name)), 1))
}

/// A resource whose type and name are steps.
fn resource<'a>(
    reference: &Reference<'a>,
    mode: ResourceMode,
    at: usize,
) -> Result<(Subject<'a>, usize), Diagnostic> {
    let needs = "two names after it: the type and the name of what is meant";
    let kind = attribute(reference, at, needs)?;
    let name = attribute(reference, at + 1, needs)?;
    Ok((Subject::Resource(ResourceAddress::new(mode, kind, name)), at + 2))
}

fn attribute<'a>(reference: &Reference<'a>, at: usize, needs: &str) -> Result<&'a str, Diagnostic> {
    reference.attribute(at).ok_or_else(|| {
        Diagnostic::error("Incomplete reference", format!("\"{}\" needs {needs}.", reference.root))
            .at(reference.span())
    })
}
