#!/usr/bin/env node
// Connects one of the npm clients, lists all tools and makes the calls given on stdin.
//   node call.mjs --client sdk|client --mode default|auto --url URL < '[{"name":"…","arguments":{…}}]'
// Prints one JSON object: { revision, tools: [names], results: [{ name, isError, text }] }.
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
  options: { client: { type: 'string' }, mode: { type: 'string', default: 'default' }, url: { type: 'string' } },
});
const calls = JSON.parse(await text(process.stdin));
const { client, revision } = await connect();

const tools = [];
let cursor;
do {
  const page = await client.listTools(cursor ? { cursor } : undefined);
  tools.push(...page.tools.map(tool => tool.name));
  cursor = page.nextCursor;
} while (cursor);

const results = [];
for (const call of calls) {
  const result = await client.callTool(call);
  results.push({ name: call.name, isError: result.isError ?? false, text: result.content?.map(part => part.text ?? '').join('') ?? '' });
}

console.log(JSON.stringify({ revision: revision(), tools, results }));
await client.close();

async function connect() {
  const identity = { name: `acceptance-${flags.client}-${flags.mode}`, version: '1.0.0' };
  const url = new URL(flags.url);
  if (flags.client === 'sdk') {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
    const client = new Client(identity);
    const transport = new StreamableHTTPClientTransport(url);
    await client.connect(transport);
    return { client, revision: () => transport.protocolVersion };
  }

  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const client = new Client(identity, flags.mode === 'auto' ? { versionNegotiation: { mode: 'auto' } } : undefined);
  await client.connect(new StreamableHTTPClientTransport(url));
  return { client, revision: () => client.getNegotiatedProtocolVersion() };
}
