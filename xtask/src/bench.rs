//! `cargo xtask bench`: a generated server against the floor, in one run, under the same load.
//!
//! The figures of two runs on a shared machine do not compare; the ratios of one run do. Servers
//! and wires take turns, so that a slow moment of the machine hits all of them.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail, ensure};
use mcpwright_generator::cli::http;

use crate::command::{answers, build};
use crate::load::{self, Load};
use crate::running::{Server, free_port};

/// Least share of the floor that `--assert` accepts.
const LEAST_RATIO: f64 = 0.75;

/// Arguments of `bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Rounds; each loads every server on every wire once
    #[arg(long, default_value_t = 4)]
    rounds: usize,
    /// Seconds of one load
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Fail where the median of a wire is below 0.75 of the floor
    #[arg(long)]
    assert: bool,
}

/// The wire that a request is written for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wire {
    Legacy,
    Stateless,
}

impl Wire {
    const ALL: [Self; 2] = [Self::Legacy, Self::Stateless];

    const fn revision(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Stateless => "2026-07-28",
        }
    }

    fn body(self) -> &'static str {
        match self {
            Self::Legacy => {
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1,"b":2}}}"#
            }
            Self::Stateless => {
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1,"b":2},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#
            }
        }
    }
}

/// Builds the servers, loads them, prints the table.
///
/// # Errors
///
/// Fails when something does not build, answer or add up, and with `--assert` when a wire is below
/// its share.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.rounds > 0 && arguments.seconds > 0, "--rounds and --seconds start at 1");
    ensure!(
        answers("sh", &["-c", "command -v wrk"]),
        "wrk is not installed; on Debian: `apt-get install wrk`"
    );
    let floor_program = build("floor", &["--release"])?;
    let calculator_program = build("calculator", &["--release"])?;
    let floor_port = free_port()?;
    let floor = Server::start(&floor_program, &[&floor_port.to_string()], floor_port)?;
    let port = free_port()?;
    let flags = ["run", "--transport", "http", "--port", &port.to_string(), "--log-level", "warn"];
    let calculator = Server::start(&calculator_program, &flags, port)?;

    let session = open_session(calculator.address)?;
    let mut samples: Vec<Sample> = Vec::new();
    for round in 0..arguments.rounds {
        for wire in Wire::ALL {
            let headers = headers(wire, session.as_deref());
            let load = |server: &Server| {
                load::run(&Load {
                    address: server.address,
                    headers: &headers,
                    body: wire.body(),
                    seconds: arguments.seconds,
                })
            };
            // Who goes first changes from round to round.
            let (floor_rate, rate) = if round % 2 == 0 {
                let floor_rate = load(&floor)?;
                (floor_rate, load(&calculator)?)
            } else {
                let rate = load(&calculator)?;
                (load(&floor)?, rate)
            };
            samples.push(Sample { wire, floor: floor_rate, server: rate });
        }
        eprintln!("round {} of {} done", round + 1, arguments.rounds);
    }
    report(&samples, arguments.assert)
}

/// One pair of loads.
#[derive(Clone, Copy, Debug)]
struct Sample {
    wire: Wire,
    floor: f64,
    server: f64,
}

#[expect(clippy::print_stdout, reason = "the table is the result of the command")]
fn report(samples: &[Sample], assert: bool) -> Result<()> {
    println!("{:<12}  {:>12}  {:>12}  {:>6}", "wire", "floor req/s", "server req/s", "ratio");
    for sample in samples {
        let ratio = sample.server / sample.floor;
        let revision = sample.wire.revision();
        println!("{revision:<12}  {:>12.0}  {:>12.0}  {ratio:>6.2}", sample.floor, sample.server);
    }
    let mut low = Vec::new();
    for wire in Wire::ALL {
        let median = median_ratio(samples, wire);
        println!("{} median of the floor: {median:.2}", wire.revision());
        if median < LEAST_RATIO {
            low.push(format!("{} at {median:.2}", wire.revision()));
        }
    }
    if assert && !low.is_empty() {
        bail!("below {LEAST_RATIO} of the floor: {}", low.join(", "));
    }
    Ok(())
}

fn median_ratio(samples: &[Sample], wire: Wire) -> f64 {
    let of_wire = samples.iter().filter(|sample| sample.wire == wire);
    let mut ratios: Vec<f64> = of_wire.map(|sample| sample.server / sample.floor).collect();
    ratios.sort_by(f64::total_cmp);
    let middle = ratios.len() / 2;
    let at = |index: usize| ratios.get(index).copied().unwrap_or_default();
    if ratios.len().is_multiple_of(2) {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    } else {
        at(middle)
    }
}

fn headers(wire: Wire, session: Option<&str>) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("Accept", "application/json, text/event-stream".to_owned()),
        ("MCP-Protocol-Version", wire.revision().to_owned()),
    ];
    match wire {
        Wire::Legacy => {
            headers.extend(session.map(|session| ("Mcp-Session-Id", session.to_owned())));
        }
        Wire::Stateless => {
            headers.push(("Mcp-Method", "tools/call".to_owned()));
            headers.push(("Mcp-Name", "add".to_owned()));
        }
    }
    headers
}

/// Shakes hands on the legacy wire and calls the tool once on both, so that what is measured is
/// known to be the right answer.
fn open_session(address: SocketAddr) -> Result<Option<String>> {
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
    let reply = http::post(address, "/mcp", &[], initialize).context("initialize")?;
    ensure!(reply.status == 200, "initialize is answered by {}: {}", reply.status, reply.body);
    let session = reply.header("mcp-session-id").map(str::to_owned);
    let initialized = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let headers_of = |wire| headers(wire, session.as_deref());
    send(address, &headers_of(Wire::Legacy), initialized)?;
    for wire in Wire::ALL {
        let reply = send(address, &headers_of(wire), wire.body())?;
        ensure!(
            reply.status == 200 && reply.body.contains(r#""text":"3""#),
            "tools/call on {} is answered by {}: {}",
            wire.revision(),
            reply.status,
            reply.body
        );
    }
    Ok(session)
}

fn send(address: SocketAddr, headers: &[(&str, String)], body: &str) -> Result<http::Reply> {
    // The client sets these two itself.
    let own = ["Content-Type", "Accept"];
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .filter(|(name, _)| !own.contains(name))
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Ok(http::post(address, "/mcp", &headers, body)?)
}

#[cfg(test)]
mod tests {
    use super::{Sample, Wire, median_ratio};

    #[test]
    fn median_is_taken_per_wire() {
        let sample = |wire, server| Sample { wire, floor: 100.0, server };
        let samples = [
            sample(Wire::Legacy, 90.0),
            sample(Wire::Legacy, 20.0),
            sample(Wire::Legacy, 80.0),
            sample(Wire::Stateless, 70.0),
            sample(Wire::Stateless, 80.0),
        ];
        assert!((median_ratio(&samples, Wire::Legacy) - 0.8).abs() < 1e-9);
        assert!((median_ratio(&samples, Wire::Stateless) - 0.75).abs() < 1e-9);
    }
}
