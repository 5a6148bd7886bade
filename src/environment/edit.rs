//! Changes the values that one environment sets, in the text of `terrace.hcl` itself.
//!
//! Edits the text and reprints nothing: comments, layout, alignment and line ends are kept everywhere but in the
//! changed entry. Whether the variable accepts its new value is checked elsewhere.

mod literal;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use crate::diag::{Diagnostic, Diagnostics, Source, Span};
use crate::syntax::{
    Expression, Item, ItemAttribute, ItemBlock, Language, Lexer, Node, TokenKind, parse_file,
};
use crate::value::{Name, Value};

pub use literal::literal;

/// The change of one variable.
#[derive(Clone, Debug)]
pub enum Change {
    Set(Value),
    /// Remove the environment's own value, so that it inherits again.
    Inherit,
    /// Reset to the default of the variable, whatever is inherited.
    Unset,
}

/// The edited text, and what was replaced.
#[derive(Clone, Debug)]
pub struct Edited {
    pub text: String,
    /// Values that were expressions and not literals, as they were written.
    pub worked_out: Vec<(Name, String)>,
}

/// Which block to edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'t> {
    Environment(&'t str),
    Preview,
}

/// Makes the changes in the block of one environment.
pub fn edit(
    source: &Arc<Source>,
    target: Target<'_>,
    changes: &[(Name, Change)],
) -> Result<Edited, Diagnostic> {
    let mut edited = Edited { text: source.text().to_owned(), worked_out: Vec::new() };
    for (name, change) in changes {
        let done = match change {
            Change::Set(value) => literal(value).and_then(|text| set(&mut edited, target, name, &text)),
            Change::Inherit => {
                remove(&mut edited, target, name).and_then(|()| listed(&mut edited, target, name, false))
            }
            Change::Unset => {
                remove(&mut edited, target, name).and_then(|()| listed(&mut edited, target, name, true))
            }
        };
        let whole = done.and_then(|()| found(&edited.text, target));
        if whole.is_none() {
            let why =
                format!("How \"{name}\" is to be written into {} could not be worked out.", source.name());
            return Err(Diagnostic::error("Value cannot be written", why).hint("Change it by hand."));
        }
    }
    Ok(edited)
}

/// A block in its text.
struct Found {
    source: Arc<Source>,
    block: ItemBlock,
}

/// The block, if the text has it and has no errors.
fn found(text: &str, target: Target<'_>) -> Option<Found> {
    let source = Source::new(super::FILE, text);
    let mut faults = Diagnostics::new();
    let body = parse_file(&source, &mut faults);
    if faults.has_errors() {
        return None;
    }
    let block = body.items().into_iter().find_map(|item| match item {
        Item::Block(block) if is_meant(&block, target) => Some(block),
        _ => None,
    })?;
    Some(Found { source, block })
}

fn is_meant(block: &ItemBlock, target: Target<'_>) -> bool {
    match target {
        Target::Environment(name) => {
            &*block.kind == "environment" && block.labels.first().is_some_and(|label| &*label.text == name)
        }
        Target::Preview => &*block.kind == "preview",
    }
}

fn set(edited: &mut Edited, target: Target<'_>, name: &Name, literal: &str) -> Option<()> {
    listed(edited, target, name, false)?;
    let found = found(&edited.text, target)?;
    let Some(values) = found.attribute("values") else {
        let (end, outer, step) = (found.line_end(), found.indent(), found.step());
        let entry = format!("values = {{{end}{outer}{step}{step}{name} = {literal}{end}{outer}{step}}}");
        return found.add(&entry, &mut edited.text);
    };
    let entries = entries(&values)?;
    if let Some(entry) = entries.iter().find(|entry| entry.name == *name) {
        if !is_literal(&entry.value) {
            edited.worked_out.push((name.clone(), entry.value.span().text().to_owned()));
        }
        if entry.value.span().text() != literal {
            edited.text.replace_range(bytes(&entry.value.span()), literal);
        }
        return Some(());
    }
    let braces = bytes(&values.expression.span());
    match entries.last() {
        Some(last) => found.append(last, &braces, (name, literal), &mut edited.text),
        None => found.fill(&braces, &format!("{name} = {literal}"), &mut edited.text),
    }
}

