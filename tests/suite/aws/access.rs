//! Who may talk to a cluster, as whom and what for; which roles its programs have; whose word it takes for people.

use serde_json::{Value, json};

use super::project::Project;

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";
const POLICY: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";

fn with_cluster(configuration: &str) -> Project {
    let project = Project::new(configuration);
    project.aws.set_clock_to_now();
    project.aws.cluster("shop").is_there(json!({
        "version": "1.31",
        "accessConfig": { "authenticationMode": "API" },
    }));
    project
}

/// A block of configuration of a type, named `it`, in the cluster `shop`.
fn block(kind: &str, body: &str) -> String {
    format!("resource \"{kind}\" \"it\" {{\n  cluster_name = \"shop\"\n{body}\n}}\n\n")
}

fn entry(body: &str) -> String {
    block("aws_eks_access_entry", &format!("  principal_arn = \"{ROLE}\"\n{body}"))
}

fn policy(scope: &str) -> String {
    let body = format!(
        "  principal_arn = \"{ROLE}\"\n  policy_arn = \"{POLICY}\"\n  access_scope {{\n{scope}\n  }}\n  \
         depends_on = [aws_eks_access_entry.it]"
    );
    entry("") + &block("aws_eks_access_policy_association", &body)
}

fn pod(role: &str, more: &str) -> String {
    let body = format!(
        "  namespace = \"shop\"\n  service_account = \"web\"\n  role_arn = \"arn:aws:iam::123456789012:role/{role}\"\n\
         {more}"
    );
    block("aws_eks_pod_identity_association", &body)
}

fn people(more: &str, tags: &str) -> String {
    let body = format!(
        "  oidc {{\n    client_id = \"cid\"\n    identity_provider_config_name = \"people\"\n    \
         issuer_url = \"https://login.example.com\"\n{more}  }}\n{tags}"
    );
    block("aws_eks_identity_provider_config", &body)
}

fn parameters(project: &Project, action: &str) -> Vec<Value> {
    project.aws.asked(action).into_iter().map(|ask| ask.parameters).collect()
}

#[test]
fn nobody_is_asked_about_what_goes_where_the_provider_could_not_be_set_up() {
    let region = |text: &str| format!("provider \"aws\" {{\n  region = {text}\n}}\n\n");
    let project = with_cluster(&(region("\"eu-central-1\"") + &entry("")));
    project.apply();
    let asked =
        || project.aws.asked("DescribeAccessEntry").len() + project.aws.asked("GetCallerIdentity").len();
    let before = asked();
    // The entry is to go; which region it is in depends on something that fails.
    let failing = "resource \"terraform_data\" \"region\" {\n  input = \"eu-central-1\"\n\n  lifecycle {\n    \
                   precondition {\n      condition     = 1 > 2\n      error_message = \"Not today.\"\n    }\n  }\n}\n";
    project.write(&(region("terraform_data.region.output") + failing));
    let run = project.run(&["plan"]);
    assert!(!run.is_fine && run.said.contains("Not today."), "{}", run.plain);
    assert_eq!(asked(), before, "{}", run.plain);
    assert!(!run.said.contains("aws_eks_access_entry.it"), "{}", run.plain);
}

