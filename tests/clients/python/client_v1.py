"""Lists and calls tools with the `mcp` package 1.x, which speaks the handshake generation."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta

from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import PaginatedRequestParams

from common import arguments, block


async def main() -> None:
    options = arguments()
    if options.generation != "legacy":
        raise SystemExit("mcp 1.x speaks the handshake generation only")
    async with AsyncExitStack() as stack:
        if options.http:
            streams = await stack.enter_async_context(streamable_http_client(options.http))
            read, write = streams[0], streams[1]
        else:
            command, *rest = json.loads(options.stdio)
            parameters = StdioServerParameters(command=command, args=rest)
            read, write = await stack.enter_async_context(stdio_client(parameters))
        session = ClientSession(read, write, read_timeout_seconds=timedelta(seconds=30))
        session = await stack.enter_async_context(session)
        handshake = await session.initialize()
        await session.send_ping()
        tools = []
        cursor = None
        while True:
            page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
            tools.extend(page.tools)
            cursor = page.nextCursor
            if cursor is None:
                break
        results = []
        for call in json.loads(options.calls):
            try:
                result = await session.call_tool(call["name"], call.get("arguments"))
            except McpError as error:
                problem = {"code": error.error.code, "message": error.error.message}
                results.append({"protocol_error": problem})
                continue
            results.append(
                {
                    "error": bool(result.isError),
                    "content": [block(item) for item in result.content],
                    "structured": result.structuredContent,
                }
            )
        report = {
            "protocol": handshake.protocolVersion,
            "server": handshake.serverInfo.name,
            "instructions": handshake.instructions,
            "tools": [
                {"name": tool.name, "input": tool.inputSchema, "output": tool.outputSchema}
                for tool in tools
            ],
            "results": results,
        }
    print(json.dumps(report))


asyncio.run(main())
