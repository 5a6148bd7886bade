use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use super::{Connection, Session};
use crate::port::Remarks;
use crate::provision::arguments::Arguments;
use crate::provision::connection;
use crate::provision::remote::{Request, execute, upload};
use crate::value::{Type, Value};

/// A connection block: what is not given is null.
fn block(given: &[(&str, Value)]) -> Value {
    let of = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let attributes = connection().attributes;
    Value::object(attributes.into_iter().map(|(name, attribute)| {
        let value = of(&name).unwrap_or_else(|| Value::null(attribute.ty.clone()));
        (name, value)
    }))
}

fn string(name: &'static str, text: &str) -> (&'static str, Value) {
    (name, Value::string(text))
}

/// A program that stands for `ssh` and runs on this machine what it is asked to run elsewhere.
fn pretender(folder: &Path, script: &str) -> std::path::PathBuf {
    let place = folder.join("ssh");
    let keeper = "if [ $3 = -MN ]; then : > \"$(dirname $2)/way\"; exec sleep 60; fi";
    let keeper = if script.contains("exit 255") { "" } else { keeper };
    std::fs::write(&place, format!("#!/bin/sh\n{keeper}\nshift 4\n{script}\n")).unwrap();
    std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).unwrap();
    place
}

async fn run(
    kind: &str,
    program: &Path,
    given: &[(&str, Value)],
    connection: &Value,
) -> (Vec<String>, Vec<String>) {
    let configuration = Value::object(given.iter().cloned());
    let (arguments, connection) = (Arguments(&configuration), Arguments(connection));
    let request = Request { program: program.as_os_str(), arguments, connection };
    let lines = Mutex::new(Vec::new());
    let output = |line: &str| lines.lock().unwrap().push(line.to_owned());
    let mut remarks = Remarks::new();
    match kind {
        "file" => upload(&request, &output, &mut remarks).await,
        _ => execute(&request, &output, &mut remarks).await,
    }
    let faults = remarks.into_iter().map(|remark| remark.detail).collect();
    (lines.into_inner().unwrap(), faults)
}

#[tokio::test]
async fn scripts_are_put_there_run_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let ssh = pretender(folder.path(), "exec sh -c \"$*\"");
    let place = format!("{}/it's_%RAND%.sh", folder.path().display());
    let connection = block(&[string("host", "example.com"), string("script_path", &place)]);
    let inline = Value::list(
        Type::String,
        ["echo \"$0\" | wc -l", "printf 'a\\r\\nb'", "exit 3"].map(Value::string).to_vec(),
    );
    let (lines, faults) = run("remote-exec", &ssh, &[("inline", inline)], &connection).await;
    assert_eq!(lines, ["Connecting to example.com via SSH as root...", "Connected!", "1", "a", "b"]);
    assert_eq!(faults, ["The script ended with exit code 3."]);

    let own = folder.path().join("own");
    std::fs::write(&own, "echo mine").unwrap();
    let scripts = Value::list(Type::String, vec![Value::string(own.to_str().unwrap()); 2]);
    let (lines, faults) = run("remote-exec", &ssh, &[("scripts", scripts)], &connection).await;
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(lines[2..], ["mine", "mine"]);
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2, "no script stays behind");
}

#[tokio::test]
async fn files_and_folders_are_put_there() {
    let folder = tempfile::tempdir().unwrap();
    let ssh = pretender(folder.path(), "exec sh -c \"$*\"");
    let connection = block(&[string("host", "h")]);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let content = [string("content", "hello"), string("destination", &at("it's there"))];
    assert!(run("file", &ssh, &content, &connection).await.1.is_empty());
    assert_eq!(std::fs::read_to_string(at("it's there")).unwrap(), "hello");

    std::fs::create_dir_all(at("source/deep")).unwrap();
    std::fs::write(at("source/deep/file"), "x").unwrap();
    for (source, result) in [("source", "whole/source/deep/file"), ("source/", "inside/deep/file")] {
        let target = at(result.split('/').next().unwrap());
        let given = [string("source", &at(source)), string("destination", &target)];
        let (_, faults) = run("file", &ssh, &given, &connection).await;
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(std::fs::read_to_string(at(result)).unwrap(), "x");
    }
    let nowhere = [string("content", "x"), string("destination", "/no/such/place")];
    assert!(
        run("file", &ssh, &nowhere, &connection).await.1[0]
            .starts_with("Writing there failed with exit code")
    );
}