/// Removes an entry from `values`.
fn remove(edited: &mut Edited, target: Target<'_>, name: &Name) -> Option<()> {
    let found = found(&edited.text, target)?;
    let Some(values) = found.attribute("values") else { return Some(()) };
    let entries = entries(&values)?;
    let Some(at) = entries.iter().position(|entry| entry.name == *name) else { return Some(()) };
    let entry = entries.get(at)?;
    if !is_literal(&entry.value) {
        edited.worked_out.push((name.clone(), entry.value.span().text().to_owned()));
    }
    let range = bytes(&entry.key).start..bytes(&entry.value.span()).end;
    let spans: Vec<Range<usize>> =
        entries.iter().map(|entry| bytes(&entry.key).start..bytes(&entry.value.span()).end).collect();
    let gone = found.extent(&range, &spans, at, &bytes(&values.expression.span()))?;
    edited.text.replace_range(gone, "");
    Some(())
}

/// Adds a name to the list `unset`, or removes it.
fn listed(edited: &mut Edited, target: Target<'_>, name: &Name, wanted: bool) -> Option<()> {
    let found = found(&edited.text, target)?;
    let attribute = found.attribute("unset");
    let items = attribute
        .as_ref()
        .map(|attribute| attribute.expression.as_list())
        .unwrap_or_default()
        .unwrap_or_default();
    let at = items.iter().position(|item| item.as_literal_text().as_ref() == Some(name));
    let spans: Vec<Range<usize>> = items.iter().map(|item| bytes(&item.span())).collect();
    match (attribute, at, wanted) {
        (_, Some(_), true) | (_, None, false) | (None, Some(_), false) => {}
        (None, None, true) => found.add(&format!("unset = [\"{name}\"]"), &mut edited.text)?,
        (Some(attribute), None, true) => match spans.last() {
            Some(last) => {
                let break_ = match found.begins_line(last.start) {
                    true => format!(",{}{}", found.line_end(), found.indent_at(last.start)),
                    false => ", ".to_owned(),
                };
                edited.text.insert_str(last.end, &format!("{break_}\"{name}\""));
            }
            None => {
                let inside = bytes(&attribute.expression.span());
                edited.text.insert_str(inside.start + 1, &format!("\"{name}\""));
            }
        },
        (Some(attribute), Some(at), false) => {
            let gone = if items.len() == 1 {
                let whole = attribute.name_range.start as usize..bytes(&attribute.expression.span()).end;
                found.lines(&whole).unwrap_or(whole)
            } else {
                found.extent(spans.get(at)?, &spans, at, &bytes(&attribute.expression.span()))?
            };
            edited.text.replace_range(gone, "");
        }
    }
    Some(())
}

/// `name = value` inside `values`.
struct Entry {
    name: Name,
    key: Span,
    value: Expression,
}

fn entries(attribute: &ItemAttribute) -> Option<Vec<Entry>> {
    let pairs = attribute.expression.as_pairs()?.into_iter();
    let entries = pairs.map(|(key, value)| {
        Some(Entry { name: key.as_keyword().or_else(|| key.as_literal_text())?, key: key.span(), value })
    });
    entries.collect()
}

impl Found {
    fn attribute(&self, name: &str) -> Option<ItemAttribute> {
        self.block.body.items().into_iter().find_map(|item| match item {
            Item::Attribute(attribute) if &*attribute.name == name => Some(attribute),
            _ => None,
        })
    }

    fn text(&self) -> &str {
        self.source.text()
    }

