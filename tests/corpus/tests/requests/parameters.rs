//! Parameters of every place and style.

use expect_test::{Expect, expect};

use super::{check, check_files};

const OBJECT: &str = r#"{"R":100,"G":200,"B":150}"#;

/// A place, a style and whether it is exploded.
type Row = (&'static str, &'static str, bool);

/// The requests of a text, a list and an object in each style, as far as it has a form for them.
fn check_styles(rows: &[Row], expected: &Expect) {
    let mut paths = String::from("paths:\n");
    let mut calls = Vec::new();
    for (place, style, explode) in rows {
        let id = format!("{place}_{style}_{explode}").to_lowercase();
        let variable = if *place == "path" { "/{color}" } else { "" };
        paths.push_str(&format!(
            "  /{id}{variable}: {{ get: {{ operationId: {id}, parameters: [{{ name: color, in: \
             {place}, required: {}, style: {style}, explode: {explode}, schema: {{}} }}] }} }}\n",
            *place == "path"
        ));
        let mut values = vec![r#"["blue","black","bro,wn"]"#, OBJECT];
        if !style.ends_with("Delimited") && *style != "deepObject" {
            values.insert(0, r#""""#);
            values.insert(1, r#""sky blue""#);
        }
        for value in values {
            calls.push((id.clone(), format!(r#"{{"color":{value}}}"#)));
        }
    }
    let calls: Vec<(&str, &str)> =
        calls.iter().map(|(id, it)| (id.as_str(), it.as_str())).collect();
    check(&paths, &calls, expected);
}

#[test]
fn styles_of_paths() {
    let rows =
        ["simple", "label", "matrix"].map(|style| [("path", style, false), ("path", style, true)]);
    check_styles(
        rows.as_flattened(),
        &expect![[r#"
        refused: Error building request for GET /path_simple_false/{color}: argument `color` is part of the path and must not be empty
        GET /base/path_simple_false/sky%20blue
        GET /base/path_simple_false/blue,black,bro%2Cwn
        GET /base/path_simple_false/R,100,G,200,B,150
        refused: Error building request for GET /path_simple_true/{color}: argument `color` is part of the path and must not be empty
        GET /base/path_simple_true/sky%20blue
        GET /base/path_simple_true/blue,black,bro%2Cwn
        GET /base/path_simple_true/R=100,G=200,B=150
        refused: Error building request for GET /path_label_false/{color}: the path has a segment of dots only
        GET /base/path_label_false/.sky%20blue
        GET /base/path_label_false/.blue,black,bro%2Cwn
        GET /base/path_label_false/.R,100,G,200,B,150
        refused: Error building request for GET /path_label_true/{color}: the path has a segment of dots only
        GET /base/path_label_true/.sky%20blue
        GET /base/path_label_true/.blue.black.bro%2Cwn
        GET /base/path_label_true/.R=100.G=200.B=150
        GET /base/path_matrix_false/;color
        GET /base/path_matrix_false/;color=sky%20blue
        GET /base/path_matrix_false/;color=blue,black,bro%2Cwn
        GET /base/path_matrix_false/;color=R,100,G,200,B,150
        GET /base/path_matrix_true/;color
        GET /base/path_matrix_true/;color=sky%20blue
        GET /base/path_matrix_true/;color=blue;color=black;color=bro%2Cwn
        GET /base/path_matrix_true/;R=100;G=200;B=150
    "#]],
    );
}

#[test]
fn styles_of_queries() {
    let rows = [
        ("query", "form", false),
        ("query", "form", true),
        ("query", "spaceDelimited", false),
        ("query", "pipeDelimited", false),
        ("query", "deepObject", true),
    ];
    check_styles(
        &rows,
        &expect![[r#"
        GET /base/query_form_false?color=
        GET /base/query_form_false?color=sky%20blue
        GET /base/query_form_false?color=blue,black,bro%2Cwn
        GET /base/query_form_false?color=R,100,G,200,B,150
        GET /base/query_form_true?color=
        GET /base/query_form_true?color=sky%20blue
        GET /base/query_form_true?color=blue&color=black&color=bro%2Cwn
        GET /base/query_form_true?R=100&G=200&B=150
        GET /base/query_spacedelimited_false?color=blue%20black%20bro%2Cwn
        GET /base/query_spacedelimited_false?color=R%20100%20G%20200%20B%20150
        GET /base/query_pipedelimited_false?color=blue%7Cblack%7Cbro%2Cwn
        GET /base/query_pipedelimited_false?color=R%7C100%7CG%7C200%7CB%7C150
        GET /base/query_deepobject_true?color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=bro%2Cwn
        GET /base/query_deepobject_true?color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150
    "#]],
    );
}

#[test]
fn styles_of_headers_and_cookies() {
    let rows = [
        ("header", "simple", false),
        ("header", "simple", true),
        ("cookie", "form", false),
        ("cookie", "form", true),
    ];
    check_styles(
        &rows,
        &expect![[r#"
        GET /base/header_simple_false
          color: 
        GET /base/header_simple_false
          color: sky blue
        GET /base/header_simple_false
          color: blue,black,bro,wn
        GET /base/header_simple_false
          color: R,100,G,200,B,150
        GET /base/header_simple_true
          color: 
        GET /base/header_simple_true
          color: sky blue
        GET /base/header_simple_true
          color: blue,black,bro,wn
        GET /base/header_simple_true
          color: R=100,G=200,B=150
        GET /base/cookie_form_false
          cookie: color=
        GET /base/cookie_form_false
          cookie: color=sky%20blue
        GET /base/cookie_form_false
          cookie: color=blue,black,bro%2Cwn
        GET /base/cookie_form_false
          cookie: color=R,100,G,200,B,150
        GET /base/cookie_form_true
          cookie: color=
        GET /base/cookie_form_true
          cookie: color=sky%20blue
        GET /base/cookie_form_true
          cookie: color=blue; color=black; color=bro%2Cwn
        GET /base/cookie_form_true
          cookie: R=100; G=200; B=150
    "#]],
    );
}

#[test]
fn deep_objects_and_lists_of_objects() {
    check(
        "paths:
  /a:
    get:
      operationId: a
      parameters:
      - { name: filter, in: query, style: deepObject, explode: true, schema: { type: object } }
      - { name: rows, in: query, schema: { type: array, items: { type: object } } }
      - { name: plain, in: query, schema: { type: object, additionalProperties: { type: string } } }
",
        &[
            ("a", r#"{"filter":{"a":{"b":["x","y z"]},"é&":"=","empty":{},"none":null}}"#),
            ("a", r#"{"rows":[{"a":1},{"b":"&"}]}"#),
            ("a", r#"{"plain":{"a b":"c&d","e[]":"f#"}}"#),
            ("a", r#"{"plain":{},"rows":[],"filter":{}}"#),
        ],
        &expect![[r#"
            GET /base/a?filter%5Ba%5D%5Bb%5D%5B0%5D=x&filter%5Ba%5D%5Bb%5D%5B1%5D=y%20z&filter%5B%C3%A9%26%5D=%3D
            GET /base/a?rows=%7B%22a%22%3A1%7D&rows=%7B%22b%22%3A%22%26%22%7D
            GET /base/a?a%20b=c%26d&e%5B%5D=f%23
            GET /base/a
        "#]],
    );
}

#[test]
fn parameters_with_content() {
    check(
        r#"paths:
  /a/{p}:
    get:
      operationId: a
      parameters:
      - { name: p, in: path, required: true, content: { application/json: { schema: { type: object } } } }
      - { name: q, in: query, content: { application/json: { schema: { type: array } } } }
      - { name: X-H, in: header, content: { application/json: { schema: { type: object } } } }
      - { name: c, in: cookie, content: { application/json: { schema: { type: object } } } }
      - { name: t, in: query, content: { text/plain: { schema: { type: string } } } }
"#,
        &[(
            "a",
            r#"{"p":{"a":"/ü"},"q":["a b",{"c":"&"}],"X-H":{"a": "b c"},"c":{"a":"b; c"},"t":"x y"}"#,
        )],
        &expect![[r#"
            GET /base/a/%7B%22a%22%3A%22%2F%C3%BC%22%7D?q=%5B%22a%20b%22%2C%7B%22c%22%3A%22%26%22%7D%5D&t=x%20y
              cookie: c={%22a%22:%22b%3B%20c%22}
              x-h: {"a": "b c"}
        "#]],
    );
}

#[test]
fn reserved_characters_and_empty_values() {
    check(
        r#"paths:
  /a/{p}:
    get:
      operationId: a
      parameters:
      - { name: p, in: path, required: true, schema: { type: string } }
      - { name: r, in: query, allowReserved: true, schema: { type: string } }
      - { name: l, in: query, allowReserved: true, explode: false, schema: { type: array, items: { type: string } } }
      - { name: e, in: query, allowEmptyValue: true, schema: { type: string } }
      - { name: "n[]", in: query, schema: { type: array, items: { type: integer } } }
      - { name: "b", in: query, schema: { type: boolean } }
      - { name: "d", in: query, schema: { type: number } }
"#,
        &[
            ("a", r#"{"p":"a/b?c#d%2e;=:@","r":"https://x.y/z?a=b&c=d+e#f [g] %41 %zz"}"#),
            ("a", r#"{"p":"a.b","l":["a/b","c,d"],"e":"","n":[1,2],"b":false,"d":1e3}"#),
            ("a", r#"{"p":"x","e":null}"#),
            ("a", r#"{"p":".."}"#),
            ("a", r#"{"p":"%2e%2E/x"}"#),
        ],
        &expect![[r#"
            GET /base/a/a%2Fb%3Fc%23d%252e%3B%3D%3A%40?r=https://x.y/z?a=b%26c=d%2Be%23f%20%5Bg%5D%20%41%20%25zz
            GET /base/a/a%2Eb?l=a/b,c,d&e=&n%5B%5D=1&n%5B%5D=2&b=false&d=1e3
            refused: argument `e`: null is not accepted, expected a string; leave the argument out instead
            refused: Error building request for GET /a/{p}: argument `p` is part of the path and must not contain the segments `.` or `..`
            refused: Error building request for GET /a/{p}: argument `p` is part of the path and must not contain the segments `.` or `..`
        "#]],
    );
}

#[test]
fn names_that_clash_and_odd_names() {
    check(
        r#"paths:
  /a/{id}/{1st}:
    parameters:
    - { name: id, in: path, required: true, schema: { type: string } }
    - { name: "1st", in: path, required: true, schema: { type: string } }
    post:
      operationId: a
      parameters:
      - { name: id, in: query, schema: { type: string } }
      - { name: id, in: header, schema: { type: string } }
      - { name: id, in: cookie, schema: { type: string } }
      - { name: "😀", in: query, schema: { type: string } }
      - { name: "$filter", in: query, schema: { type: string } }
      - { name: "type", in: query, schema: { type: string } }
      requestBody: { content: { application/json: { schema: { type: object, properties: { id: { type: string }, "😀": { type: integer } } } } } }
"#,
        &[
            (
                "a",
                r#"{"id__path":"1","id__query":"2","id__header":"3","id__cookie":"4","id":"5","1st":"6","filter":"7","type":"8","argument_8bfd05b0__query":"9","argument_8bfd05b0":10}"#,
            ),
            ("a", "{}"),
        ],
        &expect![[r#"
            POST /base/a/1/6?id=2&%F0%9F%98%80=9&%24filter=7&type=8
              content-type: application/json
              cookie: id=4
              id: 3
              | {"id":"5","😀":10}
            refused: 2 problems with the arguments:
            - missing required argument `id__path`
            - missing required argument `1st`
        "#]],
    );
}

#[test]
fn parameters_of_paths_are_overridden_by_name_and_place() {
    check(
        r##"paths:
  /a/{x}:
    $ref: "#/components/pathItems/P"
    parameters:
    - { name: v, in: query, required: true, schema: { type: string } }
    - { name: w, in: query, schema: { type: string, default: z } }
    get:
      operationId: a
      parameters: [{ name: v, in: query, schema: { type: integer } }, { $ref: "#/components/parameters/H" }]
components:
  parameters: { H: { name: X-Trace, in: header, schema: { type: array, items: { type: string } } } }
  pathItems:
    P:
      parameters: [{ name: x, in: path, required: true, schema: { type: integer } }]
      delete: { operationId: d }
"##,
        &[
            ("a", r#"{"x":1,"v":2,"X-Trace":["a","b, c"]}"#),
            ("a", r#"{"x":1}"#),
            ("d", r#"{"x":3,"v":"s"}"#),
        ],
        &expect![[r#"
            GET /base/a/1?v=2
              x-trace: a,b, c
            GET /base/a/1
            DELETE /base/a/3?v=s
        "#]],
    );
}

#[test]
fn cookies_and_headers_of_every_type() {
    check(
        r#"paths:
  /a:
    get:
      operationId: a
      parameters:
      - { name: s, in: cookie, schema: { type: string } }
      - { name: l, in: cookie, explode: false, schema: { type: array, items: { type: string } } }
      - { name: X-Object, in: header, schema: { type: object } }
      - { name: X-Flag, in: header, schema: { type: boolean } }
      - { name: Accept, in: header, schema: { type: string } }
      - { name: Content-Type, in: header, schema: { type: string } }
      - { name: Authorization, in: header, schema: { type: string } }
"#,
        &[
            (
                "a",
                r#"{"s":"a;b \"c\" =%","l":["1","2"],"X-Object":{"a":"b","c":"d=e"},"X-Flag":true}"#,
            ),
            ("a", r#"{"X-Object":{"a":"x\r\ny: z"}}"#),
            ("a", r#"{"Accept":"x"}"#),
        ],
        &expect![[r#"
            GET /base/a
              cookie: s=a%3Bb%20%22c%22%20=%25; l=1,2
              x-flag: true
              x-object: a,b,c,d=e
            refused: Error building request for GET /a: argument `X-Object` is sent in a header and must not contain line breaks or other control characters
            refused: unknown argument `Accept`; the tool takes `s`, `l`, `X-Object`, `X-Flag`
        "#]],
    );
}

#[test]
fn methods_and_query_strings_of_openapi_3_2() {
    check_files(
        &[(
            "openapi.yaml",
            r#"openapi: 3.2.0
paths:
  /a:
    query:
      operationId: q
      requestBody: { content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } }
    additionalOperations:
      COPY: { operationId: copy, parameters: [{ name: Destination, in: header, schema: { type: string } }] }
  /b:
    get:
      operationId: whole
      parameters:
      - { name: all, in: querystring, content: { application/x-www-form-urlencoded: { schema: { type: object } } } }
  /c:
    get:
      operationId: json
      parameters:
      - { name: all, in: querystring, content: { application/json: { schema: { type: object } } } }
  /d:
    get:
      operationId: cookie
      parameters:
      - { name: c, in: cookie, style: cookie, schema: { type: array, items: { type: string } } }
"#,
        )],
        &[
            ("q", r#"{"a":"b"}"#),
            ("copy", r#"{"Destination":"/x"}"#),
            ("whole", r#"{"all":{"a b":"c&d","e":["f","g"]}}"#),
            ("json", r#"{"all":{"a":"b c"}}"#),
            ("cookie", r#"{"c":["a b","c%"]}"#),
            ("cookie", r#"{"c":["a%20b","c"]}"#),
        ],
        &expect![[r#"
            QUERY /base/a
              content-type: application/json
              | {"a":"b"}
            COPY /base/a
              destination: /x
            GET /base/b?a%20b=c%26d&e=f&e=g
            GET /base/c?%7B%22a%22%3A%22b%20c%22%7D
            refused: Error building request for GET /d: argument `c` is sent in a cookie as it is: percent-encode what a cookie must not hold, such as white space, quotes, `,`, `;` and `\`
            GET /base/d
              cookie: c=a%20b; c=c
        "#]],
    );
}
