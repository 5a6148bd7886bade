//! From which branches an environment may be changed.

/// Where the configuration comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkout {
    /// None before the first commit.
    pub commit: Option<String>,
    /// None where the head is detached.
    pub branch: Option<String>,
    /// Files that are not as committed, and files of configuration that were never added.
    pub changed: Vec<String>,
    /// The branches of the remote `origin` that contain the commit; asked for only where the head is detached.
    pub contained_in: Vec<String>,
}

impl Checkout {
    /// The commit, for the history: marked where what was applied is not quite it.
    pub fn mark(&self) -> Option<String> {
        let commit = self.commit.as_deref()?;
        Some(if self.changed.is_empty() { commit.to_owned() } else { format!("{commit}-dirty") })
    }
}

/// Whether a branch is one that a pattern stands for: `*` is any part of a name up to a slash, `**` any part.
pub(super) fn is_branch(pattern: &str, branch: &str) -> bool {
    let parts = pattern.split("**").map(|part| {
        let parts: Vec<String> = part.split('*').map(regex::escape).collect();
        parts.join("[^/]*")
    });
    let form = format!("^(?s:{})$", parts.collect::<Vec<_>>().join(".*"));
    regex::Regex::new(&form).is_ok_and(|form| form.is_match(branch))
}
