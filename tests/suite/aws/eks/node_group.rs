//! Machines of a cluster.

use serde_json::{Value, json};

use super::{Project, cluster};

const KIND: &str = "aws_eks_node_group";

/// A group of the cluster that is there, with these lines of its own.
fn group(lines: &str) -> String {
    group_of("\"shop\"", "node_group_name = \"workers\"", lines)
}

fn group_of(cluster: &str, name: &str, lines: &str) -> String {
    format!(
        r#"
resource "aws_eks_node_group" "workers" {{
  cluster_name  = {cluster}
  {name}
  node_role_arn = "arn:aws:iam::123456789012:role/node"
  subnet_ids    = ["subnet-1", "subnet-2"]
  {lines}
}}
"#
    )
}

const TWO: &str = "scaling_config {\n min_size = 1\n desired_size = 2\n max_size = 3\n }";

#[test]
fn a_group_is_waited_for_and_known_in_all_its_parts() {
    let project = Project::in_a_cluster(&group(&format!(
        r#"
        {TWO}
        capacity_type  = "SPOT"
        ami_type       = "BOTTLEROCKET_x86_64"
        disk_size      = 50
        instance_types = ["m7i.large", "m6i.large"]
        labels         = {{ pool = "shop" }}
        taint {{
          key    = "only"
          value  = "shop"
          effect = "NO_SCHEDULE"
        }}
        taint {{
          key    = "soon"
          effect = "NO_EXECUTE"
        }}
        remote_access {{
          ec2_ssh_key               = "ops"
          source_security_group_ids = ["sg-1"]
        }}
        update_config {{ max_unavailable_percentage = 50 }}
        node_repair_config {{ enabled = true }}
        tags = {{ team = "shop" }}
        "#
    )));
    project.aws.cluster("shop").nodegroup("workers").takes(3);
    let said = project.apply();
    assert!(said.contains("CREATING"), "{said}");
    let found = project.attributes(KIND);
    assert_eq!(found["id"], "shop:workers");
    assert_eq!(found["status"], "ACTIVE");
    assert_eq!(found["version"], "1.31");
    assert_eq!(found["release_version"], "1.0.0-20260101");
    let groups = found["resources"][0]["autoscaling_groups"][0]["name"].as_str().unwrap();
    assert!(groups.starts_with("eks-workers-"), "{groups}");
    let asked = project.asked("CreateNodegroup").remove(0);
    assert_eq!(asked["scalingConfig"], json!({ "minSize": 1, "desiredSize": 2, "maxSize": 3 }));
    assert_eq!(asked["updateConfig"], json!({ "maxUnavailablePercentage": 50 }));
    assert_eq!(asked["taints"].as_array().unwrap().len(), 2);
    assert_eq!(asked["nodeRepairConfig"]["enabled"], true);
    assert_eq!(asked["remoteAccess"]["sourceSecurityGroups"], json!(["sg-1"]));
    project.rests();
    project.destroy();
    assert_eq!(project.aws.cluster("shop").nodegroup("workers").now(), None);
}

