//! The rules that must hold before an environment is changed, and how a plan breaks them.
//!
//! The blocks of all ancestors count: inherited rules can only be tightened. The person's consent arrives as
//! [`Claims`], the circumstances as data.

mod branch;
mod deny;
mod pattern;
#[cfg(test)]
mod tests;
mod window;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::address::{EnvironmentName, ResourceMode};
use crate::diag::{Diagnostic, Span, closest};
use crate::plan::{Action, Mode, Plan};
use crate::value::Name;

use super::choice::Chosen;
use super::definition::{Protect, Tier};

pub use branch::Checkout;
pub use pattern::Pattern;
pub use window::{Window, are_open, next_closing, next_opening};

/// How many objects or files a message lists.
const NAMED: usize = 10;

/// The rules, by the words that people use for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    Confirm,
    AllowDestroy,
    DenyDestroy,
    Windows,
    Branches,
}

/// The consent that a person gives for a change.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// The environment's name, as typed.
    pub confirmed: Option<String>,
    /// Whether the plan may destroy.
    pub allow_destroy: bool,
    /// Rules to override this once. The reason is kept elsewhere.
    pub overridden: BTreeSet<Rule>,
}

/// The present circumstances.
#[derive(Clone, Debug)]
pub struct Circumstances {
    pub now: Timestamp,
    /// `None` outside a repository; the error is a sentence.
    pub checkout: Result<Option<Checkout>, String>,
}

/// All rules about changing one environment.
#[derive(Clone, Debug)]
pub struct Rules {
    pub environment: EnvironmentName,
    /// None if the project declares no environments.
    pub tier: Option<Tier>,
    /// The most general first.
    blocks: Vec<(EnvironmentName, Protect)>,
    /// Protection patterns that were in force at the last apply.
    remembered: BTreeSet<Name>,
    span: Option<Span>,
}

/// A rule that a plan breaks.
#[derive(Clone, Debug)]
pub struct Breach {
    pub rule: Rule,
    pub diagnostic: Diagnostic,
    /// Whether the block with the rule allows overriding it.
    pub is_overridable: bool,
}

/// The result of checking a plan against the rules.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Breaches that were not overridden.
    pub faults: Vec<Diagnostic>,
    /// Rules that were broken and overridden.
    pub set_aside: BTreeSet<Rule>,
}

/// One rule, to be shown before consent is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleLine {
    pub rule: Rule,
    pub says: String,
}

impl Rule {
    pub const ALL: [Self; 5] =
        [Self::Confirm, Self::AllowDestroy, Self::DenyDestroy, Self::Windows, Self::Branches];

    /// The rules that can be overridden with a reason. The others have a flag of their own.
    pub const OVERRIDABLE: [Self; 3] = [Self::DenyDestroy, Self::Windows, Self::Branches];

    pub fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::AllowDestroy => "allow_destroy",
            Self::DenyDestroy => "deny_destroy",
            Self::Windows => "windows",
            Self::Branches => "branches",
        }
    }

    /// Parses a rule that can be overridden.
    pub fn to_override(word: &str) -> Result<Self, Diagnostic> {
        if let Some(rule) = Self::OVERRIDABLE.into_iter().find(|rule| rule.word() == word) {
            return Ok(rule);
        }
        let known = Self::OVERRIDABLE.map(Self::word);
        let why = match Self::ALL.into_iter().find(|rule| rule.word() == word) {
            Some(Self::Confirm) => "\"confirm\" is met with --confirm and the environment's name.".to_owned(),
            Some(_) => "\"allow_destroy\" is met with --allow-destroy.".to_owned(),
            None => format!(
                "What can be set aside are the rules {}, and not \"{word}\".",
                known.map(|word| format!("\"{word}\"")).join(", ")
            ),
        };
        let fault = Diagnostic::error("Unknown rule", why);
        Err(match closest(word, known) {
            Some(meant) => fault.hint(format!("Did you mean \"{meant}\"?")),
            None => fault,
        })
    }
}

