// Takes the pictures of docs/aspire.md:   node docs/aspire/screenshots.mjs [arguments of the AppHost, e.g. --port=5090]
// Needs node 20, chromium and redis-server; takes about a minute and ends what it started.
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { healthy } from './apphost.mjs';
import { launch } from './browser.mjs';

const resources = ['api', 'health-worker', 'redis-server', 'everything', 'filesystem', 'sample', 'sample-0', 'sample-1'];
const row = name => `[...document.querySelectorAll('tr[role=row]')].find(row => row.cells[0]?.innerText.trim() === '${name}')`;
const dialog = `document.querySelector('fluent-dialog')`;
const button = name => `[...${dialog}.querySelectorAll('fluent-button')].find(one => one.innerText.trim() === '${name}' || one.title === '${name}')`;

const args = process.argv.slice(2);
const port = /^--port=(\d+)$/m.exec(args.join('\n'))?.[1] ?? 5080;
const host = await healthy(resources, args);
const browser = await launch(1280, 800);
try {
  const page = path => browser.open(new URL(path, host.login));
  const shows = text => browser.until(`${dialog}?.innerText.includes(${JSON.stringify(text)})`);
  // What slides and fades has come to rest.
  const take = async name => {
    await browser.hover(640, 790);
    await pause(1500);
    const picture = await browser.picture();
    writeFileSync(new URL(`${name}.png`, import.meta.url), picture);
    console.log(`${name}.png ${Math.ceil(picture.length / 1024)} kB`);
  };

  await browser.open(host.login);
  for (const name of resources) await browser.until(`${row(name)}?.innerText.includes('Running')`);
  await take('resources');

  await browser.click(`${row('sample')}.querySelector('fluent-button[title^="Calls a tool"]')`);
  await shows('Call a tool of sample');
  await browser.click(`${dialog}.querySelector('fluent-dropdown')`);
  await take('call-a-tool');
  await browser.click(`${dialog}.querySelector('fluent-option[value=echo]')`);
  await browser.click(button('Next'));
  await shows('Returns the message.');
  await browser.click(`${dialog}.querySelector('fluent-text-input')`);
  await browser.type('hello');
  await take('arguments');
  await browser.click(button('Call'));
  await shows('"text": "hello"');
  await take('result');
  await browser.click(button('Close'));

  // One call of a client, whose trace goes through everything.
  for (const [service, tool, given] of [['everything', 'echo', { message: 'hello' }], ['sample', 'echo', { message: 'hello' }]]) {
    const answer = await fetch(`http://localhost:${port}/api/services/${service}/tools/${tool}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(given) });
    if (!answer.ok) throw new Error(await answer.text());
  }
  await page('/traces');
  await browser.until(`document.body.innerText.includes('tools/{tool}') && document.body.innerText.includes('everything-0')`);
  await take('traces');
  await browser.click(`[...document.querySelectorAll('tr[role=row]')].find(row => row.innerText.includes('everything-0')).cells[0]`);
  await browser.until(`location.pathname.startsWith('/traces/detail/')`);
  await take('trace');

  await page('/metrics/resource/api?meter=McpRegistry');
  await browser.until(`document.body.innerText.includes('McpRegistry')`);
  await take('metrics');
  await page('/structuredlogs/resource/api');
  await browser.until(`document.body.innerText.includes('Information')`);
  await take('structured-logs');
  await page('/?view=Graph');
  await browser.until(`document.querySelectorAll('.resource-group, svg text').length > 8`);
  await pause(3000);
  await take('graph');
} finally {
  await browser.close();
  await host.stop();
}
