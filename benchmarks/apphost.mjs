// What the AppHost costs on this machine: how long until every row is healthy, and the processes and memory of each.
//   node benchmarks/apphost.mjs [arguments of the AppHost, e.g. --store=embedded]      Linux; build the solution first
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { healthy } from '../docs/aspire/apphost.mjs';

const args = process.argv.slice(2);
const shared = args.includes('--store=embedded') ? [] : ['redis-server', 'health-worker'];
const rows = [...shared, 'api', 'everything', 'everything-0', 'filesystem', 'filesystem-0', 'sample', 'sample-0', 'sample-1'];

const read = file => { try { return readFileSync(file, 'utf8'); } catch { return ''; } };

// Processes end while they are looked at; those of others tell little.
const processes = () => new Map(readdirSync('/proc').filter(one => /^\d+$/.test(one)).map(id => {
  const variables = read(`/proc/${id}/environ`).split('\0');
  return [id, {
    parent: read(`/proc/${id}/stat`).split(') ').at(-1).split(' ')[1],
    command: read(`/proc/${id}/cmdline`).replaceAll('\0', ' '),
    variables, row: variables.find(one => one.startsWith('OTEL_SERVICE_NAME='))?.split('=')[1],
    kilobytes: Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0),
  }];
}));

// A program gets few variables, so it is told by what started it.
function rowOf(all, id, mark) {
  for (let one = all.get(id); one; one = all.get(one.parent)) {
    if (one.row) return one.row;
    if (/^redis-server /.test(one.command)) return 'redis-server';
    if (/Aspire\.Dashboard/.test(one.command)) return 'dashboard';
    if (/\/dcp /.test(one.command)) return 'orchestrator (dcp)';
    if (one.variables.includes(mark)) return 'AppHost and its `dotnet run`';
  }
}

const load = loadavg()[0];
const host = await healthy(rows, args);
try {
  const last = Math.max(...host.ready.values()) / 1000;
  // What starting left behind has been collected.
  await pause(30_000);
  const all = processes(), cost = new Map();
  for (const [id, one] of all) {
    const row = rowOf(all, id, host.mark);
    if (!row || !one.kilobytes) continue;
    const sum = cost.get(row) ?? { count: 0, kilobytes: 0 };
    cost.set(row, { count: sum.count + 1, kilobytes: sum.kilobytes + one.kilobytes });
  }
  console.log(`load before: ${load}; everything healthy after ${last.toFixed(1)} s\n\n| row | healthy after s | processes | PSS MB |\n|---|---:|---:|---:|`);
  const line = (name, at, { count, kilobytes }) => console.log(`| ${name} | ${at ? (at / 1000).toFixed(1) : ''} | ${count || ''} | ${kilobytes ? Math.round(kilobytes / 1024) : ''} |`);
  for (const row of new Set([...cost.keys(), ...rows])) line(row, host.ready.get(row), cost.get(row) ?? { count: 0, kilobytes: 0 });
  line('all', 0, [...cost.values()].reduce((sum, one) => ({ count: sum.count + one.count, kilobytes: sum.kilobytes + one.kilobytes })));
} finally {
  await host.stop();
}
