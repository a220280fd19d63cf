/** The volume API over HTTP, on a volume service with a database of its own and a simulated storage host. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { SimulatedVolumes } from '../../../../test/support/simulated-volumes.ts';
import { systemClock } from '../../../lib/clock/clock.ts';
import { systemIds } from '../../../lib/clock/ids.ts';
import { createHttpServer, type HttpServer } from '../../../lib/http/http-server.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { gateOf, novaPolicy } from '../../../policy/policy.ts';
import { mountVolume } from './mount-volume.ts';

const ZONE = 'east';

let database: TestDatabase;
let volumes: SimulatedVolumes;
let server: HttpServer;
let origin = '';

beforeAll(async () => {
  database = await createTestDatabase();
  volumes = new SimulatedVolumes(database);
  await volumes.start();
  volumes.startEngine();
  server = createHttpServer({ log: silentLog, clock: systemClock, ids: systemIds });
  mountVolume(server, {
    deps: { volumes: volumes.api({}, ZONE) },
    policy: gateOf(novaPolicy()),
    log: silentLog,
    identityUrl: '',
    authenticate: async (token, { requestId }) => {
      const [role = '', projectId = 'p'] = token.split(' of ');
      return { requestId, userId: `user-${projectId}`, projectId, roles: [role], isAdmin: role === 'admin' };
    },
  });
  origin = (await server.listen({ host: '127.0.0.1', port: 0 })).url;
});
afterAll(async () => {
  await server.close();
  await volumes.stop();
  await database.drop();
});

/** Sends a request at the newest version; the token is a role, of project `p` unless it names another: `member of q`. */
async function send(method: string, path: string, json?: object, token = 'member') {
  const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json', 'OpenStack-API-Version': 'volume latest' };
  const answer = await fetch(`${origin}/v3${path}`, { method, headers, body: json === undefined ? null : JSON.stringify(json) });
  const text = await answer.text();
  // Tests look into bodies of every shape; a wrong path fails the expectation.
  // oxlint-disable-next-line typescript/no-explicit-any
  return { status: answer.status, json: (text === '' ? {} : JSON.parse(text)) as any };
}

const makeVolume = async (metadata: object): Promise<string> =>
  (await send('POST', '/volumes', { volume: { size: 1, metadata } })).json.volume.id;

test('a connection that is asked for again under one idempotency key is of one attachment', async () => {
  const id = await makeVolume({});
  const ask = async () => (await send('GET', `/volumes/${id}`)).json.volume.status;
  await expect.poll(ask, { timeout: 30_000, interval: 20 }).toBe('available');
  const { oldAttaching } = volumes.api();
  const ctx = { requestId: 'req-connects-twice', userId: 'u', projectId: 'p', roles: ['member'], isAdmin: false };
  await oldAttaching.initializeConnection({ ...ctx, keyed: true }, id, { host: 'h' });
  await oldAttaching.initializeConnection({ ...ctx, keyed: true, resumed: true }, id, { host: 'h' });
  const attachments = await database.db.selectFrom('volume_attachments').select('id').where('volume_id', '=', id).execute();
  const offered = (await volumes.driver.exports()).filter(({ volumeId }) => volumeId === id);
  expect(offered.map(({ attachmentId }) => attachmentId)).toEqual(attachments.map((one) => one.id));
});

test('metadata keys have only their own values, whatever they are called', async () => {
  const id = await makeVolume({ a: 'b' });
  for (const method of ['GET', 'DELETE']) expect((await send(method, `/volumes/${id}/metadata/constructor`)).status).toBe(404);
  await send('PUT', `/volumes/${id}/metadata/constructor`, { meta: { constructor: 'c' } });
  expect((await send('GET', `/volumes/${id}/metadata/constructor`)).json).toEqual({ meta: { constructor: 'c' } });
  const { status, json } = await send('GET', '/volumes/summary');
  expect([status, json['volume-summary'].metadata]).toEqual([200, { a: ['b'], constructor: ['c'] }]);
});

