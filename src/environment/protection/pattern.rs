//! Patterns of protected objects.
//!
//! `aws_db_instance.*` is a type and a name, in the root module and in every other one. `module.network` is a module
//! with all its instances and everything in it, and `module.network.aws_subnet.*` a resource in that module but not
//! below it. A key selects one instance; without a key, all are selected. A `*` matches any part of a name.
//! `aws_cloudformation_stack.shop/Database` is a part of an object that another engine manages.

use crate::address::{AbsoluteInstance, InstanceKey, ModuleInstance, ResourceMode, Target};

/// A pattern of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    modules: Vec<Step>,
    /// None for everything in the module.
    resource: Option<(String, Step)>,
    /// None for the whole object.
    part: Option<String>,
}

/// A name with wildcards and an optional key; without a key, all instances match.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    name: String,
    key: InstanceKey,
}

impl Pattern {
    /// Parses a pattern; the error is a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("\"{text}\" is no pattern of addresses: {why}.");
        let (text, part) = match of_part(text) {
            Some((_, "")) => return Err(wrong("the name of a part is needed after the /")),
            Some((object, part)) => (object, Some(part.to_owned())),
            None => (text, None),
        };
        let mut parts = split(text).into_iter().peekable();
        let mut modules = Vec::new();
        while parts.peek() == Some(&"module") {
            parts.next();
            let step = parts.next().ok_or_else(|| wrong("a name is needed after \"module\""))?;
            modules.push(step_of(step).map_err(|why| wrong(&why))?);
        }
        let rest: Vec<&str> = parts.collect();
        match rest.as_slice() {
            [] if modules.is_empty() => Err(wrong("it is empty")),
            [] if part.is_some() => Err(wrong("only a resource has parts, and not a module")),
            [] => Ok(Self { modules, resource: None, part: None }),
            ["*" | "**"] if !modules.is_empty() => {
                Err(wrong("a module by itself means everything in it; leave out what follows it"))
            }
            ["data" | "ephemeral", ..] => {
                Err(wrong("only resources are ever destroyed, and not what is read"))
            }
            [kind, name] => {
                let kind = step_of(kind).map_err(|why| wrong(&why))?;
                if !kind.key.is_none() {
                    return Err(wrong("a key follows the name of a resource, and not its type"));
                }
                let name = step_of(name).map_err(|why| wrong(&why))?;
                Ok(Self { modules, resource: Some((kind.name, name)), part })
            }
            [_] => Err(wrong(
                "a resource has a type and a name, such as aws_db_instance.main or aws_db_instance.*",
            )),
            _ => {
                Err(wrong("it is made of modules, a type and a name, such as module.network.aws_subnet.main"))
            }
        }
    }

    /// Whether it selects a part of an object, and not the whole.
    pub fn is_of_part(&self) -> bool {
        self.part.is_some()
    }

    /// Whether it selects a part of an instance that it matches. If it selects the whole instance, it selects every
    /// part.
    pub fn means_part(&self, name: &str) -> bool {
        self.part.as_ref().is_none_or(|part| wild(part, name))
    }

    /// Whether it selects an instance, or a part of it.
    pub fn matches(&self, address: &AbsoluteInstance) -> bool {
        let Some((kind, name)) = &self.resource else { return self.is_around(&address.module) };
        let place = self.modules.is_empty() || {
            self.is_around(&address.module) && address.module.steps().len() == self.modules.len()
        };
        place
            && address.resource.mode == ResourceMode::Managed
            && wild(kind, &address.resource.kind)
            && wild(&name.name, &address.resource.name)
            && (name.key.is_none() || name.key == address.key)
    }

    /// Whether it may select some instance of a resource, whatever the keys are. `calls` are the module calls down to
    /// it.
    pub fn may_match(&self, calls: &[std::sync::Arc<str>], kind: &str, resource: &str) -> bool {
        let inside = calls.len() >= self.modules.len()
            && self.modules.iter().zip(calls).all(|(step, call)| wild(&step.name, call));
        match &self.resource {
            None => inside,
            Some((pattern, name)) => {
                let place = self.modules.is_empty() || inside && calls.len() == self.modules.len();
                place && wild(pattern, kind) && wild(&name.name, resource)
            }
        }
    }

    fn is_around(&self, module: &ModuleInstance) -> bool {
        let steps = module.steps();
        steps.len() >= self.modules.len()
            && self.modules.iter().zip(steps).all(|(wanted, (name, key))| {
                wild(&wanted.name, name) && (wanted.key.is_none() || wanted.key == *key)
            })
    }
}

/// Splits at the first slash outside a key.
fn of_part(text: &str) -> Option<(&str, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    let slash = text.find(|c: char| {
        let found = c == '/' && !quoted;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        found
    })?;
    Some((text.get(..slash)?, text.get(slash + 1..)?))
}

/// Splits at the dots outside keys.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '.' if !quoted => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text.get(start..).unwrap_or_default();
    if !(parts.is_empty() && last.is_empty()) {
        parts.push(last);
    }
    parts
}

fn step_of(part: &str) -> Result<Step, String> {
    let end = part.find('[').unwrap_or(part.len());
    let (name, key) = part.split_at(end);
    if name.is_empty() {
        return Err("a name is missing".to_owned());
    }
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '*');
    if let Some(odd) = name.chars().find(|c| !fits(*c)) {
        return Err(format!("a name has letters, digits, underscores, dashes and *, and no {odd:?}"));
    }
    if key.is_empty() {
        return Ok(Step { name: name.to_owned(), key: InstanceKey::None });
    }
    let parsed =
        Target::parse(&format!("a.b{key}")).map_err(|_| format!("{key} is no key: [0] or [\"name\"]"))?;
    Ok(Step { name: name.to_owned(), key: parsed.key })
}

/// Whether a text matches a name with wildcards.
fn wild(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}
