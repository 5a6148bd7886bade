//! Runs that are cut off while EKS goes on by itself.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::{Project, cluster};

/// An apply in the background, once it has asked for this.
fn begun(project: &Project, action: &str) -> Child {
    let mut command = project.command(&["apply", "-auto-approve", "-no-color"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while project.aws.asked(action).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nobody asks {action}");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn end(mut child: Child, signals: &[Signal]) -> Duration {
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap());
    for signal in signals {
        kill(id, *signal).unwrap();
        std::thread::sleep(Duration::from_millis(150));
    }
    let from = Instant::now();
    child.wait().unwrap();
    from.elapsed()
}

#[test]
fn a_cluster_under_way_is_found_waited_for_and_looked_after() {
    let project = Project::with(&cluster("tags = { a = \"b\" }"));
    project.aws.set_clock_to_now();
    project.aws.cluster("shop").takes(1_000_000);
    end(begun(&project, "CreateCluster"), &[Signal::SIGKILL]);
    // It goes on by itself, and is there after a while.
    project.aws.on("DescribeCluster").nth(4).comes_after(|world| {
        let thing = world.eks.things.iter_mut().find(|thing| thing.key.name == "shop").unwrap();
        thing.become_active();
    });
    let said = project.apply();
    assert!(said.contains("it was found and is managed from now on"), "{said}");
    assert!(said.contains("aws_eks_cluster.shop: shop (cluster): CREATING"), "{said}");
    assert_eq!(project.asked("CreateCluster").len(), 1);
    assert_eq!(project.attributes("aws_eks_cluster")["status"], "ACTIVE");
    project.rests();
}

#[test]
fn a_cluster_that_was_asked_for_at_an_earlier_commit_is_found_too() {
    let project = Project::with("");
    let file = project.folder.path().join("main.tf");
    let text = std::fs::read_to_string(&file).unwrap().replace("environment_tags = false", "");
    std::fs::write(&file, text + &cluster("tags = { a = \"b\" }")).unwrap();
    let commit = |message: &str| {
        for arguments in
            [&["init", "-q"][..], &["add", "main.tf"], &["commit", "-q", "--allow-empty", "-m", message]]
        {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=me", "-c", "user.email=me@example.org"]).args(arguments);
            assert!(git.current_dir(project.folder.path()).status().unwrap().success());
        }
    };
    commit("first");
    project.aws.set_clock_to_now();
    project.aws.cluster("shop").takes(1_000_000);
    end(begun(&project, "CreateCluster"), &[Signal::SIGKILL]);
    assert!(project.asked("CreateCluster")[0]["tags"]["terrace:revision"].is_string());
    commit("second");
    project.aws.cluster("shop").change(crate::support::aws::Thing::become_active);
    let said = project.apply();
    assert!(said.contains("it was found and is managed from now on"), "{said}");
    assert_eq!(project.asked("CreateCluster").len(), 1);
    project.rests();
}

#[test]
fn a_cluster_that_failed_meanwhile_is_replaced() {
    let project = Project::with(&cluster(""));
    project.aws.set_clock_to_now();
    project.aws.cluster("shop").takes(1_000_000);
    end(begun(&project, "CreateCluster"), &[Signal::SIGKILL]);
    project.aws.cluster("shop").set_status("FAILED", Some(("Ec2SubnetNotFound", "gone")));
    project.aws.cluster("shop").takes(2);
    let said = project.apply();
    assert!(said.contains("must be replaced"), "{said}");
    assert_eq!(project.asked("CreateCluster").len(), 2);
    assert_eq!(project.aws.cluster("shop").status(), "ACTIVE");
}

#[test]
fn a_cluster_that_was_there_before_is_not_adopted() {
    let project = Project::with(&cluster(""));
    project.aws.set_clock_to_now();
    // The request never arrives, and somebody has one of the name since long ago.
    project.aws.on("CreateCluster").never_answers();
    end(begun(&project, "CreateCluster"), &[Signal::SIGKILL]);
    let long_ago = json!({ "version": "1.31", "createdAt": 1_600_000_000 });
    project.aws.cluster("shop").is_there(long_ago);
    let said = project.apply_fails();
    assert!(said.contains("which was there before the run that was cut off"), "{said}");
    assert!(said.contains("There is one of this name already"), "{said}");
}

#[test]
fn a_cluster_that_somebody_else_made_just_then_is_not_adopted() {
    for (theirs, adopted) in [
        (json!({ "tags": { "team": "ours" } }), true),
        (json!({ "tags": { "team": "ours", "made-by": "an auditor" } }), true),
        (json!({ "tags": { "team": "theirs" } }), false),
        (json!({}), false),
        (json!({ "tags": { "team": "ours" }, "roleArn": "arn:aws:iam::123456789012:role/theirs" }), false),
    ] {
        let project = Project::with(&cluster("tags = { team = \"ours\" }"));
        project.aws.set_clock_to_now();
        project.aws.on("CreateCluster").never_answers();
        end(begun(&project, "CreateCluster"), &[Signal::SIGKILL]);
        let mut there = project.asked("CreateCluster")[0].clone();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let usual = json!({ "version": "1.31", "createdAt": now, "tags": {} });
        for (name, value) in usual.as_object().unwrap().iter().chain(theirs.as_object().unwrap()) {
            there[name] = value.clone();
        }
        project.aws.cluster("shop").is_there(there);
        match adopted {
            true => {
                let said = project.apply();
                assert!(said.contains("it was found and is managed"), "{theirs}: {said}");
            }
            false => {
                let said = project.apply_fails();
                assert!(said.contains("has not the tags and the settings"), "{theirs}: {said}");
                assert!(said.contains("There is one of this name already"), "{theirs}: {said}");
            }
        }
    }
}

#[test]
fn a_cluster_that_takes_too_long_is_waited_for_by_the_next_run() {
    let project = Project::with(&cluster("timeouts {\n    create = \"300ms\"\n  }"));
    project.aws.set_clock_to_now();
    project.aws.cluster("shop").takes(1_000_000);
    let said = project.apply_fails();
    assert!(said.contains("takes longer than it may"), "{said}");
    let said = project.apply_fails();
    assert!(said.contains("takes longer than it may"), "{said}");
    project.aws.cluster("shop").change(crate::support::aws::Thing::become_active);
    let said = project.apply();
    assert!(said.contains("it was found and is managed from now on"), "{said}");
    assert_eq!((project.asked("CreateCluster").len(), project.asked("DeleteCluster").len()), (1, 0));
    project.rests();
}

#[test]
fn a_cluster_that_is_not_known_at_once_is_waited_for() {
    let project = Project::with(&cluster(""));
    for look in [2, 3] {
        let unknown = "No cluster found for name: shop.";
        project.aws.on("DescribeCluster").nth(look).fails(404, "ResourceNotFoundException", unknown);
    }
    project.apply();
    assert_eq!(project.asked("CreateCluster").len(), 1);
    project.rests();
}

#[test]
fn a_cluster_that_was_never_asked_for_is_asked_for_again() {
    let project = Project::with(&cluster(""));
    project.aws.set_clock_to_now();
    project.aws.on("CreateCluster").never_answers();
    end(begun(&project, "CreateCluster"), &[Signal::SIGKILL]);
    let said = project.apply();
    assert!(said.contains("it was looked for and does not exist"), "{said}");
    project.rests();
}

#[test]
fn an_upgrade_under_way_is_waited_for_and_goes_on() {
    let project = Project::with(&cluster("version = \"1.30\""));
    project.apply();
    project.aws.cluster("shop").takes(1_000_000);
    project.write(&cluster("version = \"1.32\""));
    end(begun(&project, "UpdateClusterVersion"), &[Signal::SIGKILL]);
    project.aws.cluster("shop").takes(2);
    project.aws.on("DescribeCluster").nth(4).comes_after(|world| {
        let thing = world.eks.things.iter_mut().find(|thing| thing.key.name == "shop").unwrap();
        thing.finish_updates();
    });
    project.apply();
    let asked = project.asked("UpdateClusterVersion");
    let versions: Vec<&str> = asked.iter().map(|asked| asked["version"].as_str().unwrap()).collect();
    assert_eq!(versions, ["1.31", "1.32"]);
    project.rests();
}

#[test]
fn a_second_interrupt_ends_the_wait_and_the_next_run_goes_on() {
    let project = Project::with(&cluster(""));
    project.aws.set_clock_to_now();
    project.aws.cluster("shop").takes(1_000_000);
    let child = begun(&project, "CreateCluster");
    std::thread::sleep(Duration::from_millis(300));
    let took = end(child, &[Signal::SIGINT, Signal::SIGINT]);
    assert!(took < Duration::from_secs(3), "{took:?}");
    project.aws.cluster("shop").change(crate::support::aws::Thing::become_active);
    let said = project.apply();
    assert!(said.contains("it was found and is managed from now on"), "{said}");
    assert_eq!(project.asked("CreateCluster").len(), 1);
    project.rests();
}

#[test]
fn a_deletion_under_way_is_waited_for() {
    let project = Project::with(&cluster(""));
    project.apply();
    project.aws.cluster("shop").takes(1_000_000);
    project.write("");
    end(begun(&project, "DeleteCluster"), &[Signal::SIGKILL]);
    assert_eq!(project.aws.cluster("shop").status(), "DELETING");
    project.aws.on("DescribeCluster").nth(4).comes_after(|world| world.eks.things.clear());
    project.apply();
    assert_eq!(project.asked("DeleteCluster").len(), 1);
    project.rests();
}
