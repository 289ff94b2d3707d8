//! `gen --serve`: builds the server, becomes it, and says how to reach it.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::announce::Announcement;
use super::components;
use super::example::{Example, Hints};
use super::generate::Outcome;
use super::progress::is_watched;
use super::table::{self, Align};
use super::{Failure, workspace};
use crate::{model, plan};

/// Most tools that the table shows.
const SHOWN: usize = 40;
const SUMMARY_WIDTH: usize = 60;
/// The flags that say how a server is reached; each takes a value.
const REACH_FLAGS: [&str; 4] = ["--transport", "--host", "--port", "--path"];

/// Builds the crate in `folder` and runs its server over HTTP until it ends. Only returns where
/// that fails, or where the system cannot replace a process.
///
/// # Errors
///
/// Fails when the crate does not build, or its address is taken.
pub(super) fn run(
    outcome: &Outcome,
    name: &str,
    folder: &Path,
    flags: &[String],
) -> Result<(), Failure> {
    let server = &outcome.generated.plan;
    // What is wrong with the flags is said before a minute of building.
    let flags = Flags::read(flags, &server.server.deployment)?;
    let program = build(folder)?;
    let mut command = Command::new(&program);
    command.args(flags.arguments());
    if let Some(address) = flags.address()? {
        let example = Example::choose(server, &Hints::read(outcome));
        let reach = Reach { server, name, program: &program, flags: &flags, address, example };
        let announcement = Announcement { address, path: flags.path.clone(), text: reach.text() };
        announcement
            .start()
            .map_err(|error| Failure::failed(format!("cannot start a second process: {error}")))?;
    }
    become_server(command)
}

#[cfg(unix)]
fn become_server(mut command: Command) -> Result<(), Failure> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(Failure::failed(format!("cannot start the server: {error}")))
}

