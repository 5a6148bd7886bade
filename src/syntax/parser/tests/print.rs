//! A tree as a line of text, for tests.

use crate::syntax::{Expression, Node, StepKind, Text};

pub(super) fn print(e: &Expression) -> String {
    let file = e.file();
    let p = |id| print(&e.at(id));
    let list = |slice| file.list(slice).iter().map(|id| p(*id)).collect::<Vec<_>>().join(" ");
    let text = |t: Text| file.text(t).to_owned();
    let steps = |slice| {
        file.steps(slice)
            .iter()
            .map(|step| match step.kind {
                StepKind::Attribute(name) => format!(".{}", text(name)),
                StepKind::Key(key) => format!("[{:?}]", text(key)),
                StepKind::Number(_) => file.source().slice(step.range).to_owned(),
            })
            .collect::<String>()
    };
    match e.node().clone() {
        Node::Invalid => "<invalid>".to_owned(),
        Node::Null => "null".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Number(_) => file.source().slice(file.range(e.id())).to_owned(),
        Node::Text(t) => format!("{:?}", text(t)),
        Node::Template(parts) => format!("(template {})", list(parts)),
        Node::Wrap(inner) => format!("(wrap {})", p(inner)),
        Node::TemplateFor(each) => format!("(join {})", p(each)),
        Node::Traversal { root, steps: all } => format!("{}{}", text(root), steps(all)),
        Node::Relative { source, steps: all } => format!("({}){}", p(source), steps(all)),
        Node::Index { collection, key } => format!("({})[{}]", p(collection), p(key)),
        Node::Splat { source, each, full, .. } => {
            format!("({} {} {})", if full { "splat" } else { "attribute-splat" }, p(source), p(each))
        }
        Node::Item => "item".to_owned(),
        Node::Call(index) => {
            let call = file.call(index);
            let dots = if call.expand { " ..." } else { "" };
            format!("({}! {}{dots})", text(call.name), list(call.arguments))
        }
        Node::Unary { operand, operator } => format!("({operator:?} {})", p(operand)),
        Node::Binary { operator, left, right, .. } => format!("({operator:?} {} {})", p(left), p(right)),
        Node::Conditional { condition, yes, no } => format!("(if {} {} {})", p(condition), p(yes), p(no)),
        Node::Parentheses(inner) => format!("(paren {})", p(inner)),
        Node::Tuple(items) => format!("[{}]", list(items)),
        Node::Object(entries) => {
            let entries =
                file.entries(entries).iter().map(|entry| format!("{}={}", p(entry.key), p(entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
        }
        Node::For(index) => {
            let each = file.for_expression(index);
            let key = each.key_name.map_or(String::new(), |(key, _)| format!("{}, ", text(key)));
            let key_result = each.key_result.map_or(String::new(), |key| format!("{} => ", p(key)));
            let condition = each.condition.map_or(String::new(), |condition| format!(" if {}", p(condition)));
            format!(
                "(for {key}{} in {}: {key_result}{}{}{condition})",
                text(each.value_name.0),
                p(each.collection),
                p(each.result),
                if each.group { " ..." } else { "" },
            )
        }
        Node::JsonText { text: t, .. } => format!("(json {:?})", text(t)),
    }
}
