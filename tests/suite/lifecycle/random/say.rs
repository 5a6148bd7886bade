//! Makes up expressions.

use super::draft::{Draft, Feature, Place};
use super::expression::{Expression, Reference, call, text};
use super::project::Repetition;

const SCALARS: [&str; 17] = [
    "1",
    "2",
    "\"x\"",
    "\"y\"",
    "true",
    "null",
    "\"1\"",
    "0",
    "\"\"",
    "1.5",
    "-3",
    "\"${1}\"",
    "\"é\"",
    "uuid()",
    "path.module",
    "terraform.workspace",
    "terraform.applying",
];

impl Draft {
    pub(super) fn scalar(&mut self) -> Expression {
        text(self.pick(&SCALARS[..13]))
    }

    /// Any value.
    pub(super) fn expression(&mut self, place: &Place, depth: usize) -> Expression {
        match (place.each, self.percent(25)) {
            (Some(Repetition::Count), true) => return text("count.index"),
            (Some(Repetition::Keys), true) => return text(self.pick(&["each.key", "each.value"])),
            _ => {}
        }
        match self.chance.below(100) {
            0..50 if !place.before.is_empty() => self.reference(place),
            0..62 if !self.project.modules[place.module].variables.is_empty() => self.variable(place.module),
            roll if roll < 63 => text(self.pick(&SCALARS)),
            roll if roll < 78 => self.scalar(),
            _ if depth > 2 => self.scalar(),
            _ => self.compound(place, depth + 1),
        }
    }

    fn compound(&mut self, place: &Place, depth: usize) -> Expression {
        match self.chance.below(15) {
            0 => {
                let items = (0..self.chance.below(3)).map(|_| self.expression(place, depth));
                Expression::List(items.collect())
            }
            1 | 2 => {
                let keys: Vec<&'static str> =
                    ["a", "b", "c"].into_iter().filter(|_| self.percent(50)).collect();
                let entries = keys.into_iter().map(|key| (key, self.expression(place, depth)));
                Expression::Object(entries.collect())
            }
            3 => {
                let value = self.expression(place, depth);
                call("try", [value, self.scalar()])
            }
            4 => {
                let parts = (0..=self.chance.below(2)).map(|_| self.encoded(place, depth));
                Expression::Template(parts.collect())
            }
            5 => {
                let Some(condition) = self.condition(place, depth, false) else { return self.scalar() };
                let then = self.encoded(place, depth);
                let otherwise = match self.percent(60) {
                    true => text(self.pick(&["null", "\"z\""])),
                    false => self.encoded(place, depth),
                };
                Expression::Choice(Box::new([condition, then, otherwise]))
            }
            6 => call("length", [self.encoded(place, depth)]),
            7 => call("can", [self.expression(place, depth)]),
            8 => {
                let value = self.expression(place, depth);
                call(self.pick(&["tolist", "toset"]), [Expression::List(vec![value])])
            }
            9 => {
                let value = self.encoded(place, depth);
                call("coalesce", [Expression::Template(vec![value]), text("\"z\"")])
            }
            10 | 11 if self.has(Feature::Secrets) => {
                let value = self.expression(place, depth);
                call(self.pick(&["sensitive", "sensitive", "nonsensitive"]), [value])
            }
            12 => {
                let (left, right) = (self.expression(place, depth), self.expression(place, depth));
                let entry = |key, value| Expression::Object(vec![(key, value)]);
                call("merge", [entry("a", left), entry("b", right)])
            }
            13 => {
                let (first, second) = (self.expression(place, depth), self.expression(place, depth));
                call(
                    self.pick(&["concat", "zipmap"]),
                    [Expression::List(vec![first]), Expression::List(vec![second])],
                )
            }
            _ => self.encoded(place, depth),
        }
    }

    fn encoded(&mut self, place: &Place, depth: usize) -> Expression {
        call("jsonencode", [self.expression(place, depth)])
    }

    /// Something that is true or false; none where nothing can be referred to, which the language wants.
    pub(super) fn condition(&mut self, place: &Place, depth: usize, of_itself: bool) -> Option<Expression> {
        if of_itself && self.percent(70) {
            return Some(text(self.pick(&[
                "self.output != \"x\"",
                "self.id != \"\"",
                "self.id == \"\"",
                "self.input == self.output",
                "length(jsonencode(self.output)) < 9",
                "self.output != null",
                "self.output != 1",
                "can(self.output.a)",
            ])));
        }
        for _ in 0..9 {
            let condition = self.any_condition(place, depth);
            if depth > 0 || condition.refers(&self.project.modules[place.module]) || self.percent(1) {
                return Some(condition);
            }
        }
        let node = *place.before.last()?;
        let id = Expression::Part(Reference { node, part: "id", way: 9, each: None });
        let sign = self.pick(&["==", "!=", "!=", "!="]);
        Some(Expression::Operation(Box::new(call("try", [id, text("1")])), sign, Box::new(self.scalar())))
    }

    fn any_condition(&mut self, place: &Place, depth: usize) -> Expression {
        let value = self.expression(place, depth + 1);
        let (sign, other) = match self.chance.below(8) {
            0 => return text(self.pick(&["true", "true", "false"])),
            1 | 2 => ("!=", self.scalar()),
            3 => ("==", self.scalar()),
            4 => {
                let length = call("length", [call("jsonencode", [value])]);
                let limit = text(self.pick(&["3", "8", "60"]));
                return Expression::Operation(Box::new(length), "<", Box::new(limit));
            }
            5 => return call("can", [value]),
            _ => ("!=", text(self.pick(&["null", "\"x\""]))),
        };
        Expression::Operation(Box::new(value), sign, Box::new(other))
    }
}