test('services and hosts are shown in the zone of the service', async () => {
  const { availabilityZoneInfo } = (await send('GET', '/os-availability-zone')).json;
  expect(availabilityZoneInfo).toEqual([{ zoneName: ZONE, zoneState: { available: true } }]);
  expect((await send('GET', '/os-services', undefined, 'admin')).json.services).toMatchObject([{ zone: ZONE }]);
  expect((await send('GET', `/os-hosts?zone=${ZONE}`, undefined, 'admin')).json.hosts).toMatchObject([{ zone: ZONE }]);
  expect((await send('GET', '/os-hosts?zone=nova', undefined, 'admin')).json.hosts).toEqual([]);
});

test('an extra spec of a type that it does not have is not found, whatever it is called', async () => {
  const { json } = await send('POST', '/types', { volume_type: { name: 'plain' } }, 'admin');
  const path = `/types/${json.volume_type.id}/extra_specs/constructor`;
  for (const method of ['GET', 'DELETE']) expect((await send(method, path, undefined, 'admin')).status).toBe(404);
  expect((await send('PUT', path, { other: 'value' }, 'admin')).status).toBe(400);
});

test('a list counts what its filters leave, and refuses markers and filters that the caller does not have', async () => {
  const ids = await Promise.all([1, 2, 3].map(async () => await makeVolume({ listed: 'yes' })));
  const mine = "/volumes?with_count=true&limit=2&metadata={'listed':'yes'}";
  const { json } = await send('GET', mine);
  expect([json.volumes.length, json.count, json.volumes_links.length]).toEqual([2, 3, 1]);
  const rest = await send('GET', `${mine}&marker=${json.volumes[1].id}`);
  expect([...json.volumes, ...rest.json.volumes].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect((await send('GET', '/volumes?marker=none')).status).toBe(404);
  for (const filter of ['host=h', 'no_such=1']) expect((await send('GET', `/volumes?${filter}`)).status).toBe(400);
  expect((await send('GET', '/volumes?host=h', undefined, 'admin')).json).toEqual({ volumes: [] });
});

test('metadata that are set at once are all kept', async () => {
  const id = await makeVolume({});
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  await Promise.all(keys.map((key) => send('PUT', `/volumes/${id}/metadata/${key}`, { meta: { [key]: key } })));
  const { json } = await send('GET', `/volumes/${id}/metadata`);
  expect(Object.keys(json.metadata).toSorted()).toEqual(keys);
});

/** Waits for the state of a thing. */
const is = async (path: string, status: string) => {
  const ask = async () => Object(Object.values((await send('GET', path)).json)[0]).status;
  await expect.poll(ask, { timeout: 30_000, interval: 20 }).toBe(status);
};

const makeBackup = async (body: object): Promise<string> => {
  const { id } = (await send('POST', '/backups', { backup: body })).json.backup;
  await is(`/backups/${id}`, 'available');
  return id;
};

test('backups build on one another, so the first of them stays, and each becomes a volume', async () => {
  const volume = await makeVolume({});
  await is(`/volumes/${volume}`, 'available');
  const asked = { backup: { volume_id: volume, incremental: true } };
  expect((await send('POST', '/backups', asked)).json.badRequest.message).toContain('No backups available to do an incremental backup');
  const full = await makeBackup({ volume_id: volume, name: 'full', container: 'c', metadata: { a: 'b' } });
  const more = await makeBackup({ volume_id: volume, incremental: true });
  const { json } = await send('GET', '/backups/detail?sort=created_at:asc&with_count=true');
  expect([json.count, json.backups.map(({ id }: { id: string }) => id)]).toEqual([2, [full, more]]);
  expect(json.backups[0]).toMatchObject({
    name: 'full',
    container: 'c',
    metadata: { a: 'b' },
    is_incremental: false,
    has_dependent_backups: true,
    size: 1,
  });
  expect(json.backups[1]).toMatchObject({ is_incremental: true, has_dependent_backups: false, volume_id: volume, fail_reason: null });
  expect((await send('DELETE', `/backups/${full}`)).status).toBe(400);
  const made = (await send('POST', '/volumes', { volume: { backup_id: more, size: 2, name: 'again' } })).json.volume;
  await is(`/volumes/${made.id}`, 'available');
  const { restore } = (await send('POST', `/backups/${full}/restore`, { restore: {} })).json;
  expect(restore).toEqual({ backup_id: full, volume_id: restore.volume_id, volume_name: `restore_backup_${full}` });
  await is(`/volumes/${restore.volume_id}`, 'available');
  await is(`/backups/${full}`, 'available');
  for (const id of [more, full]) {
    expect((await send('DELETE', `/backups/${id}`)).status).toBe(202);
    await expect.poll(async () => (await send('GET', `/backups/${id}`)).status, { timeout: 30_000, interval: 20 }).toBe(404);
  }
});

test('a backup is refused where its volume, its zone or its quota forbids it, and then leaves nothing', async () => {
  const volume = await makeVolume({});
  await is(`/volumes/${volume}`, 'available');
  await send('PUT', '/os-quota-sets/p', { quota_set: { backups: 0 } }, 'admin');
  const over = await send('POST', '/backups', { backup: { volume_id: volume } });
  expect([over.status, over.json.overLimit.message]).toEqual([413, 'BackupLimitExceeded: Maximum number of backups allowed (0) exceeded']);
  await send('DELETE', '/os-quota-sets/p', undefined, 'admin');
  expect((await send('POST', '/backups', { backup: { volume_id: volume, availability_zone: 'west' } })).status).toBe(400);
  expect((await send('POST', '/backups', { backup: { volume_id: 'none' } })).status).toBe(404);
  expect((await send('POST', '/backups', { backup: { volume_id: volume, snapshot_id: 'none' } })).status).toBe(404);
  await send('POST', `/volumes/${volume}/action`, { 'os-reset_status': { status: 'error' } }, 'admin');
  expect((await send('POST', '/backups', { backup: { volume_id: volume } })).status).toBe(400);
  expect((await send('GET', '/backups')).json.backups).toEqual([]);
});

test('records of backups are for administrators, and a wrong one is refused', async () => {
  const volume = await makeVolume({});
  await is(`/volumes/${volume}`, 'available');
  const id = await makeBackup({ volume_id: volume });
  expect((await send('GET', `/backups/${id}/export_record`)).status).toBe(403);
  const { json } = await send('GET', `/backups/${id}/export_record`, undefined, 'admin');
  const record = json['backup-record'];
  const imported = (url: string) => send('POST', '/backups/import_record', { 'backup-record': { ...record, backup_url: url } }, 'admin');
  expect((await imported(record.backup_url)).json.badRequest.message).toContain('already exists');
  const decoded = JSON.parse(Buffer.from(record.backup_url, 'base64').toString());
  const encoded = (changed: object) => Buffer.from(JSON.stringify({ ...decoded, ...changed })).toString('base64');
  const fresh = '5e0e0000-0000-4000-8000-0000000000aa';
  expect((await imported(encoded({ id: fresh, data_id: '../../etc' }))).status).toBe(400);
  expect((await imported(encoded({ id: fresh, store_id: fresh }))).status).toBe(503);
  expect((await imported(encoded({ id: fresh, parent_data_id: fresh }))).status).toBe(400);
  expect((await imported('none')).status).toBe(400);
  const answers = await Promise.all([1, 2, 3].map(() => imported(encoded({ id: fresh }))));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 400, 400]);
  await is(`/backups/${fresh}`, 'available');
  // Both records are of one backup: the first that goes leaves the data to the other.
  await send('DELETE', `/backups/${id}`);
  await expect.poll(async () => (await send('GET', `/backups/${id}`)).status, { timeout: 30_000, interval: 20 }).toBe(404);
  expect((await send('POST', `/backups/${fresh}/restore`, { restore: { volume_id: volume } })).status).toBe(202);
  await is(`/volumes/${volume}`, 'available');
});

