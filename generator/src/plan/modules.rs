//! Which module a tool is in: one for each first tag in the order of the document's tags, then
//! what has none, by its path where that is much, then `declared`.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::docs::markdown;
use super::hash;
use super::names::rust;
use super::untagged;
use super::{Argument, Declared, Module, Pattern, Target, Tool};
use crate::model::Declaration;

/// A tool with what decides its module.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) tool: Tool,
    /// The pattern of each argument.
    pub(super) patterns: Vec<Option<String>>,
    /// Index of the document; `None` for declared tools.
    pub(super) document: Option<usize>,
    /// The first tag of the operation.
    pub(super) tag: Option<String>,
    /// The module that `mcp.lock` has for it.
    pub(super) locked: Option<String>,
}

/// A module before it has a name: its document, and what its operations have in common.
type Group = (Option<usize>, Label);

/// What the operations of a module have in common.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Label {
    /// The first tag.
    Tag(String),
    /// No tag, and these words of the path.
    Path(Vec<String>),
    /// Neither.
    None,
}

/// Groups tools into modules. `constants`: names of constants that all modules import.
pub(super) fn plan(
    declaration: &Declaration,
    tools: Vec<Placed>,
    constants: &BTreeSet<String>,
) -> Vec<Module> {
    let mut groups: IndexMap<Group, Vec<Placed>> = IndexMap::new();
    for (index, document) in declaration.documents.iter().enumerate() {
        for tag in &document.api.tags {
            groups.insert((Some(index), Label::Tag(tag.name.clone())), Vec::new());
        }
    }
    let labels = labels(&tools);
    for (tool, label) in tools.into_iter().zip(labels) {
        groups.entry((tool.document, label)).or_default().push(tool);
    }
    groups.retain(|_, tools| !tools.is_empty());
    // Stable: tags stay in their order, then comes what has none, then what is declared.
    let rank = |(document, label): &Group| {
        let is_tag = matches!(label, Label::Tag(_));
        (document.is_none(), !is_tag, *document, *label == Label::None)
    };
    groups.sort_by(|left, _, right, _| rank(left).cmp(&rank(right)));
    let names = plan_names(declaration, &groups);
    groups
        .into_iter()
        .zip(names)
        .map(|(((document, label), tools), name)| {
            let docs = plan_docs(declaration, document, &label);
            plan_module(name, docs, tools, constants)
        })
        .collect()
}

/// What each tool has in common with those of its module.
fn labels(tools: &[Placed]) -> Vec<Label> {
    let mut templates: BTreeMap<Option<usize>, (Vec<usize>, Vec<&str>)> = BTreeMap::new();
    for (index, placed) in tools.iter().enumerate() {
        if let (None, Target::Operation(operation)) = (&placed.tag, &placed.tool.target) {
            let (indices, templates) = templates.entry(placed.document).or_default();
            indices.push(index);
            templates.push(&operation.template);
        }
    }
    let mut labels: Vec<Label> =
        tools.iter().map(|placed| placed.tag.clone().map_or(Label::None, Label::Tag)).collect();
    for (indices, templates) in templates.into_values() {
        for (index, words) in indices.into_iter().zip(untagged::labels(&templates)) {
            if !words.is_empty() {
                labels[index] = Label::Path(words);
            }
        }
    }
    labels
}

/// The name that most tools of a group had, else the rule's; of two that are the same, the later
/// one in the order of their tags' names gets a hash.
fn plan_names(declaration: &Declaration, groups: &IndexMap<Group, Vec<Placed>>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names: Vec<Option<String>> = groups
        .values()
        .map(|tools| {
            let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
            for locked in tools.iter().filter_map(|tool| tool.locked.as_deref()) {
                *votes.entry(locked).or_default() += 1;
            }
            let most = votes.values().max().copied()?;
            let name = votes.into_iter().find(|(_, votes)| *votes == most)?.0;
            let valid = rust::is_module(name);
            (valid && taken.insert(name.to_owned())).then(|| name.to_owned())
        })
        .collect();
    let several = declaration.documents.len() > 1;
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|index| groups.get_index(*index).map(|(group, _)| group));
    for index in order {
        let Some((group, _)) = groups.get_index(index) else { continue };
        if names[index].is_some() {
            continue;
        }
        let document = group.0.and_then(|document| declaration.documents.get(document));
        let prefix = document.map(|document| document.name.as_str()).filter(|_| several);
        let words = match &group.1 {
            Label::Tag(tag) => tag.clone(),
            Label::Path(words) => words.join(" "),
            Label::None => String::new(),
        };
        let wanted = match (document, words.as_str(), prefix) {
            (None, _, _) => "declared".to_owned(),
            (_, "", None) => "operations".to_owned(),
            (_, "", Some(prefix)) => rust::module(&format!("{prefix} operations")),
            (_, words, None) => rust::module(words),
            (_, words, Some(prefix)) => rust::module(&format!("{prefix} {words}")),
        };
        let name = if taken.contains(&wanted) {
            format!("{wanted}_{}", hash::short(&format!("{} {words}", prefix.unwrap_or_default())))
        } else {
            wanted
        };
        taken.insert(name.clone());
        names[index] = Some(name);
    }
    names.into_iter().map(Option::unwrap_or_default).collect()
}

fn plan_docs(declaration: &Declaration, document: Option<usize>, label: &Label) -> String {
    let Some(document) = document.and_then(|index| declaration.documents.get(index)) else {
        return "Tools that are implemented by hand.".to_owned();
    };
    let tag = match label {
        Label::Tag(tag) => tag,
        Label::Path(words) => {
            let words = super::docs::one_line(&words.join("/"));
            return format!("Operations without a tag whose path is about {words}.");
        }
        Label::None => return "Operations without a tag.".to_owned(),
    };
    let described = document.api.tags.iter().find(|described| described.name == *tag);
    let description = described.and_then(|tag| tag.description.as_deref()).unwrap_or_default();
    let line = format!("Operations with the tag {}.", super::docs::one_line(tag));
    let text = markdown(description);
    if text.is_empty() { line } else { format!("{line}\n\n{text}") }
}

fn plan_module(
    name: String,
    docs: String,
    placed: Vec<Placed>,
    constants: &BTreeSet<String>,
) -> Module {
    let mut taken = constants.clone();
    taken.extend(placed.iter().map(|placed| placed.tool.constant.clone()));
    let mut patterns: Vec<Pattern> = Vec::new();
    let mut tools = Vec::new();
    for mut placed in placed {
        place_patterns(&mut placed.tool.arguments, placed.patterns, &mut taken, &mut patterns);
        let wanted = format!("{} route", placed.tool.constant);
        if let Target::Handler(Declared { route: Some(route), .. }) = &mut placed.tool.target {
            route.constant = rust::unique_constant(&wanted, "ROUTE", &mut taken);
        }
        tools.push(placed.tool);
    }
    Module { name, docs, tools, patterns }
}

/// Gives arguments their patterns, each of which a module has once. `taken`: names of its constants.
pub(super) fn place_patterns(
    arguments: &mut [Argument],
    wanted: Vec<Option<String>>,
    taken: &mut BTreeSet<String>,
    patterns: &mut Vec<Pattern>,
) {
    for (argument, pattern) in arguments.iter_mut().zip(wanted) {
        let Some(text) = pattern else { continue };
        let known = patterns.iter().position(|pattern| pattern.text == text);
        argument.rules.pattern = Some(known.unwrap_or_else(|| {
            let constant = rust::unique_constant(&argument.name, "PATTERN", taken);
            patterns.push(Pattern { constant, text });
            patterns.len() - 1
        }));
    }
}
