//! Names for all tools of a server together: those chosen by hand, those of `mcp.lock`, those of
//! the rule, in this order; and what happens where two would be the same.

use std::collections::{BTreeMap, BTreeSet};

use super::lock::{Entry, Key, Lock};
use super::names::rust;
use super::names::tool::{self, LIMIT};
use super::select::Selected;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Declaration, DeclaredTool, NameRule};
use crate::source::Span;

/// The names of a forwarded operation.
#[derive(Clone, Debug)]
pub(super) struct Names<'l> {
    /// Without the namespace.
    pub(super) local: String,
    /// With the namespace.
    pub(super) tool: String,
    /// What chose it, as `mcp.lock` says it.
    pub(super) rule: &'static str,
    /// Rust name in snake case.
    pub(super) rust: String,
    /// What `mcp.lock` has for the operation.
    pub(super) entry: Option<&'l Entry>,
}

/// The names of everything.
#[derive(Clone, Debug)]
pub(super) struct Allocated<'l> {
    /// In the order of the operations.
    pub(super) operations: Vec<Names<'l>>,
    /// Rust names of the declared tools, in their order.
    pub(super) declared: Vec<String>,
}

/// Names all operations and declared tools.
pub(super) fn allocate<'l>(
    declaration: &Declaration,
    selected: &[Selected<'_>],
    declared: &[&DeclaredTool],
    lock: &'l Lock,
    diagnostics: &mut Diagnostics,
) -> Allocated<'l> {
    let keys: Vec<Key<'_>> = selected.iter().map(|one| key(declaration, one)).collect();
    let entries = lock.matches(&keys);
    let mut work = Work::new(declaration, (selected, declared), entries, lock, diagnostics);
    work.fix_chosen_and_locked();
    work.find_repeated_ids();
    work.name_by_rule();
    work.report_clashes();
    let Work { names, entries, .. } = work;
    let names: Vec<(String, &'static str)> =
        names.into_iter().map(Option::unwrap_or_default).collect();
    let full: Vec<String> = selected
        .iter()
        .zip(&names)
        .map(|(one, (local, _))| format!("{}{local}", prefix(declaration, one)))
        .collect();
    let mut wanted: Vec<(String, Option<String>)> = full
        .iter()
        .zip(&names)
        .zip(&entries)
        .map(|((full, (local, _)), entry)| {
            let same = entry.filter(|entry| entry.tool == *local);
            (full.clone(), same.map(|entry| entry.rust.clone()))
        })
        .collect();
    wanted.extend(declared.iter().map(|tool| (tool.name.clone(), None)));
    let mut rust = rust::tools(&wanted);
    let declared_rust = rust.split_off(selected.len());
    let operations = names
        .into_iter()
        .zip(full)
        .zip(rust)
        .zip(entries)
        .map(|((((local, rule), tool), rust), entry)| Names { local, tool, rule, rust, entry })
        .collect();
    Allocated { operations, declared: declared_rust }
}

/// What identifies an operation in `mcp.lock`.
pub(super) fn key<'d>(declaration: &'d Declaration, selected: &Selected<'d>) -> Key<'d> {
    let operation = selected.operation;
    Key {
        document: &declaration.documents[selected.document].name,
        method: &operation.method,
        path: &operation.path,
        id: operation.operation_id.as_ref().map_or("", |(id, _)| id),
    }
}

fn prefix(declaration: &Declaration, selected: &Selected<'_>) -> String {
    tool::prefix(declaration.documents[selected.document].settings.namespace.as_deref())
}

fn place(selected: &Selected<'_>) -> Span {
    let operation = selected.operation;
    operation.operation_id.as_ref().map_or(operation.span, |(_, span)| *span)
}

/// What an operation is called in messages and hashes.
fn route(selected: &Selected<'_>) -> String {
    format!("{} {}", selected.operation.method, selected.operation.path)
}

/// A local name and what chose it.
type Chosen = (String, &'static str);

struct Work<'w, 'd, 'l> {
    declaration: &'w Declaration,
    selected: &'w [Selected<'d>],
    declared: &'w [&'d DeclaredTool],
    entries: Vec<Option<&'l Entry>>,
    lock: &'l Lock,
    diagnostics: &'w mut Diagnostics,
    names: Vec<Option<Chosen>>,
    /// Operations whose id another one before them has.
    repeated: Vec<bool>,
    /// Full names that are given away.
    taken: BTreeSet<String>,
}

