//! What is found out without asking anybody.

use super::{Project, cluster, cluster_with};

fn said(text: &str) -> String {
    let project = Project::with(text);
    let said = project.fails(&["validate", "-no-color"]);
    assert!(project.aws.asked("*").is_empty());
    said
}

fn group(lines: &str) -> String {
    format!(
        "resource \"aws_eks_node_group\" \"a\" {{\n cluster_name = \"shop\"\n subnet_ids = [\"subnet-1\"]\n node_role_arn = \"arn:aws:iam::123456789012:role/n\"\n {lines}\n}}"
    )
}

#[test]
fn arguments_of_clusters() {
    let subnets = "subnet_ids = [\"subnet-1\", \"subnet-2\"]";
    for (text, why) in [
        (cluster("").replace("\"shop\"\n  role", "\"-shop\"\n  role"), "\"-shop\" is no name of a cluster"),
        (cluster("").replace("arn:aws:iam::123456789012:role/cluster", "cluster"), "\"cluster\" is no ARN"),
        (cluster("version = \"latest\""), "\"latest\" is no version of Kubernetes"),
        (cluster("enabled_cluster_log_types = [\"all\"]"), "\"all\" is none of api, audit"),
        (
            cluster_with(&format!("{subnets}\n public_access_cidrs = [\"10.0.0.1/8\"]"), ""),
            "\"10.0.0.1/8\" is no range of addresses",
        ),
        (cluster_with("subnet_ids = []", ""), "At least one is needed. (at vpc_config[0].subnet_ids)"),
        (
            cluster_with(&format!("{subnets}\n endpoint_public_access = false"), ""),
            "Nobody could reach a cluster",
        ),
        (
            cluster("kubernetes_network_config { service_ipv4_cidr = \"8.8.0.0/16\" }"),
            "\"8.8.0.0/16\" is no range for services",
        ),
        (
            cluster("encryption_config {\n resources = [\"pods\"]\n provider { key_arn = \"x\" }\n }"),
            "\"pods\" is none of secrets",
        ),
        (cluster("access_config { authentication_mode = \"X\" }"), "\"X\" is none of API"),
        (cluster("timeouts { create = \"soon\" }"), "\"soon\" is no span of time"),
    ] {
        let said = said(&text);
        assert!(said.contains(why), "{why}\n{said}");
    }
    let project = Project::with(&cluster("compute_config { enabled = true }"));
    let said = project.fails(&["plan", "-no-color"]);
    assert!(said.contains("Half of auto mode"), "{said}");
}

#[test]
fn arguments_of_node_groups() {
    let sizes = |min: i32, desired: i32, max: i32| {
        format!("scaling_config {{\n min_size = {min}\n desired_size = {desired}\n max_size = {max}\n }}")
    };
    let good = sizes(1, 1, 1);
    for (lines, why) in [
        (sizes(3, 3, 2), "min_size is 3, which is more than max_size, which is 2."),
        (sizes(1, 3, 2), "desired_size is 3, which is more than max_size, which is 2."),
        (sizes(2, 1, 3), "min_size is 2, which is more than desired_size, which is 1."),
        (sizes(0, 0, 0), "0 is less than 1."),
        (format!("{good}\n capacity_type = \"CHEAP\""), "\"CHEAP\" is none of ON_DEMAND, SPOT"),
        (format!("{good}\n ami_type = \"AL3\""), "\"AL3\" is none of AL2023_ARM_64"),
        (
            format!("{good}\n taint {{\n key = \"a\"\n effect = \"NEVER\"\n }}"),
            "\"NEVER\" is none of NO_SCHEDULE, NO_EXECUTE",
        ),
        (
            format!("{good}\n update_config {{\n max_unavailable = 1\n max_unavailable_percentage = 1\n }}"),
            "Exactly one of \"max_unavailable\" and \"max_unavailable_percentage\"",
        ),
        (
            format!("{good}\n launch_template {{\n version = \"1\"\n }}"),
            "A launch template is told by its \"id\" or its \"name\".",
        ),
        (
            format!("{good}\n disk_size = 30\n launch_template {{\n id = \"lt-1\"\n version = \"1\"\n }}"),
            "With a launch template, \"disk_size\" is that template's business.",
        ),
        (
            format!("{good}\n node_group_name = \"a\"\n node_group_name_prefix = \"a-\""),
            "there is nothing to put \"node_group_name_prefix\" before",
        ),
    ] {
        let said = said(&group(&lines));
        assert!(said.contains(why), "{why}\n{said}");
    }
}

#[test]
fn arguments_of_profiles_and_add_ons() {
    let addon = |lines: &str| {
        format!(
            "resource \"aws_eks_addon\" \"a\" {{\n cluster_name = \"shop\"\n addon_name = \"coredns\"\n {lines}\n}}"
        )
    };
    let profile = "resource \"aws_eks_fargate_profile\" \"a\" {\n cluster_name = \"shop\"\n fargate_profile_name = \"a\"\n pod_execution_role_arn = \"arn:aws:iam::123456789012:role/p\"\n selector { namespace = \"\" }\n}";
    for (text, why) in [
        (profile.to_owned(), "\"\" is no namespace"),
        (addon("addon_version = \"newest\""), "\"newest\" is no version of an add-on"),
        (addon("configuration_values = \"{\""), "is no JSON"),
        (addon("resolve_conflicts_on_create = \"PRESERVE\""), "\"PRESERVE\" is none of NONE, OVERWRITE"),
        (addon("service_account_role_arn = \"me\""), "\"me\" is no ARN"),
        (
            addon("resolve_conflicts = \"NONE\"\n resolve_conflicts_on_update = \"NONE\""),
            "It cannot be given beside \"resolve_conflicts_on_update\".",
        ),
    ] {
        let said = said(&text);
        assert!(said.contains(why), "{why}\n{said}");
    }
}
