//! Tables: for a terminal of a given width, and for Markdown.

use std::borrow::Cow;

use super::diagnostic::Style;
use super::markdown;

/// The gap between two columns of a terminal.
const GAP: usize = 2;

/// A row of more lines than this is set off by blank lines.
const TALL: usize = 2;

/// Longer words may be broken if there is no space for them.
const NARROWEST: usize = 12;

/// Rows under headings.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// The heading of a column, and its alignment.
#[derive(Clone, Debug)]
pub struct Column {
    heading: Cell,
    is_number: bool,
}

/// A cell of a table: empty, one line, or several.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    text: String,
    tone: Tone,
    /// Whether it is a name or a value, as opposed to our own words.
    verbatim: bool,
}

/// How prominent a cell is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Strong,
    Faint,
    Good,
    /// Worth noticing.
    Notable,
    Bad,
}

impl Column {
    pub fn new(heading: impl Into<Cell>) -> Self {
        Self { heading: heading.into(), is_number: false }
    }

    /// A column of numbers, aligned to the right.
    pub fn number(heading: impl Into<Cell>) -> Self {
        Self { heading: heading.into(), is_number: true }
    }
}

impl From<&str> for Cell {
    /// A text of our own.
    fn from(text: &str) -> Self {
        Self::line(text, false)
    }
}

impl From<String> for Cell {
    /// A text of our own.
    fn from(text: String) -> Self {
        Self::line(&text, false)
    }
}

impl Cell {
    /// A name or a value, to be shown literally.
    pub fn code(text: impl AsRef<str>) -> Self {
        Self::line(text.as_ref(), true)
    }

    fn line(text: &str, verbatim: bool) -> Self {
        let text = markdown::one_line(text).into_owned();
        Self { lines: vec![Line { text, tone: Tone::Plain, verbatim }] }
    }

    /// Sets the tone of the whole cell.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.lines.iter_mut().for_each(|line| line.tone = tone);
        self
    }

    /// With a name before it.
    #[must_use]
    pub fn under(mut self, name: &str) -> Self {
        let name = markdown::one_line(name);
        self.lines.iter_mut().for_each(|line| line.text = format!("{name} = {}", line.text));
        self
    }

    /// Appends lines below.
    #[must_use]
    pub fn and(mut self, below: impl Into<Self>) -> Self {
        self.lines.extend(below.into().lines);
        self
    }

    /// The lines, wrapped to a width.
    fn wrapped(&self, width: usize) -> Vec<(Cow<'_, str>, Tone)> {
        let options = textwrap::Options::new(width.max(1))
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
        let fitting = self.lines.iter().flat_map(|line| {
            let parts = match columns(&line.text) <= width {
                true => vec![Cow::Borrowed(&*line.text)],
                false => textwrap::wrap(&line.text, &options),
            };
            parts.into_iter().map(|part| (part, line.tone))
        });
        fitting.collect()
    }
}

impl Table {
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row. Missing cells are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let mut cells: Vec<Cell> = cells.into_iter().take(self.columns.len()).collect();
        cells.resize_with(self.columns.len(), Cell::default);
        self.rows.push(cells);
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// For a terminal. Cells that are too wide are wrapped; columns that still do not fit go into another table below,
    /// which repeats the first column.
    pub fn terminal(&self, style: Style) -> String {
        let wanted: Vec<WantedWidth> =
            (0..self.columns.len()).map(|column| self.wanted_width(column)).collect();
        let mut text = String::new();
        for group in groups(&wanted, style.width) {
            if !text.is_empty() {
                text.push('\n');
            }
            let widths = fitted(&group, &wanted, style.width);
            self.draw(&widths, style, &mut text);
        }
        text
    }

    /// As Markdown, in which no name or value becomes markup.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let mut line = |cells: &mut dyn Iterator<Item = String>| {
            text.push('|');
            cells.for_each(|cell| text.extend([" ", &cell, if cell.is_empty() { "|" } else { " |" }]));
            text.push('\n');
        };
        line(&mut self.columns.iter().map(|column| markdown_cell(&column.heading)));
        line(&mut self.columns.iter().map(|column| if column.is_number { "---:" } else { "---" }.to_owned()));
        for row in &self.rows {
            line(&mut row.iter().map(markdown_cell));
        }
        text
    }

    fn wanted_width(&self, column: usize) -> WantedWidth {
        let heading = self.columns.get(column).map(|column| &column.heading);
        let cells = heading.into_iter().chain(self.rows.iter().filter_map(|row| row.get(column)));
        let lines = cells.flat_map(|cell| &cell.lines);
        lines.fold(WantedWidth::default(), |wanted, line| {
            let words = line.text.split(' ').map(columns).max().unwrap_or(0);
            WantedWidth { whole: wanted.whole.max(columns(&line.text)), words: wanted.words.max(words) }
        })
    }

    fn draw(&self, widths: &[(usize, usize)], style: Style, text: &mut String) {
        let columns: Vec<(&Column, usize, usize)> = widths
            .iter()
            .filter_map(|(column, width)| Some((self.columns.get(*column)?, *column, *width)))
            .collect();
        let heading = |column: &Column| column.heading.clone().tone(Tone::Strong);
        draw_row(
            columns.iter().map(|(column, _, width)| (heading(column), column.is_number, *width)),
            style,
            text,
        );
        let rule = if style.unicode { "─" } else { "-" };
        let rules = columns
            .iter()
            .map(|(_, _, width)| (Cell::from(rule.repeat(*width)).tone(Tone::Faint), false, *width));
        draw_row(rules, style, text);
        let mut was_tall = false;
        for (at, row) in self.rows.iter().enumerate() {
            let cells = columns.iter().map(|(column, index, width)| {
                (row.get(*index).cloned().unwrap_or_default(), column.is_number, *width)
            });
            let mut drawn = String::new();
            draw_row(cells, style, &mut drawn);
            // Tall rows are set apart, because their ends would not be visible.
            let is_tall = drawn.matches('\n').count() > TALL;
            if at > 0 && (is_tall || was_tall) {
                text.push('\n');
            }
            text.push_str(&drawn);
            was_tall = is_tall;
        }
    }
}

