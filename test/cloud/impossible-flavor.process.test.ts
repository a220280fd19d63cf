import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

const PROGRAM = new URL('../../bin/nova-ts', import.meta.url).pathname;

/** Simulated hosts; their names are NOVA_HOST with a number. */
const HOSTS = 3;
const HOST = 'hidden-host';
let cloud: Cloud;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nova-config-'));
  // The quota would refuse such servers before scheduling.
  const devices = `[fake]
pci_devices = 2x10de:1eb8
[pci]
device_spec = {"vendor_id": "10de"}
alias = {"name": "gpu", "vendor_id": "10de", "product_id": "1eb8"}
`;
  await writeFile(join(directory, 'nova.conf'), `[quota]\nram = -1\ncores = -1\n${devices}`);
  cloud = await startCloud({ env: { NOVA_HOST: HOST, NOVA_FAKE_HOSTS: String(HOSTS), NOVA_CONFIG: join(directory, 'nova.conf') } });
  await addFlavor('too-much-memory', { ramMb: 9_000_000 });
  await addFlavor('too-much-disk', { rootGb: 7_000_000 });
  for (const alias of ['gpu:2', 'gpu:3', 'fpga:1']) await addFlavor(`with-${alias}`, { specs: { 'pci_passthrough:alias': alias } });
});
afterAll(async () => {
  await cloud?.destroy();
  await rm(directory, { recursive: true, force: true });
});

const addFlavor = (name: string, { ramMb = 128, rootGb = 1, specs = {} }: { ramMb?: number; rootGb?: number; specs?: object }) =>
  query(
    cloud,
    `insert into flavors (id, name, vcpus, ram_mb, root_gb, ephemeral_gb, swap_mb, rxtx_factor, is_public, disabled, extra_specs)
     values ($1, $1, 1, $2, $3, 0, 0, 1, true, false, $4)`,
    [name, ramMb, rootGb, JSON.stringify(specs)],
  );

test.each([
  {
    flavorRef: 'too-much-memory',
    reason: /^No valid host was found\. RamFilter refused 3 of 3 hosts: [\d.]+ MB of memory free, 9000000 MB wanted\.$/,
  },
  {
    flavorRef: 'too-much-disk',
    reason: /^No valid host was found\. DiskFilter refused 3 of 3 hosts: [\d.]+ GB of disk free, 7000000 GB wanted\.$/,
  },
])('nobody can take $flavorRef: the fault says which filter, how many hosts and why', async ({ flavorRef, reason }) => {
  const [demo, admin] = await Promise.all([cloud.demo(), cloud.admin()]);
  const id = await demo.boot({ flavorRef });
  const server = await demo.settled(id);
  expect(server).toMatchObject({ status: 'ERROR', fault: { code: 500, message: expect.stringMatching(reason) } });
  // A tenant sees counts, not host names.
  expect(JSON.stringify(server)).not.toContain(HOST);
  expect(server.fault).not.toHaveProperty('details');
  expect(server).not.toHaveProperty('OS-EXT-SRV-ATTR:host');

  const { fault } = await admin.server(id);
  expect(fault.message).toMatch(reason);
  for (let host = 1; host <= HOSTS; host += 1) expect(fault.details).toContain(`${HOST}-${host}`);
  await demo.remove(id);
});

test('each refusing filter is named with its count', async () => {
  await query(cloud, `update services set disabled = true where "binary" = 'nova-compute' and host = $1`, [`${HOST}-2`]);
  const demo = await cloud.demo();
  const id = await demo.boot({ flavorRef: 'too-much-memory' });
  const { message } = (await demo.settled(id)).fault;
  expect(message).toMatch(/ComputeFilter refused 1 of 3 hosts: [^;]+; RamFilter refused 2 of 2 hosts: /);
  await demo.remove(id);
});

test('the decision is saved with its reasons, each with hosts', async () => {
  const decisions = await query<{ chosen: string | null; refusals: unknown[] }>(
    cloud,
    'select chosen, refusals from scheduling_decisions order by at',
  );
  const names = Array.from({ length: HOSTS }, (_, index) => `${HOST}-${index + 1}`);
  const why = [{ because: expect.stringContaining('MB of memory free'), hosts: HOSTS, examples: expect.arrayContaining(names) }];
  expect(decisions[0]).toMatchObject({ chosen: null, refusals: [{ filter: 'RamFilter', refused: HOSTS, reasons: why, otherReasons: 0 }] });
});

test('an operator is told what would have fitted, by the program and by the operator API', async () => {
  const [demo, admin] = await Promise.all([cloud.demo(), cloud.admin()]);
  const id = await demo.boot({ flavorRef: 'too-much-memory' });
  await demo.settled(id);
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('NOVA_'));
  const env = { ...Object.fromEntries(own), NOVA_STATE_DIR: cloud.stateDir, NOVA_VIRT_DRIVER: 'fake' };
  const { stdout } = await promisify(execFile)(PROGRAM, ['manage', 'placement', 'explain', id], { env });
  expect(stdout).toMatch(/now: no host; it would fit with \d+ MB of memory less/);
  for (let host = 1; host <= HOSTS; host += 1) expect(stdout).toContain(`${HOST}-${host} (nova) refused`);
  const { status, body } = await admin.ask('operator', 'GET', `/os-placement/${id}?limit=1`);
  expect([status, body.placements]).toMatchObject([
    200,
    [{ server_id: id, now: { winner: null, smallest_change: [expect.stringContaining('MB of memory less')], more_hosts: HOSTS - 1 } }],
  ]);
  expect((await demo.ask('operator', 'GET', `/os-placement/${id}`)).status).toBe(403);
  await demo.remove(id);
});

test('flavors ask for PCI devices by the aliases of the configuration', async () => {
  const [demo, admin] = await Promise.all([cloud.demo(), cloud.admin()]);
  const refused = await demo.ask('compute', 'POST', '/v2.1/servers', {
    server: { name: 'x', flavorRef: 'with-fpga:1', imageRef: (await demo.ask('image', 'GET', '/v2/images')).body.images[0].id },
  });
  expect(refused).toMatchObject({ status: 400, body: { badRequest: { message: 'PCI alias fpga is not defined' } } });
  const id = await demo.boot({ flavorRef: 'with-gpu:2' });
  expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
  const { 'OS-EXT-SRV-ATTR:host': host } = await admin.server(id);
  const [had] = await query<{ devices: readonly object[] }>(cloud, 'select devices from placements where server_id = $1', [id]);
  expect(had?.devices).toMatchObject([{ address: '0000:01:00.0' }, { address: '0000:01:00.1', resourceClass: 'CUSTOM_PCI_10DE_1EB8' }]);
  const used = await query(cloud, "select host, used from inventories where resource_class = 'CUSTOM_PCI_10DE_1EB8' and used > 0");
  expect(used).toEqual([{ host, used: 2 }]);
  const late = await demo.boot({ flavorRef: 'with-gpu:3' });
  expect((await demo.settled(late)).fault.message).toMatch(
    /PciPassthroughFilter refused \d of \d hosts: wants 3 PCI devices gpu, has [02] free of 2/,
  );
  for (const one of [id, late]) await demo.remove(one);
  expect(await verifyCloud(cloud)).toMatchObject({ status: 0, breaches: [] });
});
