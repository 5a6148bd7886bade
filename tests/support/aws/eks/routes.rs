//! Which action a method and a path are.

use serde_json::{Map, Value, json};

use super::super::wire::Http;

const ROUTES: &[(&str, &str, &str)] = &[
    ("POST", "clusters", "CreateCluster"),
    ("GET", "clusters", "ListClusters"),
    ("GET", "clusters/{clusterName}", "DescribeCluster"),
    ("DELETE", "clusters/{clusterName}", "DeleteCluster"),
    ("POST", "clusters/{clusterName}/update-config", "UpdateClusterConfig"),
    ("POST", "clusters/{clusterName}/updates", "UpdateClusterVersion"),
    ("GET", "clusters/{clusterName}/updates", "ListUpdates"),
    ("GET", "clusters/{clusterName}/updates/{updateId}", "DescribeUpdate"),
    ("POST", "clusters/{clusterName}/encryption-config/associate", "AssociateEncryptionConfig"),
    ("POST", "clusters/{clusterName}/node-groups", "CreateNodegroup"),
    ("GET", "clusters/{clusterName}/node-groups", "ListNodegroups"),
    ("GET", "clusters/{clusterName}/node-groups/{nodegroupName}", "DescribeNodegroup"),
    ("DELETE", "clusters/{clusterName}/node-groups/{nodegroupName}", "DeleteNodegroup"),
    ("POST", "clusters/{clusterName}/node-groups/{nodegroupName}/update-config", "UpdateNodegroupConfig"),
    ("POST", "clusters/{clusterName}/node-groups/{nodegroupName}/update-version", "UpdateNodegroupVersion"),
    ("POST", "clusters/{clusterName}/fargate-profiles", "CreateFargateProfile"),
    ("GET", "clusters/{clusterName}/fargate-profiles", "ListFargateProfiles"),
    ("GET", "clusters/{clusterName}/fargate-profiles/{fargateProfileName}", "DescribeFargateProfile"),
    ("DELETE", "clusters/{clusterName}/fargate-profiles/{fargateProfileName}", "DeleteFargateProfile"),
    ("POST", "clusters/{clusterName}/addons", "CreateAddon"),
    ("GET", "clusters/{clusterName}/addons", "ListAddons"),
    ("GET", "clusters/{clusterName}/addons/{addonName}", "DescribeAddon"),
    ("DELETE", "clusters/{clusterName}/addons/{addonName}", "DeleteAddon"),
    ("POST", "clusters/{clusterName}/addons/{addonName}/update", "UpdateAddon"),
    ("GET", "addons/supported-versions", "DescribeAddonVersions"),
    ("GET", "addons/configuration-schemas", "DescribeAddonConfiguration"),
    ("GET", "cluster-versions", "DescribeClusterVersions"),
    ("POST", "clusters/{clusterName}/access-entries", "CreateAccessEntry"),
    ("GET", "clusters/{clusterName}/access-entries", "ListAccessEntries"),
    ("GET", "clusters/{clusterName}/access-entries/{principalArn}", "DescribeAccessEntry"),
    ("POST", "clusters/{clusterName}/access-entries/{principalArn}", "UpdateAccessEntry"),
    ("DELETE", "clusters/{clusterName}/access-entries/{principalArn}", "DeleteAccessEntry"),
    ("POST", "clusters/{clusterName}/access-entries/{principalArn}/access-policies", "AssociateAccessPolicy"),
    (
        "GET",
        "clusters/{clusterName}/access-entries/{principalArn}/access-policies",
        "ListAssociatedAccessPolicies",
    ),
    (
        "DELETE",
        "clusters/{clusterName}/access-entries/{principalArn}/access-policies/{policyArn}",
        "DisassociateAccessPolicy",
    ),
    ("GET", "access-policies", "ListAccessPolicies"),
    ("POST", "clusters/{clusterName}/pod-identity-associations", "CreatePodIdentityAssociation"),
    ("GET", "clusters/{clusterName}/pod-identity-associations", "ListPodIdentityAssociations"),
    (
        "GET",
        "clusters/{clusterName}/pod-identity-associations/{associationId}",
        "DescribePodIdentityAssociation",
    ),
    (
        "POST",
        "clusters/{clusterName}/pod-identity-associations/{associationId}",
        "UpdatePodIdentityAssociation",
    ),
    (
        "DELETE",
        "clusters/{clusterName}/pod-identity-associations/{associationId}",
        "DeletePodIdentityAssociation",
    ),
    ("GET", "clusters/{clusterName}/identity-provider-configs", "ListIdentityProviderConfigs"),
    ("POST", "clusters/{clusterName}/identity-provider-configs/associate", "AssociateIdentityProviderConfig"),
    ("POST", "clusters/{clusterName}/identity-provider-configs/describe", "DescribeIdentityProviderConfig"),
    (
        "POST",
        "clusters/{clusterName}/identity-provider-configs/disassociate",
        "DisassociateIdentityProviderConfig",
    ),
    ("GET", "tags/{resourceArn}", "ListTagsForResource"),
    ("POST", "tags/{resourceArn}", "TagResource"),
    ("DELETE", "tags/{resourceArn}", "UntagResource"),
];

/// Parameters of a query that are lists, however many there are.
const LISTS: &[&str] = &["tagKeys", "clusterVersions", "types", "publishers", "owners", "include"];

/// The action, and the parameters of body, query and path in one object.
pub(in super::super) fn recognise(http: &Http) -> (String, Value) {
    let parts = http.parts();
    let mut members: Map<String, Value> = serde_json::from_slice(&http.body).unwrap_or_default();
    for (name, value) in &http.query {
        if LISTS.contains(&name.as_str()) {
            let list = members.entry(name.clone()).or_insert_with(|| json!([]));
            list.as_array_mut().into_iter().for_each(|list| list.push(json!(value)));
        } else {
            members.insert(name.clone(), json!(value));
        }
    }
    for (_, path, action) in ROUTES.iter().filter(|(method, ..)| *method == http.method) {
        let pattern: Vec<&str> = path.split('/').collect();
        let fits = |(pattern, part): (&&str, &String)| pattern.starts_with('{') || pattern == part;
        if pattern.len() != parts.len() || !pattern.iter().zip(&parts).all(fits) {
            continue;
        }
        for (pattern, part) in pattern.iter().zip(&parts) {
            if let Some(name) = pattern.strip_prefix('{') {
                members.insert(name.trim_end_matches('}').to_owned(), json!(part));
            }
        }
        if *action == "CreateCluster" {
            // Everywhere else a cluster's name comes with the path.
            let name = members.get("name").cloned().unwrap_or_default();
            members.insert("clusterName".to_owned(), name);
        }
        return ((*action).to_owned(), Value::Object(members));
    }
    (format!("{} {}", http.method, http.path), Value::Object(members))
}
