//! What is wrong with the messages of a prompt: whether they parse, which names they have, and whether
//! they render. Only what fails whatever the values are is an error.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use super::sample::{Field, Fill, MOST_MODELS, Sampler, Seen};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, near};
use crate::input::manifest::MessageTable;
use crate::model::{ArgumentType, DeclaredArgument, DeclaredModel, ModelShape};
use crate::source::Span;

/// Most mistakes in one message that are looked for.
const MOST: usize = 20;

/// Most values of a choice that are tried.
const MOST_VALUES: usize = 32;

const FUNCTIONS: &str = "the functions are range, dict and namespace; values are changed by filters: \
                         {{ name | upper }}";

/// Checks all messages of a prompt against its arguments.
pub(super) fn check(
    messages: &[MessageTable],
    arguments: &[DeclaredArgument],
    models: &[DeclaredModel],
    diagnostics: &mut Diagnostics,
) {
    let mut environment = Environment::new();
    // As the runtime renders them.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let checker = Checker { environment, arguments, models };
    let mut named = Some(BTreeSet::new());
    for message in messages {
        let names = checker.message(message, diagnostics);
        named = named.zip(names).map(|(mut named, names)| {
            named.extend(names);
            named
        });
    }
    let Some(named) = named else { return };
    for argument in arguments.iter().filter(|it| !named.contains(&it.name)) {
        let name = &argument.name;
        let text = format!("`{name}` is in no message");
        let help = format!("write {{{{ {name} }}}} in one of the messages, or remove the argument");
        diagnostics.push(Diagnostic::warning(Code::E0307, text).at(argument.span, "").help(help));
    }
}

struct Checker<'c> {
    environment: Environment<'c>,
    arguments: &'c [DeclaredArgument],
    models: &'c [DeclaredModel],
}

