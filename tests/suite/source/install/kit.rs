//! Projects, repositories and archives to try things on.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::support;

/// A directory with a project in it, and room beside it.
pub(super) struct Scene {
    scratch: tempfile::TempDir,
}

/// What a command said.
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Scene {
    pub(super) fn new(main: &str) -> Self {
        let scene = Self { scratch: tempfile::tempdir().unwrap() };
        std::fs::create_dir(scene.project()).unwrap();
        scene.write("main.tf", main);
        scene
    }

    pub(super) fn project(&self) -> PathBuf {
        self.scratch.path().join("project")
    }

    /// A path beside the project.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// Writes a file of the project.
    pub(super) fn write(&self, name: &str, text: &str) {
        write(&self.project().join(name), text);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.project().join(name).exists()
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = support::terrace(&self.project());
        command.args(arguments).env("HOME", self.scratch.path()).env("COLUMNS", "120");
        command.env_remove("NETRC").env("no_proxy", "127.0.0.1").env("NO_PROXY", "127.0.0.1");
        command
    }

    pub(super) fn terrace(&self, arguments: &[&str]) -> Said {
        said(&self.command(arguments).output().unwrap())
    }

    pub(super) fn init(&self) -> Said {
        self.terrace(&["init"])
    }

    /// What an expression is worth in the project.
    pub(super) fn value(&self, expression: &str) -> String {
        let output = support::feed(&mut self.command(&["console"]), expression);
        let said = said(&output);
        assert!(said.err.is_empty(), "{}", said.err);
        said.out.trim().to_owned()
    }

    /// The list of modules: key, source, version, directory.
    pub(super) fn list(&self) -> Vec<(String, String, Option<String>, String)> {
        let text = std::fs::read(self.project().join(".terraform/modules/modules.json")).unwrap();
        let list: Value = serde_json::from_slice(&text).unwrap();
        let text = |entry: &Value, name: &str| entry[name].as_str().map(str::to_owned);
        let entries = list["Modules"].as_array().unwrap().iter();
        entries
            .map(|entry| {
                let [key, source, directory] =
                    ["Key", "Source", "Dir"].map(|name| text(entry, name).unwrap());
                (key, source, text(entry, "Version"), directory)
            })
            .collect()
    }

    /// What stands in the directory of installed modules, but for the list.
    pub(super) fn installed(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.project().join(".terraform/modules"));
        let mut names: Vec<String> = entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "modules.json" && name != ".terrace.lock")
            .collect();
        names.sort();
        names
    }

    /// A repository with files in its first commit, which is tagged v1.
    pub(super) fn repository(&self, files: &[(&str, &str)]) -> Repository {
        let repository = Repository { folder: self.beside("repository") };
        std::fs::create_dir(&repository.folder).unwrap();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit(files, "v1");
        repository
    }
}

impl Said {
    #[track_caller]
    pub(super) fn fine(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self
    }

    /// Failed, saying all of these; how lines were broken does not count.
    #[track_caller]
    pub(super) fn failed(self, parts: &[&str]) -> Self {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        let flat = self.flat();
        for part in parts {
            assert!(flat.contains(part), "{part:?} is not in {flat}");
        }
        self
    }

    pub(super) fn flat(&self) -> String {
        let words: Vec<&str> = self.err.split_whitespace().filter(|word| *word != "│").collect();
        words.join(" ")
    }
}

pub(super) struct Repository {
    folder: PathBuf,
}

impl Repository {
    pub(super) fn address(&self) -> String {
        format!("git::file://{}", self.folder.display())
    }

    /// Changes files and tags the result.
    pub(super) fn commit(&self, files: &[(&str, &str)], tag: &str) {
        for (name, text) in files {
            write(&self.folder.join(name), text);
        }
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", tag]);
        self.git(&["tag", tag]);
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        for name in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{name}_NAME"), "A").env(format!("GIT_{name}_EMAIL"), "a@example.com");
        }
        command.env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE").env_remove("GIT_WORK_TREE");
        let output = command.current_dir(&self.folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

pub(super) fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// An output called `said` with a text.
pub(super) fn says(text: &str) -> String {
    format!("output \"said\" {{\n  value = \"{text}\"\n}}\n")
}

/// A module called `m`.
pub(super) fn calls(source: &str) -> String {
    format!("module \"m\" {{\n  source = \"{source}\"\n}}\n")
}

/// A `.tar.gz` with files; a name may be anything.
pub(super) fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, text.as_bytes()).unwrap();
    }
    gzip(&archive.into_inner().unwrap())
}

/// A `.tar.gz` with a file and a link.
pub(super) fn tarball_with_link(file: (&str, &str), link: (&str, &str)) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(file.1.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, file.0, file.1.as_bytes()).unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    archive.append_link(&mut header, link.0, link.1).unwrap();
    gzip(&archive.into_inner().unwrap())
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A `.zip` with files; a name may be anything.
pub(super) fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
