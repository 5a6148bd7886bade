//! The versions that there are, of clusters and of add-ons.

use serde_json::{Value, json};

/// A test changes it through `aws.world().eks.catalogue`.
pub(crate) struct Catalogue {
    /// Versions of clusters with their support, the oldest first.
    pub(crate) clusters: Vec<(String, &'static str)>,
    pub(crate) default_cluster: String,
    /// Add-on, version, the cluster versions that it fits; the first that fits is the newest.
    pub(crate) addons: Vec<Edition>,
}

pub(crate) struct Edition {
    pub(crate) addon: String,
    pub(crate) version: String,
    pub(crate) clusters: Vec<String>,
    /// Those of them for which it is the default.
    pub(crate) default_for: Vec<String>,
}

impl Default for Catalogue {
    fn default() -> Self {
        let clusters = [
            ("1.28", "UNSUPPORTED"),
            ("1.29", "EXTENDED_SUPPORT"),
            ("1.30", "EXTENDED_SUPPORT"),
            ("1.31", "STANDARD_SUPPORT"),
            ("1.32", "STANDARD_SUPPORT"),
            ("1.33", "STANDARD_SUPPORT"),
        ];
        let edition = |addon: &str, version: &str, clusters: &[&str], default_for: &[&str]| Edition {
            addon: addon.to_owned(),
            version: version.to_owned(),
            clusters: clusters.iter().map(|cluster| (*cluster).to_owned()).collect(),
            default_for: default_for.iter().map(|cluster| (*cluster).to_owned()).collect(),
        };
        let all = &["1.29", "1.30", "1.31", "1.32", "1.33"];
        Self {
            clusters: clusters.map(|(version, support)| (version.to_owned(), support)).to_vec(),
            default_cluster: "1.33".to_owned(),
            addons: vec![
                edition("vpc-cni", "v1.20.0-eksbuild.1", all, &[]),
                edition("vpc-cni", "v1.19.5-eksbuild.1", all, all),
                edition("vpc-cni", "v1.18.1-eksbuild.1", &["1.29", "1.30"], &[]),
                edition("coredns", "v1.12.1-eksbuild.2", &["1.32", "1.33"], &["1.32", "1.33"]),
                edition(
                    "coredns",
                    "v1.11.3-eksbuild.1",
                    &["1.29", "1.30", "1.31"],
                    &["1.29", "1.30", "1.31"],
                ),
                edition("kube-proxy", "v1.33.0-eksbuild.2", &["1.33"], &["1.33"]),
                edition("kube-proxy", "v1.31.2-eksbuild.3", &["1.31", "1.32"], &["1.31", "1.32"]),
                edition("kube-proxy", "v1.30.0-eksbuild.3", &["1.29", "1.30"], &["1.29", "1.30"]),
                edition("aws-ebs-csi-driver", "v1.44.0-eksbuild.1", all, all),
                edition("amazon-cloudwatch-observability", "v4.1.0-eksbuild.1", all, all),
                edition("eks-pod-identity-agent", "v1.3.7-eksbuild.2", all, all),
            ],
        }
    }
}

impl Catalogue {
    /// The version that an add-on has in a cluster where nothing is said.
    pub(super) fn default_of(&self, addon: &str, cluster: &str) -> Option<&Edition> {
        let fits =
            |edition: &&Edition| edition.addon == addon && edition.default_for.iter().any(|it| it == cluster);
        self.addons.iter().find(fits)
    }

    pub(super) fn has(&self, addon: &str, version: &str, cluster: &str) -> bool {
        self.addons.iter().any(|edition| {
            edition.addon == addon
                && edition.version == version
                && edition.clusters.iter().any(|it| it == cluster)
        })
    }

    pub(super) fn described(&self, addon: &str, cluster: &str) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        for edition in &self.addons {
            let other = !addon.is_empty() && edition.addon != addon;
            let clusters: Vec<&String> =
                edition.clusters.iter().filter(|it| cluster.is_empty() || *it == cluster).collect();
            if other || clusters.is_empty() {
                continue;
            }
            let compatibilities: Vec<Value> = clusters
                .into_iter()
                .map(|it| {
                    json!({
                        "clusterVersion": it,
                        "platformVersions": ["*"],
                        "defaultVersion": edition.default_for.contains(it),
                    })
                })
                .collect();
            let version = json!({
                "addonVersion": edition.version,
                "architecture": ["amd64", "arm64"],
                "compatibilities": compatibilities,
                "requiresConfiguration": false,
            });
            match found.iter_mut().find(|known| known["addonName"] == edition.addon) {
                Some(known) => known["addonVersions"]
                    .as_array_mut()
                    .into_iter()
                    .for_each(|all| all.push(version.clone())),
                None => found.push(json!({
                    "addonName": edition.addon,
                    "type": "networking",
                    "publisher": "eks",
                    "owner": "aws",
                    "addonVersions": [version],
                })),
            }
        }
        found
    }
}
