//! Routes over plain HTTP: where arguments come from, what FastAPI says of wrong ones (its
//! documentation, "Handling errors", and the errors of pydantic 2), and MCP beside them.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use expect_test::{Expect, expect};
use mcpwright::codegen::{
    Argument, ArgumentErrors, Arguments, Bound, Declaration, DeclaredTool, Deployment, Kind,
    Limits, Listing, Method, Module, Output, Part, Reader, Rest, Route, Tool, Writer,
};
use mcpwright::{Content, Context, Server, ToolError, ToolResult};

use crate::fixture::{self, Answer, STATELESS, legacy, listen, post, request, send};

macro_rules! arguments {
    ($type:ident $table:ident) => {
        #[derive(Debug)]
        struct $type(Vec<Option<String>>);

        impl Arguments for $type {
            const TOOL: Tool = Tool::Declared(&$table);
            fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
                let values = (0..$table.arguments.len())
                    .map(|index| reader.optional_value(index).map(|value| value.to_string()));
                Ok(Self(values.collect()))
            }
            fn write(&self, _: &mut Writer) {}
        }

        impl $type {
            /// The arguments as JSON, `-` for what is absent.
            fn shown(&self) -> String {
                let shown = self.0.iter().map(|value| value.as_deref().unwrap_or("-"));
                shown.collect::<Vec<_>>().join(" ")
            }
        }
    };
}

static ITEM: DeclaredTool = DeclaredTool {
    name: "item",
    arguments: &[
        Argument::path("id", Kind::Integer),
        Argument::query("limit", Kind::Integer)
            .default("20")
            .at_least(Bound::Integer(1))
            .at_most(Bound::Integer(100)),
        Argument::query("tags", Kind::Texts).max_items(2),
        Argument::query("exact", Kind::Flag),
        Argument::header("x_token", Kind::Text).wire("x-token").min_length(3),
        Argument::cookie("session", Kind::Text),
        Argument::query("order", Kind::Text).one_of(&["asc", "desc"]),
    ],
    output: Output::Wrapped,
    ..DeclaredTool::DEFAULT
};
arguments!(Item ITEM);

static MAKE: DeclaredTool = DeclaredTool {
    name: "make",
    arguments: &[
        Argument::property("name", Kind::Text).required().max_length(5),
        Argument::property("price", Kind::Number).above(Bound::Integer(0)),
        Argument::property("sizes", Kind::Integers),
    ],
    ..DeclaredTool::DEFAULT
};
arguments!(Make MAKE);

static FAIL: DeclaredTool = DeclaredTool {
    name: "fail",
    arguments: &[Argument::path("how", Kind::Text)],
    timeout: Some(Duration::from_millis(50)),
    ..DeclaredTool::DEFAULT
};
arguments!(Fail FAIL);

static WHOLE: DeclaredTool = DeclaredTool {
    name: "whole",
    arguments: &[Argument::body("body", Kind::Integers).required()],
    ..DeclaredTool::DEFAULT
};
arguments!(Whole WHOLE);

static FILE: DeclaredTool = DeclaredTool {
    name: "file",
    arguments: &[Argument::path("path", Kind::Text)],
    ..DeclaredTool::DEFAULT
};
arguments!(File FILE);

static POINT: DeclaredTool = DeclaredTool {
    name: "point",
    arguments: &[Argument::property("point", Kind::List).required()],
    ..DeclaredTool::DEFAULT
};

/// Arguments of a type that takes less than its table does.
#[derive(Debug)]
struct Point((i64, i64));

impl Arguments for Point {
    const TOOL: Tool = Tool::Declared(&POINT);
    fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
        Ok(Self(reader.typed(0)?))
    }
    fn write(&self, _: &mut Writer) {}
}

static POINT_ROUTE: Route = Route {
    method: Method::Post,
    path: &[Part::Literal("/points")],
    tool: &POINT,
    ..Route::DEFAULT
};
static ITEM_ROUTE: Route =
    Route { path: &[Part::Literal("/items/"), Part::Segment(0)], tool: &ITEM, ..Route::DEFAULT };
