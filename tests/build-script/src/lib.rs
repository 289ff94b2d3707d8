//! The modules of a generated server also work included from the `OUT_DIR` of a build script.

/// The server of the bookshop, as the build script wrote it.
#[expect(
    clippy::allow_attributes,
    reason = "the included file allows that a part of it goes unused"
)]
pub mod bookshop {
    include!(concat!(env!("OUT_DIR"), "/mcp/server.rs"));
}

/// A server whose operations are resources and templates.
#[expect(
    clippy::allow_attributes,
    reason = "the included file allows that a part of it goes unused"
)]
pub mod shelf {
    include!(concat!(env!("OUT_DIR"), "/shelf/server.rs"));
}

/// A server whose resources are files, folders and URLs.
#[expect(
    clippy::allow_attributes,
    reason = "the included file allows that a part of it goes unused"
)]
pub mod asked {
    include!(concat!(env!("OUT_DIR"), "/asked/server.rs"));
}

/// A server whose operations have types of their own.
#[expect(
    clippy::allow_attributes,
    reason = "the included file allows that a part of it goes unused"
)]
pub mod zoo {
    include!(concat!(env!("OUT_DIR"), "/zoo/server.rs"));
}

/// A server with several versions of its components.
#[expect(
    clippy::allow_attributes,
    reason = "the included file allows that a part of it goes unused"
)]
pub mod versions {
    include!(concat!(env!("OUT_DIR"), "/versions/server.rs"));
}

#[cfg(test)]
mod tests {
    use mcpwright::{Context, ToolError};

    use super::bookshop;

    #[test]
    fn included_server_has_the_tools_of_the_document() {
        let names: Vec<_> = bookshop::SERVER.tools.iter().map(|tool| tool.name()).collect();
        assert!(names.is_sorted());
        assert!(names.contains(&"get_book") && names.contains(&"place_order"), "{names:?}");
        let listed =
            bookshop::SERVER.modules.iter().map(|module| module.tools.entries.lines().count());
        assert_eq!(listed.sum::<usize>(), names.len());
    }

    #[test]
    fn included_types_override_tools() {
        use bookshop::tools::books::GetBook;
        let _server = bookshop::server()
            .on(|_context: Context, book: GetBook| async move { Ok::<_, ToolError>(book.isbn) });
    }
}
