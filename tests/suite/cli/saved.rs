//! Plans that are saved first and carried out later, by the binary as a user has it.

use std::path::Path;

use crate::support;

fn run(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = support::terrace(folder).args(arguments).output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

fn project(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    folder
}

const SIZED: &str = r#"
variable "size" {
  type = number
}

resource "terraform_data" "a" {
  input = var.size
}

output "size" {
  value = terraform_data.a.output
}
"#;

#[test]
fn a_saved_plan_has_the_values_that_it_was_made_with() {
    let folder = project(SIZED);
    let (planned, said) = run(folder.path(), &["plan", "-out=plan", "-input=false", "-var=size=7"]);
    assert!(planned, "{said}");
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "plan"]);
    assert!(applied, "{said}");
    assert_eq!(run(folder.path(), &["output", "-raw", "size"]).1, "7");
}

#[test]
fn a_saved_plan_takes_no_other_values() {
    let folder = project(SIZED);
    run(folder.path(), &["plan", "-out=plan", "-input=false", "-var=size=7"]);
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "-var=size=8", "plan"]);
    assert!(!applied && said.contains("another value of the variable \"size\""), "{said}");
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "-var=size=7", "plan"]);
    assert!(applied, "{said}");
}

#[test]
fn what_a_saved_plan_must_not_keep_is_given_once_more() {
    let folder = project(
        r#"
variable "token" {
  ephemeral = true
}

resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = "echo ${var.token} > told"
  }
}
"#,
    );
    let (planned, said) = run(folder.path(), &["plan", "-out=plan", "-input=false", "-var=token=abc"]);
    assert!(planned, "{said}");
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "plan"]);
    assert!(!applied && said.contains("No value for required variable"), "{said}");
    let (applied, said) = run(folder.path(), &["apply", "-input=false", "-var=token=abc", "plan"]);
    assert!(applied, "{said}");
    assert_eq!(std::fs::read_to_string(folder.path().join("told")).unwrap(), "abc\n");
}

/// As in the reference: a default takes the place of no ephemeral value that the plan was made with, and none comes in
/// the place of a default.
#[test]
fn the_same_ephemeral_variables_are_given_for_a_saved_plan_as_when_it_was_made() {
    let folder = project(
        r#"
variable "token" {
  default   = null
  ephemeral = true
}

resource "terraform_data" "a" {
  input = timestamp()
}
"#,
    );
    let apply = |planned: &[&str], applied: &[&str]| {
        let (sound, said) = run(folder.path(), &[&["plan", "-out=plan"], planned].concat());
        assert!(sound, "{said}");
        run(folder.path(), &[&["apply"], applied, &["plan"]].concat())
    };
    let (token, null) = (&["-var=token=x"][..], &["-var=token=null"][..]);
    let (applied, said) = apply(token, &[]);
    assert!(!applied && said.contains("has to be given again"), "{said}");
    let (applied, said) = apply(&[], token);
    assert!(!applied && said.contains("was given no value when the plan was made"), "{said}");
    assert!(!apply(null, &[]).0);
    for (planned, applied) in [(token, &["-var=token=y"][..]), (&[], &[]), (null, null), (token, null)] {
        let (applied, said) = apply(planned, applied);
        assert!(applied, "{said}");
    }
}

/// What does not change is held against its conditions again, since they may look at another ephemeral value by now.
#[test]
fn another_ephemeral_value_is_held_against_the_conditions_of_what_stays() {
    let folder = project(
        r#"
variable "token" {
  ephemeral = true
}

resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = var.token == "good"
      error_message = "Another token."
    }
  }
}
"#,
    );
    let steps: [(&[&str], bool); 5] = [
        (&["apply", "-auto-approve", "-var=token=good"], true),
        (&["plan", "-out=plan", "-var=token=good"], true),
        (&["apply", "-var=token=bad", "plan"], false),
        (&["plan", "-out=plan", "-var=token=good"], true),
        (&["apply", "-var=token=good", "plan"], true),
    ];
    for (words, fine) in steps {
        let (sound, said) = run(folder.path(), words);
        assert!(sound == fine && (fine || said.contains("Another token.")), "{words:?}: {said}");
    }
}

#[test]
fn the_state_says_by_now_which_configuration_of_a_provider_looks_after_what_does_not_change() {
    let resource = |line: &str| {
        format!(
            "provider \"terraform\" {{\n  alias = \"second\"\n}}\nresource \"terraform_data\" \"a\" {{\n{line}}}\n"
        )
    };
    let folder = project(&resource(""));
    for (line, wanted) in
        [("", "terraform\\\"]\""), ("  provider = terraform.second\n", "terraform\\\"].second\"")]
    {
        std::fs::write(folder.path().join("main.tf"), resource(line)).unwrap();
        let (applied, said) = run(folder.path(), &["apply", "-auto-approve"]);
        assert!(applied, "{said}");
        let state = run(folder.path(), &["state", "pull"]).1;
        assert!(state.contains(wanted), "{state}");
    }
}

