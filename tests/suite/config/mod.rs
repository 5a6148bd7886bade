//! What configuration says of the recorded cases of `validate`, as far as it is its business.
//!
//! The reference's reports that belong to this room must be there with their file and line; of what the reference
//! holds to be valid nothing may be refused. Faults of references and values are found one floor higher.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use terrace::config::{self, FileKind, InstalledModule, ModuleRequest, ModuleSource, SourceTree};
use terrace::diag::{Diagnostic, Diagnostics, Severity, Source};

/// Summaries of the reference for what this room and the syntax below it find. A summary that ends with a star
/// stands for all that begin like it.
const OURS: &[&str] = &[
    "Attribute redefined",
    "Both a backend*",
    "Cannot override*",
    "Data source address not allowed",
    "Duplicate *",
    "Extraneous label*",
    "Function calls not allowed",
    "Invalid \"moved\" addresses",
    "Invalid \"on_failure\" keyword",
    "Invalid \"when\" keyword",
    "Invalid address",
    "Invalid combination*",
    "Invalid configuration_aliases value",
    "Invalid data resource lifecycle argument",
    "Invalid data source name",
    "Invalid default value for optional attribute",
    "Invalid default value for variable",
    "Invalid ephemeral resource lifecycle argument",
    "Invalid ignore_changes wildcard",
    "Invalid import address",
    "Invalid import configuration",
    "Invalid import provider argument",
    "Invalid legacy variable type hint",
    "Invalid lifecycle block",
    "Invalid module instance name",
    "Invalid module source address",
    "Invalid output name",
    "Invalid provider configuration reference",
    "Invalid provider local name",
    "Invalid provider namespace",
    "Invalid provider source string",
    "Invalid provisioner block",
    "Invalid quoted type constraints",
    "Invalid reference from destroy provisioner",
    "Invalid reference in precondition",
    "Invalid reference in replace_triggered_by expression",
    "Invalid registry module source address",
    "Invalid replace_triggered_by expression",
    "Invalid required_providers object",
    "Invalid required_version constraint",
    "Invalid resource name",
    "Invalid resource type name",
    "Invalid source",
    "Invalid type specification",
    "Invalid variable name",
    "Invalid variable validation condition",
    "Invalid version constraint",
    "Missing base *",
    "Missing block label",
    "Missing item separator",
    "Missing module call to override",
    "Missing name for *",
    "Missing required provider configuration",
    "Missing resource to override",
    "Missing type for *",
    "Module uses experimental features",
    "Multiple data resource blocks",
    "Postconditions are not allowed",
    "Provider type mismatch",
    "Reserved *",
    "Resource instance keys not allowed",
    "The \"chef\" provisioner has been removed",
    "Unsupported block type",
    "Unsupported override",
    "Unsupported Terraform Core version",
    "Backend configuration ignored",
    "Quoted *",
    "Redundant empty provider block",
    "Reference to undefined provider",
    "Version constraints inside*",
];

/// Cases whose fault is not found here, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("data_source_with_provisioner.tf", BY_SCHEMA),
    ("dynamic_in_provisioner_connection.tf", BY_SCHEMA),
    ("dynamic_lifecycle.tf", BY_SCHEMA),
    ("dynamic_of_unknown_block.tf", BY_SCHEMA),
    ("dynamic_provisioner.tf", BY_SCHEMA),
    ("module_with_unknown_block", BY_SCHEMA),
    ("resource_argument_as_block.tf", BY_SCHEMA),
    ("resource_unsupported_block.tf", BY_SCHEMA),
    ("for_with_duplicate_keys.tf", "found by evaluation"),
    ("test_files_with_faults", "test files are not read yet"),
];
const BY_SCHEMA: &str = "the blocks of a type are known one floor higher";

#[test]
fn says_what_the_reference_says_of_every_recorded_case() {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/validate");
    let text = std::fs::read_to_string(recorded.join("recorded.jsonl")).unwrap();
    let only = std::env::var("CASE").ok();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = case["case"].as_str().unwrap();
        let skipped = ELSEWHERE.iter().any(|(elsewhere, _)| *elsewhere == name);
        if only.as_ref().map_or(skipped, |only| only != name) {
            continue;
        }
        compared += 1;
        let path = recorded.join("cases").join(name);
        let found = match std::panic::catch_unwind(|| load(&path)) {
            Ok(found) => found,
            Err(_) => {
                wrong.push(format!("{name}: panicked"));
                continue;
            }
        };
        if only.is_some() {
            println!("{name}: {case:#}\n{found:#?}");
        }
        wrong.extend(differences(name, &case, &found));
    }
    assert!(wrong.is_empty(), "{} differences in {compared} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// Half a configuration is what an editor shows most of the time.
#[test]
fn survives_the_loss_of_any_line_and_any_end() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/validate/cases");
    for entry in std::fs::read_dir(cases).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let name = if path.extension().is_some_and(|e| e == "json") { "main.tf.json" } else { "main.tf" };
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for lost in 0..lines.len() {
            let rest: String =
                lines.iter().enumerate().filter(|(i, _)| *i != lost).map(|(_, line)| *line).collect();
            let _ = config::load(&OneFile(Source::new(name, rest)));
        }
        for (end, _) in text.char_indices().step_by(7) {
            let _ = config::load(&OneFile(Source::new(name, &text[..end])));
        }
    }
}

