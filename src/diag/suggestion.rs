//! "Did you mean ...?"

/// Longer names are not compared.
const LONGEST: usize = 300;

/// The one of `known` that `given` most likely meant, if any is close enough.
pub fn closest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // A name of this length is no typing error, and comparing it would take too long.
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

/// How many characters may differ. Among very short names nearly everything is similar, so of two characters one may be
/// missing or both swapped, but neither replaced.
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
