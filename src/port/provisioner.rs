//! What is run beside an object when it is created or destroyed.

use async_trait::async_trait;

use crate::schema::Block;
use crate::value::Value;

use super::Remarks;

/// Runs provisioners of all kinds.
#[async_trait]
pub trait Provisioner: Send + Sync {
    /// The arguments of a kind; `None` if there is no such provisioner.
    fn schema(&self, kind: &str) -> Option<Block>;

    /// The arguments of a `connection` block.
    fn connection(&self) -> Block;

    /// Runs a provisioner to its end. Lines that it writes go to `output`.
    async fn run(
        &self,
        request: ProvisionRequest<'_>,
        output: &(dyn for<'l> Fn(&'l str) + Send + Sync),
        remarks: &mut Remarks,
    );
}

#[derive(Clone, Copy)]
pub struct ProvisionRequest<'a> {
    /// `local-exec`, `remote-exec`, `file`.
    pub kind: &'a str,
    pub configuration: &'a Value,
    /// Null if there is none.
    pub connection: &'a Value,
}
