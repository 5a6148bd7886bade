//! A whole plan.

use std::iter::once;

use crate::graph::shared::{MANY, in_parts};
use crate::plan::{Action, Change, Mode, Order, Plan};

use super::super::Style;
use super::super::diagnostic::harmless;
use super::super::view::{ChangeView, Counts, Emphasis, Frame, Headline, PlanView, Turn, planned, shown};
use super::overview;
use super::pen::{Ink, Manner, Pen, Symbols};
use super::value::label;

/// A plan of more lines than this is summarised before it is shown, and its losses are listed again after it.
const LONG: usize = 60;

/// The number of changes in a piece of the text.
const PIECE: usize = 64;

/// The text of a plan, in pieces that are laid out when they are asked for, because one text would be a copy of all of
/// them. The last one ends with a newline.
pub fn terminal_plan(plan: &Plan, style: Style) -> Box<dyn Iterator<Item = String> + '_> {
    let (view, changes) = (Frame::of(plan), shown(plan));
    let mut pen = Pen::new(style.color, Symbols::Beside);
    drift(&mut pen, &view, style);
    if changes.is_empty() && view.outputs.is_empty() {
        if view.protection.is_empty() || view.faulty {
            nothing(&mut pen, &view, style);
        } else {
            protection(&mut pen, &view);
            pen.prose("Applying this plan only changes what is protected: no object will be touched.", style);
        }
        return Box::new(once(pen.text));
    }
    legend(&mut pen, view.counts);
    let mut after = Pen::new(style.color, Symbols::Beside);
    let mut details = details(plan, style, changes.clone());
    let first = details.next();
    let lines = first.iter().map(|text| memchr::memchr_iter(b'\n', text.as_bytes()).count());
    if changes.len() > PIECE || lines.sum::<usize>() > LONG {
        overview::modules(&mut pen, &changes);
        overview::losses(&mut after, &changes, &plan.schemas);
    }
    if !changes.is_empty() {
        if view.faulty {
            pen.prose("This is what could be planned before something went wrong:", style);
        }
        totals(&mut after, view.counts);
    }
    outputs(&mut after, &view, style);
    protection(&mut after, &view);
    Box::new(once(pen.text).chain(first).chain(details).chain(once(after.text)))
}

/// The changes, in pieces whose size depends only on their number.
fn details<'p>(plan: &'p Plan, style: Style, changes: Vec<&'p Change>) -> impl Iterator<Item = String> {
    let lay_out = move |part: &[&Change]| {
        let mut pen = Pen::new(style.color, Symbols::Beside);
        for change in part {
            pen.put("\n");
            pen.change(&planned(change, &plan.schemas));
            pen.put("\n");
        }
        pen.text
    };
    let together = if changes.len() < MANY { PIECE } else { MANY };
    (0..changes.len()).step_by(together).flat_map(move |at| {
        let rest = changes.get(at..).unwrap_or_default();
        in_parts(rest.get(..together).unwrap_or(rest), lay_out)
    })
}

fn protection(pen: &mut Pen, view: &Frame) {
    if view.protection.is_empty() {
        return;
    }
    pen.put("\nChanges to protection:\n");
    protection_lines(pen, view);
}

fn protection_lines(pen: &mut Pen, view: &Frame) {
    for (pattern, action) in &view.protection {
        let pattern = harmless(pattern);
        let (turn, text) = match action {
            Action::Delete => (Turn::Removed, format!("protection of {pattern} will be lifted")),
            _ => (Turn::Added, format!("{pattern} will be protected from being destroyed")),
        };
        pen.start(0, turn);
        pen.put(&text);
        pen.put("\n");
    }
}

/// The changes of a plan, losses first, and its outputs, for diff highlighters: each line has its symbol in the first
/// column.
pub(in crate::render) fn difference_plan(view: &PlanView) -> String {
    let mut pen = Pen::new(false, Symbols::Margin);
    let is_loss = |change: &&ChangeView| {
        change.action.destroys() || change.parts.as_ref().is_some_and(|parts| parts.counts.data > 0)
    };
    let rest = view.changes.iter().filter(|change| !is_loss(change));
    changes(&mut pen, view.changes.iter().filter(is_loss).chain(rest));
    let frame = &view.frame;
    if !frame.outputs.is_empty() {
        pen.put(if pen.text.is_empty() { "Outputs:\n" } else { "\nOutputs:\n" });
        output_lines(&mut pen, frame);
    }
    if !frame.protection.is_empty() {
        pen.put(if pen.text.is_empty() { "Protection:\n" } else { "\nProtection:\n" });
        protection_lines(&mut pen, frame);
    }
    pen.text
}