/** A volume that is available, with a snapshot. */
async function makeSnapshot(): Promise<{ readonly volume: string; readonly snapshot: string }> {
  const volume = await makeVolume({});
  await is(`/volumes/${volume}`, 'available');
  const snapshot = (await send('POST', '/snapshots', { snapshot: { volume_id: volume } })).json.snapshot.id;
  await is(`/snapshots/${snapshot}`, 'available');
  return { volume, snapshot };
}

test('a volume that is offered goes to whoever has the key, once, with its snapshots and its quota', async () => {
  const { volume, snapshot } = await makeSnapshot();
  const { transfer } = (await send('POST', '/volume-transfers', { transfer: { volume_id: volume, name: 'yours' } })).json;
  expect((await send('GET', `/volumes/${volume}`)).json.volume.status).toBe('awaiting-transfer');
  expect((await send('GET', '/volume-transfers/detail')).json.transfers).toMatchObject([
    { name: 'yours', source_project_id: 'p', accepted: false },
  ]);
  expect(JSON.stringify(await send('GET', '/volume-transfers/detail'))).not.toContain(transfer.auth_key);
  expect((await send('GET', '/volume-transfers', undefined, 'member of q')).json.transfers).toEqual([]);
  const accept = (auth_key: string) => send('POST', `/volume-transfers/${transfer.id}/accept`, { accept: { auth_key } }, 'member of q');
  expect((await accept('0123456789abcdef')).status).toBe(400);
  await send('PUT', '/os-quota-sets/q', { quota_set: { gigabytes: 1 } }, 'admin');
  expect((await accept(transfer.auth_key)).status).toBe(413);
  await send('DELETE', '/os-quota-sets/q', undefined, 'admin');
  const answers = await Promise.all([1, 2, 3].map(() => accept(transfer.auth_key)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 404, 404]);
  for (const path of [`/volumes/${volume}`, `/snapshots/${snapshot}`]) {
    expect((await send('GET', path)).status).toBe(404);
    expect((await send('GET', path, undefined, 'member of q')).status).toBe(200);
  }
  const { quota_set: used } = (await send('GET', '/os-quota-sets/q?usage=true', undefined, 'admin')).json;
  expect([used.volumes.in_use, used.snapshots.in_use, used.gigabytes.in_use]).toEqual([1, 1, 2]);
});

