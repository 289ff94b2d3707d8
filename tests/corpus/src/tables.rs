//! A plan as the tables that its crate would hold, without compiling the crate.
//!
//! Every field is named, so that whoever adds one to the plan has to say here too where it goes.
//! The tables live as long as the process.

use std::collections::HashMap;
use std::time::Duration;

use mcpwright::declaration::{Declaration, Listing, Module, Tool};
use mcpwright::operation::{
    Argument, Body, BodyFormat, Bound, Choices, Forward, Kind, Method, Operation, Output, Pattern,
    Place, Rules, Segment, Setting, Style, UpstreamSpec, Validation,
};
use mcpwright_generator::plan;

/// What the tables refuse.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Checks {
    /// What those of a crate refuse.
    All,
    /// Values of another type only: to see what would be sent for values beyond a limit.
    Types,
}

/// The declaration of a plan: its forwarded tools, without credentials, so that no secret has to be
/// set to call them.
#[must_use]
pub fn declaration(plan: &plan::Crate, checks: Checks) -> &'static Declaration {
    let upstreams: Vec<&'static UpstreamSpec> = plan.upstreams.iter().map(upstream).collect();
    let mut tools = Vec::new();
    let mut modules: Vec<&'static Module> = Vec::new();
    for module in &plan.modules {
        let patterns: Vec<&'static Pattern> =
            module.patterns.iter().map(|pattern| leak(Pattern::new(text(&pattern.text)))).collect();
        let mut listing = String::new();
        for tool in &module.tools {
            let plan::Target::Operation(operation) = &tool.target else { continue };
            tools
                .push(Tool::Forwarded(leak(table(tool, operation, &upstreams, &patterns, checks))));
            listing.push_str(&tool.listing);
            listing.push('\n');
        }
        modules.push(leak(Module {
            name: text(&module.name),
            tools: Listing::new(text(&listing)),
            ..Module::DEFAULT
        }));
    }
    tools.sort_by_key(|tool| tool.name().as_bytes());
    leak(Declaration {
        name: text(&plan.server.name),
        modules: list(modules),
        tools: list(tools),
        upstreams: list(upstreams),
        strict_input_validation: plan.server.strict_input_validation,
        revision: mcpwright::codegen::REVISION,
        ..Declaration::DEFAULT
    })
}

/// The operations of a declaration by name of tool.
#[must_use]
pub fn operations(declaration: &'static Declaration) -> HashMap<&'static str, &'static Operation> {
    let forwarded = declaration.tools.iter().filter_map(|tool| match tool {
        Tool::Forwarded(operation) => Some((operation.tool, *operation)),
        Tool::Declared(_) => None,
    });
    forwarded.collect()
}

fn upstream(upstream: &plan::Upstream) -> &'static UpstreamSpec {
    let plan::Upstream {
        name,
        type_name: _,
        constant: _,
        title: _,
        base_url: _,
        base_url_variable: _,
        variables: _,
        timeout,
        headers: _,
        schemes: _,
        forward: _,
        file_root: _,
        validate_output: _,
    } = upstream;
    leak(UpstreamSpec {
        name: text(name),
        base_url: Setting(""),
        base_url_variable: "",
        timeout: Duration::from_secs_f64(*timeout),
        headers: &[],
        file_root: Setting(""),
        validate_output: Validation::Off,
        variables: &[],
        forward: Forward::NOTHING,
    })
}