/// Changes only, as in [`difference_plan`].
pub(in crate::render) fn difference_changes(views: &[ChangeView]) -> String {
    let mut pen = Pen::new(false, Symbols::Margin);
    changes(&mut pen, views.iter());
    pen.text
}

/// Changes only, as in a plan.
pub(in crate::render) fn terminal_changes(views: &[ChangeView], style: Style) -> String {
    let mut pen = Pen::new(style.color, Symbols::Beside);
    changes(&mut pen, views.iter());
    pen.text
}

fn changes<'c>(pen: &mut Pen, views: impl Iterator<Item = &'c ChangeView>) {
    for change in views {
        if !pen.text.is_empty() {
            pen.put("\n");
        }
        pen.change(change);
        pen.put("\n");
    }
}

fn drift(pen: &mut Pen, view: &Frame, style: Style) {
    if view.drift.is_empty() {
        return;
    }
    pen.put("\n");
    pen.paint("Note:", Ink::Read);
    pen.put(" ");
    pen.paint("Objects have changed outside of Terrace", Ink::Bold);
    pen.put("\n");
    for change in &view.drift {
        pen.put("\n");
        pen.change(change);
        pen.put("\n");
    }
    if view.mode == Mode::RefreshOnly {
        let only = "Nothing will be done about that: applying this plan only records it in the state.";
        return pen.prose(only, style);
    }
    pen.prose("What follows may undo it or respond to it, unless the configuration says the same.", style);
    pen.put("\n");
    pen.put(&if style.unicode { "─" } else { "-" }.repeat(style.width.clamp(20, 78)));
    pen.put("\n");
}

fn nothing(pen: &mut Pen, view: &Frame, style: Style) {
    if view.mode == Mode::RefreshOnly && !view.drift.is_empty() {
        return;
    }
    pen.put("\n");
    if view.faulty {
        pen.paint("Planning failed.", Ink::Loss);
        return pen.put(" The errors are reported with it.\n");
    }
    pen.paint("No changes.", Ink::Added);
    pen.put(" ");
    pen.paint(
        match view.mode {
            Mode::Normal => "The infrastructure matches the configuration.",
            Mode::RefreshOnly => "The infrastructure still matches the state.",
            Mode::Destroy => "There is nothing to destroy.",
        },
        Ink::Bold,
    );
    pen.put("\n");
    match view.mode {
        Mode::Normal if !view.drift.is_empty() && view.has_changes => {
            pen.prose("Applying this plan only records in the state what is described above.", style);
        }
        _ => {}
    }
}

fn legend(pen: &mut Pen, counts: Counts) {
    if counts.operations() == 0 {
        return;
    }
    pen.put("\nWhat will be done, and how it is marked:\n");
    let actions = [
        (counts.create, Action::Create, "create"),
        (counts.update, Action::Update, "update in-place"),
        (counts.delete, Action::Delete, "destroy"),
        (
            counts.replace_destroy_first,
            Action::Replace(Order::DestroyFirst),
            "destroy and then create replacement",
        ),
        (
            counts.replace_create_first,
            Action::Replace(Order::CreateFirst),
            "create replacement and then destroy",
        ),
        (counts.read, Action::Read, "read (data resources)"),
    ];
    for (_, action, meaning) in actions.into_iter().filter(|(count, ..)| *count > 0) {
        pen.action(action);
        pen.put(meaning);
        pen.put("\n");
    }
}

