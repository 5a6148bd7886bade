//! Modules from git repositories.

use super::kit::{Scene, calls, says};

#[test]
fn a_directory_of_a_repository_at_a_ref_is_installed() {
    let scene = Scene::new("");
    let repository = scene.repository(&[("modules/x/main.tf", &says("first"))]);
    repository.commit(&[("modules/x/main.tf", &says("second"))], "v2");
    scene.write("main.tf", &calls(&format!("{}//modules/x?ref=v1", repository.address())));

    for command in ["validate", "console"] {
        let said = scene.terrace(&[command]);
        assert_eq!(said.err.matches("Module not installed").count(), 1, "{}", said.err);
        assert!(said.flat().contains("Run terrace init"), "{}", said.err);
    }
    let said = scene.init().fine();
    assert!(said.out.contains("installed in .terraform/modules/m/modules/x"), "{}", said.out);
    scene.terrace(&["validate"]).fine();
    assert_eq!(scene.value("module.m.said"), "\"first\"");

    let again = scene.init().fine();
    assert!(!again.out.contains("Fetching") && again.out.contains("already in"), "{}", again.out);
}

#[test]
fn branches_commits_and_shallow_clones_are_understood() {
    let scene = Scene::new("");
    let repository = scene.repository(&[("main.tf", &says("first"))]);
    let commit = repository.git(&["rev-parse", "HEAD"]);
    repository.git(&["checkout", "--quiet", "-b", "feature/x"]);
    repository.commit(&[("main.tf", &says("feature"))], "f1");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.commit(&[("main.tf", &says("newest"))], "v2");
    let expected =
        [("", "newest"), ("?ref=feature/x", "feature"), ("?ref=v1&depth=1", "first"), ("?depth=1", "newest")];
    let commits = [format!("?ref={commit}"), format!("?ref={commit}&depth=1")];
    let commits = commits.iter().map(|query| (query.as_str(), "first"));
    for (query, said) in expected.into_iter().chain(commits) {
        scene.write("main.tf", &calls(&format!("{}{query}", repository.address())));
        scene.init().fine();
        assert_eq!(scene.value("module.m.said"), format!("\"{said}\""), "{query}");
    }
}

#[test]
fn modules_inside_the_package_are_found_by_relative_paths() {
    let scene = Scene::new("");
    let inner = format!("{}output \"said\" {{\n  value = module.m.said\n}}\n", calls("../y"));
    let repository = scene.repository(&[("modules/x/main.tf", &inner), ("modules/y/main.tf", &says("y"))]);
    scene.write("main.tf", &calls(&format!("{}//modules/x", repository.address())));
    scene.init().fine();
    assert_eq!(scene.value("module.m.said"), "\"y\"");
    let keys: Vec<String> =
        scene.list().into_iter().map(|(key, _, _, folder)| format!("{key} {folder}")).collect();
    assert_eq!(keys, [" .", "m .terraform/modules/m/modules/x", "m.m .terraform/modules/m/modules/y"]);
}

#[test]
fn a_path_out_of_the_package_is_explained() {
    let scene = Scene::new("");
    let repository = scene.repository(&[("modules/x/main.tf", &calls("../../../y"))]);
    scene.write("main.tf", &calls(&format!("{}//modules/x", repository.address())));
    scene.init().failed(&["Module not found", "leads out of the package"]);
}

#[test]
fn one_package_is_fetched_once_for_all_calls() {
    let scene = Scene::new("");
    let repository = scene.repository(&[("x/main.tf", &says("x")), ("y/main.tf", &says("y"))]);
    let address = repository.address();
    let call =
        |name: &str, folder: &str| format!("module \"{name}\" {{\n  source = \"{address}//{folder}\"\n}}\n");
    scene.write("main.tf", &(call("a", "x") + &call("b", "y")));
    scene.init().fine();
    assert_eq!(scene.value("\"${module.a.said}${module.b.said}\""), "\"xy\"");
    // What git keeps comes with the first; the second is a copy of the files.
    assert!(scene.has(".terraform/modules/a/.git") && !scene.has(".terraform/modules/b/.git"));
    assert_eq!(scene.installed(), ["a", "b"]);
}

#[test]
fn what_git_could_not_do_is_said_at_the_call() {
    let scene = Scene::new("");
    let repository = scene.repository(&[("x/main.tf", "")]);
    scene.write("main.tf", &calls(&format!("{}?ref=nowhere", repository.address())));
    scene.init().failed(&["Module cannot be installed", "\"nowhere\"", "main.tf:2"]);
    scene.write("main.tf", &calls(&format!("{}?ref=--upload-pack=x", repository.address())));
    scene.init().failed(&["a ref cannot start with a dash"]);
    scene.write("main.tf", &calls(&format!("{}//nowhere", repository.address())));
    scene.init().failed(&["there is no directory nowhere in it"]);
    scene.write("main.tf", &calls("git::ssh://git@example.com:org/name.git"));
    scene.init().failed(&["write git::git@example.com:org/name.git"]);
    scene.write("main.tf", &calls("git::ext::sh -c touch% x"));
    scene.init().failed(&["fetched over https, http, ssh"]);
    assert!(scene.installed().is_empty() && !scene.has("x"));
}

#[test]
fn a_package_that_fails_is_reported_for_every_call_and_asked_for_once() {
    let scene = Scene::new("");
    let absent = "git::file:///nowhere/at/all.git";
    scene.write("main.tf", &(calls(absent) + &calls(absent).replace("\"m\"", "\"n\"")));
    let said = scene.init().failed(&["git could not clone the repository"]);
    assert_eq!(said.err.matches("Module cannot be installed").count(), 2, "{}", said.err);
}

#[test]
fn a_newer_commit_comes_with_upgrade_only() {
    let scene = Scene::new("");
    let repository = scene.repository(&[("main.tf", &says("first"))]);
    scene.write("main.tf", &calls(&repository.address()));
    scene.init().fine();
    repository.commit(&[("main.tf", &says("second"))], "v2");
    scene.init().fine();
    assert_eq!(scene.value("module.m.said"), "\"first\"");
    scene.terrace(&["init", "-upgrade"]).fine();
    assert_eq!(scene.value("module.m.said"), "\"second\"");
    assert_eq!(scene.installed(), ["m"]);
}

#[test]
fn submodules_come_along() {
    let scene = Scene::new("");
    let inner = scene.repository(&[("main.tf", &says("inner"))]);
    std::fs::rename(scene.beside("repository"), scene.beside("inner")).unwrap();
    drop(inner);
    let repository = scene.repository(&[("README.md", "")]);
    let from = scene.beside("inner").display().to_string();
    repository.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &from, "sub"]);
    repository.commit(&[], "v2");
    scene.write("main.tf", &calls(&format!("{}//sub", repository.address())));
    let mut command = scene.command(&["init"]);
    command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "protocol.file.allow");
    super::kit::said(&command.env("GIT_CONFIG_VALUE_0", "always").output().unwrap()).fine();
    assert_eq!(scene.value("module.m.said"), "\"inner\"");
}

#[test]
fn a_module_that_is_called_from_itself_is_not_fetched_without_end() {
    let scene = Scene::new("");
    let repository = scene.repository(&[("main.tf", "")]);
    let itself = calls(&repository.address()) + &calls(&repository.address()).replace("\"m\"", "\"n\"");
    repository.commit(&[("main.tf", &itself)], "v2");
    scene.write("main.tf", &calls(&repository.address()));
    scene.init().failed(&["it is the same as m, which it is called from"]);
    assert_eq!(scene.installed(), ["m"]);
}
