//! Runs blocking work, such as disk access, without stopping everything else.

/// Runs blocking work on another thread.
pub(crate) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(act).await {
        Ok(result) => result,
        Err(_) => Err("It was given up.".into()),
    }
}
