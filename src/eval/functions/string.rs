//! Strings: case, trimming, splitting, joining, substrings.

use super::argument::{text, whole};
use super::grapheme::{clusters, count, first};
use super::letter_case::{lower, title, upper};
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{LONGEST_TEXT, Type, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![
        plain("chomp", "Removes line ends from the end of a string.", |text| {
            text.trim_end_matches(['\r', '\n']).to_owned()
        }),
        plain("lower", "Turns all letters into lower case.", |text| text.chars().map(lower).collect()),
        plain("upper", "Turns all letters into upper case.", |text| text.chars().map(upper).collect()),
        plain("title", "Begins each word with a capital letter.", title),
        plain("strrev", "Reverses the characters of a string.", |text| {
            let mut parts: Vec<&str> = clusters(text).collect();
            parts.reverse();
            parts.concat()
        }),
        plain("trimspace", "Removes white space from both ends of a string.", |text| text.trim().to_owned()),
        endswith(),
        indent(),
        join(),
        split(),
        startswith(),
        strcontains(),
        substr(),
        trim(),
        trimprefix(),
        trimsuffix(),
    ]
}

/// A function from one string to another.
fn plain(name: &str, description: &str, change: fn(&str) -> String) -> Function {
    let parameter = Parameter::new("str", Type::String, "The string to transform.").allow_dynamic();
    Function::new(name, description, vec![parameter], Type::String, move |arguments| {
        Ok(Value::string(&change(text(arguments, 0))))
    })
    .never_null()
}

fn two(first: (&str, &str), second: (&str, &str)) -> Vec<Parameter> {
    vec![Parameter::new(first.0, Type::String, first.1), Parameter::new(second.0, Type::String, second.1)]
}

fn endswith() -> Function {
    let parameters = two(("str", "The string to look at."), ("suffix", "The end to look for."));
    Function::new("endswith", "Whether a string ends with another.", parameters, Type::Bool, |arguments| {
        Ok(Value::bool(text(arguments, 0).ends_with(text(arguments, 1))))
    })
    .never_null()
}

fn startswith() -> Function {
    let parameters = vec![
        Parameter::new("str", Type::String, "The string to look at.").allow_unknown(),
        Parameter::new("prefix", Type::String, "The beginning to look for."),
    ];
    Function::new(
        "startswith",
        "Whether a string begins with another.",
        parameters,
        Type::Bool,
        |arguments| {
            let prefix = text(arguments, 1);
            let Some(string) = arguments.first().filter(|string| !string.is_known()) else {
                return Ok(Value::bool(text(arguments, 0).starts_with(prefix)));
            };
            // The known beginning may decide already.
            let known = string.refinement().and_then(|facts| facts.prefix.as_deref()).unwrap_or_default();
            Ok(if known.starts_with(prefix) {
                Value::bool(true)
            } else if !known.is_empty() && known.len() >= prefix.len() {
                Value::bool(false)
            } else {
                Value::unknown(Type::Bool)
            })
        },
    )
    .never_null()
}

fn strcontains() -> Function {
    let parameters = two(("str", "The string to search."), ("substr", "The part to look for."));
    Function::new("strcontains", "Whether a string occurs in another.", parameters, Type::Bool, |arguments| {
        Ok(Value::bool(text(arguments, 0).contains(text(arguments, 1))))
    })
}

fn indent() -> Function {
    let parameters = vec![
        Parameter::new("spaces", Type::Number, "How many spaces to put after each line end."),
        Parameter::new("str", Type::String, "The string to indent."),
    ];
    Function::new("indent", "Indents all lines but the first.", parameters, Type::String, |arguments| {
        let spaces = usize::try_from(whole(arguments, 0)?)
            .map_err(|_| FunctionError::argument(0, "the number of spaces must not be negative"))?;
        let text = text(arguments, 1);
        let lines = text.matches('\n').count();
        if spaces.saturating_mul(lines.max(1)) > LONGEST_TEXT {
            return Err(FunctionError::argument(0, "the result would be too long"));
        }
        Ok(Value::string(&text.replace('\n', &format!("\n{:spaces$}", ""))))
    })
    .never_null()
}

