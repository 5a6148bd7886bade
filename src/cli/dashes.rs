//! Long flags work with one dash and with two, and switches with or without a value.

use std::ffi::OsString;

/// Adds a second dash to every long flag that has only one: `-json`, `-var=x`, `-var-file=y`. A single letter stays as
/// it is, a lone dash means standard input, and after `--` nothing is a flag.
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

/// What value a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    /// None: the flag is given or not.
    Switch,
    /// True or false.
    Truth,
    Other,
}

/// Normalises flags that were given a boolean in any spelling: of a switch, `--check=1` becomes `--check` and
/// `--check=0` is dropped; of a flag that takes a boolean, `--list=f` becomes `--list=false`. Any other value is left
/// for the parser to refuse.
pub(super) fn settled(arguments: Vec<OsString>, flag: impl Fn(&str) -> Flag) -> Vec<OsString> {
    let mut flags_end = false;
    let settle = |argument: OsString| {
        flags_end |= argument == "--";
        let given = argument.to_str().and_then(|text| text.strip_prefix("--")?.split_once('='));
        let Some((name, value)) = given.filter(|_| !flags_end) else { return Some(argument) };
        match (flag(name), truth(value)) {
            (Flag::Switch, Some(true)) => Some(format!("--{name}").into()),
            (Flag::Switch, Some(false)) => None,
            (Flag::Truth, Some(value)) => Some(format!("--{name}={value}").into()),
            _ => Some(argument),
        }
    };
    arguments.into_iter().filter_map(settle).collect()
}

/// The spellings of true and false that Terraform accepts, and scripts use.
pub(super) fn truth(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
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
    fn a_switch_may_be_told_true_or_false() {
        let flag = |name: &str| match name {
            "check" | "diff" => super::Flag::Switch,
            "list" => super::Flag::Truth,
            _ => super::Flag::Other,
        };
        let typed =
            ["--check=true", "--diff=0", "--list=F", "--var=f", "--check=maybe", "--", "--check=true"];
        let after = super::settled(typed.map(Into::into).into(), flag);
        assert_eq!(after, ["--check", "--list=false", "--var=f", "--check=maybe", "--", "--check=true"]);
    }

    #[test]
    fn a_lone_dash_a_number_and_what_follows_two_dashes_stay() {
        assert_eq!(after(&["-", "-1", "-12", "--", "-json"]), ["-", "-1", "-12", "--", "-json"]);
    }
}
