//! Serves one folder over HTTP: GET and HEAD only.
//!
//! Follows the link `current` to a folder named by its digest, anew for each request, so that the content can be
//! switched between two requests.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::media;
use super::request::{self, Method, Request};

/// The link to the served folder.
pub(super) const CURRENT: &str = "current";

/// The number of concurrent connections; others wait to be accepted.
const MOST_CONNECTIONS: usize = 256;
/// How long a request may take, from its first byte or from the end of the last answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a client may take to accept a piece of an answer.
const WRITE: Duration = Duration::from_secs(30);
const PIECE: usize = 64 * 1024;

/// The site to serve.
pub struct Site {
    /// The folder that contains `current`.
    pub folder: PathBuf,
    /// The file to serve for a folder.
    pub index: String,
    /// The file to serve when a path is not found.
    pub not_found: Option<String>,
}

/// Serves until the process ends. The socket is the standard input, opened by the parent: so the port is taken before
/// the server starts, and nobody else can get it. Returns only if it cannot start.
pub fn serve(site: Site) -> std::io::Error {
    let begin = || {
        let listener = TcpListener::from(std::io::stdin().as_fd().try_clone_to_owned()?);
        listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(accept(listener, Arc::new(site)))
    };
    begin().map_or_else(|error| error, |never| match never {})
}

