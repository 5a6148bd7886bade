//! Makes up what changes from step to step, and how each step is run.

use super::draft::{Draft, Feature, KEYS, Place};
use super::expression::text;
use super::project::{Kind, Node, Repetition};
use crate::suite::lifecycle::case::Step;

/// The steps of a project that follows from a seed.
pub(super) fn steps(seed: u64) -> Vec<Step> {
    let mut draft = Draft::new(crate::support::chance::Chance::of(seed, "project"));
    let mut steps = Vec::new();
    let last = 1 + draft.chance.below(3);
    for number in 0..=last {
        if number > 0 {
            for _ in 0..draft.chance.below(4) {
                draft.change();
            }
            steps.extend(draft.command());
        }
        let ordinary = number == 0 && draft.percent(70);
        let words = if ordinary { vec!["apply".into()] } else { draft.words() };
        steps.push(draft.step(words));
        if draft.percent(10) {
            steps.push(draft.step(vec!["apply".into()]));
        }
    }
    if draft.percent(30) {
        steps.push(draft.step(vec!["destroy".into()]));
    }
    steps
}

impl Draft {
    fn step(&self, mut words: Vec<String>) -> Step {
        let verb = words.remove(0);
        Step { verb, flags: words, files: super::write::files(&self.project) }
    }

    fn words(&mut self) -> Vec<String> {
        let verb = if self.percent(85) { "apply" } else { self.pick(&["destroy", "refresh"]) };
        let mut words = vec![verb.to_owned()];
        let addresses = self.addresses();
        let instances: Vec<String> =
            addresses.iter().filter(|address| address.contains("terraform_data")).cloned().collect();
        for (flag, of, wanted) in [("target", &addresses, true), ("replace", &instances, verb == "apply")] {
            if wanted && !of.is_empty() && self.percent(12) {
                for _ in 0..=self.chance.below(2) {
                    words.push(format!("-{flag}={}", self.chance.one(of)));
                }
            }
        }
        if verb != "refresh" && self.percent(6) {
            words.push("-refresh=false".into());
        }
        for variable in self.project.modules[0].variables.clone() {
            if self.percent(15) {
                words.push(format!("-var={}={}", variable.name, self.pick(&["1", "2", "x"])));
            }
        }
        words
    }

    /// Something that somebody does to the state between two steps.
    fn command(&mut self) -> Option<Step> {
        if !self.percent(20) {
            return None;
        }
        let addresses = self.addresses();
        let (one, other) = (self.chance.one(&addresses).clone(), self.chance.one(&addresses).clone());
        let words: Vec<String> = match self.chance.below(8) {
            0 | 1 => vec!["taint".into(), one],
            2 => vec!["untaint".into(), one],
            3 | 4 => vec!["state".into(), "rm".into(), one],
            5 | 6 => vec!["state".into(), "mv".into(), one, other],
            _ => vec!["import".into(), one, "by-hand".into()],
        };
        Some(self.step(words))
    }

    /// Everything in the root and one module below, as a whole and one instance.
    fn addresses(&mut self) -> Vec<String> {
        let mut all = vec!["terraform_data.none".to_owned()];
        for node in self.project.modules[0].nodes.clone() {
            if node.kind.is_local() {
                continue;
            }
            all.push(node.address());
            let instance = format!("{}{}", node.address(), self.instance(&node));
            if let Kind::Call { module, .. } = node.kind {
                for inner in self.project.modules[module].nodes.clone() {
                    if matches!(inner.kind, Kind::Resource(_) | Kind::Data { .. }) {
                        all.push(format!("{instance}.{}{}", inner.address(), self.instance(&inner)));
                    }
                }
            }
            all.push(instance);
        }
        all
    }

    fn instance(&mut self, node: &Node) -> String {
        match node.repeated() {
            None => String::new(),
            Some(Repetition::Count) => format!("[{}]", self.chance.below(3)),
            Some(Repetition::Keys) => format!("[\"{}\"]", self.pick(&KEYS)),
        }
    }

