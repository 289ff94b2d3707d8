//! What the variables of URIs must not be before a handler sees them.

use mcpwright::codegen::{
    Argument, ArgumentErrors, Declaration, Kind, Part, Reader, ResourceArguments, ResourceSecurity,
    ResourceTarget, Template,
};
use mcpwright::testing::Client;
use mcpwright::{Context, ResourceError, Server};

static ARGUMENTS: &[Argument] = &[
    Argument::value("path", Kind::Text).required(),
    Argument::value("query", Kind::Text).default(r#""""#),
];
static GUARDED: Template = Template {
    uri_template: "guarded://{path*}{?query}",
    name: "guarded",
    parts: &[Part::Literal("guarded://"), Part::Rest(0), Part::Query(&[("query", 1)])],
    arguments: ARGUMENTS,
    ..Template::DEFAULT
};
static EXEMPT: Template = Template {
    uri_template: "exempt://{path*}{?query}",
    name: "exempt",
    parts: &[Part::Literal("exempt://"), Part::Rest(0), Part::Query(&[("query", 1)])],
    arguments: ARGUMENTS,
    security: ResourceSecurity {
        reject_absolute_paths: false,
        exempt: &[1],
        ..ResourceSecurity::DEFAULT
    },
    ..Template::DEFAULT
};
static LISTS: Template = Template {
    uri_template: "lists://all{?each*,one,text}",
    name: "lists",
    parts: &[
        Part::Literal("lists://all"),
        Part::Each("each", 0),
        Part::Query(&[("one", 1), ("text", 2)]),
    ],
    arguments: &[
        Argument::value("each", Kind::Texts).default("[]"),
        Argument::value("one", Kind::Texts).default("[]"),
        Argument::value("text", Kind::Text).default(r#""""#),
    ],
    ..Template::DEFAULT
};
static SERVER: Declaration = Declaration {
    name: "security",
    templates: &[&GUARDED, &EXEMPT, &LISTS],
    ..Declaration::DEFAULT
};

struct Lists(Vec<String>);

impl ResourceArguments for Lists {
    const TARGET: ResourceTarget = ResourceTarget::Template(&LISTS);
    fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
        Ok(Self([reader.texts(0), reader.texts(1)].concat()))
    }
}

macro_rules! variables {
    ($($type:ident $table:ident),*) => {$(
        struct $type(String);

        impl ResourceArguments for $type {
            const TARGET: ResourceTarget = ResourceTarget::Template(&$table);
            fn read(reader: &mut Reader<'_>) -> Result<Self, ArgumentErrors> {
                Ok(Self(reader.text(0)))
            }
        }
    )*};
}

variables!(Guarded GUARDED, Exempt EXEMPT);

fn server() -> Server {
    Server::new(&SERVER)
        .on_resource(|_: Context, it: Guarded| async move { Ok::<_, ResourceError>(it.0) })
        .on_resource(|_: Context, it: Exempt| async move { Ok::<_, ResourceError>(it.0) })
        .on_resource(|_: Context, it: Lists| async move { Ok::<_, ResourceError>(it.0.join("|")) })
}

#[tokio::test]
async fn each_item_of_a_list_is_looked_at() {
    for query in [
        "each=a&each=../b",
        "each=a&each=%2Fetc",
        "one=a,/etc",
        "one=a,..%2Fb",
        "one=a,b%00",
        "text=/etc",
    ] {
        assert!(!is_read(&format!("lists://all?{query}")).await, "{query}");
    }
    for query in ["each=a,/b&each=c", "one=a%2C/b,c", "text=a,/b"] {
        assert!(is_read(&format!("lists://all?{query}")).await, "{query}");
    }
}

async fn is_read(uri: &str) -> bool {
    match Client::connect(&server()).await.read_resource(uri).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!((error.code, error.message.as_str()), (-32602, "Resource not found"));
            false
        }
    }
}

#[tokio::test]
async fn handler_never_sees_a_way_out() {
    for path in [
        "..",
        "../a",
        "a/../../b",
        "%2e%2e/a",
        "..%2fa",
        "%252e%252e%252fa",
        "..%5ca",
        "a%5c..%5c..",
        "/etc/passwd",
        "%2fetc",
        "%252fetc",
        "C:%5ca",
        "C:/a",
        "%5c%5chost",
        "a%00",
        "a%2500",
    ] {
        assert!(!is_read(&format!("guarded://{path}")).await, "{path}");
        assert!(!is_read(&format!("guarded://a?query={path}")).await, "{path} in the query");
    }
}

#[tokio::test]
async fn handler_sees_everything_else() {
    for path in ["a/../b", "a..b", "...", "2024-01-01T12:00", "C:", "100%25", "a/b/c", "%2541"] {
        assert!(is_read(&format!("guarded://{path}")).await, "{path}");
    }
}

#[tokio::test]
async fn declaration_can_allow_more() {
    assert!(is_read("exempt:///etc/hosts").await);
    assert!(is_read("exempt://a?query=../..%00").await);
    assert!(!is_read("exempt://../a").await);
    assert!(!is_read("exempt://a%00").await);
}
