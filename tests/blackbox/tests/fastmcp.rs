//! The weather server and the same server written with FastMCP, asked by the same client.

use std::ffi::OsStr;
use std::process::Command;

use blackbox::installed::{python, script};
use blackbox::{programs, repository};
use serde_json::Value;

/// What a server lists and answers.
fn report(python: &OsStr, server: &[&OsStr]) -> Value {
    let output = Command::new(python)
        .arg(script("python/parity.py"))
        .args(server)
        .output()
        .expect("the client runs");
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{server:?}: {problem}");
    serde_json::from_slice(&output.stdout).expect("the report is JSON")
}

#[test]
fn declaration_and_decorators_answer_alike() {
    let Some(python) = python("requirements-fastmcp.txt") else { return };
    let (ours, theirs) = (programs::program("weather"), script("python/weather.py"));
    let ours = report(python.as_ref(), &[ours.as_ref()]);
    let theirs = report(python.as_ref(), &[python.as_ref(), theirs.as_ref()]);
    for (part, expected) in theirs.as_object().expect("a report") {
        assert_eq!(&ours[part], expected, "{part}");
    }
    let refused = ours["results"].as_array().into_iter().flatten();
    assert_eq!(refused.filter(|result| result["error"] == true).count(), 5);
}

/// Reads the Python of a page as the interpreter would.
const PARSE: &str = r"import ast, re, sys
text = open(sys.argv[1], encoding='utf-8').read()
blocks = re.findall(r'^```python\n(.*?)^```$', text, re.S | re.M)
for block in blocks:
    ast.parse(block)
print(len(blocks))";

#[test]
fn python_in_the_documentation_is_python() {
    let Some(python) = python("requirements-fastmcp.txt") else { return };
    let page = repository::root().join("docs/from-fastmcp.md");
    let output = Command::new(python).args(["-c", PARSE]).arg(page).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let count = String::from_utf8_lossy(&output.stdout).trim().parse::<usize>();
    assert!(count.is_ok_and(|count| count >= 6), "too few blocks were found");
}
