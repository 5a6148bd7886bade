//! A plan, as `show -json` prints it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::address::{AbsoluteInstance, InstanceKey, ResourceMode};
use crate::config::{Configuration, LANGUAGE_VERSION};
use crate::plan::{Action, Change, Mode, Order, OutputChange, Plan, Reason};
use crate::value::{Kind, Mark, Path, PathStep, Value};

use super::check::{CheckForm, check_forms};
use super::configuration::{ConfigurationForm, configuration};
use super::inside::InsideForm;
use super::relevant::{RelevantForm, relevant};
use super::state::{self, ModuleForm, OutputForm, ResourceForm, StateForm, ValuesForm};
use super::value::{Plain, Shadow};

/// The JSON Schema of the output of [`json_plan`].
pub const PLAN_SCHEMA: &str = include_str!("plan.schema.json");

/// The plan as one JSON document, format 1.2. As in Terraform's, secrets are included, and marked. The timestamp is the
/// time of the plan in RFC 3339.
pub fn json_plan(plan: &Plan, configuration: &Configuration, timestamp: &str) -> String {
    let prior = state::read(&plan.prior, &plan.schemas);
    let prior_state = (!plan.prior.is_empty()).then(|| StateForm::of(&plan.prior, &prior, &[]));
    let complete = plan.options.targets.is_empty() && plan.options.excluded.is_empty();
    let form = PlanForm {
        format_version: "1.2",
        terraform_version: LANGUAGE_VERSION,
        variables: variables(plan, configuration),
        planned_values: planned_values(plan),
        resource_drift: plan
            .drift
            .iter()
            .filter(|change| plan.options.mode == Mode::RefreshOnly || change.action != Action::NoOp)
            .map(|change| ChangeForm::of(change, plan))
            .collect(),
        resource_changes: plan
            .changes
            .iter()
            .filter(is_shown)
            .map(|change| ChangeForm::of(change, plan))
            .collect(),
        output_changes: plan.outputs.iter().map(|(name, output)| (&**name, output_change(output))).collect(),
        prior_state,
        configuration: self::configuration(configuration, &plan.schemas),
        relevant_attributes: relevant(plan, configuration),
        checks: check_forms(&plan.checks),
        protection: plan
            .protection
            .iter()
            .map(|(pattern, action)| {
                (&**pattern, if *action == Action::Delete { "lifted" } else { "begins" })
            })
            .collect(),
        timestamp,
        applyable: plan.has_changes() && !plan.faulty,
        complete: complete && !plan.faulty,
        errored: plan.faulty,
    };
    super::terraform_bytes(serde_json::to_string(&form))
}

#[derive(Serialize)]
struct PlanForm<'a> {
    format_version: &'static str,
    terraform_version: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<&'a str, VariableForm<'a>>,
    planned_values: ValuesForm<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_drift: Vec<ChangeForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource_changes: Vec<ChangeForm<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    output_changes: BTreeMap<&'a str, DifferenceForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prior_state: Option<StateForm<'a>>,
    configuration: ConfigurationForm,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relevant_attributes: Vec<RelevantForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<CheckForm<'a>>,
    /// An extension of Terraform's format: the changes of protection patterns.
    #[serde(rename = "terrace_protection", skip_serializing_if = "BTreeMap::is_empty")]
    protection: BTreeMap<&'a str, &'static str>,
    timestamp: &'a str,
    applyable: bool,
    complete: bool,
    errored: bool,
}

#[derive(Serialize)]
struct VariableForm<'a> {
    value: Plain<'a>,
}

/// Ephemeral values are not shown either, only their defaults, which are in the configuration.
fn variables<'p>(plan: &'p Plan, configuration: &'p Configuration) -> BTreeMap<&'p str, VariableForm<'p>> {
    let defaults = configuration.root().module.variables.values().filter(|variable| variable.ephemeral);
    let defaults = defaults.filter_map(|variable| Some((&*variable.name, variable.default.as_ref()?)));
    let stored = plan.options.inputs.iter().filter(|(_, value)| !value.has_mark_deep(&Mark::Ephemeral));
    let stored = stored.map(|(name, value)| (&**name, value));
    defaults.chain(stored).map(|(name, value)| (name, VariableForm { value: Plain(value) })).collect()
}

/// A data source that is read while planning is not a change, and belongs to the prior state.
fn is_shown(change: &&Change) -> bool {
    change.address.resource.mode == ResourceMode::Managed || change.action != Action::NoOp
}

fn planned_values(plan: &Plan) -> ValuesForm<'_> {
    let outputs = plan.outputs.iter().filter(|(_, output)| output.action != Action::Delete);
    let outputs = outputs.map(|(name, output)| (&**name, OutputForm::new(&output.after, output.sensitive)));
    let stays = |change: &&Change| {
        let gone = matches!(change.action, Action::Delete | Action::Forget);
        is_shown(change) && !gone && change.deposed.is_none() && !change.after.is_null()
    };
    let resources = plan.changes.iter().filter(stays).map(|change| {
        let schema = plan.schemas.of(&change.provider.provider, &change.address);
        let form = ResourceForm::planned(&change.address, &change.provider.provider, &change.after, schema);
        (change.address.module.clone(), form)
    });
    ValuesForm { outputs: outputs.collect(), root_module: ModuleForm::tree(resources) }
}

#[derive(Serialize)]
struct ChangeForm<'a> {
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_address: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    module_address: String,
    mode: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "state::as_key")]
    index: Option<&'a InstanceKey>,
    provider_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    deposed: Option<&'a str>,
    change: DifferenceForm<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inside: Option<InsideForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_reason: Option<&'static str>,
}

