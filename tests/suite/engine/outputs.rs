//! Outputs: of modules whose outputs are known at different times, and as programs read them.

use crate::support;

/// `early` is asked for while `late` is still being made: what is learned of the one must not settle the other.
const PROJECT: &str = r#"
module "rack" {
  source = "./rack"
  count  = 1
}

module "keyed" {
  source   = "./rack"
  for_each = toset(["only"])
}

resource "terraform_data" "early" {
  input = [module.rack[0].early, module.keyed["only"].early]
}

resource "terraform_data" "late" {
  input = [terraform_data.early.output, module.rack[0].late, module.keyed["only"].late]
}

output "late" {
  value = terraform_data.late.output
}
"#;

const RACK: &str = r#"
resource "terraform_data" "early" {
  input = "early"
}

resource "terraform_data" "late" {
  input = "late"

  provisioner "local-exec" {
    command = "sleep 1"
  }
}

output "early" {
  value = terraform_data.early.output
}

output "late" {
  value = terraform_data.late.output
}
"#;

#[test]
fn one_output_of_an_instance_is_known_before_the_others_are() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("rack")).unwrap();
    std::fs::write(folder.path().join("main.tf"), PROJECT).unwrap();
    std::fs::write(folder.path().join("rack/main.tf"), RACK).unwrap();
    let run = |arguments: &[&str]| support::terrace(folder.path()).args(arguments).output().unwrap();
    let applied = run(&["apply", "-auto-approve"]);
    let again = run(&["plan", "-detailed-exitcode"]);
    let late = run(&["output", "-json", "late"]);
    assert!(applied.status.success(), "{applied:?}");
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert_eq!(String::from_utf8(late.stdout).unwrap().trim(), r#"[["early","early"],"late","late"]"#);
}

#[test]
fn json_for_programs_has_the_bytes_of_the_reference() {
    let folder = tempfile::tempdir().unwrap();
    let project = "output \"page\" {\n  value = \"<b>&\\u2028\\u2029 é</b>\"\n}\n";
    std::fs::write(folder.path().join("main.tf"), project).unwrap();
    let run = |arguments: &[&str]| {
        let output = support::terrace(folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let page = r#""\u003cb\u003e\u0026\u2028\u2029 é\u003c/b\u003e""#;
    run(&["plan", "-out=saved"]);
    assert!(run(&["show", "-json", "saved"]).contains(page));
    assert!(run(&["apply", "-json", "saved"]).contains(page));
    assert_eq!(run(&["output", "-json", "page"]), format!("{page}\n"));
    assert!(run(&["output", "-json"]).contains(page));
    assert!(run(&["show", "-json"]).contains(page));
    assert!(run(&["state", "pull"]).contains(page));
    assert_eq!(run(&["output", "-raw", "page"]), "<b>&\u{2028}\u{2029} é</b>");
}
