//! Provisioners: actions that run once on an object's behalf, here or on the object itself.
//!
//! Knows no plans and no state. An abandoned run ends, with everything that it has started here.

mod arguments;
mod lines;
mod local_exec;
mod remote;
mod ssh;

use async_trait::async_trait;

use crate::port::{ProvisionRequest, Provisioner, Remark, Remarks};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use arguments::Arguments;

/// Runs the provisioners that exist.
pub struct Provisioners;

#[async_trait]
impl Provisioner for Provisioners {
    fn schema(&self, kind: &str) -> Option<Block> {
        schema(kind)
    }

    fn connection(&self) -> Block {
        connection()
    }

    async fn run(
        &self,
        request: ProvisionRequest<'_>,
        output: &(dyn for<'l> Fn(&'l str) + Send + Sync),
        remarks: &mut Remarks,
    ) {
        let arguments = Arguments(request.configuration);
        let elsewhere = || remote::Request {
            program: "ssh".as_ref(),
            arguments,
            connection: Arguments(request.connection),
        };
        match request.kind {
            "local-exec" => local_exec::run(arguments, output, remarks).await,
            "remote-exec" => remote::execute(&elsewhere(), output, remarks).await,
            "file" => remote::upload(&elsewhere(), output, remarks).await,
            kind => {
                let detail = format!("There is no \"{kind}\"; there are {}.", KINDS.join(", "));
                remarks.push(Remark::error("No such provisioner", detail));
            }
        }
    }
}

/// The names of all provisioners.
pub const KINDS: [&str; 3] = ["file", "local-exec", "remote-exec"];

/// The arguments of a provisioner; `None` if there is no such provisioner.
pub fn schema(kind: &str) -> Option<Block> {
    let text = || Attribute::optional(Type::String);
    let texts = || Attribute::optional(Type::list(Type::String));
    Some(match kind {
        "file" => Block::default()
            .with("content", text())
            .with("destination", Attribute::required(Type::String))
            .with("source", text()),
        "local-exec" => Block::default()
            .with("command", Attribute::required(Type::String))
            .with("environment", Attribute::optional(Type::map(Type::String)))
            .with("interpreter", texts())
            .with("quiet", Attribute::optional(Type::Bool))
            .with("working_dir", text()),
        "remote-exec" => {
            Block::default().with("inline", texts()).with("script", text()).with("scripts", texts())
        }
        _ => return None,
    })
}

/// The arguments of a `connection` block, of any type.
pub fn connection() -> Block {
    const TEXTS: [&str; 21] = [
        "agent_identity",
        "bastion_certificate",
        "bastion_host",
        "bastion_host_key",
        "bastion_password",
        "bastion_private_key",
        "bastion_user",
        "cacert",
        "certificate",
        "host_key",
        "password",
        "private_key",
        "proxy_host",
        "proxy_scheme",
        "proxy_user_name",
        "proxy_user_password",
        "script_path",
        "target_platform",
        "timeout",
        "type",
        "user",
    ];
    let texts = TEXTS.into_iter().map(|name| (name, Type::String));
    let numbers = ["bastion_port", "port", "proxy_port"].into_iter().map(|name| (name, Type::Number));
    let switches = ["agent", "https", "insecure", "use_ntlm"].into_iter().map(|name| (name, Type::Bool));
    texts
        .chain(numbers)
        .chain(switches)
        .fold(Block::default(), |block, (name, ty)| block.with(name, Attribute::optional(ty)))
        .with("host", Attribute::required(Type::String))
}

/// A provisioner's objection to its arguments, beyond their types.
pub fn objection(kind: &str, arguments: &Value) -> Option<String> {
    let choices: &[&str] = match kind {
        "file" => &["source", "content"],
        "remote-exec" => &["inline", "script", "scripts"],
        _ => return None,
    };
    let given = |name: &&&str| {
        arguments.entries().and_then(|entries| entries.get(name)).is_some_and(|value| !value.is_null())
    };
    let list = choices.join(" and ");
    match choices.iter().filter(given).count() {
        1 => None,
        0 => Some(format!("A \"{kind}\" provisioner needs one of {list}.")),
        _ => Some(format!("A \"{kind}\" provisioner takes only one of {list}.")),
    }
}
