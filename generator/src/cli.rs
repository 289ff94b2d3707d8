//! The commands: arguments, disk, terminal, processes, exit codes.

pub mod output;
pub mod render;
