// What both TypeScript clients share: their arguments and how they print the report.

import { parseArgs } from "node:util";

export function readArguments() {
  const { values } = parseArgs({
    options: {
      generation: { type: "string" },
      http: { type: "string" },
      stdio: { type: "string" },
      calls: { type: "string" },
    },
  });
  const [command, ...args] = values.stdio ? JSON.parse(values.stdio) : [];
  return { ...values, command, args, calls: JSON.parse(values.calls ?? "[]") };
}

export async function report(client, protocol, calls) {
  const tools = [];
  let cursor;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    tools.push(...page.tools);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const results = [];
  for (const call of calls) {
    try {
      const result = await client.callTool({ name: call.name, arguments: call.arguments });
      results.push({
        error: result.isError ?? false,
        content: result.content.map((item) =>
          item.type === "text"
            ? { type: item.type, text: item.text }
            : { type: item.type, mime_type: item.mimeType },
        ),
        structured: result.structuredContent ?? null,
      });
    } catch (error) {
      if (typeof error.code !== "number") throw error;
      results.push({ protocol_error: { code: error.code, message: error.message } });
    }
  }
  console.log(
    JSON.stringify({
      protocol,
      server: client.getServerVersion()?.name ?? null,
      instructions: client.getInstructions() ?? null,
      tools: tools.map((tool) => ({
        name: tool.name,
        input: tool.inputSchema,
        output: tool.outputSchema ?? null,
      })),
      results,
    }),
  );
}
