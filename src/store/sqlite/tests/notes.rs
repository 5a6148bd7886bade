//! What is kept beside a state, and how an environment goes.

use super::*;

async fn noted(fixture: &Fixture) -> Option<String> {
    fixture.again().note(&environment(), "preview").await.unwrap()
}

#[tokio::test]
async fn a_note_lies_beside_the_state_and_makes_no_revision() {
    let fixture = Fixture::new();
    assert_eq!(noted(&fixture).await, None);
    assert!(!fixture.path().exists(), "looking makes no file");
    let (lease, _) = fixture.open().await;
    lease.note("preview", "one").await.unwrap();
    lease.note("preview", "two").await.unwrap();
    assert_eq!(lease.finish(revision("apply")).await.unwrap(), 0);
    lease.replace(State::default(), revision("state push")).await.unwrap();
    lease.release().await.unwrap();
    assert_eq!(noted(&fixture).await.as_deref(), Some("two"));
    assert!(fixture.read().await.is_empty());
}

#[tokio::test]
async fn only_an_environment_that_has_nothing_goes_and_it_begins_anew() {
    let fixture = Fixture::new();
    let (lease, first) = fixture.open().await;
    lease.note("preview", "one").await.unwrap();
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    lease.finish(revision("apply")).await.unwrap();
    let retire = async || fixture.again().retire(&environment(), &holder("preview down")).await;
    assert!(matches!(retire().await, Err(StoreFault::Locked { .. })), "somebody is at work in it");
    lease.release().await.unwrap();
    drop(lease);
    assert!(!retire().await.unwrap(), "it has an object");
    assert_eq!(noted(&fixture).await.as_deref(), Some("one"));
    let (lease, _) = fixture.open().await;
    lease.send(Outcome {
        operation: None,
        effects: vec![Effect::Remove { address: at("t.a"), deposed: None }],
    });
    lease.intend(intent("one", "t.b")).await.unwrap();
    lease.release().await.unwrap();
    drop(lease);
    assert!(!retire().await.unwrap(), "something may have been made");
    let (lease, _) = fixture.open().await;
    lease.send(Outcome { operation: Some(OperationId("one".into())), effects: Vec::new() });
    lease.release().await.unwrap();
    drop(lease);
    assert!(retire().await.unwrap());
    let left: Vec<_> = std::fs::read_dir(fixture.path().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, [".gitignore"]);
    assert!(retire().await.unwrap(), "once more is no fault");
    let (_lease, again) = fixture.open().await;
    assert_ne!(first.lineage, again.lineage);
    assert_eq!(again.serial, 0);
}

#[tokio::test]
async fn while_somebody_reads_the_file_stays_and_the_notes_go() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    lease.note("preview", "one").await.unwrap();
    lease.release().await.unwrap();
    drop(lease);
    let reader = Connection::open(fixture.path()).unwrap();
    let _: i64 = reader.query_row("SELECT count(*) FROM meta", [], |row| row.get(0)).unwrap();
    assert!(!fixture.store.retire(&environment(), &holder("preview down")).await.unwrap());
    assert_eq!(noted(&fixture).await, None);
    drop(reader);
    assert!(fixture.store.retire(&environment(), &holder("preview down")).await.unwrap());
}

#[tokio::test]
async fn who_waited_for_a_file_that_was_taken_away_gets_the_one_in_its_place() {
    let fixture = Fixture::new();
    let (lease, first) = fixture.open().await;
    lease.release().await.unwrap();
    drop(lease);
    let (other, waiting, name) = (fixture.again(), holder("preview up"), environment());
    let held = fixture.store.take_standing(&name, &holder("preview down"), Duration::ZERO).await.unwrap();
    let away = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        for end in ["-wal", "-shm", ""] {
            let mut beside = fixture.path().into_os_string();
            beside.push(end);
            std::fs::remove_file(beside).unwrap();
        }
        drop(held);
    };
    let (opened, ()) = tokio::join!(other.open(&name, &waiting, Duration::from_secs(20)), away);
    let opened = opened.unwrap();
    assert_ne!(opened.state.lineage, first.lineage);
    opened.lease.note("preview", "mine").await.unwrap();
    assert_eq!(noted(&fixture).await.as_deref(), Some("mine"));
}

#[tokio::test]
async fn of_several_who_take_it_away_at_once_none_makes_it_again() {
    let fixture = Fixture::new();
    for _ in 0..5 {
        let (lease, _) = fixture.open().await;
        lease.release().await.unwrap();
        drop(lease);
        let all = [(); 4].map(|()| {
            let store = fixture.again();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(store.retire(&environment(), &holder("preview gc"))).unwrap()
            })
        });
        let gone: Vec<bool> = all.into_iter().map(|one| one.join().unwrap()).collect();
        assert_eq!((gone, fixture.path().exists()), (vec![true; 4], false));
    }
}

#[tokio::test]
async fn what_is_jotted_down_is_there_for_whoever_comes_later() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    lease.jot("preview", "one");
    lease.release().await.unwrap();
    drop(lease);
    assert_eq!(noted(&fixture).await.as_deref(), Some("one"));
    let (lease, _) = fixture.open().await;
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    assert_eq!(lease.finish(revision("apply")).await.unwrap(), 1);
    lease.jot("preview", "two");
    lease.release().await.unwrap();
    drop(lease);
    assert_eq!(noted(&fixture).await.as_deref(), Some("two"));
    assert_eq!(fixture.read().await.serial, 1, "a jotting makes no revision");
}
