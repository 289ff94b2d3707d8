//! What can be said on the command line.

use clap::builder::FalseyValueParser;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::declaration::Declaration;

/// The parsed command line.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) run: Run,
}

/// What to do; without a command: run.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve MCP (what happens without a command)
    Run(Run),
    /// Show the components of this server
    Inspect {
        /// How to show them
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show the version
    Version,
}

/// How `inspect` shows components.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Format {
    /// A table
    Text,
    /// JSON: name, method, path and operation id of each component
    Json,
    /// The result of `tools/list`
    Mcp,
}

/// How to serve. What is not given comes from the declaration.
#[derive(Args, Clone, Debug)]
pub(super) struct Run {
    /// How clients reach the server
    #[arg(long, value_enum, env = "MCPWRIGHT_TRANSPORT")]
    pub(super) transport: Option<Transport>,
    /// Address to listen on, for HTTP
    #[arg(long, env = "MCPWRIGHT_HOST")]
    pub(super) host: Option<String>,
    /// Port to listen on, for HTTP
    #[arg(long, env = "MCPWRIGHT_PORT")]
    pub(super) port: Option<u16>,
    /// Path of the MCP endpoint, for HTTP
    #[arg(long, env = "MCPWRIGHT_PATH", value_parser = parse_path)]
    pub(super) path: Option<String>,
    /// Base URL of the upstream; with several upstreams NAME=URL. May be repeated
    #[arg(long, value_name = "[NAME=]URL", value_parser = parse_base_url)]
    pub(super) base_url: Vec<(Option<String>, String)>,
    /// Answer upstream calls from the examples of the document instead of calling
    #[arg(long)]
    pub(super) mock: bool,
    /// Listen outside loopback although clients are not authenticated
    #[arg(long, env = "MCPWRIGHT_ALLOW_UNAUTHENTICATED", value_parser = FalseyValueParser::new())]
    pub(super) allow_unauthenticated: bool,
    /// Serve clients up to 2025-11-25 without sessions
    #[arg(long, env = "MCPWRIGHT_STATELESS", value_parser = FalseyValueParser::new())]
    pub(super) stateless: bool,
    /// Least severe log lines that are written
    #[arg(long, value_enum, env = "MCPWRIGHT_LOG_LEVEL")]
    pub(super) log_level: Option<LogLevel>,
    /// Write log lines as JSON
    #[arg(long, env = "MCPWRIGHT_JSON_LOGS", value_parser = FalseyValueParser::new())]
    pub(super) json_logs: bool,
}

/// `--transport`
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Transport {
    /// Standard input and output
    Stdio,
    /// Streamable HTTP
    Http,
    /// HTTP with server-sent events, for clients of 2024-11-05, beside Streamable HTTP
    Sse,
}

/// `--log-level`
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum LogLevel {
    /// Failures of the server
    Error,
    /// Failed tool calls too
    Warn,
    /// What happens at start and end too
    Info,
    /// Every request too: method, name, outcome, time
    Debug,
    /// Everything
    Trace,
}

/// Reads the command line of the process.
pub(super) fn parse(declaration: &Declaration) -> Result<Arguments, clap::Error> {
    parse_from(declaration, std::env::args_os())
}

fn parse_from(
    declaration: &Declaration,
    arguments: impl IntoIterator<Item = std::ffi::OsString>,
) -> Result<Arguments, clap::Error> {
    let command = Arguments::command()
        .version(declaration.version)
        .about(format!("MCP server `{}`", declaration.name));
    let matches = command.try_get_matches_from(arguments)?;
    Arguments::from_arg_matches(&matches)
}

fn parse_path(path: &str) -> Result<String, String> {
    // The router takes braces, and segments that begin with `:` or `*`, for patterns.
    let is_plain = !path.contains(['{', '}', '?', '#'])
        && !path.split('/').any(|segment| segment.starts_with([':', '*']));
    if path.starts_with('/') && is_plain {
        Ok(path.to_owned())
    } else {
        Err("write a path that starts with `/`, such as /mcp".to_owned())
    }
}

/// `NAME=URL` or `URL`. A name has no `:`, so a URL with `=` in its query is no pair.
fn parse_base_url(text: &str) -> Result<(Option<String>, String), String> {
    let (name, url) = match text.split_once('=') {
        Some((name, url)) if !name.contains(':') => (Some(name.to_owned()), url),
        _ => (None, text),
    };
    match url::Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => {
            Ok((name, url.to_owned()))
        }
        Ok(_) => Err("write an http or https URL with a host".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_base_url, parse_path};

    #[test]
    fn base_urls_may_name_their_upstream() {
        assert_eq!(
            parse_base_url("shop=http://localhost:1/a?b=c"),
            Ok((Some("shop".to_owned()), "http://localhost:1/a?b=c".to_owned()))
        );
        assert_eq!(parse_base_url("http://h/?b=c"), Ok((None, "http://h/?b=c".to_owned())));
        assert!(parse_base_url("shop=ftp://h").is_err());
        assert!(parse_base_url("shop").is_err());
    }

    #[test]
    fn paths_are_absolute() {
        assert!(parse_path("/mcp").is_ok());
        assert!(parse_path("mcp").is_err());
        assert!(parse_path("/{id}").is_err());
        assert!(parse_path("/a/:id").is_err());
        assert!(parse_path("/*").is_err());
    }
}
