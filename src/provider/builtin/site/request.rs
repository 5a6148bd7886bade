//! Parses the head of an HTTP request, as far as a site needs it.

use std::path::PathBuf;

/// The longest head that is read.
pub(super) const LONGEST: usize = 16 * 1024;

const MOST_FIELDS: usize = 64;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: Method,
    /// The path in the folder; checked to stay inside.
    pub(super) path: PathBuf,
    /// Whether it ends in a slash, and so means a folder.
    pub(super) is_folder: bool,
    pub(super) if_none_match: Option<String>,
    /// Whether the connection may be reused.
    pub(super) stays: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Other,
}

/// Parses a head and returns its length; `None` while it is incomplete. The error is a message.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, &'static str> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut head = httparse::Request::new(&mut fields);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err("this is no HTTP request"),
    };
    let named = |name: &str| {
        let found = head.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        found.and_then(|field| std::str::from_utf8(field.value).ok())
    };
    let newer = head.version == Some(1);
    if newer && named("host").is_none() {
        return Err("a request says which host it means");
    }
    let has_body = named("transfer-encoding").is_some()
        || named("content-length").is_some_and(|length| length.trim() != "0");
    let closes = named("connection").is_some_and(|value| value.to_ascii_lowercase().contains("close"));
    let method = match head.method {
        Some("GET") => Method::Get,
        Some("HEAD") => Method::Head,
        _ => Method::Other,
    };
    let (path, is_folder) = inside(head.path.unwrap_or_default()).ok_or("this path leads nowhere")?;
    let request = Request {
        method,
        path,
        is_folder,
        if_none_match: named("if-none-match").map(str::to_owned),
        // Requests after a body are not supported.
        stays: newer && !closes && !has_body,
    };
    Ok(Some((request, length)))
}

/// The path of a target inside the folder, and whether it means a folder; `None` if it could lead out.
fn inside(target: &str) -> Option<(PathBuf, bool)> {
    let path = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => rest.find('/').map_or("/", |at| &rest[at..]),
        _ => target,
    };
    let path = path.split(['?', '#']).next()?.strip_prefix('/')?;
    let mut clean = PathBuf::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let name = decoded(part)?;
        if name == "." || name == ".." || name.contains(['/', '\\', '\0']) {
            return None;
        }
        clean.push(name);
    }
    Some((clean, path.is_empty() || path.ends_with('/')))
}

/// Decodes percent signs; `None` if they or the result are invalid.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// A path as it stands in a URL.
pub(super) fn encoded(path: &std::path::Path) -> String {
    let mut text = String::new();
    for part in path.iter() {
        text.push('/');
        for byte in part.to_string_lossy().bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    text.push(char::from(byte));
                }
                _ => text.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Method, encoded, inside, parse};

    #[test]
    fn paths_lead_into_the_folder_or_nowhere() {
        let found =
            |target| inside(target).map(|(path, folder)| (path.to_string_lossy().into_owned(), folder));
        assert_eq!(found("/"), Some((String::new(), true)));
        assert_eq!(found("/a/b.css?v=1"), Some(("a/b.css".to_owned(), false)));
        assert_eq!(found("//a//b/"), Some(("a/b".to_owned(), true)));
        assert_eq!(found("/%C3%A9t%C3%A9%20.html"), Some(("été .html".to_owned(), false)));
        assert_eq!(found("http://example.com/a"), Some(("a".to_owned(), false)));
        assert_eq!(found("http://example.com"), Some((String::new(), true)));
        for target in [
            "",
            "a",
            "*",
            "/..",
            "/../etc/passwd",
            "/a/../../b",
            "/%2e%2e/x",
            "/.%2E/x",
            "/a%2fb",
            "/a%5Cb",
            "/a\\b",
            "/%00",
            "/%",
            "/%4",
            "/%zz",
            "/%ff",
            "/./a",
        ] {
            assert_eq!(inside(target), None, "{target}");
        }
    }

    #[test]
    fn heads_are_read_when_they_are_complete() {
        let text = b"GET /a HTTP/1.1\r\nhost: x\r\nIf-None-Match: \"1\"\r\n\r\nmore";
        let (request, length) = parse(text).unwrap().unwrap();
        assert_eq!((request.method, length, request.stays), (Method::Get, text.len() - 4, true));
        assert_eq!((request.path, request.if_none_match.as_deref()), (PathBuf::from("a"), Some("\"1\"")));
        for end in 0..text.len() - 5 {
            assert_eq!(parse(&text[..end]), Ok(None), "{end}");
        }
    }

    #[test]
    fn connections_close_where_nothing_else_can_follow() {
        let stays = |head: &str| parse(format!("{head}\r\n\r\n").as_bytes()).unwrap().unwrap().0.stays;
        assert!(stays("HEAD / HTTP/1.1\r\nHost: x"));
        assert!(!stays("GET / HTTP/1.0"));
        assert!(!stays("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close"));
        assert!(!stays("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5"));
        assert!(!stays("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked"));
        assert!(stays("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0"));
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(parse(b"GET / HTTP/1.1\r\n\r\n").is_err());
        assert!(parse(b"\x16\x03\x01\x02\x00\x01").is_err());
        assert!(parse(b"GET /../a HTTP/1.1\r\nHost: x\r\n\r\n").is_err());
        let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "a: b\r\n".repeat(100));
        assert!(parse(many.as_bytes()).is_err());
    }

    #[test]
    fn paths_are_written_so_that_they_read_as_the_same() {
        assert_eq!(encoded(Path::new("a b/é%")), "/a%20b/%C3%A9%25");
    }
}