#[test]
fn an_access_entry_is_made_changed_in_place_and_taken_away() {
    let project = with_cluster(&entry("  tags = { team = \"shop\" }"));
    project.apply();
    let asked = parameters(&project, "CreateAccessEntry");
    assert_eq!(asked[0]["type"], "STANDARD");
    assert!(asked[0]["username"].is_null() && asked[0]["kubernetesGroups"].is_null(), "{asked:?}");
    assert_eq!(asked[0]["tags"]["team"], "shop");
    let made = project.state("aws_eks_access_entry.it");
    assert_eq!(made["id"], format!("shop:{ROLE}"));
    assert_eq!(made["kubernetes_groups"], json!([]));
    assert_eq!(made["user_name"], "arn:aws:sts::123456789012:assumed-role/deploy/{{SessionName}}");
    assert_eq!((&made["type"], &made["tags"]), (&json!("STANDARD"), &json!({ "team": "shop" })));
    assert!(project.plan().is_empty());

    project.write(&entry(
        "  kubernetes_groups = [\"b\", \"a\"]\n  user_name = \"me\"\n  tags = { unit = \"shop\" }",
    ));
    assert_eq!(project.plan(), ["update aws_eks_access_entry.it"]);
    project.apply();
    let now = project.aws.cluster("shop").access_entry(ROLE).now().unwrap();
    assert_eq!((&now["kubernetesGroups"], &now["username"]), (&json!(["a", "b"]), &json!("me")));
    assert_eq!(now["tags"]["unit"], "shop");
    assert!(now["tags"]["team"].is_null(), "{now}");
    assert_eq!(project.aws.asked("CreateAccessEntry").len(), 1);
    assert!(project.plan().is_empty());

    // What is not said any more stays as it is.
    project.write(&entry("  tags = { unit = \"shop\" }"));
    assert!(project.plan().is_empty());
    // And what is said to be none becomes none.
    project.write(&entry("  kubernetes_groups = []\n  tags = { unit = \"shop\" }"));
    project.apply();
    let now = project.aws.cluster("shop").access_entry(ROLE).now().unwrap();
    assert_eq!(now["kubernetesGroups"], json!([]));

    project.write("");
    project.apply();
    assert!(project.aws.cluster("shop").access_entry(ROLE).now().is_none());
}

#[test]
fn an_entry_that_is_taken_at_the_last_moment_is_not_waited_for() {
    let project = with_cluster(&entry(""));
    let why = "The specified access entry resource is already in use on this cluster.";
    project.aws.on("CreateAccessEntry").always().fails(409, "ResourceInUseException", why);
    let said = project.fail().said;
    assert!(said.contains("already in use on this cluster"), "{said}");
    assert_eq!(project.aws.asked("CreateAccessEntry").len(), 1);
}

#[test]
fn another_principal_or_type_is_another_access_entry() {
    let project = with_cluster(&entry(""));
    project.apply();
    project.write(&entry("  type = \"EC2_LINUX\""));
    assert_eq!(project.plan(), ["delete+create aws_eks_access_entry.it"]);
    project.apply();
    let made = project.state("aws_eks_access_entry.it");
    assert_eq!(made["kubernetes_groups"], json!(["system:nodes"]));
    assert!(project.plan().is_empty());
}

#[test]
fn an_access_entry_of_somebody_else_is_not_taken_over() {
    let project = with_cluster(&entry(""));
    project
        .aws
        .cluster("shop")
        .access_entry(ROLE)
        .is_there(json!({ "principalArn": ROLE, "type": "STANDARD" }));
    let said = project.fail().said;
    assert!(said.contains("terrace import") && said.contains(&format!("shop:{ROLE}")), "{said}");
    let import = project.run(&["import", "aws_eks_access_entry.it", &format!("shop:{ROLE}")]);
    assert!(import.is_fine, "{}", import.plain);
    assert!(project.aws.asked("CreateAccessEntry").is_empty());
}

#[test]
fn a_principal_that_nobody_has_heard_of_yet_is_waited_for() {
    let project = with_cluster(&entry(""));
    let message = "The specified principalArn is invalid: invalid principal.";
    project.aws.on("CreateAccessEntry").first(2).fails(400, "InvalidParameterException", message);
    project.apply();
    let tokens = parameters(&project, "CreateAccessEntry");
    assert_eq!(tokens.len(), 3);
    assert_eq!(tokens[0]["clientRequestToken"], tokens[2]["clientRequestToken"]);
}

#[test]
fn an_answer_that_is_lost_makes_no_second_access_entry() {
    let project = with_cluster(&entry(""));
    project.aws.on("CreateAccessEntry").loses_answer();
    project.apply();
    assert!(project.plan().is_empty());
}

