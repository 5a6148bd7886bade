//! What a function is, and the rules that hold for every call.

use crate::diag::Diagnostics;
use crate::syntax::Expression;
use crate::value::{Path, Type, Value};

/// A function of the language.
///
/// The rules for every call: each argument is converted to its parameter's type; null, unknown and marked
/// arguments are settled by the parameter's permissions before the body runs, so that a body sees only what it
/// asked for. The result type is asked for first, with whatever is known.
pub struct Function {
    pub name: String,
    pub description: String,
    pub parameters: Vec<Parameter>,
    /// Any number more of these.
    pub variadic: Option<Parameter>,
    /// No result is null: an unknown one (unless its type is unknown too) is refined to say so.
    pub(super) never_null: bool,
    pub(super) body: FunctionBody,
}

pub(super) enum FunctionBody {
    Strict {
        result: ResultType,
        call: Box<dyn Fn(&[Value], &Type) -> Result<Value, FunctionError> + Send + Sync>,
    },
    /// Sees its arguments before they are evaluated: `try`, `can`, `templatestring`.
    Lazy(Box<dyn Fn(&LazyCall<'_>) -> Result<Value, FunctionError> + Send + Sync>),
}

pub(super) type ResultType = Box<dyn Fn(&[Value]) -> Result<Type, FunctionError> + Send + Sync>;

/// What a function takes in one place, and what it can cope with there.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub description: String,
    pub ty: Type,
    /// Null is passed to the body; otherwise it is a fault.
    pub allow_null: bool,
    /// Unknown is passed to the body; otherwise the result is unknown.
    pub allow_unknown: bool,
    /// Unknown of unknown type is passed when the result type is asked for; otherwise that is dynamic.
    pub allow_dynamic: bool,
    /// Marks are passed (and the body answers for them); otherwise they are taken off deeply and put on the result.
    pub allow_marked: bool,
}

/// Why a call failed.
#[derive(Clone, Debug, Default)]
pub struct FunctionError {
    /// Which argument is to blame, and where inside it.
    pub argument: Option<usize>,
    pub path: Path,
    /// A clause or sentence, starting in lower case, without a full stop.
    pub message: String,
    /// Faults found inside (a template's own), reported instead of the message.
    pub inner: Diagnostics,
}

/// A call whose arguments are not evaluated yet.
pub struct LazyCall<'a> {
    pub arguments: &'a [Expression],
    /// Evaluates one; faults come back instead of being reported.
    pub evaluate: &'a dyn Fn(&Expression) -> Result<Value, Diagnostics>,
    /// The scope of the call, for functions that evaluate a text of their own.
    pub scope: &'a dyn super::Scope,
}

impl Function {
    /// A function whose result type is known beforehand.
    pub fn new(
        name: &str,
        description: &str,
        parameters: Vec<Parameter>,
        result: Type,
        call: impl Fn(&[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
    ) -> Self {
        Self::typed(
            name,
            description,
            parameters,
            move |_| Ok(result.clone()),
            move |arguments, _| call(arguments),
        )
    }

    /// A function whose result type depends on its arguments; `call` gets the type that `result` gave.
    pub fn typed(
        name: &str,
        description: &str,
        parameters: Vec<Parameter>,
        result: impl Fn(&[Value]) -> Result<Type, FunctionError> + Send + Sync + 'static,
        call: impl Fn(&[Value], &Type) -> Result<Value, FunctionError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            parameters,
            variadic: None,
            never_null: false,
            body: FunctionBody::Strict { result: Box::new(result), call: Box::new(call) },
        }
    }

    /// A function that decides itself what to evaluate.
    pub fn lazy(
        name: &str,
        description: &str,
        parameters: Vec<Parameter>,
        call: impl Fn(&LazyCall<'_>) -> Result<Value, FunctionError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            parameters,
            variadic: None,
            never_null: false,
            body: FunctionBody::Lazy(Box::new(call)),
        }
    }

    #[must_use]
    pub fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    #[must_use]
    pub fn never_null(mut self) -> Self {
        self.never_null = true;
        self
    }

    /// Calls with values: converts, settles nulls, unknowns and marks, runs the body.
    pub fn call(&self, _arguments: &[Value]) -> Result<Value, FunctionError> {
        todo!()
    }
}

impl Parameter {
    /// Takes known, unmarked, non-null values of the type.
    pub fn new(name: &str, ty: Type, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            ty,
            allow_null: false,
            allow_unknown: false,
            allow_dynamic: false,
            allow_marked: false,
        }
    }

    #[must_use]
    pub fn allow_null(mut self) -> Self {
        self.allow_null = true;
        self
    }

    #[must_use]
    pub fn allow_unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }

    #[must_use]
    pub fn allow_dynamic(mut self) -> Self {
        self.allow_dynamic = true;
        self
    }

    #[must_use]
    pub fn allow_marked(mut self) -> Self {
        self.allow_marked = true;
        self
    }
}

impl FunctionError {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Blames one argument, counting from zero.
    pub fn argument(index: usize, message: impl Into<String>) -> Self {
        Self { argument: Some(index), message: message.into(), ..Self::default() }
    }
}
