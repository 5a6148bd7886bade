#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "tests fail or are short")]

use super::*;
use crate::value::Number;

fn ask(function: Function, prefix: &str, numbers: &[&str]) -> Result<String, String> {
    let numbers = numbers.iter().map(|n| Value::number(Number::parse(n).unwrap()));
    let arguments: Vec<Value> = std::iter::once(Value::string(prefix)).chain(numbers).collect();
    let value = function.call(&arguments).map_err(|error| error.message)?;
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    Ok(value
        .items()
        .map_or_else(|| text(&value), |items| items.iter().map(text).collect::<Vec<_>>().join(" ")))
}

#[test]
fn hosts_are_counted_from_both_ends() {
    for (prefix, number, address) in [
        ("10.0.0.0/8", "1", "10.0.0.1"),
        ("10.0.0.0/8", "-1", "10.255.255.255"),
        ("1.2.3.4/32", "0", "1.2.3.4"),
        ("1.2.3.4/32", "-1", "1.2.3.4"),
        ("127.010.020.030/24", "5", "127.10.20.5"),
        ("2001:db8::/32", "9999999999999999999999999", "2001:db8:8:4595:1614:148:49ff:ffff"),
        ("2001:db8::/0", "-2", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"),
    ] {
        assert_eq!(ask(cidrhost(), prefix, &[number]).as_deref(), Ok(address), "{prefix} {number}");
    }
    for (prefix, number) in [("10.0.0.0/8", "16777216"), ("1.2.3.4/32", "1"), ("10.0.0.0/8", "1.5")] {
        assert!(ask(cidrhost(), prefix, &[number]).is_err(), "{prefix} {number}");
    }
}

#[test]
fn odd_results_of_the_reference_are_kept() {
    for (prefix, number, address) in [
        ("::ffff:1.2.3.0/120", "5", "0:5::ffff:102:300"),
        ("2001:db8::/96", "18446744073709551616", "2001:db8:0:1::"),
        ("2001:db8::/96", "9223372036854775808", "2001:db8:0:0:8000::"),
    ] {
        assert_eq!(ask(cidrhost(), prefix, &[number]).as_deref(), Ok(address), "{prefix} {number}");
    }
    for (prefix, numbers, network) in [
        ("10.0.0.0/8", ["-1", "0"], "10.0.0.0/7"),
        ("10.0.0.0/8", ["-9", "0"], "<nil>"),
        ("10.0.0.0/8", ["8", "-1"], "0.1.0.0/16"),
        ("::ffff:1.2.3.0/120", ["4", "5"], "1.2.3.80/28"),
        ("2001:db8::/32", ["64", "18446744073709551617"], "2001:db9::1:0:0/96"),
    ] {
        assert_eq!(ask(cidrsubnet(), prefix, &numbers).as_deref(), Ok(network), "{prefix} {numbers:?}");
    }
}

#[test]
fn subnets_stay_inside_their_network() {
    assert_eq!(ask(cidrsubnet(), "10.0.0.0/8", &["0", "0"]).as_deref(), Ok("10.0.0.0/8"));
    assert_eq!(ask(cidrsubnet(), "10.1.0.0/16", &["8", "2"]).as_deref(), Ok("10.1.2.0/24"));
    assert!(ask(cidrsubnet(), "10.0.0.0/8", &["8", "256"]).is_err());
    assert!(ask(cidrsubnet(), "10.0.0.0/8", &["33", "1"]).is_err());
    let least = "-9223372036854775808";
    assert!(ask(cidrsubnet(), "2001:db8::/32", &[least, least]).is_err());
    assert!(ask(cidrsubnet(), "2001:db8::/32", &["9223372036854775807", "0"]).is_err());
    assert!(ask(cidrsubnet(), "10.0.0.0/8", &["8", "18446744073709551616"]).is_err());
}

#[test]
fn consecutive_subnets_fill_a_network() {
    assert_eq!(ask(cidrsubnets(), "10.0.0.0/8", &[]).as_deref(), Ok(""));
    assert_eq!(ask(cidrsubnets(), "10.0.0.0/8", &["1", "2"]).as_deref(), Ok("10.0.0.0/9 10.128.0.0/10"));
    assert_eq!(
        ask(cidrsubnets(), "10.0.0.0/16", &["8", "4", "8"]).as_deref(),
        Ok("10.0.0.0/24 10.0.16.0/20 10.0.32.0/24")
    );
    for (prefix, bits) in [("0.0.0.0/0", "1"), ("::/0", "1"), ("10.0.0.0/8", "33"), ("10.0.0.0/8", "0")] {
        assert!(ask(cidrsubnets(), prefix, &[bits]).is_err(), "{prefix} {bits}");
    }
    assert!(ask(cidrsubnets(), "10.0.0.0/8", &["1", "1", "1"]).is_err());
}

#[test]
fn only_networks_are_networks() {
    for text in [
        "",
        "10.0.0.0",
        "10.0.0/8",
        "10.0.0.0/33",
        "10.0.0.256/8",
        "::/129",
        "1:2/64",
        ":::/1",
        "::1::/1",
        "/8",
        "a/8",
    ] {
        assert_eq!(Network::parse(text), None, "{text}");
    }
    for text in ["::/0", "1::/16", "::1/128", "1:2:3:4:5:6:7:8/128", "1::1.2.3.4/96", "0.0.0.0/0"] {
        assert!(Network::parse(text).is_some(), "{text}");
    }
}
