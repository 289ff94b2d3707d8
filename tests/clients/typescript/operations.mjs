// What a client does with a server, operation by operation, with `@modelcontextprotocol/client` 2.x
// or `@modelcontextprotocol/sdk` 1.x.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const PATIENCE = 20_000;
const ANSWER = { action: "accept", content: { username: "ada", email: "ada@example.com" } };
const INFO = { name: "interop", version: "1.0.0" };

const { values: options } = parseArgs({
  options: {
    library: { type: "string" },
    generation: { type: "string" },
    http: { type: "string" },
    sse: { type: "string" },
    stdio: { type: "string" },
  },
});

function transportOf({ Stdio, Http, Sse }) {
  if (options.http) return new Http(new URL(options.http));
  if (options.sse) return new Sse(new URL(options.sse));
  const [command, ...args] = JSON.parse(options.stdio);
  return new Stdio({ command, args });
}

async function connectV2() {
  const { Client, SSEClientTransport, StreamableHTTPClientTransport } = await import(
    "@modelcontextprotocol/client"
  );
  const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
  const mode = { legacy: "legacy", modern: { pin: "2026-07-28" } }[options.generation];
  const client = new Client(INFO, {
    capabilities: { elicitation: {} },
    versionNegotiation: { mode },
  });
  client.setRequestHandler("elicitation/create", async () => ANSWER);
  await client.connect(
    transportOf({
      Stdio: StdioClientTransport,
      Http: StreamableHTTPClientTransport,
      Sse: SSEClientTransport,
    }),
  );
  const call = (params, extra) => client.callTool(params, extra);
  return { client, call, protocol: client.getNegotiatedProtocolVersion() };
}

async function connectV1() {
  const sdk = "@modelcontextprotocol/sdk";
  const { Client } = await import(`${sdk}/client/index.js`);
  const { StdioClientTransport } = await import(`${sdk}/client/stdio.js`);
  const { SSEClientTransport } = await import(`${sdk}/client/sse.js`);
  const { StreamableHTTPClientTransport } = await import(`${sdk}/client/streamableHttp.js`);
  const { ElicitRequestSchema } = await import(`${sdk}/types.js`);
  const client = new Client(INFO, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, async () => ANSWER);
  const transport = transportOf({
    Stdio: StdioClientTransport,
    Http: StreamableHTTPClientTransport,
    Sse: SSEClientTransport,
  });
  // The protocol version is told to the transport once it is negotiated.
  let protocol = null;
  const tell = transport.setProtocolVersion?.bind(transport);
  transport.setProtocolVersion = (version) => {
    protocol = version;
    tell?.(version);
  };
  await client.connect(transport);
  const call = (params, extra) => client.callTool(params, undefined, extra);
  return { client, call, protocol };
}

const { client, call, protocol } = await (options.library === "sdk" ? connectV1() : connectV2());

async function textOf(name, args, extra) {
  const result = await call({ name, arguments: args }, { timeout: PATIENCE, ...extra });
  assert.ok(!result.isError, JSON.stringify(result));
  return result.content.map((item) => item.text ?? "").join("");
}

async function simpleCall() {
  const text = await textOf("test_simple_text", {});
  assert.equal(text, "This is a simple text response for testing.");
}

const operations = {
  async list() {
    const { tools } = await client.listTools();
    const { resources } = await client.listResources();
    const { resourceTemplates } = await client.listResourceTemplates();
    const { prompts } = await client.listPrompts();
    assert.ok(tools.some((it) => it.name === "test_simple_text"));
    assert.ok(resources.some((it) => it.uri === "test://static-text"));
    assert.ok(resourceTemplates.some((it) => it.uriTemplate === "test://template/{id}/data"));
    assert.ok(prompts.some((it) => it.name === "test_prompt_with_arguments"));
  },
  call: simpleCall,
  async read() {
    const { contents } = await client.readResource({ uri: "test://template/123/data" });
    assert.equal(JSON.parse(contents[0].text).id, "123");
  },
  async get() {
    const { messages } = await client.getPrompt({
      name: "test_prompt_with_arguments",
      arguments: { arg1: "one", arg2: "two" },
    });
    assert.match(messages[0].content.text, /arg1='one'.*arg2='two'/);
  },
  async complete() {
    const { completion } = await client.complete({
      ref: { type: "ref/prompt", name: "test_prompt_with_arguments" },
      argument: { name: "arg1", value: "t" },
    });
    assert.ok(Array.isArray(completion.values));
  },
  async elicit() {
    const text = await textOf("test_elicitation", { message: "Who are you?" });
    assert.match(text, /action=accept/);
    assert.match(text, /ada@example\.com/);
  },
  async progress() {
    const seen = [];
    const onprogress = ({ progress }) => seen.push(progress);
    await textOf("test_tool_with_progress", {}, { onprogress });
    assert.deepEqual(seen, [0, 50, 100]);
  },
  async cancel() {
    const controller = new AbortController();
    const extra = { signal: controller.signal };
    const running = textOf("slow_compute", { seconds: 60, label: "long" }, extra);
    const outcome = running.then(
      () => "finished",
      () => "rejected",
    );
    const early = await Promise.race([outcome, sleep(500, "running")]);
    assert.equal(early, "running", "the call is over before it is cancelled");
    controller.abort("no longer wanted");
    assert.equal(await outcome, "rejected");
    await simpleCall();
  },
};

const outcomes = {};
for (const [name, run] of Object.entries(operations)) {
  try {
    await run();
    outcomes[name] = "ok";
  } catch (error) {
    outcomes[name] = `${error.name}: ${error.message}`;
  }
}
console.log(JSON.stringify({ protocol, operations: outcomes }));
await client.close();
// A client that waits for something else must not keep the report waiting.
process.exit(0);