/// A root module of one file.
struct OneFile(Arc<Source>);

impl SourceTree for OneFile {
    fn root(&self) -> Arc<str> {
        "".into()
    }

    fn files(&self, _directory: &str) -> (Vec<Arc<Source>>, Diagnostics) {
        (vec![Arc::clone(&self.0)], Diagnostics::new())
    }

    fn resolve(&self, request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics> {
        Err(Diagnostic::error("Module not installed", "There is only one file.")
            .at(request.source_span.clone())
            .into())
    }
}

fn differences(name: &str, case: &serde_json::Value, found: &[Diagnostic]) -> Vec<String> {
    let mut wrong = Vec::new();
    if case["valid"] == true {
        for fault in found.iter().filter(|fault| fault.severity == Severity::Error) {
            wrong.push(format!("{name}: refused: {} {:?}: {}", fault.summary, fault.subject, fault.detail));
        }
    }
    for report in case["reports"].as_array().unwrap() {
        let [severity, summary, file, line] = report.as_array().unwrap().as_slice() else {
            panic!("{report}")
        };
        let summary = summary.as_str().unwrap();
        let ours = |own: &&&str| match own.strip_suffix('*') {
            Some(start) => summary.starts_with(start),
            None => summary == **own,
        };
        if OURS.iter().find(ours).is_none() {
            continue;
        }
        let severity = if severity == "error" { Severity::Error } else { Severity::Warning };
        let there = found.iter().any(|fault| {
            let place = fault.subject.as_ref().map(|span| (span.source.name().to_owned(), span.start().line));
            let same_place = match (file.as_str(), line.as_u64(), place) {
                (Some(file), Some(line), Some((name, at))) => name == file && at as u64 == line,
                (None, _, _) => true,
                _ => false,
            };
            fault.severity == severity && same_place
        });
        if !there {
            let ours: Vec<String> = found.iter().map(|f| format!("{} {:?}", f.summary, f.subject)).collect();
            wrong.push(format!("{name}: missing: {severity:?} {summary} {file}:{line}; have {ours:?}"));
        }
    }
    wrong
}

fn load(case: &Path) -> Vec<Diagnostic> {
    let tree = Files { root: case.to_owned() };
    let (_, diagnostics) = config::load(&tree);
    diagnostics.into_iter().collect()
}

/// A case on disk; a case of one file is a directory with that file.
struct Files {
    root: PathBuf,
}

impl SourceTree for Files {
    fn root(&self) -> Arc<str> {
        "".into()
    }

    fn files(&self, directory: &str) -> (Vec<Arc<Source>>, Diagnostics) {
        let mut found = BTreeMap::new();
        if self.root.is_file() {
            let json = self.root.extension().is_some_and(|e| e == "json");
            found.insert(if json { "main.tf.json" } else { "main.tf" }.to_owned(), self.root.clone());
        } else {
            for entry in std::fs::read_dir(self.root.join(directory)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_file() && FileKind::of(&name).is_some() {
                    let shown = if directory.is_empty() { name } else { format!("{directory}/{name}") };
                    found.insert(shown, path);
                }
            }
        }
        let read = |(name, path): (String, PathBuf)| {
            Source::new(name, String::from_utf8_lossy(&std::fs::read(path).unwrap()))
        };
        (found.into_iter().map(read).collect(), Diagnostics::new())
    }

    fn resolve(&self, request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics> {
        let ModuleSource::Local(path) = request.source else {
            return Err(Diagnostic::error("Module not installed", "Only local modules here.").into());
        };
        let mut steps: Vec<&str> = request.caller.split('/').filter(|step| !step.is_empty()).collect();
        for step in path.split('/') {
            match step {
                "." | "" => {}
                ".." => drop(steps.pop()),
                step => steps.push(step),
            }
        }
        let directory = steps.join("/");
        if self.root.join(&directory).is_dir() {
            return Ok(InstalledModule { directory: directory.into(), version: None });
        }
        Err(Diagnostic::error("Module not installed", "There is no such directory.")
            .at(request.source_span.clone())
            .into())
    }
}
