//! The constant tables that generated crates are made of: one [`Operation`] per forwarded HTTP
//! operation, one [`Argument`] per argument of a tool.
//!
//! Everything here is plain `const` data. What the tables mean is decided by the modules that read
//! them: [`crate::arguments`] checks and reads, `upstream` encodes and calls.

mod upstream;

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use regex_lite::Regex;
use serde_json::Value;

pub use crate::format::Format;

pub use self::upstream::{
    CallerAuthorization, Credential, Forward, SecurityScheme, TokenEndpoint, TokenGrant, Upstream,
    UpstreamSpec, Validation,
};

/// One HTTP operation of an upstream, forwarded by one tool.
///
/// Generated code fills in what the document says and takes the rest from [`Operation::DEFAULT`].
#[derive(Debug)]
pub struct Operation {
    /// Name of the tool, as clients call it.
    pub tool: &'static str,
    /// The `operationId` of the document; empty where it has none.
    pub id: &'static str,
    /// HTTP method of the request.
    pub method: Method,
    /// The path template, in pieces. Joined to the base URL of `upstream`.
    pub path: &'static [Segment],
    /// All arguments of the tool: parameters and body properties, flat.
    pub arguments: &'static [Argument],
    /// How the arguments placed in the body are written.
    pub body: Body,
    /// `Accept` header of the request: the media types that the document declares for success.
    pub accept: &'static str,
    /// What the tool promises about its result.
    pub output: Output,
    /// Alternatives of credentials; the first whose secrets are all set is sent. Empty: none.
    pub security: &'static [&'static [&'static SecurityScheme]],
    /// Time for the call, instead of the upstream's own.
    pub timeout: Option<Duration>,
    /// The API that the operation belongs to.
    pub upstream: &'static UpstreamSpec,
    /// Its own server instead of the base URL of `upstream`, or one that is relative to that; empty
    /// for none.
    pub server: Setting,
    /// Tags of the tool.
    pub tags: &'static [&'static str],
}

impl Operation {
    /// `GET` of the empty path with nothing else declared: the base of the generated tables.
    pub const DEFAULT: Self = Self {
        tool: "",
        id: "",
        method: Method::Get,
        path: &[],
        arguments: &[],
        body: Body::NONE,
        accept: "*/*",
        output: Output::Undeclared,
        security: &[],
        timeout: None,
        upstream: &UpstreamSpec::NONE,
        server: Setting(""),
        tags: &[],
    };
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// `GET`
    Get,
    /// `PUT`
    Put,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// `HEAD`
    Head,
    /// `PATCH`
    Patch,
    /// `TRACE`
    Trace,
    /// Any other method, such as `QUERY` (OpenAPI 3.2).
    Other(&'static str),
}

impl Method {
    /// The method as it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
            Self::Other(name) => name,
        }
    }
}

/// A piece of a path template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Segment {
    /// Text that is sent as it stands (already percent-encoded where the document has it so).
    Literal(&'static str),
    /// The value of the argument with this index, percent-encoded.
    Argument(u16),
}

/// One argument of a tool: its name, where its value goes, and what is checked before.
#[derive(Debug)]
pub struct Argument {
    /// Name of the argument, as clients write it.
    pub name: &'static str,
    /// Name on the wire of the upstream, where it differs from `name`.
    pub wire: &'static str,
    /// Where the value goes.
    pub place: Place,
    /// How a value of a parameter or a form field is written.
    pub style: Style,
    /// `explode` of the OpenAPI text, with the default of the style filled in by the generator.
    pub explode: bool,
    /// `allowReserved` of the OpenAPI text.
    pub allow_reserved: bool,
    /// Whether the argument has to be given.
    pub required: bool,
    /// Whether `null` is a value of the argument.
    pub nullable: bool,
    /// Sent where the caller gives no value, as JSON text; empty: nothing is sent.
    pub default: &'static str,
    /// Not listed: `default` is sent whatever the caller gives.
    pub hidden: bool,
    /// The JSON type of the value.
    pub kind: Kind,
    /// Limits of the value.
    pub rules: Rules,
    /// Media type of a form field or a part, or of the whole query string, where the document names
    /// one. Of several, and of ranges such as `image/*`, a file takes its own.
    pub media_type: &'static str,
    /// The listed schema says more than the table, so a value is held against it too.
    pub schema: bool,
    /// Headers of a multipart part whose values the document fixes.
    pub part_headers: &'static [(&'static str, &'static str)],
}

