//! Decodes JSON by the type, so that each value is built only once.

use std::borrow::Cow;
use std::ops::Bound;

use super::DecodeError;
use super::types;
use super::write::deeper;
use crate::syntax::data::{Document, Malformed, Shape};
use crate::value::{Entries, Name, Number, ObjectType, Path, PathStep, Type, Value, normalize};

/// An error, with the steps to its place from the inside out: paths cost nothing as long as there is no error.
pub(super) struct Fault {
    steps: Vec<PathStep>,
    message: String,
}

pub(super) fn read(document: &mut Document<'_>, ty: &Type) -> Result<Value, Fault> {
    let shape = document.shape()?;
    match (shape, ty) {
        (Shape::Null, _) => {
            document.null()?;
            Ok(Value::null(ty.clone()))
        }
        (_, Type::String) => text(document, shape),
        (_, Type::Number) => number(document, shape),
        (_, Type::Bool) => bool(document, shape),
        (Shape::Array, Type::List(element)) => deeper(|| {
            let (element, items) = items(document, element, true)?;
            Ok(Value::list(element, items))
        }),
        (Shape::Array, Type::Set(element)) => deeper(|| {
            let (element, items) = items(document, element, false)?;
            Ok(Value::set(element, items))
        }),
        (Shape::Object, Type::Map(element)) => deeper(|| map(document, element)),
        (Shape::Array, Type::Tuple(types)) => deeper(|| tuple(document, types)),
        (Shape::Object, Type::Object(object_type)) => deeper(|| object(document, object_type)),
        (Shape::Object, Type::Dynamic) => deeper(|| with_type(document)),
        (_, Type::Dynamic) => Err(Fault::new(
            "an object with a value and its type is required, since the schema does not say the type",
        )),
        (_, Type::Type) => Err(Fault::new("a type cannot be stored")),
        (_, _) => Err(Fault::new(format!("{} is required", with_article(&ty.friendly())))),
    }
}

fn text(document: &mut Document<'_>, shape: Shape) -> Result<Value, Fault> {
    match shape {
        Shape::Text => Ok(Value::string(&document.text()?)),
        Shape::Number => Ok(Value::string(document.number()?)),
        Shape::Bool => Ok(Value::string(if document.bool()? { "true" } else { "false" })),
        _ => Err(Fault::new("a string is required")),
    }
}

fn number(document: &mut Document<'_>, shape: Shape) -> Result<Value, Fault> {
    let written = match shape {
        Shape::Number => Cow::Borrowed(document.number()?),
        Shape::Text => document.text()?,
        _ => return Err(Fault::new("a number is required")),
    };
    Number::parse(&written).map(Value::number).map_err(|_| Fault::new("a number is required"))
}

fn bool(document: &mut Document<'_>, shape: Shape) -> Result<Value, Fault> {
    let value = match shape {
        Shape::Bool => document.bool()?,
        Shape::Text => match &*document.text()? {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => return Err(Fault::new("a bool is required")),
        },
        _ => return Err(Fault::new("a bool is required")),
    };
    Ok(Value::bool(value))
}

/// Elements of one type, and that type: if the schema leaves it open, the elements decide. Elements of sets have no
/// path.
fn items(document: &mut Document<'_>, element: &Type, indexed: bool) -> Result<(Type, Vec<Value>), Fault> {
    let mut items = Vec::new();
    document.open_array()?;
    while document.next_item(items.is_empty())? {
        let item = read(document, element).map_err(|fault| {
            let index = if indexed { Value::count(items.len()) } else { Value::unknown(element.clone()) };
            fault.at(PathStep::Index(index))
        })?;
        items.push(item);
    }
    let element = common_type(element, items.iter_mut())?;
    Ok((element, items))
}

fn map(document: &mut Document<'_>, element: &Type) -> Result<Value, Fault> {
    let mut entries: Vec<(Name, Value)> = Vec::new();
    document.open_object()?;
    while let Some(key) = document.next_property(entries.is_empty())? {
        let value =
            read(document, element).map_err(|fault| fault.at(PathStep::Index(Value::string(&key))))?;
        entries.push((normalize(&key), value));
    }
    // If a key is given twice, the last one counts, as in Terraform.
    let mut entries: Entries = entries.into_iter().collect();
    let element = common_type(element, entries.values_mut())?;
    Ok(Value::map(element, entries))
}

