//! Credentials for servers, from the places where Terraform looks for them: the environment, the CLI configuration,
//! saved logins, and `.netrc`. A token leaves this file only towards its server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use url::Url;

use crate::diag::{Diagnostic, Diagnostics};

/// What the CLI configuration and the environment say about servers.
#[derive(Default)]
pub struct CliConfiguration {
    tokens: BTreeMap<String, Secret>,
    /// Services of hosts that need no discovery: host, service, address.
    services: BTreeMap<String, BTreeMap<String, String>>,
    logins: Vec<Login>,
}

/// A text that is never printed.
struct Secret(String);

/// An entry of `.netrc`.
struct Login {
    /// None for the default entry.
    machine: Option<String>,
    user: String,
    password: Secret,
}

const TOKEN: &str = "TF_TOKEN_";

impl CliConfiguration {
    /// Reads the environment and a home directory. What cannot be read is reported and left out.
    pub fn read(
        environment: &[(String, String)],
        home: Option<&Path>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut found = Self::default();
        let variable = |name: &str| {
            environment
                .iter()
                .find(|(known, value)| known == name && !value.is_empty())
                .map(|(_, value)| value)
        };
        let folder = home.map(|home| home.join(".terraform.d"));
        let saved = folder.as_ref().map(|folder| folder.join("credentials.tfrc.json"));
        let named = variable("TF_CLI_CONFIG_FILE").or(variable("TERRAFORM_CONFIG"));
        let main = named.map(PathBuf::from).or_else(|| home.map(|home| home.join(".terraformrc")));
        // Later ones win: saved logins, the files of the directory, the main file, the environment.
        found.read_file(saved.as_deref(), false, diagnostics);
        if named.is_none() {
            for file in folder.as_deref().map(more_files).unwrap_or_default() {
                found.read_file(Some(&file), false, diagnostics);
            }
        }
        found.read_file(main.as_deref(), named.is_some(), diagnostics);
        for (name, value) in environment.iter().filter(|(_, value)| !value.is_empty()) {
            if let Some(host) = name.strip_prefix(TOKEN) {
                let host = host.replace("__", "-").replace('_', ".");
                found.tokens.insert(normal(&host), Secret(value.clone()));
            }
        }
        let netrc = variable("NETRC").map(PathBuf::from).or_else(|| home.map(|home| home.join(".netrc")));
        let netrc = netrc.and_then(|path| std::fs::read_to_string(path).ok());
        found.logins = netrc.as_deref().map(logins).unwrap_or_default();
        found
    }

    /// The token of a host, as the value of the authorization header.
    pub(super) fn authorization(&self, host: &str) -> Option<String> {
        self.tokens.get(&normal(host)).map(|token| format!("Bearer {}", token.0))
    }

    /// The configured address of a service. If the configuration mentions a host at all, the host itself is not asked.
    pub(super) fn service(&self, host: &str, service: &str) -> Option<Option<&str>> {
        Some(self.services.get(&normal(host))?.get(service).map(String::as_str))
    }

    /// An address with the login that `.netrc` has for it, unless it has one itself.
    pub(super) fn with_login(&self, address: &Url) -> Url {
        let mut address = address.clone();
        let host = address.host_str().map(str::to_owned);
        let fits = |login: &&Login| login.machine.is_none() || login.machine == host;
        if let Some(login) = self.logins.iter().find(fits)
            && address.username().is_empty()
        {
            // A percent sign would be taken for an escape. Both calls can fail only for addresses without a host.
            let escaped = |text: &str| text.replace('%', "%25");
            address.set_username(&escaped(&login.user)).unwrap_or_default();
            address.set_password(Some(&escaped(&login.password.0))).unwrap_or_default();
        }
        address
    }

