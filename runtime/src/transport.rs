//! How messages travel: frames in, frames out. What messages mean is decided elsewhere.

pub mod http;
pub mod memory;
mod peer;
pub mod stdio;