#[test]
fn what_somebody_took_away_is_made_again() {
    let project = with_cluster(&(policy("    type = \"cluster\"") + &pod("web", "") + &people("", "")));
    project.apply();
    assert!(project.plan().is_empty());
    project.aws.cluster("shop").identity_provider("people").vanishes();
    project.aws.cluster("shop").access_entry(ROLE).vanishes();
    let id = project.state("aws_eks_pod_identity_association.it")["id"].as_str().unwrap().to_owned();
    project.aws.cluster("shop").pod_identity(&id).vanishes();
    assert_eq!(
        project.plan(),
        [
            "create aws_eks_access_entry.it",
            "create aws_eks_access_policy_association.it",
            "create aws_eks_identity_provider_config.it",
            "create aws_eks_pod_identity_association.it"
        ]
    );
    project.apply();
    assert!(project.plan().is_empty());
}

#[test]
fn all_are_imported_by_the_ids_that_the_public_provider_has() {
    let configuration =
        policy("    type = \"namespace\"\n    namespaces = [\"a\"]") + &pod("web", "") + &people("", "");
    let project = with_cluster(&configuration);
    project.apply();
    let id = project.state("aws_eks_pod_identity_association.it")["id"].as_str().unwrap().to_owned();
    let ids = [
        ("aws_eks_access_entry.it", format!("shop:{ROLE}")),
        ("aws_eks_access_policy_association.it", format!("shop#{ROLE}#{POLICY}")),
        ("aws_eks_identity_provider_config.it", "shop:people".to_owned()),
        ("aws_eks_pod_identity_association.it", format!("shop,{id}")),
    ];
    for (address, id) in &ids {
        let before = project.state(address);
        assert!(project.run(&["state", "rm", address]).is_fine);
        let wrong = project.run(&["import", address, "shop"]);
        assert!(!wrong.is_fine && wrong.said.contains("One looks like cluster_name"), "{}", wrong.plain);
        let run = project.run(&["import", address, id]);
        assert!(run.is_fine, "{}", run.plain);
        assert_eq!(project.state(address), before, "{address}");
    }
    assert!(project.plan().is_empty());
}

#[test]
fn a_policy_is_associated_for_namespaces_and_another_scope_is_another_association() {
    let project = with_cluster(&policy("    type = \"namespace\"\n    namespaces = [\"x\", \"a\"]"));
    project.apply();
    let asked = parameters(&project, "AssociateAccessPolicy");
    assert_eq!(asked[0]["accessScope"], json!({ "type": "namespace", "namespaces": ["a", "x"] }));
    let made = project.state("aws_eks_access_policy_association.it");
    assert_eq!(made["id"], format!("shop#{ROLE}#{POLICY}"));
    assert_eq!(made["access_scope"], json!([{ "type": "namespace", "namespaces": ["a", "x"] }]));
    assert!(made["associated_at"].as_str().unwrap().ends_with(" +0000 UTC"), "{made:#}");
    assert!(project.plan().is_empty());
    project.write(&policy("    type = \"cluster\""));
    assert_eq!(project.plan(), ["delete+create aws_eks_access_policy_association.it"]);
    project.apply();
    let asked = parameters(&project, "AssociateAccessPolicy");
    assert_eq!(asked[1]["accessScope"]["type"], "cluster");
    assert!(project.plan().is_empty());
}

#[test]
fn a_policy_that_somebody_else_associated_is_not_given_another_scope() {
    let project = with_cluster(&entry(""));
    project.apply();
    let somebody_else = json!({
        "policyArn": POLICY, "accessScope": { "type": "cluster", "namespaces": [] }, "associatedAt": 1_700_000_000,
    });
    project.aws.cluster("shop").access_entry(ROLE).change(|thing| thing.policies.push(somebody_else));
    project.write(&policy("    type = \"namespace\"\n    namespaces = [\"a\"]"));
    let said = project.fail().said;
    assert!(said.contains(&format!("shop#{ROLE}#{POLICY}")), "{said}");
    assert!(project.aws.asked("AssociateAccessPolicy").is_empty());
}

