//! Templates and what is in them: text and object, known and not, secret and not.

use super::{Project, SHOP};

const BODY: &str = r#"
resource "aws_cloudformation_stack" "one" {
  name          = "one"
  template_body = file("${path.module}/template")
  parameters    = { Name = "wares" }
}
"#;

const JSON: &str = r#"{"Parameters":{"Name":{"Type":"String"},"Size":{"Type":"String","Default":"s"}},
"Resources":{"Bucket":{"Type":"AWS::S3::Bucket","Properties":{"BucketName":{"Ref":"Name"}}}}}"#;

const YAML: &str = "# The same.
Parameters:
  Name: { Type: String }
  Size:
    Type: String
    Default: s
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Ref Name
";

fn with_body(text: &str) -> Project {
    let project = Project::of(BODY);
    project.body(text);
    project
}

impl Project {
    fn body(&self, text: &str) {
        std::fs::write(self.folder.path().join("template"), text).unwrap();
    }
}

#[test]
fn how_a_template_is_written_is_no_change() {
    let project = with_body(JSON);
    project.apply(&[]).fine();
    project.body(&JSON.replace('\n', "   \n"));
    project.rests();
    project.body(YAML);
    project.rests();
    project
        .body(&YAML.replace("Ref Name\n", "Ref Name\n      VersioningConfiguration: { Status: Enabled }\n"));
    project.apply(&[]).fine();
    assert_eq!(project.count("ExecuteChangeSet"), 2);
    project.rests();
}

#[test]
fn parameters_are_held_against_the_template() {
    let project = with_body(JSON);
    project.write(&BODY.replace("Name = ", "Nam = "));
    project.plan(&[]).failed().says("The template has no parameter Nam. Did you mean Name?");
    project.write(&BODY.replace("parameters    = { Name = \"wares\" }", ""));
    project.plan(&[]).failed().says("The template has a parameter Name without a default");
    assert_eq!(project.count("CreateChangeSet"), 0);
}

/// One stack needs what another gives.
const TWO: &str = r#"
variable "word" { default = "one" }

resource "aws_cloudformation_stack" "first" {
  name = "first"
  template = {
    Resources = { Topic = { Type = "AWS::SNS::Topic", Properties = { TopicName = "topic-${var.word}" } } }
    Outputs   = { Topic = { Value = { Ref = "Topic" } } }
  }
}

resource "aws_cloudformation_stack" "second" {
  name = "second"
  template = {
    Resources = {
      Queue = {
        Type       = "AWS::SQS::Queue"
        Properties = { Tags = [{ Key = "topic", Value = aws_cloudformation_stack.first.outputs["Topic"] }] }
      }
    }
  }
}
"#;

#[test]
fn what_is_not_known_yet_becomes_a_parameter_and_stays_one() {
    let project = Project::of(TWO);
    project.apply(&[]).fine();
    let second = project.aws.stack("second");
    let asked = project.aws.asked("CreateStack");
    assert_eq!(asked.len(), 1);
    let body = asked[0].text("TemplateBody");
    assert!(body.contains("QueueTags0Value") && !body.contains("topic-one"), "{body}");
    assert_eq!(second.resource("Queue").unwrap().properties["Tags"][0]["Value"], "topic-one");
    project.rests();

    // Changed behind the plan: the parameter is left as it is while looking.
    project.plan(&["-var=word=two"]).fine();
    let looked = project.aws.asked("CreateChangeSet");
    let last = looked.last().unwrap();
    assert_eq!(last.text("StackName"), "second");
    assert_eq!(last.parameters["Parameters"][0]["UsePreviousValue"], "true");
    assert_eq!(last.text("TemplateBody"), body);
    project.apply(&["-var=word=two"]).fine();
    assert_eq!(second.resource("Queue").unwrap().properties["Tags"][0]["Value"], "topic-two");
    project.run(&["plan", "-detailed-exitcode", "-var=word=two"]).fine();
}

#[test]
fn more_than_was_told_is_not_done() {
    let told = TWO.replace(
        "Tags = [{ Key = \"topic\", Value = aws_cloudformation_stack.first.outputs[\"Topic\"] }]",
        "QueueName = aws_cloudformation_stack.first.outputs[\"Topic\"]",
    );
    let project = Project::of(&told);
    project.apply(&[]).fine();
    let second = project.aws.stack("second");
    let queue = second.resource("Queue").unwrap().physical;
    // Nobody knows before that the name will be another one.
    let said = project.apply(&["-var=word=two"]).failed();
    said.says("Change of a stack goes beyond the plan").says("replace Queue (AWS::SQS::Queue)");
    assert_eq!(second.resource("Queue").unwrap().physical, queue);
    assert_eq!(second.status(), "CREATE_COMPLETE");
    // Now it is known, and shown.
    project.apply(&["-var=word=two"]).fine();
    assert_eq!(second.resource("Queue").unwrap().physical, "topic-two");
}