static MAKE_ROUTE: Route = Route {
    method: Method::Post,
    path: &[Part::Literal("/items")],
    tool: &MAKE,
    status: 201,
    ..Route::DEFAULT
};
static FAIL_ROUTE: Route = Route {
    method: Method::Delete,
    path: &[Part::Literal("/fail/"), Part::Segment(0)],
    tool: &FAIL,
    status: 204,
    ..Route::DEFAULT
};
static WHOLE_ROUTE: Route =
    Route { method: Method::Put, path: &[Part::Literal("/items")], tool: &WHOLE, ..Route::DEFAULT };
static FILE_ROUTE: Route =
    Route { path: &[Part::Literal("/files/"), Part::Rest(0)], tool: &FILE, ..Route::DEFAULT };

static MODULE: Module = Module {
    name: "all",
    tools: Listing::new("{\"name\":\"item\",\"inputSchema\":{\"type\":\"object\"}}\n"),
    ..Module::DEFAULT
};

static DECLARATION: Declaration = Declaration {
    name: "rest",
    modules: &[&MODULE],
    tools: &[Tool::Declared(&ITEM)],
    rest: Rest {
        routes: &[&ITEM_ROUTE, &MAKE_ROUTE, &FAIL_ROUTE, &WHOLE_ROUTE, &FILE_ROUTE, &POINT_ROUTE],
        document: r#"{"openapi":"3.1.0"}"#,
    },
    deployment: Deployment { stateless: true, ..Deployment::DEFAULT },
    limits: Limits { request_body: 1000, ..Limits::DEFAULT },
    ..Declaration::DEFAULT
};

fn rest() -> Server {
    Server::new(&DECLARATION)
        .on(|_: Context, item: Item| async move { Ok(item.shown()) })
        .on(|_: Context, make: Make| async move { Ok(make.shown()) })
        .on(|_: Context, Point((x, y)): Point| async move { Ok(format!("{x} {y}")) })
        .on(|_: Context, whole: Whole| async move { Ok(whole.shown()) })
        .on(|_: Context, file: File| async move {
            Ok(ToolResult::blocks([Content::image(file.shown(), "image/png")]))
        })
        .on(|_: Context, fail: Fail| async move {
            match fail.shown().trim_matches('"') {
                "public" => Err(ToolError::public("no such thing").with_status(404)),
                "plain" => Err(ToolError::public("not like this")),
                "internal" => Err(ToolError::internal("the secret of the database")),
                "late" => {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    Ok(ToolResult::default())
                }
                "panic" => panic!("on purpose"),
                "result" => Ok(ToolResult::failed("it did not work")),
                _ => Ok(ToolResult::text("gone")),
            }
        })
}

async fn call(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    send(address, &request(method, path, headers, body.as_bytes())).await
}

#[track_caller]
fn check(answer: &Answer, expected: &Expect) {
    expected.assert_eq(&format!("{} {}", answer.status, answer.body));
}