impl Rules {
    pub fn new(environment: &EnvironmentName, chosen: Option<&Chosen>, remembered: BTreeSet<Name>) -> Self {
        let blocks = chosen.into_iter().flat_map(Chosen::protections);
        Self {
            environment: environment.clone(),
            tier: chosen.map(|chosen| chosen.tier),
            blocks: blocks.map(|(name, protect)| (name.clone(), protect.clone())).collect(),
            remembered,
            span: chosen.map(Chosen::span),
        }
    }

    /// Why the environment's name must be given; `None` if it need not be.
    pub fn confirms(&self) -> Option<(&'static str, Option<&Span>)> {
        let said =
            self.blocks.iter().rev().filter_map(|(owner, block)| Some((owner, block.confirm.as_ref()?)));
        let said: Vec<_> = said.collect();
        if let Some((_, (_, span))) = said.iter().find(|(_, (confirm, _))| *confirm) {
            return Some(("terrace.hcl says so", Some(span)));
        }
        // Only the environment itself can lift the default of its tier, and not one that it extends.
        let lifted = said.iter().any(|(owner, _)| **owner == self.environment);
        (self.tier == Some(Tier::Production) && !lifted).then_some(("its tier is production", None))
    }

    /// Whether destroying requires a flag.
    fn asks_before_destroying(&self) -> bool {
        self.tier == Some(Tier::Production)
    }

    /// The patterns that the next apply brings into force or lifts.
    pub fn changes(&self, mode: Mode) -> BTreeMap<Name, Action> {
        if mode == Mode::RefreshOnly {
            return BTreeMap::new();
        }
        let declared: BTreeSet<&Name> = self
            .blocks
            .iter()
            .flat_map(|(_, block)| &block.deny_destroy)
            .map(|(pattern, _)| pattern)
            .collect();
        let begin = declared.iter().filter(|pattern| !self.remembered.contains(**pattern));
        let begin = begin.map(|pattern| ((*pattern).clone(), Action::Create));
        let lifted = self.remembered.iter().filter(|pattern| !declared.contains(pattern));
        begin.chain(lifted.map(|pattern| (pattern.clone(), Action::Delete))).collect()
    }

    /// Checks a plan against every rule.
    pub fn judge(&self, plan: &Plan, claims: &Claims, circumstances: &Circumstances) -> Verdict {
        let mut verdict = Verdict::default();
        if let Some(typed) = &claims.confirmed
            && typed != self.environment.as_str()
        {
            let why =
                format!("What was confirmed is \"{typed}\", and this plan is for {}.", self.environment);
            let hint = format!("If {env} is what you mean: --confirm {env}", env = self.environment);
            verdict.faults.push(Diagnostic::error("Confirmation of another environment", why).hint(hint));
        }
        // Refreshing, and storing what was found, changes no object.
        if !plan.has_changes() || plan.options.mode == Mode::RefreshOnly {
            return verdict;
        }
        for breach in self.breaches(plan, claims, circumstances) {
            let Breach { rule, diagnostic, is_overridable } = breach;
            let wanted = claims.overridden.contains(&rule);
            if wanted && is_overridable {
                verdict.set_aside.insert(rule);
                continue;
            }
            let word = rule.word();
            let more = if is_overridable {
                Some(format!(
                    "In an emergency: --override {word} --reason \"...\", which is kept in the history."
                ))
            } else if wanted {
                Some(format!(
                    "--override {word} does not help: what has the rule does not name it in overridable."
                ))
            } else {
                None
            };
            let hints: Vec<String> = diagnostic.hint.clone().into_iter().chain(more).collect();
            verdict.faults.push(if hints.is_empty() { diagnostic } else { diagnostic.hint(hints.join(" ")) });
        }
        verdict
    }

    /// Every rule that the plan breaks, overridable or not.
    pub fn breaches(&self, plan: &Plan, claims: &Claims, circumstances: &Circumstances) -> Vec<Breach> {
        let mut breaches = self.denied(plan);
        breaches.extend(self.destroying(plan, claims));
        breaches.extend(self.outside_of_windows(circumstances.now));
        breaches.extend(self.on_another_branch(circumstances));
        breaches.extend(self.unconfirmed(claims));
        breaches
    }

