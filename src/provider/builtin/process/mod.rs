//! `terrace/process`: programs on this machine that outlive the command that started them.

mod arguments;
mod readiness;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;

use crate::port::{
    Applied, ApplyRequest, Current, Effects, PlanRequest, Planned, Remark, Remarks, Search, Settled,
};
use crate::schema::Block;
use crate::value::{Type, Value};

use super::supervise::{Ending, Identity, Launch};
use super::{ProviderDefinition, Resource, Stop, object, supervise};
use arguments::{Definition, RESTARTING, StopPolicy};
use object::{Arguments, absolute, filled};

pub(super) use arguments::check_port;
pub(super) use readiness::status;
use readiness::{Surroundings, Unready};

pub(super) fn definition() -> ProviderDefinition {
    let definition =
        ProviderDefinition { release: env!("CARGO_PKG_VERSION"), ..ProviderDefinition::default() };
    let service = Service { stop: definition.stop.clone() };
    ProviderDefinition { resources: vec![("process_service", Arc::new(service))], ..definition }
}

/// A long-running program.
struct Service {
    stop: Stop,
}

#[async_trait]
impl Resource for Service {
    fn schema(&self) -> Block {
        arguments::schema()
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        arguments::validate(configuration, remarks);
    }

    /// Changing the program or its input is a restart in place: pid and identity become unknown, the id stays.
    fn plan(&self, request: &PlanRequest<'_>, _schema: &Block, _remarks: &mut Remarks) -> Option<Planned> {
        let mut entries = request.proposed.entries()?.clone();
        let unknown = |ty: Type| Value::unknown(ty).refine_not_null();
        if request.prior.is_null() {
            entries.insert("id".into(), unknown(Type::String));
            if entries.get("log_file").is_some_and(Value::is_null) {
                entries.insert("log_file".into(), unknown(Type::String));
            }
        }
        if restarts(request.prior, request.proposed) {
            entries.insert("pid".into(), unknown(Type::Number));
            entries.insert("identity".into(), unknown(Type::String));
        }
        entries.insert("running".into(), Value::bool(true));
        let port = planned_port(request.prior, request.proposed);
        entries.insert("url".into(), url(&port));
        entries.insert("assigned_port".into(), port);
        let value = Value::object(entries);
        Some(Planned { value, private: request.private.to_vec(), replace: Vec::new() })
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let id = if request.token.is_empty() { super::uuid() } else { request.token.to_owned() };
        match run(request, &id, &self.stop).await {
            Ok(value) => Some(applied(value, request.token.as_bytes())),
            Err(failure) => {
                remarks.push(failure.remark);
                failure.left.map(|value| applied(value, request.token.as_bytes()))
            }
        }
    }

    async fn update(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        if !restarts(request.prior, request.planned) {
            return Some(applied(request.planned.clone(), request.private));
        }
        let id = Arguments(request.prior).text("id").unwrap_or_default().to_owned();
        // If the new port is not available, the running program is left alone.
        let port = Arguments(request.planned).port("assigned_port");
        if port != Arguments(request.prior).port("assigned_port")
            && let Some(port) = port
            && let Err(remark) = free(port)
        {
            remarks.push(remark);
            return None;
        }
        stop(request.prior, request.private, remarks).await?;
        match run(request, &id, &self.stop).await {
            Ok(value) => Some(applied(value, request.token.as_bytes())),
            Err(failure) => {
                remarks.push(failure.remark);
                let left = failure.left.unwrap_or_else(|| stopped(request.planned, &id));
                Some(applied(left, request.token.as_bytes()))
            }
        }
    }

    async fn delete(&self, current: Current<'_>, remarks: &mut Remarks) {
        if stop(current.value, current.private, remarks).await.is_none() {
            return;
        }
        let own = Arguments(current.value).text("id").map(own_log);
        let log = Arguments(current.value).text("log_file").map(PathBuf::from);
        if let Some(log) = log.filter(|log| own.as_ref() == Some(log)) {
            // A default log is removed with its program; it may be gone already.
            let _ = std::fs::remove_file(&log);
        }
    }

    /// Gone if nothing of it runs. If only processes that it started are left, they are stopped by the restart that
    /// follows.
    async fn read(&self, current: Current<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        let id = Arguments(current.value).text("id").unwrap_or_default();
        if let Some(present) = present(current.value, current.private) {
            let value = filled(current.value, [("running", Value::bool(true))]);
            let started_by = supervise::operation(&present).map(String::into_bytes);
            let private = started_by.as_deref().unwrap_or(current.private);
            return Some(applied(identified(&value, &present), private));
        }
        if identity(current.value).is_some_and(|identity| supervise::has_remains(&identity, id)) {
            let value = filled(current.value, [("running", Value::bool(false))]);
            return Some(applied(value, current.private));
        }
        Some(applied(Value::null(current.value.ty()), &[]))
    }

