//! Writes text with symbols, indentation and colour.

use std::fmt::Write;

use owo_colors::Style;

use super::super::view::Turn;

/// The text written so far, and its style.
pub(super) struct Pen {
    pub(super) text: String,
    color: bool,
    symbols: Symbols,
}

/// Where lines have their symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Symbols {
    /// There are none.
    None,
    /// Before their content, as in Terraform.
    Beside,
    /// In the first column, and only those that diff highlighters know.
    Margin,
}

/// Which part of a difference is written, and how.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Whether a removed value is shown to become null.
    pub(super) to_null: bool,
    /// Whether unchanged values are shown too.
    pub(super) all: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Ink {
    Added,
    Removed,
    Changed,
    Read,
    Faint,
    Bold,
    Loss,
}

impl Ink {
    fn style(self) -> Style {
        let style = Style::new();
        match self {
            Self::Added => style.green(),
            Self::Removed => style.red(),
            Self::Changed => style.yellow(),
            Self::Read => style.cyan(),
            Self::Faint => style.bright_black(),
            Self::Bold => style.bold(),
            Self::Loss => style.red().bold(),
        }
    }
}

impl Pen {
    pub(super) fn new(color: bool, symbols: Symbols) -> Self {
        Self { text: String::new(), color, symbols }
    }

    /// Whether symbols stand in this place.
    pub(super) fn is(&self, symbols: Symbols) -> bool {
        self.symbols == symbols
    }

    pub(super) fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn paint(&mut self, text: &str, ink: Ink) {
        if self.color {
            self.display(ink.style().style(text));
        } else {
            self.text.push_str(text);
        }
    }

    /// [`Self::paint`] for a text in parts.
    pub(super) fn paint_joined(&mut self, parts: &[&str], ink: Ink) {
        if self.color {
            self.paint(&parts.concat(), ink);
        } else {
            parts.iter().for_each(|part| self.text.push_str(part));
        }
    }

    pub(super) fn display(&mut self, what: impl std::fmt::Display) {
        write!(self.text, "{what}").expect("writing to a string cannot fail");
    }

    pub(super) fn spaces(&mut self, count: usize) {
        const MANY: &str = "                                ";
        let mut left = count;
        while left > 0 {
            let some = left.min(MANY.len());
            self.text.push_str(&MANY[..some]);
            left -= some;
        }
    }

    /// Writes the beginning of a line at a depth.
    pub(super) fn start(&mut self, depth: usize, turn: Turn) {
        if self.symbols == Symbols::Margin {
            self.put(match turn {
                Turn::Same => " ",
                Turn::Added => "+",
                Turn::Removed => "-",
                Turn::Changed => "!",
            });
            return self.spaces(depth * 4 + 3);
        }
        self.spaces(depth * 4);
        if self.symbols == Symbols::None {
            return;
        }
        match turn {
            Turn::Same => self.put("    "),
            Turn::Added => self.symbol("+", Ink::Added),
            Turn::Removed => self.symbol("-", Ink::Removed),
            Turn::Changed => self.symbol("~", Ink::Changed),
        }
    }

    /// Writes the symbol of a line in the margin, if symbols go there.
    pub(super) fn margin(&mut self, mark: &str) {
        if self.symbols == Symbols::Margin {
            self.put(mark);
        }
    }

    fn symbol(&mut self, symbol: &str, ink: Ink) {
        self.put("  ");
        self.paint(symbol, ink);
        self.put(" ");
    }

    /// Writes a comment line.
    pub(super) fn comment(&mut self, depth: usize, comment: &str) {
        self.start(depth, Turn::Same);
        self.paint(comment, Ink::Faint);
        self.put("\n");
    }

    /// "# (3 unchanged attributes hidden)"
    pub(super) fn hidden(&mut self, depth: usize, count: usize, noun: &str) {
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            self.comment(depth, &format!("# ({count} unchanged {noun}{plural} hidden)"));
        }
    }

    pub(super) fn forces(&mut self, forces_replacement: bool) {
        if forces_replacement {
            self.put(" ");
            self.paint("# forces replacement", Ink::Removed);
        }
    }

    pub(super) fn nulled(&mut self, turn: Turn, manner: Manner) {
        if turn == Turn::Removed && manner.to_null {
            self.put(" ");
            self.paint("-> null", Ink::Faint);
        }
    }

    /// Writes a name, padded so that what follows is aligned.
    pub(super) fn name(&mut self, name: &str, width: usize) {
        self.put(name);
        self.spaces(width.saturating_sub(name.chars().count()));
    }
}

impl Manner {
    pub(super) fn silent(self) -> Self {
        Self { to_null: false, ..self }
    }

    pub(super) fn saying_null(self, to_null: bool) -> Self {
        Self { to_null, ..self }
    }

    pub(super) fn all(self) -> Self {
        Self { all: true, ..self }
    }
}
