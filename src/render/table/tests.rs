use proptest::prelude::*;

use super::{Cell, Column, Table, Tone, columns};
use crate::render::Style;

fn style(width: usize) -> Style {
    Style { color: false, unicode: true, width }
}

fn sample() -> Table {
    let mut table = Table::new([
        Column::new("environment"),
        Column::new("branch"),
        Column::number("resources"),
        Column::new("last apply"),
    ]);
    table.row([
        Cell::code("staging"),
        Cell::code("staging"),
        "12".into(),
        Cell::from("2 hours ago").and(Cell::from("by anna from 4d3a81f").tone(Tone::Faint)),
    ]);
    table.row([Cell::code("production"), Cell::code("main"), "1204".into(), "never".into()]);
    table.row([
        Cell::code("日本語"),
        Cell::code("feature/a-very-long-name-of-a-branch-without-any-blank"),
        "3".into(),
    ]);
    table
}

#[test]
fn columns_stand_under_each_other() {
    insta::assert_snapshot!(sample().terminal(style(120)));
}

#[test]
fn what_is_too_wide_is_wrapped() {
    insta::assert_snapshot!(sample().terminal(style(60)));
}

#[test]
fn what_does_not_fit_beside_comes_below() {
    let mut table = Table::new(["parameter", "development", "staging", "production"].map(Column::new));
    table.row(["instance_type", "t3.micro", "t3.medium", "m5.xlarge"].map(Cell::code));
    insta::assert_snapshot!(table.terminal(style(40)));
}

#[test]
fn markdown_has_the_same_cells() {
    insta::assert_snapshot!(sample().markdown());
}

#[test]
fn tones_are_colours_only_where_somebody_looks() {
    let mut table = Table::new([Column::new("a")]);
    table.row([Cell::from("bad").tone(Tone::Bad)]);
    let coloured = table.terminal(Style { color: true, ..style(80) });
    assert!(coloured.contains("\u{1b}[31mbad"), "{coloured:?}");
    assert!(!table.terminal(style(80)).contains('\u{1b}'));
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_terminal_and_nothing_is_lost(
        rows in prop::collection::vec(prop::collection::vec("[a-z日é]{0,30}( [a-z]{1,9}){0,3}", 4), 0..5),
        width in 30usize..150,
    ) {
        let mut table = Table::new(["a", "b", "c", "d"].map(Column::new));
        for row in &rows {
            table.row(row.iter().map(Cell::code));
        }
        let text = table.terminal(style(width));
        for line in text.lines() {
            prop_assert!(columns(line) <= width, "{width}: {line}");
            prop_assert_eq!(line, line.trim_end());
        }
        let letters = |text: &str| {
            let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
            letters.sort_unstable();
            letters.dedup();
            letters
        };
        let given: String = rows.iter().flatten().flat_map(|cell| cell.chars()).chain("abcd".chars()).collect();
        prop_assert_eq!(letters(&text), letters(&given));
    }
}
