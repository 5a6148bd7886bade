//! The byte encoding of plans: variable-length numbers, and texts and types stored once each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashMap;

use crate::value::{Name, ObjectType, Type};

use super::FormatError;

/// A value that can be written and read back.
pub(super) trait Saved: Sized {
    fn save(&self, to: &mut Writer);
    fn load(from: &mut Reader<'_>) -> Loaded<Self>;
}

pub(super) type Loaded<T> = Result<T, FormatError>;

#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    texts: HashMap<Name, u64>,
    /// The texts by their address in memory, for a faster lookup. The table above keeps them alive, so the addresses
    /// stay valid.
    places: HashMap<*const str, u64>,
    pub(super) types: HashMap<Type, u64>,
    /// Types of objects by their address in memory, kept so that the addresses stay valid.
    pub(super) objects: HashMap<*const ObjectType, (Arc<ObjectType>, u64)>,
}

pub(super) struct Reader<'b> {
    rest: &'b [u8],
    texts: Vec<Name>,
    pub(super) types: Vec<Type>,
}

/// Texts up to this length are written once and referred to after that, because names recur all the time.
const SHORT: usize = 64;

/// The tag before a text: it follows; it follows and will be referred to; and from this number on, a reference to an
/// earlier one.
const HERE: u64 = 0;
const HERE_FIRST: u64 = 1;
const KNOWN: u64 = 2;

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Seven bits per byte, the lowest first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(super) fn length(&mut self, length: usize) {
        self.number(length as u64);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &Name) {
        if text.len() > SHORT {
            self.number(HERE);
            return self.bytes(text.as_bytes());
        }
        let place: *const str = &**text;
        if let Some(known) = self.places.get(&place).or_else(|| self.texts.get(text)) {
            return self.number(known + KNOWN);
        }
        let number = self.texts.len() as u64;
        self.texts.insert(Arc::clone(text), number);
        self.places.insert(place, number);
        self.number(HERE_FIRST);
        self.bytes(text.as_bytes());
    }
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, texts: Vec::new(), types: Vec::new() }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn byte(&mut self) -> Loaded<u8> {
        let (byte, rest) = self.rest.split_first().ok_or(FormatError::Damaged("it ends too soon"))?;
        self.rest = rest;
        Ok(*byte)
    }

    pub(super) fn number(&mut self) -> Loaded<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(FormatError::Damaged("a number in it is too large"))
    }

    /// The number of items that follow. Each takes at least one byte, so a number beyond the remaining bytes is
    /// refused.
    pub(super) fn length(&mut self) -> Loaded<usize> {
        let length = usize::try_from(self.number()?).ok().filter(|length| *length <= self.rest.len());
        length.ok_or(FormatError::Damaged("it ends too soon"))
    }

    pub(super) fn bytes(&mut self) -> Loaded<&'b [u8]> {
        let length = self.length()?;
        let (bytes, rest) =
            self.rest.split_at_checked(length).ok_or(FormatError::Damaged("it ends too soon"))?;
        self.rest = rest;
        Ok(bytes)
    }

    fn str(&mut self) -> Loaded<&'b str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| FormatError::Damaged("a text in it is none"))
    }

    fn text(&mut self) -> Loaded<Name> {
        match self.number()? {
            HERE => Ok(self.str()?.into()),
            HERE_FIRST => {
                let text: Name = self.str()?.into();
                self.texts.push(Arc::clone(&text));
                Ok(text)
            }
            known => {
                let text = usize::try_from(known - KNOWN).ok().and_then(|index| self.texts.get(index));
                text.cloned().ok_or(FormatError::Damaged("it refers to a text that is not in it"))
            }
        }
    }
}

impl Saved for Name {
    fn save(&self, to: &mut Writer) {
        to.text(self);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        from.text()
    }
}

impl Saved for String {
    fn save(&self, to: &mut Writer) {
        to.bytes(self.as_bytes());
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(from.str()?.to_owned())
    }
}

impl Saved for Arc<[u8]> {
    fn save(&self, to: &mut Writer) {
        to.bytes(self);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(from.bytes()?.into())
    }
}

