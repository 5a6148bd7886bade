use super::format_tokens;

fn assert_formats(cases: &[(&str, &str)]) {
    for (before, after) in cases {
        assert_eq!(format_tokens(before), *after, "{before:?}");
    }
}

#[test]
fn labels_have_one_spelling() {
    assert_formats(&[
        ("a b {}\n", "a \"b\" {}\n"),
        ("r /*a*/ \"b\" /*c*/ d /*e*/ {}\n", "r \"b\" \"d\" /*e*/ {}\n"),
        ("r /*a*/  {}\n", "r /*a*/ {}\n"),
        ("a \"\" \"a\\\\b\" \"é\\U0001F600\\\"\" {}\n", "a \"\" \"a\\\\b\" \"é😀\\\"\" {}\n"),
        ("a \"e\\u0301\" \"\\u200b\" {}\n", "a \"é\" \"\\u200b\" {}\n"),
        (
            "a \"\u{a0}\" \"\u{200b}\" \"\u{ad}\" \"\t\" {}\n",
            "a \"\\u00a0\" \"\\u200b\" \"\\u00ad\" \"\\t\" {}\n",
        ),
    ]);
}

/// The reference drops such labels altogether.
#[test]
fn labels_with_signs_of_templates_are_kept() {
    assert_formats(&[("a \"b$${c\" \"d$e\" \"%%{\\u00e9\" {}\n", "a \"b$${c\" \"d$e\" \"%%{é\" {}\n")]);
}

/// The reference drops what is in the brackets.
#[test]
fn odd_literal_keys_are_kept() {
    assert_formats(&[("a = b[true]\nc=d[null]\n", "a = b[true]\nc = d[null]\n")]);
}

#[test]
fn blanks_at_the_end_of_the_text_stay() {
    assert_formats(&[
        ("", ""),
        ("a=1  ", "a = 1  "),
        ("a=1\n   \t", "a = 1\n    "),
        ("\u{feff}a=1\n", "a = 1\n"),
        ("\u{feff}", "   "),
        ("\u{feff}  ", "     "),
    ]);
}

#[test]
fn columns_are_characters_as_people_see_them() {
    assert_formats(&[
        (
            "a = \"👩‍👩‍👧\"#x\nbb=\"日本語\"#y\nc=\"e\u{301}\"#z",
            "a  = \"👩‍👩‍👧\"   #x\nbb = \"日本語\" #y\nc  = \"e\u{301}\"   #z",
        ),
        ("a = \"कक्तत्य\"#x\nbb=\"aaaa\"#y\n", "a  = \"कक्तत्य\" #x\nbb = \"aaaa\"  #y\n"),
    ]);
}

#[test]
fn line_ends_stay_as_they_are() {
    assert_formats(&[(
        "a=1\r\nb =2 # x\r\nlonger=3 // y\r\n",
        "a      = 1\r\nb      = 2 # x\r\nlonger = 3 // y\r\n",
    )]);
}

#[test]
fn a_lone_interpolation_is_unwrapped() {
    assert_formats(&[
        ("a = \"${ b # c\n }\"\n", "a = b # c\n\n"),
        ("a = \"${b}\"\n", "a = b\n"),
        ("a = \"${b}${c}\"\n", "a = \"${b}${c}\"\n"),
        ("a = \"${f(\"${c}\")}\"\n", "a = f(\"${c}\")\n"),
        ("a = \"${\n b ?\n c : d\n}\"\n", "a = (b ?\nc : d)\n"),
        ("a = [\"${b}\"]\n", "a = [\"${b}\"]\n"),
    ]);
}

#[test]
fn types_of_the_past_are_spelled_out() {
    assert_formats(&[
        ("variable \"a\" {\n  type = \"list\"\n}\n", "variable \"a\" {\n  type = list(string)\n}\n"),
        ("variable \"a\" {\n  type = map\n}\n", "variable \"a\" {\n  type = map(any)\n}\n"),
        (
            "variable \"a\" {\n  b {\n    type = map\n  }\n}\n",
            "variable \"a\" {\n  b {\n    type = map\n  }\n}\n",
        ),
        ("type = map\n", "type = map\n"),
    ]);
}