#[test]
fn the_role_of_a_service_account_changes_in_place() {
    let project = with_cluster(&pod("web", "  tags = { a = \"b\" }"));
    project.apply();
    let made = project.state("aws_eks_pod_identity_association.it");
    assert_eq!(made["id"], made["association_id"]);
    project.write(&pod("other", "  tags = { a = \"c\" }"));
    assert_eq!(project.plan(), ["update aws_eks_pod_identity_association.it"]);
    project.apply();
    let after = project.state("aws_eks_pod_identity_association.it");
    assert_eq!(after["id"], made["id"]);
    assert_eq!(after["role_arn"], "arn:aws:iam::123456789012:role/other");
    assert_eq!(after["tags"], json!({ "a": "c" }));
    assert_eq!(project.aws.asked("UpdatePodIdentityAssociation").len(), 1);
    assert!(project.plan().is_empty());
    project.write(&pod("other", "  tags = { a = \"c\" }").replace("\"web\"", "\"api\""));
    assert_eq!(project.plan(), ["delete+create aws_eks_pod_identity_association.it"]);
    project.write("");
    project.apply();
    let id = made["id"].as_str().unwrap();
    assert!(project.aws.cluster("shop").pod_identity(id).now().is_none());
}

#[test]
fn a_service_account_that_has_a_role_already_is_not_taken_over() {
    let project = with_cluster(&pod("web", ""));
    project.apply();
    let id = project.state("aws_eks_pod_identity_association.it")["id"].as_str().unwrap().to_owned();
    assert!(project.run(&["state", "rm", "aws_eks_pod_identity_association.it"]).is_fine);
    let said = project.fail().said;
    assert!(said.contains(&format!("shop,{id}")), "{said}");
}

#[test]
fn an_identity_provider_is_waited_for_both_ways_and_its_status_is_told() {
    let project =
        with_cluster(&people("    required_claims = { team = \"shop\" }\n", "  tags = { a = \"b\" }"));
    project.aws.cluster("shop").identity_provider("people").takes(3);
    let said = project.apply().plain;
    assert!(said.contains("CREATING"), "{said}");
    let made = project.state("aws_eks_identity_provider_config.it");
    assert_eq!((&made["id"], &made["status"]), (&json!("shop:people"), &json!("ACTIVE")));
    assert_eq!(made["oidc"][0]["required_claims"], json!({ "team": "shop" }));
    assert!(project.plan().is_empty());

    project.write(&people("    required_claims = { team = \"shop\" }\n", "  tags = { a = \"c\" }"));
    assert_eq!(project.plan(), ["update aws_eks_identity_provider_config.it"]);
    project.apply();
    let now = project.aws.cluster("shop").identity_provider("people").now().unwrap();
    assert_eq!(now["tags"]["a"], "c");

    project.write(&people("    username_claim = \"email\"\n", "  tags = { a = \"c\" }"));
    assert_eq!(project.plan(), ["delete+create aws_eks_identity_provider_config.it"]);
    project.apply();
    assert_eq!(project.aws.asked("AssociateIdentityProviderConfig").len(), 2);
    assert!(project.plan().is_empty());

    project.write("");
    let said = project.apply().plain;
    assert!(said.contains("DELETING"), "{said}");
    assert!(project.aws.cluster("shop").identity_provider("people").now().is_none());
}

#[test]
fn an_identity_provider_that_fails_says_why_and_is_remembered() {
    let project = with_cluster(&people("", ""));
    let provider = project.aws.cluster("shop").identity_provider("people");
    provider.create_fails("Unknown", "issuer cannot be reached");
    let said = project.fail().said;
    assert!(said.contains("issuer cannot be reached"), "{said}");
    assert!(project.aws.cluster("shop").identity_provider("people").now().is_some());
    project.apply();
    assert!(project.plan().is_empty());
}

