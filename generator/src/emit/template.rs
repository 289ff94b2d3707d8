//! The text files that are not Rust: templates of this crate, rendered with prepared values.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

/// `template` with these values, which are escaped for their place already.
///
/// # Panics
///
/// Panics when the template is wrong or asks for a value that is not there: a mistake of this
/// crate that no input leads to.
pub(super) fn render(name: &str, template: &str, values: Value) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let text = environment.render_named_str(name, template, values);
    let mut text = text.expect("the templates of this crate are complete");
    text.push('\n');
    text
}
