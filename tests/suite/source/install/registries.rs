//! Modules from registries.

use super::kit::{Said, Scene, said, says, tarball};
use crate::support::server::{Page, Server, authority};

const HOST: &str = "registry.example.com";

/// A registry with versions of one module, that wants a token where one is given.
fn registry(versions: &[&str], token: Option<&str>) -> Server {
    let server = Server::start();
    fill(&server, versions, token);
    server
}

fn fill(server: &Server, versions: &[&str], token: Option<&str>) {
    let guarded = |page: Page| Page { authorization: token.map(|token| format!("Bearer {token}")), ..page };
    let listed: Vec<_> = versions.iter().map(|version| serde_json::json!({ "version": version })).collect();
    let list = serde_json::json!({ "modules": [{ "versions": listed }] }).to_string();
    server.put("/m/org/net/aws/versions", guarded(Page::of(list)));
    for version in versions {
        let path = format!("/m/org/net/aws/{version}/download");
        let to = format!("/files/{version}.tgz//*");
        let page = Page { status: 204, ..Page::of("") }.header("X-Terraform-Get", &to);
        server.put(&path, guarded(page));
        let files = [("top/main.tf", says(version)), ("top/sub/main.tf", says(&format!("sub {version}")))];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        server.put(&format!("/files/{version}.tgz"), Page::of(tarball(&files)));
    }
}

/// A project that calls the module.
fn scene(server: &Server, source: &str, version: Option<&str>) -> Scene {
    let scene = Scene::new("");
    let services =
        format!("host \"{HOST}\" {{\n  services = {{ \"modules.v1\" = \"{}/m\" }}\n}}\n", server.address);
    std::fs::write(scene.beside(".terraformrc"), services).unwrap();
    call(&scene, source, version);
    scene
}

fn call(scene: &Scene, source: &str, version: Option<&str>) {
    let version = version.map(|version| format!("  version = \"{version}\"\n")).unwrap_or_default();
    scene.write("main.tf", &format!("module \"m\" {{\n  source = \"{HOST}/{source}\"\n{version}}}\n"));
}

fn init_with_token(scene: &Scene, token: &str) -> Said {
    said(&scene.command(&["init"]).env("TF_TOKEN_registry_example_com", token).output().unwrap())
}

#[test]
fn the_newest_version_that_is_allowed_is_installed() {
    let server = registry(&["1.0.0", "1.2.0", "2.0.0", "1.10.1", "3.0.0-beta.1"], None);
    let scene = scene(&server, "org/net/aws", None);
    for (wanted, chosen) in [
        (Some("~> 1.0"), "1.10.1"),
        (Some(">= 1.0, < 1.10"), "1.2.0"),
        (None, "1.2.0"),
        (Some("3.0.0-beta.1"), "3.0.0-beta.1"),
        (Some(">= 2.0"), "2.0.0"),
    ] {
        call(&scene, "org/net/aws", wanted);
        let said = scene.init().fine();
        assert_eq!(scene.value("module.m.said"), format!("\"{chosen}\""), "{}", said.out);
        assert_eq!(scene.list()[1].2.as_deref(), Some(chosen));
    }
    scene.terrace(&["init", "-upgrade"]).fine();
    call(&scene, "org/net/aws//sub", Some("1.0.0"));
    scene.init().fine();
    assert_eq!(scene.value("module.m.said"), "\"sub 1.0.0\"");
    assert_eq!(scene.list()[1].1, "registry.example.com/org/net/aws//sub");
}

#[test]
fn nothing_is_asked_where_nothing_is_missing() {
    let server = registry(&["1.0.0"], None);
    let scene = scene(&server, "org/net/aws", Some("1.0.0"));
    scene.init().fine();
    let asked = server.asked().len();
    scene.init().fine();
    scene.terrace(&["validate"]).fine();
    assert_eq!(server.asked().len(), asked);
}

#[test]
fn a_version_that_is_not_there_is_said_with_those_that_are() {
    let server = registry(&["1.0.0", "1.2.0", "2.0.0-rc1"], None);
    let scene = scene(&server, "org/net/aws", Some("~> 2.0"));
    scene.init().failed(&["no version of it meets \"~> 2.0\"", "1.2.0, 1.0.0", "main.tf:2"]);
    call(&scene, "org/other/aws", None);
    scene.init().failed(&["knows no module org/other/aws"]);
}

#[test]
fn a_token_goes_to_its_registry_and_nowhere_else() {
    let server = registry(&["1.0.0"], Some("geheim"));
    let scene = scene(&server, "org/net/aws", None);
    scene.init().failed(&["status 401", "TF_TOKEN_"]);
    let said = init_with_token(&scene, "falsch").failed(&["status 401"]);
    assert!(!said.err.contains("falsch"));
    let said = init_with_token(&scene, "geheim").fine();
    assert!(!said.out.contains("geheim"));
    assert_eq!(scene.value("module.m.said"), "\"1.0.0\"");
}

#[test]
fn a_host_is_asked_where_its_registry_is_over_a_connection_that_is_trusted() {
    let server = Server::start_secure();
    fill(&server, &["1.0.0"], None);
    server.put("/.well-known/terraform.json", Page::of("{\"modules.v1\": \"/m/\"}"));
    let host = server.address.strip_prefix("https://").unwrap();
    let scene = Scene::new(&format!("module \"m\" {{\n  source = \"{host}/org/net/aws\"\n}}\n"));
    let trusting =
        |path: &std::path::Path| said(&scene.command(&["init"]).env("SSL_CERT_FILE", path).output().unwrap());
    trusting(&scene.beside("nobody")).failed(&["Module cannot be installed"]);
    trusting(&authority()).fine();
    assert_eq!(scene.value("module.m.said"), "\"1.0.0\"");
    server.put("/.well-known/terraform.json", Page::of("{\"login.v1\": {}}"));
    scene.write("main.tf", &format!("module \"m\" {{\n  source = \"{host}/org/other/aws\"\n}}\n"));
    trusting(&authority()).failed(&["is no registry of modules"]);
}
