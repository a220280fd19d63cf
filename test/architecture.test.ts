import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Breach, breachesIn, sentenceOf } from './architecture/breaches.ts';
import { isForTests, modulesNamedIn, sourceFile, sourceFiles } from './architecture/source-tree.ts';

const ROOT = join(import.meta.dirname, '..');
const sources = sourceFiles(ROOT, 'src/**/*.ts');

/** Imports that break a rule, and why that cannot be fixed yet. The list should be empty. */
const pending: readonly (Omit<Breach, 'law'> & { readonly because: string })[] = [];

const isPending = ({ file, imports }: Breach): boolean => pending.some((known) => known.file === file && known.imports === imports);

test('no import breaks the layer rules', () => {
  expect(
    breachesIn(sources)
      .filter((breach) => !isPending(breach))
      .map(sentenceOf),
  ).toEqual([]);
});

test('every exception is still needed', () => {
  const found = breachesIn(sources);
  const mended = pending.filter(({ file, imports }) => !found.some((breach) => breach.file === file && breach.imports === imports));
  expect(mended.map(({ file, imports }) => `src/${file} may import src/${imports} no more: delete its line from \`pending\``)).toEqual([]);
});

test('the program imports no test support', () => {
  const leaning = sources
    .filter(({ path }) => !isForTests(path))
    .flatMap(({ path, imports }) => imports.filter((to) => isForTests(to) || to.startsWith('test/')).map((to) => `${path} imports ${to}`));
  expect(leaning).toEqual([]);
});

/** A tree of files, each importing others by their path below src. */
const tree = (files: Record<string, readonly string[]>) =>
  Object.entries(files).map(([path, imports]) => {
    const up = '../'.repeat(path.split('/').length - 1);
    return sourceFile(`src/${path}`, imports.map((to) => `import { x } from '${up || './'}${to}';`).join('\n'));
  });

const broken = (files: Record<string, readonly string[]>) => breachesIn(tree(files)).map(({ file, imports }) => `${file} -> ${imports}`);