#[tokio::test]
async fn a_machine_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ssh = pretender(folder.path(), "echo 'no route to host' >&2; exit 255");
    let connection = block(&[string("host", "h"), string("timeout", "1s")]);
    let given = [string("content", "x"), string("destination", "/tmp/x")];
    let (_, faults) = run("file", &ssh, &given, &connection).await;
    assert_eq!(faults, ["h could not be reached within 1 s: no route to host."]);
    let (_, faults) = run("file", Path::new("/no/ssh"), &given, &connection).await;
    assert!(faults[0].contains("/no/ssh cannot be run"), "{faults:?}");
}

#[tokio::test]
async fn what_cannot_be_connected_to_is_told_before_anything_is_tried() {
    for (given, message) in [
        (vec![string("type", "winrm")], "\"winrm\" are not made"),
        (vec![string("target_platform", "windows")], "\"unix\""),
        (vec![string("proxy_host", "p")], "\"bastion_host\" is another way"),
        (vec![string("user", "me\nProxyCommand evil")], "no name of a user"),
        (vec![string("bastion_host", "-oProxyCommand=evil")], "no name of a host"),
        (vec![("port", Value::count(70_000))], "no port"),
        (vec![string("private_key", "~/.ssh/id_ed25519")], "\"private_key\" holds no private key"),
        (
            vec![string("private_key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n")],
            "protected by a passphrase",
        ),
        (
            // "openssh-key-v1", and then the name of a cipher.
            vec![string(
                "private_key",
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI=\n",
            )],
            "protected by a passphrase",
        ),
    ] {
        let mut given = given;
        given.push(string("host", "h"));
        let value = block(&given);
        let Err(refused) = Connection::of(Arguments(&value)) else { panic!("{message}") };
        assert!(refused.contains(message), "{refused}");
    }
    let nothing = Value::null(Type::Dynamic);
    let (_, faults) =
        run("file", Path::new("ssh"), &[string("content", ""), string("destination", "x")], &nothing).await;
    assert!(faults[0].contains("no \"connection\" block"), "{faults:?}");
}

/// The real program reads what is written for it.
#[test]
fn the_real_client_understands_the_configuration() {
    if Command::new("ssh").arg("-V").output().is_err() {
        eprintln!("SKIPPED: there is no ssh on this machine");
        return;
    }
    let given = [
        string("host", "2001:db8::1"),
        string("user", "deploy"),
        ("port", Value::count(2222)),
        string("password", "it's secret"),
        string("private_key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"),
        string("host_key", "ssh-ed25519 AAAA"),
        string("bastion_host", "gate.example.com"),
        string("bastion_user", "guard"),
        ("bastion_port", Value::count(22)),
        ("agent", Value::bool(false)),
    ];
    let value = block(&given);
    let session = Session::new("ssh".as_ref(), Connection::of(Arguments(&value)).unwrap()).unwrap();
    let folder = session.folder.path();
    let said = |host: &str| {
        let config = folder.join("config");
        let output = Command::new("ssh").args(["-G", "-F"]).arg(config).arg(host).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let target = said("target");
    let key = format!("identityfile {}", folder.join("target.key").display());
    for line in [
        "hostname 2001:db8::1",
        "port 2222",
        "user deploy",
        "proxyjump bastion",
        "stricthostkeychecking true",
        "hostkeyalias target",
        &format!("controlpath {}", folder.join("way").display()),
        "identityagent none",
        &key,
    ] {
        assert!(target.lines().any(|known| known == line), "{line} in\n{target}");
    }
    let bastion = said("bastion");
    for line in ["hostname gate.example.com", "port 22", "user guard", "stricthostkeychecking false"] {
        assert!(bastion.lines().any(|known| known == line), "{line} in\n{bastion}");
    }
    let ask = |prompt: &str| {
        let output = Command::new(folder.join("ask")).arg(prompt).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(ask("deploy@2001:db8::1's password: "), "it's secret\n");
    assert_eq!(ask("guard@gate.example.com's password: "), "it's secret\n");
    for file in ["target.key", "target.password", "config"] {
        let mode = std::fs::metadata(folder.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file} is for this user only");
    }
}
