//! The content of a `connection` block, and the configuration made from it.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{key, quoted};
use crate::eval::functions::parse_wait;
use crate::provision::arguments::Arguments;

pub(in crate::provision) struct Connection<'a> {
    pub(in crate::provision) host: &'a str,
    pub(in crate::provision) user: &'a str,
    /// Where scripts are put, with `%RAND%` for a number.
    pub(in crate::provision) script_path: &'a str,
    pub(super) patience: Duration,
    target: Hop<'a>,
    bastion: Option<Hop<'a>>,
    agent: bool,
    agent_identity: Option<&'a str>,
}

/// The socket of a shared connection.
pub(super) fn way(folder: &Path) -> PathBuf {
    folder.join("way")
}

/// One machine on the way.
struct Hop<'a> {
    host: &'a str,
    port: u16,
    user: &'a str,
    password: Option<&'a str>,
    private_key: Option<String>,
    certificate: Option<&'a str>,
    host_key: Option<&'a str>,
}

const PATIENCE: Duration = Duration::from_secs(300);

impl<'a> Connection<'a> {
    pub(in crate::provision) fn of(arguments: Arguments<'a>) -> Result<Self, String> {
        let text = |name: &str| arguments.text(name).filter(|text| !text.is_empty());
        match text("type") {
            None | Some("ssh") => {}
            Some("winrm") => {
                return Err("Connections of type \"winrm\" are not made, only those of type \"ssh\".".into());
            }
            Some(other) => {
                return Err(format!("There is no type \"{other}\" of connections; \"ssh\" is one."));
            }
        }
        if text("target_platform").is_some_and(|platform| platform != "unix") {
            return Err("Only machines with \"target_platform\" \"unix\" can be provisioned.".into());
        }
        if text("proxy_host").is_some() {
            return Err(
                "Connections through \"proxy_host\" are not made; \"bastion_host\" is another way.".into()
            );
        }
        let key = |name: &str| text(name).map(|key| key::readable(name, key)).transpose();
        let target = Hop {
            host: text("host").ok_or("\"host\" is empty.")?,
            port: port(arguments, "port")?.unwrap_or(22),
            user: text("user").unwrap_or("root"),
            password: text("password"),
            private_key: key("private_key")?,
            certificate: text("certificate"),
            host_key: text("host_key"),
        };
        let bastion = match text("bastion_host") {
            Some(host) => Some(Hop {
                host,
                port: port(arguments, "bastion_port")?.unwrap_or(target.port),
                user: text("bastion_user").unwrap_or(target.user),
                password: text("bastion_password").or(target.password),
                private_key: key("bastion_private_key")?.or_else(|| target.private_key.clone()),
                certificate: text("bastion_certificate").or(target.certificate),
                host_key: text("bastion_host_key"),
            }),
            None => None,
        };
        for hop in [Some(&target), bastion.as_ref()].into_iter().flatten() {
            hop.check()?;
        }
        Ok(Self {
            host: target.host,
            user: target.user,
            script_path: text("script_path").unwrap_or("/tmp/terraform_%RAND%.sh"),
            patience: text("timeout").and_then(parse_wait).unwrap_or(PATIENCE),
            agent: arguments.flag("agent").unwrap_or(true),
            agent_identity: text("agent_identity"),
            target,
            bastion,
        })
    }

    /// Writes everything that the program needs into a folder.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut config = String::new();
        self.target.write(folder, "target", self, &mut config)?;
        let way = way(folder).display().to_string().replace('%', "%%");
        let _ = writeln!(config, "  ControlPath \"{way}\"");
        if self.bastion.is_some() {
            config.push_str("  ProxyJump bastion\n");
        }
        let mut passwords = String::from("#!/bin/sh\ncase \"$1\" in\n");
        if let Some(bastion) = &self.bastion {
            bastion.write(folder, "bastion", self, &mut config)?;
            let (user, host) = (bastion.user, bastion.host);
            let file = folder.join("bastion.password");
            let _ = writeln!(passwords, "*'{user}@{host}'*) cat {};;", quoted(&file.to_string_lossy()));
        }
        let file = folder.join("target.password");
        let _ = writeln!(passwords, "*) cat {};;\nesac", quoted(&file.to_string_lossy()));
        secret(&folder.join("config"), &config, 0o600)?;
        secret(&folder.join("ask"), &passwords, 0o700)
    }

    /// The environment by which the program gets passwords without a terminal.
    pub(super) fn environment(&self, folder: &Path) -> [(&'static str, PathBuf); 3] {
        [
            ("SSH_ASKPASS", folder.join("ask")),
            ("SSH_ASKPASS_REQUIRE", "force".into()),
            ("DISPLAY", ":".into()),
        ]
    }
}

