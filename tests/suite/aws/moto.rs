//! Environments over the real wire, against moto, an AWS that others have written. What it cannot do (properties in
//! change sets, rollback, drift, most of EKS) the fake does in the other tests.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::aws::Aws;
use crate::support::{self, tools};

/// Whom the key `test` is of, and the accounts of the example.
const USUAL: &str = "123456789012";
const STAGING: &str = "111111111111";
const PRODUCTION: &str = "222222222222";

/// A rack alone, with all of its cluster that moto knows.
const TRIAL: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "terrace/aws"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "available" {
  type    = bool
  default = false
}

module "rack" {
  source = "./modules/rack"

  name              = "trial"
  zones             = ["eu-central-1a", "eu-central-1b"]
  high_availability = var.available
  protect_data      = false
  addons            = {}
}

output "gateways" {
  value = length(module.rack.addresses)
}

output "nodes" {
  value = keys(module.rack.node_groups)
}

output "network" {
  value = [module.rack.vpc_id, module.rack.private_subnet_ids, module.rack.database]
}
"#;

#[test]
fn a_rack_is_made_and_made_available_and_taken_down() {
    let Some(moto) = Moto::start("a rack against moto") else { return };
    let folder = tempfile::tempdir().unwrap();
    support::copy(&support::root().join("modules/rack"), &folder.path().join("modules/rack"));
    std::fs::write(folder.path().join("main.tf"), TRIAL).unwrap();
    let eks = eks();
    let run = |arguments: &[&str]| moto.terrace(folder.path(), &eks).args(arguments).output().unwrap();
    let output = |name: &str| -> Value {
        serde_json::from_slice(&fine(run(&["output", "-json", name])).stdout).unwrap()
    };

    fine(run(&["apply", "-auto-approve"]));
    assert_eq!(output("gateways"), 1);
    assert_eq!(output("nodes"), json!(["main-a"]));
    let stacks =
        ["database", "egress", "logs", "network", "registry", "roles"].map(|stack| format!("trial-{stack}"));
    assert_eq!(moto.stacks(USUAL), stacks);
    fine(run(&["plan", "-detailed-exitcode"]));

    let network = output("network");
    fine(run(&["apply", "-auto-approve", "-var=available=true"]));
    assert_eq!(output("gateways"), 2);
    assert_eq!(output("nodes"), json!(["main-a", "main-b"]));
    assert_eq!(output("network"), network);
    fine(run(&["plan", "-detailed-exitcode", "-var=available=true"]));

    fine(run(&["destroy", "-auto-approve"]));
    assert!(moto.stacks(USUAL).is_empty(), "{:?}", moto.stacks(USUAL));
}

#[test]
fn the_cluster_too_is_made_and_taken_down_where_moto_knows_all_of_it() {
    let Some(moto) = Moto::start("a cluster against moto") else { return };
    let folder = tempfile::tempdir().unwrap();
    support::copy(&support::root().join("modules/rack"), &folder.path().join("modules/rack"));
    std::fs::write(folder.path().join("main.tf"), TRIAL).unwrap();
    let run =
        |arguments: &[&str]| moto.terrace(folder.path(), &moto.endpoint()).args(arguments).output().unwrap();
    fine(run(&["apply", "-auto-approve", "-var=available=true"]));
    fine(run(&["destroy", "-auto-approve", "-var=available=true"]));
}

#[test]
fn environments_live_side_by_side_in_accounts_of_their_own() {
    let Some(moto) = Moto::start("environments side by side against moto") else { return };
    let folder = tempfile::tempdir().unwrap();
    for part in ["modules/rack", "examples/rack-aws"] {
        support::copy(&support::root().join(part), &folder.path().join(part));
    }
    let example = folder.path().join("examples/rack-aws");
    let eks = eks();
    let run = |arguments: &[&str]| moto.terrace(&example, &eks).args(arguments).output().unwrap();
    let stacks = |environment: &str| {
        ["api", "database", "egress", "logs", "network", "registry", "roles"]
            .map(|stack| format!("shop-{environment}-{stack}"))
            .to_vec()
    };

    fine(run(&["apply", "-e", "staging", "-auto-approve"]));
    fine(run(&["apply", "-e", "production", "--confirm", "production"]));
    assert_eq!(moto.stacks(STAGING), stacks("staging"));
    assert_eq!(moto.stacks(PRODUCTION), stacks("production"));
    assert!(moto.stacks(USUAL).is_empty());
    fine(run(&["plan", "-e", "staging", "-detailed-exitcode"]));
    fine(run(&["plan", "-e", "production", "-detailed-exitcode"]));

    let refused = run(&["destroy", "-e", "production", "--confirm", "production", "--allow-destroy"]);
    assert!(!refused.status.success(), "{refused:?}");
    fine(run(&["destroy", "-e", "staging", "-auto-approve"]));
    assert!(moto.stacks(STAGING).is_empty(), "{:?}", moto.stacks(STAGING));
    assert_eq!(moto.stacks(PRODUCTION), stacks("production"));
}

/// A fake beside moto for EKS, of which moto has a part only. It takes the keys of moto's accounts.
fn eks() -> String {
    let eks = Aws::start();
    eks.admit_everybody();
    eks.endpoint().to_owned()
}

fn fine(output: Output) -> Output {
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}\n{}", output.status, said(&output.stdout), said(&output.stderr));
    output
}

/// moto's server, until the test is over.
struct Moto {
    child: Child,
    port: u16,
}

impl Moto {
    /// None, said loudly, where moto is not to be had.
    fn start(what: &str) -> Option<Self> {
        let Some(python) = tools::tool("python3", &["-c", "import moto.server"]) else {
            support::skipped(what, "there is no moto (.ci/run installs it)");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(python);
        command.arg(support::root().join("tests/suite/aws/moto/server.py")).args(["-p", &port.to_string()]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let moto = Self { child, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "moto does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(moto)
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The binary in a directory, with this as its only AWS, but for EKS.
    fn terrace(&self, folder: &Path, eks: &str) -> Command {
        let mut command = support::terrace(folder);
        for (name, _) in std::env::vars() {
            if name.starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command
            .env("AWS_ENDPOINT_URL", self.endpoint())
            .env("AWS_ENDPOINT_URL_EKS", eks)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/nowhere/config")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials")
            .env("TERRACE_TEST_AWS_PACE", "1");
        command
    }

    /// The names of the stacks that an account has.
    fn stacks(&self, account: &str) -> Vec<String> {
        let role = format!("arn:aws:iam::{account}:role/terrace");
        let session = self.ask(
            "sts",
            "test",
            &format!("Action=AssumeRole&Version=2011-06-15&RoleSessionName=test&RoleArn={role}"),
        );
        let key = between(&session, "AccessKeyId").next().expect("whoever asks gets a session").to_owned();
        let told = self.ask("cloudformation", &key, "Action=DescribeStacks&Version=2010-05-15");
        let mut names: Vec<String> = between(&told, "StackName").map(str::to_owned).collect();
        names.sort();
        names
    }

    fn ask(&self, service: &str, key: &str, form: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "POST / HTTP/1.0\r\nHost: {service}.eu-central-1.amazonaws.com\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={key}/20260102/eu-central-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=00\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

/// What stands in elements of this name.
fn between<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let opening = format!("<{name}>");
    let parts: Vec<&str> = text.split(opening.as_str()).skip(1).collect();
    parts.into_iter().map(|part| part.split('<').next().unwrap_or_default())
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
