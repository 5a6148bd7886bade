//! `terrace/site`: a folder, served on a port of this machine by this program itself.

mod content;
mod media;
mod request;
mod server;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use nix::sys::signal::Signal;

use crate::port::{
    Applied, ApplyRequest, Current, Effects, PlanRequest, Planned, Remark, Remarks, Search, Settled,
};
use crate::schema::{Attribute, Block};
use crate::value::{Type, Value};

use super::object::{Arguments, absolute, at, filled};
use super::supervise::{Identity, Launch, Program};
use super::{ProviderDefinition, Resource, blocking, process, supervise};
use content::Content;

pub use server::{Site, serve};

/// Arguments whose change restarts the server; anything else only changes the content.
const RESTARTING: [&str; 4] = ["host", "port", "index", "not_found"];

const INDEX: &str = "index.html";
const GRACE: Duration = Duration::from_secs(2);
const READY: Duration = Duration::from_secs(10);

pub(super) fn definition() -> ProviderDefinition {
    ProviderDefinition {
        release: env!("CARGO_PKG_VERSION"),
        resources: vec![("site_static", Arc::new(Static))],
        ..ProviderDefinition::default()
    }
}

/// A folder and its server.
struct Static;

#[async_trait]
impl Resource for Static {
    fn schema(&self) -> Block {
        Block::default()
            .with("source", Attribute::required(Type::String))
            .with("generated", Attribute::optional(Type::map(Type::String)))
            .with("port", Attribute::optional(Type::Number))
            .with("host", Attribute::optional(Type::String))
            .with("index", Attribute::optional(Type::String))
            .with("not_found", Attribute::optional(Type::String))
            .with("id", Attribute::computed(Type::String))
            .with("digest", Attribute::computed(Type::String))
            .with("files", Attribute::computed(Type::Number))
            .with("assigned_port", Attribute::computed(Type::Number))
            .with("url", Attribute::computed(Type::String))
            .with("pid", Attribute::computed(Type::Number))
            .with("identity", Attribute::computed(Type::String))
            .with("running", Attribute::computed(Type::Bool))
    }

    fn validate(&self, configuration: &Value, remarks: &mut Remarks) {
        let arguments = Arguments(configuration);
        let mut fault = |detail: String, at| {
            remarks.push(Remark::error("Unsuitable arguments of a site", detail).at(at));
        };
        process::check_port(arguments, crate::value::Path::root(), &mut fault);
        if let Some(host) = arguments.text("host")
            && host.parse::<IpAddr>().is_err()
        {
            fault(format!("{host:?} is no IP address, such as 127.0.0.1 or 0.0.0.0."), at("host"));
        }
        if arguments.text("index").is_some_and(|index| !content::is_plain(index) || index.contains('/')) {
            fault("The index is the name of a file, without folders.".to_owned(), at("index"));
        }
        if arguments.text("not_found").is_some_and(|page| !content::is_plain(page)) {
            fault("The page for what is not found is a path inside of the site.".to_owned(), at("not_found"));
        }
        for (name, text) in arguments.value("generated").and_then(Value::entries).into_iter().flatten() {
            if !content::is_plain(name) {
                fault(format!("{name:?} is no path inside of the site."), at("generated"));
            }
            if text.is_null() {
                fault(format!("The text of {name:?} is null."), at("generated"));
            }
        }
    }

    /// Files are read while planning, so that changed content is a planned change, and exactly that is applied.
    fn plan(&self, request: &PlanRequest<'_>, _schema: &Block, remarks: &mut Remarks) -> Option<Planned> {
        let proposed = request.proposed;
        let unknown = |ty: Type| Value::unknown(ty).refine_not_null();
        let (digest, files) = match contents(proposed) {
            Some(surveyed) => {
                let described = surveyed.and_then(|content| Ok((content.digest()?, content.count())));
                let (digest, count) = complained(described, remarks)?;
                (Value::string(&digest), Value::count(count))
            }
            None => (unknown(Type::String), unknown(Type::Number)),
        };
        let port = planned_port(request.prior, proposed);
        let mut parts = vec![
            ("digest", digest),
            ("files", files),
            ("url", url(proposed, &port)),
            ("assigned_port", port),
            ("running", Value::bool(true)),
        ];
        if request.prior.is_null() {
            parts.push(("id", unknown(Type::String)));
        }
        if restarts(request.prior, proposed) {
            parts.extend([("pid", unknown(Type::Number)), ("identity", unknown(Type::String))]);
        }
        let value = filled(proposed, parts);
        Some(Planned { value, private: request.private.to_vec(), replace: Vec::new() })
    }

