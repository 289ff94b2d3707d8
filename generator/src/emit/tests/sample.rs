//! Plans made by hand, as the planner would make them.

use serde_json::json;

use crate::plan::{
    Argument, Body, BodyFormat, Crate, Credential, Declared, Deployment, Forward, Handler, Kind,
    Limits, MockBody, MockReply, Module, OnDuplicate, Operation, Output, Pattern, Place, Prompts,
    Report, RequestState, Resources, Rules, RustType, SecurityScheme, Segment, Server, Style,
    Target, Task, Tool, Transport, Upstream, Validation,
};

/// A text that tries to leave whatever holds it.
pub(super) const HOSTILE: &str = "*/ }} ]] \"#; fn hostile() {} #[doc = \"x\"] \\u{7d} \u{202e}gnp\u{2066} \
     `tick` {{ template }} {% raw %} ${SHELL} <!-- --> | cell \r\n\t/ slash\n\n   \0 \u{7f} end";

/// A crate without modules.
pub(super) fn crate_named(name: &str) -> Crate {
    Crate {
        lifespan: None,
        package: format!("{name}-mcp"),
        library: format!("{name}_mcp"),
        command: format!("cargo xtask gen specs/{name}"),
        inputs: vec![format!("specs/{name}/mcp.toml"), format!("specs/{name}/openapi.yaml")],
        notices: Vec::new(),
        types: Vec::new(),
        server: Server {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            info: format!(r#"{{"name":"{name}","version":"1.0.0"}}"#),
            docs: format!("The server {name}."),
            instructions: String::new(),
            experimental: String::new(),
            cache: None,
            list_page_size: None,
            request_state: RequestState::default(),
            deployment: Deployment::default(),
            limits: Limits::default(),
            mask_error_details: false,
            strict_input_validation: false,
            hide_component_meta: false,
            include_tags: Vec::new(),
            exclude_tags: Vec::new(),
            on_duplicate: OnDuplicate::Warn,
        },
        upstreams: Vec::new(),
        resources: Resources::default(),
        prompts: Prompts::default(),
        routes_document: None,
        modules: Vec::new(),
        report: Report::default(),
    }
}

/// An API of this name with one key.
pub(super) fn upstream(name: &str, type_name: &str, constant: &str) -> Upstream {
    Upstream {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
        constant: constant.to_owned(),
        title: format!("The {type_name} API"),
        base_url: format!("https://{name}.example/v1"),
        base_url_variable: format!("{constant}_BASE_URL"),
        variables: vec![(
            format!("{constant}_SERVER_REGION"),
            vec!["eu".to_owned(), "us".to_owned()],
        )],
        timeout: 30.0,
        headers: Vec::new(),
        forward: Forward::default(),
        file_root: String::new(),
        validate_output: Validation::Warn,
        schemes: vec![SecurityScheme {
            name: "apiKey".to_owned(),
            constant: format!("{constant}_API_KEY"),
            credential: Credential::Header("X-API-Key".to_owned()),
            secret: format!("${{{constant}_API_KEY}}"),
            grant: None,
        }],
    }
}

/// An argument that is not required and has no limits.
pub(super) fn argument(name: &str, place: Place, kind: Kind) -> Argument {
    let simple = matches!(place, Place::Path | Place::Header);
    let content = matches!(place, Place::Property | Place::Properties | Place::Body);
    Argument {
        name: name.to_owned(),
        wire: name.to_owned(),
        field: name.to_owned(),
        docs: format!("The {name}."),
        place,
        style: match (simple, content) {
            (true, _) => Style::Simple,
            (_, true) => Style::Content,
            _ => Style::Form,
        },
        explode: !simple,
        allow_reserved: false,
        required: place == Place::Path,
        nullable: false,
        default: None,
        filled: place == Place::Handler,
        hidden: false,
        injected: None,
        kind,
        ty: None,
        rules: Rules::default(),
        media_type: String::new(),
        schema: false,
        part_headers: Vec::new(),
    }
}

/// A tool for `GET /{template}` of the first API.
pub(super) fn operation_tool(name: &str, type_name: &str, arguments: Vec<Argument>) -> Tool {
    let constant = name.to_uppercase();
    Tool {
        name: name.to_owned(),
        constant,
        type_name: type_name.to_owned(),
        docs: format!("Does {name}. And more.\n\n`GET /{name}`"),
        listing: format!(r#"{{"name":"{name}","inputSchema":{{"type":"object"}}}}"#),
        legacy_listing: None,
        arguments,
        output: Output::Undeclared,
        target: Target::Operation(Box::new(Operation {
            upstream: 0,
            server: "https://${MAPS_SERVER_REGION:-eu}.files.example".to_owned(),
            id: name.to_owned(),
            method: "GET".to_owned(),
            template: format!("/{name}"),
            path: vec![Segment::Literal(format!("/{name}"))],
            body: None,
            accept: "application/json".to_owned(),
            security: Vec::new(),
            mock: MockReply {
                status: 200,
                media_type: "application/json".to_owned(),
                body: MockBody::Json(json!({"ok": true})),
            },
            response: None,
        })),
        tags: Vec::new(),
        version: None,
        listed: true,
        timeout: None,
    }
}

/// A tool with a handler.
pub(super) fn handler_tool(name: &str, returns: RustType, arguments: Vec<Argument>) -> Tool {
    let mut tool =
        operation_tool(name, &format!("{}Args", heck::AsUpperCamelCase(name)), arguments);
    tool.docs = format!("Does {name}.\n\nDeclared tool `{name}`");
    tool.output = Output::Wrapped;
    tool.target = Target::Handler(Declared {
        handler: Handler { method: name.to_owned(), returns, blocking: false },
        schema: None,
        output_schema: None,
        requires: Vec::new(),
        headers: Vec::new(),
        task: Task::default(),
        route: None,
    });
    tool
}

/// A module.
pub(super) fn module(name: &str, tools: Vec<Tool>) -> Module {
    Module {
        name: name.to_owned(),
        docs: format!("The tools of `{name}`."),
        tools,
        patterns: Vec::new(),
    }
}

/// The tool `add` alone, with a handler.
pub(super) fn calculator() -> Crate {
    let arguments = ["a", "b"]
        .map(|name| Argument { required: true, ..argument(name, Place::Handler, Kind::Integer) });
    let add = handler_tool("add", RustType::Integer, arguments.into());
    Crate { modules: vec![module("declared", vec![add])], ..crate_named("calculator") }
}

/// A small shop that has each thing once.
pub(super) fn shop() -> Crate {
    let mut plan = crate_named("shop");
    plan.server.instructions = "First search.\nThen buy \"something\".".to_owned();
    plan.server.deployment =
        Deployment { transport: Some(Transport::Http), port: Some(9000), ..Deployment::default() };
    plan.server.limits = Limits { tool_time: Some(1.5), ..Limits::default() };
    plan.notices = vec!["shop: MIT *licence*".to_owned()];
    plan.report = Report { operations: 3, kept: 2, excluded: 1, ..Report::default() };
    plan.report.tolerated = vec![("callbacks".to_owned(), 2)];
    let mut maps = upstream("maps", "Maps", "MAPS");
    maps.timeout = 2.5;
    maps.headers = vec![("X-Client".to_owned(), "${CLIENT:-shop}".to_owned())];
    maps.schemes[0].credential = Credential::Basic;
    plan.upstreams = vec![upstream("shop", "Shop", "SHOP"), maps];
    let mut books = module("books", vec![get_book(), update_book(), upload_cover()]);
    books.patterns = vec![Pattern { constant: "ISBN".to_owned(), text: r"^\d{13}$".to_owned() }];
    let mut route = operation_tool("find_route", "FindRoute", Vec::new());
    if let Target::Operation(operation) = &mut route.target {
        operation.upstream = 1;
        operation.method = "QUERY".to_owned();
        operation.security = vec![vec![0], Vec::new()];
        operation.mock =
            MockReply { status: 204, media_type: String::new(), body: MockBody::Empty };
    }
    plan.modules = vec![books, module("routes", vec![route])];
    plan
}

fn get_book() -> Tool {
    let mut isbn = argument("isbn", Place::Path, Kind::Text);
    isbn.rules.pattern = Some(0);
    let mut fields = argument("fields", Place::Query, Kind::Texts);
    fields.explode = false;
    fields.rules = Rules {
        max_items: Some(5),
        unique_items: true,
        one_of: vec![json!("title"), json!("price")],
        ..Rules::default()
    };
    let mut kind = argument("type", Place::Query, Kind::Text);
    kind.field = "r#type".to_owned();
    kind.wire = "kind".to_owned();
    kind.default = Some(json!("paper"));
    let mut session = argument("session", Place::Cookie, Kind::Text);
    session.hidden = true;
    session.default = Some(json!("none"));
    let trace = argument("trace", Place::Header, Kind::Flag);
    let mut filter = argument("filter", Place::Query, Kind::Object);
    filter.style = Style::DeepObject;
    filter.allow_reserved = true;
    let mut tool =
        operation_tool("get_book", "GetBook", vec![isbn, fields, kind, session, trace, filter]);
    tool.docs = "Fetch one book. It is fast.\n\n`GET /books/{isbn}`".to_owned();
    tool.output = Output::Object;
    tool.legacy_listing = Some(r#"{"name":"get_book"}"#.to_owned());
    if let Target::Operation(operation) = &mut tool.target {
        operation.id = "getBook".to_owned();
        operation.template = "/books/{isbn}".to_owned();
        operation.path = vec![Segment::Literal("/books/".to_owned()), Segment::Argument(0)];
        operation.security = vec![vec![0]];
    }
    tool
}

fn update_book() -> Tool {
    let text = |required, nullable, name: &str| Argument {
        required,
        nullable,
        ..argument(name, Place::Property, Kind::Text)
    };
    let mut price = argument("price", Place::Property, Kind::Number);
    price.nullable = true;
    price.rules = Rules {
        minimum: serde_json::Number::from_f64(-0.5),
        above: Some((-3).into()),
        maximum: Some(u64::MAX.into()),
        multiple_of: serde_json::Number::from_f64(0.01),
        ..Rules::default()
    };
    let mut stock = argument("stock", Place::Property, Kind::Integers);
    stock.nullable = true;
    let arguments = vec![
        argument("id", Place::Path, Kind::Integer),
        text(true, false, "title"),
        text(true, true, "subtitle"),
        text(false, true, "note"),
        price,
        stock,
        argument("extra", Place::Property, Kind::Any),
        argument("lines", Place::Property, Kind::List),
    ];
    let mut tool = operation_tool("update_book", "UpdateBook", arguments);
    tool.timeout = Some(5.0);
    if let Target::Operation(operation) = &mut tool.target {
        operation.method = "PATCH".to_owned();
        operation.path = vec![Segment::Literal("/books/".to_owned()), Segment::Argument(0)];
        operation.body = Some(Body {
            format: BodyFormat::Json,
            media_type: "application/merge-patch+json".to_owned(),
            required: true,
        });
        operation.mock.body = MockBody::Text("two\nlines".to_owned());
    }
    tool
}

fn upload_cover() -> Tool {
    let mut cover = argument("cover", Place::Property, Kind::File);
    cover.required = true;
    cover.media_type = "image/png".to_owned();
    let arguments = vec![cover, argument("more", Place::Property, Kind::Files)];
    let mut tool = operation_tool("upload_cover", "UploadCover", arguments);
    tool.output = Output::Wrapped;
    if let Target::Operation(operation) = &mut tool.target {
        operation.method = "POST".to_owned();
        operation.accept = "*/*".to_owned();
        operation.body = Some(Body {
            format: BodyFormat::Multipart,
            media_type: "multipart/form-data".to_owned(),
            required: false,
        });
    }
    tool
}

/// A shop with [`HOSTILE`] text wherever text of a document can be.
pub(super) fn hostile_shop() -> Crate {
    let long = "long ".repeat(2000);
    let mut plan = shop();
    let text = || HOSTILE.to_owned();
    plan.command = text();
    plan.inputs = vec![text()];
    plan.notices = vec![text()];
    plan.report = Report { operations: 1, tolerated: vec![(text(), 1)], ..Report::default() };
    plan.server.name = text();
    plan.server.version = text();
    plan.server.docs = format!("{HOSTILE} {long}");
    plan.server.instructions = text();
    plan.server.info = json!({ "name": HOSTILE }).to_string();
    plan.server.deployment.allowed_hosts = vec![text()];
    for upstream in &mut plan.upstreams {
        upstream.name = text();
        upstream.title = text();
        upstream.base_url = text();
        upstream.headers = vec![(text(), text())];
        upstream.schemes[0].name = text();
        upstream.schemes[0].secret = text();
        upstream.schemes[0].credential = Credential::Cookie(text());
    }
    for module in &mut plan.modules {
        module.docs = text();
        for pattern in &mut module.patterns {
            pattern.text = text();
        }
        for tool in &mut module.tools {
            tool.name = format!("{}{HOSTILE}", tool.name);
            tool.docs = format!("{HOSTILE}\n\n{HOSTILE}");
            tool.listing = json!({ "name": HOSTILE }).to_string();
            for argument in &mut tool.arguments {
                argument.name = text();
                argument.wire = format!("wire {HOSTILE}");
                argument.docs = text();
                argument.default = Some(json!(HOSTILE));
                argument.media_type = text();
                argument.rules.one_of = vec![json!({ "a": [HOSTILE] })];
            }
            if let Target::Operation(operation) = &mut tool.target {
                operation.id = text();
                operation.method = text();
                operation.template = text();
                operation.path = vec![Segment::Literal(text())];
                operation.accept = text();
                operation.mock.media_type = text();
                operation.mock.body = MockBody::Text(text());
            }
        }
    }
    plan
}
