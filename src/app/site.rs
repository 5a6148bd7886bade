//! Serves what a `site_static` resource stands for.

use std::path::PathBuf;

use crate::provider::{Site, serve_site};

/// Returns only where it cannot begin.
pub fn serve(folder: PathBuf, index: String, not_found: Option<String>) -> std::io::Error {
    serve_site(Site { folder, index, not_found })
}
