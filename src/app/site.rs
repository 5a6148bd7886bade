//! Serves the site of a `site_static` resource.

use std::path::PathBuf;

use crate::provider::{Site, serve_site};

/// Returns only if it cannot start.
pub fn serve(folder: PathBuf, index: String, not_found: Option<String>) -> std::io::Error {
    serve_site(Site { folder, index, not_found })
}
