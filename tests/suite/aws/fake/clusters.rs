//! Clusters and their parts.

use serde_json::{Value, json};

use super::{Aws, send};

const ROLE: &str = "arn:aws:iam::123456789012:role/cluster";
const DEPLOY: &str = "/clusters/shop/access-entries/arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy";

fn eks(aws: &Aws, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, body) = send(aws, "eks", ("test", None), method, path, &body).unwrap();
    (status, serde_json::from_str(&body).unwrap_or_default())
}

fn get(aws: &Aws, path: &str) -> Value {
    eks(aws, "GET", path, &Value::Null).1
}

/// The same where it is to go well.
fn post(aws: &Aws, path: &str, body: &Value) -> Value {
    let (status, answer) = eks(aws, "POST", path, body);
    assert_eq!(status, 200, "{answer}");
    answer
}

fn refusal(aws: &Aws, method: &str, path: &str, body: &Value) -> String {
    let (status, answer) = eks(aws, method, path, body);
    format!("{status} {}", answer["message"].as_str().unwrap_or_default())
}

fn wanted(version: &str, mode: &str) -> Value {
    json!({
        "name": "shop", "roleArn": ROLE, "version": version, "clientRequestToken": "first",
        "resourcesVpcConfig": { "subnetIds": ["subnet-1", "subnet-2"] },
        "accessConfig": { "authenticationMode": mode },
    })
}

/// A cluster that is there.
fn shop() -> Aws {
    let aws = Aws::start();
    post(&aws, "/clusters", &wanted("1.31", "API"));
    for _ in 0..2 {
        get(&aws, "/clusters/shop");
    }
    assert_eq!(aws.cluster("shop").status(), "ACTIVE");
    aws
}

fn status(aws: &Aws, path: &str, member: &str) -> String {
    get(aws, path)[member]["status"].as_str().unwrap_or("gone").to_owned()
}

#[test]
fn a_cluster_comes_slowly_and_goes_slowly() {
    let aws = Aws::start();
    aws.cluster("shop").takes(3);
    let made = post(&aws, "/clusters", &wanted("1.31", "API"));
    assert!(made["cluster"]["endpoint"].is_null());
    // Once more with the same token: the same cluster.
    assert_eq!(post(&aws, "/clusters", &wanted("1.31", "API")), made);
    let look = || status(&aws, "/clusters/shop", "cluster");
    assert_eq!([look(), look(), look()], ["CREATING", "CREATING", "ACTIVE"]);
    assert!(get(&aws, "/clusters/shop")["cluster"]["endpoint"].is_string());
    assert!(refusal(&aws, "POST", "/clusters", &json!({ "name": "shop" })).starts_with("409 "));
    eks(&aws, "DELETE", "/clusters/shop", &Value::Null);
    assert_eq!([look(), look(), look()], ["DELETING", "DELETING", "gone"]);
}

#[test]
fn a_cluster_that_fails_says_why() {
    let aws = Aws::start();
    aws.cluster("shop").create_fails("Ec2SubnetNotFound", "no such subnet");
    post(&aws, "/clusters", &wanted("1.31", "API"));
    get(&aws, "/clusters/shop");
    let cluster = get(&aws, "/clusters/shop");
    assert_eq!(cluster["cluster"]["status"], "FAILED");
    assert_eq!(cluster["cluster"]["health"]["issues"][0]["code"], "Ec2SubnetNotFound");
}

#[test]
fn versions_go_one_step_at_a_time_and_updates_do_not_overlap() {
    let aws = shop();
    let far = refusal(&aws, "POST", "/clusters/shop/updates", &json!({ "version": "1.33" }));
    assert!(far.starts_with("400 Unsupported Kubernetes minor version update"), "{far}");
    let step = json!({ "version": "1.32", "clientRequestToken": "up" });
    let update = post(&aws, "/clusters/shop/updates", &step)["update"].clone();
    assert_eq!(post(&aws, "/clusters/shop/updates", &step)["update"]["id"], update["id"]);
    let logging = json!({ "logging": { "clusterLogging": [{ "types": ["api"], "enabled": true }] } });
    assert!(refusal(&aws, "POST", "/clusters/shop/update-config", &logging).starts_with("409 "));

    let path = format!("/clusters/shop/updates/{}", update["id"].as_str().unwrap());
    assert_eq!([status(&aws, &path, "update"), status(&aws, &path, "update")], ["InProgress", "Successful"]);
    assert_eq!(aws.cluster("shop").now().unwrap()["version"], "1.32");

    aws.cluster("shop").update_fails("AccessDenied", "not yours");
    let id = post(&aws, "/clusters/shop/update-config", &logging)["update"]["id"].clone();
    let path = format!("/clusters/shop/updates/{}", id.as_str().unwrap());
    get(&aws, &path);
    let failed = get(&aws, &path);
    assert_eq!(failed["update"]["status"], "Failed");
    assert_eq!(failed["update"]["errors"][0]["errorCode"], "AccessDenied");
    post(&aws, "/clusters/shop/update-config", &logging);
}

