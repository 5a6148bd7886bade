//! Long flags work with one dash and with two.

use std::ffi::OsString;

/// Gives a second dash to every long flag that has one: `-json`, `-var=x`, `-var-file=y`. A single letter stays as it
/// is, a lone dash means standard input, and after `--` nothing is a flag.
pub(super) fn doubled(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut flags_end = false;
    arguments
        .map(|argument| {
            flags_end |= argument == "--";
            match argument.to_str() {
                Some(text) if !flags_end && is_long(text) => format!("-{text}").into(),
                _ => argument,
            }
        })
        .collect()
}

fn is_long(text: &str) -> bool {
    let Some(name) = text.strip_prefix('-') else { return false };
    let mut letters = name.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::doubled;

    fn after(typed: &[&str]) -> Vec<String> {
        let typed = typed.iter().map(Into::into);
        doubled(typed).into_iter().map(|argument| argument.into_string().unwrap()).collect()
    }

    #[test]
    fn one_dash_is_as_good_as_two() {
        assert_eq!(
            after(&["-json", "--json", "-var=a=-b", "-e", "x"]),
            ["--json", "--json", "--var=a=-b", "-e", "x"]
        );
    }

    #[test]
    fn a_lone_dash_a_number_and_what_follows_two_dashes_stay() {
        assert_eq!(after(&["-", "-1", "-12", "--", "-json"]), ["-", "-1", "-12", "--", "-json"]);
    }
}
