//! What the components do.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use mcpwright::elicitation::{Elicited, Field, Form};
use mcpwright::sampling::Sampling;
use mcpwright::{
    Content, Context, HandlerError, Principal, PromptError, PromptResult, ResourceContents,
    ResourceError, ResourceResult, ToolError, ToolResult,
};
use ported_mcp::tools::declared::{
    AddArgs, AnalyzeDataArgs, AnalyzePricingArgs, CalendarAddEventArgs, ConfirmDeleteArgs,
    CreateUserArgs, CustomNameArgs, DbQueryUsersArgs, FetchDataArgs, GenerateSummaryArgs,
    GetProductArgs, GetUserArgs, GreetArgs, HealthCheckArgs, ListAdminsArgs, ListProductsArgs,
    MyToolArgs, ProcessDataArgs, ProcessValueArgs, ReportArgs, RiskyOperationArgs,
    SearchProductsArgs, SecureOperationArgs, StatusArgs, WeatherGetForecastArgs,
};
use ported_mcp::{Handlers, models, prompts, resources};
use serde_json::{Value, json};

use crate::pages::Pages;

/// Characters of a text that a model is asked to sum up.
const SHOWN: usize = 200;

/// Answers the declared components.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    /// Where its files are.
    pub folder: PathBuf,
}

impl Examples {
    /// A file below the folder; `None` for what is not there, and for what is somewhere else.
    fn file(&self, path: &str) -> Option<String> {
        let path = Path::new(path);
        let stays = path.components().all(|it| matches!(it, Component::Normal(_)));
        stays.then(|| std::fs::read_to_string(self.folder.join(path)).ok()).flatten()
    }
}

/// The texts of what was read.
fn text(read: &ResourceResult) -> String {
    let texts = read.contents.iter().map(|content| match &content.contents {
        ResourceContents::Text(text) => text.as_str(),
        ResourceContents::Blob(_) => "",
    });
    texts.collect()
}

/// A question to the model of the client.
fn summary(of: &str) -> Sampling {
    let shown: String = of.chars().take(SHOWN).collect();
    Sampling::new(50)
        .system_prompt("You sum up in few words.")
        .user(format!("Sum this up in ten words: {shown}"))
}

fn average(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of numbers in a call")]
    let count = values.len() as f64;
    values.iter().sum::<f64>() / count
}

impl Handlers for Examples {
    async fn add(&self, _context: Context, arguments: AddArgs) -> Result<i64, ToolError> {
        let sum = arguments.a.checked_add(arguments.b);
        sum.ok_or_else(|| ToolError::public("the sum is too large"))
    }

    async fn greet(&self, _context: Context, arguments: GreetArgs) -> Result<String, ToolError> {
        Ok(format!("Hello, {}!", arguments.name))
    }

    async fn search_products(
        &self,
        _context: Context,
        arguments: SearchProductsArgs,
    ) -> Result<Vec<Value>, ToolError> {
        let category = arguments.category.as_deref().unwrap_or("general");
        let products = [(1, "Product A"), (2, "Product B")];
        let most = usize::try_from(arguments.max_results).unwrap_or(usize::MAX);
        let found = products.iter().take(most);
        let found = found.map(|(id, name)| json!({ "id": id, "name": name, "category": category }));
        Ok(found.collect())
    }

    async fn custom_name(
        &self,
        _context: Context,
        arguments: CustomNameArgs,
    ) -> Result<String, ToolError> {
        Ok(arguments.x.to_string())
    }

    async fn my_tool(&self, _context: Context, arguments: MyToolArgs) -> Result<String, ToolError> {
        let internal = "default";
        Ok(format!("{}: {internal}", arguments.x))
    }

    async fn report(&self, _context: Context, _: ReportArgs) -> Result<ToolResult, ToolError> {
        let structured = json!({ "data": "value", "count": 42 });
        let structured = serde_json::value::to_raw_value(&structured)
            .map_err(|error| ToolError::internal("no report").with_source(error))?;
        let content = vec![Content::text("All is well.")];
        Ok(ToolResult { content, structured: Some(structured), ..ToolResult::default() })
    }

    async fn analyze_data(
        &self,
        _context: Context,
        arguments: AnalyzeDataArgs,
    ) -> Result<models::Analysis, ToolError> {
        let AnalyzeDataArgs { data, threshold } = arguments;
        let values: Vec<f64> = data.into_iter().filter(|value| *value >= threshold).collect();
        let count = i64::try_from(values.len()).unwrap_or(i64::MAX);
        Ok(models::Analysis { count, average: average(&values), values })
    }

