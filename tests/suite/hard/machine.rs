//! Hard inputs, through the binary as people have it.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{feed, terrace};

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn validate(folder: &Path) -> Output {
    terrace(folder).arg("validate").output().unwrap()
}

fn console(line: &str) -> Output {
    let folder = folder(&[]);
    feed(terrace(folder.path()).arg("console"), line)
}

/// What was said about what was refused.
fn refused(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{said}");
    said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn a_fault_far_out_on_a_long_line_is_shown_with_a_piece_of_the_line() {
    let line = format!("x = [{}, é oops oops, {}]\n", "1, ".repeat(100_000), "2, ".repeat(100_000));
    let folder = folder(&[("main.tf", format!("locals {{\n{line}}}\n").as_bytes())]);
    let said = refused(&validate(folder.path()));
    assert!(said.len() < 2_000, "{} bytes", said.len());
    assert!(said.contains("main.tf:2:300") && said.contains(", é oops oops, 2"), "{said}");
}

#[test]
fn nesting_without_end_is_refused_with_its_place() {
    let said = refused(&console(&"(".repeat(30_000)));
    assert!(said.contains("Nested too deeply") && said.contains("<console-input>:1:25"), "{said}");
}

#[test]
fn a_pipe_called_like_a_file_does_not_keep_anyone_waiting() {
    let folder = folder(&[]);
    if !Command::new("mkfifo").arg(folder.path().join("y.tf")).status().is_ok_and(|made| made.success()) {
        return crate::support::skipped("a pipe called like a file", "mkfifo does not work here");
    }
    assert!(refused(&validate(folder.path())).contains("y.tf is a device, a pipe or a socket"));
    let said = refused(&feed(terrace(folder.path()).arg("console"), "file(\"y.tf\")\n"));
    assert!(said.contains("\"y.tf\" cannot be read"), "{said}");
}

#[test]
fn devices_are_read_as_far_as_they_have_an_end() {
    assert_eq!(console("file(\"/dev/null\")\n").stdout, b"\"\"\n");
    assert!(refused(&console("file(\"/dev/zero\")\n")).contains("a device without end"));
}

#[test]
fn texts_that_would_fill_the_memory_are_refused() {
    let (text, row) = ("a".repeat(10_000), "split(\"\", \"".to_owned() + &"a".repeat(10_000) + "\")");
    for line in [
        format!("length(replace(\"{text}\", \"a\", \"{}\"))\n", "b".repeat(60_000)),
        format!("length(join(\"{}\", {row}))\n", "x".repeat(60_000)),
        "indent(1000000000, \"a\\nb\\nc\")\n".to_owned(),
        "format(\"%999999999d\", 1)\n".to_owned(),
        "range(1e9)\n".to_owned(),
        "setproduct(range(1000), range(1000), range(1000))\n".to_owned(),
    ] {
        let said = refused(&console(&line));
        assert!(said.contains("<console-input>:1:"), "{said}");
    }
}

#[test]
fn what_is_alike_is_found_in_large_lists_at_once() {
    let line = "length(distinct(flatten([for i in range(100) : [for j in range(100) : { a = i + 100 * (j % 50) }]])))\n";
    assert_eq!(console(line).stdout, b"5000\n");
    let line = "length(setsubtract([for i in range(1000) : { a = i }], [for i in range(999) : { a = i }]))\n";
    assert_eq!(console(line).stdout, b"1\n");
}

#[test]
fn links_that_lead_in_circles_are_followed_once() {
    let folder = folder(&[("main.tf", b"module \"a\" {\n  source = \"./loop\"\n}\n")]);
    std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
    std::os::unix::fs::symlink("x.tf", folder.path().join("x.tf")).unwrap();
    let said = refused(&validate(folder.path()));
    assert!(said.contains("Module calls itself") && said.contains("x.tf"), "{said}");
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    let folder = folder(&[("main.tf", b"locals {\n  a = \"\xff\"\n}\n")]);
    let said = refused(&validate(folder.path()));
    assert!(said.contains("Not UTF-8") && said.contains("main.tf:2:8"), "{said}");
    assert!(refused(&feed(terrace(folder.path()).args(["fmt", "main.tf"]), "")).contains("main.tf:2:8"));
    for line in [&b"\"\xff\"\n"[..], b"\xff\n", b"\"${1}\xc3\"\n", b"a\xff\n"] {
        std::fs::write(folder.path().join("main.tf"), b"locals {\n}\n").unwrap();
        let said = refused(&feed(terrace(folder.path()).arg("console"), line));
        assert!(said.contains("Not UTF-8") && said.contains("<console-input>:1:"), "{said}");
    }
}

#[test]
fn comments_may_hold_bytes_that_are_no_text_and_keep_them() {
    let before: &[u8] = b"# \xff\xef\xbf\xbd\xc3(\nlocals { /* \xe9t\xe9 \xef\xbf\xbd */\n a = \"${1 /* \xfe */ + 2}\" // \xe2\x82\n}\n";
    let after: &[u8] = b"# \xff\xef\xbf\xbd\xc3(\nlocals { /* \xe9t\xe9 \xef\xbf\xbd */\n  a = 1 /* \xfe */ + 2 // \xe2\x82\n}\n";
    let folder = folder(&[("main.tf", before)]);
    assert!(validate(folder.path()).status.success());
    assert_eq!(feed(terrace(folder.path()).arg("console"), "local.a\n").stdout, b"3\n");
    assert_eq!(feed(terrace(folder.path()).args(["fmt", "-"]), before).stdout, after);
    assert!(terrace(folder.path()).arg("fmt").output().unwrap().status.success());
    assert_eq!(std::fs::read(folder.path().join("main.tf")).unwrap(), after);
    let line = b"[1 /* \xff */, 2] # \xff\n";
    assert_eq!(feed(terrace(folder.path()).arg("console"), line).stdout, b"[\n  1,\n  2,\n]\n");
}

#[test]
fn a_place_behind_bytes_that_are_no_text_is_counted_in_the_bytes_of_the_file() {
    let folder = folder(&[("main.tf", b"locals { /* \xff\xff\xff */ a = nope }\n")]);
    let said = terrace(folder.path()).args(["validate", "-json"]).output().unwrap().stdout;
    let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
    let place = &said["diagnostics"][0]["range"]["start"];
    assert_eq!((&place["column"], &place["byte"]), (&24.into(), &23.into()), "{said}");
}

#[test]
fn strings_in_json_hold_a_substitute_for_bytes_that_are_no_text() {
    let main = b"variable \"v\" {}\nvariable \"w\" {}\n";
    let json = b"{\"//\": \"\xff\", \"locals\": {\"a\": \"x\xe2\x82y\"}}";
    let folder = folder(&[
        ("main.tf", main),
        ("more.tf.json", json),
        ("terraform.tfvars.json", b"{\"v\": \"\xff\"}"),
        ("x.auto.tfvars", b"w = 1 # \xff\n"),
    ]);
    let said = feed(terrace(folder.path()).arg("console"), "local.a\nvar.v\nvar.w\n");
    assert_eq!(String::from_utf8(said.stdout).unwrap(), "\"x\u{fffd}\u{fffd}y\"\n\"\u{fffd}\"\n1\n");
    std::fs::write(folder.path().join("more.tf.json"), b"{\"locals\": {\"\xff\": 1}}").unwrap();
    refused(&validate(folder.path()));
}

#[test]
fn a_variable_of_the_process_that_is_no_text_is_no_string() {
    use std::os::unix::ffi::OsStrExt;
    let main = b"variable \"a\" {}\nvariable \"b\" {\n  type = list(number)\n}\nvariable \"c\" {\n  sensitive = true\n  default = 1\n}\n";
    let folder = folder(&[("main.tf", main)]);
    let given = |a: &[u8], b: &[u8], c: &[u8]| {
        let mut command = terrace(folder.path());
        for (name, value) in [("TF_VAR_a", a), ("TF_VAR_b", b), ("TF_VAR_c", c), ("TF_VAR_nobody", b"\xff")] {
            command.env(name, std::ffi::OsStr::from_bytes(value));
        }
        feed(command.arg("console"), "[var.a, var.b]\n")
    };
    let said = given(b"x", b"[1 /* \xff */]", b"x");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(refused(&given(b"x\xff", b"[1]", b"x")).contains("The value for \"a\" is not valid UTF-8"));
    assert!(refused(&given(b"x", b"[\"\xff\"]", b"x")).contains("Not UTF-8"));
    let said = refused(&given(b"x", b"[1]", b"secret\xff"));
    assert!(
        said.contains("The value for \"c\" is not valid UTF-8") && !said.contains("secret\u{fffd}"),
        "{said}"
    );
}

#[test]
fn values_that_hold_one_part_again_and_again_are_refused_before_anybody_walks_them() {
    let mut main = String::from("locals {\n  a0 = [\"x\"]\n");
    for level in 1..=60 {
        main += &format!("  a{level} = [local.a{0}, local.a{0}]\n", level - 1);
    }
    let folder = folder(&[("main.tf", (main + "}\n").as_bytes())]);
    for line in [
        "local.a60",
        "local.a60 == local.a60",
        "length(local.a60)",
        "jsonencode(local.a60)",
        "type(local.a60)",
    ] {
        let said = refused(&feed(terrace(folder.path()).arg("console"), line));
        assert!(said.contains("Value too large") && said.contains("main.tf:"), "{said}");
    }
    let nested = (0..60).fold("0".to_owned(), |inner, _| format!("[for x in [{inner}] : [x, x]]"));
    assert!(refused(&console(&format!("length({nested})\n"))).contains("Value too large"));
}

#[test]
fn loops_in_loops_are_refused_before_they_have_taken_all_memory() {
    for line in [
        "length([for a in range(1024) : [for b in range(1024) : [for c in range(8) : { x = c }]]])",
        "length([for a in range(1024) : [for b in range(1024) : range(1024)]])",
    ] {
        // In kilobytes: many times less than these would come to.
        let limited = "ulimit -v 3000000 && exec \"$0\" console";
        let folder = folder(&[]);
        let program = terrace(folder.path()).get_program().to_owned();
        let said = feed(Command::new("sh").args(["-c", limited]).arg(program).current_dir(&folder), line);
        assert!(refused(&said).contains("Value too large"), "{line}");
    }
}

#[test]
fn patterns_are_held_against_names_in_good_time() {
    let folder = folder(&[("main.tf", b"")]);
    std::fs::write(folder.path().join("a".repeat(200)), "").unwrap();
    for pattern in
        ["*a".repeat(10_000) + "b", "*".repeat(50) + "b", "*a".repeat(60) + "b", "**/".repeat(50) + "b"]
    {
        let line = format!("fileset(\".\", \"{pattern}\")\n");
        assert_eq!(feed(terrace(folder.path()).arg("console"), line).stdout, b"toset([])\n");
    }
    let line = format!("fileset(\".\", \"{}b\")\n", "{a,*}".repeat(100));
    assert!(refused(&feed(terrace(folder.path()).arg("console"), line)).contains("millions of paths"));
}

#[test]
fn large_lists_are_chosen_from_and_flattened_in_good_time() {
    let numbers = "flatten([for i in range(20) : [for j in range(1000) : i * 1000 + j]])";
    let line = format!("length(matchkeys({numbers}, {numbers}, {numbers}))\n");
    assert_eq!(console(&line).stdout, b"20000\n");
    let deep = (0..3000).fold("[1]".to_owned(), |inner, _| format!("[{inner}]"));
    assert_eq!(console(&format!("flatten({deep})\n")).stdout, b"[\n  1,\n]\n");
}

#[test]
fn nobody_waits_for_a_pipe_that_nobody_named() {
    for name in ["terraform.tfvars", "x.auto.tfvars", ".terraform/modules/modules.json"] {
        let folder = folder(&[("main.tf", b"")]);
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        if !Command::new("mkfifo").arg(&file).status().is_ok_and(|made| made.success()) {
            return crate::support::skipped("a pipe called like a file", "mkfifo does not work here");
        }
        let said = refused(&feed(terrace(folder.path()).arg("console"), "1\n"));
        assert!(said.contains(name), "{said}");
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
        let said = refused(&feed(terrace(folder.path()).arg("console"), "1\n"));
        assert!(said.contains(name), "{said}");
    }
    let folder = folder(&[]);
    let said = refused(&feed(terrace(folder.path()).args(["console", "-var-file=/dev/zero"]), "1\n"));
    assert!(said.contains("there is no end to what it gives"), "{said}");
}

#[test]
fn counts_and_numbers_beyond_all_measure_are_refused() {
    let main = b"module \"m\" {\n  source = \"./m\"\n  count  = 1000000000000\n}\n";
    let folder = folder(&[("main.tf", main)]);
    std::fs::create_dir(folder.path().join("m")).unwrap();
    std::fs::write(folder.path().join("m/main.tf"), "output \"x\" {\n  value = 1\n}\n").unwrap();
    let said = refused(&feed(terrace(folder.path()).arg("console"), "length(module.m)\n"));
    assert!(said.contains("Invalid count"), "{said}");
    assert!(refused(&console(&format!("{} == 1\n", "1".repeat(2_000_000)))).contains("Invalid number"));
    assert!(refused(&console("bcrypt(\"a\", 31)\n")).contains("would take hours"));
}

#[test]
fn modules_that_branch_without_end_are_refused() {
    let folder = folder(&[("main.tf", b"module \"m\" {\n  source = \"./l0\"\n}\n")]);
    for level in 0..12 {
        let calls: String = (0..10)
            .map(|call| format!("module \"m{call}\" {{\n  source = \"../l{}\"\n}}\n", level + 1))
            .collect();
        std::fs::create_dir(folder.path().join(format!("l{level}"))).unwrap();
        std::fs::write(folder.path().join(format!("l{level}/main.tf")), calls).unwrap();
    }
    std::fs::create_dir(folder.path().join("l12")).unwrap();
    assert!(refused(&feed(terrace(folder.path()).arg("console"), "1\n")).contains("Too many modules"));
}

#[test]
fn names_without_end_are_not_printed_whole() {
    let name = "x".repeat(1_000_000);
    for main in [
        format!("locals {{\n  a = local.{name}\n}}\n"),
        format!("locals {{\n  a = {name}\n}}\n"),
        format!("resource \"terraform_data\" \"{name}\" {{\n  {name} = 1\n}}\n"),
        format!("variable \"a\" {{\n  type = {name}\n}}\n"),
        format!("{name} \"{name}\" {{\n}}\n"),
        format!("output \"a\" {{\n  value = {{ a = 1 }}.{name}\n}}\n"),
    ] {
        let folder = folder(&[("main.tf", main.as_bytes())]);
        let said = refused(&validate(folder.path()));
        assert!(said.len() < 5_000, "{} bytes", said.len());
    }
}

#[test]
fn environments_that_extend_one_another_without_end_are_refused_in_good_time() {
    let one = |number: usize| {
        let extends =
            number.checked_sub(1).map(|above| format!("  extends = \"e{above}\"\n")).unwrap_or_default();
        format!("environment \"e{number}\" {{\n  tier = \"development\"\n{extends}}}\n")
    };
    let environments: String = (0..600).map(one).collect();
    let folder = folder(&[("main.tf", b""), ("terrace.hcl", environments.as_bytes())]);
    let begun = std::time::Instant::now();
    let said = refused(&validate(folder.path()));
    assert!(said.contains("Extends too deeply"), "{said}");
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
