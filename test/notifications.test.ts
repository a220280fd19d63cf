/** Every event of the catalogue is told as Nova tells it, or is listed as one that Nova does not tell. UPDATE_GOLDENS=1 writes down what is told. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sampleFlavor, sampleImage } from './support/sample-server.ts';
import { asId, type NetworkId, type PortId } from '../src/objects/ids.ts';
import { MONTHLY } from '../src/objects/audit-period.ts';
import { FIRST_POSITION } from '../src/objects/event-position.ts';
import { eventTypes } from '../src/events/index.ts';
import { notificationsOf } from '../src/events/notifications/index.ts';
import { type EventFacts, noFacts, type NotificationRules, type Telling } from '../src/events/notifications/notification.ts';
import { knownUnversioned, knownVersioned } from './support/nova-event-types.ts';
import { toldResources } from '../src/events/notifications/resource-notifications.ts';

const GOLDEN = join(import.meta.dirname, 'golden/notifications/told.json');
const AT = '2026-11-30T12:14:00.123Z';

const server = {
  id: '178b0921-8f85-4257-88b6-2e743b5a975c',
  number: 42,
  guestNameTemplate: 'instance-%08x',
  projectId: 'project-1',
  userId: 'user-1',
  name: 'web',
  description: null,
  hostname: 'web',
  vmState: 'active',
  taskState: null,
  powerState: 'running',
  host: 'node-1',
  node: 'node-1.example.com',
  requestedZone: null,
  zone: 'nova',
  flavor: sampleFlavor,
  image: { ...sampleImage, properties: { os_type: 'linux', hw_architecture: 'x86_64' } },
  keyName: 'mine',
  metadata: { a: 'b' },
  tags: ['blue'],
  trustedCertificates: null,
  schedulerHints: { group: 'g' },
  securityGroups: ['default'],
  networkInfo: [
    {
      portId: asId<PortId>('ce531f90-199f-48c0-816c-13e38010b442'),
      networkId: asId<NetworkId>('3a5a7c1e-0000-4000-8000-000000000001'),
      networkName: 'private',
      macAddress: 'fa:16:3e:4c:2c:30',
      mtu: 1500,
      fixedIps: [{ subnetId: 's', ipAddress: '10.20.0.3', version: 4 }],
    },
  ],
  configDrive: false,
  diskConfig: 'MANUAL',
  accessIpV4: null,
  accessIpV6: null,
  progress: 0,
  lockedBy: 'owner',
  lockedReason: 'because',
  reservationId: 'r-00000001',
  launchIndex: 0,
  fault: null as null | { code: number; message: string; error: string },
  createdAt: '2026-11-30T12:13:00.000Z',
  updatedAt: AT,
  launchedAt: '2026-11-30T12:13:30.000Z' as string | null,
  terminatedAt: null as string | null,
};
const aggregate = { id: 7, uuid: '788608ec-ebdc-45c5-bc7f-e5f24ab92c80', name: 'west', hosts: ['node-1'], metadata: { ssd: 'true' } };
const samples: Readonly<Record<string, object>> = {
  flavor: sampleFlavor,
  flavorAccess: { flavorId: '1', projectId: 'p2', flavor: sampleFlavor, projects: ['p2'] },
  keypair: { userId: 'user-1', name: 'mine', type: 'ssh', fingerprint: '1e:2c', publicKey: 'ssh-ed25519 AAAA' },
  serverGroup: { id: 'g', projectId: 'p', userId: 'u', name: 'apart', policy: 'anti-affinity', maxServerPerHost: 3, members: [server.id] },
  service: { id: 's', binary: 'nova-compute', host: 'node-1', zone: 'nova', disabled: false, disabledReason: null, forcedDown: false },
  aggregate: { ...aggregate, host: 'node-1', imageIds: [sampleImage.id] },
  server,
};

const rules: NotificationRules = {
  formats: ['versioned', 'unversioned'],
  stateChanges: undefined,
  level: 'INFO',
  auditing: MONTHLY,
  showsBlockDevices: false,
  showsShares: false,
  host: 'controller',
  imageUrl: (id) => `http://images.example/images/${id}`,
};
const facts: EventFacts = {
  ...noFacts,
  initiator: { userId: 'admin', projectId: 'admins' },
  keypair: { userId: 'user-1', name: 'mine', type: 'ssh', fingerprint: '1e:2c', publicKey: 'ssh-ed25519 AAAA' },
  work: { imageId: sampleImage.id, flavor: { ...sampleFlavor, id: '2', name: 'm1.small' } },
};

const telling = (type: string, payload: object, more: Partial<Omit<Telling, 'event'>> = {}): Telling => ({
  event: {
    position: FIRST_POSITION,
    sequence: 1,
    type,
    subject: server.id,
    projectId: 'project-1',
    requestId: 'req-1',
    at: new Date(AT),
    // Seam: the samples are payloads.
    payload: payload as Record<string, unknown>,
    initiator: null,
  },
  facts,
  rules,
  ...more,
});

/** The payload that an event of the type has here. */
const sampleOf = (type: string): object => {
  const [resource = '', , phase] = type.split('.');
  const sample = samples[resource] ?? {};
  return phase === 'error' ? { ...sample, fault: { code: 500, message: 'No valid host was found.', error: 'NoValidHost' } } : sample;
};

