//! Environments: what `terrace.hcl` may say, what is wrong with it, and what comes of it.

mod changes;
mod drift;
mod everywhere;
mod faults;
mod guards;
mod parity;
mod preview;
mod protection;
mod tables;
mod validate;
mod values;
mod wrong_folder;

use std::path::Path;

use crate::support;

/// A project with environments in a folder of its own.
pub(super) struct Project {
    folder: tempfile::TempDir,
}

/// What a command said, all of it.
pub(super) struct Said {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Project {
    /// With these files, by name.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        files.iter().for_each(|(name, text)| project.write(name, text));
        project
    }

    /// The project of the language's own page: staging, production, and previews of staging.
    pub(super) fn shop() -> Self {
        Self::of(&[("main.tf", MAIN), ("terrace.hcl", TERRACE)])
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `terrace` with words that are separated by single spaces.
    pub(super) fn run(&self, words: &str) -> Said {
        self.run_with(words, &[])
    }

    /// With more in the process environment.
    pub(super) fn run_with(&self, words: &str, variables: &[(&str, &str)]) -> Said {
        let mut command = support::terrace(self.path());
        command.args(words.split(' ')).envs(variables.iter().copied());
        let output = support::feed(&mut command, "");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Runs what must come off, and gives what it printed.
    #[track_caller]
    pub(super) fn fine(&self, words: &str) -> String {
        let said = self.run(words);
        assert_eq!(said.code, 0, "{words}\n{}\n{}", said.out, said.err);
        said.out
    }

    /// Runs what must be refused, and gives what it said, as one line.
    #[track_caller]
    pub(super) fn refused(&self, words: &str) -> String {
        let said = self.run(words);
        assert_eq!(said.code, 1, "{words}\n{}\n{}", said.out, said.err);
        said.err.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

pub(super) const MAIN: &str = r#"
variable "environment" {
  type = string
}

variable "instance_type" {
  type = string
}

variable "instance_count" {
  type = number
  validation {
    condition     = var.instance_count < 10
    error_message = "Too many."
  }
}

variable "high_availability" {
  type    = bool
  default = false
}

variable "domain" {
  type = string
}

variable "db_password" {
  type      = string
  sensitive = true
  default   = null
}

resource "terraform_data" "instance" {
  count = var.instance_count
  input = "${var.environment}/${terraform.workspace}/${var.domain}/${var.instance_type}/${var.high_availability}"
}

output "instances" {
  value = terraform_data.instance[*].input
}
"#;

pub(super) const TERRACE: &str = r#"project "shop" {
  description = "Storefront and API"
}

parameter "instance_type" {
  differs = "scale"
}
parameter "instance_count" {
  differs = "scale"
}
parameter "high_availability" {
  differs = "scale"
}
parameter "domain" {
  differs = "identity"
}

environment "staging" {
  tier   = "staging"
  branch = "staging"
  owners = ["platform"]
  values = {
    instance_type  = "t3.medium"
    instance_count = 1
    domain         = "staging.example.com"
  }
}

environment "production" {
  extends = "staging"
  tier    = "production"
  branch  = "main"
  values = {
    instance_type     = "m5.xlarge"
    instance_count    = 3
    high_availability = true
    domain            = "example.com"
  }
}

preview {
  extends = "staging"
  ttl     = "72h"
  limit   = 10
  values = {
    domain = "${preview.slug}.preview.example.com"
  }
}
"#;
