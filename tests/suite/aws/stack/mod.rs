//! `aws_cloudformation_stack`: the binary against our own CloudFormation.

mod arguments;
mod cut_off;
mod failures;
mod life;
mod meddling;
mod schema;
mod surprises;
mod values;

use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::aws::Aws;

const HEAD: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "terrace/aws"
    }
  }
}

provider "aws" {
  environment_tags = false
}
"#;

/// A bucket, a database that is kept, and a topic that knows the bucket.
const SHOP: &str = r#"
variable "size" { default = "small" }
variable "bucket" { default = "wares" }

resource "aws_cloudformation_stack" "shop" {
  name = "shop"
  tags = { team = "shop" }
  template = {
    Resources = {
      Bucket   = { Type = "AWS::S3::Bucket", Properties = { BucketName = var.bucket } }
      Database = {
        Type                = "AWS::RDS::DBInstance"
        DeletionPolicy      = "Snapshot"
        UpdateReplacePolicy = "Snapshot"
        Properties          = { Engine = "postgres", DBInstanceClass = var.size }
      }
      Topic = {
        Type       = "AWS::SNS::Topic"
        Properties = { DisplayName = { "Fn::GetAtt" = ["Bucket", "Arn"] } }
      }
    }
    Outputs = { Bucket = { Value = { Ref = "Bucket" } } }
  }
}

output "bucket" { value = aws_cloudformation_stack.shop.outputs["Bucket"] }
"#;

/// A project and its AWS.
struct Project {
    aws: Aws,
    folder: TempDir,
}

/// What a run said, and whether it went well.
struct Said {
    fine: bool,
    text: String,
}

impl Project {
    fn of(text: &str) -> Self {
        let project = Self { aws: Aws::start(), folder: TempDir::new().unwrap() };
        project.write(text);
        project
    }

    /// One whose stack is there.
    fn applied(text: &str) -> Self {
        let project = Self::of(text);
        project.apply(&[]).fine();
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

    fn run(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }

    fn apply(&self, more: &[&str]) -> Said {
        self.run(&[&["apply", "-auto-approve"], more].concat())
    }

    fn plan(&self, more: &[&str]) -> Said {
        self.run(&[&["plan"], more].concat())
    }

    fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Plans again, and finds nothing to do.
    fn rests(&self) {
        let output = self.command(&["plan", "-detailed-exitcode"]).output().unwrap();
        let said = Said::of(&output);
        assert_eq!(output.status.code(), Some(0), "{}", said.text);
    }

    /// How often something was asked.
    fn count(&self, action: &str) -> usize {
        self.aws.asked(&format!("cloudformation:{action}")).len()
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        // Sentences are folded where the frame ends.
        let lines = String::from_utf8_lossy(&both);
        let lines = lines.lines().map(|line| line.trim_start_matches(['│', '╷', '╵', ' ']).trim_end());
        Self { fine: output.status.success(), text: lines.collect::<Vec<_>>().join("\n") }
    }

    #[track_caller]
    fn fine(self) -> Self {
        assert!(self.fine, "{}", self.text);
        self
    }

    #[track_caller]
    fn failed(self) -> Self {
        assert!(!self.fine, "{}", self.text);
        self
    }

    #[track_caller]
    fn says(self, words: &str) -> Self {
        assert!(folded(&self.text).contains(&folded(words)), "{words:?} is not in:\n{}", self.text);
        self
    }

    #[track_caller]
    fn keeps_to_itself(self, words: &str) -> Self {
        assert!(!folded(&self.text).contains(&folded(words)), "{words:?} is in:\n{}", self.text);
        self
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
