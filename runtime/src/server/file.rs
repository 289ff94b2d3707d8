//! Resources that are read from files of the machine.

use crate::arguments::Values;
use crate::context::Context;
use crate::declaration::{Folder, ResourceTarget};
use crate::handler::CallFuture;
use crate::operation::Setting;
use crate::server::Core;
use crate::server::start::failed;
#[cfg(feature = "files")]
use crate::{
    files::FileError,
    handler::Answer,
    result::{HandlerError, ResourceResult},
    server::start::absent_kind,
};

#[cfg(feature = "files")]
impl Core {
    /// Reads a file that the declaration names.
    pub(super) fn read_file(&self, context: &Context, path: Setting) -> CallFuture {
        match self.files() {
            Ok(files) => answer(context, files.read(path)),
            Err(error) => failed(error),
        }
    }

    /// Lists the files of a folder, or reads the one that the variable of a template names.
    pub(super) fn read_folder(
        &self,
        context: &Context,
        target: ResourceTarget,
        folder: &'static Folder,
        values: &Values<'_>,
    ) -> CallFuture {
        let files = match self.files() {
            Ok(files) => files,
            Err(error) => return failed(error),
        };
        match target {
            ResourceTarget::Resource(_) => answer(context, files.list(folder)),
            ResourceTarget::Template(_) => {
                let wanted = values.get(0).and_then(|text| serde_json::from_str(text).ok());
                let says_type = !target.mime_type().is_empty();
                answer(context, files.read_below(folder, wanted.unwrap_or_default(), says_type))
            }
        }
    }
}

/// The call that reads. Why there is nothing to read is said in the log alone, so that nobody can ask
/// which files there are.
#[cfg(feature = "files")]
fn answer(
    context: &Context,
    reading: impl Future<Output = Result<ResourceResult, FileError>> + Send + 'static,
) -> CallFuture {
    let code = absent_kind(context.version().is_stateless()).code();
    let uri = context.name().to_owned();
    Box::pin(async move {
        match reading.await {
            Ok(result) => Ok(Answer::Resource(result)),
            Err(FileError::Failed(error)) => Err(error),
            Err(FileError::Absent(why)) => {
                tracing::info!(uri, why, "a resource has no file");
                Err(HandlerError::public("Resource not found").with_code(code))
            }
        }
    })
}

#[cfg(not(feature = "files"))]
#[expect(clippy::unused_self, reason = "the same calls with and without the feature")]
impl Core {
    pub(super) fn read_file(&self, _: &Context, _: Setting) -> CallFuture {
        no_files()
    }

    pub(super) fn read_folder(
        &self,
        _: &Context,
        _: ResourceTarget,
        _: &'static Folder,
        _: &Values<'_>,
    ) -> CallFuture {
        no_files()
    }
}

#[cfg(not(feature = "files"))]
fn no_files() -> CallFuture {
    failed(crate::result::HandlerError::internal(
        "this server was built without the feature `files` of mcpwright",
    ))
}
