//! `hashicorp/http`: requests to web servers.

mod request;
mod step;
#[cfg(test)]
mod tests;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::object::{Arguments, at, filled};
use super::{Data, ProviderDefinition, blocking};
use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::{Number, Type, Value};
use request::{Answer, Request};

pub(super) fn definition() -> ProviderDefinition {
    ProviderDefinition {
        release: "3.6.0",
        data: vec![("http", Arc::new(Http))],
        ..ProviderDefinition::default()
    }
}

struct Http;

const METHODS: [&str; 3] = ["GET", "POST", "HEAD"];

#[async_trait]
impl Data for Http {
    fn schema(&self) -> Block {
        let text = || Attribute::optional(Type::String);
        let number = || Attribute::optional(Type::Number);
        let said = || Attribute::computed(Type::String);
        let mut block = Block::default()
            .with("body", Attribute { deprecated: true, ..said() })
            .with("ca_cert_pem", text())
            .with("client_cert_pem", text())
            .with("client_key_pem", text())
            .with("id", said())
            .with("insecure", Attribute::optional(Type::Bool))
            .with("method", text())
            .with("request_body", text())
            .with("request_headers", Attribute::optional(Type::map(Type::String)))
            .with("request_timeout_ms", number())
            .with("response_body", said())
            .with("response_body_base64", said())
            .with("response_headers", Attribute::computed(Type::map(Type::String)))
            .with("status_code", Attribute::computed(Type::Number))
            .with("url", Attribute::required(Type::String));
        let retry = Block::default()
            .with("attempts", number())
            .with("max_delay_ms", number())
            .with("min_delay_ms", number());
        let retry = NestedBlock { block: retry, nesting: Nesting::Single, min: 0, max: None };
        block.blocks.insert("retry".into(), retry);
        block
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let arguments = Arguments(configuration);
        let mut refuse = |name: &str, detail: String| {
            remarks.push(Remark::error("Unsuitable argument", detail).at(at(name)));
        };
        if let Some(method) = arguments.text("method").filter(|method| !METHODS.contains(method)) {
            refuse("method", format!("\"{method}\" is no method for reading; {} are.", METHODS.join(", ")));
        }
        if arguments.number("request_timeout_ms").is_some_and(|timeout| timeout < 1) {
            refuse("request_timeout_ms", "A request needs at least one millisecond.".into());
        }
        let known = |name| !arguments.is_unknown(name);
        if arguments.is_given("ca_cert_pem") && arguments.is_given("insecure") && known("insecure") {
            let detail =
                "\"ca_cert_pem\" says who is trusted and \"insecure\" whether anybody is: give one of them.";
            refuse("ca_cert_pem", detail.into());
        }
        for (one, other) in [("client_cert_pem", "client_key_pem"), ("client_key_pem", "client_cert_pem")] {
            if arguments.is_given(one) && known(one) && !arguments.is_given(other) {
                refuse(one, format!("\"{one}\" is of use only together with \"{other}\"."));
            }
        }
        let Some(retry) = arguments.value("retry").map(Arguments) else { return };
        for name in ["attempts", "max_delay_ms", "min_delay_ms"] {
            if retry.number(name).is_some_and(|number| number < 0) {
                refuse("retry", format!("\"{name}\" cannot be negative."));
            }
        }
        if let (Some(least), Some(most)) = (retry.number("min_delay_ms"), retry.number("max_delay_ms"))
            && most < least
        {
            refuse("retry", "\"max_delay_ms\" cannot be less than \"min_delay_ms\".".into());
        }
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let answer = match Request::of(Arguments(configuration)) {
            Ok(request) => ask(&Arc::new(request)).await,
            Err(why) => Err(why),
        };
        let answer =
            answer.map_err(|why| remarks.push(Remark::error("Request failed", why).at(at("url")))).ok()?;
        let body = match String::from_utf8(answer.body) {
            Ok(body) => body,
            Err(error) => {
                let body = error.into_bytes();
                let detail = "What was answered is not UTF-8, so \"response_body\" holds replacements for what cannot be \
                              said in a text; \"response_body_base64\" has it as it is.";
                remarks.push(Remark::warning("Answer is no text", detail).at(at("url")));
                return Some(results(
                    configuration,
                    &String::from_utf8_lossy(&body),
                    &body,
                    answer.status,
                    answer.headers,
                ));
            }
        };
        Some(results(configuration, &body, body.as_bytes(), answer.status, answer.headers))
    }
}

fn results(
    configuration: &Value,
    text: &str,
    body: &[u8],
    status: u16,
    headers: std::collections::BTreeMap<String, String>,
) -> Value {
    let headers = headers.into_iter().map(|(name, value)| (name, Value::string(&value)));
    let url = Arguments(configuration).text("url").unwrap_or_default();
    filled(
        configuration,
        [
            ("id", Value::string(url)),
            ("body", Value::string(text)),
            ("response_body", Value::string(text)),
            ("response_body_base64", Value::normalized_string(STANDARD.encode(body).into())),
            ("response_headers", Value::map(Type::String, headers)),
            ("status_code", Value::number(Number::from_i64(status.into()))),
        ],
    )
}

/// Tries as often as the request allows. A server error, or a busy server, gives no result.
async fn ask(request: &Arc<Request>) -> Result<Answer, String> {
    let mut attempt = 0;
    loop {
        let once = Arc::clone(request);
        let result = blocking(move || once.send()).await;
        let patience = match &result {
            Ok(answer) if answer.is_worth_another() => answer.patience,
            Ok(_) => return result,
            Err(_) => None,
        };
        if attempt >= request.retries {
            let address = &request.shown;
            let tries = attempt + 1;
            return match result {
                Ok(answer) => Err(format!(
                    "{address} answered with status {} ({tries} {}).",
                    answer.status,
                    if tries == 1 { "attempt" } else { "attempts" }
                )),
                other => other,
            };
        }
        let doubled = request.shortest_wait.saturating_mul(1_u32.checked_shl(attempt).unwrap_or(u32::MAX));
        let wait = patience.unwrap_or_else(|| doubled.min(request.longest_wait));
        tokio::time::sleep(wait.min(Duration::from_secs(24 * 3600))).await;
        attempt += 1;
    }
}
