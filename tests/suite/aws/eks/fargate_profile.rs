//! Pods without machines.

use serde_json::json;

use super::Project;

const KIND: &str = "aws_eks_fargate_profile";

fn profile(name: &str, lines: &str) -> String {
    format!(
        r#"
resource "aws_eks_fargate_profile" "{name}" {{
  cluster_name           = "shop"
  fargate_profile_name   = "{name}"
  pod_execution_role_arn = "arn:aws:iam::123456789012:role/pods"
  subnet_ids             = ["subnet-1"]
  {lines}
}}
"#
    )
}

const SELECTOR: &str =
    "selector {\n namespace = \"shop\"\n labels = { tier = \"web\" }\n }\n selector { namespace = \"jobs\" }";

#[test]
fn a_profile_comes_changes_its_tags_and_goes() {
    let project = Project::in_a_cluster(&profile("web", SELECTOR));
    project.apply();
    let found = project.attributes(KIND);
    assert_eq!(found["id"], "shop:web");
    assert_eq!(found["status"], "ACTIVE");
    let asked = project.asked("CreateFargateProfile").remove(0);
    assert!(asked["selectors"].as_array().unwrap().contains(&json!({ "namespace": "jobs" })), "{asked}");
    project.rests();
    project.write(&profile("web", &format!("{SELECTOR}\n tags = {{ a = \"b\" }}")));
    project.apply();
    let profile = project.aws.cluster("shop").fargate_profile("web").now().unwrap();
    assert_eq!(profile["tags"], json!({ "a": "b" }));
    project.rests();
    project.destroy();
    assert_eq!(project.aws.cluster("shop").fargate_profile("web").now(), None);
}

#[test]
fn everything_else_of_a_profile_is_fixed() {
    let project = Project::in_a_cluster(&profile("web", SELECTOR));
    project.apply();
    let text = profile("web", SELECTOR);
    for (what, other) in [
        ("fargate_profile_name   = \"web\"", "fargate_profile_name = \"other\""),
        ("role/pods", "role/other"),
        ("subnet-1", "subnet-2"),
        ("\"jobs\"", "\"others\""),
        ("tier = \"web\"", "tier = \"api\""),
    ] {
        project.write(&text.replace(what, other));
        let said = project.plan();
        assert!(said.contains("must be replaced"), "{other}: {said}");
    }
}

#[test]
fn profiles_wait_for_each_other_since_only_one_is_made_at_a_time() {
    let all: String = ["a", "b", "c"].map(|name| profile(name, SELECTOR)).concat();
    let project = Project::in_a_cluster(&all);
    for name in ["a", "b", "c"] {
        project.aws.cluster("shop").fargate_profile(name).takes(3);
    }
    let said = project.apply();
    assert!(said.contains("in status CREATING"), "{said}");
    project.rests();
    project.destroy();
}

#[test]
fn a_profile_that_fails_is_replaced_and_one_that_is_imported_rests() {
    let project = Project::in_a_cluster(&profile("web", SELECTOR));
    project.aws.cluster("shop").fargate_profile("web").create_fails("PodExecutionRoleAlreadyInUse", "No.");
    let said = project.apply_fails();
    assert!(said.contains("It is CREATE_FAILED: - PodExecutionRoleAlreadyInUse: No"), "{said}");
    project.apply();
    project.rests();
    let (well, said) = project.run(&["state", "rm", "aws_eks_fargate_profile.web"]);
    assert!(well, "{said}");
    let (well, said) = project.run(&["import", "-no-color", "aws_eks_fargate_profile.web", "shop:web"]);
    assert!(well, "{said}");
    project.rests();
}

#[test]
fn a_role_whose_policies_are_not_known_yet_is_waited_for() {
    let project = Project::in_a_cluster(&profile("web", SELECTOR));
    let why = "Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service Principal";
    project.aws.on("CreateFargateProfile").first(2).fails(400, "InvalidParameterException", why);
    project.apply();
    assert_eq!(project.asked("CreateFargateProfile").len(), 3);
    project.rests();
}
