//! A value as the console prints it: in the language's own syntax, with conversion calls where the type would be lost.

use std::fmt::Write;

use crate::value::{Kind, Mark, Name, Type, Value};

use super::quote::quote;

/// The text of a value. Secrets inside stay hidden.
pub fn value(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value, 0);
    text
}

fn write_value(text: &mut String, value: &Value, indent: usize) {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match value.kind() {
        Kind::Unknown(..) => text.push_str("(known after apply)"),
        _ if value.marks().contains(&Mark::Sensitive) => text.push_str("(sensitive value)"),
        _ if value.marks().contains(&Mark::Ephemeral) => text.push_str("(ephemeral value)"),
        Kind::Null(ty) => text.push_str(&null(ty)),
        Kind::Bool(b) => text.push_str(if *b { "true" } else { "false" }),
        Kind::Number(number) => put(text, format_args!("{number}")),
        Kind::String(string) => write_string(text, string, indent),
        Kind::Tuple(items) => write_sequence(text, items, indent),
        Kind::List(list) => wrap(text, "tolist(", |text| write_sequence(text, &list.items, indent)),
        Kind::Set(set) => wrap(text, "toset(", |text| write_sequence(text, set.items(), indent)),
        Kind::Object(attributes) => write_mapping(text, attributes.iter(), indent),
        Kind::Map(map) => wrap(text, "tomap(", |text| write_mapping(text, map.items.iter(), indent)),
        Kind::Type(ty) => text.push_str(&super::type_text(ty)),
    });
}

fn null(ty: &Type) -> String {
    let of = |conversion: &str, element: &Type| format!("{conversion}(null) /* of {} */", element.friendly());
    match ty {
        Type::Dynamic => "null".to_owned(),
        Type::String => "tostring(null)".to_owned(),
        Type::Number => "tonumber(null)".to_owned(),
        Type::Bool => "tobool(null)".to_owned(),
        Type::List(element) => of("tolist", element),
        Type::Set(element) => of("toset", element),
        Type::Map(element) => of("tomap", element),
        _ => format!("null /* {} */", ty.friendly()),
    }
}

/// A string of several lines becomes a heredoc, which is indented if it is nested.
fn write_string(text: &mut String, string: &str, indent: usize) {
    if !string.contains('\n') {
        return text.push_str(&quote(string));
    }
    let mut delimiter = "EOT".to_owned();
    while string.split('\n').any(|line| line.trim() == delimiter) {
        delimiter.push('_');
    }
    put(text, format_args!("{}{delimiter}", if indent > 0 { "<<-" } else { "<<" }));
    for line in string.split('\n').chain([delimiter.as_str()]) {
        put(text, format_args!("\n{:indent$}{line}", ""));
    }
}

fn write_sequence(text: &mut String, items: &[Value], indent: usize) {
    text.push('[');
    for item in items {
        put(text, format_args!("\n{:1$}", "", indent + 2));
        write_value(text, item, indent + 2);
        text.push(',');
    }
    close(text, items.is_empty(), indent, ']');
}

fn write_mapping<'a>(
    text: &mut String,
    entries: impl ExactSizeIterator<Item = (&'a Name, &'a Value)>,
    indent: usize,
) {
    let empty = entries.len() == 0;
    text.push('{');
    for (name, item) in entries {
        put(text, format_args!("\n{:1$}", "", indent + 2));
        write_string(text, name, indent + 2);
        text.push_str(" = ");
        write_value(text, item, indent + 2);
    }
    close(text, empty, indent, '}');
}

fn close(text: &mut String, empty: bool, indent: usize, bracket: char) {
    if !empty {
        put(text, format_args!("\n{:indent$}", ""));
    }
    text.push(bracket);
}

fn wrap(text: &mut String, open: &str, inside: impl FnOnce(&mut String)) {
    text.push_str(open);
    inside(text);
    text.push(')');
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("writing to a string cannot fail");
}
