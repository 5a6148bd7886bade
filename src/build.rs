//! How the program is linked.

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    let target = |name: &str| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    // At a fixed place: otherwise each start works through 58,000 addresses of the SDKs before anything else happens,
    // which costs a run of a millisecond another one, and a megabyte. Stack, heap and libraries stay where nobody can
    // guess.
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bin=terrace=-no-pie");
    }
}
