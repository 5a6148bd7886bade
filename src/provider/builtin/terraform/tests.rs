use std::collections::BTreeMap;

use crate::address::ProviderAddress;
use crate::provider::builtin::provider_under_test::ProviderUnderTest;
use crate::value::{Type, Value};

const STATE: &str = r#"{
  "version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "6e0a1e52-2b5b-4c4e-9d3a-0f5f7b1f8a10",
  "outputs": {
    "url": {"value": "http://example.com", "type": "string"},
    "ports": {"value": [80, 443], "type": ["tuple", ["number", "number"]]},
    "key": {"value": "hidden", "type": "string", "sensitive": true}
  },
  "resources": [], "check_results": null
}"#;

async fn read(given: &[(&str, Value)]) -> Result<BTreeMap<String, Value>, Vec<String>> {
    let provider = ProviderUnderTest::at(&ProviderAddress::builtin("terraform")).await;
    let value = provider.data("terraform_remote_state", given).await?;
    let outputs = value.entries().unwrap()["outputs"].entries().unwrap().clone();
    Ok(outputs.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
}

fn local() -> (&'static str, Value) {
    ("backend", Value::string("local"))
}

#[tokio::test]
async fn outputs_of_a_state_file_are_given_and_defaults_for_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("other.tfstate");
    std::fs::write(&place, STATE).unwrap();
    let config = Value::object([("path", Value::string(place.to_str().unwrap()))]);
    let defaults = Value::object([("url", Value::string("none")), ("zone", Value::string("z"))]);
    let outputs = read(&[local(), ("config", config), ("defaults", defaults)]).await.unwrap();
    assert_eq!(outputs["url"].as_str(), Some("http://example.com"));
    assert_eq!(outputs["zone"].as_str(), Some("z"));
    assert_eq!(outputs["key"].as_str(), Some("hidden"));
    assert!(outputs["key"].marks().is_empty(), "values that pass the door carry no marks");
    assert_eq!(outputs["ports"].ty(), Type::tuple(vec![Type::Number, Type::Number]));
}

#[tokio::test]
async fn a_workspace_has_a_folder_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("stage");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(inner.join("terraform.tfstate"), STATE).unwrap();
    let config = Value::object([("workspace_dir", Value::string(folder.path().to_str().unwrap()))]);
    let given = [local(), ("config", config), ("workspace", Value::string("stage"))];
    assert_eq!(read(&given).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = |name: &str| {
        let place = folder.path().join(name);
        ("config", Value::object([("path", Value::string(place.to_str().unwrap()))]))
    };
    std::fs::write(folder.path().join("empty"), "").unwrap();
    std::fs::write(folder.path().join("broken"), "{").unwrap();
    for (given, message) in [
        (vec![local(), config("missing")], "There is no state in"),
        (vec![local(), config("empty")], "There is no state in"),
        (vec![local(), config("broken")], "cannot be read"),
        (vec![("backend", Value::string("s3"))], "\"s3\" cannot be read yet"),
        (vec![local(), ("config", Value::object([("bucket", Value::string("b"))]))], "not \"bucket\""),
    ] {
        let refused = read(&given).await.unwrap_err();
        assert!(refused[0].contains(message), "{refused:?}");
    }
}
