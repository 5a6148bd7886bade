//! The content of a site: its files, its digest, and a complete copy of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::server::CURRENT;

/// A folder named by mistake should not be copied completely.
const MOST_ENTRIES: usize = 100_000;
const DEEPEST: usize = 64;

/// Never part of a site, wherever they are: histories, states and files of the desktop.
const PASSED_OVER: [&str; 4] = [".git", ".terrace", ".terraform", ".DS_Store"];

/// Files by their path in the site, with slashes.
pub(super) struct Content(BTreeMap<String, Origin>);

enum Origin {
    File(PathBuf),
    Text(String),
}

/// The progress of a walk through folders, whose links may be circular.
struct Budget {
    depth: usize,
    entries: usize,
}

impl Content {
    /// Collects the files of a folder and the generated ones. The error is a sentence.
    pub(super) fn survey(folder: &Path, generated: BTreeMap<&str, &str>) -> Result<Self, String> {
        let root = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
        if !root.is_dir() {
            return Err(format!("{} is not a folder.", folder.display()));
        }
        let mut content = Self(BTreeMap::new());
        content.gather(&root, &root, "", &mut Budget { depth: 0, entries: 0 })?;
        for (name, text) in generated {
            if !is_plain(name) {
                return Err(format!("{name:?} is no path inside of the site."));
            }
            content.0.insert(name.to_owned(), Origin::Text(text.to_owned()));
        }
        for name in content.0.keys() {
            let above = name.match_indices('/').filter_map(|(at, _)| name.get(..at));
            if let Some(file) = above.into_iter().find(|above| content.0.contains_key(*above)) {
                return Err(format!("{file} cannot be both a file and the folder of {name}."));
            }
        }
        Ok(content)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Identifies the content: the same files with the same bytes have the same digest.
    pub(super) fn digest(&self) -> Result<String, String> {
        self.read(|_| Ok(std::io::sink()))
    }

    /// Copies the files to a folder named by the digest beside `current`, unless it exists. Fails if the files have
    /// changed since the digest was taken.
    pub(super) fn place(&self, site: &Path, digest: &str) -> Result<(), String> {
        let target = site.join(digest);
        if target.is_dir() {
            return Ok(());
        }
        let draft = site.join("draft");
        remove(&draft)?;
        fs::create_dir_all(&draft).map_err(|error| unwritable(&draft, &error))?;
        let copied = self.read(|name| {
            let place = draft.join(name);
            let made = place.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| File::create(&place)).map_err(|error| unwritable(&place, &error))
        })?;
        if copied != digest {
            remove(&draft)?;
            return Err("The files have changed since this was planned. Plan again.".to_owned());
        }
        fs::rename(&draft, &target).map_err(|error| unwritable(&target, &error))
    }

    /// Reads every file once, into whatever is opened for it, and returns the digest.
    fn read<W: Write>(&self, open: impl Fn(&str) -> Result<W, String>) -> Result<String, String> {
        let mut whole = Sha256::new();
        let mut piece = vec![0; 64 * 1024];
        for (name, origin) in &self.0 {
            let mut copy = open(name)?;
            let mut one = Sha256::new();
            let mut take = |bytes: &[u8]| {
                one.update(bytes);
                copy.write_all(bytes).map_err(|error| unwritable(Path::new(name), &error))
            };
            match origin {
                Origin::Text(text) => take(text.as_bytes())?,
                Origin::File(path) => {
                    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
                    loop {
                        let count = file.read(&mut piece).map_err(|error| unreadable(path, &error))?;
                        if count == 0 {
                            break;
                        }
                        take(piece.get(..count).unwrap_or_default())?;
                    }
                }
            }
            whole.update((name.len() as u64).to_le_bytes());
            whole.update(name.as_bytes());
            whole.update(one.finalize());
        }
        Ok(whole.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn gather(
        &mut self,
        root: &Path,
        folder: &Path,
        prefix: &str,
        budget: &mut Budget,
    ) -> Result<(), String> {
        if budget.depth > DEEPEST {
            return Err(format!("{} is nested more than {DEEPEST} folders deep.", folder.display()));
        }
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
            let path = entry.map_err(|error| unreadable(folder, &error))?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.ok_or_else(|| format!("The name of {} is not UTF-8.", path.display()))?;
            if PASSED_OVER.contains(&name) {
                continue;
            }
            budget.entries += 1;
            if budget.entries > MOST_ENTRIES {
                return Err(format!("{} holds more than {MOST_ENTRIES} files and folders.", root.display()));
            }
            let real = path.canonicalize().map_err(|error| unreadable(&path, &error))?;
            if !real.starts_with(root) {
                return Err(format!(
                    "{} leads out of the site, to {}. Only what is inside is served.",
                    path.display(),
                    real.display()
                ));
            }
            let about = fs::metadata(&real).map_err(|error| unreadable(&path, &error))?;
            let place = format!("{prefix}{name}");
            if about.is_dir() {
                if folder.starts_with(&real) {
                    return Err(format!("{} leads back to a folder that it is in.", path.display()));
                }
                budget.depth += 1;
                self.gather(root, &real, &format!("{place}/"), budget)?;
                budget.depth -= 1;
            } else if about.is_file() {
                self.0.insert(place, Origin::File(real));
            } else {
                return Err(format!("{} is neither a file nor a folder.", path.display()));
            }
        }
        Ok(())
    }
}

/// Whether a text is a valid path in a site: names separated by slashes, none of which leads elsewhere.
pub(super) fn is_plain(path: &str) -> bool {
    path.split('/').all(|name| !matches!(name, "" | "." | "..") && !name.contains(['\\', '\0']))
}

/// Switches to another content, and removes the previous one.
pub(super) fn switch(site: &Path, digest: &str) -> Result<(), String> {
    let (link, draft) = (site.join(CURRENT), site.join("next"));
    remove(&draft)?;
    let switched = std::os::unix::fs::symlink(digest, &draft).and_then(|()| fs::rename(&draft, &link));
    switched.map_err(|error| unwritable(&link, &error))?;
    for entry in fs::read_dir(site).into_iter().flatten().flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && entry.file_name() != digest {
            // What cannot be removed stays until the next time, and does no harm.
            let _ = remove(&entry.path());
        }
    }
    Ok(())
}

/// The digest of the present content.
pub(super) fn current(site: &Path) -> Option<String> {
    let target = fs::read_link(site.join(CURRENT)).ok()?;
    site.join(&target).is_dir().then(|| target.to_string_lossy().into_owned())
}

/// Removes a file or folder, if it exists.
pub(super) fn remove(path: &Path) -> Result<(), String> {
    let removed = match fs::symlink_metadata(path) {
        Ok(about) if about.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unwritable(path, &error)),
        _ => Ok(()),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("{} does not exist.", path.display()),
        _ => format!("{} cannot be read: {error}.", path.display()),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be written: {error}.", path.display())
}