test('by the older path snapshots stay behind, and an offer is taken back or goes with its volume', async () => {
  const { volume, snapshot } = await makeSnapshot();
  const offer = async () => (await send('POST', '/os-volume-transfer', { transfer: { volume_id: volume } })).json.transfer;
  const first = await offer();
  expect((await send('POST', '/os-volume-transfer', { transfer: { volume_id: volume } })).status).toBe(400);
  expect((await send('DELETE', `/os-volume-transfer/${first.id}`, undefined, 'member of q')).status).toBe(404);
  expect((await send('DELETE', `/os-volume-transfer/${first.id}`)).status).toBe(202);
  await is(`/volumes/${volume}`, 'available');
  const { id, auth_key } = await offer();
  expect((await send('POST', `/os-volume-transfer/${id}/accept`, { accept: { auth_key } }, 'member of q')).status).toBe(202);
  expect((await send('GET', `/snapshots/${snapshot}`)).status).toBe(200);
  const other = await makeVolume({});
  await is(`/volumes/${other}`, 'available');
  const { transfer } = (await send('POST', '/os-volume-transfer', { transfer: { volume_id: other } })).json;
  expect((await send('DELETE', `/volumes/${other}`)).status).toBe(400);
  await send('DELETE', `/volumes/${other}?force=true`, undefined, 'admin');
  await expect
    .poll(async () => (await send('GET', `/os-volume-transfer/${transfer.id}`)).status, { timeout: 30_000, interval: 20 })
    .toBe(404);
});

