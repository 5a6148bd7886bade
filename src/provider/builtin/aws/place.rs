//! Data sources about the place and the identity: region, partition and account.

use std::sync::Arc;

use async_trait::async_trait;

use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::super::Data;
use super::super::object::{Arguments, at, filled};
use super::account::Account;
use super::fault::Fault;

/// The data sources of this file.
pub(super) fn data(account: &Account) -> Vec<(&'static str, Arc<dyn Data>)> {
    vec![
        ("aws_caller_identity", Arc::new(Caller(account.clone()))),
        ("aws_partition", Arc::new(Partition(account.clone()))),
        ("aws_region", Arc::new(Region(account.clone()))),
    ]
}

struct Caller(Account);
struct Region(Account);
struct Partition(Account);

fn computed() -> Attribute {
    Attribute::computed(Type::String)
}

fn configured_or_computed() -> Attribute {
    Attribute::optional_computed(Type::String)
}

#[async_trait]
impl Data for Caller {
    fn schema(&self) -> Block {
        Block::default()
            .with("account_id", computed())
            .with("arn", computed())
            .with("id", configured_or_computed())
            .with("user_id", computed())
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let clients = self.0.clients(remarks).await?;
        let known = match clients.sts.get_caller_identity().send().await {
            Ok(known) => known,
            Err(error) => {
                remarks.push(Fault::from(error).remark("Caller is not known", "asking who this is"));
                return None;
            }
        };
        let text = |text: Option<&str>| Value::string(text.unwrap_or_default());
        let account = text(known.account());
        Some(filled(
            configuration,
            [
                ("id", account.clone()),
                ("account_id", account),
                ("arn", text(known.arn())),
                ("user_id", text(known.user_id())),
            ],
        ))
    }
}

#[async_trait]
impl Data for Region {
    fn schema(&self) -> Block {
        Block::default()
            .with("description", computed())
            .with("endpoint", configured_or_computed())
            .with("id", configured_or_computed())
            .with("name", configured_or_computed())
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let arguments = Arguments(configuration);
        let asked = arguments.text("endpoint").map(|endpoint| {
            endpoint
                .strip_prefix("ec2.")
                .and_then(|rest| rest.split('.').next())
                .unwrap_or_default()
                .to_owned()
        });
        let name = match (arguments.text("name").map(str::to_owned), asked) {
            (Some(name), Some(other)) if name != other => {
                let detail = format!("The endpoint is that of \"{other}\", and the name is \"{name}\".");
                remarks.push(Remark::error("No such region", detail).at(at("endpoint")));
                return None;
            }
            (Some(name), _) | (None, Some(name)) => name,
            (None, None) => self.0.clients(remarks).await?.region.clone(),
        };
        let Some((_, description)) = REGIONS.iter().find(|(known, _)| *known == name) else {
            let detail = format!("No region \"{name}\" of AWS is known here.");
            remarks.push(Remark::error("No such region", detail).at(at("name")));
            return None;
        };
        let endpoint = format!("ec2.{name}.{}", partition_of(&name).suffix);
        Some(filled(
            configuration,
            [
                ("id", Value::string(&name)),
                ("endpoint", Value::string(&endpoint)),
                ("description", Value::string(description)),
                ("name", Value::string(&name)),
            ],
        ))
    }
}

#[async_trait]
impl Data for Partition {
    fn schema(&self) -> Block {
        Block::default()
            .with("dns_suffix", computed())
            .with("id", configured_or_computed())
            .with("partition", computed())
            .with("reverse_dns_prefix", computed())
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let partition = partition_of(&self.0.clients(remarks).await?.region);
        let reversed: Vec<&str> = partition.suffix.split('.').rev().collect();
        Some(filled(
            configuration,
            [
                ("id", Value::string(partition.name)),
                ("partition", Value::string(partition.name)),
                ("dns_suffix", Value::string(partition.suffix)),
                ("reverse_dns_prefix", Value::string(&reversed.join("."))),
            ],
        ))
    }
}

/// A partition of AWS, which shares nothing with the others.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) suffix: &'static str,
}

/// The partition of a region.
pub(super) fn partition_of(region: &str) -> Part {
    let known = [
        ("cn-", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-", "aws-us-gov", "amazonaws.com"),
        ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
        ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
        ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
        ("eusc-", "aws-eusc", "amazonaws.eu"),
        ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ];
    let found = known.iter().find(|(prefix, ..)| region.starts_with(prefix));
    found.map_or(Part { name: "aws", suffix: "amazonaws.com" }, |(_, name, suffix)| Part { name, suffix })
}

/// A known region with a name similar to this unknown one.
pub(super) fn nearly(region: &str) -> Option<String> {
    let mut known = REGIONS.iter().map(|(known, _)| *known);
    if known.any(|known| known == region) {
        return None;
    }
    crate::diag::closest(region, REGIONS.iter().map(|(known, _)| *known))
}

/// The descriptions of regions.
const REGIONS: [(&str, &str); 43] = [
    ("af-south-1", "Africa (Cape Town)"),
    ("ap-east-1", "Asia Pacific (Hong Kong)"),
    ("ap-east-2", "Asia Pacific (Taipei)"),
    ("ap-northeast-1", "Asia Pacific (Tokyo)"),
    ("ap-northeast-2", "Asia Pacific (Seoul)"),
    ("ap-northeast-3", "Asia Pacific (Osaka)"),
    ("ap-south-1", "Asia Pacific (Mumbai)"),
    ("ap-south-2", "Asia Pacific (Hyderabad)"),
    ("ap-southeast-1", "Asia Pacific (Singapore)"),
    ("ap-southeast-2", "Asia Pacific (Sydney)"),
    ("ap-southeast-3", "Asia Pacific (Jakarta)"),
    ("ap-southeast-4", "Asia Pacific (Melbourne)"),
    ("ap-southeast-5", "Asia Pacific (Malaysia)"),
    ("ap-southeast-6", "Asia Pacific (New Zealand)"),
    ("ap-southeast-7", "Asia Pacific (Thailand)"),
    ("ca-central-1", "Canada (Central)"),
    ("ca-west-1", "Canada West (Calgary)"),
    ("cn-north-1", "China (Beijing)"),
    ("cn-northwest-1", "China (Ningxia)"),
    ("eu-central-1", "Europe (Frankfurt)"),
    ("eu-central-2", "Europe (Zurich)"),
    ("eu-north-1", "Europe (Stockholm)"),
    ("eu-south-1", "Europe (Milan)"),
    ("eu-south-2", "Europe (Spain)"),
    ("eu-west-1", "Europe (Ireland)"),
    ("eu-west-2", "Europe (London)"),
    ("eu-west-3", "Europe (Paris)"),
    ("eusc-de-east-1", "EU (Germany)"),
    ("eu-isoe-west-1", "EU ISOE West"),
    ("il-central-1", "Israel (Tel Aviv)"),
    ("me-central-1", "Middle East (UAE)"),
    ("me-south-1", "Middle East (Bahrain)"),
    ("mx-central-1", "Mexico (Central)"),
    ("sa-east-1", "South America (Sao Paulo)"),
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-gov-east-1", "AWS GovCloud (US-East)"),
    ("us-gov-west-1", "AWS GovCloud (US-West)"),
    ("us-iso-east-1", "US ISO East"),
    ("us-iso-west-1", "US ISO WEST"),
    ("us-isob-east-1", "US ISOB East (Ohio)"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
];
