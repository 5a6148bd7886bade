//! Recently compiled patterns: a loop uses the same few again and again, and compiling one takes a hundred times as
//! long as matching it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::pattern::Pattern;

/// More than any expression uses at once, and few enough to keep.
const MOST: usize = 64;

thread_local! {
    static RECENT: RefCell<HashMap<String, Rc<Pattern>>> = RefCell::default();
}

/// As [`Pattern::compile`], once per text.
pub(super) fn compile(text: &str) -> Result<Rc<Pattern>, String> {
    if let Some(found) = RECENT.with_borrow(|recent| recent.get(text).cloned()) {
        return Ok(found);
    }
    let pattern = Rc::new(Pattern::compile(text)?);
    RECENT.with_borrow_mut(|recent| {
        if recent.len() == MOST {
            recent.clear();
        }
        recent.insert(text.to_owned(), Rc::clone(&pattern));
    });
    Ok(pattern)
}