fn draw_row(cells: impl Iterator<Item = (Cell, bool, usize)>, style: Style, text: &mut String) {
    let cells: Vec<(Cell, bool, usize)> = cells.collect();
    let wrapped: Vec<_> =
        cells.iter().map(|(cell, is_number, width)| (cell.wrapped(*width), *is_number, *width)).collect();
    let height = wrapped.iter().map(|(lines, ..)| lines.len()).max().unwrap_or(0);
    for at in 0..height {
        // Padding is only written before more text, so that no line ends in blanks.
        let mut owed = 0;
        for (index, (lines, is_number, width)) in wrapped.iter().enumerate() {
            owed += if index == 0 { 0 } else { GAP };
            let Some((part, tone)) = lines.get(at).filter(|(part, _)| !part.is_empty()) else {
                owed += width;
                continue;
            };
            let blank = width.saturating_sub(columns(part));
            let (before, after) = if *is_number { (blank, 0) } else { (0, blank) };
            text.extend(std::iter::repeat_n(' ', owed + before));
            text.push_str(&style.toned(part, *tone));
            owed = after;
        }
        text.push('\n');
    }
}

/// The widths that a column would like to have.
#[derive(Clone, Copy, Default)]
struct WantedWidth {
    whole: usize,
    /// The longest word: with less, a word has to be broken.
    words: usize,
}

impl WantedWidth {
    /// The least width that is acceptable.
    fn least(self) -> usize {
        self.words.min(NARROWEST)
    }
}

/// The columns that stand side by side, table by table.
fn groups(wanted: &[WantedWidth], width: usize) -> Vec<Vec<usize>> {
    let first = wanted.first().map_or(0, |wanted| wanted.least());
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut taken = 0;
    for (column, wanted) in wanted.iter().enumerate() {
        let needs = GAP + wanted.least();
        match groups.last_mut() {
            Some(group) if group.len() < 2 || taken + needs <= width => {
                group.push(column);
                taken += needs;
            }
            Some(_) => {
                groups.push(vec![0, column]);
                taken = first + needs;
            }
            None => {
                groups.push(vec![column]);
                taken = first;
            }
        }
    }
    groups
}

/// Each column with its width: the widest shrink first, and words are broken last.
fn fitted(group: &[usize], wanted: &[WantedWidth], width: usize) -> Vec<(usize, usize)> {
    let wanted: Vec<(usize, WantedWidth)> =
        group.iter().filter_map(|column| Some((*column, *wanted.get(*column)?))).collect();
    let room = width.saturating_sub(GAP * group.len().saturating_sub(1));
    let widest = wanted.iter().map(|(_, wanted)| wanted.whole).max().unwrap_or(0);
    // Every column gets the common maximum, less if it needs less, and more if a word would have to be broken that is
    // not longer than words broken elsewhere.
    let sized =
        |wanted: &WantedWidth, most: usize, word: usize| wanted.whole.min(most.max(wanted.words.min(word)));
    let needed = |most, word| wanted.iter().map(|(_, wanted)| sized(wanted, most, word)).sum::<usize>();
    let word = (NARROWEST..=widest).rev().find(|word| needed(0, *word) <= room).unwrap_or(NARROWEST);
    let most = (0..=widest).rev().find(|most| needed(*most, word) <= room).unwrap_or(0);
    let mut left = room.saturating_sub(needed(most, word));
    let widths = wanted.iter().map(|(column, wanted)| {
        let width = sized(wanted, most, word);
        // What rounding leaves over goes to the first column that can use it.
        let more = (wanted.whole - width).min(left);
        left -= more;
        (*column, width + more)
    });
    widths.collect()
}

fn markdown_cell(cell: &Cell) -> String {
    let lines = cell.lines.iter().filter(|line| !line.text.is_empty()).map(|line| {
        let text = if line.verbatim { markdown::code(&line.text) } else { markdown::text(&line.text) };
        match line.tone {
            Tone::Strong | Tone::Bad => format!("**{text}**"),
            _ => text,
        }
    });
    lines.collect::<Vec<_>>().join("<br>")
}

/// The width of a text on a terminal.
fn columns(text: &str) -> usize {
    textwrap::core::display_width(text)
}

impl Style {
    /// Wraps sentences below a table.
    pub(super) fn prose(self, text: &str) -> String {
        textwrap::fill(text, textwrap::Options::new(self.width).break_words(false)) + "\n"
    }

    /// A text in a tone.
    pub(super) fn toned(self, text: &str, tone: Tone) -> String {
        let plain = owo_colors::Style::new();
        let style = match tone {
            Tone::Plain => return text.to_owned(),
            Tone::Strong => plain.bold(),
            Tone::Faint => plain.bright_black(),
            Tone::Good => plain.green(),
            Tone::Notable => plain.yellow(),
            Tone::Bad => plain.red(),
        };
        self.styled(text, style)
    }
}

#[cfg(test)]
mod tests;