#[tokio::test]
async fn arguments_come_from_every_part_of_a_request() {
    let address = listen(&rest()).await;
    let path = "/items/7?limit=3&limit=5&tags=a%20b&tags=c&exact=on&unknown=1&order=asc";
    let headers = [("X-Token", "abc"), ("Cookie", "a=b; session=\"s1\"; c")];
    let answer = call(address, "GET", path, &headers, "").await;
    check(&answer, &expect![[r#"200 "7 5 [\"a b\",\"c\"] true \"abc\" \"s1\" \"asc\"""#]]);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let answer = call(address, "GET", "/items/7", &[], "").await;
    check(&answer, &expect![[r#"200 "7 20 - - - - -""#]]);
    let body = r#"{"name": "ä", "price": "1.5", "sizes": [1, "2"], "more": {}}"#;
    let answer = call(address, "POST", "/items", &[], body).await;
    check(&answer, &expect![[r#"201 "\"ä\" 1.5 [1,2]""#]]);
    let answer = call(address, "PUT", "/items", &[], " [1, 2] ").await;
    check(&answer, &expect![[r#"200 "[1,2]""#]]);
    let answer = call(address, "GET", "/files/a/b%20c.png", &[], "").await;
    check(&answer, &expect![[r#"200 "a/b c.png""#]]);
    assert_eq!(answer.header("content-type"), Some("image/png"));
}

#[tokio::test]
async fn what_a_type_refuses_is_told_as_what_a_table_refuses() {
    let address = listen(&rest()).await;
    let answer = call(address, "POST", "/points", &[], r#"{"point": [1, 2]}"#).await;
    check(&answer, &expect![[r#"200 "1 2""#]]);
    let answer = call(address, "POST", "/points", &[], r#"{"point": [1, "x"]}"#).await;
    check(
        &answer,
        &expect![[
            r#"422 {"detail":[{"type":"value_error","loc":["body","point"],"msg":"Value error, invalid type: string \"x\", expected i64","input":[1,"x"]}]}"#
        ]],
    );
}

#[tokio::test]
async fn wrong_arguments_are_told_as_fastapi_tells_them() {
    let address = listen(&rest()).await;
    let path = "/items/a?limit=0&tags=a&tags=b&tags=c&exact=maybe&order=up";
    let answer = call(address, "GET", path, &[("X-Token", "ab")], "").await;
    check(
        &answer,
        &expect![[
            r#"422 {"detail":[{"type":"int_parsing","loc":["path","id"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"a"},{"type":"greater_than_equal","loc":["query","limit"],"msg":"Input should be greater than or equal to 1","input":"0","ctx":{"ge":1}},{"type":"too_long","loc":["query","tags"],"msg":"List should have at most 2 items after validation, not 3","input":["a","b","c"],"ctx":{"actual_length":3,"field_type":"List","max_length":2}},{"type":"bool_parsing","loc":["query","exact"],"msg":"Input should be a valid boolean, unable to interpret input","input":"maybe"},{"type":"string_too_short","loc":["header","x-token"],"msg":"String should have at least 3 characters","input":"ab","ctx":{"min_length":3}},{"type":"literal_error","loc":["query","order"],"msg":"Input should be 'asc' or 'desc'","input":"up","ctx":{"expected":"'asc' or 'desc'"}}]}"#
        ]],
    );
    let body = r#"{"price": 0, "sizes": [1.5, "x", {}]}"#;
    let answer = call(address, "POST", "/items", &[], body).await;
    check(
        &answer,
        &expect![[
            r#"422 {"detail":[{"type":"missing","loc":["body","name"],"msg":"Field required","input":{"price":0,"sizes":[1.5,"x",{}]}},{"type":"greater_than","loc":["body","price"],"msg":"Input should be greater than 0","input":0,"ctx":{"gt":0}},{"type":"int_from_float","loc":["body","sizes",0],"msg":"Input should be a valid integer, got a number with a fractional part","input":1.5},{"type":"int_parsing","loc":["body","sizes",1],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"},{"type":"int_type","loc":["body","sizes",2],"msg":"Input should be a valid integer","input":{}}]}"#
        ]],
    );
    let answer = call(address, "PUT", "/items", &[], r#""x""#).await;
    check(
        &answer,
        &expect![[
            r#"422 {"detail":[{"type":"list_type","loc":["body"],"msg":"Input should be a valid list","input":"x"}]}"#
        ]],
    );
}

#[tokio::test]
async fn bodies_that_are_none_are_told_as_fastapi_tells_them() {
    let address = listen(&rest()).await;
    for (body, expected) in [
        (
            "",
            expect![[
                r#"422 {"detail":[{"type":"missing","loc":["body"],"msg":"Field required","input":null}]}"#
            ]],
        ),
        (
            "[1]",
            expect![[
                r#"422 {"detail":[{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields from","input":[1]}]}"#
            ]],
        ),
        (
            "{\"name\": ",
            expect![[
                r#"422 {"detail":[{"type":"json_invalid","loc":["body",8],"msg":"JSON decode error","input":{},"ctx":{"error":"EOF while parsing a value at line 1 column 9"}}]}"#
            ]],
        ),
    ] {
        check(&call(address, "POST", "/items", &[], body).await, &expected);
    }
    let headers = [("Content-Type", "text/plain")];
    let answer = call(address, "POST", "/items", &headers, r#"{"name":"a"}"#).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(2000));
    let answer = call(address, "POST", "/items", &[], &large).await;
    check(&answer, &expect![[r#"413 {"detail":"The body is larger than this server accepts"}"#]]);
}

#[tokio::test]
async fn errors_of_handlers_have_the_status_that_they_choose() {
    let address = listen(&rest()).await;
    for (how, expected) in [
        ("public", expect![[r#"404 {"detail":"no such thing"}"#]]),
        ("plain", expect![[r#"400 {"detail":"not like this"}"#]]),
        ("internal", expect![[r#"500 {"detail":"Internal Server Error"}"#]]),
        ("panic", expect![[r#"500 {"detail":"Internal Server Error"}"#]]),
        ("late", expect![[r#"504 {"detail":"The call ran out of time"}"#]]),
        ("result", expect![[r#"400 {"detail":"it did not work"}"#]]),
        ("not", expect!["204 "]),
    ] {
        check(&call(address, "DELETE", &format!("/fail/{how}"), &[], "").await, &expected);
    }
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_are_told() {
    let address = listen(&rest()).await;
    let answer = call(address, "GET", "/nothing", &[], "").await;
    check(&answer, &expect![[r#"404 {"detail":"Not Found"}"#]]);
    let answer = call(address, "PATCH", "/items", &[], "").await;
    check(&answer, &expect![[r#"405 {"detail":"Method Not Allowed"}"#]]);
    assert_eq!(answer.header("allow"), Some("POST, PUT"));
    let answer = call(address, "GET", "/openapi.json", &[], "").await;
    check(&answer, &expect![[r#"200 {"openapi":"3.1.0"}"#]]);
    let answer = call(address, "POST", "/openapi.json", &[], "").await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
}

#[tokio::test]
async fn foreign_hosts_and_pages_are_refused() {
    let address = listen(&rest()).await;
    let answer = call(address, "GET", "/items/1", &[("Host", "evil.example.com")], "").await;
    check(&answer, &expect![[r#"403 {"detail":"Host not allowed"}"#]]);
    let answer =
        call(address, "GET", "/openapi.json", &[("Origin", "http://evil.example.com")], "").await;
    check(&answer, &expect![[r#"403 {"detail":"Origin not allowed"}"#]]);
    let page = ("Origin", "http://localhost:3000");
    let answer = call(address, "GET", "/items/1", &[page], "").await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://localhost:3000"));
    let asks = [page, ("Access-Control-Request-Method", "PUT")];
    let answer = call(address, "OPTIONS", "/items", &asks, "").await;
    let allowed = answer.header("access-control-allow-methods");
    assert_eq!((answer.status, allowed), (204, Some("POST, PUT")));
}

#[tokio::test]
async fn the_same_routes_are_tools_where_they_are_listed() {
    let address = listen(&rest()).await;
    let call = |name: &str, arguments: &str| {
        legacy("1", "tools/call", &format!(r#""name":"{name}","arguments":{arguments}"#))
    };
    let answer = post(address, &[], &call("item", r#"{"id":7,"x_token":"abc"}"#)).await;
    assert!(answer.body.contains("7 20 - - "), "{}", answer.body);
    let answer = post(address, &[], &call("make", r#"{"name":"a"}"#)).await;
    assert!(answer.body.contains("Unknown tool: 'make'"), "{}", answer.body);
    let listed = post(address, &[], &legacy("1", "tools/list", "")).await;
    assert!(listed.body.contains(r#""name":"item""#) && !listed.body.contains("make"));
}

#[tokio::test]
async fn routes_go_where_the_router_is_nested_and_leave_others_alone() {
    let own = Router::new().route("/own", get(async || "mine"));
    let server = rest().routes(own);
    let outer = fixture::server(&STATELESS).0;
    let application = Router::new().nest("/api", server.router());
    let address = listen(&outer.routes(application)).await;
    let answer = call(address, "GET", "/api/items/7", &[], "").await;
    check(&answer, &expect![[r#"200 "7 20 - - - - -""#]]);
    check(&call(address, "GET", "/api/own", &[], "").await, &expect!["200 mine"]);
    assert_eq!(call(address, "GET", "/items/7", &[], "").await.status, 404);
}