fn table(
    tool: &plan::Tool,
    operation: &plan::Operation,
    upstreams: &[&'static UpstreamSpec],
    patterns: &[&'static Pattern],
    checks: Checks,
) -> Operation {
    let plan::Operation {
        upstream,
        // The recordings know one server.
        server: _,
        id,
        method: name,
        template: _,
        path,
        body: given,
        accept,
        security: _,
        mock: _,
        response: _,
    } = operation;
    Operation {
        tool: text(&tool.name),
        tags: &[],
        id: text(id),
        method: method(name),
        path: list(path.iter().map(segment).collect()),
        arguments: list(tool.arguments.iter().map(|one| argument(one, patterns, checks)).collect()),
        body: given.as_ref().map_or(Body::NONE, body),
        accept: text(accept),
        output: match tool.output {
            plan::Output::Undeclared => Output::Undeclared,
            plan::Output::Object => Output::Object,
            plan::Output::Wrapped => Output::Wrapped,
        },
        security: &[],
        timeout: tool.timeout.map(Duration::from_secs_f64),
        upstream: upstreams.get(*upstream).copied().unwrap_or(&UpstreamSpec::NONE),
        server: Setting(""),
    }
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        "DELETE" => Method::Delete,
        "OPTIONS" => Method::Options,
        "HEAD" => Method::Head,
        "PATCH" => Method::Patch,
        "TRACE" => Method::Trace,
        other => Method::Other(text(other)),
    }
}

fn segment(segment: &plan::Segment) -> Segment {
    match segment {
        plan::Segment::Literal(literal) => Segment::Literal(text(literal)),
        plan::Segment::Argument(index) => {
            Segment::Argument(u16::try_from(*index).unwrap_or(u16::MAX))
        }
    }
}

fn body(body: &plan::Body) -> Body {
    let plan::Body { format, media_type, required } = body;
    Body {
        format: match format {
            plan::BodyFormat::Json => BodyFormat::Json,
            plan::BodyFormat::Form => BodyFormat::Form,
            plan::BodyFormat::Multipart => BodyFormat::Multipart,
            plan::BodyFormat::Text => BodyFormat::Text,
            plan::BodyFormat::Bytes => BodyFormat::Bytes,
            plan::BodyFormat::JsonLines => BodyFormat::JsonLines,
            plan::BodyFormat::JsonSequence => BodyFormat::JsonSequence,
        },
        media_type: text(media_type),
        required: *required,
    }
}

fn argument(argument: &plan::Argument, patterns: &[&'static Pattern], checks: Checks) -> Argument {
    let plan::Argument {
        name,
        wire,
        field: _,
        filled: _,
        injected: _,
        docs: _,
        place,
        style,
        explode,
        allow_reserved,
        required,
        nullable,
        default,
        hidden,
        kind,
        rules,
        media_type,
        part_headers,
        schema,
        // That of a struct, which nothing here has.
        ty: _,
    } = argument;
    Argument {
        name: text(name),
        wire: text(wire),
        place: match place {
            plan::Place::Path => Place::Path,
            plan::Place::Query => Place::Query,
            plan::Place::QueryString => Place::QueryString,
            plan::Place::Header => Place::Header,
            plan::Place::Cookie => Place::Cookie,
            plan::Place::Property => Place::Property,
            plan::Place::Properties => Place::Properties,
            plan::Place::Body => Place::Body,
            plan::Place::Handler => Place::Handler,
        },
        style: match style {
            plan::Style::Simple => Style::Simple,
            plan::Style::Label => Style::Label,
            plan::Style::Matrix => Style::Matrix,
            plan::Style::Form => Style::Form,
            plan::Style::SpaceDelimited => Style::SpaceDelimited,
            plan::Style::PipeDelimited => Style::PipeDelimited,
            plan::Style::TabDelimited => Style::TabDelimited,
            plan::Style::DeepObject => Style::DeepObject,
            plan::Style::Cookie => Style::Cookie,
            plan::Style::Content => Style::Content,
            plan::Style::Json => Style::Json,
        },
        explode: *explode,
        allow_reserved: *allow_reserved,
        required: *required,
        nullable: *nullable,
        default: default.as_ref().map_or("", |json| text(&json.to_string())),
        hidden: *hidden,
        kind: self::kind(*kind),
        rules: match checks {
            Checks::All => self::rules(rules, patterns),
            Checks::Types => Rules::NONE,
        },
        media_type: text(media_type),
        part_headers: list(
            part_headers.iter().map(|(name, value)| (text(name), text(value))).collect(),
        ),
        schema: *schema,
    }
}

const fn kind(kind: plan::Kind) -> Kind {
    match kind {
        plan::Kind::Any => Kind::Any,
        plan::Kind::Text => Kind::Text,
        plan::Kind::Integer => Kind::Integer,
        plan::Kind::Number => Kind::Number,
        plan::Kind::Flag => Kind::Flag,
        plan::Kind::Texts => Kind::Texts,
        plan::Kind::Integers => Kind::Integers,
        plan::Kind::Numbers => Kind::Numbers,
        plan::Kind::Flags => Kind::Flags,
        plan::Kind::List => Kind::List,
        plan::Kind::Object => Kind::Object,
        plan::Kind::File => Kind::File,
        plan::Kind::Files => Kind::Files,
    }
}

fn rules(rules: &plan::Rules, patterns: &[&'static Pattern]) -> Rules {
    let plan::Rules {
        minimum,
        maximum,
        above,
        below,
        multiple_of,
        min_length,
        max_length,
        min_items,
        max_items,
        unique_items,
        pattern,
        one_of,
        // Only declared types have one.
        format: _,
    } = rules;
    Rules {
        minimum: minimum.as_ref().map(bound),
        maximum: maximum.as_ref().map(bound),
        above: above.as_ref().map(bound),
        below: below.as_ref().map(bound),
        multiple_of: multiple_of.as_ref().map(bound),
        min_length: min_length.unwrap_or(Rules::NONE.min_length),
        max_length: max_length.unwrap_or(Rules::NONE.max_length),
        min_items: min_items.unwrap_or(Rules::NONE.min_items),
        max_items: max_items.unwrap_or(Rules::NONE.max_items),
        unique_items: *unique_items,
        pattern: pattern.and_then(|index| patterns.get(index).copied()),
        one_of: choices(one_of),
        format: None,
    }
}

fn choices(values: &[serde_json::Value]) -> Choices {
    if values.is_empty() {
        return Choices::Any;
    }
    let texts: Option<Vec<_>> = values.iter().map(|value| value.as_str().map(text)).collect();
    match texts {
        Some(texts) => Choices::Texts(list(texts)),
        None => Choices::Json(list(values.iter().map(|json| text(&json.to_string())).collect())),
    }
}

fn bound(number: &serde_json::Number) -> Bound {
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    integer.map_or_else(|| Bound::Number(number.as_f64().unwrap_or_default()), Bound::Integer)
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn list<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

fn text(text: &str) -> &'static str {
    text.to_owned().leak()
}
