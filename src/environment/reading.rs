//! Parses `terrace.hcl` to definitions, with the errors inside each block.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::address::EnvironmentName;
use crate::config::{BLOCKS, ENVIRONMENT_BLOCKS};
use crate::diag::{Diagnostic, Diagnostics, Source, Span};
use crate::eval::functions::parse_wait;
use crate::expression::{Nothing, evaluate};
use crate::syntax::{Attribute, Block, BlockRule, Body, BodyRule, Content, parse_file};
use crate::value::{Kind, Name, Type, Value, convert};

use super::definition::{
    Definitions, Difference, Environment, Parameter, Preview, Project, Protect, Service, Tier, Toggle,
};
use super::protection::{self, Pattern, Window};
use super::{inheritance, layer};

type Rule = LazyLock<BodyRule<'static>>;

// Blocks of a configuration are listed so that the error can say where they belong.
static FILE: Rule = LazyLock::new(|| rule(&[], &[ENVIRONMENT_BLOCKS.as_slice(), &BLOCKS].concat()));
static PROJECT: Rule = LazyLock::new(|| rule(&["description"], &[]));
static STATE: Rule = LazyLock::new(|| rule(&[], &[]));
static PARAMETER: Rule = LazyLock::new(|| rule(&["differs", "decides", "description"], &[]));
const LAYER: [&str; 3] = ["values", "values_files", "unset"];
static ENVIRONMENT: Rule = LazyLock::new(|| {
    let own = ["description", "tier", "branch", "owners", "extends", "abstract"];
    let names: Vec<&'static str> = own.into_iter().chain(LAYER).collect();
    rule(&names, &[("protect", &[]), ("secrets", &[]), ("variables_for", &["service"])])
});
static PREVIEW: Rule = LazyLock::new(|| {
    let names: Vec<&'static str> = ["extends", "ttl", "limit"].into_iter().chain(LAYER).collect();
    rule(&names, &[("secrets", &[]), ("variables_for", &["service"])])
});
static PROTECT: Rule =
    LazyLock::new(|| rule(&["confirm", "deny_destroy", "windows", "branches", "overridable"], &[]));
static TOGGLE: Rule = LazyLock::new(|| rule(&["description", "on", "since", "retire_after"], &[]));
static SERVICE: Rule = LazyLock::new(|| rule(&["variable", "required", "values"], &[]));

