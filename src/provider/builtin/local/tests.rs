use std::fs;

use crate::port::Settled;
use crate::provider::builtin::provider_under_test::{ProviderUnderTest, text};
use crate::value::{Type, Value};

fn string(text: impl AsRef<str>) -> Value {
    Value::string(text.as_ref())
}

fn place(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_written_with_its_checksums() {
    let folder = tempfile::tempdir().unwrap();
    let name = place(&folder, "deep/er/greeting");
    let provider = ProviderUnderTest::of("local").await;
    let file = provider
        .create("local_file", &[("filename", string(&name)), ("content", string("hi\n"))])
        .await
        .unwrap();
    assert_eq!(fs::read(&name).unwrap(), b"hi\n");
    assert_eq!(text(&file, "id"), "55ca6286e3e4f4fba5d0448333fa99fc5a404a73");
    assert_eq!(text(&file, "content_md5"), "764efa883dda1e11db47671c4a3bbd9e");
    assert_eq!(text(&file, "content_base64sha256"), "mOpuTyFvL7S2n/+bOkSELDhobKaF8/VdxIxdP7EQe+Q=");
    assert_eq!(text(&file, "file_permission"), "0777");
    assert!(file.same(&provider.read("local_file", &file).await.unwrap()), "nothing has happened to it");
}

#[tokio::test]
async fn what_is_in_a_file_may_come_from_three_places() {
    let folder = tempfile::tempdir().unwrap();
    let (name, source) = (place(&folder, "made"), place(&folder, "source"));
    fs::write(&source, [0, 159, 146, 150]).unwrap();
    let provider = ProviderUnderTest::of("local").await;
    for given in [("content_base64", string("AJ+S\nlg==")), ("source", string(&source))] {
        let file =
            provider.create("local_sensitive_file", &[("filename", string(&name)), given]).await.unwrap();
        assert_eq!(fs::read(&name).unwrap(), [0, 159, 146, 150]);
        provider.destroy("local_sensitive_file", &file).await.unwrap();
        assert!(!fs::exists(&name).unwrap());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn permissions_are_those_that_are_asked_for() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    let provider = ProviderUnderTest::of("local").await;
    let name = |name: &str| ("filename", string(place(&folder, name)));
    let content = || ("content", string("x"));
    provider.create("local_sensitive_file", &[name("secrets/key"), content()]).await.unwrap();
    assert_eq!((mode("secrets"), mode("secrets/key")), (0o700, 0o700));
    let strict = [
        name("a/b"),
        content(),
        ("file_permission", string("600")),
        ("directory_permission", string("0700")),
    ];
    provider.create("local_file", &strict).await.unwrap();
    assert_eq!((mode("a"), mode("a/b")), (0o700, 0o600));
}

#[tokio::test]
async fn a_file_that_somebody_changed_or_removed_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let name = place(&folder, "file");
    let provider = ProviderUnderTest::of("local").await;
    let given = [("filename", string(&name)), ("content", string("mine"))];
    let file = provider.create("local_file", &given).await.unwrap();
    fs::write(&name, "yours").unwrap();
    assert!(provider.read("local_file", &file).await.unwrap().is_null());
    fs::remove_file(&name).unwrap();
    assert!(provider.read("local_file", &file).await.unwrap().is_null());
    provider.destroy("local_file", &file).await.expect("what is gone needs no removing");
}

#[tokio::test]
async fn every_change_makes_a_new_file_and_defaults_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let provider = ProviderUnderTest::of("local").await;
    let name = ("filename", string(place(&folder, "file")));
    let first = [name.clone(), ("content", string("1")), ("file_permission", string("0644"))];
    let file = provider.create("local_file", &first).await.unwrap();

    let same = provider.plan("local_file", &file, &first).await.unwrap();
    assert!(same.replace.is_empty() && same.value.same(&file));

    let second = [name, ("content", string("2"))];
    let changed = provider.plan("local_file", &file, &second).await.unwrap();
    let paths: Vec<_> = changed.replace.iter().map(ToString::to_string).collect();
    assert_eq!(paths, [".content", ".file_permission"]);
    let entries = changed.value.entries().unwrap();
    assert!(!entries["id"].is_known() && !entries["content_sha512"].is_known());
    assert_eq!(entries["file_permission"].as_str(), Some("0777"));
}

