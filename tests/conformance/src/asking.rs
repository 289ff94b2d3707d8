//! The forms and questions that several handlers share.

use mcpwright::elicitation::{Elicited, Field, Form};
use mcpwright::sampling::Sampling;
use mcpwright::{Context, ToolError};

/// A form with one text.
pub(crate) fn text(name: &str) -> Form {
    Form::new().field(name, Field::text())
}

/// A form with one box to tick.
pub(crate) fn tick(name: &str) -> Form {
    Form::new().field(name, Field::boolean())
}

/// A question to the client's model.
pub(crate) fn question(text: &str, max_tokens: u32) -> Sampling {
    Sampling::new(max_tokens).user(text)
}

/// Asks for one text; what the user did instead of filling it in, where that is so.
pub(crate) async fn ask_text(
    context: &Context,
    key: &str,
    message: &str,
    name: &str,
) -> Result<String, ToolError> {
    let elicited = context.elicit(key, message, text(name)).await?;
    let Elicited::Accepted(content) = elicited else {
        return Err(ToolError::public(format!("the user gave no {name}")));
    };
    let value = content.get(name).and_then(|value| value.as_str());
    Ok(value.unwrap_or_default().to_owned())
}
