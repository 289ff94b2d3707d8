//! Hand-written code on top of the bookshop, with the types that its declaration asks for.

use bookshop_mcp::models::{Format, OrderStatus};
use bookshop_mcp::tools::books::{GetBook, ListBooks, ListCategories};
use bookshop_mcp::tools::orders::PlaceOrder;
use bookshop_mcp::upstream::Bookshop;
use mcpwright::testing::Client;
use mcpwright::{Context, Json, Options, ToolError};
use serde_json::{Value, json};

/// Calls a tool of a bookshop whose upstream answers with the examples of its document.
async fn call(server: mcpwright::Server, tool: &str, arguments: Value) -> Value {
    let server = server.options(Options { mock: true, ..Options::default() });
    Client::connect(&server).await.call_tool(tool, arguments).await.expect("an answer")
}

#[tokio::test]
async fn override_reads_the_book_that_the_upstream_describes() {
    let server = bookshop_mcp::server().on(|context: Context, book: GetBook| async move {
        let book = context.upstream::<Bookshop>().call_typed(&book).await?;
        assert_eq!(book.format, Some(Format::Paperback));
        assert_eq!(book.subtitle, Some(None));
        Ok(Json(json!({ "label": format!("{} by {}", book.title, book.authors.join(", ")) })))
    });
    let result = call(server, "get_book", json!({ "isbn": "9780441172719" })).await;
    assert_eq!(result["structuredContent"], json!({ "label": "Dune by Frank Herbert" }));
}

#[tokio::test]
async fn handler_makes_arguments_of_what_is_required() {
    let server = bookshop_mcp::server().on(|context: Context, search: ListBooks| async move {
        assert_eq!(search.words.as_deref(), Some("sand"));
        let first = GetBook::new("9780441172719");
        assert_eq!(first.fields, None);
        let book = context.upstream::<Bookshop>().call_typed(&first).await?;
        // Left out is what callers leave out: the document's default, not that of the type.
        let all = context.upstream::<Bookshop>().call(&ListBooks::default()).await;
        assert!(all.is_ok(), "{all:?}");
        Ok(Json(json!({ "title": book.title })))
    });
    let result = call(server, "list_books", json!({ "words": "sand" })).await;
    assert_eq!(result["structuredContent"], json!({ "title": "Dune" }), "{result}");
}

#[tokio::test]
async fn override_counts_what_is_ordered_and_returns_the_order() {
    let server = bookshop_mcp::server().on(|context: Context, order: PlaceOrder| async move {
        let quantity: i64 = order.lines.iter().map(|line| line.quantity).sum();
        if quantity > 10 {
            let city = &order.address.city;
            return Err(ToolError::public(format!("{quantity} books are too many for {city}")));
        }
        let placed = context.upstream::<Bookshop>().call_typed(&order).await?;
        assert_eq!(placed.status, OrderStatus::Open);
        Ok(Json(placed))
    });
    let order = |quantity: i64| {
        json!({
            "lines": [{ "isbn": "9780441172719", "quantity": quantity }],
            "address": {
                "name": "Ada Lovelace",
                "street": "12 St James's Square",
                "city": "London",
                "country": "GB",
            },
        })
    };
    let result = call(server.clone(), "place_order", order(1)).await;
    assert_eq!(result["structuredContent"]["id"], 4712, "{result}");
    assert_eq!(result["structuredContent"]["note"], Value::Null);
    let refused = call(server, "place_order", order(20)).await;
    assert_eq!(refused["content"][0]["text"], "20 books are too many for London");
}

#[tokio::test]
async fn override_walks_a_tree_of_categories() {
    let server = bookshop_mcp::server().on(|context: Context, all: ListCategories| async move {
        let mut todo = context.upstream::<Bookshop>().call_typed(&all).await?;
        let mut names = Vec::new();
        while let Some(category) = todo.pop() {
            names.push(category.name);
            todo.extend(category.children.unwrap_or_default());
        }
        Ok(names)
    });
    let result = call(server, "list_categories", json!({})).await;
    assert_eq!(result["structuredContent"], json!(["Fiction", "Science fiction"]));
}
