//! Components that come and go at run time: what one kind can do, every kind can, in both
//! generations of the protocol.
//!
//! | | tool | resource | template | prompt |
//! |---|---|---|---|---|
//! | add, remove, enable, disable, tags, tag filters, keys, versions, `on_duplicate`, visibility of a session, changes told | all four | | | |
//! | title, description, icons, `_meta` of entries and results, timeout, masking, pages | all four | | | |
//! | required capabilities, handlers that block, what a handler knows of its request | all four | | | |
//! | annotations | hints | audience, priority, hints | the same | the protocol has none |
//! | arguments | held against a schema | it has none | variables of the URI | texts |
//! | injected arguments | yes | it has none | yes | yes |
//! | arguments repeated in headers | yes | the protocol has none | the same | the same |
//! | completion | the protocol has none | the protocol has none | yes | yes |
//! | media types, how long clients keep it | the protocol has none | yes | yes | the protocol has none |
//! | structured results, tasks | yes | the protocol has none | the same | the same |
//!
//! Which keys of a declaration the kinds have, and why some lack one, is in `generator/tests/kinds.rs`.

mod arguments;
mod declared_versions;
mod fixture;
mod inject;
mod lists;
mod matrix;
mod refused;
mod session;
mod versions;
