//! What another reader of OpenAPI 3.0 finds in the same documents.
//!
//! `openapiv3` reads pure 3.0 documents; the operations, their parameters, body media types and
//! response statuses have to be the same.

use std::fmt::Write as _;
use std::path::Path;

use mcpwright_generator::diagnostic::Diagnostics;
use mcpwright_generator::model::{Api, Location, Status, Style};
use openapiv3::{
    OpenAPI, Parameter, ParameterSchemaOrContent, ReferenceOr, RequestBody, Response, StatusCode,
};

use crate::{Text, specs};

fn check(folder: &Path, name: &str) {
    let text = Text::read(folder, name);
    let mut diagnostics = Diagnostics::default();
    let bundle = text.bundle(&mut diagnostics);
    let api = Text::lower(&bundle, &mut diagnostics).expect("the document is read");
    let other = serde_json::from_str::<OpenAPI>(text.sources.text(text.file));
    let other = other.expect("the other reader reads it too");
    let (ours, theirs) = (ours(&api), Oracle(&other).summary());
    let pairs = ours.iter().zip(&theirs);
    if let Some((ours, theirs)) = pairs.clone().find(|(one, two)| one != two) {
        panic!("{name} differs\nhere:\n{ours}\nthere:\n{theirs}");
    }
    assert_eq!(ours.len(), theirs.len(), "{name}");
}

/// The operations as texts, sorted: the other reader does not keep the order of methods.
fn ours(api: &Api) -> Vec<String> {
    let mut texts = Vec::new();
    for operation in &api.operations {
        let mut text = String::new();
        writeln!(text, "{} {}", operation.method, operation.path).unwrap();
        for parameter in &operation.parameters {
            let location = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::Querystring => "querystring",
                Location::Header => "header",
                Location::Cookie => "cookie",
            };
            let style = match parameter.style {
                Style::Simple => "simple",
                Style::Label => "label",
                Style::Matrix => "matrix",
                Style::Form => "form",
                Style::SpaceDelimited => "spaceDelimited",
                Style::PipeDelimited => "pipeDelimited",
                Style::TabDelimited => "tabDelimited",
                Style::DeepObject => "deepObject",
                Style::Cookie => "cookie",
                Style::Content => "content",
                Style::Json => "json",
            };
            let (name, required) = (&parameter.name, parameter.required);
            writeln!(text, "  {location} {name} {required} {style} {}", parameter.explode).unwrap();
        }
        if let Some(body) = &operation.body {
            let types = body.content.iter().map(|media| media.name.as_str()).collect::<Vec<_>>();
            writeln!(text, "  body {} {}", body.required, types.join(" ")).unwrap();
        }
        let mut statuses = Vec::new();
        for response in &operation.responses {
            let types = response.content.iter().map(|media| media.name.as_str());
            let status = match response.status {
                Status::Code(code) => code.to_string(),
                Status::Range(class) => format!("{class}XX"),
                Status::Default => "default".to_owned(),
            };
            statuses.push(format!("  {status} {}", types.collect::<Vec<_>>().join(" ")));
        }
        statuses.sort();
        statuses.iter().for_each(|line| writeln!(text, "{line}").unwrap());
        texts.push(text);
    }
    texts.sort();
    texts
}

struct Oracle<'a>(&'a OpenAPI);

