use std::fs;
use std::path::Path;

use super::pattern::Patterns;
use crate::provider::builtin::provider_under_test::{Answer, ProviderUnderTest, text};
use crate::value::{Type, Value};

struct Scene {
    folder: tempfile::TempDir,
    provider: ProviderUnderTest,
}

impl Scene {
    async fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let place = folder.path().join(name);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, content).unwrap();
        }
        Self { folder, provider: ProviderUnderTest::of("archive").await }
    }

    fn at(&self, name: &str) -> Value {
        Value::string(self.folder.path().join(name).to_str().unwrap())
    }

    async fn data(&self, kind: &str, given: &[(&str, Value)]) -> Answer<Value> {
        self.provider.data("archive_file", &self.arguments(kind, given)).await
    }

    fn arguments<'n>(&self, kind: &str, given: &[(&'n str, Value)]) -> Vec<(&'n str, Value)> {
        let mut all = vec![("type", Value::string(kind)), ("output_path", self.at("out/archive"))];
        all.extend(given.iter().cloned());
        all
    }

    /// The names in the archive that was made, which others must be able to read.
    fn names(&self, kind: &str) -> Vec<String> {
        let file = fs::File::open(self.folder.path().join("out/archive")).unwrap();
        if kind == "zip" {
            let mut archive = zip::ZipArchive::new(file).unwrap();
            return (0..archive.len())
                .map(|i| archive.by_index(i).unwrap().name().unwrap().into_owned())
                .collect();
        }
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
        let entries = archive.entries().unwrap();
        entries.map(|entry| entry.unwrap().path().unwrap().to_str().unwrap().to_owned()).collect()
    }
}

fn mode() -> (&'static str, Value) {
    ("output_file_mode", Value::string("0666"))
}

/// The checksums that the public release's own tests expect.
#[tokio::test]
async fn archives_are_the_same_bytes_as_those_of_the_public_release() {
    let files = [
        ("test-file.txt", "This is test content"),
        ("dir/file1.txt", "This is file 1"),
        ("dir/file2.txt", "This is file 2"),
        ("dir/file3.txt", "This is file 3"),
    ];
    let scene = Scene::new(&files).await;
    let content = vec![
        ("source_content", Value::string("This is some content")),
        ("source_content_filename", Value::string("content.txt")),
    ];
    let file = vec![("source_file", scene.at("test-file.txt")), mode()];
    let folder = vec![("source_dir", scene.at("dir")), mode()];
    let cases = [
        ("zip", &content, "019c79c4dc14dbe1edb3e467b2de6a6aad148717"),
        ("zip", &file, "ce4ee1450ab93ac86e11446649e44cea907b6568"),
        ("zip", &folder, "76d20a402eefd1cfbdc47886abd4e0909616c191"),
        ("tar.gz", &content, "6c84af188d367644731196007301c9dc93914b0e"),
        ("tar.gz", &file, "d2f26a69cbb920715f797f81c1477c41d8fc9195"),
        ("tar.gz", &folder, "3af6ef3c57aaa5ab3681cd25f916d6651b806cb6"),
    ];
    for (kind, given, sum) in cases {
        let made = scene.data(kind, given).await.unwrap();
        assert_eq!(text(&made, "output_sha"), sum, "{kind} {given:?}");
        let written = fs::read(scene.folder.path().join("out/archive")).unwrap();
        let size = made.entries().unwrap()["output_size"].as_number().unwrap().to_usize();
        assert_eq!(size, Some(written.len()));
    }
    let made = scene.data("zip", &content).await.unwrap();
    assert_eq!(text(&made, "output_base64sha256"), "P7VckxoEiUO411WN3nwuS/yOBL4zsbVWkQU9E1I5H6c=");
    assert_eq!(text(&made, "output_md5"), "ea35f0444ea9a3d5641d8760bc2815cc");
    assert_eq!(text(&made, "id"), text(&made, "output_sha"));
}

