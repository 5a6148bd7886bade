//! Templates: what they declare, which parameters they take, and what depends on what. [`Scope`](super::scope::Scope)
//! computes their values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::wire::{Fault, text, texts, truth};
use super::reference::references;
use super::yaml;

/// The most that a body may have; larger ones come from an address.
const BODY_LIMIT: usize = 51_200;

#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    pub(super) text: String,
    pub(super) value: Value,
}

impl Template {
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let value = yaml::read(text).map_err(|error| format_error(&error))?;
        let template = Self { text: text.to_owned(), value };
        let count = template.resources().count();
        if count == 0 {
            return Err(format_error("At least one Resources member must be defined."));
        }
        if count > 500 {
            let message = format!("Number of resources, {count}, is greater than maximum allowed, 500");
            return Err(format_error(&message));
        }
        for (logical, entry) in template.resources() {
            if entry["Type"].as_str().is_none_or(str::is_empty) {
                return Err(format_error(&format!(
                    "[/Resources/{logical}] Every Resources object must contain a Type member."
                )));
            }
        }
        let missing = template.unresolved();
        if !missing.is_empty() {
            let names = missing.into_iter().collect::<Vec<_>>().join(", ");
            let message =
                format!("Unresolved resource dependencies [{names}] in the Resources block of the template");
            return Err(format_error(&message));
        }
        template.levels(|_| true)?;
        Ok(template)
    }

    /// From a request, which has it in its body or by its address.
    pub(super) fn given(
        parameters: &Value,
        documents: &BTreeMap<String, String>,
        prior: Option<&Self>,
    ) -> Result<Self, Fault> {
        if truth(parameters, "UsePreviousTemplate") == Some(true) {
            return prior.cloned().ok_or_else(|| Fault::validation("There is no previous template"));
        }
        let address = text(parameters, "TemplateURL");
        if !address.is_empty() {
            let found = documents.get(&address);
            let found =
                found.ok_or_else(|| Fault::validation("S3 error: The specified key does not exist."))?;
            return Self::read(found);
        }
        let body = text(parameters, "TemplateBody");
        if body.is_empty() {
            return Err(Fault::validation("Either Template URL or Template Body must be specified."));
        }
        if body.len() > BODY_LIMIT {
            return Err(Fault::validation(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less \
                 than or equal to 51200",
            ));
        }
        Self::read(&body)
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.value["Resources"].as_object().into_iter().flatten()
    }

    pub(super) fn section(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.value[name].as_object().into_iter().flatten()
    }

    /// The values of all parameters: what was given, what stays, what the template says.
    pub(super) fn arguments(
        &self,
        request: &Value,
        prior: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Fault> {
        let given = request["Parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let declared: BTreeMap<&String, &Value> = self.section("Parameters").collect();
        let unknown: Vec<String> = given
            .iter()
            .map(|parameter| text(parameter, "ParameterKey"))
            .filter(|name| !declared.contains_key(name))
            .collect();
        if !unknown.is_empty() {
            let message = format!("Parameters: [{}] do not exist in the template", unknown.join(", "));
            return Err(Fault::validation(message));
        }
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, declaration) in declared {
            let given = given.iter().find(|parameter| text(parameter, "ParameterKey") == *name);
            let value = match given {
                Some(given) if truth(given, "UsePreviousValue") == Some(true) => prior.get(name).cloned(),
                Some(given) => Some(text(given, "ParameterValue")),
                None => declaration
                    .get("Default")
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
            };
            let Some(value) = value else {
                missing.push(name.clone());
                continue;
            };
            allowed(name, declaration, &value)?;
            values.insert(name.clone(), value);
        }
        if missing.is_empty() {
            return Ok(values);
        }
        Err(Fault::validation(format!("Parameters: [{}] must have values", missing.join(", "))))
    }

    /// Whether a parameter's value is shown as asterisks.
    pub(super) fn hides(&self, parameter: &str) -> bool {
        truth(&self.value["Parameters"][parameter], "NoEcho") == Some(true)
    }

    /// What somebody must agree to: `CAPABILITY_IAM` and its like, with the types that ask for it.
    pub(super) fn wanted_capabilities(&self) -> (Vec<&'static str>, Vec<String>) {
        let mut wanted = BTreeSet::new();
        let mut kinds = BTreeSet::new();
        for (_, entry) in self.resources() {
            let kind = text(entry, "Type");
            if !kind.starts_with("AWS::IAM::") {
                continue;
            }
            let named = ["RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"]
                .iter()
                .any(|name| !entry["Properties"][name].is_null());
            wanted.insert(if named { "CAPABILITY_NAMED_IAM" } else { "CAPABILITY_IAM" });
            kinds.insert(kind);
        }
        if wanted.contains("CAPABILITY_NAMED_IAM") {
            wanted.remove("CAPABILITY_IAM");
        }
        if !self.value["Transform"].is_null() {
            wanted.insert("CAPABILITY_AUTO_EXPAND");
        }
        (wanted.into_iter().collect(), kinds.into_iter().collect())
    }

    pub(super) fn check_capabilities(&self, request: &Value) -> Result<(), Fault> {
        let given = texts(request, "Capabilities");
        let (wanted, _) = self.wanted_capabilities();
        let covers = |wanted: &str| {
            given.iter().any(|given| {
                given == wanted || (given == "CAPABILITY_NAMED_IAM" && wanted == "CAPABILITY_IAM")
            })
        };
        let missing: Vec<&str> = wanted.into_iter().filter(|wanted| !covers(wanted)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("Requires capabilities : [{}]", missing.join(", "));
        Err(Fault::new(400, "InsufficientCapabilitiesException", message))
    }

    /// What a request that only looks at a template is told.
    pub(super) fn summary(&self) -> Value {
        let parameters: Vec<Value> = self
            .section("Parameters")
            .map(|(name, declaration)| {
                json!({
                    "ParameterKey": name,
                    "DefaultValue": declaration.get("Default"),
                    "ParameterType": declaration.get("Type"),
                    "NoEcho": self.hides(name),
                    "Description": declaration.get("Description"),
                    "ParameterConstraints": { "AllowedValues": declaration.get("AllowedValues") },
                })
            })
            .collect();
        let (capabilities, kinds) = self.wanted_capabilities();
        let reason = (!kinds.is_empty())
            .then(|| format!("The following resource(s) require capabilities: [{}]", kinds.join(", ")));
        json!({
            "Parameters": parameters,
            "Description": self.value.get("Description"),
            "Capabilities": capabilities,
            "CapabilitiesReason": reason,
            "ResourceTypes": self.resources().map(|(_, entry)| text(entry, "Type")).collect::<BTreeSet<_>>(),
            "Version": self.value.get("AWSTemplateFormatVersion"),
            "Metadata": self.value.get("Metadata").map(Value::to_string),
        })
    }

    /// The same, as far as a mere check tells it.
    pub(super) fn validated(&self) -> Value {
        let mut members = self.summary();
        for name in ["ResourceTypes", "Version", "Metadata"] {
            members[name] = Value::Null;
        }
        for parameter in members["Parameters"].as_array_mut().into_iter().flatten() {
            parameter["ParameterType"] = Value::Null;
            parameter["ParameterConstraints"] = Value::Null;
        }
        members
    }

    /// The logical ids that stand together, dependencies first.
    pub(super) fn levels(&self, exists: impl Fn(&str) -> bool) -> Result<Vec<Vec<String>>, Fault> {
        let mut open: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (logical, entry) in self.resources().filter(|(logical, _)| exists(logical)) {
            let mut names = references(entry);
            names.retain(|name| name != logical && exists(name) && !self.value["Resources"][name].is_null());
            open.insert(logical.clone(), names);
        }
        let mut levels = Vec::new();
        while !open.is_empty() {
            let ready: Vec<String> = open
                .iter()
                .filter(|(_, names)| !names.iter().any(|name| open.contains_key(name)))
                .map(|(logical, _)| logical.clone())
                .collect();
            if ready.is_empty() {
                let names = open.into_keys().collect::<Vec<_>>().join(", ");
                return Err(Fault::validation(format!("Circular dependency between resources: [{names}]")));
            }
            open.retain(|logical, _| !ready.contains(logical));
            levels.push(ready);
        }
        Ok(levels)
    }

    fn unresolved(&self) -> BTreeSet<String> {
        let known = |name: &String| {
            name.starts_with("AWS::")
                || !self.value["Resources"][name].is_null()
                || !self.value["Parameters"][name].is_null()
        };
        self.resources().flat_map(|(_, entry)| references(entry)).filter(|name| !known(name)).collect()
    }
}

fn allowed(name: &str, declaration: &Value, value: &str) -> Result<(), Fault> {
    let allowed = texts(declaration, "AllowedValues");
    if !allowed.is_empty() && !allowed.iter().any(|allowed| allowed == value) {
        let message = format!("Parameter '{name}' must be one of AllowedValues");
        return Err(Fault::validation(message));
    }
    let number = text(declaration, "Type") == "Number";
    if number && value.parse::<f64>().is_err() {
        return Err(Fault::validation(format!("Parameter '{name}' must be a number.")));
    }
    let said = |limit: &str| text(declaration, limit).parse::<f64>().ok();
    let size = if number { value.parse().unwrap_or(0.0) } else { value.chars().count() as f64 };
    let (least, most) = if number { ("MinValue", "MaxValue") } else { ("MinLength", "MaxLength") };
    let pattern = text(declaration, "AllowedPattern");
    let matches = pattern.is_empty()
        || regex::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(value));
    if matches && said(least).is_none_or(|least| size >= least) && said(most).is_none_or(|most| size <= most)
    {
        return Ok(());
    }
    let why = super::given(declaration, "ConstraintDescription")
        .unwrap_or_else(|| "constraint not satisfied".to_owned());
    Err(Fault::validation(format!("Parameter '{name}' failed to satisfy constraint: {why}")))
}

fn format_error(message: &str) -> Fault {
    Fault::validation(format!("Template format error: {message}"))
}