impl Hop<'_> {
    /// Refuses host and user names that would have a meaning in a configuration file or to a shell.
    fn check(&self) -> Result<(), String> {
        let plain = |text: &str| {
            let allowed = |c: char| c.is_alphanumeric() || "._-:%@+\\$[]".contains(c);
            !text.starts_with('-') && text.chars().all(allowed)
        };
        match (plain(self.host), plain(self.user)) {
            (true, true) => Ok(()),
            (false, _) => Err(format!("{:?} is no name of a host.", self.host)),
            (true, false) => Err(format!("{:?} is no name of a user.", self.user)),
        }
    }

    fn write(
        &self,
        folder: &Path,
        name: &str,
        whole: &Connection<'_>,
        config: &mut String,
    ) -> io::Result<()> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']').replace('%', "%%");
        let mut say = |line: &str| {
            config.push_str(line);
            config.push('\n');
        };
        say(&format!("Host {name}"));
        say(&format!("  HostName {host}"));
        say(&format!("  Port {}", self.port));
        say(&format!("  User {}", self.user));
        say("  LogLevel ERROR");
        say("  ServerAliveInterval 15");
        say("  ConnectTimeout 30");
        say("  GlobalKnownHostsFile /dev/null");
        let file = |kind: &str| folder.join(format!("{name}.{kind}"));
        if let Some(key) = self.host_key {
            // Nothing says whether a key is the host's own or that of its certificate authority.
            let key = key.trim();
            secret(&file("known"), &format!("{name} {key}\n@cert-authority {name} {key}\n"), 0o600)?;
            say(&format!("  HostKeyAlias {name}"));
            say(&format!("  UserKnownHostsFile \"{}\"", file("known").display()));
            say("  StrictHostKeyChecking yes");
        } else {
            say("  UserKnownHostsFile /dev/null");
            say("  StrictHostKeyChecking no");
        }
        if let Some(key) = &self.private_key {
            secret(&file("key"), key, 0o600)?;
            say(&format!("  IdentityFile \"{}\"", file("key").display()));
        } else if let Some(identity) = whole.agent_identity.filter(|identity| !identity.contains(['"', '\n']))
        {
            say(&format!("  IdentityFile \"{identity}\""));
        } else {
            say("  IdentityFile none");
        }
        if let Some(certificate) = self.certificate {
            secret(&file("certificate"), &format!("{}\n", certificate.trim_end()), 0o600)?;
            say(&format!("  CertificateFile \"{}\"", file("certificate").display()));
        }
        if !whole.agent {
            say("  IdentityAgent none");
        }
        match self.password {
            Some(password) => {
                secret(&file("password"), &format!("{password}\n"), 0o600)?;
                say("  NumberOfPasswordPrompts 1");
                say("  PreferredAuthentications publickey,password,keyboard-interactive");
            }
            None => say("  BatchMode yes"),
        }
        Ok(())
    }
}

fn port(arguments: Arguments<'_>, name: &str) -> Result<Option<u16>, String> {
    match arguments.number(name) {
        None | Some(0) => Ok(None),
        Some(number) => match u16::try_from(number) {
            Ok(port) => Ok(Some(port)),
            Err(_) => Err(format!("{number} is no port.")),
        },
    }
}

/// Creates a file that only this user can ever read.
fn secret(place: &Path, content: &str, mode: u32) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    io::Write::write_all(&mut options.open(place)?, content.as_bytes())
}
