//! Waiting for the disk without stopping everything else.

/// Does something that may take its time, beside the asynchronous work.
pub(crate) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(act).await {
        Ok(result) => result,
        Err(_) => Err("It was given up.".into()),
    }
}
