//! `examples/rack-aws` against the fake: a whole environment made, sized, compared and taken down, and guests on it.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use super::templates;
use crate::support;
use crate::support::aws::Aws;

const STACKS: [&str; 7] = ["api", "database", "egress", "logs", "network", "registry", "roles"];

#[test]
fn environments_differ_only_in_what_is_declared_and_nobody_is_asked() {
    let shop = Shop::new();
    let alone = |arguments: &[&str]| support::terrace(&shop.folder()).args(arguments).output().unwrap();

    fine(&alone(&["validate"]));
    fine(&alone(&["params"]));
    fine(&alone(&["parity", "staging", "production"]));

    let declared = "parameter \"high_availability\" {\n  differs     = \"scale\"\n  description = \"nobody waits for staging, and a gateway in every zone costs\"\n}\n";
    shop.edit("terrace.hcl", declared, "");
    let undeclared = alone(&["parity", "staging", "production", "--json"]);
    assert_eq!(undeclared.status.code(), Some(2), "{undeclared:?}");
    let said = String::from_utf8(undeclared.stdout).unwrap();
    for place in ["GatewayB", "MultiAZ", "main-b"] {
        assert!(said.contains(place), "{place}\n{said}");
    }
}

#[test]
fn high_availability_comes_and_goes_and_replaces_nothing() {
    let shop = Shop::new();
    fine(&shop.run(&["apply", "-e", "staging", "-auto-approve"]));
    fine(&shop.run(&["plan", "-e", "staging", "-detailed-exitcode"]));
    let before = shop.kept();

    let on = "-var=high_availability=true";
    let plan = shop.plan(&[on]);
    assert_eq!(
        changes(&plan, "create"),
        [
            "module.rack[0].aws_eks_node_group.nodes[\"main-b\"]",
            "module.rack[0].aws_eks_node_group.nodes[\"main-c\"]"
        ]
    );
    assert_eq!(changes(&plan, "delete"), Vec::<String>::new());
    fine(&shop.run(&["apply", "-e", "staging", "-auto-approve", on]));
    fine(&shop.run(&["plan", "-e", "staging", "-detailed-exitcode", on]));
    assert_eq!(shop.kept(), before);
    assert_eq!(shop.gateways(), 3);

    let plan = shop.plan(&[]);
    assert_eq!(
        changes(&plan, "delete"),
        [
            "module.rack[0].aws_eks_node_group.nodes[\"main-b\"]",
            "module.rack[0].aws_eks_node_group.nodes[\"main-c\"]"
        ]
    );
    fine(&shop.run(&["apply", "-e", "staging", "-auto-approve"]));
    assert_eq!(shop.kept(), before);
    assert_eq!(shop.gateways(), 1);

    fine(&shop.run(&["destroy", "-e", "staging", "-auto-approve"]));
    for stack in STACKS {
        assert!(shop.is_gone(&format!("shop-staging-{stack}")), "{stack}");
    }
    let kinds: Vec<String> = shop.aws.snapshots().iter().map(|resource| resource.kind.clone()).collect();
    assert_eq!(kinds, ["AWS::RDS::DBInstance"]);
}

#[test]
fn what_cloudformation_gets_of_the_example_is_what_it_knows() {
    let shop = Shop::new();
    fine(&shop.run(&["apply", "-e", "staging", "-auto-approve"]));
    fine(&shop.run(&["apply", "-e", "production", "--confirm", "production"]));
    // What is not known yet when it is planned is made without a change set.
    let sent = [shop.aws.asked("CreateChangeSet"), shop.aws.asked("CreateStack")].concat();
    let sent = sent.iter().map(|ask| (ask.text("StackName"), ask.text("TemplateBody"))).collect();
    templates::lint("examples/rack-aws", &sent);
    assert_eq!(sent.len(), 2 * STACKS.len(), "{:?}", sent.keys());
}

#[test]
fn another_size_of_nodes_is_there_before_the_present_ones_go() {
    let shop = Shop::new();
    fine(&shop.run(&["apply", "-e", "staging", "-auto-approve"]));
    fine(&shop.run(&[
        "apply",
        "-e",
        "staging",
        "-auto-approve",
        "-var=node_type=m7g.large",
        "-var=node_count=4",
    ]));
    let asked: Vec<String> = shop.aws.asked("eks:*").iter().map(|ask| ask.action.clone()).collect();
    let asked: Vec<&String> = asked
        .iter()
        .filter(|action| ["CreateNodegroup", "DeleteNodegroup"].contains(&action.as_str()))
        .collect();
    assert_eq!(asked, ["CreateNodegroup", "CreateNodegroup", "DeleteNodegroup"]);
}

#[test]
fn the_environment_of_a_branch_is_a_guest_and_makes_no_cluster() {
    if Command::new("git").arg("--version").output().is_err() {
        return support::skipped("a guest on a rack", "there is no git");
    }
    let shop = Shop::new();
    shop.git("init --quiet --initial-branch main");
    shop.git("add -A");
    shop.git("commit --quiet -m first");
    shop.git("checkout --quiet -b basket");
    fine(&shop.run(&["apply", "-e", "staging", "-auto-approve"]));
    let clusters = shop.aws.asked("eks:CreateCluster").len();
    let made = shop.aws.asked("cloudformation:CreateChangeSet").len();

    fine(&shop.run(&["preview", "up", "-auto-approve"]));
    assert_eq!(shop.aws.asked("eks:CreateCluster").len(), clusters);
    assert_eq!(shop.aws.asked("cloudformation:CreateChangeSet").len(), made + 1);
    let ties = shop.aws.asked("eks:CreatePodIdentityAssociation");
    assert_eq!(ties.len(), 2);
    assert_eq!(ties[1].text("clusterName"), "shop-staging");
    assert_eq!(ties[1].text("namespace"), "shop-preview-basket");

    fine(&shop.run(&["preview", "down", "-auto-approve"]));
    assert_eq!(shop.aws.stack("shop-staging-api").in_account("111111111111").status(), "CREATE_COMPLETE");
    assert!(shop.is_gone("shop-preview-basket-api"));
}

