//! Credentials: keys of the block, of the environment, of a profile or of the machine, and the roles that are assumed
//! with them, one after the other.

use std::time::{Duration, SystemTime};

use aws_config::BehaviorVersion;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds::Client as Metadata;
use aws_config::imds::client::EndpointMode;
use aws_config::imds::client::error::ImdsError;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{
    ProvideCredentials, Result as Provided, SharedCredentialsProvider, future,
};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_sdk_sts::types::{Credentials as Assumed, PolicyDescriptorType, Tag};

use super::super::object::Arguments;
use super::configuration::{blocks, duration};
use super::fault::{Fault, causes};

/// The default duration of an assumed role, which is also that of AWS.
const HOUR: Duration = Duration::from_secs(3600);

/// The time limit for the metadata service of a machine.
const NEARBY: Duration = Duration::from_secs(6);

/// The first of these that has credentials: the block; the environment, unless the block names a profile; the profile
/// (with its roles, programs and single sign-on); the token of a workload; the container; the machine.
pub(super) fn source(
    arguments: Arguments<'_>,
    surroundings: &ProviderConfig,
    nearby: &ProviderConfig,
    files: &EnvConfigFiles,
) -> SharedCredentialsProvider {
    if let (Some(key), Some(secret)) = (arguments.text("access_key"), arguments.text("secret_key")) {
        let token = arguments.text("token").map(str::to_owned);
        return SharedCredentialsProvider::new(Credentials::new(key, secret, token, None, "provider block"));
    }
    let profile =
        ProfileFileCredentialsProvider::builder().configure(surroundings).profile_files(files.clone());
    if let Some(name) = arguments.text("profile") {
        return SharedCredentialsProvider::new(profile.profile_name(name).build());
    }
    let environment = EnvironmentVariableCredentialsProvider::new();
    let token = WebIdentityTokenCredentialsProvider::builder().configure(surroundings).build();
    let container = EcsCredentialsProvider::builder().configure(nearby).build();
    let container = Beside { what: "the container", source: SharedCredentialsProvider::new(container) };
    let chain = CredentialsProviderChain::first_try("environment", environment)
        .or_else("profile", profile.build())
        .or_else("web identity", token)
        .or_else("container", container);
    if arguments.text("skip_metadata_api_check") == Some("true") {
        return SharedCredentialsProvider::new(chain);
    }
    let machine =
        ImdsCredentialsProvider::builder().configure(nearby).imds_client(metadata(arguments, nearby)).build();
    let machine = Beside { what: "this machine", source: SharedCredentialsProvider::new(machine) };
    SharedCredentialsProvider::new(chain.or_else("machine", machine))
}

/// A source whose absence is not reported as an error of its own.
#[derive(Debug)]
struct Beside {
    what: &'static str,
    source: SharedCredentialsProvider,
}

impl ProvideCredentials for Beside {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let found = self.source.provide_credentials().await;
            found.map_err(|error| match error {
                CredentialsError::CredentialsNotLoaded(_) => error,
                // Something else answers at this address, as on the machines of other clouds.
                error if is_stranger(&error) => CredentialsError::not_loaded(error),
                error => {
                    let (what, why) = (self.what, causes(&error));
                    CredentialsError::provider_error(format!("{what} was asked who it is: {why}"))
                }
            })
        })
    }
}

fn is_stranger(error: &CredentialsError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<ImdsError>());
    matches!(cause, Some(ImdsError::FailedToLoadToken(_)))
}

/// The metadata service of EC2. Most machines have none, which is noticed quickly.
fn metadata(arguments: Arguments<'_>, nearby: &ProviderConfig) -> Metadata {
    let plain = || Metadata::builder().configure(nearby).max_attempts(2).operation_timeout(NEARBY);
    let mut metadata = plain();
    if arguments
        .text("ec2_metadata_service_endpoint_mode")
        .is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"))
    {
        metadata = metadata.endpoint_mode(EndpointMode::IpV6);
    }
    match arguments.text("ec2_metadata_service_endpoint") {
        Some(endpoint) => metadata.endpoint(endpoint).unwrap_or_else(|_| plain()).build(),
        None => metadata.build(),
    }
}

/// The roles of the block, each assumed with the credentials of the one before.
pub(super) fn assumed(
    arguments: Arguments<'_>,
    config: &SdkConfig,
    sts: &dyn Fn(&SdkConfig) -> aws_sdk_sts::Client,
) -> Option<SharedCredentialsProvider> {
    let mut config = config.clone();
    let mut last = None;
    for role in blocks(arguments, "assume_role_with_web_identity") {
        last = take(&mut config, sts, Role::of(role, By::Token(Token::of(role))));
    }
    for role in blocks(arguments, "assume_role") {
        last = take(&mut config, sts, Role::of(role, By::Credentials));
    }
    last
}

fn take(
    config: &mut SdkConfig,
    sts: &dyn Fn(&SdkConfig) -> aws_sdk_sts::Client,
    role: Option<Role>,
) -> Option<SharedCredentialsProvider> {
    let provider = SharedCredentialsProvider::new(Assuming { sts: sts(config), role: role? });
    *config = config.to_builder().credentials_provider(provider.clone()).build();
    Some(provider)
}

