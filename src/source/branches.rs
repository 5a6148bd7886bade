//! Which branches there are: asks git, and changes nothing.

use std::collections::BTreeSet;
use std::path::Path;

use super::git::git;

/// Where a checkout stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// None where no branch is checked out.
    pub branch: Option<String>,
    /// None before the first commit.
    pub commit: Option<String>,
}

/// Where the checkout stands that a directory is in; none where it is in none.
pub fn head(folder: &Path) -> Option<Head> {
    git(folder, &["rev-parse", "--git-dir"]).ok()?;
    let line = |words: &[&str]| git(folder, words).ok().map(|text| text.trim().to_owned());
    Some(Head {
        branch: line(&["symbolic-ref", "--quiet", "--short", "HEAD"]),
        commit: line(&["rev-parse", "--verify", "--quiet", "HEAD"]),
    })
}

/// All branches, here and as `origin` has them now. The error says what is wrong.
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
