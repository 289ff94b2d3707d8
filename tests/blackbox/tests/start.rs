//! What keeps a server from starting.

use blackbox::programs;
use blackbox::stdio::Server;

#[test]
fn variable_that_is_not_set_is_named() {
    let program = programs::program("bookshop-mcp");
    let ended = Server::start(&program, &[]).end();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    assert!(ended.log.contains("set BOOKSHOP_API_KEY"), "{}", ended.log);
    assert!(ended.rest.is_empty(), "standard output is no log: {:?}", ended.rest);
}
