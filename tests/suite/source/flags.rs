use crate::support;

/// Scripts give all their commands the same variables.
#[test]
fn init_takes_variables_as_the_other_commands_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), "variable \"name\" {}\n").unwrap();
    std::fs::write(folder.path().join("all.tfvars"), "name = \"x\"\n").unwrap();
    for flags in
        [&["-var", "name=-x"][..], &["-var=name=x"], &["-var-file=all.tfvars"], &["-var-file", "all.tfvars"]]
    {
        let output = support::terrace(folder.path()).arg("init").args(flags).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{flags:?}: {said}");
    }
}