#[test]
fn a_template_is_read_once() {
    let shop = Shop::new();
    let plan = shop.run(&["plan", "-e", "staging"]);
    fine(&plan);
    let said = String::from_utf8(plan.stdout).unwrap();
    assert_eq!(said.matches("+ template ").count(), 7, "{said}");
    // Where something is not known yet, the text tells which parameter stands for it.
    assert_eq!(said.matches("+ template_body ").count(), 1, "{said}");
}

/// What a plan of the example costs with a warm start, of any binary: TERRACE_BENCH_BINARY=target/release/terrace.
#[test]
#[ignore = "a measurement"]
fn a_warm_plan_is_cheap() {
    let shop = Shop::new();
    fine(&shop.run(&["apply", "-e", "staging", "-auto-approve"]));
    let binary =
        std::env::var("TERRACE_BENCH_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_terrace").into());
    let times = shop.folder().join("times");
    for arguments in ["plan -e staging", "plan -e staging -var=high_availability=true", "plan -e production"]
    {
        for round in 0..4 {
            let mut command = Command::new("/usr/bin/time");
            command.args(["-f", "%U %S %e %M", "-o"]).arg(&times).arg(&binary).args(arguments.split(' '));
            command.current_dir(shop.folder()).envs(shop.aws.environment()).env("NO_COLOR", "1");
            fine(&command.output().unwrap());
            let said = std::fs::read_to_string(&times).unwrap();
            let figures: Vec<f64> = said.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
            let [user, system, elapsed, memory] = figures[..] else { panic!("{said}") };
            let (cpu, memory) = (user + system, memory / 1024.0);
            println!("{arguments}: {:.0} ms of CPU, {elapsed:.2} s in all, {memory:.0} MB", cpu * 1000.0);
            assert!(round == 0 || cpu <= 0.15 && memory <= 60.0, "{arguments}: {cpu} s, {memory} MB");
        }
    }
}

/// The addresses of what a plan does this with, and does not keep.
fn changes(plan: &Value, action: &str) -> Vec<String> {
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    let these = changes
        .filter(|change| change["change"]["actions"].as_array().unwrap().iter().any(|it| it == action));
    these.map(|change| change["address"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn fine(output: &Output) {
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}\n{}", output.status, said(&output.stdout), said(&output.stderr));
}

/// The example, with an AWS of its own.
struct Shop {
    folder: tempfile::TempDir,
    aws: Aws,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["modules/rack", "examples/rack-aws"] {
            support::copy(&support::root().join(part), &folder.path().join(part));
        }
        Self { folder, aws: Aws::start() }
    }

    fn folder(&self) -> PathBuf {
        self.folder.path().join("examples/rack-aws")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.aws.terrace(&self.folder()).args(arguments).output().unwrap()
    }

    /// The plan of staging with these arguments, as JSON.
    fn plan(&self, arguments: &[&str]) -> Value {
        fine(&self.run(&[&["plan", "-e", "staging", "-out=it.plan"], arguments].concat()));
        let shown = self.run(&["show", "-json", "it.plan"]);
        fine(&shown);
        serde_json::from_slice(&shown.stdout).unwrap()
    }

    /// What must never be replaced, by what AWS calls it.
    fn kept(&self) -> Vec<Option<String>> {
        let of = |stack: &str, logical: &str| {
            let stack = self.aws.stack(&format!("shop-staging-{stack}")).in_account("111111111111");
            Some(stack.resource(logical)?.physical)
        };
        let parts = [
            ("network", "Vpc"),
            ("network", "PrivateSubnetA"),
            ("network", "DatabaseSubnetB"),
            ("database", "Database"),
            ("registry", "Api"),
            ("egress", "GatewayA"),
            ("roles", "NodeRole"),
            ("logs", "Database"),
        ];
        let kept: Vec<Option<String>> = parts.iter().map(|(stack, logical)| of(stack, logical)).collect();
        assert!(kept.iter().all(Option::is_some), "{kept:?}");
        kept
    }

    fn is_gone(&self, stack: &str) -> bool {
        let status = self.aws.stack(stack).in_account("111111111111").status();
        ["", "DELETE_COMPLETE"].contains(&status.as_str())
    }

    fn gateways(&self) -> usize {
        let egress = self.aws.stack("shop-staging-egress").in_account("111111111111");
        ["GatewayA", "GatewayB", "GatewayC"]
            .iter()
            .filter(|gateway| egress.resource(gateway).is_some())
            .count()
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let file = self.folder().join(file);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(file, text.replacen(from, to, 1)).unwrap();
    }

    fn git(&self, words: &str) {
        let output = Command::new("git")
            .args(["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"])
            .args(words.split(' '))
            .current_dir(self.folder())
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
            .output()
            .unwrap();
        assert!(output.status.success(), "git {words}: {output:?}");
    }
}
