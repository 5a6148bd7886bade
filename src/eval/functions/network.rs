//! Addresses of IP networks.
//!
//! Accepts everything that Terraform accepts, even where its arithmetic gives surprising results: a negative subnet
//! number, or a host number whose lowest 64 bits fit although the whole does not. Configurations rely on those results.

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, Ipv6Addr};

use dashu_int::{IBig, UBig};

use super::argument::{Outcome, text, whole};
use crate::expression::{Function, FunctionError, Parameter};
use crate::value::{Type, Value};

pub(super) fn functions() -> Vec<Function> {
    vec![cidrhost(), cidrnetmask(), cidrsubnet(), cidrsubnets()]
}

fn prefix() -> Parameter {
    Parameter::new("prefix", Type::String, "A network in CIDR notation, such as \"10.1.0.0/16\".")
}

fn cidrhost() -> Function {
    let number = Parameter::new("hostnum", Type::Number, "Which host; counted from the end where negative.");
    let description = "The address of a host in a network.";
    Function::new("cidrhost", description, vec![prefix(), number], Type::String, |arguments| {
        let number = whole_number(arguments, 1)?;
        let network = Network::of_argument(arguments)?;
        let last = (IBig::ONE << network.host_bits()) - IBig::ONE;
        let (counted, number) = if number < IBig::ZERO {
            let from_end = -number - IBig::ONE;
            (from_end.clone(), &last - from_end)
        } else {
            (IBig::from(low_bits(&number).cast_signed()), number)
        };
        if counted > last {
            let bits = network.host_bits();
            let message = format!("a network with {bits} bits for hosts has none with the number {number}");
            return Err(FunctionError::argument(1, message));
        }
        let shift = if network.is_mapped() { 96 } else { 0 };
        let address = network.insert(&(number << shift)).ok_or_else(|| too_large(1))?;
        Ok(Value::string(&network.width.show(address)))
    })
    .never_null()
}

fn cidrnetmask() -> Function {
    let description = "The netmask of an IPv4 network.";
    Function::new("cidrnetmask", description, vec![prefix()], Type::String, |arguments| {
        let network = Network::of_argument(arguments)?;
        if network.width == Width::V6 && !network.is_mapped() {
            return Err(FunctionError::argument(0, "only IPv4 networks have a netmask, and this is IPv6"));
        }
        Ok(Value::string(&network.width.show(network.width.mask(network.prefix))))
    })
    .never_null()
}

fn cidrsubnet() -> Function {
    let parameters = vec![
        prefix(),
        Parameter::new("newbits", Type::Number, "By how many bits to make the prefix longer."),
        Parameter::new("netnum", Type::Number, "Which of the subnets that this makes."),
    ];
    Function::new("cidrsubnet", "A network inside a network.", parameters, Type::String, |arguments| {
        let bits = whole(arguments, 1)?;
        let number = whole_number(arguments, 2)?;
        let network = Network::of_argument(arguments)?;
        let width = i64::from(network.width.bits());
        let length = i64::from(network.prefix).saturating_add(bits);
        if length > width {
            let message = format!("a prefix of {} cannot be {bits} bits longer", network.prefix);
            return Err(FunctionError::argument(1, message));
        }
        if (0..64).contains(&bits) && low_bits(&number) >= 1 << bits {
            let message = format!("{bits} more bits make no subnet with the number {number}");
            return Err(FunctionError::argument(2, message));
        }
        let shift = usize::try_from(width.saturating_sub(length)).ok().filter(|shift| *shift <= 1 << 16);
        let shift =
            shift.ok_or_else(|| FunctionError::argument(1, "the prefix cannot be that much shorter"))?;
        let address = network.insert(&(number << shift)).ok_or_else(|| too_large(2))?;
        let text = match u32::try_from(length) {
            Ok(prefix) => Network { address, prefix, ..network }.to_string(),
            // What Terraform returns for a negative prefix length.
            Err(_) => "<nil>".to_owned(),
        };
        Ok(Value::string(&text))
    })
    .never_null()
}

