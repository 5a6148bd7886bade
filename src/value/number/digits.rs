//! Numbers split up for storage, and restored exactly.

use dashu_int::UBig;
use dashu_int::ops::BitTest as _;

use super::binary::Binary;
use super::{Form, Number, Repr};

/// A number without its precision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digits {
    Whole(i64),
    NegativeZero,
    Infinite {
        negative: bool,
    },
    /// The mantissa, its lowest byte first, times a power of two.
    Binary {
        negative: bool,
        mantissa: Vec<u8>,
        exponent: i64,
    },
}

impl Number {
    pub fn digits(&self) -> Digits {
        match &self.0 {
            Repr::Small { value, .. } => Digits::Whole(*value),
            Repr::Large(large) => match &large.form {
                Form::NegativeZero => Digits::NegativeZero,
                Form::Infinite { negative } => Digits::Infinite { negative: *negative },
                Form::Finite(binary) => Digits::Binary {
                    negative: binary.negative,
                    mantissa: binary.mantissa.to_le_bytes().to_vec(),
                    exponent: binary.exponent,
                },
            },
        }
    }

    /// `None` if no number has these.
    pub fn from_digits(digits: &Digits, precision: u32) -> Option<Self> {
        Some(match digits {
            Digits::Whole(value) => Self(Repr::Small { value: *value, precision }),
            Digits::NegativeZero => Self::zero(true, precision),
            Digits::Infinite { negative } => Self::infinity(*negative, precision),
            Digits::Binary { negative, mantissa, exponent } => {
                let mantissa = UBig::from_le_bytes(mantissa);
                // So far from the limits that arithmetic cannot overflow.
                exponent.checked_add(i64::try_from(mantissa.bit_len()).ok()?)?.checked_abs()?;
                let binary = Binary::new(*negative, mantissa, *exponent);
                match Self::from_binary(binary, precision) {
                    number @ Self(Repr::Large(_)) => number,
                    _ => return None,
                }
            }
        })
    }
}
