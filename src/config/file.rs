//! What one file declares, before it becomes part of a module.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::syntax::{self, Block, Body, BodyRule};

use super::resource::{self, Mode, Nesting};
use super::rule::rule;
use super::{
    Check, FileKind, Import, Local, ModuleCall, Moved, ProviderConfig, Removed, Resource, Syntax, check,
    local, module_call, output, provider, refactoring, settings, variable,
};

/// Everything that a file declares, in the order of the text.
#[derive(Default)]
pub(super) struct Declarations {
    pub overrides: bool,
    pub settings: settings::Declared,
    pub providers: Vec<ProviderConfig>,
    pub variables: Vec<variable::Declared>,
    pub locals: Vec<Local>,
    pub outputs: Vec<output::Declared>,
    /// Of all modes; those inside checks too.
    pub resources: Vec<Box<Resource>>,
    pub calls: Vec<ModuleCall>,
    pub checks: Vec<Check>,
    pub moved: Vec<Moved>,
    pub imports: Vec<Import>,
    pub removed: Vec<Removed>,
}

static FILE: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    rule(
        &[],
        &[
            ("terraform", &[]),
            // Not valid here; known so that the fault can say where it belongs.
            ("required_providers", &[]),
            ("provider", &["name"]),
            ("variable", &["name"]),
            ("locals", &[]),
            ("output", &["name"]),
            ("module", &["name"]),
            ("resource", &["type", "name"]),
            ("data", &["type", "name"]),
            ("ephemeral", &["type", "name"]),
            ("moved", &[]),
            ("removed", &[]),
            ("import", &[]),
            ("check", &["name"]),
        ],
    )
});

/// Less text than this is read faster by one thread than by several.
const WORTH_THREADS: usize = 256 * 1024;

/// Parses and takes apart all files of a directory, in their order; in parallel where that pays.
pub(super) fn decode_all(sources: &[Arc<Source>]) -> Vec<(Declarations, Diagnostics)> {
    let bytes: usize = sources.iter().map(|source| source.text().len()).sum();
    if bytes < WORTH_THREADS || sources.len() < 2 {
        return sources.iter().map(decode_source).collect();
    }
    // Asking reads several files, so it is done only where the answer matters.
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(sources.len());
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(sources.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(source) = sources.get(index) else { break };
                    let decoded = decode_source(source);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, decoded));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, decoded)| decoded).collect()
}

fn decode_source(source: &Arc<Source>) -> (Declarations, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let name = source.name().rsplit(['/', '\\']).next().unwrap_or_default();
    let kind = FileKind::of(name).unwrap_or(FileKind { syntax: Syntax::Native, overrides: false });
    let body = parse(source, kind.syntax, &mut diagnostics);
    let declarations = decode(&body, kind.overrides, &mut diagnostics);
    (declarations, diagnostics)
}

fn parse(source: &Arc<Source>, syntax: Syntax, diagnostics: &mut Diagnostics) -> Body {
    match syntax {
        Syntax::Native => syntax::parse_file(source, diagnostics),
        Syntax::Json => syntax::parse_json_file(source, diagnostics),
    }
}

fn decode(body: &Body, overrides: bool, diagnostics: &mut Diagnostics) -> Declarations {
    let mut file = Declarations { overrides, ..Declarations::default() };
    for block in &body.content(&FILE, diagnostics).blocks {
        file.add(block, diagnostics);
    }
    file
}

impl Declarations {
    fn add(&mut self, block: &Block, diagnostics: &mut Diagnostics) {
        let overrides = self.overrides;
        match &*block.kind {
            "terraform" => self.settings.decode(block, diagnostics),
            "required_providers" => {
                let detail = "\"required_providers\" belongs inside a \"terraform\" block.";
                diagnostics.push(
                    Diagnostic::error("Misplaced required_providers block", detail)
                        .at(block.kind_span.clone()),
                );
            }
            "provider" => self.providers.extend(provider::decode(block, diagnostics)),
            "variable" => self.variables.extend(variable::decode(block, overrides, diagnostics)),
            "locals" => self.locals.extend(local::decode(block, diagnostics)),
            "output" => self.outputs.extend(output::decode(block, overrides, diagnostics)),
            "module" => self.calls.extend(module_call::decode(block, overrides, diagnostics)),
            "resource" => self.resource(block, Mode::Managed, diagnostics),
            "data" => self.resource(block, Mode::Data(Nesting::Free), diagnostics),
            "ephemeral" => self.resource(block, Mode::Ephemeral, diagnostics),
            "moved" => self.moved.extend(refactoring::decode_moved(block, diagnostics)),
            "import" => self.imports.extend(refactoring::decode_import(block, diagnostics)),
            "removed" => self.removed.extend(refactoring::decode_removed(block, diagnostics)),
            "check" => {
                if let Some((check, data)) = check::decode(block, overrides, diagnostics) {
                    self.checks.push(check);
                    self.resources.extend(data);
                }
            }
            _ => {}
        }
    }

    fn resource(&mut self, block: &Block, mode: Mode, diagnostics: &mut Diagnostics) {
        self.resources.extend(resource::decode(block, mode, self.overrides, diagnostics));
    }
}
