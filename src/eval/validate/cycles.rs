//! Finds dependency cycles.

use crate::config::Configuration;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::eval::Subject;
use crate::expression::Reference;
use crate::graph::Needs;
use crate::syntax::Expression;

use super::dependencies::{Thing, What};

/// Reports each cycle among the [dependencies](super::dependencies()) of a configuration once, with its path and the
/// place of every step.
pub fn find(configuration: &Configuration, graph: &Needs<Thing<'_>>) -> Diagnostics {
    // A resource that refers to itself may mean another of its instances, which only a plan can tell.
    let own_business =
        |circle: &Vec<Thing<'_>>| matches!(circle.as_slice(), [Thing { what: What::Resource(_), .. }]);
    let mut diagnostics = Diagnostics::new();
    for circle in graph.circles() {
        let report = report(configuration, &circle);
        diagnostics.push(if own_business(&circle) { report.as_warning() } else { report });
    }
    diagnostics
}

fn report(configuration: &Configuration, circle: &[Thing<'_>]) -> Diagnostic {
    let names: Vec<String> = circle.iter().map(|thing| thing.name(configuration)).collect();
    let place = match circle {
        [one] => one.own_reference(configuration).or_else(|| one.place(configuration)),
        _ => circle.first().and_then(|thing| thing.place(configuration)),
    };
    let fault = match names.as_slice() {
        [one] => Diagnostic::error("Reference to itself", format!("{one} needs its own value to have one.")),
        _ => {
            let path = names.iter().chain(names.first()).cloned().collect::<Vec<_>>().join(" → ");
            Diagnostic::error(
                "Cycle",
                format!("These need each other in a circle, so none can be first: {path}."),
            )
        }
    };
    let fault = match place {
        Some(place) => fault.at(place),
        None => fault,
    };
    circle.iter().skip(1).fold(fault, |fault, thing| match thing.place(configuration) {
        Some(place) => fault.related(thing.name(configuration), place),
        None => fault,
    })
}

impl Thing<'_> {
    fn name(&self, configuration: &Configuration) -> String {
        let path = &configuration.node(self.module).path;
        if path.is_root() { self.what.to_string() } else { format!("{path}.{}", self.what) }
    }

    /// Where a resource refers to itself.
    fn own_reference(&self, configuration: &Configuration) -> Option<Span> {
        let What::Resource(address) = &self.what else { return None };
        let resource = configuration.node(self.module).module.resources.get(*address)?;
        let mut place = None;
        let mut look = |reference: &Reference<'_>| {
            let own =
                matches!(Subject::of(reference), Ok((Subject::Resource(named), _)) if named == **address);
            if own && place.is_none() {
                place = Some(reference.span());
            }
        };
        resource
            .repetition
            .expression()
            .into_iter()
            .flat_map(Expression::references)
            .for_each(|it| look(&it));
        resource.body.references(&mut look);
        place
    }

    fn place(&self, configuration: &Configuration) -> Option<Span> {
        let module = &configuration.node(self.module).module;
        match &self.what {
            What::Variable(name) => module.variables.get(*name).map(|variable| variable.span.clone()),
            What::Local(name) => module.locals.get(*name).map(|local| local.span.clone()),
            What::Output(name) => module.outputs.get(*name).map(|output| output.span.clone()),
            What::Resource(address) => module.resources.get(address).map(|resource| resource.span.clone()),
            What::Call(name) => module.calls.get(*name).map(|call| call.span.clone()),
            What::Provider(local) => module.providers.get(local).map(|provider| provider.span.clone()),
        }
    }
}
