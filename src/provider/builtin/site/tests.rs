use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use crate::address::ProviderAddress;
use crate::port::Settled;
use crate::value::{Type, Value};

use super::super::object::{Arguments, filled};
use super::super::provider_under_test::{ProviderUnderTest, text};
use super::{Call, Site, process};

const KIND: &str = "site_static";

#[tokio::test]
async fn a_site_is_served_changed_and_removed() {
    let (provider, folder) = provider("whole-life").await;
    write(folder.path(), "index.html", "<h1>Hello</h1>");
    write(folder.path(), "css/shop.css", "body {}");
    let given = [("source", path(folder.path()))];
    let planned = provider.plan(KIND, &nothing(), &given).await.unwrap().value;
    assert_eq!(Arguments(&planned).number("files"), Some(2));
    let first = provider.create(KIND, &given).await.unwrap();
    assert_eq!(text(&first, "digest"), text(&planned, "digest"));
    let (head, body) = get(&first, "/");
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: \""),
        "{head}"
    );
    assert_eq!(body, "<h1>Hello</h1>");
    assert!(get(&first, "/css/shop.css").0.contains("Content-Type: text/css"));
    assert!(provider.read(KIND, &first).await.unwrap().same(&first));
    assert!(provider.plan(KIND, &first, &given).await.unwrap().value.same(&first));

    // Another content: the same server, address and process.
    write(folder.path(), "index.html", "<h1>Good morning</h1>");
    let planned = provider.plan(KIND, &first, &given).await.unwrap().value;
    assert_ne!(text(&planned, "digest"), text(&first, "digest"));
    assert_eq!(Arguments(&planned).number("pid"), Arguments(&first).number("pid"));
    assert_eq!(get(&first, "/").1, "<h1>Hello</h1>", "nothing is served before it is applied");
    let second = provider.change(KIND, &first, &given).await.unwrap();
    assert_eq!(get(&second, "/").1, "<h1>Good morning</h1>");
    let home = super::home(text(&second, "id"));
    assert!(!home.join(text(&first, "digest")).exists());

    // Another first page: another process on the same port.
    write(folder.path(), "start.html", "start");
    let anew = [given[0].clone(), ("index", Value::string("start.html"))];
    let third = provider.change(KIND, &second, &anew).await.unwrap();
    assert_eq!(text(&third, "url"), text(&first, "url"));
    assert_ne!(Arguments(&third).number("pid"), Arguments(&first).number("pid"));
    assert_eq!(get(&third, "/").1, "start");

    provider.destroy(KIND, &third).await.unwrap();
    assert!(!process::identity(&third).unwrap().is_alive());
    assert!(!home.exists());
    assert!(provider.read(KIND, &third).await.unwrap().is_null());
    provider.destroy(KIND, &third).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_gone_is_started_again_under_its_address() {
    let (mut provider, folder) = provider("restarted").await;
    write(folder.path(), "index.html", "here");
    let given = [("source", path(folder.path()))];
    let object = provider.create(KIND, &given).await.unwrap();
    let identity = process::identity(&object).unwrap();
    super::supervise::stop(&identity, text(&object, "id"), super::Signal::SIGKILL, super::GRACE)
        .await
        .unwrap();
    let read = provider.read(KIND, &object).await.unwrap();
    assert_eq!(Arguments(&read).flag("running"), Some(false));
    provider.token = format!("{}-again", provider.token);
    let again = provider.change(KIND, &read, &given).await.unwrap();
    assert_eq!(text(&again, "url"), text(&object, "url"));
    assert_eq!(get(&again, "/").1, "here");
    provider.destroy(KIND, &again).await.unwrap();
}

#[tokio::test]
async fn what_is_generated_is_part_of_the_site() {
    let (provider, folder) = provider("generated").await;
    write(folder.path(), "index.html", "page");
    write(folder.path(), "404.html", "nothing here");
    let generated = |value: Value| {
        [
            ("source", path(folder.path())),
            ("generated", Value::map(Type::String, [("api/config.json", value)])),
            ("not_found", Value::string("404.html")),
        ]
    };
    let unknown = generated(Value::unknown(Type::String));
    let planned = provider.plan(KIND, &nothing(), &unknown).await.unwrap().value;
    assert!(!planned.entries().unwrap()["digest"].is_known());
    let object = provider.create(KIND, &generated(Value::string("{}"))).await.unwrap();
    let (head, body) = get(&object, "/api/config.json");
    assert!(head.contains("Content-Type: application/json") && body == "{}", "{head}");
    let (head, body) = get(&object, "/none");
    assert!(head.starts_with("HTTP/1.1 404 ") && body == "nothing here", "{head}");
    provider.destroy(KIND, &object).await.unwrap();
}

