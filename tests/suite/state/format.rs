use std::path::PathBuf;

use terrace::address::{AbsoluteInstance, ResourcePath};
use terrace::state::{self, DeposedKey, State, Status, format};

use crate::support;

const APPLIED: &str = include_str!("files/applied.tfstate");
const ALL_KINDS: &str = include_str!("files/all_kinds.tfstate");

fn here() -> PathBuf {
    support::root().join("tests/suite/state")
}

fn read(text: &str) -> State {
    format::read(text).unwrap().state
}

fn fault(text: &str) -> String {
    format::read(text).unwrap_err().to_string()
}

fn with_resources(resources: &str) -> String {
    format!("{{\"version\":4,\"serial\":1,\"lineage\":\"x\",\"resources\":[{resources}]}}")
}

#[test]
fn what_the_reference_wrote_is_written_byte_by_byte_as_it_was() {
    for (name, text) in [("applied", APPLIED), ("all_kinds", ALL_KINDS)] {
        let written = format::write(&read(text), "1.11.4");
        let unlike = written.lines().zip(text.lines()).enumerate().find(|(_, (ours, theirs))| ours != theirs);
        assert_eq!(unlike, None, "{name}");
        assert_eq!(written.len(), text.len(), "{name}");
    }
}

#[test]
fn everything_that_an_object_has_is_read() {
    let file = format::read(ALL_KINDS).unwrap();
    assert_eq!(file.written_by.as_deref(), Some("1.11.4"));
    let address = AbsoluteInstance::parse("terraform_data.a").unwrap();
    let instance = file.state.instance(&address).unwrap();
    let current = instance.current.as_ref().unwrap();
    assert_eq!(current.status, Status::Tainted);
    assert_eq!(&*current.private, b"{\"a\":1}");
    assert!(!current.attributes.contains([' ', '\n']));
    let deposed = &instance.deposed[&DeposedKey("0a1b2c3d".into())];
    assert!(deposed.create_before_destroy);
    assert_eq!(deposed.status, Status::Ready);

    let address = AbsoluteInstance::parse("module.x[3].module.y[\"q\"].terraform_data.z[10]").unwrap();
    let object = file.state.instance(&address).unwrap().current.as_ref().unwrap();
    assert_eq!(object.schema_version, 3);
    let provider = &file.state.resources[&address.absolute_resource()].provider;
    assert_eq!(provider.to_string(), "module.x.provider[\"registry.terraform.io/hashicorp/null\"].al");
    assert!(file.state.outputs["e"].value.marks().contains(&terrace::value::Mark::Sensitive));
    assert_eq!(state::verify(&file.state), Vec::<String>::new());
}

#[test]
fn dependencies_are_followed_to_their_end_when_they_are_written() {
    let mut state = read(APPLIED);
    // Leave only what each resource directly needs.
    for (address, needs) in [
        ("terraform_data.c[\"x\"]", vec!["terraform_data.b", "module.m.terraform_data.in2"]),
        ("terraform_data.c[\"y\\\"z\"]", vec!["terraform_data.b", "module.m.terraform_data.in2"]),
        ("module.m2.terraform_data.in", vec!["terraform_data.c"]),
        ("module.m2.terraform_data.in2", vec!["module.m2.terraform_data.in"]),
    ] {
        let address = AbsoluteInstance::parse(address).unwrap();
        let needs = needs.into_iter().map(|path| ResourcePath::parse(path).unwrap()).collect();
        let resource = state.resources.get_mut(&address.absolute_resource()).unwrap();
        resource.instances.get_mut(&address.key).unwrap().current.as_mut().unwrap().dependencies = needs;
    }
    assert_eq!(format::write(&state, "1.11.4"), APPLIED);
}

#[test]
fn a_circle_of_dependencies_is_written_without_end_or_self() {
    let object = |name: &str, other: &str| {
        format!(
            "{{\"mode\":\"managed\",\"type\":\"t\",\"name\":\"{name}\",\"provider\":\"provider[\\\"a/b\\\"]\",\
             \"instances\":[{{\"attributes\":{{}},\"dependencies\":[\"t.{other}\"]}}]}}"
        )
    };
    let state = read(&with_resources(&[object("a", "b"), object("b", "a")].join(",")));
    let written = format::write(&state, "1.11.4");
    assert_eq!(written.matches("\"t.a\"").count(), 1);
    assert_eq!(
        state::verify(&state),
        Vec::<String>::new(),
        "a dependency may have been turned around halfway"
    );
}

