//! Functions, and the rules for every call.

use std::borrow::Cow;

use crate::diag::Diagnostics;
use crate::syntax::Expression;
use crate::value::{ConversionError, Kind, LONGEST_TEXT, MOST_ELEMENTS, Marks, Path, Type, Value, convert};

/// A function of the language.
///
/// The rules for every call: each argument is converted to its parameter's type; null, unknown and marked arguments are
/// handled by the parameter's permissions before the body runs, so a body only sees what it asked for. The result type
/// is computed first, from whatever is known.
pub struct Function {
    pub name: String,
    pub description: String,
    pub parameters: Vec<Parameter>,
    /// The parameter for any number of further arguments.
    pub variadic: Option<Parameter>,
    /// Whether no result is null: an unknown result (unless its type is unknown too) is refined to be not null.
    pub(super) never_null: bool,
    /// Whether an argument only passes into the result, as text and collections do, so that it decides nothing.
    pub(super) passes: fn(&[Value], usize) -> bool,
    pub(super) body: FunctionBody,
}

pub(super) enum FunctionBody {
    Strict {
        result: ResultType,
        call: StrictBody,
    },
    /// Receives its arguments before they are evaluated: `try`, `can`, `templatestring`.
    Lazy(LazyBody),
}

type StrictBody = Box<dyn Fn(&[Value], &Type) -> Result<Value, FunctionError> + Send + Sync>;
type LazyBody = Box<dyn Fn(&LazyCall<'_>) -> Result<Value, FunctionError> + Send + Sync>;
type ResultType = Box<dyn Fn(&[Value]) -> Result<Type, FunctionError> + Send + Sync>;

/// One parameter, with what its function can handle.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub description: String,
    pub ty: Type,
    /// If true, null is passed to the body; otherwise it is an error.
    pub allow_null: bool,
    /// If true, unknown is passed to the body; otherwise the result is unknown.
    pub allow_unknown: bool,
    /// If true, an unknown of unknown type is passed to the computation of the result type; otherwise that is dynamic.
    pub allow_dynamic: bool,
    /// If true, marks are passed to the body, which is then responsible for them; otherwise they are removed deeply and
    /// added to the result.
    pub allow_marked: bool,
}

/// Why a call failed.
#[derive(Clone, Debug, Default)]
pub struct FunctionError {
    /// The argument at fault.
    pub argument: Option<usize>,
    pub path: Path,
    /// A clause or sentence, starting in lower case, without a full stop.
    pub message: String,
    /// Errors found inside (in a template, for example), reported instead of the message.
    pub inner: Diagnostics,
}

/// A call whose arguments are not evaluated yet.
pub struct LazyCall<'a> {
    pub arguments: &'a [Expression],
    /// Further arguments from expanding the last one with `...`, already evaluated.
    pub spread: &'a [Value],
    /// Evaluates an argument; returns errors instead of reporting them.
    pub evaluate: &'a dyn Fn(&Expression) -> Result<Value, Diagnostics>,
    /// Evaluates an argument if only success matters; cheaper, because no error is put into words.
    pub attempt: &'a dyn Fn(&Expression) -> Option<Value>,
    /// The origins of everything that an argument refers to: its value, or its failure, may depend on all of it. Empty
    /// if origins are not traced.
    pub touched: &'a dyn Fn(&Expression) -> Marks,
    /// Whether nobody will read the errors of this call.
    pub silent: bool,
    /// The scope of the call, for functions that evaluate a text of their own.
    pub scope: &'a dyn super::Scope,
}

impl Function {
    /// A function whose result type is fixed.
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

