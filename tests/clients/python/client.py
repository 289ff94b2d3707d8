"""Lists and calls tools with the `mcp` package 2.x, in either protocol generation."""

import asyncio
import json

from mcp import Client, MCPError, StdioServerParameters

from common import arguments, block


async def main() -> None:
    options = arguments()
    if options.http:
        server = options.http
    else:
        command, *rest = json.loads(options.stdio)
        server = StdioServerParameters(command=command, args=rest)
    mode = {"legacy": "legacy", "modern": "2026-07-28", "auto": "auto"}[options.generation]
    async with Client(server, mode=mode, read_timeout_seconds=30) as client:
        tools = []
        cursor = None
        while True:
            page = await client.list_tools(cursor=cursor)
            tools.extend(page.tools)
            cursor = page.next_cursor
            if cursor is None:
                break
        results = []
        for call in json.loads(options.calls):
            try:
                result = await client.call_tool(call["name"], call.get("arguments"))
            except MCPError as error:
                results.append({"protocol_error": {"code": error.code, "message": error.message}})
                continue
            results.append(
                {
                    "error": bool(result.is_error),
                    "content": [block(item) for item in result.content],
                    "structured": result.structured_content,
                }
            )
        info = client.server_info
        report = {
            "protocol": client.protocol_version,
            "server": info.name if info else None,
            "instructions": client.instructions,
            "tools": [
                {"name": tool.name, "input": tool.input_schema, "output": tool.output_schema}
                for tool in tools
            ],
            "results": results,
        }
    print(json.dumps(report))


asyncio.run(main())
