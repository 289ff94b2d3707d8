//! Golden transcripts: what client and server say to each other, in prose with fenced blocks, played
//! over every transport. `README.md` beside this crate has the format.

mod pattern;
mod play;
pub mod props;
mod read;
mod wires;

pub use play::play;
