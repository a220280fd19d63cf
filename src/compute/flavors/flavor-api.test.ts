import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleFlavor } from '../../../test/support/sample-server.ts';
import { type FlavorQuery, insertFlavor } from '../../db/stores/flavors/flavors.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Flavor } from '../../objects/flavor.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { MarkerNotFound } from '../errors.ts';
import { FlavorNameExists, FlavorNotFound } from './errors.ts';
import { FlavorApi, type FlavorList } from './flavor-api.ts';

const caller = (projectId: string, isAdmin = false): Context => ({
  requestId: 'req-1',
  userId: 'u',
  projectId,
  roles: isAdmin ? ['admin', 'member'] : ['member'],
  isAdmin,
});
const alice = caller('alice');
const bob = caller('bob');
const admin = caller('operators', true);

/** Two of one size, one granted to alice only. */
const stored: readonly Partial<Flavor>[] = [
  { id: '10', name: 'small', ramMb: 512, rootGb: 1 },
  { id: '2', name: 'big', ramMb: 4_096, rootGb: 40, vcpus: 4 },
  { id: '3', name: 'middle', ramMb: 2_048, rootGb: 20 },
  { id: '4', name: 'also-middle', ramMb: 2_048, rootGb: 20, disabled: true },
  { id: '5', name: 'alices', ramMb: 8_192, rootGb: 0, isPublic: false },
];

let database: TestDatabase;
let flavors: FlavorApi;
beforeAll(async () => {
  database = await createTestDatabase();
  flavors = new FlavorApi({ db: database.db, policy: novaPolicy(), ids: seededIds() });
  for (const one of stored) await insertFlavor(database.db, { ...sampleFlavor, ...one });
  await database.db.insertInto('flavor_projects').values({ flavor_id: '5', project_id: 'alice' }).execute();
});
afterAll(async () => {
  await database?.drop();
});

const idsOf = async (query: Partial<FlavorList> = {}, ctx = alice) =>
  (await flavors.list(ctx, { sortKey: 'flavorid', sortDirection: 'asc', limit: 100, ...query })).map(({ id }) => id);

test('a private flavor is visible to the project that it was granted to, and to admins', async () => {
  expect([await idsOf({}, alice), await idsOf({}, bob), await idsOf({}, admin)]).toEqual([
    ['10', '2', '3', '4', '5'],
    ['10', '2', '3', '4'],
    ['10', '2', '3', '4', '5'],
  ]);
  expect(await flavors.find(alice, '5')).toMatchObject({ name: 'alices', isPublic: false });
  await expect(flavors.find(bob, '5')).rejects.toSatisfy(FlavorNotFound.is);
  await expect(flavors.find(admin, 'none')).rejects.toThrow('Flavor none could not be found.');
});

test.each<[boolean | 'either', string[]]>([
  [false, ['5']],
  [true, ['10', '2', '3', '4']],
  ['either', ['10', '2', '3', '4', '5']],
])('admins filter flavors by visibility: %s lists %j', async (isPublic, ids) => {
  expect(await idsOf({ isPublic: () => isPublic }, admin)).toEqual(ids);
});

test('the filter of others is not even parsed', async () => {
  const isPublic = vi.fn(() => true);
  expect(await idsOf({ isPublic }, alice)).toEqual(await idsOf({}, alice));
  expect(isPublic).not.toHaveBeenCalled();
});

test.each<[Partial<FlavorList>, string[]]>([
  [{ minRamMb: 2_048 }, ['2', '3', '4', '5']],
  [{ minDiskGb: 20 }, ['2', '3', '4']],
  [{ minDiskGb: 20, minRamMb: 4_096 }, ['2']],
  [{ name: 'big' }, ['2']],
  [{ sortKey: 'name' }, ['5', '4', '2', '3', '10']],
  [{ sortKey: 'vcpus', sortDirection: 'desc' }, ['2', '5', '4', '3', '10']],
  [{ limit: 2 }, ['10', '2']],
  [{ limit: 2, marker: '2' }, ['3', '4']],
])('%j lists %j', async (query, ids) => {
  expect(await idsOf(query)).toEqual(ids);
});

test.each<FlavorQuery['sortKey']>(['flavorid', 'name', 'memory_mb', 'vcpus', 'root_gb', 'id'])(
  'pages by %s have every flavor once, both ways',
  async (sortKey) => {
    for (const sortDirection of ['asc', 'desc'] as const) {
      const whole = await idsOf({ sortKey, sortDirection });
      const paged: string[] = [];
      for (let page = await idsOf({ sortKey, sortDirection, limit: 2 }); page.length > 0; ) {
        paged.push(...page);
        page = await idsOf({ sortKey, sortDirection, limit: 2, marker: page.at(-1) ?? '' });
      }
      expect(paged).toEqual(whole);
    }
  },
);

test('a marker that is no flavor, or not visible to the caller, is refused', async () => {
  await expect(idsOf({ marker: 'none' })).rejects.toSatisfy(MarkerNotFound.is);
  await expect(idsOf({ marker: '5' }, bob)).rejects.toSatisfy(MarkerNotFound.is);
});

const { extraSpecs: _specs, disabled: _disabled, ...sizes } = sampleFlavor;

test('a retried create or delete of a flavor answers as at first', async () => {
  const make = { ...admin, requestId: 'req-make', keyed: true };
  const asked = { ...sizes, id: null, name: 'repeated' };
  const made = await flavors.create(make, asked);
  expect(await flavors.create({ ...make, resumed: true }, asked)).toEqual(made);
  const remove = { ...admin, requestId: 'req-remove', keyed: true };
  await flavors.delete(remove, made.id);
  await flavors.delete({ ...remove, resumed: true }, made.id);
  expect(await flavors.create({ ...make, resumed: true }, asked)).toEqual(made);
  await expect(flavors.find(admin, made.id)).rejects.toSatisfy(FlavorNotFound.is);
});

test('a retried create that had failed fails again', async () => {
  const late = { ...admin, requestId: 'req-late', resumed: true };
  await expect(flavors.create(late, { ...sizes, id: null, name: 'big' })).rejects.toSatisfy(FlavorNameExists.is);
  await expect(flavors.delete(late, 'none')).rejects.toSatisfy(FlavorNotFound.is);
});