    async fn create(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let id = if request.token.is_empty() { super::uuid() } else { request.token.to_owned() };
        let made = match place(request.planned, &id).await {
            Ok(digest) => start(request, &id, &digest).await,
            Err(why) => Err(refused(why)),
        };
        match made {
            Ok(value) => Some(applied(value, request.private)),
            Err(remark) => {
                remarks.push(remark);
                // The folder is no longer in use.
                let _ = content::remove(&home(&id));
                None
            }
        }
    }

    async fn update(&self, request: &ApplyRequest<'_>, remarks: &mut Remarks) -> Option<Applied> {
        let id = Arguments(request.prior).text("id").unwrap_or_default().to_owned();
        let anew = restarts(request.prior, request.planned);
        if anew {
            let port = Arguments(request.planned).port("assigned_port");
            if let Some(port) =
                port.filter(|port| Some(*port) != Arguments(request.prior).port("assigned_port"))
                && let Err(remark) = listener(request.planned, port)
            {
                remarks.push(remark);
                return None;
            }
        }
        let digest = complained(place(request.planned, &id).await, remarks)?;
        if !anew {
            let value = filled(request.planned, [("digest", Value::string(&digest))]);
            return Some(applied(value, request.private));
        }
        stop(request.prior, remarks).await?;
        match start(request, &id, &digest).await {
            Ok(value) => Some(applied(value, request.private)),
            Err(remark) => {
                remarks.push(remark);
                Some(applied(stopped(request.planned, &digest), request.private))
            }
        }
    }

    async fn delete(&self, current: Current<'_>, remarks: &mut Remarks) {
        if stop(current.value, remarks).await.is_none() {
            return;
        }
        let Some(id) = Arguments(current.value).text("id").filter(|id| is_name(id)) else { return };
        complained(content::remove(&home(id)), remarks);
    }

    /// The content outlives its server, so if the server is gone, the object still exists, and the server is started
    /// again at the same address.
    async fn read(&self, current: Current<'_>, _remarks: &mut Remarks) -> Option<Applied> {
        let id = Arguments(current.value).text("id").filter(|id| is_name(id));
        let alive = process::present(current.value, &[]);
        let digest = id.and_then(|id| content::current(&home(id)));
        if alive.is_none() && digest.is_none() {
            return Some(applied(Value::null(current.value.ty()), &[]));
        }
        let digest = digest.map_or_else(|| Value::null(Type::String), |digest| Value::string(&digest));
        let value = filled(current.value, [("digest", digest), ("running", Value::bool(alive.is_some()))]);
        let value = alive.map_or_else(|| value.clone(), |identity| process::identified(&value, &identity));
        Some(applied(value, current.private))
    }

    fn effects(&self) -> Effects {
        Effects::Outside
    }

    /// A server has the operation that started it in its environment. One that was never started may have left files.
    async fn find(&self, search: Search<'_>, remarks: &mut Remarks) -> Settled {
        let Some((identity, found)) = supervise::find(search.token) else {
            if is_name(search.token) {
                complained(content::remove(&home(search.token)), remarks);
            }
            return Settled::Absent;
        };
        let id = found.service().unwrap_or_else(|| search.token.to_owned());
        let port = found.variable("PORT").and_then(|port| port.parse().ok()).unwrap_or_default();
        let digest = content::current(&home(&id)).unwrap_or_default();
        let files = contents(search.planned).and_then(Result::ok).map(|content| content.count());
        let mut value = running(search.planned, &id, &digest, port, &identity);
        if let Some(files) = files {
            value = filled(&value, [("files", Value::count(files))]);
        }
        Settled::Found(applied(value, search.private))
    }
}

