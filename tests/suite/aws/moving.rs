//! A project moves either way by changing the source of its provider: what one has made the other one takes as it is.

use std::path::Path;

use serde_json::json;

use super::plugins;
use super::project::Project;
use crate::support::skipped;

const THERE: &str = "registry.terraform.io/hashicorp/aws";
const HERE: &str = "registry.terraform.io/terrace/aws";

/// Without the tags that only we know of.
const PROVIDER: &str = "provider \"aws\" {\n  environment_tags = false\n}\n\n";

const CONFIGURATION: &str = r#"
resource "aws_eks_access_entry" "it" {
  cluster_name      = "shop"
  principal_arn     = "arn:aws:iam::123456789012:role/deploy"
  kubernetes_groups = ["b", "a"]
  tags              = { team = "shop" }
}

resource "aws_eks_access_entry" "bare" {
  cluster_name  = "shop"
  principal_arn = "arn:aws:iam::123456789012:role/bare"
}

resource "aws_eks_access_policy_association" "it" {
  cluster_name  = "shop"
  principal_arn = aws_eks_access_entry.it.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
  access_scope {
    type       = "namespace"
    namespaces = ["x", "a"]
  }
}

resource "aws_eks_pod_identity_association" "it" {
  cluster_name    = "shop"
  namespace       = "shop"
  service_account = "web"
  role_arn        = "arn:aws:iam::123456789012:role/web"
}

resource "aws_eks_identity_provider_config" "it" {
  cluster_name = "shop"
  oidc {
    client_id                     = "cid"
    groups_claim                  = "groups"
    identity_provider_config_name = "people"
    issuer_url                    = "https://login.example.com"
    required_claims               = { team = "shop" }
  }
}
"#;

#[test]
fn what_was_made_here_is_taken_there_as_it_is_and_the_other_way_round() {
    let (there, back) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let project = Project::new(&format!("{PROVIDER}{CONFIGURATION}"));
    project.aws.set_clock_to_now();
    project.aws.cluster("shop").is_there(json!({ "accessConfig": { "authenticationMode": "API" } }));
    let provider =
        "provider \"aws\" {\n  skip_credentials_validation = true\n  skip_requesting_account_id = true\n}\n";
    write(there.path(), "main.tf", &[&plugins::choice(), provider, CONFIGURATION].concat());
    if plugins::prepare(there.path()).is_none() {
        skipped("moving between terrace/aws and hashicorp/aws", plugins::WHY_NOT);
        return;
    }
    project.apply();
    let state = project.run(&["state", "pull"]).plain;
    write(there.path(), "terraform.tfstate", &state.replace(HERE, THERE));
    let ask = |words: &[&str]| {
        let said = plugins::done(there.path(), words, |command| command.envs(project.aws.environment()));
        String::from_utf8(said).unwrap()
    };
    let said = ask(&["plan"]);
    assert!(said.contains("No changes."), "{said}");

    // Made anew by the public provider, and taken back.
    ask(&["destroy", "-auto-approve"]);
    ask(&["apply", "-auto-approve"]);
    let state = std::fs::read_to_string(there.path().join("terraform.tfstate")).unwrap();
    write(back.path(), "terraform.tfstate", &state.replace(THERE, HERE));
    let choice = "terraform {\n  required_providers {\n    aws = { source = \"terrace/aws\" }\n  }\n}\n\n";
    write(back.path(), "main.tf", &[choice, PROVIDER, CONFIGURATION].concat());
    for words in [["init"].as_slice(), &["plan", "-detailed-exitcode"]] {
        let output = project.aws.terrace(back.path()).args(words).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{words:?}: {said}");
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}
