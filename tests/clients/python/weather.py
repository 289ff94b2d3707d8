"""The server of examples/weather, written with FastMCP: the same calls get the same answers."""

from typing import Annotated, Literal

from fastmcp import Context, FastMCP
from pydantic import BaseModel, Field

mcp = FastMCP("weather")

Sky = Literal["clear", "cloudy", "rain", "snow"]


class Place(BaseModel):
    """A place on earth."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: str | None = Field(default=None, description="What people call it.")


class Day(BaseModel):
    """The weather of one day."""

    date: str
    sky: Sky
    celsius: tuple[float, float] = Field(description="The lowest and the highest temperature.")


class Forecast(BaseModel):
    """The weather of the next days."""

    place: Place
    days: list[Day]


class Region(Place):
    """A place with the regions that it is made of."""

    parts: list["Region"] = []


class Wind(BaseModel):
    """How the wind blew."""

    kind: Literal["wind"]
    knots: int = Field(ge=0)


class Rain(BaseModel):
    """How much rain fell."""

    kind: Literal["rain"]
    millimetres: float = Field(ge=0)


def day(number: int, degrees=lambda celsius: celsius) -> Day:
    return Day(date=f"2026-06-{number:02}", sky="clear", celsius=(degrees(10.0), degrees(20.0)))


@mcp.tool(annotations={"readOnlyHint": True})
async def forecast(
    ctx: Context,
    place: Place,
    days: Annotated[int, Field(ge=1, le=7)] = 3,
    unit: Annotated[
        Literal["celsius", "fahrenheit"], Field(description="How temperatures are written.")
    ] = "celsius",
) -> Forecast:
    """The weather of the next days at a place."""
    await ctx.info(f"looking {days} days ahead")

    def degrees(celsius: float) -> float:
        return celsius if unit == "celsius" else celsius * 1.8 + 32.0

    found = []
    for number in range(1, days + 1):
        found.append(day(number, degrees))
        await ctx.report_progress(number, days)
    return Forecast(place=place, days=found)


@mcp.tool
def report(
    place: Place,
    measured: Annotated[list[Wind | Rain], Field(min_length=1)],
    tags: dict[str, str] = {},
) -> int:
    """Reports what was measured."""
    strong = [
        it
        for it in measured
        if (it.knots > 30 if isinstance(it, Wind) else it.millimetres > 20)
    ]
    return len(strong)


def count(region: Region, counts: dict[str, int]) -> None:
    name = region.name or "unnamed"
    counts[name] = counts.get(name, 0) + 1
    for part in region.parts:
        count(part, counts)


@mcp.tool
def count_places(region: Region) -> dict[str, int]:
    """Counts the places of a region, and those inside of it."""
    counts: dict[str, int] = {}
    count(region, counts)
    return counts


@mcp.resource("weather://{city}/current", mime_type="application/json")
def current(city: str) -> dict:
    """The weather of a city at the moment."""
    return day(1).model_dump()


@mcp.prompt
def describe(day: Day, sky: Sky = "clear") -> str:
    """Asks for a text about a day."""
    return f"Describe {day.date}: {day.sky}, and not {sky}."


if __name__ == "__main__":
    mcp.run(show_banner=False)
