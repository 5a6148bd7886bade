//! `remote-exec` and `file` on a real server, with keys, hosts and ways that are right and wrong.

use std::fmt::Write;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support;

/// A server for whoever runs this test, who gets in with one key.
struct Server {
    folder: tempfile::TempDir,
    port: u16,
    running: Child,
}

impl Server {
    fn key(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// What stands in a project before its resources.
    fn connection(&self, more: &str) -> String {
        let given = |name: &str| more.lines().any(|line| line.trim_start().starts_with(&format!("{name} ")));
        let mut block = format!(
            "  connection {{\n    host = \"127.0.0.1\"\n    port = {}\n    user = \"{}\"\n    agent = false\n",
            self.port,
            user()
        );
        if !given("private_key") {
            let _ =
                writeln!(block, "    private_key = file(\"{}\")", self.folder.path().join("own").display());
        }
        if !given("host_key") {
            let _ = writeln!(block, "    host_key = \"{}\"", self.key("host.pub").trim());
        }
        if !given("timeout") {
            block.push_str("    timeout = \"20s\"\n");
        }
        block + more + "\n  }\n"
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

fn user() -> String {
    nix::unistd::User::from_uid(nix::unistd::geteuid()).unwrap().unwrap().name
}

/// Starts a server; the error says why there is none.
fn server() -> Result<Server, String> {
    let places = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&places).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let program = folders.map(|folder| folder.join("sshd")).find(|place| place.is_file());
    let program = program.ok_or("there is no sshd on this machine")?;
    if Command::new("ssh").arg("-V").output().is_err() {
        return Err("there is no ssh on this machine".into());
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    for name in ["host", "own", "other"] {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", &at(name)])
            .status();
        if !made.is_ok_and(|made| made.success()) {
            return Err("ssh-keygen does not work here".into());
        }
    }
    std::fs::copy(at("own.pub"), at("authorized")).unwrap();
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {} {}\nPidFile none\nStrictModes no\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n\
         AllowTcpForwarding yes\nMaxStartups 100\n",
        at("host"),
        at("authorized"),
        at("authorized.more"),
    );
    std::fs::write(at("config"), config).unwrap();
    // For root it keeps a part of itself in an empty folder, which a system that has not started it has not made.
    if nix::unistd::geteuid().is_root() {
        let _ = std::fs::create_dir_all("/run/sshd");
    }
    let running = Command::new(program)
        .args(["-D", "-e", "-f", &at("config")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| format!("sshd cannot be started: {why}"))?;
    let mut server = Server { folder, port, running };
    let from = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if let Ok(Some(_)) = server.running.try_wait() {
            let mut said = String::new();
            let _ = server.running.stderr.take().unwrap().read_to_string(&mut said);
            return Err(format!("sshd does not start: {said}"));
        }
        assert!(from.elapsed() < Duration::from_secs(20), "sshd does not answer");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(server)
}

/// A server, or a word about why this test looks at nothing.
macro_rules! server_or_skip {
    () => {
        match server() {
            Ok(server) => server,
            Err(why) => return support::skipped("provisioning over ssh", &why),
        }
    };
}

fn project(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), text).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    support::terrace(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Without the lines' ends and what stands at their beginnings.
fn unwrapped(output: &Output) -> String {
    let text = text(output);
    text.split_whitespace().filter(|word| !["│", "|"].contains(word)).collect::<Vec<_>>().join(" ")
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

#[test]
fn scripts_and_files_of_all_kinds_get_to_a_real_server() {
    let server = server_or_skip!();
    let there = tempfile::tempdir().unwrap();
    let at = there.path().display();
    let folder = project("");
    std::fs::create_dir_all(folder.path().join("tree/deep")).unwrap();
    std::fs::write(folder.path().join("tree/deep/leaf"), "leaf").unwrap();
    std::fs::write(folder.path().join("script.sh"), format!("echo from a file; pwd > {at}/pwd\n")).unwrap();
    let large: Vec<u8> =
        (0..5_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    std::fs::write(folder.path().join("large"), &large).unwrap();
    let main = format!(
        r#"
resource "terraform_data" "machine" {{
  input = "word it's"
{connection}
  provisioner "file" {{
    content     = "${{self.input}}\nümlaut $HOME `id` \\"
    destination = "{at}/it's a file"
  }}
  provisioner "file" {{
    source      = "large"
    destination = "{at}/large"
  }}
  provisioner "file" {{
    source      = "tree"
    destination = "{at}/whole"
  }}
  provisioner "file" {{
    source      = "tree/"
    destination = "{at}/inside"
  }}
  provisioner "remote-exec" {{
    inline = [
      "echo first: $(tty | cut -c 1-5)",
      "echo 'second $HOME' >&2",
      "cat < /dev/null; echo third > {at}/third",
    ]
  }}
  provisioner "remote-exec" {{ scripts = ["script.sh", "script.sh"] }}
  provisioner "remote-exec" {{
    when   = destroy
    inline = ["echo gone >> {at}/farewell"]
  }}
}}
"#,
        connection = server.connection("")
    );
    std::fs::write(folder.path().join("main.tf"), main).unwrap();
    let applied = run(folder.path(), &["apply", "-auto-approve"]);
    assert_eq!(applied.status.code(), Some(0), "{}", text(&applied));
    let said = text(&applied);
    for part in ["Connected!", "first: /dev/", "second $HOME", "from a file"] {
        assert!(said.contains(part), "{part} is missing: {said}");
    }
    assert_eq!(read(there.path(), "it's a file"), "word it's\nümlaut $HOME `id` \\");
    assert!(std::fs::read(there.path().join("large")).unwrap() == large, "it is the same to the last byte");
    assert_eq!(read(there.path(), "whole/tree/deep/leaf"), "leaf");
    assert_eq!(read(there.path(), "inside/deep/leaf"), "leaf");
    assert_eq!(read(there.path(), "third"), "third\n");
    assert!(!read(there.path(), "pwd").is_empty());

    let destroyed = run(folder.path(), &["destroy", "-auto-approve"]);
    assert_eq!(destroyed.status.code(), Some(0), "{}", text(&destroyed));
    assert_eq!(read(there.path(), "farewell"), "gone\n");
}

#[test]
fn keys_that_this_project_makes_open_a_real_server() {
    let server = server_or_skip!();
    let authorized = server.folder.path().join("authorized.more");
    let kinds = [
        ("rsa", "algorithm = \"RSA\"\n  rsa_bits = 2048", "private_key_pem"),
        ("ecdsa", "algorithm = \"ECDSA\"\n  ecdsa_curve = \"P256\"", "private_key_openssh"),
        ("ecdsa_pem", "algorithm = \"ECDSA\"\n  ecdsa_curve = \"P384\"", "private_key_pem"),
        ("ed25519", "algorithm = \"ED25519\"", "private_key_openssh"),
        ("ed25519_pem", "algorithm = \"ED25519\"", "private_key_pem"),
    ];
    let mut main = String::new();
    for (name, arguments, form) in kinds {
        let private = format!("    private_key = tls_private_key.{name}.{form}");
        let _ = write!(
            main,
            r#"
resource "tls_private_key" "{name}" {{
  {arguments}
}}
resource "terraform_data" "{name}" {{
  depends_on = [local_file.authorized]
{connection}
  provisioner "remote-exec" {{ inline = ["echo let in with {name}"] }}
}}
"#,
            connection = server.connection(&private)
        );
    }
    let keys: Vec<_> =
        kinds.iter().map(|kind| format!("tls_private_key.{}.public_key_openssh", kind.0)).collect();
    let _ = writeln!(
        main,
        "resource \"local_file\" \"authorized\" {{\n  filename = \"{}\"\n  content = join(\"\", [{}])\n}}",
        authorized.display(),
        keys.join(", ")
    );
    let folder = project(&main);
    let applied = run(folder.path(), &["apply", "-auto-approve"]);
    let said = text(&applied);
    for (name, ..) in kinds {
        assert!(said.contains(&format!("let in with {name}\n")), "{name}: {said}");
    }
    assert_eq!(applied.status.code(), Some(0), "{said}");
}

#[test]
fn through_a_bastion_the_server_is_reached_as_well() {
    let (bastion, server) = (server_or_skip!(), server_or_skip!());
    let there = tempfile::tempdir().unwrap();
    let way = |host_key: &str| {
        server.connection(&format!(
            "    bastion_host = \"127.0.0.1\"\n    bastion_port = {}\n    bastion_user = \"{}\"\n    bastion_private_key = \
             file(\"{}\")\n    bastion_host_key = \"{}\"\n    timeout = \"6s\"",
            bastion.port,
            user(),
            bastion.folder.path().join("own").display(),
            host_key.trim(),
        ))
    };
    let main = |way: &str| {
        format!(
            "resource \"terraform_data\" \"far\" {{\n{way}\n  provisioner \"file\" {{\n    content = \"far\"\n    \
             destination = \"{}/far\"\n  }}\n}}\n",
            there.path().display()
        )
    };
    // Somebody else stands where the bastion should be.
    let folder = project(&main(&way(&server.key("host.pub"))));
    let refused = run(folder.path(), &["apply", "-auto-approve"]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
    assert!(unwrapped(&refused).contains("Host key verification failed"), "{}", text(&refused));
    assert!(!there.path().join("far").exists());

    std::fs::write(folder.path().join("main.tf"), main(&way(&bastion.key("host.pub")))).unwrap();
    let applied = run(folder.path(), &["apply", "-auto-approve"]);
    assert_eq!(applied.status.code(), Some(0), "{}", text(&applied));
    assert_eq!(read(there.path(), "far"), "far");
}

#[test]
fn a_wrong_key_or_host_is_told_and_the_object_is_made_anew_once_it_is_right() {
    let server = server_or_skip!();
    let there = tempfile::tempdir().unwrap();
    let main = |more: &str| {
        format!(
            "resource \"terraform_data\" \"machine\" {{\n{}\n  provisioner \"remote-exec\" {{\n    inline = [\"touch \
             {}/been\"]\n  }}\n}}\n",
            server.connection(more),
            there.path().display()
        )
    };
    let patience = "    timeout = \"6s\"\n";
    let other = server.folder.path().join("other");
    let (wrong_key, wrong_host) = (
        format!("{patience}    private_key = file(\"{}\")", other.display()),
        format!("{patience}    host_key = \"{}\"", server.key("other.pub").trim()),
    );
    let folder = project("");
    for (more, message) in [(&wrong_key, "Permission denied"), (&wrong_host, "Host key verification failed")]
    {
        std::fs::write(folder.path().join("main.tf"), main(more)).unwrap();
        let refused = run(folder.path(), &["apply", "-auto-approve"]);
        assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
        let said = unwrapped(&refused);
        assert!(
            said.contains(message) && said.contains("127.0.0.1 could not be reached"),
            "{}",
            text(&refused)
        );
        assert!(!there.path().join("been").exists());
    }
    std::fs::write(folder.path().join("main.tf"), main("")).unwrap();
    let applied = run(folder.path(), &["apply", "-auto-approve"]);
    assert_eq!(applied.status.code(), Some(0), "{}", text(&applied));
    assert!(unwrapped(&applied).contains("1 added, 0 changed, 1 destroyed"), "{}", text(&applied));
    assert!(there.path().join("been").exists());
}

#[test]
fn what_a_script_fails_with_is_told_even_where_the_connection_is_lost() {
    let server = server_or_skip!();
    let main = |line: &str| {
        format!(
            "resource \"terraform_data\" \"machine\" {{\n{}\n  provisioner \"remote-exec\" {{\n    inline = [\"echo \
             begun\", \"{line}\"]\n  }}\n}}\n",
            server.connection("")
        )
    };
    for (line, message) in
        [("exit 7", "The script ended with exit code 7"), ("kill -9 $PPID", "the connection was lost")]
    {
        let folder = project(&main(line));
        let failed = run(folder.path(), &["apply", "-auto-approve"]);
        assert_eq!(failed.status.code(), Some(1), "{}", text(&failed));
        let said = unwrapped(&failed);
        assert!(said.contains("begun") && said.contains(message), "{}", text(&failed));
    }
}

#[test]
fn a_provisioner_says_only_what_is_different_about_its_connection() {
    let server = server_or_skip!();
    let right = format!("port = {}", server.port);
    let shared = server.connection("").replace(&right, "port = 1");
    let folder = project(&format!(
        "resource \"terraform_data\" \"machine\" {{\n{shared}\n  provisioner \"remote-exec\" {{\n    connection {{\n      \
         {right}\n    }}\n    inline = [\"echo here\"]\n  }}\n}}\n"
    ));
    let applied = run(folder.path(), &["apply", "-auto-approve"]);
    assert_eq!(applied.status.code(), Some(0), "{}", text(&applied));
    assert!(text(&applied).contains("(remote-exec): here"), "{}", text(&applied));
}
