use super::*;

fn fits(pattern: &str, name: &str) -> Result<bool, Fault> {
    Steps(Cell::new(MOST_STEPS)).fit(pattern, name)
}

#[test]
fn patterns_fit_as_in_the_reference() {
    for (pattern, name) in [
        ("*", "a.txt"),
        ("*.txt", "a.txt"),
        ("?.txt", "\u{e9}.txt"),
        ("{a,b}.txt", "b.txt"),
        ("{a,{b,c}}.txt", "b.txt"),
        ("[a-c].txt", "b.txt"),
        ("[^a].txt", "b.txt"),
        ("[!a].txt", "!.txt"),
        ("\\[x\\].txt", "[x].txt"),
        ("**.txt", "a.txt"),
        ("a*b*c", "axxbyyc"),
        ("a*", "a"),
    ] {
        assert_eq!(fits(pattern, name), Ok(true), "{pattern} {name}");
    }
    for (pattern, name) in
        [("*.txt", "a.tx"), ("?", "ab"), ("[^a]", "a"), ("a", "ab"), ("ab", "a"), ("{a,b}", "c")]
    {
        assert_eq!(fits(pattern, name), Ok(false), "{pattern} {name}");
    }
    for (pattern, name) in
        [("[", "a"), ("[]a]", "a"), ("{", "a"), ("{a", "a"), ("[a-", "a"), ("\\", "a"), ("[-a]", "a")]
    {
        assert_eq!(fits(pattern, name), Err(Fault::BadPattern), "{pattern} {name}");
    }
}
