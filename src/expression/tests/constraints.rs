use super::*;

fn read(text: &str) -> String {
    let mut diagnostics = Diagnostics::new();
    let constraint = variable_type(&parse(text), &mut diagnostics);
    match diagnostics.iter().next() {
        Some(first) => format!("fault: {} {}", first.detail, first.hint.as_deref().unwrap_or_default()),
        None => constraint.ty.constraint_text(),
    }
}

#[test]
fn types_are_read_as_they_are_written() {
    for text in [
        "string",
        "number",
        "bool",
        "any",
        "list(string)",
        "set(number)",
        "map(list(bool))",
        "tuple([string, number])",
        "tuple([])",
    ] {
        assert_eq!(read(text), text);
    }
    assert_eq!(read("list"), "list(any)");
    assert_eq!(read("map"), "map(any)");
}

#[test]
fn objects_have_optional_attributes_with_defaults() {
    let mut diagnostics = Diagnostics::new();
    let text =
        "list(object({ name = string, size = optional(number, \"3\"), tags = optional(map(string)) }))";
    let constraint = type_constraint(&parse(text), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let Some(Type::Object(object)) = constraint.ty.element() else { panic!("not a list of objects") };
    let optional: Vec<&str> = object.optional.iter().map(|name| &**name).collect();
    assert_eq!(optional, ["size", "tags"]);
    let defaults = constraint.defaults.unwrap();
    assert_eq!(show(&defaults.children[""].values["size"]), "3");
}

#[test]
fn faulty_types_say_what_is_wrong() {
    for (text, part) in [
        ("strin", "Did you mean \"string\"?"),
        ("int", "number"),
        ("list()", "as in list(string)"),
        ("list(string, string)", "takes one argument"),
        ("set", "as in set(string)"),
        ("object", "as in object({ name = string })"),
        ("tuple(string)", "list of types in brackets"),
        ("object(string)", "attributes with their types"),
        ("string(1)", "takes no arguments"),
        ("any(1)", "takes no arguments"),
        ("optional(string)", "Only an attribute of an object"),
        ("list(optional(string))", "Only an attribute of an object"),
        ("object({ a = optional() })", "optional takes the type"),
        ("object({ a = optional(string, 1, 2) })", "no more"),
        ("object({ a = optional(number, \"x\") })", "The default does not have the type"),
        ("object({ a = string, a = string })", "twice"),
        ("object({ \"a\" = string })", "plain name"),
        ("lst(string)", "Did you mean \"list\"?"),
        ("1", "A type is a keyword"),
        ("\"string\"", "Write string."),
        ("\"list\"", "Write list(string)"),
        ("\"map\"", "Write map(string)"),
        ("\"list(string)\"", "Write list(string)."),
    ] {
        let found = read(text);
        assert!(found.starts_with("fault: ") && found.contains(part), "{text}: {found}");
    }
}

#[test]
fn defaults_are_constants() {
    assert!(read("object({ a = optional(string, var.x) })").starts_with("fault: "));
}
