/** Everything that can be changed is changed once: what the event log says of it has the form that the catalogue promises, and holds no secret. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BuiltinTokens } from '../src/identity/drivers/builtin/tokens.ts';
import { ImagePasses } from '../src/image/image-pass.ts';
import { ConductorApi } from '../src/conductor/api.ts';
import { conductorRpc } from '../src/conductor/rpcapi.ts';
import { factsOf } from '../src/conductor/notifications/facts.ts';
import { MAX_EVENTS_READ, readEvents } from '../src/db/stores/cloud/event-feed.ts';
import { FIRST_POSITION } from '../src/objects/event-position.ts';
import { clientOf } from '../src/lib/rpc/client.ts';
import { networkRpc } from '../src/network/rpcapi.ts';
import type { ComputeApi } from '../src/compute/api.ts';
import { AgentApi } from '../src/compute/fleet/agent-api.ts';
import { AggregateApi } from '../src/compute/aggregates/aggregate-api.ts';
import { ImageCachingApi } from '../src/compute/aggregates/image-caching-api.ts';
import { FlavorAccessApi } from '../src/compute/flavors/access-api.ts';
import { ExtraSpecsApi } from '../src/compute/flavors/extra-specs-api.ts';
import { FlavorApi } from '../src/compute/flavors/flavor-api.ts';
import { ServiceApi } from '../src/compute/fleet/service-api.ts';
import { ServerGroupApi } from '../src/compute/groups/server-group-api.ts';
import { KeypairApi } from '../src/compute/keypairs/keypair-api.ts';
import { QuotaApi } from '../src/compute/quotas/quota-api.ts';
import { MetadataApi } from '../src/compute/servers/guest-metadata-api.ts';
import { makeVolume } from './support/attached-volume.ts';
import { VolumeAttachmentApi } from '../src/compute/servers/volume-attachment-api.ts';
import { followGrownVolume } from '../src/compute/servers/grown-volume.ts';
import { InterfaceApi } from '../src/compute/servers/interface-api.ts';
import { ServerEditApi } from '../src/compute/servers/edit-api.ts';
import { ensureDomain } from '../src/db/stores/identity/admin.ts';
import { eventTypes } from '../src/events/index.ts';
import { IdentityAdminApi } from '../src/identity/admin-api.ts';
import { IdentityApi } from '../src/identity/api.ts';
import { BuiltinIdentity } from '../src/identity/drivers/builtin/driver.ts';
import { Semaphore } from '../src/identity/semaphore.ts';
import { ImageApi } from '../src/image/api.ts';
import { ObjectStoreApi } from '../src/objectstore/api.ts';
import { FileDataStore } from '../src/objectstore/drivers/builtin/file-store.ts';
import { auditUsage } from '../src/compute/fleet/usage-audit.ts';
import { FileImageStore } from '../src/image/drivers/builtin/file-store.ts';
import { insertFlavor } from '../src/db/stores/flavors/flavors.ts';
import { systemClock } from '../src/lib/clock/clock.ts';
import { systemIds } from '../src/lib/clock/ids.ts';
import type { Context } from '../src/lib/context/context.ts';
import { silentLog } from '../src/lib/log/log.ts';
import { NetworkApi } from '../src/network/api.ts';
import { noNetworkLimits } from '../src/network/books/quota.ts';
import { asId, type HostName } from '../src/objects/ids.ts';
import { novaPolicy } from '../src/policy/policy.ts';
import { unlimited } from '../src/quota/resources.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { sampleFlavor, sampleImage } from './support/sample-server.ts';
import { SimulatedCloud } from './support/simulated-cloud.ts';
import { SimulatedVolumes, VOLUME_HOST } from './support/simulated-volumes.ts';
import { networksOf } from './support/simulated-face.ts';

const policy = novaPolicy();
const WAIT = { timeout: 30_000, interval: 20 };

/** What nobody but its owner may read. */
const SECRETS = [
  'pass-at-first',
  'pass-then',
  'pass-at-last',
  'c2VjcmV0LXVzZXItZGF0YQ==',
  'c2VjcmV0LWZpbGU=',
  'posted-by-guest',
  'totp-secret',
  'PRIVATE KEY',
  'scrypt$',
];
const [FIRST, THEN, LAST, USER_DATA, FILE, POSTED, TOTP] = SECRETS;