const told = new Map([...eventTypes.keys()].map((type) => [type, notificationsOf(telling(type, sampleOf(type)))]));

/** The resources that other services than Nova have, and what is Nova's but has no notification. */
const UNTOLD =
  /^(domain|project|user|role|roleAssignment|credential|image|imageMember|network|subnet|port|securityGroup|securityGroupRule|defaultSecurityGroupRule|router|floatingIp|addressScope|subnetPool|rbacPolicy|qosPolicy|networkQuota|volume\w*|quota|quotaClass|agentBuild|bucket|object)\.|^keypair\.update$|^server\.extend_volume\.(start|end)$/;
/** Told only where changes of states are, or, of the guest's password, never. */
const UPDATES =
  /^server\.(update|updateMetadata|deleteMetadata|resetState|correctPower|injectNetworkInfo|resetNetwork|work\.end|changePassword\.(start|end)|updateVolumeAttachment|postPassword|clearPassword)$/;

test('every type of event is told, or has no notification in Nova', () => {
  const silent = [...told].flatMap(([type, notifications]) => (notifications.length === 0 ? [type] : []));
  // A new type needs a row in src/events/notifications/, or, if Nova does not notify of it, its name above.
  expect(silent.filter((type) => !UNTOLD.test(type) && !UPDATES.test(type))).toEqual([]);
  expect([...told].flatMap(([type, { length }]) => (UNTOLD.test(type) && length > 0 ? [type] : []))).toEqual([]);
  expect(toldResources.filter((type) => !eventTypes.has(type))).toEqual([]);
});

test('no notification has a type that Nova does not know', () => {
  const all = [...told.values()].flat();
  const typesOf = (format: string) => [...new Set(all.flatMap((one) => (one.format === format ? [one.eventType] : [])))].sort();
  expect(typesOf('versioned').filter((type) => !knownVersioned.includes(type))).toEqual([]);
  expect(typesOf('unversioned').filter((type) => !knownUnversioned.includes(type))).toEqual([]);
});

test('what each event is told as, and what the payloads look like, is written down', async () => {
  const payloads = new Map<string, object>();
  for (const { format, eventType, payload } of [...told.values()].flat()) {
    const name =
      'nova_object.name' in payload ? String(payload['nova_object.name']) : `${format} ${eventType.replace(/\.(start|end)$/, '')}`;
    if (format === 'versioned' || !eventType.startsWith('compute.instance.') || /create|reboot\.error/.test(eventType))
      payloads.set(name, payload);
  }
  for (const one of notificationsOf(telling('server.updateTags', server))) payloads.set(`update ${one.format}`, one.payload);
  const lines = [...told].flatMap(([type, notifications]) =>
    notifications.length === 0 ? [] : [[type, notifications.map((one) => `${one.eventType} ${one.priority} ${one.publisherId}`)] as const],
  );
  const now = `${JSON.stringify({ told: Object.fromEntries(lines), payloads: Object.fromEntries(payloads) }, null, 2)}\n`;
  if (process.env['UPDATE_GOLDENS'] === '1') {
    await mkdir(join(GOLDEN, '..'), { recursive: true });
    await writeFile(GOLDEN, now);
  }
  expect(now).toBe(await readFile(GOLDEN, 'utf8').catch(() => 'missing: run with UPDATE_GOLDENS=1'));
});

const dataOf = (type: string, more: Partial<Omit<Telling, 'event'>> = {}, payload: object = sampleOf(type)) => {
  const found = notificationsOf(telling(type, payload, { rules: { ...rules, formats: ['versioned'] }, ...more }));
  return found.map((one) => ({ ...one, data: (one.payload as { 'nova_object.data': Record<string, unknown> })['nova_object.data'] }));
};

/** The data of the first one; those of objects in it are read by name. */
const firstOf = (found: ReturnType<typeof dataOf>) => found[0]?.data as Record<string, Record<string, unknown>>;

