//! Files that are broken, full, closed or of another time. Nothing that was there is ever lost.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;

use super::*;

/// Makes a state, breaks its file, and returns what opening and reading it say. A file that cannot even be opened
/// stays as it was broken.
async fn broken(how: impl FnOnce(&Fixture)) -> [StoreFault; 2] {
    let fixture = Fixture::new();
    fixture.run(vec![put("t.a", "{\"secret\":\"x\"}")]).await;
    how(&fixture);
    let before = fs::read(fixture.path()).unwrap();
    let opened = fixture.store.open(&environment(), &holder("apply"), Duration::ZERO).await.err().unwrap();
    let read = fixture.store.read(&environment()).await.unwrap_err();
    let content =
        Connection::open(fixture.path()).is_ok_and(|file| lease_row::current_holder(&file, "").is_ok());
    assert!(content || fs::read(fixture.path()).unwrap() == before, "written over");
    [opened, read]
}

fn is_damaged(faults: &[StoreFault]) -> bool {
    faults.iter().all(|fault| matches!(fault, StoreFault::Damaged { .. }))
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_alone() {
    let garbage = broken(|fixture| fs::write(fixture.path(), "x".repeat(5000)).unwrap()).await;
    assert!(is_damaged(&garbage), "{garbage:?}");
    let empty = broken(|fixture| fs::write(fixture.path(), "").unwrap()).await;
    assert!(is_damaged(&empty), "{empty:?}");
    let short = broken(|fixture| {
        let bytes = fs::read(fixture.path()).unwrap();
        fs::write(fixture.path(), &bytes[..bytes.len() / 3]).unwrap();
    });
    let short = short.await;
    assert!(is_damaged(&short), "{short:?}");
    let zeroed = broken(|fixture| {
        let mut bytes = fs::read(fixture.path()).unwrap();
        bytes[4096..].fill(0);
        fs::write(fixture.path(), bytes).unwrap();
    });
    let zeroed = zeroed.await;
    assert!(is_damaged(&zeroed), "{zeroed:?}");
    let other = broken(|fixture| {
        fs::remove_file(fixture.path()).unwrap();
        fixture.raw("CREATE TABLE t (a)");
    });
    let other = other.await;
    assert!(is_damaged(&other), "{other:?}");
}

#[tokio::test]
async fn content_that_makes_no_sense_is_damage_too() {
    for sql in [
        "UPDATE objects SET provider = 'x'",
        "UPDATE objects SET dependencies = '[1'",
        "UPDATE objects SET mode = 'x'",
        "UPDATE objects SET sensitive = 'x'",
        "UPDATE meta SET value = 'x' WHERE name = 'serial'",
        "DELETE FROM meta",
        "DROP TABLE output_values",
        "INSERT INTO output_values VALUES ('o', '1', '\"text\"', 0)",
    ] {
        let faults = broken(|fixture| fixture.raw(sql)).await;
        assert!(is_damaged(&faults), "{sql}: {faults:?}");
    }
}

#[tokio::test]
async fn a_file_of_a_later_version_is_left_alone() {
    let faults = broken(|fixture| fixture.raw("INSERT INTO terrace_schema VALUES (99, '', '')")).await;
    assert!(faults.iter().all(|fault| matches!(fault, StoreFault::TooNew { found: 99, .. })), "{faults:?}");
}

#[tokio::test]
async fn the_journal_of_an_earlier_version_is_read() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    lease.intend(intent("one", "t.a")).await.unwrap();
    drop(lease);
    for column in ["schema_version", "create_before_destroy", "sensitive", "dependencies"] {
        fixture.raw(&format!("ALTER TABLE journal DROP COLUMN {column}"));
    }
    fixture.raw("DELETE FROM terrace_schema WHERE version = 3");
    let intents = fixture.again().open_intents(&environment()).await.unwrap();
    let planned = intents[0].planned.as_ref().unwrap();
    assert_eq!((&*planned.attributes, &*planned.private), ("{\"a\":1}", &b"notes"[..]));
    assert!(
        planned.sensitive.is_empty() && planned.dependencies.is_empty() && !planned.create_before_destroy
    );
}