fn join() -> Function {
    let separator = Parameter::new("separator", Type::String, "What to put between two elements.");
    let lists = Parameter::new("lists", Type::list(Type::String), "A list of strings.");
    Function::new("join", "Joins strings with a separator.", vec![separator], Type::String, |arguments| {
        let lists = arguments.get(1..).unwrap_or_default();
        if lists.is_empty() {
            return Err(FunctionError::new("at least one list is needed"));
        }
        if !lists.iter().all(Value::is_wholly_known) {
            return Ok(Value::unknown(Type::String));
        }
        let mut parts = Vec::new();
        for (index, list) in lists.iter().enumerate() {
            for (place, item) in list.items().unwrap_or_default().iter().enumerate() {
                let part = item.as_str().ok_or_else(|| {
                    FunctionError::argument(
                        index + 1,
                        format!("element {place} is null, which cannot be joined"),
                    )
                })?;
                parts.push(part);
            }
        }
        let separator = text(arguments, 0);
        let separators = parts.len().saturating_sub(1).saturating_mul(separator.len());
        if parts.iter().fold(separators, |sum, part| sum.saturating_add(part.len())) > LONGEST_TEXT {
            return Err(FunctionError::too_long());
        }
        Ok(Value::string(&parts.join(separator)))
    })
    .variadic(lists)
    .never_null()
}

fn split() -> Function {
    let parameters = two(("separator", "What parts the pieces."), ("str", "The string to split."));
    Function::new(
        "split",
        "Splits a string at a separator.",
        parameters,
        Type::list(Type::String),
        |arguments| {
            let (separator, text) = (text(arguments, 0), text(arguments, 1));
            let pieces: Vec<Value> = if separator.is_empty() {
                text.chars().map(|character| Value::string(character.encode_utf8(&mut [0; 4]))).collect()
            } else {
                text.split(separator).map(Value::string).collect()
            };
            Ok(Value::list(Type::String, pieces))
        },
    )
    .never_null()
}

fn substr() -> Function {
    let parameters = vec![
        Parameter::new("str", Type::String, "The string to take a part of.").allow_dynamic(),
        Parameter::new("offset", Type::Number, "Where the part begins; from the end if negative.")
            .allow_dynamic(),
        Parameter::new("length", Type::Number, "How many characters at most; all the rest if -1.")
            .allow_dynamic(),
    ];
    Function::new("substr", "A part of a string by characters.", parameters, Type::String, |arguments| {
        let (text, offset, length) = (text(arguments, 0), whole(arguments, 1)?, whole(arguments, 2)?);
        Ok(Value::string(part(text, offset, length)))
    })
    .never_null()
}

/// An offset before the beginning counts as the beginning. A length of zero gives an empty string, except that after a
/// negative offset it gives all the rest, as in Terraform.
fn part(text: &str, offset: i64, length: i64) -> &str {
    let offset = match usize::try_from(offset) {
        Ok(_) if length == 0 => return "",
        Ok(offset) => offset,
        Err(_) => {
            let back = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            count(text).saturating_sub(back)
        }
    };
    let rest = text.strip_prefix(first(text, offset)).unwrap_or_default();
    match usize::try_from(length) {
        Ok(length) if length > 0 => first(rest, length),
        _ => rest,
    }
}

fn trim() -> Function {
    let parameters =
        two(("str", "The string to trim."), ("cutset", "The characters to remove, in any order."));
    Function::new("trim", "Removes given characters from both ends.", parameters, Type::String, |arguments| {
        let cutset = text(arguments, 1);
        Ok(Value::string(text(arguments, 0).trim_matches(|character| cutset.contains(character))))
    })
    .never_null()
}

fn trimprefix() -> Function {
    let parameters = two(("str", "The string to trim."), ("prefix", "The beginning to remove."));
    Function::new(
        "trimprefix",
        "Removes a beginning if it is there.",
        parameters,
        Type::String,
        |arguments| {
            let (text, prefix) = (text(arguments, 0), text(arguments, 1));
            Ok(Value::string(text.strip_prefix(prefix).unwrap_or(text)))
        },
    )
    .never_null()
}

fn trimsuffix() -> Function {
    let parameters = two(("str", "The string to trim."), ("suffix", "The end to remove."));
    Function::new("trimsuffix", "Removes an end if it is there.", parameters, Type::String, |arguments| {
        let (text, suffix) = (text(arguments, 0), text(arguments, 1));
        Ok(Value::string(text.strip_suffix(suffix).unwrap_or(text)))
    })
    .never_null()
}
