//! What there is on EKS already.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::project::Project;

fn shop(project: &Project) {
    let cluster = json!({
        "arn": "arn:aws:eks:eu-central-1:123456789012:cluster/shop",
        "createdAt": 1_700_000_000.25,
        "version": "1.31",
        "roleArn": "arn:aws:iam::123456789012:role/eks",
        "resourcesVpcConfig": {
            "subnetIds": ["subnet-2", "subnet-1"],
            "securityGroupIds": [],
            "vpcId": "vpc-1",
            "endpointPublicAccess": true,
            "endpointPrivateAccess": false,
            "publicAccessCidrs": ["0.0.0.0/0"],
        },
        "kubernetesNetworkConfig": {
            "serviceIpv4Cidr": "172.20.0.0/16",
            "ipFamily": "ipv4",
            "elasticLoadBalancing": { "enabled": false },
        },
        "logging": { "clusterLogging": [
            { "types": ["api", "audit"], "enabled": true },
            { "types": ["scheduler"], "enabled": false },
        ] },
        "platformVersion": "eks.12",
        "tags": { "team": "shop", "aws:cloudformation:stack-name": "rack" },
        "accessConfig": { "authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": true },
        "upgradePolicy": { "supportType": "EXTENDED" },
    });
    project.aws.cluster("shop").is_there(cluster);
}

/// Recorded from hashicorp/aws 5.100, asked about such a cluster.
#[test]
fn a_cluster_is_told_as_the_public_provider_tells_it() {
    let project = Project::new("data \"aws_eks_cluster\" \"it\" {\n  name = \"shop\"\n}\n");
    shop(&project);
    project.apply();
    let expected = json!({
        "access_config": [{ "authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": true }],
        "arn": "arn:aws:eks:eu-central-1:123456789012:cluster/shop",
        "certificate_authority": [{ "data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t" }],
        "cluster_id": null,
        "compute_config": [],
        "created_at": "2023-11-14T22:13:20Z",
        "enabled_cluster_log_types": ["api", "audit"],
        "endpoint": "https://SHOP.gr7.eu-central-1.eks.amazonaws.com",
        "id": "shop",
        "identity": [{ "oidc": [{ "issuer": "https://oidc.eks.eu-central-1.amazonaws.com/id/SHOP" }] }],
        "kubernetes_network_config": [{
            "elastic_load_balancing": [{ "enabled": false }],
            "ip_family": "ipv4",
            "service_ipv4_cidr": "172.20.0.0/16",
            "service_ipv6_cidr": "",
        }],
        "name": "shop",
        "outpost_config": [],
        "platform_version": "eks.12",
        "remote_network_config": [],
        "role_arn": "arn:aws:iam::123456789012:role/eks",
        "status": "ACTIVE",
        "storage_config": [],
        "tags": { "team": "shop" },
        "upgrade_policy": [{ "support_type": "EXTENDED" }],
        "version": "1.31",
        "vpc_config": [{
            "cluster_security_group_id": "sg-1",
            "endpoint_private_access": false,
            "endpoint_public_access": true,
            "public_access_cidrs": ["0.0.0.0/0"],
            "security_group_ids": [],
            "subnet_ids": ["subnet-1", "subnet-2"],
            "vpc_id": "vpc-1",
        }],
        "zonal_shift_config": [],
    });
    assert_eq!(project.state("data.aws_eks_cluster.it"), expected);
}

#[test]
fn a_cluster_that_is_not_there_is_an_error() {
    let project = Project::new("data \"aws_eks_cluster\" \"it\" {\n  name = \"shop\"\n}\n");
    let said = project.fail().said;
    assert!(said.contains("There is no cluster \"shop\" in eu-central-1"), "{said}");
}

#[test]
fn all_clusters_are_listed_over_all_pages() {
    let project = Project::new("data \"aws_eks_clusters\" \"all\" {}\n");
    project.aws.set_page(2);
    for name in ["c", "a", "e", "b", "d"] {
        project.aws.cluster(name).is_there(json!({}));
    }
    project.apply();
    let all = project.state("data.aws_eks_clusters.all");
    assert_eq!(all, json!({ "id": "eu-central-1", "names": ["a", "b", "c", "d", "e"] }));
    assert_eq!(project.aws.asked("ListClusters").len(), 3);
}

