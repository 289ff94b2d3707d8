//! What declared components are called in Rust: the name that their constant and their types are made
//! of, and their methods of `Handlers`. What `mcp.lock` has for them stays, whatever comes beside it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::lock::{ComponentEntry, ComponentKey, Lock};
use super::names::rust::{self, Methods};
use super::select::{declared_tools, is_selected};
use crate::model::{
    About, Complete, Declaration, DeclaredArgument, DeclaredPrompt, DeclaredResource, DeclaredTool,
    ResourceSource,
};

/// The words for kinds in `mcp.lock`, which are those of `mcp.toml`.
const TOOL: &str = "tool";
const RESOURCE: &str = "resource";
const PROMPT: &str = "prompt";

/// What a declared component is called.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// Its name in snake case.
    pub(super) rust: String,
    /// The method that answers it; empty: nothing of it is written by hand.
    pub(super) method: String,
    /// The method that completes its arguments; empty: none does.
    pub(super) completion: String,
    /// Which version it is, where the declaration has several.
    pub(super) version: Option<String>,
}

impl Named {
    /// Says in its documentation which version it is, where the declaration has several.
    pub(super) fn add_version(&self, docs: &mut String) {
        if let Some(version) = &self.version {
            docs.push_str(&format!("\n\nVersion `{}`.", version.replace('`', "'")));
        }
    }
}

/// The names of all declared components, each list in the order of the declaration.
#[derive(Debug, Default)]
pub(super) struct DeclaredNames {
    pub(super) tools: Vec<Named>,
    pub(super) resources: Vec<Named>,
    pub(super) prompts: Vec<Named>,
    /// What `mcp.lock` has to keep.
    pub(super) entries: Vec<ComponentEntry>,
}

/// The declared components of a server, which have no names yet.
#[derive(Debug)]
pub(super) struct Nameless<'d, 'l> {
    pub(super) tools: Vec<&'d DeclaredTool>,
    pub(super) resources: Vec<&'d DeclaredResource>,
    pub(super) prompts: Vec<&'d DeclaredPrompt>,
    /// All of them, in this order.
    wanted: Vec<Wanted<'d, 'l>>,
}

/// What the names of a component depend on.
#[derive(Debug)]
struct Wanted<'d, 'l> {
    kind: &'static str,
    about: &'d About,
    /// What tells it from others of its kind: its name, or its URI.
    id: &'d str,
    /// What it is called after.
    called: Cow<'d, str>,
    has_method: bool,
    has_completion: bool,
    /// Whether there are several versions.
    is_version: bool,
    entry: Option<&'l ComponentEntry>,
}

impl<'d> Wanted<'d, '_> {
    fn new(
        (kind, about, id): (&'static str, &'d About, &'d str),
        has_method: bool,
        arguments: &[DeclaredArgument],
    ) -> Self {
        let is_handled = |it: &DeclaredArgument| matches!(it.complete, Some(Complete::Handler));
        let has_completion = kind != TOOL && arguments.iter().any(is_handled);
        let called = Cow::Borrowed(about.name.as_str());
        Self { kind, about, id, called, has_method, has_completion, is_version: false, entry: None }
    }

    fn key(&self) -> ComponentKey<'d> {
        let version = self.about.version.as_deref().unwrap_or_default();
        ComponentKey { kind: self.kind, id: self.id, version }
    }

    /// What its name is made of: of one of several versions, `forecast` and `2.0`.
    fn text(&self) -> String {
        let name = &self.called;
        match self.about.version.as_deref().filter(|_| self.is_version) {
            Some(version) if version.starts_with(|it: char| it.is_ascii_digit()) => {
                format!("{name} v{version}")
            }
            Some(version) => format!("{name} {version}"),
            None => name.to_string(),
        }
    }

    fn locked(&self) -> Option<&str> {
        self.entry.map(|entry| entry.rust.as_str())
    }

    /// Its methods in the order in which they are named: what has it, what it would be called, what
    /// `mcp.lock` calls it.
    fn methods(&self, rust: &str) -> [Option<(String, Option<&str>)>; 2] {
        let (method, completion) = match self.entry {
            Some(entry) => (Some(entry.method.as_str()), Some(entry.completion.as_str())),
            None => (None, None),
        };
        [
            self.has_method.then(|| (rust.to_owned(), method)),
            self.has_completion.then(|| (format!("complete_{rust}"), completion)),
        ]
    }
}

