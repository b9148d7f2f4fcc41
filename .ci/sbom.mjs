// Writes a CycloneDX 1.5 document of everything that the projects restored: the packages of NuGet with their hashes, and those of npm
// that the acceptance tests run. Run it from the root, after the restore.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const components = new Map();

function add(purl, name, version, scope, hash) {
  const known = components.get(purl);
  if (known) {
    if (scope === 'required') known.scope = 'required';
    return;
  }
  const component = { 'bom-ref': purl, type: 'library', name, version, purl, scope };
  if (hash) component.hashes = [{ alg: hash.alg, content: Buffer.from(hash.base64, 'base64').toString('hex') }];
  components.set(purl, component);
}

// What only tests and samples use is not in what is shipped.
const isShipped = folder => !/Tests|samples|benchmarks/.test(folder);

for (const folder of ['.', 'samples', 'benchmarks'].flatMap(root => existsSync(root) ? readdirSync(root).map(name => join(root, name)) : [])) {
  const assets = join(folder, 'obj', 'project.assets.json');
  if (!existsSync(assets)) continue;
  for (const [key, library] of Object.entries(JSON.parse(readFileSync(assets, 'utf8')).libraries)) {
    if (library.type !== 'package') continue;
    const [name, version] = key.split('/');
    add(`pkg:nuget/${name}@${version}`, name, version, isShipped(folder) ? 'required' : 'excluded', library.sha512 && { alg: 'SHA-512', base64: library.sha512 });
  }
}

const lock = join('acceptance', 'package-lock.json');
if (existsSync(lock)) {
  for (const [path, one] of Object.entries(JSON.parse(readFileSync(lock, 'utf8')).packages)) {
    if (path === '' || !one.version) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const sha512 = /^sha512-(.+)$/.exec(one.integrity ?? '');
    add(`pkg:npm/${name.replace('@', '%40')}@${one.version}`, name, one.version, 'excluded', sha512 && { alg: 'SHA-512', base64: sha512[1] });
  }
}

const sorted = [...components.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
console.log(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component: { type: 'application', name: 'McpRegistry' } }, components: sorted }, null, 1));
if (sorted.length === 0) {
  console.error('Nothing was restored.');
  process.exitCode = 1;
}