#[test]
fn a_token_is_made_without_asking_anybody_and_is_a_secret() {
    let project = Project::new(
        "data \"aws_eks_cluster_auth\" \"it\" {\n  name = \"shop\"\n}\n\n\
         output \"length\" {\n  value = nonsensitive(length(data.aws_eks_cluster_auth.it.token))\n}\n",
    );
    let said = project.apply().plain;
    assert!(project.aws.asked("*").is_empty(), "{:?}", project.aws.asked("*"));
    let auth = project.state("data.aws_eks_cluster_auth.it");
    let token = auth["token"].as_str().unwrap();
    assert!(!said.contains(token), "{said}");
    assert_eq!((&auth["id"], &auth["name"]), (&json!("shop"), &json!("shop")));

    let request = URL_SAFE_NO_PAD.decode(token.strip_prefix("k8s-aws-v1.").unwrap()).unwrap();
    let request = url::Url::parse(std::str::from_utf8(&request).unwrap()).unwrap();
    assert!(request.as_str().starts_with(project.aws.endpoint()), "{request}");
    let said: std::collections::BTreeMap<String, String> = request.query_pairs().into_owned().collect();
    assert_eq!(said["Action"], "GetCallerIdentity");
    assert_eq!(said["X-Amz-Expires"], "60");
    assert_eq!(said["X-Amz-SignedHeaders"], "host;x-k8s-aws-id");
    let scope = said["X-Amz-Credential"].split('/').collect::<Vec<_>>();
    assert_eq!((scope[0], &scope[2..]), ("test", &["eu-central-1", "sts", "aws4_request"][..]));

    let shown = project.json(&["show", "-json"]);
    let all = shown["values"]["root_module"]["resources"].as_array().unwrap();
    assert_eq!(all[0]["sensitive_values"], json!({ "token": true }));
}

/// The token goes into another provider's block or an argument that is only written, and into no state.
#[test]
fn an_ephemeral_token_stays_out_of_the_state() {
    let project = Project::new(
        "ephemeral \"aws_eks_cluster_auth\" \"it\" {\n  name = \"shop\"\n}\n\n\
         resource \"terraform_data\" \"it\" {\n  input = \"some\"\n\n  provisioner \"local-exec\" {\n    \
         command = \"test \\\"$TOKEN\\\" = k8s-aws-v1.\"\n    environment = {\n      \
         TOKEN = substr(ephemeral.aws_eks_cluster_auth.it.token, 0, 11)\n    }\n  }\n}\n",
    );
    project.apply();
    let state = project.run(&["state", "pull"]).plain;
    assert!(!state.contains("k8s-aws-v1") && !state.contains("token"), "{state}");
}

#[test]
fn a_token_needs_a_name_and_credentials() {
    let project = Project::new("data \"aws_eks_cluster_auth\" \"it\" {\n  name = \"\"\n}\n");
    let run = project.run(&["validate"]);
    assert!(!run.is_fine && run.said.contains("Unsuitable argument"), "{}", run.plain);

    project.write("data \"aws_eks_cluster_auth\" \"it\" {\n  name = \"shop\"\n}\n");
    let mut command = project.command(&["plan"]);
    let output =
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("credentials"), "{said}");
}

#[test]
fn versions_of_clusters_are_filtered_by_the_service() {
    let project = Project::new(
        "data \"aws_eks_cluster_versions\" \"all\" {}\n\n\
         data \"aws_eks_cluster_versions\" \"some\" {\n  cluster_type          = \"eks\"\n  \
         cluster_versions_only = [\"1.31\", \"1.32\"]\n  default_only          = false\n  \
         include_all           = true\n  version_status        = \"STANDARD_SUPPORT\"\n}\n",
    );
    project.apply();
    let all = project.state("data.aws_eks_cluster_versions.all");
    let first = &all["cluster_versions"][0];
    for name in ["cluster_version", "version_status", "cluster_type", "default_version"] {
        assert!(!first[name].is_null(), "{first:#}");
    }
    let asked = project.aws.asked("DescribeClusterVersions");
    let some =
        asked.iter().find(|ask| !ask.parameters["clusterVersions"].is_null()).expect("the filter is sent");
    let text = some.parameters.to_string();
    for said in ["1.31", "1.32", "STANDARD_SUPPORT", "eks"] {
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn the_usual_release_of_an_add_on_is_found_and_the_newest_when_asked_for() {
    let of = |name: &str, more: &str| {
        format!(
            "data \"aws_eks_addon_version\" \"{name}\" {{\n  addon_name         = \"vpc-cni\"\n  \
             kubernetes_version = \"1.31\"\n{more}}}\n\n"
        )
    };
    let project = Project::new(&(of("usual", "") + &of("newest", "  most_recent = true\n")));
    project.apply();
    let usual = project.state("data.aws_eks_addon_version.usual");
    assert_eq!(usual["version"], "v1.19.5-eksbuild.1");
    assert_eq!((&usual["id"], &usual["most_recent"]), (&json!("vpc-cni"), &json!(false)));
    assert_eq!(project.state("data.aws_eks_addon_version.newest")["version"], "v1.20.0-eksbuild.1");

    project.write(&of("usual", "").replace("vpc-cni", "vpc-cpi"));
    let said = project.fail().said;
    assert!(said.contains("No release of an add-on \"vpc-cpi\""), "{said}");
}
