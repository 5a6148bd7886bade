//! The public provider, where it is there: `TERRACE_TEST_PLUGINS` names a folder of plugins in the layout of a filesystem
//! mirror.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support;

/// The release that is followed.
pub(super) const RELEASE: &str = "5.100.0";

/// What a test says when it is not there.
pub(super) const WHY_NOT: &str =
    "needs terraform 1.11.4 and TERRACE_TEST_PLUGINS, a folder of plugins with hashicorp/aws";

/// The block of a configuration that chooses it.
pub(super) fn choice() -> String {
    format!(
        "terraform {{\n  required_providers {{\n    aws = {{ source = \"hashicorp/aws\", version = \"{RELEASE}\" }}\n  \
         }}\n}}\n\n"
    )
}

/// Makes a folder ready for the reference with it; none where one of them is missing.
pub(super) fn prepare(folder: &Path) -> Option<()> {
    let plugins = PathBuf::from(std::env::var_os("TERRACE_TEST_PLUGINS")?);
    let settings = format!("provider_installation {{\n  filesystem_mirror {{ path = {plugins:?} }}\n}}\n");
    std::fs::write(folder.join("settings.tfrc"), settings).unwrap();
    support::reference(folder)?;
    done(folder, &["init"], |command| command);
    Some(())
}

/// What the reference says, with more to it as given; all is well.
pub(super) fn done(
    folder: &Path,
    words: &[&str],
    more: impl FnOnce(&mut Command) -> &mut Command,
) -> Vec<u8> {
    let mut reference = support::reference(folder).expect("it was there a moment ago");
    let command = reference.args(words).env("TF_CLI_CONFIG_FILE", folder.join("settings.tfrc"));
    let output = more(command).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {}{said}", String::from_utf8_lossy(&output.stdout));
    output.stdout
}
