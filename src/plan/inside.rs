//! Nested changes: what happens to the parts of an object that are managed by another engine, such as the resources of
//! a CloudFormation stack.

use std::sync::Arc;

/// The nested changes of one change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Ordered by name, without unchanged parts.
    pub parts: Vec<Part>,
    /// What cannot be foreseen, in whole sentences.
    pub reservations: Vec<String>,
    /// The provider's notes, by which exactly these changes are carried out.
    pub notes: Arc<[u8]>,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name of the part inside the object.
    pub name: String,
    /// Its type in the terms of the other engine.
    pub kind: String,
    /// Its id in the outside world, if it exists.
    pub id: Option<String>,
    pub action: PartAction,
    /// The properties that change, ordered by path.
    pub properties: Vec<Property>,
    /// Whether its loss would be a loss of data that cannot be recreated.
    pub holds_data: bool,
    /// What happens to the existing one if it is removed or replaced.
    pub fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartAction {
    Add,
    Modify,
    /// It is replaced.
    Replace,
    /// It may be replaced: that is only known when the change is made.
    PerhapsReplace,
    Remove,
    Import,
    /// What happens is only known when the change is made.
    Undecided,
}

/// What happens to an existing part that is removed or replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    #[default]
    Deleted,
    /// It stays, and is no longer managed.
    Kept,
    /// It is deleted, and a copy of its data stays.
    Copied,
}

/// One property of a part that changes. Its values are text as the other engine writes it; `None` if there is no value,
/// or it is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Steps separated by dots: `Properties.Tags.0.Value`, without the leading `Properties`.
    pub path: String,
    pub before: Option<String>,
    pub after: After,
    pub recreates: Recreation,
}

/// The new value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    Known(Option<String>),
    /// Known only when the change is made.
    Unknown,
}

/// Whether a change of the property requires a replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recreation {
    Never,
    Perhaps,
    Always,
}

impl Part {
    /// Whether the existing part is, or may be, removed. Where data is at stake, the undecided counts as the worst
    /// case.
    pub fn loses(&self) -> bool {
        let goes = match self.action {
            PartAction::Replace | PartAction::PerhapsReplace | PartAction::Remove => true,
            PartAction::Undecided => self.holds_data && self.id.is_some(),
            PartAction::Add | PartAction::Modify | PartAction::Import => false,
        };
        goes && self.fate != Fate::Kept
    }

    /// Whether data may be lost.
    pub fn loses_data(&self) -> bool {
        self.holds_data && self.loses()
    }
}
