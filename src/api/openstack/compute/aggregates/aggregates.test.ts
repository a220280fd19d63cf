import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { insertServer } from '../../../../../test/support/insert-server.ts';
import { openOperatorFace, type OperatorFace } from '../../../../../test/support/operator-face.ts';
import { sampleServer } from '../../../../../test/support/sample-server.ts';
import { placeServer } from '../../../../db/stores/hosts/claims.ts';
import { saveHostReports } from '../../../../db/stores/hosts/hosts.ts';
import { releasePlacements } from '../../../../db/stores/hosts/placements.ts';
import { beat, findService } from '../../../../db/stores/hosts/services.ts';
import { findServer } from '../../../../db/stores/servers/cached-servers.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
import { asId, type HostName } from '../../../../objects/ids.ts';

let database: TestDatabase;
let face: OperatorFace;

beforeAll(async () => {
  database = await createTestDatabase();
  face = await openOperatorFace(database);
  for (const host of ['host-1', 'host-2']) {
    const size = { vcpus: 8, memoryMb: 16_384, localGb: 100 };
    const kind = { hypervisorType: 'fake', hypervisorVersion: 1_000, cpuInfo: {}, supportedInstances: [] };
    const rules = { cpuAllocationRatio: 1, ramAllocationRatio: 1, diskAllocationRatio: 1, reservedMemoryMb: 0 };
    await saveHostReports(database.db, [{ host: asId<HostName>(host), node: host, hostIp: '::1', ...size, ...kind }], rules, systemIds);
    await beat(database.db, [{ id: systemIds.uuid(), binary: 'nova-compute', host, zone: 'nova' }]);
  }
});
afterAll(async () => {
  await face?.close();
  await database?.drop();
});
afterEach(async () => {
  for (const table of ['aggregate_hosts', 'aggregates', 'placements', 'servers'] as const) await database.db.deleteFrom(table).execute();
  await database.db.updateTable('inventories').set({ used: 0 }).execute();
});

const make = async (name: string, zone: string | null = null): Promise<number> =>
  (await face.ask('POST', '/os-aggregates', { body: { aggregate: { name, availability_zone: zone } } })).body.aggregate.id;
const act = (id: number, body: object) => face.ask('POST', `/os-aggregates/${id}/action`, { body });
const add = (id: number, host: string) => act(id, { add_host: { host } });
const remove = (id: number, host: string) => act(id, { remove_host: { host } });
const setMetadata = (id: number, metadata: object) => act(id, { set_metadata: { metadata } });
const rename = (id: number, aggregate: object) => face.ask('PUT', `/os-aggregates/${id}`, { body: { aggregate } });
const messageIn = ({ body }: { body: object }): string => Object.values(body)[0].message;

/** A server on a host. */
async function serverOn(host: string) {
  const { id } = await database.db.transaction().execute((trx) => insertServer(trx, sampleServer(), 'w-1'));
  expect(await placeServer(database.db, { serverId: id, host: asId<HostName>(host), workflowId: 'w-1' })).toBe('placed');
  return id;
}

test('an aggregate with a zone makes its hosts a zone, and is told with hosts and metadata', async () => {
  const west = await make('west wing', 'west');
  expect((await add(west, 'host-1')).body.aggregate).toMatchObject({ hosts: ['host-1'], metadata: { availability_zone: 'west' } });
  const zones = (await face.ask('GET', '/os-availability-zone')).body.availabilityZoneInfo;
  expect(zones.map(({ zoneName }: { zoneName: string }) => zoneName)).toEqual(['nova', 'west']);
  const { body } = await face.ask('GET', '/os-services?host=host-1', { at: '2.53' });
  expect(body.services).toMatchObject([{ zone: 'west' }]);
  expect((await face.ask('GET', `/os-aggregates/${west}`, { at: '2.41' })).body.aggregate).toMatchObject({
    uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    availability_zone: 'west',
    deleted: false,
  });
});

test('metadata are set and removed key by key', async () => {
  const id = await make('ssd');
  await setMetadata(id, { ssd: 'true', rack: '7' });
  expect((await setMetadata(id, { rack: null })).body.aggregate.metadata).toEqual({ ssd: 'true' });
  expect((await rename(id, { name: 'fast', availability_zone: 'z' })).body.aggregate).toMatchObject({
    name: 'fast',
    metadata: { ssd: 'true', availability_zone: 'z' },
  });
  expect((await rename(id, { availability_zone: null })).body.aggregate).toMatchObject({ availability_zone: null, name: 'fast' });
});

