use super::*;

fn written(pattern: &str, time: &str) -> Result<String, String> {
    let value = formatdate().call(&[Value::string(pattern), Value::string(time)]);
    value.map(|value| value.as_str().unwrap_or("?").to_owned()).map_err(|error| error.message)
}

#[test]
fn every_verb_writes_its_part() {
    let pattern = "YYYY-MM-DD'T'hh:mm:ssZ ZZZ ZZZZ ZZZZZ EEE EEEE MMM MMMM";
    assert_eq!(
        written(pattern, "2020-01-01T00:00:00+05:30").as_deref(),
        Ok("2020-01-01T00:00:00+05:30 +0530 +0530 +05:30 Wed Wednesday Jan January")
    );
    let pattern = "YY M D h H HH AA aa m s Z ZZZ ZZZZ ZZZZZ";
    assert_eq!(
        written(pattern, "2009-03-04T15:06:07Z").as_deref(),
        Ok("09 3 4 15 3 03 PM pm 6 7 Z UTC +0000 +00:00")
    );
    assert_eq!(written("H AA", "2009-03-04T00:06:07Z").as_deref(), Ok("12 AM"));
}

#[test]
fn quotes_hold_words() {
    let time = "2020-01-01T00:00:00Z";
    for (pattern, text) in [
        ("'abc'", "abc"),
        ("''", "'"),
        ("'a''b'", "a'b"),
        ("'abc''", "abc'"),
        ("\u{e9} - .", "\u{e9} - ."),
        ("", ""),
    ] {
        assert_eq!(written(pattern, time).as_deref(), Ok(text), "{pattern}");
    }
    for pattern in ["'", "'abc", "x", "YYY", "MMMMM", "EE", "A", "ZZ", "hhh"] {
        assert!(written(pattern, time).is_err(), "{pattern}");
    }
}
