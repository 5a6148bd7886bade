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
    assert!(refused.contains("may not have been applied yet"), "{refused}");
    said(&network, &["apply", "-auto-approve"], 0);
    let planned = said(&shop, &["plan"], 0);
    assert!(planned.contains("10.0.0.0/16") && !planned.contains("hidden-key"), "{planned}");
    reading("backend = \"local\"\n  config = { path = \"../network/.terrace/default.db\" }");
    let applied = said(&shop, &["apply", "-auto-approve"], 0);
    assert!(applied.contains("10.0.0.0/16") && !applied.contains("hidden-key"), "{applied}");
    assert!(said(&shop, &["plan", "-detailed-exitcode"], 0).contains("No changes"));
}
