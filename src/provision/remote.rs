//! `remote-exec` and `file`: scripts and files on the object itself.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::arguments::Arguments;
use super::local_exec::Output;
use super::ssh::{Connection, Session, quoted};
use crate::port::{Remark, Remarks};

/// What to do, and where.
pub(super) struct Request<'a> {
    pub(super) program: &'a OsStr,
    pub(super) arguments: Arguments<'a>,
    pub(super) connection: Arguments<'a>,
}

pub(super) async fn execute(request: &Request<'_>, output: &Output<'_>, remarks: &mut Remarks) {
    if let Err(why) = run_scripts(request, output).await {
        remarks.push(Remark::error("Remote command failed", why));
    }
}

pub(super) async fn upload(request: &Request<'_>, output: &Output<'_>, remarks: &mut Remarks) {
    if let Err(why) = put(request, output).await {
        remarks.push(Remark::error("Upload failed", why));
    }
}

async fn run_scripts(request: &Request<'_>, output: &Output<'_>) -> Result<(), String> {
    let scripts = scripts(request.arguments)?;
    let mut session = session(request)?;
    session.connect(output).await?;
    for script in scripts {
        let mut number = [0; 4];
        getrandom::fill(&mut number).map_err(|error| format!("There is no randomness: {error}."))?;
        let number = u32::from_ne_bytes(number).to_string();
        let place = quoted(&session.connection.script_path.replace("%RAND%", &number));
        let put = format!("umask 077 && cat > {place} && chmod 0700 {place}");
        session.act(&put, &script, "Putting the script there").await?;
        let result = session.follow(&place, output).await;
        // The script may contain secrets. If it cannot be removed, its own result matters more.
        let removed = session.act(&format!("rm -f {place}"), b"", "Removing the script").await;
        result?;
        if let Err(why) = removed {
            output(&why);
        }
    }
    Ok(())
}

/// The scripts in order, each in a form that a Unix system can run.
fn scripts(arguments: Arguments<'_>) -> Result<Vec<Vec<u8>>, String> {
    if let Some(lines) = arguments.items("inline") {
        let mut script = String::from("#!/bin/sh\n");
        for line in lines {
            match line.as_str() {
                None | Some("") => return Err("\"inline\" has a line that is null or empty.".into()),
                Some(line) => {
                    // The first line may name the interpreter of the others.
                    if script == "#!/bin/sh\n" && line.starts_with("#!") {
                        script.clear();
                    }
                    script.push_str(line);
                    script.push('\n');
                }
            }
        }
        return Ok(vec![script.into_bytes()]);
    }
    let files = match arguments.text("script") {
        Some(file) => vec![file],
        None => arguments.texts("scripts"),
    };
    let read = |file: &str| {
        let place = at_home(file);
        let mut script =
            std::fs::read(&place).map_err(|error| format!("{} cannot be read: {error}.", place.display()))?;
        if !script.starts_with(b"#!") {
            script.splice(0..0, *b"#!/bin/sh\n");
        }
        Ok(script)
    };
    files.into_iter().map(read).collect()
}

async fn put(request: &Request<'_>, output: &Output<'_>) -> Result<(), String> {
    let destination = request.arguments.text("destination").filter(|place| !place.is_empty());
    let destination = destination.ok_or("\"destination\" is empty.")?;
    let (command, content) = if let Some(content) = request.arguments.text("content") {
        (write_command(destination), content.as_bytes().to_vec())
    } else {
        let source = request.arguments.text("source").ok_or("There is nothing to put there.")?;
        let place = at_home(source);
        let fault = |error: std::io::Error| format!("{} cannot be read: {error}.", place.display());
        if std::fs::metadata(&place).map_err(fault)?.is_dir() {
            let unpack = format!("mkdir -p {0} && tar -xf - -C {0}", quoted(destination));
            (unpack, packed(&place, source.ends_with('/')).map_err(fault)?)
        } else {
            (write_command(destination), std::fs::read(&place).map_err(fault)?)
        }
    };
    let mut session = session(request)?;
    session.connect(output).await?;
    session.act(&command, &content, "Writing there").await
}

/// A destination that ends with a slash is a folder, in which a file of the same name is created.
fn write_command(destination: &str) -> String {
    let place = match destination.strip_suffix('/') {
        Some(folder) => {
            let folder = folder.trim_end_matches('/');
            format!("{folder}/{}", folder.rsplit('/').next().unwrap_or_default())
        }
        None => destination.to_owned(),
    };
    format!("cat > {}", quoted(&place))
}

/// A folder as one archive: itself, or only its content.
fn packed(folder: &Path, inside: bool) -> std::io::Result<Vec<u8>> {
    let name = match folder.file_name() {
        Some(name) if !inside => PathBuf::from(name),
        _ => PathBuf::from("."),
    };
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_dir_all(name, folder)?;
    archive.into_inner()
}

fn session<'a>(request: &Request<'a>) -> Result<Session<'a>, String> {
    if request.connection.0.is_null() {
        return Err("There is no \"connection\" block that says where.".into());
    }
    Session::new(request.program, Connection::of(request.connection)?)
}

/// `~` is the user's home.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
