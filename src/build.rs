//! How the program is linked.

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-env-changed=CC");
    let target = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    // At a fixed place: otherwise each start works through 58,000 addresses of the SDKs before anything else happens,
    // which costs a run of a millisecond another one, and a megabyte. Stack, heap and libraries stay where nobody can
    // guess.
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bin=terrace=-no-pie");
        // Nothing unwinds in a release: what names the functions after a panic need not be a library that each start
        // loads, asks the processor what it can do, and throws away.
        if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") && has_unwinder() {
            println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
        }
    }
}

/// Whether the system's compiler has the unwinder also as an archive, and compiles for this system.
fn has_unwinder() -> bool {
    if std::env::var("TARGET") != std::env::var("HOST") {
        return false;
    }
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let asked = std::process::Command::new(compiler).arg("-print-file-name=libgcc_eh.a").output();
    // Where there is none, it answers with the name alone.
    asked.is_ok_and(|answer| answer.stdout.starts_with(b"/"))
}
