//! Who asks: keys, profiles, single sign-on, roles and their chains, accounts that are meant and those that are not.

mod machine;

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::aws::Aws;

/// A project that asks AWS who it is, with a provider block of this inside.
struct Asking {
    aws: Aws,
    folder: TempDir,
}

const DEPLOY: &str = "arn:aws:iam::222222222222:role/deploy";
const WITHIN: &str = "arn:aws:iam::333333333333:role/within";

impl Asking {
    fn with(block: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "terraform {{\n  required_providers {{\n    aws = {{ source = \"terrace/aws\" }}\n  }}\n}}\n\n\
             provider \"aws\" {{\n{block}\n}}\n\n\
             data \"aws_caller_identity\" \"me\" {{}}\n\noutput \"who\" {{ value = data.aws_caller_identity.me.arn }}\n"
        );
        std::fs::write(folder.path().join("main.tf"), text).unwrap();
        Self { aws: Aws::start(), folder }
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    fn command(&self) -> Command {
        self.aws.terrace(self.path())
    }

    /// Without keys in the environment.
    fn bare(&self) -> Command {
        let mut command = self.command();
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        command
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn plan(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.args(["plan", "-no-color"]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if status.success() { Ok(text(stdout)) } else { Err(text(stderr)) }
}

/// The answer of one run, or the words of its error on one line.
fn who(command: &mut Command) -> String {
    match plan(command) {
        Ok(plan) => {
            let line = plan.lines().find(|line| line.contains("who")).unwrap_or_default();
            line.split('"').nth(1).unwrap_or_default().to_owned()
        }
        Err(error) => {
            let end = error.find("─[").unwrap_or(error.len());
            error[..end].split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }
}

#[test]
fn keys_come_from_the_environment() {
    let asking = Asking::with("");
    assert_eq!(who(&mut asking.command()), "arn:aws:iam::123456789012:user/test");
}

#[test]
fn keys_of_the_block_come_before_those_of_the_environment() {
    let asking = Asking::with("access_key = \"block\"\nsecret_key = \"none\"");
    asking.aws.add_key("block", "444444444444");
    assert_eq!(who(&mut asking.command()), "arn:aws:iam::444444444444:user/block");
}

#[test]
fn a_profile_of_the_block_comes_before_keys_of_the_environment() {
    let asking = Asking::with("profile = \"staging\"");
    asking.aws.add_key("staging", "555555555555");
    let file = asking.write(
        "config",
        "[profile staging]\naws_access_key_id = staging\naws_secret_access_key = none\nregion = eu-west-1\n",
    );
    let mut command = asking.command();
    command.env("AWS_CONFIG_FILE", file).env_remove("AWS_REGION");
    assert_eq!(who(&mut command), "arn:aws:iam::555555555555:user/staging");
    assert_eq!(asking.aws.asked("GetCallerIdentity")[0].region, "eu-west-1");
}

#[test]
fn a_profile_may_assume_a_role_with_another_profile() {
    let asking = Asking::with("shared_config_files = [\"config\"]\nprofile = \"deploy\"");
    let text = format!(
        "[profile base]\naws_access_key_id = test\naws_secret_access_key = test\n\n[profile deploy]\nrole_arn = {DEPLOY}\n\
         source_profile = base\nrole_session_name = night\n"
    );
    asking.write("config", &text);
    assert_eq!(who(&mut asking.bare()), "arn:aws:sts::222222222222:assumed-role/deploy/night");
}

#[test]
fn a_program_gives_the_keys_of_a_profile() {
    let asking = Asking::with("profile = \"vault\"");
    let json = r#"{"Version":1,"AccessKeyId":"test","SecretAccessKey":"test"}"#;
    let program = asking.write("keys.json", json);
    let file = asking.write("config", &format!("[profile vault]\ncredential_process = cat {program}\n"));
    let mut command = asking.bare();
    assert_eq!(who(command.env("AWS_CONFIG_FILE", file)), "arn:aws:iam::123456789012:user/test");
}

#[test]
fn single_sign_on_gives_keys_for_its_token() {
    let asking = Asking::with("profile = \"sso\"");
    let file = asking.write(
        "config",
        "[profile sso]\nsso_session = team\nsso_account_id = 666666666666\nsso_role_name = Ops\nregion = eu-central-1\n\n\
         [sso-session team]\nsso_region = eu-central-1\nsso_start_url = https://team.awsapps.com/start\n\
         sso_registration_scopes = sso:account:access\n",
    );
    // Where the tools of AWS keep the token of a session: under the SHA-1 of its name.
    asking.write(
        "home/.aws/sso/cache/d25187dc137f35c88bc80ec8c3ffbdb17b5eb873.json",
        r#"{"accessToken":"token","expiresAt":"2099-01-01T00:00:00Z","region":"eu-central-1"}"#,
    );
    let home = asking.path().join("home");
    let mut command = asking.bare();
    let answer = who(command.env("AWS_CONFIG_FILE", &file).env("HOME", &home));
    assert_eq!(answer, "arn:aws:sts::666666666666:assumed-role/Ops/somebody");

    asking.aws.refuse_token("token");
    let mut command = asking.bare();
    let answer = who(command.env("AWS_CONFIG_FILE", &file).env("HOME", &home));
    assert!(answer.contains("No AWS credentials") && answer.contains("aws sso login"), "{answer}");
}

#[test]
fn a_workload_shows_its_token() {
    let asking = Asking::with("");
    let token = asking.write("token", "of the workload");
    let mut command = asking.bare();
    command.env("AWS_ROLE_ARN", DEPLOY).env("AWS_WEB_IDENTITY_TOKEN_FILE", token);
    command.env("AWS_ROLE_SESSION_NAME", "pod");
    assert_eq!(who(&mut command), "arn:aws:sts::222222222222:assumed-role/deploy/pod");
}

#[test]
fn roles_are_assumed_one_with_the_other() {
    let block = format!(
        "assume_role {{\n  role_arn = \"{DEPLOY}\"\n  session_name = \"one\"\n  external_id = \"secret\"\n  duration = \"30m\"\n\
         \n  tags = {{ Team = \"ops\" }}\n  transitive_tag_keys = [\"Team\"]\n}}\n\
         assume_role {{\n  role_arn = \"{WITHIN}\"\n  source_identity = \"me\"\n}}"
    );
    let asking = Asking::with(&block);
    asking.aws.ask_external_id(DEPLOY, "secret");
    assert_eq!(who(&mut asking.command()), "arn:aws:sts::333333333333:assumed-role/within/terrace");
    let asked = asking.aws.asked("AssumeRole");
    assert_eq!(asked.len(), 2, "each role is assumed once, whoever asks");
    assert_eq!(asked[0].text("DurationSeconds"), "1800");
    assert_eq!(asked[0].parameters["Tags"][0]["Key"], "Team");
    assert_eq!(asked[1].text("SourceIdentity"), "me");
    assert_ne!(asked[1].access_key, "test");
}

#[test]
fn a_role_by_a_token_of_the_block() {
    let block = format!(
        "assume_role_with_web_identity {{\n  role_arn = \"{DEPLOY}\"\n  session_name = \"ci\"\n\
         \n  web_identity_token = \"of the pipeline\"\n}}"
    );
    let asking = Asking::with(&block);
    assert_eq!(who(&mut asking.bare()), "arn:aws:sts::222222222222:assumed-role/deploy/ci");
    asking.aws.refuse_token("of the pipeline");
    let refused = who(&mut asking.bare());
    assert!(refused.starts_with("Error: No AWS credentials"), "{refused}");
    assert!(!refused.contains("of the pipeline"), "the token is a secret: {refused}");
}

#[test]
fn a_role_that_is_closed_is_told_once_with_its_name() {
    let asking = Asking::with(&format!("assume_role {{\n  role_arn = \"{DEPLOY}\"\n}}"));
    asking.aws.close_role(DEPLOY);
    let error = plan(&mut asking.command()).unwrap_err();
    assert_eq!(error.matches("Error:").count(), 1, "{error}");
    assert!(error.contains("role/deploy") && error.contains("AccessDenied"), "{error}");
}

#[test]
fn two_accounts_stand_side_by_side() {
    let asking = Asking::with(&format!(
        "}}\n\nprovider \"aws\" {{\n  alias = \"other\"\n  assume_role {{\n    role_arn = \"{DEPLOY}\"\n  }}\n}}\n\n\
         data \"aws_caller_identity\" \"other\" {{\n  provider = aws.other\n}}\n\n\
         output \"other\" {{\n  value = data.aws_caller_identity.other.account_id\n"
    ));
    let plan = plan(&mut asking.command()).unwrap();
    assert!(
        plan.contains("\"222222222222\"") && plan.contains("arn:aws:iam::123456789012:user/test"),
        "{plan}"
    );
}

#[test]
fn the_wrong_account_is_refused_before_anything_else() {
    let asking = Asking::with("allowed_account_ids = [\"999999999999\"]");
    let answer = who(&mut asking.command());
    assert!(answer.starts_with("Error: Wrong AWS account"), "{answer}");
    assert!(answer.contains("123456789012") && answer.contains("999999999999"), "{answer}");
    let asking = Asking::with("forbidden_account_ids = [\"123456789012\"]");
    assert!(who(&mut asking.command()).starts_with("Error: Wrong AWS account"));
    let asking = Asking::with("allowed_account_ids = [\"123456789012\"]");
    assert_eq!(who(&mut asking.command()), "arn:aws:iam::123456789012:user/test");
}

#[test]
fn nobody_at_all_is_told_once() {
    let asking = Asking::with("");
    let error = plan(&mut asking.bare()).unwrap_err();
    assert_eq!(error.matches("Error:").count(), 1, "{error}");
    assert!(error.contains("No AWS credentials") && error.contains("AWS_PROFILE"), "{error}");
}

#[test]
fn a_region_is_never_guessed() {
    let asking = Asking::with("");
    let answer = who(asking.command().env_remove("AWS_REGION"));
    assert!(answer.starts_with("Error: No AWS region"), "{answer}");
}

#[test]
fn what_cannot_be_is_said_before_anybody_is_asked() {
    let told = [
        ("region = \"eu-central-1a\"", "Unsuitable region"),
        ("access_key = \"half\"", "Half of a key"),
        ("insecure = true", "Certificates cannot be ignored"),
        ("retry_mode = \"often\"", "Unsuitable argument"),
        ("max_retries = -1", "Number out of range"),
        ("allowed_account_ids = [\"12\"]", "Unsuitable account"),
        ("allowed_account_ids = [\"123456789012\"]\nforbidden_account_ids = [\"123456789013\"]", "exclude"),
        ("custom_ca_bundle = \"nowhere.pem\"", "No such file"),
        ("assume_role {\n  session_name = \"x\"\n}", "Missing argument"),
        ("assume_role {\n  role_arn = \"deploy\"\n}", "Unsuitable role"),
        (
            "assume_role {\n  role_arn = \"arn:aws:iam::222222222222:role/a\"\n  duration = \"1d\"\n}",
            "duration",
        ),
    ];
    for (block, summary) in told {
        let asking = Asking::with(block);
        let answer = who(&mut asking.command());
        assert!(answer.contains(summary), "{block}: {answer}");
        assert!(asking.aws.asked("*").is_empty(), "{block}");
    }
}

#[test]
fn a_region_that_nobody_knows_is_told_with_one_that_is_nearly_called_so() {
    let said = |block: &str| {
        let output = Asking::with(block).command().arg("plan").output().unwrap();
        String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(said("region = \"eu-centrl-1\"").contains("Did you mean \"eu-central-1\"?"));
    assert!(!said("region = \"eu-central-1\"").contains("Unknown region"));
    assert!(!said("region = \"eu-centrl-1\"\nskip_region_validation = true").contains("Unknown region"));
}

#[test]
fn endpoints_of_the_block_come_first() {
    let there = Aws::start();
    let block =
        format!("endpoints {{\n  sts = \"{}\"\n  s3 = \"http://nowhere.invalid\"\n}}", there.endpoint());
    let asking = Asking::with(&block);
    assert_eq!(who(&mut asking.command()), "arn:aws:iam::123456789012:user/test");
    assert_eq!((asking.aws.asked("*").len(), there.asked("*").len()), (0, 1));
}

#[test]
fn throttling_and_faults_of_the_server_pass() {
    let asking = Asking::with("");
    asking.aws.on("GetCallerIdentity").first(2).throttles();
    assert_eq!(
        who(asking.command().env("TERRACE_TEST_AWS_ATTEMPT", "5000")),
        "arn:aws:iam::123456789012:user/test"
    );
    assert_eq!(asking.aws.asked("GetCallerIdentity").len(), 3);
}

#[test]
fn how_often_is_tried_is_said_by_the_environment_or_the_block() {
    for (block, attempts) in [("", 2), ("max_retries = 2", 3)] {
        let asking = Asking::with(block);
        asking.aws.on("GetCallerIdentity").always().throttles();
        let mut command = asking.command();
        command.env("TERRACE_TEST_AWS_ATTEMPT", "5000").env("AWS_MAX_ATTEMPTS", "2");
        let answer = who(&mut command);
        assert!(answer.contains("Throttling"), "{answer}");
        assert_eq!(asking.aws.asked("GetCallerIdentity").len(), attempts);
    }
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let asking = Asking::with("max_retries = 1");
    asking.aws.on("GetCallerIdentity").always().never_answers();
    let begun = Instant::now();
    let answer = who(asking.command().env("TERRACE_TEST_AWS_ATTEMPT", "300"));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(answer.contains("Caller is not known") && answer.contains("did not answer"), "{answer}");
}

#[test]
fn a_fault_without_a_code_tells_the_status() {
    let asking = Asking::with("max_retries = 0");
    asking.aws.on("GetCallerIdentity").always().breaks(500);
    let answer = who(&mut asking.command());
    assert!(answer.contains("500"), "{answer}");
}