#[tokio::test]
async fn exactly_one_content_is_needed() {
    let provider = ProviderUnderTest::of("local").await;
    let name = ("filename", string("f"));
    let none = provider.validate("local_file", std::slice::from_ref(&name)).await.unwrap_err();
    assert!(none[0].starts_with("Missing argument: One of \"content\""), "{none:?}");
    let two = [name.clone(), ("content", string("a")), ("source", string("b"))];
    assert!(
        provider.validate("local_file", &two).await.unwrap_err()[0]
            .contains("\"content\", \"source\" together")
    );
    let unknown = [name.clone(), ("content", string("a")), ("source", Value::unknown(Type::String))];
    provider.validate("local_file", &unknown).await.unwrap();
    for permission in ["07777", "1777", "77", "rwx", "0888", "+77"] {
        let given = [name.clone(), ("content", string("a")), ("file_permission", string(permission))];
        let refused = provider.validate("local_file", &given).await.unwrap_err();
        assert!(refused[0].starts_with("Not a permission"), "{refused:?}");
    }
    let nameless = [("filename", string("")), ("content", string("a"))];
    assert_eq!(
        provider.validate("local_file", &nameless).await.unwrap_err(),
        ["No name: A file needs a name."]
    );
}

#[tokio::test]
async fn after_a_crash_only_a_file_with_the_planned_content_is_ours() {
    let folder = tempfile::tempdir().unwrap();
    let name = place(&folder, "file");
    let provider = ProviderUnderTest::of("local").await;
    let given = [("filename", string(&name)), ("content", string("mine"))];
    let null = Value::null(provider.resource("local_file", &given).ty());
    let planned = provider.plan("local_file", &null, &given).await.unwrap().value;
    assert!(matches!(provider.find("local_file", &planned).await, Settled::Absent));
    fs::write(&name, "mi").unwrap();
    assert!(matches!(provider.find("local_file", &planned).await, Settled::Absent));
    fs::write(&name, "mine").unwrap();
    let Settled::Found(found) = provider.find("local_file", &planned).await else { panic!("it is there") };
    assert!(found.value.same(&provider.create("local_file", &given).await.unwrap()));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_says_why() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let provider = ProviderUnderTest::of("local").await;
    let given = [("filename", string(place(&folder, "file/below"))), ("content", string("x"))];
    let refused = provider.create("local_file", &given).await.unwrap_err();
    assert!(refused[0].contains("cannot be"), "{refused:?}");
}

#[tokio::test]
async fn data_sources_read_files_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let name = place(&folder, "file");
    fs::write(&name, b"caf\xff").unwrap();
    let provider = ProviderUnderTest::of("local").await;
    for kind in ["local_file", "local_sensitive_file"] {
        let read = provider.data(kind, &[("filename", string(&name))]).await.unwrap();
        assert_eq!(text(&read, "content"), "caf\u{fffd}");
        assert_eq!(text(&read, "content_base64"), "Y2Fm/w==");
        assert_eq!(text(&read, "id"), text(&read, "content_sha1"));
    }
    let missing =
        provider.data("local_file", &[("filename", string(place(&folder, "none")))]).await.unwrap_err();
    assert!(missing[0].starts_with("File cannot be read"), "{missing:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_is_asked() {
    let provider = ProviderUnderTest::of("local").await;
    let script = |script: &str| {
        let arguments = Value::list(Type::String, vec![string("-c"), string(script)]);
        vec![("command", string("sh")), ("arguments", arguments)]
    };
    let mut echo = script("cat; echo no >&2; pwd");
    echo.push(("stdin", string("hello ")));
    echo.push(("working_directory", string("/")));
    let answer = provider.data("local_command", &echo).await.unwrap();
    assert_eq!((text(&answer, "stdout"), text(&answer, "stderr")), ("hello /\n", "no\n"));

    let mut failing = script("echo broken >&2; exit 3");
    let refused = provider.data("local_command", &failing).await.unwrap_err();
    assert!(refused[0].contains("exit code 3") && refused[0].contains("broken"), "{refused:?}");
    failing.push(("allow_non_zero_exit_code", Value::bool(true)));
    let answer = provider.data("local_command", &failing).await.unwrap();
    assert_eq!(answer.entries().unwrap()["exit_code"].as_number().unwrap().to_i64(), Some(3));
    assert!(answer.entries().unwrap()["stdout"].is_null());

    let missing =
        provider.data("local_command", &[("command", string("no-such-program"))]).await.unwrap_err();
    assert!(missing[0].contains("on the PATH"), "{missing:?}");
}

#[cfg(unix)]
#[test]
fn a_command_may_be_asked_for_the_length_of_a_run() {
    let tested = crate::provider::builtin::type_under_test::TypeUnderTest::of("local_command");
    let open =
        |script: &str| tested.open(&serde_json::json!({"command": "sh", "arguments": ["-c", script, null]}));
    let opened = open("printf secret").unwrap();
    assert_eq!(text(&opened, "stdout"), "secret");
    assert_eq!(opened.entries().unwrap()["exit_code"].as_number().unwrap().to_i64(), Some(0));
    assert!(open("exit 4").unwrap_err()[0].contains("exit code 4"));
}

#[test]
fn no_folder_at_all_is_the_one_we_are_in() {
    let direxists = super::functions::functions().remove(0);
    let answer = direxists.call(&[Value::string("")]);
    assert_eq!(answer.unwrap().as_bool(), Some(true));
}
