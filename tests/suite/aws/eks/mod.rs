//! Clusters of EKS and what belongs to them, through the whole program: made, changed in place, replaced, taken over,
//! found again, destroyed.

mod addon;
mod cluster;
mod crash;
mod fargate_profile;
mod node_group;
mod refused;

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::aws::Aws;

/// A project of one file.
struct Project {
    aws: Aws,
    folder: TempDir,
}

/// What every project begins with.
const HEAD: &str = r#"
terraform {
  required_providers {
    aws = { source = "terrace/aws" }
  }
}

provider "aws" {
  environment_tags = false
}
"#;

/// A cluster with these lines of its own.
fn cluster(lines: &str) -> String {
    cluster_with(r#"subnet_ids = ["subnet-1", "subnet-2"]"#, lines)
}

/// A cluster with these lines in its network, and these of its own.
fn cluster_with(network: &str, lines: &str) -> String {
    format!(
        r#"
resource "aws_eks_cluster" "shop" {{
  name     = "shop"
  role_arn = "arn:aws:iam::123456789012:role/cluster"
  vpc_config {{
    {network}
  }}
  {lines}
}}
"#
    )
}

impl Project {
    fn with(text: &str) -> Self {
        let project = Self { aws: Aws::start(), folder: tempfile::tempdir().unwrap() };
        project.write(text);
        project
    }

    /// With a cluster that is there already.
    fn in_a_cluster(text: &str) -> Self {
        let project = Self::with(text);
        project.aws.cluster("shop").is_there(serde_json::json!({ "version": "1.31" }));
        project
    }

    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("main.tf"), format!("{HEAD}{text}")).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.aws.terrace(self.folder.path());
        command.args(arguments);
        command
    }

    /// Whether it went well, and everything that was said.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.success(), format!("{}{}", text(stdout), text(stderr)))
    }

    fn apply(&self) -> String {
        let (well, said) = self.run(&["apply", "-auto-approve", "-no-color"]);
        assert!(well, "{said}");
        said
    }

    /// Applies what cannot be; what is said, on one line.
    fn fails(&self, arguments: &[&str]) -> String {
        let (well, said) = self.run(arguments);
        assert!(!well, "{said}");
        words(&said)
    }

    fn apply_fails(&self) -> String {
        self.fails(&["apply", "-auto-approve", "-no-color"])
    }

    fn plan(&self) -> String {
        let (well, said) = self.run(&["plan", "-no-color"]);
        assert!(well, "{said}");
        said
    }

    /// A plan has nothing to do.
    fn rests(&self) {
        let said = self.plan();
        assert!(said.contains("No changes"), "{said}");
    }

    fn destroy(&self) {
        let (well, said) = self.run(&["destroy", "-auto-approve", "-no-color"]);
        assert!(well, "{said}");
    }

    /// What the state has of an object.
    fn object(&self, kind: &str) -> Value {
        let (well, said) = self.run(&["state", "pull"]);
        assert!(well, "{said}");
        let state: Value = serde_json::from_str(&said).unwrap();
        let mut resources = state["resources"].as_array().unwrap().iter();
        let found = resources.find(|resource| resource["type"] == kind);
        found.map_or(Value::Null, |found| found["instances"][0].clone())
    }

    fn attributes(&self, kind: &str) -> Value {
        self.object(kind)["attributes"].clone()
    }

    /// What was asked for so often: the parameters of each request.
    fn asked(&self, action: &str) -> Vec<Value> {
        self.aws.asked(action).into_iter().map(|ask| ask.parameters).collect()
    }
}

/// Without the frame that errors are drawn with.
fn words(said: &str) -> String {
    let plain = said.replace(['│', '╷', '╵', '╭', '╰', '─', '·'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
