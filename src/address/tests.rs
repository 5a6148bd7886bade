#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use super::*;

#[test]
fn prints_an_instance_as_people_write_it() {
    let module = ModuleInstance::root().child("a", InstanceKey::text("x")).child("b", InstanceKey::Number(2));
    let instance = ResourceAddress::data("aws_ami", "base").within(module).instance(InstanceKey::Number(0));
    assert_eq!(instance.to_string(), "module.a[\"x\"].module.b[2].data.aws_ami.base[0]");
    assert_eq!(instance.path().to_string(), "module.a.module.b.data.aws_ami.base");
}

#[test]
fn escapes_text_keys_so_that_they_read_back() {
    let key = |text: &str| InstanceKey::text(text).to_string();
    assert_eq!(key("a\"b\\c\n"), "[\"a\\\"b\\\\c\\n\"]");
    assert_eq!(key("${x} $ %{y}"), "[\"$${x} $ %%{y}\"]");
    assert_eq!(key("\u{0}\u{a0}ü"), "[\"\\u0000\\u00a0ü\"]");
}

#[test]
fn says_providers_in_short_and_in_full() {
    let aws = ProviderAddress::default_for("aws");
    assert_eq!(aws.to_string(), "registry.terraform.io/hashicorp/aws");
    assert_eq!(aws.short(), "hashicorp/aws");
    assert_eq!(ProviderAddress::implied("terraform").short(), "terraform.io/builtin/terraform");
    let config =
        ProviderConfigAddress { module: ModulePath::new(["a"]), provider: aws, alias: Some("w".into()) };
    assert_eq!(config.to_string(), "module.a.provider[\"registry.terraform.io/hashicorp/aws\"].w");
}

#[test]
fn only_previews_have_a_slash_in_their_name() {
    assert!(EnvironmentName::new("staging").is_ok());
    assert!(EnvironmentName::new("preview/feature-x").is_ok());
    assert!(EnvironmentName::new("a/b").is_err());
    assert!(EnvironmentName::new("preview/").is_err());
}

#[test]
fn what_is_printed_reads_back() {
    for text in [
        "module.a[\"x\"].module.b[2].data.aws_ami.base[0]",
        "aws_instance.web",
        "aws_instance.web[\"a\\\"b\\\\c\\n $${x} $ %%{y} \\u0000ü\"]",
        "module.a",
        "module.a.module.b[\"k\"]",
        "ephemeral.vault_secret.s-1",
        "module.module.module.x",
    ] {
        assert_eq!(Target::parse(text).unwrap().to_string(), text);
    }
    assert_eq!(Target::parse("resource.aws_instance.a").unwrap().to_string(), "aws_instance.a");
    assert_eq!(ModuleInstance::parse("").unwrap(), ModuleInstance::root());
    assert_eq!(ResourcePath::parse("module.a[0].data.t.n").unwrap().to_string(), "module.a.data.t.n");
    for text in [
        "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "module.a.module.b.provider[\"terraform.io/builtin/terraform\"].west",
    ] {
        assert_eq!(ProviderConfigAddress::parse(text).unwrap().to_string(), text);
    }
    let legacy = ProviderConfigAddress::parse("module.a.provider.aws.west").unwrap();
    assert_eq!(legacy.to_string(), "module.a.provider[\"registry.terraform.io/-/aws\"].west");
}

#[test]
fn says_why_a_text_is_no_address() {
    for text in [
        "",
        "a",
        "a.",
        "a.b.c",
        "a.b[",
        "a.b[x]",
        "a.b[\"x]",
        "a.b[\"${x}\"]",
        "a.b[0",
        "module",
        "module.",
        "data",
        "data.a",
        "a.0",
        "module.a.",
        "a.b[-1]",
        "a.b[99999999999999999999]",
        "a.b[\"\\q\"]",
        "a.b[\"\\u12\"]",
        " a.b",
    ] {
        assert!(Target::parse(text).is_err(), "{text}");
    }
    let why = Target::parse("aws_instance").unwrap_err().to_string();
    assert_eq!(
        why,
        "\"aws_instance\" is no address: after the type comes the name of the resource, such as in aws_instance.web"
    );
    for text in
        ["provider", "provider[0]", "module.a[0].provider[\"hashicorp/aws\"]", "provider[\"a/b/c/d\"]"]
    {
        assert!(ProviderConfigAddress::parse(text).is_err(), "{text}");
    }
}
