//! Documents as they are written: one module for each format, shaped like the format.

pub mod manifest;
pub mod openapi;
pub mod type_expression;
