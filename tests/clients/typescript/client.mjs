// Lists and calls tools with `@modelcontextprotocol/client` 2.x, in either protocol generation.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import { readArguments, report } from "./common.mjs";

const options = readArguments();
const modes = { legacy: "legacy", modern: { pin: "2026-07-28" }, auto: "auto" };
const client = new Client(
  { name: "interop", version: "1.0.0" },
  { versionNegotiation: { mode: modes[options.generation] } },
);
const transport = options.http
  ? new StreamableHTTPClientTransport(new URL(options.http))
  : new StdioClientTransport({ command: options.command, args: options.args });
await client.connect(transport);
await report(client, client.getNegotiatedProtocolVersion(), options.calls);
await client.close();
