//! The engine's interfaces to the outside world: traits only.
//!
//! An implementation is told everything that it needs, and knows nothing of plans. Values passed in either direction
//! carry no marks, except for secrets in the results of data sources of this process.

mod event;
mod provider;
mod provisioner;
mod store;

pub use event::{Event, EventSink, PartProgress, Step};
pub use provider::{
    Applied, ApplyRequest, Current, Effects, Imported, InsideRequest, MoveRequest, OnProgress, PlanRequest,
    Planned, Provider, ProviderFault, Providers, Remark, Remarks, Search, Settled, Workplace,
};
pub use provisioner::{ProvisionRequest, Provisioner};
pub use store::{
    Changed, Effect, Holder, Intent, Lease, Opened, OperationId, OtherStates, Outcome, Override, Revision,
    StateStore, StoreFault,
};
