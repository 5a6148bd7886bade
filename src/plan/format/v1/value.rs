//! Values, with marks and refinements, and types.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::format::FormatError;
use crate::plan::format::codec::{
    Loaded, Reader, Saved, Writer, deep, load_pairs, record, save_all, save_pairs,
};
use crate::value::{
    Bound, Digits, Entries, Kind, Mark, Marks, Name, Number, ObjectType, Origin, Path, PathStep, Refinement,
    Role, Type, Value,
};

/// Set in the tag of a value that is followed by marks.
const MARKED: u8 = 0x80;

impl Saved for Entries {
    fn save(&self, to: &mut Writer) {
        save_pairs(self.iter(), to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        load_pairs::<Name, Value, _>(from)
    }
}

impl Saved for Value {
    fn save(&self, to: &mut Writer) {
        let kind = match self.kind() {
            Kind::Null(_) => 0,
            Kind::Unknown(..) => 1,
            Kind::Bool(false) => 2,
            Kind::Bool(true) => 3,
            Kind::Number(_) => 4,
            Kind::String(_) => 5,
            Kind::List(_) => 6,
            Kind::Set(_) => 7,
            Kind::Map(_) => 8,
            Kind::Tuple(_) => 9,
            Kind::Object(_) => 10,
            Kind::Type(_) => 11,
        };
        if self.marks().is_empty() {
            to.byte(kind);
        } else {
            to.byte(kind | MARKED);
            self.marks().iter().cloned().collect::<Vec<Mark>>().save(to);
        }
        match self.kind() {
            Kind::Bool(_) => {}
            Kind::Null(ty) => ty.save(to),
            Kind::Unknown(ty, facts) => {
                ty.save(to);
                facts.save(to);
            }
            Kind::Number(number) => number.save(to),
            Kind::String(text) => text.save(to),
            Kind::List(list) => {
                list.element.save(to);
                deep(|| list.items.save(to));
            }
            Kind::Set(set) => {
                set.element().save(to);
                deep(|| save_all(set.items(), to));
            }
            Kind::Map(map) => {
                map.element.save(to);
                deep(|| map.items.save(to));
            }
            Kind::Tuple(items) => deep(|| items.save(to)),
            Kind::Object(entries) => deep(|| entries.save(to)),
            Kind::Type(ty) => ty.as_ref().save(to),
        }
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        let kind = from.byte()?;
        let marks: Marks = match kind & MARKED {
            0 => Marks::none(),
            _ => Vec::<Mark>::load(from)?.into_iter().collect(),
        };
        let value = match kind & !MARKED {
            0 => Self::null(Saved::load(from)?),
            1 => Kind::Unknown(Saved::load(from)?, Saved::load(from)?).into(),
            2 => Self::bool(false),
            3 => Self::bool(true),
            4 => Self::number(Saved::load(from)?),
            5 => Self::normalized_string(Saved::load(from)?),
            6 => Self::list(Saved::load(from)?, deep(|| Saved::load(from))?),
            7 => Self::set(Saved::load(from)?, deep(|| Saved::load(from))?),
            8 => Self::map(Saved::load(from)?, deep(|| Entries::load(from))?),
            9 => Self::tuple(deep(|| Saved::load(from))?),
            10 => Self::object(deep(|| Entries::load(from))?),
            11 => Kind::Type(Arc::new(Saved::load(from)?)).into(),
            _ => return Err(FormatError::Damaged("there is a value in it that is none")),
        };
        Ok(value.with_marks(&marks))
    }
}

impl Saved for Mark {
    fn save(&self, to: &mut Writer) {
        match self {
            Self::Sensitive => to.byte(0),
            Self::Ephemeral => to.byte(1),
            Self::TypeReveal => to.byte(2),
            // Origins only exist in parity runs, which make no plan.
            Self::Origin(origin) => {
                to.byte(3);
                origin.parameter.save(to);
            }
        }
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        match from.byte()? {
            0 => Ok(Self::Sensitive),
            1 => Ok(Self::Ephemeral),
            2 => Ok(Self::TypeReveal),
            3 => Ok(Self::Origin(Origin::new(Name::load(from)?, Role::Part))),
            _ => Err(FormatError::Damaged("there is a mark in it that nobody knows")),
        }
    }
}

record!(Refinement { not_null, prefix, lower, upper, length_lower, length_upper });
record!(Bound { limit, inclusive });

/// Nearly all are small, and take little more than a tag.
impl Saved for Number {
    fn save(&self, to: &mut Writer) {
        u64::from(self.precision()).save(to);
        match self.digits() {
            Digits::Whole(value) if value >= 0 => {
                to.byte(0);
                to.number(value.unsigned_abs());
            }
            Digits::Whole(value) => {
                to.byte(1);
                to.number(value.unsigned_abs());
            }
            Digits::NegativeZero => to.byte(2),
            Digits::Infinite { negative } => to.byte(3 + u8::from(negative)),
            Digits::Binary { negative, mantissa, exponent } => {
                to.byte(5 + u8::from(negative));
                (exponent < 0).save(to);
                to.number(exponent.unsigned_abs());
                to.bytes(&mantissa);
            }
        }
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        const WRONG: FormatError = FormatError::Damaged("there is a number in it that is none");
        let signed = |negative: bool, size: u64| {
            if negative { 0_i64.checked_sub_unsigned(size) } else { i64::try_from(size).ok() }.ok_or(WRONG)
        };
        let precision = u32::try_from(from.number()?).map_err(|_| WRONG)?;
        let digits = match from.byte()? {
            kind @ (0 | 1) => Digits::Whole(signed(kind == 1, from.number()?)?),
            2 => Digits::NegativeZero,
            kind @ (3 | 4) => Digits::Infinite { negative: kind == 4 },
            kind @ (5 | 6) => {
                let below = bool::load(from)?;
                let exponent = signed(below, from.number()?)?;
                Digits::Binary { negative: kind == 6, mantissa: from.bytes()?.to_vec(), exponent }
            }
            _ => return Err(WRONG),
        };
        Self::from_digits(&digits, precision).ok_or(WRONG)
    }
}

/// The tag before a type: a primitive; or a larger type that follows, or that is referred to by number.
const HERE: u8 = 10;
const KNOWN: u8 = 11;

/// At most this many types are found by address; beyond that, each is compared by content.
const FEW: usize = 256;

/// The number of a type that has been written.
fn number(ty: &Type, to: &mut Writer) -> Option<u64> {
    let Type::Object(object) = ty else { return to.types.get(ty).copied() };
    if let Some((_, number)) = to.objects.get(&Arc::as_ptr(object)) {
        return Some(*number);
    }
    let number = to.types.get(ty).copied()?;
    if to.objects.len() < FEW {
        to.objects.insert(Arc::as_ptr(object), (Arc::clone(object), number));
    }
    Some(number)
}

impl Saved for Type {
    fn save(&self, to: &mut Writer) {
        match self {
            Self::Dynamic => return to.byte(0),
            Self::Bool => return to.byte(1),
            Self::Number => return to.byte(2),
            Self::String => return to.byte(3),
            Self::Type => return to.byte(4),
            _ => {}
        }
        if let Some(known) = number(self, to) {
            to.byte(KNOWN);
            return to.number(known);
        }
        to.byte(HERE);
        match self {
            Self::List(element) => {
                to.byte(0);
                deep(|| element.save(to));
            }
            Self::Set(element) => {
                to.byte(1);
                deep(|| element.save(to));
            }
            Self::Map(element) => {
                to.byte(2);
                deep(|| element.save(to));
            }
            Self::Tuple(elements) => {
                to.byte(3);
                deep(|| elements.save(to));
            }
            Self::Object(object) => {
                to.byte(4);
                deep(|| object.attributes.save(to));
                object.optional.iter().cloned().collect::<Vec<_>>().save(to);
            }
            Self::Dynamic | Self::Bool | Self::Number | Self::String | Self::Type => {}
        }
        // The types inside have their numbers already.
        to.types.insert(self.clone(), to.types.len() as u64);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        const WRONG: FormatError = FormatError::Damaged("there is a type in it that is none");
        let ty = match from.byte()? {
            0 => return Ok(Self::Dynamic),
            1 => return Ok(Self::Bool),
            2 => return Ok(Self::Number),
            3 => return Ok(Self::String),
            4 => return Ok(Self::Type),
            KNOWN => {
                let known = usize::load(from)?;
                return from.types.get(known).cloned().ok_or(WRONG);
            }
            HERE => match from.byte()? {
                0 => Self::list(deep(|| Saved::load(from))?),
                1 => Self::set(deep(|| Saved::load(from))?),
                2 => Self::map(deep(|| Saved::load(from))?),
                3 => Self::tuple(deep(|| Saved::load(from))?),
                4 => {
                    let attributes = deep(|| Saved::load(from))?;
                    let optional: BTreeSet<_> = Vec::load(from)?.into_iter().collect();
                    Self::Object(Arc::new(ObjectType { attributes, optional }))
                }
                _ => return Err(WRONG),
            },
            _ => return Err(WRONG),
        };
        from.types.push(ty.clone());
        Ok(ty)
    }
}

impl Saved for Path {
    fn save(&self, to: &mut Writer) {
        self.0.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self(Saved::load(from)?))
    }
}

impl Saved for PathStep {
    fn save(&self, to: &mut Writer) {
        match self {
            Self::Attribute(name) => {
                to.byte(0);
                name.save(to);
            }
            Self::Index(key) => {
                to.byte(1);
                key.save(to);
            }
        }
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        match from.byte()? {
            0 => Ok(Self::Attribute(Saved::load(from)?)),
            1 => Ok(Self::Index(Saved::load(from)?)),
            _ => Err(FormatError::Damaged("there is a path in it that is none")),
        }
    }
}
