//! A web server on loopback that answers from a table.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What is answered to a path.
#[derive(Clone, Default)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The header that a question must have.
    pub(crate) authorization: Option<String>,
    /// The body stops in the middle and the connection stays open.
    pub(crate) stalls: bool,
}

/// Runs until the test ends. Every question is remembered.
pub(crate) struct Server {
    pub(crate) address: String,
    pages: Arc<Mutex<BTreeMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Page {
    pub(crate) fn of(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into(), ..Self::default() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::listen(None)
    }

    /// With a certificate that [`authority`] vouches for.
    pub(crate) fn start_secure() -> Self {
        let certificate = CertificateDer::from_pem_file(folder().join("server.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(folder().join("server.key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = versions.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
        Self::listen(Some(Arc::new(config)))
    }

    fn listen(tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listener.local_addr().unwrap());
        let server = Self { address, pages: Arc::default(), asked: Arc::default() };
        let (pages, asked) = (Arc::clone(&server.pages), Arc::clone(&server.asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (pages, asked, tls) = (Arc::clone(&pages), Arc::clone(&asked), tls.clone());
                std::thread::spawn(move || {
                    let answered = match tls {
                        Some(tls) => {
                            let connection = ServerConnection::new(tls).unwrap();
                            answer(StreamOwned::new(connection, stream), &pages, &asked)
                        }
                        None => answer(stream, &pages, &asked),
                    };
                    answered.unwrap_or_default();
                });
            }
        });
        server
    }

    /// Puts a page at a path with its query.
    pub(crate) fn put(&self, path: &str, page: Page) {
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    /// The paths that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn folder() -> PathBuf {
    super::root().join("tests/support/tls")
}

/// Whoever trusts this trusts the server.
pub(crate) fn authority() -> PathBuf {
    folder().join("authority.pem")
}

fn answer(
    stream: impl Read + Write,
    pages: &Mutex<BTreeMap<String, Page>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut lines = stream.by_ref().lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut authorization = None;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("authorization")
        {
            authorization = Some(value.trim().to_owned());
        }
    }
    let stream = stream.get_mut();
    asked.lock().unwrap().push(path.clone());
    let found = pages.lock().unwrap().get(&path).cloned();
    let page = match found {
        Some(page) if page.authorization.is_none() || page.authorization == authorization => page,
        Some(_) => Page { status: 401, ..Page::default() },
        None => Page { status: 404, ..Page::default() },
    };
    let mut head =
        format!("HTTP/1.1 {} x\r\nContent-Length: {}\r\nConnection: close\r\n", page.status, page.body.len());
    for (name, value) in &page.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    if page.stalls {
        stream.write_all(&page.body[..page.body.len() / 2])?;
        std::thread::sleep(std::time::Duration::from_secs(30));
        return Ok(());
    }
    stream.write_all(&page.body)?;
    stream.flush()
}
