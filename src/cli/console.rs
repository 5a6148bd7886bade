//! The console: a line in, a value out.

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Editor, Helper, Highlighter, Hinter};

use crate::app::console::{Interpreter, Session, Vocabulary};
use crate::app::inspect::state;
use crate::diag::{Diagnostics, Source};
use crate::syntax::{Language, Token, TokenKind, tokens};

use super::answer;
use super::arguments::Console;
use super::output::Output;
use super::question;
use super::{ERRORS, FINE};

const HELP: &str = "Type an expression to see its value: var.size * 2, keys(local.tags), module.network.id.\n\
Names and functions complete with Tab. \"exit\" or Ctrl-D leaves.\n";

/// The file name that diagnostics show for a typed line.
const TYPED: &str = "<console-input>";

pub(super) fn run(request: &Console, output: &Output) -> u8 {
    let environment = request.environment.as_deref();
    let preview = match super::preview::facts(environment) {
        Ok(preview) => preview,
        Err(faults) => return output.report(&faults),
    };
    let (mut session, diagnostics) =
        Session::open(Path::new("."), (environment, preview.as_ref()), &question::given(&request.inputs));
    let opened = output.report(&diagnostics);
    let told = answer::answer(output, async {
        session.set_state(state(&super::store(), session.environment()).await?);
        Ok(String::new())
    });
    let opened = opened.max(told);
    let interpreter = session.interpreter();
    if std::io::stdin().is_terminal() {
        return interactive(&interpreter, session.vocabulary(), output);
    }
    opened.max(piped(&interpreter, output))
}

/// Answers every line of a pipe; one that fails does not stop the rest.
fn piped(interpreter: &Interpreter<'_>, output: &Output) -> u8 {
    let mut code = FINE;
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock();
    loop {
        bytes.clear();
        match input.read_until(b'\n', &mut bytes) {
            Ok(0) => return code,
            Ok(_) => {}
            Err(error) => {
                return output.fail("Standard input cannot be read", &format!("Reading failed: {error}."));
            }
        }
        let line = Source::from_bytes(TYPED, bytes.trim_ascii().to_vec());
        match line.text() {
            "" => {}
            "exit" => return code,
            "help" => output.print(HELP),
            _ => code = code.max(say(&line, interpreter, output)),
        }
    }
}

fn say(line: &Arc<Source>, interpreter: &Interpreter<'_>, output: &Output) -> u8 {
    let mut diagnostics = Diagnostics::new();
    if let Some(text) = interpreter.answer(line, &mut diagnostics) {
        output.show(&format!("{text}\n"));
    }
    output.report(&diagnostics)
}

fn interactive(interpreter: &Interpreter<'_>, vocabulary: Vocabulary, output: &Output) -> u8 {
    let mut editor: Editor<Words, DefaultHistory> = match Editor::new() {
        Ok(editor) => editor,
        Err(error) => {
            return output.fail("No terminal to work with", &format!("Opening it failed: {error}."));
        }
    };
    editor.set_helper(Some(Words(vocabulary)));
    let history = history_file();
    // The history is only a convenience: it may be missing, and failing to load it is no reason not to start.
    history.iter().for_each(|file| editor.load_history(file).unwrap_or_default());
    loop {
        match editor.readline("> ") {
            Ok(line) => match line.trim() {
                "" => {}
                "exit" => break,
                "help" => output.print(HELP),
                line => {
                    editor.add_history_entry(line).unwrap_or_default();
                    say(&Source::new(TYPED, line), interpreter, output);
                }
            },
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => {
                output.fail("Line cannot be read", &format!("Reading from the terminal failed: {error}."));
                return ERRORS;
            }
        }
    }
    history.iter().for_each(|file| keep(&mut editor, file));
    FINE
}

fn keep(editor: &mut Editor<Words, DefaultHistory>, file: &Path) {
    let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    if folder.is_ok() {
        editor.save_history(file).unwrap_or_default();
    }
}

/// The file that keeps the history between sessions, readable only by its owner.
fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let state = state.or_else(|| Some(std::env::home_dir()?.join(".local/state")))?;
    Some(state.join("terrace/console_history"))
}

/// Completes names of the project and of functions.
#[derive(Helper, Highlighter, Hinter)]
struct Words(Vocabulary);

/// An expression with brackets or a heredoc that are still open goes on in the next line.
impl Validator for Words {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        match is_open(context.input()) {
            true => Ok(ValidationResult::Incomplete),
            false => Ok(ValidationResult::Valid(None)),
        }
    }
}

fn is_open(text: &str) -> bool {
    use TokenKind::{
        CloseBrace, CloseBracket, CloseHeredoc, CloseParenthesis, OpenBrace, OpenBracket, OpenHeredoc,
        OpenParenthesis,
    };
    let depth = |token: Token| match token.kind {
        OpenBrace | OpenBracket | OpenParenthesis | OpenHeredoc => 1,
        CloseBrace | CloseBracket | CloseParenthesis | CloseHeredoc => -1,
        _ => 0,
    };
    // A blank line ends an incomplete expression, so that its error is shown.
    !text.ends_with('\n') && tokens(text, Language::Configuration).into_iter().map(depth).sum::<i32>() > 0
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        Ok(self.0.candidates(line, at))
    }
}

impl Vocabulary {
    /// The start of the word before the cursor, and its possible completions.
    fn candidates(&self, line: &str, at: usize) -> (usize, Vec<Pair>) {
        let before = line.get(..at).unwrap_or_default();
        let is_word = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
        let start =
            before.char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map_or(at, |(at, _)| at);
        let word = &before[start..];
        let names = self.names.iter().filter(|name| name.starts_with(word));
        let names = names.map(|name| Pair { display: name.clone(), replacement: name.clone() });
        let functions = self.functions.iter().filter(|name| name.starts_with(word));
        let functions =
            functions.map(|name| Pair { display: format!("{name}("), replacement: format!("{name}(") });
        (start, if word.is_empty() { Vec::new() } else { names.chain(functions).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Vocabulary, is_open};

    #[test]
    fn an_open_bracket_or_heredoc_goes_on_in_the_next_line() {
        for open in ["[", "{ a = 1", "upper(\n\"a\",", "<<E\ntext"] {
            assert!(is_open(open), "{open}");
        }
        for whole in ["1 +", "[1,\n2]", "]", "\"[\"", "[\n"] {
            assert!(!is_open(whole), "{whole}");
        }
    }

    #[test]
    fn completes_the_word_before_the_cursor() {
        let vocabulary = Vocabulary {
            functions: vec!["join".into(), "jsonencode".into()],
            names: vec!["var.jobs".into()],
        };
        let (start, found) = vocabulary.candidates("upper(jo", 8);
        assert_eq!((start, found.len(), found[0].replacement.as_str()), (6, 1, "join("));
        assert_eq!(vocabulary.candidates("1 + var.", 8).1[0].replacement, "var.jobs");
        assert!(vocabulary.candidates("1 + ", 4).1.is_empty());
    }
}
