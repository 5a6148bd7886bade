//! What types of resources are like: which properties mean a replacement, how their names come about, and what their
//! attributes are. A handful, and whatever a test adds; an unknown type is never replaced.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::laws::Laws;
use super::resource::Resource;
use super::scope::plain;

/// What a change of a property asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recreation {
    Never,
    Conditionally,
    Always,
}

#[derive(Debug, Default)]
pub(crate) struct Kinds {
    recreations: BTreeMap<(String, String), Recreation>,
    attributes: BTreeMap<(String, String), String>,
}

/// Type, the property that names it, how generated names begin (or end), and the properties that replace it.
const KINDS: &[(&str, &str, &str, &[&str])] = &[
    ("AWS::DynamoDB::Table", "TableName", "", &["TableName", "KeySchema", "LocalSecondaryIndexes"]),
    ("AWS::EC2::EIP", "", "eipalloc-", &["Domain", "NetworkBorderGroup"]),
    ("AWS::EC2::Instance", "", "i-", &["ImageId", "SubnetId", "KeyName", "AvailabilityZone"]),
    ("AWS::EC2::InternetGateway", "", "igw-", &[]),
    ("AWS::EC2::NatGateway", "", "nat-", &["SubnetId", "AllocationId", "ConnectivityType"]),
    ("AWS::EC2::Route", "", "r-rtb-", &["RouteTableId", "DestinationCidrBlock"]),
    ("AWS::EC2::RouteTable", "", "rtb-", &["VpcId"]),
    ("AWS::EC2::SecurityGroup", "", "sg-", &["GroupName", "GroupDescription", "VpcId"]),
    ("AWS::EC2::Subnet", "", "subnet-", &["AvailabilityZone", "CidrBlock", "VpcId"]),
    ("AWS::EC2::SubnetRouteTableAssociation", "", "rtbassoc-", &["SubnetId"]),
    ("AWS::EC2::VPC", "", "vpc-", &["CidrBlock"]),
    ("AWS::EC2::VPCEndpoint", "", "vpce-", &["ServiceName", "VpcEndpointType", "VpcId"]),
    ("AWS::EC2::VPCGatewayAttachment", "", "IGW|vpc-", &["VpcId"]),
    ("AWS::ECR::Repository", "RepositoryName", "", &["RepositoryName", "EncryptionConfiguration"]),
    ("AWS::EKS::Cluster", "Name", "", &["Name", "RoleArn", "EncryptionConfig"]),
    (
        "AWS::EKS::Nodegroup",
        "NodegroupName",
        "",
        &[
            "NodegroupName",
            "ClusterName",
            "InstanceTypes",
            "AmiType",
            "CapacityType",
            "DiskSize",
            "NodeRole",
            "Subnets",
        ],
    ),
    ("AWS::IAM::Role", "RoleName", "", &["RoleName", "Path"]),
    ("AWS::Logs::LogGroup", "LogGroupName", "", &["LogGroupName"]),
    (
        "AWS::RDS::DBInstance",
        "DBInstanceIdentifier",
        "",
        &[
            "DBInstanceIdentifier",
            "DBName",
            "DBSubnetGroupName",
            "Engine",
            "KmsKeyId",
            "MasterUsername",
            "StorageEncrypted",
            "AvailabilityZone",
        ],
    ),
    (
        "AWS::RDS::DBCluster",
        "DBClusterIdentifier",
        "",
        &[
            "DBClusterIdentifier",
            "DatabaseName",
            "DBSubnetGroupName",
            "Engine",
            "KmsKeyId",
            "StorageEncrypted",
        ],
    ),
    (
        "AWS::RDS::DBParameterGroup",
        "DBParameterGroupName",
        "",
        &["DBParameterGroupName", "Description", "Family"],
    ),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", "", &["DBSubnetGroupName"]),
    ("AWS::S3::Bucket", "BucketName", "", &["BucketName"]),
    ("AWS::SNS::Topic", "TopicName", "", &["TopicName", "FifoTopic"]),
    ("AWS::SQS::Queue", "QueueName", "", &["QueueName", "FifoQueue"]),
    ("AWS::SSM::Parameter", "Name", "", &["Name", "Type"]),
    ("AWS::SecretsManager::Secret", "Name", "", &["Name"]),
    ("Custom::Thing", "", "", &["ServiceToken"]),
];

/// Properties that replace a resource in some cases only.
const CONDITIONAL: &[(&str, &str)] = &[
    ("AWS::RDS::DBInstance", "Port"),
    ("AWS::RDS::DBInstance", "EngineVersion"),
    ("AWS::EC2::Instance", "InstanceType"),
    ("AWS::EC2::Instance", "UserData"),
];

impl Kinds {
    /// Adds to the table, or changes it.
    pub(crate) fn recreate(&mut self, kind: &str, property: &str, recreation: Recreation) {
        self.recreations.insert((kind.to_owned(), property.to_owned()), recreation);
    }

