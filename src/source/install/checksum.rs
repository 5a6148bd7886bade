//! The checksum that a module source may name.

use std::path::Path;

use sha2::Digest;

use super::fault::FetchError;

/// The expected digest of a download.
#[derive(Debug)]
pub(super) struct Checksum {
    kind: Kind,
    expected: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Checksum {
    /// Parses `sha256:…`, `md5:…`, or digits alone, whose number tells the kind.
    pub(super) fn parse(text: &str) -> Result<Self, FetchError> {
        let (name, digits) = text.split_once(':').map_or((None, text), |(name, digits)| (Some(name), digits));
        let kinds =
            [("md5", Kind::Md5), ("sha1", Kind::Sha1), ("sha256", Kind::Sha256), ("sha512", Kind::Sha512)];
        let fits = |kind: Kind| digits.len() == kind.digits();
        let found = kinds.into_iter().find(|(known, kind)| name.map_or(fits(*kind), |name| name == *known));
        let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match found {
            Some((_, kind)) if valid && fits(kind) => Ok(Self { kind, expected: digits.to_lowercase() }),
            _ => Err(FetchError::Unsupported(format!(
                "the checksum \"{text}\" is none that can be checked: give md5, sha1, sha256 or sha512, a colon and the \
                 hexadecimal digits"
            ))),
        }
    }

    pub(super) fn check(&self, file: &Path) -> Result<(), FetchError> {
        let read = |file: &Path| match self.kind {
            Kind::Md5 => digest::<md5::Md5>(file),
            Kind::Sha1 => digest::<sha1::Sha1>(file),
            Kind::Sha256 => digest::<sha2::Sha256>(file),
            Kind::Sha512 => digest::<sha2::Sha512>(file),
        };
        let found = read(file).map_err(FetchError::files("reading", file))?;
        if found == self.expected {
            return Ok(());
        }
        Err(FetchError::Checksum { kind: self.kind.name(), expected: self.expected.clone(), found })
    }
}

impl Kind {
    fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }
}

fn digest<D: Digest>(file: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(file)?;
    let mut digest = D::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = std::io::Read::read(&mut file, &mut buffer)?;
        if length == 0 {
            return Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        digest.update(buffer.get(..length).unwrap_or_default());
    }
}
