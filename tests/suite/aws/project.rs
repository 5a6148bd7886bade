//! A project of `terrace/aws` beside its own AWS, in the words of a test.

use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::aws::Aws;

/// A folder with a configuration, and the AWS that it is about.
pub(super) struct Project {
    pub(super) aws: Aws,
    folder: TempDir,
}

/// How a run ended and what it said.
pub(super) struct Run {
    pub(super) is_fine: bool,
    /// Both streams, on one line, without the frames of messages.
    pub(super) said: String,
    pub(super) plain: String,
}

impl Project {
    pub(super) fn new(configuration: &str) -> Self {
        let project = Self { aws: Aws::start(), folder: tempfile::tempdir().unwrap() };
        let head = "terraform {\n  required_providers {\n    aws = { source = \"terrace/aws\" }\n  }\n}\n\n";
        std::fs::write(project.folder.path().join("provider.tf"), head).unwrap();
        project.write(configuration);
        project
    }

    /// What is wanted from now on.
    pub(super) fn write(&self, configuration: &str) {
        std::fs::write(self.folder.path().join("main.tf"), configuration).unwrap();
    }

    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.aws.terrace(self.folder.path());
        command.args(words);
        command
    }

    pub(super) fn run(&self, words: &[&str]) -> Run {
        let output = self.command(words).output().unwrap();
        let plain = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let bare: String =
            plain.chars().map(|one| if "│╷╵╭╰─·×".contains(one) { ' ' } else { one }).collect();
        let said = bare.split_whitespace().collect::<Vec<_>>().join(" ");
        Run { is_fine: output.status.success(), said, plain }
    }

    /// Applies, and all is well.
    pub(super) fn apply(&self) -> Run {
        let run = self.run(&["apply", "-auto-approve"]);
        assert!(run.is_fine, "{}", run.plain);
        run
    }

    /// Applies, and it does not come off.
    pub(super) fn fail(&self) -> Run {
        let run = self.run(&["apply", "-auto-approve"]);
        assert!(!run.is_fine, "{}", run.plain);
        run
    }

    /// The actions of a plan by address, those that do something.
    pub(super) fn plan(&self) -> Vec<String> {
        let run = self.run(&["plan", "-out=it.plan"]);
        assert!(run.is_fine, "{}", run.plain);
        let shown: Value = self.json(&["show", "-json", "it.plan"]);
        let changes = shown["resource_changes"].as_array().cloned().unwrap_or_default();
        let action = |change: &Value| {
            let actions = change["change"]["actions"].as_array().cloned().unwrap_or_default();
            let actions: Vec<&str> = actions.iter().filter_map(Value::as_str).collect();
            let name = change["address"].as_str().unwrap_or_default();
            (actions != ["no-op"] && actions != ["read"]).then(|| format!("{} {name}", actions.join("+")))
        };
        changes.iter().filter_map(action).collect()
    }

    /// The attributes of an object in the state.
    pub(super) fn state(&self, address: &str) -> Value {
        let shown = self.json(&["show", "-json"]);
        let all = shown["values"]["root_module"]["resources"].as_array().cloned().unwrap_or_default();
        let found = all.into_iter().find(|one| one["address"] == address);
        found.unwrap_or_else(|| panic!("no {address} in {shown:#}"))["values"].take()
    }

    pub(super) fn json(&self, words: &[&str]) -> Value {
        let output = self.command(words).output().unwrap();
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}
