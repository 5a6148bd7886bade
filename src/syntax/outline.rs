//! The context of a place in a file.

use crate::diag::{Range, Source};

use super::{Language, Lexer, Token, TokenKind};

/// The top-level blocks of a file in native syntax, for the headings of snippets. Works on tokens, so a file that does
/// not parse has an outline, too.
#[derive(Debug)]
pub struct Outline {
    /// In the order of the text; they do not overlap.
    blocks: Vec<(Range, String)>,
}

impl Outline {
    pub fn of(source: &Source) -> Self {
        let mut blocks = Vec::new();
        let mut lexer = Lexer::new(source.text(), Language::Configuration);
        let mut header = Vec::new();
        loop {
            let token = lexer.next_token();
            match token.kind {
                TokenKind::End => return Self { blocks },
                TokenKind::OpenBrace => {
                    let heading = heading(source, &header);
                    let end = close(&mut lexer);
                    if let (Some(text), Some(first)) = (heading, header.first()) {
                        blocks.push((Range { start: first.range.start, end }, text));
                    }
                    header.clear();
                }
                TokenKind::Newline => header.clear(),
                TokenKind::Comment => {}
                _ => header.push(token),
            }
        }
    }

    /// The top-level block around an offset: where it starts, and its header in normal form: `resource "a" "b"`. As in
    /// Terraform, the very start of the block does not count as inside it.
    pub fn around(&self, offset: u32) -> Option<(u32, &str)> {
        let after = self.blocks.partition_point(|(range, _)| range.start < offset);
        let (range, heading) = self.blocks.get(after.checked_sub(1)?)?;
        (offset < range.end).then_some((range.start, heading))
    }
}

/// Kind and labels as people write them; `None` if the tokens are not the header of a block.
fn heading(source: &Source, tokens: &[Token]) -> Option<String> {
    let (kind, labels) = tokens.split_first().filter(|(kind, _)| kind.kind == TokenKind::Identifier)?;
    let mut text = source.slice(kind.range).to_owned();
    for label in labels {
        match label.kind {
            TokenKind::Identifier | TokenKind::QuotedText => {
                text.push_str(&format!(" \"{}\"", source.slice(label.range)));
            }
            TokenKind::OpenQuote | TokenKind::CloseQuote => {}
            _ => return None,
        }
    }
    Some(text)
}

/// Moves past the brace that closes the one just read, or to the end of the text.
fn close(lexer: &mut Lexer<'_>) -> u32 {
    let mut open = 1u32;
    loop {
        let token = lexer.next_token();
        match token.kind {
            TokenKind::OpenBrace => open += 1,
            TokenKind::CloseBrace => open -= 1,
            TokenKind::End => return token.range.end,
            _ => {}
        }
        if open == 0 {
            return token.range.end;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diag::Source;

    use super::Outline;

    fn around(text: &str, marker: &str) -> Option<String> {
        let at = u32::try_from(text.find(marker).expect("the marker is in the text")).expect("a short text");
        Outline::of(&Source::new("main.tf", text)).around(at).map(|(_, heading)| heading.to_owned())
    }

    #[test]
    fn names_the_outermost_block_as_people_write_it() {
        let text =
            "resource  aws_vpc \"a\" {\n  lifecycle {\n    here = 1\n  }\n}\nlocals { there = \"${x}\" }\n";
        assert_eq!(around(text, "here").as_deref(), Some("resource \"aws_vpc\" \"a\""));
        assert_eq!(around(text, "there").as_deref(), Some("locals"));
        assert_eq!(around(text, "\nlocals"), None);
    }

    #[test]
    fn is_not_taken_in_by_attributes_and_heredocs() {
        let text = "a = {\n  in_a = 1\n}\nb \"c\" {\n  d = <<E\nfalse {\nE\n  in_b = 1\n}\nend = 1\n";
        assert_eq!(around(text, "in_a"), None);
        assert_eq!(around(text, "in_b").as_deref(), Some("b \"c\""));
        assert_eq!(around(text, "end"), None);
    }

    #[test]
    fn goes_to_the_end_of_a_file_whose_block_is_not_closed() {
        assert_eq!(around("b {\n  here = [\n", "here").as_deref(), Some("b"));
    }
}