test('a host is in one zone, in as many aggregates as one likes', async () => {
  const [west, more, east] = [await make('west', 'west'), await make('more', 'west'), await make('east', 'east')];
  for (const id of [west, more]) expect((await add(id, 'host-1')).status).toBe(200);
  const refused = await add(east, 'host-1');
  const because = "One or more hosts already in availability zone(s) ['west'].";
  expect([refused.status, messageIn(refused)]).toEqual([409, `Cannot add host to aggregate ${east}. Reason: ${because}`]);
  const changed = await setMetadata(more, { availability_zone: 'east' });
  expect([changed.status, messageIn(changed)]).toEqual([400, `Cannot update metadata of aggregate ${more}. Reason: ${because}`]);
  expect((await setMetadata(more, { availability_zone: null })).status).toBe(200);
  expect((await setMetadata(west, { availability_zone: 'south' })).status).toBe(200);
});

test('the zone of a host does not change while a server is there; other changes go on', async () => {
  const [west, plain] = [await make('west', 'west'), await make('plain')];
  await add(west, 'host-1');
  const id = await serverOn('host-1');
  expect(await findServer(database.db, id)).toMatchObject({ zone: 'west' });
  const because = 'One or more hosts contain instances in this zone.';
  const refusals = [
    [await remove(west, 'host-1'), 409, 'Cannot remove host from aggregate'],
    [await rename(west, { availability_zone: 'east' }), 400, 'Cannot update aggregate'],
    [await setMetadata(west, { availability_zone: null }), 400, 'Cannot update metadata of aggregate'],
  ] as const;
  for (const [answer, status, what] of refusals)
    expect([answer.status, messageIn(answer)]).toEqual([status, `${what} ${west}. Reason: ${because}`]);
  expect([(await add(plain, 'host-1')).status, (await remove(plain, 'host-1')).status]).toEqual([200, 200]);
  expect((await setMetadata(west, { ssd: 'true' })).status).toBe(200);
  await serverOn('host-2');
  expect((await add(west, 'host-2')).status).toBe(409);
  await releasePlacements(database.db, id);
  expect((await remove(west, 'host-1')).status).toBe(200);
});

test('a claim that waited while the zone changed records the new zone', async () => {
  const west = await make('west', 'west');
  const server = await database.db.transaction().execute((trx) => insertServer(trx, sampleServer(), 'w-1'));
  const placed = await database.db.transaction().execute(async (trx) => {
    await sql`SELECT FROM inventories WHERE host = 'host-1' FOR UPDATE`.execute(trx);
    const claim = placeServer(database.db, { serverId: server.id, host: asId<HostName>('host-1'), workflowId: 'w-1' });
    const isWaiting = async () =>
      (await sql`SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()`.execute(trx))
        .rows.length > 0;
    await expect.poll(isWaiting, { timeout: 10_000 }).toBe(true);
    await trx.insertInto('aggregate_hosts').values({ aggregate_id: west, host: 'host-1' }).execute();
    return { claim };
  });
  expect(await placed.claim).toBe('placed');
  expect(await findServer(database.db, server.id)).toMatchObject({ zone: 'west' });
  expect(await findService(database.db, { binary: 'nova-compute', host: 'host-1' })).toMatchObject({ zone: 'west' });
});

test('mistakes are told as Nova tells them', async () => {
  const id = await make('full');
  await add(id, 'host-1');
  const answers = [
    [await face.ask('POST', '/os-aggregates', { body: { aggregate: { name: 'full' } } }), 409, 'Aggregate full already exists.'],
    [await add(id, 'host-1'), 409, `Aggregate ${id} already has host host-1.`],
    [await add(id, 'nowhere'), 404, 'Compute host nowhere could not be found.'],
    [await remove(id, 'host-2'), 404, `Aggregate ${id} has no host host-2.`],
    [await add(99_999, 'host-1'), 404, 'Aggregate 99999 could not be found.'],
    [await face.ask('DELETE', '/os-aggregates/-1'), 404, 'Aggregate -1 could not be found.'],
    [await face.ask('GET', '/os-aggregates/one'), 400, 'id must be an integer, not one'],
    [
      await face.ask('DELETE', `/os-aggregates/${id}`),
      400,
      `Cannot remove host from aggregate ${id}. Reason: Host aggregate is not empty.`,
    ],
  ] as const;
  for (const [answer, status, message] of answers) expect([answer.status, messageIn(answer)]).toEqual([status, message]);
  expect((await rename(id, {})).status).toBe(400);
  expect((await rename(id, { availability_zone: 'a:b' })).status).toBe(400);
  expect((await face.ask('GET', '/os-aggregates?x=1', { at: '2.102' })).status).toBe(400);
});

test('who adds a host to two zones at once has it in one', async () => {
  const ids = [await make('west', 'west'), await make('east', 'east')];
  const statuses = await Promise.all(ids.map(async (id) => (await add(id, 'host-1')).status));
  expect(statuses.toSorted()).toEqual([200, 409]);
});
