//! Sessions as people have them, from the first command to the last.

mod moving;
mod shop;

use std::path::Path;
use std::process::Output;

use crate::support;

#[test]
fn somebody_new_checks_the_shop_tries_expressions_and_makes_a_typo() {
    let folder = tempfile::tempdir().unwrap();
    copy(&support::root().join("examples/shop"), folder.path());
    let terrace = |arguments: &[&str]| {
        let mut command = support::terrace(folder.path());
        command.env("TERRACE_ENV", "staging").args(arguments).output().unwrap()
    };
    let console = |arguments: &[&str], typed: &str| {
        let mut command = support::terrace(folder.path());
        command.env("TERRACE_ENV", "staging");
        support::feed(command.arg("console").args(arguments), typed)
    };

    let validated = terrace(&["validate"]);
    assert!(String::from_utf8_lossy(&validated.stdout).ends_with("The configuration is valid.\n"));
    says(&terrace(&["fmt", "-check", "-recursive"]), 0, "");
    says(&console(&[], "local.name\nlocal.replicas\n"), 0, "\"shop-staging\"\n1\n");
    let production = console(&["-e", "production"], "local.replicas\nvar.payment_api\nexit\n");
    says(&production, 0, "3\n\"live\"\n");

    let file = folder.path().join("outputs.tf");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("var.domain", "var.domian")).unwrap();
    let mistyped = support::terrace(folder.path()).arg("validate").env("LANG", "C.UTF-8").output().unwrap();
    says(&mistyped, 1, "");
    insta::assert_snapshot!(String::from_utf8(mistyped.stderr).unwrap());
    let answer: serde_json::Value = serde_json::from_slice(&terrace(&["validate", "-json"]).stdout).unwrap();
    assert_eq!(answer["diagnostics"][0]["snippet"]["context"], "output \"public_url\"");
}

fn says(output: &Output, code: i32, text: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), text, "{errors}");
    assert_eq!(output.status.code(), Some(code), "{errors}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
