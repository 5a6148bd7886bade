//! The provider block: its schema, and its validation.

use std::path::Path as FilePath;
use std::time::Duration;

use crate::eval::functions::parse_wait;
use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::{Type, Value};

use super::super::object::{Arguments, at};

/// All services with an endpoint argument in the public provider: most of them are ignored here.
const SERVICES: &str = include_str!("services.txt");

/// The schema of the block.
pub(super) fn block() -> Block {
    let text = || Attribute::optional(Type::String);
    let flag = || Attribute::optional(Type::Bool);
    let number = || Attribute::optional(Type::Number);
    let texts = || Attribute::optional(Type::set(Type::String));
    let files = || Attribute::optional(Type::list(Type::String));
    let map = || Attribute::optional(Type::map(Type::String));
    let mut block = Block::default()
        .with("access_key", text())
        .with("allowed_account_ids", texts())
        .with("custom_ca_bundle", text())
        .with("ec2_metadata_service_endpoint", text())
        .with("ec2_metadata_service_endpoint_mode", text())
        .with("environment_tags", flag())
        .with("forbidden_account_ids", texts())
        .with("http_proxy", text())
        .with("https_proxy", text())
        .with("insecure", flag())
        .with("max_retries", number())
        .with("no_proxy", text())
        .with("profile", text())
        .with("region", text())
        .with("retry_mode", text())
        .with("s3_us_east_1_regional_endpoint", text())
        .with("s3_use_path_style", flag())
        .with("secret_key", text().sensitive())
        .with("shared_config_files", files())
        .with("shared_credentials_files", files())
        .with("skip_credentials_validation", flag())
        .with("skip_metadata_api_check", text())
        .with("skip_region_validation", flag())
        .with("skip_requesting_account_id", flag())
        .with("sts_region", text())
        .with("token", text().sensitive())
        .with("token_bucket_rate_limiter_capacity", number())
        .with("use_dualstack_endpoint", flag())
        .with("use_fips_endpoint", flag());
    let role = || {
        Block::default()
            .with("duration", text())
            .with("policy", text())
            .with("policy_arns", texts())
            .with("role_arn", text())
            .with("session_name", text())
    };
    let assumed = role()
        .with("external_id", text())
        .with("source_identity", text())
        .with("tags", map())
        .with("transitive_tag_keys", texts());
    let by_token =
        role().with("web_identity_token", text().sensitive()).with("web_identity_token_file", text());
    let ignored = Block::default().with("key_prefixes", texts()).with("keys", texts());
    let services = SERVICES.split_whitespace().fold(Block::default(), |block, name| block.with(name, text()));
    let nested = [
        ("assume_role", assumed, Nesting::List),
        ("assume_role_with_web_identity", by_token, Nesting::List),
        ("default_tags", Block::default().with("tags", map()), Nesting::List),
        ("endpoints", services, Nesting::Set),
        ("ignore_tags", ignored, Nesting::List),
    ];
    block.blocks.extend(
        nested.map(|(name, block, nesting)| (name.into(), NestedBlock { block, nesting, min: 0, max: None })),
    );
    block
}

/// The errors in the block, as far as its values are known.
pub(super) fn objections(configuration: &Value, remarks: &mut Remarks) {
    let arguments = Arguments(configuration);
    region(arguments, remarks);
    let mut refuse = |name: &str, summary: &str, detail: String| {
        remarks.push(Remark::error(summary, detail).at(at(name)));
    };
    for (one, other) in [("access_key", "secret_key"), ("secret_key", "access_key")] {
        if arguments.is_given(one) && !arguments.is_given(other) {
            refuse(
                one,
                "Half of a key",
                format!(
                    "\"{one}\" is of use only together with \"{other}\". Better than both are a profile or a role."
                ),
            );
        }
    }
    if arguments.flag("insecure") == Some(true) {
        let detail = "Certificates are always checked here. For a server with a certificate of your own, give its \
                      authority as custom_ca_bundle.";
        refuse("insecure", "Certificates cannot be ignored", detail.into());
    }
    if let Some(mode) = arguments.text("retry_mode").filter(|mode| !["standard", "adaptive"].contains(mode)) {
        refuse(
            "retry_mode",
            "Unsuitable argument",
            format!("\"{mode}\" is neither \"standard\" nor \"adaptive\"."),
        );
    }
    if arguments.number("max_retries").is_some_and(|retries| !(0..=1000).contains(&retries)) {
        refuse("max_retries", "Number out of range", "Between 0 and 1000 retries are possible.".into());
    }
    accounts(arguments, &mut refuse);
    if let Some(file) = arguments.text("custom_ca_bundle").filter(|file| !FilePath::new(file).is_file()) {
        refuse("custom_ca_bundle", "No such file", format!("There is no file {file}."));
    }
    roles(arguments, &mut refuse);
    if blocks(arguments, "default_tags").len() > 1 {
        refuse("default_tags", "Too many blocks", "One \"default_tags\" is enough.".into());
    }
}

