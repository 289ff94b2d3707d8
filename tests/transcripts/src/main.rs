//! The server of the scenes as a program: `transcripts --transport http --port N`.

use std::process::ExitCode;

use transcripts::props;

fn main() -> ExitCode {
    props::declared::main(props::server())
}
