#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use dashu_int::IBig;
use proptest::prelude::*;

use super::*;

fn n(text: &str) -> Number {
    Number::parse(text).unwrap()
}

#[test]
fn prints_what_the_reference_prints() {
    let cases = [
        (
            n("1").divided_by(&n("3")).unwrap(),
            "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335",
        ),
        (
            n("2").divided_by(&n("3")).unwrap(),
            "0.6666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666667",
        ),
        (
            n("100").divided_by(&n("3")).unwrap(),
            "33.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333",
        ),
        (
            n("10").divided_by(&n("3")).unwrap(),
            "3.3333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333332",
        ),
        (
            n("5").divided_by(&n("3")).unwrap(),
            "1.6666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666666",
        ),
        (Number::from_i64(1).divided_by(&Number::from_i64(3)).unwrap(), "0.33333333333333333334"),
        (n("1").divided_by(&n("3")).unwrap().times(&n("3")), "1"),
        (n("0.1").times(&n("3")), "0.3"),
        (
            n("1.1").times(&n("1.1")),
            "1.2100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        ),
        (n("0.1").plus(&n("0.2")), "0.3"),
        (n("-7").divided_by(&n("2")).unwrap(), "-3.5"),
        (n("1e-7"), "0.0000001"),
        (n("1e23"), "100000000000000000000000"),
        (n("9007199254740993").times(&n("9007199254740993")), "81129638414606699710187514626049"),
        (Number::from_f64(2f64.powf(0.5)).unwrap(), "1.4142135623730951"),
        (
            Number::from_f64(2f64.powf(200.0)).unwrap(),
            "1606938044258990300000000000000000000000000000000000000000000",
        ),
        (Number::from_f64(1e30).unwrap(), "1000000000000000000000000000000"),
        (n("123456789012345678901234567890.5").modulo(&n("7")).unwrap(), "0.5"),
        (
            n("1e5").modulo(&n("0.3")).unwrap(),
            "0.09999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999217936",
        ),
        (n("5").modulo(&n("0")).unwrap(), "5"),
        (n("5.5").modulo(&n("2")).unwrap(), "1.5"),
        (n("-5").modulo(&n("3")).unwrap(), "-2"),
        (n("5").modulo(&n("-3")).unwrap(), "2"),
        (n("0").times(&n("-1")), "-0"),
        (n("0").negated(), "-0"),
        (n("1").minus(&n("1")).negated(), "-0"),
        (n("1").divided_by(&n("0")).unwrap(), "+Inf"),
        (n("-0.0"), "-0"),
        (n("-0.5").floor(), "-1"),
        (n("-0.5").ceiling(), "0"),
        (
            Number::from_text_radix(&"f".repeat(132), 16).unwrap().divided_by(&n("7")).unwrap(),
            "125527728642388291931097614611774047401498245488334727486070188967964218210699996381669662000666597576727703979729935689821659209137675772572782231608961045065",
        ),
    ];
    for (number, text) in cases {
        assert_eq!(number.to_string(), text);
    }
    assert_eq!(n("1e400").to_string(), format!("1{}", "0".repeat(400)));
    assert!(n("0").divided_by(&n("0")).is_none());
}

/// Calculations over numbers of all sizes with what terraform 1.11 prints for them.
#[test]
fn calculates_as_recorded_from_the_reference() {
    for line in include_str!("recorded.txt").lines() {
        let (expression, result) = line.split_once(" = ").unwrap();
        let words: Vec<&str> = expression.split(' ').collect();
        let [a, operator, b] = words.as_slice() else { panic!("{line}") };
        let (a, b) = (n(a.trim_matches(['(', ')'])), n(b.trim_matches(['(', ')'])));
        let ours = match *operator {
            "+" => a.plus_checked(&b),
            "-" => a.minus_checked(&b),
            "*" => a.times_checked(&b),
            "/" => a.divided_by(&b),
            _ => a.modulo(&b),
        };
        assert_eq!(ours.map_or("error".to_owned(), |number| number.to_string()), result, "{expression}");
    }
}

#[test]
fn reads_what_the_reference_reads() {
    for (text, want) in [
        ("1e5", "100000"),
        ("+1", "1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1p5", "32"),
        ("1P-5", "0.03125"),
        ("1.5p3", "12"),
        ("1e+5", "100000"),
        ("1E5", "100000"),
        ("007", "7"),
        ("Inf", "+Inf"),
        ("-inf", "-Inf"),
        ("+Inf", "+Inf"),
        ("1e1000000000", "+Inf"),
        ("-1e1000000000", "-Inf"),
        ("1e-1000000000", "0"),
        ("0e99999999999", "0"),
        ("-0", "-0"),
    ] {
        assert_eq!(n(text).to_string(), want, "{text}");
    }
    for text in [
        "",
        " ",
        "0x10",
        " 1",
        "1 ",
        "1_000",
        "0b1",
        "1e",
        "nan",
        "infinity",
        "INF",
        ".",
        "1e99999999999",
        "--1",
        "1.2.3",
        "e5",
        "+",
        "1e99999999999999999999",
        "\u{661}",
    ] {
        assert_eq!(Number::parse(text).err(), Some(ParseNumberError), "{text}");
    }
}

#[test]
fn whole_numbers_go_through_any_base() {
    assert_eq!(Number::from_text_radix("zz", 36).unwrap().to_string(), "1295");
    assert_eq!(Number::from_text_radix("ZZ", 36).unwrap().to_string(), "1295");
    assert_eq!(Number::from_text_radix("Z", 62).unwrap().to_string(), "61");
    assert_eq!(Number::from_text_radix("-ff", 16).unwrap().to_string(), "-255");
    assert!(Number::from_text_radix("9", 8).is_none());
    assert!(Number::from_text_radix("", 10).is_none());
    assert!(Number::from_text_radix("1_0", 10).is_none());
    assert_eq!(n("-255.9").to_integer_text_radix(16).unwrap(), "-ff");
    assert_eq!(n("1e25").to_integer_text_radix(2).unwrap().len(), 84);
    assert_eq!(n("0.5").to_integer_text_radix(10).unwrap(), "0");
}

#[test]
fn equality_is_that_of_the_decimals() {
    let machine = Number::from_f64(0.1).unwrap();
    assert!(machine.equals(&n("0.1")));
    assert_ne!(machine, n("0.1"));
    assert!(n("0").equals(&n("-0")));
    assert!(!n("0.1").equals(&n("0.2")));
    assert!(n("1").divided_by(&n("3")).unwrap().times(&n("3")).equals(&n("1")));
}

#[test]
fn short_text_is_in_ten_digits() {
    for (text, want) in [
        ("5", "5"),
        ("-5.25", "-5.25"),
        ("1e9", "1000000000"),
        ("1e10", "1e+10"),
        ("12345678901", "1.23456789e+10"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("0.1234567890123", "0.123456789"),
        ("-0", "-0"),
        ("99999999999", "1e+11"),
    ] {
        assert_eq!(n(text).to_short_text(), want, "{text}");
    }
}

/// Numbers of all sizes and precisions.
fn any_number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from_i64),
        (-100i64..100).prop_map(Number::from_i64),
        any::<u64>().prop_map(Number::from_u64),
        any::<f64>().prop_filter_map("NaN", |value| Number::from_f64(value).filter(|n| !n.is_infinite())),
        "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,2})?".prop_map(|text| n(&text)),
    ]
}

