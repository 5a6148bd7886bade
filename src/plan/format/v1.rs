//! Version 1: how each part of a plan is encoded. Any change to this needs a new version.

mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::{
    AbsoluteInstance, AbsoluteResource, EnvironmentName, InstanceKey, ModuleInstance, ModulePath,
    ProviderAddress, ProviderConfigAddress, ResourceAddress, ResourceMode, ResourcePath, Target,
};
use crate::plan::{
    Action, Change, Import, Mode, Order, Origin, OutputChange, Plan, PlanOptions, Reason, Schemas,
};
use crate::schema::{self, Attribute, Block, Nested, NestedBlock, Nesting};
use crate::state::{
    CheckKind, CheckState, CheckStatus, CheckedObject, DeposedKey, InstanceState, Object, OutputState,
    ResourceState, State, Status,
};
use crate::value::{Mark, Name, Value};

use super::FormatError;
use super::codec::{Loaded, Reader, Saved, Writer, deep, record, save_all, word};

impl Saved for Plan {
    fn save(&self, to: &mut Writer) {
        let Self { origin, time, options, changes, drift, outputs, checks, prior, schemas, faulty, .. } =
            self;
        origin.save(to);
        time.save(to);
        options.save(to);
        changes.save(to);
        drift.save(to);
        outputs.save(to);
        checks.save(to);
        prior.save(to);
        occurring(schemas, changes.iter().chain(drift), prior).save(to);
        faulty.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self {
            origin: Saved::load(from)?,
            time: Saved::load(from)?,
            options: Saved::load(from)?,
            changes: Saved::load(from)?,
            drift: Saved::load(from)?,
            outputs: Saved::load(from)?,
            checks: Saved::load(from)?,
            protection: BTreeMap::new(),
            prior: Arc::new(Saved::load(from)?),
            schemas: Schemas(Saved::load(from)?),
            faulty: Saved::load(from)?,
            unfounded: false,
        })
    }
}

/// The schemas of the types that have changes or are in the prior state: enough to show the plan, and to recognise its
/// secrets.
fn occurring<'c>(
    schemas: &Schemas,
    changes: impl Iterator<Item = &'c Change>,
    prior: &State,
) -> BTreeMap<ProviderAddress, Arc<schema::Provider>> {
    let changed = changes.map(|change| (&change.provider.provider, &change.address.resource));
    let stored = prior.resources.iter().map(|(address, one)| (&one.provider.provider, &address.resource));
    let kinds: BTreeSet<(&ProviderAddress, ResourceMode, &Name)> =
        changed.chain(stored).map(|(provider, one)| (provider, one.mode, &one.kind)).collect();
    let mut occurring: BTreeMap<ProviderAddress, schema::Provider> = BTreeMap::new();
    for (address, mode, kind) in kinds {
        let Some(block) = schemas.0.get(address).and_then(|provider| provider.block(mode, kind)) else {
            continue;
        };
        let provider = occurring.entry(address.clone()).or_default();
        let blocks = match mode {
            ResourceMode::Managed => &mut provider.resources,
            ResourceMode::Data => &mut provider.data,
            ResourceMode::Ephemeral => &mut provider.ephemeral,
        };
        blocks.insert(kind.clone(), block.clone());
    }
    occurring.into_iter().map(|(address, provider)| (address, Arc::new(provider))).collect()
}

/// Functions are left out: they were called before the plan was made.
impl Saved for schema::Provider {
    fn save(&self, to: &mut Writer) {
        let Self { configuration, resources, data, ephemeral, functions: _ } = self;
        configuration.save(to);
        resources.save(to);
        data.save(to);
        ephemeral.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self {
            configuration: Saved::load(from)?,
            resources: Saved::load(from)?,
            data: Saved::load(from)?,
            ephemeral: Saved::load(from)?,
            functions: BTreeMap::new(),
        })
    }
}

record!(Origin { environment, lineage, serial, configuration, providers });

