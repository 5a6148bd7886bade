//! Errors of requests to AWS.

use std::error::Error;

use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::port::Remark;

/// A failed request.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// The error code of the service, if there is one.
    code: Option<String>,
    message: String,
    /// The HTTP status, if there was an answer.
    status: Option<u16>,
    request: Option<String>,
}

impl Fault {
    /// Whether this is what the service calls it.
    pub(super) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the error is temporary: nobody answered, or the service itself failed.
    pub(super) fn is_passing(&self) -> bool {
        match (&self.code, self.status) {
            (Some(code), Some(status)) => status >= 500 || status == 429 || code.contains("Throttl"),
            (_, status) => status.is_none_or(|status| status >= 500),
        }
    }

    /// Whether the account lacks the permission.
    pub(super) fn is_denied(&self) -> bool {
        self.is("AccessDenied") || self.is("AccessDeniedException") || self.is("UnauthorizedOperation")
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// An error that says what was attempted, in a phrase such as "describing the stack shop".
    pub(super) fn remark(&self, summary: &str, attempted: &str) -> Remark {
        Remark::error(summary, format!("While {attempted}: {self}."))
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let message = self.message.trim_end_matches('.');
        match (&self.code, self.status) {
            (Some(code), _) => write!(to, "{message} ({code}")?,
            (None, Some(status)) => write!(to, "{message} (HTTP status {status}")?,
            (None, None) => return write!(to, "{message}"),
        }
        if let Some(request) = &self.request {
            write!(to, ", request {request}")?;
        }
        write!(to, ")")
    }
}

impl<E: ProvideErrorMetadata + Error + 'static> From<SdkError<E, HttpResponse>> for Fault {
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let header = |name| error.raw_response().and_then(|response| response.headers().get(name));
        let request = header("x-amzn-requestid").map(str::to_owned);
        let code = error.code().map(str::to_owned);
        let message = match (&error, error.message()) {
            (_, Some(message)) => message.to_owned(),
            (SdkError::TimeoutError(_), None) => "AWS did not answer in time".to_owned(),
            (SdkError::ServiceError(_), None) => "AWS refused the request and did not say why".to_owned(),
            (error, None) => causes(error),
        };
        Self { code, message, status, request }
    }
}

/// The innermost causes are the helpful ones: "dns error", "no providers in chain provided credentials".
pub(super) fn causes(error: &dyn Error) -> String {
    let mut said = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !said.iter().any(|said| said.contains(&text)) {
            said.push(text);
        }
        cause = inner.source();
    }
    // Wrappers that say nothing.
    said.retain(|text| !["dispatch failure", "other", "io error"].contains(&text.as_str()));
    said.join(": ")
}
