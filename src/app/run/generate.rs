//! Generates configuration for imported objects that have none.

use std::cell::{Cell, OnceCell, RefCell};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::{self, Parts};
use crate::plan::Wish;

use super::super::fault::store_fault;
use super::super::project::{Project, Use};
use super::open::Opening;
use super::{Doors, Question, Session};

impl<'d> Session<'d> {
    /// Writes configuration for imported objects that have none to a new file, if there are any.
    pub async fn write_configuration(question: &Question, doors: Doors<'d>, path: &Path) -> Diagnostics {
        let (project, mut diagnostics) = Project::open(&question.folder);
        let chosen = project.choose(question, &mut diagnostics);
        let opening = Opening { project: &project, question, chosen: chosen.as_ref(), doors };
        let functions = project.functions(Use::Values);
        let inputs = opening.search(&functions).inputs(&project.configuration, &mut diagnostics).values;
        if diagnostics.has_errors() {
            return diagnostics;
        }
        let stored = match doors.store.read(&question.environment).await {
            Ok(stored) => Arc::new(stored),
            Err(fault) => return store_fault(&fault).into(),
        };
        let session = Self {
            project: Arc::new(project),
            chosen: None,
            question: question.clone(),
            stored,
            lease: OnceCell::new(),
            is_moving: false,
            doors,
            wish: Wish { inputs, ..Wish::default() },
            time: Timestamp::now(),
            left: Vec::new(),
            unwritten: Cell::default(),
            prepared: RefCell::default(),
        };
        let request = session.request(Use::Planning(session.time), Parts::Ignored);
        let (text, faults) = engine::generate(&request, &session.stored, session.ports()).await;
        diagnostics.extend(faults);
        if diagnostics.has_errors() || text.is_empty() {
            return diagnostics;
        }
        let written = std::fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            let why = format!("Writing {} failed: {error}.", path.display());
            diagnostics.push(
                Diagnostic::error("Configuration not written", why)
                    .hint("It must be a file that is not there yet."),
            );
        }
        diagnostics
    }
}
