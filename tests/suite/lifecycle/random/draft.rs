//! Makes up a project: which parts of the language it has, and what its nodes say.

use std::collections::BTreeSet;

use super::expression::{Expression, Reference, call, text};
use super::project::{
    Check, Kind, Module, Node, Output, Project, Provisioner, Repetition, Resource, Variable,
};
use crate::support::chance::Chance;

/// Parts of the language; half of them are in a project, so that it is about few of them at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Feature {
    Count,
    Keys,
    Modules,
    Nested,
    CreateFirst,
    Protection,
    Ignored,
    Triggered,
    Conditions,
    Checks,
    Provisioners,
    Dependencies,
    Secrets,
    Ephemeral,
    Variables,
    Data,
    Locals,
    Outputs,
    Triggers,
    Providers,
}

impl Feature {
    const ALL: [Self; 20] = [
        Self::Count,
        Self::Keys,
        Self::Modules,
        Self::Nested,
        Self::CreateFirst,
        Self::Protection,
        Self::Ignored,
        Self::Triggered,
        Self::Conditions,
        Self::Checks,
        Self::Provisioners,
        Self::Dependencies,
        Self::Secrets,
        Self::Ephemeral,
        Self::Variables,
        Self::Data,
        Self::Locals,
        Self::Outputs,
        Self::Triggers,
        Self::Providers,
    ];
}

pub(super) const KEYS: [&str; 3] = ["a", "b", "é"];
const PARTS: [&str; 12] = [
    "id",
    "id",
    "output",
    "output",
    "output",
    "output",
    "input",
    "input",
    "triggers_replace",
    "",
    "output.a",
    "output[0]",
];

pub(super) struct Draft {
    pub(super) chance: Chance,
    pub(super) project: Project,
    features: BTreeSet<Feature>,
    last: usize,
}

/// Where an expression stands: what it may refer to, and how what it is in is repeated.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) module: usize,
    pub(super) before: Vec<usize>,
    pub(super) each: Option<Repetition>,
}

impl Draft {
    pub(super) fn new(mut chance: Chance) -> Self {
        let features = Feature::ALL.into_iter().filter(|_| chance.percent(50)).collect();
        let mut draft = Self { chance, project: Project::default(), features, last: 0 };
        draft.project.elsewhere = draft.elsewhere();
        draft.project.modules.push(Module::default());
        for (folder, feature) in [("m1", Feature::Modules), ("m2", Feature::Nested)] {
            if !draft.has(Feature::Modules) || !draft.has(feature) {
                break;
            }
            draft.project.modules.push(Module { folder: folder.into(), ..Module::default() });
        }
        for module in (0..draft.project.modules.len()).rev() {
            draft.fill(module);
        }
        draft
    }

    fn fill(&mut self, module: usize) {
        let inner = module > 0;
        let times = |draft: &mut Self, wanted: bool, most: usize| {
            if wanted { draft.chance.below(most) } else { 0 }
        };
        for _ in 0..times(self, inner || self.has(Feature::Variables), 3) {
            self.add_variable(module);
        }
        for _ in 0..=self.chance.below(if inner { 2 } else { 4 }) {
            self.add_node(module);
        }
        for _ in 0..times(self, inner || self.has(Feature::Outputs), 4) {
            self.add_output(module);
        }
        if self.has(Feature::Checks) {
            self.add_check(module);
        }
    }

    pub(super) fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    pub(super) fn percent(&mut self, cases: usize) -> bool {
        self.chance.percent(cases)
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        *self.chance.one(of)
    }

    pub(super) fn elsewhere(&mut self) -> String {
        self.pick(&["\"one\"", "\"other\"", "2"]).into()
    }

    pub(super) fn fresh(&mut self, letter: char) -> String {
        self.last += 1;
        format!("{letter}{}", self.last)
    }

    pub(super) fn module(&mut self, module: usize) -> &mut Module {
        &mut self.project.modules[module]
    }

    /// The place of a node, which sees those before it; now and then everything, so that there are circles.
    pub(super) fn place(&mut self, module: usize, node: Option<usize>) -> Place {
        let all: Vec<usize> = self.project.modules[module].nodes.iter().map(|node| node.id).collect();
        let at = match self.chance.below(250) {
            0 => None,
            _ => all.iter().position(|id| Some(*id) == node),
        };
        let each = node.and_then(|node| self.project.modules[module].node(node)).and_then(Node::repeated);
        Place { module, before: all[..at.unwrap_or(all.len())].to_vec(), each }
    }

