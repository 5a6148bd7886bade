//! Secrets in messages of providers, provisioners and programs, which receive them without marks.

use std::path::Path;

use crate::support::terrace;

const SECRET: &str = "CANARY two";

/// Projects in which something fails because of a secret, and would quote it.
const QUOTING: [(&str, &str); 14] = [
    ("an argument out of range", "resource \"tls_private_key\" \"a\" {\n  algorithm = var.s\n}"),
    (
        "a file that cannot be made",
        "resource \"local_file\" \"a\" {\n  filename = \"/proc/${var.s}\"\n  content  = \"x\"\n}",
    ),
    (
        "a program that says what it was given",
        "data \"external\" \"a\" {\n  program = [\"sh\", \"-c\", \"echo bad $0 >&2; exit 1\", var.s]\n}",
    ),
    ("a program that is not there", "data \"external\" \"a\" {\n  program = [var.s]\n}"),
    ("an address", "data \"http\" \"a\" {\n  url = \"http://127.0.0.1:1/${urlencode(var.s)}\"\n}"),
    (
        "a data source inside a check",
        "check \"c\" {\n  data \"external\" \"a\" {\n    program = [var.s]\n  }\n  assert {\n    condition     = true\n    \
         error_message = \"no\"\n  }\n}",
    ),
    (
        "another state",
        "data \"terraform_remote_state\" \"a\" {\n  backend = \"local\"\n  config = { path = var.s }\n}",
    ),
    ("a backend", "data \"terraform_remote_state\" \"a\" {\n  backend = var.s\n  config = {}\n}"),
    (
        "an interpreter",
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command     = \"x\"\n    interpreter = [var.s]\n  }\n}",
    ),
    (
        "a folder",
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command     = \"x\"\n    working_dir = var.s\n  }\n}",
    ),
    (
        "a condition",
        "resource \"terraform_data\" \"a\" {\n  input = var.s\n  lifecycle {\n    postcondition {\n      condition     = self.output == \
         \"x\"\n      error_message = \"no\"\n    }\n  }\n}",
    ),
    (
        "a command",
        "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"echo ${var.s}; exit 3\"\n  }\n}",
    ),
    (
        "something ephemeral",
        "variable \"e\" {\n  ephemeral = true\n  default   = \"CANARY two\"\n}\nresource \"terraform_data\" \"a\" {\n  provisioner \
         \"local-exec\" {\n    command     = \"x\"\n    working_dir = var.e\n  }\n}",
    ),
    (
        "a file to be sent",
        "resource \"terraform_data\" \"a\" {\n  provisioner \"file\" {\n    source      = var.s\n    destination = \"/x\"\n    \
         connection {\n      host     = \"127.0.0.1\"\n      port     = 1\n      timeout  = \"1s\"\n      password = \"CANARY \
         two\"\n    }\n  }\n}",
    ),
];

fn project(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let secret = format!("variable \"s\" {{\n  sensitive = true\n  default   = \"{SECRET}\"\n}}\n");
    std::fs::write(folder.path().join("main.tf"), secret + text).unwrap();
    folder
}

fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = terrace(folder).args(arguments).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code <= 2), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn errors_of_providers_and_provisioners_do_not_show_secrets() {
    for (what, text) in QUOTING {
        let folder = project(text);
        let applied = said(folder.path(), &["apply", "-auto-approve"]);
        for arguments in [
            &["plan"] as &[&str],
            &["plan", "-json"],
            &["plan", "-markdown", "-"],
            &["apply", "-auto-approve", "-json"],
        ] {
            let told = said(folder.path(), arguments) + &applied;
            assert!(!told.contains("CANARY"), "{what}: {arguments:?}: {told}");
        }
        assert!(applied.contains("Error") || applied.contains("Warning"), "{what}: {applied}");
    }
}

#[test]
fn secrets_copied_to_computed_attributes_are_masked() {
    let one = |plain: &str| {
        format!(
            "resource \"terraform_data\" \"a\" {{\n  input = {{ word = var.s, number = sensitive(77123), inside = \
             jsonencode({{ deep = \"got ${{var.s}}\" }}), plain = \"{plain}\" }}\n}}\n"
        )
    };
    let folder = project(&one("one"));
    assert!(said(folder.path(), &["apply", "-auto-approve"]).contains("1 added"));
    let main = folder.path().join("main.tf");
    std::fs::write(&main, std::fs::read_to_string(&main).unwrap().replace("\"one\"", "\"two\"")).unwrap();
    let looks: [&[&str]; 7] = [
        &["show"],
        &["state", "show", "terraform_data.a"],
        &["plan"],
        &["plan", "-markdown", "-"],
        &["plan", "-destroy"],
        &["plan", "--all", "-markdown", "-"],
        &["drift", "-e", "default"],
    ];
    for look in looks {
        let told = said(folder.path(), look);
        assert!(!told.contains("CANARY") && !told.contains("77123"), "{look:?}: {told}");
    }
    // The other values are shown.
    assert!(said(folder.path(), &["show"]).matches("plain  = \"one\"").count() == 2);
}