    async fn process_value(
        &self,
        _context: Context,
        arguments: ProcessValueArgs,
    ) -> Result<BTreeMap<String, i64>, ToolError> {
        Ok(BTreeMap::from([("processed".to_owned(), arguments.value)]))
    }

    async fn fetch_data(
        &self,
        context: Context,
        arguments: FetchDataArgs,
    ) -> Result<Value, ToolError> {
        let pages = context.lifespan::<Pages>().await?;
        let page = pages.get(&arguments.url);
        let page = page.ok_or_else(|| ToolError::public("there is no such page"))?;
        serde_json::from_str(page)
            .map_err(|error| ToolError::public("the page is no JSON").with_source(error))
    }

    async fn analyze_pricing(
        &self,
        _context: Context,
        arguments: AnalyzePricingArgs,
    ) -> Result<Value, ToolError> {
        Ok(json!({ "category": arguments.category, "avg_price": 49.99 }))
    }

    async fn secure_operation(
        &self,
        context: Context,
        _: SecureOperationArgs,
    ) -> Result<String, ToolError> {
        match context.principal() {
            Principal::Named(who) => Ok(format!("Welcome, {who}.")),
            _ => Err(ToolError::public("This is for those who have said who they are.")),
        }
    }

    async fn weather_get_forecast(
        &self,
        _context: Context,
        arguments: WeatherGetForecastArgs,
    ) -> Result<Value, ToolError> {
        Ok(json!({ "city": arguments.city, "temp": 22, "condition": "Sunny" }))
    }

    async fn db_query_users(
        &self,
        _context: Context,
        arguments: DbQueryUsersArgs,
    ) -> Result<Value, ToolError> {
        Ok(json!({ "email": arguments.email, "name": "Alice", "active": true }))
    }

    async fn calendar_add_event(
        &self,
        _context: Context,
        arguments: CalendarAddEventArgs,
    ) -> Result<Value, ToolError> {
        Ok(json!({ "event": arguments.title, "added": true }))
    }

    async fn process_data(
        &self,
        context: Context,
        arguments: ProcessDataArgs,
    ) -> Result<Value, ToolError> {
        let uri = arguments.data_uri;
        context.info(format!("Reading {uri}")).await;
        let data = text(&context.read_resource(&uri).await?);
        context.report_progress(50.0, Some(100.0), None).await;
        let sampled = context.sample("summary", summary(&data)).await?;
        context.report_progress(100.0, Some(100.0), None).await;
        Ok(json!({ "length": data.len(), "summary": sampled.text() }))
    }

    async fn generate_summary(
        &self,
        context: Context,
        arguments: GenerateSummaryArgs,
    ) -> Result<Value, ToolError> {
        let content = arguments.content;
        let sampled = context.sample("summary", summary(&content)).await?;
        Ok(json!({ "original_length": content.len(), "summary": sampled.text() }))
    }

    async fn confirm_delete(
        &self,
        context: Context,
        arguments: ConfirmDeleteArgs,
    ) -> Result<Value, ToolError> {
        let path = arguments.file_path;
        let form = Form::new().field("confirmed", Field::boolean());
        let asked = context.elicit("confirm", format!("Delete {path}?"), form).await?;
        let agreed = matches!(
            &asked,
            Elicited::Accepted(values) if values.get("confirmed") == Some(&Value::Bool(true))
        );
        if !agreed {
            return Ok(json!({ "deleted": null, "reason": "The user did not agree." }));
        }
        Ok(json!({ "deleted": path }))
    }

    async fn risky_operation(
        &self,
        context: Context,
        arguments: RiskyOperationArgs,
    ) -> Result<Value, ToolError> {
        match arguments.data.as_str() {
            "handled" => {
                context.error("The operation has failed").await;
                Ok(json!({ "success": false, "error": "it was no good" }))
            }
            "public" => Err(ToolError::public("The data is not good enough.")),
            "internal" => Err(ToolError::internal("the password of the database is 1234")),
            data => Ok(json!({ "success": true, "result": data })),
        }
    }

    async fn get_user(
        &self,
        _context: Context,
        arguments: GetUserArgs,
    ) -> Result<Value, ToolError> {
        Ok(json!({ "id": arguments.user_id, "name": "Alice" }))
    }

    async fn create_user(
        &self,
        _context: Context,
        arguments: CreateUserArgs,
    ) -> Result<Value, ToolError> {
        Ok(json!({ "id": 1, "name": arguments.name, "email": arguments.email }))
    }

