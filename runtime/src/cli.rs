//! The command line of a server.

mod inspect;
mod options;
mod run;

use std::process::ExitCode;

use crate::server::Server;

/// Runs a server as its command line says; the `main` of generated binaries.
///
/// Returns 0 when all went well, 1 when the server could not do its work, 2 for a wrong command
/// line.
#[must_use]
pub fn main(server: Server) -> ExitCode {
    let arguments = match options::parse(server.declaration()) {
        Ok(arguments) => arguments,
        Err(error) => {
            // `--help` and `--version` arrive here too, with code 0, and print on stdout.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    match arguments.command {
        Some(options::Command::Inspect { format }) => inspect::print(server.declaration(), format),
        Some(options::Command::Version) => inspect::print_version(server.declaration()),
        Some(options::Command::Run(run)) => run::run(server, &run),
        None => run::run(server, &arguments.run),
    }
}
