//! Finds the subdirectory of a package that holds the module; its name may have wildcards.

use std::path::{Path, PathBuf};

use super::fault::FetchError;

/// The path of the directory, relative to the package. Wildcards must match exactly one.
pub(super) fn find(package: &Path, wanted: &str) -> Result<PathBuf, FetchError> {
    let mut found = vec![PathBuf::new()];
    for step in wanted.split('/').filter(|step| !step.is_empty()) {
        let mut next = Vec::new();
        for place in &found {
            if step.contains(['*', '?']) {
                next.extend(matching(&package.join(place), step).into_iter().map(|name| place.join(name)));
            } else if package.join(place).join(step).is_dir() {
                next.push(place.join(step));
            }
        }
        found = next;
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(FetchError::NoDirectory { path: wanted.to_owned() }),
        several => Err(FetchError::Unsupported(format!(
            "{} directories in it are named as \"{wanted}\" says, and it must be one",
            several.len()
        ))),
    }
}

fn matching(folder: &Path, pattern: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
    let pattern: Vec<char> = pattern.chars().collect();
    let mut names: Vec<String> = names.filter(|name| fits(&pattern, name)).collect();
    names.sort();
    names
}

/// `*` matches any number of characters, `?` one.
fn fits(pattern: &[char], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut at, mut tried, mut star) = (0, 0, None);
    while let Some(letter) = name.get(tried) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, tried));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == letter => {
                at += 1;
                tried += 1;
            }
            _ => match star {
                // Let the last star match one more character.
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    at = place + 1;
                    tried = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn wildcards_stand_for_any_text() {
        let fits = |pattern: &str, name: &str| fits(&pattern.chars().collect::<Vec<_>>(), name);
        assert!(fits("*", "anything") && fits("a*c", "abbc") && fits("*-v?", "x-y-v1") && fits("a*", "a"));
        assert!(!fits("a*c", "abd") && !fits("?", "") && !fits("*x", "xy"));
    }
}