fn cidrsubnets() -> Function {
    let bits = Parameter::new("newbits", Type::Number, "By how many bits to make each prefix longer.");
    let description = "Consecutive networks inside a network.";
    Function::new("cidrsubnets", description, vec![prefix()], Type::list(Type::String), consecutive)
        .variadic(bits)
        .never_null()
}

fn consecutive(arguments: &[Value]) -> Outcome {
    let network = Network::of_argument(arguments)?;
    let mut last_used: Option<u128> = None;
    let mut subnets = Vec::new();
    for at in 1..arguments.len() {
        let bits = whole(arguments, at)?;
        let bits = u32::try_from(bits).ok().filter(|bits| (1..=32).contains(bits)).ok_or_else(|| {
            FunctionError::argument(at, "each subnet's prefix must be between 1 and 32 bits longer")
        })?;
        let prefix = network.prefix + bits;
        if prefix > network.width.bits() {
            let message = format!("a prefix of {prefix} bits is longer than the address");
            return Err(FunctionError::argument(at, message));
        }
        let full = || {
            FunctionError::argument(
                at,
                format!("not enough space is left in {network} for a subnet with a prefix of {prefix} bits"),
            )
        };
        let host = network.width.host_mask(prefix);
        let start = match last_used {
            None => network.address,
            Some(last) => (last | host).checked_add(1).ok_or_else(full)?,
        };
        // No network precedes address zero: there Terraform wraps around and reports that the range is full.
        let outside = start & network.width.mask(network.prefix) != network.address;
        if outside || start == 0 || start > network.width.host_mask(0) || network.is_mapped() {
            return Err(full());
        }
        last_used = Some(start | host);
        subnets.push(Value::string(&Network { address: start, prefix, ..network }.to_string()));
    }
    Ok(Value::list(Type::String, subnets))
}

fn too_large(argument: usize) -> FunctionError {
    FunctionError::argument(argument, "the number does not fit in an address")
}

/// A whole number of any size.
fn whole_number(arguments: &[Value], index: usize) -> Result<IBig, FunctionError> {
    let number =
        arguments.get(index).and_then(Value::as_number).filter(|n| n.is_integer() && !n.is_infinite());
    number
        .and_then(|number| number.to_string().parse().ok())
        .ok_or_else(|| FunctionError::argument(index, "a whole number is required"))
}

/// The lowest 64 bits of a number's magnitude.
fn low_bits(number: &IBig) -> u64 {
    let (_, size) = number.clone().into_parts();
    u64::try_from(size & UBig::from(u64::MAX)).unwrap_or(u64::MAX)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    V4,
    V6,
}

/// The leading bits of an address that belong to the network; the others are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    width: Width,
    address: u128,
    prefix: u32,
}

impl Width {
    fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    /// Ones in all bits after a prefix of that length.
    fn host_mask(self, prefix: u32) -> u128 {
        let bits = self.bits().saturating_sub(prefix);
        1_u128.checked_shl(bits).map_or(u128::MAX, |one| one - 1)
    }

    fn mask(self, prefix: u32) -> u128 {
        self.host_mask(0) & !self.host_mask(prefix)
    }

    fn show(self, address: u128) -> String {
        let low = u32::try_from(address & u128::from(u32::MAX)).unwrap_or(u32::MAX);
        if self == Self::V4 || address >> 32 == 0xffff {
            Ipv4Addr::from(low).to_string()
        } else {
            show_v6(Ipv6Addr::from(address))
        }
    }
}