    /// The line end of this file.
    fn line_end(&self) -> &'static str {
        match self.text().find('\n') {
            Some(at) if self.text()[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text().get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
    }

    /// The indentation of the line of an offset.
    fn indent_at(&self, at: usize) -> &str {
        let line = self.text().get(self.line_start(at)..).unwrap_or_default();
        let blanks = line.trim_start_matches('\u{feff}').len()
            - line.trim_start_matches([' ', '\t', '\u{feff}']).len();
        line.get(..blanks).unwrap_or_default()
    }

    /// The indentation of the block.
    fn indent(&self) -> &str {
        self.indent_at(self.block.kind_range.start as usize)
    }

    /// The additional indentation of the block's inside.
    fn step(&self) -> &str {
        let items = self.block.body.items();
        let inside = items.iter().map(|item| match item {
            Item::Attribute(attribute) => attribute.name_range.start as usize,
            Item::Block(block) => block.kind_range.start as usize,
        });
        let on_lines = inside.filter(|at| self.begins_line(*at));
        let mut steps = on_lines.filter_map(|at| self.indent_at(at).strip_prefix(self.indent()));
        steps.find(|step| !step.is_empty()).unwrap_or("  ")
    }

    /// Whether only blanks stand before an offset on its line.
    fn begins_line(&self, at: usize) -> bool {
        self.text().get(self.line_start(at)..at).is_some_and(|before| before.trim().is_empty())
    }

    /// The start of the next line, if only a comma and comments are left on this one.
    fn next_line(&self, from: usize) -> Option<usize> {
        let rest = self.text().get(from..)?;
        let mut lexer = Lexer::new(rest, Language::Configuration);
        loop {
            let token = lexer.next_token();
            let text = rest.get(token.range.start as usize..token.range.end as usize)?;
            match token.kind {
                TokenKind::Comma => {}
                TokenKind::Comment if !text.contains('\n') => {}
                TokenKind::Comment if !text.starts_with("/*") => {
                    return Some(from + token.range.end as usize);
                }
                TokenKind::Newline => return Some(from + token.range.end as usize),
                _ => return None,
            }
        }
    }

    /// Extends a range to whole lines, if it has them to itself.
    fn lines(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let end = self.next_line(range.end)?;
        self.begins_line(range.start).then(|| self.line_start(range.start)..end)
    }

    /// The range to remove with one of several elements between brackets.
    fn extent(
        &self,
        range: &Range<usize>,
        all: &[Range<usize>],
        at: usize,
        brackets: &Range<usize>,
    ) -> Option<Range<usize>> {
        if let Some(lines) = self.lines(range) {
            return Some(lines);
        }
        if let Some(before) = at.checked_sub(1).and_then(|before| all.get(before)) {
            return Some(before.end..range.end);
        }
        if let Some(next) = all.get(at + 1) {
            return Some(range.start..next.start);
        }
        // The only element: a comma may be left between it and the closing bracket.
        let rest = self.text().get(range.end..brackets.end.checked_sub(1)?)?;
        let comma = if rest.trim_start().starts_with(',') { rest.find(',')? + 1 } else { 0 };
        let blanks = self.text().get(..range.start)?;
        let blanks = blanks.len() - blanks.trim_end_matches([' ', '\t']).len();
        Some(range.start - blanks..range.end + comma)
    }

    /// Adds an entry after the last one, in the same style.
    fn append(
        &self,
        last: &Entry,
        braces: &Range<usize>,
        entry: (&str, &str),
        text: &mut String,
    ) -> Option<()> {
        let (name, literal) = entry;
        let (key, end) = (bytes(&last.key), bytes(&last.value.span()).end);
        let between = self.text().get(key.end..bytes(&last.value.span()).start)?;
        let sign = if between.trim_start().starts_with(':') { ":" } else { "=" };
        let Some(line) = self.next_line(end).filter(|line| *line < braces.end) else {
            text.insert_str(end, &format!(", {name} {sign} {literal}"));
            return Some(());
        };
        let own = self.begins_line(key.start);
        let indent = match own {
            true => self.indent_at(key.start).to_owned(),
            false => format!("{}{}", self.indent_at(braces.start), self.step()),
        };
        // Align the sign with the one above, if there is space.
        let column = self.text().get(key.start..key.end + between.find(sign)?)?.chars().count();
        let width = if own { column.saturating_sub(1).max(name.chars().count()) } else { 0 };
        let has_comma = self.text().get(end..line)?.trim_start().starts_with(',');
        let comma = if has_comma { "," } else { "" };
        text.insert_str(line, &format!("{indent}{name:width$} {sign} {literal}{comma}{}", self.line_end()));
        Some(())
    }

    /// Adds the first entry between braces.
    fn fill(&self, braces: &Range<usize>, entry: &str, text: &mut String) -> Option<()> {
        let (inside, close) = (braces.start + 1..braces.end - 1, braces.end - 1);
        let content = self.text().get(inside.clone())?;
        if !content.contains('\n') {
            let begin = content.trim_end();
            text.replace_range(inside, &format!("{begin} {entry} "));
            return Some(());
        }
        let (end, outer) = (self.line_end(), self.indent_at(close).to_owned());
        match self.begins_line(close) {
            true => {
                let above = content.lines().skip(1).find(|line| !line.trim().is_empty());
                let deeper =
                    above.map(|line| line.len() - line.trim_start().len()).filter(|deep| *deep > outer.len());
                let indent = match (above, deeper) {
                    (Some(line), Some(deep)) => line.get(..deep)?.to_owned(),
                    _ => format!("{outer}{}", self.step()),
                };
                text.insert_str(self.line_start(close), &format!("{indent}{entry}{end}"));
            }
            false => text.insert_str(close, &format!("{end}{outer}{}{entry}{end}{outer}", self.step())),
        }
        Some(())
    }

    /// Adds an attribute to the block, after the last one.
    fn add(&self, attribute: &str, text: &mut String) -> Option<()> {
        let braces = self.block.braces.start as usize..self.block.braces.end as usize;
        let (end, outer, step) = (self.line_end(), self.indent().to_owned(), self.step().to_owned());
        let inside = braces.start + 1..braces.end.checked_sub(1)?;
        let content = self.text().get(inside.clone())?;
        if !content.contains('\n') {
            let kept = content.trim();
            let kept = if kept.is_empty() { String::new() } else { format!("{outer}{step}{kept}{end}") };
            text.replace_range(inside, &format!("{end}{kept}{outer}{step}{attribute}{end}{outer}"));
            return Some(());
        }
        let last = self.block.body.items().into_iter().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        });
        let last = last.last();
        let behind = last.as_ref().map_or(braces.start + 1, |last| bytes(&last.expression.span()).end);
        let indent = match &last {
            Some(last) => self.indent_at(last.name_range.start as usize).to_owned(),
            None => format!("{outer}{step}"),
        };
        text.insert_str(self.next_line(behind)?, &format!("{indent}{attribute}{end}"));
        Some(())
    }
}

/// Whether a value is a literal, and not computed from something.
fn is_literal(expression: &Expression) -> bool {
    let all = |items: &[Expression]| items.iter().all(is_literal);
    match expression.node() {
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) => true,
        Node::Unary { operand, .. } => is_literal(&expression.at(*operand)),
        Node::Tuple(_) => expression.as_list().is_some_and(|items| all(&items)),
        Node::Object(_) => {
            let pairs = expression.as_pairs().unwrap_or_default();
            pairs.iter().all(|(key, value)| {
                (key.as_keyword().is_some() || key.as_literal_text().is_some()) && is_literal(value)
            })
        }
        _ => false,
    }
}

fn bytes(span: &Span) -> Range<usize> {
    span.range.start as usize..span.range.end as usize
}
