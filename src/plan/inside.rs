//! What becomes of the parts of an object that another engine looks after: the resources of a stack.

use std::sync::Arc;

/// The inside of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Ordered by name; parts that stay as they are do not occur.
    pub parts: Vec<Part>,
    /// What cannot be foreseen, in whole sentences.
    pub reservations: Vec<String>,
    /// The provider's notes, by which exactly this is carried out.
    pub notes: Arc<[u8]>,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is called inside the object.
    pub name: String,
    /// Its type, as the other engine calls it.
    pub kind: String,
    /// What it is called in the world, where it exists.
    pub id: Option<String>,
    pub action: PartAction,
    /// What is different about it, ordered by path.
    pub properties: Vec<Property>,
    /// Whether something would be lost with it that nobody can make again.
    pub holds_data: bool,
    /// What becomes of the one in the world, where it is removed or replaced.
    pub fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartAction {
    Add,
    Modify,
    /// Another takes its place.
    Replace,
    /// Another may take its place: that is known when it is done.
    PerhapsReplace,
    Remove,
    Import,
    /// What happens is known when it is done.
    Undecided,
}

/// What becomes of a part in the world that makes way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    #[default]
    Deleted,
    /// It stays, and is looked after no more.
    Kept,
    /// It goes, and a copy of its data stays.
    Copied,
}

/// One property of a part that changes. What it is and will be is text as the other engine has it: none where there is
/// nothing, or where it is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Steps separated by dots: `Properties.Tags.0.Value`, without the leading `Properties`.
    pub path: String,
    pub before: Option<String>,
    pub after: After,
    pub recreates: Recreation,
}

/// What a property will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    Known(Option<String>),
    /// Known when it is done.
    Unknown,
}

/// Whether a change of a property needs another object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recreation {
    Never,
    Perhaps,
    Always,
}

impl Part {
    /// Whether the one in the world makes way, or may. Of what is not decided the worst is thought where data is at stake.
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
