//! The traps of YAML: whatever its readers elsewhere make of a document, it is the same here as its
//! twin in JSON.

use super::{print, problems};
use crate::diagnostic::Diagnostics;
use crate::input::openapi::Bundle;
use crate::source::SourceMap;

/// What a document becomes: title, version, operations and problems.
fn show(name: &str, text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let mut diagnostics = Diagnostics::default();
    let api = Bundle::read(&sources, file, &[], &mut diagnostics)
        .and_then(|bundle| crate::lower::document("shop", &bundle, None, &mut diagnostics));
    let api = api.map(|api| {
        let schemas: Vec<String> = api
            .operations
            .iter()
            .flat_map(|operation| &operation.parameters)
            .filter_map(|parameter| parameter.schema)
            .map(|id| print::schema(&api.schemas, id))
            .collect();
        let heading = format!("{} {} {:?}", api.title, api.version, api.description);
        format!("{heading}\n{}{}", print::operations(&api), schemas.concat())
    });
    format!("{}{}", api.unwrap_or_default(), problems(&diagnostics))
}

/// A document in JSON with this title, version and description, these responses, and a parameter of
/// this schema.
fn twin(version: &str, description: &str, responses: &str, schema: &str) -> String {
    format!(
        r#"{{"openapi":"3.1.0","info":{{"title":"T","version":"{version}","description":{description}}},
        "paths":{{"/a":{{"get":{{"parameters":[{{"name":"p","in":"query","schema":{schema}}}],
        "responses":{responses}}}}}}}}}"#
    )
}

const HEAD: &str = "openapi: 3.1.0\ninfo: { title: T, version: '1', description: D }\n";
const PLAIN: &str = r#"{"200":{"description":"ok"}}"#;