impl Argument {
    const fn new(
        name: &'static str,
        place: Place,
        style: Style,
        explode: bool,
        kind: Kind,
    ) -> Self {
        Self {
            name,
            wire: name,
            place,
            style,
            explode,
            allow_reserved: false,
            required: false,
            nullable: false,
            default: "",
            hidden: false,
            kind,
            rules: Rules::NONE,
            media_type: "",
            schema: false,
            part_headers: &[],
        }
    }

    /// A path parameter: required, style `simple`.
    #[must_use]
    pub const fn path(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Path, Style::Simple, false, kind).required()
    }

    /// A query parameter: style `form`, exploded.
    #[must_use]
    pub const fn query(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Query, Style::Form, true, kind)
    }

    /// The whole query string in one argument (OpenAPI 3.2): a form, or JSON with [`Style::Json`].
    #[must_use]
    pub const fn query_string(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::QueryString, Style::Content, true, kind)
    }

    /// A header parameter: style `simple`. Its wire name is none of [`RESERVED_HEADERS`]: the call
    /// fails with an error that names argument and header otherwise.
    #[must_use]
    pub const fn header(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Header, Style::Simple, false, kind)
    }

    /// A cookie parameter: style `form`, exploded.
    #[must_use]
    pub const fn cookie(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Cookie, Style::Form, true, kind)
    }

    /// A property of the request body.
    #[must_use]
    pub const fn property(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Property, Style::Content, true, kind)
    }

    /// Properties of the request body beside the named ones, as one object.
    #[must_use]
    pub const fn properties(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Properties, Style::Content, true, kind)
    }

    /// The whole request body in one argument.
    #[must_use]
    pub const fn body(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Body, Style::Content, true, kind)
    }

    /// An argument that a handler reads and that goes nowhere else.
    #[must_use]
    pub const fn value(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Handler, Style::Form, true, kind)
    }

    /// The name that the upstream uses.
    #[must_use]
    pub const fn wire(mut self, wire: &'static str) -> Self {
        self.wire = wire;
        self
    }

    /// The argument has to be given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// `null` is a value of the argument.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Sent where the caller gives no value, as JSON text.
    #[must_use]
    pub const fn default(mut self, json: &'static str) -> Self {
        self.default = json;
        self
    }

    /// Not listed: `json` is sent whatever the caller gives.
    #[must_use]
    pub const fn hidden(mut self, json: &'static str) -> Self {
        self.default = json;
        self.hidden = true;
        self
    }

    /// Another style than the default of its place.
    #[must_use]
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// Another `explode` than the default of its place.
    #[must_use]
    pub const fn explode(mut self, explode: bool) -> Self {
        self.explode = explode;
        self
    }

    /// Characters reserved in URLs are sent as they are.
    #[must_use]
    pub const fn allow_reserved(mut self) -> Self {
        self.allow_reserved = true;
        self
    }

    /// Media type of the form field, the part, or the query string.
    #[must_use]
    pub const fn media_type(mut self, media_type: &'static str) -> Self {
        self.media_type = media_type;
        self
    }

    /// The listed schema says more than the table. Only with the feature `schema`, so that a crate
    /// whose arguments need it does not compile without.
    #[cfg(feature = "schema")]
    #[must_use]
    pub const fn schema(mut self) -> Self {
        self.schema = true;
        self
    }

    /// Headers of the multipart part.
    #[must_use]
    pub const fn part_headers(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.part_headers = headers;
        self
    }

    /// Smallest value (`minimum`), of the items where the argument is a list.
    #[must_use]
    pub const fn at_least(mut self, bound: Bound) -> Self {
        self.rules.minimum = Some(bound);
        self
    }

    /// Largest value (`maximum`), of the items where the argument is a list.
    #[must_use]
    pub const fn at_most(mut self, bound: Bound) -> Self {
        self.rules.maximum = Some(bound);
        self
    }

    /// The value is greater than this (`exclusiveMinimum`).
    #[must_use]
    pub const fn above(mut self, bound: Bound) -> Self {
        self.rules.above = Some(bound);
        self
    }

    /// The value is less than this (`exclusiveMaximum`).
    #[must_use]
    pub const fn below(mut self, bound: Bound) -> Self {
        self.rules.below = Some(bound);
        self
    }

    /// The value is a multiple of this (`multipleOf`).
    #[must_use]
    pub const fn multiple_of(mut self, bound: Bound) -> Self {
        self.rules.multiple_of = Some(bound);
        self
    }

    /// Fewest characters of a text (`minLength`).
    #[must_use]
    pub const fn min_length(mut self, characters: u32) -> Self {
        self.rules.min_length = characters;
        self
    }

    /// Most characters of a text (`maxLength`).
    #[must_use]
    pub const fn max_length(mut self, characters: u32) -> Self {
        self.rules.max_length = characters;
        self
    }

    /// Fewest items of a list (`minItems`).
    #[must_use]
    pub const fn min_items(mut self, items: u32) -> Self {
        self.rules.min_items = items;
        self
    }

    /// Most items of a list (`maxItems`).
    #[must_use]
    pub const fn max_items(mut self, items: u32) -> Self {
        self.rules.max_items = items;
        self
    }

    /// No two items of a list are equal (`uniqueItems`).
    #[must_use]
    pub const fn unique_items(mut self) -> Self {
        self.rules.unique_items = true;
        self
    }

    /// The text matches this expression somewhere (`pattern`).
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static Pattern) -> Self {
        self.rules.pattern = Some(pattern);
        self
    }

    /// The text is a date and a time with an offset (`format: date-time`).
    #[cfg(feature = "jiff")]
    #[must_use]
    pub const fn date_time(self) -> Self {
        self.format(Format::DateTime)
    }

    /// The text is a date (`format: date`).
    #[cfg(feature = "jiff")]
    #[must_use]
    pub const fn date(self) -> Self {
        self.format(Format::Date)
    }

    /// The text is a time of day (`format: time`).
    #[cfg(feature = "jiff")]
    #[must_use]
    pub const fn time(self) -> Self {
        self.format(Format::Time)
    }

    /// The text is a duration (`format: duration`).
    #[cfg(feature = "jiff")]
    #[must_use]
    pub const fn duration(self) -> Self {
        self.format(Format::Duration)
    }

    /// The text is a UUID (`format: uuid`).
    #[cfg(feature = "uuid")]
    #[must_use]
    pub const fn uuid(self) -> Self {
        self.format(Format::Uuid)
    }

    /// The text is base64 (`contentEncoding: base64`).
    #[must_use]
    pub const fn base64(self) -> Self {
        self.format(Format::Base64)
    }

    const fn format(mut self, format: Format) -> Self {
        self.rules.format = Some(format);
        self
    }

    /// One of these texts (`enum`).
    #[must_use]
    pub const fn one_of(mut self, texts: &'static [&'static str]) -> Self {
        self.rules.one_of = Choices::Texts(texts);
        self
    }

    /// One of these values, each as JSON text, where not all are texts (`enum`).
    #[must_use]
    pub const fn one_of_json(mut self, values: &'static [&'static str]) -> Self {
        self.rules.one_of = Choices::Json(values);
        self
    }
}

