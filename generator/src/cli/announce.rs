//! Tells how to reach a server once it answers.
//!
//! `gen --serve` replaces its own process by the server, so that signals and the exit code are the
//! server's. What is to be said afterwards is said by a second process that runs this module.

use std::io::Read as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Failure, http, say};

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(25);

/// What is to be said, and when.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Announcement {
    /// Where the server will listen.
    pub(super) address: SocketAddr,
    /// Path of its MCP endpoint.
    pub(super) path: String,
    /// What to print once it answers.
    pub(super) text: String,
}

impl Announcement {
    /// Starts the process that waits and prints.
    ///
    /// # Errors
    ///
    /// Fails where this program cannot start itself again.
    pub(super) fn start(&self) -> std::io::Result<()> {
        let program = std::env::current_exe()?;
        let mut child = Command::new(program).arg("announce").stdin(Stdio::piped()).spawn()?;
        if let Some(input) = child.stdin.take() {
            serde_json::to_writer(input, self)?;
        }
        Ok(())
    }

    /// Prints the text once the server answers; gives up without a word when it ends first, since
    /// it has then said why.
    fn wait_and_print(&self) -> Result<(), Failure> {
        let server = parent();
        let start = Instant::now();
        while start.elapsed() < PATIENCE && parent() == server {
            if self.is_answered() {
                return say(&self.text);
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Whether the server answers a request, whatever it says.
    fn is_answered(&self) -> bool {
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        http::post(self.address, &self.path, &[], ping).is_ok()
    }
}

/// Runs in the second process: reads the announcement from standard input.
///
/// # Errors
///
/// Fails where standard input holds none, which says that a person called it.
pub(super) fn run() -> Result<(), Failure> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    let announcement: Option<Announcement> =
        read.ok().and_then(|_| serde_json::from_str(&text).ok());
    let Some(announcement) = announcement else {
        return Err(Failure::usage("this command belongs to `gen --serve`"));
    };
    announcement.wait_and_print()
}

#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
const fn parent() -> u32 {
    0
}