    pub(super) fn repetition(&mut self, place: &Place) -> Option<(Repetition, Expression)> {
        let kinds: Vec<Repetition> = [(Repetition::Count, Feature::Count), (Repetition::Keys, Feature::Keys)]
            .into_iter()
            .filter(|(_, feature)| self.has(*feature))
            .map(|(repetition, _)| repetition)
            .collect();
        if kinds.is_empty() || self.percent(50) {
            return None;
        }
        let once = Place { each: None, ..place.clone() };
        match self.pick(&kinds) {
            Repetition::Count => Some((Repetition::Count, self.count(&once))),
            Repetition::Keys => Some((Repetition::Keys, self.keys(&once))),
        }
    }

    fn count(&mut self, place: &Place) -> Expression {
        let some = !place.before.is_empty();
        match self.chance.below(12) {
            0..=4 => text(self.chance.below(4).to_string()),
            5 if self.names(place.module).next().is_some() => {
                let variable = self.variable(place.module);
                call("try", [call("tonumber", [variable]), text("1")])
            }
            6 => {
                let nothing = Place { before: Vec::new(), ..place.clone() };
                match self.condition(&nothing, 1, false) {
                    Some(condition) => Expression::Choice(Box::new([condition, text("2"), text("0")])),
                    None => text("1"),
                }
            }
            7 if some => {
                let items = (0..self.chance.below(3)).map(|_| self.expression(place, 0)).collect::<Vec<_>>();
                call("length", [Expression::List(items)])
            }
            8 if some => Expression::Number(self.pick(&place.before)),
            // What may be known only after something was made or read.
            9 | 10 if some => {
                let what = self.reference(place);
                call("length", [call("jsonencode", [what])])
            }
            _ => text(self.pick(&["1", "2", "\"2\"", "0"])),
        }
    }

