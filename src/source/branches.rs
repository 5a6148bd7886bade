//! Lists branches: asks git, and changes nothing.

use std::collections::BTreeSet;
use std::path::Path;

use super::git::git;

/// The state of a checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// None if the head is detached.
    pub branch: Option<String>,
    /// None before the first commit.
    pub commit: Option<String>,
}

/// The state of the checkout that a directory is in; `None` outside a repository.
pub fn head(folder: &Path) -> Option<Head> {
    git(folder, &["rev-parse", "--git-dir"]).ok()?;
    let line = |words: &[&str]| git(folder, words).ok().map(|text| text.trim().to_owned());
    Some(Head {
        branch: line(&["symbolic-ref", "--quiet", "--short", "HEAD"]),
        commit: line(&["rev-parse", "--verify", "--quiet", "HEAD"]),
    })
}

/// The commit of a branch, as it is known here or was known of `origin` last.
pub fn commit_of(folder: &Path, branch: &str) -> Option<String> {
    let places = ["refs/heads/", "refs/remotes/origin/"];
    places
        .into_iter()
        .find_map(|place| {
            let commit = format!("{place}{branch}^{{commit}}");
            git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).ok()
        })
        .map(|text| text.trim().to_owned())
}

/// All local branches, and those that `origin` has now. The error is a sentence.
pub fn branches(folder: &Path) -> Result<BTreeSet<String>, String> {
    let local = git(folder, &["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"])?;
    let mut branches: BTreeSet<String> = local.lines().map(str::to_owned).collect();
    if git(folder, &["remote"])?.lines().any(|remote| remote == "origin") {
        let remote = git(folder, &["ls-remote", "--heads", "origin"])?;
        let names = remote.lines().filter_map(|line| line.split_once("\trefs/heads/"));
        branches.extend(names.map(|(_, name)| name.to_owned()));
    }
    Ok(branches)
}