#[derive(Serialize)]
struct DifferenceForm<'a> {
    actions: &'static [&'static str],
    before: Plain<'a>,
    /// Left out if nothing of it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Plain<'a>>,
    after_unknown: Truth<'a>,
    before_sensitive: Truth<'a>,
    after_sensitive: Truth<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replace_paths: Vec<PathForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    importing: Option<ImportForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_config: Option<&'a str>,
}

/// A boolean for the whole, or for each part.
#[derive(Serialize)]
#[serde(untagged)]
enum Truth<'a> {
    Whole(bool),
    /// Nothing at all, because there will be no value.
    Nothing {},
    Parts(Shadow<'a>),
}

#[derive(Serialize)]
struct ImportForm<'a> {
    id: &'a str,
}

/// The previous address. Left out when everything is destroyed, because the moves were made before.
pub(super) fn previous(change: &Change) -> Option<&AbsoluteInstance> {
    let goes_with_all =
        change.action == Action::Delete && change.reason.is_none() && change.deposed.is_none();
    change.moved_from.as_deref().filter(|_| !goes_with_all)
}

impl<'a> ChangeForm<'a> {
    fn of(change: &'a Change, plan: &'a Plan) -> Self {
        let address = &change.address;
        let schema = plan.schemas.of(&change.provider.provider, address);
        let secret = |value: &'a Value| match value.is_null() {
            true => Truth::Whole(false),
            false => Truth::Parts(Shadow::secret(value, schema)),
        };
        let after_unknown = match change.after.is_wholly_known() {
            true => Truth::Nothing {},
            false => Truth::Parts(Shadow::unknown(&change.after)),
        };
        let import = change.import.as_ref();
        Self {
            address: address.to_string(),
            previous_address: previous(change).map(ToString::to_string),
            module_address: address.module.to_string(),
            mode: state::mode(address.resource.mode),
            kind: &address.resource.kind,
            name: &address.resource.name,
            index: state::some_key(&address.key),
            provider_name: change.provider.provider.to_string(),
            deposed: change.deposed.as_ref().map(|key| &*key.0),
            change: DifferenceForm {
                actions: actions(change.action),
                before: Plain(&change.before),
                after: change.after.is_known().then_some(Plain(&change.after)),
                after_unknown,
                before_sensitive: secret(&change.before),
                after_sensitive: secret(&change.after),
                replace_paths: change.forces_replacement.iter().map(PathForm).collect(),
                importing: import.map(|import| ImportForm { id: &import.id }),
                generated_config: import.and_then(|import| import.generated.as_deref()),
            },
            inside: InsideForm::of(change, &plan.schemas),
            action_reason: change.reason.map(reason),
        }
    }
}

fn output_change(output: &OutputChange) -> DifferenceForm<'_> {
    let known = output.after.is_wholly_known();
    DifferenceForm {
        actions: actions(output.action),
        before: Plain(&output.before),
        after: output.after.is_known().then_some(Plain(&output.after)),
        after_unknown: match known {
            true => Truth::Whole(false),
            false => Truth::Parts(Shadow::unknown(&output.after)),
        },
        before_sensitive: Truth::Whole(output.sensitive),
        after_sensitive: Truth::Whole(output.sensitive),
        replace_paths: Vec::new(),
        importing: None,
        generated_config: None,
    }
}

fn actions(action: Action) -> &'static [&'static str] {
    match action {
        Action::NoOp => &["no-op"],
        Action::Create => &["create"],
        Action::Read => &["read"],
        Action::Update => &["update"],
        Action::Delete => &["delete"],
        Action::Replace(Order::DestroyFirst) => &["delete", "create"],
        Action::Replace(Order::CreateFirst) => &["create", "delete"],
        Action::Forget => &["forget"],
    }
}

pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ReplaceBecauseTainted => "replace_because_tainted",
        Reason::ReplaceByRequest => "replace_by_request",
        Reason::ReplaceByTriggers => "replace_by_triggers",
        Reason::ReplaceBecauseCannotUpdate => "replace_because_cannot_update",
        Reason::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
        Reason::DeleteBecauseNoModule => "delete_because_no_module",
        Reason::DeleteBecauseWrongRepetition => "delete_because_wrong_repetition",
        Reason::DeleteBecauseCountIndex => "delete_because_count_index",
        Reason::DeleteBecauseEachKey => "delete_because_each_key",
        Reason::DeleteBecauseNoMoveTarget => "delete_because_no_move_target",
        Reason::ReadBecauseConfigUnknown => "read_because_config_unknown",
        Reason::ReadBecauseDependencyPending => "read_because_dependency_pending",
        Reason::ReadBecauseCheckNested => "read_because_check_nested",
    }
}

/// Names and indexes from the object on. An element of a set has neither, so the path ends before it.
struct PathForm<'a>(&'a Path);

impl Serialize for PathForm<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let steps = self.0.0.iter().map_while(|step| match step {
            PathStep::Attribute(name) => Some(StepForm::Name(name)),
            PathStep::Index(key) => match key.kind() {
                Kind::String(name) => Some(StepForm::Name(name)),
                Kind::Number(_) => Some(StepForm::Index(Plain(key))),
                _ => None,
            },
        });
        serializer.collect_seq(steps)
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum StepForm<'a> {
    Name(&'a str),
    Index(Plain<'a>),
}
