//! What is written by hand for `everything`: one method for each component that needs code.

use everything_mcp::tools::declared::{
    AddPlantArgs, DrawLabelArgs, EchoArgs, GetPlantArgs, GetVisitArgs, HarvestArgs, ImportPlanArgs,
    PlanBedArgs, PutBedArgs, RemoveBedArgs, SowArgs, TagBedArgs, WaterArgs, WhoamiArgs,
};
use everything_mcp::{Handlers, models, prompts, resources};
use mcpwright::elicitation::{Elicited, Field, Form};
use mcpwright::jiff::tz::TimeZone;
use mcpwright::jiff::{SignedDuration, Timestamp};
use mcpwright::{
    Completing, Completion, CompletionError, Content, Context, HandlerError, PromptError,
    PromptMessage, PromptResult, ResourceError, ToolError, ToolResult,
};
use serde_json::{Value, json};

/// Answers the declared components.
#[derive(Debug)]
pub(crate) struct Garden;

/// What lives as long as the server.
#[derive(Debug)]
pub(crate) struct Shed {
    tools: usize,
}

fn bed(plant: String, plants: i64) -> models::Bed {
    models::Bed { plant, plants, metres: 1.5, sun: models::Sun::Full }
}

impl Handlers for Garden {
    /// `[lifespan]`: made once, before the first request.
    type Shed = Shed;

    async fn lifespan(&self) -> Result<Shed, HandlerError> {
        Ok(Shed { tools: 12 })
    }

    /// Arguments with defaults are plain values; a model is what the output schema promises.
    async fn plan_bed(
        &self,
        context: Context,
        arguments: PlanBedArgs,
    ) -> Result<models::Bed, ToolError> {
        context.info(format!("planning {}", arguments.plant)).await;
        context.report_progress(1.0, Some(1.0), Some("planned")).await;
        #[expect(clippy::cast_precision_loss, reason = "a hundred plants at most")]
        let metres = arguments.count as f64 * arguments.spacing;
        let PlanBedArgs { plant, count, sun, .. } = arguments;
        Ok(models::Bed { plant, plants: count, metres, sun })
    }

    /// `blocking = true`: no future.
    fn water(&self, _context: Context, arguments: WaterArgs) -> Result<String, ToolError> {
        let WaterArgs { zone, litres } = arguments;
        if litres < 0 {
            return Err(ToolError::public("water flows one way"));
        }
        Ok(format!("{zone} has {litres} litres more"))
    }

    /// `input_schema`: the whole object. Without `returns`: full control of the result.
    async fn import_plan(
        &self,
        _context: Context,
        arguments: ImportPlanArgs,
    ) -> Result<ToolResult, ToolError> {
        let beds = arguments.value["beds"].as_array().map_or(0, Vec::len);
        let told = Content::text(format!("{beds} beds are taken over"));
        Ok(ToolResult::json(&json!({ "beds": beds }))?.with_content([told]))
    }

    /// Asks the user, in either generation of the protocol, as a call and as a task.
    async fn harvest(
        &self,
        context: Context,
        arguments: HarvestArgs,
    ) -> Result<ToolResult, ToolError> {
        let form = Form::new().field("ripe", Field::boolean().title("Is it ripe?"));
        let asked = context.elicit("ripe", format!("Harvest {}?", arguments.bed), form).await?;
        let is_ripe = matches!(
            &asked,
            Elicited::Accepted(values) if values.get("ripe") == Some(&Value::Bool(true))
        );
        Ok(ToolResult::text(if is_ripe { "It is harvested." } else { "It stays." }))
    }

    /// `inject`: no caller can say any of it.
    async fn whoami(&self, context: Context, arguments: WhoamiArgs) -> Result<String, ToolError> {
        let shed = context.lifespan::<Shed>().await?;
        let WhoamiArgs { gardener, garden, visit, limit } = arguments;
        let tools = shed.tools;
        Ok(format!("{gardener} in {garden}, visit {visit}, {tools} tools, {limit} at once"))
    }

    async fn echo(
        &self,
        _context: Context,
        arguments: EchoArgs,
    ) -> Result<models::EveryType, ToolError> {
        Ok(arguments.value)
    }

    /// Texts that stand for other values are these values: dates can be compared, durations added.
    async fn sow(
        &self,
        _context: Context,
        arguments: SowArgs,
    ) -> Result<Vec<Timestamp>, ToolError> {
        let SowArgs { at, until, every, rests, earlier, first, .. } = arguments;
        let date = |time: &Timestamp| time.to_zoned(TimeZone::UTC).date();
        let wait = match first {
            models::DateOrDuration::Duration(wait) => wait,
            models::DateOrDuration::Date(day) => {
                SignedDuration::from_hours(24 * i64::from(day.day()))
            }
        };
        let too_late = |_| ToolError::public("there are no times as late as this");
        let mut next = at.checked_add(wait).map_err(too_late)?;
        let mut times: Vec<Timestamp> = earlier.into_values().collect();
        while times.len() < 3 && until.is_none_or(|until| date(&next) <= until) {
            if !rests.contains(&date(&next)) {
                times.push(next);
            }
            next = next.checked_add(every).map_err(too_late)?;
        }
        Ok(times)
    }

