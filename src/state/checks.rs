//! The results of checks, with their words in files.

/// The result of the last run for a checked object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckState {
    /// `resource`, `output`, `check` or `var`.
    pub kind: CheckKind,
    /// By the address of the instance.
    pub address: String,
    pub status: CheckStatus,
    /// By the address of the instance.
    pub objects: Vec<CheckedObject>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedObject {
    pub address: String,
    pub status: CheckStatus,
    pub messages: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckKind {
    Resource,
    Output,
    Check,
    Variable,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckStatus {
    Pass,
    #[default]
    Unknown,
    Fail,
    /// It could not be evaluated.
    Error,
}

impl CheckKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Output => "output",
            Self::Check => "check",
            Self::Variable => "var",
        }
    }

    /// `None` for a kind of a later version.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Resource, Self::Output, Self::Check, Self::Variable]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

impl CheckStatus {
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    /// A word of a later version counts as unknown.
    pub fn from_word(word: &str) -> Self {
        [Self::Pass, Self::Fail, Self::Error]
            .into_iter()
            .find(|status| status.word() == word)
            .unwrap_or(Self::Unknown)
    }
}