#[test]
fn node_groups_hold_their_cluster() {
    let aws = shop();
    let group = json!({ "nodegroupName": "all", "subnets": ["subnet-1"], "nodeRole": ROLE, "labels": { "a": "1", "b": "2" } });
    post(&aws, "/clusters/shop/node-groups", &group);
    let path = "/clusters/shop/node-groups/all";
    assert_eq!([status(&aws, path, "nodegroup"), status(&aws, path, "nodegroup")], ["CREATING", "ACTIVE"]);
    assert_eq!(
        refusal(&aws, "DELETE", "/clusters/shop", &Value::Null),
        "409 Cluster has nodegroups attached"
    );

    let change = json!({
        "scalingConfig": { "minSize": 2, "maxSize": 4, "desiredSize": 3 },
        "labels": { "addOrUpdateLabels": { "c": "3" }, "removeLabels": ["a"] },
    });
    let update = post(&aws, "/clusters/shop/node-groups/all/update-config", &change);
    let path =
        format!("/clusters/shop/updates/{}?nodegroupName=all", update["update"]["id"].as_str().unwrap());
    assert_eq!([status(&aws, &path, "update"), status(&aws, &path, "update")], ["InProgress", "Successful"]);
    let now = aws.cluster("shop").nodegroup("all").now().unwrap();
    assert_eq!(now["labels"], json!({ "b": "2", "c": "3" }));
    assert_eq!(now["scalingConfig"]["maxSize"], 4);

    aws.cluster("shop").nodegroup("all").delete_fails("Ec2SecurityGroupDeletionFailure", "in use");
    eks(&aws, "DELETE", "/clusters/shop/node-groups/all", &Value::Null);
    let path = "/clusters/shop/node-groups/all";
    assert_eq!(
        [status(&aws, path, "nodegroup"), status(&aws, path, "nodegroup")],
        ["DELETING", "DELETE_FAILED"]
    );
    eks(&aws, "DELETE", path, &Value::Null);
    assert_eq!([status(&aws, path, "nodegroup"), status(&aws, path, "nodegroup")], ["DELETING", "gone"]);
}

#[test]
fn fargate_profiles_queue() {
    let aws = shop();
    let profile = |name: &str| json!({ "fargateProfileName": name, "podExecutionRoleArn": ROLE, "selectors": [{ "namespace": "default" }] });
    post(&aws, "/clusters/shop/fargate-profiles", &profile("one"));
    let second = refusal(&aws, "POST", "/clusters/shop/fargate-profiles", &profile("two"));
    assert!(second.starts_with("409 ") && second.contains("one in status CREATING"), "{second}");
    for _ in 0..2 {
        get(&aws, "/clusters/shop/fargate-profiles/one");
    }
    post(&aws, "/clusters/shop/fargate-profiles", &profile("two"));
}

#[test]
fn an_add_on_fails_at_what_was_changed_by_hand() {
    let aws = shop();
    aws.cluster("shop").addon("vpc-cni").conflicts();
    let path = "/clusters/shop/addons/vpc-cni";
    post(&aws, "/clusters/shop/addons", &json!({ "addonName": "vpc-cni" }));
    assert_eq!([status(&aws, path, "addon"), status(&aws, path, "addon")], ["CREATING", "CREATE_FAILED"]);
    assert_eq!(get(&aws, path)["addon"]["health"]["issues"][0]["code"], "ConfigurationConflict");
    eks(&aws, "DELETE", &format!("{path}?preserve=true"), &Value::Null);
    assert_eq!(aws.asked("DeleteAddon")[0].text("preserve"), "true");
    for _ in 0..2 {
        get(&aws, path);
    }
    post(&aws, "/clusters/shop/addons", &json!({ "addonName": "vpc-cni", "resolveConflicts": "OVERWRITE" }));
    assert_eq!([status(&aws, path, "addon"), status(&aws, path, "addon")], ["CREATING", "ACTIVE"]);
    let found = get(&aws, "/addons/supported-versions?addonName=coredns&kubernetesVersion=1.31");
    assert_eq!(found["addons"][0]["addonVersions"][0]["compatibilities"][0]["defaultVersion"], true);
    aws.cluster("shop")
        .addon("vpc-cni")
        .set_status("DEGRADED", Some(("InsufficientNumberOfReplicas", "none runs")));
    assert_eq!(status(&aws, path, "addon"), "DEGRADED");
}