    async fn draw_label(
        &self,
        _context: Context,
        arguments: DrawLabelArgs,
    ) -> Result<Vec<u8>, ToolError> {
        Ok(arguments.bed.into_bytes())
    }

    async fn get_visit(
        &self,
        _context: Context,
        arguments: GetVisitArgs,
    ) -> Result<models::Visit, ToolError> {
        let GetVisitArgs { id, since, days } = arguments;
        Ok(models::Visit { id, since, days })
    }

    /// One handler for `GET /plants/{name}` and for the template `everything://plants/{name}`.
    async fn get_plant(
        &self,
        _context: Context,
        arguments: GetPlantArgs,
    ) -> Result<Value, ToolError> {
        if arguments.name != "Bean" {
            return Err(ToolError::public("There is no such plant.").with_status(404));
        }
        let mut plant = json!({ "name": arguments.name });
        if arguments.detail {
            plant["sun"] = json!(models::Sun::Full);
        }
        Ok(plant)
    }

    fn add_plant(&self, _context: Context, arguments: AddPlantArgs) -> Result<Value, ToolError> {
        Ok(json!({ "name": arguments.name, "sun": arguments.sun }))
    }

    async fn put_bed(
        &self,
        _context: Context,
        arguments: PutBedArgs,
    ) -> Result<models::Bed, ToolError> {
        let PutBedArgs { plant, plants, metres, sun, .. } = arguments;
        Ok(models::Bed { plant, plants, metres, sun })
    }

    async fn tag_bed(&self, _context: Context, arguments: TagBedArgs) -> Result<i64, ToolError> {
        i64::try_from(arguments.body.len()).map_err(|_| ToolError::public("too many tags"))
    }

    async fn remove_bed(
        &self,
        _context: Context,
        _arguments: RemoveBedArgs,
    ) -> Result<(), ToolError> {
        Ok(())
    }

    async fn weather(&self, _context: Context) -> Result<Value, ResourceError> {
        Ok(json!({ "sky": "clear" }))
    }

    async fn beds(
        &self,
        _context: Context,
        arguments: resources::Beds,
    ) -> Result<Vec<models::Bed>, ResourceError> {
        Ok((1..=arguments.limit.min(2))
            .map(|plants| bed(arguments.plant.clone(), plants))
            .collect())
    }

    async fn plants(
        &self,
        _context: Context,
        arguments: resources::Plants,
    ) -> Result<String, ResourceError> {
        Ok(format!("{:?} in {:?}", arguments.tags, arguments.months))
    }

    async fn day(
        &self,
        _context: Context,
        arguments: resources::Day,
    ) -> Result<Timestamp, ResourceError> {
        let resources::Day { day, since } = arguments;
        let start = day.to_zoned(TimeZone::UTC).map(|start| start.timestamp());
        let end = start.and_then(|start| start.checked_sub(since));
        end.map_err(|error| ResourceError::public("no such day").with_source(error))
    }

    /// Bytes are contents as they are, not text in base64. `blocking = true`: no future.
    fn stamp(&self, _context: Context) -> Result<Vec<u8>, ResourceError> {
        Ok(vec![0, 255])
    }

    /// `requires = ["elicitation"]`: whoever reads it can be asked.
    async fn last_harvest(&self, context: Context) -> Result<String, ResourceError> {
        let form = Form::new().field("ripe", Field::boolean().title("Was it ripe?"));
        let asked = context.elicit("ripe", "What was harvested last?", form).await?;
        Ok(if matches!(asked, Elicited::Accepted(_)) { "told" } else { "not told" }.to_owned())
    }

    async fn notes(
        &self,
        _context: Context,
        arguments: resources::Notes,
    ) -> Result<String, ResourceError> {
        let resources::Notes { path, reader } = arguments;
        Ok(format!("Nothing is written at {path} for {reader}."))
    }

    /// `complete = "handler"`
    async fn complete_notes(
        &self,
        _context: Context,
        completing: Completing,
    ) -> Result<Completion, CompletionError> {
        Ok(Completion::matching(["2026/march.md", "2026/april.md"], &completing.value))
    }

    async fn review_bed(
        &self,
        context: Context,
        arguments: prompts::ReviewBed,
    ) -> Result<PromptResult, PromptError> {
        let weather = context.read_resource("garden://weather").await?;
        let prompts::ReviewBed { bed, day, .. } = arguments;
        let about = format!("Review {} plants of {} by {day}.", bed.plants, bed.plant);
        let asked = PromptMessage::user(about);
        let told = weather.contents.iter().filter_map(|content| match &content.contents {
            mcpwright::ResourceContents::Text(text) => {
                Some(PromptMessage::user(Content::resource("garden://weather", "", text)))
            }
            mcpwright::ResourceContents::Blob(_) => None,
        });
        Ok(PromptResult::new([asked].into_iter().chain(told)))
    }

    fn compare(
        &self,
        _context: Context,
        arguments: prompts::Compare,
    ) -> Result<PromptResult, PromptError> {
        let prompts::Compare { first, second } = arguments;
        Ok(PromptResult::user(format!("Which is better, {first} or {second}?")))
    }

    async fn complete_review_bed(
        &self,
        _context: Context,
        completing: Completing,
    ) -> Result<Completion, CompletionError> {
        Ok(Completion::matching(["Ada", "Grace"], &completing.value))
    }
}