/// The content to serve; `None` while it is not known yet.
fn contents(object: &Value) -> Option<Result<Content, String>> {
    let arguments = Arguments(object);
    let source = arguments.path("source")?;
    if arguments.value("generated").is_some_and(|generated| !generated.is_wholly_known()) {
        return None;
    }
    Some(Content::survey(&source, arguments.text_map("generated")))
}

/// Copies the content and switches to it. Returns its digest.
async fn place(planned: &Value, id: &str) -> Result<String, String> {
    let content = contents(planned).unwrap_or_else(|| Err("The source is not known.".to_owned()))?;
    let expected = Arguments(planned).text("digest").map(str::to_owned);
    let home = home(id);
    blocking(move || {
        let digest = match expected {
            Some(expected) => expected,
            None => content.digest()?,
        };
        content.place(&home, &digest)?;
        content::switch(&home, &digest)?;
        Ok(digest)
    })
    .await
}

/// Starts the server on a port that is open already, and waits for its first answer.
async fn start(request: &ApplyRequest<'_>, id: &str, digest: &str) -> Result<Value, Remark> {
    let planned = Arguments(request.planned);
    let kept = planned.port("assigned_port").or(planned.port("port"));
    let (listener, address) = listener(request.planned, kept.unwrap_or(0))?;
    let home = home(id);
    let index = planned.text("index").unwrap_or(INDEX).to_owned();
    let site = Site { folder: home.clone(), index, not_found: planned.text("not_found").map(str::to_owned) };
    let Call { command, mut environment } = server_command(&site).map_err(refused)?;
    environment.push(("PORT".to_owned(), address.port().to_string()));
    let launch = Launch {
        command: &command,
        directory: &home,
        environment: &environment,
        log: &home.join("server.log"),
        input: Some(OwnedFd::from(listener)),
        service: id,
        operation: request.token,
    };
    let mut program = supervise::start(launch).map_err(refused)?;
    let answered = first_answer(&mut program, address).await;
    if let Err(why) = answered {
        let stopped = supervise::stop(&program.identity, id, Signal::SIGTERM, GRACE).await;
        let left = stopped.err().map(|why| format!(" It could not be stopped either: {why}"));
        let detail = format!("{why}{}\n\n{}", left.unwrap_or_default(), program.last_lines());
        return Err(refused(detail.trim_end().to_owned()));
    }
    Ok(running(request.planned, id, digest, address.port(), &program.identity))
}

/// Any HTTP answer will do: the site may have no index page.
async fn first_answer(program: &mut Program, address: SocketAddr) -> Result<(), String> {
    let begin = Instant::now();
    // A server on all interfaces also answers on this one.
    let address = SocketAddr::new(reachable(address.ip()), address.port());
    loop {
        if program.ended().is_some() {
            return Err("The server ended at once.".to_owned());
        }
        let ask = async {
            let stream = tokio::net::TcpStream::connect(address).await.map_err(|error| error.to_string())?;
            process::status(stream, "/").await
        };
        let why = match tokio::time::timeout(Duration::from_secs(2), ask).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(why)) => why,
            Err(_) => "there was no answer in time".to_owned(),
        };
        if begin.elapsed() > READY {
            return Err(format!("The server did not answer on {address}: {why}."));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The command that starts a server.
struct Call {
    command: Vec<String>,
    environment: Vec<(String, String)>,
}

/// The command by which this program serves a site.
#[cfg(not(test))]
fn server_command(site: &Site) -> Result<Call, String> {
    let fault = |error: std::io::Error| format!("This program does not know where it is: {error}.");
    let program = std::env::current_exe().map_err(fault)?;
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let mut command = vec![text(&program), "serve-site".to_owned(), format!("--index={}", site.index)];
    command.extend(site.not_found.iter().map(|page| format!("--not-found={page}")));
    command.extend(["--".to_owned(), text(&site.folder)]);
    Ok(Call { command, environment: Vec::new() })
}

#[cfg(test)]
use tests::server_command;

async fn stop(prior: &Value, remarks: &mut Remarks) -> Option<()> {
    let known = process::present(prior, &[]).or_else(|| process::identity(prior));
    let Some(identity) = known else { return Some(()) };
    let id = Arguments(prior).text("id").unwrap_or_default();
    let stopped = supervise::stop(&identity, id, Signal::SIGTERM, GRACE).await;
    complained(stopped.map(drop), remarks)
}

/// Whether the server must be started or restarted.
fn restarts(prior: &Value, wanted: &Value) -> bool {
    let same = |name: &str| match (part(prior, name), part(wanted, name)) {
        (Some(prior), Some(wanted)) => prior.same(wanted),
        _ => false,
    };
    Arguments(prior).flag("running") != Some(true) || !RESTARTING.iter().all(|name| same(name))
}

fn part<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    object.entries()?.get(name)
}

