//! `csvdecode`: a table as a list of objects, named by its first row.

use std::collections::HashSet;

use super::argument::text;
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Entries, Name, Type, Value};

pub(super) fn functions() -> Vec<Function> {
    let parameter =
        Parameter::new("str", Type::String, "The table, with the names of its columns in the first row.");
    let decode = Function::typed(
        "csvdecode",
        "Reads comma separated values.",
        vec![parameter],
        |arguments| match arguments.first() {
            Some(table) if !table.is_known() => Ok(Type::Dynamic),
            _ => header(&mut Records::new(text(arguments, 0))).map(|names| Type::list(row_type(&names))),
        },
        |arguments, _| {
            let mut records = Records::new(text(arguments, 0));
            let names = header(&mut records)?;
            let mut rows = Vec::new();
            while let Some((line, fields)) = records.next_record()? {
                if fields.len() != names.len() {
                    return Err(fault(
                        line,
                        &format!(
                            "the row has {} fields where the first row has {}",
                            fields.len(),
                            names.len()
                        ),
                    ));
                }
                let cells = fields.iter().map(|field| Value::string(field));
                rows.push(Value::object(names.iter().cloned().zip(cells).collect::<Entries>()));
            }
            Ok(Value::list(row_type(&names), rows))
        },
    );
    vec![decode.never_null()]
}

fn row_type(names: &[Name]) -> Type {
    Type::object(names.iter().map(|name| (Name::clone(name), Type::String)))
}

fn header(records: &mut Records<'_>) -> Result<Vec<Name>, FunctionError> {
    let Some((line, fields)) = records.next_record()? else {
        return Err(FunctionError::argument(0, "the first row, with the names of the columns, is missing"));
    };
    let mut names: Vec<Name> = Vec::new();
    let mut taken = HashSet::new();
    for field in fields {
        let name = crate::value::normalize(&field);
        if !taken.insert(Name::clone(&name)) {
            return Err(fault(line, &format!("two columns have the name {name:?}")));
        }
        names.push(name);
    }
    Ok(names)
}

fn fault(line: usize, why: &str) -> FunctionError {
    FunctionError::argument(0, format!("not valid CSV on line {line}: {why}"))
}

/// RFC 4180 read strictly, which the `csv` crate does not: a quote belongs around a field or doubled inside one.
/// Empty lines are no rows, and line ends inside quotes lose their carriage returns.
struct Records<'a> {
    text: &'a str,
    line: usize,
}

impl<'a> Records<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, line: 0 }
    }

    /// The next line without its end; `None` after the last.
    fn next_line(&mut self) -> Option<&'a str> {
        if self.text.is_empty() {
            return None;
        }
        let (line, rest) = self.text.split_once('\n').unwrap_or((self.text, ""));
        self.text = rest;
        self.line += 1;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    fn next_record(&mut self) -> Result<Option<(usize, Vec<String>)>, FunctionError> {
        let mut line = loop {
            match self.next_line() {
                None => return Ok(None),
                Some("") => {}
                Some(line) => break line,
            }
        };
        let start = self.line;
        let mut fields = Vec::new();
        loop {
            let Some(quoted) = line.strip_prefix('"') else {
                let (field, rest) =
                    line.split_once(',').map_or((line, None), |(field, rest)| (field, Some(rest)));
                if field.contains('"') {
                    return Err(fault(self.line, "a quote stands inside a field that has none around it"));
                }
                fields.push(field.to_owned());
                match rest {
                    Some(rest) => line = rest,
                    None => return Ok(Some((start, fields))),
                }
                continue;
            };
            let mut field = String::new();
            line = quoted;
            line = loop {
                match line.split_once('"') {
                    Some((part, rest)) => {
                        field.push_str(part);
                        match rest.strip_prefix('"') {
                            Some(rest) => {
                                field.push('"');
                                line = rest;
                            }
                            None => break rest,
                        }
                    }
                    None => {
                        field.push_str(line);
                        field.push('\n');
                        line =
                            self.next_line().ok_or_else(|| fault(start, "a quoted field is not closed"))?;
                    }
                }
            };
            fields.push(field);
            match line.strip_prefix(',') {
                Some(rest) => line = rest,
                None if line.is_empty() => return Ok(Some((start, fields))),
                None => return Err(fault(self.line, "something follows the closing quote of a field")),
            }
        }
    }
}