#[tokio::test]
async fn files_are_for_their_owner_alone() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    lease.intend(intent("one", "t.a")).await.unwrap();
    let folder = fixture.folder.path().join(".terrace");
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name != ".gitignore" {
            assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600, "{name}");
            names.push(name);
        }
    }
    names.sort();
    assert_eq!(names, ["default.db", "default.db-shm", "default.db-wal"]);
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    lease.release().await.unwrap();
    drop(lease);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "everything is in one file again");
    assert_eq!(fs::read_to_string(folder.join(".gitignore")).unwrap(), "*\n");
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing_that_was_durable() {
    let mut fixture = Fixture::new();
    fixture.run(vec![put("t.a", "{}")]).await;
    fixture.store.most_pages = Some(60);
    let (lease, _) = fixture.open().await;
    lease.intend(intent("one", "t.b")).await.unwrap();
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1_000_000));
    lease.send(Outcome { operation: Some(OperationId("one".into())), effects: vec![put("t.b", &large)] });
    let fault = lease.finish(revision("apply")).await.unwrap_err();
    assert!(fault.to_string().contains("the disk is full"), "{fault}");
    assert!(lease.release().await.is_err());
    drop(lease);

    fixture.store.most_pages = None;
    let Opened { state, .. } =
        fixture.store.open(&environment(), &holder("plan"), Duration::ZERO).await.unwrap_or_else(|fault| {
            panic!("{fault}");
        });
    assert_eq!(addresses(&state), ["t.a"]);
    assert_eq!(
        fixture.store.open_intents(&environment()).await.unwrap().len(),
        1,
        "the next run asks for it"
    );
}

#[tokio::test]
async fn what_could_not_be_written_is_written_as_soon_as_it_can() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    fixture.raw("CREATE TRIGGER no BEFORE INSERT ON objects BEGIN SELECT raise(ABORT, 'not now'); END");
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    let fault = lease.finish(revision("apply")).await.unwrap_err();
    assert!(fault.to_string().contains("not now"), "{fault}");
    fixture.raw("DROP TRIGGER no");
    lease.send(Outcome { operation: None, effects: vec![put("t.b", "{}")] });
    assert_eq!(lease.finish(revision("apply")).await.unwrap(), 1);
    assert_eq!(addresses(&fixture.read().await), ["t.a", "t.b"]);
}

/// Run by the test below as somebody who may only read.
#[tokio::test]
async fn reads_where_only_reading_is_allowed() {
    let Ok(folder) = std::env::var("TERRACE_TEST_READ_ONLY") else {
        return;
    };
    let store = SqliteStore::new(folder);
    let state = store.read(&environment()).await.unwrap();
    assert_eq!(addresses(&state), ["t.a", "t.b"]);
    assert_eq!(store.history(&environment()).await.unwrap().len(), 1);
    let opened = store.open(&environment(), &holder("apply"), Duration::ZERO).await.err().unwrap();
    assert!(matches!(opened, StoreFault::ReadOnly { .. }), "{opened}");
}

#[tokio::test]
async fn a_state_is_read_from_a_folder_that_cannot_be_written() {
    let fixture = Fixture::new();
    fixture.run(vec![put("t.a", "{}")]).await;
    // Some of it is only in the log, as after a crash: the connection that never ends keeps it there.
    let Opened { lease, .. } = fixture.store.open(&environment(), &dead(), Duration::ZERO).await.unwrap();
    lease.send(Outcome { operation: None, effects: vec![put("t.b", "{}")] });
    lease.intend(intent("one", "t.c")).await.unwrap();
    let closed = tempfile::tempdir().unwrap();
    let folder = closed.path().join("state");
    fs::create_dir(&folder).unwrap();
    for name in ["default.db", "default.db-wal"] {
        fs::copy(fixture.folder.path().join(".terrace").join(name), folder.join(name)).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o444)).unwrap();
    }
    for folder in [&folder, closed.path()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    }
    // To root nothing is closed, so that somebody else has to look.
    let program = closed_program();
    let mut command = Command::new(&program.0);
    command.args(["--exact", "store::sqlite::tests::faults::reads_where_only_reading_is_allowed"]);
    command.env("TERRACE_TEST_READ_ONLY", &folder).current_dir("/");
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        command.uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

/// This program, where anybody may run it.
fn closed_program() -> (PathBuf, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("tests");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    (program, folder)
}

