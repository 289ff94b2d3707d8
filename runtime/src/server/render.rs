//! Contents that need no handler: messages of declared prompts, and operations read as resources.

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value};

use crate::arguments::Values;
use crate::declaration::{Message, Prompt};
use crate::result::{Content, HandlerError, PromptMessage, PromptResult};
#[cfg(feature = "upstream")]
use crate::result::{ResourceContent, ResourceContents, ResourceResult, ToolResult};

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

#[cfg(feature = "upstream")]
/// The result of an operation as the contents of a resource; `media_type`: what the upstream says of
/// texts.
pub(super) fn contents(
    result: ToolResult,
    media_type: &str,
) -> Result<ResourceResult, HandlerError> {
    if result.is_error {
        let text = result.content.into_iter().find_map(|content| match content {
            Content::Text(text) => Some(text),
            _ => None,
        });
        return Err(HandlerError::public(text.unwrap_or_else(|| "the upstream failed".to_owned())));
    }
    let contents = result.content.into_iter().map(|content| match content {
        Content::Text(text) => ResourceContent::text(text).with_mime_type(media_type),
        Content::Image { data, mime_type } | Content::Audio { data, mime_type } => {
            blob(data).with_mime_type(mime_type)
        }
        Content::Resource { mime_type, contents, .. } => {
            let content = ResourceContent { contents, ..ResourceContent::text("") };
            content.with_mime_type(mime_type)
        }
        Content::Link(link) => ResourceContent::text(link.uri),
        Content::Annotated { content, .. } => match *content {
            Content::Text(text) => ResourceContent::text(text),
            _ => ResourceContent::text(""),
        },
    });
    Ok(ResourceResult { contents: contents.collect(), meta: result.meta })
}

#[cfg(feature = "upstream")]
fn blob(data: String) -> ResourceContent {
    ResourceContent { contents: ResourceContents::Blob(data), ..ResourceContent::text("") }
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
        let text = "{{ city }}: {% for tag in tags %}{{ tag }};{% endfor %}";
        let declared = [Message { role: Role::Assistant, text }];
        let values = arguments::parse(
            PROMPT.arguments,
            Some(r#"{"city":"<Bath>","tags":["a","b"]}"#),
            Mode::default(),
        )
        .expect("the arguments fit");
        let result = messages(&PROMPT, &declared, &values).expect("the template renders");
        let [message] = &*result.messages else { panic!("one message") };
        assert_eq!(message.content, Content::text("<Bath>: a;b;"));
        assert_eq!(message.role, Role::Assistant);
    }
}
