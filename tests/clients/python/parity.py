"""Tells what a weather server lists and answers, by FastMCP's client: `parity.py COMMAND...`."""

import asyncio
import json
import sys

from fastmcp import Client
from fastmcp.client.transports import StdioTransport

PLACE = {"latitude": 41.9, "longitude": 12.5, "name": "Rome"}
INNER = {"latitude": 1, "longitude": 1, "name": "Prati"}
MEASURED = [{"kind": "wind", "knots": 31}, {"kind": "rain", "millimetres": 5}]
CALLS = [
    ("forecast", {"place": PLACE, "days": 2}),
    ("forecast", {"place": PLACE, "days": "1", "unit": "fahrenheit"}),
    ("report", {"place": PLACE, "measured": MEASURED}),
    ("count_places", {"region": {**PLACE, "parts": [INNER, INNER]}}),
    # What is refused.
    ("forecast", {"place": PLACE, "days": 8}),
    ("forecast", {"place": {"latitude": 91, "longitude": 0}}),
    ("forecast", {}),
    ("report", {"place": PLACE, "measured": []}),
    ("report", {"place": PLACE, "measured": [{"kind": "hail"}]}),
]


def tool(listed) -> dict:
    schema = listed.model_dump(by_alias=True, exclude_none=True)
    properties = schema["inputSchema"]["properties"]
    return {
        "name": schema["name"],
        "title": schema.get("title"),
        "description": schema.get("description"),
        "read_only": schema.get("annotations", {}).get("readOnlyHint"),
        "arguments": sorted(properties),
        "required": sorted(schema["inputSchema"].get("required", [])),
        "defaults": {key: it["default"] for key, it in properties.items() if "default" in it},
    }


def result(answer) -> dict:
    # The words of a refusal are each server's own.
    if answer.is_error:
        return {"error": True}
    structured = answer.structured_content
    # On 2026-07-28 a value may stand by itself; FastMCP wraps it there too.
    if isinstance(structured, dict) and list(structured) == ["result"]:
        structured = structured["result"]
    return {
        "structured": structured,
        "text": [json.loads(block.text) for block in answer.content],
    }


async def main() -> None:
    command, *arguments = sys.argv[1:]
    async with Client(StdioTransport(command=command, args=arguments)) as client:
        calls = [await client.call_tool(*call, raise_on_error=False) for call in CALLS]
        contents = await client.read_resource("weather://Oslo/current")
        described = {"date": "2026-06-01", "sky": "rain", "celsius": [1, 2]}
        prompt = await client.get_prompt("describe", {"day": json.dumps(described)})
        templates = await client.list_resource_templates()
        prompts = await client.list_prompts()
        report = {
            "tools": [tool(listed) for listed in await client.list_tools()],
            "results": [result(answer) for answer in calls],
            "templates": [
                [it.name, getattr(it, "uri_template", None), getattr(it, "mime_type", None), it.description]
                for it in templates
            ],
            "contents": [[json.loads(it.text), getattr(it, "mime_type", None)] for it in contents],
            "prompts": [
                [it.name, it.description, [[each.name, bool(each.required)] for each in it.arguments]]
                for it in prompts
            ],
            "messages": [[it.role, it.content.text] for it in prompt.messages],
        }
    print(json.dumps(report))


asyncio.run(main())
