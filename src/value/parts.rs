//! What a compound value is made of, and how much that is.
//!
//! Values share their parts, so that a few lines can make one that would fill every memory there is if it were
//! walked: each of sixty lines holds the one before it twice. Every compound value therefore knows what it would be
//! as a tree, and whoever makes values asks that before anybody walks them.

use std::ops::Deref;

use super::{Entries, Kind, Type, Value, deep};

/// No value may be heavier: about as many values inside of it, however often they are shared, or 2 GiB of text.
const HEAVIEST: u32 = 1 << 25;

/// How much text weighs as much as a value.
const TEXT: usize = 64;

/// What a table by name costs beside what is in it.
const NAMES: u32 = 2;

/// The parts of a compound value.
#[derive(Clone)]
pub struct Parts<C> {
    parts: C,
    weight: u32,
}

impl From<Vec<Value>> for Parts<Vec<Value>> {
    fn from(parts: Vec<Value>) -> Self {
        Self { weight: sum(&parts), parts }
    }
}

impl From<Entries> for Parts<Entries> {
    fn from(parts: Entries) -> Self {
        Self { weight: sum(parts.values()).saturating_add(NAMES), parts }
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

impl<C> Parts<C> {
    /// Only for taking values down: what is changed still weighs what it did.
    pub(super) fn give_up(&mut self) -> &mut C {
        &mut self.parts
    }
}

impl Value {
    /// Whether this is more than anybody could walk, print or compare.
    pub fn is_too_heavy(&self) -> bool {
        self.weight() > HEAVIEST
    }

    /// About how many parts it has as a tree, with what it takes to hold them.
    pub fn weight(&self) -> u32 {
        match self.kind() {
            Kind::Bool(_) | Kind::Number(_) | Kind::Type(_) => 1,
            Kind::String(text) => u32::try_from(text.len() / TEXT).unwrap_or(u32::MAX).saturating_add(1),
            Kind::Null(ty) | Kind::Unknown(ty, _) => ty.weight(),
            Kind::List(list) => list.items.weight,
            Kind::Set(set) => set.items.weight,
            Kind::Map(map) => map.items.weight,
            Kind::Tuple(items) => items.weight,
            Kind::Object(attributes) => attributes.weight,
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
        // Where nothing is left nobody knows how much more there would have been.
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

fn sum<'v>(parts: impl IntoIterator<Item = &'v Value>) -> u32 {
    parts.into_iter().fold(1_u32, |sum, part| sum.saturating_add(part.weight()))
}
