//! Who may write, and what becomes of the work of those who no longer can.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;

const PATIENT: Duration = Duration::from_secs(20);
const QUICK: Heartbeat =
    Heartbeat { interval: Duration::from_millis(40), silence: Duration::from_millis(400) };

fn locked(opened: Result<Opened, StoreFault>) -> (Holder, String) {
    match opened.err().unwrap() {
        StoreFault::Locked { holder, id, .. } => (*holder, id),
        other => panic!("{other}"),
    }
}

fn lost(done: Result<u64, StoreFault>) -> String {
    match done.unwrap_err() {
        StoreFault::Lost { why, .. } => why,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn of_two_applies_at_once_the_second_is_told_who_has_the_lock() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    let opened = fixture.again().open(&environment(), &holder("state mv"), Duration::ZERO).await;
    assert_eq!(locked(opened).0, holder("apply"));
    let state = fixture.read().await;
    assert!(state.is_empty(), "reading needs no lock");
    lease.release().await.unwrap();
    fixture.open().await;
}

#[tokio::test]
async fn patience_is_rewarded() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    let (other, waiting) = (fixture.again(), holder("plan"));
    let name = environment();
    let release = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        lease.release().await.unwrap();
    };
    let (opened, ()) = tokio::join!(other.open(&name, &waiting, PATIENT), release);
    assert!(opened.is_ok());
}

#[tokio::test]
async fn another_environment_has_a_lock_of_its_own() {
    let fixture = Fixture::new();
    let (_lease, _) = fixture.open().await;
    let preview = EnvironmentName::new("preview/x").unwrap();
    let Opened { lease, .. } = fixture.store.open(&preview, &holder("apply"), Duration::ZERO).await.unwrap();
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    lease.finish(revision("apply")).await.unwrap();
    assert_eq!(fixture.store.environments().unwrap(), [environment(), preview]);
    assert!(fixture.read().await.is_empty());
}

#[tokio::test]
async fn the_lease_of_a_process_that_has_ended_is_taken_over_and_its_work_is_kept() {
    let fixture = Fixture::new();
    let Opened { lease, .. } = fixture.store.open(&environment(), &dead(), Duration::ZERO).await.unwrap();
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    lease.intend(intent("one", "t.b")).await.unwrap();

    let Opened { lease: next, state, .. } =
        fixture.again().open(&environment(), &holder("plan"), Duration::ZERO).await.unwrap();
    assert_eq!(addresses(&state), ["t.a"]);
    assert_eq!(state.serial, 1, "what was cut off is a revision");
    let intents = fixture.store.open_intents(&environment()).await.unwrap();
    assert_eq!(intents.len(), 1);
    assert_eq!(intents[0].address, at("t.b"));
    assert!(intents[0].since.is_some(), "the store knows when");
    assert_eq!(intents[0].planned, intent("one", "t.b").planned);
    let history = fixture.store.history(&environment()).await.unwrap();
    assert_eq!(history[0].what, "apply, cut off");

    // Whoever was thought dead and is not cannot write any more.
    lease.send(Outcome { operation: None, effects: vec![put("t.z", "{}")] });
    assert!(lost(lease.finish(revision("apply")).await).contains("taken it over"));
    next.send(Outcome { operation: Some(OperationId("one".into())), effects: vec![put("t.b", "{}")] });
    assert_eq!(next.finish(revision("apply")).await.unwrap(), 2);
    assert!(fixture.store.open_intents(&environment()).await.unwrap().is_empty());
    drop(lease);
    assert_eq!(addresses(&fixture.read().await), ["t.a", "t.b"]);
}

#[tokio::test]
async fn another_process_with_the_same_number_is_not_taken_for_the_holder() {
    let fixture = Fixture::new();
    let (_lease, _) = fixture.open().await;
    fixture.raw("UPDATE lease SET began = '1'");
    fixture.again().open(&environment(), &holder("plan"), Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn what_has_been_told_before_an_intent_is_durable_with_it() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    for number in 0..100 {
        lease.send(Outcome { operation: None, effects: vec![put(&format!("t.a[{number}]"), "{}")] });
    }
    lease.intend(intent("one", "t.b")).await.unwrap();
    let state = fixture.again().read(&environment()).await.unwrap();
    assert_eq!(addresses(&state).len(), 100);
    assert_eq!(state.serial, 1, "the revision that is being made");
}

#[tokio::test]
async fn a_lease_that_is_dropped_is_given_back_with_all_that_was_told() {
    let fixture = Fixture::new();
    let (lease, _) = fixture.open().await;
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    drop(lease);
    let (_, state) = fixture.open().await;
    assert_eq!(addresses(&state), ["t.a"]);
}

#[tokio::test]
async fn a_holder_elsewhere_is_watched_before_it_is_thought_gone() {
    let mut fixture = Fixture::new();
    fixture.store.heartbeat = QUICK;
    let (lease, _) = fixture.open().await;
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    let elsewhere = fixture.elsewhere();
    // It beats: nobody gets in, however long it takes.
    let opened = elsewhere.open(&environment(), &holder("plan"), QUICK.silence * 3).await;
    let (_, id) = locked(opened);

    // It is silent: whoever has the patience gets in.
    lease.release().await.unwrap();
    fixture.raw(&format!("UPDATE lease SET lease = '{id}'"));
    elsewhere.open(&environment(), &holder("plan"), PATIENT).await.unwrap();
}

#[tokio::test]
async fn a_clock_that_jumps_takes_no_lease_away() {
    let mut fixture = Fixture::new();
    fixture.store.heartbeat = QUICK;
    let now = Arc::new(AtomicI64::new(1_800_000_000_000));
    let tick = now.clone();
    fixture.store.clock = Clock::new(move || tick.load(Ordering::Relaxed));
    let (lease, _) = fixture.open().await;

    // A day ahead of the holder, from here and from elsewhere.
    for mut store in [fixture.again(), fixture.elsewhere()] {
        store.clock = Clock::new(|| 1_800_086_400_000);
        locked(store.open(&environment(), &holder("plan"), Duration::ZERO).await);
    }
    // A day behind.
    now.store(1_799_913_600_000, Ordering::Relaxed);
    locked(fixture.elsewhere().open(&environment(), &holder("plan"), Duration::ZERO).await);
    lease.send(Outcome { operation: None, effects: vec![put("t.a", "{}")] });
    assert_eq!(lease.finish(revision("apply")).await.unwrap(), 1);
    lease.release().await.unwrap();

    // Of a holder elsewhere who seems to write in the future it is found out all the same that it is gone.
    fixture.raw("UPDATE lease SET lease = 'x', place = 'far', beat_at = 9000000000000");
    fixture.store.open(&environment(), &holder("plan"), PATIENT).await.unwrap();
}

#[tokio::test]
async fn a_lease_is_unlocked_by_its_id_only() {
    let fixture = Fixture::new();
    let name = environment();
    let unlocked = fixture.store.unlock(&name, "x").await;
    assert!(matches!(unlocked, Err(StoreFault::NotLocked { .. })));
    let (lease, _) = fixture.open().await;
    let (_, id) = locked(fixture.again().open(&name, &holder("plan"), Duration::ZERO).await);
    assert!(matches!(fixture.store.unlock(&name, "x").await, Err(StoreFault::Locked { .. })));
    fixture.store.unlock(&name, &id).await.unwrap();
    assert!(lost(lease.finish(revision("apply")).await).contains("unlocked"));
    fixture.open().await;
    assert!(matches!(fixture.store.unlock(&name, &id).await, Err(StoreFault::NotLocked { .. })));
}
