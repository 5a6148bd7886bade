//! Git repositories, through the `git` program: without a shell, and without prompts.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use url::Url;

use super::fault::{FetchError, shown};

/// Variables that would redirect git when Terrace runs inside a hook or another git.
const NOT_INHERITED: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

/// Never prompts, and notices a server that is gone.
const SSH: &str = "ssh -o BatchMode=yes -o ServerAliveInterval=15 -o ServerAliveCountMax=4";

/// A repository that a source names, with our own parameters.
struct Repository {
    address: String,
    reference: Option<String>,
    depth: Option<u32>,
    /// A private key, given in the source itself.
    key: Option<Vec<u8>>,
}

/// Clones a repository into a directory that does not exist yet.
pub(super) fn fetch(address: &str, into: &Path) -> Result<(), FetchError> {
    let repository = Repository::parse(address)?;
    let key_file = repository.key.as_deref().map(write_key).transpose()?;
    let git = Git {
        shell: secure_shell(key_file.as_ref().map(tempfile::NamedTempFile::path)),
        address: &repository.address,
    };
    match (&repository.reference, repository.depth) {
        // A shallow clone can only start at a name; a commit is fetched by itself.
        (Some(reference), Some(depth)) if looks_like_commit(reference) => {
            git.run("make a repository", None, ["init", "--quiet", "--"], Some(into))?;
            let depth = depth.to_string();
            let fetch = ["fetch", "--quiet", "--depth", &depth, "--", &repository.address, reference];
            git.run("fetch the commit", Some(into), fetch, None)?;
            git.check_out(into, "FETCH_HEAD")?;
        }
        (reference, Some(depth)) => {
            let depth = depth.to_string();
            let mut arguments = vec!["clone", "--quiet", "--depth", &depth];
            arguments.extend(reference.iter().flat_map(|name| ["--branch", name.as_str()]));
            arguments.extend(["--", &repository.address]);
            git.run("clone the repository", None, arguments, Some(into))?;
        }
        (None, None) => git.clone_all(&[], into)?,
        (Some(reference), None) => {
            git.clone_all(&["--no-checkout"], into)?;
            let commit = git.commit(into, reference)?;
            git.check_out(into, &commit)?;
        }
    }
    if into.join(".gitmodules").exists() {
        let depth = repository.depth.map(|depth| depth.to_string());
        let mut arguments = vec!["submodule", "--quiet", "update", "--init", "--recursive"];
        arguments.extend(depth.iter().flat_map(|depth| ["--depth", depth.as_str()]));
        git.run("fetch the submodules", Some(into), arguments, None)?;
    }
    Ok(())
}

impl Repository {
    fn parse(text: &str) -> Result<Self, FetchError> {
        let fault = |why: &str| FetchError::Address { address: shown(text), why: why.to_owned() };
        let mut url = Url::parse(text).map_err(|error| match (error, text.split_once("://")) {
            (url::ParseError::InvalidPort, Some(("ssh", rest))) => fault(&format!(
                "what follows the colon would be a port; write git::{rest} where it is a path"
            )),
            _ => fault(&error.to_string()),
        })?;
        if !matches!(url.scheme(), "https" | "http" | "ssh" | "git" | "file" | "git+ssh" | "ssh+git") {
            return Err(fault("repositories are fetched over https, http, ssh, git and file"));
        }
        let mut repository = Self { address: String::new(), reference: None, depth: None, key: None };
        let mut others = Vec::new();
        for (name, value) in url.query_pairs() {
            match &*name {
                "ref" if !value.is_empty() => repository.reference = Some(value.into_owned()),
                "depth" => repository.depth = value.parse().ok().filter(|depth| *depth > 0),
                "sshkey" if !value.is_empty() => {
                    let key = base64::Engine::decode(
                        &base64::engine::general_purpose::STANDARD,
                        value.replace(' ', "+"),
                    );
                    repository.key = Some(key.map_err(|_| fault("its sshkey is not Base64"))?);
                }
                "ref" | "sshkey" => {}
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        if repository.reference.as_ref().is_some_and(|reference| reference.starts_with('-')) {
            return Err(fault("a ref cannot start with a dash"));
        }
        match others.is_empty() {
            true => url.set_query(None),
            false => {
                url.query_pairs_mut().clear().extend_pairs(others);
            }
        }
        repository.address = url.into();
        Ok(repository)
    }
}

/// How to run git for one repository.
struct Git<'a> {
    /// The SSH command.
    shell: Option<String>,
    address: &'a str,
}

impl Git<'_> {
    /// Clones all commits, but only the files that are checked out, if the server supports that.
    fn clone_all(&self, how: &[&str], into: &Path) -> Result<(), FetchError> {
        let mut arguments = vec!["clone", "--quiet", "--filter=blob:none"];
        arguments.extend(how);
        arguments.extend(["--", self.address]);
        self.run("clone the repository", None, arguments, Some(into)).map(drop)
    }

