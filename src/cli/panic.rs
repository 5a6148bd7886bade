//! The panic hook: what is printed when the program itself has a bug, and how it exits.

use std::any::Any;
use std::io::Write;
use std::panic::{PanicHookInfo, set_hook};

use crate::render;

use super::{ERRORS, output};

/// From here on a panic in any thread ends the process with a report. Work in progress is left as it is after a kill, and
/// the next run recovers it from the journal.
pub(super) fn prepare() {
    set_hook(Box::new(|info| {
        output::let_go_at_last();
        let report = report(info);
        std::io::stderr().write_all(report.as_bytes()).unwrap_or_default();
        std::process::exit(i32::from(ERRORS));
    }));
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let file = info.location().map(std::panic::Location::file).unwrap_or_default();
    if let Some(what) = whole(info.payload()).and_then(|said| lacking(said, file)) {
        return format!(
            "\nError: The system refused\n\n  {what}. Nothing could go on without it.\n\n  {SAFE}\n\n  The limits of \
             this process may be too low: ulimit -n is for open files, -u for\n  processes and threads, -v for memory.\n"
        );
    }
    let what = said(info.payload()).map(|said| format!(": {}", render::harmless(said))).unwrap_or_default();
    let at = info.location().map(ToString::to_string).unwrap_or_default();
    format!(
        "\nError: Internal error\n\n  {NAME} {VERSION} panicked at {at}{what}\n\n  This is a bug in Terrace and not in your \
         configuration.\n\n  {SAFE}\n\n  Please report the bug with the \
         line above and the command that you ran. It contains no values of the\n  project.\n"
    )
}

const SAFE: &str = "The state is safe: what was done is recorded, and what was in progress is noted in the journal.\n  The \
                    next plan or apply looks at it, says what it found, and goes on from there.";

/// What the process was short of, if that is why a library panicked.
fn lacking(said: &str, file: &str) -> Option<String> {
    // New pieces of the stack are refused only for want of memory.
    if file.contains("/stacker-") {
        return Some("There is not enough memory".to_owned());
    }
    let (_, code) = said.split_once("Os { code: ")?;
    let code = code.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    Some(format!("It gave no more files, threads or memory: {}", std::io::Error::from_raw_os_error(code)))
}

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The panic message without anything that may be a value of the project: it is cut at the first quotation mark or colon.
fn said(payload: &dyn Any) -> Option<&str> {
    let said = whole(payload)?.split(['`', '"', '\'', ':', '\n']).next()?.trim();
    (!said.is_empty()).then_some(said)
}

fn whole(payload: &dyn Any) -> Option<&str> {
    let said = payload.downcast_ref::<&str>().copied();
    said.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn a_panic_message_is_shown_without_values() {
        let report = [
            (
                "byte index 3 is not a char boundary; it is inside '\u{e9}' (bytes 2..4) of `s\u{e9}cret`",
                "byte index 3 is not a char boundary; it is inside",
            ),
            ("the schema fits: \"secret\"", "the schema fits"),
            ("called `Result::unwrap()` on an `Err` value: \"secret\"", "called"),
        ];
        for (whole, part) in report {
            assert_eq!(said(&whole.to_owned()), Some(part));
        }
        assert_eq!(said(&"index out of bounds"), Some("index out of bounds"));
        assert_eq!(said(&7), None);
    }
}
