//! What can be wrong in `terrace.hcl`, each told with its place.

use super::{Project, TERRACE};

/// A change to the shop's `terrace.hcl`, the title of the fault that it makes, and something that the message says.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    (
        "extends = \"staging\"\n  tier    = \"prod",
        "extends = \"stagin\"\n  tier    = \"prod",
        "Unknown environment",
        "Did you mean \"staging\"?",
    ),
    (
        "  tier   = \"staging\"",
        "  extends = \"production\"",
        "Circular extends",
        "staging -> production -> staging",
    ),
    (
        "extends = \"staging\"\n  ttl",
        "extends = \"preview\"\n  ttl",
        "Preview cannot be extended",
        "come and go",
    ),
    ("  ttl     = \"72h\"\n", "", "Preview without ttl", "72h"),
    ("\"72h\"", "\"three days\"", "Invalid ttl", "three days"),
    ("limit   = 10", "limit   = -1", "Unsuitable number", "limit"),
    ("\"production\" {", "\"staging\" {", "Duplicate environment", "staging"),
    ("tier    = \"production\"", "tier    = \"prodution\"", "Unknown tier", "Did you mean \"production\"?"),
    ("differs = \"identity\"", "differs = \"size\"", "Unknown kind of difference", "external"),
    ("differs = \"identity\"", "", "Parameter without a declaration", "domain"),
    (
        "instance_count = 1",
        "instance_cuont = 1",
        "Value for an undeclared variable",
        "Did you mean \"instance_count\"?",
    ),
    ("instance_count = 1", "instance_count = \"one\"", "Wrong type for a variable", "instance_count"),
    ("instance_count    = 3", "instance_count    = 30", "Invalid value for a variable", "Too many."),
    ("domain         = \"staging.example.com\"", "", "No value for required variable", "staging"),
    (
        "domain         =",
        "db_password = \"hunter2\"\n    domain =",
        "Secret written down",
        "secrets { db_password",
    ),
    (
        "domain         = \"st",
        "domain = environment.nam\n    x = \"st",
        "Unknown name",
        "Did you mean \"environment.name\"?",
    ),
    ("domain         = \"st", "domain = var.domain\n    x = \"st", "Unknown name", "so that \"var\""),
    (
        "domain         = \"st",
        "environment = \"production\"\n    domain = \"st",
        "Value of another environment",
        "staging",
    ),
    (
        "branch  = \"main\"",
        "branch  = \"main\"\n  protect {\n    windows = []\n  }",
        "Environment that nothing can apply",
        "windows",
    ),
    (
        "branch  = \"main\"",
        "branch  = \"main\"\n  protect {\n    overridable = [\"confirm\"]\n  }",
        "Unknown rule",
        "windows",
    ),
    (
        "branch = \"staging\"",
        "abstract = true\n protect {\n branches = [\"a\"]\n }\n}\nenvironment \"other\" {\n extends = \"staging\"\n protect {\n branches = [\"b\"]\n }",
        "Environment that nothing can apply",
        "tightened",
    ),
    (
        "preview {",
        "environment \"base\" {\n  abstract = true\n}\npreview {",
        "Environment that nothing can apply",
        "nothing extends it",
    ),
    (
        "preview {",
        "toggle \"t\" {\n  on = { staging = true }\n  since = \"2026-01-01\"\n}\npreview {",
        "Toggle is not set everywhere",
        "\"production\"",
    ),
    (
        "preview {",
        "toggle \"t\" {\n  on = { staging = true, production = true, prod = true }\n  since = \"2026-01-01\"\n}\npreview {",
        "Unknown environment",
        "prod",
    ),
    (
        "preview {",
        "toggle \"t\" {\n  on = { staging = true, production = true }\n  since = \"yesterday\"\n}\npreview {",
        "Invalid date",
        "2026-11-21",
    ),
    (
        "preview {",
        "variables_for \"api\" {\n  required = [\"A\"]\n}\npreview {",
        "Service without a variable",
        "api_environment",
    ),
    (
        "preview {",
        "variables_for \"api\" {\n  variable = \"domain\"\n  required = [\"A\"]\n}\npreview {",
        "Missing variable of a service",
        "\"A\"",
    ),
    (
        "owners = [",
        "secrets {\n db_password = \"hunter2\"\n }\n  owners = [",
        "Secret is no reference",
        "env(",
    ),
    ("owners = [", "variables_for \"api\" {\n A = \"1\"\n }\n  owners = [", "Unknown service", "api"),
    ("project \"shop\"", "projekt \"shop\"", "Unsupported block type", "project"),
    ("\"shop\" {", "{", "Missing name for project", "project"),
];

#[test]
fn every_fault_is_told_by_its_title_with_what_helps() {
    for (from, to, title, says) in FAULTS {
        assert!(TERRACE.contains(from), "{from}");
        let project = Project::shop();
        project.write("terrace.hcl", &TERRACE.replacen(from, to, 1));
        let told = project.refused("validate");
        assert!(told.contains(&format!("Error: {title}")), "{to}\n{told}");
        assert!(told.contains(says), "{to}\nmissing: {says}\n{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_file_of_anything_else_is_refused_and_breaks_nothing() {
    for text in
        ["", "\u{0}", "}", "environment {}", "environment \"a/b\" {}", "environment \"preview/x\" {}", "[]"]
    {
        let project = Project::shop();
        project.write("terrace.hcl", text);
        project.refused("validate");
        project.refused("plan");
    }
}
