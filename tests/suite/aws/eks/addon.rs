//! Software that EKS looks after.

use serde_json::json;

use super::Project;

const KIND: &str = "aws_eks_addon";

fn addon(lines: &str) -> String {
    format!(
        r#"
resource "aws_eks_addon" "network" {{
  cluster_name = "shop"
  addon_name   = "vpc-cni"
  {lines}
}}
"#
    )
}

#[test]
fn an_add_on_comes_in_the_version_that_fits_and_goes_to_another() {
    let project = Project::in_a_cluster(&addon(""));
    project.apply();
    let found = project.attributes(KIND);
    assert_eq!(found["id"], "shop:vpc-cni");
    assert_eq!(found["addon_version"], "v1.19.5-eksbuild.1");
    assert!(found["created_at"].as_str().unwrap().ends_with('Z'));
    project.rests();
    project
        .write(&addon("addon_version = \"v1.20.0-eksbuild.1\"\n resolve_conflicts_on_update = \"PRESERVE\""));
    project.apply();
    let asked = project.asked("UpdateAddon").remove(0);
    assert_eq!(asked["addonVersion"], "v1.20.0-eksbuild.1");
    assert_eq!(asked["resolveConflicts"], "PRESERVE");
    project.rests();
    project.destroy();
    assert_eq!(project.aws.cluster("shop").addon("vpc-cni").now(), None);
}

#[test]
fn what_it_is_told_changes_in_place() {
    let project = Project::in_a_cluster(&addon(
        "configuration_values = jsonencode({ env = { A = \"1\" } })\n service_account_role_arn = \"arn:aws:iam::123456789012:role/cni\"",
    ));
    project.apply();
    project.rests();
    for lines in [
        "configuration_values = jsonencode({ env = { A = \"2\" } })\n service_account_role_arn = \"arn:aws:iam::123456789012:role/cni\"",
        "configuration_values = jsonencode({ env = { A = \"2\" } })\n service_account_role_arn = \"arn:aws:iam::123456789012:role/other\"",
        "configuration_values = jsonencode({ env = { A = \"2\" } })\n service_account_role_arn = \"arn:aws:iam::123456789012:role/other\"\n tags = { a = \"b\" }",
    ] {
        project.write(&addon(lines));
        assert!(project.plan().contains("updated in-place"));
        project.apply();
        project.rests();
    }
    let now = project.aws.cluster("shop").addon("vpc-cni").now().unwrap();
    assert_eq!(now["configurationValues"], "{\"env\":{\"A\":\"2\"}}");
    assert_eq!(now["serviceAccountRoleArn"], "arn:aws:iam::123456789012:role/other");
    assert_eq!(now["tags"], json!({ "a": "b" }));
}

#[test]
fn it_may_be_somebody_by_an_association() {
    let identity = |role: &str| {
        let role = format!("arn:aws:iam::123456789012:role/{role}");
        addon(&format!(
            "pod_identity_association {{\n role_arn = \"{role}\"\n service_account = \"aws-node\"\n }}"
        ))
    };
    let project = Project::in_a_cluster(&identity("cni"));
    project.apply();
    project.rests();
    project.write(&identity("other"));
    project.apply();
    project.rests();
    project.write(&addon(""));
    project.apply();
    let asked = project.asked("UpdateAddon");
    assert_eq!(asked[0]["podIdentityAssociations"][0]["roleArn"], "arn:aws:iam::123456789012:role/other");
    assert_eq!(asked[1]["podIdentityAssociations"], json!([]));
    project.rests();
}

#[test]
fn what_somebody_changed_by_hand_is_kept_unless_told_otherwise() {
    let project = Project::in_a_cluster(&addon(""));
    project.aws.cluster("shop").addon("vpc-cni").conflicts();
    let said = project.apply_fails();
    assert!(said.contains("ConfigurationConflict: Conflicts found when trying to apply"), "{said}");
    project.write(&addon("resolve_conflicts_on_create = \"OVERWRITE\""));
    project.apply();
    project.rests();
    project.write(&addon("addon_version = \"v1.20.0-eksbuild.1\""));
    let said = project.apply_fails();
    assert!(
        said.contains("The update (version v1.20.0-eksbuild.1) has failed: - ConfigurationConflict"),
        "{said}"
    );
    project.write(&addon(
        "addon_version = \"v1.20.0-eksbuild.1\"\n resolve_conflicts_on_update = \"OVERWRITE\"",
    ));
    project.apply();
    project.rests();
}

#[test]
fn its_software_may_stay_when_it_goes() {
    let project = Project::in_a_cluster(&addon("preserve = true"));
    project.apply();
    project.rests();
    project.destroy();
    assert_eq!(project.aws.asked("DeleteAddon")[0].text("preserve"), "true");
}

#[test]
fn another_add_on_is_another_object_and_one_that_is_imported_rests() {
    let project = Project::in_a_cluster(&addon(""));
    project.apply();
    project.write(&addon("").replace("vpc-cni", "coredns"));
    assert!(project.plan().contains("must be replaced"));
    project.write(&addon(""));
    let (well, said) = project.run(&["state", "rm", "aws_eks_addon.network"]);
    assert!(well, "{said}");
    let (well, said) = project.run(&["import", "-no-color", "aws_eks_addon.network", "shop:vpc-cni"]);
    assert!(well, "{said}");
    project.rests();
}
