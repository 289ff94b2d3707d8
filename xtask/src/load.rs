//! One load by `wrk`: its script, its call, its output.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

/// What to send, where to, and for how long.
#[derive(Debug)]
pub(crate) struct Load<'l> {
    pub(crate) address: SocketAddr,
    pub(crate) headers: &'l [(&'static str, String)],
    pub(crate) body: &'l str,
    pub(crate) seconds: u64,
}

/// Runs the load with one thread and 32 connections, and gives the requests per second.
///
/// # Errors
///
/// Fails when wrk fails, or a request was not answered by 200.
pub(crate) fn run(load: &Load<'_>) -> Result<f64> {
    let name = format!("mcpwright-bench-{}-{}.lua", std::process::id(), load.address.port());
    let script = std::env::temp_dir().join(name);
    std::fs::write(&script, render_script(load)).context("cannot write the script of wrk")?;
    let output = Command::new("wrk")
        .args(["-t1", "-c32", &format!("-d{}s", load.seconds), "-s"])
        .arg(&script)
        .arg(format!("http://{}/mcp", load.address))
        .stdin(Stdio::null())
        .output();
    let removed = std::fs::remove_file(&script);
    let output = output.context("cannot run wrk")?;
    removed.context("cannot remove the script of wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk failed: {}", String::from_utf8_lossy(&output.stderr));
    parse_rate(&text)
}

fn render_script(load: &Load<'_>) -> String {
    let mut script = format!("wrk.method = \"POST\"\nwrk.body = {}\n", quote(load.body));
    for (name, value) in load.headers {
        writeln!(script, "wrk.headers[{}] = {}", quote(name), quote(value))
            .expect("writing to a string does not fail");
    }
    script
}

/// A string of Lua: for the ASCII text that is sent here, its escapes are those of Rust.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

fn parse_rate(output: &str) -> Result<f64> {
    if let Some(line) = output.lines().find(|line| {
        let line = line.trim_start();
        line.starts_with("Non-2xx") || line.starts_with("Socket errors")
    }) {
        bail!("not every request was answered well: {}", line.trim());
    }
    let rate = output.lines().find_map(|line| line.trim_start().strip_prefix("Requests/sec:"));
    let rate = rate.with_context(|| format!("wrk printed no rate:\n{output}"))?;
    rate.trim().parse().with_context(|| format!("wrk printed no number: {rate}"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{Load, parse_rate, render_script};

    #[test]
    fn script_holds_headers_and_body() {
        let load = Load {
            address: ([127, 0, 0, 1], 8000).into(),
            headers: &[("Accept", "application/json".to_owned())],
            body: r#"{"id":1}"#,
            seconds: 1,
        };
        expect![[r#"
            wrk.method = "POST"
            wrk.body = "{\"id\":1}"
            wrk.headers["Accept"] = "application/json"
        "#]]
        .assert_eq(&render_script(&load));
    }

    #[test]
    fn rate_is_read_and_bad_answers_are_not_counted() {
        let good = "  123 requests in 1.00s\nRequests/sec:  59500.25\n";
        assert_eq!(parse_rate(good).ok(), Some(59_500.25));
        let bad = "  Non-2xx or 3xx responses: 5\nRequests/sec:  59500.25\n";
        assert!(parse_rate(bad).is_err());
        assert!(parse_rate("unable to connect").is_err());
    }
}