/// Headers that no argument sets, in lower case: they frame the message, name its host, or carry what
/// the operation declares elsewhere (OpenAPI 3.1, 4.8.12.1: `Accept`, `Content-Type` and
/// `Authorization` are no header parameters).
///
/// The generator leaves parameters of these names out; a table that has one all the same gets an
/// error of the call, never a request that lacks the header without a word.
pub const RESERVED_HEADERS: &[&str] = &[
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Where the value of an argument goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// Into the path.
    Path,
    /// Into the query string.
    Query,
    /// It is the query string.
    QueryString,
    /// Into a header.
    Header,
    /// Into the `Cookie` header.
    Cookie,
    /// Into a property of the body.
    Property,
    /// Its members are properties of the body.
    Properties,
    /// It is the body.
    Body,
    /// To the handler of a declared tool.
    Handler,
}

/// How a parameter or a body property is written: mostly the `style` of the OpenAPI text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// `a,b`
    Simple,
    /// `.a.b`
    Label,
    /// `;name=a;name=b`
    Matrix,
    /// `name=a&name=b`
    Form,
    /// `name=a%20b`
    SpaceDelimited,
    /// `name=a|b`
    PipeDelimited,
    /// `name=a%09b`, of Swagger 2.0.
    TabDelimited,
    /// `name[key]=a`
    DeepObject,
    /// `name=a`, in a cookie, as it is (OpenAPI 3.2).
    Cookie,
    /// By the type of the value and the media type of the field, as a body property without a style
    /// of its own: lists repeat the name, objects are JSON text.
    Content,
    /// The value as JSON text: a parameter with `content` instead of `schema`.
    Json,
}

/// The JSON type of an argument, as far as it is checked before the call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Anything.
    Any,
    /// A string.
    Text,
    /// An integer; `1.0` is one (JSON Schema 2020-12, 4.2.3).
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A list of strings.
    Texts,
    /// A list of integers.
    Integers,
    /// A list of numbers.
    Numbers,
    /// A list of `true` and `false`.
    Flags,
    /// A list of anything.
    List,
    /// An object.
    Object,
    /// The content of a file: base64, a `data:` URI that brings its media type, or a `file:` URI
    /// below [`UpstreamSpec::file_root`].
    File,
    /// A list of files.
    Files,
}

