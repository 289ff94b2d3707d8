//! The check of the arguments of a call: by the table of the tool, then, where it does not say
//! everything, by the schema that the lists show.

use crate::arguments::{self, ArgumentErrors, Values};
use crate::declaration::Tool;
use crate::server::Core;
#[cfg(feature = "upstream")]
use crate::server::catalogue;

impl Core {
    /// Reads and checks the arguments of a tool, `index` being its place in the declaration.
    pub(crate) fn check<'a>(
        &self,
        index: usize,
        tool: Tool,
        raw: Option<&'a str>,
    ) -> Result<Values<'a>, ArgumentErrors> {
        let values = arguments::parse(tool.arguments(), raw, self.mode())?;
        self.conform(index, tool, &values)?;
        Ok(values)
    }

    /// [`Core::check`] of a tool whose place nobody knows.
    #[cfg(feature = "upstream")]
    pub(crate) fn check_named<'a>(
        &self,
        tool: Tool,
        raw: &'a str,
    ) -> Result<Values<'a>, ArgumentErrors> {
        // A tool of another server has no schema here; the table holds all the same.
        let index = catalogue::find(self.declaration(), tool.name());
        self.check(index.unwrap_or(usize::MAX), tool, Some(raw))
    }

    #[cfg(feature = "schema")]
    fn conform(&self, index: usize, tool: Tool, values: &Values<'_>) -> Result<(), ArgumentErrors> {
        let table = tool.arguments();
        if !values.need_schema(table) {
            return Ok(());
        }
        self.schemas().input(index).map_or(Ok(()), |schema| values.conform(table, schema))
    }

    #[cfg(not(feature = "schema"))]
    #[expect(clippy::unused_self, reason = "the same check with and without the feature")]
    #[expect(clippy::unnecessary_wraps, reason = "the same check with and without the feature")]
    const fn conform(&self, _: usize, _: Tool, _: &Values<'_>) -> Result<(), ArgumentErrors> {
        Ok(())
    }
}
