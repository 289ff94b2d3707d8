//! Names for all tools of a server together: those chosen by hand, those of `mcp.lock`, those of
//! the rule, in this order; and what happens where two would be the same.

mod report;

use std::collections::btree_map::Entry::Vacant;
use std::collections::{BTreeMap, BTreeSet};

use super::declared_names::Nameless;
use super::lock::{Entry, Key, Lock};
use super::names::rust;
use super::names::tool::{self, LIMIT};
use super::select::{Explicit, Selected};
use super::versions;
use crate::diagnostic::{Diagnostic, Diagnostics};
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
    nameless: &Nameless<'_, '_>,
    lock: &'l Lock,
    diagnostics: &mut Diagnostics,
) -> Allocated<'l> {
    let declared = nameless.tools.as_slice();
    let keys: Vec<Key<'_>> = selected.iter().map(|one| key(declaration, one)).collect();
    let entries = lock.matches(&keys);
    let mut work = Work::new(declaration, (selected, declared), entries, lock, diagnostics);
    work.fix_written();
    work.fix_locked_and_wished();
    work.find_repeated_ids();
    work.name_by_rule();
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
    wanted.extend(nameless.tool_names());
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

/// Who has a name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Holder {
    /// The declared tool with this index.
    Declared(usize),
    /// The operation with this index.
    Operation(usize),
}