/// Only hexadecimal groups; the standard library would write some addresses with an IPv4 ending.
fn show_v6(address: Ipv6Addr) -> String {
    let groups = address.segments();
    let mut longest = 0..0;
    let mut start = 0;
    while start < groups.len() {
        let zeros = groups.iter().skip(start).take_while(|group| **group == 0).count();
        if zeros > longest.len() && zeros > 1 {
            longest = start..start + zeros;
        }
        start += zeros.max(1);
    }
    let join = |part: &[u16]| part.iter().map(|group| format!("{group:x}")).collect::<Vec<_>>().join(":");
    if longest.is_empty() {
        return join(&groups);
    }
    let (before, after) = (groups.get(..longest.start), groups.get(longest.end..));
    format!("{}::{}", join(before.unwrap_or_default()), join(after.unwrap_or_default()))
}

impl Network {
    fn of_argument(arguments: &[Value]) -> Result<Self, FunctionError> {
        let given = text(arguments, 0);
        Self::parse(given).ok_or_else(|| {
            let message = format!(
                "{given:?} is not a network in CIDR notation, which is an address, a slash and a number of bits, \
                 such as \"10.1.0.0/16\""
            );
            FunctionError::argument(0, message)
        })
    }

    /// Bits of the address beyond the prefix are dropped.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (width, address) = match parse_v4(address) {
            Some(v4) => (Width::V4, v4.into()),
            None => (Width::V6, parse_v6(address)?),
        };
        let prefix = decimal(prefix).filter(|prefix| *prefix <= width.bits())?;
        Some(Self { width, address: address & width.mask(prefix), prefix })
    }

    fn host_bits(&self) -> usize {
        (self.width.bits() - self.prefix) as usize
    }

    /// An IPv6 address that maps an IPv4 address, which Terraform treats as IPv4 in some places.
    fn is_mapped(&self) -> bool {
        self.width == Width::V6 && self.address >> 32 == 0xffff
    }

    /// The address with more bits set, if the result is an address.
    fn insert(&self, bits: &IBig) -> Option<u128> {
        let (_, size) = (IBig::from(self.address) | bits).into_parts();
        u128::try_from(size).ok().filter(|address| *address <= self.width.host_mask(0))
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let prefix = if self.is_mapped() { self.prefix.saturating_sub(96) } else { self.prefix };
        write!(f, "{}/{prefix}", self.width.show(self.address))
    }
}

/// Digits only, with leading zeros allowed, as long as the number stays small.
fn decimal(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().filter(|number| *number < 0xff_ffff)).flatten()
}

/// Leading zeros are allowed and do not mean octal, as in Terraform.
fn parse_v4(text: &str) -> Option<u32> {
    let mut parts = text.split('.');
    let mut address = 0;
    for _ in 0..4 {
        let part = decimal(parts.next()?).filter(|part| *part <= 0xff)?;
        address = address << 8 | part;
    }
    parts.next().is_none().then_some(address)
}

fn parse_v6(text: &str) -> Option<u128> {
    let (head, tail) = match text.split_once("::") {
        Some((head, tail)) => (groups(head)?, Some(groups(tail)?)),
        None => (groups(text).filter(|groups| groups.len() == 8)?, None),
    };
    let mut all = head;
    if let Some(tail) = tail {
        let missing = 8_usize.checked_sub(all.len() + tail.len()).filter(|missing| *missing > 0)?;
        all.extend(std::iter::repeat_n(0, missing));
        all.extend(tail);
    }
    Some(all.iter().fold(0, |address, group| address << 16 | u128::from(*group)))
}

/// Hexadecimal groups between colons, of which the last may be an IPv4 address.
fn groups(text: &str) -> Option<Vec<u16>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let mut groups = Vec::new();
    let mut parts = text.split(':').peekable();
    while let Some(part) = parts.next() {
        if part.contains('.') && parts.peek().is_none() {
            let [high_a, high_b, low_a, low_b] = parse_v4(part)?.to_be_bytes();
            groups.push(u16::from_be_bytes([high_a, high_b]));
            groups.push(u16::from_be_bytes([low_a, low_b]));
        } else {
            let hexadecimal = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit());
            groups.push(hexadecimal.then(|| u16::from_str_radix(part, 16).ok()).flatten()?);
        }
    }
    Some(groups)
}
