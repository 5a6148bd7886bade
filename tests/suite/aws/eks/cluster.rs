//! Control planes.

use serde_json::{Value, json};

use super::{Project, cluster, cluster_with};

const KIND: &str = "aws_eks_cluster";

#[test]
fn a_cluster_is_waited_for_and_known_in_all_its_parts() {
    let project = Project::with(&cluster("version = \"1.31\"\n enabled_cluster_log_types = [\"api\"]"));
    project.aws.cluster("shop").takes(4);
    let said = project.apply();
    assert!(said.contains("CREATING"), "{said}");
    let found = project.attributes(KIND);
    assert_eq!(found["id"], "shop");
    assert_eq!(found["status"], "ACTIVE");
    assert_eq!(found["version"], "1.31");
    assert_eq!(found["platform_version"], "eks.1");
    assert_eq!(found["endpoint"], "https://SHOP.gr7.eu-central-1.eks.amazonaws.com");
    assert_eq!(found["certificate_authority"][0]["data"], "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t");
    let issuer = "https://oidc.eks.eu-central-1.amazonaws.com/id/SHOP";
    assert_eq!(found["identity"][0]["oidc"][0]["issuer"], issuer);
    assert!(found["vpc_config"][0]["vpc_id"].as_str().unwrap().starts_with("vpc-"));
    assert!(found["vpc_config"][0]["cluster_security_group_id"].as_str().unwrap().starts_with("sg-"));
    assert_eq!(found["vpc_config"][0]["public_access_cidrs"], json!(["0.0.0.0/0"]));
    // What no block was written for is known nevertheless.
    assert_eq!(found["kubernetes_network_config"][0]["service_ipv4_cidr"], "172.20.0.0/16");
    assert_eq!(found["access_config"][0]["authentication_mode"], "CONFIG_MAP");
    assert_eq!(found["upgrade_policy"][0]["support_type"], "EXTENDED");
    assert!(found["created_at"].as_str().unwrap().ends_with('Z'));
    project.rests();
    project.destroy();
    assert_eq!(project.aws.cluster("shop").now(), None);
}