test('payloads of servers have the fields that consumers of Nova know', () => {
  const data = firstOf(dataOf('server.pause.end'));
  expect(Object.keys(data).toSorted()).toEqual(
    `action_initiator_project action_initiator_user architecture auto_disk_config availability_zone block_devices created_at deleted_at
    display_description display_name fault flavor host host_name image_uuid ip_addresses kernel_id key_name launched_at locked locked_reason
    metadata node os_type power_state progress ramdisk_id request_id reservation_id shares state task_state tenant_id terminated_at updated_at
    user_id uuid`
      .split(/\s+/)
      .toSorted(),
  );
});

test('the work of the cloud itself has no user and no request', () => {
  const data = firstOf(dataOf('server.pause.end', { facts: noFacts }));
  expect(data).toMatchObject({ request_id: null, action_initiator_user: null, action_initiator_project: null });
});

test('changes of states are told where they are asked for', () => {
  const before = { vmState: 'active', taskState: 'pausing', name: 'web' };
  const updates = (stateChanges: NotificationRules['stateChanges'], vmState: string) =>
    notificationsOf(
      telling('server.pause.end', { ...server, vmState }, { facts: { ...facts, before }, rules: { ...rules, stateChanges } }),
    ).filter(({ eventType }) => eventType.endsWith('update')).length;
  expect([updates(undefined, 'paused'), updates('vm_state', 'paused'), updates('vm_state', 'active')]).toEqual([0, 2, 0]);
  expect([updates('vm_and_task_state', 'active')]).toEqual([2]);
});

test('an update tells the states and the name before', () => {
  const before = { vmState: 'building', taskState: 'spawning', name: 'old' };
  const data = firstOf(dataOf('server.updateTags', { facts: { ...facts, before } }));
  expect(data['state_update']?.['nova_object.data']).toEqual({
    old_state: 'building',
    state: 'active',
    old_task_state: 'spawning',
    new_task_state: null,
  });
  expect(data['old_display_name']).toBe('old');
  expect(data['audit_period']?.['nova_object.data']).toEqual({
    audit_period_beginning: '2026-11-01T00:00:00Z',
    audit_period_ending: '2026-11-30T12:14:00Z',
  });
});

test('a server that never ran is deleted without a shutdown', () => {
  const types = dataOf('server.delete.end', {}, { ...server, launchedAt: null }).map(({ eventType }) => eventType);
  expect(types).toEqual(['instance.delete.end']);
});

test('the end of a boot tells the addresses that lead to those of the server', () => {
  const [port] = server.networkInfo;
  const networkInfo = [
    {
      ...port,
      floatingIps: [
        { ipAddress: '172.24.4.7', fixedIp: '10.20.0.3' },
        { ipAddress: '172.24.4.8', fixedIp: '10.20.0.4' },
      ],
    },
  ];
  const [told] = notificationsOf(telling('server.create.end', { ...server, networkInfo })).filter(
    ({ eventType }) => eventType === 'compute.instance.create.end',
  );
  expect(told?.payload).toMatchObject({
    fixed_ips: [{ address: '10.20.0.3', floating_ips: [{ address: '172.24.4.7', type: 'floating', version: 4, meta: {} }] }],
  });
});

test('an audit tells the period that it audited, and a change the present one until then', () => {
  const period = { begin: '2026-10-01T00:00:00.000Z', end: '2026-11-01T00:00:00.000Z' };
  const [audited] = dataOf('server.exists', {}, { ...server, period });
  const changed = dataOf('server.shelve.start').find(({ eventType }) => eventType === 'instance.exists');
  expect([audited, changed].map((one) => one?.data['audit_period'])).toMatchObject([
    { 'nova_object.data': { audit_period_beginning: '2026-10-01T00:00:00Z', audit_period_ending: '2026-11-01T00:00:00Z' } },
    { 'nova_object.data': { audit_period_beginning: '2026-11-01T00:00:00Z', audit_period_ending: '2026-11-30T12:14:00Z' } },
  ]);
});

/** What an unshelving from that state is told as. */
const unshelved = (vmState: string) =>
  [
    ...dataOf('server.unshelve.start', {}, { ...server, vmState }),
    ...dataOf('server.unshelve.end', { facts: { ...facts, before: { vmState, taskState: 'spawning', name: 'web' } } }),
  ].map(({ eventType }) => eventType);

test('a server that left its host when it was shelved needs the scheduler, one that is still there does not', () => {
  const select = 'scheduler.select_destinations';
  expect(unshelved('shelved')).toEqual(['instance.unshelve.start', 'instance.unshelve.end']);
  expect(unshelved('shelved_offloaded')).toEqual([`${select}.start`, 'instance.unshelve.start', `${select}.end`, 'instance.unshelve.end']);
});

test('a failure that newer work caused names no fault of the server', () => {
  const data = firstOf(dataOf('server.reboot.error', {}, server));
  expect(data['fault']?.['nova_object.data']).toMatchObject({ exception: 'OperationSuperseded', function_name: 'reboot' });
});
