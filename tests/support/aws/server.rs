//! The listener: reads requests from connections that stay open, hands them to the world, and misbehaves as told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::World;
use super::identity;
use super::script::Deviation;
use super::wire::{Answer, Http};

/// Listens on loopback until the test process ends; says where.
pub(crate) fn listen(world: &Arc<Mutex<World>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let world = Arc::clone(world);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let world = Arc::clone(&world);
            std::thread::spawn(move || serve(stream, &world));
        }
    });
    address
}

/// One connection, one request after the other.
fn serve(mut stream: TcpStream, world: &Mutex<World>) {
    stream.set_nodelay(true).unwrap_or_default();
    let mut waiting = Vec::new();
    while let Some(http) = read(&mut stream, &mut waiting) {
        let ask = identity::recognise(&http);
        let (deviation, hooks) = {
            let mut world = lock(world);
            world.note(&ask);
            world.script.deviation(&ask)
        };
        if !hooks.is_empty() {
            let mut world = lock(world);
            hooks.into_iter().for_each(|hook| hook(&mut world));
        }
        let answer = match deviation {
            None => lock(world).answer(&ask),
            Some(Deviation::Fault(fault)) => {
                let id = lock(world).laws.id();
                ask.protocol().fault(&id, &fault)
            }
            Some(Deviation::Late(pause)) => {
                std::thread::sleep(pause);
                lock(world).answer(&ask)
            }
            Some(Deviation::Silent) => {
                // Holds the connection open until the other side gives up.
                stream.set_read_timeout(Some(Duration::from_secs(600))).unwrap_or_default();
                while matches!(stream.read(&mut [0; 1024]), Ok(count) if count > 0) {}
                return;
            }
            Some(Deviation::CutBefore) => return,
            Some(Deviation::CutAfter) => {
                lock(world).answer(&ask);
                return;
            }
        };
        if write(&mut stream, &answer).is_err() {
            return;
        }
        if http.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            return;
        }
    }
}

/// A test that failed while it held the world leaves it usable for the others that share it.
pub(crate) fn lock(world: &Mutex<World>) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn read(stream: &mut TcpStream, waiting: &mut Vec<u8>) -> Option<Http> {
    let (mut http, length) = loop {
        if let Some(found) = head(waiting) {
            break found;
        }
        more(stream, waiting)?;
    };
    waiting.drain(..length);
    if http.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let chunked = http.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    if chunked {
        loop {
            let line = loop {
                if let Some(end) = waiting.windows(2).position(|pair| pair == b"\r\n") {
                    break waiting.drain(..end + 2).collect::<Vec<u8>>();
                }
                more(stream, waiting)?;
            };
            let size = String::from_utf8_lossy(&line);
            let size = usize::from_str_radix(size.trim().split(';').next()?, 16).ok()?;
            while waiting.len() < size + 2 {
                more(stream, waiting)?;
            }
            http.body.extend(waiting.drain(..size));
            waiting.drain(..2);
            if size == 0 {
                return Some(http);
            }
        }
    }
    let size: usize = http.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    while waiting.len() < size {
        more(stream, waiting)?;
    }
    http.body = waiting.drain(..size).collect();
    Some(http)
}

/// The head of a request and how long it is, once it is there.
fn head(bytes: &[u8]) -> Option<(Http, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = request.parse(bytes).ok()? else { return None };
    let target = request.path?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = request.headers.iter().map(|header| {
        (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).trim().to_owned())
    });
    let http = Http {
        method: request.method?.to_owned(),
        path: path.to_owned(),
        query: super::wire::pairs(query),
        headers: headers.collect(),
        body: Vec::new(),
    };
    Some((http, length))
}

fn more(stream: &mut TcpStream, waiting: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 16 * 1024];
    let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
    waiting.extend_from_slice(&buffer[..count]);
    Some(())
}

fn write(stream: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} x\r\nContent-Length: {}\r\n", answer.status, answer.body.len());
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&answer.body);
    stream.write_all(&bytes)?;
    stream.flush()
}