    async fn list_products(
        &self,
        _context: Context,
        _: ListProductsArgs,
    ) -> Result<Vec<Value>, ToolError> {
        Ok(vec![json!({ "id": 1, "name": "Product" })])
    }

    async fn get_product(
        &self,
        _context: Context,
        arguments: GetProductArgs,
    ) -> Result<Value, ToolError> {
        match arguments.product_id {
            1 => Ok(json!({ "id": 1, "name": "Product" })),
            id => Err(ToolError::public(format!("There is no product {id}.")).with_status(404)),
        }
    }

    async fn list_admins(
        &self,
        _context: Context,
        _: ListAdminsArgs,
    ) -> Result<Vec<String>, ToolError> {
        Ok(vec!["Ada".to_owned()])
    }

    async fn status(
        &self,
        _context: Context,
        _: StatusArgs,
    ) -> Result<BTreeMap<String, String>, ToolError> {
        Ok(BTreeMap::from([("status".to_owned(), "ok".to_owned())]))
    }

    async fn health_check(
        &self,
        _context: Context,
        _: HealthCheckArgs,
    ) -> Result<BTreeMap<String, String>, ToolError> {
        Ok(BTreeMap::from([("status".to_owned(), "healthy".to_owned())]))
    }

    async fn application_config(&self, _context: Context) -> Result<Value, ResourceError> {
        let features = ["tools", "resources"];
        Ok(json!({ "theme": "dark", "version": "1.2.0", "features": features }))
    }

    async fn app_config(&self, _context: Context) -> Result<Value, ResourceError> {
        Ok(json!({ "version": "1.0", "author": "us" }))
    }

    async fn read_log(&self, _context: Context) -> Result<String, ResourceError> {
        Ok(self.file("log.txt").unwrap_or_else(|| "There is no log yet.".to_owned()))
    }

    async fn get_weather(
        &self,
        _context: Context,
        arguments: resources::GetWeather,
    ) -> Result<Value, ResourceError> {
        let mut rest = arguments.city.chars();
        let first = rest.next().into_iter().flat_map(char::to_uppercase);
        let city: String = first.chain(rest).collect();
        let unit = "celsius";
        Ok(json!({ "city": city, "temperature": 22, "condition": "Sunny", "unit": unit }))
    }

    async fn get_path_content(
        &self,
        _context: Context,
        arguments: resources::GetPathContent,
    ) -> Result<String, ResourceError> {
        Ok(format!("What is at {}", arguments.filepath))
    }

    async fn get_data(
        &self,
        _context: Context,
        arguments: resources::GetData,
    ) -> Result<String, ResourceError> {
        let resources::GetData { id, format, version } = arguments;
        Ok(match format.as_str() {
            "xml" => format!("<data id='{id}' version='{version}' />"),
            _ => json!({ "id": id, "version": version }).to_string(),
        })
    }

    async fn get_repo_info(
        &self,
        _context: Context,
        arguments: resources::GetRepoInfo,
    ) -> Result<Value, ResourceError> {
        let resources::GetRepoInfo { owner, repo } = arguments;
        let full_name = format!("{owner}/{repo}");
        Ok(json!({ "owner": owner, "name": repo, "full_name": full_name, "stars": 120 }))
    }

    async fn read_file(
        &self,
        _context: Context,
        arguments: resources::ReadFile,
    ) -> Result<String, ResourceError> {
        let missing = || HandlerError::public("Resource not found").with_code(-32002);
        self.file(&arguments.path).ok_or_else(missing)
    }

    async fn analyze_data_prompt(
        &self,
        _context: Context,
        arguments: prompts::AnalyzeData,
    ) -> Result<PromptResult, PromptError> {
        #[expect(clippy::cast_precision_loss, reason = "small numbers of a prompt")]
        let numbers: Vec<f64> = arguments.numbers.iter().map(|number| *number as f64).collect();
        let average = average(&numbers);
        let about: Vec<String> =
            arguments.metadata.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let above = average > arguments.threshold;
        let about = about.join(", ");
        Ok(PromptResult::user(format!("Average {average}, above the threshold: {above} ({about})")))
    }

    async fn generate_report_request(
        &self,
        context: Context,
        arguments: prompts::GenerateReportRequest,
    ) -> Result<PromptResult, PromptError> {
        let (kind, id) = (arguments.report_type, context.request_id());
        Ok(PromptResult::user(format!("Please write a {kind} report. Request: {id}")))
    }
}
