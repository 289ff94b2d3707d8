//! The fields of a form.

/// A field of a form; `K` is what it takes.
#[derive(Clone, Debug, Default)]
pub struct Field<K> {
    label: Label,
    kind: K,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Label {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) optional: bool,
}

/// A field of any kind.
#[derive(Clone, Debug)]
pub(super) struct AnyField {
    pub(super) label: Label,
    pub(super) kind: Kind,
}

/// What a field takes.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Text(Text),
    Integer(Integer),
    Number(Number),
    Boolean(Boolean),
    Choice(Choice),
    Choices(Choices),
}

/// A text.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) format: Option<Format>,
    pub(super) default: Option<String>,
}

/// What a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// An address for mail.
    Email,
    /// A URI.
    Uri,
    /// A date, `2026-07-28`.
    Date,
    /// A date with a time and an offset from UTC, `2026-07-28T09:30:00Z`.
    DateTime,
}

impl Format {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Date => "date",
            Self::DateTime => "date-time",
        }
    }
}

/// A whole number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Integer {
    pub(super) minimum: Option<i64>,
    pub(super) maximum: Option<i64>,
    pub(super) default: Option<i64>,
}

/// A number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Number {
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) default: Option<f64>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, Default)]
pub struct Boolean {
    pub(super) default: Option<bool>,
}

/// One of several values.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub(super) options: Options,
    pub(super) default: Option<String>,
}

/// Any of several values.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    pub(super) options: Options,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) default: Option<Vec<String>>,
}

/// Values to choose from.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) values: Vec<String>,
    /// One for each value, or none.
    pub(super) titles: Vec<String>,
    /// Titles are written as `enumNames`.
    pub(super) enum_names: bool,
}

impl Options {
    fn plain<V: Into<String>>(values: impl IntoIterator<Item = V>) -> Self {
        Self { values: values.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    fn titled<V: Into<String>, T: Into<String>>(pairs: impl IntoIterator<Item = (V, T)>) -> Self {
        let pairs = pairs.into_iter().map(|(value, title)| (value.into(), title.into()));
        let (values, titles) = pairs.unzip();
        Self { values, titles, enum_names: false }
    }

    pub(super) fn has(&self, value: &str) -> bool {
        self.values.iter().any(|known| known == value)
    }

    /// The sign between values where a wire has several of them in one text.
    pub(super) fn separator(&self) -> char {
        let free = |sign: &char| !self.values.iter().any(|value| value.contains(*sign));
        [',', ';', '|'].into_iter().find(free).unwrap_or('\n')
    }
}

/// The kinds of fields.
pub trait FieldKind: sealed::IntoKind {}

impl<K: sealed::IntoKind> FieldKind for K {}

mod sealed {
    use super::{Boolean, Choice, Choices, Integer, Kind, Number, Text};

    pub trait IntoKind {
        #[expect(private_interfaces, reason = "the trait is sealed")]
        fn into_kind(self) -> Kind;
    }

    macro_rules! kinds {
        ($($kind:ident)*) => {$(
            impl IntoKind for $kind {
                #[expect(private_interfaces, reason = "the trait is sealed")]
                fn into_kind(self) -> Kind {
                    Kind::$kind(self)
                }
            }
        )*};
    }

    kinds!(Text Integer Number Boolean Choice Choices);
}

impl<K: FieldKind> Field<K> {
    /// What the client shows instead of the name.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.label.title = title.into();
        self
    }

    /// What the user should know about it.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.label.description = description.into();
        self
    }

    /// The user may leave it out.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.label.optional = true;
        self
    }

    const fn new(kind: K) -> Self {
        let label = Label { title: String::new(), description: String::new(), optional: false };
        Self { label, kind }
    }

    pub(super) fn erase(self) -> AnyField {
        AnyField { label: self.label, kind: self.kind.into_kind() }
    }
}

impl Field<Text> {
    /// A text.
    #[must_use]
    pub fn text() -> Self {
        Self::new(Text::default())
    }

    /// The least number of characters.
    #[must_use]
    pub const fn min_length(mut self, length: u64) -> Self {
        self.kind.min_length = Some(length);
        self
    }