fn tuple(document: &mut Document<'_>, types: &[Type]) -> Result<Value, Fault> {
    let mut items = Vec::with_capacity(types.len());
    document.open_array()?;
    while document.next_item(items.is_empty())? {
        let Some(ty) = types.get(items.len()) else {
            return Err(Fault::new(format!("there are too many elements: {} are required", types.len())));
        };
        let item =
            read(document, ty).map_err(|fault| fault.at(PathStep::Index(Value::count(items.len()))))?;
        items.push(item);
    }
    if items.len() < types.len() {
        return Err(Fault::new(format!(
            "there are only {} elements, and {} are required",
            items.len(),
            types.len()
        )));
    }
    Ok(Value::tuple(items))
}

/// Attributes usually come in the order of their names, so the names of the type are walked along, and rarely looked
/// up.
fn object(document: &mut Document<'_>, ty: &ObjectType) -> Result<Value, Fault> {
    let mut found: Vec<(Name, Value)> = Vec::with_capacity(ty.attributes.len());
    let mut expected = ty.attributes.range::<str, _>(..);
    let mut in_order = true;
    document.open_object()?;
    let mut first = true;
    while let Some(name) = document.next_property(std::mem::take(&mut first))? {
        let (name, ty) = match expected.next() {
            Some((next, ty)) if **next == *name => (next, ty),
            _ => {
                let Some((known, value_type)) = ty.attributes.get_key_value(&*name) else {
                    return Err(Fault::new(format!("there is no attribute {name:?} in the schema")));
                };
                in_order = false;
                expected = ty.attributes.range::<str, _>((Bound::Excluded(&**known), Bound::Unbounded));
                (known, value_type)
            }
        };
        let value = read(document, ty).map_err(|fault| fault.at(PathStep::Attribute(name.clone())))?;
        found.push((name.clone(), value));
    }
    if in_order && found.len() == ty.attributes.len() {
        return Ok(Value::object(found));
    }
    let found: Entries = found.into_iter().collect();
    Ok(Value::object(ty.attributes.iter().map(|(name, ty)| {
        (name.clone(), found.get(name).cloned().unwrap_or_else(|| Value::null(ty.clone())))
    })))
}

/// `{"value": ..., "type": ...}`, in any order.
fn with_type(document: &mut Document<'_>) -> Result<Value, Fault> {
    let (mut ty, mut value) = (None, None);
    document.open_object()?;
    let mut first = true;
    while let Some(name) = document.next_property(std::mem::take(&mut first))? {
        match &*name {
            "type" => ty = Some(types::recent(document)?),
            "value" => {
                value = Some(document.clone());
                document.skip()?;
            }
            _ => return Err(Fault::new(format!("{name:?} cannot stand beside a value and its type"))),
        }
    }
    match (value, ty) {
        (Some(mut value), Some(ty)) => read(&mut value, &ty.without_optional()),
        (None, _) => Err(Fault::new("the value is missing beside its type")),
        (_, None) => Err(Fault::new("the type is missing beside the value")),
    }
}

/// The common type of a collection's elements, which are only inspected if the schema leaves it open.
fn common_type<'v>(wanted: &Type, items: impl Iterator<Item = &'v mut Value>) -> Result<Type, Fault> {
    if !wanted.has_dynamic() {
        return Ok(wanted.clone());
    }
    let mut items: Vec<&mut Value> = items.collect();
    let types: Vec<Type> = items.iter().map(|item| item.ty()).collect();
    let Some(common) = types.iter().find(|ty| !ty.has_dynamic()).or(types.first()).cloned() else {
        return Ok(wanted.clone());
    };
    for (item, ty) in items.iter_mut().zip(types) {
        if ty != common {
            if !item.is_null() {
                return Err(Fault::new("the elements must all be of one type"));
            }
            **item = Value::null(common.clone());
        }
    }
    Ok(common)
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

impl Fault {
    fn new(message: impl Into<String>) -> Self {
        Self { steps: Vec::new(), message: message.into() }
    }

    fn at(mut self, step: PathStep) -> Self {
        self.steps.push(step);
        self
    }

    pub(super) fn into_error(mut self) -> DecodeError {
        self.steps.reverse();
        DecodeError(format!("{}{}", Path(self.steps).clause(), self.message))
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::new(malformed.to_string())
    }
}
