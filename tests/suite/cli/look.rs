//! What `show` tells programs.

use crate::support;

#[test]
fn what_is_null_has_no_secrets_inside() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), "resource \"null_resource\" \"a\" {}\n").unwrap();
    let run = |arguments: &[&str]| {
        let output = support::terrace(folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["apply", "-auto-approve"]);
    let shown: serde_json::Value = serde_json::from_str(&run(&["show", "-json"])).unwrap();
    let object = &shown["values"]["root_module"]["resources"][0];
    assert_eq!(object["values"]["triggers"], serde_json::Value::Null);
    assert_eq!(object["sensitive_values"], serde_json::json!({}));
}
