// The AppHost as README says it is started, for as long as a script needs it.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Starts it; every process of it has the variable `mark`.
 * @param onLine hears every line of its console.
 * @param args what follows `--`, e.g. `--store=embedded`.
 */
function start(onLine, args = []) {
  const mark = randomUUID();
  const child = spawn('dotnet', ['run', '--project', 'McpRegistry.AppHost', '--', ...args],
    { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', Logging__LogLevel__Aspire: 'Debug', MCPREGISTRY_RUN: mark } });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', piece => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    lines.forEach(onLine);
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  const stop = () => {
    // A Ctrl-C goes to the launcher and to what it launched.
    if (child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    return ended;
  };
  return { mark: `MCPREGISTRY_RUN=${mark}`, ended, stop };
}

/** Starts it and waits until these rows are healthy. Tells the dashboard's login, and after how many milliseconds each row was ready. */
export async function healthy(resources, args = []) {
  const began = performance.now(), ready = new Map();
  let login, host;
  await new Promise((resolve, reject) => {
    host = start(line => {
      login ??= /Login URL:\s+(\S+)/.exec(line)?.[1];
      const name = /Resource '([^']+)' is ready/.exec(line)?.[1];
      if (name && !ready.has(name)) ready.set(name, Math.round(performance.now() - began));
      if (login && resources.every(one => ready.has(one))) resolve();
    }, args);
    host.ended.then(code => reject(new Error(`The AppHost ended with ${code}.`)));
    setTimeout(() => reject(new Error(`Not healthy: ${resources.filter(one => !ready.has(one))}`)), 300_000).unref();
  }).catch(async error => { await host.stop(); throw error; });
  return { ...host, login, ready };
}
