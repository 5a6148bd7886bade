use std::io::Read;

use base64::Engine;

use super::{Effort, compress, deflate};

fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut data).unwrap();
    data
}

fn encoded(text: &str) -> String {
    base64::prelude::BASE64_STANDARD.encode(compress(text.as_bytes()))
}

/// Facts recorded from `terraform console` 1.11.4.
#[test]
fn short_texts_are_packed_as_recorded() {
    let cases = [
        ("", "H4sIAAAAAAAA/wAAAP//AQAA//8AAAAAAAAAAA=="),
        ("a", "H4sIAAAAAAAA/0oEAAAA//8BAAD//0O+t+gBAAAA"),
        ("abcabcabc", "H4sIAAAAAAAA/0pMSoYgAAAAAP//AQAA//8YSC1GCQAAAA=="),
    ];
    for (text, packed) in cases {
        assert_eq!(encoded(text), packed, "{text}");
    }
    assert_eq!(encoded(&"0".repeat(1000)), "H4sIAAAAAAAA/zIYBaNgFAx7AAAAAP//AQAA//+DmV+o6AMAAA==");
    assert_eq!(encoded(&"x".repeat(300_000)).len(), 448);
    assert_eq!(
        encoded(&"héllo wörld 日本語 ".repeat(500)),
        "H4sIAAAAAAAA/+zIsQ1AABAAwFV+OIXiE4nGKBrRKYjaAr/Lxxi2UF17Y52ZUyz1zDlEr0dv93vtwTnnnHPOOeecc84555xzzjnnnHPOOeecc84555z/6R8AAAD//wEAAP//JNUGkuAuAAA="
    );
}

/// A small generator, so that long inputs need no fixture.
fn letters(count: usize, alphabet: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()]
        })
        .collect()
}

#[test]
fn whatever_is_packed_can_be_unpacked_by_others() {
    let alphabets: [&[u8]; 3] =
        [b"ab", b"etaoinshrdlu ", &std::array::from_fn::<u8, 96, _>(|i| i as u8 + 32)];
    for alphabet in alphabets {
        for count in [1, 2, 3, 4, 5, 17, 257, 4096, 32_768, 65_535, 65_536, 65_537, 200_000] {
            let data = letters(count, alphabet, count as u64);
            assert_eq!(unpack(&compress(&data)), data, "{count} of {}", alphabet.len());
        }
    }
}

/// Of long inputs the digest of what the reference gives is recorded.
#[test]
fn long_texts_are_packed_as_recorded() {
    use sha2::Digest;
    let printable: [u8; 96] = std::array::from_fn(|i| i as u8 + 32);
    let cases: [(usize, &[u8], u64, &str); 3] = [
        (70_000, b"etaoinshrdlu ", 3, "7fb1d10c2b1e47d7eaea5a9bec3341e539e4530d5afdbbdd80ce967a2ce30d73"),
        (200_000, b"aaaaaaab", 5, "3a016469f8fa8c780253c72537cec64cf2a11ddd3b968eaaf0a4f7ab80d7b358"),
        (100_000, &printable, 9, "f26661fa92feead66f6d7847896e7c6708710d7d37e9ce00fc90f80a4401c45e"),
    ];
    for (count, alphabet, seed, digest) in cases {
        let packed = compress(&letters(count, alphabet, seed));
        let hex: String = sha2::Sha256::digest(&packed).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, digest, "{count}");
    }
}

/// Entries of ZIP archives are tried less hard. Recorded from a plan file of 1.11.4, which is such an archive and
/// holds the configuration: a comment of letters.
#[test]
fn entries_of_archives_are_packed_as_recorded() {
    use sha2::Digest;
    let many = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .";
    let cases: [(usize, &[u8], u64, &str); 3] = [
        (70_000, b"etaoinshrdlu ", 3, "cba446f8da3b1787bc650c15f72feb62917bf62dd3c5c5719331f0b37013936e"),
        (200_000, b"aaaaaaab", 5, "23a2b5eb2a47591e318e87b6b89f0cfe1114c1555fe4affc6c3614c10413f774"),
        (100_000, many, 9, "d392da9939c18a5c24f405b9b8a93169747a85299afb05ae19fb9fe873ccfe71"),
    ];
    for (count, alphabet, seed, digest) in cases {
        let comment = [b"#", &*letters(count, alphabet, seed), b"\n"].concat();
        let packed = deflate(&comment, Effort::FIVE);
        let hex: String = sha2::Sha256::digest(&packed).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, digest, "{count}");
    }
}
