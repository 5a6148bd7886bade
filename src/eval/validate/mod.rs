//! Checks that a configuration is valid for all inputs, without any.
//!
//! Every module is walked once with its variables unknown, and its arguments are checked for each call. Each reference
//! is checked against the declarations (`references`) before evaluation, so that an invalid one is found even where
//! evaluation would not reach it. What providers and provisioners accept arrives as [`Schemas`]; in a block without a
//! schema only the expressions are checked.

mod cycles;
mod dependencies;
mod imports;
mod module_call;
mod output;
mod providers;
mod references;
mod resource;
mod rules;
mod shares;
mod site;
mod variable;

use std::collections::{HashMap, HashSet};

use crate::address::{ProviderAddress, ResourceAddress};
use crate::config::{Configuration, ModuleId, ModuleNode, Variable};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::schema;
use crate::syntax::Expression;
use crate::value::{Name, Value};

use super::declared;
use super::evaluator::Evaluator;
use super::functions::Table;
use super::names::WithFunctions;
use crate::expression::Names;
use site::Site;

pub use cycles::find as cycles;
pub use dependencies::{Thing, What, dependencies};
pub use imports::repeated;
pub use providers::{Configuring, configuring};
pub use resource::ephemeral_arguments;

/// What is known about the blocks that the language itself does not define.
pub trait Schemas: Sync {
    /// The schema of a provider, if it is known.
    fn provider(&self, address: &ProviderAddress) -> Option<&schema::Provider>;

    /// A provider's objections to the arguments of a resource, beyond their types.
    fn objections(
        &self,
        provider: &ProviderAddress,
        resource: &ResourceAddress,
        arguments: &Value,
    ) -> Vec<Objection>;

    /// A provisioner's objections to its arguments, beyond their types.
    fn provisioner_objections(&self, kind: &str, arguments: &Value) -> Vec<Objection>;

    /// The arguments of a provisioner; `None` if there is no such provisioner.
    fn provisioner(&self, kind: &str) -> Option<&schema::Block>;

    /// The arguments of a `connection` block.
    fn connection(&self) -> &schema::Block;

    /// All names of provisioners, for "did you mean".
    fn provisioners(&self) -> Vec<&str>;
}

/// An objection to arguments, beyond their types.
#[derive(Clone, Debug)]
pub struct Objection {
    /// The argument that it is about, if it is about one.
    pub argument: Option<Name>,
    /// A whole sentence.
    pub message: String,
}

/// The value of an expression of the root module, after its references were checked against the declarations: an
/// undeclared name is an error even inside `try`. The expression itself calls these functions; the configuration's own
/// expressions call the evaluator's.
pub fn checked_value(
    evaluator: &Evaluator<'_>,
    schemas: &dyn Schemas,
    functions: &Table,
    expression: &Expression,
    diagnostics: &mut Diagnostics,
) -> Value {
    let site = Site::new(evaluator, evaluator.configuration.root_id(), schemas, true);
    let scope = WithFunctions { below: &site.scope, functions };
    site.value_over(&scope, expression, &Names::new(), diagnostics)
}

/// Checks the root module's variables, with their given values, against their validations. `given` returns the place of
/// a value, if it may be shown.
pub fn check_inputs(
    evaluator: &Evaluator<'_>,
    schemas: &dyn Schemas,
    given: &dyn Fn(&Variable) -> Option<Span>,
    diagnostics: &mut Diagnostics,
) {
    let site = Site::new(evaluator, evaluator.configuration.root_id(), schemas, true);
    for variable in site.module().variables.values() {
        let mut refused = Diagnostics::new();
        rules::hold(&site, &site.scope, &variable.validations, variable::REFUSED, &mut refused);
        let declared = |fault: Diagnostic| {
            let fault = fault.related(format!("Variable \"{}\"", variable.name), variable.span.clone());
            match given(variable) {
                Some(place) => fault.related("the value", place),
                None => fault,
            }
        };
        diagnostics.extend(refused.into_iter().map(declared));
    }
}

