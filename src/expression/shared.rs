//! The values of expressions that are the same for all instances of a block.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use foldhash::HashMap;

use crate::syntax::{ExprId, File};
use crate::value::Value;

/// A cache for the values of a block's expressions: computed for the first instance and reused for the others. It lives
/// only while the instances of the block are evaluated, when everything that the expressions refer to is final.
///
/// The text is not analysed: whatever was computed without asking for anything of the instance would be the same for
/// another one.
#[derive(Default)]
pub struct Shared {
    known: RefCell<HashMap<Key, Known>>,
    /// How often something of the single instance was asked for.
    asked: Cell<usize>,
}

/// A node, and the address of its file.
type Key = (*const File, ExprId);

struct Known {
    /// Keeps the file alive, so that no other file gets its address.
    _file: Arc<File>,
    /// None for a value that differs between instances.
    value: Option<Value>,
}

impl Shared {
    /// To be called whenever an expression uses something of one instance, or something that changes with each
    /// evaluation.
    pub fn note_own(&self) {
        self.asked.set(self.asked.get() + 1);
    }

    pub(super) fn times_own(&self) -> usize {
        self.asked.get()
    }

    /// What is known of an expression: nothing, that it differs between instances, or its value.
    pub(super) fn get(&self, file: &Arc<File>, id: ExprId) -> Option<Option<Value>> {
        self.known.borrow().get(&(Arc::as_ptr(file), id)).map(|known| known.value.clone())
    }

    pub(super) fn put(&self, file: &Arc<File>, id: ExprId, value: Option<Value>) {
        let known = Known { _file: Arc::clone(file), value };
        self.known.borrow_mut().insert((Arc::as_ptr(file), id), known);
    }
}