impl Checker<'_> {
    /// Checks a message. The names that it has; `None` where it does not parse or has others.
    fn message(
        &self,
        message: &MessageTable,
        diagnostics: &mut Diagnostics,
    ) -> Option<BTreeSet<String>> {
        let span = message.text.span;
        let template = match self.environment.template_from_str(&message.text.value) {
            Ok(template) => template,
            Err(error) => {
                let text = format!("a message does not parse{}: {}", line(&error), said(&error));
                let help = "it is a template of minijinja: {{ name }}, {% if name %} … {% endif %}";
                diagnostics.push(problem(text, span).help(help));
                return None;
            }
        };
        let globals: BTreeSet<&str> = self.environment.globals().map(|(name, _)| name).collect();
        let names = || self.arguments.iter().map(|it| it.name.as_str());
        let found: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
        let is_known = |name: &str| globals.contains(name) || names().any(|known| known == name);
        let mut is_whole = true;
        for name in found.iter().filter(|name| !is_known(name)) {
            is_whole = false;
            let is_called = message.text.value.contains(&format!("{name}("));
            let (text, help) = match near(name, names()) {
                Some(near) => (not_there("names", name), format!("did you mean `{near}`?")),
                None if is_called => (not_there("calls", name), FUNCTIONS.to_owned()),
                None => (not_there("names", name), format!("declare it: args.{name} = \"str\"")),
            };
            diagnostics.push(Diagnostic::error(Code::E0306, text).at(span, "").help(help));
        }
        if !is_whole {
            return None;
        }
        self.render(&message.text.value, span, diagnostics);
        Some(found)
    }

    /// Renders a message with several values, and reports what fails with all others too.
    fn render(&self, text: &str, span: Span, diagnostics: &mut Diagnostics) {
        let mut told = BTreeSet::new();
        let choices = (1..self.longest_choice()).map(Fill::Choice);
        for fill in [Fill::Full, Fill::Empty].into_iter().chain(choices) {
            let mut granted = BTreeSet::new();
            while granted.len() < MOST {
                let Err((error, missed)) = self.try_render(text, fill, &granted) else { break };
                let (message, help) = match (error.kind(), missed) {
                    (ErrorKind::UndefinedError, Some(field)) => {
                        let mut more = granted.clone();
                        more.insert(field.clone());
                        let is_cause = match self.try_render(text, fill, &more) {
                            Ok(()) => true,
                            Err((other, next)) => {
                                next.is_some()
                                    || (other.kind(), other.line()) != (error.kind(), error.line())
                            }
                        };
                        if !is_cause {
                            break;
                        }
                        granted = more;
                        self.no_field(&field)
                    }
                    (kind, _) => {
                        let Some(help) = certain(kind) else { break };
                        let said = said(&error);
                        let text = format!("a message does not render{}: {said}", line(&error));
                        if told.insert(text.clone()) {
                            diagnostics.push(problem(text, span).help(help));
                        }
                        break;
                    }
                };
                if told.insert(message.clone()) {
                    let problem = Diagnostic::error(Code::E0306, message).at(span, "");
                    diagnostics.push(problem.help(help));
                }
            }
        }
    }

    /// Renders once. What fails, and the last field that was asked for and is not there.
    fn try_render(
        &self,
        text: &str,
        fill: Fill,
        granted: &BTreeSet<Field>,
    ) -> Result<(), (Error, Option<Field>)> {
        let seen = Arc::new(Seen { granted: granted.clone(), ..Seen::default() });
        let left = Cell::new(MOST_MODELS);
        let sampler = Sampler { models: self.models, fill, seen: Arc::clone(&seen), left };
        let value = |it: &DeclaredArgument| (it.name.clone(), sampler.value(&it.ty));
        let values: BTreeMap<String, Value> = self.arguments.iter().map(value).collect();
        let rendered = self.environment.render_str(text, Value::from(values));
        rendered.map(|_| ()).map_err(|error| (error, seen.last()))
    }

    fn no_field(&self, (model, field): &Field) -> (String, String) {
        let text = format!("a message reads `{field}` of `{model}`, which has no such field");
        let shape = self.models.iter().find(|it| it.name == *model).map(|it| &it.shape);
        let fields =
            if let Some(ModelShape::Fields(fields)) = shape { fields } else { &Vec::new() };
        let names = || fields.iter().map(|it| it.name.as_str());
        let help = match near(field, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its fields are {}", names().collect::<Vec<_>>().join(", ")),
        };
        (text, help)
    }

    /// The values of that choice which has most of them.
    fn longest_choice(&self) -> usize {
        let models = self.models.iter().map(|it| match &it.shape {
            ModelShape::Values(values) => values.len(),
            ModelShape::Fields(_) => 0,
        });
        let arguments = self.arguments.iter().map(|it| choices(&it.ty));
        models.chain(arguments).max().unwrap_or_default().min(MOST_VALUES)
    }
}

fn choices(ty: &ArgumentType) -> usize {
    match ty {
        ArgumentType::Literal(values) => values.len(),
        ArgumentType::List(item) | ArgumentType::Set(item) | ArgumentType::Dict(item) => {
            choices(item)
        }
        ArgumentType::Union(items) | ArgumentType::Tuple { items, .. } => {
            items.iter().map(choices).max().unwrap_or_default()
        }
        _ => 0,
    }
}

fn not_there(verb: &str, name: &str) -> String {
    let what = if verb == "calls" { "function" } else { "argument of the prompt" };
    format!("a message {verb} `{name}`, which is no {what}")
}

/// What helps against an error that no value avoids; `None`: others may render.
const fn certain(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::UnknownFilter => Some(
            "the filters are those of minijinja: upper, join(\", \"), default(\"x\"), tojson, …",
        ),
        ErrorKind::UnknownTest => {
            Some("the tests are those of minijinja: defined, none, string, number, in, …")
        }
        ErrorKind::UnknownFunction => Some(FUNCTIONS),
        ErrorKind::UnknownMethod => {
            Some("values have no methods; write a filter: {{ name | upper }}, {{ map | items }}")
        }
        ErrorKind::TooManyArguments => Some("remove what is too many"),
        _ => None,
    }
}

fn line(error: &Error) -> String {
    error.line().map_or_else(String::new, |line| format!(" in its line {line}"))
}

fn said(error: &Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

fn problem(text: String, span: Span) -> Diagnostic {
    Diagnostic::error(Code::E0307, text).at(span, "")
}
