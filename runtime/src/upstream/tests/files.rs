//! File arguments, and the form of multipart bodies.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};

use crate::arguments::{self, Mode};
use crate::operation::{
    Argument, Body, BodyFormat, Kind, Method, Operation, Segment, Setting, Style, UpstreamSpec,
};
use crate::upstream::{Options, Upstreams};

use super::{declaration, loopback, operation, request};

static PATH: &[Segment] = &[Segment::Literal("/x")];

fn post(format: BodyFormat) -> Operation {
    Operation { method: Method::Post, body: Body::new(format, ""), ..Operation::DEFAULT }
}

fn check(argument: Argument, json: &str, expected: &Expect) {
    let operation = operation(PATH, vec![argument], post(BodyFormat::Multipart));
    let request = request(operation, &format!(r#"{{"v":{json}}}"#)).expect("a request");
    let body = String::from_utf8_lossy(&request.body).replace('\r', "");
    expected.assert_eq(&body.replace("mcpwright-part-00000000", "B"));
}

#[test]
fn the_name_of_a_file_comes_with_it_or_from_its_media_type() {
    let file = || Argument::property("v", Kind::File);
    check(
        file(),
        r#""data:image/png;name=my%20%22cat%22.png;base64,aGk=""#,
        &expect![[r#"
            --B
            Content-Disposition: form-data; name="v"; filename="my %22cat%22.png"
            Content-Type: image/png

            hi
            --B--
        "#]],
    );
    check(
        file().media_type("image/*, application/pdf"),
        r#""aGk""#,
        &expect![[r#"
            --B
            Content-Disposition: form-data; name="v"; filename="v.pdf"
            Content-Type: application/pdf

            hi
            --B--
        "#]],
    );
}

#[test]
fn parts_have_the_media_type_and_the_headers_of_their_encoding() {
    let part = || Argument::property("v", Kind::Any);
    check(
        part().media_type("application/json").part_headers(&[("X-Kind", "book")]),
        r#"["a",{"b":1}]"#,
        &expect![[r#"
            --B
            Content-Disposition: form-data; name="v"
            Content-Type: application/json
            X-Kind: book

            "a"
            --B
            Content-Disposition: form-data; name="v"
            Content-Type: application/json
            X-Kind: book

            {"b":1}
            --B--
        "#]],
    );
    check(
        part().media_type("application/xml; charset=utf-8"),
        r#""<a/>""#,
        &expect![[r#"
            --B
            Content-Disposition: form-data; name="v"
            Content-Type: application/xml; charset=utf-8

            <a/>
            --B--
        "#]],
    );
}

#[test]
fn a_style_decides_the_parts_and_encodes_nothing() {
    for (style, explode, json, expected) in [
        (Style::Form, true, r#"["a b","c&d"]"#, "v=a b;v=c&d;"),
        (Style::Form, false, r#"["a b","c&d"]"#, "v=a b,c&d;"),
        (Style::Form, true, r#"{"k":"a/b"}"#, "k=a/b;"),
        (Style::Form, false, r#"{"k":"a/b"}"#, "v=k,a/b;"),
        (Style::SpaceDelimited, false, r#"["a","b"]"#, "v=a b;"),
        (Style::PipeDelimited, false, r#"["a","b"]"#, "v=a|b;"),
        (Style::DeepObject, true, r#"{"k":{"l":[1]}}"#, "v[k][l][0]=1;"),
    ] {
        let argument = Argument::property("v", Kind::Any).style(style).explode(explode);
        let operation = operation(PATH, vec![argument], post(BodyFormat::Multipart));
        let request = request(operation, &format!(r#"{{"v":{json}}}"#)).expect("a request");
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let parts: String = body
            .split("--mcpwright-part-00000000")
            .filter_map(|part| {
                let (head, text) = part.split_once("\r\n\r\n")?;
                let name = head.split('"').nth(1)?;
                Some(format!("{name}={};", text.trim_end()))
            })
            .collect();
        assert_eq!(parts, expected, "{style:?} explode={explode}");
    }
}

/// An upstream whose files lie in a folder.
fn reading(root: &Path) -> &'static UpstreamSpec {
    let root: &'static str = root.to_str().expect("a path of text").to_owned().leak();
    Box::leak(Box::new(UpstreamSpec {
        name: "shop",
        file_root: Setting(root),
        ..UpstreamSpec::NONE
    }))
}

#[tokio::test]
async fn files_are_read_below_the_allowed_folder_only() {
    let folder = std::env::temp_dir().join(format!("mcpwright-files-{}", std::process::id()));
    let root = folder.join("allowed");
    fs::create_dir_all(root.join("sub")).expect("a folder");
    fs::write(root.join("sub/cat.png"), "meow").expect("a file");
    fs::write(folder.join("secret"), "secret").expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.join("secret"), root.join("link")).expect("a link");
    let (address, seen) = loopback::listen().await;
    let spec = reading(&root);
    let mut table = post(BodyFormat::Multipart);
    table.upstream = spec;
    table.path = PATH;
    table.arguments = vec![Argument::property("v", Kind::File)].leak();
    let operation: &'static Operation = Box::leak(Box::new(table));
    let options =
        Options { base_urls: vec![(None, format!("http://{address}/base"))], mock: false };
    let upstreams = Upstreams::start_in(declaration(spec, &[operation]), &options, &|_| None)
        .expect("the configuration is complete");
    let call = async |uri: &str| {
        let json = serde_json::json!({ "v": uri }).to_string();
        let values = arguments::parse(operation.arguments, Some(&json), Mode::default())
            .expect("right arguments");
        match upstreams.client(spec).call(operation, &values) {
            Ok(call) => call.await.map(|_| ()).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    };
    let absolute = format!("file://{}/sub/cat.png", root.display());
    for uri in ["file:sub/cat.png", &absolute] {
        call(uri).await.expect("the file is sent");
        let body = seen.lock().expect("no panic").bodies.pop().expect("a body");
        let body = String::from_utf8_lossy(&body).replace('\r', "");
        assert!(body.contains("filename=\"cat.png\"\nContent-Type: image/png\n\nmeow\n"), "{body}");
    }
    let sent = seen.lock().expect("no panic").heads.len();
    let secret = format!("file://{}/secret", folder.display());
    for (uri, expected) in [
        ("file:../secret", "is not below the folder"),
        ("file:%2e%2e/secret", "is not below the folder"),
        ("file:sub/../../secret", "is not below the folder"),
        (secret.as_str(), "is not below the folder"),
        ("file:///etc/passwd", "is not below the folder"),
        ("file:///no/such/file", "is not below the folder"),
        ("file://evil.test/etc/passwd", "is not valid"),
        ("file:sub/dog.png", "cannot be read"),
        ("file:sub", "is no regular file"),
        ("file:a%00b", "cannot be read"),
        #[cfg(unix)]
        ("file:link", "is not below the folder"),
    ] {
        let error = call(uri).await.expect_err(uri);
        assert!(error.contains(expected), "{uri}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
    assert_eq!(seen.lock().expect("no panic").heads.len(), sent, "nothing was sent");
    fs::remove_dir_all(&folder).expect("the folder goes away");
}

#[test]
fn without_a_folder_no_file_is_read() {
    let argument = Argument::property("v", Kind::File);
    let operation = operation(PATH, vec![argument], post(BodyFormat::Multipart));
    let error = request(operation, r#"{"v":"file:///etc/passwd"}"#).expect_err("no folder");
    assert!(error.to_string().contains("this server reads no files"), "{error}");
    let nowhere = reading(Path::new("/no/such/folder"));
    let options = Options { base_urls: vec![(None, "http://x.test".to_owned())], mock: false };
    let error = Upstreams::start_in(declaration(nowhere, &[]), &options, &|_| None)
        .expect_err("the folder is not there");
    expect![[r#"
        the server cannot reach its upstreams as it is configured:
        - upstream `shop`: `file_root` is `/no/such/folder`, which is no folder"#]]
    .assert_eq(&error.to_string());
}

#[test]
fn lists_are_written_line_by_line() {
    for (format, expected) in [
        (BodyFormat::JsonLines, "application/jsonl {\"a\":1}\n\"b\"\n"),
        (BodyFormat::JsonSequence, "application/json-seq \u{1e}{\"a\":1}\n\u{1e}\"b\"\n"),
    ] {
        let operation = operation(PATH, vec![Argument::body("v", Kind::List)], post(format));
        let request = request(operation, r#"{"v":[{"a": 1},"b"]}"#).expect("a request");
        let media_type = request.headers["content-type"].to_str().expect("text");
        assert_eq!(format!("{media_type} {}", String::from_utf8_lossy(&request.body)), expected);
    }
}

#[test]
fn other_properties_stand_beside_the_named_ones() {
    let arguments =
        || vec![Argument::property("a", Kind::Any), Argument::properties("more", Kind::Object)];
    let json = r#"{"more":{"b":[1,null],"c":null},"a":"x"}"#;
    for (format, expected) in
        [(BodyFormat::Json, r#"{"a":"x","b":[1,null],"c":null}"#), (BodyFormat::Form, "a=x&b=1")]
    {
        let operation = operation(PATH, arguments(), post(format));
        let request = request(operation, json).expect("a request");
        assert_eq!(String::from_utf8_lossy(&request.body), expected);
    }
    let operation = operation(PATH, arguments(), post(BodyFormat::Json));
    let error = request(operation, r#"{"more":{"a":1}}"#).expect_err("given twice");
    expect!["Error building request for POST /x: argument `more` has the member `a`, which is the argument `a`"]
        .assert_eq(&error.to_string());
}
