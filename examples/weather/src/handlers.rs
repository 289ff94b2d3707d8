//! The tools of `weather` that are written by hand.

use std::collections::BTreeMap;

use mcpwright::jiff::ToSpan as _;
use mcpwright::jiff::civil::date;
use mcpwright::{Context, ResourceError, ToolError};
use weather_mcp::models::{Day, Forecast, ForecastUnit, Region, Sky, WindOrRain};
use weather_mcp::tools::declared::{CountPlacesArgs, ForecastArgs, ReportArgs};
use weather_mcp::{Handlers, models, resources};

/// A station that sees the same weather every day.
#[derive(Debug)]
pub(crate) struct Station;

/// The weather of a day of June.
fn day(number: i64, degrees: impl Fn(f64) -> f64) -> Day {
    Day {
        date: date(2026, 6, 1) + (number - 1).days(),
        sky: Sky::Clear,
        celsius: (degrees(10.0), degrees(20.0)),
    }
}

impl Handlers for Station {
    async fn forecast(
        &self,
        context: Context,
        arguments: ForecastArgs,
    ) -> Result<models::Forecast, ToolError> {
        context.info(format!("looking {} days ahead", arguments.days)).await;
        let degrees = |celsius: f64| match arguments.unit {
            ForecastUnit::Celsius => celsius,
            ForecastUnit::Fahrenheit => celsius * 1.8 + 32.0,
        };
        let mut days = Vec::new();
        for number in 1..=arguments.days {
            days.push(day(number, degrees));
            context.report_progress(number as f64, Some(arguments.days as f64), None).await;
        }
        Ok(Forecast { place: arguments.place, days })
    }

    async fn report(&self, _context: Context, arguments: ReportArgs) -> Result<i64, ToolError> {
        let strong = arguments.measured.iter().filter(|measured| match measured {
            WindOrRain::Wind(wind) => wind.knots > 30,
            WindOrRain::Rain(rain) => rain.millimetres > 20.0,
        });
        i64::try_from(strong.count()).map_err(|_| ToolError::public("too many measurements"))
    }

    async fn count_places(
        &self,
        _context: Context,
        arguments: CountPlacesArgs,
    ) -> Result<BTreeMap<String, i64>, ToolError> {
        let mut counts = BTreeMap::new();
        count(&arguments.region, &mut counts);
        Ok(counts)
    }

    async fn current(
        &self,
        _context: Context,
        _arguments: resources::Current,
    ) -> Result<Day, ResourceError> {
        Ok(day(1, |celsius| celsius))
    }
}

fn count(region: &Region, counts: &mut BTreeMap<String, i64>) {
    let name = region.name.clone().unwrap_or_else(|| "unnamed".to_owned());
    *counts.entry(name).or_default() += 1;
    region.parts.iter().for_each(|part| count(part, counts));
}