/// Checks everything that can be checked without inputs, state and providers. The evaluator must have been made for
/// validation. If the configuration is not `whole`, because an error in it was reported, missing names may be a
/// consequence, and only certain errors are reported.
pub fn validate(evaluator: &Evaluator<'_>, schemas: &dyn Schemas, whole: bool) -> Diagnostics {
    let mut diagnostics = cycles(evaluator.configuration, &dependencies(evaluator.configuration));
    if diagnostics.has_errors() {
        return diagnostics;
    }
    let used = providers::used(evaluator.configuration);
    let first = first_of_their_kind(evaluator.configuration);
    for (id, node) in evaluator.configuration.nodes() {
        let site = Site::new(evaluator, id, schemas, whole);
        given(&site, node, &mut diagnostics);
        if first.contains(&id) {
            diagnostics.extend(inside(&site, node));
        }
        for (local, provider) in &node.module.providers {
            if used.contains(&(id, local)) {
                resource::provider(&site, provider, &mut diagnostics);
            }
        }
    }
    let root = Site::new(evaluator, evaluator.configuration.root_id(), schemas, whole);
    imports::check(&root, &mut diagnostics);
    // Errors of named values that some expression needed are found by this walk itself, earlier or later.
    drop(evaluator.take_faults());
    let diagnostics = once_each(diagnostics).into_iter();
    let mut kept = Diagnostics::new();
    kept.extend(diagnostics.filter(|fault| whole || !declared::is_absence(fault)));
    kept
}

/// The first call of each module: whatever other calls pass, nothing else would be found inside. Modules are the same
/// only if the modules that they call are, too, which may differ because each call is installed by itself.
fn first_of_their_kind(configuration: &Configuration) -> HashSet<ModuleId> {
    let mut kinds = HashMap::new();
    let mut kind_of: HashMap<ModuleId, usize> = HashMap::new();
    let mut first = Vec::new();
    let nodes: Vec<_> = configuration.nodes().collect();
    // Called modules come after their callers.
    for (id, node) in nodes.into_iter().rev() {
        let kind_of_call = |(name, child)| (name, kind_of.get(child).copied());
        let called: Vec<_> = node.children.iter().map(kind_of_call).collect();
        let new = kinds.len();
        let kind = *kinds.entry((&*node.module.directory, called)).or_insert(new);
        kind_of.insert(id, kind);
        match first.get_mut(kind) {
            Some(first) => *first = id,
            None => first.push(id),
        }
    }
    first.into_iter().collect()
}

/// Checks what a call passes to a module.
fn given(site: &Site<'_, '_>, node: &ModuleNode, diagnostics: &mut Diagnostics) {
    let given = variable::given(site);
    for variable in node.module.variables.values() {
        variable::check(site, variable, &given, diagnostics);
    }
}

/// Checks the inside of a module, whatever is passed to it.
fn inside(site: &Site<'_, '_>, node: &ModuleNode) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let module = &node.module;
    for local in module.locals.values() {
        site.value(&local.expression, &mut diagnostics);
    }
    let resources: Vec<_> = module.resources.values().collect();
    diagnostics.extend(shares::visit(&resources, |resource, diagnostics| {
        resource::check(site, resource, diagnostics);
    }));
    for call in module.calls.values() {
        module_call::check(site, call, &mut diagnostics);
    }
    for output in module.outputs.values() {
        output::check(site, output, &mut diagnostics);
    }
    for check in module.checks.values() {
        let site = site.inside_check(&check.name);
        rules::shapes(&site, &check.asserts, &mut diagnostics);
    }
    diagnostics
}

/// Removes repeated errors of a module that is called from several places.
fn once_each(diagnostics: Diagnostics) -> Diagnostics {
    let mut seen = HashSet::new();
    let mut kept = Diagnostics::new();
    for diagnostic in diagnostics {
        let place = diagnostic.subject.as_ref().map(|span| (span.source.name().to_owned(), span.range));
        if seen.insert((diagnostic.summary.clone(), diagnostic.detail.clone(), place)) {
            kept.push(diagnostic);
        }
    }
    kept
}
