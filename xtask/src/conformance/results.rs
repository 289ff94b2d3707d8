//! What the suite wrote, judged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The suite has no harness for this one yet and leaves it out for every server.
const ALWAYS_SKIPPED: &str = "tasks-status-notifications";
/// Left out by the suite for servers that do not declare the extension.
const EXTENSION_NOT_DECLARED: &str = "sep-2640-skills-";

/// The checks of one run, by scenario.
#[derive(Debug, Default)]
pub(super) struct Results(BTreeMap<String, Vec<Check>>);

#[derive(Debug)]
struct Check {
    id: String,
    status: Status,
    message: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Status {
    Passed,
    Failed,
    Warned,
    Skipped,
    /// Says something and judges nothing.
    Information,
}

impl Results {
    /// Reads `checks.json` of every scenario.
    ///
    /// # Errors
    ///
    /// Fails when a file cannot be read, or says what this does not know.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut results = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let file = path.join("checks.json");
            // A scenario that does not apply to a revision has a folder, and nothing in it.
            let Ok(text) = fs::read_to_string(&file) else { continue };
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let checks = checks(&text).with_context(|| format!("in {}", file.display()))?;
            results.insert(scenario(&name).to_owned(), checks);
        }
        Ok(Self(results))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn count(&self, status: Status) -> usize {
        self.0.values().flatten().filter(|check| check.status == status).count()
    }
}

/// The name of a scenario: that of its folder without the prefix and the time of the run.
fn scenario(folder: &str) -> &str {
    const TIME: &str = "-2026-11-21T14-31-06-179Z";
    let name = folder.strip_prefix("server-").unwrap_or(folder);
    let end = name.len().saturating_sub(TIME.len());
    name.get(..end).filter(|it| !it.is_empty()).unwrap_or(name)
}

fn checks(text: &str) -> Result<Vec<Check>> {
    let checks: Vec<Value> = serde_json::from_str(text)?;
    checks.iter().map(Check::read).collect()
}

impl Check {
    fn read(check: &Value) -> Result<Self> {
        let text = |key: &str| check.get(key).and_then(Value::as_str).unwrap_or_default();
        let status = match text("status") {
            "SUCCESS" => Status::Passed,
            "FAILURE" => Status::Failed,
            "WARNING" => Status::Warned,
            "SKIPPED" => Status::Skipped,
            "INFO" => Status::Information,
            other => anyhow::bail!("the suite knows a status that this does not: {other:?}"),
        };
        ensure!(!text("id").is_empty(), "a check has no id");
        let message = match text("errorMessage") {
            "" => text("description"),
            message => message,
        };
        Ok(Self { id: text("id").to_owned(), status, message: message.to_owned() })
    }
}

/// Why a scenario is not green, one line for each check and one for a scenario that checked nothing.
fn problems(scenario: &str, checks: &[Check]) -> Vec<String> {
    let may_skip = scenario == ALWAYS_SKIPPED || scenario.starts_with(EXTENSION_NOT_DECLARED);
    let mut problems: Vec<String> = checks
        .iter()
        .filter_map(|check| {
            let what = match check.status {
                Status::Failed => "failed",
                Status::Warned => "warned",
                Status::Skipped if !may_skip => "was skipped",
                Status::Skipped | Status::Passed | Status::Information => return None,
            };
            Some(format!("{} {what}: {}", check.id, check.message))
        })
        .collect();
    let passed = checks.iter().any(|check| check.status == Status::Passed);
    if !passed && problems.is_empty() && !may_skip {
        problems.push("no check passed, so nothing was tested".to_owned());
    }
    problems
}

/// Scenarios by revisions.
#[derive(Debug, Default)]
pub(super) struct Table(Vec<Column>);

#[derive(Debug)]
struct Column {
    revision: &'static str,
    results: Results,
    /// How many checks have to pass in all.
    least: Option<usize>,
}

