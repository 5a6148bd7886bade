//! Functions of providers in this process, wherever expressions are.

use std::path::Path;

use crate::support;

const REQUIRED: &str = "terraform {\n  required_providers {\n    time      = { source = \"hashicorp/time\" }\n    \
                        disk      = { source = \"hashicorp/local\" }\n    terraform = { source = \
                        \"terraform.io/builtin/terraform\" }\n    random    = { source = \"hashicorp/random\" }\n    \
                        other     = { source = \"example/other\" }\n  }\n}\n";

fn project(rest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), format!("{REQUIRED}\n{rest}")).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str], typed: &str) -> (i32, String) {
    let mut command = support::terrace(folder);
    command.args(arguments);
    let output = support::feed(&mut command, typed);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" ");
    (output.status.code().unwrap_or(-1), said)
}

#[track_caller]
fn gives(expression: &str, value: &str) {
    let folder = project("");
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    let (_, said) = run(folder.path(), &["console"], &format!("jsonencode({expression})\n"));
    assert_eq!(said.replace("\\\"", "'").trim_matches('"'), value, "{expression}");
}

#[track_caller]
fn refuses(expression: &str, why: &str) {
    let folder = project("");
    let (_, said) = run(folder.path(), &["console"], &format!("{expression}\n"));
    assert!(said.contains("Error") && said.contains(why), "{expression}: {said}");
}

#[test]
fn moments_are_taken_apart_where_they_were_written() {
    gives(
        "provider::time::rfc3339_parse(\"2023-07-25T23:43:16Z\")",
        "{'day':25,'hour':23,'iso_week':30,'iso_year':2023,'minute':43,'month':7,'month_name':'July','second':16,\
         'unix':1690328596,'weekday':2,'weekday_name':'Tuesday','year':2023,'year_day':206}",
    );
    gives(
        "[for k in [\"unix\", \"hour\", \"iso_year\", \"iso_week\", \"weekday\"] : \
         provider::time::rfc3339_parse(\"2023-01-01T01:30:00+02:00\")[k]]",
        "[1672529400,1,2022,52,0]",
    );
    gives(
        "provider::time::unix_timestamp_parse(1690328596)",
        "{'day':25,'hour':23,'iso_week':30,'iso_year':2023,'minute':43,'month':7,'month_name':'July',\
         'rfc3339':'2023-07-25T23:43:16Z','second':16,'weekday':2,'weekday_name':'Tuesday','year':2023,'year_day':206}",
    );
    gives("provider::time::unix_timestamp_parse(-1).rfc3339", "'1969-12-31T23:59:59Z'");
    gives("provider::time::unix_timestamp_parse(\"0\").year_day", "1");
    gives("provider::time::unix_timestamp_parse(253402300799).rfc3339", "'9999-12-31T23:59:59Z'");
}

#[test]
fn durations_are_counted_in_every_unit() {
    gives(
        "provider::time::duration_parse(\"1h30m\")",
        "{'hours':1.5,'microseconds':5400000000,'milliseconds':5400000,'minutes':90,'nanoseconds':5400000000000,\
         'seconds':5400}",
    );
    gives("provider::time::duration_parse(\"-1.5s\").milliseconds", "-1500");
    gives("provider::time::duration_parse(\"100ms\").seconds", "0.1");
    gives("provider::time::duration_parse(\"0\").hours", "0");
}

#[test]
fn directories_are_there_or_not_and_nothing_else_is_one() {
    gives("provider::disk::direxists(\"folder\")", "true");
    gives("provider::disk::direxists(path.root)", "true");
    gives("provider::disk::direxists(\"none\")", "false");
    gives("provider::disk::direxists(\"~\")", "false");
    // As with the public one: a path that is empty is that of the folder where it is asked.
    gives("provider::disk::direxists(\"\")", "true");
    refuses("provider::disk::direxists(\"main.tf\")", "is not a directory");
}