    /// What an attribute is, with `{id}`, `{account}` and `{region}` in it.
    pub(crate) fn attribute(&mut self, kind: &str, attribute: &str, pattern: &str) {
        self.attributes.insert((kind.to_owned(), attribute.to_owned()), pattern.to_owned());
    }

    pub(super) fn recreation(&self, kind: &str, property: &str) -> Recreation {
        if let Some(found) = self.recreations.get(&(kind.to_owned(), property.to_owned())) {
            return *found;
        }
        if CONDITIONAL.contains(&(kind, property)) {
            return Recreation::Conditionally;
        }
        let found =
            KINDS.iter().any(|(name, _, _, properties)| *name == kind && properties.contains(&property));
        if found { Recreation::Always } else { Recreation::Never }
    }

    /// An attribute of a resource that is there.
    pub(super) fn attribute_of(&self, resource: &Resource, name: &str, account: &str, region: &str) -> Value {
        let id = &resource.physical;
        let kind = resource.kind.as_str();
        if let Some(pattern) = self.attributes.get(&(kind.to_owned(), name.to_owned())) {
            let value = pattern.replace("{id}", id).replace("{account}", account);
            return json!(value.replace("{region}", region));
        }
        let service = kind.split("::").nth(1).unwrap_or("custom").to_lowercase();
        let value = match (kind, name) {
            ("AWS::S3::Bucket", "Arn") => format!("arn:aws:s3:::{id}"),
            ("AWS::S3::Bucket", "DomainName") => format!("{id}.s3.amazonaws.com"),
            ("AWS::IAM::Role", "Arn") => format!("arn:aws:iam::{account}:role/{id}"),
            ("AWS::ECR::Repository", "Arn") => format!("arn:aws:ecr:{region}:{account}:repository/{id}"),
            ("AWS::ECR::Repository", "RepositoryUri") => {
                format!("{account}.dkr.ecr.{region}.amazonaws.com/{id}")
            }
            ("AWS::EKS::Cluster", "Arn") => format!("arn:aws:eks:{region}:{account}:cluster/{id}"),
            ("AWS::EKS::Cluster", "Endpoint") => format!("https://{id}.eks.{region}.example.org"),
            ("AWS::EKS::Cluster", "CertificateAuthorityData") => "LS0tLS1CRUdJTg==".to_owned(),
            ("AWS::EKS::Cluster", "ClusterSecurityGroupId") => format!("sg-of-{id}"),
            ("AWS::EKS::Cluster", "OpenIdConnectIssuerUrl") => {
                format!("https://oidc.eks.{region}.example.org/id/{id}")
            }
            ("AWS::EC2::EIP", "AllocationId") => id.clone(),
            ("AWS::EC2::EIP", "PublicIp") => "203.0.113.7".to_owned(),
            ("AWS::Logs::LogGroup", "Arn") => format!("arn:aws:logs:{region}:{account}:log-group:{id}:*"),
            (_, "MasterUserSecret.SecretArn") => {
                format!("arn:aws:secretsmanager:{region}:{account}:secret:rds!{id}")
            }
            (_, "Endpoint.Address") => format!("{id}.abcdefghijkl.{region}.rds.amazonaws.com"),
            (_, "Endpoint.Port") => resource.properties["Port"].as_str().unwrap_or("5432").to_owned(),
            ("AWS::EC2::SecurityGroup", "GroupId") => id.clone(),
            (_, "Arn") => {
                let what = kind.rsplit("::").next().unwrap_or_default().to_lowercase();
                format!("arn:aws:{service}:{region}:{account}:{what}/{id}")
            }
            _ => match &resource.properties[name] {
                Value::Null => format!("{id}-{name}"),
                found => return found.clone(),
            },
        };
        json!(value)
    }
}

/// The physical id that a resource gets: its name, or one that CloudFormation makes up.
pub(super) fn physical(
    laws: &mut Laws,
    stack: &str,
    logical: &str,
    kind: &str,
    properties: &Value,
) -> String {
    let known = KINDS.iter().find(|(name, ..)| *name == kind);
    if let Some((_, property, prefix, _)) = known {
        if !property.is_empty() && !properties[property].is_null() {
            return plain(&properties[property]);
        }
        if !prefix.is_empty() {
            return format!("{prefix}{}", laws.hex());
        }
    }
    let suffix = laws.suffix();
    let small = matches!(kind, "AWS::S3::Bucket" | "AWS::ECR::Repository" | "AWS::RDS::DBInstance");
    let name = format!("{stack}-{logical}-{suffix}");
    if small { name.to_lowercase() } else { name }
}

/// The name that somebody gave a resource.
pub(super) fn name_of(kind: &str, properties: &Value) -> Option<String> {
    let (_, property, ..) =
        KINDS.iter().find(|(name, property, ..)| *name == kind && !property.is_empty())?;
    Some(plain(&properties[property])).filter(|name| !name.is_empty())
}

/// Whether a resource has a name of its own, so that a second one cannot stand beside it.
pub(super) fn is_named(kind: &str, properties: &Value) -> bool {
    name_of(kind, properties).is_some()
}
