//! Provisioners that run a command and nothing else.

use async_trait::async_trait;
use terrace::port::{ProvisionRequest, Provisioner, Remark, Remarks};
use terrace::provision;
use terrace::schema::Block;

/// Runs commands in the folder of the project.
pub(super) struct Shell {
    pub(super) folder: std::path::PathBuf,
}

#[async_trait]
impl Provisioner for Shell {
    fn schema(&self, kind: &str) -> Option<Block> {
        provision::schema(kind)
    }

    fn connection(&self) -> Block {
        provision::connection()
    }

    async fn run(
        &self,
        request: ProvisionRequest<'_>,
        _output: &(dyn for<'l> Fn(&'l str) + Send + Sync),
        remarks: &mut Remarks,
    ) {
        let command = request.configuration.entries().and_then(|entries| entries["command"].as_str());
        let status = std::process::Command::new("sh")
            .arg("-c")
            .arg(command.unwrap_or("false"))
            .current_dir(&self.folder)
            .status();
        if !status.is_ok_and(|status| status.success()) {
            remarks.push(Remark::error("Failed", "The command failed."));
        }
    }
}
