//! What the README shows is what happens.

use std::path::Path;
use std::process::Command;

use crate::support;

#[test]
fn every_session_in_the_readme_prints_what_it_shows() {
    let text = std::fs::read_to_string(support::root().join("README.md")).unwrap();
    let house = House::with_examples();
    let mut commands = 0;
    for block in blocks(&text, "console") {
        // Without AWS in the program there is none to show.
        if cfg!(not(feature = "aws")) && block.contains("rack-aws") {
            continue;
        }
        for (command, shown) in steps(&block) {
            assert_eq!(house.run(&command), shown, "$ {command}");
            commands += 1;
        }
    }
    assert!(commands >= 5, "the session in the README is gone");
}

#[test]
fn the_newcomers_command_is_the_one_that_ci_runs() {
    let readme = std::fs::read_to_string(support::root().join("README.md")).unwrap();
    let ci = std::fs::read_to_string(support::root().join(".ci/run")).unwrap();
    let commands = blocks(&readme, "sh");
    assert_eq!(commands[1].trim(), "cargo test");
    assert!(ci.lines().any(|line| line.trim() == "cargo test"));
}

#[test]
fn the_first_command_shows_a_page_that_is_served() {
    let readme = std::fs::read_to_string(support::root().join("README.md")).unwrap();
    let house = House::with_examples();
    let command = blocks(&readme, "sh")[0].replace("cargo run --release --quiet --", "terrace");
    let shown = house.run(&command);
    let destroyed = house.run("terrace -chdir=examples/shop destroy -e staging -auto-approve");
    assert!(shown.contains("Apply complete!"), "{shown}");
    assert!(shown.contains("<title>Terrace Goods</title>"), "{shown}");
    assert!(destroyed.contains("Destroy complete!"), "{destroyed}");
}

#[test]
fn every_example_is_laid_out_and_valid() {
    for entry in std::fs::read_dir(support::root().join("examples")).unwrap() {
        let example = entry.unwrap().path();
        let layout = support::terrace(&example).args(["fmt", "-check", "-recursive"]).output().unwrap();
        assert!(layout.status.success(), "{}: {layout:?}", example.display());
        let valid = support::terrace(&example).arg("validate").output().unwrap();
        assert!(valid.status.success(), "{}: {valid:?}", example.display());
    }
}

/// The fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let parts = text.split(&opening).skip(1);
    parts.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

/// Commands, each after a `$`, with what they print.
fn steps(block: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push((command.to_owned(), String::new())),
            (None, Some((_, shown))) => {
                shown.push_str(line);
                shown.push('\n');
            }
            (None, None) => panic!("output before the first command: {line}"),
        }
    }
    // An empty line before the next command is there for the eye.
    steps.into_iter().map(|(command, shown)| (command, shown.trim_end().to_owned())).collect()
}

/// The examples and modules in a folder of their own, of which nothing runs any more when the test is over.
struct House {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl House {
    fn with_examples() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["examples", "modules"] {
            support::copy(&support::root().join(part), &folder.path().join(part));
        }
        for left in [".terrace", ".terraform", "run"] {
            let _ = std::fs::remove_dir_all(folder.path().join("examples/shop").join(left));
        }
        // What a session says to AWS is said to the fake.
        #[cfg(feature = "aws")]
        let environment = support::aws::Aws::start().environment();
        #[cfg(not(feature = "aws"))]
        let environment = Vec::new();
        Self { folder, environment }
    }

    /// Both outputs of a shell command, with the binary of this build on the PATH.
    fn run(&self, command: &str) -> String {
        run_in(self.folder.path(), command, &self.environment)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let down = "terrace -chdir=examples/shop destroy -e";
        self.run(&format!("{down} staging -auto-approve"));
        self.run(&format!("{down} production --confirm production --allow-destroy"));
    }
}

fn run_in(folder: &Path, command: &str, environment: &[(&'static str, String)]) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_terrace")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env("LANG", "C.UTF-8")
        .env_remove("TF_CLI_ARGS")
        .envs(environment.iter().cloned())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