    fn effects(&self) -> Effects {
        Effects::Outside
    }

    /// A program has the operation that started it in its environment.
    async fn find(&self, search: Search<'_>, _remarks: &mut Remarks) -> Settled {
        let Some((identity, found)) = supervise::find(search.token) else { return Settled::Absent };
        let id = found.service().unwrap_or_else(|| search.token.to_owned());
        let asked = Arguments(search.planned).port("port");
        let given = || found.variable("PORT").and_then(|port| port.parse().ok());
        let port = asked.and_then(|port| if port == 0 { given() } else { Some(port) });
        Settled::Found(applied(running(search.planned, &id, port, &identity), search.token.as_bytes()))
    }
}

/// Why a program does not run, and what exists nevertheless.
struct Failure {
    remark: Remark,
    left: Option<Value>,
}

/// Starts the program and waits until it is ready.
async fn run(request: &ApplyRequest<'_>, id: &str, stop: &Stop) -> Result<Value, Box<Failure>> {
    let definition = Definition::of(request.planned);
    let refused = |remark| Box::new(Failure { remark, left: None });
    let port = match definition.port {
        None => None,
        Some(wanted) => {
            let kept = Arguments(request.planned).port("assigned_port");
            Some(free(kept.unwrap_or(wanted)).map_err(refused)?)
        }
    };
    let mut environment: Vec<(String, String)> = Vec::new();
    environment.extend(port.map(|port| ("PORT".to_owned(), port.to_string())));
    environment.extend(definition.environment);
    let log = definition.log.unwrap_or_else(|| absolute(&own_log(id)));
    let launch = Launch {
        command: &definition.command,
        directory: &definition.directory,
        environment: &environment,
        log: &log,
        input: None,
        service: id,
        operation: request.token,
    };
    let not_started = |why| refused(Remark::error("Service could not be started", why));
    let mut program = supervise::start(launch).map_err(not_started)?;
    let readiness = Definition::readiness(request.planned, port);
    let surroundings = Surroundings { directory: &definition.directory, environment: &environment };
    let value = running(request.planned, id, port, &program.identity);
    let ready = tokio::select! {
        ready = readiness.wait(&mut program, surroundings) => ready,
        () = stop.said() => Err(Unready("Waiting for it was given up.".to_owned())),
    };
    let Err(unready) = ready else { return Ok(value) };

    let StopPolicy { signal, grace } = definition.stop_policy;
    let stopped = supervise::stop(&program.identity, id, signal, grace).await;
    let mut detail = unready.0;
    let left = match stopped {
        Ok(_) => {
            detail.push_str(" Nothing of it runs any more.");
            None
        }
        Err(why) => {
            detail.push_str(&format!(" It could not be stopped either: {why}"));
            Some(value)
        }
    };
    let mut lines = program.last_lines();
    for secret in &definition.secrets {
        lines = lines.replace(secret, "(sensitive value)");
    }
    let shown = log.strip_prefix(absolute(".".as_ref())).unwrap_or(&log).display();
    detail.push_str(&match lines.is_empty() {
        true => format!("\n\nIt has written nothing to {shown}."),
        false => format!("\n\nThe end of {shown}:\n\n{lines}"),
    });
    Err(Box::new(Failure { remark: Remark::error("Service did not become ready", detail), left }))
}

/// Stops the program of an object; `None`, with an error among the remarks, if that fails.
async fn stop(prior: &Value, private: &[u8], remarks: &mut Remarks) -> Option<()> {
    let Some(identity) = present(prior, private).or_else(|| identity(prior)) else { return Some(()) };
    let StopPolicy { signal, grace } = StopPolicy::of(prior);
    let id = Arguments(prior).text("id").unwrap_or_default();
    match supervise::stop(&identity, id, signal, grace).await {
        Ok(Ending::Gone | Ending::Stopped) => Some(()),
        Ok(Ending::Killed) => {
            let detail = format!(
                "Process {} did not end within {} s after {signal}, and was ended with SIGKILL.",
                identity.pid,
                grace.as_secs_f64()
            );
            remarks.push(Remark::warning("Service was killed", detail));
            Some(())
        }
        Err(why) => {
            remarks.push(Remark::error("Service could not be stopped", why));
            None
        }
    }
}

