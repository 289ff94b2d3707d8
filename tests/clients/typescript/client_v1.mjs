// Lists and calls tools with `@modelcontextprotocol/sdk` 1.x, which speaks the handshake generation.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

import { readArguments, report } from "./common.mjs";

const options = readArguments();
if (options.generation !== "legacy") throw new Error("the 1.x package speaks the handshake only");
const client = new Client({ name: "interop", version: "1.0.0" });
const transport = options.http
  ? new StreamableHTTPClientTransport(new URL(options.http))
  : new StdioClientTransport({ command: options.command, args: options.args });
// The protocol version is told to the transport once it is negotiated.
let protocol = null;
const tell = transport.setProtocolVersion?.bind(transport);
transport.setProtocolVersion = (version) => {
  protocol = version;
  tell?.(version);
};
await client.connect(transport);
await client.ping();
await report(client, protocol, options.calls);
await client.close();