/// A document in YAML with a parameter of this schema.
fn with_schema(schema: &str) -> String {
    format!(
        "{HEAD}paths: {{ /a: {{ get: {{ parameters: [{{ name: p, in: query, schema: {schema} }}], \
         responses: {{ 200: {{ description: ok }} }} }} }} }}\n"
    )
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table, one row for each trap")]
fn yaml_reads_as_its_twin_in_json() {
    let text = r#"{"type":"string"}"#;
    let any = "[{ name: p, in: query, schema: { type: string } }]";
    let long = "k".repeat(1_500);
    let rows: Vec<(&str, String, String)> = vec![
        (
            "response codes that are numbers, ranges and words",
            format!(
                "{HEAD}paths: {{ /a: {{ get: {{ parameters: {any}, responses: {{ 200: {{ description: \
                 ok }}, 4XX: {{ description: no }}, default: {{ description: other }} }} }} }} }}"
            ),
            twin(
                "1",
                r#""D""#,
                r#"{"200":{"description":"ok"},"4XX":{"description":"no"},"default":{"description":"other"}}"#,
                text,
            ),
        ),
        (
            "a version that looks like a number",
            with_schema("{ type: string }").replace("version: '1'", "version: 1.0"),
            twin("1.0", r#""D""#, PLAIN, text),
        ),
        (
            "a version that looks like a date",
            with_schema("{ type: string }").replace("version: '1'", "version: 2026-01-02"),
            twin("2026-01-02", r#""D""#, PLAIN, text),
        ),
        (
            "the version of OpenAPI as a number",
            with_schema("{ type: string }").replace("3.1.0", "3.1"),
            twin("1", r#""D""#, PLAIN, text).replace("3.1.0", "3.1"),
        ),
        (
            "dates",
            with_schema("{ type: string, enum: [2026-01-02, 2026-01-02T03:04:05Z, 12:30] }"),
            twin(
                "1",
                r#""D""#,
                PLAIN,
                r#"{"type":"string","enum":["2026-01-02","2026-01-02T03:04:05Z","12:30"]}"#,
            ),
        ),
        (
            "countries and switches",
            with_schema("{ type: string, enum: [no, NO, yes, on, off, y, n] }"),
            twin(
                "1",
                r#""D""#,
                PLAIN,
                r#"{"type":"string","enum":["no","NO","yes","on","off","y","n"]}"#,
            ),
        ),
        (
            "octal numbers and numbers with underscores",
            with_schema("{ type: string, enum: [0755, 0o17, 1_000] }"),
            twin("1", r#""D""#, PLAIN, r#"{"type":"string","enum":["0755","0o17","1_000"]}"#),
        ),
        (
            "merge keys",
            format!(
                "x-base: &base {{ name: q, in: header }}\n{HEAD}paths:\n  /a:\n    get:\n      \
                 parameters:\n        - <<: *base\n          name: p\n          in: query\n          \
                 schema: {{ type: string }}\n      responses: {{ 200: {{ description: ok }} }}\n"
            ),
            twin("1", r#""D""#, PLAIN, text),
        ),
        (
            "anchors",
            format!(
                "x-text: &text {{ type: string }}\nx-ok: &ok {{ description: ok }}\n{HEAD}paths: {{ /a: {{ \
                 get: {{ parameters: [{{ name: p, in: query, schema: *text }}], responses: {{ 200: *ok \
                 }} }} }} }}"
            ),
            twin("1", r#""D""#, PLAIN, text),
        ),
        (
            "keys that are given twice",
            with_schema("{ type: string, type: integer, type: boolean }"),
            twin("1", r#""D""#, PLAIN, r#"{"type":"string","type":"integer","type":"boolean"}"#),
        ),
        (
            "tabs in block texts",
            with_schema("{ type: string }").replace(
                "info: { title: T, version: '1', description: D }",
                "info:\n  title: T\n  version: '1'\n  description: |\n    a\n    \tb\n",
            ),
            twin("1", r#""a\n\tb\n""#, PLAIN, text),
        ),
        (
            "a byte order mark and line ends of Windows",
            format!("\u{feff}{}", with_schema("{ type: string }").replace('\n', "\r\n")),
            format!("\u{feff}{}", twin("1", r#""D""#, PLAIN, text)),
        ),
        (
            "marks around the only document",
            format!("%YAML 1.2\n---\n{}...\n", with_schema("{ type: string }")),
            twin("1", r#""D""#, PLAIN, text),
        ),
        (
            "long keys",
            with_schema(&format!(
                "{{ type: object, properties: {{ ? {long} : {{ type: string }} }} }}"
            )),
            twin(
                "1",
                r#""D""#,
                PLAIN,
                &format!(r#"{{"type":"object","properties":{{"{long}":{{"type":"string"}}}}}}"#),
            ),
        ),
    ];
    for (trap, yaml, json) in rows {
        let (found, expected) = (show("openapi.yaml", &yaml), show("openapi.json", &json));
        assert!(expected.contains("GET /a"), "{trap}: the twin is read: {expected}");
        assert_eq!(found, expected, "{trap}");
    }
}

#[test]
fn what_has_no_twin_is_refused_in_both() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(2_000), close.repeat(2_000));
    for (name, text, code) in [
        ("a.yaml", "openapi: 3.1.0\n---\nopenapi: 3.0.0\n".to_owned(), "E0103"),
        ("a.json", r#"{"openapi":"3.1.0"}{"openapi":"3.0.0"}"#.to_owned(), "E0102"),
        ("a.yaml", deep("[", "]"), "E0106"),
        ("a.json", deep("[", "]"), "E0106"),
        ("a.json", r#"{"openapi":"\ud800"}"#.to_owned(), "E0102"),
        ("a.yaml", "openapi: \"\\ud800\"\n".to_owned(), "E0103"),
        ("a.yaml", "openapi: 3.1.0\ninfo:\n\ttitle: T\n".to_owned(), "E0103"),
        (
            "a.yaml",
            (1..30).fold("a0: &a0 [x]\n".to_owned(), |text, n| {
                let last = n - 1;
                format!("{text}a{n}: &a{n} [*a{last}, *a{last}, *a{last}, *a{last}]\n")
            }),
            "E0106",
        ),
    ] {
        let shown = show(name, &text);
        let start: String = text.chars().take(40).collect();
        assert!(shown.contains(&format!("error {code}")), "{name} {start}: {shown}");
    }
}
