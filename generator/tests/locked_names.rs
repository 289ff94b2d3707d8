//! What `mcp.lock` keeps of declared components: a method and a struct that were given stay, whatever
//! is declared beside them.

use std::collections::BTreeMap;

use mcpwright_generator::emit::RuntimeDependency;
use mcpwright_generator::plan::{self, Component, Handler};
use mcpwright_generator::source::SourceMap;
use mcpwright_generator::{Planned, Request, plan_server};

/// The names of a component: its methods and its type.
type Names = [String; 3];

/// What is generated from these tables, with what the lock of the last time has.
fn generate(tables: &[&str], lock: Option<&str>) -> Planned {
    let mut sources = SourceMap::default();
    let manifest = sources.add("mcp.toml", tables.join("\n"));
    let lock = lock.map(|text| sources.add("mcp.lock", text));
    let request = Request {
        name: "shop".to_owned(),
        manifest: Some(manifest),
        included: Vec::new(),
        documents: Vec::new(),
        overlays: Vec::new(),
        files: BTreeMap::new(),
        lock,
        command: "gen".to_owned(),
        runtime: RuntimeDependency::Version("0.1.0".to_owned()),
    };
    plan_server(&request, &sources).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// The names of all components, by kind, id and version.
fn names(plan: &plan::Crate) -> BTreeMap<String, Names> {
    let method =
        |handler: Option<&Handler>| handler.map(|it| it.method.clone()).unwrap_or_default();
    let other = |kind: &str, id: &str, component: &Component, handler: Option<&Handler>| {
        let version = component.version.as_deref().unwrap_or_default();
        let completion = component.completion.clone().unwrap_or_default();
        let names = [method(handler), completion, component.type_name.clone()];
        (format!("{kind} {id}@{version}"), names)
    };
    let tools = plan.tools().map(|it| {
        let version = it.version.as_deref().unwrap_or_default();
        let names = [method(it.handler()), String::new(), it.type_name.clone()];
        (format!("tool {}@{version}", it.name), names)
    });
    let resources =
        plan.resources.all.iter().map(|it| other("resource", &it.uri, &it.component, it.handler()));
    let prompts = plan
        .prompts
        .all
        .iter()
        .map(|it| other("prompt", &it.component.name, &it.component, it.handler()));
    tools.chain(resources).chain(prompts).collect()
}

fn methods(plan: &plan::Crate) -> Vec<String> {
    names(plan).into_values().flat_map(|[method, completion, _]| [method, completion]).collect()
}

const TABLES: [&str; 13] = [
    "[[tool]]\nname = \"getUser\"",
    "[[tool]]\nname = \"get_user\"",
    "[[tool]]\nname = \"greet\"",
    "[[tool]]\nname = \"complete_greet\"",
    "[[resource]]\nuri = \"a://greet\"\nname = \"greet\"",
    "[[resource]]\nuri = \"a://Greet/{x}\"\nname = \"Greet\"\nargs.x = { type = \"str\", complete = \"handler\" }",
    "[[resource]]\nuri = \"a://text\"\nname = \"get-user\"\ntext = \"x\"",
    "[[prompt]]\nname = \"greet\"\nargs.x = { type = \"str\", complete = \"handler\" }",
    "[[prompt]]\nname = \"getUser\"",
    "[[prompt]]\nname = \"get.user\"\nargs.x = { type = \"str\", complete = \"handler\" }\nmessages = [\"{{ x }}\"]",
    "[[tool]]\nname = \"sum\"\nversion = \"1.0\"",
    "[[tool]]\nname = \"sum\"\nversion = \"10\"",
    "[[resource]]\nuri = \"b://greet\"\nname = \"greet\"",
];

/// What was there keeps its names.
fn expect_kept(before: &Planned, after: &Planned, what: &str) {
    let now = names(&after.plan);
    for (component, names) in names(&before.plan) {
        assert_eq!(now.get(&component), Some(&names), "{component}, {what}");
    }
    let mut methods = methods(&after.plan);
    methods.retain(|method| !method.is_empty());
    let count = methods.len();
    methods.sort();
    methods.dedup();
    assert_eq!(methods.len(), count, "{what}: {methods:?}");
}

#[test]
fn a_sibling_before_or_after_renames_nothing() {
    for (one, first) in TABLES.iter().enumerate() {
        for (other, second) in TABLES.iter().enumerate().filter(|(other, _)| *other != one) {
            let before = generate(&[first], None);
            let lock = Some(before.lock.as_str());
            let what = format!("{one} then {other}");
            expect_kept(&before, &generate(&[first, second], lock), &what);
            expect_kept(&before, &generate(&[second, first], lock), &what);
        }
    }
}

#[test]
fn components_that_come_one_by_one_in_any_order_keep_their_names() {
    for step in [1, 5, 7, 11] {
        let order: Vec<&str> =
            (0..TABLES.len()).map(|it| TABLES[it * step % TABLES.len()]).collect();
        let mut before = generate(&order[..1], None);
        for count in 2..=order.len() {
            // The newest one stands first.
            let tables: Vec<&str> = order[..count].iter().rev().copied().collect();
            let after = generate(&tables, Some(&before.lock));
            expect_kept(&before, &after, &format!("{count} by {step}"));
            before = after;
        }
        let again = generate(&order, Some(&before.lock));
        assert_eq!(names(&again.plan), names(&before.plan));
        assert_eq!(again.lock, before.lock, "the lock says it all");
    }
}

#[test]
fn a_changed_name_frees_nothing_that_others_hold() {
    let (first, second) = (TABLES[0], TABLES[1]);
    let alone = generate(&[first], None);
    let both = generate(&[first, second], Some(&alone.lock));
    let held = names(&both.plan)["tool get_user@"].clone();
    assert!(held[0].starts_with("get_user_h"), "{held:?}");
    let renamed = "[[tool]]\nname = \"fetch\"";
    let after = generate(&[renamed, second], Some(&both.lock));
    assert_eq!(names(&after.plan)["tool get_user@"], held);
    assert_eq!(names(&after.plan)["tool fetch@"][0], "fetch");
}

#[test]
fn a_lock_without_components_is_read_and_completed() {
    let old = "version = 1\n";
    let fresh = generate(&TABLES, None);
    let read = generate(&TABLES, Some(old));
    assert_eq!(names(&read.plan), names(&fresh.plan));
    assert_eq!(read.lock.matches("[[component]]").count(), TABLES.len());
}

#[test]
fn names_of_a_lock_that_nothing_can_have_are_given_anew() {
    let lock = "version = 1\n[[component]]\nkind = \"tool\"\nid = \"greet\"\nrust = \"no name\"\n\
                method = \"Self\"\n[[component]]\nkind = \"tool\"\nid = \"sum\"\nrust = \"sum\"\n\
                method = \"greet\"\n";
    let tables = [TABLES[2], "[[tool]]\nname = \"sum\""];
    let names = names(&generate(&tables, Some(lock)).plan);
    assert_eq!(names["tool sum@"], ["greet", "", "SumArgs"]);
    assert_eq!(names["tool greet@"], ["greet_tool", "", "GreetArgs"]);
}

#[test]
fn versions_are_in_the_names_where_there_are_several() {
    let version = |version: &str| format!("[[tool]]\nname = \"sum\"\nversion = \"{version}\"");
    let method = |planned: &Planned, version: &str| {
        names(&planned.plan)[&format!("tool sum@{version}")][0].clone()
    };
    let (one, two, three) = (version("1"), version("2"), version("3rc1"));
    let both = generate(&[&one, &two], None);
    assert_eq!([method(&both, "1"), method(&both, "2")], ["sum_v1", "sum_v2"]);
    // Who has the plain name keeps it, also with another version.
    let alone = generate(&[&one], None);
    assert_eq!(method(&alone, "1"), "sum");
    let after = generate(&[&two, &one], Some(&alone.lock));
    assert_eq!([method(&after, "1"), method(&after, "2")], ["sum", "sum_v2"]);
    let raised = generate(&[&two], Some(&alone.lock));
    assert_eq!(method(&raised, "2"), "sum");
    let replaced = generate(&[&two, &three], Some(&both.lock));
    assert_eq!([method(&replaced, "2"), method(&replaced, "3rc1")], ["sum_v2", "sum_v3rc1"]);
    let left = generate(&[&two], Some(&both.lock));
    assert_eq!(method(&left, "2"), "sum_v2");
}