    /// The greatest number of characters.
    #[must_use]
    pub const fn max_length(mut self, length: u64) -> Self {
        self.kind.max_length = Some(length);
        self
    }

    /// What the text is.
    #[must_use]
    pub const fn format(mut self, format: Format) -> Self {
        self.kind.format = Some(format);
        self
    }

    /// The text when the user leaves it out.
    #[must_use]
    pub fn default(mut self, default: impl Into<String>) -> Self {
        self.kind.default = Some(default.into());
        self
    }
}

impl Field<Integer> {
    /// A whole number.
    #[must_use]
    pub fn integer() -> Self {
        Self::new(Integer::default())
    }

    /// The least number.
    #[must_use]
    pub const fn minimum(mut self, minimum: i64) -> Self {
        self.kind.minimum = Some(minimum);
        self
    }

    /// The greatest number.
    #[must_use]
    pub const fn maximum(mut self, maximum: i64) -> Self {
        self.kind.maximum = Some(maximum);
        self
    }

    /// The number when the user leaves it out.
    #[must_use]
    pub const fn default(mut self, default: i64) -> Self {
        self.kind.default = Some(default);
        self
    }
}

impl Field<Number> {
    /// A number.
    #[must_use]
    pub fn number() -> Self {
        Self::new(Number::default())
    }

    /// The least number.
    #[must_use]
    pub const fn minimum(mut self, minimum: f64) -> Self {
        self.kind.minimum = Some(minimum);
        self
    }

    /// The greatest number.
    #[must_use]
    pub const fn maximum(mut self, maximum: f64) -> Self {
        self.kind.maximum = Some(maximum);
        self
    }

    /// The number when the user leaves it out.
    #[must_use]
    pub const fn default(mut self, default: f64) -> Self {
        self.kind.default = Some(default);
        self
    }
}

impl Field<Boolean> {
    /// Yes or no.
    #[must_use]
    pub fn boolean() -> Self {
        Self::new(Boolean::default())
    }

    /// The answer when the user leaves it out.
    #[must_use]
    pub const fn default(mut self, default: bool) -> Self {
        self.kind.default = Some(default);
        self
    }
}

impl Field<Choice> {
    /// One of these values.
    #[must_use]
    pub fn choice<V: Into<String>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::new(Choice { options: Options::plain(values), default: None })
    }

    /// One of these values, each with the title that the user reads.
    #[must_use]
    pub fn titled_choice<V: Into<String>, T: Into<String>>(
        pairs: impl IntoIterator<Item = (V, T)>,
    ) -> Self {
        Self::new(Choice { options: Options::titled(pairs), default: None })
    }

    /// Writes the titles as `enumNames`, the form that 2025-06-18 had for them, on every wire.
    #[must_use]
    pub const fn enum_names(mut self) -> Self {
        self.kind.options.enum_names = true;
        self
    }

    /// The value when the user leaves it out.
    #[must_use]
    pub fn default(mut self, default: impl Into<String>) -> Self {
        self.kind.default = Some(default.into());
        self
    }
}

impl Field<Choices> {
    /// Any of these values.
    #[must_use]
    pub fn choices<V: Into<String>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::new(Choices { options: Options::plain(values), ..Choices::default() })
    }

    /// Any of these values, each with the title that the user reads.
    #[must_use]
    pub fn titled_choices<V: Into<String>, T: Into<String>>(
        pairs: impl IntoIterator<Item = (V, T)>,
    ) -> Self {
        Self::new(Choices { options: Options::titled(pairs), ..Choices::default() })
    }

    /// The least number of values.
    #[must_use]
    pub const fn min_items(mut self, items: u64) -> Self {
        self.kind.min_items = Some(items);
        self
    }

    /// The greatest number of values.
    #[must_use]
    pub const fn max_items(mut self, items: u64) -> Self {
        self.kind.max_items = Some(items);
        self
    }

    /// The values when the user leaves it out.
    #[must_use]
    pub fn default<V: Into<String>>(mut self, default: impl IntoIterator<Item = V>) -> Self {
        self.kind.default = Some(default.into_iter().map(Into::into).collect());
        self
    }
}
