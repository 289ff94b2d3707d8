//! Documents as they are written: one module for each format, shaped like the format.

pub mod openapi;