#[test]
fn everything_that_a_cluster_can_be_told_arrives() {
    let project = Project::with(&cluster_with(
        r#"
        subnet_ids              = ["subnet-1", "subnet-2"]
        security_group_ids      = ["sg-1"]
        endpoint_private_access = true
        public_access_cidrs     = ["203.0.113.0/24"]
        "#,
        r#"
        bootstrap_self_managed_addons = false
        access_config {
          authentication_mode                         = "API"
          bootstrap_cluster_creator_admin_permissions = false
        }
        compute_config {
          enabled       = true
          node_pools    = ["general-purpose", "system"]
          node_role_arn = "arn:aws:iam::123456789012:role/node"
        }
        storage_config {
          block_storage { enabled = true }
        }
        kubernetes_network_config {
          ip_family         = "ipv4"
          service_ipv4_cidr = "10.100.0.0/16"
          elastic_load_balancing { enabled = true }
        }
        encryption_config {
          resources = ["secrets"]
          provider { key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1" }
        }
        remote_network_config {
          remote_node_networks { cidrs = ["10.200.0.0/16"] }
          remote_pod_networks { cidrs = ["10.201.0.0/16"] }
        }
        upgrade_policy { support_type = "STANDARD" }
        zonal_shift_config { enabled = true }
        tags = { team = "shop" }
        "#,
    ));
    project.apply();
    let asked = project.asked("CreateCluster").remove(0);
    assert_eq!(asked["bootstrapSelfManagedAddons"], false);
    assert_eq!(asked["accessConfig"]["bootstrapClusterCreatorAdminPermissions"], false);
    assert_eq!(asked["computeConfig"]["nodePools"], json!(["general-purpose", "system"]));
    assert_eq!(asked["storageConfig"]["blockStorage"]["enabled"], true);
    assert_eq!(asked["kubernetesNetworkConfig"]["serviceIpv4Cidr"], "10.100.0.0/16");
    assert_eq!(asked["encryptionConfig"][0]["resources"], json!(["secrets"]));
    assert_eq!(asked["remoteNetworkConfig"]["remotePodNetworks"][0]["cidrs"], json!(["10.201.0.0/16"]));
    assert_eq!(asked["upgradePolicy"]["supportType"], "STANDARD");
    assert_eq!(asked["zonalShiftConfig"]["enabled"], true);
    assert_eq!(asked["resourcesVpcConfig"]["publicAccessCidrs"], json!(["203.0.113.0/24"]));
    assert_eq!(asked["tags"], json!({ "team": "shop" }));
    assert_eq!(asked["clientRequestToken"].as_str().unwrap().len(), 32);
    project.rests();
}

/// One change after the other, each with the update that it is.
#[test]
fn each_kind_of_change_is_an_update_of_its_own() {
    let base = r#"subnet_ids = ["subnet-1", "subnet-2"]"#;
    let project = Project::with(&cluster("version = \"1.31\""));
    project.apply();
    let steps: &[(&str, &str, &[&str])] = &[
        (base, "enabled_cluster_log_types = [\"api\", \"audit\"]", &["LoggingUpdate"]),
        (base, "enabled_cluster_log_types = [\"audit\"]", &["LoggingUpdate"]),
        (base, "access_config { authentication_mode = \"API\" }", &["AccessConfigUpdate", "LoggingUpdate"]),
        (base, "upgrade_policy { support_type = \"STANDARD\" }", &["UpgradePolicyUpdate"]),
        (base, "zonal_shift_config { enabled = true }", &["ZonalShiftConfigUpdate"]),
        (base, "zonal_shift_config { enabled = false }", &["ZonalShiftConfigUpdate"]),
        (
            base,
            "remote_network_config {\n remote_node_networks { cidrs = [\"10.200.0.0/16\"] }\n }",
            &["RemoteNetworkConfigUpdate"],
        ),
        (
            base,
            "encryption_config {\n resources = [\"secrets\"]\n provider { key_arn = \"arn:aws:kms:eu-central-1:123456789012:key/1\" }\n }",
            &["AssociateEncryptionConfig", "RemoteNetworkConfigUpdate"],
        ),
        (
            "subnet_ids = [\"subnet-1\", \"subnet-2\"]\n endpoint_private_access = true\n public_access_cidrs = [\"203.0.113.0/24\"]",
            ENCRYPTED,
            &["EndpointAccessUpdate"],
        ),
        (
            "subnet_ids = [\"subnet-1\", \"subnet-3\"]\n security_group_ids = [\"sg-1\"]",
            ENCRYPTED,
            &["EndpointAccessUpdate", "VpcConfigUpdate"],
        ),
    ];
    let mut seen = 0;
    for (network, lines, updates) in steps {
        project.write(&cluster_with(network, &format!("version = \"1.31\"\n {lines}")));
        let said = project.plan();
        assert!(said.contains("updated in-place"), "{lines}: {said}");
        project.apply();
        let all = project.aws.cluster("shop").updates();
        let kinds: Vec<&str> = all[seen..].iter().map(|update| update["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, *updates, "{lines}");
        seen = all.len();
        project.rests();
    }
}

const ENCRYPTED: &str = "encryption_config {\n resources = [\"secrets\"]\n provider { key_arn = \"arn:aws:kms:eu-central-1:123456789012:key/1\" }\n }";

#[test]
fn auto_mode_is_switched_on_and_off_as_one() {
    let off = cluster("bootstrap_self_managed_addons = false");
    let on = cluster(
        r#"
        bootstrap_self_managed_addons = false
        compute_config {
          enabled    = true
          node_pools = ["system"]
        }
        storage_config {
          block_storage { enabled = true }
        }
        kubernetes_network_config {
          elastic_load_balancing { enabled = true }
        }
        "#,
    );
    let project = Project::with(&off);
    project.apply();
    project.write(&on);
    project.apply();
    project.rests();
    project.write(&off);
    project.apply();
    project.rests();
    let asked = project.asked("UpdateClusterConfig");
    let parts = |asked: &Value| {
        [
            asked["computeConfig"]["enabled"].clone(),
            asked["storageConfig"]["blockStorage"]["enabled"].clone(),
            asked["kubernetesNetworkConfig"]["elasticLoadBalancing"]["enabled"].clone(),
        ]
    };
    let all: Vec<[Value; 3]> = asked.iter().map(parts).collect();
    assert_eq!(all, [[json!(true), json!(true), json!(true)], [json!(false), json!(false), json!(false)]]);
    assert_eq!(
        project.attributes(KIND)["kubernetes_network_config"][0]["service_ipv4_cidr"],
        "172.20.0.0/16"
    );
}

#[test]
fn kubernetes_goes_up_one_minor_version_at_a_time() {
    let project = Project::with(&cluster("version = \"1.30\""));
    project.apply();
    project.write(&cluster("version = \"1.32\"\n force_update_version = true"));
    let said = project.apply();
    assert!(said.contains("Kubernetes 1.30 to 1.31, step 1 of 2"), "{said}");
    assert!(said.contains("Kubernetes 1.31 to 1.32, step 2 of 2"), "{said}");
    let asked = project.asked("UpdateClusterVersion");
    let versions: Vec<&Value> = asked.iter().map(|asked| &asked["version"]).collect();
    assert_eq!(versions, ["1.31", "1.32"]);
    assert!(asked.iter().all(|asked| asked["force"] == true));
    project.rests();
}

#[test]
fn an_upgrade_that_stops_on_the_way_goes_on_from_there() {
    let project = Project::with(&cluster("version = \"1.30\""));
    project.apply();
    project.write(&cluster("version = \"1.32\""));
    project.aws.on("UpdateClusterVersion").nth(2).fails(400, "InvalidRequestException", "not today");
    let said = project.apply_fails();
    assert!(said.contains("While updating the cluster shop: not today (InvalidRequestException"), "{said}");
    assert_eq!(project.attributes(KIND)["version"], "1.31");
    project.apply();
    assert_eq!(project.attributes(KIND)["version"], "1.32");
}

#[test]
fn kubernetes_does_not_go_back() {
    let project = Project::with(&cluster("version = \"1.32\""));
    project.apply();
    project.write(&cluster("version = \"1.31\""));
    let said = project.fails(&["plan", "-no-color"]);
    assert!(said.contains("Kubernetes cannot be downgraded"), "{said}");
    assert!(
        said.contains("The cluster runs Kubernetes 1.32, and the configuration asks for 1.31."),
        "{said}"
    );
}

#[test]
fn what_cannot_be_changed_makes_another_cluster() {
    let lines = format!("bootstrap_self_managed_addons = true\n {ENCRYPTED}");
    let project = Project::with(&cluster(&lines));
    project.apply();
    let changes = [
        cluster(&lines).replace("name     = \"shop\"", "name     = \"other\""),
        cluster(&lines).replace("role/cluster", "role/other"),
        cluster(ENCRYPTED)
            .replace("encryption_config", "bootstrap_self_managed_addons = false\n encryption_config"),
        cluster("bootstrap_self_managed_addons = true"),
        cluster(&format!("{lines}\n kubernetes_network_config {{ ip_family = \"ipv6\" }}")),
        cluster(&format!("{lines}\n kubernetes_network_config {{ service_ipv4_cidr = \"10.100.0.0/16\" }}")),
    ];
    for change in changes {
        project.write(&change);
        let said = project.plan();
        assert!(said.contains("must be replaced") && said.contains("forces replacement"), "{change}{said}");
    }
    project.write(&cluster(&lines).replace("role/cluster", "role/other"));
    project.apply();
    assert_eq!(project.asked("DeleteCluster").len(), 1);
    assert_eq!(project.aws.cluster("shop").now().unwrap()["roleArn"], "arn:aws:iam::123456789012:role/other");
}

#[test]
fn what_was_never_said_about_its_making_makes_no_other_cluster() {
    let project = Project::with(&cluster(""));
    project.apply();
    let admin = "access_config {\n authentication_mode = \"CONFIG_MAP\"\n bootstrap_cluster_creator_admin_permissions = true\n }";
    project.write(&cluster(admin));
    let said = project.plan();
    assert!(!said.contains("replace"), "{said}");
    project.apply();
    project.write(&cluster(&admin.replace("= true", "= false")));
    let said = project.plan();
    assert!(said.contains("must be replaced"), "{said}");
}

#[test]
fn tags_are_changed_without_touching_anything_else() {
    let project = Project::with(&cluster("tags = { a = \"1\", b = \"2\" }"));
    project.apply();
    project.write(&cluster("tags = { b = \"3\", c = \"4\" }"));
    project.apply();
    assert_eq!(project.aws.cluster("shop").now().unwrap()["tags"], json!({ "b": "3", "c": "4" }));
    assert_eq!(project.attributes(KIND)["tags_all"], json!({ "b": "3", "c": "4" }));
    assert!(project.aws.cluster("shop").updates().is_empty());
    project.rests();
    project.write(&cluster("tags = {}"));
    project.apply();
    project.rests();
}

#[test]
fn a_cluster_that_fails_says_why_and_is_replaced() {
    let project = Project::with(&cluster(""));
    project.aws.cluster("shop").create_fails("Ec2SubnetNotFound", "There is no subnet-2.");
    let said = project.apply_fails();
    assert!(said.contains("The cluster was not created"), "{said}");
    assert!(said.contains("It is FAILED: - Ec2SubnetNotFound: There is no subnet-2 (shop)"), "{said}");
    assert_eq!(project.object(KIND)["status"], "tainted");
    project.apply();
    assert_eq!(project.aws.cluster("shop").status(), "ACTIVE");
    assert_eq!(project.asked("DeleteCluster").len(), 1);
}

#[test]
fn an_update_that_fails_says_why_and_is_tried_again() {
    let project = Project::with(&cluster(""));
    project.apply();
    project.aws.cluster("shop").update_fails("AccessDenied", "The role may not write logs.");
    project.write(&cluster("enabled_cluster_log_types = [\"api\"]"));
    let said = project.apply_fails();
    assert!(
        said.contains("The update (logging) has failed: - AccessDenied: The role may not write logs"),
        "{said}"
    );
    assert_eq!(project.object(KIND)["status"], Value::Null);
    project.apply();
    project.rests();
}

#[test]
fn somebody_elses_update_is_waited_for() {
    let project = Project::with(&cluster(""));
    project.apply();
    // It begins between our plan and our request.
    project.aws.on("UpdateClusterConfig").first(2).fails(
        409,
        "ResourceInUseException",
        "Cannot update because cluster shop currently has update 1 in progress",
    );
    project.write(&cluster("enabled_cluster_log_types = [\"api\"]"));
    let said = project.apply();
    assert!(said.contains("currently has update 1 in progress"), "{said}");
    project.rests();
}

#[test]
fn a_role_that_nobody_knows_yet_is_waited_for() {
    let project = Project::with(&cluster(""));
    project.aws.on("CreateCluster").first(3).fails(
        400,
        "InvalidParameterException",
        "Role with arn: arn:aws:iam::123456789012:role/cluster, could not be assumed because it does not exist",
    );
    project.apply();
    assert_eq!(project.asked("CreateCluster").len(), 4);
}

#[test]
fn throttling_and_broken_answers_are_lived_through() {
    let project = Project::with(&cluster(""));
    project.aws.on("CreateCluster").throttles();
    project.aws.on("DescribeCluster").nth(3).breaks(503);
    project.aws.on("DescribeCluster").nth(5).loses_answer();
    project.apply();
    assert_eq!(project.aws.cluster("shop").status(), "ACTIVE");
}

#[test]
fn a_cluster_that_takes_too_long_goes_on_by_itself() {
    let project = Project::with(&cluster("timeouts { create = \"1s\" }"));
    project.aws.cluster("shop").takes(1_000_000);
    let said = project.apply_fails();
    assert!(said.contains("it is CREATING and takes longer than it may"), "{said}");
    assert_eq!(project.attributes(KIND), Value::Null, "the next run looks what has become of it");
}

#[test]
fn a_cluster_that_somebody_else_has_made_is_not_taken() {
    let project = Project::in_a_cluster(&cluster(""));
    let said = project.apply_fails();
    assert!(said.contains("There is one of this name already"), "{said}");
    assert!(said.contains("its id is \"shop\""), "{said}");
    assert!(project.asked("CreateCluster").is_empty());
}

#[test]
fn a_cluster_that_is_imported_is_as_it_was_made() {
    let text = cluster("version = \"1.31\"\n enabled_cluster_log_types = [\"api\"]\n tags = { a = \"b\" }");
    let project = Project::with(&text);
    project.apply();
    let (well, said) = project.run(&["state", "rm", "aws_eks_cluster.shop"]);
    assert!(well, "{said}");
    let (well, said) = project.run(&["import", "-no-color", "aws_eks_cluster.shop", "shop"]);
    assert!(well, "{said}");
    project.rests();
}

#[test]
fn a_cluster_that_is_gone_is_made_again() {
    let project = Project::with(&cluster(""));
    project.apply();
    project.aws.cluster("shop").vanishes();
    assert!(project.plan().contains("will be created"));
    project.destroy();
}

#[test]
fn a_cluster_that_cannot_be_deleted_says_why() {
    let project = Project::with(&cluster(""));
    project.apply();
    project.aws.cluster("shop").delete_fails("Ec2SecurityGroupNotFound", "It is in use.");
    let said = project.fails(&["destroy", "-auto-approve", "-no-color"]);
    assert!(said.contains("The cluster was not deleted"), "{said}");
    assert!(said.contains("Ec2SecurityGroupNotFound: It is in use"), "{said}");
    project.destroy();
}

#[test]
fn a_state_of_the_public_provider_is_no_change() {
    let project = Project::with(&cluster("version = \"1.31\""));
    project.apply();
    let (_, pulled) = project.run(&["state", "pull"]);
    let mut state: Value = serde_json::from_str(&pulled).unwrap();
    // What is nothing here it writes as empty.
    let attributes = &mut state["resources"][0]["instances"][0]["attributes"];
    attributes["tags"] = json!({});
    attributes["enabled_cluster_log_types"] = json!([]);
    attributes["access_config"][0]["bootstrap_cluster_creator_admin_permissions"] = json!(false);
    attributes["kubernetes_network_config"][0]["service_ipv6_cidr"] = json!("");
    attributes["vpc_config"][0]["security_group_ids"] = json!([]);
    state["serial"] = json!(state["serial"].as_u64().unwrap() + 1);
    let file = project.folder.path().join("moved.tfstate");
    std::fs::write(&file, state.to_string()).unwrap();
    let (well, said) = project.run(&["state", "push", "moved.tfstate"]);
    assert!(well, "{said}");
    std::fs::remove_file(&file).unwrap();
    project.rests();
}

#[test]
fn an_answer_that_is_lost_makes_no_second_cluster() {
    let project = Project::with(&cluster(""));
    project.aws.on("CreateCluster").loses_answer();
    project.apply();
    let asked = project.asked("CreateCluster");
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0]["clientRequestToken"], asked[1]["clientRequestToken"]);
    project.rests();
}

#[test]
fn what_everything_is_tagged_with_is_not_its_own() {
    let text = cluster("tags = { team = \"shop\" }");
    let project = Project::with(&text);
    let tagged = "default_tags { tags = { owner = \"ops\" } }";
    let file = project.folder.path().join("main.tf");
    let with = std::fs::read_to_string(&file).unwrap().replace("environment_tags = false", tagged);
    std::fs::write(&file, &with).unwrap();
    project.apply();
    let found = project.attributes(KIND);
    assert_eq!(found["tags"], json!({ "team": "shop" }));
    assert_eq!(found["tags_all"]["owner"], "ops");
    assert_eq!(found["tags_all"]["terrace:environment"], "default");
    let now = project.aws.cluster("shop").now().unwrap();
    assert_eq!(now["tags"], found["tags_all"]);
    project.rests();
    std::fs::write(&file, with.replace("ops", "dev")).unwrap();
    project.apply();
    assert_eq!(project.aws.cluster("shop").now().unwrap()["tags"]["owner"], "dev");
    project.rests();
}

#[test]
fn a_cluster_that_holds_strangers_says_what_it_waits_for() {
    let project = Project::with(&cluster("timeouts { delete = \"1s\" }"));
    project.apply();
    let groups = project.aws.cluster("shop");
    groups.nodegroup("strange").is_there(json!({ "nodegroupName": "strange" }));
    let said = project.fails(&["destroy", "-auto-approve", "-no-color"]);
    assert!(said.contains("Cluster has nodegroups attached"), "{said}");
    groups.nodegroup("strange").vanishes();
    project.destroy();
}

#[test]
fn a_cluster_that_is_elsewhere_is_not_taken_for_gone() {
    let project = Project::with(&cluster(""));
    project.apply();
    for arguments in [&["plan"][..], &["destroy", "-auto-approve", "-refresh=false"]] {
        let output = project.command(arguments).env("AWS_REGION", "us-east-1").output().unwrap();
        let said = super::words(&String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("Object is elsewhere") && said.contains("the region eu-central-1"), "{said}");
    }
    project.rests();
}
