//! Every answer against the published descriptions of the services, where the AWS tools for Python bring them along.

use std::process::Command;

use super::Aws;
use crate::support::{root, skipped};

#[test]
fn every_answer_has_the_published_format() {
    let known = Command::new("python3").args(["-c", "import botocore"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        skipped("the formats of the fake", "python3 with botocore is not there");
        return;
    }
    let aws = Aws::start();
    let script = root().join("tests/suite/aws/fake/formats.py");
    let output = Command::new("python3").arg(script).arg(aws.endpoint()).output().unwrap();
    let (said, wrong) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(output.status.success(), "{said}{wrong}");
    // The service says this of stacks under review, although its description does not.
    let faults: Vec<&str> =
        said.lines().filter(|line| !line.ends_with("ResourceStatus: REVIEW_IN_PROGRESS")).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