    fn keys(&mut self, place: &Place) -> Expression {
        let keys: Vec<&'static str> = KEYS.into_iter().filter(|_| self.percent(60)).collect();
        let quoted = |key: &&'static str| match *key {
            "a" => "\"a\"",
            "b" => "\"b\"",
            _ => "\"é\"",
        };
        let some = !place.before.is_empty();
        match self.chance.below(11) {
            0..=3 => call("toset", [Expression::List(keys.iter().map(|key| text(quoted(key))).collect())]),
            4..=6 => {
                let entries = keys.iter().map(|key| (quoted(key), self.expression(place, 0)));
                Expression::Object(entries.collect())
            }
            7 if some => Expression::Instances(self.pick(&place.before)),
            8 => text("{ for k in [\"a\", \"b\"] : k => upper(k) }"),
            9 if some && self.percent(50) => {
                let value = self.expression(place, 0);
                call("toset", [Expression::List(vec![value])])
            }
            _ => Expression::Object(keys.iter().map(|key| (quoted(key), self.scalar())).collect()),
        }
    }

    pub(super) fn reference(&mut self, place: &Place) -> Expression {
        let node = self.pick(&place.before);
        let part = self.pick(&PARTS);
        Expression::Part(Reference { node, part, way: self.chance.below(1000), each: place.each })
    }

    fn names(&self, module: usize) -> impl Iterator<Item = &str> {
        self.project.modules[module].variables.iter().map(|variable| &*variable.name)
    }

    /// What is ephemeral is rarely allowed where it is used.
    pub(super) fn variable(&mut self, module: usize) -> Expression {
        let variables = &self.project.modules[module].variables;
        let variable = variables[self.chance.below(variables.len())].clone();
        let name = text(format!("var.{}", variable.name));
        match variable.ephemeral && !self.percent(5) {
            true => call("ephemeralasnull", [name]),
            false => name,
        }
    }

    pub(super) fn add_node(&mut self, module: usize) {
        let callable: Vec<usize> = (module + 1..self.project.modules.len()).collect();
        let (kind, letter) = match self.chance.below(100) {
            0..40 if !callable.is_empty() => {
                let module = self.pick(&callable);
                (Kind::Call { module, arguments: Vec::new(), provider: false }, 'c')
            }
            0..55 if self.has(Feature::Locals) => (Kind::Local(text("null")), 'l'),
            0..65 if self.has(Feature::Data) => {
                (Kind::Data { waits_for: None, default: text("null"), postcondition: None }, 'd')
            }
            _ => (Kind::Resource(Box::default()), 'r'),
        };
        let name = self.fresh(letter);
        let (id, count) = (self.last, self.project.modules[module].nodes.len());
        let at = if self.percent(70) { count } else { self.chance.below(count + 1) };
        let node = Node { id, name, repetition: None, depends_on: Vec::new(), kind };
        self.module(module).nodes.insert(at, node);
        self.fill_node(module, id);
    }

    /// Says everything anew about a node.
    pub(super) fn fill_node(&mut self, module: usize, id: usize) {
        let Some(mut node) = self.project.modules[module].node(id).cloned() else { return };
        let mut place = self.place(module, Some(id));
        if !node.kind.is_local() {
            node.repetition = self.repetition(&place);
            place.each = node.repeated();
            node.depends_on = self.dependencies(&place);
        }
        match &mut node.kind {
            Kind::Local(value) => *value = self.expression(&place, 0),
            Kind::Resource(resource) => {
                let provider = resource.provider;
                **resource = self.resource(&place);
                resource.provider =
                    provider || module == 0 && self.has(Feature::Providers) && self.percent(40);
            }
            Kind::Data { waits_for, default, postcondition } => {
                *waits_for = self.percent(40).then(|| self.expression(&place, 0));
                *default = self.expression(&place, 0);
                let wanted = self.has(Feature::Conditions) && self.percent(30);
                *postcondition = if wanted { self.condition(&place, 0, false) } else { None };
            }
            Kind::Call { module: callee, arguments, provider } => {
                *arguments = self.arguments(&place, *callee);
                *provider = module == 0 && self.has(Feature::Providers) && self.percent(40);
            }
        }
        if let Some(target) = self.module(module).nodes.iter_mut().find(|node| node.id == id) {
            *target = node;
        }
    }

    pub(super) fn arguments(&mut self, place: &Place, callee: usize) -> Vec<(String, Expression)> {
        let variables = self.project.modules[callee].variables.clone();
        let mut arguments = Vec::new();
        for variable in variables {
            if variable.default.is_none() || self.percent(60) {
                arguments.push((variable.name, self.expression(place, 0)));
            }
        }
        arguments
    }

    pub(super) fn dependencies(&mut self, place: &Place) -> Vec<usize> {
        match !place.before.is_empty() && self.has(Feature::Dependencies) && self.percent(30) {
            true => vec![self.pick(&place.before)],
            false => Vec::new(),
        }
    }

    fn resource(&mut self, place: &Place) -> Resource {
        let mut resource = Resource {
            input: self.percent(85).then(|| self.expression(place, 0)),
            triggers: (self.has(Feature::Triggers) && self.percent(40)).then(|| self.expression(place, 0)),
            provisioners: self.provisioners(place.module),
            ..Resource::default()
        };
        self.lifecycle(place, &mut resource);
        resource
    }

    pub(super) fn lifecycle(&mut self, place: &Place, resource: &mut Resource) {
        let mut lines = Vec::new();
        if self.has(Feature::CreateFirst) && self.percent(45) {
            lines.push(format!("create_before_destroy = {}", self.pick(&["true", "true", "true", "false"])));
        }
        if self.has(Feature::Protection) && self.percent(25) {
            lines.push(format!("prevent_destroy = {}", self.pick(&["true", "true", "false"])));
        }
        if self.has(Feature::Ignored) && self.percent(40) {
            let paths = [
                "all",
                "[input]",
                "[triggers_replace]",
                "[input, triggers_replace]",
                "[input.a]",
                "[input[\"a\"]]",
                "[input[0]]",
                "[triggers_replace.a]",
                "[output]",
                "[input.a.b]",
                "[]",
            ];
            lines.push(format!("ignore_changes = {}", self.pick(&paths)));
        }
        resource.lifecycle = lines;
        let others = self.project.modules[place.module].movable(Kind::is_resource);
        let others: Vec<usize> = others.into_iter().filter(|id| place.before.contains(id)).collect();
        resource.triggered_by.clear();
        if self.has(Feature::Triggered) && !others.is_empty() && self.percent(50) {
            let parts = ["", "", "output", "id", "input", "input.a", "triggers_replace"];
            let (node, part) = (self.pick(&others), self.pick(&parts));
            let reference = Reference { node, part, way: self.chance.below(1000), each: place.each };
            resource.triggered_by.push(Expression::Trigger(reference));
        }
        let mut one = |of_itself: bool| match self.has(Feature::Conditions) && self.percent(40) {
            true => self.condition(place, 0, of_itself),
            false => None,
        };
        (resource.precondition, resource.postcondition) = (one(false), one(true));
    }

    pub(super) fn provisioners(&mut self, module: usize) -> Vec<Provisioner> {
        if !self.has(Feature::Provisioners) || self.percent(50) {
            return Vec::new();
        }
        let mut commands: Vec<String> = [
            "echo '${jsonencode(self.input)}' >> log",
            "echo made >> log",
            "exit 1",
            "echo failed >> log; exit 1",
            "[ ${length(jsonencode(self.input))} -lt 5 ]",
            // Fails in some steps and not in others.
            "grep -q one other.tfstate",
            "grep -q one other.tfstate",
        ]
        .map(str::to_owned)
        .to_vec();
        let ephemeral = self.project.modules[module].variables.iter().find(|variable| variable.ephemeral);
        commands.extend(ephemeral.map(|it| format!("test '${{jsonencode(var.{})}}' != ''", it.name)));
        let mut all = Vec::new();
        for _ in 0..=self.chance.below(2) {
            let mut lines = Vec::new();
            lines.extend(self.percent(33).then_some("when = destroy"));
            lines.extend(self.percent(25).then_some("on_failure = continue"));
            all.push(Provisioner { command: self.chance.one(&commands).clone(), lines });
        }
        all
    }

    fn add_variable(&mut self, module: usize) {
        let name = self.fresh('v');
        let (default, types): (&str, &[&str]) = self.pick(&[
            ("1", &["number"]),
            ("2", &["string"]),
            ("\"x\"", &["string"]),
            ("null", &["string", "any"]),
            ("[1, 2]", &["list(number)", "set(string)", "list(any)"]),
            (
                "{ a = 1 }",
                &["map(string)", "map(any)", "object({ a = optional(string, \"d\"), b = optional(bool) })"],
            ),
            (
                "{ a = \"q\", b = true }",
                &["object({ a = string, b = optional(bool, false), c = optional(number) })", "any"],
            ),
            ("true", &["bool", "any"]),
        ]);
        let mut lines = Vec::new();
        if self.percent(40) {
            lines.push(format!("  type = {}", self.pick(types)));
        }
        if self.percent(20) {
            lines.push(format!("  nullable = {}", self.pick(&["false", "true"])));
        }
        if self.has(Feature::Secrets) && self.percent(40) {
            lines.push("  sensitive = true".into());
        }
        if self.percent(20) {
            let conditions = [
                format!("var.{name} != \"x\""),
                format!("can(length(var.{name}))"),
                format!("var.{name} != null"),
                format!("length(jsonencode(var.{name})) < 5"),
            ];
            let condition = self.chance.one(&conditions).clone();
            lines.push(format!(
                "  validation {{\n    condition = {condition}\n    error_message = \"invalid\"\n  }}"
            ));
        }
        let default = (module == 0 || self.percent(60)).then_some(default);
        let ephemeral = self.has(Feature::Ephemeral) && self.percent(30);
        self.module(module).variables.push(Variable { name, default, ephemeral, lines });
    }

    pub(super) fn add_output(&mut self, module: usize) {
        let name = self.fresh('o');
        let place = self.place(module, None);
        let value = self.expression(&place, 0);
        let mut lines = Vec::new();
        lines.extend((self.has(Feature::Secrets) && self.percent(85)).then_some("sensitive = true"));
        lines.extend(
            (self.has(Feature::Ephemeral) && module > 0 && self.percent(30)).then_some("ephemeral = true"),
        );
        let wanted = self.has(Feature::Conditions) && self.percent(30);
        let precondition = if wanted { self.condition(&place, 0, false) } else { None };
        let depends_on = self.dependencies(&place);
        self.module(module).outputs.push(Output { name, value, depends_on, precondition, lines });
    }

    fn add_check(&mut self, module: usize) {
        let place = self.place(module, None);
        let mut asserts = Vec::new();
        for _ in 0..=self.chance.below(2) {
            asserts.extend(self.condition(&place, 0, false));
        }
        let data =
            self.percent(40).then(|| self.pick(&["missing.tfstate", "other.tfstate", "other.tfstate"]));
        if data.is_some() && self.percent(70) {
            asserts.push(text("data.terraform_remote_state.inner.outputs.q == \"one\""));
        }
        if !asserts.is_empty() {
            let name = self.fresh('k');
            self.module(module).checks.push(Check { name, data, asserts });
        }
    }
}
