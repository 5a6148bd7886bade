//! Checks the known values of arguments, without any request.

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::port::{Remark, Remarks};
use crate::value::{Path, Value};

use super::super::super::object::{Arguments, at};

/// A block or object that is checked.
pub(super) struct Check<'a, 'r> {
    object: Arguments<'a>,
    path: Path,
    summary: &'r str,
    remarks: &'r mut Remarks,
}

impl<'a, 'r> Check<'a, 'r> {
    pub(super) fn new(configuration: &'a Value, summary: &'r str, remarks: &'r mut Remarks) -> Self {
        Self { object: Arguments(configuration), path: Path::root(), summary, remarks }
    }

    pub(super) fn object(&self) -> Arguments<'a> {
        self.object
    }

    pub(super) fn refuse(&mut self, name: &str, detail: impl Into<String>) {
        let path = if name.is_empty() { self.path.clone() } else { self.path.clone().attribute(name) };
        self.remarks.push(Remark::error(self.summary, detail).at(path));
    }

    /// Checks a string, or all strings of a collection.
    pub(super) fn text(&mut self, name: &str, holds: impl Fn(&str) -> bool, what: &str) -> &mut Self {
        let single = self.object.text(name);
        let wrong: Vec<String> = single
            .into_iter()
            .chain(self.object.texts(name))
            .filter(|text| !holds(text))
            .map(|text| format!("{text:?} is {what}."))
            .collect();
        wrong.into_iter().for_each(|detail| self.refuse(name, detail));
        self
    }

    pub(super) fn one_of(&mut self, name: &str, words: &[&str]) -> &mut Self {
        let what = format!("none of {}", words.join(", "));
        self.text(name, |text| words.contains(&text), &what)
    }

    pub(super) fn filled(&mut self, name: &str) -> &mut Self {
        self.text(name, |text| !text.is_empty(), "empty; leave it out, or say something")
    }

    pub(super) fn arn(&mut self, name: &str) -> &mut Self {
        self.text(name, is_arn, "no ARN, which looks like arn:aws:service:region:account:thing")
    }

    pub(super) fn cluster_name(&mut self, name: &str) -> &mut Self {
        let what = "no name of a cluster: letters, digits, \"-\" and \"_\", at most 100, of which the first is a letter \
                    or digit";
        self.text(name, |text| is_name(text, 100), what)
    }

    pub(super) fn number(&mut self, name: &str, from: i64, to: i64) -> &mut Self {
        if let Some(number) = self.object.number(name).filter(|number| !(from..=to).contains(number)) {
            let detail = match to {
                i64::MAX => format!("{number} is less than {from}."),
                _ => format!("{number} is not between {from} and {to}."),
            };
            self.refuse(name, detail);
        }
        self
    }

    pub(super) fn not_empty(&mut self, name: &str) -> &mut Self {
        if self.object.value(name).and_then(Value::items).is_some_and(<[Value]>::is_empty) {
            self.refuse(name, "At least one is needed.");
        }
        self
    }

    /// All blocks of a kind.
    pub(super) fn blocks(&mut self, name: &str, mut look: impl FnMut(&mut Check<'a, '_>)) -> &mut Self {
        let is_list =
            self.object.value(name).is_some_and(|value| matches!(value.kind(), crate::value::Kind::List(_)));
        for (index, block) in blocks(self.object, name).enumerate() {
            let here = self.path.clone().attribute(name);
            let path = here.index(if is_list { Value::count(index) } else { block.0.clone() });
            look(&mut Check { object: block, path, summary: self.summary, remarks: self.remarks });
        }
        self
    }
}

/// The blocks of a kind that are known.
pub(super) fn blocks<'a>(object: Arguments<'a>, name: &str) -> impl Iterator<Item = Arguments<'a>> + use<'a> {
    object.value(name).and_then(Value::items).unwrap_or_default().iter().map(Arguments)
}

/// The only block of a kind.
pub(super) fn block<'a>(object: Arguments<'a>, name: &str) -> Option<Arguments<'a>> {
    blocks(object, name).next()
}

pub(super) fn is_name(text: &str, longest: usize) -> bool {
    text.len() <= longest
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

pub(super) fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", partition, service, _, _, rest]
        if partition.starts_with("aws") && !service.is_empty() && !rest.is_empty())
}

/// A CIDR range, written with its first address: `10.0.0.0/16`.
pub(super) fn is_cidr(text: &str) -> bool {
    cidr4(text).is_some() || is_cidr6(text)
}

fn is_cidr6(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let (Ok(address), Ok(bits)) = (address.parse::<Ipv6Addr>(), bits.parse::<u32>()) else { return false };
    bits <= 128 && u128::from(address).checked_shl(bits).unwrap_or(0) == 0
}

/// The first address and the length of its prefix.
pub(super) fn cidr4(text: &str) -> Option<(Ipv4Addr, u32)> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits) = (address.parse::<Ipv4Addr>().ok()?, bits.parse::<u32>().ok()?);
    let is_first = bits <= 32 && u32::from(address).checked_shl(bits).unwrap_or(0) == 0;
    is_first.then_some((address, bits))
}

/// Whether a range is reserved for private use.
pub(super) fn is_private(text: &str) -> bool {
    cidr4(text).is_some_and(|(address, bits)| {
        let least = match address.octets() {
            [10, ..] => 8,
            [172, ..] => 12,
            _ => 16,
        };
        address.is_private() && bits >= least
    })
}

/// Whether a planned version of Kubernetes is later than the present one. `None`, with the reason among the remarks, if
/// it is earlier: versions cannot go back. The sentence says what cannot go back.
pub(super) fn moves_on(
    (before, wanted): (Option<&str>, Option<&str>),
    (runs, whole): (&str, &str),
    remarks: &mut Remarks,
) -> Option<bool> {
    let (Some(before), Some(wanted)) = (before, wanted) else { return Some(false) };
    let (Some(is), Some(to)) = (version(before), version(wanted)) else { return Some(false) };
    if to < is {
        let detail = format!(
            "{runs} Kubernetes {before}, and the configuration asks for {wanted}. {whole} cannot go back to an earlier \
             version."
        );
        remarks.push(Remark::error("Kubernetes cannot be downgraded", detail).at(at("version")));
        return None;
    }
    Some(to > is)
}

/// A version of Kubernetes as EKS counts them: 1.32 is `(1, 32)`.
pub(super) fn version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    let digits = |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(major) || !digits(minor) {
        return None;
    }
    Some((major.parse().ok()?, minor.parse().ok()?))
}
