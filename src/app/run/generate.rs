//! Generates configuration for imported objects that have none.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::address::ResourcePath;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::{self, Parts};
use crate::plan::{Plan, PlanOptions};

use super::super::fault::store_fault;
use super::super::project::{Project, Use};
use super::open::Opening;
use super::{Ports, Question, Session};

impl<'d> Session<'d> {
    /// Writes configuration for imported objects that have none to a new file, if there are any; returns what it wrote.
    pub async fn write_configuration(
        question: &Question,
        ports: Ports<'d>,
        path: &Path,
    ) -> (Written, Diagnostics) {
        let (project, mut diagnostics) = Project::open(&question.folder);
        let chosen = project.choose(question, &mut diagnostics);
        let opening = Opening { project: &project, question, chosen: chosen.as_ref(), ports };
        let functions = project.functions(Use::Values);
        let inputs = opening.search(&functions).inputs(&project.configuration, &mut diagnostics).values;
        if diagnostics.has_errors() {
            return (Written::default(), diagnostics);
        }
        let stored = match ports.store.read(&question.environment).await {
            Ok(stored) => Arc::new(stored),
            Err(fault) => return (Written::default(), store_fault(&fault).into()),
        };
        let session = Self {
            project: Arc::new(project),
            chosen: None,
            question: question.clone(),
            stored,
            lease: OnceCell::new(),
            is_moving: false,
            ports,
            options: PlanOptions { inputs, ..PlanOptions::default() },
            given: BTreeMap::new(),
            time: Timestamp::now(),
            left: Vec::new(),
            written: Written::default(),
            unwritten: Cell::default(),
            prepared: RefCell::default(),
        };
        let request = session.request(Use::Planning(session.time), Parts::Ignored);
        let (blocks, faults) = engine::generate(&request, &session.stored, session.engine_ports()).await;
        diagnostics.extend(faults);
        if diagnostics.has_errors() || blocks.is_empty() {
            return (Written::default(), diagnostics);
        }
        let text: Vec<&str> = blocks.iter().map(|(_, block)| &**block).collect();
        let text = text.join("\n");
        let written = std::fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            let why = format!("Writing {} failed: {error}.", path.display());
            diagnostics.push(
                Diagnostic::error("Configuration not written", why)
                    .hint("It must be a file that is not there yet."),
            );
        }
        let blocks = blocks.into_iter().map(|(path, block)| (path, block.into()));
        (Written(blocks.collect()), diagnostics)
    }

    /// Sets the configuration that was generated before the session began, for the plan to show.
    pub fn note_written(&mut self, written: Written) {
        self.written = written;
    }
}

/// Generated configuration, by resource.
#[derive(Debug, Default)]
pub struct Written(BTreeMap<ResourcePath, Arc<str>>);

impl Written {
    pub(super) fn note_in(&self, plan: &mut Plan) {
        if self.0.is_empty() {
            return;
        }
        for change in &mut plan.changes {
            if let Some(import) = &mut change.import {
                import.generated = self.0.get(&change.address.path()).cloned();
            }
        }
    }
}
