//! What AWS takes as a name or an ARN, as far as it can be told without asking.

use crate::port::{Remark, Remarks};
use crate::value::Path;

use super::super::object::quoted;

/// Names of clusters.
pub(super) fn cluster(said: Option<&str>, at: Path, remarks: &mut Remarks) {
    let Some(said) = said else { return };
    let mut letters = said.chars();
    let begins = letters.next().is_some_and(|first| first.is_ascii_alphanumeric());
    if !begins || !letters.all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '-')) {
        let detail = format!(
            "\"{said}\" is no name of a cluster: letters, digits, hyphens and underscores, beginning with a letter or a \
             digit."
        );
        remarks.push(Remark::error("Unsuitable name", detail).at(at));
    }
}

/// Full names of things in AWS: `arn:partition:service:region:account:resource`.
pub(super) fn arn(said: Option<&str>, at: Path, remarks: &mut Remarks) {
    let Some(said) = said.filter(|said| !is_arn(said)) else { return };
    let detail = format!(
        "\"{said}\" is no ARN. One has six parts with colons between them, such as \
         arn:aws:iam::123456789012:role/deploy."
    );
    remarks.push(Remark::error("Unsuitable ARN", detail).at(at));
}

fn is_arn(said: &str) -> bool {
    let parts: Vec<&str> = said.splitn(6, ':').collect();
    let &[arn, partition, service, _, account, resource] = parts.as_slice() else { return false };
    let is_account = |account: &str| {
        matches!(account, "" | "aws" | "aws-managed" | "third-party" | "aws-marketplace")
            || (account.len() == 12 && account.bytes().all(|one| one.is_ascii_digit()))
    };
    arn == "arn"
        && partition.starts_with("aws")
        && !service.is_empty()
        && is_account(account)
        && !resource.is_empty()
}

/// Something must be said.
pub(super) fn filled(said: Option<&str>, at: Path, remarks: &mut Remarks) {
    if said == Some("") {
        let detail =
            "An empty text is given where there has to be one; leave the argument out, or say something.";
        remarks.push(Remark::error("Empty argument", detail).at(at));
    }
}

/// One of a few words.
pub(super) fn one_of(said: Option<&str>, words: &[&str], at: Path, remarks: &mut Remarks) {
    let Some(said) = said.filter(|said| !words.contains(said)) else { return };
    let detail = format!("\"{said}\" is none of {}.", quoted(words));
    remarks.push(Remark::error("Unsuitable argument", detail).at(at));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_have_six_parts() {
        for good in [
            "arn:aws:iam::123456789012:role/deploy",
            "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
            "arn:aws-cn:iam::123456789012:user/a:b",
            "arn:aws-us-gov:s3:::bucket",
        ] {
            assert!(is_arn(good), "{good}");
        }
        for bad in [
            "",
            "role",
            "arn:aws:iam::12345:role/x",
            "arn:aws:iam::123456789012:",
            "urn:aws:iam::123456789012:role/x",
        ] {
            assert!(!is_arn(bad), "{bad}");
        }
    }
}
