//! Operations with everything that concerns them.

use indexmap::IndexMap;

use super::Lowering;
use super::document::undescribed;
use super::parameter::is_token;
use crate::diagnostic::Code;
use crate::input::openapi::{self as raw, Fault, Note};
use crate::model::{
    ApiServer, Location, Operation, Parameter, RequestBody, RequiredScheme, Response,
    SecurityScheme, Status, Style, variable_name,
};
use crate::source::{Node, Span};

/// What an operation has from the places around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'d, 'a> {
    /// The path template.
    pub(super) path: &'a str,
    /// Where the path stands.
    pub(super) path_span: Span,
    /// JSON pointer of the operation.
    pub(super) pointer: &'a str,
    /// The path items, the nearest one first: a path item and what its `$ref` leads to.
    pub(super) items: &'a [raw::PathItem<'d>],
    /// `security` of the document.
    pub(super) security: &'a [raw::Requirement<'d>],
    /// The security schemes of the document.
    pub(super) schemes: &'a IndexMap<String, SecurityScheme>,
    /// The `x-` keys of the document.
    pub(super) extensions: &'a [(&'d str, &'d Node<'d>)],
    /// The document's server.
    pub(super) server: Option<&'a ApiServer>,
}

impl<'d> Lowering<'d> {
    /// Lowers one operation. Its schemas are reserved and lowered later.
    pub(super) fn lower_operation(
        &mut self,
        method: &str,
        node: &'d Node<'d>,
        around: Surroundings<'d, '_>,
    ) -> Result<Operation, Fault> {
        let end = self.reader.resolver.follow(node)?.node;
        if end.as_object().is_none() {
            let message = format!("the operation is {}, not a mapping", end.kind());
            return Err(Fault::new(Code::E0203, end.span, message));
        }
        if !is_token(method) {
            let message = format!("no request can have the method {method:?}");
            let fault = Fault::new(Code::E0208, node.span, message);
            return Err(fault.help("a method is one word of letters, as in HTTP"));
        }
        let raw = raw::Operation::parse(node, &mut self.reader)?;
        let mut parameters = self.lower_parameters(&raw, around)?;
        self.match_path(&mut parameters, method, around);
        let body = raw.body.map(|body| self.lower_body(body)).transpose()?.flatten();
        let responses = self.lower_responses(&raw, method, around.path);
        self.check_security(raw.security.as_deref().unwrap_or_default(), around.schemes);
        let security = raw.security.as_deref().unwrap_or(around.security);
        let (summary, description) = texts(&raw, around.items);
        Ok(Operation {
            span: raw.span,
            pointer: around.pointer.to_owned(),
            method: method.to_owned(),
            path: around.path.to_owned(),
            operation_id: raw.operation_id.map(|(id, span)| (id.to_owned(), span)),
            tags: raw.tags.iter().map(|tag| (*tag).to_owned()).collect(),
            summary: summary.map(str::to_owned),
            description: description.map(str::to_owned),
            deprecated: raw.deprecated,
            parameters,
            body,
            responses,
            security: security.iter().map(alternative).collect(),
            server: self.own_server(&raw, around),
            extensions: extensions(&raw, around),
        })
    }

    /// The parameters of the path item, then those of the operation, an own one in the place of
    /// the shared one with the same name and location.
    fn lower_parameters(
        &mut self,
        raw: &raw::Operation<'d>,
        around: Surroundings<'d, '_>,
    ) -> Result<Vec<Parameter>, Fault> {
        let mut parameters = Vec::<Parameter>::new();
        // The nearest item comes last here, so that it replaces what the farther ones say.
        let shared = around.items.iter().rev().map(|item| item.parameters);
        for list in shared.chain([raw.parameters]) {
            let start_of_list = parameters.len();
            let mut replaced = Vec::new();
            for node in list {
                let Some(parameter) = self.lower_parameter(node)? else { continue };
                let same = parameters.iter().position(|other| is_same(other, &parameter));
                match same {
                    Some(index) if index >= start_of_list || replaced.contains(&index) => {
                        self.reader.notes.count("parameter declared twice");
                    }
                    Some(index) => {
                        replaced.push(index);
                        if let Some(place) = parameters.get_mut(index) {
                            *place = parameter;
                        }
                    }
                    None => parameters.push(parameter),
                }
            }
        }
        Ok(parameters)
    }