#[test]
fn its_shape_is_changed_in_one_update_that_says_only_what_changes() {
    let before = format!(
        "{TWO}\n labels = {{ a = \"1\", b = \"2\" }}\n taint {{\n key = \"k\"\n value = \"v\"\n effect = \"NO_SCHEDULE\"\n }}"
    );
    let project = Project::in_a_cluster(&group(&before));
    project.apply();
    let steps: &[(&str, Value)] = &[
        (
            "scaling_config {\n min_size = 2\n desired_size = 3\n max_size = 4\n }\n labels = { a = \"1\", b = \"2\" }\n taint {\n key = \"k\"\n value = \"v\"\n effect = \"NO_SCHEDULE\"\n }",
            json!({ "scalingConfig": { "minSize": 2, "desiredSize": 3, "maxSize": 4 } }),
        ),
        (
            "scaling_config {\n min_size = 2\n desired_size = 3\n max_size = 4\n }\n labels = { b = \"3\", c = \"4\" }",
            json!({
                "labels": { "addOrUpdateLabels": { "b": "3", "c": "4" }, "removeLabels": ["a"] },
                "taints": { "removeTaints": [{ "key": "k", "value": "v", "effect": "NO_SCHEDULE" }] },
            }),
        ),
        (
            "scaling_config {\n min_size = 2\n desired_size = 3\n max_size = 4\n }\n update_config { max_unavailable = 2 }\n node_repair_config { enabled = true }",
            json!({
                "labels": { "removeLabels": ["b", "c"] },
                "updateConfig": { "maxUnavailable": 2 },
                "nodeRepairConfig": { "enabled": true },
            }),
        ),
    ];
    for (number, (lines, wanted)) in steps.iter().enumerate() {
        project.write(&group(lines));
        let said = project.plan();
        assert!(said.contains("updated in-place"), "{said}");
        project.apply();
        let mut asked = project.asked("UpdateNodegroupConfig").remove(number);
        let members = asked.as_object_mut().unwrap();
        members.retain(|name, _| wanted.get(name).is_some());
        assert_eq!(&asked, wanted);
        project.rests();
    }
}

#[test]
fn its_machines_follow_the_cluster_to_another_version() {
    let both = |version: &str| {
        let lines = format!("version = aws_eks_cluster.shop.version\n {TWO}");
        cluster(&format!("version = \"{version}\""))
            + &group_of("aws_eks_cluster.shop.name", "node_group_name = \"workers\"", &lines)
    };
    let project = Project::with(&both("1.30"));
    project.apply();
    project.write(&both("1.32"));
    let said = project.plan();
    assert!(said.contains("release_version") && said.contains("known after apply"), "{said}");
    project.apply();
    let asked = project.asked("UpdateNodegroupVersion");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["version"], "1.32");
    assert_eq!(project.attributes(KIND)["version"], "1.32");
    project.rests();

    project.write(&both("1.32").replace("aws_eks_cluster.shop.version", "\"1.31\""));
    let said = project.fails(&["plan", "-no-color"]);
    assert!(said.contains("The nodes run Kubernetes 1.32, and the configuration asks for 1.31."), "{said}");

    // The group goes before its cluster, which would be held by it.
    project.destroy();
    let gone: Vec<String> = project.aws.asked("Delete*").into_iter().map(|ask| ask.action).collect();
    assert_eq!(gone, ["DeleteNodegroup", "DeleteCluster"]);
}

#[test]
fn another_edition_of_its_launch_template_is_an_update() {
    let template = |version: &str| {
        format!("{TWO}\n launch_template {{\n id = \"lt-0123456789abcdef0\"\n version = \"{version}\"\n }}")
    };
    let project = Project::in_a_cluster(&group(&template("1")));
    project.apply();
    assert_eq!(project.attributes(KIND)["launch_template"][0]["name"], "a-template");
    project.write(&group(&(template("2") + "\n force_update_version = true")));
    project.apply();
    let asked = project.asked("UpdateNodegroupVersion").remove(0);
    assert_eq!(asked["launchTemplate"], json!({ "id": "lt-0123456789abcdef0", "version": "2" }));
    assert_eq!(asked["force"], true);
    project.write(&group(TWO));
    assert!(project.plan().contains("must be replaced"));
}

#[test]
fn what_cannot_be_changed_makes_another_group() {
    let project = Project::in_a_cluster(&group(TWO));
    project.apply();
    for lines in [
        "ami_type = \"CUSTOM\"",
        "capacity_type = \"SPOT\"",
        "disk_size = 30",
        "instance_types = [\"m7i.large\"]",
        "remote_access { ec2_ssh_key = \"ops\" }",
        "launch_template {\n name = \"mine\"\n version = \"1\"\n }",
    ] {
        project.write(&group(&format!("{TWO}\n {lines}")));
        let said = project.plan();
        assert!(said.contains("must be replaced"), "{lines}: {said}");
    }
    for (what, other) in
        [("\"workers\"\n", "\"other\"\n"), ("role/node", "role/other"), ("subnet-2", "subnet-3")]
    {
        project.write(&group(TWO).replace(what, other));
        let said = project.plan();
        assert!(said.contains("must be replaced"), "{other}: {said}");
    }
}