#[tokio::test]
async fn a_file_that_is_deleted_while_it_is_in_use_is_written_anew_with_all_that_is_known() {
    // The whole folder, as `git clean` does, or the file alone.
    for whole in [true, false] {
        let fixture = Fixture::new();
        fixture.run(vec![put("t.before", "{}")]).await;
        let (lease, _) = fixture.open().await;
        lease.send(Outcome { operation: None, effects: vec![put("t.a", "{\"x\":1}")] });
        lease.intend(intent("op", "t.b")).await.unwrap();
        match whole {
            true => fs::remove_dir_all(fixture.path().parent().unwrap()).unwrap(),
            false => fs::remove_file(fixture.path()).unwrap(),
        }
        let operation = Some(OperationId("op".into()));
        lease.send(Outcome { operation, effects: vec![put("t.b", "{\"x\":2}")] });
        lease.finish(revision("apply")).await.unwrap();
        lease.release().await.unwrap();
        drop(lease);
        let state = fixture.read().await;
        assert_eq!(
            (addresses(&state), state.serial),
            (vec!["t.a".into(), "t.b".into(), "t.before".into()], 2)
        );
        assert!(fixture.store.open_intents(&environment()).await.unwrap().is_empty());
        assert_eq!(fs::metadata(fixture.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fixture.path().parent().unwrap().join(".gitignore").exists());
        assert_eq!(fixture.run(vec![put("t.c", "{}")]).await, 3);
    }
}

#[tokio::test]
async fn who_waits_for_a_lease_gets_it_also_when_the_file_is_deleted_and_written_anew() {
    let fixture = Fixture::new();
    fixture.run(vec![put("t.a", "{}")]).await;
    let (lease, _) = fixture.open().await;
    let (other, waiting, name) = (fixture.again(), holder("apply"), environment());
    let work = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        fs::remove_dir_all(fixture.path().parent().unwrap()).unwrap();
        lease.send(Outcome { operation: None, effects: vec![put("t.b", "{}")] });
        lease.finish(revision("apply")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        lease.release().await.unwrap();
    };
    let (opened, ()) = tokio::join!(other.open(&name, &waiting, Duration::from_secs(20)), work);
    assert_eq!(addresses(&opened.unwrap().state), ["t.a", "t.b"]);
}

#[tokio::test]
async fn a_file_that_took_the_place_of_a_deleted_one_is_left_alone() {
    let fixture = Fixture::new();
    fixture.run(vec![put("t.a", "{}")]).await;
    let (lease, _) = fixture.open().await;
    fs::remove_dir_all(fixture.path().parent().unwrap()).unwrap();
    fixture.run(vec![put("t.other", "{}")]).await;
    let fault = lease.intend(intent("op", "t.b")).await.unwrap_err();
    assert!(fault.to_string().contains("another file has taken the place"), "{fault}");
    drop(lease);
    assert_eq!(addresses(&fixture.read().await), ["t.other"]);
}

#[tokio::test]
async fn a_state_that_is_not_where_it_should_be_is_not_taken_for_an_empty_one() {
    let refused = async |fixture: &Fixture, said: &str| {
        let opened =
            fixture.store.open(&environment(), &holder("apply"), Duration::ZERO).await.err().unwrap();
        let read = fixture.store.read(&environment()).await.unwrap_err();
        for fault in [opened, read] {
            assert!(fault.to_string().contains(said), "{fault}");
        }
        assert!(fixture.store.has(&environment()).await.unwrap());
    };
    let folder_is_a_link = Fixture::new();
    let folder = folder_is_a_link.path().parent().unwrap().to_path_buf();
    std::os::unix::fs::symlink("not/mounted", &folder).unwrap();
    refused(&folder_is_a_link, "is a link to not/mounted, which does not exist").await;
    let all = folder_is_a_link.store.environments().unwrap_err();
    assert!(all.to_string().contains("not/mounted"), "{all}");
    fs::remove_file(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    let fault = folder_is_a_link.store.read(&environment()).await.unwrap_err();
    assert!(fault.to_string().contains(".terrace is a file"), "{fault}");

    let file_is_a_link = Fixture::new();
    fs::create_dir(file_is_a_link.path().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink("gone.db", file_is_a_link.path()).unwrap();
    refused(&file_is_a_link, "is a link to gone.db, which does not exist").await;

    let log_alone = Fixture::new();
    fs::create_dir(log_alone.path().parent().unwrap()).unwrap();
    fs::write(log_alone.path().with_extension("db-wal"), "x").unwrap();
    refused(&log_alone, "default.db-wal, which is a part of it, is still there").await;
}
