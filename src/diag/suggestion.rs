//! "Did you mean ...?"

/// The most bytes of a name that is looked at.
const LONGEST: usize = 300;

/// The one of `known` that `given` most likely meant, if any is close enough to be worth saying.
pub fn closest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // What is this long is nobody's slip, and comparing it would take for ever.
    let comparable = |name: &&str| name.len() <= LONGEST;
    let given = Some(given).filter(comparable)?;
    let lowercase = given.to_lowercase();
    known
        .into_iter()
        .filter(comparable)
        .map(|name| (strsim::damerau_levenshtein(&lowercase, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= allowed(given, name) && *name != given)
        .min()
        .map(|(_, name)| name.to_owned())
}

/// How many letters may differ. Among very short names nearly everything is close to everything, so of two letters
/// one may be missing or both swapped, but neither be another one.
fn allowed(given: &str, name: &str) -> usize {
    let (length, other) = (given.chars().count(), name.chars().count());
    match length.min(other) {
        0 | 1 => 0,
        2 if length == other => usize::from(given.chars().rev().eq(name.chars())),
        shorter => (shorter / 3).clamp(1, 4),
    }
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(closest("instnace_type", ["instance_type", "instance"]).as_deref(), Some("instance_type"));
        assert_eq!(closest("uper", ["lower", "upper"]).as_deref(), Some("upper"));
        assert_eq!(closest("Size", ["size"]).as_deref(), Some("size"));
        assert_eq!(closest("vra", ["var", "local"]).as_deref(), Some("var"));
        assert_eq!(closest("di", ["id"]).as_deref(), Some("id"));
    }

    #[test]
    fn says_nothing_where_it_can_only_guess() {
        assert_eq!(closest("a", ["b", "ab", "c"]), None);
        assert_eq!(closest("id", ["ip", "os"]), None);
        assert_eq!(closest("abs", ["x", "min"]), None);
        assert_eq!(closest("name", ["name"]), None);
    }
}
