//! Servers of single operations, beside the base URL of their upstream.

use super::url::Base;
use crate::operation::{Operation, Setting, UpstreamSpec};
use crate::setting::{resolve, unset};

/// The servers that operations of an upstream have of their own.
#[derive(Clone, Debug, Default)]
pub(super) struct Servers {
    /// By the setting of the operation.
    bases: Vec<(&'static str, Base)>,
}

/// Where the base URL of an upstream comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    /// From the declaration.
    Declared,
    /// From the command line or the environment: it stands for all servers of the upstream, so that
    /// no request of a test or of another stage goes where the declaration sends it.
    Given,
}

impl Servers {
    /// Reads the servers of these operations.
    pub(super) fn read(
        operations: &[&'static Operation],
        base: Option<(&Base, Origin)>,
        environment: &dyn Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Self {
        let mut servers = Self::default();
        for operation in operations {
            let setting = operation.server;
            let is_known = servers.bases.iter().any(|(known, _)| *known == setting.0);
            if setting.0.is_empty() || is_known {
                continue;
            }
            // What the base URL lacks was said.
            if !is_absolute(setting) && base.is_none() {
                continue;
            }
            if is_absolute(setting) && base.is_some_and(|(_, origin)| origin == Origin::Given) {
                continue;
            }
            match read(setting, base.map(|(base, _)| base), environment) {
                Ok(own) => servers.bases.push((setting.0, own)),
                Err(why) => problems.push(format!(
                    "upstream `{}`: the server of the tool `{}`: {why}",
                    operation.upstream.name, operation.tool
                )),
            }
        }
        servers
    }

    /// What the requests of an operation are joined to.
    pub(super) fn base<'s>(
        &'s self,
        operation: &Operation,
        base: Option<&'s Base>,
    ) -> Option<&'s Base> {
        let own = self.bases.iter().find(|(setting, _)| *setting == operation.server.0);
        own.map(|(_, base)| base).or(base)
    }

    /// All of them.
    pub(super) fn bases(&self) -> impl Iterator<Item = &Base> {
        self.bases.iter().map(|(_, base)| base)
    }
}

fn read(
    setting: Setting,
    base: Option<&Base>,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Base, String> {
    let text = resolve(setting, environment).map_err(|missing| unset(&missing))?;
    match base {
        Some(base) if !is_absolute(setting) => base.beside(&text),
        _ => Base::parse(&text),
    }
}

/// Whether the base URL of the upstream plays no part in a server.
pub(super) fn is_absolute(server: Setting) -> bool {
    server.0.contains("://") || server.0.starts_with("${")
}

/// Says which variables of URLs have a value that the document does not know.
pub(super) fn check_variables(
    spec: &UpstreamSpec,
    environment: &dyn Fn(&str) -> Option<String>,
    problems: &mut Vec<String>,
) {
    for (name, values) in spec.variables {
        let given = environment(name).filter(|given| !given.is_empty());
        if let Some(given) = given.filter(|given| !values.contains(&given.as_str())) {
            problems.push(format!(
                "upstream `{}`: {name} is `{given}`, and the server takes {}",
                spec.name,
                values.join(", ")
            ));
        }
    }
}
