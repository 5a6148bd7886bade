//! Modules from archives, and servers that say where they are.

use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use sha2::Digest;

use super::kit::{Scene, calls, gzip, says, tarball, tarball_with_link, zipped};
use crate::support::server::{Page, Server};

#[test]
fn archives_of_every_kind_are_unpacked() {
    let server = Server::start();
    let files = [("top/x/main.tf", says("x"))];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    server.put("/a.zip", Page::of(zipped(&files)));
    server.put("/a.tar.gz", Page::of(tarball(&files)));
    server.put("/download/7", Page::of(tarball(&files)));
    server.put("/a.tar.xz", Page::of(*include_bytes!("packed.tar.xz")));
    server.put("/a.tar.bz2", Page::of(*include_bytes!("packed.tar.bz2")));
    let scene = Scene::new("");
    let paths = [
        "a.zip//top/x",
        "a.tar.gz//*/x",
        "download/7//top/x?archive=tgz",
        "a.tar.xz//top/x",
        "a.tar.bz2//top/x",
    ];
    for path in paths {
        scene.write("main.tf", &calls(&format!("{}/{path}", server.address)));
        scene.init().fine();
        assert_eq!(scene.value("module.m.said"), "\"x\"", "{path}");
    }
}

#[test]
fn a_checksum_must_fit() {
    let server = Server::start();
    let archive = tarball(&[("main.tf", &says("x"))]);
    let digest: String = sha2::Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
    server.put("/a.tgz", Page::of(archive));
    let source = |sum: &str| calls(&format!("{}/a.tgz?checksum=sha256:{sum}", server.address));
    let scene = Scene::new(&source(&"0".repeat(64)));
    scene.init().failed(&["SHA-256 checksum", &digest]);
    assert!(scene.installed().is_empty());
    scene.write("main.tf", &source(&digest));
    scene.init().fine();
    scene.write("main.tf", &source("12"));
    scene.init().failed(&["none that can be checked"]);
}

#[test]
fn an_archive_cannot_write_outside_of_its_directory() {
    let server = Server::start();
    server.put("/up.tgz", Page::of(tarball(&[("main.tf", ""), ("a/../../../../../escaped", "x")])));
    server.put("/root.tgz", Page::of(tarball(&[("/tmp/escaped-terrace", "x")])));
    server.put("/up.zip", Page::of(zipped(&[("../../../../escaped", "x")])));
    server.put("/link.tgz", Page::of(tarball_with_link(("a/main.tf", ""), ("a/out", "../../../escaped"))));
    server.put("/far.tgz", Page::of(tarball_with_link(("a/main.tf", ""), ("a/out", "/etc"))));
    let scene = Scene::new("");
    for path in ["up.tgz", "root.tgz", "up.zip", "link.tgz", "far.tgz"] {
        scene.write("main.tf", &calls(&format!("{}/{path}", server.address)));
        scene.init().failed(&["Module cannot be installed", "leads out of the archive's own directory"]);
        assert!(scene.installed().is_empty(), "{path}");
    }
    assert!(!scene.beside("escaped").exists() && !std::path::Path::new("/tmp/escaped-terrace").exists());
}

#[cfg(unix)]
#[test]
fn a_link_inside_an_archive_stays_one() {
    let server = Server::start();
    server.put("/a.tgz", Page::of(tarball_with_link(("a/main.tf", &says("x")), ("b", "a"))));
    let scene = Scene::new(&calls(&format!("{}/a.tgz//b", server.address)));
    scene.init().fine();
    assert_eq!(scene.value("module.m.said"), "\"x\"");
}

#[test]
fn a_page_or_a_header_leads_to_the_package() {
    let server = Server::start();
    let archive = Page::of(tarball(&[("top/main.tf", &says("x"))]));
    server.put("/real/a.tgz", archive);
    server.put("/header?terraform-get=1", Page::of("").header("X-Terraform-Get", "/real/a.tgz//top"));
    let page = format!(
        "<html><head><meta name=\"terraform-get\" content=\"{}/real/a.tgz//*\"></head>",
        server.address
    );
    server.put("/page?terraform-get=1", Page::of(page));
    server.put("/circle?terraform-get=1", Page::of("").header("X-Terraform-Get", "/circle"));
    server.put("/file?terraform-get=1", Page::of("").header("X-Terraform-Get", "file:///etc"));
    server.put("/none?terraform-get=1", Page::of("hello"));
    let scene = Scene::new("");
    for path in ["header", "page"] {
        scene.write("main.tf", &calls(&format!("{}/{path}", server.address)));
        scene.init().fine();
        assert_eq!(scene.value("module.m.said"), "\"x\"", "{path}");
    }
    for (path, why) in [
        ("circle", "leads elsewhere"),
        ("file", "a file of this machine"),
        ("none", "neither an archive"),
        ("absent", "status 404"),
    ] {
        scene.write("main.tf", &calls(&format!("{}/{path}", server.address)));
        scene.init().failed(&[why]);
    }
}

#[test]
fn what_is_no_archive_or_cannot_be_fetched_is_refused_by_name() {
    let server = Server::start();
    server.put("/broken.zip", Page::of("no archive"));
    server.put("/cut.tgz", Page::of(gzip(b"no archive")));
    let scene = Scene::new("");
    for (source, why) in [
        (format!("{}/broken.zip", server.address), "the archive cannot be unpacked"),
        (format!("{}/cut.tgz", server.address), "the archive cannot be unpacked"),
        (format!("{}/one.gz", server.address), "holds one file"),
        ("hg::https://example.com/x".into(), "Mercurial"),
        ("s3::https://s3.amazonaws.com/b/k.zip".into(), "S3"),
        ("gcs::https://www.googleapis.com/storage/v1/b/k".into(), "Google Cloud Storage"),
        ("example.com:org/repo".into(), "write git@example.com:org/repo"),
        ("git::svn://example.com/x".into(), "fetched over https, http, ssh"),
    ] {
        scene.write("main.tf", &calls(&source));
        scene.init().failed(&["Module cannot be installed", why]);
    }
}

#[test]
fn a_run_that_was_killed_leaves_nothing_half_installed() {
    let server = Server::start();
    let archive = tarball(&[("main.tf", &says("x"))]);
    server.put("/a.tgz", Page { stalls: true, ..Page::of(archive.clone()) });
    let scene = Scene::new(&calls(&format!("{}/a.tgz", server.address)));
    let mut child = scene.command(&["init"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let since = Instant::now();
    while server.asked().is_empty() && since.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    child.stdout.take().unwrap().read_to_end(&mut Vec::new()).unwrap();
    assert!(!scene.has(".terraform/modules/m") && !scene.has(".terraform/modules/modules.json"));
    assert_eq!(scene.installed().len(), 1, "what it worked in is still there");

    server.put("/a.tgz", Page::of(archive));
    scene.init().fine();
    assert_eq!(scene.value("module.m.said"), "\"x\"");
    assert_eq!(scene.installed(), ["m"]);
}