#[tokio::test]
async fn the_server_answers_what_it_is_asked_and_nothing_else() {
    let (provider, folder) = provider("server").await;
    write(folder.path(), "index.html", &"long ".repeat(100_000));
    write(folder.path(), "docs/index.html", "docs");
    let object = provider.create(KIND, &[("source", path(folder.path()))]).await.unwrap();
    let home = super::home(text(&object, "id"));
    fs::write(home.join("secret"), "secret").unwrap();

    assert_eq!(get(&object, "/index.html").1.len(), 500_000);
    let (head, _) = get(&object, "/docs");
    assert!(head.starts_with("HTTP/1.1 301 ") && head.contains("Location: /docs/\r\n"), "{head}");
    assert_eq!(get(&object, "/docs/").1, "docs");
    for target in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/%00", "relative"] {
        let (head, body) = get(&object, target);
        assert!(head.starts_with("HTTP/1.1 400 "), "{target}: {head}");
        assert!(!body.contains("secret"));
    }
    assert!(get(&object, "/secret").0.starts_with("HTTP/1.1 404 "));

    let head = ask(&object, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("Content-Length: 500000\r\n"), "{head}");
    assert!(head.ends_with("\r\n\r\n"));
    let tag = head.lines().find_map(|line| line.strip_prefix("ETag: ")).unwrap();
    let known = ask(
        &object,
        &format!("GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: W/{tag}\r\nConnection: close\r\n\r\n"),
    );
    assert!(known.starts_with("HTTP/1.1 304 ") && known.ends_with("\r\n\r\n"), "{known}");
    let posted = ask(&object, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    assert!(posted.starts_with("HTTP/1.1 405 ") && posted.contains("Allow: GET, HEAD\r\n"), "{posted}");
    assert!(ask(&object, "\x16\x03\x01\r\n\r\n").starts_with("HTTP/1.1 400 "));
    let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(20_000));
    assert!(ask(&object, &long).starts_with("HTTP/1.1 431 "));
    // Two on one connection.
    let two =
        "GET /docs/ HTTP/1.1\r\nHost: x\r\n\r\nGET /docs/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_eq!(ask(&object, two).matches("HTTP/1.1 200 OK").count(), 2);
    provider.destroy(KIND, &object).await.unwrap();
}

#[tokio::test]
async fn what_leads_out_of_a_site_or_is_no_file_is_refused() {
    let (provider, folder) = provider("refused").await;
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret", "secret");
    write(folder.path(), "in/page.html", "page");
    let given = [("source", path(folder.path()))];
    let link =
        |target: &Path, name: &str| std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    link(&folder.path().join("in/page.html"), "inside.html");
    let planned = provider.plan(KIND, &nothing(), &given).await.unwrap().value;
    assert_eq!(Arguments(&planned).number("files"), Some(2));
    for (target, expected) in [
        (outside.path().join("secret"), "leads out of the site"),
        (outside.path().to_owned(), "leads out of the site"),
        (folder.path().to_owned(), "leads back to a folder"),
        (folder.path().join("none"), "does not exist"),
    ] {
        link(&target, "link");
        let fault =
            provider.plan(KIND, &nothing(), &given).await.map(|planned| planned.value).unwrap_err().remove(0);
        assert!(fault.contains(expected), "{fault}");
        fs::remove_file(folder.path().join("link")).unwrap();
    }
    let none = [("source", path(&folder.path().join("none")))];
    assert!(provider.plan(KIND, &nothing(), &none).await.is_err());
    let both = [given[0].clone(), ("generated", texts(&[("in", "x")]))];
    let fault =
        provider.plan(KIND, &nothing(), &both).await.map(|planned| planned.value).unwrap_err().remove(0);
    assert!(fault.contains("cannot be both a file and the folder"), "{fault}");
    for wrong in [
        ("generated", texts(&[("../x", "x")])),
        ("index", Value::string("a/b")),
        ("not_found", Value::string("/x")),
        ("host", Value::string("localhost")),
        ("port", Value::string("x")),
    ] {
        assert!(provider.validate(KIND, &[given[0].clone(), wrong.clone()]).await.is_err(), "{wrong:?}");
    }
}

