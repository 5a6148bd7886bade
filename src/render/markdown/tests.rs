use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;

use super::{code, fenced, one_line, text};
use crate::render::table::{Cell, Column, Table};

/// What a reader takes for markup, and letters for it to stand between.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "`",
        "``",
        "|",
        "\\",
        "\\|",
        "<",
        ">",
        "<img src=x>",
        "<!--",
        "-->",
        "&",
        "&lt;",
        "&#64;",
        "@",
        "@team",
        "a@b.co",
        "#",
        "#12",
        "GH-12",
        "!3",
        "*",
        "**",
        "_",
        "__",
        "~~",
        "[",
        "]",
        "](",
        "[x](http://y)",
        "![",
        "://",
        "https://a.b/c",
        "www.a.b",
        "mailto:a@b.c",
        "\n",
        "\r\n",
        "\n\n",
        "\t",
        " ",
        "    ",
        "- ",
        "1. ",
        "1) ",
        "+ ",
        "# ",
        "> ",
        "===",
        "---",
        "$x$",
        "$`x`$",
        ":smile:",
        "{",
        "}",
        "a",
        "Z9",
        "é",
        "日本",
        "\u{202e}",
        "\u{1b}[31m",
        "\u{0}",
        "\u{85}",
        "[^1]",
        "[[x]]",
        "://x",
        "xmpp:a@b.c",
    ]);
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

/// Everything that a forge understands.
fn options() -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.table = true;
    extension.autolink = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.math_dollars = true;
    extension.math_code = true;
    extension.wikilinks_title_after_pipe = true;
    extension.superscript = true;
    extension.alerts = true;
    extension.description_lists = true;
    options
}

/// The plain text, and the kinds of everything in it that is no text.
fn read(markdown: &str) -> (String, Vec<String>) {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let (mut plain, mut kinds) = (String::new(), Vec::new());
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::Document | NodeValue::Paragraph => {}
            NodeValue::Text(text) => plain.push_str(text),
            NodeValue::Code(code) => plain.push_str(&code.literal),
            NodeValue::CodeBlock(block) => plain.push_str(&block.literal),
            NodeValue::HtmlInline(html)
                if ["<code>", "</code>", "<!-- -->", "<br>"].contains(&html.as_str()) => {}
            NodeValue::Table(_) => kinds.push("table".to_owned()),
            NodeValue::TableRow(_) => kinds.push("row".to_owned()),
            NodeValue::TableCell => kinds.push("cell".to_owned()),
            other => kinds.push(format!("{other:?}")),
        }
    }
    (plain.replace('\u{200b}', ""), kinds)
}

fn squeezed(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn prose_is_read_as_the_text_that_it_was(hostile in hostile()) {
        let escaped = text(&hostile);
        let (plain, kinds) = read(&escaped);
        prop_assert!(kinds.is_empty(), "{escaped} {kinds:?}");
        prop_assert_eq!(squeezed(&plain), squeezed(&one_line(&hostile)));
        prop_assert!(!escaped.contains("@t"), "{escaped}");
    }

    #[test]
    fn a_name_is_read_as_it_was(hostile in hostile()) {
        let escaped = format!("a {} b", code(&hostile));
        let (plain, kinds) = read(&escaped);
        prop_assert!(kinds.is_empty(), "{escaped} {kinds:?}");
        prop_assert_eq!(squeezed(&plain), squeezed(&format!("a {} b", one_line(&hostile))));
    }

    #[test]
    fn a_block_of_code_ends_where_it_ends(hostile in hostile()) {
        let block = format!("{}after", fenced("hcl", &hostile));
        let arena = Arena::new();
        let root = parse_document(&arena, &block, &options());
        let kinds: Vec<bool> =
            root.children().map(|node| matches!(node.data.borrow().value, NodeValue::CodeBlock(_))).collect();
        prop_assert_eq!(kinds, [true, false], "{}", block);
    }

    #[test]
    fn a_table_has_the_cells_that_it_was_given(rows in prop::collection::vec((hostile(), hostile(), hostile()), 0..4)) {
        let mut table = Table::new([Column::new("a"), Column::new(Cell::code("b")), Column::number("c")]);
        for (first, second, third) in &rows {
            table.row([Cell::from(first.as_str()), Cell::code(second), Cell::code(third).and(first.as_str())]);
        }
        let markdown = table.markdown();
        let (plain, kinds) = read(&markdown);
        let expected = ["table"].into_iter().chain((0..=rows.len()).flat_map(|_| ["row", "cell", "cell", "cell"]));
        prop_assert_eq!(kinds, expected.collect::<Vec<_>>(), "{}", markdown);
        let squeeze = |text: &str| text.replace(' ', "");
        let wanted: String = rows.iter().map(|(a, b, c)| [a, b, c, a].map(|text| one_line(text).into_owned()).concat()).collect();
        prop_assert_eq!(squeeze(&plain), squeeze(&format!("abc{wanted}")));
    }
}

#[test]
fn people_and_issues_are_not_called() {
    assert_eq!(text("ask @ops about #12"), "ask @&#8203;ops about \\#&#8203;12");
    assert_eq!(code("t3.medium"), "`t3.medium`");
    assert_eq!(code("a|b"), "<code>a&#124;b</code>");
    assert_eq!(text("at 09:23, :smile:"), "at 09:23, :&#8203;smile:");
    assert_eq!(text("https://a.b"), "https:&#8203;//a.b");
}
