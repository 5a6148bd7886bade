//! What expressions come to for all instances of a block alike.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use foldhash::HashMap;

use crate::syntax::{ExprId, File};
use crate::value::Value;

/// The values of what a block says of all its instances: worked out for the first of them, and the same for the rest. It
/// lasts while the block has its turn, since by then everything that its expressions refer to has had its own.
///
/// Nothing is looked for in the text: whatever was worked out without asking for something of the instance would come out
/// the same for another one.
#[derive(Default)]
pub struct Shared {
    known: RefCell<HashMap<Key, Known>>,
    /// How often something of one instance alone was asked for.
    asked: Cell<usize>,
}

/// A place in a file, and the file by where it is.
type Key = (*const File, ExprId);

struct Known {
    /// So that no other file is where this one was.
    _file: Arc<File>,
    /// None for what is different for each instance.
    value: Option<Value>,
}

impl Shared {
    /// To be told whenever an expression sees something of one instance, or something that is never twice the same.
    pub fn note_own(&self) {
        self.asked.set(self.asked.get() + 1);
    }

    pub(super) fn times_own(&self) -> usize {
        self.asked.get()
    }

    /// What is known of an expression: nothing, that it is different for each instance, or its value.
    pub(super) fn get(&self, file: &Arc<File>, id: ExprId) -> Option<Option<Value>> {
        self.known.borrow().get(&(Arc::as_ptr(file), id)).map(|known| known.value.clone())
    }

    pub(super) fn put(&self, file: &Arc<File>, id: ExprId, value: Option<Value>) {
        let known = Known { _file: Arc::clone(file), value };
        self.known.borrow_mut().insert((Arc::as_ptr(file), id), known);
    }
}