test('a snapshot that stayed behind is its project’s alone, whatever the volume’s new owner does', async () => {
  const { volume, snapshot } = await makeSnapshot();
  const give = async (from: string, to: string, no_snapshots: boolean) => {
    const { transfer } = (await send('POST', '/volume-transfers', { transfer: { volume_id: volume, no_snapshots } }, from)).json;
    const accept = { accept: { auth_key: transfer.auth_key } };
    return (await send('POST', `/volume-transfers/${transfer.id}/accept`, accept, to)).status;
  };
  expect(await give('member', 'member of s', true)).toBe(202);
  expect((await send('POST', `/volumes/${volume}/action`, { revert: { snapshot_id: snapshot } }, 'member of s')).status).toBe(404);
  expect((await send('DELETE', `/volumes/${volume}?cascade=true`, undefined, 'member of s')).status).toBe(400);
  expect(await give('member of s', 'member of t', false)).toBe(202);
  expect((await send('GET', `/snapshots/${snapshot}`, undefined, 'member of t')).status).toBe(404);
  expect((await send('GET', `/snapshots/${snapshot}`)).json.snapshot.status).toBe('available');
});

test('a volume whose state is reset is not offered any more, and may be offered anew', async () => {
  const volume = await makeVolume({});
  await is(`/volumes/${volume}`, 'available');
  const offer = () => send('POST', '/os-volume-transfer', { transfer: { volume_id: volume } });
  const { transfer } = (await offer()).json;
  await send('POST', `/volumes/${volume}/action`, { 'os-reset_status': { status: 'available' } }, 'admin');
  expect((await send('GET', `/os-volume-transfer/${transfer.id}`)).status).toBe(404);
  expect((await offer()).status).toBe(202);
});

test('limits of a type are told to the host that connects, and grow with the volume', async () => {
  const typeId = (await send('POST', '/types', { volume_type: { name: 'limited' } }, 'admin')).json.volume_type.id;
  const specs = { name: 'slow', consumer: 'front-end', read_iops_sec_per_gb: '10', write_bytes_sec: '500' };
  expect((await send('POST', '/qos-specs', { qos_specs: { ...specs, write_bytes_sec: 'fast' } }, 'admin')).status).toBe(400);
  expect((await send('POST', '/qos-specs', { qos_specs: { ...specs, consumer: 'nobody' } }, 'admin')).status).toBe(400);
  const { id } = (await send('POST', '/qos-specs', { qos_specs: specs }, 'admin')).json.qos_specs;
  expect((await send('POST', '/qos-specs', { qos_specs: specs }, 'admin')).status).toBe(409);
  expect((await send('GET', `/qos-specs/${id}`)).status).toBe(403);
  expect((await send('GET', `/qos-specs/${id}/associate?vol_type_id=${typeId}`)).status).toBe(403);
  expect((await send('GET', `/qos-specs/${id}/associate?vol_type_id=none`, undefined, 'admin')).status).toBe(404);
  expect((await send('GET', `/qos-specs/${id}/associate?vol_type_id=${typeId}`, undefined, 'admin')).status).toBe(202);
  expect((await send('GET', `/types/${typeId}`, undefined, 'admin')).json.volume_type.qos_specs_id).toBe(id);
  expect((await send('DELETE', `/qos-specs/${id}`, undefined, 'admin')).status).toBe(400);
  const volume = (await send('POST', '/volumes', { volume: { size: 3, volume_type: 'limited' } })).json.volume.id;
  await is(`/volumes/${volume}`, 'available');
  const attachment = { volume_uuid: volume, instance_uuid: volume, connector: { host: 'h' } };
  const { connection_info } = (await send('POST', '/attachments', { attachment })).json.attachment;
  expect(connection_info.qos_specs).toEqual({ read_iops_sec: '30', write_bytes_sec: '500' });
  expect((await send('PUT', `/qos-specs/${id}/delete_keys`, { keys: ['none'] }, 'admin')).status).toBe(404);
  expect((await send('DELETE', `/qos-specs/${id}?force=true`, undefined, 'admin')).status).toBe(202);
  expect((await send('GET', `/types/${typeId}`, undefined, 'admin')).json.volume_type.qos_specs_id).toBeNull();
});

