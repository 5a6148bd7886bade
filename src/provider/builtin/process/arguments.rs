//! The arguments of a `process_service`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::eval::functions::parse_wait;
use crate::port::{Remark, Remarks};
use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::{Entries, Path as At, Type, Value};

use super::object::{Arguments, absolute, at};
use super::readiness::{Probe, Readiness};

const STOP_GRACE: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(100);

/// Arguments whose change restarts the program.
pub(super) const RESTARTING: [&str; 7] =
    ["command", "working_directory", "environment", "sensitive_environment", "port", "log_file", "triggers"];

pub(super) fn schema() -> Block {
    let texts = || Type::map(Type::String);
    let mut block = Block::default()
        .with("command", Attribute::required(Type::list(Type::String)))
        .with("working_directory", Attribute::optional(Type::String))
        .with("environment", Attribute::optional(texts()))
        .with("sensitive_environment", Attribute::optional(texts()).sensitive())
        .with("port", Attribute::optional(Type::Number))
        .with("log_file", Attribute::optional_computed(Type::String))
        .with("triggers", Attribute::optional(texts()))
        .with("stop_signal", Attribute::optional(Type::String))
        .with("stop_grace", Attribute::optional(Type::String))
        .with("id", Attribute::computed(Type::String))
        .with("pid", Attribute::computed(Type::Number))
        .with("identity", Attribute::computed(Type::String))
        .with("assigned_port", Attribute::computed(Type::Number))
        .with("url", Attribute::computed(Type::String))
        .with("running", Attribute::computed(Type::Bool));
    let http = Block::default()
        .with("path", Attribute::optional(Type::String))
        .with("port", Attribute::optional(Type::Number));
    let tcp = Block::default().with("port", Attribute::optional(Type::Number));
    let exit = Block::default().with("command", Attribute::required(Type::list(Type::String)));
    let mut readiness = Block::default()
        .with("timeout", Attribute::optional(Type::String))
        .with("interval", Attribute::optional(Type::String));
    for (name, inner) in [("http", http), ("tcp", tcp), ("exit", exit)] {
        readiness.blocks.insert(name.into(), at_most_one(inner));
    }
    block.blocks.insert("readiness".into(), at_most_one(readiness));
    block
}

fn at_most_one(block: Block) -> NestedBlock {
    NestedBlock { block, nesting: Nesting::Single, min: 0, max: Some(1) }
}

/// The arguments of a service, wholly known.
pub(super) struct Definition {
    pub(super) command: Vec<String>,
    pub(super) directory: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
    /// Values that must not be shown.
    pub(super) secrets: Vec<String>,
    /// Zero means any free port.
    pub(super) port: Option<u16>,
    pub(super) log: Option<PathBuf>,
    pub(super) stop_policy: StopPolicy,
}

/// How a program is stopped.
#[derive(Clone, Copy)]
pub(super) struct StopPolicy {
    pub(super) signal: Signal,
    pub(super) grace: Duration,
}

impl Definition {
    /// From an object that passed [`validate`].
    pub(super) fn of(object: &Value) -> Self {
        let arguments = Arguments(object);
        let secret = owned(arguments.text_map("sensitive_environment"));
        let mut environment = owned(arguments.text_map("environment"));
        let secrets = secret.values().filter(|text| !text.is_empty()).cloned().collect();
        environment.extend(secret);
        Self {
            command: words(arguments, "command"),
            directory: arguments.path("working_directory").unwrap_or_else(|| absolute(Path::new("."))),
            environment,
            secrets,
            port: arguments.port("port"),
            log: arguments.path("log_file"),
            stop_policy: StopPolicy::of(object),
        }
    }

    /// The check by which the program counts as ready. The port is the one that it was given.
    pub(super) fn readiness(object: &Value, port: Option<u16>) -> Readiness {
        let nothing = Value::null(Type::Dynamic);
        let block = Arguments(Arguments(object).value("readiness").unwrap_or(&nothing));
        let part = |name: &str| block.value(name).map(Arguments);
        let port_in = |part: Arguments<'_>| part.port("port").filter(|port| *port != 0).or(port);
        let http = part("http").and_then(|http| {
            let path = http.text("path").unwrap_or("/").to_owned();
            Some(Probe::Http { port: port_in(http)?, path })
        });
        let tcp = || part("tcp").and_then(|tcp| Some(Probe::Tcp { port: port_in(tcp)? }));
        let exit = || part("exit").map(|exit| Probe::Exit { command: words(exit, "command") });
        Readiness {
            probe: http.or_else(tcp).or_else(exit).unwrap_or(Probe::Running),
            timeout: block.text("timeout").and_then(parse_wait).unwrap_or(TIMEOUT),
            interval: block.text("interval").and_then(parse_wait).unwrap_or(INTERVAL),
        }
    }
}

impl StopPolicy {
    pub(super) fn of(object: &Value) -> Self {
        let arguments = Arguments(object);
        Self {
            signal: arguments.text("stop_signal").and_then(signal).unwrap_or(Signal::SIGTERM),
            grace: arguments.text("stop_grace").and_then(parse_wait).unwrap_or(STOP_GRACE),
        }
    }
}