#[tokio::test]
async fn whatever_a_file_is_called_others_can_read_it() {
    let long = format!("{}/{}", "folder".repeat(20), "file".repeat(20));
    let longer = format!("{}/x", "n".repeat(200));
    let names = ["plain.txt", "caf\u{e9}/\u{65e5}\u{672c}", &long, &longer, "with space", "a\\b"];
    let mut sorted: Vec<_> = names.to_vec();
    sorted.sort_unstable();
    let scene = Scene::new(&[]).await;
    let source = |name: &&str| {
        Value::object([("content", Value::string(&name.repeat(50))), ("filename", Value::string(name))])
    };
    let sources: Vec<_> = names.iter().map(source).collect();
    let sources = Value::set(sources[0].ty(), sources);
    for kind in ["zip", "tar.gz"] {
        scene.data(kind, &[("source", sources.clone())]).await.unwrap();
        assert_eq!(scene.names(kind), sorted, "{kind}");
    }
}

#[tokio::test]
async fn many_files_and_much_content_survive_the_way() {
    let scene = Scene::new(&[]).await;
    let large: String = (0..60_000).map(|i| format!("{}\n", i * 7919 % 10_007)).collect();
    for kind in ["zip", "tar.gz"] {
        let given =
            [("source_content", Value::string(&large)), ("source_content_filename", Value::string("x"))];
        scene.data(kind, &given).await.unwrap();
        let file = fs::File::open(scene.folder.path().join("out/archive")).unwrap();
        let mut read = String::new();
        use std::io::Read;
        if kind == "zip" {
            zip::ZipArchive::new(file).unwrap().by_index(0).unwrap().read_to_string(&mut read).unwrap();
        } else {
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
            archive.entries().unwrap().next().unwrap().unwrap().read_to_string(&mut read).unwrap();
        }
        assert!(read == large);
    }
    let entries: Vec<_> = (0..70_000)
        .map(|i| super::Entry {
            name: format!("{i}"),
            mode: None,
            content: super::tree::Content::Here(vec![]),
        })
        .collect();
    let archive = super::zip::archive(&entries, None).unwrap();
    assert_eq!(zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap().len(), 70_000);
}

#[tokio::test]
async fn excluded_files_stay_outside() {
    let files =
        [("in/a.txt", ""), ("in/b/c.txt", ""), ("in/b/d.md", ""), ("in/b.txt", ""), ("in/node/x/y", "")];
    let scene = Scene::new(&files).await;
    let cases: [(&[&str], &[&str]); 6] = [
        (&[], &["a.txt", "b/c.txt", "b/d.md", "b.txt", "node/x/y"]),
        (&["b"], &["a.txt", "b.txt", "node/x/y"]),
        (&["b/*.txt", "node/**"], &["a.txt", "b/d.md", "b.txt"]),
        (&["**/*.txt"], &["b/d.md", "node/x/y"]),
        (&["{a,b}.txt", "**/y"], &["b/c.txt", "b/d.md"]),
        (&["[!a].txt", ""], &["a.txt", "b/c.txt", "b/d.md", "node/x/y"]),
    ];
    for (excludes, left) in cases {
        let excludes = Value::set(Type::String, excludes.iter().map(|text| Value::string(text)).collect());
        scene.data("zip", &[("source_dir", scene.at("in")), ("excludes", excludes)]).await.unwrap();
        assert_eq!(scene.names("zip"), left);
    }
    let all = Value::set(Type::String, vec![Value::string("**")]);
    let refused = scene.data("zip", &[("source_dir", scene.at("in")), ("excludes", all)]).await.unwrap_err();
    assert!(refused[0].contains("nothing in it"), "{refused:?}");
}

