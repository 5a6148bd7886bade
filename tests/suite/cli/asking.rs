//! At a terminal, which a pair of pseudo-terminals stands for.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::support;

const ASKING: &str = r#"
variable "size" {
  type        = number
  description = "How many there are."
}

variable "token" {
  type      = string
  sensitive = true
}

resource "terraform_data" "a" {
  input = var.size + 1
}

output "length" {
  value = nonsensitive(length(var.token))
}
"#;

/// `terrace` with somebody at its terminal.
struct Terminal {
    child: Child,
    screen: std::sync::mpsc::Receiver<Vec<u8>>,
    keys: File,
    seen: String,
}

impl Terminal {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let pair = nix::pty::openpty(None, None).unwrap();
        let side = || Stdio::from(pair.slave.try_clone().unwrap());
        let mut command = support::terrace(folder);
        command.args(arguments).stdin(side()).stdout(side()).stderr(side());
        let child = command.spawn().unwrap();
        let mut master = File::from(pair.master);
        let keys = master.try_clone().unwrap();
        let (told, screen) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Reading fails once nobody has the other end any more.
            while let Ok(count) = master.read(&mut buffer) {
                if count == 0 || told.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, screen, keys, seen: String::new() }
    }

    /// Waits for words after those that were waited for before.
    fn wait_for(&mut self, words: &str) -> String {
        let begun = Instant::now();
        loop {
            if let Some(at) = self.seen.find(words) {
                let rest = self.seen.split_off(at + words.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "no {words:?} in {:?}", self.seen);
            if let Ok(more) = self.screen.recv_timeout(Duration::from_millis(100)) {
                self.seen.push_str(&String::from_utf8_lossy(&more));
            }
        }
    }

    fn type_line(&mut self, text: &str) {
        self.keys.write_all(format!("{text}\n").as_bytes()).unwrap();
    }

    /// The exit code, and the rest of what is shown.
    fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        while let Ok(more) = self.screen.recv_timeout(Duration::from_millis(300)) {
            self.seen.push_str(&String::from_utf8_lossy(&more));
        }
        (code, self.seen)
    }
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), ASKING).unwrap();
    folder
}

#[test]
fn missing_inputs_are_asked_for_and_secret_ones_not_shown() {
    let folder = project();
    let mut terminal = Terminal::start(folder.path(), &["apply"]);
    let asked = terminal.wait_for("Enter a value: ");
    assert!(asked.contains("var.size") && asked.contains("How many there are."), "{asked}");
    terminal.type_line("2");
    let asked = terminal.wait_for("Enter a value: ");
    assert!(asked.contains("var.token") && asked.contains("not shown"), "{asked}");
    // The echo is off before the question can be answered by a person, but not before it can be seen.
    std::thread::sleep(Duration::from_millis(500));
    terminal.type_line("verysecret");
    let shown = terminal.wait_for("Enter a value: ");
    assert!(shown.contains("input  = 3") && !shown.contains("verysecret"), "{shown}");
    terminal.type_line("yes");
    let (code, rest) = terminal.end();
    assert_eq!(code, Some(0), "{rest}");
    assert!(rest.contains("length = 10") && !rest.contains("verysecret"), "{rest}");
}

#[test]
fn an_unfit_answer_is_told_with_the_answer() {
    let folder = project();
    let mut terminal = Terminal::start(folder.path(), &["plan", "-var", "token=x"]);
    terminal.wait_for("Enter a value: ");
    terminal.type_line("\"many\"");
    let (code, rest) = terminal.end();
    assert_eq!(code, Some(1), "{rest}");
    assert!(rest.contains("Wrong type for a variable") && rest.contains("var.size:1:1"), "{rest}");
    assert!(!rest.contains("No value for required variable"), "{rest}");
}

#[test]
fn no_answer_and_no_wish_to_be_asked_leave_inputs_missing() {
    let folder = project();
    for arguments in [&["plan", "-input=false"][..], &["plan", "-json"]] {
        let (code, text) = Terminal::start(folder.path(), arguments).end();
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("No value for required variable") && !text.contains("Enter a value"), "{text}");
    }
    let mut terminal = Terminal::start(folder.path(), &["plan"]);
    terminal.wait_for("Enter a value: ");
    // The end of the input, as a terminal has it.
    terminal.keys.write_all(&[4]).unwrap();
    let (code, text) = terminal.end();
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("No value for required variable"), "{text}");
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let folder = project();
    let output = support::feed(support::terrace(folder.path()).arg("plan"), "1\nx\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("No value for required variable"));
}

#[test]
fn who_must_not_be_asked_has_to_agree_beforehand() {
    let folder = project();
    for (arguments, variable) in [(&["apply", "-input=false"][..], "1"), (&["destroy"], "0")] {
        let output =
            support::terrace(folder.path()).args(arguments).env("TF_INPUT", variable).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("Consent is missing") && text.contains("-auto-approve"), "{text}");
        assert!(!folder.path().join(".terrace").exists(), "refused at once");
    }
}
