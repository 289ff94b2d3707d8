// What the command line of `@modelcontextprotocol/inspector` 2.x does with a server, operation by
// operation. It connects anew for each.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules", ".bin");

const { values: options } = parseArgs({
  options: {
    generation: { type: "string" },
    http: { type: "string" },
    sse: { type: "string" },
    stdio: { type: "string" },
  },
});

function target() {
  if (options.http) return ["--transport", "http", "--server-url", options.http];
  if (options.sse) return ["--transport", "sse", "--server-url", options.sse];
  return [];
}

// The command of a server comes last.
const command = options.stdio ? ["--transport", "stdio", "--", ...JSON.parse(options.stdio)] : [];

async function run(...method) {
  const args = ["--cli", "--format", "json", "--quiet", "--protocol-era", options.generation];
  const all = [join(modules, "mcp-inspector"), ...args, ...target(), ...method, ...command];
  const { stdout } = await promisify(execFile)(join(modules, "node"), all, { timeout: 60_000 });
  const answer = JSON.parse(stdout);
  return answer.result ?? answer;
}

const operations = {
  async list() {
    const { tools } = await run("--method", "tools/list");
    const { resources } = await run("--method", "resources/list");
    const { prompts } = await run("--method", "prompts/list");
    assert.ok(tools.some((it) => it.name === "test_simple_text"));
    assert.ok(resources.some((it) => it.uri === "test://static-text"));
    assert.ok(prompts.some((it) => it.name === "test_prompt_with_arguments"));
  },
  async call() {
    const result = await run("--method", "tools/call", "--tool-name", "test_simple_text");
    assert.equal(result.content[0].text, "This is a simple text response for testing.");
  },
  async read() {
    const result = await run("--method", "resources/read", "--uri", "test://template/123/data");
    assert.equal(JSON.parse(result.contents[0].text).id, "123");
  },
  async get() {
    const name = ["--prompt-name", "test_prompt_with_arguments"];
    const args = ["--prompt-args", "arg1=one", "--prompt-args", "arg2=two"];
    const result = await run("--method", "prompts/get", ...name, ...args);
    assert.match(result.messages[0].content.text, /arg1='one'.*arg2='two'/);
  },
};

const outcomes = {
  complete: { unsupported: "the command line has no completion" },
  elicit: { unsupported: "the command line cannot be asked" },
  progress: { unsupported: "the command line shows the result only" },
  cancel: { unsupported: "the command line has one request in a run" },
};
for (const [name, operation] of Object.entries(operations)) {
  try {
    await operation();
    outcomes[name] = "ok";
  } catch (error) {
    outcomes[name] = `${error.name}: ${error.message} ${error.stderr ?? ""}`;
  }
}
console.log(JSON.stringify({ protocol: null, operations: outcomes }));