    /// Makes path parameters and the variables of the path agree.
    fn match_path(
        &mut self,
        parameters: &mut Vec<Parameter>,
        method: &str,
        around: Surroundings<'d, '_>,
    ) {
        let variables = variables(without_fragment(around.path));
        for variable in &variables {
            let name = variable_name(variable);
            let is_meant = |it: &&mut Parameter| {
                it.location == Location::Path
                    && it.name == name
                    && !variables.contains(&it.name.as_str())
            };
            if let Some(parameter) = parameters.iter_mut().find(is_meant) {
                self.reader.notes.count("path variable that says more than its name");
                parameter.name = (*variable).to_owned();
            }
        }
        parameters.retain(|parameter| {
            let stray = parameter.location == Location::Path
                && !variables.contains(&parameter.name.as_str());
            if stray {
                self.reader.notes.warn(Note {
                    kind: "path parameter that is not in the path",
                    code: Code::E0207,
                    message: format!(
                        "the path parameter `{}` of {method} {} is not in the path; it is left out",
                        parameter.name, around.path
                    ),
                    span: parameter.span,
                    help: "put it into the path in braces, or remove it",
                });
            }
            !stray
        });
        for variable in variables {
            let declared = parameters.iter().any(|parameter| {
                parameter.location == Location::Path && parameter.name == variable
            });
            if declared {
                continue;
            }
            self.reader.notes.warn(Note {
                kind: "path variable without a parameter",
                code: Code::E0207,
                message: format!(
                    "the variable `{variable}` of {method} {} is not declared; \
                     it is taken as a required string",
                    around.path
                ),
                span: around.path_span,
                help: "declare it under `parameters` with `in: path` and `required: true`",
            });
            parameters.push(Parameter {
                span: around.path_span,
                name: variable.to_owned(),
                location: Location::Path,
                description: None,
                required: true,
                deprecated: false,
                style: Style::Simple,
                explode: false,
                allow_reserved: false,
                media_type: None,
                schema: Some(self.arena.any_string()),
                example: None,
            });
        }
    }

    fn lower_body(&mut self, node: &'d Node<'d>) -> Result<Option<RequestBody>, Fault> {
        let followed = self.reader.resolver.follow(node)?;
        if followed.node.as_object().is_none() {
            let message = format!("its request body is {}, not a mapping", followed.node.kind());
            return Err(Fault::new(Code::E0212, followed.node.span, message));
        }
        let raw = raw::RequestBody::parse(followed.node, &mut self.reader)?;
        if raw.content.is_empty() {
            self.reader.notes.count("request body without content");
            return Ok(None);
        }
        Ok(Some(RequestBody {
            span: raw.span,
            description: followed.description.or(raw.description).map(str::to_owned),
            required: raw.required,
            content: self.lower_content(&raw.content, true)?,
        }))
    }

    /// A response that cannot be read is left out: the request does not depend on it.
    fn lower_responses(
        &mut self,
        raw: &raw::Operation<'d>,
        method: &str,
        path: &str,
    ) -> Vec<Response> {
        let mut responses = Vec::new();
        let Some(node) = raw.responses else { return responses };
        let fields = match raw::entries(node, "responses", &mut self.reader) {
            Ok(fields) => fields,
            Err(fault) => {
                self.reader.notes.warn(undescribed(&format!("{method} {path}"), &fault));
                return responses;
            }
        };
        for field in fields {
            if field.name().starts_with("x-") {
                continue;
            }
            let Some(status) = status(field.name()) else {
                self.reader.notes.warn(Note {
                    kind: "response with a key that is no status",
                    code: Code::E0203,
                    message: format!(
                        "`{}` is no status of a response; the response is left out",
                        field.name()
                    ),
                    span: field.key.span,
                    help: "write a status such as `200`, a range such as `2XX`, or `default`",
                });
                continue;
            };
            match self.lower_response(status, field.node) {
                Ok(response) => responses.push(response),
                Err(fault) => {
                    self.reader.notes.warn(undescribed(&format!("{method} {path}"), &fault))
                }
            }
        }
        responses
    }

