//! Commands that only pass a request to `app` and print the answer.

use std::io::Read;
use std::path::PathBuf;

use crate::app;
use crate::app::format::Formatted;
use crate::config::LANGUAGE_VERSION;
use crate::diag::{Diagnostics, Source};
use crate::render;

use super::arguments::{Format, Inputs, Metadata, MetadataSubject, ServeSite, Validate, Version};
use super::output::Output;
use super::{ERRORS, FINE};

/// The exit code of `fmt` for files that it cannot read, which differs from the one for files that would change;
/// Terraform does the same.
const UNREADABLE: u8 = 2;
const WOULD_CHANGE: u8 = 3;

pub(super) fn validate(request: &Validate, output: &Output) -> u8 {
    let given = super::question::given(&Inputs::default());
    let app::validate::Verdict { diagnostics, environments } = app::validate::run(&request.folder, &given);
    if request.json {
        output.print(&format!("{}\n", render::json::validation(&diagnostics, &environments)));
        return if diagnostics.has_errors() { ERRORS } else { FINE };
    }
    let code = output.report(&diagnostics);
    if !environments.is_empty() {
        output.print(&render::verdicts_table(&environments).terminal(output.result_style()));
        output.print("\n");
    }
    if code == FINE {
        let warned = if diagnostics.is_empty() { "" } else { ", with the warnings above" };
        output.print(&format!("The configuration is valid{warned}.\n"));
    }
    code
}

pub(super) fn format(request: &Format, output: &Output) -> u8 {
    let mut diagnostics = Diagnostics::new();
    let from_input = request.targets == [PathBuf::from("-")];
    let formatted = if from_input {
        match standard_input(output) {
            Ok(source) => app::format::text(&source, &mut diagnostics).into_iter().collect(),
            Err(code) => return code,
        }
    } else {
        let write = request.write && !request.check;
        let work = app::format::Request { targets: &request.targets, recursive: request.recursive, write };
        app::format::run(&work, &mut diagnostics)
    };
    // With neither files to write nor names to list, the formatted text itself is printed.
    let list = request.list && !from_input;
    let whole = !list && !request.diff && !request.check && (from_input || !request.write);
    for text in &formatted {
        if list && text.differs() {
            output.show(&format!("{}\n", text.name));
        }
        if request.diff && text.differs() {
            output.show(&unified(text));
        }
        if whole {
            output.write(&text.content());
        }
    }
    output.report(&diagnostics);
    match (diagnostics.has_errors(), request.check && formatted.iter().any(Formatted::differs)) {
        (true, _) => UNREADABLE,
        (false, true) => WOULD_CHANGE,
        (false, false) => FINE,
    }
}

fn standard_input(output: &Output) -> Result<std::sync::Arc<Source>, u8> {
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
        output.fail("Standard input cannot be read", &format!("Reading standard input failed: {error}."));
        return Err(UNREADABLE);
    }
    Ok(Source::from_bytes("<stdin>", bytes))
}

fn unified(difference: &Formatted) -> String {
    let name = &difference.name;
    similar::TextDiff::from_lines(&difference.before, &difference.after)
        .unified_diff()
        .context_radius(3)
        .header(&format!("old/{name}"), &format!("new/{name}"))
        .to_string()
}

pub(super) fn version(request: &Version, output: &Output) -> u8 {
    let version = env!("CARGO_PKG_VERSION");
    if request.json {
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        let machine = match machine {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        let answer = serde_json::json!({
            "terrace_version": version,
            "terraform_version": LANGUAGE_VERSION,
            "platform": format!("{system}_{machine}"),
            "provider_selections": {},
            "terraform_outdated": false,
        });
        output.print(&format!("{answer:#}\n"));
    } else {
        output.print(&format!("terrace {version}\nreads the Terraform language of {LANGUAGE_VERSION}\n"));
    }
    FINE
}

pub(super) fn metadata(request: &Metadata, output: &Output) -> u8 {
    output.print(&match request.subject {
        MetadataSubject::Functions { .. } => app::metadata::functions() + "\n",
        MetadataSubject::PlanSchema => render::json::PLAN_SCHEMA.to_owned(),
    });
    FINE
}

pub(super) fn serve_site(request: ServeSite, output: &Output) -> u8 {
    let error = app::site::serve(request.folder, request.index, request.not_found);
    output.fail(
        "Site cannot be served",
        &format!(
            "Serving failed: {error}. This command is started by apply, with a socket as its standard input."
        ),
    )
}
