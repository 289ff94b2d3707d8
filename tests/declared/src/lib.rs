//! Handlers of a server with what declarations have and the examples do not need.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mcpwright::{
    Context, HandlerError, PromptError, PromptMessage, PromptResult, ResourceError, ToolError,
    Value,
};

/// The generated server.
#[expect(
    clippy::allow_attributes,
    reason = "the included file allows that a part of it goes unused"
)]
pub mod server {
    include!(concat!(env!("OUT_DIR"), "/mcp/server.rs"));
}

use server::models::Trip;
use server::tools::declared::{
    AnythingArgs, CountWordsArgs, FileArgs, LengthenArgs, LengthenByArgs, OpenedArgs,
    OpenedBlockingArgs, OrderArgs, PageArgs, SessionArgs, WhoamiArgs, WhomArgs,
};
use server::{prompts, resources};

/// How often pools were opened and closed.
#[derive(Debug, Default)]
pub struct Counts {
    /// Opened.
    pub opened: AtomicUsize,
    /// Closed.
    pub closed: AtomicUsize,
}

/// What lives as long as the server: it counts its beginning and its end.
#[derive(Debug)]
pub struct Pool {
    counts: Arc<Counts>,
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.counts.closed.fetch_add(1, Ordering::Relaxed);
    }
}

/// Answers the components.
#[derive(Debug, Default)]
pub struct Handlers {
    /// What became of its pools.
    pub counts: Arc<Counts>,
    /// Makes the start fail.
    pub is_broken: bool,
}

impl server::Handlers for Handlers {
    type Pool = Pool;

    async fn lifespan(&self) -> Result<Self::Pool, HandlerError> {
        if self.is_broken {
            return Err(HandlerError::internal("the pool has no address"));
        }
        self.counts.opened.fetch_add(1, Ordering::Relaxed);
        Ok(Pool { counts: Arc::clone(&self.counts) })
    }

    async fn whoami(&self, _: Context, arguments: WhoamiArgs) -> Result<Value, ToolError> {
        let WhoamiArgs { greeting, shard, region, user, limit, folder } = arguments;
        Ok(Value::from_iter([
            ("greeting", Value::from(greeting)),
            ("shard", shard.into()),
            ("region", region.into()),
            ("user", user.into()),
            ("limit", limit.into()),
            ("folder", folder.into()),
        ]))
    }

    async fn session(&self, _: Context, arguments: SessionArgs) -> Result<String, ToolError> {
        Ok(arguments.session)
    }

    async fn order(&self, _: Context, arguments: OrderArgs) -> Result<Value, ToolError> {
        let OrderArgs { shard, item, note, user } = arguments;
        Ok(Value::from_iter([
            ("shard", Value::from(shard)),
            ("item", item.into()),
            ("note", note.into()),
            ("user", user.into()),
        ]))
    }

    async fn whom(&self, _: Context, arguments: WhomArgs) -> Result<String, ToolError> {
        Ok(arguments.user)
    }

    async fn page(&self, _: Context, arguments: PageArgs) -> Result<String, ToolError> {
        Ok(format!("{} of {}", arguments.path, arguments.tenant))
    }

    async fn anything(&self, _: Context, arguments: AnythingArgs) -> Result<String, ToolError> {
        Ok(arguments.path)
    }

    async fn file(&self, _: Context, arguments: FileArgs) -> Result<String, ToolError> {
        Ok(arguments.path)
    }

    async fn opened(&self, context: Context, _: OpenedArgs) -> Result<i64, ToolError> {
        let pool = context.lifespan::<Pool>().await?;
        Ok(opened(&pool))
    }

    fn opened_blocking(&self, context: Context, _: OpenedBlockingArgs) -> Result<i64, ToolError> {
        let pool = context.blocking_lifespan::<Pool>()?;
        Ok(opened(&pool))
    }

    async fn count_words(&self, _: Context, arguments: CountWordsArgs) -> Result<i64, ToolError> {
        i64::try_from(arguments.text.split_whitespace().count())
            .map_err(|_| ToolError::public("there are too many"))
    }

    async fn meaning_of_a_word(
        &self,
        _: Context,
        arguments: resources::MeaningOfAWord,
    ) -> Result<String, ResourceError> {
        Ok(format!("what {} means", arguments.word))
    }

    async fn lengthen(&self, _: Context, arguments: LengthenArgs) -> Result<Trip, ToolError> {
        Ok(longer(arguments.trip, 1))
    }

    async fn lengthen_by(&self, _: Context, arguments: LengthenByArgs) -> Result<Trip, ToolError> {
        Ok(longer(arguments.trip, arguments.by))
    }

    async fn trip(&self, _: Context, arguments: resources::Trip) -> Result<String, ResourceError> {
        let resources::Trip { id, start, days } = arguments;
        Ok(format!("{days} days from {start}: {}", id.simple()))
    }

    async fn praise_trip(
        &self,
        _: Context,
        arguments: prompts::PraiseTrip,
    ) -> Result<PromptResult, PromptError> {
        let text = format!("Praise the start on {}.", arguments.trip.start);
        Ok(PromptResult::new(vec![PromptMessage::user(text)]))
    }

    async fn shelf_left(&self, _: Context) -> Result<String, ResourceError> {
        Ok("books".to_owned())
    }

    async fn shelf_right(&self, _: Context) -> Result<Vec<f64>, ResourceError> {
        Ok(vec![1.0, f64::NAN])
    }

    async fn tenant_page(
        &self,
        _: Context,
        arguments: resources::TenantPage,
    ) -> Result<String, ResourceError> {
        Ok(format!("{} of {}", arguments.page, arguments.tenant))
    }

    async fn greet_by_hand(
        &self,
        _: Context,
        arguments: prompts::GreetByHand,
    ) -> Result<PromptResult, PromptError> {
        Ok(PromptResult::new(vec![PromptMessage::user(format!("Greet {}.", arguments.user))]))
    }
}

/// A trip of so many days more; nothing sees to it that they are not too many.
fn longer(trip: Trip, by: i64) -> Trip {
    Trip { days: trip.days.saturating_add(by), ..trip }
}

fn opened(pool: &Pool) -> i64 {
    i64::try_from(pool.counts.opened.load(Ordering::Relaxed)).unwrap_or(i64::MAX)
}
