//! Small configurations and values for the tests of this room.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{AbsoluteInstance, ModulePath, ProviderAddress, ProviderConfigAddress, Target};
use crate::config::{Configuration, InstalledModule, ModuleRequest, SourceTree, load, parse_target};
use crate::diag::{Diagnostic, Diagnostics, Severity, Source};
use crate::expression::{Nothing, evaluate};
use crate::state::{Object, State, Status};
use crate::syntax::parse_expression;
use crate::value::{Name, Type, Value};

/// The text of each directory's only file; the root's name is empty.
struct Texts(BTreeMap<String, String>);

impl SourceTree for Texts {
    fn root(&self) -> Arc<str> {
        "".into()
    }

    fn files(&self, directory: &str) -> (Vec<Arc<Source>>, Diagnostics) {
        let files = self.0.get(directory).into_iter();
        let name = if directory.is_empty() { "main.tf".into() } else { format!("{directory}/main.tf") };
        (files.map(|text| Source::new(&*name, text.clone())).collect(), Diagnostics::new())
    }

    fn resolve(&self, request: &ModuleRequest<'_>) -> Result<InstalledModule, Diagnostics> {
        let directory = request.source.to_string().trim_start_matches("./").to_owned();
        if self.0.contains_key(&directory) {
            return Ok(InstalledModule { directory: directory.into(), version: None });
        }
        Err(Diagnostic::error("Module not found", directory).at(request.source_span.clone()).into())
    }
}

/// A configuration of one module, or of several: each line such as `# module/network` begins the file of that
/// directory.
pub(super) fn configuration(text: &str) -> Configuration {
    let mut texts = BTreeMap::from([(String::new(), String::new())]);
    let mut directory = String::new();
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix("# module/") {
            directory = name.trim().to_owned();
        }
        let file = texts.entry(directory.clone()).or_default();
        file.push_str(line);
        file.push('\n');
    }
    let (configuration, diagnostics) = load(&Texts(texts));
    assert_eq!(said(&diagnostics), Vec::<String>::new());
    configuration
}

/// The value of a constant expression.
pub(super) fn value(text: &str) -> Value {
    let mut diagnostics = Diagnostics::new();
    let expression = parse_expression(&Source::new("value", text), &mut diagnostics);
    let value = evaluate(&expression, &Nothing, &mut diagnostics);
    assert_eq!(said(&diagnostics), Vec::<String>::new());
    value
}

/// A map of strings.
pub(super) fn map(entries: &[(&str, &str)]) -> Value {
    let items = entries.iter().map(|(key, text)| (Name::from(*key), Value::string(text)));
    Value::map(Type::String, items)
}

/// `error Summary: detail`
pub(super) fn said(diagnostics: &Diagnostics) -> Vec<String> {
    let one = |diagnostic: &Diagnostic| {
        let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        format!("{severity} {}: {}", diagnostic.summary, diagnostic.detail)
    };
    diagnostics.iter().map(one).collect()
}

/// Parses a target: `module.a`.
pub(super) fn target(text: &str) -> Target {
    let mut diagnostics = Diagnostics::new();
    let target = parse_target(&Source::new("address", text), &mut diagnostics);
    assert_eq!(said(&diagnostics), Vec::<String>::new());
    target.expect("an address")
}

/// Parses the address of an instance: `module.a["x"].t.n[0]`.
pub(super) fn address(text: &str) -> AbsoluteInstance {
    target(text).instance().expect("a resource")
}

/// A state with objects at these addresses.
pub(super) fn state(addresses: &[&str]) -> State {
    let mut state = State::default();
    for text in addresses {
        let address = address(text);
        let provider = ProviderConfigAddress {
            module: ModulePath::root(),
            provider: ProviderAddress::implied(address.resource.implied_provider()),
            alias: None,
        };
        let provider = Arc::new(provider);
        let object = Object {
            schema_version: 0,
            attributes: format!("{{\"id\":{text:?}}}").into(),
            sensitive: Vec::new(),
            private: Vec::new().into(),
            dependencies: Vec::new().into(),
            status: Status::Ready,
            create_before_destroy: false,
        };
        state.put(&address, None, &provider, object);
    }
    state
}

/// The addresses of all objects in a state.
pub(super) fn addresses(state: &State) -> Vec<String> {
    state.instances().map(|(address, _, _)| address.to_string()).collect()
}
