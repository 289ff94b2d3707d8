"""What a client does with a server, operation by operation, with `mcp` 2.x or `fastmcp` 4.x."""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from mcp_types import ElicitResult, PromptReference

ANSWER = {"username": "ada", "email": "ada@example.com"}
PATIENCE = 20


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", choices=["mcp", "fastmcp"], required=True)
    parser.add_argument("--generation", choices=["legacy", "modern"], required=True)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--http")
    target.add_argument("--sse")
    target.add_argument("--stdio")
    return parser.parse_args()


def connect(options: argparse.Namespace) -> Any:
    mode = {"legacy": "legacy", "modern": "2026-07-28"}[options.generation]
    command, *rest = json.loads(options.stdio) if options.stdio else [None]
    if options.library == "fastmcp":
        from fastmcp import Client
        from fastmcp.client.transports import SSETransport, StdioTransport, StreamableHttpTransport

        async def answer(*_: Any) -> Any:
            return ANSWER

        if options.stdio:
            transport = StdioTransport(command, rest)
        elif options.sse:
            transport = SSETransport(options.sse)
        else:
            transport = StreamableHttpTransport(options.http)
        return Client(transport, mode=mode, elicitation_handler=answer, timeout=PATIENCE)

    from mcp import Client, StdioServerParameters
    from mcp.client.sse import sse_client

    async def answer(*_: Any) -> ElicitResult:
        return ElicitResult(action="accept", content=ANSWER)

    if options.stdio:
        server = StdioServerParameters(command=command, args=rest)
    elif options.sse:
        server = sse_client(options.sse)
    else:
        server = options.http
    return Client(server, mode=mode, elicitation_callback=answer, read_timeout_seconds=PATIENCE)


class Operations:
    """The methods of both libraries, under one name each."""

    def __init__(self, client: Any, library: str) -> None:
        self.client = client
        self.is_fastmcp = library == "fastmcp"

    def method(self, name: str) -> Callable[..., Awaitable[Any]]:
        return getattr(self.client, f"{name}_mcp" if self.is_fastmcp else name)

    async def call(self, name: str, values: dict[str, Any], report: Any = None) -> str:
        key = "progress_handler" if self.is_fastmcp else "progress_callback"
        result = await self.method("call_tool")(name, values, **{key: report})
        assert not result.is_error, result
        return "".join(getattr(item, "text", "") for item in result.content)

    async def op_list(self) -> None:
        tools = (await self.method("list_tools")()).tools
        resources = (await self.method("list_resources")()).resources
        templates = (await self.method("list_resource_templates")()).resource_templates
        prompts = (await self.method("list_prompts")()).prompts
        assert "test_simple_text" in [it.name for it in tools], tools
        assert "test://static-text" in [str(it.uri) for it in resources], resources
        assert "test://template/{id}/data" in [it.uri_template for it in templates], templates
        assert "test_prompt_with_arguments" in [it.name for it in prompts], prompts

    async def op_call(self) -> None:
        text = await self.call("test_simple_text", {})
        assert text == "This is a simple text response for testing.", text

    async def op_read(self) -> None:
        result = await self.method("read_resource")("test://template/123/data")
        content = json.loads(result.contents[0].text)
        assert content["id"] == "123", content

    async def op_get(self) -> None:
        values = {"arg1": "one", "arg2": "two"}
        result = await self.method("get_prompt")("test_prompt_with_arguments", values)
        text = result.messages[0].content.text
        assert "arg1='one'" in text and "arg2='two'" in text, text

    async def op_complete(self) -> None:
        ref = PromptReference(type="ref/prompt", name="test_prompt_with_arguments")
        result = await self.method("complete")(ref, {"name": "arg1", "value": "t"})
        assert isinstance(result.completion.values, list), result

    async def op_elicit(self) -> None:
        text = await self.call("test_elicitation", {"message": "Who are you?"})
        assert "action=accept" in text and "ada@example.com" in text, text

    async def op_progress(self) -> None:
        seen: list[float] = []

        async def report(progress: float, *_: Any) -> None:
            seen.append(progress)

        await self.call("test_tool_with_progress", {}, report)
        assert seen == [0, 50, 100], seen

    async def op_cancel(self) -> None:
        call = asyncio.create_task(self.call("slow_compute", {"seconds": 60, "label": "long"}))
        await asyncio.sleep(0.5)
        assert not call.done(), "the call is over before it is cancelled"
        call.cancel()
        try:
            await call
        except asyncio.CancelledError:
            await self.op_call()
            return
        raise AssertionError("the call was not cancelled")


async def main() -> None:
    options = arguments()
    outcomes = {}
    async with connect(options) as client:
        operations = Operations(client, options.library)
        for name in ["list", "call", "read", "get", "complete", "elicit", "progress", "cancel"]:
            try:
                await asyncio.wait_for(getattr(operations, f"op_{name}")(), PATIENCE)
                outcomes[name] = "ok"
            except Exception as error:  # What went wrong is the result.
                outcomes[name] = f"{type(error).__name__}: {error}"
        protocol = client.protocol_version
    print(json.dumps({"protocol": str(protocol), "operations": outcomes}))


asyncio.run(main())