impl<'w, 'd, 'l> Work<'w, 'd, 'l> {
    fn new(
        declaration: &'w Declaration,
        (selected, declared): (&'w [Selected<'d>], &'w [&'d DeclaredTool]),
        entries: Vec<Option<&'l Entry>>,
        lock: &'l Lock,
        diagnostics: &'w mut Diagnostics,
    ) -> Self {
        Self {
            declaration,
            selected,
            declared,
            entries,
            lock,
            diagnostics,
            names: vec![None; selected.len()],
            repeated: vec![false; selected.len()],
            taken: declared.iter().map(|tool| tool.name.clone()).collect(),
        }
    }

    fn full(&self, index: usize, local: &str) -> String {
        format!("{}{local}", prefix(self.declaration, &self.selected[index]))
    }

    fn limit(&self, index: usize) -> usize {
        let prefix = prefix(self.declaration, &self.selected[index]);
        // A namespace that leaves no room is refused when mcp.toml is read.
        LIMIT.saturating_sub(prefix.len()).max(16)
    }

    fn fix_chosen_and_locked(&mut self) {
        for index in 0..self.selected.len() {
            let one = &self.selected[index];
            let chosen = one.explicit.clone().or_else(|| {
                let entry = self.entries[index]?;
                let rule = rule_word(one.rule);
                let fits = entry.rule == rule && tool::is_accepted(&self.full(index, &entry.tool));
                fits.then(|| (entry.tool.clone(), rule))
            });
            let Some((local, rule)) = chosen else { continue };
            let full = self.full(index, &local);
            if !tool::is_accepted(&full) {
                let message = format!("`{full}` cannot be the name of a tool");
                self.diagnostics.push(
                    Diagnostic::error(Code::E0403, message)
                        .at(place(one), "the operation that it is given to")
                        .pointer(one.operation.pointer.clone())
                        .help("use at most 64 letters, digits and `_`, `-`, `.`, the namespace included"),
                );
            }
            self.taken.insert(full);
            self.names[index] = Some((local, rule));
        }
    }

    fn find_repeated_ids(&mut self) {
        let mut first: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        for (index, one) in self.selected.iter().enumerate() {
            let Some((id, _)) = &one.operation.operation_id else { continue };
            let Some(first) = first.get(&(one.document, id.as_str())).copied() else {
                first.insert((one.document, id), index);
                continue;
            };
            self.repeated[index] = true;
            let message = format!("two operations have the operationId `{id}`");
            self.diagnostics.push(
                Diagnostic::warning(Code::E0401, message)
                    .at(place(one), "second one, named by method and path")
                    .also(place(&self.selected[first]), "first one")
                    .pointer(one.operation.pointer.clone())
                    .help(format!(
                        "give each its own id, or name the tool: [openapi.{}.tools] \"{}\" = \"…\"",
                        self.declaration.documents[one.document].name,
                        route(one)
                    )),
            );
        }
    }

    /// Names that nobody chose.
    fn name_by_rule(&mut self) {
        let free: Vec<usize> =
            (0..self.selected.len()).filter(|index| self.names[*index].is_none()).collect();
        let reserved = self.removed_names();
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in &free {
            let one = &self.selected[*index];
            if one.rule == NameRule::Fastmcp {
                self.name_as_fastmcp(*index);
                continue;
            }
            let base = if self.repeated[*index] {
                tool::from_path(one.operation)
            } else {
                tool::base(one.rule, one.operation)
            };
            let local = tool::cut(&base, self.limit(*index), &route(one));
            groups.entry(self.full(*index, &local)).or_default().push(*index);
            self.names[*index] = Some((local, ""));
        }
        for (full, members) in groups {
            let held = self.taken.contains(&full) || reserved.contains(&full);
            if members.len() > 1 || held {
                self.tell_apart(&members, held);
            }
        }
        self.hash_what_is_left(&free);
    }

    /// Names of operations that are gone: a client may still know them as something else.
    fn removed_names(&self) -> BTreeSet<String> {
        let matched: BTreeSet<*const Entry> =
            self.entries.iter().flatten().map(|entry| std::ptr::from_ref(*entry)).collect();
        let namespace = |name: &str| {
            let document = self.declaration.documents.iter().find(|document| document.name == name);
            tool::prefix(document.and_then(|document| document.settings.namespace.as_deref()))
        };
        let gone = self.lock.operations.iter();
        gone.filter(|entry| !matched.contains(&std::ptr::from_ref(*entry)))
            .map(|entry| format!("{}{}", namespace(&entry.document), entry.tool))
            .collect()
    }

    /// Operations without a usable id get a hash, cleaned `FastAPI` ids their tag, and ids that
    /// are the same once mapped are left to [`Self::report_clashes`].
    fn tell_apart(&mut self, members: &[usize], held: bool) {
        let with_id = |index: &usize| {
            self.selected[*index].operation.operation_id.is_some() && !self.repeated[*index]
        };
        let fastapi = |index: &usize| tool::is_fastapi(self.selected[*index].operation);
        let plain: Vec<usize> =
            members.iter().copied().filter(|index| with_id(index) && !fastapi(index)).collect();
        let cleaned: Vec<usize> =
            members.iter().copied().filter(|index| with_id(index) && fastapi(index)).collect();
        let by_path: Vec<usize> = members.iter().copied().filter(|index| !with_id(index)).collect();
        let alone = !held && plain.is_empty() && cleaned.len() == 1;
        for index in cleaned.iter().filter(|_| !alone) {
            let one = &self.selected[*index];
            let name = tool::base(one.rule, one.operation);
            let qualified = match one.operation.tags.first() {
                Some(tag) => format!("{}_{name}", rust::snake(tag, "tag")),
                None => tool::mapped(key(self.declaration, one).id),
            };
            let local = tool::cut(&tool::mapped(&qualified), self.limit(*index), &route(one));
            self.names[*index] = Some((local, ""));
        }
        for index in by_path {
            self.add_hash(index);
        }
        // A removed operation gives no reason to stop: the newcomer yields.
        if let ([index], true) = (plain.as_slice(), held) {
            let full = self.names[*index].as_ref().map(|(local, _)| self.full(*index, local));
            if full.is_some_and(|full| !self.taken.contains(&full)) {
                self.add_hash(*index);
            }
        }
    }

    fn add_hash(&mut self, index: usize) {
        let limit = self.limit(index);
        let route = route(&self.selected[index]);
        if let Some((local, _)) = &mut self.names[index] {
            *local = tool::with_hash(local, limit, &route);
        }
    }

    /// What is still the same after that, ids that clash apart, gets a hash.
    fn hash_what_is_left(&mut self, free: &[usize]) {
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for index in 0..self.selected.len() {
            if let Some((local, _)) = &self.names[index] {
                *uses.entry(self.full(index, local)).or_default() += 1;
            }
        }
        for index in free {
            let one = &self.selected[*index];
            let plain = one.operation.operation_id.is_some()
                && !self.repeated[*index]
                && !tool::is_fastapi(one.operation);
            let Some((local, _)) = &self.names[*index] else { continue };
            if !plain && uses.get(&self.full(*index, local)).is_some_and(|uses| *uses > 1) {
                self.add_hash(*index);
            }
        }
    }

    /// `FastMCP` numbers names that are taken, in the order of the document.
    fn name_as_fastmcp(&mut self, index: usize) {
        let one = &self.selected[index];
        let base = tool::base(one.rule, one.operation);
        let base = tool::cut(&base, self.limit(index), &route(one));
        let mut local = base.clone();
        let mut number = 2;
        while !self.taken.insert(self.full(index, &local)) {
            local = format!("{base}_{number}");
            number += 1;
        }
        self.names[index] = Some((local, rule_word(NameRule::Fastmcp)));
    }

    fn report_clashes(&mut self) {
        let mut seen: BTreeMap<String, (Span, Option<String>)> = BTreeMap::new();
        for tool in self.declared {
            if let Some((first, _)) = seen.insert(tool.name.clone(), (tool.span, None)) {
                let message = format!("two tools are called `{}`", tool.name);
                self.diagnostics.push(
                    Diagnostic::error(Code::E0402, message)
                        .at(tool.span, "second one")
                        .also(first, "first one")
                        .help("give one of them another name"),
                );
            }
        }
        for index in 0..self.selected.len() {
            let Some((local, _)) = self.names[index].clone() else { continue };
            let full = self.full(index, &local);
            let one = &self.selected[index];
            let pointer = one.operation.pointer.clone();
            let before = seen.insert(full.clone(), (place(one), Some(pointer.clone())));
            let Some((first, first_pointer)) = before else { continue };
            let first_text = first_pointer.map_or_else(
                || "first one, declared".to_owned(),
                |at| format!("first one, at #{at}"),
            );
            let what = key(self.declaration, one).id;
            let what = if what.is_empty() { route(one) } else { what.to_owned() };
            let message = format!("two components would both become the tool `{full}`");
            self.diagnostics.push(
                Diagnostic::error(Code::E0402, message)
                    .at(place(one), format!("second one, at #{pointer}"))
                    .also(first, first_text)
                    .pointer(pointer)
                    .help(format!(
                        "name one of them in mcp.toml: [openapi.{}.tools] \"{what}\" = \"{local}_2\"",
                        self.declaration.documents[one.document].name
                    )),
            );
        }
    }
}

/// How `mcp.lock` says which rule made a name.
const fn rule_word(rule: NameRule) -> &'static str {
    match rule {
        NameRule::Mcpwright => "",
        NameRule::Fastmcp => "fastmcp",
    }
}
