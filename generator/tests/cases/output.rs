//! What a generated crate holds, as far as cases look at it: that its Rust parses, and which tools
//! it lists.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Most tools that a listing shows.
const SHOWN: usize = 60;

/// Whether a line of the command line says what was written, which is not the subject here.
pub(crate) fn is_about_success(line: &str) -> bool {
    let line = line.trim_start();
    let words = ["generated ", "wrote ", "unchanged ", "scaffolded ", "note: add ", "created "];
    words.iter().any(|word| line.starts_with(word))
}

/// Reads every Rust file of a crate as the compiler would.
pub(crate) fn parses_as_rust(folder: &Path) -> Result<(), String> {
    let files = files(folder);
    let rust: Vec<_> =
        files.iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    if rust.is_empty() {
        return Err(format!("no Rust was generated into {}", folder.display()));
    }
    for path in rust {
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        syn::parse_file(&text)
            .map_err(|error| format!("{} is not Rust: {error}\n{text}", path.display()))?;
    }
    Ok(())
}

/// The components as clients will see them, one a line: `get_book(isbn, fields?)`, `prompt
/// greet(name)`, `resource docs://readme`.
pub(crate) fn listing(folder: &Path) -> Result<String, String> {
    let mut lines = Vec::new();
    for path in files(folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "openapi.json" {
            let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
            let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            lines.extend(routes(&document));
            continue;
        }
        let render: fn(&Value) -> String = match &*name {
            "resources.jsonl" | "resources.templates.jsonl" => resource,
            "prompts.jsonl" => prompt,
            name if name.ends_with(".tools.jsonl") => signature,
            _ => continue,
        };
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        for line in text.lines() {
            let entry: Value = serde_json::from_str(line)
                .map_err(|error| format!("{}: {error}\n{line}", path.display()))?;
            lines.push(render(&entry));
        }
    }
    let mut listing = String::new();
    for line in lines.iter().take(SHOWN) {
        let _ = writeln!(listing, "{line}");
    }
    if lines.len() > SHOWN {
        let _ = writeln!(listing, "and {} more", lines.len() - SHOWN);
    }
    Ok(listing)
}

/// The routes of a description, one a line, with what it refers to: `GET /users/{id} (404 Error, 422
/// HTTPValidationError)`. A body and an answer without a name are not shown.
fn routes(document: &Value) -> Vec<String> {
    let name = |content: &Value| {
        let reference = content["content"]["application/json"]["schema"]["$ref"].as_str()?;
        let name = reference.strip_prefix("#/components/schemas/")?;
        let is_there = document["components"]["schemas"].get(name).is_some();
        Some(format!("{name}{}", if is_there { "" } else { ", which is not there" }))
    };
    let mut lines = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let body = name(&operation["requestBody"]).map(|it| format!("body {it}"));
            let answers = operation["responses"].as_object().into_iter().flatten();
            let answers =
                answers.filter_map(|(status, it)| Some(format!("{status} {}", name(it)?)));
            let named: Vec<_> = body.into_iter().chain(answers).collect();
            lines.push(format!("{} {path} ({})", method.to_uppercase(), named.join(", ")));
        }
    }
    // Maps keep their order in some builds only.
    lines.sort();
    lines
}

fn signature(tool: &Value) -> String {
    let schema = &tool["inputSchema"];
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let arguments: Vec<_> = properties
        .map(|(name, property)| {
            let mark = if required.iter().any(|found| *found == name) { "" } else { "?" };
            let kind = match &property["type"] {
                Value::Null => String::new(),
                Value::String(kind) => format!(": {kind}"),
                kinds => format!(": {}", kinds.to_string().replace('"', "")),
            };
            format!("{}{mark}{kind}", name.escape_debug())
        })
        .collect();
    format!("{}({})", tool["name"].as_str().unwrap_or_default(), arguments.join(", "))
}

fn resource(entry: &Value) -> String {
    let uri = entry["uri"].as_str().or_else(|| entry["uriTemplate"].as_str()).unwrap_or_default();
    let mime_type = entry["mimeType"].as_str().unwrap_or("of any type");
    format!("resource {} {uri} {mime_type}", entry["name"].as_str().unwrap_or_default())
}

fn prompt(entry: &Value) -> String {
    let arguments: Vec<_> = entry["arguments"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|argument| {
            let mark = if argument["required"] == true { "" } else { "?" };
            format!("{}{mark}", argument["name"].as_str().unwrap_or_default())
        })
        .collect();
    format!("prompt {}({})", entry["name"].as_str().unwrap_or_default(), arguments.join(", "))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