describe('the rules see', () => {
  test.each([
    ['lib/a.ts', 'objects/b.ts'],
    ['objects/a.ts', 'db/b.ts'],
    ['db/stores/a.ts', 'compute/errors.ts'],
    ['policy/a.ts', 'db/stores/b.ts'],
    ['policy/a.ts', 'events/b.ts'],
    ['events/a.ts', 'db/change.ts'],
    ['events/a.ts', 'compute/errors.ts'],
    ['api/openstack/a.ts', 'db/stores/b.ts'],
    ['api/openstack/a.ts', 'compute/rpcapi.ts'],
    ['api/openstack/a.ts', 'compute/host/manager.ts'],
    ['api/openstack/a.ts', 'network/host/drivers/fake/b.ts'],
    ['api/openstack/a.ts', 'compute/unspoken.ts'],
    ['virt/libvirt/a.ts', 'virt/fake/b.ts'],
    ['virt/libvirt/a.ts', 'db/connect/open.ts'],
    ['virt/libvirt/a.ts', 'lib/rpc/bus.ts'],
    ['virt/driver.ts', 'virt/fake/b.ts'],
    ['network/host/drivers/fake/a.ts', 'network/host/drivers/flat-dhcp/b.ts'],
    ['network/host/drivers/fake/a.ts', 'network/rpcapi.ts'],
    ['compute/rpcapi.ts', 'db/stores/b.ts'],
    ['compute/rpcapi.ts', 'conductor/rpcapi.ts'],
    ['operations/actions/pause.ts', 'policy/policy.ts'],
    ['compute/api.ts', 'compute/host/manager.ts'],
    ['compute/api.ts', 'conductor/manager.ts'],
    ['compute/api.ts', 'virt/fake/driver.ts'],
    ['compute/host/manager.ts', 'db/stores/b.ts'],
    ['compute/host/reconciler/a.ts', 'db/stores/b.ts'],
    ['compute/host/manager.ts', 'virt/libvirt/driver.ts'],
    ['compute/host/manager.ts', 'conductor/manager.ts'],
    ['conductor/workflows/a.ts', 'compute/host/manager.ts'],
    ['conductor/workflows/a.ts', 'compute/api.ts'],
    ['scheduler/manager.ts', 'api/openstack/a.ts'],
    ['compute/servers/find-server.ts', 'compute/host/task-runner.ts'],
    ['operations/actions/pause.ts', 'db/stores/b.ts'],
    ['operations/lifecycle.ts', 'compute/errors.ts'],
    ['network/plan/a.ts', 'network/books/b.ts'],
    ['network/books/a.ts', 'db/stores/servers/addresses.ts'],
    ['network/api/ports.ts', 'db/stores/servers/addresses.ts'],
    ['network/host/networks.ts', 'db/stores/hosts/hosts.ts'],
    ['network/server-networking.ts', 'network/rpcapi.ts'],
    ['network/drivers/builtin/a.ts', 'db/stores/network/ports.ts'],
    ['conductor/workflows/a.ts', 'network/rpcapi.ts'],
    ['conductor/workflows/a.ts', 'network/drivers/builtin/b.ts'],
    ['conductor/workflows/a.ts', 'image/api.ts'],
    ['network/host/drivers/fake/a.ts', 'db/stores/b.ts'],
    ['network/host/networking.ts', 'network/books/b.ts'],
    ['network/api/ports.ts', 'network/host/networks.ts'],
    ['api/openstack/a.ts', 'network/books/b.ts'],
    ['image/drivers/builtin/a.ts', 'image/api.ts'],
  ])('%s importing %s', (file, target) => {
    expect(broken({ [file]: [target], [target]: [] })).toEqual([`${file} -> ${target}`]);
  });

  test('what a compute host shares with the api: only files in a room of hosts or of contracts', () => {
    const files = { 'compute/api.ts': ['compute/shared.ts'], 'compute/host/manager.ts': ['compute/shared.ts'], 'compute/shared.ts': [] };
    expect(broken(files)).toEqual(['compute/host/manager.ts -> compute/shared.ts']);
  });

  test('a file in no room', () => {
    expect(broken({ 'sundries/a.ts': [] })).toEqual(['sundries/a.ts -> ']);
  });

  test('no breach in a helper that only the api uses, in types of an api, or in messages of others', () => {
    expect(
      broken({
        'api/a.ts': ['compute/api.ts', 'compute/boot-request.ts', 'operations/actions/index.ts', 'microversions.ts'],
        'compute/api.ts': ['compute/boot-request.ts', 'compute/resolve.ts', 'conductor/api.ts'],
        'compute/resolve.ts': ['db/stores/b.ts', 'policy/policy.ts'],
        'compute/boot-request.ts': ['objects/ids.ts'],
        'conductor/errors.ts': ['scheduler/request.ts'],
        'scheduler/rpcapi.ts': ['scheduler/request.ts', 'lib/rpc/contract.ts'],
        'compute/host/manager.ts': ['compute/rpcapi.ts', 'virt/driver.ts', 'conductor/rpcapi.ts'],
        'cmd/all.ts': ['compute/host/manager.ts', 'virt/libvirt/driver.ts', 'db/connect/open.ts'],
        'compute/host/manager.test.ts': ['db/connect/open.ts'],
      }),
    ).toEqual([]);
  });

  test('every form of import', () => {
    const text = [
      `import a from './a.ts';`,
      `import type { B } from "./b.ts";`,
      `import {\n  c,\n  type D,\n} from './c.ts';`,
      `export { e } from './e.ts';`,
      `export * from './f.ts';`,
      `import './g.ts';`,
      `const h = await import('./h.ts');`,
      `// import i from './i.ts'; and import('./i.ts')`,
      ` * import('./j.ts')`,
      `const k = "import l from './l.ts'";`,
    ].join('\n');
    expect(modulesNamedIn(text).sort()).toEqual(['./a.ts', './b.ts', './c.ts', './e.ts', './f.ts', './g.ts', './h.ts']);
  });
});