    fn change(&mut self) {
        let module = self.chance.below(self.project.modules.len());
        let of = |draft: &Self, kind: fn(&Kind) -> bool| draft.project.modules[module].movable(kind);
        let (resources, calls, all) =
            (of(self, Kind::is_resource), of(self, Kind::is_call), of(self, |_| true));
        let movable = [resources.clone(), calls.clone()].concat();
        let what = self.chance.below(27);
        match what {
            0 => self.add_node(module),
            1 | 2 if !all.is_empty() => self.drop_node(module, &all),
            3..=5 if !resources.is_empty() => self.change_resource(module, &resources, Feature::Outputs),
            6 if !resources.is_empty() => self.change_resource(module, &resources, Feature::Triggers),
            7..=9 if !movable.is_empty() => self.repeat_otherwise(module, &movable),
            10..=12 if !movable.is_empty() => self.rename(module, &movable),
            13 | 14 if !resources.is_empty() && !calls.is_empty() => self.cross(module, &resources, &calls),
            15 if !resources.is_empty() => self.change_resource(module, &resources, Feature::CreateFirst),
            16 if !resources.is_empty() => self.change_resource(module, &resources, Feature::Provisioners),
            17 if !self.project.modules[module].outputs.is_empty() => {
                let at = self.chance.below(self.project.modules[module].outputs.len());
                let place = self.place(module, None);
                match self.percent(50) {
                    true => drop(self.module(module).outputs.remove(at)),
                    false => self.project.modules[module].outputs[at].value = self.expression(&place, 0),
                }
            }
            18 => self.add_output(module),
            19 | 20 => self.import(module),
            21 if !self.project.modules[module].variables.is_empty() => {
                let at = self.chance.below(self.project.modules[module].variables.len());
                let default = self.pick(&["1", "2", "\"x\"", "[1]", "{ a = 2 }", "null"]);
                let variable = &mut self.module(module).variables[at];
                if variable.lines.is_empty() {
                    variable.default = Some(default);
                }
            }
            22 if !self.project.modules[module].blocks.is_empty() => {
                let at = self.chance.below(self.project.modules[module].blocks.len());
                self.module(module).blocks.remove(at);
            }
            23 if !all.is_empty() => {
                let node = self.pick(&all);
                self.fill_node(module, node);
            }
            24 => self.project.elsewhere = self.elsewhere(),
            25 if !resources.is_empty() && self.has(Feature::Providers) => {
                let node = self.pick(&resources);
                if let Some(resource) = self.resource_mut(module, node).filter(|_| module == 0) {
                    resource.provider = !resource.provider;
                }
            }
            _ if !self.project.modules[module].checks.is_empty() => {
                let at = self.chance.below(self.project.modules[module].checks.len());
                let place = self.place(module, None);
                let assert = self.condition(&place, 0, false);
                self.module(module).checks[at].asserts.extend(assert);
            }
            _ => {}
        }
    }

    fn resource_mut(&mut self, module: usize, id: usize) -> Option<&mut super::project::Resource> {
        let node = self.module(module).nodes.iter_mut().find(|node| node.id == id)?;
        match &mut node.kind {
            Kind::Resource(resource) => Some(resource),
            _ => None,
        }
    }

    fn known(&self, module: usize, id: usize) -> Node {
        self.project.modules[module].node(id).cloned().expect("it was just listed")
    }

    fn drop_node(&mut self, module: usize, all: &[usize]) {
        let id = self.pick(all);
        let node = self.known(module, id);
        self.module(module).nodes.retain(|other| other.id != node.id);
        if node.kind.is_local() || matches!(node.kind, Kind::Data { .. }) || !self.percent(35) {
            return;
        }
        let mut block = format!(
            "removed {{\n  from = {}\n  lifecycle {{\n    destroy = {}\n  }}\n",
            node.address(),
            self.pick(&["true", "false"])
        );
        if node.kind.is_resource() && self.has(Feature::Provisioners) && self.percent(50) {
            let command = self.pick(&["echo removed >> log", "exit 1"]);
            block += &format!(
                "  provisioner \"local-exec\" {{\n    when = destroy\n    command = \"{command}\"\n  }}\n"
            );
        }
        self.module(module).blocks.push(block + "}");
    }

    fn change_resource(&mut self, module: usize, resources: &[usize], what: Feature) {
        let id = self.pick(resources);
        let place = self.place(module, Some(id));
        let Kind::Resource(mut resource) = self.known(module, id).kind else { return };
        match what {
            Feature::Triggers => resource.triggers = Some(self.expression(&place, 0)),
            Feature::CreateFirst => self.lifecycle(&place, &mut resource),
            Feature::Provisioners => resource.provisioners = self.provisioners(module),
            _ => resource.input = Some(self.expression(&place, 0)),
        }
        if let Some(target) = self.resource_mut(module, id) {
            *target = *resource;
        }
    }

