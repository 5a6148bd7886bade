//! Paths into an object, as the format lists those of sensitive values.

use super::FormatError;
use crate::state::json;
use crate::syntax::data::{Document, Shape, quote};
use crate::value::{Name, Path, PathStep, Type};

/// On one line.
pub(super) fn write(paths: &[Path], out: &mut String) {
    out.push('[');
    for (index, path) in paths.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push('[');
        for (index, step) in path.0.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            match step {
                PathStep::Attribute(name) => {
                    out.push_str("{\"type\":\"get_attr\",\"value\":");
                    quote(name, out);
                }
                PathStep::Index(key) => {
                    out.push_str("{\"type\":\"index\",\"value\":");
                    json::encode_into(key, &Type::Dynamic, out);
                }
            }
            out.push('}');
        }
        out.push(']');
    }
    out.push(']');
}

pub(super) fn read(document: &mut Document<'_>) -> Result<Vec<Path>, FormatError> {
    let mut paths = Vec::new();
    if document.shape()? == Shape::Null {
        document.null()?;
        return Ok(paths);
    }
    document.open_array()?;
    while document.next_item(paths.is_empty())? {
        let mut steps = Vec::new();
        document.open_array()?;
        while document.next_item(steps.is_empty())? {
            steps.push(step(document)?);
        }
        paths.push(Path(steps));
    }
    Ok(paths)
}

fn step(document: &mut Document<'_>) -> Result<PathStep, FormatError> {
    let (mut kind, mut value) = (None, None);
    let mut first = true;
    document.open_object()?;
    while let Some(name) = document.next_property(std::mem::take(&mut first))? {
        match &*name {
            "type" => kind = Some(document.text()?),
            "value" => value = Some(document.raw()?),
            _ => document.skip()?,
        }
    }
    let value = value.unwrap_or("null");
    match kind.as_deref() {
        Some("get_attr") => Ok(PathStep::Attribute(Name::from(Document::new(value).text()?))),
        Some("index") => json::decode(value, &Type::Dynamic).map(PathStep::Index).map_err(|fault| {
            FormatError::Invalid(format!("the index of a sensitive path is no value: {fault}"))
        }),
        _ => Err(FormatError::Invalid(
            "a step of a sensitive path is neither an attribute nor an index".into(),
        )),
    }
}