impl Oracle<'_> {
    fn summary(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for (path, item) in &self.0.paths.paths {
            let item = item.as_item().expect("no document has a reference there");
            for (method, operation) in item.iter() {
                let mut text = String::new();
                writeln!(text, "{} {path}", method.to_uppercase()).unwrap();
                let mut parameters = Vec::<Parameter>::new();
                for parameter in item.parameters.iter().chain(&operation.parameters) {
                    let parameter = self.parameter(parameter);
                    let (data, same) = (parameter.parameter_data_ref(), place(&parameter));
                    let index = parameters.iter().position(|other| {
                        other.parameter_data_ref().name == data.name && place(other) == same
                    });
                    match index {
                        Some(index) => parameters[index] = parameter,
                        None => parameters.push(parameter),
                    }
                }
                for parameter in &parameters {
                    let name = &parameter.parameter_data_ref().name;
                    // Path parameters that the path has no place for are left out here.
                    let stray = !path.contains(&format!("{{{name}}}"));
                    if place(parameter) == "path" && stray {
                        continue;
                    }
                    write_parameter(&mut text, parameter);
                }
                let body = operation.request_body.as_ref().map(|body| self.body(body));
                if let Some(body) = body.filter(|body| !body.content.is_empty()) {
                    let types = body.content.keys().map(String::as_str).collect::<Vec<_>>();
                    writeln!(text, "  body {} {}", body.required, types.join(" ")).unwrap();
                }
                self.write_responses(&mut text, operation);
                texts.push(text);
            }
        }
        texts.sort();
        texts
    }

    fn write_responses(&self, text: &mut String, operation: &openapiv3::Operation) {
        let default = operation.responses.default.iter().map(|one| ("default".to_owned(), one));
        let coded = operation.responses.responses.iter().map(|(status, one)| match status {
            StatusCode::Code(code) => (code.to_string(), one),
            StatusCode::Range(class) => (format!("{class}XX"), one),
        });
        let mut lines = Vec::new();
        for (status, response) in default.chain(coded) {
            let content = self.response(response).content;
            let types = content.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
            lines.push(format!("  {status} {types}"));
        }
        lines.sort();
        lines.iter().for_each(|line| writeln!(text, "{line}").unwrap());
    }

    fn parameter(&self, parameter: &ReferenceOr<Parameter>) -> Parameter {
        let components = self.0.components.as_ref();
        match parameter {
            ReferenceOr::Item(parameter) => parameter.clone(),
            ReferenceOr::Reference { reference } => {
                let name = last(reference);
                self.parameter(&components.expect("components").parameters[name])
            }
        }
    }

    fn body(&self, body: &ReferenceOr<RequestBody>) -> RequestBody {
        let components = self.0.components.as_ref();
        match body {
            ReferenceOr::Item(body) => body.clone(),
            ReferenceOr::Reference { reference } => {
                self.body(&components.expect("components").request_bodies[last(reference)])
            }
        }
    }

    fn response(&self, response: &ReferenceOr<Response>) -> Response {
        let components = self.0.components.as_ref();
        match response {
            ReferenceOr::Item(response) => response.clone(),
            ReferenceOr::Reference { reference } => {
                self.response(&components.expect("components").responses[last(reference)])
            }
        }
    }
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}

fn place(parameter: &Parameter) -> &'static str {
    match parameter {
        Parameter::Query { .. } => "query",
        Parameter::Header { .. } => "header",
        Parameter::Path { .. } => "path",
        Parameter::Cookie { .. } => "cookie",
    }
}

fn write_parameter(text: &mut String, parameter: &Parameter) {
    let data = parameter.parameter_data_ref();
    let ignored = ["accept", "content-type", "authorization"];
    if place(parameter) == "header" && ignored.contains(&&*data.name.to_lowercase()) {
        return;
    }
    let style = match parameter {
        Parameter::Query { style, .. } => serde_json::to_value(style),
        Parameter::Header { style, .. } => serde_json::to_value(style),
        Parameter::Path { style, .. } => serde_json::to_value(style),
        Parameter::Cookie { style, .. } => serde_json::to_value(style),
    };
    let style = style.expect("styles are words");
    let style = match data.format {
        ParameterSchemaOrContent::Content(_) => "json",
        ParameterSchemaOrContent::Schema(_) => style.as_str().expect("styles are words"),
    };
    let (location, name) = (place(parameter), &data.name);
    let explode = data.explode.unwrap_or(style == "form");
    writeln!(text, "  {location} {name} {} {style} {explode}", data.required).unwrap();
}

macro_rules! documents {
    ($($test:ident $name:literal)*) => {
        $(#[test]
        fn $test() {
            if let Some(folder) = specs() {
                check(&folder, $name);
            }
        })*
    };
}

documents! {
    box_ "box.json"
    twilio "twilio-api-v2010.json"
    qdrant "qdrant.json"
    oxide "oxide-nexus.json"
    superset "superset.json"
    github "github.json"
    stripe "stripe.json"
    kubernetes "kubernetes.json"
    parameter_styles "nasty/parameters-style-3.0.json"
    file_uploads "nasty/file-uploads.json"
    discriminators "nasty/discriminators.json"
}