#[test]
fn a_group_may_have_a_name_that_is_made_up() {
    let project = Project::in_a_cluster(&group_of("\"shop\"", "node_group_name_prefix = \"workers-\"", TWO));
    project.apply();
    let found = project.attributes(KIND);
    let name = found["node_group_name"].as_str().unwrap();
    assert!(name.starts_with("workers-") && name.len() == 34, "{name}");
    assert_eq!(found["id"], format!("shop:{name}"));
    project.rests();
    project.write(&group_of("\"shop\"", "", TWO));
    project.rests();
}

#[test]
fn a_group_that_fails_says_why() {
    let project = Project::in_a_cluster(&group(TWO));
    let why = "Instances failed to join the kubernetes cluster";
    project.aws.cluster("shop").nodegroup("workers").create_fails("NodeCreationFailure", why);
    let said = project.apply_fails();
    assert!(said.contains("The node group was not created"), "{said}");
    assert!(said.contains(&format!("It is CREATE_FAILED: - NodeCreationFailure: {why}")), "{said}");
    assert_eq!(project.object(KIND)["status"], "tainted");
    project.apply();
    project.rests();
}

#[test]
fn a_group_that_is_ill_says_so_while_it_is_waited_for() {
    let project = Project::in_a_cluster(&group(&format!("{TWO}\n timeouts {{ create = \"1s\" }}")));
    let workers = project.aws.cluster("shop");
    workers.nodegroup("workers").takes(1_000_000);
    project.aws.on("DescribeNodegroup").nth(3).comes_after(|world| {
        let thing = world.eks.things.iter_mut().find(|thing| thing.key.name == "workers").unwrap();
        thing.value["status"] = json!("DEGRADED");
        let issue = json!({ "code": "AsgInstanceLaunchFailures", "message": "No capacity in zone b.", "resourceIds": [] });
        thing.value["health"]["issues"] = json!([issue]);
    });
    let said = project.apply_fails();
    assert!(said.contains("it is DEGRADED (AsgInstanceLaunchFailures: No capacity in zone b)"), "{said}");
}

#[test]
fn a_group_that_cannot_be_deleted_says_why() {
    let project = Project::in_a_cluster(&group(TWO));
    project.apply();
    project
        .aws
        .cluster("shop")
        .nodegroup("workers")
        .delete_fails("Ec2SecurityGroupDeletionFailure", "It is in use.");
    let said = project.fails(&["destroy", "-auto-approve", "-no-color"]);
    assert!(said.contains("It is DELETE_FAILED: - Ec2SecurityGroupDeletionFailure: It is in use"), "{said}");
    project.destroy();
}

#[test]
fn a_group_that_is_imported_is_as_it_was_made() {
    let text = group(&format!("{TWO}\n labels = {{ a = \"b\" }}\n update_config {{ max_unavailable = 1 }}"));
    let project = Project::in_a_cluster(&text);
    project.apply();
    let (well, said) = project.run(&["state", "rm", "aws_eks_node_group.workers"]);
    assert!(well, "{said}");
    let (well, said) = project.run(&["import", "-no-color", "aws_eks_node_group.workers", "shop:workers"]);
    assert!(well, "{said}");
    project.rests();
}

#[test]
fn sizes_that_others_look_after_are_left_alone() {
    let text = group(&format!("{TWO}\n lifecycle {{ ignore_changes = [scaling_config[0].desired_size] }}"));
    let project = Project::in_a_cluster(&text);
    project.apply();
    project.aws.cluster("shop").nodegroup("workers").set("/scalingConfig/desiredSize", json!(3));
    project.rests();
    project.write(&text.replace("max_size = 3", "max_size = 5"));
    project.apply();
    let asked = project.asked("UpdateNodegroupConfig").remove(0);
    assert_eq!(asked["scalingConfig"], json!({ "minSize": 1, "desiredSize": 3, "maxSize": 5 }));
}