    fn lower_response(&mut self, status: Status, node: &'d Node<'d>) -> Result<Response, Fault> {
        let followed = self.reader.resolver.follow(node)?;
        let response = raw::Response::parse(followed.node, &mut self.reader)?;
        Ok(Response {
            span: response.span,
            status,
            description: followed.description.or(response.description).map(str::to_owned),
            content: self.lower_content(&response.content, false)?,
        })
    }
}

/// Summary and description; those of the path item where the operation has neither.
fn texts<'d>(
    raw: &raw::Operation<'d>,
    items: &[raw::PathItem<'d>],
) -> (Option<&'d str>, Option<&'d str>) {
    if raw.summary.is_some() || raw.description.is_some() {
        return (raw.summary, raw.description);
    }
    let summary = items.iter().find_map(|item| item.summary);
    (summary, items.iter().find_map(|item| item.description))
}

/// The `x-` keys of an operation, and those of its path and of the document that say something about
/// all of their operations to a server: the nearest one counts.
fn extensions(
    raw: &raw::Operation<'_>,
    around: Surroundings<'_, '_>,
) -> IndexMap<String, crate::model::Json> {
    let of_items = around.items.iter().rev().flat_map(|item| &item.extensions);
    let shared = around.extensions.iter().chain(of_items).filter(|(key, _)| is_about_servers(key));
    let all = shared.chain(&raw.extensions);
    all.map(|(key, value)| ((*key).to_owned(), value.to_json())).collect()
}

fn is_about_servers(key: &str) -> bool {
    key.starts_with("x-mcp") || key == "x-speakeasy-mcp"
}

/// The part of a path template that is sent. A query in it is; a fragment never leaves the client.
pub(super) fn without_fragment(path: &str) -> &str {
    let mut in_braces = false;
    let end = path.find(|letter| {
        in_braces = (in_braces || letter == '{') && letter != '}';
        letter == '#' && !in_braces
    });
    end.and_then(|end| path.get(..end)).unwrap_or(path)
}

/// The variables of a path template, in order, each once.
fn variables(path: &str) -> Vec<&str> {
    let mut variables = Vec::new();
    for part in path.split('{').skip(1) {
        let Some((name, _)) = part.split_once('}') else { continue };
        if !name.is_empty() && !variables.contains(&name) {
            variables.push(name);
        }
    }
    variables
}

/// Whether two parameters are one. Names of headers differ not by case.
fn is_same(one: &Parameter, other: &Parameter) -> bool {
    one.location == other.location
        && if one.location == Location::Header {
            one.name.eq_ignore_ascii_case(&other.name)
        } else {
            one.name == other.name
        }
}

fn alternative(requirement: &raw::Requirement<'_>) -> Vec<RequiredScheme> {
    let schemes = requirement.schemes.iter().zip(&requirement.scopes);
    schemes
        .map(|((name, _), scopes)| RequiredScheme {
            name: (*name).to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        })
        .collect()
}

fn status(key: &str) -> Option<Status> {
    match key.as_bytes() {
        b"default" => Some(Status::Default),
        [class @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(Status::Range(class - b'0')),
        [b'1'..=b'9', _, _] => key.parse().ok().map(Status::Code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_in_segments_and_parts_of_segments() {
        assert_eq!(variables("/a/{b}/c/{d}.{e}"), ["b", "d", "e"]);
        assert_eq!(variables("/a/{b}/{b}/{}/{open"), ["b"]);
    }

    #[test]
    fn fragment_ends_the_path_and_a_query_does_not() {
        assert_eq!(without_fragment("/a?b=c#d{e}"), "/a?b=c");
        assert_eq!(without_fragment("/a/{b#c}"), "/a/{b#c}");
        assert_eq!(without_fragment("/a"), "/a");
    }

    #[test]
    fn statuses_are_codes_ranges_or_default() {
        assert_eq!(status("204"), Some(Status::Code(204)));
        assert_eq!(status("4xx"), Some(Status::Range(4)));
        assert_eq!(status("default"), Some(Status::Default));
        assert_eq!(status("2"), None);
        assert_eq!(status("+20"), None);
    }
}