impl Table {
    pub(super) fn add(&mut self, revision: &'static str, results: Results, least: Option<usize>) {
        self.0.push(Column { revision, results, least });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|column| column.results.is_empty())
    }

    /// Prints the table and, below it, whatever is not green. Gives the number of problems.
    #[expect(clippy::print_stdout, reason = "the table is the result of the command")]
    pub(super) fn print(&self) -> usize {
        let scenarios: BTreeSet<_> = self.0.iter().flat_map(|it| it.results.0.keys()).collect();
        let width = scenarios.iter().map(|name| name.len()).max().unwrap_or_default();
        let row = |name: &str, cells: Vec<String>| {
            let cells: Vec<_> = cells.into_iter().map(|cell| format!("{cell:<34}")).collect();
            println!("{name:<width$}  {}", cells.join("").trim_end());
        };
        row("scenario", self.0.iter().map(|column| column.revision.to_owned()).collect());
        for scenario in &scenarios {
            let ran = |column: &Column| column.results.0.get(*scenario).map(cell);
            row(scenario, self.0.iter().map(|it| ran(it).unwrap_or_default()).collect());
        }
        row("total", self.0.iter().map(Column::total).collect());
        let problems = self.problems();
        for problem in &problems {
            println!("\n{problem}");
        }
        problems.len()
    }

    fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        for Column { revision, results, least } in &self.0 {
            for (scenario, checks) in &results.0 {
                let problems = problems(scenario, checks);
                found.extend(problems.iter().map(|it| format!("{revision} {scenario}: {it}")));
            }
            let passed = results.count(Status::Passed);
            if let Some(least) = least.filter(|least| passed < *least) {
                found.push(format!(
                    "{revision}: {passed} checks passed, a complete run has {least}"
                ));
            }
        }
        found
    }
}

impl Column {
    fn total(&self) -> String {
        let all: Vec<_> = self.results.0.values().flatten().collect();
        let total = cell(all.iter().copied());
        self.least.map_or_else(|| total.clone(), |least| format!("{total} (of {least})"))
    }
}

/// How many of each kind, without the kinds that there are none of.
fn cell<'check>(checks: impl IntoIterator<Item = &'check Check>) -> String {
    let mut counts = [(Status::Passed, "passed", 0), (Status::Failed, "failed", 0)]
        .into_iter()
        .chain([(Status::Warned, "warned", 0), (Status::Skipped, "skipped", 0)])
        .collect::<Vec<_>>();
    for check in checks {
        for (_, _, count) in counts.iter_mut().filter(|(status, ..)| *status == check.status) {
            *count += 1;
        }
    }
    let shown = counts.iter().filter(|(status, _, count)| *count > 0 || *status == Status::Passed);
    shown.map(|(_, word, count)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{checks, problems, scenario};

    fn problems_of(name: &str, statuses: &[&str]) -> Vec<String> {
        let check =
            |status: &&str| format!(r#"{{"id":"a","status":"{status}","errorMessage":"why"}}"#);
        let list: Vec<_> = statuses.iter().map(check).collect();
        problems(name, &checks(&format!("[{}]", list.join(","))).expect("checks"))
    }

    #[test]
    fn name_of_a_scenario_is_that_of_its_folder_without_the_time() {
        assert_eq!(scenario("server-ping-2026-11-21T14-31-06-179Z"), "ping");
        let named_server = "server-server-sse-polling-2026-11-21T14-31-06-179Z";
        assert_eq!(scenario(named_server), "server-sse-polling");
    }

    #[test]
    fn only_passed_checks_are_green() {
        assert!(problems_of("ping", &["SUCCESS", "INFO"]).is_empty());
        assert_eq!(problems_of("ping", &["SUCCESS", "FAILURE"]), ["a failed: why"]);
        assert_eq!(problems_of("ping", &["SUCCESS", "WARNING"]), ["a warned: why"]);
        assert_eq!(problems_of("ping", &["SUCCESS", "SKIPPED"]), ["a was skipped: why"]);
    }

    #[test]
    fn empty_pass_is_a_problem() {
        assert_eq!(problems_of("ping", &[]).len(), 1);
        assert_eq!(problems_of("ping", &["INFO"]).len(), 1);
    }

    #[test]
    fn what_the_suite_never_runs_is_no_problem() {
        assert!(problems_of("tasks-status-notifications", &["SKIPPED"]).is_empty());
        assert!(problems_of("sep-2640-skills-manifest", &["SKIPPED"]).is_empty());
    }

    #[test]
    fn unknown_status_is_an_error() {
        assert!(checks(r#"[{"id":"a","status":"MAYBE"}]"#).is_err());
    }
}
