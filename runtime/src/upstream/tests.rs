//! Tests of the request encoders, of the client against a loopback server, and of results.

mod files;
mod forward;
mod hostile;
mod loopback;
mod requests;
mod results;
mod start;
mod streams;
mod styles;
mod tokens;
mod urls;

use std::time::Duration;

use super::client::Request;
use super::{Options, UpstreamError, Upstreams};
use crate::arguments::{self, Mode};
use crate::declaration::{Declaration, Limits, Tool};
use crate::operation::{Argument, Operation, Segment, Setting, UpstreamSpec};

/// An upstream that nothing listens at.
static NOWHERE: UpstreamSpec = UpstreamSpec {
    name: "shop",
    base_url: Setting("https://api.test/v1"),
    base_url_variable: "SHOP_BASE_URL",
    timeout: Duration::from_secs(5),
    ..UpstreamSpec::NONE
};

/// A declaration without modules, for operations of one upstream.
fn declaration(
    spec: &'static UpstreamSpec,
    operations: &[&'static Operation],
) -> &'static Declaration {
    let tools: Vec<Tool> = operations.iter().map(|operation| Tool::Forwarded(operation)).collect();
    Box::leak(Box::new(Declaration {
        name: "test",
        tools: tools.leak(),
        upstreams: vec![spec].leak(),
        limits: Limits { upstream_response: 1000, ..Limits::DEFAULT },
        ..Declaration::DEFAULT
    }))
}

fn operation(
    path: &'static [Segment],
    arguments: Vec<Argument>,
    mut operation: Operation,
) -> &'static Operation {
    operation.tool = "call";
    operation.path = path;
    operation.arguments = arguments.leak();
    operation.upstream = &NOWHERE;
    Box::leak(Box::new(operation))
}

/// The request for these arguments, which are checked as a server does.
fn request(operation: &'static Operation, json: &str) -> Result<Request, UpstreamError> {
    let values = arguments::parse(operation.arguments, Some(json), Mode::default())
        .expect("the test gives right arguments");
    let declaration = declaration(operation.upstream, &[operation]);
    let upstreams = Upstreams::start_in(declaration, &Options::default(), &|_| None)
        .expect("the declaration is complete");
    upstreams.client(operation.upstream).inner.request(operation, &values, None)
}
