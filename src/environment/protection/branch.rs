//! The branches from which an environment may be changed.

/// The commit and branch that the configuration comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkout {
    /// None before the first commit.
    pub commit: Option<String>,
    /// None if the head is detached.
    pub branch: Option<String>,
    /// Files with uncommitted changes, and untracked configuration files.
    pub changed: Vec<String>,
    /// The branches of the remote `origin` that contain the commit; only collected if the head is detached.
    pub contained_in: Vec<String>,
}

impl Checkout {
    /// The commit for the history, with a mark for uncommitted changes.
    pub fn mark(&self) -> Option<String> {
        let commit = self.commit.as_deref()?;
        Some(if self.changed.is_empty() { commit.to_owned() } else { format!("{commit}-dirty") })
    }
}

/// Whether a branch matches a pattern: `*` is any part of a name up to a slash, `**` any part.
pub(super) fn is_branch(pattern: &str, branch: &str) -> bool {
    let parts = pattern.split("**").map(|part| {
        let parts: Vec<String> = part.split('*').map(regex::escape).collect();
        parts.join("[^/]*")
    });
    let form = format!("^(?s:{})$", parts.collect::<Vec<_>>().join(".*"));
    regex::Regex::new(&form).is_ok_and(|form| form.is_match(branch))
}