/// Limits of a value. For a list the limits of values hold for each item.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// `minimum`
    pub minimum: Option<Bound>,
    /// `maximum`
    pub maximum: Option<Bound>,
    /// `exclusiveMinimum`
    pub above: Option<Bound>,
    /// `exclusiveMaximum`
    pub below: Option<Bound>,
    /// `multipleOf`
    pub multiple_of: Option<Bound>,
    /// `minLength`, in characters.
    pub min_length: u32,
    /// `maxLength`, in characters.
    pub max_length: u32,
    /// `minItems`
    pub min_items: u32,
    /// `maxItems`
    pub max_items: u32,
    /// `uniqueItems`
    pub unique_items: bool,
    /// `pattern`
    pub pattern: Option<&'static Pattern>,
    /// `enum`
    pub one_of: Choices,
    /// `format` or `contentEncoding`
    pub format: Option<Format>,
}

impl Rules {
    /// No limits.
    pub const NONE: Self = Self {
        minimum: None,
        maximum: None,
        above: None,
        below: None,
        multiple_of: None,
        min_length: 0,
        max_length: u32::MAX,
        min_items: 0,
        max_items: u32::MAX,
        unique_items: false,
        pattern: None,
        one_of: Choices::Any,
        format: None,
    };
}

/// The values that an argument is chosen from (`enum`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choices {
    /// Any value.
    Any,
    /// These texts.
    Texts(&'static [&'static str]),
    /// These values, each as JSON text.
    Json(&'static [&'static str]),
}

impl Choices {
    /// Each value as JSON text; none where any will do.
    pub(crate) fn json(self) -> impl Iterator<Item = Cow<'static, str>> {
        let (texts, values): (&'static [&'static str], &'static [&'static str]) = match self {
            Self::Any => (&[], &[]),
            Self::Texts(texts) => (texts, &[]),
            Self::Json(values) => (&[], values),
        };
        let quoted = texts.iter().map(|text| Cow::Owned(Value::from(*text).to_string()));
        quoted.chain(values.iter().map(|value| Cow::Borrowed(*value)))
    }
}

/// A bound of a number. Integers are kept as such, so that none is rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// An integer.
    Integer(i128),
    /// Any other number.
    Number(f64),
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(formatter),
            Self::Number(value) => value.fmt(formatter),
        }
    }
}

/// A regular expression of a document, compiled when it is first used.
///
/// The generator emits only patterns that compile; one that does not is never matched against.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern in the syntax of `regex-lite`.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// The pattern as it was written.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        self.text
    }

    /// Whether `value` matches somewhere; `true` where the pattern does not compile.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(self.text).ok());
        compiled.as_ref().is_none_or(|pattern| pattern.is_match(value))
    }
}

/// How the request body is written.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// The encoding of the properties or of the whole.
    pub format: BodyFormat,
    /// `Content-Type` of the request, as the document declares it.
    pub media_type: &'static str,
    /// Whether a body is sent when no argument is given: an empty object, an empty form.
    pub required: bool,
}

impl Body {
    /// No body.
    pub const NONE: Self = Self { format: BodyFormat::None, media_type: "", required: false };

    /// A body in this format and media type, optional.
    #[must_use]
    pub const fn new(format: BodyFormat, media_type: &'static str) -> Self {
        Self { format, media_type, required: false }
    }

    /// The body is sent even when no argument is given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// The encodings of a request body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BodyFormat {
    /// There is no body.
    None,
    /// JSON, `application/json` or any `+json`.
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data`
    Multipart,
    /// A text that is sent as it is.
    Text,
    /// Bytes, given as base64 or as a `data:` URI.
    Bytes,
    /// The items of a list, each as JSON in a line of its own.
    JsonLines,
    /// The items of a list, each as JSON between a record separator and a line break (RFC 7464).
    JsonSequence,
}

/// What a tool promises about the structured part of its result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Output {
    /// No output schema. JSON of an upstream and objects of handlers still become structured
    /// content; what is no object is wrapped as for [`Output::Wrapped`].
    Undeclared,
    /// An output schema whose root is an object.
    Object,
    /// An output schema with another root: wrapped as `{"result": …}` on wires up to 2025-11-25,
    /// sent as it is on 2026-07-28.
    Wrapped,
}

/// A text that is completed from the environment at start: `${NAME}` and `${NAME:-default}`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Setting(pub &'static str);
