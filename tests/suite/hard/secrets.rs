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

/// Files of values in which something is wrong about a secret, or beside it.
const BROKEN: [&str; 28] = [
    "s = CANARY",
    "s = \"CANARY",
    "s = \"a${CANARY}\"",
    "s = upper(\"CANARY\")",
    "s = \"CANARY\" \"x\"",
    "s = <<EOT\nCANARY",
    "s = <<-EOT\n  p = CANARY\n  ${",
    "s CANARY",
    "s: CANARY",
    "s {\n  a = CANARY\n}",
    "s = {\n  p = CANARY\n}",
    "s = \"CANARY\"\ns = \"CANARY\"",
    "s = 'CANARY'",
    "s = \"CANARY\" p = 2",
    "s = \"x\\qCANARY\"",
    "s = \"CANARY\" }",
    "s = (\"CANARY\"\np = 2",
    "s = [\"CANARY\"][5]",
    "p = 1\ns = CANARY\np = 2",
    "sekret = 1\nsecrets = \"CANARY\"\ns = 1",
    "s = \"CANARY\" # CANARY\np = [\ns = CANARY",
    "other = \"CANARY\"\ns = 1",
    "{s: \"CANARY\"}",
    "{'s': 'CANARY'}",
    "[\"CANARY\"]",
    "{\"s\": CANARY}",
    "{\n  \"s\": \"CANARY\" \"x\"\n}",
    "{\"p\": [\"x\"], \"s\": \"${CANARY}\", \"n\": \"CANARY\"}",
];

#[test]
fn what_is_wrong_with_a_secret_in_a_file_of_values_is_told_without_it() {
    let main = "variable \"s\" {\n  sensitive = true\n}\nvariable \"secret\" {\n  sensitive = true\n  default   = \
                1\n}\nvariable \"p\" {\n  type    = number\n  default = 1\n}\n";
    for broken in BROKEN {
        let ending = if broken.starts_with('{') { ".json" } else { "" };
        for (name, flag) in [
            (format!("terraform.tfvars{ending}"), None),
            (format!("x.auto.tfvars{ending}"), None),
            (format!("values{ending}"), Some(format!("-var-file=values{ending}"))),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("main.tf"), main).unwrap();
            std::fs::write(folder.path().join(&name), format!("{broken}\n")).unwrap();
            for arguments in [&["plan"][..], &["plan", "-json"]] {
                let arguments: Vec<&str> = arguments.iter().copied().chain(flag.as_deref()).collect();
                let told = said(folder.path(), &arguments);
                assert!(!told.contains("CANARY"), "{broken}: {arguments:?}: {told}");
                assert!(told.contains(&name), "{broken}: {arguments:?}: {told}");
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let file = format!("of{ending}");
        let environments = format!("environment \"e\" {{\n  values_files = [\"{file}\"]\n}}\n");
        std::fs::write(folder.path().join("main.tf"), main).unwrap();
        std::fs::write(folder.path().join("terrace.hcl"), environments).unwrap();
        std::fs::write(folder.path().join(&file), format!("{broken}\n")).unwrap();
        for arguments in [&["plan"][..], &["validate"], &["envs"], &["env", "show", "e"]] {
            let told = said(folder.path(), arguments);
            assert!(!told.contains("CANARY"), "{broken}: {arguments:?}: {told}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_plain_value_is_still_shown_and_no_line_beside_it() {
    let main = "variable \"s\" {\n  sensitive = true\n}\nvariable \"p\" {\n  type = number\n}\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), main).unwrap();
    for name in ["terraform.tfvars", "values"] {
        std::fs::write(folder.path().join(name), "s = \"CANARY\"\np = \"many\"\n").unwrap();
        let flag = (name == "values").then_some("-var-file=values");
        let told = said(folder.path(), &["plan"].into_iter().chain(flag).collect::<Vec<_>>());
        assert!(told.contains("p = \"many\"") && !told.contains("CANARY"), "{told}");
    }
    std::fs::remove_file(folder.path().join("terraform.tfvars")).unwrap();
    let told = said(folder.path(), &["plan", "-var", "s CANARY"]);
    assert!(told.contains("\"s...\" has no equals sign") && !told.contains("CANARY"), "{told}");
}

#[test]
fn a_secret_that_became_a_key_is_masked_where_a_provider_repeats_it() {
    let folder = project("resource \"terraform_data\" \"a\" {\n  input = { (var.s) = 1 }\n}\n");
    for arguments in [&["apply", "-auto-approve"][..], &["show"], &["destroy", "-auto-approve"]] {
        let told = said(folder.path(), arguments);
        assert!(!told.contains("CANARY"), "{arguments:?}: {told}");
    }
}
