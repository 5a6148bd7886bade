//! "Did you mean ...?"

/// The one of `known` that `given` most likely meant, if any is close enough to be worth saying.
pub fn closest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let allowed = (given.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, name)| *distance <= allowed && *name != given)
        .min()
        .map(|(_, name)| name.to_owned())
}
