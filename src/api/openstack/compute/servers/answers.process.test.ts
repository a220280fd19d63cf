import { constantFrom, property, assert as holds, subarray } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeVolume } from '../../../../../test/support/attached-volume.ts';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { sampleImage } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';
import { insertMigration, latestMigration } from '../../../../db/stores/moves/migrations.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
import { asId, type HostName } from '../../../../objects/ids.ts';
import { live } from '../../../../lib/versioning/microversion.ts';
import { errorsOf } from '../../../../lib/versioning/validation.ts';
import { versions } from '../../../../microversions.ts';
import { createServerBody } from './create-body.ts';
import { serverRoutes } from './index.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let id: string;
let request: string;
let port: string;
let migration: string;
let volume: string;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
  id = await face.boot({ metadata: { k: 'v' }, key_name: 'key', user_data: 'aGk=', accessIPv4: '1.2.3.4', config_drive: true });
  volume = await attachedVolume();
  await face.act(id, { lock: null });
  const { body } = await face.ask('GET', `/servers/${id}/os-instance-actions`);
  request = body.instanceActions.at(-1).request_id;
  port = (await cloud.server(id)).networkInfo[0]?.portId ?? '';
  migration = await plantLiveMigration();
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

/** Attaches a volume to the server; returns its id. */
async function attachedVolume(): Promise<string> {
  const volumeId = systemIds.uuid();
  await makeVolume(cloud, volumeId, { projectId: 'd0' });
  const { status } = await face.ask('POST', `/servers/${id}/os-volume_attachments`, { body: { volumeAttachment: { volumeId } } });
  expect(status).toBe(200);
  await until(async () => (await cloud.server(id)).taskState === null, { what: 'the volume is attached', timeoutMs: 20_000 });
  return volumeId;
}

/** Writes down a live migration of the server that is going on; returns its number. */
async function plantLiveMigration(): Promise<string> {
  const { id: serverId, flavor, host, node } = await cloud.server(id);
  const size = { flavor, number: 1 };
  const source = { host: host ?? asId<HostName>(''), node: node ?? '' };
  const going = { type: 'live-migration', status: 'running', before: size, after: size, wasStopped: false } as const;
  await database.db
    .transaction()
    .execute((trx) => insertMigration(trx, { ...going, id: systemIds.uuid(), serverId, source, userId: null, projectId: null }));
  return String((await latestMigration(database.db, serverId, 'running'))?.number);
}

/** A path of the route with what is really there. */
const pathOf = (template: string): string => {
  const there: Record<string, string> = { id, key: 'k', network: 'shared', request, port, migration, volume };
  return template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => there[name] ?? 'none');
};

// A tag has no body; a token is of a console that was opened, and at first of none, so the tests of consoles look it up.
const reading = serverRoutes.filter(
  ({ method, path }) => method === 'GET' && !path.endsWith('/tags/{tag}') && !path.startsWith('/os-console-auth-tokens'),
);

test.each(reading)('$path answers what its schema says, at every version', async (route) => {
  for (const version of versions.all) {
    // Rights change which keys there are, not what they are: a few versions show as much.
    for (const as of version.ordinal % 10 === 0 ? (['demo', 'admin'] as const) : (['admin'] as const)) {
      const { status, body } = await face.ask('GET', pathOf(route.path), { at: version.version, as });
      if (!live(route, version)) {
        // A path may have one route after the other.
        if (!reading.some((other) => other.path === route.path && live(other, version)))
          expect([version.version, status]).toEqual([version.version, 404]);
        continue;
      }
      // What only operators may see is refused to others.
      if (as === 'demo' && status === 403) continue;
      expect([version.version, status]).toEqual([version.version, 200]);
      const schema = route.answers.schemaAt(version);
      expect([version.version, schema && errorsOf(schema, body)]).toEqual([version.version, []]);
    }
  }
});

test('an update answers what its schema says, at every version', async () => {
  const route = serverRoutes.find(({ method, path }) => method === 'PUT' && path === '/servers/{id}');
  for (const version of versions.all) {
    const { status, body } = await face.ask('PUT', `/servers/${id}`, { at: version.version, body: { server: { name: 'again' } } });
    const schema = route?.answers.schemaAt(version);
    expect([version.version, status, schema && errorsOf(schema, body)]).toEqual([version.version, 200, []]);
  }
});

/** A value for each key of a new server that is good at every version that has the key. */
const samples: Readonly<Record<string, unknown>> = {
  imageRef: sampleImage.id,
  adminPass: 'x',
  metadata: { a: 'b' },
  'OS-DCF:diskConfig': 'AUTO',
  accessIPv4: '1.2.3.4',
  accessIPv6: 'fd00::1',
  personality: [{ path: '/a', contents: 'aGk=' }],
  block_device_mapping: [],
  block_device_mapping_v2: [],
  availability_zone: 'nova',
  config_drive: true,
  key_name: 'key',
  min_count: 1,
  max_count: '2',
  return_reservation_id: false,
  security_groups: [{ name: 'default' }],
  user_data: 'aGk=',
  description: 'd',
  tags: ['t'],
  trusted_image_certificates: ['c'],
  host: 'h',
  hypervisor_hostname: 'h',
  hostname: 'name',
};

test('a body is accepted at the versions that have all of its keys, and at no other', () => {
  holds(
    property(subarray(Object.keys(samples)), constantFrom(...versions.all), (keys, at) => {
      const server = { name: 'x', flavorRef: '1', networks: Number(at.version.split('.')[1]) < 37 ? [] : 'auto' };
      const body = { server: { ...server, ...Object.fromEntries(keys.map((key) => [key, samples[key]])) } };
      const known = Object.keys(createServerBody.schemaAt(at)['properties'].server.properties);
      const refused = errorsOf(createServerBody.schemaAt(at), body).length > 0;
      expect(refused).toBe(keys.some((key) => !known.includes(key)));
      if (!refused) expect(createServerBody.parse(body, at)).toMatchObject({ name: 'x', tags: keys.includes('tags') ? ['t'] : [] });
    }),
    { numRuns: 500 },
  );
});

test('every key of a new server has a sample here', () => {
  const known = new Set(versions.all.flatMap((at) => Object.keys(createServerBody.schemaAt(at)['properties'].server.properties)));
  expect([...known].filter((key) => !(key in samples)).sort()).toEqual(['flavorRef', 'name', 'networks']);
});
