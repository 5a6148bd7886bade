//! Why an operation failed.

use crate::port::Remark;

use super::super::fault::Fault;
use super::super::wait::GaveUp;

/// What went wrong on the way.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The service refused, or did not answer.
    Refused(Fault),
    /// The result of waiting was bad; whole sentences.
    Failed(String),
    /// The timeout has passed; the last status, in the service's words.
    TooLong(String),
    /// The run is being interrupted.
    Stopped,
}

/// A problem that the service reports about an object.
pub(super) struct Issue {
    code: String,
    message: String,
    about: Vec<String>,
}

impl Issue {
    pub(super) fn new(code: Option<&str>, message: Option<&str>, about: &[String]) -> Self {
        Self {
            code: code.unwrap_or("Unknown").to_owned(),
            message: message.unwrap_or_default().to_owned(),
            about: about.to_vec(),
        }
    }
}

impl Trouble {
    pub(super) fn gave_up(why: GaveUp, status: &str) -> Self {
        match why {
            GaveUp::Stopped => Self::Stopped,
            GaveUp::TimedOut => Self::TooLong(status.to_owned()),
        }
    }

    /// Whether the operation may still succeed.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }

    /// An error that says what was attempted, in a phrase such as "creating the cluster shop".
    pub(super) fn remark(&self, summary: &str, attempted: &str) -> Remark {
        match self {
            Self::Refused(fault) => fault.remark(summary, attempted),
            Self::Failed(why) => Remark::error(summary, format!("While {attempted}: {why}")),
            Self::TooLong(status) => {
                let detail = format!(
                    "While {attempted}: it is {status} and takes longer than it may. It goes on by itself; the block \
                     \"timeouts\" says how long to wait."
                );
                Remark::error(summary, detail)
            }
            Self::Stopped => {
                let detail = format!(
                    "While {attempted}: waiting was given up because the run was asked to stop. AWS goes on by itself."
                );
                Remark::error(summary, detail)
            }
        }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault)
    }
}

impl std::fmt::Display for Issue {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}: {}", self.code, self.message.trim_end_matches('.'))?;
        if !self.about.is_empty() {
            write!(to, " ({})", self.about.join(", "))?;
        }
        Ok(())
    }
}

/// A sentence that ends with the issues.
pub(super) fn sentence(beginning: &str, issues: &[Issue]) -> String {
    if issues.is_empty() {
        return format!("{beginning}. EKS does not say why.");
    }
    let lines: Vec<String> = issues.iter().map(|issue| format!("\n  - {issue}")).collect();
    format!("{beginning}:{}", lines.concat())
}
