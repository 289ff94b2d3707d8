use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;

/// Reads a manifest; each problem is one line: code, message, the text it points at, help.
fn read(text: &str) -> (Option<Manifest>, String) {
    let mut sources = SourceMap::default();
    let file = sources.add("mcp.toml", text);
    let mut diagnostics = Diagnostics::default();
    let manifest = parse(&sources, file, &[], &mut diagnostics);
    let mut problems = String::new();
    for found in &diagnostics {
        let place = found.primary.as_ref().map(|label| {
            let span = label.span.start as usize..label.span.end as usize;
            text.get(span).and_then(|text| text.lines().next()).unwrap_or_default()
        });
        let _ = write!(problems, "{}: {}", found.code.as_str(), found.message);
        let _ = write!(problems, " @ {}", place.unwrap_or("nowhere"));
        let _ = writeln!(problems, " => {}", found.help.as_deref().unwrap_or("-"));
    }
    (manifest, problems)
}

/// What is said about a manifest, without the pointers.
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&read(text).1);
}

fn accepted(text: &str) -> Manifest {
    let (manifest, problems) = read(text);
    assert_eq!(problems, "", "{text}");
    manifest.expect("a manifest without problems")
}

#[test]
fn every_key_of_the_server_and_its_surroundings_is_read() {
    let manifest = accepted(
        r#"
        [server]
        name = "shop"
        version = "1.2.3"
        title = "Shop"
        description = "Sells books."
        instructions = "Costs $5."
        website_url = "https://shop.example"
        mask_error_details = true
        strict_input_validation = true
        component_meta = false
        names = "fastmcp"
        include_tags = ["a"]
        exclude_tags = ["b"]
        on_duplicate = "replace"
        [deployment]
        transport = "streamable-http"
        host = "127.0.0.1"
        port = 9000
        path = "/mcp"
        log_level = "WARNING"
        stateless = true
        allowed_hosts = ["shop.example"]
        allowed_origins = ["https://shop.example"]
        allow_unauthenticated = false
        [limits]
        request_body = 1048576
        json_depth = 64
        headers = 16384
        in_flight = 10
        tool_time = 2.5
        upstream_time = 2
        upstream_response = 1000
        sessions = 5
        session_idle = 60
        "#,
    );
    assert_eq!(manifest.server.fastmcp_names, Some(true));
    assert_eq!(manifest.server.component_meta, Some(false));
    assert_eq!(manifest.server.on_duplicate, Some(OnDuplicateWord::Replace));
    assert_eq!(manifest.deployment.transport, Some(TransportWord::Http));
    assert_eq!(manifest.deployment.log_level.as_deref(), Some("warn"));
    assert_eq!(manifest.limits.tool_time, Some(2.5));
    assert_eq!(manifest.limits.session_idle, Some(60.0));
    assert!(!manifest.declares_components);
}

#[test]
fn every_key_of_documents_and_tools_is_read() {
    let manifest = accepted(
        r#"
        [openapi.shop]
        spec = "openapi.yaml"
        base_url = "${SHOP_URL:-https://shop.example}"
        namespace = "shop"
        timeout = 3
        headers = { X-Team = "${TEAM}" }
        credentials.apiKey = "${KEY}"
        strict = true
        names = "mcpwright"
        [openapi.shop.tools]
        getBook = "get_book"
        [openapi.shop.operation."GET /books"]
        name = "books"
        as = "tool"
        annotations = { read_only = true }
        args.q = { name = "words", default = 3, examples = [1, 2], hide = false }
        [[openapi.shop.route_map]]
        methods = ["get"]
        pattern = "^/admin"
        tags = ["admin"]
        as = "resource"
        [[openapi.shop.route_map]]
        methods = "*"
        as = "tool"
        add_tags = ["all"]
        [[tool]]
        name = "forecast"
        args.city = "str = 'Rome'"
        args.days = { type = "int", ge = 1, le = 7, default = 3, description = "How many." }
        returns = "list[str]"
        "#,
    );
    let [document] = manifest.documents.as_slice() else { panic!("one document is declared") };
    let [operation] = document.operations.as_slice() else { panic!("one operation is set") };
    assert_eq!(operation.id.value, "GET /books");
    assert_eq!(operation.name.as_ref().map(|name| name.value.as_str()), Some("books"));
    let whats: Vec<_> =
        document.route_maps.iter().filter_map(|map| map.component.as_ref()).collect();
    let whats: Vec<_> = whats.into_iter().map(|placed| placed.value).collect();
    assert_eq!(whats, [ComponentWord::Resource, ComponentWord::Tool]);
    let [tool] = manifest.tools.as_slice() else { panic!("one tool is declared") };
    let defaults: Vec<_> = tool
        .arguments
        .iter()
        .map(|argument| argument.default.as_ref().map(|default| default.value.to_string()))
        .collect();
    assert_eq!(defaults, [Some("\"Rome\"".to_owned()), Some("3".to_owned())]);
}

