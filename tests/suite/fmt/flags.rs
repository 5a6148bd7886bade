//! The flags of `fmt` do what those of the reference do: the same output, the same exit code, the same files after it.

use std::path::Path;
use std::process::Command;

use crate::support;

const COMMAND_LINES: [&str; 28] = [
    "",
    "-",
    "-check -",
    "-diff -",
    "-list=true -",
    "-write=false -",
    "-list=false -write=false",
    "-list=false -write=false x.tf",
    "-list=false -write=false ok.tf",
    "-write=false",
    "-diff",
    "-check",
    "-check -diff",
    "-recursive",
    "-recursive -check",
    "-recursive=true -diff=false",
    "x.tf ok.tf",
    "sub",
    "ok.tf",
    "-list=false",
    "-write=false -diff x.tf",
    "x.tf x.tf",
    "nope",
    ". sub",
    "./sub/../x.tf",
    "-no-color -check",
    "-list=false -check",
    "-check=1 -list=f",
];

#[test]
fn every_combination_of_flags_does_what_the_reference_does() {
    if support::reference(&support::root()).is_none() {
        return support::skipped(
            "flags of fmt beside the live reference",
            "terraform 1.11.4 is not on the PATH",
        );
    }
    for line in COMMAND_LINES {
        let reference = outcome(line, |folder| support::reference(folder).unwrap());
        assert_eq!(outcome(line, support::terrace), reference, "fmt {line}");
    }
}

#[test]
fn a_check_tells_by_its_exit_code_and_changes_nothing() {
    let (text, code, files) = outcome("-check", support::terrace);
    assert_eq!((text.as_str(), code), ("x.tf\n", 3));
    assert_eq!(files[0], ("x.tf".to_owned(), "a   =  1\n".to_owned()));
}

/// Standard output, exit code, and the files afterwards.
fn outcome(line: &str, program: impl Fn(&Path) -> Command) -> (String, i32, Vec<(String, String)>) {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::create_dir(scratch.path().join("sub")).unwrap();
    let names = ["x.tf", "ok.tf", "sub/y.tfvars", "sub/z.txt"];
    for (name, text) in names.iter().zip(["a   =  1\n", "b = 1\n", "a   =  1\n", "a   =  1\n"]) {
        std::fs::write(scratch.path().join(name), text).unwrap();
    }
    let output =
        support::feed(program(scratch.path()).arg("fmt").args(line.split_whitespace()), "a   =  1\n");
    let files =
        names.map(|name| (name.to_owned(), std::fs::read_to_string(scratch.path().join(name)).unwrap()));
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap(), files.into())
}