#[test]
fn what_cannot_be_answered_is_told_with_the_argument() {
    refuses("provider::time::rfc3339_parse(\"yesterday\")", "cannot use its argument \"timestamp\"");
    refuses("provider::time::rfc3339_parse(null)", "must not be null");
    refuses("provider::time::rfc3339_parse([])", "cannot take this as its argument \"timestamp\"");
    refuses("provider::time::duration_parse(\"1 day\")", "there is no unit");
    refuses("provider::time::duration_parse(\"300000000h\")", "longer than 292 years");
    refuses("provider::time::unix_timestamp_parse(1.5)", "a whole number");
    refuses("provider::time::unix_timestamp_parse(99999999999999999999)", "a whole number");
    refuses("provider::time::unix_timestamp_parse(999999999999999999)", "beyond the years");
    refuses("provider::time::rfc3339_parse()", "\"timestamp\" is missing");
    refuses("provider::time::rfc3339_parse(\"a\", \"b\")", "takes one argument, and 2 are given");
    refuses("provider::time::rfc3339_prase(\"a\")", "Did you mean");
    refuses("provider::random::dice()", "There are no functions under provider::random::");
    refuses("provider::local::direxists(\".\")", "required_providers");
}

#[test]
fn a_secret_argument_makes_a_secret_result_and_is_not_repeated() {
    let folder = project("");
    let typed = "provider::time::duration_parse(sensitive(\"1h\"))\n";
    assert_eq!(run(folder.path(), &["console"], typed).1, "(sensitive value)");
    refuses("provider::time::duration_parse(sensitive(\"hunter2\"))", "stays hidden");
}

#[test]
fn a_plan_waits_for_arguments_and_everything_else_is_found_beforehand() {
    let folder = project(
        "resource \"terraform_data\" \"a\" {\n  input = \"1h\"\n}\n\noutput \"late\" {\n  value = \
         provider::time::duration_parse(terraform_data.a.id).hours\n}\n\noutput \"now\" {\n  value = \
         provider::time::duration_parse(\"90m\").hours\n}\n",
    );
    let (code, said) = run(folder.path(), &["plan"], "");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("late = (known after apply)") && said.contains("now = 1.5"), "{said}");
    let folder = project("output \"a\" {\n  value = provider::time::duration_parse(\"1 day\")\n}\n");
    let (code, said) = run(folder.path(), &["validate"], "");
    assert!(code == 1 && said.contains("there is no unit"), "{said}");
}

#[test]
fn a_function_of_a_plugin_is_left_open_even_inside_dynamic_blocks() {
    let folder = project(
        "output \"a\" {\n  value = provider::other::f(1)\n}\n\nresource \"terraform_data\" \"a\" {\n  dynamic \
         \"provisioner\" {\n    for_each = []\n    content {}\n  }\n}\n",
    );
    let (_, said) = run(folder.path(), &["validate"], "");
    assert!(!said.contains("Unknown function"), "{said}");
}

#[test]
fn the_schema_tells_what_functions_take_and_give() {
    let folder = project("");
    let (code, said) = run(folder.path(), &["providers", "schema", "-json"], "");
    assert_eq!(code, 0, "{said}");
    let json: serde_json::Value = serde_json::from_str(
        said.get(said.find("{\"format").unwrap()..).unwrap().split(" Warning").next().unwrap(),
    )
    .unwrap_or_else(|error| panic!("{error}: {said}"));
    let functions = |address: &str| &json["provider_schemas"][address]["functions"];
    let direxists = &functions("registry.terraform.io/hashicorp/local")["direxists"];
    assert_eq!(direxists["return_type"], "bool");
    assert_eq!(direxists["parameters"][0]["name"], "path");
    assert_eq!(direxists["parameters"][0]["type"], "string");
    let duration = &functions("registry.terraform.io/hashicorp/time")["duration_parse"];
    assert_eq!(duration["return_type"][1]["hours"], "number");
    let built_in = functions("terraform.io/builtin/terraform").as_object().unwrap();
    assert_eq!(built_in.keys().collect::<Vec<_>>(), ["decode_tfvars", "encode_expr", "encode_tfvars"]);
    assert!(functions("registry.terraform.io/hashicorp/random").is_null());
}