#[test]
fn waiting_for_an_identity_provider_ends_when_its_time_is_up() {
    let project = with_cluster(&people("", "  timeouts {\n    create = \"200ms\"\n  }"));
    project.aws.cluster("shop").identity_provider("people").takes(1_000_000);
    let said = project.fail().said;
    assert!(said.contains("CREATING") && said.contains("timeouts"), "{said}");
    project.aws.cluster("shop").identity_provider("people").takes(2).set_status("ACTIVE", None);
    let said = project.apply().said;
    assert!(said.contains("it was found"), "{said}");
    let asked = project.aws.asked("AssociateIdentityProviderConfig").len();
    assert_eq!(asked, 1, "what has become whole is not made again");
}

#[test]
fn what_cannot_be_right_is_refused_before_anybody_is_asked() {
    let wrong = [
        (entry("  type = \"SOME\""), "\"SOME\" is none of"),
        (entry("").replace(ROLE, "deploy"), "\"deploy\" is no ARN"),
        (entry("").replace("\"shop\"", "\"-shop\""), "no name of a cluster"),
        (policy("    type = \"all\""), "\"all\" is none of"),
        (policy("    type = \"namespace\""), "needs the names of some"),
        (pod("web", "").replace("\"web\"", "\"\""), "is empty"),
        (people("    groups_claim = \"\"\n", ""), "is empty"),
        (people("", "").replace("https://", "http://"), "begins with https://"),
        (people("    required_claims = { a = \"\" }\n", ""), "1 to 253"),
        (people("", "  timeouts {\n    create = \"1x\"\n  }"), "span of time"),
    ];
    let project = Project::new("");
    for (configuration, expected) in wrong {
        project.write(&configuration);
        let run = project.run(&["validate"]);
        assert!(!run.is_fine && run.said.contains(expected), "{expected}: {}", run.plain);
    }
    assert!(project.aws.asked("*").is_empty());
}

#[test]
fn an_access_entry_that_a_killed_run_has_made_is_found_again_and_made_once() {
    survives(&entry(""), "CreateAccessEntry");
}

#[test]
fn an_association_that_a_killed_run_has_made_is_found_again_and_made_once() {
    survives(&policy("    type = \"cluster\""), "AssociateAccessPolicy");
}

#[test]
fn a_pod_identity_that_a_killed_run_has_made_is_found_again_and_made_once() {
    survives(&pod("web", ""), "CreatePodIdentityAssociation");
}

#[test]
fn an_identity_provider_that_a_killed_run_has_made_is_found_again_and_made_once() {
    survives(&people("", ""), "AssociateIdentityProviderConfig");
}

/// Killed at every place where something becomes durable, and run again.
fn survives(configuration: &str, action: &str) {
    for boundary in 0.. {
        let project = with_cluster(configuration);
        let mut command = project.command(&["apply", "-auto-approve", "-parallelism=1"]);
        let killed = command.env("TERRACE_TEST_KILL_AT", boundary.to_string()).output().unwrap();
        if killed.status.success() {
            assert!(boundary > 2, "it passed {boundary} places only");
            break;
        }
        project.apply();
        assert_eq!(project.aws.asked(action).len(), 1, "killed at {boundary}");
        assert!(project.plan().is_empty(), "killed at {boundary}");
    }
}

/// Somebody was faster than a run that was killed before it asked.
#[test]
fn what_was_there_before_a_killed_run_is_not_taken_for_its_own() {
    let project = with_cluster(&entry(""));
    project.aws.on("CreateAccessEntry").never_answers();
    let mut run = project.command(&["apply", "-auto-approve"]).spawn().unwrap();
    for _ in 0..2_000 {
        if !project.aws.asked("CreateAccessEntry").is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let principal = project.aws.cluster("shop").access_entry(ROLE);
    principal.is_there(json!({ "principalArn": ROLE, "type": "STANDARD", "createdAt": 1_700_000_000 }));
    let said = project.run(&["apply", "-auto-approve"]).said;
    assert!(said.contains("was there before the run"), "{said}");
}
