//! Cases as text: the steps of a project, each with the files that it is run on.

use std::collections::BTreeMap;
use std::fmt::Write;

/// One step of a case: `apply`, `destroy` or `refresh`, which plan first, or any other command.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) verb: String,
    pub(super) flags: Vec<String>,
    pub(super) files: BTreeMap<String, String>,
}

pub(super) fn steps(text: &str) -> Vec<Step> {
    let text = format!("\n{text}");
    let parts = text.split("\n--- ").skip(1);
    parts
        .map(|part| {
            let (head, body) = part.split_once('\n').unwrap_or((part, ""));
            let mut words = head.split_whitespace().map(str::to_owned);
            let verb = words.next().unwrap();
            let (mut files, mut name) = (BTreeMap::new(), "main.tf".to_owned());
            for line in body.split_inclusive('\n') {
                match line.strip_prefix('@') {
                    Some(file) => {
                        file.trim().clone_into(&mut name);
                        files.insert(name.clone(), String::new());
                    }
                    None => files.entry(name.clone()).or_default().push_str(line),
                }
            }
            Step { verb, flags: words.collect(), files }
        })
        .collect()
}

/// The text that these steps are read from.
pub(super) fn text(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        let words: Vec<&str> =
            std::iter::once(&*step.verb).chain(step.flags.iter().map(String::as_str)).collect();
        let _ = writeln!(text, "--- {}", words.join(" "));
        // Without a name comes the root's file, which hence is first.
        let (root, others): (Vec<_>, Vec<_>) = step.files.iter().partition(|(name, _)| *name == "main.tf");
        for (name, content) in root.into_iter().chain(others) {
            if name != "main.tf" {
                let _ = writeln!(text, "@{name}");
            }
            text.push_str(content.trim_end_matches('\n'));
            text.push('\n');
        }
    }
    text
}