#[test]
fn a_secret_is_neither_in_the_template_nor_in_the_plan() {
    let secret = r#"
variable "password" {
  sensitive = true
  default   = "hunter2hunter2"
}
resource "aws_cloudformation_stack" "one" {
  name = "one"
  template = {
    Parameters = { Shown = { Type = "String" } }
    Resources = {
      Database = {
        Type       = "AWS::RDS::DBInstance"
        Properties = { MasterUserPassword = var.password, DBName = { Ref = "Shown" } }
      }
    }
  }
  parameters = { Shown = "before-${var.password}" }
}
"#;
    let project = Project::of(secret);
    project.plan(&["-out=plan"]).fine().keeps_to_itself("hunter2");
    project.run(&["show", "-json", "plan"]).fine();
    project.run(&["show", "plan"]).fine().keeps_to_itself("hunter2");
    project.run(&["apply", "plan"]).fine().keeps_to_itself("hunter2");
    let asked = project.aws.asked("CreateChangeSet");
    assert!(!asked[0].text("TemplateBody").contains("hunter2"));
    assert!(asked[0].text("TemplateBody").contains("\"NoEcho\":true"));
    let one = project.aws.stack("one");
    assert_eq!(one.resource("Database").unwrap().properties["MasterUserPassword"], "hunter2hunter2");
    project.rests();

    project.plan(&["-var=password=swordfish99", "-out=plan"]).fine().keeps_to_itself("swordfish99");
    project.run(&["show", "plan"]).fine().keeps_to_itself("swordfish99").keeps_to_itself("hunter2");
    project.run(&["apply", "plan"]).fine().keeps_to_itself("swordfish99");
    assert_eq!(one.resource("Database").unwrap().properties["MasterUserPassword"], "swordfish99");
    project.run(&["plan", "-detailed-exitcode", "-var=password=swordfish99"]).fine();

    let type_ = secret.replace("\"AWS::RDS::DBInstance\"", "var.password");
    project.write(&type_);
    project.plan(&[]).failed().says("no parameter can stand for").keeps_to_itself("hunter2");
}

#[test]
fn a_template_in_a_bucket_is_named_by_its_address() {
    let address = "https://templates.s3.eu-central-1.amazonaws.com/shop.json";
    let text = format!(
        "resource \"aws_cloudformation_stack\" \"one\" {{
           name         = \"one\"
           template_url = \"{address}\"
           parameters   = {{ Name = \"wares\" }}
         }}"
    );
    let project = Project::of(&text);
    project.aws.put_document(address, JSON);
    project.apply(&[]).fine();
    assert_eq!(project.aws.asked("CreateChangeSet")[0].text("TemplateURL"), address);
    project.rests();
    let other = address.replace("shop", "store");
    project.aws.put_document(&other, &JSON.replace("\"s\"", "\"m\""));
    project.write(&text.replace("shop.json", "store.json"));
    project.apply(&[]).fine();
    project.rests();
}

#[test]
fn parameters_that_are_not_echoed_are_no_change() {
    let hidden = JSON.replace(r#""Name":{"Type":"String"}"#, r#""Name":{"Type":"String","NoEcho":true}"#);
    let project = with_body(&hidden);
    project.apply(&[]).fine();
    project.rests();
    project.write(&BODY.replace("wares", "goods"));
    project.apply(&[]).fine();
    assert_eq!(project.aws.stack("one").resource("Bucket").unwrap().physical, "goods");
    project.rests();
}

#[test]
fn parameters_that_nobody_can_see_stay_after_an_import() {
    let hidden = JSON.replace(r#""Name":{"Type":"String"}"#, r#""Name":{"Type":"String","NoEcho":true}"#);
    let project = with_body(&hidden);
    project.apply(&[]).fine();
    project.run(&["state", "rm", "aws_cloudformation_stack.one"]).fine();
    project.write(&BODY.replace("parameters    = { Name = \"wares\" }", ""));
    project.run(&["import", "aws_cloudformation_stack.one", "one"]).fine();
    project.rests();
    project.body(
        &hidden.replace("\"BucketName\"", "\"Tags\": [{\"Key\": \"a\", \"Value\": \"b\"}], \"BucketName\""),
    );
    project.apply(&[]).fine();
    assert_eq!(project.aws.stack("one").resource("Bucket").unwrap().physical, "wares");
    project.rests();
}

#[test]
fn a_state_of_the_public_provider_is_taken_as_it_is() {
    let project = with_body(JSON);
    project.apply(&[]).fine();
    let mut state: serde_json::Value =
        serde_json::from_str(&project.run(&["state", "pull"]).fine().text).unwrap();
    let instance = &mut state["resources"][0]["instances"][0];
    let attributes = instance["attributes"].as_object_mut().unwrap();
    attributes.remove("template");
    attributes.remove("enable_termination_protection");
    attributes.insert("disable_rollback".to_owned(), false.into());
    attributes.insert("capabilities".to_owned(), serde_json::json!([]));
    attributes.insert("notification_arns".to_owned(), serde_json::json!([]));
    attributes.insert("policy_body".to_owned(), "".into());
    let body: serde_json::Value = serde_json::from_str(JSON).unwrap();
    attributes.insert("template_body".to_owned(), body.to_string().into());
    instance["private"] = "bnVsbA==".into();
    state["serial"] = 99.into();
    std::fs::write(project.folder.path().join("moved.tfstate"), state.to_string()).unwrap();
    project.run(&["state", "push", "-force", "moved.tfstate"]).fine();
    project.rests();
}

#[test]
fn what_cloudformation_takes_for_the_same_is_left_and_forgotten() {
    let project = Project::applied(SHOP);
    // A note to readers changes no resource.
    project.write(&SHOP.replace("Outputs =", "Description = \"A shop\"\n    Outputs ="));
    project.apply(&[]).fine();
    assert_eq!(project.count("ExecuteChangeSet"), 1);
    project.rests();
}
