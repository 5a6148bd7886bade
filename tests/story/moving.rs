//! The page for people who come from elsewhere, done step by step as it says.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::support;

#[test]
fn the_way_from_workspaces_is_as_the_readme_says() {
    follow("From Terraform workspaces", "workspaces");
}

#[test]
fn the_way_from_a_directory_per_environment_is_as_the_readme_says() {
    follow("From one directory per environment", "directories");
}

#[test]
fn the_way_from_terragrunt_is_as_the_readme_says() {
    follow("From Terragrunt", "terragrunt");
}

/// Writes each file of the section, and runs each of its commands: all must come off, plans must have no changes, and
/// what is said to end with an exit code must end with that.
fn follow(heading: &str, fixture: &str) {
    let readme = fs::read_to_string(support::root().join("README.md")).unwrap();
    let section = readme.split(&format!("### {heading}\n")).nth(1).expect("the README has the section");
    let section = section.split("\n### ").next().unwrap().split("\n## ").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    support::copy(&support::root().join("tests/story/moving").join(fixture), folder.path());
    let mut commands = 0;
    for block in section.split("```").skip(1).step_by(2) {
        let (kind, text) = block.split_once('\n').unwrap();
        match kind {
            "hcl" => write(folder.path(), text),
            "sh" => {
                for line in text.lines() {
                    run(folder.path(), line);
                    commands += 1;
                }
            }
            _ => panic!("a block of {kind}"),
        }
    }
    assert!(commands >= 4, "the section has no commands");
}

/// A file, by the name in its first line.
fn write(folder: &Path, text: &str) {
    let (name, text) = text.split_once('\n').unwrap();
    let path = folder.join(name.strip_prefix("# ").expect("the first line names the file"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn run(folder: &Path, line: &str) {
    let (command, remark) = line.split_once(" #").unwrap_or((line, ""));
    let wanted = remark.split_once("exit code ").map_or(0, |(_, code)| i32::from(code.as_bytes()[0] - b'0'));
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", format!("{}:{}", tools(folder).display(), std::env::var("PATH").unwrap()))
        .env("NO_COLOR", "1")
        .env_remove("TERRACE_ENV")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(wanted), "$ {command}\n{said}");
    if command.contains(" plan ") {
        assert!(said.contains("No changes."), "$ {command}\n{said}");
    }
}

/// `terrace`, and what stands for a terragrunt that is asked for a state: it is not on these machines.
fn tools(folder: &Path) -> std::path::PathBuf {
    let tools = folder.join(".tools");
    if !tools.exists() {
        fs::create_dir(&tools).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_terrace"), tools.join("terrace")).unwrap();
        let script = tools.join("terragrunt");
        fs::write(
            &script,
            "#!/bin/sh\n[ \"$1 $3 $4\" = \"--working-dir state pull\" ] && cat \"$2/terraform.tfstate\"\n",
        )
        .unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    }
    tools
}
