//! The modules that are shipped, each used by small projects of its own.

use std::path::{Path, PathBuf};

use crate::support;

#[test]
fn every_module_does_what_its_projects_expect_of_it() {
    let folder = tempfile::tempdir().unwrap();
    support::copy(&support::root().join("modules"), folder.path());
    let cases: Vec<PathBuf> =
        folders(folder.path()).iter().flat_map(|module| folders(&module.join("tests"))).collect();
    assert!(cases.len() >= 3, "{cases:?}");
    std::thread::scope(|scope| {
        for case in &cases {
            scope.spawn(|| try_out(case));
        }
    });
}

/// Applied, planned to no end, and taken down.
fn try_out(case: &Path) {
    let terrace = |arguments: &[&str]| support::terrace(case).args(arguments).output().unwrap();
    let applied = terrace(&["apply", "-auto-approve"]);
    let again = terrace(&["plan", "-detailed-exitcode"]);
    let destroyed = terrace(&["destroy", "-auto-approve"]);
    assert!(applied.status.success(), "{}: {applied:?}", case.display());
    assert_eq!(again.status.code(), Some(0), "{}: {again:?}", case.display());
    assert!(destroyed.status.success(), "{}: {destroyed:?}", case.display());
}

#[test]
fn every_module_says_what_it_takes_and_gives() {
    for module in folders(&support::root().join("modules")) {
        let readme = std::fs::read_to_string(module.join("README.md")).unwrap();
        let text = |name: &str| std::fs::read_to_string(module.join(name)).unwrap();
        for (kind, text) in [("variable", text("variables.tf")), ("output", text("outputs.tf"))] {
            let opening = format!("{kind} \"");
            for block in text.split(&opening).skip(1) {
                let name = block.split('"').next().unwrap();
                assert!(readme.contains(&format!("| `{name}` |")), "{}: {kind} {name}", module.display());
                let own = block.split("\n}").next().unwrap();
                assert!(own.contains("description"), "{}: {kind} {name}", module.display());
                assert!(kind == "output" || own.contains("type "), "{}: {kind} {name}", module.display());
            }
        }
        for folder in folders(&module.join("tests")).into_iter().chain([module]) {
            let layout = support::terrace(&folder).args(["fmt", "-check"]).output().unwrap();
            assert!(layout.status.success(), "{}: {layout:?}", folder.display());
        }
    }
}

/// The folders in a folder; none where there is no such folder, as of a module that is tried elsewhere.
fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}
