//! Values that are large or deep: what cannot be stored is refused, and what was stored can be read.

use std::path::Path;

use crate::support::terrace;

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = terrace(folder).args(arguments).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), said)
}

fn nested(folder: &Path, depth: usize) {
    std::fs::write(folder.join("nested.json"), "[".repeat(depth) + &"]".repeat(depth)).unwrap();
}

#[test]
fn what_is_stored_is_nested_as_deep_as_it_can_be_read_and_no_deeper() {
    for text in [
        "resource \"terraform_data\" \"a\" {\n  input = jsondecode(file(\"nested.json\"))\n}\n",
        "output \"a\" {\n  value = jsondecode(file(\"nested.json\"))\n}\n",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        std::fs::write(folder.join("main.tf"), text).unwrap();
        nested(folder, 3_990);
        let (code, said) = run(folder, &["apply", "-auto-approve"]);
        assert_eq!(code, Some(0), "{}", said.len());
        nested(folder, 4_100);
        let (code, said) = run(folder, &["apply", "-auto-approve"]);
        assert!(code == Some(1) && said.contains("nested more than 4000 levels deep"), "{said}");
        nested(folder, 3_990);
        assert_eq!(run(folder, &["plan", "-detailed-exitcode"]).0, Some(0));
        assert_eq!(run(folder, &["destroy", "-auto-approve"]).0, Some(0));
    }
}

#[test]
fn a_large_value_goes_all_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("large"), "x".repeat(10_000_000)).unwrap();
    let many = (0..100_000).map(|index| index.to_string()).collect::<Vec<_>>().join(",");
    std::fs::write(folder.join("many.json"), format!("[{many}]")).unwrap();
    let text = "resource \"terraform_data\" \"a\" {\n  input = [file(\"large\"), jsondecode(file(\"many.json\"))]\n}\n\
                output \"a\" {\n  value = terraform_data.a.output[0]\n}\n";
    std::fs::write(folder.join("main.tf"), text).unwrap();
    assert_eq!(run(folder, &["plan", "-out=saved"]).0, Some(0));
    assert_eq!(run(folder, &["apply", "saved"]).0, Some(0));
    assert_eq!(run(folder, &["plan", "-detailed-exitcode"]).0, Some(0));
    assert_eq!(run(folder, &["output", "-raw", "a"]).1.len(), 10_000_000);
    let (_, state) = run(folder, &["state", "pull"]);
    std::fs::write(folder.join("state.json"), state).unwrap();
    assert_eq!(run(folder, &["state", "push", "state.json"]).0, Some(0));
}
