//! Which module a tool is in: one for each first tag in the order of the document's tags, then
//! `operations` for what has none, then `declared`.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::docs::markdown;
use super::hash;
use super::names::rust;
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

/// A module before it has a name: its document and its tag.
type Group = (Option<usize>, Option<String>);

/// Groups tools into modules. `constants`: names of constants that all modules import.
pub(super) fn plan(
    declaration: &Declaration,
    tools: Vec<Placed>,
    constants: &BTreeSet<String>,
) -> Vec<Module> {
    let mut groups: IndexMap<Group, Vec<Placed>> = IndexMap::new();
    for (index, document) in declaration.documents.iter().enumerate() {
        for tag in &document.api.tags {
            groups.insert((Some(index), Some(tag.name.clone())), Vec::new());
        }
    }
    for tool in tools {
        groups.entry((tool.document, tool.tag.clone())).or_default().push(tool);
    }
    groups.retain(|_, tools| !tools.is_empty());
    // Stable: tags stay in their order, then comes what has none, then what is declared.
    let rank = |(document, tag): &Group| (document.is_none(), tag.is_none(), *document);
    groups.sort_by(|left, _, right, _| rank(left).cmp(&rank(right)));
    let names = plan_names(declaration, &groups);
    groups
        .into_iter()
        .zip(names)
        .map(|(((document, tag), tools), name)| {
            let docs = plan_docs(declaration, document, tag.as_deref());
            plan_module(name, docs, tools, constants)
        })
        .collect()
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
        let wanted = match (document, &group.1, prefix) {
            (None, _, _) => "declared".to_owned(),
            (_, None, None) => "operations".to_owned(),
            (_, None, Some(prefix)) => rust::module(&format!("{prefix} operations")),
            (_, Some(tag), None) => rust::module(tag),
            (_, Some(tag), Some(prefix)) => rust::module(&format!("{prefix} {tag}")),
        };
        let name = if taken.contains(&wanted) {
            let tag = group.1.as_deref().unwrap_or_default();
            format!("{wanted}_{}", hash::short(&format!("{} {tag}", prefix.unwrap_or_default())))
        } else {
            wanted
        };
        taken.insert(name.clone());
        names[index] = Some(name);
    }
    names.into_iter().map(Option::unwrap_or_default).collect()
}

fn plan_docs(declaration: &Declaration, document: Option<usize>, tag: Option<&str>) -> String {
    let Some(document) = document.and_then(|index| declaration.documents.get(index)) else {
        return "Tools that are implemented by hand.".to_owned();
    };
    let Some(tag) = tag else { return "Operations without a tag.".to_owned() };
    let described = document.api.tags.iter().find(|described| described.name == tag);
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