    fn read_file(&mut self, file: Option<&Path>, required: bool, diagnostics: &mut Diagnostics) {
        let Some(file) = file else { return };
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => return,
            Err(error) => {
                let why =
                    format!("Reading {} failed, so what it says is not heeded: {error}.", file.display());
                return diagnostics.push(Diagnostic::warning("CLI configuration cannot be read", why));
            }
        };
        let json = file.extension().is_some_and(|extension| extension == "json");
        let read = if json { self.read_json(&text) } else { self.read_hcl(&text) };
        if let Err(place) = read {
            // The text with the error is not shown: it might be next to a token.
            let why = format!("{} has a syntax error{place}, so what it says is not heeded.", file.display());
            diagnostics.push(Diagnostic::warning("CLI configuration cannot be read", why));
        }
    }

    fn read_hcl(&mut self, text: &str) -> Result<(), String> {
        let body = hcl::parse(text).map_err(|error| match error {
            hcl::Error::Parse(error) => format!(" in line {}", error.location().line()),
            _ => String::new(),
        })?;
        for block in body.blocks() {
            let Some(host) = block.labels.first() else { continue };
            match block.identifier.as_str() {
                "credentials" => {
                    let token = block.body.attributes().find(|attribute| attribute.key.as_str() == "token");
                    if let Some(hcl::Expression::String(token)) = token.map(|attribute| &attribute.expr) {
                        self.tokens.insert(normal(host.as_str()), Secret(token.clone()));
                    }
                }
                "host" => {
                    let services = self.services.entry(normal(host.as_str())).or_default();
                    let given =
                        block.body.attributes().find(|attribute| attribute.key.as_str() == "services");
                    let Some(hcl::Expression::Object(object)) = given.map(|attribute| &attribute.expr) else {
                        continue;
                    };
                    for (key, value) in object {
                        if let hcl::Expression::String(address) = value {
                            services.insert(key_text(key), address.clone());
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_json(&mut self, text: &str) -> Result<(), String> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| format!(" in line {}", error.line()))?;
        let hosts = value.get("credentials").and_then(serde_json::Value::as_object);
        for (host, entry) in hosts.into_iter().flatten() {
            if let Some(token) = entry.get("token").and_then(serde_json::Value::as_str) {
                self.tokens.insert(normal(host), Secret(token.to_owned()));
            }
        }
        Ok(())
    }
}

fn key_text(key: &hcl::ObjectKey) -> String {
    match key {
        hcl::ObjectKey::Identifier(name) => name.as_str().to_owned(),
        hcl::ObjectKey::Expression(hcl::Expression::String(text)) => text.clone(),
        other => other.to_string(),
    }
}

/// The additional files of the directory, in order.
fn more_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let counts = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".tfrc") || name.ends_with(".tfrc.json") && name != "credentials.tfrc.json"
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(counts).collect();
    files.sort();
    files
}

/// Normalises a host name: lower case, and punycode.
fn normal(host: &str) -> String {
    match Url::parse(&format!("https://{host}/")) {
        Ok(url) => {
            let name = url.host_str().unwrap_or(host).to_owned();
            url.port().map_or(name.clone(), |port| format!("{name}:{port}"))
        }
        Err(_) => host.to_lowercase(),
    }
}

fn logins(text: &str) -> Vec<Login> {
    let mut logins: Vec<Login> = Vec::new();
    let mut words =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(str::split_whitespace);
    while let Some(word) = words.next() {
        let fresh = |machine| Login { machine, user: String::new(), password: Secret(String::new()) };
        match (word, logins.last_mut()) {
            ("machine", _) => logins.push(fresh(words.next().map(str::to_owned))),
            ("default", _) => logins.push(fresh(None)),
            ("login", Some(login)) => login.user = words.next().unwrap_or_default().to_owned(),
            ("password", Some(login)) => login.password.0 = words.next().unwrap_or_default().to_owned(),
            _ => {}
        }
    }
    logins.retain(|login| !login.user.is_empty());
    logins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_from_the_environment_and_from_files() {
        let home = tempfile::tempdir().unwrap();
        let rc = "credentials \"A.example.com\" {\n  token = \"file\"\n}\n\
                  credentials \"b.example.com\" { token = \"file\" }\n\
                  host \"c.example.com\" {\n  services = { \"modules.v1\" = \"http://127.0.0.1:1/m/\" }\n}\n";
        std::fs::write(home.path().join(".terraformrc"), rc).unwrap();
        std::fs::create_dir(home.path().join(".terraform.d")).unwrap();
        let saved = "{\"credentials\":{\"d.example.com\":{\"token\":\"saved\"},\"b.example.com\":{\"token\":\"saved\"}}}";
        std::fs::write(home.path().join(".terraform.d/credentials.tfrc.json"), saved).unwrap();
        let environment = [
            ("TF_TOKEN_b_example_com".to_owned(), "environment".to_owned()),
            ("TF_TOKEN_my__registry_example_com".to_owned(), "dashes".to_owned()),
            ("TF_TOKEN_xn__xmpl__5qa_com".to_owned(), "umlaut".to_owned()),
        ];
        let mut diagnostics = Diagnostics::new();
        let read = CliConfiguration::read(&environment, Some(home.path()), &mut diagnostics);
        assert!(diagnostics.is_empty());
        let token = |host: &str| read.authorization(host);
        assert_eq!(token("a.example.com").as_deref(), Some("Bearer file"));
        assert_eq!(token("b.example.com").as_deref(), Some("Bearer environment"));
        assert_eq!(token("my-registry.example.com").as_deref(), Some("Bearer dashes"));
        assert_eq!(token("d.example.com").as_deref(), Some("Bearer saved"));
        assert_eq!(token("e.example.com"), None);
        assert_eq!(read.service("c.example.com", "modules.v1"), Some(Some("http://127.0.0.1:1/m/")));
        assert_eq!(read.service("c.example.com", "other"), Some(None));
        assert_eq!(read.service("a.example.com", "modules.v1"), None);
    }

    #[test]
    fn a_broken_file_is_named_without_what_is_in_it() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(".terraformrc"), "credentials \"a.b\" {\n  token = \"geheim\n}\n")
            .unwrap();
        let mut diagnostics = Diagnostics::new();
        CliConfiguration::read(&[], Some(home.path()), &mut diagnostics);
        let warning = diagnostics.iter().next().unwrap();
        assert!(warning.detail.contains("in line"), "{}", warning.detail);
        assert!(!warning.detail.contains("geheim"));
    }

    #[test]
    fn logins_are_taken_from_netrc() {
        let mut settings =
            CliConfiguration { logins: logins("machine a login u password p%\n"), ..Default::default() };
        let with =
            |settings: &CliConfiguration, url: &str| settings.with_login(&url.parse().unwrap()).to_string();
        assert_eq!(with(&settings, "https://a/x"), "https://u:p%25@a/x");
        assert_eq!(with(&settings, "https://b/x"), "https://b/x");
        assert_eq!(with(&settings, "https://me@a/x"), "https://me@a/x");
        settings.logins.extend(logins("default login d password e"));
        assert_eq!(with(&settings, "https://b/x"), "https://d:e@b/x");
    }
}