impl Saved for PlanOptions {
    fn save(&self, to: &mut Writer) {
        // Which variables were given came with version 4, at the end of the file.
        let Self { mode, inputs, targets, excluded, replace, skip_refresh, imports, given: _ } = self;
        mode.save(to);
        let lasting: BTreeMap<Name, Value> = inputs
            .iter()
            .filter(|(_, value)| !value.has_mark_deep(&Mark::Ephemeral))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        lasting.save(to);
        targets.save(to);
        excluded.save(to);
        replace.save(to);
        skip_refresh.save(to);
        imports.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self {
            mode: Saved::load(from)?,
            inputs: Saved::load(from)?,
            targets: Saved::load(from)?,
            excluded: Saved::load(from)?,
            replace: Saved::load(from)?,
            skip_refresh: Saved::load(from)?,
            imports: Saved::load(from)?,
            given: None,
        })
    }
}

word!(Mode { Normal = 0, RefreshOnly = 1, Destroy = 2 });

impl Saved for Change {
    fn save(&self, to: &mut Writer) {
        let Self {
            address,
            deposed,
            moved_from,
            provider,
            action,
            reason,
            before,
            after,
            forces_replacement,
            import,
            private,
            dependencies,
            create_before_destroy,
            // Nested changes came with version 3, at the end of the file.
            inside: _,
        } = self;
        address.save(to);
        deposed.save(to);
        moved_from.save(to);
        provider.save(to);
        action.save(to);
        reason.save(to);
        before.save(to);
        // Most planned values are unchanged.
        let same = after.same(before);
        same.save(to);
        if !same {
            after.save(to);
        }
        forces_replacement.save(to);
        import.save(to);
        private.save(to);
        dependencies.save(to);
        create_before_destroy.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        let address = Saved::load(from)?;
        let deposed = Saved::load(from)?;
        let moved_from = Saved::load(from)?;
        let provider = Saved::load(from)?;
        let action = Saved::load(from)?;
        let reason = Saved::load(from)?;
        let before = Value::load(from)?;
        let after = if bool::load(from)? { before.clone() } else { Value::load(from)? };
        Ok(Self {
            address,
            deposed,
            moved_from,
            provider,
            action,
            reason,
            before,
            after,
            forces_replacement: Saved::load(from)?,
            import: Saved::load(from)?,
            private: Saved::load(from)?,
            dependencies: Saved::load(from)?,
            create_before_destroy: Saved::load(from)?,
            inside: None,
        })
    }
}

impl Saved for Action {
    fn save(&self, to: &mut Writer) {
        to.byte(match self {
            Self::NoOp => 0,
            Self::Create => 1,
            Self::Read => 2,
            Self::Update => 3,
            Self::Delete => 4,
            Self::Replace(Order::DestroyFirst) => 5,
            Self::Replace(Order::CreateFirst) => 6,
            Self::Forget => 7,
        });
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(match from.byte()? {
            0 => Self::NoOp,
            1 => Self::Create,
            2 => Self::Read,
            3 => Self::Update,
            4 => Self::Delete,
            5 => Self::Replace(Order::DestroyFirst),
            6 => Self::Replace(Order::CreateFirst),
            7 => Self::Forget,
            _ => return Err(FormatError::Damaged("there is an action in it that nobody knows")),
        })
    }
}

word!(Reason {
    ReplaceBecauseTainted = 0,
    ReplaceByRequest = 1,
    ReplaceByTriggers = 2,
    ReplaceBecauseCannotUpdate = 3,
    DeleteBecauseNoResourceConfig = 4,
    DeleteBecauseNoModule = 5,
    DeleteBecauseWrongRepetition = 6,
    DeleteBecauseCountIndex = 7,
    DeleteBecauseEachKey = 8,
    DeleteBecauseNoMoveTarget = 9,
    ReadBecauseConfigUnknown = 10,
    ReadBecauseDependencyPending = 11,
    ReadBecauseCheckNested = 12,
});
record!(Import { id, generated });
record!(OutputChange { action, before, after, sensitive });

