//! The command as people and programs see it.

use super::super::Project;

const MAIN: &str = r#"
variable "environment" {}
variable "size" { type = number }
variable "token" {
  type      = string
  sensitive = true
  default   = "x"
}
variable "note" { default = "" }
resource "terraform_data" "it" {
  count = var.size
  input = "${var.environment} ${var.note}"
}
"#;

const TERRACE: &str = r#"
parameter "size" {
  differs     = "scale"
  description = "more customers | more machines"
}
environment "base" {
  abstract = true
  values   = { size = 1 }
}
environment "staging" { extends = "base" }
environment "demo" { extends = "base" }
environment "production" {
  extends = "staging"
  tier    = "production"
  values  = { size = 2 }
}
"#;

#[test]
fn what_is_declared_is_fine_and_told_by_parameter() {
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", TERRACE)]);
    let out = project.fine("parity staging production");
    assert!(out.contains("staging and production differ only as declared."), "{out}");
    assert!(out.contains("more customers"), "{out}");
    let markdown = project.fine("parity staging production --markdown");
    assert!(markdown.contains("&#124;"), "no cell ends in a description: {markdown}");
    let same = project.fine("parity staging staging");
    assert_eq!(same, "staging and staging are the same.\n");
}

#[test]
fn two_environments_are_named_or_all() {
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", TERRACE)]);
    for (words, said) in [
        ("parity", "and none was named. There are staging, demo, production."),
        ("parity staging", "and one was named."),
        ("parity staging demo production", "and 3 were named."),
    ] {
        let refused = project.refused(words);
        assert!(
            refused.contains(said) && refused.contains("terrace parity staging demo; or --all"),
            "{refused}"
        );
    }
}

#[test]
fn a_toggle_and_the_parts_of_a_value_are_told_side_by_side() {
    let main = "variable \"sale\" {\n  type = bool\n}\nvariable \"database\" {\n  type = object({ gb = number, standby = bool \
                })\n}\noutput \"all\" {\n  value = [var.sale, var.database]\n}\n";
    let hcl = "parameter \"database\" {\n  differs = \"scale\"\n}\ntoggle \"winter\" {\n  since = \"2026-01-01\"\n  on = { a = \
               true, b = false }\n}\nenvironment \"a\" {\n  values = { sale = toggle.winter, database = { gb = 1, standby = \
               false } }\n}\nenvironment \"b\" {\n  extends = \"a\"\n  values = { database = { gb = 9, standby = true } }\n}\n";
    let project = Project::of(&[("main.tf", main), ("terrace.hcl", hcl)]);
    let out = project.fine("parity a b");
    let cells = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = out.lines().map(cells).collect();
    assert!(lines.contains(&"database scale 2 gb = 1 gb = 9".to_owned()), "{out}");
    assert!(lines.contains(&"standby = false standby = true".to_owned()), "{out}");
    assert!(lines.contains(&"toggle.winter toggle 1 on off".to_owned()), "{out}");
}

#[test]
fn what_is_not_declared_fails_with_the_line_that_would_declare_it() {
    let hcl = TERRACE.replace("size = 2 }", "size = 2, note = \"n\" }");
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", &hcl)]);
    let said = project.run("parity staging production");
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.out.contains("  parameter \"note\" { differs = \"scale\" }\n"), "{}", said.out);
    let json = project.run("parity staging production --json");
    assert_eq!(json.code, 2);
    let answer: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(answer["format_version"], "1.0");
    let pair = &answer["pairs"][0];
    assert_eq!((&pair["first"], &pair["second"]), (&"staging".into(), &"production".into()));
    assert_eq!(pair["declared"], false);
    let found = &pair["undeclared_differences"][1];
    assert_eq!(found["address"], "terraform_data.it[0]");
    assert_eq!(found["path"], ".input");
    assert_eq!(found["first"]["value"], "staging ");
    assert_eq!(found["causes"][0]["name"], "environment");
    assert_eq!(found["declare"][0], "parameter \"note\" { differs = \"scale\" }");
    let declared = &pair["declared_differences"][0];
    assert_eq!(declared["name"], "environment");
    assert_eq!(pair["declared_differences"][1]["differs"], "scale");
}

#[test]
fn all_compares_what_extends_links() {
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", TERRACE)]);
    let out = project.fine("parity --all");
    for line in ["staging and demo ", "staging and production "] {
        assert!(out.lines().any(|text| text.starts_with(line)), "{line}: {out}");
    }
    let loose =
        "environment \"one\" { values = { size = 1 } }\nenvironment \"two\" { values = { size = 1 } }\n";
    project.write("terrace.hcl", loose);
    let said = project.refused("parity --all");
    assert!(said.contains("No environment extends another one"), "{said}");
}

#[test]
fn neither_the_process_nor_a_secret_takes_part() {
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", TERRACE)]);
    let said = project.run_with("parity staging production", &[("TF_VAR_note", "elsewhere")]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(!said.out.contains("elsewhere"));
}

#[test]
fn what_is_secret_is_not_shown() {
    let main = "variable \"size\" { type = number }\nresource \"terraform_data\" \"it\" { input = sensitive(\"quiet-${var.size}\") }\n";
    let hcl = "environment \"a\" { values = { size = 1 } }\nenvironment \"b\" { values = { size = 2 } }\n";
    let project = Project::of(&[("main.tf", main), ("terrace.hcl", hcl)]);
    for words in ["parity a b", "parity a b --json", "parity a b --markdown"] {
        let said = project.run(words);
        assert_eq!(said.code, 2, "{}{}", said.out, said.err);
        assert!(!said.out.contains("quiet"), "{}", said.out);
        assert!(said.out.contains("sensitive"), "{}", said.out);
    }
}

#[test]
fn an_environment_that_fails_is_an_error_and_no_difference() {
    let main = "variable \"at\" { type = number }\noutput \"it\" { value = [1, 2][var.at] }\n";
    let hcl = "environment \"a\" { values = { at = 1 } }\nenvironment \"b\" { values = { at = 2 } }\n";
    let project = Project::of(&[("main.tf", main), ("terrace.hcl", hcl)]);
    let said = project.refused("parity a b");
    assert!(said.contains("Index out of range") && said.contains("environment b"), "{said}");
    assert!(project.refused("parity a c").contains("Unknown environment"));
    assert!(project.refused("parity a").contains("Two environments are compared"));
}

#[test]
fn what_was_really_applied_is_held_against_what_it_should_be() {
    let hcl = TERRACE.replace("  tier    = \"production\"\n", "");
    let project = Project::of(&[("main.tf", MAIN), ("terrace.hcl", &hcl)]);
    let said = project.run("parity staging production --state");
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.out.contains("Applied in staging: nothing yet; not in 1 place"), "{}", said.out);
    project.fine("apply -e staging -auto-approve");
    project.fine("apply -e production -auto-approve");
    let said = project.fine("parity staging production --state");
    assert!(said.contains("all that the configuration says."), "{said}");
    // Later than the last apply, and so not in the state of either.
    project.write("main.tf", &MAIN.replace("${var.note}", "${var.note}!"));
    let said = project.run("parity staging production --state --json");
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let found = &answer["pairs"][0]["applied"][0];
    assert_eq!(found["environment"], "staging");
    assert_eq!(found["differences"][0]["address"], "terraform_data.it[0]");
    assert_eq!(found["differences"][0]["path"], ".input");
    assert_eq!(found["differences"][0]["configured"]["value"], "staging !");
    assert_eq!(found["differences"][0]["applied"]["value"], "staging ");
}
