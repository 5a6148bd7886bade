//! Who needs whom in a project.

use std::path::Path;

use crate::address::ResourcePath;
use crate::diag::Diagnostics;
use crate::engine;
use crate::eval::validate::circles;

use super::project::Project;

/// The resources of the project in a directory, each with those that it refers to, itself or through values between.
pub fn run(folder: &Path) -> Result<Vec<(ResourcePath, Vec<ResourcePath>)>, Diagnostics> {
    let (project, mut diagnostics) = Project::open(folder);
    diagnostics.extend(circles(&project.configuration));
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    Ok(engine::resources(&project.configuration))
}
