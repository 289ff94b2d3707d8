//! What the black-box tests share: where things are, programs under test, and bytes on the wire.
//!
//! Nothing here knows the insides of the generator or the runtime.

pub mod exchange;
pub mod http;
pub mod installed;
pub mod programs;
pub mod repository;
pub mod stdio;