/// The settings of a role.
#[derive(Debug)]
struct Role {
    arn: String,
    session: String,
    duration: Duration,
    policy: Option<String>,
    policies: Vec<String>,
    external: Option<String>,
    identity: Option<String>,
    tags: Vec<(String, String)>,
    transitive: Vec<String>,
    by: By,
}

/// How a role is assumed.
#[derive(Debug)]
enum By {
    Credentials,
    Token(Token),
}

enum Token {
    Here(String),
    File(String),
}

impl std::fmt::Debug for Token {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Token")
    }
}

impl Token {
    fn of(role: Arguments<'_>) -> Self {
        match role.text("web_identity_token") {
            Some(token) => Self::Here(token.to_owned()),
            None => Self::File(role.text("web_identity_token_file").unwrap_or_default().to_owned()),
        }
    }

    fn read(&self) -> Result<String, CredentialsError> {
        match self {
            Self::Here(token) => Ok(token.clone()),
            Self::File(path) => {
                std::fs::read_to_string(path).map(|token| token.trim().to_owned()).map_err(|error| {
                    CredentialsError::provider_error(format!(
                        "the web identity token in {path} cannot be read: {error}"
                    ))
                })
            }
        }
    }
}

impl Role {
    fn of(role: Arguments<'_>, by: By) -> Option<Self> {
        let text = |name| role.text(name).map(str::to_owned);
        let texts = |name| role.texts(name).into_iter().map(str::to_owned).collect();
        let tags = role.text_map("tags").into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
        Some(Self {
            arn: text("role_arn")?,
            session: text("session_name").unwrap_or_else(|| "terrace".to_owned()),
            duration: role.text("duration").and_then(duration).unwrap_or(HOUR),
            policy: text("policy"),
            policies: texts("policy_arns"),
            external: text("external_id"),
            identity: text("source_identity"),
            tags: tags.collect(),
            transitive: texts("transitive_tag_keys"),
            by,
        })
    }
}

/// Credentials of an assumed role. The SDK keeps them until shortly before they expire.
#[derive(Debug)]
struct Assuming {
    sts: aws_sdk_sts::Client,
    role: Role,
}

impl ProvideCredentials for Assuming {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

impl Assuming {
    async fn assume(&self) -> Provided {
        let role = &self.role;
        let seconds = i32::try_from(role.duration.as_secs()).unwrap_or(3600);
        let policies = (!role.policies.is_empty()).then(|| {
            role.policies
                .iter()
                .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
                .collect::<Vec<_>>()
        });
        let refused = |fault: Fault| {
            CredentialsError::provider_error(format!("the role {} cannot be assumed: {fault}", role.arn))
        };
        let given = match &role.by {
            By::Token(token) => {
                let request = self.sts.assume_role_with_web_identity();
                let request = request
                    .role_arn(&role.arn)
                    .role_session_name(&role.session)
                    .web_identity_token(token.read()?)
                    .duration_seconds(seconds)
                    .set_policy(role.policy.clone())
                    .set_policy_arns(policies);
                request.send().await.map_err(|error| refused(error.into()))?.credentials
            }
            By::Credentials => {
                let tags: Result<Vec<Tag>, _> = role
                    .tags
                    .iter()
                    .map(|(key, value)| Tag::builder().key(key).value(value).build())
                    .collect();
                let tags = tags.map_err(CredentialsError::invalid_configuration)?;
                let request = self.sts.assume_role();
                let request = request
                    .role_arn(&role.arn)
                    .role_session_name(&role.session)
                    .duration_seconds(seconds)
                    .set_policy(role.policy.clone())
                    .set_policy_arns(policies)
                    .set_external_id(role.external.clone())
                    .set_source_identity(role.identity.clone())
                    .set_tags((!tags.is_empty()).then_some(tags))
                    .set_transitive_tag_keys((!role.transitive.is_empty()).then(|| role.transitive.clone()));
                request.send().await.map_err(|error| refused(error.into()))?.credentials
            }
        };
        credentials(given).ok_or_else(|| {
            CredentialsError::provider_error(format!("AWS gave no credentials for the role {}", role.arn))
        })
    }
}

fn credentials(given: Option<Assumed>) -> Option<Credentials> {
    let given = given?;
    let end = SystemTime::try_from(given.expiration).ok();
    Some(Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        end,
        "role",
    ))
}

/// The region of the block, the environment or the profile. The machine's own region is not used: where a configuration
/// runs must not decide where its objects are.
pub(super) async fn region(
    arguments: Arguments<'_>,
    surroundings: &ProviderConfig,
    files: &EnvConfigFiles,
) -> Option<Region> {
    use aws_config::environment::EnvironmentVariableRegionProvider;
    use aws_config::meta::region::RegionProviderChain;
    use aws_config::profile::ProfileFileRegionProvider;

    if let Some(region) = arguments.text("region") {
        return Some(Region::new(region.to_owned()));
    }
    let mut profile =
        ProfileFileRegionProvider::builder().configure(surroundings).profile_files(files.clone());
    if let Some(name) = arguments.text("profile") {
        profile = profile.profile_name(name);
    }
    let chain =
        RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(profile.build());
    chain.region().await.filter(|region| !region.as_ref().is_empty())
}

/// The environment of the SDK.
pub(super) fn surroundings(behaviour: BehaviorVersion) -> ProviderConfig {
    ProviderConfig::default().with_behavior_version(Some(behaviour))
}
