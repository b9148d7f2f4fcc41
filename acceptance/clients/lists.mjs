#!/usr/bin/env node
// Connects one of the npm clients and reads all four lists, as strictly as its SDK does.
//   node lists.mjs --client sdk|client --mode default|auto --url URL
// Prints one JSON object: { revision, tools: [names], prompts: [names], resources: [URIs], resourceTemplates: [templates] }.
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
  options: { client: { type: 'string' }, mode: { type: 'string', default: 'default' }, url: { type: 'string' } },
});
const { client, revision } = await connect();

const all = async (list, member, key) => {
  const found = [];
  let cursor;
  do {
    const page = await client[list](cursor ? { cursor } : undefined);
    found.push(...page[member].map(one => one[key]));
    cursor = page.nextCursor;
  } while (cursor);
  return found;
};

console.log(JSON.stringify({
  revision: revision(),
  tools: await all('listTools', 'tools', 'name'),
  prompts: await all('listPrompts', 'prompts', 'name'),
  resources: await all('listResources', 'resources', 'uri'),
  resourceTemplates: await all('listResourceTemplates', 'resourceTemplates', 'uriTemplate'),
}));
await client.close();

async function connect() {
  const identity = { name: `lists-${flags.client}-${flags.mode}`, version: '1.0.0' };
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
