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