fn totals(pen: &mut Pen, counts: Counts) {
    pen.put("\n");
    pen.paint("Plan:", Ink::Bold);
    if counts.import > 0 {
        pen.display(format_args!(" {} to import,", counts.import));
    }
    let (add, change, destroy) = (counts.added(), counts.update, counts.destroyed());
    pen.display(format_args!(" {add} to add, {change} to change, {destroy} to destroy.\n"));
    let parts = counts.parts;
    if parts.all() > 0 {
        pen.paint("Inside:", Ink::Bold);
        pen.display(format_args!(" {}.", parts.to_do()));
        if parts.data > 0 {
            pen.put(" ");
            let many = if parts.data == 1 {
                "1 of them that holds data goes or may go.".into()
            } else {
                format!("{} of them that hold data go or may go.", parts.data)
            };
            pen.paint(&many, Ink::Loss);
        }
        pen.put("\n");
    }
    let also = [(counts.moved, "moved"), (counts.forget, "forgotten, but not destroyed")];
    let also: Vec<String> = also
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if !also.is_empty() {
        pen.display(format_args!("Also: {}.\n", also.join(", ")));
    }
}

fn outputs(pen: &mut Pen, view: &Frame, style: Style) {
    if view.outputs.is_empty() {
        return;
    }
    pen.put("\nChanges to Outputs:\n");
    output_lines(pen, view);
    if view.counts.operations() == 0 {
        pen.prose("Applying this plan only saves these outputs: no object will be touched.", style);
    }
}

fn output_lines(pen: &mut Pen, view: &Frame) {
    let width = view.outputs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, difference) in &view.outputs {
        pen.start(0, difference.turn);
        pen.name(&label(name, false), width);
        pen.put(" = ");
        pen.difference(difference, 0, Manner { to_null: true, all: false });
        pen.put("\n");
    }
}

impl Pen {
    pub(super) fn change(&mut self, change: &ChangeView) {
        self.headline(&change.headline);
        for note in &change.notes {
            self.put("  # ");
            match note.warning {
                true => self.paint(&note.text, Ink::Changed),
                false => self.put(&note.text),
            }
            self.put("\n");
        }
        self.action(change.action);
        let resource = &change.address.resource;
        let named = [resource.mode.keyword(), " \"", &resource.kind, "\" \"", &resource.name, "\" "];
        named.into_iter().for_each(|part| self.put(part));
        match &change.body {
            Some(body) => {
                let manner = Manner { to_null: true, all: change.show_all };
                self.block_with(body, change.parts.as_ref(), 0, manner);
            }
            None => {
                self.put("{\n");
                self.comment(1, "# (not shown: no provider here knows this type)");
                if let Some(parts) = &change.parts {
                    self.parts(parts, 1);
                }
                self.start(0, Turn::Same);
                self.put("}");
            }
        }
    }

    fn headline(&mut self, headline: &Headline) {
        self.paint_joined(&["  # ", &headline.subject], Ink::Bold);
        self.put(headline.says);
        match &headline.emphasis {
            Emphasis::None => {}
            Emphasis::Loss(text) => self.paint(text, Ink::Loss),
            Emphasis::Address(address) => self.paint(address, Ink::Bold),
        }
        self.put(headline.rest);
        self.put("\n");
    }

    /// Writes the symbol of an action, four characters wide.
    pub(super) fn action(&mut self, action: Action) {
        match action {
            Action::NoOp => self.put("    "),
            Action::Create => self.start(0, Turn::Added),
            Action::Update => self.start(0, Turn::Changed),
            Action::Delete => self.start(0, Turn::Removed),
            Action::Read => {
                self.put(" ");
                self.paint("<=", Ink::Read);
                self.put(" ");
            }
            Action::Forget => {
                self.put("  ");
                self.paint(".", Ink::Removed);
                self.put(" ");
            }
            Action::Replace(order) => {
                let (first, second) = match order {
                    Order::DestroyFirst => (("-", Ink::Removed), ("+", Ink::Added)),
                    Order::CreateFirst => (("+", Ink::Added), ("-", Ink::Removed)),
                };
                // A replacement is a loss, whichever half comes first.
                self.margin(if order == Order::CreateFirst { "- " } else { "" });
                self.paint(first.0, first.1);
                self.put("/");
                self.paint(second.0, second.1);
                self.put(" ");
            }
        }
    }

    pub(super) fn prose(&mut self, text: &str, style: Style) {
        self.put("\n");
        self.put(&textwrap::fill(text, style.width.max(20)));
        self.put("\n");
    }
}