/// The port of the server. A free port that was picked once is kept.
fn planned_port(prior: &Value, proposed: &Value) -> Value {
    let asked = |object: &Value| match part(object, "port") {
        Some(port) if !port.is_known() => None,
        _ => Some(Arguments(object).port("port").unwrap_or(0)),
    };
    let picked = || Value::unknown(Type::Number).refine_not_null();
    match asked(proposed) {
        None => picked(),
        Some(0) if asked(prior) == Some(0) => {
            Arguments(prior).value("assigned_port").cloned().unwrap_or_else(picked)
        }
        Some(0) => picked(),
        Some(port) => Value::count(port.into()),
    }
}

fn url(object: &Value, port: &Value) -> Value {
    let host = match part(object, "host") {
        Some(host) if !host.is_known() => return Value::unknown(Type::String).refine_not_null(),
        _ => reachable(host(object)),
    };
    match port.as_number().and_then(|port| port.to_i64()).and_then(|port| u16::try_from(port).ok()) {
        Some(port) => Value::string(&format!("http://{}", SocketAddr::new(host, port))),
        None => Value::unknown(Type::String).refine_not_null(),
    }
}

fn host(object: &Value) -> IpAddr {
    let given = Arguments(object).text("host").and_then(|host| host.parse().ok());
    given.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// The address to connect to, for a server that listens on all interfaces.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    }
}

fn listener(object: &Value, port: u16) -> Result<(TcpListener, SocketAddr), Remark> {
    let listener = TcpListener::bind((host(object), port));
    let with_address = listener.and_then(|listener| {
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    with_address.map_err(|error| process::taken(port, &error))
}

fn running(planned: &Value, id: &str, digest: &str, port: u16, identity: &Identity) -> Value {
    let port = Value::count(port.into());
    filled(
        planned,
        [
            ("id", Value::string(id)),
            ("digest", Value::string(digest)),
            ("pid", Value::count(identity.pid as usize)),
            ("identity", Value::string(identity.mark())),
            ("running", Value::bool(true)),
            ("url", url(planned, &port)),
            ("assigned_port", port),
        ],
    )
}

/// The object of a site whose server was stopped and not started again.
fn stopped(planned: &Value, digest: &str) -> Value {
    let known = |name: &str| part(planned, name).filter(|value| value.is_known()).cloned();
    filled(
        planned,
        [
            ("digest", Value::string(digest)),
            ("pid", Value::null(Type::Number)),
            ("identity", Value::null(Type::String)),
            ("running", Value::bool(false)),
            ("url", known("url").unwrap_or_else(|| Value::null(Type::String))),
            ("assigned_port", known("assigned_port").unwrap_or_else(|| Value::null(Type::Number))),
        ],
    )
}

/// The folder of a site's files: in the project, or in a test beside it.
fn home(id: &str) -> PathBuf {
    let root = if cfg!(test) { std::env::temp_dir() } else { PathBuf::new() };
    absolute(&root.join(".terrace/sites")).join(id)
}

/// Whether a text is a plain folder name.
fn is_name(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn refused(why: String) -> Remark {
    Remark::error("Site is not served", why)
}

fn complained<T>(result: Result<T, String>, remarks: &mut Remarks) -> Option<T> {
    result.map_err(|why| remarks.push(refused(why))).ok()
}

fn applied(value: Value, private: &[u8]) -> Applied {
    Applied { value, private: private.to_vec() }
}
