//! Loads the tree of modules, from the root down: each directory is read once, and each call gets a node.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::ModulePath;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::value::Name;

use super::{
    Configuration, InstalledModule, LANGUAGE_VERSION, Module, ModuleCall, ModuleId, ModuleNode,
    ModuleRequest, SourceTree, Version, assembly, file, passing,
};

/// A deeper tree is assumed to be endless, with directories that all look different.
const DEEPEST: usize = 200;

/// Modules that call ten others each, ten levels deep, would otherwise fill the memory.
const MOST_MODULES: usize = 50_000;

/// Reads a whole configuration, from the root module down.
pub fn load(sources: &dyn SourceTree) -> (Configuration, Diagnostics) {
    let mut loader =
        Loader { sources, modules: BTreeMap::new(), nodes: Vec::new(), diagnostics: Diagnostics::new() };
    let directory = sources.root();
    let module = loader.module(&directory);
    loader.nodes.push(ModuleNode {
        path: ModulePath::root(),
        module,
        parent: None,
        children: BTreeMap::new(),
        version: None,
    });
    loader.descend();
    let Loader { nodes, mut diagnostics, .. } = loader;
    let configuration = Configuration { nodes };
    passing::check(&configuration, &mut diagnostics);
    (configuration, diagnostics)
}

struct Loader<'a> {
    sources: &'a dyn SourceTree,
    /// By directory.
    modules: BTreeMap<Arc<str>, Arc<Module>>,
    nodes: Vec<ModuleNode>,
    diagnostics: Diagnostics,
}