#[test]
fn access_entries_need_their_mode_and_carry_policies() {
    let aws = shop();
    let creator = get(&aws, "/clusters/shop/access-entries");
    assert_eq!(creator["accessEntries"], json!(["arn:aws:iam::123456789012:user/test"]));
    let entry =
        json!({ "principalArn": "arn:aws:iam::123456789012:role/deploy", "kubernetesGroups": ["team"] });
    let made = post(&aws, "/clusters/shop/access-entries", &entry);
    assert_eq!(made["accessEntry"]["type"], "STANDARD");
    assert_eq!(
        made["accessEntry"]["username"],
        "arn:aws:sts::123456789012:assumed-role/deploy/{{SessionName}}"
    );
    let policy = json!({
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
        "accessScope": { "type": "namespace", "namespaces": ["shop"] },
    });
    post(&aws, &format!("{DEPLOY}/access-policies"), &policy);
    let found = get(&aws, &format!("{DEPLOY}/access-policies"));
    assert_eq!(found["associatedAccessPolicies"][0]["accessScope"]["namespaces"], json!(["shop"]));
    let path = format!(
        "{DEPLOY}/access-policies/arn%3Aaws%3Aeks%3A%3Aaws%3Acluster-access-policy%2FAmazonEKSViewPolicy"
    );
    assert_eq!(eks(&aws, "DELETE", &path, &Value::Null).0, 200);
    assert_eq!(eks(&aws, "DELETE", &path, &Value::Null).0, 404);

    let other = Aws::start();
    post(&other, "/clusters", &wanted("1.31", "CONFIG_MAP"));
    get(&other, "/clusters/shop");
    get(&other, "/clusters/shop");
    assert!(refusal(&other, "GET", "/clusters/shop/access-entries", &Value::Null).starts_with("400 "));
}

#[test]
fn pod_identities_identity_providers_and_tags() {
    let aws = shop();
    let association = json!({ "namespace": "shop", "serviceAccount": "web", "roleArn": ROLE });
    let made = post(&aws, "/clusters/shop/pod-identity-associations", &association)["association"].clone();
    assert!(
        refusal(&aws, "POST", "/clusters/shop/pod-identity-associations", &association).starts_with("409 ")
    );
    let path =
        format!("/clusters/shop/pod-identity-associations/{}", made["associationId"].as_str().unwrap());
    let other = json!({ "roleArn": "arn:aws:iam::123456789012:role/other" });
    assert_eq!(post(&aws, &path, &other)["association"]["roleArn"], other["roleArn"]);
    let found = get(&aws, "/clusters/shop/pod-identity-associations?namespace=shop");
    assert_eq!(found["associations"][0]["associationId"], made["associationId"]);

    let provider = json!({ "oidc": { "identityProviderConfigName": "corp", "issuerUrl": "https://id.example.org", "clientId": "k" } });
    post(&aws, "/clusters/shop/identity-provider-configs/associate", &provider);
    let named = json!({ "identityProviderConfig": { "type": "oidc", "name": "corp" } });
    let look = || post(&aws, "/clusters/shop/identity-provider-configs/describe", &named);
    let status = || look()["identityProviderConfig"]["oidc"]["status"].clone();
    assert_eq!([status(), status()], ["CREATING", "ACTIVE"]);
    post(&aws, "/clusters/shop/identity-provider-configs/disassociate", &named);
    assert_eq!(status(), "DELETING");

    let tags = "/tags/arn%3Aaws%3Aeks%3Aeu-central-1%3A123456789012%3Acluster%2Fshop";
    post(&aws, tags, &json!({ "tags": { "a": "1", "b": "2" } }));
    eks(&aws, "DELETE", &format!("{tags}?tagKeys=a"), &Value::Null);
    assert_eq!(get(&aws, tags)["tags"], json!({ "b": "2" }));
}