async fn accept(listener: TcpListener, site: Arc<Site>) -> std::io::Result<std::convert::Infallible> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let place = Arc::clone(&places).acquire_owned().await.map_err(std::io::Error::other)?;
        match listener.accept().await {
            Ok((stream, _)) => {
                let site = Arc::clone(&site);
                tokio::spawn(async move {
                    // A client that disconnects early is no error.
                    let _ = converse(stream, &site).await;
                    drop(place);
                });
            }
            Err(error) => {
                eprintln!("a connection was not accepted: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Answers one request after another.
async fn converse(mut stream: TcpStream, site: &Site) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    loop {
        let request = match timeout(PATIENCE, receive(&mut stream, &mut bytes)).await {
            Ok(Ok(Some(request))) => request,
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(refusal)) => return send(&mut stream, refusal, false, false).await,
            Err(_) if bytes.is_empty() => return Ok(()),
            Err(_) => return send(&mut stream, Answer::plain("408 Request Timeout"), false, false).await,
        };
        let answer = answer(site, &request);
        send(&mut stream, answer, request.method == Method::Head, request.stays).await?;
        if !request.stays {
            return Ok(());
        }
    }
}

/// The next request; `None` if the client has closed the connection.
async fn receive(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Result<Option<Request>, Answer> {
    loop {
        match request::parse(bytes) {
            Ok(Some((request, length))) => {
                bytes.drain(..length);
                return Ok(Some(request));
            }
            Ok(None) if bytes.len() >= request::LONGEST => {
                return Err(Answer::plain("431 Request Header Fields Too Large"));
            }
            Ok(None) => {}
            Err(_) => return Err(Answer::plain("400 Bad Request")),
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return Ok(None),
            Ok(count) => bytes.extend_from_slice(piece.get(..count).unwrap_or_default()),
        }
    }
}

struct Answer {
    status: &'static str,
    /// Headers in addition to the common ones.
    fields: String,
    body: Body,
}

enum Body {
    Text(String),
    File(File, u64),
}

impl Answer {
    /// An answer with only a status, also as its text.
    fn plain(status: &'static str) -> Self {
        let fields = "Content-Type: text/plain; charset=utf-8\r\n".to_owned();
        Self { status, fields, body: Body::Text(format!("{status}\n")) }
    }

    fn file(status: &'static str, found: Found, fields: &str) -> Self {
        let kind = media::of(&found.path);
        Self {
            status,
            fields: format!("Content-Type: {kind}\r\n{fields}"),
            body: Body::File(found.file, found.length),
        }
    }
}

/// A file of the site.
struct Found {
    path: PathBuf,
    file: File,
    length: u64,
}

fn answer(site: &Site, request: &Request) -> Answer {
    if request.method == Method::Other {
        let mut answer = Answer::plain("405 Method Not Allowed");
        answer.fields.push_str("Allow: GET, HEAD\r\n");
        return answer;
    }
    // The content may be switched between resolving the path and opening the file; then it is resolved again.
    for _ in 0..3 {
        let Ok(digest) = std::fs::read_link(site.folder.join(CURRENT)) else { break };
        let root = site.folder.join(&digest);
        if let Some(answer) = answer_from(site, request, &root, &digest.to_string_lossy()) {
            return answer;
        }
        if std::fs::read_link(site.folder.join(CURRENT)).is_ok_and(|now| now == digest) {
            let page = site.not_found.as_ref().and_then(|page| find(&root, Path::new(page)));
            return match page {
                Some(found) => Answer::file("404 Not Found", found, ""),
                None => Answer::plain("404 Not Found"),
            };
        }
    }
    Answer::plain("503 Service Unavailable")
}

/// The answer of one content; `None` if it lacks the path.
fn answer_from(site: &Site, request: &Request, root: &Path, digest: &str) -> Option<Answer> {
    let path = &request.path;
    if root.join(path).is_dir() && !request.is_folder {
        // Relative links need the trailing slash.
        let mut answer = Answer::plain("301 Moved Permanently");
        answer.fields.push_str(&format!("Location: {}/\r\n", request::encoded(path)));
        return Some(answer);
    }
    let found = if request.is_folder { find(root, &path.join(&site.index))? } else { find(root, path)? };
    let tag = format!("\"{}\"", digest.get(..32).unwrap_or(digest));
    let fields = format!("ETag: {tag}\r\nCache-Control: no-cache\r\n");
    let asked = request.if_none_match.as_deref().unwrap_or_default();
    let known = asked.split(',').map(|one| one.trim().trim_start_matches("W/"));
    if asked.trim() == "*" || known.into_iter().any(|one| one == tag) {
        return Some(Answer { status: "304 Not Modified", fields, body: Body::Text(String::new()) });
    }
    Some(Answer::file("200 OK", found, &fields))
}

/// A regular file that really is inside the folder.
fn find(root: &Path, path: &Path) -> Option<Found> {
    let root = root.canonicalize().ok()?;
    let path = root.join(path).canonicalize().ok()?;
    if !path.starts_with(&root) {
        return None;
    }
    let file = File::open(&path).ok()?;
    let about = file.metadata().ok()?;
    about.is_file().then(|| Found { path, file, length: about.len() })
}

async fn send(stream: &mut TcpStream, answer: Answer, head_only: bool, stays: bool) -> std::io::Result<()> {
    let length = match &answer.body {
        Body::Text(text) => text.len() as u64,
        Body::File(_, length) => *length,
    };
    let unchanged = answer.status.starts_with("304");
    let mut head = format!("HTTP/1.1 {}\r\n{}", answer.status, answer.fields);
    if !unchanged {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    head.push_str("X-Content-Type-Options: nosniff\r\n");
    head.push_str(&format!("Date: {}\r\n", jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT")));
    head.push_str(if stays { "\r\n" } else { "Connection: close\r\n\r\n" });
    write(stream, head.as_bytes()).await?;
    match answer.body {
        _ if head_only || unchanged => {}
        Body::Text(text) => write(stream, text.as_bytes()).await?,
        Body::File(mut file, mut left) => {
            let mut piece = vec![0; PIECE];
            while left > 0 {
                let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                let count = file.read(piece.get_mut(..most).unwrap_or_default())?;
                if count == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                write(stream, piece.get(..count).unwrap_or_default()).await?;
                left -= count as u64;
            }
        }
    }
    stream.flush().await
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    timeout(WRITE, stream.write_all(bytes)).await.map_err(|_| ErrorKind::TimedOut)?
}
