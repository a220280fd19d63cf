/** Deletes that can be taken back, as clients see them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { openActions } from '../../../../../test/support/server-holdings.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { reclaimDeleted } from '../../../../compute/servers/overdue.ts';
import { ConductorApi } from '../../../../conductor/api.ts';
import { conductorRpc } from '../../../../conductor/rpcapi.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
import { silentLog } from '../../../../lib/log/log.ts';
import { clientOf } from '../../../../lib/rpc/client.ts';
import { asId } from '../../../../objects/ids.ts';
import type { VmState } from '../../../../objects/states.ts';
import { unlimited } from '../../../../quota/resources.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  const quotaLimits = { ...unlimited, instances: 1 };
  face = await openFace(cloud, {}, cloud.api({ keepsDeleted: true, quotaLimits, preparers: cloud.preparers({ quotaLimits }) }));
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const rest = (id: string, vmState: VmState) =>
  expect.poll(() => cloud.server(id), { timeout: 20_000 }).toMatchObject({ vmState, taskState: null });
const remove = async (id: string) => {
  expect((await face.ask('DELETE', `/servers/${id}`)).status).toBe(204);
  await rest(id, 'soft-delete');
};
const power = (id: string) => cloud.host('host-1').driver.powerState(asId(id));
const reclaim = (before: Date) =>
  reclaimDeleted(
    { db: database.db, ids: systemIds, conductor: new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog) },
    { before, limit: 10 },
  );
const names = async (query: string, as: 'demo' | 'admin' = 'demo') =>
  (await face.ask('GET', `/servers?${query}`, { as })).body.servers.map(({ id }: { id: string }) => id);

test('a deleted server is stopped and hidden, does not count, and is back with its addresses after a restore', async () => {
  const id = await face.boot();
  const before = await cloud.server(id);
  await remove(id);
  expect(await power(id)).toBe('shutdown');
  const { server } = (await face.ask('GET', `/servers/${id}`)).body;
  expect([server.status, server['OS-EXT-STS:vm_state'], server['OS-EXT-STS:power_state']]).toEqual(['SOFT_DELETED', 'soft-delete', 4]);
  expect([await names(''), await names('status=SOFT_DELETED'), await names('deleted=1&all_tenants=1', 'admin')]).toEqual([[], [id], [id]]);
  const refused = await face.act(id, { 'os-start': null });
  expect(refused).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: `Cannot 'start' instance ${id} while it is in vm_state soft-delete` } },
  });
  // Its place in the quota is free, and may be taken meanwhile.
  const other = await face.boot();
  expect((await face.act(id, { restore: null })).status).toBe(403);
  expect((await face.act(other, { forceDelete: null })).status).toBe(202);
  await expect.poll(() => face.ask('GET', `/servers/${other}`), { timeout: 20_000 }).toMatchObject({ status: 404 });
  expect((await face.act(id, { restore: null })).status).toBe(202);
  await rest(id, 'active');
  expect(await power(id)).toBe('running');
  expect((await cloud.server(id)).networkInfo).toEqual(before.networkInfo);
  const { instanceActions } = (await face.ask('GET', `/servers/${id}/os-instance-actions`)).body;
  expect(instanceActions.map(({ action }: { action: string }) => action).toSorted()).toEqual(['create', 'delete', 'restore']);
  expect((await face.act(id, { restore: null })).status).toBe(409);
  await face.act(id, { forceDelete: null });
  await rest(id, 'deleted');
});

test('only what was deleted before the interval is reclaimed, and a server that is restored is not', async () => {
  const id = await face.boot();
  await remove(id);
  expect(await reclaim(new Date(Date.now() - 60_000))).toBe(0);
  const later = new Date(Date.now() + 60_000);
  await face.act(id, { restore: null });
  await reclaim(later);
  await rest(id, 'active');
  await remove(id);
  // Two conductors may look at the same time.
  await Promise.all([reclaim(later), reclaim(later)]);
  await rest(id, 'deleted');
  expect(await openActions(cloud, id)).toEqual([]);
  expect(await cloud.host('host-1').driver.listGuests()).toEqual([]);
});

test('a restore that fails leaves the server deleted, to be restored again; a locked one is not deleted by its owner', async () => {
  const id = await face.boot();
  await face.act(id, { lock: null });
  expect((await face.ask('DELETE', `/servers/${id}`)).status).toBe(409);
  await face.act(id, { unlock: null });
  await remove(id);
  cloud.host('host-1').faults['powerOn'] = { failureRate: 1 };
  await face.act(id, { restore: null });
  await expect.poll(async () => (await cloud.server(id)).fault, { timeout: 20_000 }).toMatchObject({ code: 500 });
  await rest(id, 'soft-delete');
  delete cloud.host('host-1').faults['powerOn'];
  await face.act(id, { restore: null });
  await rest(id, 'active');
  await remove(id);
  // Deleting it again is deleting it anew.
  await remove(id);
  await face.act(id, { forceDelete: null });
  await rest(id, 'deleted');
});

test('a server that was never booted is deleted at once, and a delete under way is not turned into one that can be taken back', async () => {
  cloud.host('host-1').faults['spawn'] = { failureRate: 1 };
  const { body } = await face.ask('POST', '/servers', {
    body: { server: { name: 'never', imageRef: '7f1c1f2e-0000-4000-8000-000000000000', flavorRef: '1' } },
  });
  await rest(body.server.id, 'error');
  delete cloud.host('host-1').faults['spawn'];
  await face.ask('DELETE', `/servers/${body.server.id}`);
  await rest(body.server.id, 'deleted');

  const id = await face.boot();
  cloud.host('host-1').faults['destroy'] = { delayMs: 500 };
  await face.act(id, { forceDelete: null });
  expect((await face.ask('DELETE', `/servers/${id}`)).status).toBe(204);
  await rest(id, 'deleted');
  delete cloud.host('host-1').faults['destroy'];
});
