//! Rooms import only from lower floors; rooms on one floor do not know each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The table of the house: every room with its floor. `main` and the map itself stand apart.
const FLOORS: &[(&str, u8)] = &[
    ("diag", 0),
    ("value", 0),
    ("address", 1),
    ("graph", 1),
    ("syntax", 1),
    ("expression", 2),
    ("schema", 2),
    ("state", 2),
    ("config", 3),
    ("eval", 4),
    ("plan", 5),
    ("environment", 6),
    ("port", 6),
    ("engine", 7),
    ("provider", 7),
    ("provision", 7),
    ("render", 7),
    ("source", 7),
    ("store", 7),
    ("app", 8),
    ("cli", 9),
];

#[test]
fn rooms_import_only_from_lower_floors() {
    let mut faults = Vec::new();
    for file in sources(&root().join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        if let Some(room) = room_of(&file) {
            for other in imports(&text).into_iter().chain(climbs(&text, depth(&file))) {
                faults.extend(fault(&room, &other).map(|why| format!("{}: {why}", file.display())));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_room_has_a_floor_and_stands_on_the_map() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let floors: BTreeMap<_, _> = FLOORS.iter().copied().collect();
    for entry in std::fs::read_dir(root().join("src")).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        if ["build", "lib", "main", "order"].contains(&name.as_str()) {
            continue;
        }
        let floor = floors.get(name.as_str()).unwrap_or_else(|| panic!("room `{name}` has no floor"));
        assert!(map.contains(&format!("| {floor} | [`{name}`]")), "the map in src/lib.rs misses `{name}`");
    }
}

#[test]
fn the_binary_knows_the_command_line_only() {
    let main = std::fs::read_to_string(root().join("src/main.rs")).unwrap();
    for (at, _) in main.match_indices("terrace::") {
        assert!(main[at..].starts_with("terrace::cli"), "main.rs reaches past the command line");
    }
}

#[test]
fn an_upward_a_sideways_and_a_hidden_import_are_found() {
    assert_eq!(imports("fn f() { let x = crate::cli::main(); }"), set(&["cli"]));
    assert_eq!(imports("use crate::{diag::Span, eval::{self, x}, value};"), set(&["diag", "eval", "value"]));
    assert_eq!(
        imports("// crate::cli\n/* crate::eval */ let s = \"crate::config\"; pub(crate) fn f() {}"),
        set(&[])
    );
    assert_eq!(imports("let c = '\"'; crate::app::plan(); let d = \"\\\"crate::x\";"), set(&["app"]));
    assert!(fault("config", "eval").is_some());
    assert!(fault("expression", "schema").is_some());
    assert!(fault("eval", "config").is_none());
    assert!(fault("eval", "nowhere").is_some());
}

#[test]
fn nobody_climbs_out_of_a_room_or_gives_the_crate_another_name() {
    // `src/eval/mod.rs` is one module deep, `src/eval/validate/site.rs` three.
    assert_eq!(depth(&root().join("src/eval/mod.rs")), 1);
    assert_eq!(depth(&root().join("src/eval/validate/site.rs")), 3);
    assert_eq!(climbs("use super::config::Module;", 1), set(&["config"]));
    assert_eq!(climbs("use super::scope; fn f() { super::super::super::app::run() }", 3), set(&["app"]));
    assert_eq!(climbs("use super::super::{config, scope};", 2), set(&["config", "scope"]));
    assert_eq!(climbs("use super::super::scope;", 3), set(&[]));
    assert_eq!(climbs("mod tests { use super::super::scope; }", 2), set(&[]));
    assert_eq!(imports("use crate as house;"), set(&["crate under another name"]));
    assert_eq!(imports("use crate::{self as house, diag};"), set(&["diag", "self"]));
    assert_eq!(imports("use crate::*; use ::crate :: app::x;"), set(&["*", "app"]));
    assert!(fault("config", "self").is_some());
}

fn fault(room: &str, other: &str) -> Option<String> {
    let floor = |name: &str| FLOORS.iter().find(|(room, _)| *room == name).map(|(_, floor)| *floor);
    match (floor(room), floor(other)) {
        _ if room == other => None,
        (Some(from), Some(to)) if to < from => None,
        (Some(from), Some(to)) => {
            Some(format!("`{room}` (floor {from}) imports from `{other}` (floor {to})"))
        }
        _ => Some(format!("`{room}` imports from `{other}`, and one of them has no floor")),
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The room that a file of `src` belongs to; none for the map and the binary.
fn room_of(file: &Path) -> Option<String> {
    let inside = file.strip_prefix(root().join("src")).unwrap();
    let first = Path::new(inside.iter().next().unwrap()).file_stem().unwrap().to_string_lossy().into_owned();
    (!["lib", "main"].contains(&first.as_str())).then_some(first)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

/// The rooms named by any `crate::` path in code, wherever it stands; comments and strings do not count.
fn imports(text: &str) -> BTreeSet<String> {
    let code = code_only(text);
    let mut found = BTreeSet::new();
    for (at, word) in code.match_indices("crate") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = code[at + word.len()..].trim_start();
        match rest.strip_prefix("::") {
            Some(path) => found.extend(heads(path)),
            None if rest.starts_with("as ") => found.extend(["crate under another name".to_owned()]),
            None => {}
        }
    }
    found
}

/// The first names of what stands behind `::`.
fn heads(path: &str) -> Vec<String> {
    match path.trim_start().strip_prefix('{') {
        Some(group) => group_heads(group),
        None => vec![head(path)],
    }
}

/// The rooms that a chain of `super::` in a module so deep climbs out to.
fn climbs(text: &str, depth: usize) -> BTreeSet<String> {
    let code = code_only(text);
    let mut found = BTreeSet::new();
    let mut at = 0;
    while let Some(next) = code[at..].find("super::") {
        let start = at + next;
        let mut rest = &code[start..];
        let mut steps = 0;
        while let Some(above) = rest.strip_prefix("super::") {
            (rest, steps) = (above, steps + 1);
        }
        at = code.len() - rest.len();
        // Tests written into a file stand at its end, so that their module is around all that follows.
        let inline = code[..start].matches("mod tests {").count();
        if steps >= depth + inline {
            found.extend(heads(rest));
        }
    }
    found
}

/// How many modules deep a file of `src` is.
fn depth(file: &Path) -> usize {
    let inside = file.strip_prefix(root().join("src")).unwrap();
    inside.iter().count() - usize::from(inside.ends_with("mod.rs"))
}

fn head(path: &str) -> String {
    if path.trim_start().starts_with('*') {
        return "*".to_owned();
    }
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names of each path in `a::b, c::{d, e}, f}`.
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut heads) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.push(head(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads.into_iter().filter(|h| !h.is_empty()).collect()
}

/// The text without comments and without what is inside string and character literals.
fn code_only(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let open = hashes + 2;
            rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len())
        } else if c == '"' {
            quoted(rest)
        } else if c == '\'' && (rest[1..].starts_with('\\') || rest[1..].chars().nth(1) == Some('\'')) {
            // Past the quote and the character, or the backslash and what it escapes.
            let escape = usize::from(rest[1..].starts_with('\\'));
            let open: usize = rest.chars().take(2 + escape).map(char::len_utf8).sum();
            rest[open..].find('\'').map_or(rest.len(), |end| open + end + 1)
        } else {
            0
        };
        if skip == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.push(' ');
            rest = &rest[skip..];
        }
    }
    code
}

/// The number of hashes, where a raw string begins.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.chars().take_while(|c| *c == '#').count();
    after[hashes..].starts_with('"').then_some(hashes)
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}