test('a type whose volumes are to be encrypted gets none', async () => {
  const typeId = (await send('POST', '/types', { volume_type: { name: 'secret' } }, 'admin')).json.volume_type.id;
  const encryption = { provider: 'luks', control_location: 'front-end', cipher: 'aes-xts-plain64', key_size: 256 };
  expect((await send('POST', `/types/${typeId}/encryption`, { encryption })).status).toBe(403);
  expect((await send('POST', `/types/${typeId}/encryption`, { encryption }, 'admin')).status).toBe(200);
  expect((await send('POST', `/types/${typeId}/encryption`, { encryption }, 'admin')).status).toBe(400);
  expect((await send('GET', `/types/${typeId}/encryption/constructor`, undefined, 'admin')).status).toBe(404);
  expect((await send('POST', '/volumes', { volume: { size: 1, volume_type: 'secret' } })).status).toBe(400);
  const volume = await makeVolume({});
  await is(`/volumes/${volume}`, 'available');
  const retype = { 'os-retype': { new_type: 'secret', migration_policy: 'never' } };
  expect((await send('POST', `/volumes/${volume}/action`, retype)).status).toBe(400);
});

test('a volume that changes its type while that is to be encrypted from now on is refused', async () => {
  const typeId = (await send('POST', '/types', { volume_type: { name: 'soon' } }, 'admin')).json.volume_type.id;
  const volume = await makeVolume({});
  await is(`/volumes/${volume}`, 'available');
  const retype = { 'os-retype': { new_type: 'soon', migration_policy: 'never' } };
  const { retyping } = await database.db.transaction().execute(async (trx) => {
    await trx.selectFrom('volume_types').select('id').where('id', '=', typeId).forUpdate().execute();
    const asked = send('POST', `/volumes/${volume}/action`, retype);
    await systemClock.sleep(300);
    await trx
      .insertInto('volume_type_encryptions')
      .values({ id: 'e', type_id: typeId, provider: 'luks', control_location: 'front-end', cipher: null, key_size: null })
      .execute();
    return { retyping: asked };
  });
  expect((await retyping).status).toBe(400);
});

test('volumes of a project that name no type get that of the project, which then stays', async () => {
  const typeId = (await send('POST', '/types', { volume_type: { name: 'usual' } }, 'admin')).json.volume_type.id;
  expect((await send('PUT', '/default-types/r', { default_type: { volume_type: 'usual' } })).status).toBe(403);
  expect((await send('PUT', '/default-types/r', { default_type: { volume_type: 'none' } }, 'admin')).status).toBe(400);
  const { json } = await send('PUT', '/default-types/r', { default_type: { volume_type: 'usual' } }, 'admin');
  expect(json).toEqual({ default_type: { project_id: 'r', volume_type_id: typeId } });
  const made = async (token: string) => (await send('POST', '/volumes', { volume: { size: 1 } }, token)).json.volume.volume_type;
  expect([await made('member of r'), await made('member')]).toEqual(['usual', '__DEFAULT__']);
  expect((await send('DELETE', `/types/${typeId}`, undefined, 'admin')).status).toBe(400);
  expect((await send('DELETE', '/default-types/r', undefined, 'admin')).status).toBe(204);
  expect((await send('GET', '/default-types/r', undefined, 'admin')).status).toBe(404);
  expect(await made('member of r')).toBe('__DEFAULT__');
});