/// Protection is read from the store when a plan is applied.
impl Saved for State {
    fn save(&self, to: &mut Writer) {
        let Self { lineage, serial, resources, outputs, checks, protected: _ } = self;
        lineage.save(to);
        serial.save(to);
        resources.save(to);
        outputs.save(to);
        checks.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self {
            lineage: Saved::load(from)?,
            serial: Saved::load(from)?,
            resources: Saved::load(from)?,
            outputs: Saved::load(from)?,
            checks: Saved::load(from)?,
            protected: BTreeSet::new(),
        })
    }
}

record!(ResourceState { provider, instances });
record!(InstanceState { current, deposed });
record!(OutputState { value });
record!(Object {
    schema_version,
    attributes,
    sensitive,
    private,
    dependencies,
    status,
    create_before_destroy,
});
record!(CheckState { kind, address, status, objects });
record!(CheckedObject { address, status, messages });
word!(Status { Ready = 0, Tainted = 1 });
word!(CheckKind { Resource = 0, Output = 1, Check = 2, Variable = 3 });
word!(CheckStatus { Pass = 0, Unknown = 1, Fail = 2, Error = 3 });

impl Saved for DeposedKey {
    fn save(&self, to: &mut Writer) {
        self.0.save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self(Saved::load(from)?))
    }
}

record!(AbsoluteInstance { module, resource, key });
record!(AbsoluteResource { module, resource });
record!(ResourcePath { module, resource });
record!(ResourceAddress { mode, kind, name });
record!(ProviderAddress { host, namespace, kind });
record!(ProviderConfigAddress { module, provider, alias });
record!(Target { module, resource, key });
word!(ResourceMode { Managed = 0, Data = 1, Ephemeral = 2 });

impl Saved for ModulePath {
    fn save(&self, to: &mut Writer) {
        save_all(self.calls(), to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self::new(Vec::<Name>::load(from)?))
    }
}

impl Saved for ModuleInstance {
    fn save(&self, to: &mut Writer) {
        save_all(self.steps(), to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self::new(Vec::load(from)?))
    }
}

impl Saved for InstanceKey {
    fn save(&self, to: &mut Writer) {
        match self {
            Self::None => to.byte(0),
            Self::Number(number) => {
                to.byte(1);
                number.save(to);
            }
            Self::Text(text) => {
                to.byte(2);
                text.save(to);
            }
        }
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        match from.byte()? {
            0 => Ok(Self::None),
            1 => Ok(Self::Number(Saved::load(from)?)),
            2 => Ok(Self::Text(Saved::load(from)?)),
            _ => Err(FormatError::Damaged("there is a key in it that is none")),
        }
    }
}

impl Saved for EnvironmentName {
    fn save(&self, to: &mut Writer) {
        self.as_str().to_owned().save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Self::new(&String::load(from)?)
            .map_err(|_| FormatError::Damaged("the name of its environment is none"))
    }
}

impl Saved for Arc<[ResourcePath]> {
    fn save(&self, to: &mut Writer) {
        save_all(self, to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Vec::load(from)?.into())
    }
}

impl Saved for Block {
    fn save(&self, to: &mut Writer) {
        let Self { version, attributes, blocks, deprecated, computed: _ } = self;
        deep(|| {
            version.save(to);
            attributes.save(to);
            blocks.save(to);
            deprecated.save(to);
        });
    }

    /// Whether a block is computed matters only while planning, which asks the provider itself.
    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        deep(|| {
            let (version, attributes) = (Saved::load(from)?, Saved::load(from)?);
            let (blocks, deprecated) = (Saved::load(from)?, Saved::load(from)?);
            Ok(Self { version, attributes, blocks, deprecated, computed: false })
        })
    }
}
record!(Attribute { ty, required, optional, computed, sensitive, write_only, deprecated, nested });
record!(Nested { attributes, nesting });
record!(NestedBlock { block, nesting, min, max });
word!(Nesting { Single = 0, Group = 1, List = 2, Set = 3, Map = 4 });

impl<T: Saved> Saved for Arc<T> {
    fn save(&self, to: &mut Writer) {
        self.as_ref().save(to);
    }

    fn load(from: &mut Reader<'_>) -> Loaded<Self> {
        Ok(Self::new(deep(|| T::load(from))?))
    }
}
