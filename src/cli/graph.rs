//! `graph`: draws dependencies.

use crate::app;
use crate::app::other_states;
use crate::app::run::{Ports, Question};
use crate::diag::Diagnostics;
use crate::engine::Signals;
use crate::plan::Mode;
use crate::port::{Event, EventSink};
use crate::provision::Provisioners;
use crate::render::{self, Drawing};
use crate::store::sqlite::SqliteStore;

use super::answer::{answer, environment};
use super::arguments::{Graph, GraphType};
use super::output::Output;
use super::question;

pub(super) fn graph(request: &Graph, output: &Output) -> u8 {
    answer(output, async {
        let drawing = match (&request.plan, request.kind) {
            (Some(plan), _) => Drawing::of_steps(&app::graph::of_saved(&request.folder, plan)?),
            (None, Some(kind)) => planned(request, kind, output).await?,
            (None, None) => Drawing::of_resources(&app::graph::run(&request.folder)?),
        };
        Ok(if request.svg { render::drawing_svg(&drawing) } else { render::drawing_dot(&drawing) })
    })
}

async fn planned(request: &Graph, kind: GraphType, output: &Output) -> Result<Drawing, Diagnostics> {
    let question = Question {
        folder: request.folder.clone(),
        environment: environment(request.environment.as_deref())?,
        given: question::given(&request.inputs),
        mode: match kind {
            GraphType::Plan | GraphType::Apply => Mode::Normal,
            GraphType::PlanRefreshOnly => Mode::RefreshOnly,
            GraphType::PlanDestroy => Mode::Destroy,
        },
        ..question::plain("graph")
    };
    let (store, signals) = (SqliteStore::new(request.folder.join(super::STATES)), Signals::default());
    let ports = Ports {
        store: &store,
        providers: &other_states::providers(),
        provisioner: &Provisioners,
        events: &Silence,
        signals: &signals,
        asker: None,
    };
    let (steps, warnings) = app::graph::planned(question, ports).await?;
    output.report(&warnings);
    Ok(Drawing::of_steps(&steps))
}

/// Reports nothing: only the drawing matters.
struct Silence;

impl EventSink for Silence {
    fn event(&self, _event: Event) {}
}
