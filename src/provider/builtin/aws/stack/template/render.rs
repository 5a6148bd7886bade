//! Renders a template written in the language to text. Unknown and secret values become parameters, so that the text is
//! known when it is planned, and contains no secret.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::value::{Kind, Marks, Path, PathStep, Type, Value};

use super::super::super::super::object::at;
use super::place::{Step, takes_reference};
use super::{MOST_PARAMETERS, Template, digest};

const DEEPEST: usize = 100;

/// The longest value of a parameter.
const LONGEST_VALUE: usize = 4096;

/// A template as text.
#[derive(Clone, Debug)]
pub(in super::super) struct Rendered {
    pub(in super::super) template: Template,
    /// The parameters that were generated for it, by name.
    pub(in super::super) generated: BTreeMap<String, Generated>,
}

/// A parameter that stands for a part of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Generated {
    pub(in super::super) shape: Shape,
    pub(in super::super) secret: bool,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Shape {
    Text,
    Number,
    /// Separated by commas.
    List,
}

/// Why an object is not a template, or not yet.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Unfit {
    /// An unknown value is in a place where CloudFormation requires a literal.
    Unknown,
    /// A sentence, and the place.
    Fault(String, Path),
}

impl Rendered {
    pub(in super::super) fn text(&self) -> String {
        self.template.0.to_string()
    }
}

impl Shape {
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Number => "Number",
            Self::List => "CommaDelimitedList",
        }
    }

    pub(in super::super) fn of_name(name: &str) -> Option<Self> {
        [Self::Text, Self::Number, Self::List].into_iter().find(|shape| shape.name() == name)
    }
}

/// The text of a template. `earlier` are the parameters generated for it before: each of them remains a parameter, so
/// that the text does not change when a value becomes known.
pub(in super::super) fn render(
    template: &Value,
    secrets: &[(Path, Marks)],
    earlier: &BTreeMap<String, Generated>,
) -> Result<Rendered, Unfit> {
    let mut writer = Writer { secrets, earlier, generated: BTreeMap::new(), depth: 0 };
    let mut steps = Vec::new();
    let tree = writer.tree(template, &at("template"), &mut steps)?.unwrap_or_default();
    let Json::Object(mut sections) = tree else {
        let why = "A template is an object with a section Resources.";
        return Err(Unfit::Fault(why.to_owned(), at("template")));
    };
    let generated = writer.generated;
    if !generated.is_empty() {
        let parameters = sections.entry("Parameters").or_insert_with(|| Json::Object(Map::new()));
        let Json::Object(parameters) = parameters else {
            let why = "The section Parameters of a template is an object.";
            return Err(Unfit::Fault(why.to_owned(), at("template").attribute("Parameters")));
        };
        parameters.extend(generated.iter().map(|(name, one)| (name.clone(), declared(*one))));
        if parameters.len() > MOST_PARAMETERS {
            let why = format!(
                "What is not known yet or secret in the template becomes a parameter of the stack, and that would be {} \
                 parameters, of which there can be {MOST_PARAMETERS}.",
                parameters.len()
            );
            return Err(Unfit::Fault(why, at("template")));
        }
    }
    Ok(Rendered { template: Template(Json::Object(sections)), generated })
}

fn declared(one: Generated) -> Json {
    let mut declared = json!({ "Type": one.shape.name() });
    if one.secret {
        declared["NoEcho"] = Json::Bool(true);
    }
    declared
}

struct Writer<'a> {
    secrets: &'a [(Path, Marks)],
    earlier: &'a BTreeMap<String, Generated>,
    generated: BTreeMap<String, Generated>,
    depth: usize,
}

impl Writer<'_> {
    /// `None` if nothing is written: null is left out.
    fn tree<'v>(
        &mut self,
        value: &'v Value,
        path: &Path,
        steps: &mut Vec<Step<'v>>,
    ) -> Result<Option<Json>, Unfit> {
        if self.depth > DEEPEST {
            return Err(Unfit::Fault("The template nests too deeply.".to_owned(), at("template")));
        }
        if let Some(reference) = self.reference(value, path, steps)? {
            return Ok(Some(reference));
        }
        self.depth += 1;
        let tree = match value.kind() {
            Kind::Null(_) => None,
            Kind::Bool(value) => Some(Json::Bool(*value)),
            Kind::Number(number) => {
                let number = number.to_string().parse::<serde_json::Number>();
                Some(number.map_or(Json::Null, Json::Number))
            }
            Kind::String(text) => Some(Json::String(text.to_string())),
            Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => {
                let mut items = Vec::new();
                let is_set = matches!(value.kind(), Kind::Set(_));
                for (index, item) in value.items().unwrap_or_default().iter().enumerate() {
                    let key = if is_set { item.clone() } else { Value::count(index) };
                    steps.push(Step::Item(index));
                    items.extend(self.tree(item, &path.clone().index(key), steps)?);
                    steps.pop();
                }
                Some(Json::Array(items))
            }
            Kind::Map(_) | Kind::Object(_) => {
                let is_map = matches!(value.kind(), Kind::Map(_));
                let mut entries = Map::new();
                for (name, part) in value.entries().into_iter().flatten() {
                    let place = match is_map {
                        true => path.clone().index(Value::normalized_string(name.clone())),
                        false => path.clone().attribute(name.clone()),
                    };
                    steps.push(Step::Key(name));
                    let part = self.tree(part, &place, steps)?;
                    steps.pop();
                    entries.extend(part.map(|part| (name.to_string(), part)));
                }
                Some(Json::Object(entries))
            }
            Kind::Unknown(..) | Kind::Type(_) => return Err(Unfit::Unknown),
        };
        self.depth -= 1;
        Ok(tree)
    }

    /// The reference to a parameter that replaces a value.
    fn reference(&mut self, value: &Value, path: &Path, steps: &[Step<'_>]) -> Result<Option<Json>, Unfit> {
        let is_leaf = value.is_null() || value.items().is_none() && value.entries().is_none();
        let secret = !value.is_null() && self.is_secret(path);
        let name = name(steps);
        let earlier = self.earlier.get(&name);
        if value.is_known() && !(secret && is_leaf) && earlier.is_none() {
            return Ok(None);
        }
        if !takes_reference(steps) {
            return match value.is_known() {
                true if secret => Err(Unfit::Fault(
                    "There is something secret in a place of the template that everybody with access to the stack can \
                     read, and that no parameter can stand for."
                        .to_owned(),
                    path.clone(),
                )),
                true => Ok(None),
                false => Err(Unfit::Unknown),
            };
        }
        let shape = match earlier {
            Some(earlier) if !value.is_known() || worth(value, earlier.shape).is_ok() => earlier.shape,
            Some(_) if !secret || !is_leaf => return Ok(None),
            _ => shape(&value.ty()).ok_or(Unfit::Unknown)?,
        };
        let secret = secret || earlier.is_some_and(|earlier| earlier.secret);
        self.generated.insert(name.clone(), Generated { shape, secret });
        Ok(Some(json!({ "Ref": name })))
    }

    fn is_secret(&self, path: &Path) -> bool {
        let leads = |secret: &Path| {
            secret.0.len() <= path.0.len()
                && secret.0.iter().zip(&path.0).all(|pair| match pair {
                    (PathStep::Attribute(a), PathStep::Attribute(b)) => a == b,
                    (PathStep::Index(a), PathStep::Index(b)) => a.same(b),
                    _ => false,
                })
        };
        self.secrets.iter().any(|(secret, _)| leads(secret))
    }
}

