//! A type as the console's `type()` prints it.

use std::fmt::Write;

use crate::value::Type;

/// The text of a type; objects and tuples take several lines.
pub fn type_text(ty: &Type) -> String {
    let mut text = String::new();
    write_type(&mut text, ty, 0);
    text
}

fn write_type(text: &mut String, ty: &Type, indent: usize) {
    let of = |text: &mut String, open: &str, element: &Type| {
        text.push_str(open);
        if matches!(element, Type::Object(_) | Type::Tuple(_)) {
            text.push('\n');
            line(text, indent + 1, "", element);
            return close(text, indent, ")");
        }
        write_type(text, element, indent);
        text.push(')');
    };
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match ty {
        Type::Dynamic => text.push_str("dynamic"),
        Type::Bool => text.push_str("bool"),
        Type::Number => text.push_str("number"),
        Type::String => text.push_str("string"),
        Type::Type => text.push_str("type"),
        Type::List(element) => of(text, "list(", element),
        Type::Set(element) => of(text, "set(", element),
        Type::Map(element) => of(text, "map(", element),
        Type::Tuple(elements) if elements.is_empty() => text.push_str("tuple([])"),
        Type::Tuple(elements) => {
            text.push_str("tuple([\n");
            for element in elements.iter() {
                line(text, indent + 1, "", element);
            }
            close(text, indent, "])");
        }
        Type::Object(object) if object.attributes.is_empty() => text.push_str("object({})"),
        Type::Object(object) => {
            text.push_str("object({\n");
            for (name, attribute) in &object.attributes {
                line(text, indent + 1, &format!("{name}: "), attribute);
            }
            close(text, indent, "})");
        }
    });
}

fn line(text: &mut String, indent: usize, name: &str, ty: &Type) {
    write!(text, "{:1$}{name}", "", indent * 4).expect("writing to a string cannot fail");
    write_type(text, ty, indent);
    text.push_str(",\n");
}

fn close(text: &mut String, indent: usize, bracket: &str) {
    write!(text, "{:1$}{bracket}", "", indent * 4).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::type_text;
    use crate::value::Type;

    #[test]
    fn breaks_lines_around_objects_and_tuples_only() {
        let inner = Type::map(Type::set(Type::object::<&str>([])));
        let ty = Type::object([
            ("x", Type::list(Type::object([("y", inner)]))),
            ("z", Type::tuple(vec![Type::Bool])),
        ]);
        insta::assert_snapshot!(type_text(&ty), @r"
        object({
            x: list(
                object({
                    y: map(set(
                        object({}),
                    )),
                }),
            ),
            z: tuple([
                bool,
            ]),
        })
        ");
        assert_eq!(type_text(&Type::list(Type::list(Type::Number))), "list(list(number))");
    }
}