/// A run with variables of the process.
fn with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = support::terrace(folder).args(arguments).envs(variables.iter().copied()).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), said)
}

#[test]
fn what_a_plan_was_made_with_is_not_asked_for_again() {
    let text = "variable \"size\" {}\nvariable \"secret\" {\n  sensitive = true\n}\n\
                variable \"passing\" {\n  ephemeral = true\n}\n\
                resource \"terraform_data\" \"a\" {\n  input = [var.size, var.secret]\n  \
                provisioner \"local-exec\" {\n    command = \"echo '${var.passing}' > told\"\n  }\n}\n\
                output \"size\" {\n  value = var.size\n}\n";
    let folder = project(text);
    let folder = folder.path();
    let plan = ["plan", "-out=saved", "-var=size=3", "-var=secret=s3cret", "-var=passing=one"];
    assert_eq!(with(folder, &plan, &[]).0, Some(0));
    // What must not be stored is not in it.
    let (code, text) = with(folder, &["apply", "saved"], &[]);
    assert!(code == Some(1) && text.contains("\"passing\" has no default"), "{text}");
    assert_eq!(text.matches("Error:").count(), 1, "{text}");
    let (code, text) = with(folder, &["apply", "-var=passing=two", "-var=size=4", "saved"], &[]);
    assert!(code == Some(1) && text.contains("another value of the variable \"size\""), "{text}");
    // What the surroundings say is another matter: they may be those of another job.
    let surroundings = [("TF_VAR_size", "5"), ("TF_VAR_secret", "other")];
    let (code, text) = with(folder, &["apply", "-var=passing=two", "-var=size=3", "saved"], &surroundings);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("size = \"3\"") && !text.contains("s3cret"), "{text}");
    assert_eq!(std::fs::read_to_string(folder.join("told")).unwrap(), "two\n");
    let (code, text) = with(folder, &["apply", "-var=passing=two", "saved"], &[]);
    assert!(code == Some(1) && text.contains("stale"), "{text}");
}

#[test]
fn a_plan_that_was_touched_is_not_taken_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("main.tf"), "resource \"terraform_data\" \"a\" {}\n").unwrap();
    assert_eq!(with(folder, &["plan", "-out=saved"], &[]).0, Some(0));
    let whole = std::fs::read(folder.join("saved")).unwrap();
    let half = whole.len() / 2;
    let mut touched = whole.clone();
    touched[half] ^= 1;
    let longer = [&whole[..], b"x"].concat();
    for (content, why) in [
        (&whole[..half], "damaged"),
        (&whole[..5], "not a saved plan"),
        (&whole[..0], "not a saved plan"),
        (&whole[..whole.len() - 1], "damaged"),
        (&touched[..], "damaged"),
        (&longer[..], "damaged"),
    ] {
        std::fs::write(folder.join("other"), content).unwrap();
        for command in [
            &["apply", "other"][..],
            &["show", "other"],
            &["show", "-json", "other"],
            &["graph", "-plan=other"],
        ] {
            let (code, text) = with(folder, command, &[]);
            assert!(code == Some(1) && text.contains(why), "{command:?}: {text}");
        }
    }
    assert_eq!(with(folder, &["apply", "saved"], &[]).0, Some(0));
}

/// Replaced by a file, `/dev/null` would be gone for everybody on the machine.
#[test]
#[cfg(unix)]
fn a_plan_is_written_to_a_pipe_and_through_a_link_and_replaces_neither() {
    use std::os::unix::fs::FileTypeExt;
    use std::process::{Command, Stdio};

    let folder = project(SIZED);
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let copy = std::fs::File::create(folder.path().join("plan")).unwrap();
    let mut reader = Command::new("cat").arg(&pipe).stdout(Stdio::from(copy)).spawn().unwrap();
    let (planned, said) = run(folder.path(), &["plan", "-out=pipe", "-var=size=7"]);
    let is_pipe = std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo();
    if !is_pipe {
        reader.kill().unwrap();
    }
    reader.wait().unwrap();
    assert!(planned && is_pipe, "{said}");
    assert!(run(folder.path(), &["apply", "plan"]).0);

    std::os::unix::fs::symlink("target", folder.path().join("link")).unwrap();
    std::fs::write(folder.path().join("target"), "before").unwrap();
    assert!(run(folder.path(), &["plan", "-out=link", "-var=size=8"]).0);
    assert!(std::fs::symlink_metadata(folder.path().join("link")).unwrap().is_symlink());
    assert!(run(folder.path(), &["apply", "target"]).0);
}
