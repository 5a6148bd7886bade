//! What one file declares, before files are combined into a module.

use std::num::NonZero;
use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use crate::diag::{Diagnostic, Diagnostics, Range, Source};
use crate::graph::shared;
use crate::syntax::{self, Block, Body, BodyRule};

use super::resource::{self, Mode, Nesting};
use super::rule::rule;
use super::{
    Check, FileKind, Import, Local, ModuleCall, Moved, ProviderConfig, Removed, Resource, Syntax, check,
    local, module_call, output, provider, refactoring, settings, variable,
};

/// Everything that a file declares, in order.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "resources are large, and are handed on in their boxes")]
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

/// A kind of block, with the names of its labels.
type Kind = (&'static str, &'static [&'static str]);

/// The blocks of a configuration.
pub const BLOCKS: [Kind; 13] = [
    ("terraform", &[]),
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
];

/// The blocks of `terrace.hcl`. They are known here so that a block in the wrong file can be told where it belongs.
pub const ENVIRONMENT_BLOCKS: [Kind; 7] = [
    ("project", &["name"]),
    ("state", &["kind"]),
    ("parameter", &["name"]),
    ("environment", &["name"]),
    ("preview", &[]),
    ("toggle", &["name"]),
    ("variables_for", &["service"]),
];

static FILE: LazyLock<BodyRule<'static>> = LazyLock::new(|| {
    // Also listed only to be told where it belongs.
    let misplaced = [("required_providers", [].as_slice())];
    rule(&[], &[BLOCKS.as_slice(), &ENVIRONMENT_BLOCKS, &misplaced].concat())
});

/// With less text than this, threads cost more than they gain.
const WORTH_THREADS: usize = 256 * 1024;

/// Parses and decodes all files of a directory in order, in parallel if that pays.
pub(super) fn decode_all(sources: &[Arc<Source>]) -> Vec<(Declarations, Diagnostics)> {
    let bytes: usize = sources.iter().map(|source| source.text().len()).sum();
    if bytes < WORTH_THREADS {
        return sources.iter().map(|source| Part::whole(source).decode().found).collect();
    }
    // Finding out reads several files, so it is done only if the answer matters.
    let threads = available_parallelism().map_or(1, NonZero::get);
    let parts: Vec<Vec<Part<'_>>> = sources.iter().map(|source| Part::of(source, threads)).collect();
    let all: Vec<&Part<'_>> = parts.iter().flatten().collect();
    let mut decoded = shared::by_turns(&all, threads, |part| part.decode()).into_iter();
    let mut found = Vec::with_capacity(all.len());
    for (source, parts) in sources.iter().zip(&parts) {
        let parts: Vec<Decoded> = decoded.by_ref().take(parts.len()).collect();
        let cut_well = parts.split_last().is_none_or(|(_, before)| before.iter().all(|part| part.is_whole));
        match cut_well {
            true => found.extend(parts.into_iter().map(|part| part.found)),
            false => found.push(Part::whole(source).decode().found),
        }
    }
    found
}

/// A file, or the part of a large one that one thread reads.
struct Part<'s> {
    source: &'s Arc<Source>,
    kind: FileKind,
    range: Range,
}

struct Decoded {
    found: (Declarations, Diagnostics),
    /// The text had no errors, so the part ends with its last item.
    is_whole: bool,
}

impl<'s> Part<'s> {
    fn whole(source: &'s Arc<Source>) -> Self {
        let name = source.name().rsplit(['/', '\\']).next().unwrap_or_default();
        let kind = FileKind::of(name).unwrap_or(FileKind { syntax: Syntax::Native, overrides: false });
        Self { source, kind, range: Range::new(0, source.text().len()) }
    }

    /// Override files are not split: some warnings are given once per file.
    fn of(source: &'s Arc<Source>, threads: usize) -> Vec<Self> {
        let whole = Self::whole(source);
        let small = source.text().len() < WORTH_THREADS;
        if small || whole.kind.overrides || whole.kind.syntax == Syntax::Json {
            return vec![whole];
        }
        syntax::parts(source, threads).into_iter().map(|range| Self { range, ..whole }).collect()
    }

    fn decode(&self) -> Decoded {
        let mut diagnostics = Diagnostics::new();
        let body = match self.kind.syntax {
            Syntax::Native => syntax::parse_part(self.source, self.range, &mut diagnostics),
            Syntax::Json => syntax::parse_json_file(self.source, &mut diagnostics),
        };
        let is_whole = diagnostics.is_empty();
        let declarations = decode(&body, self.kind.overrides, &mut diagnostics);
        Decoded { found: (declarations, diagnostics), is_whole }
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
            kind if ENVIRONMENT_BLOCKS.iter().any(|(known, _)| *known == kind) => {
                let detail = format!("\"{kind}\" blocks are not read here: they belong into terrace.hcl.");
                diagnostics.push(
                    Diagnostic::error("Misplaced block", detail)
                        .at(block.kind_span.clone())
                        .hint("Write it into terrace.hcl, beside the files of the root module."),
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
