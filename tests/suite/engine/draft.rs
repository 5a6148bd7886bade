//! Random configurations of the toy provider, and random changes of them.

use std::fmt::Write;

use crate::support::chance::Chance;

/// Most resources that a configuration has.
const RESOURCES: usize = 5;

/// A configuration that is still easy to change.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    resources: Vec<Resource>,
    /// In which order resources may depend on each other: only on those before.
    order: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Resource {
    there: bool,
    repetition: Repetition,
    size: usize,
    zone: usize,
    create_first: bool,
    triggered: bool,
    /// Others by number, and whether through a value or only by order.
    needs: Vec<(usize, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Repetition {
    One,
    Count(usize),
    /// A bit for each key.
    Each(usize),
}

impl Draft {
    pub(super) fn random(chance: &mut Chance) -> Self {
        let mut order: Vec<usize> = (0..RESOURCES).collect();
        (1..RESOURCES).for_each(|place| order.swap(place, chance.below(place + 1)));
        let mut draft = Self { resources: Vec::new(), order };
        for number in 0..RESOURCES {
            let resource = draft.resource(number, chance);
            draft.resources.push(resource);
        }
        draft
    }

    fn resource(&self, number: usize, chance: &mut Chance) -> Resource {
        let place = self.order.iter().position(|other| *other == number).unwrap();
        let mut needs = Vec::new();
        for other in &self.order[..place] {
            if chance.percent(40) {
                needs.push((*other, chance.percent(70)));
            }
        }
        Resource {
            there: chance.percent(85),
            repetition: match chance.below(3) {
                0 => Repetition::Count(chance.below(4)),
                1 => Repetition::Each(chance.below(8)),
                _ => Repetition::One,
            },
            size: chance.below(3),
            zone: chance.below(3),
            create_first: chance.percent(35),
            triggered: chance.percent(30),
            needs,
        }
    }

    /// Something else than before, but not everything.
    pub(super) fn change(&mut self, chance: &mut Chance) {
        if chance.percent(6) {
            *self = Self::random(chance);
            return;
        }
        for _ in 0..=chance.below(4) {
            let number = chance.below(RESOURCES);
            let fresh = self.resource(number, chance);
            let resource = &mut self.resources[number];
            match chance.below(8) {
                0 => resource.there = !resource.there,
                1 => resource.repetition = fresh.repetition,
                2 => resource.size = fresh.size,
                3 | 4 => resource.zone = fresh.zone,
                5 => resource.create_first = !resource.create_first,
                6 => resource.needs = fresh.needs,
                _ => resource.triggered = !resource.triggered,
            }
        }
    }

    /// The address of a resource or of an instance, which need not exist.
    pub(super) fn address(&self, whole: bool, chance: &mut Chance) -> Option<String> {
        let there: Vec<usize> = (0..RESOURCES).filter(|number| self.resources[*number].there).collect();
        if there.is_empty() {
            return None;
        }
        let number = *chance.one(&there);
        let key = match self.resources[number].repetition {
            _ if whole && chance.percent(50) => String::new(),
            Repetition::One => String::new(),
            Repetition::Count(count) => format!("[{}]", chance.below(count)),
            Repetition::Each(keys) => format!("[\"{}\"]", chance.one(&named(keys).unwrap_or(vec!["a"]))),
        };
        Some(format!("toy_thing.r{number}{key}"))
    }

    pub(super) fn text(&self) -> String {
        let mut text =
            "terraform {\n  required_providers {\n    toy = { source = \"test/toy\" }\n  }\n}\n".to_owned();
        let there = |number: usize| self.resources[number].there;
        for (number, resource) in self.resources.iter().enumerate().filter(|(_, resource)| resource.there) {
            let _ = write!(text, "\nresource \"toy_thing\" \"r{number}\" {{\n");
            let name = match resource.repetition {
                Repetition::One => format!("r{number}"),
                Repetition::Count(count) => {
                    let _ = writeln!(text, "  count = {count}");
                    format!("r{number}-${{count.index}}")
                }
                Repetition::Each(keys) => {
                    let _ = writeln!(text, "  for_each = toset({:?})", named(keys).unwrap_or_default());
                    format!("r{number}-${{each.key}}")
                }
            };
            let _ = writeln!(
                text,
                "  name = \"{name}\"\n  size = {}\n  zone = \"{}\"",
                resource.size, resource.zone
            );
            let needs = resource.needs.iter().filter(|(other, _)| there(*other));
            let (values, orders): (Vec<_>, Vec<_>) = needs.partition(|(_, by_value)| *by_value);
            let ids: Vec<String> = values.iter().map(|(other, _)| self.ids(*other)).collect();
            let _ = writeln!(text, "  needs = concat([], {})", join(&ids, "[]"));
            let orders: Vec<String> = orders.iter().map(|(other, _)| format!("toy_thing.r{other}")).collect();
            let _ = writeln!(text, "  depends_on = [{}]", orders.join(", "));
            let trigger = resource.needs.iter().find(|(other, _)| resource.triggered && there(*other));
            let triggers = trigger.map(|(other, _)| format!("toy_thing.r{other}")).unwrap_or_default();
            let _ = write!(
                text,
                "  lifecycle {{\n    create_before_destroy = {}\n    replace_triggered_by = [{triggers}]\n  }}\n}}\n",
                resource.create_first
            );
        }
        let ids: Vec<String> = (0..RESOURCES).filter(|number| there(*number)).map(|n| self.ids(n)).collect();
        let _ = writeln!(text, "\noutput \"ids\" {{\n  value = concat([], {})\n}}", join(&ids, "[]"));
        text
    }

    fn ids(&self, number: usize) -> String {
        match self.resources[number].repetition {
            Repetition::One => format!("[toy_thing.r{number}.id]"),
            Repetition::Count(_) => format!("toy_thing.r{number}[*].id"),
            Repetition::Each(_) => format!("[for thing in toy_thing.r{number} : thing.id]"),
        }
    }
}

fn named(keys: usize) -> Option<Vec<&'static str>> {
    let named: Vec<_> =
        ["a", "b", "c"].into_iter().enumerate().filter(|(bit, _)| keys >> bit & 1 == 1).collect();
    (!named.is_empty()).then(|| named.into_iter().map(|(_, key)| key).collect())
}

fn join(items: &[String], none: &str) -> String {
    if items.is_empty() { none.to_owned() } else { items.join(", ") }
}
