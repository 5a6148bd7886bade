//! The doors of the engine: traits only, behind which the world is.
//!
//! Whoever stands behind a door is told everything that it needs and knows nothing of plans. Values that pass a door
//! carry no marks, but for secrets in what a data source of this process gives.

mod event;
mod provider;
mod provisioner;
mod store;

pub use event::{Event, EventSink, Step, Tiding};
pub use provider::{
    Applied, ApplyRequest, Current, Effects, Imported, InsideRequest, MoveRequest, PlanRequest, Planned,
    Provider, ProviderFault, Providers, Remark, Remarks, Search, Settled, Tell, Workplace,
};
pub use provisioner::{ProvisionRequest, Provisioner};
pub use store::{
    Changed, Effect, Holder, Intent, Lease, Opened, OperationId, OtherStates, Outcome, Override, Revision,
    StateStore, StoreFault,
};