/// Validates the known arguments.
pub(super) fn validate(configuration: &Value, remarks: &mut Remarks) {
    let mut fault = |detail: String, at: At| {
        remarks.push(Remark::error("Unsuitable arguments of a service", detail).at(at));
    };
    let arguments = Arguments(configuration);
    if names_no_program(arguments) {
        fault("A command begins with the name of a program.".to_owned(), at("command"));
    }
    for name in ["command", "environment", "sensitive_environment"] {
        check_texts(arguments, name, &mut fault);
    }
    check_port(arguments, At::root(), &mut fault);
    if let Some(name) = arguments.text("stop_signal")
        && signal(name).is_none()
    {
        let detail =
            format!("There is no signal {name:?}; there are SIGTERM, SIGINT, SIGQUIT, SIGHUP and others.");
        fault(detail, at("stop_signal"));
    }
    check_duration(arguments, "stop_grace", At::root(), &mut fault);
    let Some(readiness) = arguments.value("readiness").map(Arguments) else { return };
    for name in ["timeout", "interval"] {
        check_duration(readiness, name, at("readiness"), &mut fault);
    }
    let asked: Vec<&str> =
        ["http", "tcp", "exit"].into_iter().filter(|name| readiness.is_given(name)).collect();
    if asked.len() != 1 && !readiness.0.entries().is_none_or(Entries::is_empty) {
        let detail = "A readiness block holds exactly one of the blocks http, tcp and exit.";
        fault(detail.to_owned(), at("readiness"));
    }
    for name in asked {
        let Some(probe) = readiness.value(name).map(Arguments) else { continue };
        let here = at("readiness").attribute(name);
        if names_no_program(probe) {
            let detail = "A command begins with the name of a program.";
            fault(detail.to_owned(), here.clone().attribute("command"));
        }
        check_port(probe, here.clone(), &mut fault);
        if name != "exit" && !probe.is_given("port") && !arguments.is_given("port") {
            let detail = format!("Neither the service nor its \"{name}\" block says which port to ask.");
            fault(detail, here.clone());
        }
        if let Some(path) = probe.text("path")
            && (!path.starts_with('/') || path.contains(|c: char| c.is_whitespace() || c.is_control()))
        {
            let detail = format!("{path:?} is no path of a URL: it begins with a slash and has no spaces.");
            fault(detail, here.attribute("path"));
        }
    }
}

fn names_no_program(arguments: Arguments<'_>) -> bool {
    let words = arguments.value("command").and_then(Value::items);
    words.is_some_and(|words| words.first().is_none_or(|first| first.as_str() == Some("")))
}

/// Checks strings for the system, in a list or as environment variables.
fn check_texts(arguments: Arguments<'_>, name: &str, fault: &mut dyn FnMut(String, At)) {
    let Some(value) = arguments.value(name) else { return };
    let entries = || value.entries().into_iter().flatten();
    let texts = || value.items().into_iter().flatten().chain(entries().map(|(_, value)| value));
    if texts().any(Value::is_null) {
        fault(format!("\"{name}\" holds null where a text belongs."), at(name));
    }
    if texts().filter_map(Value::as_str).any(|text| text.contains('\0')) {
        let detail = format!("A text in \"{name}\" has a zero byte, which the system allows nowhere.");
        fault(detail, at(name));
    }
    for (variable, _) in entries() {
        if variable.is_empty() || variable.contains(['=', '\0']) {
            fault(format!("{variable:?} is no name of an environment variable."), at(name));
        }
        if variable.starts_with("TERRACE_") {
            let detail = format!(
                "{variable} is taken: names that begin with TERRACE_ are how a program is found again."
            );
            fault(detail, at(name));
        }
        if &**variable == "PORT" && arguments.port("port") == Some(0) {
            let detail =
                "PORT tells the program which free port was picked for it; it cannot be set as well.";
            fault(detail.to_owned(), at(name));
        }
    }
}

pub(in super::super) fn check_port(arguments: Arguments<'_>, here: At, fault: &mut dyn FnMut(String, At)) {
    let given = arguments.value("port").is_some_and(Value::is_known);
    if given && arguments.port("port").is_none() {
        let detail = "A port is a whole number from 0 to 65535; 0 picks a free one.";
        fault(detail.to_owned(), here.attribute("port"));
    }
}

fn check_duration(arguments: Arguments<'_>, name: &str, here: At, fault: &mut dyn FnMut(String, At)) {
    if let Some(given) = arguments.text(name)
        && parse_wait(given).is_none()
    {
        let detail = format!("{given:?} is no span of time such as \"10s\" or \"1m30s\".");
        fault(detail, here.attribute(name));
    }
}

fn words(arguments: Arguments<'_>, name: &str) -> Vec<String> {
    arguments.texts(name).into_iter().map(str::to_owned).collect()
}

fn owned(texts: BTreeMap<&str, &str>) -> BTreeMap<String, String> {
    texts.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

fn signal(name: &str) -> Option<Signal> {
    Signal::from_str(name).or_else(|_| Signal::from_str(&format!("SIG{name}"))).ok()
}
