//! Contents that need no handler: messages of declared prompts, and operations read as resources.

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value};

use crate::arguments::Values;
use crate::declaration::{Message, Prompt};
use crate::result::{Content, HandlerError, PromptMessage, PromptResult};
#[cfg(feature = "upstream")]
use crate::result::{ResourceContents, ResourceResult, ToolResult};

/// The messages of a declared prompt with these arguments.
pub(super) fn messages(
    prompt: &Prompt,
    messages: &[Message],
    values: &Values<'_>,
) -> Result<PromptResult, HandlerError> {
    let arguments: Map<String, Value> = prompt
        .arguments
        .iter()
        .enumerate()
        .map(|(index, argument)| {
            let value = values.get(index).and_then(|text| serde_json::from_str(text).ok());
            (argument.name.to_owned(), value.unwrap_or_default())
        })
        .collect();
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let render = |message: &Message| {
        let text = environment.render_str(message.text, Serde(&arguments)).map_err(|error| {
            HandlerError::internal("the messages cannot be rendered").with_source(error)
        })?;
        Ok(PromptMessage { role: message.role, content: Content::Text(text) })
    };
    let messages: Result<Vec<_>, HandlerError> = messages.iter().map(render).collect();
    Ok(PromptResult::new(messages?))
}

/// The result of an operation as the contents of a resource; `media_type`: what the upstream says of
/// texts.
#[cfg(feature = "upstream")]
pub(super) fn contents(
    result: ToolResult,
    media_type: &str,
) -> Result<ResourceResult, HandlerError> {
    if result.is_error && result.texts().is_empty() {
        return Err(HandlerError::public("the upstream failed"));
    }
    // The texts are what the upstream has sent, which structured content repeats.
    let mut read = ResourceResult::try_from(ToolResult { structured: None, ..result })?;
    for content in &mut read.contents {
        let is_text = matches!(content.contents, ResourceContents::Text(_));
        if is_text && content.mime_type.is_empty() {
            media_type.clone_into(&mut content.mime_type);
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::messages;
    use crate::arguments::{self, Mode};
    use crate::declaration::{Message, Prompt, Role};
    use crate::operation::{Argument, Kind};
    use crate::result::Content;

    static PROMPT: Prompt = Prompt {
        name: "p",
        arguments: &[Argument::value("city", Kind::Text), Argument::value("tags", Kind::Texts)],
        ..Prompt::DEFAULT
    };

    #[test]
    fn arguments_are_variables_of_the_template() {
        let text = "{{ city }}: {% for tag in tags %}{{ tag }};{% endfor %} {{ tags | tojson }}";
        let declared = [Message { role: Role::Assistant, text }];
        let values = arguments::parse(
            PROMPT.arguments,
            Some(r#"{"city":"<Bath>","tags":["a","b"]}"#),
            Mode::default(),
        )
        .expect("the arguments fit");
        let result = messages(&PROMPT, &declared, &values).expect("the template renders");
        let [message] = &*result.messages else { panic!("one message") };
        assert_eq!(message.content, Content::text("<Bath>: a;b; [\"a\", \"b\"]"));
        assert_eq!(message.role, Role::Assistant);
    }
}