    /// The commit that a name stands for: a branch, a tag, a commit, or anything else the server resolves.
    fn commit(&self, repository: &Path, reference: &str) -> Result<String, FetchError> {
        let resolve = |name: &str| {
            let name = format!("{name}^{{commit}}");
            let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &name];
            self.run("find the ref", Some(repository), arguments, None).ok()
        };
        let names = [reference.to_owned(), format!("refs/remotes/origin/{reference}")];
        if let Some(commit) = names.iter().find_map(|name| resolve(name)) {
            return Ok(commit);
        }
        let fetch = ["fetch", "--quiet", "origin", "--", reference];
        self.run(&format!("find the ref \"{reference}\""), Some(repository), fetch, None)?;
        let absent = || FetchError::Git {
            doing: format!("find the ref \"{reference}\""),
            said: "there is none".into(),
        };
        resolve("FETCH_HEAD").ok_or_else(absent)
    }

    fn check_out(&self, repository: &Path, commit: &str) -> Result<(), FetchError> {
        let arguments = ["checkout", "--quiet", "--detach", commit];
        self.run("check out the ref", Some(repository), arguments, None).map(drop)
    }

    /// Runs git and returns its standard output.
    fn run<A: AsRef<OsStr>>(
        &self,
        doing: &str,
        inside: Option<&Path>,
        arguments: impl IntoIterator<Item = A>,
        last: Option<&Path>,
    ) -> Result<String, FetchError> {
        let mut command = Command::new("git");
        // Ends a transfer that has stalled, or that would wait for input.
        command.args([
            "-c",
            "http.lowSpeedLimit=1",
            "-c",
            "http.lowSpeedTime=60",
            "-c",
            "advice.detachedHead=false",
        ]);
        command
            .args(arguments)
            .args(last)
            .stdin(Stdio::null())
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C");
        for name in NOT_INHERITED {
            command.env_remove(name);
        }
        if let Some(shell) = &self.shell {
            command.env("GIT_SSH_COMMAND", shell);
        }
        if let Some(inside) = inside {
            command.current_dir(inside);
        }
        let output = command.output().map_err(FetchError::GitMissing)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Err(FetchError::Git { doing: doing.to_owned(), said: self.said(&output.stderr) })
    }

    /// Git's error output in one line, without secrets.
    fn said(&self, output: &[u8]) -> String {
        let text = String::from_utf8_lossy(output).replace(self.address, &shown(self.address));
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut lines: Vec<&str> = lines.filter(|line| !line.starts_with("Cloning into")).collect();
        lines.drain(..lines.len().saturating_sub(4));
        let said: Vec<&str> =
            lines.iter().map(|line| line.trim_start_matches("fatal: ").trim_end_matches('.')).collect();
        if said.is_empty() { "it did not say why".to_owned() } else { said.join("; ") }
    }
}

/// The SSH command for git: the user's own, or the usual program without prompts.
fn secure_shell(key: Option<&Path>) -> Option<String> {
    let set = std::env::var("GIT_SSH_COMMAND").ok().filter(|command| !command.is_empty());
    if let Some(key) = key {
        let program = set.unwrap_or_else(|| SSH.to_owned());
        let path = key.to_string_lossy().replace('\'', "'\\''");
        return Some(format!("{program} -i '{path}' -o IdentitiesOnly=yes"));
    }
    let configured = || {
        let output =
            Command::new("git").args(["config", "--get", "core.sshCommand"]).stdin(Stdio::null()).output();
        output.is_ok_and(|output| output.status.success())
    };
    let own = set.is_some() || std::env::var_os("GIT_SSH").is_some() || configured();
    (!own).then(|| format!("{SSH} -o ConnectTimeout=30"))
}

/// Writes a private key to a file for SSH, readable only by its owner and deleted when dropped.
fn write_key(key: &[u8]) -> Result<tempfile::NamedTempFile, FetchError> {
    let folder = std::env::temp_dir();
    let written = tempfile::NamedTempFile::new().and_then(|mut file| file.write_all(key).map(|()| file));
    written.map_err(FetchError::files("writing a key into", &folder))
}

fn looks_like_commit(reference: &str) -> bool {
    (7..=64).contains(&reference.len()) && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}