impl<'d, 'l> Nameless<'d, 'l> {
    /// Those that the tags of the server let through.
    pub(super) fn new(declaration: &'d Declaration, lock: &'l Lock) -> Self {
        let tools = declared_tools(declaration);
        let resources = declaration.resources.iter();
        let resources: Vec<&DeclaredResource> =
            resources.filter(|it| is_selected(declaration, &it.about)).collect();
        let prompts = declaration.prompts.iter();
        let prompts: Vec<&DeclaredPrompt> =
            prompts.filter(|it| is_selected(declaration, &it.about)).collect();
        let of_tools = tools.iter().map(|it| {
            let about = &it.about;
            Wanted::new((TOOL, about, &about.name), true, &it.arguments)
        });
        let of_resources = resources.iter().map(|it| {
            let has_method = it.source == ResourceSource::Handler;
            let wanted = Wanted::new((RESOURCE, &it.about, &it.uri), has_method, &it.arguments);
            Wanted { called: resource_name(it, &resources), ..wanted }
        });
        let of_prompts = prompts.iter().map(|it| {
            let about = &it.about;
            Wanted::new((PROMPT, about, &about.name), it.messages.is_none(), &it.arguments)
        });
        let mut wanted: Vec<Wanted<'_, '_>> =
            of_tools.chain(of_resources).chain(of_prompts).collect();
        let keys: Vec<ComponentKey<'_>> = wanted.iter().map(Wanted::key).collect();
        let mut versions: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for key in &keys {
            *versions.entry((key.kind, key.id)).or_default() += 1;
        }
        for (one, (key, entry)) in wanted.iter_mut().zip(keys.iter().zip(lock.components(&keys))) {
            one.is_version = versions.get(&(key.kind, key.id)).is_some_and(|count| *count > 1);
            one.entry = entry;
        }
        Self { tools, resources, prompts, wanted }
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &Wanted<'d, 'l>> {
        self.wanted.iter().filter(move |it| it.kind == kind)
    }

    /// What the names of tools are made of, and the names that they had.
    pub(super) fn tool_names(&self) -> impl Iterator<Item = (String, Option<String>)> {
        self.of_kind(TOOL).map(|it| (it.text(), it.locked().map(str::to_owned)))
    }

    /// The constants that resources had: what their module imports is called otherwise.
    pub(super) fn held_constants(&self) -> impl Iterator<Item = String> {
        self.of_kind(RESOURCE).filter_map(Wanted::locked).map(rust::constant)
    }

    /// Names all of them. `tools`: the Rust names of the tools, which operations have a part in;
    /// `imported`: the constants that the module of resources imports.
    pub(super) fn name(
        &self,
        tools: &[String],
        imported: &BTreeSet<String>,
        declaration: &Declaration,
    ) -> DeclaredNames {
        let rust_names = |kind, imported: &BTreeSet<String>| {
            let wanted: Vec<_> = self.of_kind(kind).collect();
            let texts: Vec<String> = wanted.iter().map(|it| it.text()).collect();
            let ids = wanted.iter().map(|it| match it.is_version {
                true => format!("{} {}", it.id, it.text()),
                false => it.id.to_owned(),
            });
            let ids: Vec<String> = ids.collect();
            let items = wanted.iter().zip(texts.iter().zip(&ids));
            let items: Vec<_> = items
                .map(|(it, (name, id))| rust::Component { name, id, locked: it.locked() })
                .collect();
            rust::components(&items, kind, imported)
        };
        let mut rust = tools.to_vec();
        rust.extend(rust_names(RESOURCE, imported));
        rust.extend(rust_names(PROMPT, &BTreeSet::new()));
        let mut named = self.with_methods(rust, declaration);
        let entries = self.wanted.iter().zip(&named).map(|(it, named)| it.keep(named)).collect();
        let prompts = named.split_off(self.tools.len() + self.resources.len());
        let resources = named.split_off(self.tools.len());
        DeclaredNames { tools: named, resources, prompts, entries }
    }

    /// Methods that were given stay. Of what is new, tools are named before resources, and these before
    /// prompts.
    fn with_methods(&self, rust: Vec<String>, declaration: &Declaration) -> Vec<Named> {
        let mut methods = Methods::new(declaration.lifespan.is_some());
        let demands: Vec<_> =
            self.wanted.iter().zip(&rust).map(|(it, rust)| it.methods(rust)).collect();
        let mut given: Vec<[Option<String>; 2]> = demands
            .iter()
            .map(|demands| {
                demands.each_ref().map(|demand| {
                    let (_, locked) = demand.as_ref()?;
                    locked.filter(|locked| methods.keep(locked)).map(str::to_owned)
                })
            })
            .collect();
        for ((it, demands), given) in self.wanted.iter().zip(&demands).zip(&mut given) {
            for (demand, given) in demands.iter().zip(given) {
                if let (Some((wanted, _)), None) = (demand, &given) {
                    *given = Some(methods.take(wanted, it.kind));
                }
            }
        }
        let named = |((it, rust), given): ((&Wanted<'_, '_>, String), [Option<String>; 2])| {
            let [method, completion] = given.map(Option::unwrap_or_default);
            let version = it.about.version.clone().filter(|_| it.is_version);
            Named { rust, method, completion, version }
        };
        self.wanted.iter().zip(rust).zip(given).map(named).collect()
    }
}

/// What a resource is called after: its name, or the words of its URI where another one has the name
/// too.
fn resource_name<'d>(resource: &'d DeclaredResource, all: &[&DeclaredResource]) -> Cow<'d, str> {
    let name = &resource.about.name;
    if !all.iter().any(|it| it.about.name == *name && it.uri != resource.uri) {
        return Cow::Borrowed(name);
    }
    let words = resource.uri.split(|it: char| !it.is_ascii_alphanumeric());
    Cow::Owned(words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_"))
}

impl Wanted<'_, '_> {
    /// What `mcp.lock` has to keep of its names.
    fn keep(&self, named: &Named) -> ComponentEntry {
        let ComponentKey { kind, id, version } = self.key();
        ComponentEntry {
            kind: kind.to_owned(),
            id: id.to_owned(),
            version: version.to_owned(),
            rust: named.rust.clone(),
            method: named.method.clone(),
            completion: named.completion.clone(),
        }
    }
}
