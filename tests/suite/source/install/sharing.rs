//! A project may be worked on with other tools of the language in turn.

use super::kit::{Scene, calls, says};
use crate::support;

/// A project with local modules, one behind a link, and a repository.
fn scene() -> Scene {
    let scene = Scene::new("");
    let inner = calls("../y");
    let repository = scene.repository(&[("modules/x/main.tf", &inner), ("modules/y/main.tf", &says("y"))]);
    let main = calls(&format!("{}//modules/x?ref=v1", repository.address()))
        + &calls("./local/../local/").replace("\"m\"", "\"l\"")
        + &calls("./link").replace("\"m\"", "\"k\"")
        + &calls("../shared").replace("\"m\"", "\"s\"")
        + &calls(&scene.beside("shared").display().to_string()).replace("\"m\"", "\"f\"");
    scene.write("main.tf", &main);
    scene.write("local/main.tf", &calls("./deep/inner"));
    scene.write("local/deep/inner/main.tf", &calls("../"));
    scene.write("local/deep/main.tf", &says("deep"));
    scene.write("../shared/main.tf", &calls("./sub"));
    scene.write("../shared/sub/main.tf", &says("shared"));
    #[cfg(unix)]
    std::os::unix::fs::symlink("local/deep", scene.project().join("link")).unwrap();
    scene
}

#[cfg(unix)]
#[test]
fn the_list_of_modules_is_the_one_that_the_reference_writes() {
    let (scene, list) = (scene(), ".terraform/modules/modules.json");
    let Some(mut reference) = support::reference(&scene.project()) else {
        return support::skipped("lists of modules", "terraform 1.11.4 is not on the PATH");
    };
    let read = || std::fs::read_to_string(scene.project().join(list)).unwrap();
    let output = reference.args(["init", "-no-color"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = read();
    let said = scene.init().fine();
    assert!(!said.out.contains("Fetching"), "what the reference installed is used: {}", said.out);
    assert_eq!(read(), theirs);

    std::fs::remove_dir_all(scene.project().join(".terraform")).unwrap();
    scene.init().fine();
    assert_eq!(read(), theirs);
    let validate = support::reference(&scene.project()).unwrap().arg("validate").output().unwrap();
    assert!(validate.status.success(), "{}", String::from_utf8_lossy(&validate.stderr));
}

#[test]
fn a_project_without_calls_gets_no_directory() {
    let scene = Scene::new("resource \"terraform_data\" \"x\" {}\n");
    let said = scene.init().fine();
    assert_eq!(
        said.out,
        "Providers:\n  terraform.io/builtin/terraform: built in, as 1.11.4\nThe project is ready.\n"
    );
    assert!(!scene.has(".terraform"));
}

#[test]
fn what_a_project_asks_for_is_listed_and_checked() {
    let main = "terraform {\n  required_version = \">= 1.5\"\n  backend \"s3\" {}\n  required_providers {\n    \
                aws = { source = \"hashicorp/aws\", version = \"~> 5.0\" }\n  }\n}\n";
    let scene = Scene::new(&format!("{main}{}", calls("./m")));
    scene.write("m/main.tf", "terraform {\n  required_providers {\n    aws = \">= 5.1\"\n  }\n}\n");
    let said = scene.init().fine();
    assert!(said.out.contains("hashicorp/aws >= 5.1, ~> 5.0: not available yet"), "{}", said.out);
    assert!(said.out.contains("State stays where it is (backend \"s3\")"), "{}", said.out);
    scene.write("m/main.tf", "terraform {\n  required_version = \">= 9\"\n}\n");
    scene.init().failed(&["Unsupported language version"]);
}

#[test]
fn flags_of_the_reference_are_accepted() {
    let scene = Scene::new("");
    let flags = ["-input=false", "-backend=false", "-reconfigure", "-lockfile=readonly", "-plugin-dir=x"];
    scene
        .terrace(&[&["init", "-get=false", "-upgrade=false", "-backend-config=a=b"][..], &flags].concat())
        .fine();
    scene.terrace(&["init", "-from-module=./x"]).failed(&["-from-module"]);
}

#[test]
fn a_directory_without_configuration_is_told_from_a_project() {
    let scene = Scene::new("");
    std::fs::remove_file(scene.project().join("main.tf")).unwrap();
    assert_eq!(scene.init().fine().out, "There is no configuration in this directory yet.\n");
}
