//! Servers that the chores start.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

const START_TIME: Duration = Duration::from_secs(10);

/// A server that is stopped when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a program and waits until it listens on the port that its arguments name.
    ///
    /// # Errors
    ///
    /// Fails when it does not start, ends, or does not listen in time.
    pub(crate) fn start(program: &Path, arguments: &[&str], port: u16) -> Result<Self> {
        Self::start_in(program, arguments, &[], port)
    }

    /// [`Server::start`] with these environment variables, which name files.
    ///
    /// # Errors
    ///
    /// As [`Server::start`].
    pub(crate) fn start_in(
        program: &Path,
        arguments: &[&str],
        environment: &[(&str, &Path)],
        port: u16,
    ) -> Result<Self> {
        let process = Command::new(program)
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut server = Self { process, address: (Ipv4Addr::LOCALHOST, port).into() };
        let start = Instant::now();
        while TcpStream::connect(server.address).is_err() {
            if let Some(status) = server.process.try_wait()? {
                bail!("{} ended at once: {status}", program.display());
            }
            ensure!(start.elapsed() < START_TIME, "{} does not listen", program.display());
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has ended by itself cannot be stopped, and that is no problem.
        let _ended = self.process.kill();
        let _status = self.process.wait();
    }
}

/// A port of the loopback interface that nobody listens on.
///
/// # Errors
///
/// Fails when there is none.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
