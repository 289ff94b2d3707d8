//! Stage tests of whole plans.

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::diagnostic::Code;
use crate::model::NameRule;
use crate::plan::test_support::{chosen, declaration, operation};

fn planned(declaration: &Declaration, lock: Option<&Lock>) -> (Crate, Lock) {
    let mut diagnostics = Diagnostics::default();
    plan(declaration, lock, &mut diagnostics).unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn tools(planned: &Crate) -> Vec<&str> {
    planned.tools().map(|tool| tool.name.as_str()).collect()
}

#[test]
fn crate_is_named_and_its_modules_follow_the_tags() {
    let mut get = operation("GET", "/books/{isbn}", Some("getBook"));
    get.tags = vec!["books".to_owned()];
    let ping = operation("GET", "/ping", None);
    let (planned, lock) = planned(&declaration(vec![ping, get]), None);
    assert_eq!((planned.package.as_str(), planned.library.as_str()), ("shop-mcp", "shop_mcp"));
    let modules: Vec<_> = planned.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(modules, ["books", "operations"]);
    assert_eq!(tools(&planned), ["getBook", "get_ping"]);
    expect![[r#"
        # The names that were allocated for tools. Commit this file with the declaration:
        # it keeps names as they are. To rename a tool, edit mcp.toml.
        version = 1

        [[operation]]
        document = "shop"
        method = "GET"
        path = "/books/{isbn}"
        id = "getBook"
        tool = "getBook"
        rust = "get_book"
        module = "books"

        [[operation]]
        document = "shop"
        method = "GET"
        path = "/ping"
        tool = "get_ping"
        rust = "get_ping"
        module = "operations"
    "#]]
    .assert_eq(&lock.render());
}

#[test]
fn repeated_id_is_named_by_its_path() {
    let list = vec![operation("GET", "/a", Some("same")), operation("GET", "/b", Some("same"))];
    let mut diagnostics = Diagnostics::default();
    let (planned, _) = plan(&declaration(list), None, &mut diagnostics).expect("a warning only");
    assert_eq!(tools(&planned), ["same", "get_b"]);
    assert!(diagnostics.iter().any(|found| found.code == Code::E0401));
}

#[test]
fn ids_that_are_mapped_to_one_name_are_told_with_both_places() {
    let list =
        vec![operation("GET", "/a", Some("list-pets")), operation("GET", "/b", Some("list.pets"))];
    let mut diagnostics = Diagnostics::default();
    assert!(plan(&declaration(list), None, &mut diagnostics).is_some());
    let problem = diagnostics.iter().find(|problem| problem.code == Code::E0402).expect("a clash");
    assert_eq!(problem.secondary.len(), 1);
    expect![[r#"give each its own id, or name the tool: [openapi.shop.tools] "GET /b" = "…""#]]
        .assert_eq(problem.help.as_deref().unwrap_or_default());
}

#[test]
fn cleaned_fastapi_names_that_clash_get_their_tag() {
    let mut one = operation("GET", "/flows/{id}", Some("read_flows__id__get"));
    one.tags = vec!["Flows".to_owned()];
    let mut other = operation("GET", "/runs/{id}", Some("read_runs__id__get"));
    other.tags = vec!["Flow Runs".to_owned()];
    let (planned, _) = planned(&declaration(vec![one, other]), None);
    let mut names = tools(&planned);
    names.sort_unstable();
    assert_eq!(names, ["flow_runs_read", "flows_read"]);
}

#[test]
fn namespace_counts_for_the_limit() {
    let long = "x".repeat(70);
    let mut declaration = declaration(vec![operation("GET", "/a", Some(&long))]);
    declaration.documents[0].settings.namespace = Some("n".repeat(20));
    let (planned, _) = planned(&declaration, None);
    assert_eq!(tools(&planned)[0].len(), 64);
}

#[test]
fn removed_operation_leaves_a_tombstone_that_holds_its_name() {
    let before = vec![operation("GET", "/a", Some("fetch"))];
    let (_, lock) = planned(&declaration(before.clone()), None);
    let (_, gone) = planned(&declaration(Vec::new()), Some(&lock));
    assert!(gone.operations[0].removed);
    let newcomer = vec![operation("GET", "/z", Some("fetch"))];
    let (planned_back, _) = planned(&declaration(before), Some(&gone));
    assert_eq!(tools(&planned_back), ["fetch"]);
    // The same id under another path is the same operation.
    let (moved, _) = planned(&declaration(newcomer), Some(&gone));
    assert_eq!(tools(&moved), ["fetch"]);
}

#[test]
fn name_of_a_removed_operation_is_not_given_away() {
    let before = vec![operation("GET", "/a", Some("fe-tch"))];
    let (_, lock) = planned(&declaration(before), None);
    let other = vec![operation("POST", "/b", Some("fe.tch"))];
    let (planned, _) = planned(&declaration(other), Some(&lock));
    let name = tools(&planned)[0];
    assert!(name.starts_with("fe_tch_"), "{name}");
}

#[test]
fn name_chosen_in_the_declaration_goes_when_it_is_taken_back() {
    let mut declaration = declaration(vec![operation("GET", "/a", Some("getA"))]);
    declaration.documents[0].settings.tools.insert("getA".to_owned(), chosen("fetch"));
    let (first, lock) = planned(&declaration, None);
    assert_eq!(tools(&first), ["fetch"]);
    declaration.documents[0].settings.tools.clear();
    let (second, _) = planned(&declaration, Some(&lock));
    assert_eq!(tools(&second), ["getA"]);
}

#[test]
fn fastmcp_rule_numbers_clashes() {
    let list = vec![operation("GET", "/a", Some("x__1")), operation("GET", "/b", Some("x__2"))];
    let mut declaration = declaration(list);
    declaration.server.names = NameRule::Fastmcp;
    let (planned, lock) = planned(&declaration, None);
    assert_eq!(tools(&planned), ["x", "x_2"]);
    assert_eq!(lock.operations[0].rule, "fastmcp");
}

#[test]
fn filter_that_matches_nothing_gives_an_empty_server() {
    let mut declaration = declaration(vec![operation("GET", "/a", Some("a"))]);
    declaration.server.include_tags = vec!["absent".to_owned()];
    let (planned, _) = planned(&declaration, None);
    assert!(tools(&planned).is_empty());
}

/// The names of the tools in order, and what is said about names.
fn told(declaration: &Declaration, lock: Option<&Lock>) -> (Vec<String>, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let planned = plan(declaration, lock, &mut diagnostics);
    let names =
        planned.map(|(planned, _)| tools(&planned).into_iter().map(str::to_owned).collect());
    let told = diagnostics
        .iter()
        .filter(|found| found.code >= Code::E0401)
        .map(|found| format!("{:?} {}", found.severity, found.code.as_str()))
        .collect();
    (names.unwrap_or_default(), told)
}

#[test]
fn derived_name_that_is_taken_yields_with_a_warning() {
    let list = || vec![operation("GET", "/b", Some("a b")), operation("GET", "/c", Some("a/b"))];
    let (names, problems) = told(&declaration(list()), None);
    assert_eq!(names, ["a_b", "get_c"]);
    assert_eq!(problems, ["Warning E0402"]);
    // A name in the lock wins over the order of the routes.
    let (_, lock) = planned(&declaration(vec![operation("GET", "/c", Some("a/b"))]), None);
    let (names, problems) = told(&declaration(list()), Some(&lock));
    assert_eq!(names, ["get_b", "a_b"]);
    assert_eq!(problems, ["Warning E0402"]);
}

#[test]
fn derived_name_yields_even_where_method_and_path_are_taken() {
    let list = vec![
        operation("GET", "/a", Some("x.y")),
        operation("GET", "/b", Some("x/y")),
        operation("GET", "/z", Some("get_b")),
    ];
    let (names, problems) = told(&declaration(list), None);
    assert_eq!(problems, ["Warning E0402"]);
    assert_eq!(names.len(), 3);
    assert!(names.iter().any(|name| name.starts_with("get_b_")), "{names:?}");
}

#[test]
fn names_in_the_manifest_that_clash_are_errors() {
    let mut both = declaration(vec![
        operation("GET", "/a", Some("getA")),
        operation("GET", "/b", Some("getB")),
    ]);
    let names = &mut both.documents[0].settings.tools;
    names.insert("getA".to_owned(), chosen("getB"));
    assert_eq!(told(&both, None).1, ["Error E0402"]);
    let names = &mut both.documents[0].settings.tools;
    names.insert("getB".to_owned(), chosen("getB"));
    assert_eq!(told(&both, None).1, ["Error E0402"]);
    let names = &mut both.documents[0].settings.tools;
    names.insert("getB".to_owned(), chosen("getA"));
    assert_eq!(told(&both, None).1, [""; 0]);
}

#[test]
fn name_that_the_document_wishes_for_is_given_where_it_can_be() {
    let wish = |path, name: &str| {
        let mut operation = operation("GET", path, None);
        operation.extensions.insert("x-mcp-name".to_owned(), name.into());
        operation
    };
    let list = vec![wish("/a", "one"), wish("/b", "one"), wish("/c", "not this!")];
    let (names, problems) = told(&declaration(list), None);
    assert_eq!(names, ["one", "get_b", "get_c"]);
    assert_eq!(problems, ["Warning E0402", "Warning E0403"]);
}

#[test]
fn lock_with_one_name_twice_gives_it_once() {
    let list = vec![operation("GET", "/a", Some("a")), operation("GET", "/b", Some("b"))];
    let (_, mut lock) = planned(&declaration(list.clone()), None);
    for entry in &mut lock.operations {
        entry.tool = "same".to_owned();
    }
    let (names, problems) = told(&declaration(list), Some(&lock));
    assert_eq!(names, ["same", "b"]);
    assert_eq!(problems, [""; 0]);
}

/// Operations with names that are cut, cleaned, alike in case, or made of paths.
fn siblings() -> impl Strategy<Value = Vec<(u8, u8)>> {
    proptest::collection::btree_set((0_u8..8, 0_u8..12), 1..20)
        .prop_map(|set| set.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
}

fn sibling((kind, number): (u8, u8)) -> model::Operation {
    let path = format!("/p{kind}/{number}");
    let id = match kind {
        0 => None,
        1 => Some(format!("getThing{number}")),
        2 => Some(format!("get_thing{number}")),
        3 => Some(format!("{}{number}", "long".repeat(20))),
        4 => Some(format!("read_p4_{number}_get")),
        5 => Some(format!("op/{number}")),
        6 => Some(format!("op.{number}")),
        _ => Some(format!("get p5 {number}")),
    };
    operation("GET", &path, id.as_deref())
}

fn named(planned: &Crate) -> BTreeMap<String, (String, String)> {
    planned
        .tools()
        .filter_map(|tool| match &tool.target {
            Target::Operation(operation) => {
                Some((operation.template.clone(), (tool.name.clone(), tool.constant.clone())))
            }
            Target::Handler(_) => None,
        })
        .collect()
}

/// Operations of all paths with ids that are alike once they are mapped, and wishes for names.
fn rivals() -> impl Strategy<Value = Vec<model::Operation>> {
    let id = proptest::option::of("[ab./ _-]{0,3}|get_[ab]{1,2}");
    let wish = proptest::option::weighted(0.2, "[ab_]{0,2}");
    proptest::collection::btree_map("/[ab]{1,2}([._][ab])?", (id, wish), 1..16).prop_map(|all| {
        all.into_iter()
            .map(|(path, (id, wish))| {
                let mut one = operation("GET", &path, id.as_deref());
                one.extensions.extend(wish.map(|wish| ("x-mcp-name".to_owned(), wish.into())));
                one
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn document_alone_never_makes_names_that_stop_the_generator(
        before in rivals(), after in rivals(), fastmcp: bool
    ) {
        let mut lock = None;
        for operations in [before, after] {
            let count = operations.len();
            let mut declaration = declaration(operations);
            if fastmcp {
                declaration.server.names = NameRule::Fastmcp;
            }
            let (crate_, next) = planned(&declaration, lock.as_ref());
            let unique: BTreeSet<_> = tools(&crate_).into_iter().collect();
            prop_assert_eq!(unique.len(), count);
            lock = Some(next);
        }
    }

    #[test]
    fn names_do_not_depend_on_the_order_of_siblings(list in siblings()) {
        let forward: Vec<_> = list.iter().copied().map(sibling).collect();
        let backward: Vec<_> = list.iter().rev().copied().map(sibling).collect();
        let (forward, first) = planned(&declaration(forward), None);
        let (backward, second) = planned(&declaration(backward), None);
        prop_assert_eq!(named(&forward), named(&backward));
        prop_assert_eq!(first.render(), second.render());
    }

    #[test]
    fn locked_names_stay_when_siblings_come_and_go(before in siblings(), after in siblings()) {
        let old: Vec<_> = before.iter().copied().map(sibling).collect();
        let new: Vec<_> = after.iter().copied().map(sibling).collect();
        let (old, lock) = planned(&declaration(old), None);
        let (new, _) = planned(&declaration(new), Some(&lock));
        let (old, new) = (named(&old), named(&new));
        for (path, name) in &old {
            if let Some(now) = new.get(path) {
                prop_assert_eq!(name, now);
            }
        }
        let unique: BTreeSet<_> = new.values().collect();
        prop_assert_eq!(unique.len(), new.len());
    }

    #[test]
    fn second_run_changes_nothing(list in siblings()) {
        let declaration = declaration(list.into_iter().map(sibling).collect());
        let (_, first) = planned(&declaration, None);
        let (_, second) = planned(&declaration, Some(&first));
        prop_assert_eq!(first.render(), second.render());
    }
}