#[tokio::test]
async fn files_that_change_between_plan_and_apply_are_not_served() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a", "planned");
    let surveyed = super::Content::survey(folder.path(), [].into()).unwrap();
    let digest = surveyed.digest().unwrap();
    write(folder.path(), "a", "changed");
    let site = tempfile::tempdir().unwrap();
    let fault = surveyed.place(site.path(), &digest).unwrap_err();
    assert!(fault.contains("have changed since this was planned"), "{fault}");
    assert_eq!(fs::read_dir(site.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_taken_port_is_told() {
    let (provider, folder) = provider("taken").await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let given = [("source", path(folder.path())), ("port", Value::count(port.into()))];
    let fault = provider.create(KIND, &given).await.unwrap_err().remove(0);
    assert!(fault.starts_with("Port is taken: "), "{fault}");
    assert!(!super::home(&provider.token).exists());
}

#[tokio::test]
async fn an_operation_that_was_cut_off_finds_its_server_or_clears_its_files() {
    let (provider, folder) = provider("cut-off").await;
    write(folder.path(), "index.html", "x");
    let given = [("source", path(folder.path()))];
    let planned = provider.plan(KIND, &nothing(), &given).await.unwrap().value;
    fs::create_dir_all(super::home(&provider.token).join("draft")).unwrap();
    assert!(matches!(provider.find(KIND, &planned).await, Settled::Absent));
    assert!(!super::home(&provider.token).exists());
    let object = provider.create(KIND, &given).await.unwrap();
    let journaled = filled(
        &planned,
        ["id", "pid", "identity", "url", "assigned_port"]
            .map(|name| (name, Value::null(planned.entries().unwrap()[name].ty()))),
    );
    let Settled::Found(found) = provider.find(KIND, &journaled).await else { panic!("it runs") };
    assert!(found.value.same(&object), "{:?} {object:?}", found.value);
    provider.destroy(KIND, &object).await.unwrap();
}

/// In a test this program is not terrace but the test itself, which is run again to be the server.
pub(super) fn server_command(site: &Site) -> Result<Call, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let name = module_path!().split_once("::").unwrap().1;
    let name = format!("{name}::serves_when_it_is_started_for_that");
    let command =
        [&*program.to_string_lossy(), "--exact", &name, "--ignored", "--nocapture"].map(str::to_owned);
    let told = [&*site.folder.to_string_lossy(), &site.index, site.not_found.as_deref().unwrap_or_default()];
    Ok(Call { command: command.into(), environment: vec![("SITE".to_owned(), told.join("\n"))] })
}

#[test]
#[ignore = "this is no test but the server of the others"]
fn serves_when_it_is_started_for_that() {
    let Ok(told) = std::env::var("SITE") else { return };
    let [folder, index, not_found] = told.split('\n').collect::<Vec<_>>()[..] else { return };
    let not_found = (!not_found.is_empty()).then(|| not_found.to_owned());
    let error = super::serve(Site { folder: PathBuf::from(folder), index: index.to_owned(), not_found });
    panic!("{error}");
}

async fn provider(name: &str) -> (ProviderUnderTest, tempfile::TempDir) {
    let mut provider = ProviderUnderTest::at(&ProviderAddress::parse("terrace/site").unwrap()).await;
    provider.token = format!("test-{name}-{}", std::process::id());
    (provider, tempfile::tempdir().unwrap())
}

fn get(site: &Value, target: &str) -> (String, String) {
    let text = ask(site, &format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (format!("{head}\r\n"), body.to_owned())
}

fn ask(site: &Value, request: &str) -> String {
    let address = text(site, "url").strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap_or_default();
    String::from_utf8(answer).unwrap()
}

fn nothing() -> Value {
    Value::null(Type::Dynamic)
}

fn texts(entries: &[(&str, &str)]) -> Value {
    Value::map(Type::String, entries.iter().map(|(name, text)| (*name, Value::string(text))))
}

fn path(folder: &Path) -> Value {
    Value::string(&folder.to_string_lossy())
}

fn write(folder: &Path, name: &str, text: &str) {
    let place = folder.join(name);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, text).unwrap();
}
