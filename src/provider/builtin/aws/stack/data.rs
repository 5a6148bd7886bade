//! The data source: an existing stack.

use async_trait::async_trait;

use crate::port::{Remark, Remarks};
use crate::schema::Block;
use crate::value::{Number, Type, Value};

use super::super::super::Data;
use super::super::super::object::{Arguments, filled};
use super::super::account::Account;
use super::super::fault::Fault;
use super::{read, schema, service, template};

pub(super) struct StackData(pub(super) Account);

#[async_trait]
impl Data for StackData {
    fn schema(&self) -> Block {
        schema::data()
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        let client = &self.0.clients(remarks).await?.cloudformation;
        let name = Arguments(configuration).text("name").unwrap_or_default();
        let gather = async || -> Result<Option<Value>, Fault> {
            let Some(stack) = service::present(client, name).await? else { return Ok(None) };
            let id = stack.stack_id.as_deref().unwrap_or(name);
            let body = service::template(client, id).await?;
            let text = |text: Option<&str>| text.map_or_else(|| Value::null(Type::String), Value::string);
            let set =
                |items: Vec<&str>| Value::set(Type::String, items.into_iter().map(Value::string).collect());
            let capabilities = stack.capabilities.as_deref().unwrap_or_default();
            let arns = stack.notification_arns.as_deref().unwrap_or_default();
            let minutes =
                stack.timeout_in_minutes.map(|minutes| Value::number(Number::from_i64(minutes.into())));
            // JSON is normalised, so that its layout does not matter.
            let body = body.map(|body| match body.trim_start().starts_with('{') {
                true => template::read(&body).map_or(body, |read| read.0.to_string()),
                false => body,
            });
            let parts = [
                ("capabilities", set(capabilities.iter().map(|one| one.as_str()).collect())),
                ("description", text(stack.description.as_deref())),
                ("disable_rollback", Value::bool(stack.disable_rollback.unwrap_or(false))),
                ("iam_role_arn", text(stack.role_arn.as_deref())),
                ("id", text(Some(id))),
                ("name", text(stack.stack_name.as_deref().or(Some(name)))),
                ("notification_arns", set(arns.iter().map(String::as_str).collect())),
                ("outputs", read::texts(service::outputs(&stack))),
                ("parameters", read::texts(service::parameters(&stack))),
                ("tags", read::owned_texts(self.0.heeded(service::tags(&stack)))),
                ("template_body", text(body.as_deref())),
                ("timeout_in_minutes", minutes.unwrap_or_else(|| Value::null(Type::Number))),
            ];
            // As in the request: the name may be given as an ARN.
            let kept = ["id", "name", "tags"];
            let given = |name: &str| kept.contains(&name) && Arguments(configuration).is_given(name);
            Ok(Some(filled(configuration, parts.into_iter().filter(|(name, _)| !given(name)))))
        };
        match gather().await {
            Ok(Some(found)) => Some(found),
            Ok(None) => {
                remarks.push(Remark::error("No such stack", format!("There is no stack {name}.")));
                None
            }
            Err(fault) => {
                remarks.push(fault.remark("Stack cannot be read", &format!("reading the stack {name}")));
                None
            }
        }
    }
}
