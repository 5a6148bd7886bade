#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;

fn local(text: &str) -> String {
    match ModuleSource::parse(text).unwrap() {
        ModuleSource::Local(path) => path.to_string(),
        other => panic!("{other} is not local"),
    }
}

#[test]
fn cleans_local_paths() {
    assert_eq!(local("./a"), "./a");
    assert_eq!(local("./a/../b/"), "./b");
    assert_eq!(local("./"), "./");
    assert_eq!(local("./a/../../b"), "../b");
    assert_eq!(local("..\\b"), "../b");
    assert_eq!(local("../"), "..");
}

#[test]
fn knows_registries_from_other_sources() {
    let registry = |text: &str| matches!(ModuleSource::parse(text), Ok(ModuleSource::Registry { .. }));
    let remote = |text: &str| matches!(ModuleSource::parse(text), Ok(ModuleSource::Remote(_)));
    assert!(registry("hashicorp/consul/aws"));
    assert!(registry("hashicorp/consul/aws//modules/x"));
    assert!(registry("app.example.com/org/name/system"));
    assert!(remote("github.com/org/name"));
    assert!(remote("github.com/org/name/system"));
    assert!(remote("git::https://example.com/x.git//sub?ref=v1"));
    assert!(remote("git@github.com:org/name.git"));
    assert!(remote("https://example.com/x.zip"));
    assert!(remote("/absolute/path"));
}

#[test]
fn says_how_to_write_a_directory() {
    let error = ModuleSource::parse("modules/a").unwrap_err();
    assert!(error.contains("\"./modules/a\""), "{error}");
    assert!(ModuleSource::parse("").is_err());
    assert!(ModuleSource::parse_registry("./a").is_err());
    assert!(ModuleSource::parse("hashicorp/consul/aws//../x").is_err());
}