#[test]
fn patterns_fit_as_people_expect_them_to() {
    let cases = [
        ("a/**", "a", true),
        ("a/**", "a/b/c", true),
        ("a/**", "ab", false),
        ("**/b", "b", true),
        ("a/**/b", "a/b", true),
        ("a/**/b", "a/x/y/b", true),
        ("a**b", "axb", true),
        ("a**b", "a/b", false),
        ("*", "a/b", false),
        ("?", "/", false),
        ("[^x]", "/", false),
        ("[a-c]", "b", true),
        ("[\\]-]", "]", false),
        ("a\\*", "a*", true),
        ("a\\*", "ab", false),
        ("{a,b/{c,d}}", "b/d", true),
        ("a.b", "axb", false),
        ("{**/,}x", "y/x", true),
    ];
    for (pattern, path, fits) in cases {
        let found = Patterns::parse(&[pattern]).is_ok_and(|patterns| patterns.fit(Path::new(path)));
        assert_eq!(found, fits, "{pattern} {path}");
    }
    for broken in ["[", "[]", "[a", "{a", "a\\", "[c-a]"] {
        assert!(Patterns::parse(&[broken]).is_err(), "{broken}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_unless_they_go_round_in_circles() {
    use std::os::unix::fs::symlink;
    let scene = Scene::new(&[("in/file", "x"), ("far/inner/deep", "y")]).await;
    let root = scene.folder.path();
    symlink(root.join("far"), root.join("in/away")).unwrap();
    symlink("file", root.join("in/same")).unwrap();
    symlink(root.join("in"), root.join("start")).unwrap();
    scene.data("tar.gz", &[("source_dir", scene.at("start"))]).await.unwrap();
    assert_eq!(scene.names("tar.gz"), ["away/inner/deep", "file", "same"]);

    let without = [("source_dir", scene.at("in")), ("exclude_symlink_directories", Value::bool(true))];
    scene.data("zip", &without).await.unwrap();
    assert_eq!(scene.names("zip"), ["file", "same"]);

    symlink(root.join("in"), root.join("far/back")).unwrap();
    let refused = scene.data("zip", &[("source_dir", scene.at("in"))]).await.unwrap_err();
    assert!(refused[0].contains("leads back"), "{refused:?}");
}

#[tokio::test]
async fn an_archive_never_holds_itself() {
    let scene = Scene::new(&[("file", "x"), ("out/other", "y")]).await;
    let given = [("source_dir", scene.at("")), mode()];
    let first = scene.data("zip", &given).await.unwrap();
    assert!(first.same(&scene.data("zip", &given).await.unwrap()));
    assert_eq!(scene.names("zip"), ["file", "out/other"]);
}

#[tokio::test]
async fn a_resource_follows_its_sources_and_is_made_anew_for_other_arguments() {
    let scene = Scene::new(&[("in/file", "x")]).await;
    let given = scene.arguments("zip", &[("source_dir", scene.at("in"))]);
    let made = scene.provider.create("archive_file", &given).await.unwrap();
    let same = scene.provider.plan("archive_file", &made, &given).await.unwrap();
    assert!(same.value.same(&made) && same.replace.is_empty());

    fs::write(scene.folder.path().join("in/file"), "y").unwrap();
    let read = scene.provider.read("archive_file", &made).await.unwrap();
    assert_ne!(text(&read, "output_md5"), text(&made, "output_md5"));

    let other = scene.arguments("tar.gz", &[("source_dir", scene.at("in"))]);
    let changed = scene.provider.plan("archive_file", &made, &other).await.unwrap();
    assert_eq!(changed.replace.len(), 1);
    assert!(!changed.value.entries().unwrap()["output_size"].is_known());

    let flag = ("exclude_symlink_directories", Value::bool(true));
    let flagged = scene.arguments("zip", &[("source_dir", scene.at("in")), flag]);
    assert!(scene.provider.plan("archive_file", &made, &flagged).await.unwrap().replace.is_empty());
    scene.provider.change("archive_file", &made, &flagged).await.unwrap();
}

#[tokio::test]
async fn arguments_that_do_not_go_together_are_refused() {
    let scene = Scene::new(&[]).await;
    let dir = || ("source_dir", Value::string("d"));
    let cases = [
        (vec![], "Missing argument"),
        (vec![("source_content", Value::string("x"))], "Missing argument"),
        (vec![dir(), ("source_file", Value::string("f"))], "exclude each other"),
        (
            vec![("source_file", Value::string("f")), ("excludes", Value::set(Type::String, vec![]))],
            "exclude each other",
        ),
    ];
    for (given, message) in cases {
        let all = scene.arguments("zip", &given);
        let refused = scene.provider.validate_data("archive_file", &all).await.unwrap_err();
        assert!(refused[0].contains(message), "{refused:?}");
        assert!(scene.provider.validate("archive_file", &all).await.is_err());
    }
    let unknown = scene.arguments("zip", &[dir(), ("source_file", Value::unknown(Type::String))]);
    scene.provider.validate("archive_file", &unknown).await.unwrap();
    for (kind, given, message) in [
        ("rar", vec![dir()], "no type \"rar\""),
        ("zip", vec![dir()], "cannot be read"),
        ("zip", vec![dir(), ("output_file_mode", Value::string("rw"))], "no file mode"),
    ] {
        let refused = scene.data(kind, &given).await.unwrap_err();
        assert!(refused[0].contains(message), "{refused:?}");
    }
}
