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
    assert_eq!(local("./"), "./.");
    assert_eq!(local("./a/../../b"), "../b");
    assert_eq!(local("..\\b"), "../b");
    assert_eq!(local("../"), "./..");
    assert_eq!(local("../.."), "../..");
}

#[test]
fn knows_registries_from_other_sources() {
    let registry = |text: &str| matches!(ModuleSource::parse(text), Ok(ModuleSource::Registry { .. }));
    let remote = |text: &str| matches!(ModuleSource::parse(text), Ok(ModuleSource::Remote { .. }));
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

#[test]
fn spells_sources_out_as_the_reference_does() {
    let cases = [
        ("github.com/org/repo", "git::https://github.com/org/repo.git"),
        ("github.com/org/a/b//c?ref=x", "git::https://github.com/org/a.git//b/c?ref=x"),
        ("github.com/org/repo.git//x/../y?ref=a%20b", "git::https://github.com/org/repo.git//y?ref=a%20b"),
        ("bitbucket.org/org/repo//x?ref=1", "git::https://bitbucket.org/org/repo.git//x?ref=1"),
        (
            "git@github.com:org/a b.git//x?ref=feature/x&depth=1",
            "git::ssh://git@github.com/org/a%20b.git//x?depth=1&ref=feature%2Fx",
        ),
        ("git::git@h.com:/x/y", "git::ssh://git@h.com/x/y"),
        ("git@host:22/x", "git::ssh://git@host/22/x"),
        ("git::/abs/p//q", "git::file:///abs/p//q"),
        ("/abs/p//q", "file:///abs/p//q"),
        ("git::https://x/y.git//", "git::https://x/y.git"),
        ("git::https://x/y.git?ref=a//b", "git::https://x/y.git?ref=a//b"),
        ("https://a//b//c", "https://a//b/c"),
        ("example.com:org/repo", "example.com:org/repo"),
        ("bucket.s3.amazonaws.com/foo/bar", "s3::https://s3.amazonaws.com/bucket/foo/bar"),
        ("www.googleapis.com/storage/v1/foo/bar", "gcs::https://www.googleapis.com/storage/v1/foo/bar"),
        ("hashicorp/consul/aws//modules/x/", "registry.terraform.io/hashicorp/consul/aws//modules/x"),
    ];
    for (written, spelled) in cases {
        assert_eq!(ModuleSource::parse(written).unwrap().to_string(), spelled);
    }
}

#[test]
fn refuses_what_the_reference_refuses() {
    for text in [
        "gitlab.com/org/repo",
        "user@host:x",
        "git::user@host:x",
        "a/b",
        "github.com/org",
        "foo bar:x",
        "git::https://x/y//a/../../b",
        "x/y/z//../w",
        "git::https://x/y//..",
    ] {
        assert!(ModuleSource::parse(text).is_err(), "{text}");
    }
}