#[test]
fn unknown_key_comes_with_the_one_that_is_meant() {
    check(
        "[server]\nnmae = \"x\"",
        &expect![[r#"
        E0301: `nmae` is not a key of [server] @ nmae => did you mean `name`?
    "#]],
    );
    check(
        "[deployment]\nporrt = 3",
        &expect![[r#"
        E0301: `porrt` is not a key of [deployment] @ porrt => did you mean `port`?
    "#]],
    );
    check(
        "[limits]\nin_fligth = 3",
        &expect![[r#"
        E0301: `in_fligth` is not a key of [limits] @ in_fligth => did you mean `in_flight`?
    "#]],
    );
    check(
        "[openapi.a]\nspce = \"x\"",
        &expect![[r#"
        E0301: `spce` is not a key of [openapi.a] @ spce => did you mean `spec`?
    "#]],
    );
    check(
        "[openapi.a.operation.b]\ntilte = \"x\"",
        &expect![[r#"
        E0301: `tilte` is not a key of [openapi.a.operation.b] @ tilte => did you mean `title`?
    "#]],
    );
    check(
        "[openapi.a.operation.b]\nargs.q.defautl = 1",
        &expect![[r#"
        E0301: `defautl` is not a key of [openapi.a.operation.b.args.q] @ defautl => did you mean `default`?
    "#]],
    );
    check(
        "[openapi.a.operation.b]\nannotations.readonly = true",
        &expect![[r#"
        E0301: `readonly` is not a key of [openapi.a.operation.b.annotations] @ readonly => did you mean `read_only`?
    "#]],
    );
    check(
        "[[openapi.a.route_map]]\nas = \"tool\"\npatern = \"x\"",
        &expect![[r#"
        E0301: `patern` is not a key of [[openapi.a.route_map]] @ patern => did you mean `pattern`?
    "#]],
    );
    check(
        "[[tool]]\nname = \"a\"\nretruns = \"int\"",
        &expect![[r#"
        E0301: `retruns` is not a key of [[tool]] @ retruns => did you mean `returns`?
    "#]],
    );
    check(
        "[[tool]]\nname = \"a\"\nargs.q = { type = \"int\", minimun = 1 }",
        &expect![[r#"
            E0301: `minimun` is not a key of `q` of `args` of [[tool]] @ minimun => its keys are type, default, description, title, examples, deprecated, ge, le, gt, lt, multiple_of, min_length, max_length, pattern, complete
        "#]],
    );
    check(
        "[serverr]",
        &expect![[r#"
        E0301: `serverr` is not a key of mcp.toml @ serverr => did you mean `server`?
    "#]],
    );
    check(
        "[server]\nzzz = 1",
        &expect![[r#"
            E0301: `zzz` is not a key of [server] @ zzz => its keys are name, version, title, description, instructions, website_url, mask_error_details, strict_input_validation, component_meta, names, include_tags, exclude_tags, on_duplicate, icons, list_page_size, cache, request_state, resource_security, experimental
        "#]],
    );
}

#[test]
fn words_of_fastmcp_are_translated() {
    check(
        "[server]\nmask_errors = true\n[deployment]\ncwd = \".\"\nhttp_port = 1",
        &expect![[r#"
            E0301: `mask_errors` is not a key of [server] @ mask_errors => `mask_errors` is called `mask_error_details`
            E0301: `cwd` is not a key of [deployment] @ cwd => the folder is that of whoever starts the binary; relative paths of [[resource]] are seen from there
            E0301: `http_port` is not a key of [deployment] @ http_port => `http_port` is called `port`
        "#]],
    );
    check(
        "[openapi.a]\nprefix = \"p\"\nroute_maps = []\nmcp_names = {}",
        &expect![[r#"
        E0301: `prefix` is not a key of [openapi.a] @ prefix => `prefix` is called `namespace`
        E0301: `route_maps` is not a key of [openapi.a] @ route_maps => `route_maps` is called `route_map`
        E0301: `mcp_names` is not a key of [openapi.a] @ mcp_names => `mcp_names` is called `tools`
    "#]],
    );
    check(
        "[[openapi.a.route_map]]\nmcp_type = \"tool\"\nmcp_tags = []\nas = \"tool\"",
        &expect![[r#"
            E0301: `mcp_type` is not a key of [[openapi.a.route_map]] @ mcp_type => `mcp_type` is called `as`
            E0301: `mcp_tags` is not a key of [[openapi.a.route_map]] @ mcp_tags => `mcp_tags` is called `add_tags`
        "#]],
    );
}

#[test]
fn key_of_a_later_version_is_an_error() {
    check(
        "include = []\n[auth]\n[[mount]]\nname = \"x\"",
        &expect![[r#"
            E0304: `auth` of mcp.toml is reserved for a later version @ auth => remove it: this version would not do what it says
            E0304: `mount` of mcp.toml is reserved for a later version @ mount => remove it: this version would not do what it says
        "#]],
    );
    check(
        "[server]\nprotocols = 1\n[deployment]\npublic_url = 1",
        &expect![[r#"
        E0304: `protocols` of [server] is reserved for a later version @ protocols => remove it: this version would not do what it says
        E0304: `public_url` of [deployment] is reserved for a later version @ public_url => remove it: this version would not do what it says
    "#]],
    );
    check(
        "[openapi.a.operation.b]\nas = \"prompt\"",
        &expect![[r#"
        E0307: `as` of [openapi.a.operation.b] cannot be "prompt" @ "prompt" => it is one of "tool", "resource", "template", "exclude"
    "#]],
    );
    check(
        "[[tool]]\nname = \"a\"\ninject = true",
        &expect![[r#"
            E0302: `inject` of [[tool]] is a boolean, a table is expected @ true => write its keys below a heading in brackets, or in braces: { … }
        "#]],
    );
}

#[test]
fn values_of_a_wrong_type_are_pointed_at() {
    check(
        "server = 3\ntool = 3\nopenapi = 3",
        &expect![[r#"
            E0302: `[server]` is a number, a table is expected @ 3 => write its keys below a heading in brackets, or in braces: { … }
            E0302: `tool` of mcp.toml is a number, a list of tables is expected @ 3 => write [[tool]] with two brackets
            E0302: `[openapi]` is a number, a table is expected @ 3 => write its keys below a heading in brackets, or in braces: { … }
        "#]],
    );
    check(
        "[server]\nname = 3\nmask_error_details = \"yes\"\ninclude_tags = [1]",
        &expect![[r#"
            E0302: `name` of [server] is a number, a string is expected @ 3 => write it in quotes: name = "…"
            E0302: `mask_error_details` of [server] is a string, true or false is expected @ "yes" => write mask_error_details = true or mask_error_details = false, without quotes
            E0302: `include_tags` of [server] is a list of strings @ 1 => -
        "#]],
    );
    check(
        "[deployment]\nport = \"80\"\n[limits]\ntool_time = true",
        &expect![[r#"
            E0302: `port` of [deployment] is a string, a number is expected @ "80" => write it without quotes: port = 80
            E0302: `tool_time` of [limits] is a boolean, a number is expected @ true => write it without quotes: tool_time = 10
        "#]],
    );
    check(
        "[openapi.a]\nheaders = { X-A = 1 }\ntools = { b = 2 }",
        &expect![[r#"
            E0302: `X-A` of [openapi.a.headers] is a number, a string is expected @ 1 => write it in quotes: X-A = "…"
            E0302: `b` of [openapi.a.tools] is a number, a string is expected @ 2 => write it in quotes: b = "…"
        "#]],
    );
    check(
        "[[tool]]\nname = \"a\"\nargs.q = 3",
        &expect![[r#"
        E0302: `q` of `args` of [[tool]] is a number, a type is expected @ 3 => write it as "int", or as a table: { type = "int", ge = 1 }
    "#]],
    );
    check(
        "[[tool]]\nname = \"a\"\nargs.q = { type = 3, ge = \"1\" }",
        &expect![[r#"
            E0302: the type of `q` is a number, a string is expected @ 3 => write it in quotes: type = "int"
            E0302: `ge` of `q` of `args` of [[tool]] is a string, a number is expected @ "1" => write it without quotes: ge = 1
        "#]],
    );
}

#[test]
fn values_out_of_range_are_pointed_at() {
    check(
        "[server]\nname = \" \"\nnames = \"rails\"",
        &expect![[r#"
        E0307: `name` of [server] is empty @ " " => give it a text or remove it
        E0307: `names` of [server] cannot be "rails" @ "rails" => it is one of "mcpwright", "fastmcp"
    "#]],
    );
    check(
        "[deployment]\ntransport = \"sse\"\nport = 70000\npath = \"mcp\"",
        &expect![[r#"
            E0307: `port` of [deployment] cannot be 70000 @ 70000 => it is a whole number from 0 to 65535
            E0307: `path` of [deployment] is not the path of a URL @ "mcp" => it begins with `/` and has no query, as in "/mcp"
        "#]],
    );
    check(
        "[limits]\njson_depth = 200\ntool_time = 0\nin_flight = 1.5",
        &expect![[r#"
        E0307: `json_depth` of [limits] cannot be 200 @ 200 => it is a whole number from 4 to 128
        E0307: `tool_time` of [limits] cannot be 0 @ 0 => it is a time in seconds, greater than zero
        E0307: `in_flight` of [limits] cannot be 1.5 @ 1.5 => it is a whole number from 1 to 4294967295
    "#]],
    );
    check(
        "[openapi.a]\nnamespace = \"1st\"\ntimeout = -1",
        &expect![[r#"
        E0307: `namespace` of [openapi.a] cannot begin the name of a tool @ "1st" => at most 32 letters, digits, `-` and `_`, a letter first
        E0307: `timeout` of [openapi.a] cannot be -1 @ -1 => it is a time in seconds, greater than zero
    "#]],
    );
    check(
        "[openapi.\"a b\"]\nspec = \"x\"",
        &expect![[r#"
        E0307: `a b` of [openapi] is not a name for a document @ "a b" => it begins with a letter and goes on with letters, digits, `-` and `_`
    "#]],
    );
    check(
        "[openapi.a.headers]\n\"X Team\" = \"a\"",
        &expect![[r#"
        E0307: `X Team` cannot be the name of a header @ "X Team" => use letters, digits and `-`, as in X-Team
    "#]],
    );
}

#[test]
fn base_url_is_absolute() {
    check(
        "[openapi.a]\nbase_url = \"shelf.example\"",
        &expect![[r#"
        E0307: `base_url` of [openapi.a] has no scheme @ "shelf.example" => write it with one: "https://shelf.example"
    "#]],
    );
    check(
        "[openapi.a]\nbase_url = \"/v1\"",
        &expect![[r#"
        E0307: `base_url` of [openapi.a] has no host @ "/v1" => write it whole: "https://shelf.example/v1"
    "#]],
    );
    check(
        "[openapi.a]\nbase_url = \"ftp://shelf.example\"",
        &expect![[r#"
        E0307: `base_url` of [openapi.a] is not reached over HTTP @ "ftp://shelf.example" => it begins with https:// or http://
    "#]],
    );
    check(
        "[openapi.a]\nbase_url = \"https:///v1\"",
        &expect![[r#"
        E0307: `base_url` of [openapi.a] names no host @ "https:///v1" => write it as https://shelf.example
    "#]],
    );
    accepted("[openapi.a]\nbase_url = \"${BASE}/v1\"");
    accepted("[openapi.a]\nbase_url = \"HTTPS://${HOST}/v1\"");
}

#[test]
fn environment_is_read_at_start_only_where_that_is_said() {
    check(
        "[server]\nname = \"${NAME}\"",
        &expect![[r#"
            E0307: `name` of [server] is fixed when the server is generated @ "${NAME}" => `${NAME}` works in base_url, headers, credentials and file_root of [openapi.NAME], in base_url and headers of [upstream.NAME], in path and url of [[resource]], in inject, and in keys of [server.request_state]
        "#]],
    );
    check(
        "[openapi.a]\nspec = \"${NAME}\"",
        &expect![[r#"
            E0307: `spec` of [openapi.a] is fixed when the server is generated @ "${NAME}" => `${NAME}` works in base_url, headers, credentials and file_root of [openapi.NAME], in base_url and headers of [upstream.NAME], in path and url of [[resource]], in inject, and in keys of [server.request_state]
        "#]],
    );
    check(
        "[openapi.a]\nbase_url = \"${1}\"",
        &expect![[r#"
        E0307: `base_url` of [openapi.a] has `${1}`, which names no variable @ "${1}" => write `${NAME}` or `${NAME:-default}`, the name of letters, digits and `_`
    "#]],
    );
    check(
        "[openapi.a]\ncredentials.k = \"${KEY\"",
        &expect![[r#"
        E0307: `k` of [openapi.a.credentials] has `${KEY`, which names no variable @ "${KEY" => write `${NAME}` or `${NAME:-default}`, the name of letters, digits and `_`
    "#]],
    );
    accepted("[openapi.a]\nheaders.X-A = \"${A:-} ${B_2:-x-y}\"");
}

#[test]
fn patterns_are_checked_beside_other_problems() {
    check(
        "[server]\nnmae = 1\n[[openapi.a.route_map]]\npattern = \"(\"\n\
         [[tool]]\nname = \"a\"\nargs.q = { type = \"strr\", pattern = \"[\" }",
        &expect![[r#"
            E0301: `nmae` is not a key of [server] @ nmae => did you mean `name`?
            E0307: `pattern` of [[openapi.a.route_map]] cannot be used: found open group without closing ')' @ "(" => it is a regular expression without look-around and back-references
            E0303: a route_map does not say what operations become @ [[openapi.a.route_map]] => add a line: as = "tool", "resource", "template" or "exclude"
            E0307: `pattern` of `q` of `args` of [[tool]] cannot be used: found unclosed character class @ "[" => it is a regular expression without look-around and back-references
        "#]],
    );
}

#[test]
fn what_is_missing_is_named() {
    check(
        "[[tool]]\ntitle = \"a\"\nargs.q = \"int int\"",
        &expect![[r#"
        E0305: the type `int int` cannot be read @ i => a type is written as in Python: "list[int] | None = None"
        E0303: a [[tool]] has no `name` @ [[tool]] => add a line: name = "…"
    "#]],
    );
    check(
        "[[tool]]\nname = \"a\"\nargs.q = { ge = 1, gee = 2 }",
        &expect![[r#"
        E0303: `q` of `args` of [[tool]] has no `type` @ { ge = 1, gee = 2 } => write it as { type = "int", … }
        E0301: `gee` is not a key of `q` of `args` of [[tool]] @ gee => did you mean `ge`?
    "#]],
    );
    check(
        "[[openapi.a.route_map]]\npattern = \"x\"",
        &expect![[r#"
        E0303: a route_map does not say what operations become @ [[openapi.a.route_map]] => add a line: as = "tool", "resource", "template" or "exclude"
    "#]],
    );
}

#[test]
fn default_that_is_given_twice_is_an_error() {
    check(
        "[[tool]]\nname = \"a\"\nargs.q = { type = \"int = 1\", default = 2 }",
        &expect![[r#"
            E0307: `default` of `q` of `args` of [[tool]] is given twice @ 2 => keep one: `= …` in the type, or `default`
        "#]],
    );
}