impl Saved for bool {
    fn save(&self, to: &mut Writer) {
        to.byte(u8::from(*self));
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(FormatError::Damaged("something in it is neither yes nor no")),
        }
    }
}

impl Saved for u64 {
    fn save(&self, to: &mut Writer) {
        to.number(*self);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        from.number()
    }
}

impl Saved for usize {
    fn save(&self, to: &mut Writer) {
        to.number(*self as u64);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Self::try_from(from.number()?).map_err(|_| FormatError::Damaged("a number in it is too large"))
    }
}

impl<T: Saved> Saved for Option<T> {
    fn save(&self, to: &mut Writer) {
        self.is_some().save(to);
        if let Some(value) = self {
            value.save(to);
        }
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        bool::load(from)?.then(|| T::load(from)).transpose()
    }
}

impl<T: Saved> Saved for Box<T> {
    fn save(&self, to: &mut Writer) {
        T::save(self, to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        T::load(from).map(Self::new)
    }
}

impl<T: Saved> Saved for Vec<T> {
    fn save(&self, to: &mut Writer) {
        save_all(self, to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        let length = from.length()?;
        (0..length).map(|_| T::load(from)).collect()
    }
}

pub(super) fn save_all<T: Saved>(items: &[T], to: &mut Writer) {
    to.length(items.len());
    items.iter().for_each(|item| item.save(to));
}

impl<T: Saved + Ord> Saved for BTreeSet<T> {
    fn save(&self, to: &mut Writer) {
        to.length(self.len());
        self.iter().for_each(|item| item.save(to));
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        let length = from.length()?;
        (0..length).map(|_| T::load(from)).collect()
    }
}

impl<K: Saved + Ord, V: Saved> Saved for BTreeMap<K, V> {
    fn save(&self, to: &mut Writer) {
        save_pairs(self.iter(), to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        load_pairs(from)
    }
}

/// Writes a table, however it is stored.
pub(super) fn save_pairs<'p, K: Saved + 'p, V: Saved + 'p>(
    pairs: impl ExactSizeIterator<Item = (&'p K, &'p V)>,
    to: &mut Writer,
) {
    to.length(pairs.len());
    for (key, value) in pairs {
        key.save(to);
        value.save(to);
    }
}

pub(super) fn load_pairs<K: Saved, V: Saved, T: FromIterator<(K, V)>>(from: &mut Reader<'_>) -> Loaded<T> {
    let length = from.length()?;
    (0..length).map(|_| Ok((K::load(from)?, V::load(from)?))).collect()
}

impl<A: Saved, B: Saved> Saved for (A, B) {
    fn save(&self, to: &mut Writer) {
        self.0.save(to);
        self.1.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok((A::load(from)?, B::load(from)?))
    }
}

/// Implements `Saved` for a struct as its fields, in this order: a field that is missing here does not compile.
macro_rules! record {
    ($type:path { $($field:ident),* $(,)? }) => {
        impl Saved for $type {
            fn save(&self, to: &mut Writer) {
                let Self { $($field),* } = self;
                deep(|| { $($field.save(to);)* });
            }

            fn load(from: &mut Reader<'_>) -> Loaded<Self> {
                deep(|| Ok(Self { $($field: Saved::load(from)?),* }))
            }
        }
    };
}

/// Runs one step of a recursion, on a new stack segment if the present one is nearly full, because a file may nest
/// arbitrarily deep.
pub(super) fn deep<R>(step: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, step)
}

/// Implements `Saved` for an enum without content, each variant as a number.
macro_rules! word {
    ($type:path { $($word:ident = $number:literal),* $(,)? }) => {
        impl Saved for $type {
            fn save(&self, to: &mut Writer) {
                to.byte(match self { $(Self::$word => $number),* });
            }

            fn load(from: &mut Reader<'_>) -> Loaded<Self> {
                match from.byte()? {
                    $($number => Ok(Self::$word),)*
                    _ => Err(FormatError::Damaged("there is a word in it that nobody knows")),
                }
            }
        }
    };
}

pub(super) use {record, word};
