//! How a release is linked for Linux: so that it starts fast and takes little memory.

use std::env::var;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The functions that plans and applies run through. They are put side by side: the system reads a program in pieces of
/// 64 KB, and would otherwise keep 7 MB more of this one in memory. `tests/bench/order.py` writes the file. Names that
/// do not exist any more, or that another compiler writes otherwise, do no harm.
const ORDER: &str = "src/order.txt";

/// The libraries that rustc asks the linker for, as archives. What is in glibc's others is part of `libc` by now.
const ARCHIVES: [&str; 7] = ["c", "m", "rt", "pthread", "util", "dl", "gcc_eh"];

fn main() {
    for file in ["src/build.rs", ORDER] {
        println!("cargo::rerun-if-changed={file}");
    }
    println!("cargo::rerun-if-env-changed=CC");
    let target = |name: &str| var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return;
    }
    // At a fixed place: otherwise each start works through 58,000 addresses of the SDKs before anything else happens,
    // which costs a run of a millisecond another one, and a megabyte. Stack and heap stay where nobody can guess.
    let fixed = ["-no-pie".to_owned()];
    link_with(&fixed);
    let (Some(folder), Ok(root)) = (std::env::var_os("OUT_DIR"), var("CARGO_MANIFEST_DIR")) else { return };
    if var("PROFILE").as_deref() != Ok("release") || var("TARGET") != var("HOST") {
        return;
    }
    let folder = PathBuf::from(folder);
    let order =
        [format!("-Wl,--symbol-ordering-file={root}/{ORDER}"), "-Wl,--no-warn-symbol-ordering".to_owned()];
    let library = library(&folder).unwrap_or_default();
    for arguments in [&order[..], &library] {
        // Not every linker knows these, and not every system has archives.
        if can_link_with(&[&fixed, arguments].concat(), &folder) {
            link_with(arguments);
        }
    }
}

fn link_with(arguments: &[String]) {
    for argument in arguments {
        println!("cargo::rustc-link-arg-bin=terrace={argument}");
    }
}

/// What puts the C library into the program: to load it and to look up its functions takes a fifth of a start, and more
/// than a megabyte.
fn library(folder: &Path) -> Option<Vec<String>> {
    // rustc asks for libraries that may be shared, and the linker takes what it finds first. Here it finds archives only.
    for name in ARCHIVES {
        link(&archive(name)?, folder, name)?;
    }
    // Nothing unwinds in a release. What names the functions after a panic is the other half of this library.
    link(&archive("gcc_eh")?, folder, "gcc_s")?;
    // The last three are for linkers that look through each archive once.
    let rest = ["-static", "-lgcc_eh", "-lgcc", "-lc"].map(str::to_owned);
    Some([vec![format!("-L{}", folder.display())], rest.to_vec()].concat())
}

/// Where the system's compiler has an archive.
fn archive(name: &str) -> Option<PathBuf> {
    let compiler = var("CC").unwrap_or_else(|_| "cc".to_owned());
    let asked = Command::new(compiler).arg(format!("-print-file-name=lib{name}.a")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim_end());
    // Where there is none, it answers with the name alone.
    path.is_absolute().then_some(path)
}

fn link(archive: &Path, folder: &Path, name: &str) -> Option<()> {
    let place = folder.join(format!("lib{name}.a"));
    let _ = std::fs::remove_file(&place);
    symlink(archive, place).ok()
}

/// Whether an empty program can be linked with these arguments, and runs.
fn can_link_with(arguments: &[String], folder: &Path) -> bool {
    let program = folder.join("empty");
    let mut compiler = Command::new(var("RUSTC").unwrap_or_else(|_| "rustc".to_owned()));
    compiler.args(["--crate-name=empty", "-Cpanic=abort", "-", "-o"]).arg(&program);
    compiler.args(
        var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default().split('\x1f').filter(|flag| !flag.is_empty()),
    );
    compiler.args(var("RUSTC_LINKER").iter().map(|linker| format!("-Clinker={linker}")));
    compiler.args(arguments.iter().map(|argument| format!("-Clink-arg={argument}")));
    compiler.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut compiling) = compiler.spawn() else { return false };
    let written = compiling.stdin.take().is_some_and(|mut source| source.write_all(b"fn main() {}").is_ok());
    let linked = compiling.wait().is_ok_and(|status| status.success());
    written && linked && Command::new(program).status().is_ok_and(|status| status.success())
}
