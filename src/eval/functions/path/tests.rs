#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "tests fail or are short")]

use super::*;

#[test]
fn clean_paths_are_the_shortest() {
    for (path, cleaned) in [
        ("", "."),
        ("/", "/"),
        ("//a//b/", "/a/b"),
        ("a/./b", "a/b"),
        ("a/../..", ".."),
        ("/..", "/"),
        ("../../a", "../../a"),
        ("a/b/../..", "."),
    ] {
        assert_eq!(clean(path), cleaned, "{path}");
    }
}

#[test]
fn relative_paths_go_up_and_down() {
    assert_eq!(relative("/a/b", "/a/b/c"), "c");
    assert_eq!(relative("/a/b", "/a/c"), "../c");
    assert_eq!(relative(".", "a"), "a");
    assert_eq!(relative("/a", "/a"), ".");
}

#[test]
fn names_and_directories_of_odd_paths() {
    let ask = |function: Function, path: &str| {
        let value = function.call(&[Value::string(path)]).map_err(|e| e.message).unwrap();
        value.as_str().unwrap().to_owned()
    };
    for (path, name, directory) in [
        ("", ".", "."),
        ("/", "/", "/"),
        ("a", "a", "."),
        ("a/", "a", "a"),
        ("/a/b.txt", "b.txt", "/a"),
        ("a//b", "b", "a"),
        ("..", "..", "."),
    ] {
        assert_eq!(ask(basename(), path), name, "{path}");
        assert_eq!(ask(dirname(), path), directory, "{path}");
    }
}