    fn repeat_otherwise(&mut self, module: usize, movable: &[usize]) {
        let id = self.pick(movable);
        let before = self.known(module, id);
        let from = format!("{}{}", before.address(), self.instance(&before));
        self.fill_node(module, id);
        let after = self.known(module, id);
        if self.percent(30) && before.repeated() != after.repeated() {
            // Each of them to its new place.
            for (number, key) in KEYS.iter().enumerate().take(1 + self.chance.below(2)) {
                let place = |node: &Node| match node.repeated() {
                    None => node.address(),
                    Some(Repetition::Count) => format!("{}[{number}]", node.address()),
                    Some(Repetition::Keys) => format!("{}[\"{key}\"]", node.address()),
                };
                self.moved(module, &place(&before), &place(&after));
            }
        } else if self.percent(40) {
            let to = format!("{}{}", after.address(), self.instance(&after));
            self.moved(module, &from, &to);
        }
    }

    fn moved(&mut self, module: usize, from: &str, to: &str) {
        if from != to || self.percent(5) {
            self.module(module).blocks.push(format!("moved {{\n  from = {from}\n  to = {to}\n}}"));
        }
    }

    fn rename(&mut self, module: usize, movable: &[usize]) {
        let id = self.pick(movable);
        let before = self.known(module, id);
        let name = self.fresh(if before.kind.is_call() { 'c' } else { 'r' });
        if let Some(node) = self.module(module).nodes.iter_mut().find(|node| node.id == before.id) {
            node.name = name;
        }
        let after = self.known(module, before.id);
        let id = self.pick(movable);
        let other = self.known(module, id);
        match self.chance.below(100) {
            0..55 => self.moved(module, &before.address(), &after.address()),
            55..68 => {
                let from = format!("{}{}", before.address(), self.instance(&before));
                let to = format!("{}{}", after.address(), self.instance(&after));
                self.moved(module, &from, &to);
            }
            68..80 if other.kind.is_call() == before.kind.is_call() => {
                self.moved(module, &before.address(), &other.address());
            }
            _ => {}
        }
    }

    /// A resource goes into a module, or comes out of it.
    fn cross(&mut self, module: usize, resources: &[usize], calls: &[usize]) {
        let (resource, called) = (self.pick(resources), self.pick(calls));
        let (resource, called) = (self.known(module, resource), self.known(module, called));
        let Kind::Call { module: callee, .. } = called.kind else { return };
        let inside = self.project.modules[callee].movable(Kind::is_resource);
        if inside.is_empty() {
            return;
        }
        let inner = self.pick(&inside);
        let inner = self.known(callee, inner);
        let mut one = |node: &Node| if self.percent(50) { self.instance(node) } else { String::new() };
        let out = format!("{}{}", resource.address(), one(&resource));
        let tail = one(&inner);
        let within = format!("{}{}.{}{tail}", called.address(), self.instance(&called), inner.address());
        if self.percent(30) {
            self.moved(module, &within, &out);
        } else {
            if self.percent(80) {
                self.module(module).nodes.retain(|node| node.id != resource.id);
            }
            self.moved(module, &out, &within);
        }
    }

    fn import(&mut self, module: usize) {
        self.add_node(module);
        let resources = self.project.modules[module].movable(Kind::is_resource);
        let Some(&newest) = resources.iter().max() else { return };
        let node = self.known(module, newest);
        let mut within = String::new();
        if module > 0 {
            let calls = self.project.modules[0].nodes.clone();
            let call = calls
                .iter()
                .find(|node| matches!(node.kind, Kind::Call { module: callee, .. } if callee == module));
            let Some(call) = call else { return };
            within = format!("{}{}.", call.address(), self.instance(call));
        }
        let to = format!("{within}{}", node.address());
        let place = Place { each: None, ..self.place(0, None) };
        let block = match node.repeated() {
            Some(Repetition::Keys) if self.percent(60) => {
                let over = self.pick(&["toset([\"a\", \"b\"])", "{ a = 1, b = 2 }", "{ a = \"x\" }"]);
                format!("  for_each = {over}\n  to = {to}[each.key]\n  id = \"imported-${{each.value}}\"")
            }
            _ => {
                let id = match self.percent(85) {
                    true => text("\"imported\""),
                    false => self.expression(&place, 0),
                };
                let id = id.write(&self.project, &self.project.modules[0]);
                format!("  to = {to}{}\n  id = {id}", self.instance(&node))
            }
        };
        self.module(0).blocks.push(format!("import {{\n{block}\n}}"));
    }
}
