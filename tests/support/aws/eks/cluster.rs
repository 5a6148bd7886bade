//! Clusters.

use serde_json::{Value, json};

use super::super::wire::{Fault, given, texts};
use super::thing::merge;
use super::{Desk, Sort, Thing, in_use, invalid, refused};

pub(super) fn create(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let request = desk.ask.parameters.clone();
    let name = desk.cluster_name();
    let key = desk.key(Sort::Cluster, &name);
    if let Some(same) = desk.repeated(&key) {
        return Ok(json!({ "cluster": same.value }));
    }
    if desk.eks.find(&key).is_some() {
        let message = format!("Cluster already exists with name: {name}");
        return Err(in_use(&message, &json!({ "clusterName": name })));
    }
    let version = given(&request, "version").unwrap_or_else(|| desk.eks.catalogue.default_cluster.clone());
    let known =
        desk.eks.catalogue.clusters.iter().any(|(it, support)| *it == version && *support != "UNSUPPORTED");
    if !known {
        return Err(invalid(&format!("unsupported Kubernetes version {version}")));
    }
    if texts(&request["resourcesVpcConfig"], "subnetIds").len() < 2 && request["outpostConfig"].is_null() {
        return Err(invalid("Subnets specified must be in at least two different AZs"));
    }
    let number = desk.laws.hex();
    let mut value = json!({
        "name": name,
        "arn": desk.arn(&format!("cluster/{name}")),
        "version": version,
        "roleArn": request["roleArn"],
        "resourcesVpcConfig": {
            "subnetIds": [],
            "securityGroupIds": [],
            "vpcId": format!("vpc-{number}"),
            "endpointPublicAccess": true,
            "endpointPrivateAccess": false,
            "publicAccessCidrs": ["0.0.0.0/0"],
        },
        "kubernetesNetworkConfig": {
            "serviceIpv4Cidr": "172.20.0.0/16",
            "ipFamily": "ipv4",
            "elasticLoadBalancing": { "enabled": false },
        },
        "logging": logging(&[], &request["logging"]),
        "platformVersion": "eks.1",
        "health": { "issues": [] },
        "tags": request["tags"],
        "accessConfig": { "authenticationMode": "CONFIG_MAP" },
        "upgradePolicy": { "supportType": "EXTENDED" },
        "deletionProtection": false,
        "controlPlaneScalingConfig": { "tier": "standard" },
    });
    let taken = [
        "resourcesVpcConfig",
        "kubernetesNetworkConfig",
        "upgradePolicy",
        "deletionProtection",
        "encryptionConfig",
        "outpostConfig",
        "zonalShiftConfig",
        "remoteNetworkConfig",
        "computeConfig",
        "storageConfig",
        "controlPlaneScalingConfig",
    ];
    for name in taken {
        if !request[name].is_null() {
            merge(&mut value[name], &request[name]);
        }
    }
    let mode =
        given(&request["accessConfig"], "authenticationMode").unwrap_or_else(|| "CONFIG_MAP".to_owned());
    value["accessConfig"]["authenticationMode"] = json!(mode);
    let creator_is_admin = request["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] != json!(false);
    if creator_is_admin && mode != "CONFIG_MAP" {
        super::access::admit_creator(desk);
    }
    Ok(json!({ "cluster": desk.found(key, value, "FAILED") }))
}

/// What a cluster has once it is there.
pub(super) fn complete(value: &mut Value) {
    let name = value["name"].as_str().unwrap_or_default().to_owned();
    let region = value["arn"].as_str().and_then(|arn| arn.split(':').nth(3)).unwrap_or_default().to_owned();
    let group = value["resourcesVpcConfig"]["vpcId"].as_str().unwrap_or_default().replace("vpc-", "sg-");
    value["endpoint"] = json!(format!("https://{}.gr7.{region}.eks.amazonaws.com", name.to_uppercase()));
    value["certificateAuthority"] = json!({ "data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t" });
    value["identity"] = json!({ "oidc": {
        "issuer": format!("https://oidc.eks.{region}.amazonaws.com/id/{}", name.to_uppercase()),
    }});
    value["resourcesVpcConfig"]["clusterSecurityGroupId"] = json!(group);
}

pub(super) fn delete(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let name = desk.cluster_name();
    let cluster = desk.cluster()?;
    if cluster.value["deletionProtection"] == json!(true) {
        return Err(refused("Cannot delete cluster because deletion protection is on"));
    }
    if cluster.running().is_some() {
        let message = format!("Cannot delete because cluster {name} currently has an update in progress");
        return Err(in_use(&message, &json!({ "clusterName": name })));
    }
    for (sort, what) in [(Sort::Nodegroup, "nodegroups"), (Sort::FargateProfile, "Fargate profiles")] {
        if !desk.names(sort, &name).is_empty() {
            let message = format!("Cluster has {what} attached");
            return Err(in_use(&message, &json!({ "clusterName": name })));
        }
    }
    let key = desk.key(Sort::Cluster, &name);
    let manner = desk.eks.manner(&key);
    let (left, fault) = (manner.takes, manner.delete_fault.take());
    let cluster = desk.cluster()?;
    cluster.begin_deleting(left, fault);
    let value = cluster.value.clone();
    // What has no life of its own goes with it.
    desk.eks.things.retain(|thing| {
        thing.key.sort == Sort::Cluster || thing.key.cluster != name || thing.key.place != key.place
    });
    Ok(json!({ "cluster": value }))
}

pub(super) fn update_version(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let wanted = desk.text("version");
    let key = desk.key(Sort::Cluster, &desk.cluster_name());
    if let Some(known) = desk.repeated_update(&key)? {
        return Ok(known);
    }
    let current = desk.cluster()?.value["version"].as_str().unwrap_or_default().to_owned();
    let minor =
        |version: &str| version.split_once('.').and_then(|(_, minor)| minor.parse::<i64>().ok()).unwrap_or(0);
    if minor(&wanted) != minor(&current) + 1 {
        return Err(invalid(&format!(
            "Unsupported Kubernetes minor version update from {current} to {wanted}"
        )));
    }
    if !desk.eks.catalogue.clusters.iter().any(|(version, _)| *version == wanted) {
        return Err(invalid(&format!("unsupported Kubernetes version {wanted}")));
    }
    let parameters = [("Version", wanted.clone()), ("PlatformVersion", "eks.1".to_owned())];
    desk.update(&key, "VersionUpdate", &parameters, json!({ "version": wanted }))
}

pub(super) fn update_config(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let key = desk.key(Sort::Cluster, &desk.cluster_name());
    if let Some(known) = desk.repeated_update(&key)? {
        return Ok(known);
    }
    let request = desk.ask.parameters.clone();
    let cluster = desk.cluster()?.value.clone();
    let network = &request["resourcesVpcConfig"];
    let has = |names: &[&str]| names.iter().any(|name| !network[*name].is_null());
    let auto_mode = ["computeConfig", "storageConfig", "kubernetesNetworkConfig"];
    let mut kinds = Vec::new();
    if has(&["subnetIds", "securityGroupIds"]) {
        kinds.push(("VpcConfigUpdate", json!({ "resourcesVpcConfig": network })));
    }
    if has(&["endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs"]) {
        kinds.push(("EndpointAccessUpdate", json!({ "resourcesVpcConfig": network })));
    }
    if !request["logging"].is_null() {
        let present = cluster["logging"]["clusterLogging"].as_array().cloned().unwrap_or_default();
        kinds.push(("LoggingUpdate", json!({ "logging": logging(&present, &request["logging"]) })));
    }
    if auto_mode.iter().any(|name| !request[*name].is_null()) {
        let members = auto_mode.iter().filter(|name| !request[**name].is_null());
        let patch = members.map(|name| ((*name).to_owned(), request[*name].clone())).collect();
        kinds.push(("AutoModeUpdate", Value::Object(patch)));
    }
    for (name, kind) in [
        ("accessConfig", "AccessConfigUpdate"),
        ("upgradePolicy", "UpgradePolicyUpdate"),
        ("zonalShiftConfig", "ZonalShiftConfigUpdate"),
        ("remoteNetworkConfig", "RemoteNetworkConfigUpdate"),
        ("deletionProtection", "DeletionProtectionUpdate"),
        ("controlPlaneScalingConfig", "ControlPlaneScalingConfigUpdate"),
    ] {
        if !request[name].is_null() {
            kinds.push((kind, json!({ name: request[name] })));
        }
    }
    let [(kind, patch)] = kinds.as_slice() else {
        let message =
            if kinds.is_empty() { "No changes needed" } else { "Only one type of update can be allowed." };
        return Err(invalid(message));
    };
    let mut changed = cluster.clone();
    merge(&mut changed, patch);
    if changed == cluster {
        return Err(invalid("Cluster is already at the desired configuration"));
    }
    let (before, after) = (mode(&cluster), mode(&changed));
    if before > after {
        return Err(refused("Unsupported authentication mode update: it only goes towards API"));
    }
    let parameters: Vec<(&str, String)> = match *kind {
        "LoggingUpdate" => vec![("ClusterLogging", request["logging"].to_string())],
        "AccessConfigUpdate" => vec![(
            "AuthenticationMode",
            given(&request["accessConfig"], "authenticationMode").unwrap_or_default(),
        )],
        _ => Vec::new(),
    };
    desk.update(&key, kind, &parameters, patch.clone())
}

/// How far a cluster is on the one way that authentication can go.
fn mode(cluster: &Value) -> usize {
    let mode = cluster["accessConfig"]["authenticationMode"].as_str().unwrap_or_default();
    ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"].iter().position(|it| *it == mode).unwrap_or(0)
}

pub(super) fn encrypt(desk: &mut Desk<'_>) -> Result<Value, Fault> {
    let key = desk.key(Sort::Cluster, &desk.cluster_name());
    if desk.cluster()?.value["encryptionConfig"].as_array().is_some_and(|known| !known.is_empty()) {
        return Err(refused("Encryption is already enabled for the cluster"));
    }
    let wanted = desk.ask.parameters["encryptionConfig"].clone();
    let parameters = [("EncryptionConfig", wanted.to_string())];
    desk.update(&key, "AssociateEncryptionConfig", &parameters, json!({ "encryptionConfig": wanted }))
}

/// Which kinds of logs are on, after a request that names some of them.
fn logging(present: &[Value], request: &Value) -> Value {
    let all = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
    let lists = |setups: &[Value], on: bool, kind: &str| {
        setups
            .iter()
            .any(|setup| setup["enabled"] == json!(on) && texts(setup, "types").iter().any(|it| it == kind))
    };
    let asked = request["clusterLogging"].as_array().cloned().unwrap_or_default();
    let on = |kind: &&str| {
        lists(&asked, true, kind) || (lists(present, true, kind) && !lists(&asked, false, kind))
    };
    let (on, off): (Vec<&str>, Vec<&str>) = all.into_iter().partition(on);
    let mut setups = Vec::new();
    if !on.is_empty() {
        setups.push(json!({ "types": on, "enabled": true }));
    }
    if !off.is_empty() {
        setups.push(json!({ "types": off, "enabled": false }));
    }
    json!({ "clusterLogging": setups })
}

pub(super) fn versions(desk: &Desk<'_>) -> Value {
    let wanted = texts(&desk.ask.parameters, "clusterVersions");
    let all = desk.text("includeAll") == "true";
    let status = given(&desk.ask.parameters, "versionStatus");
    let default_only = desk.text("defaultOnly") == "true";
    let catalogue = &desk.eks.catalogue;
    let shown = catalogue.clusters.iter().rev().filter(|(version, support)| {
        let named = wanted.is_empty() || wanted.contains(version);
        let fits = status
            .as_deref()
            .map_or(all || !wanted.is_empty() || *support != "UNSUPPORTED", |it| it == *support);
        named && fits && (!default_only || *version == catalogue.default_cluster)
    });
    let described = shown.map(|(version, support)| {
        json!({
            "clusterVersion": version,
            "clusterType": "eks",
            "defaultPlatformVersion": "eks.1",
            "defaultVersion": *version == catalogue.default_cluster,
            "releaseDate": 1_727_740_800,
            "endOfStandardSupportDate": 1_764_547_200,
            "endOfExtendedSupportDate": 1_796_083_200,
            "status": support.to_lowercase().replace('_', "-"),
            "versionStatus": support,
            "kubernetesPatchVersion": format!("{version}.1"),
        })
    });
    desk.page("clusterVersions", described.collect())
}

impl Thing {
    /// Whether access entries are in use at all.
    pub(super) fn has_access_entries(&self) -> bool {
        mode(&self.value) > 0
    }
}