    /// A function whose result type depends on its arguments; `call` receives the type that `result` returned.
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
            passes: |_, _| false,
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
            passes: |_, _| false,
            body: FunctionBody::Lazy(Box::new(call)),
        }
    }

    #[must_use]
    pub fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// Declares that no result is null, so that unknown results are refined.
    #[must_use]
    pub fn never_null(mut self) -> Self {
        self.never_null = true;
        self
    }

    /// Declares which arguments only pass into the result, so that a name in them stays a name. All other arguments
    /// decide something. If a parameter takes marked arguments, the body reports this itself.
    #[must_use]
    pub fn passes(mut self, passes: fn(&[Value], usize) -> bool) -> Self {
        self.passes = passes;
        self
    }

    /// [`Self::passes`] for all arguments.
    #[must_use]
    pub fn passes_all(self) -> Self {
        self.passes(|_, _| true)
    }

    /// The parameter for the argument at this index, if there is one.
    pub fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.variadic.as_ref())
    }

    /// The type of the result, as far as it does not depend on the arguments.
    pub fn known_result(&self) -> Type {
        let arguments: Vec<Value> = self.parameters.iter().map(|p| Value::unknown(p.ty.clone())).collect();
        match &self.body {
            FunctionBody::Strict { result, .. } => result(&arguments).unwrap_or(Type::Dynamic),
            FunctionBody::Lazy(_) => Type::Dynamic,
        }
    }

    /// Calls the function: converts the arguments, handles nulls, unknowns and marks, and runs the body.
    pub fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        self.check_count(arguments.len())?;
        let mut converted = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            let parameter = self.parameter(index).expect("the count has been checked");
            match convert_argument(argument, &parameter.ty) {
                Ok(value) => converted.push(value),
                Err(error) => {
                    return Err(FunctionError {
                        argument: Some(index),
                        path: error.path,
                        message: error.message,
                        ..FunctionError::default()
                    });
                }
            }
        }
        self.call_converted(&converted)
    }

    /// The type of the result for such arguments, without computing the result.
    pub fn result_type(&self, arguments: &[Value]) -> Result<Type, FunctionError> {
        let FunctionBody::Strict { result, .. } = &self.body else { return Ok(Type::Dynamic) };
        self.check_count(arguments.len())?;
        let settled = self.settle(arguments)?;
        if settled.dynamic { Ok(Type::Dynamic) } else { result(&settled.arguments) }
    }

    fn check_count(&self, given: usize) -> Result<(), FunctionError> {
        let wanted = self.parameters.len();
        let (fits, qualifier) = match self.variadic {
            Some(_) => (given >= wanted, "at least "),
            None => (given == wanted, ""),
        };
        if fits {
            return Ok(());
        }
        Err(FunctionError::new(format!(
            "{qualifier}{} needed, but {given} given",
            plural(wanted, "argument")
        )))
    }

    /// [`Self::call`] with the right number of arguments that already have the types of their parameters.
    pub(super) fn call_converted(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let FunctionBody::Strict { result, call } = &self.body else {
            return Err(FunctionError::new("the function can only be called by an expression"));
        };
        let settled = self.settle(arguments)?;
        // If the type is open, refining the result would promise more than is known.
        let refine = self.never_null && !settled.dynamic;
        // If the body is not run, the marks that it is responsible for stay on the result.
        let kept = if settled.dynamic || settled.unknown { settled.own_marks() } else { Marks::none() };
        let value = if settled.dynamic {
            Value::dynamic()
        } else {
            let ty = result(&settled.arguments)?;
            if settled.unknown { Value::unknown(ty) } else { call(&settled.arguments, &ty)? }
        };
        check_size(&value)?;
        let value = if refine && is_refinable(&value) { value.refine_not_null() } else { value };
        let marks = settled.marks.union(&kept);
        Ok(if marks.is_empty() { value } else { value.with_marks(&marks) })
    }

    /// Applies the permissions of the parameters.
    fn settle<'v>(&self, given: &'v [Value]) -> Result<Settled<'v>, FunctionError> {
        let mut arguments = Cow::Borrowed(given);
        let mut marks = Marks::none();
        let mut unknown = false;
        let mut dynamic = false;
        for (index, argument) in given.iter().enumerate() {
            let Some(parameter) = self.parameter(index) else { break };
            if !parameter.allow_marked && argument.is_marked_deep() {
                let (plain, taken) = argument.clone().unmark_deep();
                arguments.to_mut()[index] = plain;
                let passes = !taken.has_origins() || (self.passes)(given, index);
                marks = marks.union(&if passes { taken } else { taken.deciding() });
            }
            // As in Terraform, once the result type is open, further arguments are not checked.
            if !dynamic && argument.is_null() && !parameter.allow_null {
                return Err(FunctionError::argument(index, "the argument must not be null"));
            }
            if !parameter.allow_dynamic
                && matches!(argument.kind(), Kind::Null(Type::Dynamic) | Kind::Unknown(Type::Dynamic, _))
            {
                dynamic = true;
            }
            unknown |= !parameter.allow_unknown && !argument.is_known();
        }
        Ok(Settled { arguments, marks, unknown, dynamic })
    }
}

/// Nested calls can double a text at each level. Functions that can multiply one check the size beforehand.
fn check_size(value: &Value) -> Result<(), FunctionError> {
    if value.as_str().is_some_and(|text| text.len() > LONGEST_TEXT) {
        return Err(FunctionError::too_long());
    }
    if value.items().is_some_and(|items| items.len() > MOST_ELEMENTS) {
        return Err(FunctionError::new(format!("the result has more than {MOST_ELEMENTS} elements")));
    }
    Ok(())
}

/// The arguments for the body, and their effect on the result.
struct Settled<'v> {
    arguments: Cow<'v, [Value]>,
    marks: Marks,
    /// Some argument is unknown and its parameter does not allow that.
    unknown: bool,
    /// Some argument has no type yet, and the result type depends on it.
    dynamic: bool,
}

impl Settled<'_> {
    fn own_marks(&self) -> Marks {
        self.arguments.iter().fold(Marks::none(), |marks, argument| marks.union(argument.marks()))
    }
}

/// Converts an argument unless it obviously has the type already, as it nearly always does.
pub(super) fn convert_argument(argument: &Value, ty: &Type) -> Result<Value, ConversionError> {
    match (argument.kind(), ty) {
        (_, Type::Dynamic)
        | (Kind::String(_), Type::String)
        | (Kind::Number(_), Type::Number)
        | (Kind::Bool(_), Type::Bool) => Ok(argument.clone()),
        _ => convert(argument, ty),
    }
}

/// "one argument", "2 arguments".
pub(super) fn plural(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("one {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

fn is_refinable(value: &Value) -> bool {
    matches!(value.kind(), Kind::Unknown(ty, _) if *ty != Type::Dynamic)
}

impl Parameter {
    /// A parameter for known, unmarked, non-null values of a type.
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

    /// The error for a text beyond the maximum length.
    pub fn too_long() -> Self {
        Self::new(format!("the result would be longer than {} MiB", LONGEST_TEXT >> 20))
    }

    /// An error about one argument, counting from zero.
    pub fn argument(index: usize, message: impl Into<String>) -> Self {
        Self { argument: Some(index), message: message.into(), ..Self::default() }
    }
}
