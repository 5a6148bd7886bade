//! How long things take. Run with `cargo test --release --lib store::sqlite::tests::speed -- --ignored --nocapture`.

use super::*;

#[tokio::test]
#[ignore = "it measures, which says something about a release build only"]
async fn large_states_are_read_and_written_quickly() {
    let fixture = Fixture::new();
    let attributes =
        format!("{{\"id\":\"{0}\",\"input\":{{\"value\":\"{0}\",\"type\":\"string\"}}}}", "x".repeat(120));
    let time = Instant::now();
    let (lease, _) = fixture.open().await;
    eprintln!("made in {:?}", time.elapsed());
    for (count, prefix) in [(1_000, "t.a"), (50_000, "module.m.t.b")] {
        let time = Instant::now();
        for number in 0..count {
            lease.send(Outcome {
                operation: None,
                effects: vec![put(&format!("{prefix}[{number}]"), &attributes)],
            });
        }
        let told = time.elapsed();
        lease.finish(revision("apply")).await.unwrap();
        eprintln!("{count} outcomes told in {told:?}, durable in {:?}", time.elapsed());
    }
    let time = Instant::now();
    for number in 0..100 {
        lease.intend(intent(&number.to_string(), "t.a[0]")).await.unwrap();
    }
    eprintln!("each intent alone in {:?}", time.elapsed() / 100);
    let time = Instant::now();
    lease.release().await.unwrap();
    eprintln!("released in {:?}", time.elapsed());
    let time = Instant::now();
    let count = addresses(&fixture.read().await).len();
    eprintln!("{count} read and listed in {:?}", time.elapsed());
    let time = Instant::now();
    let (lease, state) = fixture.open().await;
    eprintln!("{} resources opened in {:?}", state.resources.len(), time.elapsed());
    let time = Instant::now();
    lease.release().await.unwrap();
    eprintln!("released unchanged in {:?}", time.elapsed());

    let fixture = Fixture::new();
    let effects = (0..50_000).map(|number| put(&format!("t.r{number}"), &attributes)).collect();
    fixture.run(effects).await;
    let time = Instant::now();
    let state = fixture.read().await;
    eprintln!("{} resources read in {:?}", state.resources.len(), time.elapsed());
    drop(fixture.open().await);
    let time = Instant::now();
    let (lease, _) = Fixture::new().open().await;
    eprintln!("empty one made in {:?}", time.elapsed());
    drop(lease);
}