#[test]
fn other_versions_and_other_files_are_refused_by_name() {
    assert!(fault("{\"version\": 3, \"modules\": []}").contains("version 3"));
    assert!(fault("{\"version\": 3}").contains("terraform state pull"));
    let newer = fault("{\"version\": 7, \"terraform_version\": \"2.0.0\"}");
    assert_eq!(
        newer,
        "it is written in version 7 of the format, by terraform 2.0.0, and only version 4 is known"
    );
    assert!(fault("{}").starts_with("it is no state file"));
    assert!(fault("tfstate\u{1}").starts_with("it is no state file"));
    assert!(fault("").starts_with("it is no state file"));
}

#[test]
fn what_cannot_be_understood_is_named() {
    let resource = |mode: &str, provider: &str, instances: &str| {
        with_resources(&format!(
            "{{\"mode\":\"{mode}\",\"type\":\"t\",\"name\":\"n\",\"provider\":{provider:?},\"instances\":[{instances}]}}"
        ))
    };
    let good = "provider[\"hashicorp/x\"]";
    for (text, part) in [
        (resource("other", good, ""), "mode \"other\""),
        (resource("managed", "x", ""), "the provider of t.n"),
        (resource("managed", good, "{\"attributes_flat\":{\"id\":\"1\"}}"), "0.11"),
        (resource("managed", good, "{\"attributes\":[]}"), "no object"),
        (resource("managed", good, "{},{}"), "t.n is there more than once"),
        (resource("managed", good, "{\"index_key\":true}"), "key"),
        (resource("managed", good, "{\"index_key\":1.5}"), "whole number"),
        (resource("managed", good, "{\"status\":\"odd\"}"), "\"odd\""),
        (resource("managed", good, "{\"deposed\":\"abc\"}"), "eight"),
        (resource("managed", good, "{\"private\":\"*\"}"), "base64"),
        (resource("managed", good, "{\"dependencies\":[\"x\"]}"), "\"x\" is no address"),
        (resource("managed", good, "{\"sensitive_attributes\":[[{\"type\":\"x\"}]]}"), "sensitive path"),
        ("{\"version\":4,\"outputs\":{\"a\":{\"value\":1,\"type\":\"text\"}}}".into(), "the output \"a\""),
        ("{\"version\":4,\"serial\":-1}".into(), "whole number"),
        ("{\"version\":4} x".into(), "after the document"),
    ] {
        let fault = fault(&text);
        assert!(fault.contains(part), "{text}\n{fault}");
    }
}

#[test]
fn nothing_that_is_left_out_matters() {
    let resource = "{\"mode\":\"managed\",\"type\":\"t\",\"name\":\"n\",\"provider\":\"provider.x\",\"instances\":[{\
                    \"index_key\":null,\"private\":null,\"dependencies\":null,\"new\":{\"a\":[1]}}]}";
    let state = read(&with_resources(resource));
    let (address, _, instance) = state.instances().next().unwrap();
    assert_eq!(address.to_string(), "t.n");
    assert_eq!(&*instance.current.as_ref().unwrap().attributes, "{}");
}

#[test]
fn the_reference_plans_no_changes_on_what_we_write() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_) = support::reference(folder.path()) else {
        return support::skipped("plan on a state of ours", "terraform 1.11.4 is not on the PATH");
    };
    support::copy(&here().join("project"), folder.path());
    let run = |arguments: &[&str]| {
        let output = support::reference(folder.path()).unwrap().args(arguments).output().unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    };
    assert_eq!(run(&["init"]).0, Some(0));
    std::fs::write(folder.path().join("terraform.tfstate"), format::write(&read(APPLIED), "1.11.4")).unwrap();
    let (code, text) = run(&["plan", "-detailed-exitcode"]);
    assert_eq!(code, Some(0), "{text}");
}
