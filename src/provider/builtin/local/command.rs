//! `local_command`: the output of a program on this machine.

use async_trait::async_trait;

use crate::port::{Remark, Remarks};
use crate::provider::builtin::object::{Arguments, at, filled};
use crate::provider::builtin::program::{Program, ending};
use crate::provider::builtin::{Data, Ephemeral};
use crate::schema::{Attribute, Block};
use crate::value::{Number, Type, Value};

pub(super) struct LocalCommand;

#[async_trait]
impl Data for LocalCommand {
    fn schema(&self) -> Block {
        Block::default()
            .with("allow_non_zero_exit_code", Attribute::optional(Type::Bool))
            .with("arguments", Attribute::optional(Type::list(Type::String)))
            .with("command", Attribute::required(Type::String))
            .with("exit_code", Attribute::computed(Type::Number))
            .with("stderr", Attribute::computed(Type::String))
            .with("stdin", Attribute::optional(Type::String))
            .with("stdout", Attribute::computed(Type::String))
            .with("working_directory", Attribute::optional(Type::String))
    }

    async fn read(&self, configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
        said(configuration, remarks).await
    }
}

#[async_trait]
impl Ephemeral for LocalCommand {
    fn schema(&self) -> Block {
        Data::schema(self)
    }

    async fn open(&self, configuration: &Value, remarks: &mut Remarks) -> Option<(Value, Vec<u8>)> {
        Some((said(configuration, remarks).await?, Vec::new()))
    }
}

/// Runs the program, and returns its output.
async fn said(configuration: &Value, remarks: &mut Remarks) -> Option<Value> {
    let arguments = Arguments(configuration);
    let command = arguments.text("command")?;
    let program = Program {
        name: command,
        arguments: &arguments.texts("arguments"),
        folder: arguments.text("working_directory").unwrap_or_default(),
        input: arguments.text("stdin").map(str::as_bytes),
    };
    let mut refuse = |why: String| {
        remarks.push(Remark::error("Command failed", why).at(at("command")));
    };
    let answer = program.run().await.map_err(&mut refuse).ok()?;
    let errors = String::from_utf8_lossy(&answer.errors);
    if !answer.status.success() && arguments.flag("allow_non_zero_exit_code") != Some(true) {
        let mut why = format!("{command} ended with {}.", ending(answer.status));
        if !errors.trim().is_empty() {
            why = format!("{why} It says:\n{}", errors.trim_end());
        }
        refuse(why);
        return None;
    }
    // Empty output is null. A program that was ended by a signal has no exit code.
    let said = |text: &str| match text {
        "" => Value::null(Type::String),
        text => Value::string(text),
    };
    let code = i64::from(answer.status.code().unwrap_or(-1));
    let results = [
        ("exit_code", Value::number(Number::from_i64(code))),
        ("stdout", said(&String::from_utf8_lossy(&answer.output))),
        ("stderr", said(&errors)),
    ];
    Some(filled(configuration, results))
}
