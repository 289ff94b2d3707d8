//! `run`: settings, log, transport, and the end.

use std::error::Error;
use std::fmt;
use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::process::ExitCode;

use tokio::net::{TcpListener, lookup_host};
use tracing::level_filters::LevelFilter;

use crate::cli::options::{LogLevel, Run, Transport};
use crate::declaration::{Declaration, Deployment, Transport as DeclaredTransport};
use crate::server::{Options, Server};
use crate::transport::{http, stdio};

/// Why the server does not run.
#[derive(Debug)]
enum Problem {
    Setting(String),
    Io(&'static str, io::Error),
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(text) => formatter.write_str(text),
            Self::Io(what, error) => write!(formatter, "{what}: {error}"),
        }
    }
}

/// Serves until the client or a signal ends it.
pub(super) fn run(server: Server, arguments: &Run) -> ExitCode {
    let declaration = server.declaration();
    start_log(declaration, arguments);
    let server = server.start(Options {
        base_urls: arguments.base_url.clone(),
        mock: arguments.mock,
        stateless: arguments.stateless.then_some(true),
    });
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(declaration, &Problem::Io("cannot start", error)),
    };
    let outcome = runtime.block_on(serve(&server, arguments));
    // A read of standard input cannot be interrupted, so it is not waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(declaration, &problem),
    }
}

fn fail(declaration: &Declaration, problem: &Problem) -> ExitCode {
    eprintln!("{}: {problem}", declaration.name);
    ExitCode::FAILURE
}

async fn serve(server: &Server, arguments: &Run) -> Result<(), Problem> {
    check(server)?;
    server.core().start_lifespan().await.map_err(|error| {
        let mut text = format!("the lifespan cannot start: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            text.push_str(&format!(": {error}"));
            cause = error.source();
        }
        Problem::Setting(text)
    })?;
    let deployment = &server.declaration().deployment;
    let transport = arguments.transport.unwrap_or(match deployment.transport {
        DeclaredTransport::Stdio => Transport::Stdio,
        DeclaredTransport::Http => Transport::Http,
        DeclaredTransport::Sse => Transport::Sse,
    });
    let signal = signal().map_err(|error| Problem::Io("cannot listen for signals", error))?;
    match transport {
        Transport::Stdio => tokio::select! {
            served = stdio::serve(server) => {
                served.map_err(|error| Problem::Io("standard input or output failed", error))
            }
            () = signal => Ok(()),
        },
        Transport::Http | Transport::Sse => {
            let path = arguments.path.as_deref().unwrap_or(deployment.path);
            let listener = listen(deployment, arguments).await?;
            let address = listener
                .local_addr()
                .map_err(|error| Problem::Io("cannot read the address", error))?;
            eprintln!(
                "{} {}: MCP at http://{address}{path}",
                server.declaration().name,
                server.declaration().version
            );
            let served = if transport == Transport::Sse {
                eprintln!("HTTP+SSE at http://{address}/sse");
                http::serve_with_sse(server, listener, path, signal).await
            } else {
                http::serve(server, listener, path, signal).await
            };
            served.map_err(|error| Problem::Io("cannot serve", error))
        }
    }
}

fn check(server: &Server) -> Result<(), Problem> {
    let unhandled = server.unhandled();
    if !unhandled.is_empty() {
        return Err(Problem::Setting(format!(
            "without a handler: {}; bind one to each with `Server::on` and its like",
            unhandled.join(", ")
        )));
    }
    server.problem().map_or(Ok(()), |problem| Err(Problem::Setting(problem)))
}

async fn listen(deployment: &Deployment, arguments: &Run) -> Result<TcpListener, Problem> {
    let host = arguments.host.as_deref().unwrap_or(deployment.host);
    let port = arguments.port.unwrap_or(deployment.port);
    let name = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let addresses: Vec<SocketAddr> = lookup_host((name, port))
        .await
        .map_err(|error| Problem::Setting(format!("cannot find the host `{host}`: {error}")))?
        .collect();
    let allowed = arguments.allow_unauthenticated || deployment.allow_unauthenticated;
    if !allowed && !addresses.iter().all(|address| address.ip().is_loopback()) {
        return Err(Problem::Setting(format!(
            "`{host}` is reachable from other machines and clients are not authenticated; pass \
             --allow-unauthenticated if that is wanted, or listen on 127.0.0.1"
        )));
    }
    TcpListener::bind(addresses.as_slice()).await.map_err(|error| {
        Problem::Setting(format!(
            "cannot listen on {host}:{port}: {error}; another address is chosen with --host and \
             --port"
        ))
    })
}

/// A future that is ready when the process is asked to end.
fn signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

fn start_log(declaration: &Declaration, arguments: &Run) {
    let level = match arguments.log_level {
        Some(LogLevel::Error) => LevelFilter::ERROR,
        Some(LogLevel::Warn) => LevelFilter::WARN,
        Some(LogLevel::Info) => LevelFilter::INFO,
        Some(LogLevel::Debug) => LevelFilter::DEBUG,
        Some(LogLevel::Trace) => LevelFilter::TRACE,
        None => declaration.deployment.log_level.parse().unwrap_or(LevelFilter::INFO),
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    // An application that has set up its own log keeps it.
    drop(if arguments.json_logs { log.json().try_init() } else { log.try_init() });
}