/// Whether the program must be started or restarted.
fn restarts(prior: &Value, wanted: &Value) -> bool {
    let part = |object: &Value, name: &str| object.entries().and_then(|entries| entries.get(name)).cloned();
    let same = |name: &str| match (part(prior, name), part(wanted, name)) {
        (Some(prior), Some(wanted)) => prior.same(&wanted),
        (prior, wanted) => prior.is_none() && wanted.is_none(),
    };
    let runs = Arguments(prior).flag("running") == Some(true);
    !runs || !RESTARTING.iter().all(|name| same(name))
}

/// The port of the program. A free port that was picked once is kept.
pub(super) fn planned_port(prior: &Value, proposed: &Value) -> Value {
    let Some(asked) = Arguments(proposed).value("port") else { return Value::null(Type::Number) };
    match Arguments(proposed).port("port") {
        None => Value::unknown(Type::Number),
        Some(0) => {
            let kept = Arguments(prior).value("assigned_port");
            let kept = kept.filter(|_| Arguments(prior).port("port") == Some(0));
            kept.cloned().unwrap_or_else(|| Value::unknown(Type::Number).refine_not_null())
        }
        Some(_) => asked.clone(),
    }
}

/// The URL of a program with this port.
fn url(port: &Value) -> Value {
    match port.as_number() {
        Some(port) => Value::string(&format!("http://127.0.0.1:{port}")),
        None if port.is_null() => Value::null(Type::String),
        None => Value::unknown(Type::String),
    }
}

/// Checks that a port is free, or picks one.
pub(super) fn free(port: u16) -> Result<u16, Remark> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    listener.and_then(|listener| Ok(listener.local_addr()?.port())).map_err(|error| taken(port, &error))
}

pub(super) fn taken(port: u16, error: &std::io::Error) -> Remark {
    let (summary, detail) = match error.kind() {
        std::io::ErrorKind::AddrInUse => (
            "Port is taken",
            format!(
                "Another program listens on port {port} already. Stop it, or take another port; port = 0 picks a free one."
            ),
        ),
        std::io::ErrorKind::PermissionDenied => (
            "Port is not allowed",
            format!("Only an administrator may listen on port {port}. Ports from 1024 on are open to all."),
        ),
        _ => ("Port cannot be used", format!("Listening on port {port} failed: {error}.")),
    };
    Remark::error(summary, detail).at(crate::value::Path::root().attribute("port"))
}

/// The object of a running program.
fn running(planned: &Value, id: &str, port: Option<u16>, identity: &Identity) -> Value {
    let object = filled(&settled(planned, id, port), [("running", Value::bool(true))]);
    identified(&object, identity)
}

/// The object of a program that was stopped and not started again.
fn stopped(planned: &Value, id: &str) -> Value {
    let object = settled(planned, id, Arguments(planned).port("assigned_port"));
    let (pid, mark) = (Value::null(Type::Number), Value::null(Type::String));
    filled(&object, [("pid", pid), ("identity", mark), ("running", Value::bool(false))])
}

/// The attributes that are the same whether it runs or not.
fn settled(planned: &Value, id: &str, port: Option<u16>) -> Value {
    let port = port.map_or_else(|| Value::null(Type::Number), |port| Value::count(port.into()));
    let log = Arguments(planned).text("log_file").map(PathBuf::from).unwrap_or_else(|| own_log(id));
    let log = Value::string(&log.to_string_lossy());
    filled(
        planned,
        [("id", Value::string(id)), ("log_file", log), ("url", url(&port)), ("assigned_port", port)],
    )
}

pub(super) fn identity(object: &Value) -> Option<Identity> {
    let pid = Arguments(object).number("pid").and_then(|pid| u32::try_from(pid).ok())?;
    Some(Identity::new(pid, Arguments(object).text("identity")?))
}

/// The running program of an object: the one in the state, or one that an interrupted restart has put in its place. The
/// operation that started the known one is in the private data.
pub(super) fn present(object: &Value, private: &[u8]) -> Option<Identity> {
    let known = identity(object).filter(Identity::is_alive);
    let operation = String::from_utf8_lossy(private);
    known.or_else(|| supervise::successor(Arguments(object).text("id")?, &operation))
}

/// The object with its running program.
pub(super) fn identified(object: &Value, identity: &Identity) -> Value {
    let pid = Value::count(identity.pid as usize);
    filled(object, [("pid", pid), ("identity", Value::string(identity.mark()))])
}

/// The default log file.
fn own_log(id: &str) -> PathBuf {
    PathBuf::from(format!(".terrace/services/{id}.log"))
}

fn applied(value: Value, private: &[u8]) -> Applied {
    Applied { value, private: private.to_vec() }
}
