//! What holds for every text, not only for the cases.

use proptest::prelude::*;

use terrace::diag::Source;
use terrace::syntax::{self, Language, TokenKind};

fn laid_out(text: &str) -> Option<String> {
    syntax::format(&Source::new("case.tf", text)).ok()
}

/// Kinds and texts, without the ends of lines in them.
fn tokens(text: &str) -> Vec<(TokenKind, String)> {
    let tokens = syntax::tokens(text, Language::Configuration);
    let slice = |range: terrace::diag::Range| text[range.start as usize..range.end as usize].to_owned();
    tokens.into_iter().map(|token| (token.kind, slice(token.range))).collect()
}

/// Blanks and comments as they may stand between any two tokens of a line.
fn blank() -> BoxedStrategy<String> {
    prop_oneof![
        6 => Just(" ".to_owned()),
        2 => Just("   ".to_owned()),
        1 => Just("\t".to_owned()),
        1 => Just(" /* c */ ".to_owned()),
    ]
    .boxed()
}

fn operand() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        Just("var.name".to_owned()),
        Just("1.5".to_owned()),
        Just("\"text\"".to_owned()),
        Just("\"日本 ${ a } é\"".to_owned()),
        Just("null".to_owned()),
        Just("[for x in [1] : -x if ! y]".to_owned()),
        Just("a.*.b[0]".to_owned()),
        Just("f(a, b...)".to_owned()),
    ]
}

fn expression() -> impl Strategy<Value = String> {
    operand().prop_recursive(4, 24, 3, |inner| {
        let pair = (inner.clone(), inner.clone(), blank(), blank());
        let line = prop_oneof![Just("\n"), Just("\n  "), Just(" "), Just(""), Just(" # c\n"), Just("\n\n")];
        prop_oneof![
            (pair.clone(), prop_oneof![Just("+"), Just("-"), Just("=="), Just("&&"), Just("%")])
                .prop_map(|((a, b, x, y), sign)| format!("{a}{x}{sign}{y}{b}")),
            (pair.clone(), line.clone())
                .prop_map(|((a, b, x, y), line)| format!("[{line}{a}{x},{y}{line}{b}{line}]")),
            (pair.clone(), line.clone())
                .prop_map(|((a, b, x, _), line)| format!("{{{line}k{x}={a},{line}long_key={x}{b}{line}}}")),
            (pair.clone(), line.clone())
                .prop_map(|((a, b, x, y), line)| format!("({line}{a}{x}?{y}{b}{line}:{x}1)")),
            (pair, line).prop_map(|((a, b, x, y), line)| format!("g{x}({line}{a}{y},{b}{line})")),
        ]
    })
}

fn body() -> impl Strategy<Value = String> {
    let name = prop_oneof![Just("a"), Just("bb"), Just("a_long-name"), Just("名前")];
    let end =
        prop_oneof![Just("\n"), Just("\n\n"), Just(" # é\n"), Just("//c\n"), Just("\r\n"), Just(" \t\n")];
    let attribute = (name, 0..1000_u32, blank(), blank(), expression(), end.clone())
        .prop_map(|(name, unique, x, y, value, end)| format!("{y}{name}{unique}{x}={y}{value}{end}"));
    let heredoc = (0..1000_u32).prop_map(|n| format!("h{n} =<<-EOT\n  text ${{ a }}\n    more\n  EOT\n"));
    let item =
        prop_oneof![5 => attribute.boxed(), 1 => heredoc.boxed(), 1 => Just("# alone\n".to_owned()).boxed()];
    item.prop_recursive(3, 20, 5, move |inner| {
        (proptest::collection::vec(inner, 0..5), end.clone(), blank())
            .prop_map(|(items, end, x)| format!("block \"label\"  {{{x}{end}{}}}{end}", items.concat()))
    })
}

fn file() -> impl Strategy<Value = String> {
    proptest::collection::vec(body(), 0..6).prop_map(|items| items.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_laid_out_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        laid_out(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_tokens_are_laid_out_or_refused(text in "([a-c{}\\[\\]()\"'$%~=,.:?!<>&|*/#\\-+0-9 \n\r\té]|<<E\n|\nE\n|\\$\\{|%\\{){0,40}") {
        laid_out(&text);
    }

    #[test]
    fn only_blanks_change(text in file()) {
        if let Some(after) = laid_out(&text) {
            prop_assert_eq!(tokens(&after), tokens(&text), "{}", after);
        }
    }

    #[test]
    fn a_second_time_changes_nothing(text in file()) {
        if let Some(once) = laid_out(&text) {
            let twice = laid_out(&once);
            prop_assert_eq!(twice.as_ref(), Some(&once));
        }
    }
}
