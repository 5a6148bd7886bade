use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

#[cfg(target_os = "linux")]
use super::successor;
use super::{Ending, Identity, Launch, Program, find, has_remains, start, stop};

const GRACE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_program_is_started_found_by_its_operation_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let program = shell(folder.path(), "echo started; exec sleep 60", "found");
    assert!(program.identity.is_alive());
    let (identity, found) = find("operation-found").expect("it runs");
    assert_eq!(identity, program.identity);
    assert_eq!(found.service().as_deref(), Some("service-found"));
    assert!(find("operation-found-not").is_none());
    // Where there is much else to do it takes a while until it says something.
    eventually(|| (program.last_lines() == "started").then_some(()));
    let ending = stop(&program.identity, "service-found", Signal::SIGTERM, GRACE).await;
    assert_eq!(ending, Ok(Ending::Stopped));
    assert!(!program.identity.is_alive());
    assert!(find("operation-found").is_none());
    let again = stop(&program.identity, "service-found", Signal::SIGTERM, GRACE).await;
    assert_eq!(again, Ok(Ending::Gone));
}

#[tokio::test]
async fn everything_that_a_program_has_started_is_stopped_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let script = "sleep 60 & sh -c 'trap \"\" TERM; echo $$ > stubborn; while :; do sleep 1; done' & wait";
    let program = shell(folder.path(), script, "crew");
    let stubborn =
        eventually(|| std::fs::read_to_string(folder.path().join("stubborn")).ok()?.trim().parse().ok());
    let ending = stop(&program.identity, "service-crew", Signal::SIGTERM, Duration::from_millis(300)).await;
    assert_eq!(ending, Ok(Ending::Killed));
    assert!(super::table::one(stubborn).is_none());
    assert!(!has_remains(&program.identity, "service-crew"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_goes_into_a_session_of_its_own_is_stopped_too_and_is_no_successor() {
    let folder = tempfile::tempdir().unwrap();
    let script = "setsid sh -c 'echo $$ > daemon; exec sleep 60' & echo left";
    let mut program = shell(folder.path(), script, "daemon");
    eventually(|| program.ended());
    let daemon =
        eventually(|| std::fs::read_to_string(folder.path().join("daemon")).ok()?.trim().parse().ok());
    assert!(has_remains(&program.identity, "service-daemon"));
    assert_eq!(successor("service-daemon", "operation-daemon"), None, "it was started by what is known");
    assert_eq!(successor("service-daemon", "an earlier one").map(|found| found.pid), Some(daemon));
    let ending = stop(&program.identity, "service-daemon", Signal::SIGTERM, GRACE).await;
    assert_eq!(ending, Ok(Ending::Stopped));
    assert!(super::table::one(daemon).is_none());
}

#[tokio::test]
async fn a_program_may_start_others_to_say_goodbye_with() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "trap 'sleep 0.2; touch goodbye; exit 0' TERM; touch ready; while :; do sleep 1 & wait $!; done";
    let program = shell(folder.path(), script, "goodbye");
    eventually(|| folder.path().join("ready").exists().then_some(()));
    let ending = stop(&program.identity, "service-goodbye", Signal::SIGTERM, GRACE).await;
    assert_eq!(ending, Ok(Ending::Stopped));
    assert!(folder.path().join("goodbye").exists());
}

#[tokio::test]
async fn what_a_program_leaves_behind_is_still_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = shell(folder.path(), "sleep 60 & echo left", "left");
    eventually(|| program.ended());
    assert!(!program.identity.is_alive());
    assert!(has_remains(&program.identity, "service-left"));
    assert!(!has_remains(&program.identity, "service-of-somebody-else"));
    let ending = stop(&program.identity, "service-left", Signal::SIGTERM, GRACE).await;
    assert_eq!(ending, Ok(Ending::Stopped));
    assert!(!has_remains(&program.identity, "service-left"));
}

#[tokio::test]
async fn another_program_with_the_same_number_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let program = shell(folder.path(), "exec sleep 60", "stranger");
    let (boot, start) = program.identity.mark().split_once('/').unwrap();
    for mark in [format!("{boot}/1"), format!("another-boot/{start}"), String::new()] {
        let earlier = Identity::new(program.identity.pid, &mark);
        assert!(!earlier.is_alive(), "{mark}");
        let ending = stop(&earlier, "service-earlier", Signal::SIGKILL, GRACE).await;
        assert_eq!(ending, Ok(Ending::Gone), "{mark}");
    }
    assert!(program.identity.is_alive());
    stop(&program.identity, "service-stranger", Signal::SIGTERM, GRACE).await.unwrap();
}

#[test]
fn programs_get_little_of_the_surroundings_and_no_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let mut program =
        shell(folder.path(), "env | sort; read line || echo no input; ps -o tty= -p $$", "bare");
    eventually(|| program.ended());
    let lines = program.last_lines();
    assert!(lines.contains("no input"), "{lines}");
    assert!(!lines.contains("CARGO"), "{lines}");
    assert!(lines.contains("TERRACE_SERVICE=service-bare"), "{lines}");
    assert!(lines.ends_with('?'), "{lines}");
}

#[test]
fn what_cannot_be_started_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let attempt = |command: &[&str], directory: &Path| {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        start(launch(&command, directory, &folder.path().join("log"), "fault", "fault")).err().unwrap()
    };
    let here = folder.path();
    assert_eq!(attempt(&["no-such-program"], here), "There is no program no-such-program on the PATH.");
    assert!(attempt(&["./none"], here).starts_with("There is no program ./none (as seen from "));
    assert!(attempt(&["/"], here).contains("cannot be started"));
    assert!(attempt(&["sh"], Path::new("/none")).contains("working directory /none does not exist"));
    assert_eq!(attempt(&[], here), "The command is empty.");
}

fn shell(folder: &Path, script: &str, name: &str) -> Program {
    let command = ["/bin/sh", "-c", script].map(str::to_owned);
    let (service, operation) = (format!("service-{name}"), format!("operation-{name}"));
    start(launch(&command, folder, &folder.join("log"), &service, &operation)).unwrap()
}

fn launch<'a>(
    command: &'a [String],
    directory: &'a Path,
    log: &'a Path,
    service: &'a str,
    operation: &'a str,
) -> Launch<'a> {
    Launch { command, directory, environment: &[], log, input: None, service, operation }
}

/// Asks until there is an answer.
fn eventually<T>(mut question: impl FnMut() -> Option<T>) -> T {
    for _ in 0..500 {
        if let Some(answer) = question() {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("there was no answer in five seconds");
}
