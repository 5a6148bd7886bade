//! Asks the person at the terminal for consent, and for inputs that were not given.

use std::io::{BufRead, IsTerminal, Write};

use async_trait::async_trait;
use nix::sys::termios::{self, LocalFlags, SetArg, Termios};

use crate::app::inputs::Asker;
use crate::config::Variable;
use crate::render::harmless;

use super::output::Output;

/// The prompt of every question.
const PROMPT: &str = "  Enter a value: ";

/// Whether questions may be asked: not if the process environment forbids it.
pub(super) fn welcome(input: bool) -> bool {
    let refused = std::env::var("TF_INPUT").is_ok_and(|said| super::dashes::truth(&said) == Some(false));
    input && !refused
}

/// The person at the terminal, who can be asked.
pub(super) struct Person<'o> {
    output: &'o Output,
}

impl<'o> Person<'o> {
    /// The person at the terminal, if both input and output are one.
    pub(super) fn present(output: &'o Output) -> Option<Self> {
        let present = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        present.then_some(Self { output })
    }
}

#[async_trait(?Send)]
impl Asker for Person<'_> {
    async fn ask(&self, variable: &Variable) -> Option<String> {
        let about = variable.description.as_deref().unwrap_or_default();
        let mut question = format!("var.{}\n", variable.name);
        about.lines().for_each(|line| question.push_str(&format!("  {}\n", harmless(line))));
        let ty = variable.constraint.ty.friendly_constraint();
        question.push_str(&match (variable.is_secret(), variable.type_span.is_some()) {
            (true, true) => format!("  A {ty}, which is not shown while it is typed.\n"),
            (true, false) => "  It is not shown while it is typed.\n".to_owned(),
            (false, true) => format!("  A {ty}.\n"),
            (false, false) => String::new(),
        });
        self.output.print(&format!("{question}\n{PROMPT}"));
        // Dropped, and the echo restored, even if this wait is cancelled.
        let hidden = if variable.is_secret() { Hidden::begin() } else { None };
        let answer = line().await;
        if hidden.is_some() || answer.is_none() {
            self.output.print("\n");
        }
        self.output.print("\n");
        answer
    }
}

/// Asks a question; `None` if nobody can answer. Signals are still handled while this waits.
pub(super) async fn question(question: &str, output: &Output) -> Option<String> {
    output.print(&format!("{question}\n{PROMPT}"));
    line().await
}

/// Reads a line of input, on another thread so that the wait can be cancelled.
async fn line() -> Option<String> {
    std::io::stdout().flush().unwrap_or_default();
    let read = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer).ok()?;
        let end = answer.trim_end_matches(['\n', '\r']).len();
        answer.truncate(end);
        (read > 0).then_some(answer)
    });
    read.await.ok().flatten()
}

/// Turns the terminal's echo off until it is dropped.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Option<Self> {
        let before = termios::tcgetattr(std::io::stdin()).ok()?;
        let mut without = before.clone();
        without.local_flags.remove(LocalFlags::ECHO);
        termios::tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &without).ok()?;
        Some(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        termios::tcsetattr(std::io::stdin(), SetArg::TCSADRAIN, &self.0).unwrap_or_default();
    }
}
