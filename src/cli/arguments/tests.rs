use std::ffi::OsString;

use clap::Parser;

use super::examples::EXAMPLES;
use super::{Arguments, DAILY, flag};
use crate::cli::dashes::{doubled, settled};

fn typed(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

/// As debug builds write it, all that was understood is in it.
fn shown(arguments: Result<Arguments, clap::Error>) -> Result<String, String> {
    arguments.map(|arguments| format!("{arguments:?}")).map_err(|message| message.render().to_string())
}

#[test]
fn a_command_alone_is_understood_as_it_is_among_all() {
    let lines = [
        "terrace plan",
        "terrace plan -e staging --var a=b --var=c=d --out p --target x.y --detailed-exitcode --chdir=x",
        "terrace plan --chdir x --no-color --compact-warnings --destroy --json",
        "terrace apply p.plan",
        "terrace apply -e production --auto-approve --parallelism=3",
        "terrace destroy --auto-approve",
        "terrace refresh -e a",
        "terrace validate --json",
        "terrace fmt --check --recursive",
        "terrace output --raw url",
        "terrace show p.plan",
    ];
    for line in lines {
        let typed = typed(line);
        let alone = Arguments::alone(&typed).unwrap_or_else(|| panic!("{line} is not understood alone"));
        assert_eq!(shown(Ok(alone)), shown(Arguments::try_parse_from(&typed)), "{line}");
    }
}

#[test]
fn every_example_is_understood_as_an_example_of_its_command() {
    for (path, examples) in EXAMPLES {
        for (line, _) in examples {
            // What is quoted is one word.
            let mut words: Vec<String> = vec!["terrace".into()];
            for (index, part) in line.split('\'').enumerate() {
                match index % 2 {
                    0 => words.extend(part.split_whitespace().map(str::to_owned)),
                    _ => words.push(part.to_owned()),
                }
            }
            assert_eq!(words.get(1..=path.len()).unwrap(), path, "{line}");
            let words = doubled(words.into_iter().map(OsString::from));
            let understood = Arguments::try_parse_from(settled(words, flag));
            assert!(understood.is_ok(), "{line}: {understood:?}");
        }
    }
}

#[test]
fn what_is_wrong_is_explained_as_among_all() {
    for (name, _) in DAILY {
        for rest in ["-h", "--help", "--no-such-flag", "--chdir", "-v", "--version", "too many of them"] {
            let typed = typed(&format!("terrace {name} {rest}"));
            assert_eq!(
                shown(Arguments::of(&typed)),
                shown(Arguments::try_parse_from(&typed)),
                "{name} {rest}"
            );
        }
    }
}
