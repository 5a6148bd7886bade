//! Where a run stands: in a container, on a machine of EC2, or on neither.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Asking, DEPLOY, plan, who};
use crate::support::aws::World;

const TASK: &str = "arn:aws:iam::777777777777:role/task";
const SOMEBODY: &str = "arn:aws:sts::777777777777:assumed-role/task/i-0123456789abcdef0";

/// On a machine whose metadata service is here.
fn on_machine(asking: &Asking, endpoint: &str) -> Command {
    let mut command = asking.bare();
    command.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint);
    command
}

#[test]
fn a_container_gives_keys_to_whoever_shows_its_authorization() {
    let asking = Asking::with("");
    let address = asking.aws.set_container_role(TASK, "Bearer of the task");
    let command = |shown: &str| {
        let mut command = asking.bare();
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &address);
        command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN", shown);
        command
    };
    assert_eq!(who(&mut command("Bearer of the task")), SOMEBODY);
    let refused = who(&mut command("Bearer of somebody else"));
    assert!(refused.starts_with("Error: No AWS credentials"), "{refused}");
    assert!(refused.contains("container") && refused.contains("403"), "{refused}");
    assert!(!refused.contains("Bearer"), "what is shown is a secret: {refused}");
}

#[test]
fn a_pod_shows_what_is_in_its_file_each_time_anew() {
    let asking = Asking::with("");
    let address = asking.aws.set_container_role(TASK, "of the pod");
    let file = asking.write("token", "of the pod");
    let command = || {
        let mut command = asking.bare();
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &address);
        command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &file);
        command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "none");
        command
    };
    assert_eq!(who(&mut command()), SOMEBODY);
    // The session ends in the middle of a run: the pod is asked once more.
    asking.aws.on("GetCallerIdentity").nth(1).comes_after(World::expire_sessions);
    assert_eq!(who(&mut command()), SOMEBODY);
    assert_eq!(asking.aws.asked("container:GetCredentials").len(), 3);
}

#[test]
fn a_container_that_is_not_there_is_told_soon() {
    let asking = Asking::with("");
    for (name, value) in [
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/of-the-task"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/credentials"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://10.1.2.3/credentials"),
    ] {
        let begun = Instant::now();
        let answer = who(asking.bare().env(name, value));
        assert!(answer.starts_with("Error: No AWS credentials") && answer.contains("container"), "{answer}");
        assert!(begun.elapsed() < Duration::from_secs(12), "{name} {value}: {:?}", begun.elapsed());
    }
}

#[test]
fn a_machine_gives_the_keys_of_its_role_for_a_token() {
    let asking = Asking::with("");
    asking.aws.set_machine_role(TASK);
    assert_eq!(who(&mut on_machine(&asking, asking.aws.endpoint())), SOMEBODY);
    assert_eq!(asking.aws.asked("machine:GetToken").len(), 1);
    assert_eq!(asking.aws.asked("machine:GetCredentials").len(), 1, "asked once, whoever needs them");
}

#[test]
fn the_block_says_where_the_machine_is_asked() {
    let asking = Asking::with("ec2_metadata_service_endpoint = \"{here}\"");
    let text = std::fs::read_to_string(asking.path().join("main.tf")).unwrap();
    asking.write("main.tf", &text.replace("{here}", asking.aws.endpoint()));
    asking.aws.set_machine_role(TASK);
    assert_eq!(who(&mut on_machine(&asking, "http://127.0.0.1:1")), SOMEBODY);
}

#[test]
fn a_role_is_assumed_with_that_of_the_machine() {
    let asking = Asking::with(&format!("assume_role {{\n  role_arn = \"{DEPLOY}\"\n}}"));
    asking.aws.set_machine_role(TASK);
    let answer = who(&mut on_machine(&asking, asking.aws.endpoint()));
    assert_eq!(answer, "arn:aws:sts::222222222222:assumed-role/deploy/terrace");
}

#[test]
fn a_profile_takes_the_role_of_the_machine() {
    let asking = Asking::with("profile = \"machine\"");
    asking.aws.set_machine_role(TASK);
    let text = format!("[profile machine]\nrole_arn = {DEPLOY}\ncredential_source = Ec2InstanceMetadata\n");
    let file = asking.write("config", &text);
    let mut command = on_machine(&asking, asking.aws.endpoint());
    let answer = who(command.env("AWS_CONFIG_FILE", file));
    assert!(answer.starts_with("arn:aws:sts::222222222222:assumed-role/deploy/"), "{answer}");
}

#[test]
fn a_machine_without_a_role_is_nobody() {
    let asking = Asking::with("");
    let answer = who(&mut on_machine(&asking, asking.aws.endpoint()));
    assert!(answer.starts_with("Error: No AWS credentials") && answer.contains("AWS_PROFILE"), "{answer}");
    assert!(asking.aws.asked("sts:*").is_empty());
}

#[test]
fn a_machine_that_does_not_say_is_nobody_soon() {
    // The kernel accepts for a listener that never does.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    for endpoint in ["http://127.0.0.1:1", &silent] {
        let asking = Asking::with("");
        let begun = Instant::now();
        let error = plan(&mut on_machine(&asking, endpoint)).unwrap_err();
        assert_eq!(error.matches("Error:").count(), 1, "{endpoint}: {error}");
        assert!(error.contains("No AWS credentials") && error.contains("AWS_PROFILE"), "{endpoint}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(12), "{endpoint}: {:?}", begun.elapsed());
    }
}

#[test]
fn another_clouds_machine_is_nobody() {
    let asking = Asking::with("");
    asking.aws.on("machine:GetToken").always().breaks(405);
    let answer = who(&mut on_machine(&asking, asking.aws.endpoint()));
    assert!(answer.starts_with("Error: No AWS credentials") && answer.contains("AWS_PROFILE"), "{answer}");
}

#[test]
fn no_proxy_is_asked_who_the_machine_is() {
    let asking = Asking::with("");
    asking.aws.set_machine_role(TASK);
    let proxy = asking.aws.endpoint();
    let mut command = on_machine(&asking, "http://127.0.0.1:1");
    let answer = who(command.env("HTTP_PROXY", proxy).env("http_proxy", proxy));
    assert!(answer.starts_with("Error: No AWS credentials"), "{answer}");
    assert!(asking.aws.asked("*").is_empty());
}