    fn unconfirmed(&self, claims: &Claims) -> Option<Breach> {
        let (why, span) = self.confirms()?;
        if claims.confirmed.is_some() {
            return None;
        }
        let environment = &self.environment;
        let text = format!(
            "Changing {environment} takes its name, because {why} (rule confirm). -auto-approve does not stand for it."
        );
        let diagnostic = Diagnostic::error("Confirmation is missing", text)
            .hint(format!("Type the name when asked, or give it: --confirm {environment}"));
        let diagnostic = at(diagnostic, span.or(self.span.as_ref()));
        Some(Breach { rule: Rule::Confirm, diagnostic, is_overridable: false })
    }

    fn destroying(&self, plan: &Plan, claims: &Claims) -> Option<Breach> {
        if !self.asks_before_destroying() || claims.allow_destroy {
            return None;
        }
        let managed = plan.changes.iter().filter(|one| one.address.resource.mode == ResourceMode::Managed);
        let lost = managed.flat_map(|change| match change.action.destroys() {
            true => vec![change.address.to_string()],
            // Losing data inside an object counts as losing an object.
            false => {
                let parts = change.inside.iter().flat_map(|inside| &inside.parts);
                let lost = parts.filter(|part| part.loses_data());
                lost.map(|part| format!("{}/{}", change.address, part.name)).collect()
            }
        });
        let lost: Vec<String> = lost.collect();
        if lost.is_empty() {
            return None;
        }
        let text = format!(
            "This plan destroys or replaces {}, and the tier of {} is production (rule allow_destroy).",
            named(&lost),
            self.environment
        );
        let diagnostic = Diagnostic::error("Destroying is not allowed", text)
            .hint("If this is what you want, say so: --allow-destroy");
        let diagnostic = at(diagnostic, self.span.as_ref());
        Some(Breach { rule: Rule::AllowDestroy, diagnostic, is_overridable: false })
    }

    fn outside_of_windows(&self, now: Timestamp) -> Vec<Breach> {
        let lists = self.windows();
        let closed =
            self.blocks.iter().filter_map(|(owner, block)| Some((owner, block, block.windows.as_ref()?)));
        let closed = closed.filter(|(_, _, (texts, _))| !are_open(&[parsed(texts)], now));
        let opening = next_opening(&lists, now);
        closed
            .map(|(owner, block, (texts, span))| {
                let windows: Vec<String> = texts.iter().map(|(text, _)| format!("\"{text}\"")).collect();
                let whose = if *owner == self.environment {
                    format!("The environment {owner} is")
                } else {
                    format!("What {} inherits from {owner} is that it is", self.environment)
                };
                let text = format!("{whose} changed only in {} (rule windows).", windows.join(" or "));
                let hint = match &opening {
                    Some((moment, zone)) => format!(
                        "The next window opens {}.",
                        moment.to_zoned(zone.clone()).strftime("on %A, %Y-%m-%d at %H:%M %Q")
                    ),
                    None => "No moment of the next two weeks lies in all windows.".to_owned(),
                };
                Breach {
                    rule: Rule::Windows,
                    diagnostic: Diagnostic::error("Outside of the change windows", text)
                        .at(span.clone())
                        .hint(hint),
                    is_overridable: is_overridable(block, Rule::Windows),
                }
            })
            .collect()
    }

    fn windows(&self) -> Vec<Vec<Window>> {
        self.blocks.iter().filter_map(|(_, block)| Some(parsed(&block.windows.as_ref()?.0))).collect()
    }

    fn on_another_branch(&self, circumstances: &Circumstances) -> Vec<Breach> {
        let rules = self.blocks.iter().filter_map(|(_, block)| Some((block, block.branches.as_ref()?)));
        let mut breaches = Vec::new();
        for (block, (allowed, span)) in rules {
            let list: Vec<String> = allowed.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let list = list.join(", ");
            let is_allowed =
                |branch: &str| allowed.iter().any(|(pattern, _)| branch::is_branch(pattern, branch));
            let environment = &self.environment;
            let rule = format!("{environment} is changed only from {list}, committed (rule branches)");
            let (title, text, hint) = match &circumstances.checkout {
                Err(why) => {
                    ("Branch is not known", format!("{rule}, and git could not be asked: {why}."), None)
                }
                Ok(None) => (
                    "Not in a repository",
                    format!("{rule}, and this directory is in no git repository."),
                    Some("Apply from a clone of the project's repository.".to_owned()),
                ),
                Ok(Some(checkout)) => match astray(checkout, is_allowed) {
                    None => continue,
                    Some((title, why, hint)) => (title, format!("{rule}, and {why}."), Some(hint)),
                },
            };
            let diagnostic = Diagnostic::error(title, text).at(span.clone());
            let diagnostic = match hint {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            };
            let is_overridable = is_overridable(block, Rule::Branches);
            breaches.push(Breach { rule: Rule::Branches, diagnostic, is_overridable });
        }
        breaches
    }