#[cfg(not(unix))]
fn become_server(mut command: Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|error| Failure::failed(format!("cannot start the server: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::Reported) }
}

/// Builds a crate with optimisations and gives the path of its program.
fn build(folder: &Path) -> Result<PathBuf, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--release", "--message-format", "json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(folder.join("Cargo.toml"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    if !is_watched() {
        command.arg("--quiet");
    }
    let output =
        command.output().map_err(|error| Failure::failed(format!("cannot run cargo: {error}")))?;
    if !output.status.success() {
        return Err(Failure::failed(format!("{} does not build", folder.display())));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let program = messages.lines().rev().find_map(executable);
    program.ok_or_else(|| Failure::failed(format!("{} has no program to run", folder.display())))
}

fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    message.get("executable")?.as_str().map(PathBuf::from)
}

/// The flags of the server, completed by what `--serve` wants.
#[derive(Debug)]
struct Flags {
    given: Vec<String>,
    transport: String,
    host: String,
    port: u16,
    path: String,
    /// Whether the mock was switched on because no other upstream was named.
    adds_mock: bool,
}

impl Flags {
    fn read(given: &[String], deployment: &model::Deployment) -> Result<Self, Failure> {
        let given: Vec<String> = match given.split_first() {
            Some((first, rest)) if first == "run" => rest.to_vec(),
            _ => given.to_vec(),
        };
        if let Some(flag) = without_value(&given) {
            return Err(Failure::usage(format!("{flag} needs a value: --serve {flag} …")));
        }
        let setting = |flag: &str, variable: &str| {
            let given = value(&given, flag).map(str::to_owned);
            given.or_else(|| std::env::var(variable).ok().filter(|text| !text.is_empty()))
        };
        let port = match setting("--port", "MCPWRIGHT_PORT") {
            Some(text) => {
                text.parse().map_err(|_| Failure::usage(format!("`{text}` is not a port")))?
            }
            None => deployment.port.unwrap_or(8000),
        };
        let port = if port == 0 { free_port()? } else { port };
        let text = |flag: &str, variable: &str, declared: Option<&String>, default: &str| {
            let found = setting(flag, variable).or_else(|| declared.cloned());
            found.unwrap_or_else(|| default.to_owned())
        };
        let host = text("--host", "MCPWRIGHT_HOST", deployment.host.as_ref(), "127.0.0.1");
        let path = text("--path", "MCPWRIGHT_PATH", deployment.path.as_ref(), "/mcp");
        Ok(Self {
            transport: value(&given, "--transport").unwrap_or("http").to_owned(),
            host,
            path,
            port,
            adds_mock: !has(&given, "--mock") && !has(&given, "--base-url"),
            given,
        })
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments =
            vec!["run".to_owned(), "--transport".to_owned(), self.transport.clone()];
        if self.transport == "http" {
            let port = self.port.to_string();
            for (flag, value) in [("--host", &self.host), ("--port", &port), ("--path", &self.path)]
            {
                arguments.extend([flag.to_owned(), value.clone()]);
            }
        }
        if self.adds_mock {
            arguments.push("--mock".to_owned());
        }
        arguments.extend(self.others());
        arguments
    }

    /// The arguments of the same server on standard input and output.
    fn stdio_arguments(&self) -> Vec<String> {
        let mut arguments = vec!["run".to_owned()];
        if self.adds_mock {
            arguments.push("--mock".to_owned());
        }
        arguments.extend(self.others());
        arguments
    }

    /// The given flags that do not say how the server is reached.
    fn others(&self) -> Vec<String> {
        let mut others = Vec::new();
        let mut rest = self.given.iter();
        while let Some(flag) = rest.next() {
            if REACH_FLAGS.contains(&flag.as_str()) {
                rest.next();
            } else if !REACH_FLAGS.iter().any(|name| is_flag(flag, name)) {
                others.push(flag.clone());
            }
        }
        others
    }

    /// Where the server is going to listen; `None` where it does not.
    fn address(&self) -> Result<Option<SocketAddr>, Failure> {
        if self.transport != "http" {
            return Ok(None);
        }
        let listen = (self.host.as_str(), self.port);
        if let Err(error) = TcpListener::bind(listen)
            && error.kind() == std::io::ErrorKind::AddrInUse
        {
            return Err(Failure::failed(format!(
                "port {} is in use; take another one: --serve --port {}",
                self.port,
                self.port.checked_add(1).unwrap_or(8000)
            )));
        }
        let mut addresses = listen
            .to_socket_addrs()
            .map_err(|error| Failure::failed(format!("cannot listen on {}: {error}", self.host)))?;
        let address = addresses.next().map(|mut address| {
            if address.ip().is_unspecified() {
                address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
            }
            address
        });
        Ok(address)
    }
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener
        .map(|address| address.port())
        .map_err(|error| Failure::failed(format!("there is no free port: {error}")))
}

/// The value of a flag, written as `--flag value` or `--flag=value`.
fn value<'f>(flags: &'f [String], name: &str) -> Option<&'f str> {
    let at = flags.iter().position(|flag| is_flag(flag, name))?;
    match flags.get(at)?.split_once('=') {
        Some((_, value)) => Some(value),
        None => flags.get(at + 1).map(String::as_str),
    }
}

/// A flag of [`REACH_FLAGS`] that nothing follows.
fn without_value(flags: &[String]) -> Option<&str> {
    let last = flags.last()?.as_str();
    let value_before = flags.len().checked_sub(2).and_then(|at| flags.get(at));
    let is_value = value_before.is_some_and(|flag| REACH_FLAGS.contains(&flag.as_str()));
    (REACH_FLAGS.contains(&last) && !is_value).then_some(last)
}

fn has(flags: &[String], name: &str) -> bool {
    flags.iter().any(|flag| is_flag(flag, name))
}

fn is_flag(flag: &str, name: &str) -> bool {
    flag.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
}

/// What is said about a running server.
struct Reach<'r> {
    server: &'r plan::Crate,
    name: &'r str,
    program: &'r Path,
    flags: &'r Flags,
    address: SocketAddr,
    example: Option<Example>,
}