let database: TestDatabase;
let cloud: SimulatedCloud;
let directory: string;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'nova-events-'));
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1', 'host-2');
  await insertFlavor(database.db, large);
  cloud.startEngine();
});
afterAll(async () => {
  await cloud?.stop();
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

/** An admin's request, under a key of its own: its results are kept, too. */
const asked = (more: Partial<Context> = {}): Context => ({
  requestId: `req-${systemIds.uuid()}`,
  userId: 'admin',
  projectId: 'project-1',
  roles: ['admin', 'member', 'reader'],
  isAdmin: true,
  keyed: true,
  ...more,
});

async function changeIdentities(): Promise<void> {
  const { db } = database;
  const common = { db, ids: systemIds, hashing: new Semaphore({ running: 4, waiting: 50 }) };
  const guard = { freeFailures: 10, longestSeconds: 60 };
  const clock = systemClock;
  const driver = new BuiltinIdentity(db);
  const tokens = new BuiltinTokens({ db, clock, ids: systemIds, driver, tokenSeconds: 3_600, rotateSeconds: 86_400 });
  const identity = new IdentityApi({ ...common, clock, guard, tokens, driver });
  const { domains, projects, users, roles, grants, credentials } = new IdentityAdminApi({ ...common, policy, log: silentLog, identity });
  await ensureDomain(db, { id: 'default', name: 'Default' });
  const domain = await domains.create(asked(), { name: 'realm' });
  const project = await projects.create(asked(), { name: 'yard', domainId: domain.id });
  await projects.update(asked(), project.id, { description: 'd' });
  const user = await users.create(asked(), { name: 'ann', domainId: domain.id, password: FIRST });
  await users.update(asked(), user.id, { password: THEN });
  await users.changePassword(asked({ userId: user.id }), user.id, { from: THEN ?? '', to: LAST ?? '', address: '::1' });
  const role = await roles.create(asked(), { name: 'gardener' });
  await roles.update(asked(), role.id, { description: 'd' });
  const grant = { userId: user.id, roleId: role.id, scope: { projectId: project.id } };
  await grants.create(asked(), grant);
  const totp = { type: 'totp', blob: TOTP ?? '', userId: user.id, projectId: project.id };
  const credential = await credentials.create(asked(), totp);
  await credentials.update(asked(), credential.id, { type: 'other' });
  await credentials.delete(asked(), credential.id);
  await grants.delete(asked(), grant);
  await roles.delete(asked(), role.id);
  await users.delete(asked(), user.id);
  await domains.update(asked(), domain.id, { enabled: false });
  // Takes the project along.
  await domains.delete(asked(), domain.id);
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function changeImages(): Promise<void> {
  const store = await FileImageStore.open({ directory });
  const passes = new ImagePasses({ secret: 'secret', clock: systemClock });
  const images = new ImageApi({ db: database.db, store, ids: systemIds, policy, passes, maxSizeBytes: 1_000 });
  const { id } = await images.create(asked(), { diskFormat: 'raw', containerFormat: 'bare', visibility: 'shared' });
  await images.update(asked(), id, () => ({ name: 'disk' }));
  await expect(images.upload(asked(), id, bytes('x'.repeat(2_000)))).rejects.toThrow();
  await images.upload(asked(), id, bytes('data'));
  await images.deactivate(asked(), id);
  await images.reactivate(asked(), id);
  await images.members.add(asked(), id, 'p2');
  await images.members.answer(asked(), id, { member: 'p2', status: 'accepted' });
  await images.members.remove(asked(), id, 'p2');
  await images.delete(asked(), id);
}

async function changeNetworks(): Promise<void> {
  const networks = new NetworkApi({
    db: database.db,
    ids: systemIds,
    policy,
    network: clientOf(networkRpc, cloud.bus),
    conductor: clientOf(conductorRpc, cloud.bus),
    log: silentLog,
    quotaLimits: noNetworkLimits,
    zone: 'nova',
    agents: async () => [],
  });
  const [network] = await networks.networks.create(asked(), [{ name: 'n' }]);
  if (!network) throw new Error('no network was made');
  await networks.networks.update(asked(), network.id, { name: 'm' });
  const [subnet] = await networks.subnets.create(asked(), [{ networkId: network.id, cidr: '10.7.0.0/24', ipVersion: 4 }]);
  await networks.subnets.update(asked(), subnet?.id ?? '', { name: 's' });
  const [port] = await networks.ports.create(asked(), [{ networkId: network.id }]);
  await networks.ports.update(asked(), port?.id ?? '', { name: 'p' });
  await networks.ports.delete(asked(), port?.id ?? '');
  const router = await networks.routers.create(asked(), {});
  await networks.routers.update(asked(), router.id, { name: 'r' });
  await networks.routers.delete(asked(), router.id);
  await networks.networks.update({ ...asked(), isAdmin: true, roles: ['admin'] }, network.id, { isExternal: true });
  const floatingIp = await networks.floatingIps.create(asked(), { networkId: network.id });
  await networks.floatingIps.update(asked(), floatingIp.id, { description: 'd' });
  await networks.floatingIps.delete(asked(), floatingIp.id);
  await networks.subnets.delete(asked(), subnet?.id ?? '');
  await networks.networks.delete(asked(), network.id);
  const group = await networks.groups.create(asked(), { name: 'g' });
  await networks.groups.update(asked(), group.id, { description: 'd' });
  const fromAnywhere = { ethertype: 'IPv4', protocol: 'udp', portMin: 53, portMax: 53, remoteCidr: '0.0.0.0/0' } as const;
  const defaultRule = await networks.defaultRules.create(asked(), fromAnywhere);
  await networks.defaultRules.delete(asked(), defaultRule.id);
  const [rule] = await networks.rules.create(asked(), [{ groupId: group.id, direction: 'ingress', ethertype: 'IPv4', protocol: 'tcp' }]);
  await networks.rules.delete(asked(), rule?.id ?? '');
  await networks.groups.delete(asked(), group.id);
  const operator = () => ({ ...asked(), isAdmin: true, roles: ['admin'] });
  const [limits] = await networks.qosPolicies.create(operator(), [{ name: 'l' }]);
  await networks.qosRules.create(operator(), { policyId: limits?.id ?? '', kind: 'bandwidth_limit' }, { maxKbps: 1000 });
  await networks.qosPolicies.delete(operator(), limits?.id ?? '');
  const [scope] = await networks.addressScopes.create(asked(), [{ name: 's', ipVersion: 4 }]);
  await networks.addressScopes.update(asked(), scope?.id ?? '', { name: 't' });
  const [pool] = await networks.subnetPools.create(asked(), [{ name: 'p', prefixes: ['10.50.0.0/16'] }]);
  await networks.subnetPools.update(asked(), pool?.id ?? '', { name: 'q' });
  const lent = { objectType: 'subnetpool', objectId: pool?.id ?? '', action: 'access_as_shared', targetProject: 'p2' } as const;
  const [lending] = await networks.rbacPolicies.create(asked(), [lent]);
  await networks.rbacPolicies.update(asked(), lending?.id ?? '', { targetProject: 'p3' });
  await networks.rbacPolicies.delete(asked(), lending?.id ?? '');
  await networks.subnetPools.delete(asked(), pool?.id ?? '');
  await networks.addressScopes.delete(asked(), scope?.id ?? '');
  await networks.quotas.update(asked(), 'p', { limits: { port: 5 } });
  await networks.quotas.delete(asked(), 'p');
}

const isProject = async () => true;

/** A public key that a user brings. */
const OWN_KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString('base64')}`;

async function changeFleet(): Promise<void> {
  const { db } = database;
  const flavors = new FlavorApi({ db, policy, ids: systemIds });
  const { extraSpecs: _specs, disabled: _disabled, ...sizes } = sampleFlavor;
  const { id } = await flavors.create(asked(), { ...sizes, id: null, name: 'odd', isPublic: false });
  await new ExtraSpecsApi({ db, policy, flavors }).add(asked(), id, { 'hw:a': 'b' }, { known: 'unchecked' });
  const access = new FlavorAccessApi({ db, policy, flavors, isProject });
  const grant = { flavorId: id, projectId: 'p2' };
  await access.add(asked(), grant, { toPublic: 'refuse' });
  await access.remove(asked(), grant);
  await flavors.delete(asked(), id);
  const keypairs = new KeypairApi({ clock: systemClock, db, policy, quotaLimits: unlimited });
  const ctx = asked();
  const { privateKey } = await keypairs.create(ctx, { name: 'k', type: 'ssh' });
  expect(privateKey).toContain('PRIVATE KEY');
  await keypairs.create({ ...ctx, resumed: true }, { name: 'k', type: 'ssh' });
  await keypairs.delete(asked(), 'k');
  await keypairs.create(asked(), { name: 'own', type: 'ssh', publicKey: OWN_KEY });
  const groups = new ServerGroupApi({ db, policy, quotaLimits: unlimited, ids: systemIds });
  const group = await groups.create(asked(), { name: 'g', policy: 'affinity' });
  const { id: member } = await cloud.boot({ schedulerHints: { group: group.id } }, { ctx: asked() });
  await rest(member, 'active');
  await cloud.api().delete(asked(), member);
  await rest(member, 'deleted');
  await groups.delete(asked(), group.id);
  const quotas = new QuotaApi({ db, policy, quotaLimits: unlimited, isProject, isUser: isProject });
  await quotas.update(asked(), { projectId: 'p2' }, { cores: 7 }, { outOfRange: 'allow' });
  await quotas.reset(asked(), { projectId: 'p2' });
  await quotas.updateClass(asked(), 'default', { cores: 500_000 });
  const services = new ServiceApi({ db, policy, group: cloud.deps.serviceGroup, internalZone: 'internal' });
  await services.change(asked(), { binary: 'nova-compute', host: 'host-1' }, { disabled: true });
  await services.change(asked(), { binary: 'nova-compute', host: 'host-1' }, { disabled: false });
  await cloud.deps.serviceGroup.beat([{ binary: 'nova-conductor', host: 'gone' }]);
  await services.delete(asked(), { binary: 'nova-conductor', host: 'gone' });
}

async function changeAggregates(): Promise<void> {
  const { db } = database;
  const api = new AggregateApi({ db, policy, ids: systemIds });
  const { id } = await api.create(asked(), { name: 'west wing', zone: 'west' });
  await api.addHost(asked(), id, asId<HostName>('host-1'));
  await api.setMetadata(asked(), id, { ssd: 'true' });
  await api.update(asked(), id, { name: 'east wing' });
  const conductor = new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog);
  const caching = new ImageCachingApi({ db, policy, ids: systemIds, conductor, images: cloud.deps.images, hostsAtATime: 1 });
  await caching.cache(asked(), id, [sampleImage.id]);
  await expect.poll(() => cloud.host('host-1').driver.cachedImages, WAIT).toEqual([sampleImage.id]);
  await api.removeHost(asked(), id, asId<HostName>('host-1'));
  await api.delete(asked(), id);
}

async function changeAgents(): Promise<void> {
  const api = new AgentApi({ db: database.db, policy });
  const file = { version: '7.0', url: 'http://example.com/agent', md5: 'add6bb58' };
  const { id } = await api.create(asked(), { hypervisor: 'kvm', os: 'linux', architecture: 'x86_64', ...file });
  await api.update(asked(), id, { ...file, version: '8.0' });
  await api.delete(asked(), id);
}

async function changeObjects(): Promise<void> {
  const store = await FileDataStore.open({ directory: join(directory, 'objects') });
  const { buckets, objects } = new ObjectStoreApi({ db: database.db, store, ids: systemIds, policy, limits: { buckets: 1, gigabytes: 1 } });
  await buckets.create(asked(), 'yard', 'RegionOne');
  const data = { chunks: bytes('d'), algorithms: [], told: () => ({}), headers: { 'x-amz-meta-note': FILE ?? '' } };
  await objects.write(asked(), { bucket: 'yard', key: 'k' }, data);
  await objects.delete(asked(), 'yard', ['k']);
  await buckets.delete(asked(), 'yard');
}

async function changeVolumes(): Promise<void> {
  const lab = new SimulatedVolumes(database);
  await lab.start();
  lab.startEngine();
  const { volumes, actions, edits, snapshots, attachments, oldAttaching, types, typeAccess, quotas, fleet, messages } = lab.api();
  const is = (id: string, status: string) => expect.poll(() => volumes.show(asked(), id), WAIT).toMatchObject({ status });
  const isShot = (id: string, status: string) => expect.poll(() => snapshots.show(asked(), id), WAIT).toMatchObject({ status });
  const failing = async (fault: Parameters<typeof lab.driver.faults.add>[0], act: () => Promise<unknown>) => {
    lab.driver.faults.add(fault);
    await act();
    lab.driver.faults.delete(fault);
  };
  const plain = { name: 'v', description: null, metadata: {}, sizeGb: 1 };
  const upload = { name: 'i', diskFormat: 'raw', force: false, visibility: 'private' } as const;
  const { id } = await volumes.create(asked(), plain);
  await is(id, 'available');
  const shot = { volumeId: id, name: null, description: null, metadata: {}, force: false };
  const { id: snapshotId } = await snapshots.create(asked(), shot);
  await isShot(snapshotId, 'available');
  await snapshots.update(asked(), snapshotId, { name: 's' });
  await actions.revert(asked(), id, snapshotId);
  await is(id, 'available');
  await failing('rewrite', async () => {
    await actions.revert(asked(), id, snapshotId);
    await is(id, 'error');
  });
  await edits.resetStatus(asked(), id, { status: 'available' });
  await failing('extend', async () => {
    await actions.extend(asked(), id, 2);
    await is(id, 'error_extending');
  });
  await edits.resetStatus(asked(), id, { status: 'available' });
  await actions.extend(asked(), id, 2);
  await is(id, 'available');
  await actions.upload(asked(), id, upload);
  await is(id, 'available');
  await failing('upload', async () => {
    await actions.upload(asked(), id, upload);
    await is(id, 'available');
  });
  await failing('createSnapshot', async () => await isShot((await snapshots.create(asked(), shot)).id, 'error'));
  await failing('deleteSnapshot', async () => {
    await snapshots.delete(asked(), snapshotId);
    await isShot(snapshotId, 'error_deleting');
  });
  await snapshots.setStatus(asked(), snapshotId, 'available');
  await snapshots.delete(asked(), snapshotId);
  await changeBackups(lab, id);
  const type = await types.create(asked(), { name: 'fast', description: null, isPublic: false, extraSpecs: {} });
  await types.update(asked(), type.id, { description: 'd' });
  await typeAccess.addProject(asked(), type.id, 'p2');
  await typeAccess.removeProject(asked(), type.id, 'p2');
  await changeTransfers(lab, id);
  await changeTypeSpecs(lab);
  await edits.retype(asked(), id, 'fast');
  await volumes.update(asked(), id, { name: 'w' });
  const host = { host: 'h' };
  const { id: attachmentId } = await attachments.create(asked(), { volumeId: id, serverId: 's', connector: host, mode: null });
  await attachments.complete(asked(), attachmentId);
  await attachments.delete(asked(), attachmentId);
  await oldAttaching.reserve(asked(), id);
  await oldAttaching.unreserve(asked(), id);
  await quotas.update(asked(), 'p2', { volumes: 1 });
  await quotas.delete(asked(), 'p2');
  await fleet.setEnabled(asked(), { host: VOLUME_HOST, binary: 'cinder-volume' }, { enabled: false });
  await fleet.setEnabled(asked(), { host: VOLUME_HOST, binary: 'cinder-volume' }, { enabled: true });
  await failing('create', async () => await is((await volumes.create(asked(), plain)).id, 'error'));
  await failing('delete', async () => {
    await volumes.delete(asked(), id, { cascade: true });
    await is(id, 'error_deleting');
  });
  await volumes.delete(asked(), id, { cascade: true });
  await expect.poll(() => volumes.show(asked(), id).catch(() => 'gone'), WAIT).toBe('gone');
  const message = await database.db.selectFrom('volume_messages').select('id').executeTakeFirstOrThrow();
  await messages.delete(asked(), message.id);
  await types.delete(asked(), type.id);
  await lab.stop();
}

const keepBackupsIn = (store: string) => database.db.updateTable('volume_backups').set({ store_id: store }).execute();

async function changeTypeSpecs(lab: SimulatedVolumes): Promise<void> {
  const { types, qosSpecs, typeEncryption, defaultTypes } = lab.api();
  const { id: typeId } = await types.create(asked(), { name: 'said', description: null, isPublic: true, extraSpecs: {} });
  const { id } = await qosSpecs.create(asked(), { name: 'q', consumer: 'both', specs: {} });
  await qosSpecs.update(asked(), id, { specs: { read_iops_sec: '1' } });
  await qosSpecs.delete(asked(), id);
  const words = { provider: 'luks', controlLocation: 'front-end', cipher: null, keySize: null } as const;
  await typeEncryption.create(asked(), typeId, words);
  await typeEncryption.update(asked(), typeId, { keySize: 256 });
  await typeEncryption.delete(asked(), typeId);
  await defaultTypes.set(asked(), 'p2', typeId);
  await defaultTypes.unset(asked(), 'p2');
}

/** Offers of a volume that is available. */
async function changeTransfers(lab: SimulatedVolumes, volumeId: string): Promise<void> {
  const { transfers, accepting } = lab.api();
  const wanted = { volumeId, name: 'mine', noSnapshots: true };
  const { transfer } = await transfers.create(asked(), wanted);
  await transfers.delete(asked(), transfer.id);
  const again = await transfers.create(asked(), wanted);
  SECRETS.push(again.key);
  await accepting.accept(asked(), again.transfer.id, again.key);
}

/** Backups of a volume that is available. */
async function changeBackups(lab: SimulatedVolumes, volumeId: string): Promise<void> {
  const { backups, backingUp, restoring, backupRecords, edits, volumes } = lab.api();
  const is = (id: string, status: string) => expect.poll(() => backups.show(asked(), id), WAIT).toMatchObject({ status });
  const plain = { name: null, description: null, snapshotId: null, container: null, zone: null, metadata: {} };
  const wanted = { ...plain, volumeId, isIncremental: false, force: false };
  const { id } = await backingUp.create(asked(), wanted);
  await is(id, 'available');
  await backups.update(asked(), id, { name: 'b' });
  await restoring.restore(asked(), id, { volumeId, name: null });
  await is(id, 'available');
  lab.driver.faults.add('rewrite');
  await restoring.restore(asked(), id, { volumeId, name: null });
  await expect.poll(() => volumes.show(asked(), volumeId), WAIT).toMatchObject({ status: 'error_restoring' });
  lab.driver.faults.delete('rewrite');
  await edits.resetStatus(asked(), volumeId, { status: 'available' });
  const record = await backupRecords.export(asked(), id);
  const twin = { ...JSON.parse(Buffer.from(record.url, 'base64').toString()), id: systemIds.uuid() };
  await backupRecords.import(asked(), { ...record, url: Buffer.from(JSON.stringify(twin)).toString('base64') });
  await is(twin.id, 'available');
  await backups.delete(asked(), twin.id);
  await expect.poll(() => backups.show(asked(), twin.id).catch(() => 'gone'), WAIT).toBe('gone');
  expect((await lab.backups.find(id)).objectCount).toBe(1);
  await lab.backups.remove(id);
  await backups.setStatus(asked(), id, 'error');
  await backups.delete(asked(), id);
  await expect.poll(() => backups.show(asked(), id).catch(() => 'gone'), WAIT).toBe('gone');
  // Its data is gone.
  await backupRecords.import(asked(), record);
  await is(id, 'error');
  lab.driver.faults.add('lend');
  const { id: failed } = await backingUp.create(asked(), wanted);
  await is(failed, 'error');
  lab.driver.faults.delete('lend');
  await keepBackupsIn('nowhere');
  await backups.delete(asked(), failed);
  await is(failed, 'error_deleting');
  await keepBackupsIn(lab.backups.storeId);
}

const rest = (id: string, vmState: string) => expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState, taskState: null });

async function changeServers(): Promise<void> {
  const edits = new ServerEditApi({ db: database.db, policy, quotaLimits: unlimited });
  const files = [{ path: '/etc/key', contents: FILE ?? '' }];
  const { id } = await cloud.boot({ userData: USER_DATA ?? '', files, metadata: { a: 'b' } }, { ctx: asked() });
  await rest(id, 'active');
  const copied = { metadata: {}, hasMetadataQuota: false };
  cloud.options.shelvedOffloadSeconds = -1;
  const acts: readonly (readonly [act: (api: ComputeApi) => Promise<unknown>, vmState: string])[] = [
    [(api) => api.act(asked(), id, 'createImage', { ...copied, name: 'i' }), 'active'],
    [(api) => api.act(asked(), id, 'createBackup', { ...copied, name: 'b', type: 'daily', keep: 1 }), 'active'],
    [(api) => api.act(asked(), id, 'shelve', null), 'shelved'],
    [(api) => api.act(asked(), id, 'shelveOffload', null), 'shelved_offloaded'],
    [(api) => api.act(asked(), id, 'unshelve', {}), 'active'],
    [(api) => api.act(asked(), id, 'pause', null), 'paused'],
    [(api) => api.act(asked(), id, 'unpause', null), 'active'],
    [(api) => api.act(asked(), id, 'suspend', null), 'suspended'],
    [(api) => api.act(asked(), id, 'resume', null), 'active'],
    [(api) => api.act(asked(), id, 'stop', null), 'stopped'],
    [(api) => api.act(asked(), id, 'start', null), 'active'],
    [(api) => api.act(asked(), id, 'reboot', { type: 'hard' }), 'active'],
    [(api) => api.act(asked(), id, 'trigger_crash_dump', null), 'active'],
    [(api) => api.act(asked(), id, 'changePassword', { password: THEN ?? '' }), 'active'],
    [(api) => api.act(asked(), id, 'rebuild', { imageId: sampleImage.id, preserveEphemeral: false, adminPassword: FIRST ?? '' }), 'active'],
    [(api) => api.act(asked(), id, 'live-migration', { host: null, copiesDisks: null, isForced: false, awaitsChecks: false }), 'active'],
    [(api) => api.act(asked(), id, 'resize', { flavorId: large.id }), 'resized'],
    [(api) => api.act(asked(), id, 'revertResize', null), 'active'],
    [(api) => api.act(asked(), id, 'migrate', { host: null }), 'resized'],
    [(api) => api.act(asked(), id, 'confirmResize', null), 'active'],
    [(api) => api.act(asked(), id, 'lock', { reason: 'because' }), 'active'],
    [(api) => api.act(asked(), id, 'unlock', null), 'active'],
    [(api) => api.act(asked(), id, 'resetState', { to: 'error' }), 'error'],
    [(api) => api.act(asked(), id, 'resetState', { to: 'active' }), 'active'],
    [(api) => api.act(asked(), id, 'rescue', { adminPassword: FIRST ?? '' }), 'rescued'],
    [(api) => api.act(asked(), id, 'unrescue', { boots: true }), 'active'],
    [() => cloud.api({ keepsDeleted: true }).delete(asked(), id), 'soft-delete'],
    [(api) => api.act(asked(), id, 'restore', null), 'active'],
  ];
  for (const [act, vmState] of acts) {
    await act(cloud.api());
    await rest(id, vmState);
  }
  const dead = cloud.host((await cloud.server(id)).host);
  await dead.die();
  await cloud.api().act(asked(), id, 'evacuate', { host: null, isForced: false, onSharedStorage: false, staysStopped: false });
  await rest(id, 'active');
  await dead.start();
  const conductor = new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog);
  const interfaces = new InterfaceApi({
    db: database.db,
    ids: systemIds,
    policy,
    conductor,
    networks: networksOf(cloud),
    clock: systemClock,
  });
  const { id: portId } = await interfaces.attach(asked(), id, {});
  await interfaces.detach(asked(), id, portId);
  await expect.poll(async () => (await cloud.server(id)).networkInfo.length).toBe(1);
  const attachments = new VolumeAttachmentApi({
    db: database.db,
    ids: systemIds,
    policy,
    conductor,
    volumes: cloud.deps.volumes,
    clock: systemClock,
  });
  const volumeId = systemIds.uuid();
  await makeVolume(cloud, volumeId, { projectId: asked().projectId ?? '' });
  await attachments.attach(asked(), id, { volumeId, tag: null, isDeletedWithServer: false, mayBeShared: false });
  await attachments.update(asked(), id, volumeId, { isDeletedWithServer: true, expected: {} });
  await followGrownVolume({ db: database.db, ids: systemIds, conductor }, asked(), { serverId: id, volumeId });
  await attachments.detach(asked(), id, volumeId);
  await expect.poll(async () => (await cloud.server(id)).volumes.length).toBe(0);
  const inAnHour = { now: () => new Date(systemClock.now().getTime() + 3_600_000) };
  await auditUsage({ db: database.db, ids: systemIds, clock: inAnHour }, { unit: 'hour', offset: 0 });
  await edits.update(asked(), id, { name: 'n' });
  await edits.setMetadata(asked(), id, { k: 'v' }, { how: 'merge', rule: 'os_compute_api:server-metadata:create' });
  await edits.deleteMetadataItem(asked(), id, 'k');
  await edits.setTags(asked(), id, ['a', 'b']);
  await edits.addTag(asked(), id, 'c');
  await edits.deleteTag(asked(), id, 'c');
  await edits.deleteTags(asked(), id);
  const guest = new MetadataApi({ db: database.db, ids: systemIds, dhcpDomain: '' });
  await guest.postPassword({ id: asId(id), projectId: 'project-1' }, Buffer.from(POSTED ?? ''), asked().requestId);
  await edits.clearPassword(asked(), id);
  const at = cloud.host((await cloud.server(id)).host);
  await at.driver.powerOff(asId(id));
  await at.reconcile();
  await cloud.api().delete(asked(), id);
  await rest(id, 'deleted');
  for (const host of cloud.hosts) host.faults['spawn'] = { failureRate: 1 };
  const failed = await cloud.boot({ userData: USER_DATA ?? '' }, { ctx: asked() });
  await rest(failed.id, 'error');
  await cloud.api().delete(asked(), failed.id);
}

/** The flavor of a resize. */
const large = { ...sampleFlavor, id: '2', name: 'm1.small', vcpus: 2 };

/** What does not go wrong here, what changes nothing, what is asked of moves that take longer, and what is only told where the books had to be mended. */
const untold = (type: string): boolean =>
  /^server\.(?!create\.)[\w-]+\.error$|^server\.(injectNetworkInfo|resetNetwork|live_migration_\w+)$|^server\.work\./.test(type);

test('every change is told, in the form that the catalogue has for it, and no secret is', async () => {
  await changeIdentities();
  await changeImages();
  await changeNetworks();
  await changeFleet();
  await changeAggregates();
  await changeAgents();
  await changeServers();
  await changeVolumes();
  await changeObjects();
  const events = await database.db.selectFrom('events').selectAll().orderBy('seq').execute();

  const seen = new Set(events.map(({ type }) => type));
  expect([...eventTypes.keys()].filter((type) => !seen.has(type) && !untold(type))).toEqual([]);
  expect([...seen].filter((type) => !eventTypes.has(type))).toEqual([]);

  const ajv = new Ajv({ strict: false, validateFormats: false });
  const checks = new Map([...eventTypes].map(([type, { payload }]) => [type, ajv.compile({ ...payload, additionalProperties: false })]));
  const misshapen = events.filter(({ type, payload }) => checks.get(type)?.(payload) !== true);
  expect(misshapen.map(({ type, payload }) => ({ type, payload, errors: checks.get(type)?.errors }))).toEqual([]);

  const { payload: failed } = events.find(({ type }) => type === 'server.create.error') ?? {};
  expect(Object.keys(Object(failed?.['fault'])).toSorted()).toEqual(['code', 'error', 'message']);

  const { rows } = await sql<{ text: string }>`
    SELECT payload::text AS text FROM events UNION ALL SELECT coalesce(result, 'null')::text FROM change_results`.execute(database.db);
  const told = rows.map(({ text }) => text).join('\n');
  expect(SECRETS.filter((secret) => told.includes(secret))).toEqual([]);
});

test('what takes time has an end for each start, told under one request', async () => {
  const { rows } = await sql`
    SELECT begun.type, begun.subject FROM events AS begun
    WHERE begun.type LIKE '%.start' AND 1 <> (
      SELECT count(*) FROM events AS ended
      WHERE ended.subject = begun.subject AND ended.request_id = begun.request_id AND ended.seq > begun.seq
        AND ended.type IN (regexp_replace(begun.type, 'start$', 'end'), regexp_replace(begun.type, 'start$', 'error')))`.execute(
    database.db,
  );
  expect(rows).toEqual([]);
});

test('what notifications say besides is found: who acted, how the server was before, what the operation began with', async () => {
  const page = await readEvents(database.db, FIRST_POSITION, MAX_EVENTS_READ);
  const facts = await factsOf(database.db, page.events);
  const of = (type: string) => facts[page.events.findIndex((event) => event.type === type)];
  expect(of('server.pause.end')).toMatchObject({
    initiator: { userId: 'admin', projectId: 'project-1' },
    before: { vmState: 'active', taskState: 'pausing' },
  });
  expect(of('server.update')).toMatchObject({ initiator: { userId: 'admin' }, before: { name: 'web' } });
  expect([of('server.createImage.start')?.work?.imageId, of('server.createImage.end')?.work?.imageId]).toEqual([
    expect.stringMatching(/^[0-9a-f-]{36}$/),
    of('server.createImage.start')?.work?.imageId,
  ]);
  expect(of('server.resize.start')?.work?.flavor).toMatchObject({ id: large.id });
  expect(of('server.correctPower')?.initiator).toBeNull();
});