/// The exact value, as a fraction.
fn exact(number: &Number) -> (IBig, IBig) {
    match number.parts() {
        Parts::Zero { .. } => (IBig::ZERO, IBig::ONE),
        Parts::Infinite { .. } => panic!("infinite"),
        Parts::Finite(binary) => {
            let mantissa = IBig::from_parts(
                if binary.negative { dashu_int::Sign::Negative } else { dashu_int::Sign::Positive },
                binary.mantissa.clone(),
            );
            let power = IBig::ONE << binary.exponent.unsigned_abs() as usize;
            if binary.exponent >= 0 { (mantissa * power, IBig::ONE) } else { (mantissa, power) }
        }
    }
}

/// Whether the number is the nearest there is to the fraction, and of two nearest the even one.
fn assert_nearest(number: &Number, (above, below): (IBig, IBig)) {
    use dashu_int::ops::Abs;
    let (mantissa, scale) = exact(number);
    // |number - fraction|, over scale * below.
    let distance = (&mantissa * &below - &above * &scale).abs();
    let Parts::Finite(binary) = number.parts() else {
        assert_eq!(above, IBig::ZERO);
        return;
    };
    let unit = binary.top() - i64::from(number.precision());
    // Half a unit of the last place, over the same.
    let common = &scale * below.abs();
    let (half, distance) = if unit > 0 {
        (common << (unit as usize - 1), distance)
    } else {
        (common, distance << (1 - unit) as usize)
    };
    assert!(distance <= half, "{number} is not the nearest");
    if distance == half {
        assert!(binary.exponent > unit, "{number} is not the even one");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn sums_and_quotients_are_the_nearest_numbers(a in any_number(), b in any_number()) {
        let ((an, ad), (bn, bd)) = (exact(&a), exact(&b));
        let precision = a.precision().max(b.precision());
        let sum = a.plus(&b);
        prop_assert_eq!(sum.precision(), precision);
        assert_nearest(&sum, (&an * &bd + &bn * &ad, &ad * &bd));
        assert_nearest(&a.minus(&b), (&an * &bd - &bn * &ad, &ad * &bd));
        let product = a.times(&b);
        let (pn, pd) = exact(&product);
        if product.precision() < 512 {
            prop_assert_eq!(pn * (&ad * &bd), (&an * &bn) * pd);
        } else {
            assert_nearest(&product, (&an * &bn, &ad * &bd));
        }
        if !b.is_zero() {
            assert_nearest(&a.divided_by(&b).unwrap(), (an * bd, ad * bn));
        }
    }

    #[test]
    fn printed_numbers_read_back(number in any_number()) {
        let number = number.with_precision(512);
        let again = n(&number.to_string());
        prop_assert!(again.equals(&number));
        prop_assert_eq!(again.cmp(&number), Ordering::Equal);
    }

    #[test]
    fn machine_numbers_go_there_and_back(value in any::<f64>()) {
        if let Some(number) = Number::from_f64(value) {
            prop_assert_eq!(number.to_f64().to_bits(), value.to_bits());
            if value.is_finite() && value != 0.0 {
                prop_assert_eq!(number.to_string().parse::<f64>().unwrap().to_bits(), value.to_bits());
            }
        }
    }

    #[test]
    fn literals_become_the_machine_numbers_that_rust_reads(text in "-?[0-9]{1,20}(\\.[0-9]{1,20})?(e-?[0-9]{1,3})?") {
        let rust: f64 = text.parse().unwrap();
        prop_assert_eq!(n(&text).to_f64().to_bits(), rust.to_bits());
    }

    #[test]
    fn order_agrees_with_exact_fractions(a in any_number(), b in any_number()) {
        let ((an, ad), (bn, bd)) = (exact(&a), exact(&b));
        prop_assert_eq!(a.cmp(&b), (an * bd).cmp(&(bn * ad)));
    }

    #[test]
    fn whole_parts_are_where_they_should_be(number in any_number()) {
        let (floor, ceiling) = (number.with_precision(1200).floor(), number.with_precision(1200).ceiling());
        prop_assert!(floor <= number && number <= ceiling);
        prop_assert!(floor.is_integer() && ceiling.is_integer());
        prop_assert!(ceiling.minus(&floor) <= Number::from_i64(1));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        let _ = Number::parse(&text);
        let _ = Number::from_text_radix(&text, 62);
    }
}
