use super::*;

const KEY: &str = include_str!("openssh_key.txt");
const CIPHER: &str = include_str!("openssh_cipher.txt");

#[test]
fn a_key_as_ssh_keygen_writes_it_decrypts() {
    let decrypted = decrypt(CIPHER.trim(), KEY).map_err(|error| error.message);
    assert_eq!(decrypted.map(|value| value.as_str().map(str::to_owned)), Ok(Some("hello".to_owned())));
}

#[test]
fn what_is_no_key_is_refused_with_a_reason() {
    let cut = KEY.replacen("AAAA", "BBBB", 1);
    let renamed = KEY.replace("OPENSSH PRIVATE KEY", "PUBLIC KEY");
    for (key, reason) in [
        ("", "begins with a line"),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA", "no line"),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", "not an RSA private key"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----",
            "passphrase",
        ),
        (&cut, "not an RSA private key"),
        (&renamed, "PUBLIC KEY"),
    ] {
        let refused = read_key(key).err();
        assert!(refused.as_ref().is_some_and(|message| message.contains(reason)), "{refused:?}");
    }
}
