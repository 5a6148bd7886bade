//! The dependencies in a project, and the order of operations in a plan.

use std::path::Path;

use crate::address::ResourcePath;
use crate::diag::Diagnostics;
use crate::engine::{self, Parts};
use crate::eval::validate::{cycles, dependencies};
use crate::plan::Step;

use super::project::Project;
use super::run::{Ports, Question, Session};
use super::saved;

/// The resources of a project, each with those it refers to, directly or through other values.
pub fn run(folder: &Path) -> Result<Vec<(ResourcePath, Vec<ResourcePath>)>, Diagnostics> {
    let (project, mut diagnostics) = Project::open(folder);
    diagnostics.extend(cycles(&project.configuration, &dependencies(&project.configuration)));
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    Ok(engine::resources(&project.configuration))
}

/// Makes a plan and returns its steps.
pub async fn planned(question: Question, ports: Ports<'_>) -> Result<(Vec<Step>, Diagnostics), Diagnostics> {
    let (mut session, mut diagnostics) = Session::open_to_plan(question, ports).await?;
    let (plan, faults) = session.sketch(Parts::Ignored).await;
    diagnostics.extend(faults);
    let steps = engine::steps(session.configuration(), &plan);
    diagnostics.extend(session.close().await);
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok((steps, diagnostics)) }
}

/// The steps of a saved plan.
pub fn of_saved(folder: &Path, plan: &Path) -> Result<Vec<Step>, Diagnostics> {
    let plan = saved::load(plan)?;
    let (project, diagnostics) = Project::open(folder);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    Ok(engine::steps(&project.configuration, &plan))
}
