//! Resources and templates.

use serde_json::{Value, json};

use crate::{clients, named, server};

/// The text of a resource and its media type.
async fn read(client: &mcpwright::testing::Client, uri: &str) -> (String, String) {
    let contents = client.read_resource(uri).await.unwrap_or_else(|error| panic!("{uri}: {error}"));
    assert_eq!(contents[0]["uri"], uri);
    let field = |key: &str| contents[0][key].as_str().unwrap_or_default().to_owned();
    (field("text"), field("mimeType"))
}

fn json_of(read: &(String, String)) -> Value {
    serde_json::from_str(&read.0).expect("JSON")
}

#[tokio::test]
async fn greeting() {
    for client in clients(&server()).await {
        let read = read(&client, "resource://greeting").await;
        assert_eq!(read, ("Hello from mcpwright!".to_owned(), "text/plain".to_owned()));
    }
}

#[tokio::test]
async fn application_config() {
    for client in clients(&server()).await {
        let read = read(&client, "data://config").await;
        assert_eq!(read.1, "application/json");
        assert_eq!(json_of(&read)["features"], json!(["tools", "resources"]));
        let resources = client.list_resources().await.expect("a list");
        let entry = named(&resources, "ApplicationConfig");
        assert_eq!(entry["mimeType"], "application/json");
        assert_eq!(entry["annotations"], json!({ "readOnlyHint": true, "idempotentHint": true }));
        assert_eq!(entry["_meta"]["fastmcp"]["tags"], json!(["config", "settings"]));
    }
}

#[tokio::test]
async fn app_config_is_json_although_nobody_has_said_so() {
    for client in clients(&server()).await {
        let read = read(&client, "config://app").await;
        assert_eq!(read.1, "application/json");
        assert_eq!(json_of(&read), json!({ "version": "1.0", "author": "us" }));
    }
}

#[tokio::test]
async fn read_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let examples = ported_examples::Examples { folder: folder.path().to_owned() };
    for client in clients(&ported_examples::server(examples)).await {
        let uri = "file:///app/data/log.txt";
        let log = folder.path().join("log.txt");
        assert_eq!(read(&client, uri).await.0, "There is no log yet.");
        std::fs::write(&log, "started\n").expect("a file");
        assert_eq!(read(&client, uri).await, ("started\n".to_owned(), "text/plain".to_owned()));
        std::fs::remove_file(&log).expect("it is there");
    }
}

#[tokio::test]
async fn get_weather() {
    for client in clients(&server()).await {
        let read = read(&client, "weather://london/current").await;
        let expected =
            json!({ "city": "London", "temperature": 22, "condition": "Sunny", "unit": "celsius" });
        assert_eq!(json_of(&read), expected);
        let error = client.read_resource("weather://a/b/current").await.expect_err("two parts");
        assert_eq!(error.message, "Resource not found");
        let template = "weather://{city}/current";
        let completed = client.complete(template, "city", "l").await.expect("suggestions");
        assert_eq!(completed, ["London", "Lisbon"]);
        let templates = client.list_resource_templates().await.expect("a list");
        assert_eq!(named(&templates, "get_weather")["uriTemplate"], template);
    }
}

#[tokio::test]
async fn get_path_content() {
    for client in clients(&server()).await {
        for (uri, path) in
            [("path://a", "a"), ("path://docs/guides/a%20b.md", "docs/guides/a b.md")]
        {
            assert_eq!(read(&client, uri).await.0, format!("What is at {path}"));
        }
    }
}

#[tokio::test]
async fn get_data() {
    for client in clients(&server()).await {
        let record = read(&client, "data://7").await;
        assert_eq!(json_of(&record), json!({ "id": "7", "version": 1 }));
        let record = read(&client, "data://7?version=2&format=xml").await;
        assert_eq!(record.0, "<data id='7' version='2' />");
        let error = client.read_resource("data://7?version=two").await.expect_err("no number");
        assert!(error.message.contains("`version`"), "{error}");
        // The resource that has this URI comes before the template that matches it.
        assert_eq!(json_of(&read(&client, "data://config").await)["theme"], "dark");
    }
}

#[tokio::test]
async fn get_repo_info() {
    for client in clients(&server()).await {
        let read = read(&client, "repos://rust-lang/rust/info").await;
        assert_eq!(json_of(&read)["full_name"], "rust-lang/rust");
        let templates = client.list_resource_templates().await.expect("a list");
        let hints = &named(&templates, "get_repo_info")["annotations"];
        assert_eq!(hints, &json!({ "readOnlyHint": true, "idempotentHint": true }));
    }
}

#[tokio::test]
async fn read_file_stays_in_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = folder.path().join("files");
    std::fs::create_dir_all(files.join("docs")).expect("a folder");
    std::fs::write(folder.path().join("secret"), "secret").expect("a file");
    std::fs::write(files.join("docs/a.txt"), "text").expect("a file");
    let examples = ported_examples::Examples { folder: files };
    for client in clients(&ported_examples::server(examples)).await {
        assert_eq!(read(&client, "files://docs/a.txt").await.0, "text");
        for uri in ["files://../secret", "files://docs/..%2F..%2Fsecret", "files://%2Fetc%2Fpasswd"]
        {
            let error = client.read_resource(uri).await.expect_err("it is outside");
            assert_eq!(error.message, "Resource not found", "{uri}");
        }
    }
}
