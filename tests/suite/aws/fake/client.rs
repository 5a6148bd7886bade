//! The real client reads every kind of answer: whether the formats are right is for it to say.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use aws_sdk_cloudformation::types::{ChangeSetType, Parameter, Replacement, StackStatus, Tag};
use aws_sdk_eks::types::{ClusterStatus, Logging, UpdateStatus, VpcConfigRequest};

use super::Aws;

const TEMPLATE: &str = r#"{
  "Parameters": { "Name": { "Type": "String" } },
  "Resources": { "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "QueueName": { "Ref": "Name" } } } },
  "Outputs": { "Queue": { "Value": { "Ref": "Queue" }, "Description": "<&> stay what they are" } }
}"#;

fn config(aws: &Aws) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-central-1"))
        .endpoint_url(aws.endpoint())
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "a test",
        )))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

fn wait<T>(task: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(task)
}

fn name(value: &str) -> Parameter {
    Parameter::builder().parameter_key("Name").parameter_value(value).build()
}

#[test]
fn the_real_client_understands_cloudformation() {
    let aws = Aws::start();
    let client = aws_sdk_cloudformation::Client::new(&config(&aws));
    wait(async {
        let set =
            client.create_change_set().stack_name("shop").change_set_name("one").template_body(TEMPLATE);
        let set = set.change_set_type(ChangeSetType::Create).parameters(name("first"));
        let set = set.tags(Tag::builder().key("team").value("a & b").build()).client_token("again");
        let made = set.clone().send().await.unwrap();
        assert_eq!(set.send().await.unwrap().id, made.id);
        let look = client.describe_change_set().change_set_name(made.id.clone().unwrap());
        look.clone().send().await.unwrap();
        let seen = look.include_property_values(true).send().await.unwrap();
        assert_eq!(seen.changes()[0].resource_change().unwrap().logical_resource_id(), Some("Queue"));
        assert_eq!(seen.tags()[0].value(), Some("a & b"));
        let execute = client.execute_change_set().change_set_name(made.id.unwrap());
        execute.client_request_token("token").send().await.unwrap();
        let stack = async || {
            let found = client.describe_stacks().stack_name("shop").send().await.unwrap();
            found.stacks()[0].clone()
        };
        assert_eq!(stack().await.stack_status(), Some(&StackStatus::CreateInProgress));
        let made = stack().await;
        assert_eq!(made.stack_status(), Some(&StackStatus::CreateComplete));
        assert_eq!(made.outputs()[0].description(), Some("<&> stay what they are"));
        assert!(made.creation_time().is_some());

        let update =
            client.create_change_set().stack_name("shop").change_set_name("two").use_previous_template(true);
        update.parameters(name("second")).send().await.unwrap();
        let look = client
            .describe_change_set()
            .stack_name("shop")
            .change_set_name("two")
            .include_property_values(true);
        look.clone().send().await.unwrap();
        let seen = look.send().await.unwrap();
        let change = seen.changes()[0].resource_change().unwrap();
        assert_eq!(change.replacement(), Some(&Replacement::True));
        let target = change.details()[0].target().unwrap();
        assert_eq!((target.before_value(), target.after_value()), (Some("first"), Some("second")));

        let events = client.describe_stack_events().stack_name("shop").send().await.unwrap();
        assert_eq!(events.stack_events()[0].client_request_token(), Some("token"));
        let template = client.get_template().stack_name("shop").send().await.unwrap();
        assert_eq!(template.template_body(), Some(TEMPLATE));
        let resources = client.list_stack_resources().stack_name("shop").send().await.unwrap();
        assert_eq!(resources.stack_resource_summaries()[0].physical_resource_id(), Some("first"));
        let drift = client.detect_stack_drift().stack_name("shop").send().await.unwrap();
        assert!(drift.stack_drift_detection_id().is_some());
        let error = client.describe_stacks().stack_name("none").send().await.unwrap_err();
        assert_eq!(error.code(), Some("ValidationError"));
        client.delete_stack().stack_name("shop").send().await.unwrap();
    });
}

#[test]
fn the_real_client_understands_eks_and_sts() {
    let aws = Aws::start();
    let client = aws_sdk_eks::Client::new(&config(&aws));
    wait(async {
        let network = VpcConfigRequest::builder().subnet_ids("subnet-1").subnet_ids("subnet-2").build();
        let make = client.create_cluster().name("shop").role_arn("arn:aws:iam::1:role/x").version("1.31");
        make.resources_vpc_config(network).send().await.unwrap();
        let look = async || client.describe_cluster().name("shop").send().await.unwrap().cluster.unwrap();
        assert_eq!(look().await.status(), Some(&ClusterStatus::Creating));
        let cluster = look().await;
        assert_eq!(cluster.status(), Some(&ClusterStatus::Active));
        assert!(cluster.created_at().is_some() && cluster.certificate_authority().is_some());
        let update = client.update_cluster_version().name("shop").version("1.32").send().await.unwrap();
        let id = update.update.unwrap().id.unwrap();
        let error = client.update_cluster_config().name("shop").logging(Logging::builder().build());
        let error = error.send().await.unwrap_err().into_service_error();
        assert!(error.is_resource_in_use_exception(), "{error:?}");
        for _ in 0..2 {
            client.describe_update().name("shop").update_id(&id).send().await.unwrap();
        }
        let update = client.describe_update().name("shop").update_id(&id).send().await.unwrap();
        assert_eq!(update.update.unwrap().status(), Some(&UpdateStatus::Successful));
        let error = client.describe_cluster().name("none").send().await.unwrap_err().into_service_error();
        assert!(error.is_resource_not_found_exception());

        let sts = aws_sdk_sts::Client::new(&config(&aws));
        let role =
            sts.assume_role().role_arn("arn:aws:iam::222222222222:role/deploy").role_session_name("me");
        let keys = role.send().await.unwrap().credentials.unwrap();
        assert!(keys.access_key_id().starts_with("ASIA"));
    });
}

#[test]
fn the_real_client_tries_again_where_it_should() {
    let aws = Aws::start();
    let client = aws_sdk_eks::Client::new(&config(&aws));
    let stacks = aws_sdk_cloudformation::Client::new(&config(&aws));
    wait(async {
        aws.on("ListClusters").first(2).throttles();
        client.list_clusters().send().await.unwrap();
        assert_eq!(aws.asked("ListClusters").len(), 3);
        aws.on("DescribeStacks").throttles();
        aws.on("DescribeStacks").nth(2).breaks(500);
        stacks.describe_stacks().send().await.unwrap();
        assert_eq!(aws.asked("DescribeStacks").len(), 3);
        aws.on("DescribeStacks").says_expired();
        let error = stacks.describe_stacks().send().await.unwrap_err();
        assert_eq!(error.code(), Some("ExpiredToken"));
        aws.on("CreateStack").loses_answer();
        let make = stacks.create_stack().stack_name("shop").template_body(TEMPLATE).parameters(name("one"));
        make.client_request_token("once").send().await.unwrap();
        assert_eq!(aws.asked("CreateStack").len(), 2);
    });
}
