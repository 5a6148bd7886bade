//! The parts of compound values, and their total size.
//!
//! Values share their parts, so a few lines can make one that would fill all memory if it were walked: each of sixty
//! lines containing the previous one twice. So every compound value knows its size as a tree, and whoever makes values
//! checks it before anybody walks them. It also knows whether anything inside is marked or unknown, which is asked
//! often and is mostly not the case.

use std::ops::Deref;

use super::{Entries, Kind, Type, Value, deep};

/// The maximum weight of a value: about this many values inside it, counting shared ones each time, or 2 GiB of text.
const HEAVIEST: u32 = 1 << 25;

/// A recursion this deep needs no more stack than there always is.
const SHALLOW: u32 = 100;

/// This much text weighs as much as one value.
const TEXT: usize = 64;

/// The weight of a table by name, besides its content.
const NAMES: u32 = 2;

/// The parts of a compound value.
#[derive(Clone)]
pub struct Parts<C> {
    parts: C,
    sum: Sum,
}

/// The totals over all parts, at any depth.
#[derive(Clone, Copy, Default)]
struct Sum {
    weight: u32,
    marked: bool,
    unknown: bool,
}

impl From<Vec<Value>> for Parts<Vec<Value>> {
    fn from(parts: Vec<Value>) -> Self {
        Self { sum: Sum::of(1, &parts), parts }
    }
}

impl From<Entries> for Parts<Entries> {
    fn from(parts: Entries) -> Self {
        Self { sum: Sum::of(1 + NAMES, parts.values()), parts }
    }
}

impl Sum {
    fn of<'v>(itself: u32, parts: impl IntoIterator<Item = &'v Value>) -> Self {
        let start = Self { weight: itself, ..Self::default() };
        parts.into_iter().fold(start, |sum, part| Self {
            weight: sum.weight.saturating_add(part.weight()),
            marked: sum.marked || part.is_marked_deep(),
            unknown: sum.unknown || !part.is_wholly_known(),
        })
    }
}

impl<C, I> FromIterator<I> for Parts<C>
where
    C: FromIterator<I>,
    Self: From<C>,
{
    fn from_iter<T: IntoIterator<Item = I>>(parts: T) -> Self {
        C::from_iter(parts).into()
    }
}

impl<C> Deref for Parts<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.parts
    }
}

impl<'a, C> IntoIterator for &'a Parts<C>
where
    &'a C: IntoIterator,
{
    type Item = <&'a C as IntoIterator>::Item;
    type IntoIter = <&'a C as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter()
    }
}

impl Value {
    /// Whether this is too large to be walked, printed or compared.
    pub fn is_too_heavy(&self) -> bool {
        self.weight() > HEAVIEST
    }

    /// Roughly the number of its parts as a tree, including the containers.
    pub fn weight(&self) -> u32 {
        match self.kind() {
            Kind::Bool(_) | Kind::Number(_) | Kind::Type(_) => 1,
            Kind::String(text) => u32::try_from(text.len() / TEXT).unwrap_or(u32::MAX).saturating_add(1),
            Kind::Null(ty) | Kind::Unknown(ty, _) => ty.weight(),
            Kind::List(_) | Kind::Set(_) | Kind::Map(_) | Kind::Tuple(_) | Kind::Object(_) => {
                self.inside().weight
            }
        }
    }

    /// Whether it and everything inside it is known.
    pub fn is_wholly_known(&self) -> bool {
        self.is_known() && !self.inside().unknown
    }

    /// Whether the value or anything inside it is marked.
    pub fn is_marked_deep(&self) -> bool {
        !self.marks.is_empty() || self.inside().marked
    }

    /// Whether it could be nested so deeply that a recursion must look after its stack: nothing is deeper than it is heavy.
    pub(super) fn may_be_deep(&self) -> bool {
        self.inside().weight > SHALLOW
    }

    fn inside(&self) -> Sum {
        match self.kind() {
            Kind::List(list) => list.items.sum,
            Kind::Set(set) => set.items.sum,
            Kind::Map(map) => map.items.sum,
            Kind::Tuple(items) => items.sum,
            Kind::Object(attributes) => attributes.sum,
            _ => Sum::default(),
        }
    }
}

impl Type {
    fn weight(&self) -> u32 {
        if self.is_primitive() || *self == Self::Dynamic {
            return 2;
        }
        let mut left = HEAVIEST;
        self.weigh(&mut left);
        // Once the limit is reached, the rest is unknown.
        if left == 0 { u32::MAX } else { HEAVIEST - left }
    }

    fn weigh(&self, left: &mut u32) {
        *left = left.saturating_sub(1);
        if *left == 0 {
            return;
        }
        *left -= 1;
        match self {
            Self::Dynamic | Self::Bool | Self::Number | Self::String | Self::Type => {}
            Self::List(element) | Self::Set(element) | Self::Map(element) => deep(|| element.weigh(left)),
            Self::Tuple(elements) => deep(|| elements.iter().for_each(|ty| ty.weigh(left))),
            Self::Object(object) => deep(|| object.attributes.values().for_each(|ty| ty.weigh(left))),
        }
    }
}