struct Work<'w, 'd, 'l> {
    declaration: &'w Declaration,
    selected: &'w [Selected<'d>],
    declared: &'w [&'d DeclaredTool],
    entries: Vec<Option<&'l Entry>>,
    lock: &'l Lock,
    diagnostics: &'w mut Diagnostics,
    names: Vec<Option<Chosen>>,
    /// Operations whose id, or the name made of it, another one has or had.
    yielding: Vec<bool>,
    /// Full names that are given away, and to whom first.
    taken: BTreeMap<String, Holder>,
    /// The number that `FastMCP`'s rule tries next for a name.
    numbers: BTreeMap<String, usize>,
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
            yielding: vec![false; selected.len()],
            taken: BTreeMap::new(),
            numbers: BTreeMap::new(),
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

    /// Takes the names that somebody wrote: declared tools, and operations that mcp.toml names.
    /// Two that are the same are an error, since nobody but the user can say which one to change.
    fn fix_written(&mut self) {
        for (index, tool) in self.declared.iter().enumerate() {
            if !tool::is_accepted(&tool.about.name) {
                self.diagnostics.push(report::unusable(&tool.about.name, tool.about.span));
            }
            if !self.is_other_version(index) {
                self.take_or_clash(Holder::Declared(index), tool.about.name.clone());
            }
        }
        for index in 0..self.selected.len() {
            let one = &self.selected[index];
            let Some(explicit @ Explicit::Manifest(chosen)) = one.explicit else { continue };
            let full = self.full(index, &chosen.name);
            if !tool::is_accepted(&full) {
                let problem = report::unusable(&full, chosen.span);
                self.diagnostics
                    .push(problem.also(place(one), "the operation that it is given to"));
            }
            self.names[index] = Some((chosen.name.clone(), explicit.rule()));
            self.take_or_clash(Holder::Operation(index), full);
        }
    }

    /// Whether a declared tool is another version of one before it, to whom the name belongs. Versions
    /// that cannot stand beside each other are reported. A route has its name for itself, since it is
    /// an operation of the description too.
    fn is_other_version(&mut self, index: usize) -> bool {
        let (before, rest) = self.declared.split_at(index);
        let Some(tool) = rest.first().filter(|it| it.route.is_none()) else { return false };
        let name = &tool.about.name;
        let same: Vec<_> = before.iter().filter(|it| it.about.name == *name).collect();
        let has_version = same.iter().chain([&tool]).any(|it| it.about.version.is_some());
        if same.is_empty() || !has_version || same.iter().any(|it| it.route.is_some()) {
            return false;
        }
        let conflict = same.into_iter().find_map(|first| {
            let (first, second) = (&first.about, &tool.about);
            versions::conflict(name, (first, second), (first.span, second.span))
        });
        if let Some(conflict) = conflict {
            self.diagnostics.push(conflict);
        }
        true
    }

    /// Takes the names of `mcp.lock`, then those that the document wishes for. One of these that
    /// another component has is not given.
    fn fix_locked_and_wished(&mut self) {
        for index in 0..self.selected.len() {
            let one = &self.selected[index];
            let Some(entry) = self.entries[index].filter(|_| self.names[index].is_none()) else {
                continue;
            };
            let rule = one.explicit.map_or(rule_word(one.rule), Explicit::rule);
            let full = self.full(index, &entry.tool);
            let fits = entry.rule == rule
                && one.explicit.is_none_or(|explicit| explicit.name() == entry.tool)
                && tool::is_accepted(&full);
            if !fits {
                continue;
            }
            let holder = self.taken.get(&full).copied();
            if holder.is_some_and(|holder| !self.is_written(holder)) {
                // The lock has one name twice, as a careless merge leaves it.
                continue;
            }
            self.names[index] = Some((entry.tool.clone(), rule));
            self.take_or_clash(Holder::Operation(index), full);
        }
        for index in 0..self.selected.len() {
            let one = &self.selected[index];
            let Some(explicit) = one.explicit.filter(|_| self.names[index].is_none()) else {
                continue;
            };
            let full = self.full(index, explicit.name());
            if !tool::is_accepted(&full) {
                self.diagnostics.push(report::unusable_wish(one, &full));
            } else if let Some(holder) = self.taken.get(&full) {
                let problem = report::wish_not_given(one, &full, self.place(*holder));
                self.diagnostics.push(problem);
            } else {
                self.names[index] = Some((explicit.name().to_owned(), explicit.rule()));
                self.taken.insert(full, Holder::Operation(index));
            }
        }
    }

    /// Gives a name to a component; what somebody wrote for two is reported.
    fn take_or_clash(&mut self, this: Holder, full: String) {
        match self.taken.get(&full).copied() {
            None => drop(self.taken.insert(full, this)),
            Some(holder) => {
                let problem = self.clash(&full, this, holder);
                self.diagnostics.push(problem);
            }
        }
    }

    /// Whether the user wrote the name that this component has.
    fn is_written(&self, holder: Holder) -> bool {
        match holder {
            Holder::Declared(_) => true,
            Holder::Operation(index) => {
                matches!(self.selected[index].explicit, Some(Explicit::Manifest(_)))
            }
        }
    }

    /// Where the name of a component comes from.
    fn place(&self, holder: Holder) -> Span {
        match holder {
            Holder::Declared(index) => self.declared[index].about.span,
            Holder::Operation(index) => match self.selected[index].explicit {
                Some(Explicit::Manifest(chosen)) => chosen.span,
                _ => place(&self.selected[index]),
            },
        }
    }

    /// The error of two components with one name, of which the user wrote one at least.
    fn clash(&self, full: &str, this: Holder, holder: Holder) -> Diagnostic {
        // What the user wrote is the place to change.
        let (at, other) = if self.is_written(this) { (this, holder) } else { (holder, this) };
        let problem =
            report::clash(full, self.place(at), self.place(other), self.is_written(other));
        let is_tool = |holder| match holder {
            Holder::Declared(index) => self.declared[index].route.is_none(),
            Holder::Operation(_) => false,
        };
        match is_tool(this) && is_tool(holder) {
            true => problem.help("give one of them another name, or each a `version`"),
            false => problem,
        }
    }

    /// Operations in an order that does not depend on that of the document.
    fn by_route(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.selected.len()).collect();
        order.sort_by_key(|index| {
            let one = &self.selected[*index];
            (one.document, &one.operation.path, &one.operation.method)
        });
        order
    }

    fn find_repeated_ids(&mut self) {
        let mut first: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        for index in self.by_route() {
            let one = &self.selected[index];
            let Some((id, _)) = &one.operation.operation_id else { continue };
            let Some(first) = first.get(&(one.document, id.as_str())).copied() else {
                first.insert((one.document, id), index);
                continue;
            };
            self.yielding[index] = true;
            let document = &self.declaration.documents[one.document].name;
            let problem = report::repeated_id(one, id, place(&self.selected[first]), document);
            self.diagnostics.push(problem);
        }
    }

    /// Names that nobody chose.
    fn name_by_rule(&mut self) {
        let free: Vec<usize> =
            self.by_route().into_iter().filter(|index| self.names[*index].is_none()).collect();
        for index in 0..self.selected.len() {
            // FastMCP numbers in the order of the document.
            if self.names[index].is_none() && self.selected[index].rule == NameRule::Fastmcp {
                self.name_as_fastmcp(index);
            }
        }
        let removed = self.removed_names();
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in free.iter().copied().filter(|index| self.names[*index].is_none()) {
            let one = &self.selected[index];
            let base = if self.yielding[index] {
                tool::from_path(one.operation)
            } else {
                tool::base(one.rule, one.operation)
            };
            let local = tool::cut(&base, self.limit(index), &route(one));
            groups.entry(self.full(index, &local)).or_default().push(index);
        }
        for (full, members) in &groups {
            for index in members {
                let local = full.get(prefix(self.declaration, &self.selected[*index]).len()..);
                self.names[*index] = Some((local.unwrap_or(full).to_owned(), ""));
            }
        }
        for (full, members) in &groups {
            let holder = self.taken.get(full).copied();
            let is_removed = removed.contains(full);
            if members.len() > 1 || holder.is_some() || is_removed {
                self.tell_apart(full, members, holder, is_removed);
            }
        }
        self.name_by_path(&free, &removed);
        self.hash_what_is_left(&free, &removed);
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

    /// Whether an operation is named by its id, as it is.
    fn has_plain_id(&self, index: usize) -> bool {
        let operation = self.selected[index].operation;
        operation.operation_id.is_some() && !self.yielding[index] && !tool::is_fastapi(operation)
    }

    /// Operations without a usable id get a hash, cleaned `FastAPI` ids their tag, or method and
    /// path where that is the same too; of ids that are the same once mapped, the first keeps the
    /// name and the others are named by method and path, unless the user wrote the name for
    /// something else.
    fn tell_apart(
        &mut self,
        full: &str,
        members: &[usize],
        holder: Option<Holder>,
        is_removed: bool,
    ) {
        let (plain, rest): (Vec<usize>, Vec<usize>) =
            members.iter().copied().partition(|index| self.has_plain_id(*index));
        let (cleaned, by_path): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(|index| {
            !self.yielding[*index] && tool::is_fastapi(self.selected[*index].operation)
        });
        let held = holder.is_some() || is_removed;
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
        match (holder, plain.split_first()) {
            (_, None) => {}
            (Some(holder), _) if self.is_written(holder) => {
                for index in plain {
                    let problem = self.clash(full, Holder::Operation(index), holder);
                    self.diagnostics.push(problem);
                }
            }
            (Some(holder), _) => {
                for index in plain {
                    self.yield_to(index, full, holder);
                }
            }
            // A removed operation gives no reason to stop: the newcomers yield.
            (None, _) if is_removed => {
                for index in plain {
                    self.yielding[index] = true;
                    self.add_hash(index);
                }
            }
            (None, Some((first, others))) => {
                for index in others {
                    self.yield_to(*index, full, Holder::Operation(*first));
                }
            }
        }
    }

    /// Names an operation by method and path, because `holder` has the name of its id.
    fn yield_to(&mut self, index: usize, full: &str, holder: Holder) {
        self.yielding[index] = true;
        let one = &self.selected[index];
        let local = tool::cut(&tool::from_path(one.operation), self.limit(index), &route(one));
        let document = &self.declaration.documents[one.document].name;
        let problem = report::yields(one, full, self.place(holder), document);
        self.names[index] = Some((local, ""));
        self.diagnostics.push(problem);
    }

    fn add_hash(&mut self, index: usize) {
        let limit = self.limit(index);
        let route = route(&self.selected[index]);
        if let Some((local, _)) = &mut self.names[index] {
            *local = tool::with_hash(local, limit, &route);
        }
    }

    /// What is still the same after that, ids as they are apart, gets a hash.
    fn hash_what_is_left(&mut self, free: &[usize], removed: &BTreeSet<String>) {
        let mut uses = self.uses();
        for index in free {
            let again = self.is_still_clashing(*index, &uses, removed);
            let Some((local, _)) = self.names[*index].clone().filter(|_| again) else { continue };
            // The second round is for two routes with one hash.
            let mut seed = route(&self.selected[*index]);
            loop {
                let hashed = tool::with_hash(&local, self.limit(*index), &seed);
                let full = self.full(*index, &hashed);
                if !uses.contains_key(&full) && !removed.contains(&full) {
                    uses.insert(full, 1);
                    self.names[*index] = Some((hashed, ""));
                    break;
                }
                seed.push('\'');
            }
        }
    }

    /// Names cleaned ids that their tags do not tell apart by method and path, which can be read.
    fn name_by_path(&mut self, free: &[usize], removed: &BTreeSet<String>) {
        let uses = self.uses();
        for index in free {
            let one = &self.selected[*index];
            let is_cleaned = !self.yielding[*index] && tool::is_fastapi(one.operation);
            if is_cleaned && self.is_still_clashing(*index, &uses, removed) {
                let path = tool::from_path(one.operation);
                self.names[*index] = Some((tool::cut(&path, self.limit(*index), &route(one)), ""));
            }
        }
    }

    /// How many components have each name.
    fn uses(&self) -> BTreeMap<String, usize> {
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for tool in self.declared {
            *uses.entry(tool.about.name.clone()).or_default() += 1;
        }
        for index in 0..self.selected.len() {
            if let Some((local, _)) = &self.names[index] {
                *uses.entry(self.full(index, local)).or_default() += 1;
            }
        }
        uses
    }

    /// Whether another component has, or a removed one had, a name that the rule made of
    /// something else than an id as it is.
    fn is_still_clashing(
        &self,
        index: usize,
        uses: &BTreeMap<String, usize>,
        removed: &BTreeSet<String>,
    ) -> bool {
        let by_rule = self.selected[index].rule == NameRule::Mcpwright && !self.has_plain_id(index);
        let full = self.names[index].as_ref().map(|(local, _)| self.full(index, local));
        full.filter(|_| by_rule).is_some_and(|full| {
            uses.get(&full).is_some_and(|uses| *uses > 1) || removed.contains(&full)
        })
    }

    /// `FastMCP` numbers names that are taken, in the order of the document.
    fn name_as_fastmcp(&mut self, index: usize) {
        let one = &self.selected[index];
        let limit = self.limit(index);
        let base = tool::base(one.rule, one.operation);
        let full_base = self.full(index, &base);
        let mut number = self.numbers.get(&full_base).copied().unwrap_or(1);
        let local = loop {
            let suffix = if number == 1 { String::new() } else { format!("_{number}") };
            let room = limit.saturating_sub(suffix.len());
            let local = format!("{}{suffix}", tool::cut(&base, room, &route(one)));
            number += 1;
            let full = self.full(index, &local);
            if let Vacant(slot) = self.taken.entry(full) {
                slot.insert(Holder::Operation(index));
                break local;
            }
        };
        self.numbers.insert(full_base, number);
        self.names[index] = Some((local, rule_word(NameRule::Fastmcp)));
    }
}

/// How `mcp.lock` says which rule made a name.
const fn rule_word(rule: NameRule) -> &'static str {
    match rule {
        NameRule::Mcpwright => "",
        NameRule::Fastmcp => "fastmcp",
    }
}
