//! The transitive dependencies of resources, which the format lists.

use std::collections::HashMap;

use crate::address::ResourcePath;
use crate::state::State;

/// The dependencies among the resources of a state and those that they name.
#[derive(Default)]
pub struct Dependencies {
    numbers: HashMap<ResourcePath, usize>,
    resources: Vec<Resource>,
    /// The number of queries so far.
    questions: usize,
}

struct Resource {
    text: String,
    direct: Vec<usize>,
    /// The last query that visited it, so that nothing has to be cleared in between.
    seen: usize,
}

impl Dependencies {
    pub fn of(state: &State) -> Self {
        let mut all = Self::default();
        for (address, resource) in &state.resources {
            let mut last: Option<&[ResourcePath]> = None;
            for (_, object) in resource.instances.values().flat_map(|instance| instance.objects()) {
                // Instances of one resource nearly always have the same dependencies.
                if last.is_some_and(|last| last == &*object.dependencies) {
                    continue;
                }
                last = Some(&object.dependencies);
                let direct: Vec<usize> = object.dependencies.iter().map(|path| all.number(path)).collect();
                if let Some(resource) =
                    Some(all.number(&address.path())).and_then(|at| all.resources.get_mut(at))
                {
                    resource.direct.extend(direct);
                }
            }
        }
        all
    }

    /// All transitive dependencies for these direct ones, without the resource itself, in the order of their texts.
    pub fn all_of(&mut self, own: &ResourcePath, direct: &[ResourcePath]) -> Vec<&str> {
        self.questions += 1;
        let question = self.questions;
        let own = self.number(own);
        let mut pending: Vec<usize> = direct.iter().map(|path| self.number(path)).collect();
        let mut found = Vec::new();
        while let Some(number) = pending.pop() {
            if let Some(resource) = self.resources.get_mut(number)
                && std::mem::replace(&mut resource.seen, question) != question
            {
                found.push(number);
                pending.extend(&resource.direct);
            }
        }
        let others = found.iter().filter(|number| **number != own);
        let mut texts: Vec<&str> =
            others.filter_map(|number| self.resources.get(*number)).map(|resource| &*resource.text).collect();
        texts.sort_unstable();
        texts
    }

    fn number(&mut self, path: &ResourcePath) -> usize {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let number = self.resources.len();
        self.numbers.insert(path.clone(), number);
        self.resources.push(Resource { text: path.to_string(), direct: Vec::new(), seen: 0 });
        number
    }
}
