//! Requests that go wrong as told: which ones, and how.

use std::time::Duration;

use super::World;
use super::identity::Ask;
use super::wire::{Fault, Protocol};

/// What a test does to the world before a request is carried out.
pub(crate) type Hook = Box<dyn FnOnce(&mut World) + Send>;

/// What happens to a request instead of its answer.
#[derive(Clone, Debug)]
pub(crate) enum Deviation {
    Fault(Fault),
    Late(Duration),
    /// Accepted and never answered.
    Silent,
    /// The connection ends before anything was done.
    CutBefore,
    /// Everything was done, and then the connection ends.
    CutAfter,
}

#[derive(Default)]
pub(crate) struct Script {
    rules: Vec<Rule>,
}

struct Rule {
    pattern: String,
    skip: usize,
    times: usize,
    what: What,
}

enum What {
    Deviate(Box<dyn Fn(&Ask) -> Deviation + Send>),
    Hook(Option<Hook>),
}

/// Says which requests a rule is for: `DescribeStacks`, `eks:*`, `sts:AssumeRole`, `*`. The next one that matches, when
/// nothing else is said. The sentence ends with what happens to them.
pub(crate) struct On<'a> {
    pub(super) aws: &'a super::Aws,
    pub(super) pattern: String,
    pub(super) skip: usize,
    pub(super) times: usize,
}

impl On<'_> {
    /// The n-th one from now, counted from one.
    pub(crate) fn nth(mut self, number: usize) -> Self {
        (self.skip, self.times) = (number.saturating_sub(1), 1);
        self
    }

    /// The next n.
    pub(crate) fn first(mut self, count: usize) -> Self {
        self.times = count;
        self
    }

    pub(crate) fn always(mut self) -> Self {
        self.times = usize::MAX;
        self
    }

    /// With the code that the service has for it.
    pub(crate) fn throttles(self) {
        self.add(|ask| {
            let (status, code) = match ask.protocol() {
                Protocol::Query { .. } => (400, "Throttling"),
                Protocol::Json => (429, "TooManyRequestsException"),
            };
            Deviation::Fault(Fault::new(status, code, "Rate exceeded"))
        });
    }

    /// With an error of the service.
    pub(crate) fn fails(self, status: u16, code: &str, message: &str) {
        let fault = Fault::new(status, code, message);
        self.add(move |_| Deviation::Fault(fault.clone()));
    }

    /// With a bare status, as a balancer would: no code and no message.
    pub(crate) fn breaks(self, status: u16) {
        self.fails(status, "", "");
    }

    /// As if the session had just ended.
    pub(crate) fn says_expired(self) {
        self.add(|ask| Deviation::Fault(super::identity::expired(ask)));
    }

    pub(crate) fn never_answers(self) {
        self.add(|_| Deviation::Silent);
    }

    /// The connection ends before the request was looked at.
    pub(crate) fn loses_request(self) {
        self.add(|_| Deviation::CutBefore);
    }

    /// The request is carried out, and the connection ends without an answer.
    pub(crate) fn loses_answer(self) {
        self.add(|_| Deviation::CutAfter);
    }

    pub(crate) fn takes(self, pause: Duration) {
        self.add(move |_| Deviation::Late(pause));
    }

    /// Something else happens in the world first; then the request is carried out as ever.
    pub(crate) fn comes_after(self, hook: impl FnOnce(&mut World) + Send + 'static) {
        self.push(What::Hook(Some(Box::new(hook))));
    }

    fn add(self, deviate: impl Fn(&Ask) -> Deviation + Send + 'static) {
        self.push(What::Deviate(Box::new(deviate)));
    }

    fn push(self, what: What) {
        let rule = Rule { pattern: self.pattern, skip: self.skip, times: self.times, what };
        self.aws.world().script.rules.push(rule);
    }
}

impl Script {
    /// What is to happen to a request. Every rule that matches counts it; the first one that is due decides, and all
    /// hooks that are due run.
    pub(super) fn deviation(&mut self, ask: &Ask) -> (Option<Deviation>, Vec<Hook>) {
        let mut decided = None;
        let mut hooks = Vec::new();
        for rule in self.rules.iter_mut().filter(|rule| rule.times > 0 && matches(&rule.pattern, ask)) {
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            match &mut rule.what {
                What::Hook(hook) => {
                    rule.times = 0;
                    hooks.extend(hook.take());
                }
                What::Deviate(deviate) if decided.is_none() => {
                    rule.times = rule.times.saturating_sub(1);
                    decided = Some(deviate(ask));
                }
                What::Deviate(_) => {}
            }
        }
        (decided, hooks)
    }
}

pub(super) fn matches(pattern: &str, ask: &Ask) -> bool {
    let (service, action) = pattern.split_once(':').unwrap_or(("*", pattern));
    let fits = |pattern: &str, name: &str| {
        pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
    };
    fits(service, &ask.service) && fits(action, &ask.action)
}