fn region(arguments: Arguments<'_>, remarks: &mut Remarks) {
    let Some(region) = arguments.text("region") else { return };
    if arguments.flag("skip_region_validation") == Some(true) {
        return;
    }
    if !looks_like_region(region) {
        let detail = format!(
            "\"{region}\" does not look like a region of AWS, such as \"eu-central-1\". A zone ends in a letter; its \
             region is what is before it. With skip_region_validation = true any name is taken."
        );
        remarks.push(Remark::error("Unsuitable region", detail).at(at("region")));
    } else if let Some(meant) = super::place::nearly(region) {
        let detail = format!("No region \"{region}\" of AWS is known here. Did you mean \"{meant}\"?");
        remarks.push(Remark::warning("Unknown region", detail).at(at("region")));
    }
}

fn accounts(arguments: Arguments<'_>, refuse: &mut dyn FnMut(&str, &str, String)) {
    if !arguments.texts("allowed_account_ids").is_empty()
        && !arguments.texts("forbidden_account_ids").is_empty()
    {
        let detail = "Accounts are either listed as allowed or as forbidden: give one of the two.";
        refuse("forbidden_account_ids", "Arguments exclude each other", detail.into());
    }
    for name in ["allowed_account_ids", "forbidden_account_ids"] {
        let wrong = |id: &&str| id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(id) = arguments.texts(name).into_iter().find(wrong) {
            refuse(
                name,
                "Unsuitable account",
                format!("\"{id}\" is no account: its number has twelve digits."),
            );
        }
    }
}

fn roles(arguments: Arguments<'_>, refuse: &mut dyn FnMut(&str, &str, String)) {
    for role in blocks(arguments, "assume_role") {
        role_arn(role, "assume_role", refuse);
    }
    for role in blocks(arguments, "assume_role_with_web_identity") {
        role_arn(role, "assume_role_with_web_identity", refuse);
        if role.is_given("web_identity_token") == role.is_given("web_identity_token_file")
            && !role.is_unknown("web_identity_token")
        {
            let detail = "One of \"web_identity_token\" and \"web_identity_token_file\" is needed.";
            refuse("assume_role_with_web_identity", "Missing argument", detail.into());
        }
    }
}

fn role_arn(role: Arguments<'_>, block: &str, refuse: &mut dyn FnMut(&str, &str, String)) {
    match role.value("role_arn") {
        None => refuse(block, "Missing argument", "\"role_arn\" says which role to assume.".into()),
        Some(arn) => {
            if let Some(arn) = arn.as_str().filter(|arn| !arn.starts_with("arn:") || !arn.contains(":role/"))
            {
                let detail = format!(
                    "\"{arn}\" is not the ARN of a role, such as \"arn:aws:iam::123456789012:role/deploy\"."
                );
                refuse(block, "Unsuitable role", detail);
            }
        }
    }
    if let Some(written) = role.text("duration").filter(|written| duration(written).is_none()) {
        let detail = format!(
            "\"{written}\" is not a duration between 15 minutes and 12 hours, such as \"1h\" or \"30m\"."
        );
        refuse(block, "Unsuitable duration", detail);
    }
}

/// The duration of an assumed role, within the limits of AWS.
pub(super) fn duration(written: &str) -> Option<Duration> {
    let allowed = Duration::from_secs(15 * 60)..=Duration::from_secs(12 * 3600);
    parse_wait(written).filter(|duration| allowed.contains(duration))
}

/// The blocks of a kind.
pub(super) fn blocks<'a>(arguments: Arguments<'a>, name: &str) -> Vec<Arguments<'a>> {
    let items = arguments.value(name).and_then(Value::items).unwrap_or_default();
    items.iter().map(Arguments).collect()
}

/// `eu-central-1`, `us-gov-west-1`: words, a direction and a number.
fn looks_like_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [words @ .., last] => words.len() >= 2 && words.iter().all(word) && number(last),
        [] => false,
    }
}
