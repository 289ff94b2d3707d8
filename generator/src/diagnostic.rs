//! Problems of the input as data: a code, a message, places, and what to do.
//!
//! Rendering is the business of the command line.

use crate::source::Span;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Something was left out or read with tolerance; the rest is generated.
    Warning,
    /// Nothing is generated.
    Error,
}

/// One problem of the input.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What kind of problem it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in the words of the user: lower case, no full stop.
    pub message: String,
    /// Where, if it has a place, with a short text for the underlined part.
    pub primary: Option<Label>,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// JSON pointer of the place in its document.
    pub pointer: Option<String>,
    /// What to type or change.
    pub help: Option<String>,
}

/// An underlined place with a text.
#[derive(Clone, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The text beside the underline; empty for none.
    pub text: String,
}

impl Diagnostic {
    /// A problem that stops generation.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message.into())
    }

    /// A problem that costs a part of the output, or nothing.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message.into())
    }

    const fn new(code: Code, severity: Severity, message: String) -> Self {
        Self {
            code,
            severity,
            message,
            primary: None,
            secondary: Vec::new(),
            pointer: None,
            help: None,
        }
    }

    /// Where it is; `text` stands beside the underline.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    /// Another place that explains it.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// The JSON pointer of the place.
    #[must_use]
    pub fn pointer(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// What to type or change.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The problems found so far.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds the problems of another collection.
    pub fn append(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The gate between two stages: all problems of the stages so far, if one is an error.
    ///
    /// # Errors
    ///
    /// Gives back the collected problems when one of them is an error.
    pub fn stop_if_errors(self) -> Result<Self, Self> {
        if self.has_errors() { Err(self) } else { Ok(self) }
    }

    /// The problems in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.list.len()
    }
}

impl<'d> IntoIterator for &'d Diagnostics {
    type Item = &'d Diagnostic;
    type IntoIter = std::slice::Iter<'d, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The known word most like a given one, if one is like it.
pub(crate) fn near<'w>(given: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(given, word), word))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(likeness, _)| *likeness > 0.8)
        .map(|(_, word)| word)
}

/// Defines [`Code`] and its table: one line per code with a sentence about it.
macro_rules! codes {
    ($($code:ident $sentence:literal)*) => {
        /// The kinds of problems. Each has a fixture under `generator/tests/cases`.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Code {
            $(#[doc = $sentence] $code,)*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// The code as it is printed: `E0201`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// What the code stands for, in one sentence.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$code => $sentence,)* }
            }
        }
    };
}

codes! {
    // Files and their syntax.
    E0101 "A file cannot be read."
    E0102 "A JSON document has a syntax error."
    E0103 "A YAML document has a syntax error."
    E0104 "A TOML document has a syntax error."
    E0105 "A mapping has the same key twice."
    E0106 "A document is nested too deeply or expands to too much."
    E0107 "A file is empty."
    // OpenAPI documents.
    E0201 "A document is not an OpenAPI description."
    E0202 "A document is of a version that is not read."
    E0203 "A value of a document has the wrong type."
    E0204 "A required field is missing."
    E0205 "A reference points to nothing."
    E0206 "References form a loop."
    E0207 "A path parameter is not declared, or not in the path."
    E0208 "An operation uses something that is not supported."
    E0209 "A reference leads to another file or host."
    E0210 "A schema keyword is read with tolerance."
    E0211 "A document has no operation that can become a component."
    E0212 "A parameter or a body cannot be read."
    E0213 "An overlay cannot be applied, or changes nothing."
    E0214 "A configuration of FastMCP is no declaration."
    // Declarations in mcp.toml.
    E0301 "A key of mcp.toml is not known."
    E0302 "A value of mcp.toml has the wrong type."
    E0303 "A key of mcp.toml is missing."
    E0304 "A key of mcp.toml is reserved for a later version."
    E0305 "A type expression does not parse."
    E0306 "A declaration names something that is not in the document."
    E0307 "A value of mcp.toml is out of its range or form."
    E0308 "A default breaks the rules of its own argument."
    E0309 "A model or an enum cannot be as it is declared."
    // Names.
    E0401 "Two operations have the same operationId."
    E0402 "Two components would have the same name."
    E0403 "A name cannot be used by clients."
    E0404 "The name lock cannot be read or does not fit."
    E0405 "Two things would have the same environment variable."
    // Output.
    E0501 "The output cannot be written."
    E0502 "The output folder holds files that were not generated."
}
