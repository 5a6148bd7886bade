//! `import`: brings an existing object into the state. Also closes the open operation of an interrupted run that may
//! have made the object.

use crate::address::AbsoluteInstance;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::Parts;
use crate::plan::Mode;

use super::inspect::instance;
use super::run::{Ports, Question, Session};

/// Imports the object with this id, and changes nothing else. The question's targets are ignored.
pub async fn run(
    question: Question,
    (typed, id): (&str, &str),
    ports: Ports<'_>,
) -> Result<(AbsoluteInstance, Diagnostics), Diagnostics> {
    let address = instance(typed)?;
    let question = Question {
        mode: Mode::Normal,
        targets: vec![address.to_string()],
        excluded: Vec::new(),
        replace: Vec::new(),
        ..question
    };
    let environment = question.environment.clone();
    let import = (address.clone(), id.to_owned());
    let (mut session, mut diagnostics) = Session::open_to_import(question, import, ports).await?;
    let path = address.path();
    let node = session.configuration().find(&path.module).map(|(_, node)| node);
    let declared = node.is_some_and(|node| node.module.resources.contains_key(&path.resource));
    let there = session.state().instance(&address).is_some_and(|instance| instance.current.is_some());
    if !declared {
        let why = format!("The configuration has no {path}, which an imported object has to belong to.");
        let hint = format!("Write a resource block for {path} first.");
        diagnostics.push(Diagnostic::error("Nothing to import into", why).hint(hint));
    } else if there {
        let flag = environment.flag();
        let why =
            format!("The state of {environment} has an object at {address} already, and would lose it.");
        let hint =
            format!("If that object no longer needs to be managed: terrace state rm{flag} '{address}'.");
        diagnostics.push(Diagnostic::error("Instance exists already", why).hint(hint));
    }
    if !diagnostics.has_errors() {
        let (plan, more) = session.sketch(Parts::Ignored).await;
        diagnostics.extend(more);
        if !diagnostics.has_errors() {
            match session.record(&plan, &address).await {
                Ok(Some(_)) => {}
                Ok(None) => {
                    let why = format!("The configuration of {path} has no instance {address}.");
                    diagnostics.push(Diagnostic::error("Nothing to import into", why));
                }
                Err(faults) => diagnostics.extend(faults),
            }
        }
    }
    diagnostics.extend(session.close().await);
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok((address, diagnostics)) }
}
