//! Validates a node group, as far as that is possible without a request.

use aws_sdk_eks::types::AmiTypes;

use crate::port::Remarks;
use crate::value::Value;

use super::super::check::{Check, block, is_name, version};

pub(super) fn validate(configuration: &Value, remarks: &mut Remarks) {
    let mut check = Check::new(configuration, "Unsuitable arguments of a node group", remarks);
    check.cluster_name("cluster_name").arn("node_role_arn").not_empty("subnet_ids");
    let what = "no name of a node group: letters, digits, \"-\" and \"_\", at most 63, of which the first is a letter or \
                digit";
    check.text("node_group_name", |text| is_name(text, 63), what);
    let what = "no beginning of a name: letters, digits, \"-\" and \"_\", at most 37, of which the first is a letter or \
                digit";
    check.text("node_group_name_prefix", |text| is_name(text, 37), what);
    check.one_of("ami_type", AmiTypes::values());
    check.one_of("capacity_type", &["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"]);
    check.number("disk_size", 1, i64::MAX);
    let what = "no version of Kubernetes as EKS counts them, such as \"1.32\"";
    check.text("version", |text| version(text).is_some(), what);
    let object = check.object();
    if object.is_given("node_group_name") && object.is_given("node_group_name_prefix") {
        let detail = "A name is given, so that there is nothing to put \"node_group_name_prefix\" before.";
        check.refuse("node_group_name_prefix", detail);
    }
    if block(object, "launch_template").is_some() {
        for name in ["disk_size", "remote_access"] {
            let is_there = match name {
                "remote_access" => block(object, name).is_some(),
                _ => object.is_given(name),
            };
            if is_there {
                let detail = format!("With a launch template, \"{name}\" is that template's business.");
                check.refuse(name, detail);
            }
        }
    }
    check.blocks("launch_template", |template| {
        let object = template.object();
        match (object.is_given("id"), object.is_given("name")) {
            (true, true) => template.refuse("name", "A launch template has an id or a name here, not both."),
            (false, false) => template.refuse("", "A launch template is told by its \"id\" or its \"name\"."),
            _ => {}
        }
        template.text("version", |text| !text.is_empty(), "no version of a launch template");
    });
    check.blocks("scaling_config", scaling);
    check.blocks("taint", |taint| {
        taint.one_of("effect", &["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]);
        let what = "no key of a taint, which has 1 to 63 characters";
        taint.text("key", |text| (1..=63).contains(&text.chars().count()), what);
        let what = "no value of a taint, which has at most 63 characters";
        taint.text("value", |text| text.chars().count() <= 63, what);
    });
    check.blocks("update_config", |update| {
        update.number("max_unavailable", 1, 100).number("max_unavailable_percentage", 1, 100);
        let object = update.object();
        let given =
            ["max_unavailable", "max_unavailable_percentage"].map(|name| object.is_given(name)).into_iter();
        if given.filter(|given| *given).count() != 1 {
            let detail = "Exactly one of \"max_unavailable\" and \"max_unavailable_percentage\" is needed.";
            update.refuse("", detail);
        }
    });
}

fn scaling(scaling: &mut Check<'_, '_>) {
    scaling.number("min_size", 0, i64::MAX).number("desired_size", 0, i64::MAX).number(
        "max_size",
        1,
        i64::MAX,
    );
    let number = |name| scaling.object().number(name);
    let (least, wanted, most) = (number("min_size"), number("desired_size"), number("max_size"));
    let mut ordered =
        |name: &str, (low, low_name): (Option<i64>, &str), (high, high_name): (Option<i64>, &str)| {
            if let (Some(low), Some(high)) = (low, high)
                && low > high
            {
                let detail = format!("{low_name} is {low}, which is more than {high_name}, which is {high}.");
                scaling.refuse(name, detail);
            }
        };
    ordered("min_size", (least, "min_size"), (most, "max_size"));
    ordered("desired_size", (least, "min_size"), (wanted, "desired_size"));
    ordered("desired_size", (wanted, "desired_size"), (most, "max_size"));
}