impl Reach<'_> {
    fn text(&self) -> String {
        let url = format!("http://{}{}", self.address, self.flags.path);
        let mut text = format!("\n{}\n", self.components());
        let mut add = |line: &str| {
            writeln!(text, "{line}").expect("writing to a string does not fail");
        };
        add(&format!("{} serves on {url}", self.server.server.name));
        if self.flags.adds_mock && !self.server.upstreams.is_empty() {
            add(
                "Upstream calls are answered by the mock; for the real API: --serve --base-url URL",
            );
        }
        if let Some(example) = &self.example {
            add("\nTry it:\n");
            add(&example.curl(&url));
        }
        add("\nConfiguration of a client:\n");
        add(&self.client(&url));
        add("\nCtrl-C stops the server.");
        text
    }

    fn components(&self) -> String {
        let all = components::rows(self.server);
        let shown = all.iter().take(SHOWN);
        let rows: Vec<[String; 4]> = shown
            .map(|row| {
                [
                    row.kind.to_owned(),
                    row.name.to_owned(),
                    row.from.clone(),
                    table::summary(row.docs, SUMMARY_WIDTH),
                ]
            })
            .collect();
        let heading = [
            ("kind", Align::Left),
            ("name", Align::Left),
            ("from", Align::Left),
            ("what it does", Align::Left),
        ];
        let mut text = table::render(heading, &rows);
        if all.len() > SHOWN {
            let more = table::thousands(all.len() - SHOWN);
            writeln!(text, "… and {more} more; `cargo xtask inspect` shows all")
                .expect("writing to a string does not fail");
        }
        text
    }

    fn client(&self, url: &str) -> String {
        let config = json!({ "mcpServers": { self.name: { "type": "http", "url": url } } });
        let arguments = self.flags.stdio_arguments();
        let local = json!({
            "mcpServers": {
                self.name: { "command": workspace::slashed(self.program), "args": arguments },
            },
        });
        format!("{config}\n\nor, started by the client over stdio:\n\n{local}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Flags, executable};
    use crate::model::Deployment;

    fn arguments(given: &[&str]) -> String {
        let given: Vec<String> = given.iter().map(|flag| (*flag).to_owned()).collect();
        let flags = Flags::read(&given, &Deployment::default()).expect("flags");
        flags.arguments().join(" ")
    }

    #[test]
    fn server_runs_over_http_against_the_mock() {
        assert_eq!(
            arguments(&[]),
            "run --transport http --host 127.0.0.1 --port 8000 --path /mcp --mock"
        );
    }

    #[test]
    fn given_flags_win_and_the_rest_goes_to_the_server() {
        assert_eq!(
            arguments(&["run", "--port=9000", "--path", "/tools", "--log-level", "debug"]),
            "run --transport http --host 127.0.0.1 --port 9000 --path /tools --mock --log-level debug"
        );
    }

    #[test]
    fn named_upstream_switches_the_mock_off() {
        let flags = arguments(&["--base-url", "https://example.org"]);
        assert!(!flags.contains("--mock"), "{flags}");
    }

    #[test]
    fn stdio_gets_no_address() {
        assert_eq!(arguments(&["--transport", "stdio"]), "run --transport stdio --mock");
    }

    #[test]
    fn port_that_is_no_number_or_missing_is_wrong_usage() {
        let flags = ["--port".to_owned(), "http".to_owned()];
        assert!(Flags::read(&flags, &Deployment::default()).is_err());
        let flags = ["--mock".to_owned(), "--port".to_owned()];
        assert!(Flags::read(&flags, &Deployment::default()).is_err());
    }

    #[test]
    fn client_on_stdio_calls_the_same_upstream() {
        let given = ["--port", "9000", "--base-url", "https://example.org"].map(str::to_owned);
        let flags = Flags::read(&given, &Deployment::default()).expect("flags");
        assert_eq!(flags.stdio_arguments().join(" "), "run --base-url https://example.org");
        let given = ["--mock".to_owned()];
        let flags = Flags::read(&given, &Deployment::default()).expect("flags");
        assert_eq!(flags.stdio_arguments().join(" "), "run --mock");
    }

    #[test]
    fn program_is_read_from_the_messages_of_cargo() {
        let message = r#"{"reason":"compiler-artifact","executable":"/t/release/bookshop-mcp"}"#;
        assert_eq!(executable(message), Some("/t/release/bookshop-mcp".into()));
        assert_eq!(executable(r#"{"reason":"compiler-artifact","executable":null}"#), None);
        assert_eq!(executable("warning: text"), None);
    }
}
