use std::path::Path;

use crate::support;

fn said(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = support::terrace(folder).args(arguments).output().unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

#[test]
fn outputs_of_another_project_are_read_from_its_state_and_secrets_stay_secrets() {
    let both = tempfile::tempdir().unwrap();
    let (network, shop) = (both.path().join("network"), both.path().join("shop"));
    std::fs::create_dir_all(&network).unwrap();
    std::fs::create_dir_all(&shop).unwrap();
    let outputs = "output \"range\" {\n  value = \"10.0.0.0/16\"\n}\n\noutput \"key\" {\n  value     = \"hidden-key\"\n  sensitive = true\n}\n";
    std::fs::write(network.join("main.tf"), outputs).unwrap();
    let reading = |backend: &str| {
        let text = format!(
            "data \"terraform_remote_state\" \"n\" {{\n  {backend}\n}}\n\noutput \"range\" {{\n  value = data.terraform_remote_state.n.outputs.range\n}}\n\n\
             resource \"terraform_data\" \"key\" {{\n  input = data.terraform_remote_state.n.outputs.key\n}}\n"
        );
        std::fs::write(shop.join("main.tf"), text).unwrap();
    };
    reading("backend = \"terrace\"\n  config = { project = \"../network\" }");
    let refused = said(&shop, &["plan"], 1);
    assert!(refused.contains("has not been applied yet"), "{refused}");
    said(&network, &["apply", "-auto-approve"], 0);
    let planned = said(&shop, &["plan"], 0);
    assert!(planned.contains("10.0.0.0/16") && !planned.contains("hidden-key"), "{planned}");
    reading("backend = \"local\"\n  config = { path = \"../network/.terrace/default.db\" }");
    let applied = said(&shop, &["apply", "-auto-approve"], 0);
    assert!(applied.contains("10.0.0.0/16") && !applied.contains("hidden-key"), "{applied}");
    assert!(said(&shop, &["plan", "-detailed-exitcode"], 0).contains("No changes"));
}

/// Two projects beside each other; the first gives outputs, the second reads them with these arguments.
struct Two(tempfile::TempDir);

impl Two {
    fn new(environments: &str) -> Self {
        let two = Self(tempfile::tempdir().unwrap());
        let outputs = "variable \"range\" {\n  default = \"none\"\n}\n\noutput \"range\" {\n  value = var.range\n}\n\n\
                       output \"key\" {\n  value     = \"hidden-key\"\n  sensitive = true\n}\n";
        two.write("network/main.tf", outputs);
        if !environments.is_empty() {
            two.write("network/terrace.hcl", environments);
        }
        two
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn reading(&self, config: &str) {
        let text = format!(
            "data \"terraform_remote_state\" \"n\" {{\n  backend = \"terrace\"\n  config  = {{ {config} }}\n}}\n\n\
             output \"range\" {{\n  value = data.terraform_remote_state.n.outputs.range\n}}\n\n\
             resource \"terraform_data\" \"key\" {{\n  input = data.terraform_remote_state.n.outputs.key\n}}\n"
        );
        self.write("shop/main.tf", &text);
    }

    fn said(&self, project: &str, words: &str, code: i32) -> String {
        let arguments: Vec<&str> = words.split(' ').collect();
        let said = said(&self.0.path().join(project), &arguments, code);
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

const ENVIRONMENTS: &str = "environment \"staging\" {\n  values = { range = \"10.1.0.0/16\" }\n}\n\n\
                            environment \"production\" {\n  values = { range = \"10.2.0.0/16\" }\n}\n";

#[test]
fn an_environment_reads_from_that_of_its_own_name_unless_another_is_named() {
    let two = Two::new(ENVIRONMENTS);
    two.write("shop/terrace.hcl", "environment \"staging\" {}\n\nenvironment \"production\" {}\n");
    two.reading("project = \"../network\"");
    two.said("network", "apply -auto-approve -e staging", 0);
    let absent = two.said("shop", "plan -e production", 1);
    assert!(absent.contains("has not been applied yet") && absent.contains("outputs of staging"), "{absent}");
    two.said("network", "apply -auto-approve -e production", 0);
    assert!(two.said("shop", "plan -e staging", 0).contains("10.1.0.0/16"));
    assert!(two.said("shop", "plan -e production", 0).contains("10.2.0.0/16"));
    let all = two.said("shop", "plan --all", 0);
    assert!(all.contains("10.1.0.0/16") && all.contains("10.2.0.0/16"), "{all}");
    two.reading("project = \"../network\", environment = \"staging\"");
    assert!(two.said("shop", "plan -e production", 0).contains("10.1.0.0/16"));
}

#[test]
fn a_project_without_environments_is_read_from_whichever_environment() {
    let two = Two::new("");
    two.write("shop/terrace.hcl", "environment \"staging\" {}\n\nenvironment \"production\" {}\n");
    two.reading("project = \"../network\"");
    two.said("network", "apply -auto-approve", 0);
    assert!(two.said("shop", "plan -e production", 0).contains("none"));
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let two = Two::new(ENVIRONMENTS);
    let refused = |config: &str, needle: &str| {
        two.reading(config);
        let text = two.said("shop", "plan", 1);
        assert!(text.contains(needle), "{text}");
    };
    refused("project = \"../netwrok\"", "There is no directory ../netwrok");
    refused("project = \"../network\", environment = \"stagin\"", "what there is: production, staging.");
    refused("project = \"../network\", environment = \"stagin\"", "Did you mean \"staging\"?");
    refused(
        "project = \"../network\"",
        "has no environment \"default\"; what there is: production, staging.",
    );
    refused("project = \"../network\", environment = \"\"", "Remote state cannot be read");
    refused(
        "project = \"../network\", environment = [\"staging\"]",
        "\"environment\" is a string, not a tuple",
    );
    refused("path = \"../network\"", "takes \"project\" and \"environment\", not \"path\"");
}

#[test]
fn secrets_of_others_are_known_as_such_wherever_they_are_shown() {
    let two = Two::new("");
    two.said("network", "apply -auto-approve", 0);
    two.reading("project = \"../network\"");
    let shown = two.said("shop", "plan -out saved", 0) + &two.said("shop", "show saved", 0);
    assert!(!shown.contains("hidden-key"), "{shown}");
    let is_secret = |values: &serde_json::Value| {
        let root = values.pointer("/root_module/resources").and_then(|found| found.as_array()).unwrap();
        let data = root.iter().find(|one| one["mode"] == "data").unwrap();
        assert_eq!(data["values"]["outputs"]["range"], "none", "{data}");
        data["sensitive_values"]["outputs"]["key"] == true
    };
    let plan: serde_json::Value = serde_json::from_str(&two.said("shop", "show -json saved", 0)).unwrap();
    assert!(is_secret(&plan["prior_state"]["values"]), "{plan}");
    assert_eq!(plan["resource_changes"][0]["change"]["after_sensitive"]["input"], true);
    assert!(!two.said("shop", "plan -json", 0).contains("hidden-key"));
    assert!(!two.said("shop", "apply saved", 0).contains("hidden-key"));
    let state: serde_json::Value = serde_json::from_str(&two.said("shop", "show -json", 0)).unwrap();
    assert!(is_secret(&state["values"]), "{state}");
    let stored = two.said("shop", "state show data.terraform_remote_state.n", 0);
    assert!(stored.contains("range") && !stored.contains("hidden-key"), "{stored}");
    assert!(two.said("shop", "state pull", 0).contains("sensitive_attributes"));
    two.write("shop/leak.tf", "output \"leak\" {\n  value = data.terraform_remote_state.n.outputs.key\n}\n");
    assert!(two.said("shop", "plan", 1).contains("sensitive"));
}
