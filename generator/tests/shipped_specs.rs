//! The inputs of this repository are planned without a warning, and curated as their `mcp.toml`
//! says.

#![expect(clippy::disallowed_methods, reason = "tests read documents")]

use mcpwright_generator::emit::RuntimeDependency;
use mcpwright_generator::plan::{Kind, RustType, Target, Tool};
use mcpwright_generator::source::SourceMap;
use mcpwright_generator::{Planned, Request, plan_server};

fn planned(name: &str, document: Option<&str>) -> Planned {
    let folder = format!("{}/../specs/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut sources = SourceMap::default();
    let mut add = |file: &str| {
        let path = format!("{folder}/{file}");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        sources.add(format!("specs/{name}/{file}"), text)
    };
    let request = Request {
        name: name.to_owned(),
        manifest: Some(add("mcp.toml")),
        included: Vec::new(),
        documents: document.map(|file| (name.to_owned(), add(file))).into_iter().collect(),
        overlays: Vec::new(),
        files: std::collections::BTreeMap::new(),
        lock: None,
        command: format!("cargo xtask gen specs/{name}"),
        runtime: RuntimeDependency::Version("0.1.0".to_owned()),
    };
    let planned = plan_server(&request, &sources);
    planned.unwrap_or_else(|problems| panic!("{name}: {problems:#?}"))
}

fn tool<'p>(planned: &'p Planned, name: &str) -> &'p Tool {
    planned.plan.tools().find(|tool| tool.name == name).unwrap_or_else(|| panic!("no tool {name}"))
}

#[test]
fn bookshop_has_its_curated_tools() {
    let planned = planned("bookshop", Some("openapi.yaml"));
    assert!(planned.warnings.is_empty(), "{:#?}", planned.warnings);
    let modules: Vec<_> = planned.plan.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(modules, ["books", "orders", "reviews"]);
    assert!(planned.plan.tools().count() >= 15);
    assert!(!planned.plan.has_handlers());
    let place = tool(&planned, "place_order");
    let key = place.arguments.iter().find(|argument| argument.wire == "Idempotency-Key");
    assert_eq!(key.map(|key| key.name.as_str()), Some("idempotency_key"));
    for tool in planned.plan.tools() {
        let Target::Operation(operation) = &tool.target else {
            panic!("{} is forwarded", tool.name)
        };
        assert!((200..300).contains(&operation.mock.status), "{}", tool.name);
    }
    assert_eq!(planned.plan.upstreams[0].schemes[0].secret, "${BOOKSHOP_API_KEY}");
}

#[test]
fn calculator_adds_by_hand() {
    let planned = planned("calculator", None);
    assert!(planned.warnings.is_empty(), "{:#?}", planned.warnings);
    let add = tool(&planned, "add");
    assert!(add.arguments.iter().all(|argument| argument.kind == Kind::Integer));
    let Target::Handler(handler) = &add.target else { panic!("add has a handler") };
    assert_eq!(handler.handler.returns, RustType::Integer);
}

#[test]
fn weather_has_models() {
    let planned = planned("weather", None);
    assert!(planned.warnings.is_empty(), "{:#?}", planned.warnings);
    let names: Vec<_> = planned.plan.types.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Place",
            "Day",
            "Forecast",
            "Region",
            "Wind",
            "WindKind",
            "Rain",
            "RainKind",
            "Sky",
            "ForecastUnit",
            "WindOrRain",
        ]
    );
}
