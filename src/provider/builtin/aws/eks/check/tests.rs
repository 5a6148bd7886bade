use super::{is_arn, is_cidr, is_name, is_private, version};

#[test]
fn ranges_begin_with_their_first_address() {
    for good in ["0.0.0.0/0", "10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32", "::/0"] {
        assert!(is_cidr(good), "{good}");
    }
    for bad in ["10.0.0.1/8", "10.0.0.0", "10.0.0.0/33", "2001:db8::1/32", "::/129", "10.0.0.0/-1", "/8"] {
        assert!(!is_cidr(bad), "{bad}");
    }
}

#[test]
fn private_ranges_are_wholly_private() {
    for good in ["10.0.0.0/8", "10.100.0.0/16", "172.16.0.0/12", "192.168.0.0/16"] {
        assert!(is_private(good), "{good}");
    }
    for bad in ["8.8.0.0/16", "10.0.0.0/7", "172.16.0.0/11", "172.32.0.0/16", "192.168.0.0/15", "fc00::/7"] {
        assert!(!is_private(bad), "{bad}");
    }
}

#[test]
fn versions_have_two_numbers() {
    assert_eq!(version("1.32"), Some((1, 32)));
    for bad in ["1", "1.", ".1", "1.32.1", "v1.32", "1.+3", "1.99999999999", ""] {
        assert_eq!(version(bad), None, "{bad}");
    }
}

#[test]
fn names_and_addresses_have_their_form() {
    assert!(is_name("shop_1-a", 100) && is_name("1", 1));
    assert!(!is_name("", 100) && !is_name("-a", 100) && !is_name("a.b", 100) && !is_name("aa", 1));
    assert!(is_arn("arn:aws:iam::123456789012:role/a") && is_arn("arn:aws-cn:kms:cn-north-1:1:key/1"));
    assert!(!is_arn("arn:aws:iam") && !is_arn("role/a") && !is_arn("arn:gcp:iam::1:role/a"));
}