    /// All rules of the environment, in words.
    pub fn lines(&self, now: Timestamp) -> Vec<RuleLine> {
        let mut lines = Vec::new();
        let mut line = |rule: Rule, says: String| lines.push(RuleLine { rule, says });
        if self.confirms().is_some() {
            line(Rule::Confirm, format!("the name must be typed, or --confirm {}", self.environment));
        }
        if self.asks_before_destroying() {
            line(Rule::AllowDestroy, "what deletes or replaces needs --allow-destroy".to_owned());
        }
        let texts = |list: &[(Name, Span)]| {
            let texts: Vec<&str> = list.iter().map(|(text, _)| &**text).collect();
            texts.join(", ")
        };
        for (_, block) in self.blocks.iter().filter(|(_, block)| !block.deny_destroy.is_empty()) {
            line(Rule::DenyDestroy, texts(&block.deny_destroy));
        }
        for (list, _) in self.blocks.iter().filter_map(|(_, block)| block.windows.as_ref()) {
            let windows = [parsed(list)];
            let at = |turn: Option<(Timestamp, jiff::tz::TimeZone)>, word: &str| {
                turn.map(|(turn, zone)| {
                    format!("{word} {}", turn.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M %Q"))
                })
            };
            let state = if are_open(&windows, now) {
                at(next_closing(&windows, now), "open until").unwrap_or_else(|| "open".to_owned())
            } else {
                at(next_opening(&windows, now), "closed until").unwrap_or_else(|| "closed".to_owned())
            };
            line(Rule::Windows, format!("{} ({state})", texts(list)));
        }
        for (list, _) in self.blocks.iter().filter_map(|(_, block)| block.branches.as_ref()) {
            line(Rule::Branches, format!("{}, with a clean tree", texts(list)));
        }
        lines
    }
}

/// What is wrong with the configuration's branch, and what to do.
fn astray(checkout: &Checkout, is_allowed: impl Fn(&str) -> bool) -> Option<(&'static str, String, String)> {
    match &checkout.branch {
        Some(branch) if !is_allowed(branch) => {
            let hint = "Bring the change to such a branch first, and apply from there.".to_owned();
            return Some(("Not on an allowed branch", format!("this is the branch \"{branch}\""), hint));
        }
        Some(_) => {}
        None if !checkout.contained_in.iter().any(|branch| is_allowed(branch)) => {
            let commit = checkout.commit.as_deref().unwrap_or("which is none yet");
            let why = format!(
                "the commit {commit}, which is checked out without a branch, is on no such branch of origin"
            );
            let hint = "Fetch the branch (git fetch origin), or apply a commit that is on it.".to_owned();
            return Some(("Not on an allowed branch", why, hint));
        }
        None => {}
    }
    if checkout.changed.is_empty() {
        return None;
    }
    let why = format!("not committed is {}", named(&checkout.changed));
    Some(("Working tree is not clean", why, "Commit the changes, or stash them.".to_owned()))
}

fn parsed(texts: &[(Name, Span)]) -> Vec<Window> {
    texts.iter().filter_map(|(text, _)| Window::parse(text).ok()).collect()
}

fn is_overridable(block: &Protect, rule: Rule) -> bool {
    block.overridable.iter().any(|(name, _)| **name == *rule.word())
}

fn at(diagnostic: Diagnostic, span: Option<&Span>) -> Diagnostic {
    match span {
        Some(span) => diagnostic.at(span.clone()),
        None => diagnostic,
    }
}

/// The first few of a list, and the number of the others.
fn named(all: &[String]) -> String {
    let first = all.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