impl Loader<'_> {
    /// Follows all calls, depth first, in the order of their names.
    fn descend(&mut self) {
        let mut waiting: Vec<(ModuleId, Name)> = Vec::new();
        self.queue_calls(ModuleId(0), &mut waiting);
        while let Some((parent, name)) = waiting.pop() {
            if self.nodes.len() > MOST_MODULES {
                return self.too_many(parent, &name);
            }
            if let Some(child) = self.follow(parent, &name) {
                self.queue_calls(child, &mut waiting);
            }
        }
    }

    fn too_many(&mut self, parent: ModuleId, name: &Name) {
        let call = self.nodes.get(parent.0).and_then(|node| node.module.calls.get(name));
        let detail = format!(
            "The modules of this project call each other more than {MOST_MODULES} times; nothing is done with so many."
        );
        let fault = Diagnostic::error("Too many modules", detail);
        self.diagnostics.push(match call {
            Some(call) => fault.at(call.span.clone()),
            None => fault,
        });
    }

    /// Puts the calls of a module on the stack, the first on top.
    fn queue_calls(&self, id: ModuleId, waiting: &mut Vec<(ModuleId, Name)>) {
        let calls = self.nodes.get(id.0).map(|node| node.module.calls.keys().rev());
        waiting.extend(calls.into_iter().flatten().map(|name| (id, Name::clone(name))));
    }

    /// Gives a call its node in the tree.
    fn follow(&mut self, parent: ModuleId, name: &Name) -> Option<ModuleId> {
        let caller = Arc::clone(&self.nodes.get(parent.0)?.module);
        let call = caller.calls.get(name)?;
        let path = self.nodes.get(parent.0)?.path.child(Name::clone(name));
        let installed = self.resolve(&path, &caller, call)?;
        if self.is_cycle(parent, &installed.directory, &path, call) {
            return None;
        }
        let module = self.module(&installed.directory);
        self.check_called(&module, &path);
        let id = ModuleId(self.nodes.len());
        self.nodes.push(ModuleNode {
            path,
            module,
            parent: Some(parent),
            children: BTreeMap::new(),
            version: installed.version,
        });
        self.nodes.get_mut(parent.0)?.children.insert(Name::clone(name), id);
        Some(id)
    }

    fn resolve(&mut self, path: &ModulePath, caller: &Module, call: &ModuleCall) -> Option<InstalledModule> {
        let request = ModuleRequest {
            path,
            caller: &caller.directory,
            source: call.source.as_ref()?,
            source_span: &call.source_span,
            version: call.version.as_ref(),
            call_span: &call.span,
        };
        match self.sources.resolve(&request) {
            Ok(installed) => Some(installed),
            Err(faults) => {
                self.diagnostics.extend(faults);
                None
            }
        }
    }

    /// Reports a call that leads back to a directory on the path to it.
    fn is_cycle(&mut self, parent: ModuleId, directory: &str, path: &ModulePath, call: &ModuleCall) -> bool {
        let mut above = Some(parent);
        while let Some(node) = above.and_then(|id| self.nodes.get(id.0)) {
            if &*node.module.directory == directory {
                let whose =
                    if node.path.is_root() { "the root module".to_owned() } else { node.path.to_string() };
                let detail = format!(
                    "{path} is the same module as {whose}, which it is called from: the calls would never end."
                );
                self.diagnostics
                    .push(Diagnostic::error("Module calls itself", detail).at(call.source_span.clone()));
                return true;
            }
            above = node.parent;
        }
        let too_deep = path.calls().len() > DEEPEST;
        if too_deep {
            let detail =
                format!("Modules call each other more than {DEEPEST} deep here, which looks like no end.");
            self.diagnostics
                .push(Diagnostic::error("Modules nested too deeply", detail).at(call.span.clone()));
        }
        too_deep
    }

    /// The module of a directory, read when first needed.
    fn module(&mut self, directory: &Arc<str>) -> Arc<Module> {
        if let Some(module) = self.modules.get(directory) {
            return Arc::clone(module);
        }
        let (sources, faults) = self.sources.files(directory);
        self.diagnostics.extend(faults);
        let mut files = Vec::with_capacity(sources.len());
        for (declarations, faults) in file::decode_all(&sources) {
            self.diagnostics.extend(faults);
            files.push(declarations);
        }
        let mut module = assembly::assemble(files, &mut self.diagnostics);
        module.directory = Arc::clone(directory);
        check_required_version(&module, &mut self.diagnostics);
        let module = Arc::new(module);
        self.modules.insert(Arc::clone(directory), Arc::clone(&module));
        module
    }

    /// Reports what only the root module may have.
    fn check_called(&mut self, module: &Module, path: &ModulePath) {
        let unheeded = |what: &str, span: &Span| {
            let detail = format!(
                "Where state is kept is said by the root module; what {path} says in this {what} block has no effect."
            );
            Diagnostic::warning(format!("{what} block ignored"), detail).at(span.clone())
        };
        if let Some(backend) = &module.settings.backend {
            self.diagnostics.push(unheeded("backend", &backend.span));
        }
        if let Some(import) = module.imports.first() {
            let detail =
                format!("Only the root module can have \"import\" blocks, and this one is in {path}.");
            self.diagnostics
                .push(Diagnostic::error("Invalid import configuration", detail).at(import.span.clone()));
        }
    }
}

/// Whether the module accepts the language version that is implemented here.
fn check_required_version(module: &Module, diagnostics: &mut Diagnostics) {
    let Ok(ours) = Version::parse(LANGUAGE_VERSION) else { return };
    for constraints in &module.settings.required_version {
        if let Some(prerelease) = constraints.prerelease() {
            let detail = format!(
                "\"{prerelease}\" names a prerelease, which required_version cannot do; leave the part after the dash \
                 out."
            );
            diagnostics.push(
                Diagnostic::error("Invalid required_version constraint", detail).at(constraints.span.clone()),
            );
            continue;
        }
        let unmet = constraints.unmet(&ours);
        if !unmet.is_empty() {
            let detail = format!(
                "This module asks for version {constraints} of the language, and {ours} is implemented here, which \
                 does not meet {}.",
                unmet.join(" and ")
            );
            diagnostics
                .push(Diagnostic::error("Unsupported language version", detail).at(constraints.span.clone()));
        }
    }
}
