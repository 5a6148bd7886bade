//! What is inside of stacks, from the command line: shown, prepared and given up, carried out, and looked at closely.

use std::path::Path;
use std::process::Output;

use serde_json::{Value as Json, json};
use tempfile::TempDir;
use terrace::render::json::PLAN_SCHEMA;

use crate::support::aws::Aws;
use crate::support::shape;

/// A project with one stack of a database and a topic.
struct Shop {
    aws: Aws,
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self { aws: Aws::start(), folder: tempfile::tempdir().unwrap() };
        shop.configure("mysql");
        shop
    }

    fn configure(&self, engine: &str) {
        let text = format!(
            r#"
terraform {{
  required_providers {{
    aws = {{ source = "terrace/aws" }}
  }}
}}

resource "aws_cloudformation_stack" "shop" {{
  name = "shop"
  template_body = jsonencode({{
    Resources = {{
      Database = {{
        Type           = "AWS::RDS::DBInstance"
        DeletionPolicy = "Delete"
        Properties     = {{ Engine = "{engine}", DBInstanceClass = "db.t4g.micro" }}
      }}
      Topic = {{ Type = "AWS::SNS::Topic", Properties = {{ DisplayName = "{engine}" }} }}
    }}
  }})
}}
"#
        );
        std::fs::write(self.path().join("main.tf"), text).unwrap();
    }

    fn declare(&self, text: &str) {
        std::fs::write(self.path().join("terrace.hcl"), text).unwrap();
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let Output { status, stdout, stderr } =
            self.aws.terrace(self.path()).args(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (status.code(), text(&stdout) + &text(&stderr))
    }

    fn did(&self, arguments: &[&str]) -> String {
        let (code, text) = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}\n{text}");
        text
    }

    fn made(&self) -> usize {
        self.aws.asked("CreateChangeSet").len()
    }

    /// Change sets that could be executed.
    fn waiting(&self) -> usize {
        let sets = self.aws.stack("shop").change_sets();
        sets.iter().filter(|set| set.execution_status == "AVAILABLE").count()
    }

    /// Runs what plans and does not carry that out: a change set comes and goes.
    fn comes_and_goes(&self, arguments: &[&str], code: i32, status: &str) {
        let before = self.made();
        let (found, text) = self.run(arguments);
        assert_eq!(found, Some(code), "{arguments:?}\n{text}");
        assert_eq!(self.made(), before + 1, "{arguments:?}\n{text}");
        let stack = self.aws.stack("shop");
        assert_eq!(self.waiting(), 0, "{arguments:?}\n{text}");
        assert!(stack.status().starts_with(status), "{} after {arguments:?}\n{text}", stack.status());
    }

    fn each_gives_up(&self, status: &str) {
        self.comes_and_goes(&["plan"], 0, status);
        self.comes_and_goes(&["plan", "-json"], 0, status);
        self.comes_and_goes(&["plan", "-detailed-exitcode"], 2, status);
        self.comes_and_goes(&["plan", "--all"], 0, status);
        self.comes_and_goes(&["plan", "-lock=false"], 0, status);
        // Nobody is there to agree.
        self.comes_and_goes(&["apply"], 1, status);
    }
}

#[test]
fn what_no_command_carries_out_is_given_up_again() {
    let shop = Shop::new();
    shop.each_gives_up("DELETE_");
    assert_eq!(shop.aws.asked("ExecuteChangeSet").len(), 0);
    let told = shop.did(&["apply", "-auto-approve"]);
    let word = "aws_cloudformation_stack.shop: Database (AWS::RDS::DBInstance): CREATE_COMPLETE\n";
    assert!(told.contains(word), "{told}");
    shop.configure("postgres");
    shop.each_gives_up("CREATE_COMPLETE");

    shop.declare("environment \"default\" {\n  tier = \"production\"\n}\n");
    let refused = ["apply", "-auto-approve", "--confirm", "default"];
    shop.comes_and_goes(&refused, 1, "CREATE_COMPLETE");
    let (_, text) = shop.run(&refused);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("destroys or replaces aws_cloudformation_stack.shop/Database"), "{text}");
    shop.declare(
        "environment \"default\" {\n  protect {\n    deny_destroy = [\"aws_cloudformation_stack.shop/Data*\"]\n  }\n}\n",
    );
    shop.comes_and_goes(&["plan"], 1, "CREATE_COMPLETE");
}

#[test]
fn a_saved_plan_is_exactly_what_is_executed() {
    let shop = Shop::new();
    shop.did(&["apply", "-auto-approve"]);
    shop.configure("postgres");
    let told = shop.did(&["plan", "-out=saved"]);
    assert!(told.contains("what holds data inside is replaced or destroyed"), "{told}");
    assert_eq!(shop.waiting(), 1);

    let shown: Json = serde_json::from_str(&shop.did(&["show", "-json", "saved"])).unwrap();
    let unlike = shape::faults(&serde_json::from_str(PLAN_SCHEMA).unwrap(), &shown);
    assert!(unlike.is_empty(), "{unlike:#?}");
    let printed: Json = serde_json::from_str(&shop.did(&["metadata", "plan-schema"])).unwrap();
    assert_eq!(printed, serde_json::from_str::<Json>(PLAN_SCHEMA).unwrap());
    let parts = &shown["resource_changes"][0]["inside"]["parts"];
    let told =
        |at: usize| (parts[at]["name"].clone(), parts[at]["action"].clone(), parts[at]["loses_data"].clone());
    assert_eq!(told(0), (json!("Database"), json!("replace"), json!(true)));
    assert_eq!(told(1), (json!("Topic"), json!("modify"), json!(false)));
    assert_eq!(parts[0]["properties"][0]["recreates"], "always");

    let made = shop.made();
    let told = shop.did(&["apply", "-json", "saved"]);
    assert_eq!(shop.made(), made, "nothing is prepared anew");
    let lines = told.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let words: Vec<Json> = lines.filter(|line| line["type"] == "apply_part").collect();
    let last = &words.iter().rfind(|line| line["hook"]["part"] == "Topic").expect("it is told of")["hook"];
    assert_eq!((&last["part_type"], &last["status"]), (&json!("AWS::SNS::Topic"), &json!("UPDATE_COMPLETE")));
    assert_eq!(shop.waiting(), 0);
    assert!(shop.did(&["plan"]).contains("No changes."));
}

#[test]
fn drift_shows_the_parts_that_somebody_changed() {
    let shop = Shop::new();
    shop.did(&["apply", "-auto-approve"]);
    shop.aws.stack("shop").drifts("Topic", "/DisplayName", json!("theirs"));
    let made = shop.made();
    let (code, told) = shop.run(&["drift"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("~ DisplayName = \"mysql\" -> \"theirs\""), "{told}");
    assert!(told.contains("Drift: 1 object changed (1 part inside) in default"), "{told}");
    let (_, told) = shop.run(&["drift", "-json"]);
    let told: Json = serde_json::from_str(&told).unwrap();
    let part = json!({ "name": "Topic", "type": "AWS::SNS::Topic", "what": "changed", "properties": ["DisplayName"] });
    assert_eq!(told["environments"][0]["objects"][0]["parts"], json!([part]));
    assert_eq!(shop.made(), made, "nothing is prepared for looking");
}