/// The name of the parameter for this place: the same each time, and different for each place.
pub(super) fn name(steps: &[Step<'_>]) -> String {
    let mut exact = String::new();
    let mut readable = String::new();
    for (depth, step) in steps.iter().enumerate() {
        let word = match step {
            Step::Key(key) => (*key).to_owned(),
            Step::Item(index) => index.to_string(),
        };
        exact.push('/');
        exact.push_str(&word);
        let is_frame = depth == 0 || depth == 2 && word == "Properties";
        if !is_frame {
            readable.extend(word.chars().filter(char::is_ascii_alphanumeric));
        }
    }
    let hash = digest(&exact);
    let readable: String = readable.chars().take(200).collect();
    format!("{readable}{}", hash.get(..8).unwrap_or_default())
}

fn shape(ty: &Type) -> Option<Shape> {
    match ty {
        Type::Number => Some(Shape::Number),
        Type::String | Type::Bool | Type::Dynamic => Some(Shape::Text),
        Type::List(element) | Type::Set(element) if element.is_primitive() => Some(Shape::List),
        _ => None,
    }
}

/// The value of a parameter of this type. The error is a clause.
pub(super) fn worth(value: &Value, shape: Shape) -> Result<String, String> {
    let text = match (shape, value.kind()) {
        (Shape::Text, Kind::String(text)) => text.to_string(),
        (Shape::Text, Kind::Bool(flag)) => flag.to_string(),
        (Shape::Text | Shape::Number, Kind::Number(number)) => number.to_string(),
        (Shape::List, Kind::List(_) | Kind::Set(_) | Kind::Tuple(_)) => {
            let items = value.items().unwrap_or_default();
            let items = items.iter().map(|item| worth(item, Shape::Text)).collect::<Result<Vec<_>, _>>()?;
            if items.is_empty() {
                return Err("an empty list cannot be given to a stack as a parameter".to_owned());
            }
            if items.iter().any(|item| item.contains(',')) {
                return Err(
                    "an element has a comma, which would divide it in a parameter of a stack".to_owned()
                );
            }
            items.join(",")
        }
        (_, Kind::Null(_)) => return Err("it turned out to be null".to_owned()),
        (_, Kind::Unknown(..)) => return Err("it is not known".to_owned()),
        (shape, _) => return Err(format!("a parameter of the type {} cannot have it", shape.name())),
    };
    if text.len() > LONGEST_VALUE {
        return Err(format!("it has {} bytes, and a parameter can have {LONGEST_VALUE}", text.len()));
    }
    Ok(text)
}

/// The values of the generated parameters, or why one cannot be given; `None` for an unknown one.
pub(in super::super) fn worths(
    template: &Value,
    generated: &BTreeMap<String, Generated>,
) -> BTreeMap<String, Option<Result<String, String>>> {
    let mut found = BTreeMap::new();
    if !generated.is_empty() {
        gather(template, generated, &mut Vec::new(), &mut found);
    }
    found
}

fn gather<'v>(
    value: &'v Value,
    generated: &BTreeMap<String, Generated>,
    steps: &mut Vec<Step<'v>>,
    found: &mut BTreeMap<String, Option<Result<String, String>>>,
) {
    if steps.len() > DEEPEST {
        return;
    }
    let name = name(steps);
    if let Some(one) = generated.get(&name) {
        let known = value.is_wholly_known();
        found.insert(name, known.then(|| worth(value, one.shape)));
        return;
    }
    for (index, item) in value.items().unwrap_or_default().iter().enumerate() {
        steps.push(Step::Item(index));
        gather(item, generated, steps, found);
        steps.pop();
    }
    for (key, part) in value.entries().into_iter().flatten() {
        steps.push(Step::Key(key));
        gather(part, generated, steps, found);
        steps.pop();
    }
}
