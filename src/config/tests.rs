#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::address::{LocalProvider, ModulePath, ResourceMode};
use crate::diag::{Diagnostic, Diagnostics, Severity, Source};

/// Directories with their files.
struct Tree(BTreeMap<&'static str, Vec<(&'static str, String)>>);

impl SourceTree for Tree {
    fn root(&self) -> Arc<str> {
        "root".into()
    }

    fn files(&self, directory: &str) -> (Vec<Arc<Source>>, Diagnostics) {
        let files = self.0.get(directory).into_iter().flatten();
        (files.map(|(name, text)| Source::new(*name, text.clone())).collect(), Diagnostics::new())
    }

    fn resolve(&self, request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics> {
        let directory = request.source.to_string().trim_start_matches("./").to_owned();
        if self.0.contains_key(directory.as_str()) {
            return Ok(InstalledModule { directory: directory.into(), version: None });
        }
        Err(Diagnostic::error("Module not found", directory).at(request.source_span.clone()).into())
    }
}

fn load_tree(files: &[(&'static str, &'static str, &str)]) -> (Configuration, Vec<String>) {
    let mut tree = Tree(BTreeMap::new());
    for (directory, name, text) in files {
        tree.0.entry(directory).or_default().push((name, (*text).to_owned()));
    }
    let (configuration, diagnostics) = load(&tree);
    (configuration, diagnostics.iter().map(said).collect())
}

/// `error main.tf:3 Summary`
fn said(diagnostic: &Diagnostic) -> String {
    let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
    let place = diagnostic.subject.as_ref();
    let place = place.map(|span| format!("{}:{}", span.source.name(), span.start().line));
    format!("{severity} {} {}", place.unwrap_or_default(), diagnostic.summary)
}

fn load_one(text: &str) -> (Arc<Module>, Vec<String>) {
    let (configuration, said) = load_tree(&[("root", "main.tf", text)]);
    (Arc::clone(&configuration.root().module), said)
}

#[test]
fn counts_files_as_the_reference_does() {
    let kind = |name: &str| FileKind::of(name).map(|kind| (kind.syntax, kind.overrides));
    assert_eq!(kind("main.tf"), Some((Syntax::Native, false)));
    assert_eq!(kind("a.tf.json"), Some((Syntax::Json, false)));
    assert_eq!(kind("override.tf"), Some((Syntax::Native, true)));
    assert_eq!(kind("x_override.tf.json"), Some((Syntax::Json, true)));
    assert_eq!(kind("myoverride.tf"), Some((Syntax::Native, false)));
    for name in ["x.tfvars", "x.json", ".x.tf", "x.tf~", "#x.tf#", "README.md", "x.tf.bak"] {
        assert_eq!(kind(name), None, "{name}");
    }
}

#[test]
fn keeps_what_blocks_say() {
    let (module, said) = load_one(
        r#"
        variable "size" {
          type    = number
          default = "3"
        }
        locals { a = 1 }
        output "o" { value = local.a }
        resource "terraform_data" "x" {
          count = 2
          input = 1
          lifecycle { ignore_changes = [input] }
        }
        "#,
    );
    assert_eq!(said, Vec::<String>::new());
    let size = &module.variables["size"];
    assert_eq!(size.parsing, ParsingMode::Literal);
    assert!(size.default.as_ref().is_some_and(|value| value.as_number().is_some()));
    let x = module.resource(ResourceMode::Managed, "terraform_data", "x").unwrap();
    assert!(matches!(x.repetition, Repetition::Count(_)));
    assert!(
        matches!(&x.managed.as_ref().unwrap().ignore_changes, IgnoreChanges::Some(paths) if paths.len() == 1)
    );
    assert_eq!(x.provider.short(), "terraform.io/builtin/terraform");
}

#[test]
fn reports_all_faults_of_a_file_and_not_only_the_first() {
    let (_, said) = load_one(
        r#"
        variable "count" {}
        variable "a" { typ = string }
        variable "a" {}
        locals { "b c" = 1 }
        resource "x" "y" {
          count    = 1
          for_each = {}
        }
        provder "aws" {}
        "#,
    );
    for summary in
        ["Invalid variable name", "Duplicate variable", "Invalid combination of \"count\" and \"for_each\""]
    {
        assert!(said.iter().any(|said| said.contains(summary)), "{summary}: {said:#?}");
    }
    assert!(said.len() >= 5, "{said:#?}");
}

#[test]
fn puts_override_files_on_top_in_their_order() {
    let (configuration, said) = load_tree(&[
        ("root", "main.tf", "variable \"a\" {\n  type = string\n  default = \"x\"\n}\nlocals { l = 1 }"),
        ("root", "a_override.tf", "variable \"a\" {\n  default = 5\n  sensitive = true\n}"),
        ("root", "b_override.tf", "variable \"a\" { description = \"d\" }\nlocals { m = 2 }"),
    ]);
    let a = &configuration.root().module.variables["a"];
    assert_eq!(a.default.as_ref().unwrap().as_str(), Some("5"));
    assert!(a.sensitive);
    assert_eq!(a.description.as_deref(), Some("d"));
    assert_eq!(said, ["error b_override.tf:2 Nothing to override"]);
}

#[test]
fn finds_modules_once_and_gives_each_call_a_place() {
    let child = ("child", "child/main.tf", "variable \"v\" {}\nbad {}");
    let (configuration, said) = load_tree(&[
        ("root", "main.tf", "module \"b\" { source = \"./child\" }\nmodule \"a\" { source = \"./child\" }"),
        child,
    ]);
    let paths: Vec<String> = configuration.nodes().map(|(_, node)| node.path.to_string()).collect();
    assert_eq!(paths, ["", "module.a", "module.b"]);
    assert_eq!(said.len(), 1, "{said:?}");
    let (id, node) = configuration.find(&ModulePath::new(["b"])).unwrap();
    assert!(node.module.variables.contains_key("v"));
    assert_eq!(&*configuration.call_of(id).unwrap().1.name, "b");
}

#[test]
fn a_module_that_calls_itself_is_a_fault_and_no_hang() {
    let (configuration, said) = load_tree(&[
        ("root", "main.tf", "module \"a\" { source = \"./a\" }"),
        ("a", "a/main.tf", "module \"b\" { source = \"./b\" }"),
        ("b", "b/main.tf", "module \"a\" { source = \"./a\" }"),
    ]);
    assert_eq!(said, ["error b/main.tf:1 Module calls itself"]);
    assert_eq!(configuration.nodes().count(), 3);
}

#[test]
fn a_provider_may_have_for_each_when_it_has_an_alias() {
    let (module, said) = load_one(
        r#"
        provider "aws" {
          alias    = "by_region"
          for_each = toset(["a"])
        }
        resource "aws_instance" "x" {
          provider = aws.by_region["a"]
        }
        resource "aws_instance" "y" {
          provider = aws.by_region
        }
        "#,
    );
    assert_eq!(said, ["error main.tf:10 Invalid provider configuration reference"]);
    assert!(module.providers[&LocalProvider::aliased("aws", "by_region")].for_each.is_some());
}

#[test]
fn says_which_alias_was_meant() {
    let tree = Tree(BTreeMap::from([(
        "root",
        vec![(
            "main.tf",
            "provider \"aws\" { alias = \"west\" }\nresource \"aws_x\" \"y\" { provider = aws.wst }"
                .to_owned(),
        )],
    )]));
    let (_, diagnostics) = load(&tree);
    let fault = diagnostics.iter().next().unwrap();
    assert_eq!(fault.hint.as_deref(), Some("Did you mean \"aws.west\"?"));
}

#[test]
fn a_provider_may_be_called_as_a_literal_is() {
    let (module, said) = load_one(
        r#"
        provider "null" { alias = "x" }
        resource "null_resource" "a" { provider = null.x }
        resource "null_resource" "b" { provider = null }
        module "m" {
          source    = "./m"
          providers = { null = null.x }
        }
        "#,
    );
    assert_eq!(said, ["error main.tf:6 Module not found"]);
    let local = |name: &str| {
        let resource = module.resource(ResourceMode::Managed, "null_resource", name).unwrap();
        resource.provider_reference.as_ref().unwrap().local.to_string()
    };
    assert_eq!([local("a"), local("b")], ["null.x", "null"]);
}

#[test]
fn a_large_file_that_looks_like_many_is_read_as_one() {
    let block =
        |name: &str, text: &str| format!("resource \"a_b\" \"{name}\" {{\n  x = <<EOT\n{text}EOT\n}}\n");
    // Wherever it is cut, that is inside of a heredoc.
    let text =
        [block("first", "a\n"), block("middle", &"}\n".repeat(300_000)), block("last", "b\n")].concat();
    let (configuration, faults) = load_tree(&[("root", "main.tf", &text)]);
    assert_eq!(faults, [""; 0]);
    assert_eq!(configuration.root().module.resources.len(), 3);
    // Cut between blocks.
    let text: String = (0..20_000).map(|n| block(&format!("b{n}"), "c\n")).collect();
    let (configuration, faults) = load_tree(&[("root", "main.tf", &text)]);
    assert_eq!(faults, [""; 0]);
    assert_eq!(configuration.root().module.resources.len(), 20_000);
    let (configuration, faults) = load_tree(&[("root", "main.tf", &text.replacen("x =", "x x", 1))]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(configuration.root().module.resources.len(), 20_000);
}