fn rule(
    attributes: &[&'static str],
    blocks: &[(&'static str, &'static [&'static str])],
) -> BodyRule<'static> {
    BodyRule {
        attributes: attributes.iter().map(|name| (*name, false)).collect(),
        blocks: blocks.iter().map(|(kind, labels)| BlockRule { kind, labels }).collect(),
    }
}

impl Definitions {
    /// Reads the file. The result is incomplete if there are errors.
    pub fn read(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Self {
        let mut faults = Diagnostics::new();
        let body = parse_file(source, &mut faults);
        let content = body.content(&FILE, &mut faults);
        // What looks as if it were missing then may be what could not be read.
        let is_whole = !faults.has_errors();
        diagnostics.extend(faults);
        let mut definitions = Self {
            source: Arc::clone(source),
            project: None,
            store: None,
            parameters: BTreeMap::new(),
            environments: Vec::new(),
            preview: None,
            toggles: BTreeMap::new(),
            services: BTreeMap::new(),
        };
        let mut seen = BTreeMap::new();
        for block in &content.blocks {
            if is_first(block, &mut seen, diagnostics) {
                definitions.take(block, diagnostics);
            }
        }
        if is_whole {
            inheritance::check(&definitions, diagnostics);
        }
        definitions
    }

    fn take(&mut self, block: &Block, diagnostics: &mut Diagnostics) {
        let label = block.labels.first().map(|label| label.text.clone()).unwrap_or_default();
        match &*block.kind {
            "project" => {
                let content = block.body.content(&PROJECT, diagnostics);
                let description = text(&content, "description", diagnostics);
                self.project = Some(Project { name: label, description, span: block.header.clone() });
            }
            "state" => {
                let _ = block.body.content(&STATE, diagnostics);
                if &*label != "sqlite" {
                    let why = format!(
                        "State is kept by \"sqlite\", in one file per environment; there is no \"{label}\"."
                    );
                    let place = block.labels.first().map_or(&block.header, |label| &label.span);
                    diagnostics.push(Diagnostic::error("Unknown kind of state store", why).at(place.clone()));
                }
                self.store = Some((label, block.header.clone()));
            }
            "parameter" => drop(self.parameters.insert(label.clone(), parameter(block, label, diagnostics))),
            "environment" => self.environments.extend(environment(block, diagnostics).map(Arc::new)),
            "preview" => self.preview = preview(block, diagnostics).map(Arc::new),
            "toggle" => {
                self.toggles.extend(toggle(block, &label, diagnostics).map(|toggle| (label, toggle)));
            }
            "variables_for" => {
                self.services
                    .extend(service(block, &label, diagnostics).map(|service| (label, Arc::new(service))));
            }
            kind if BLOCKS.iter().any(|(known, _)| *known == kind) => {
                let why = format!(
                    "\"{kind}\" blocks are not read here: this file says which environments there are."
                );
                let fault = Diagnostic::error("Misplaced block", why).at(block.kind_span.clone());
                diagnostics.push(fault.hint("Write it into a file whose name ends with .tf."));
            }
            // The rule has refused everything else.
            _ => {}
        }
    }
}

/// Whether a block is the first of its kind and name; a second one is reported.
fn is_first(block: &Block, seen: &mut BTreeMap<(Name, Name), Span>, diagnostics: &mut Diagnostics) -> bool {
    let label = block.labels.first().map(|label| label.text.clone()).unwrap_or_default();
    let alone = matches!(&*block.kind, "project" | "state" | "preview");
    let key = (block.kind.clone(), if alone { "".into() } else { label.clone() });
    if let Some(first) = seen.get(&key) {
        let what = if alone {
            format!("one \"{}\" block", block.kind)
        } else {
            format!("one {} \"{label}\"", block.kind)
        };
        let why = format!("There can be only {what} in terrace.hcl.");
        diagnostics.push(
            Diagnostic::error(format!("Duplicate {}", block.kind), why)
                .at(block.header.clone())
                .related("the first one", first.clone()),
        );
        return false;
    }
    seen.insert(key, block.header.clone());
    true
}

fn parameter(block: &Block, name: Name, diagnostics: &mut Diagnostics) -> Parameter {
    let content = block.body.content(&PARAMETER, diagnostics);
    let differs = text(&content, "differs", diagnostics).and_then(|word| {
        let found = Difference::of(&word);
        if found.is_none() {
            let known = Difference::ALL.map(Difference::word);
            let why = format!(
                "A parameter differs in \"scale\", in \"identity\", or because of something \"external\", and not in \"{word}\"."
            );
            diagnostics.push(at(Diagnostic::error("Unknown kind of difference", why), &content, "differs").suggest(&word, known));
        }
        found
    });
    if !content.attributes.contains("differs") && !content.attributes.contains("decides") {
        let why = format!(
            "The parameter \"{name}\" says neither that it differs nor that it decides, so that it declares nothing."
        );
        diagnostics.push(
            Diagnostic::error("Parameter without a declaration", why)
                .at(block.header.clone())
                .hint("Say in which way it may differ: differs = \"scale\", \"identity\" or \"external\"."),
        );
    }
    let decides = boolean(&content, "decides", diagnostics).unwrap_or(false);
    let description = text(&content, "description", diagnostics);
    Parameter { name, differs, decides, description, span: block.header.clone() }
}

fn environment(block: &Block, diagnostics: &mut Diagnostics) -> Option<Environment> {
    let label = block.labels.first()?;
    let content = block.body.content(&ENVIRONMENT, diagnostics);
    let name = match EnvironmentName::new(&label.text) {
        Ok(name) if !name.as_str().contains('/') => Some(name),
        Ok(_) => {
            let why = "Names that begin with \"preview/\" are kept for the environments of branches.";
            diagnostics.push(Diagnostic::error("Invalid environment name", why).at(label.span.clone()));
            None
        }
        Err(error) => {
            let why = format!("{}.", upper(&error.to_string()));
            diagnostics.push(Diagnostic::error("Invalid environment name", why).at(label.span.clone()));
            None
        }
    };
    let tier = text(&content, "tier", diagnostics).and_then(|word| {
        let found = Tier::of(&word);
        if found.is_none() {
            let known = Tier::ALL.map(Tier::word);
            let why = format!(
                "A tier is one of {}, and not \"{word}\".",
                known.map(|word| format!("\"{word}\"")).join(", ")
            );
            diagnostics
                .push(at(Diagnostic::error("Unknown tier", why), &content, "tier").suggest(&word, known));
        }
        found
    });
    let mut seen = None;
    let mut protect = None;
    for inner in content.blocks.iter().filter(|inner| &*inner.kind == "protect") {
        if only_one(inner, &mut seen, diagnostics) {
            protect = Some(protection(inner, diagnostics));
        }
    }
    Some(Environment {
        name: name?,
        description: text(&content, "description", diagnostics),
        tier,
        branch: text(&content, "branch", diagnostics),
        owners: texts(&content, "owners", diagnostics).into_iter().map(|(owner, _)| owner).collect(),
        extends: placed_text(&content, "extends", diagnostics),
        is_abstract: boolean(&content, "abstract", diagnostics).unwrap_or(false),
        layer: layer::layer(&content, diagnostics),
        protect,
        span: block.header.clone(),
        name_span: label.span.clone(),
    })
}

fn protection(block: &Block, diagnostics: &mut Diagnostics) -> Protect {
    let content = block.body.content(&PROTECT, diagnostics);
    let place = |name: &str| content.attributes.get(name).map(|attribute| attribute.expression.span());
    let confirm = boolean(&content, "confirm", diagnostics).zip(place("confirm"));
    let list = |name: &str, diagnostics: &mut Diagnostics| {
        let span = place(name)?;
        Some((diagnostics.unless_faulty(|faults| texts(&content, name, faults))?, span))
    };
    let (windows, branches) = (list("windows", diagnostics), list("branches", diagnostics));
    for (name, list) in [("windows", &windows), ("branches", &branches)] {
        if let Some((items, span)) = list
            && items.is_empty()
        {
            let why = format!("With {name} = [] nothing could ever be applied to this environment.");
            diagnostics.push(
                Diagnostic::error("Environment that nothing can apply", why)
                    .at(span.clone())
                    .hint(format!("Leave {name} out for no such rule.")),
            );
        }
    }
    let overridable = texts(&content, "overridable", diagnostics);
    let known = protection::Rule::OVERRIDABLE.map(protection::Rule::word);
    for (rule, span) in &overridable {
        if !known.contains(&&**rule) {
            let why = format!(
                "What can be set aside with a reason are the rules {}, and not \"{rule}\".",
                known.map(|word| format!("\"{word}\"")).join(", ")
            );
            diagnostics.push(Diagnostic::error("Unknown rule", why).at(span.clone()).suggest(rule, known));
        }
    }
    let deny_destroy = texts(&content, "deny_destroy", diagnostics);
    for (pattern, span) in &deny_destroy {
        if let Err(why) = Pattern::parse(pattern) {
            diagnostics.push(Diagnostic::error("Invalid pattern", why).at(span.clone()));
        }
    }
    for (window, span) in windows.iter().flat_map(|(windows, _)| windows) {
        if let Err(why) = Window::parse(window) {
            diagnostics.push(Diagnostic::error("Invalid window", why).at(span.clone()));
        }
    }
    Protect { confirm, deny_destroy, windows, branches, overridable, span: block.header.clone() }
}

fn preview(block: &Block, diagnostics: &mut Diagnostics) -> Option<Preview> {
    let content = block.body.content(&PREVIEW, diagnostics);
    for (name, example) in [("extends", "extends = \"staging\""), ("ttl", "ttl = \"72h\"")] {
        if !content.attributes.contains(name) {
            let why = match name {
                "ttl" => {
                    "Without an end, previews are never cleaned up: say how long one lives after the last new commit."
                }
                _ => "A preview is made like another environment: say like which.",
            };
            diagnostics.push(
                Diagnostic::error(format!("Preview without {name}"), why)
                    .at(block.header.clone())
                    .hint(format!("Add {example}.")),
            );
        }
    }
    let extends = placed_text(&content, "extends", diagnostics);
    let ttl = period(&content, "ttl", diagnostics);
    let limit = number(&content, "limit", diagnostics);
    let layer = layer::layer(&content, diagnostics);
    Some(Preview { extends: extends?, ttl: ttl?, limit, layer, span: block.header.clone() })
}

fn toggle(block: &Block, name: &Name, diagnostics: &mut Diagnostics) -> Option<Toggle> {
    let content = block.body.content(&TOGGLE, diagnostics);
    for needed in ["on", "since"] {
        if !content.attributes.contains(needed) {
            let why = match needed {
                "on" => {
                    "A toggle says for each environment whether it is on: on = { staging = true, production = false }."
                }
                _ => {
                    "A toggle says since when it exists, so that it is not kept for ever: since = \"2026-11-21\"."
                }
            };
            diagnostics.push(
                Diagnostic::error(format!("Toggle without \"{needed}\""), why).at(block.header.clone()),
            );
        }
    }
    let since = placed_text(&content, "since", diagnostics).and_then(|(text, span)| {
        let date = text.parse().ok();
        if date.is_none() {
            let why = format!("\"{text}\" is no date; a date looks like 2026-11-21.");
            diagnostics.push(Diagnostic::error("Invalid date", why).at(span));
        }
        date
    });
    let retire_after = period(&content, "retire_after", diagnostics);
    let mut on = BTreeMap::new();
    if let Some(attribute) = content.attributes.get("on") {
        for setting in layer::settings(attribute, diagnostics) {
            let value = constant(&setting.expression, &Type::Bool, "true or false", diagnostics);
            let value = value.and_then(|value| value.as_bool());
            on.extend(value.map(|value| (setting.name, (value, setting.name_span))));
        }
    }
    let description = text(&content, "description", diagnostics);
    let name = name.clone();
    Some(Toggle { name, description, on, since: since?, retire_after, span: block.header.clone() })
}

fn service(block: &Block, name: &Name, diagnostics: &mut Diagnostics) -> Option<Service> {
    let content = block.body.content(&SERVICE, diagnostics);
    if !content.attributes.contains("variable") {
        let why = format!(
            "Say which variable of the project receives the map: variable = \"{name}_environment\", declared with type = map(string)."
        );
        diagnostics.push(Diagnostic::error("Service without a variable", why).at(block.header.clone()));
    }
    let required = texts(&content, "required", diagnostics);
    let values = content.attributes.get("values");
    let values = values.map(|attribute| layer::settings(attribute, diagnostics)).unwrap_or_default();
    let (variable, variable_span) = placed_text(&content, "variable", diagnostics)?;
    let name = name.clone();
    Some(Service { name, variable, variable_span, required, values, span: block.header.clone() })
}

/// Whether a block is the first of its kind in the enclosing one.
pub(super) fn only_one(block: &Block, seen: &mut Option<Span>, diagnostics: &mut Diagnostics) -> bool {
    if let Some(first) = seen {
        let why = format!("There can be only one \"{}\" block here.", block.kind);
        diagnostics.push(
            Diagnostic::error(format!("Duplicate {} block", block.kind), why)
                .at(block.header.clone())
                .related("the first one", first.clone()),
        );
        return false;
    }
    *seen = Some(block.header.clone());
    true
}

/// All attributes of a block whose names are free to choose.
pub(super) fn free(body: &Body, diagnostics: &mut Diagnostics) -> Vec<Attribute> {
    let mut attributes: Vec<Attribute> = body.attributes(diagnostics).into_iter().collect();
    attributes.sort_by_key(|attribute| attribute.name_span().range.start);
    attributes
}

fn text(content: &Content, name: &str, diagnostics: &mut Diagnostics) -> Option<Name> {
    placed_text(content, name, diagnostics).map(|(text, _)| text)
}

fn placed_text(content: &Content, name: &str, diagnostics: &mut Diagnostics) -> Option<(Name, Span)> {
    let expression = &content.attributes.get(name)?.expression;
    let value = constant(expression, &Type::String, "a text", diagnostics)?;
    let Kind::String(text) = value.kind() else { return None };
    Some((text.clone(), expression.span()))
}

fn boolean(content: &Content, name: &str, diagnostics: &mut Diagnostics) -> Option<bool> {
    let attribute = content.attributes.get(name)?;
    constant(&attribute.expression, &Type::Bool, "true or false", diagnostics)?.as_bool()
}

fn number(content: &Content, name: &str, diagnostics: &mut Diagnostics) -> Option<u64> {
    let attribute = content.attributes.get(name)?;
    let value = constant(&attribute.expression, &Type::Number, "a whole number", diagnostics)?;
    let number = value.as_number()?.to_i64().and_then(|number| u64::try_from(number).ok());
    if number.is_none() {
        let why = format!("\"{name}\" is a whole number, zero or more.");
        diagnostics.push(Diagnostic::error("Unsuitable number", why).at(attribute.expression.span()));
    }
    number
}

fn period(content: &Content, name: &str, diagnostics: &mut Diagnostics) -> Option<Duration> {
    let (text, span) = placed_text(content, name, diagnostics)?;
    let period = parse_period(&text);
    if period.is_none() {
        let why = format!(
            "\"{text}\" is no length of time; one looks like 72h, 90m, 14d or 1h30m, and is above zero."
        );
        diagnostics.push(Diagnostic::error(format!("Invalid {name}"), why).at(span));
    }
    period
}

/// Durations as elsewhere in the language, plus days and weeks.
fn parse_period(text: &str) -> Option<Duration> {
    let hours = |number: &str, each: u64| {
        number.parse::<u64>().ok()?.checked_mul(each * 3600).map(Duration::from_secs)
    };
    let period = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(days), _) => hours(days, 24),
        (_, Some(weeks)) => hours(weeks, 24 * 7),
        _ => parse_wait(text),
    };
    period.filter(|period| !period.is_zero())
}

/// A literal list of strings, each with its place.
fn texts(content: &Content, name: &str, diagnostics: &mut Diagnostics) -> Vec<(Name, Span)> {
    let Some(attribute) = content.attributes.get(name) else { return Vec::new() };
    let Some(items) = attribute.expression.as_list() else {
        let why = format!("\"{name}\" is a list of texts: {name} = [\"...\"].");
        diagnostics.push(Diagnostic::error("Unsuitable value", why).at(attribute.expression.span()));
        return Vec::new();
    };
    let mut texts = Vec::new();
    for item in items {
        let Some(value) = constant(&item, &Type::String, "a text", diagnostics) else { continue };
        texts.extend(value.as_str().map(|text| (Name::from(text), item.span())));
    }
    texts
}

/// The constant value of an expression, converted to a type.
fn constant(
    expression: &crate::syntax::Expression,
    ty: &Type,
    wanted: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let value = diagnostics.unless_faulty(|faults| evaluate(expression, &Nothing, faults))?;
    match convert(&value, ty) {
        Ok(value) if value.is_known() && !value.is_null() => Some(value),
        _ => {
            let have =
                if value.is_null() { "null".to_owned() } else { format!("a {}", value.ty().friendly()) };
            let why = format!("This must be {wanted}, and it is {have}.");
            diagnostics.push(Diagnostic::error("Unsuitable value", why).at(expression.span()));
            None
        }
    }
}

fn at(diagnostic: Diagnostic, content: &Content, name: &str) -> Diagnostic {
    match content.attributes.get(name) {
        Some(attribute) => diagnostic.at(attribute.expression.span()),
        None => diagnostic,
    }
}

fn upper(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}
