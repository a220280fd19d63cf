/** Random domain records as arbitraries, which every view must be able to render. */
import type { WantedConsole } from '../../src/compute/servers/console-api.ts';
import { consoleTypes, type OpenedConsole } from '../../src/objects/console.ts';
import type { DefaultRule } from '../../src/objects/network.ts';
import * as fc from 'fast-check';
import type { TSchema } from '@sinclair/typebox';
import type { PingedServer } from '../../src/compute/proxies/ping-api.ts';
import type { PooledIp } from '../../src/compute/proxies/proxied-floating-ips-api.ts';
import type { ShownImage } from '../../src/compute/proxies/proxied-images-api.ts';
import type { ShownNetwork } from '../../src/compute/proxies/proxied-networks-api.ts';
import type { Delivery } from '../../src/compute/servers/external-event-api.ts';
import type { ShownPort } from '../../src/api/openstack/compute/servers/interfaces.ts';
import type { ActionInFull, InstanceAction } from '../../src/compute/servers/instance-action-api.ts';
import type { HostStatus } from '../../src/compute/servers/host-status-api.ts';
import type { Hypervisor } from '../../src/compute/fleet/hypervisor-api.ts';
import { type LimitsAndUse, type QuotaLimits, quotaNames } from '../../src/compute/quotas/quota-api.ts';
import type { ServiceState } from '../../src/compute/fleet/service-api.ts';
import { imageStatuses } from '../../src/image/image.ts';
import { shownStatuses } from '../../src/db/stores/moves/live-migrations.ts';
import { seededIds } from '../../src/lib/clock/ids.ts';
import { type Flavor, flavor as flavorSchema } from '../../src/objects/flavor.ts';
import { asId, type HostName, type ImageId, type NetworkId, type PortId, type ServerId } from '../../src/objects/ids.ts';
import { type ImageMeta, imageMeta } from '../../src/objects/image.ts';
import type { ShownVolume } from '../../src/compute/servers/volume-attachment-api.ts';
import type { ServerVolume } from '../../src/objects/server-volume.ts';
import { type NetworkInfo, networkInfo } from '../../src/objects/network-info.ts';
import type { Migration } from '../../src/objects/migration.ts';
import type { Server } from '../../src/objects/server.ts';
import { type PowerState, powerStates, taskStates, vmStates } from '../../src/objects/states.ts';
import { sampleOf } from './schema-samples.ts';

/** Random records of a schema. Seam: a sample that fits the schema is of its type. */
const ofSchema = <T>(schema: TSchema): fc.Arbitrary<T> => fc.nat().map((seed) => sampleOf(schema, seededIds(seed + 1)) as T);

const text = fc.string({ maxLength: 40 });
const count = fc.integer({ min: 0, max: 1_000_000 });
const time = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
const orNull = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null });
const texts = fc.dictionary(text, text, { maxKeys: 4 });

export const someFlavor: fc.Arbitrary<Flavor> = ofSchema(flavorSchema);

const someVolume: fc.Arbitrary<ServerVolume> = fc.record({
  id: fc.uuid(),
  volumeId: fc.uuid(),
  attachmentId: fc.uuid(),
  device: fc.constantFrom('/dev/vdb', '/dev/sdb'),
  tag: orNull(fc.constantFrom('a', 'b')),
  isDeletedWithServer: fc.boolean(),
});

export const someShownVolume: fc.Arbitrary<ShownVolume> = fc
  .tuple(someVolume, fc.uuid())
  .map(([volume, serverId]) => ({ ...volume, serverId }));

export const someServer: fc.Arbitrary<Server & { readonly hostStatus?: HostStatus }> = fc.record(
  {
    id: fc.uuid().map((id) => asId<ServerId>(id)),
    number: count,
    projectId: text,
    userId: text,
    name: text,
    description: orNull(text),
    hostname: text,
    vmState: fc.constantFrom(...vmStates),
    taskState: orNull(fc.constantFrom(...taskStates)),
    // Seam: the keys of a constant.
    powerState: fc.constantFrom(...(Object.keys(powerStates) as PowerState[])),
    workflowId: orNull(text),
    host: orNull(text.map((name) => asId<HostName>(name))),
    node: orNull(text),
    requestedZone: orNull(text),
    zone: orNull(text),
    flavor: someFlavor,
    image: orNull(ofSchema<ImageMeta>(imageMeta)),
    keyName: orNull(text),
    publicKey: orNull(text),
    userData: orNull(text),
    metadata: texts,
    tags: fc.array(text, { maxLength: 4 }),
    files: fc.array(fc.record({ path: text, contents: text }), { maxLength: 2 }),
    trustedCertificates: orNull(fc.array(text, { maxLength: 3 })),
    schedulerHints: fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
    securityGroups: fc.array(text, { maxLength: 3 }),
    networkInfo: ofSchema<NetworkInfo>(networkInfo),
    volumes: fc.array(someVolume, { maxLength: 2 }),
    configDrive: fc.boolean(),
    diskConfig: fc.constantFrom('AUTO', 'MANUAL'),
    accessIpV4: orNull(fc.ipV4()),
    accessIpV6: orNull(fc.ipV6()),
    progress: fc.integer({ min: 0, max: 100 }),
    lockedBy: orNull(fc.constantFrom('owner', 'admin')),
    lockedReason: orNull(text),
    reservationId: text,
    launchIndex: count,
    rootDeviceName: orNull(text),
    guestNameTemplate: fc.constantFrom('instance-%08x', 'vm-%(uuid)s'),
    fault: orNull(fc.record({ code: count, message: text, details: orNull(text), createdAt: time })),
    shelved: orNull(fc.record({ imageId: fc.uuid().map((id) => asId<ImageId>(id)), at: time.map((at) => at.toISOString()) })),
    creator: orNull(fc.record({ userName: text, projectName: text, roles: fc.array(text, { maxLength: 3 }) })),
    createdAt: time,
    updatedAt: time,
    launchedAt: orNull(time),
    terminatedAt: orNull(time),
    hostStatus: fc.constantFrom('UP', 'DOWN', 'MAINTENANCE', 'UNKNOWN', ''),
  },
  { noNullPrototype: true },
);

export const somePort: fc.Arbitrary<ShownPort> = fc.record({
  id: fc.uuid().map((id) => asId<PortId>(id)),
  networkId: fc.uuid().map((id) => asId<NetworkId>(id)),
  macAddress: text,
  status: fc.constantFrom('ACTIVE', 'DOWN'),
  serverTag: orNull(text),
  fixedIps: fc.array(fc.record({ subnetId: text, ipAddress: fc.ipV4() }), { maxLength: 2 }),
});

const someSubnet = (cidr: string) =>
  fc.option(fc.record({ cidr: fc.constant(cidr), gatewayIp: orNull(text), dnsNameservers: fc.array(text, { maxLength: 3 }) }), {
    nil: undefined,
  });

export const someShownNetwork: fc.Arbitrary<ShownNetwork> = fc.record({
  network: fc.record({
    id: fc.uuid().map((id) => asId<NetworkId>(id)),
    name: text,
    projectId: text,
    mtu: fc.integer({ min: 68, max: 9000 }),
  }),
  v4: someSubnet('10.0.0.0/8'),
  v6: someSubnet('fd00::/64'),
});

/** A rule that default groups of new projects get. */
export const someDefaultRule: fc.Arbitrary<DefaultRule> = fc.record({
  id: fc.nat(),
  ethertype: fc.constant('IPv4'),
  protocol: fc.constantFrom('tcp', 'icmp'),
  portMin: fc.option(fc.nat(255)),
  portMax: fc.option(fc.nat(255)),
  remoteCidr: fc.constant('10.0.0.0/8'),
});

export const somePooledIp: fc.Arbitrary<PooledIp> = fc.record({
  id: fc.uuid(),
  address: fc.ipV4(),
  pool: text,
  fixedIp: orNull(fc.ipV4()),
  serverId: orNull(fc.uuid().map((id) => asId<ServerId>(id))),
});

export const somePingedServer: fc.Arbitrary<PingedServer> = fc.record({ server: someServer, isAlive: fc.boolean() });

export const someShownImage: fc.Arbitrary<ShownImage> = fc.record({
  alternate: text,
  image: fc.record(
    {
      id: fc.uuid().map((id) => asId<ImageId>(id)),
      name: orNull(text),
      owner: text,
      visibility: fc.constant('shared'),
      status: fc.constantFrom(...imageStatuses),
      isProtected: fc.boolean(),
      isHidden: fc.boolean(),
      diskFormat: fc.constantFrom('raw', 'qcow2', null),
      containerFormat: fc.constantFrom('bare', null),
      minDiskGb: count,
      minRamMb: count,
      tags: fc.constant([]),
      properties: fc.dictionary(fc.constantFrom('instance_uuid', 'auto_disk_config', 'other'), text),
      sizeBytes: orNull(count),
      virtualSizeBytes: orNull(count),
      md5: orNull(text),
      sha512: orNull(text),
      createdAt: time,
      updatedAt: time,
    },
    { noNullPrototype: true },
  ),
});

export const someDelivery: fc.Arbitrary<Delivery> = fc.record({
  name: fc.constantFrom('network-changed', 'volume-extended'),
  serverId: fc.uuid(),
  status: fc.constantFrom('completed', 'failed', 'in-progress'),
  tag: fc.option(text, { nil: undefined }),
  code: fc.constantFrom(200, 400, 404, 422),
});

export const someAction: fc.Arbitrary<InstanceAction> = fc.record({
  serverId: fc.uuid(),
  name: text,
  requestId: text,
  userId: orNull(text),
  projectId: orNull(text),
  message: orNull(text),
  startedAt: time,
  finishedAt: orNull(time),
});

const someAmounts = fc.record({ total: fc.nat(), processed: fc.nat(), remaining: fc.nat() });
const someEnd = fc.record({ host: text.map((name) => asId<HostName>(name)), node: text });

export const someMigration: fc.Arbitrary<Migration> = fc.record({
  number: fc.nat(),
  id: fc.uuid(),
  serverId: fc.uuid().map((id) => asId<ServerId>(id)),
  type: fc.constant('live-migration' as const),
  status: fc.constantFrom(...shownStatuses),
  source: someEnd,
  destination: orNull(fc.tuple(someEnd, orNull(text)).map(([end, hostIp]) => ({ ...end, hostIp }))),
  before: fc.record({ flavor: someFlavor, number: fc.nat() }),
  after: fc.record({ flavor: someFlavor, number: fc.nat() }),
  wasStopped: fc.constant(false),
  transfer: orNull(fc.record({ memory: someAmounts, disk: someAmounts })),
  userId: orNull(text),
  projectId: orNull(text),
  createdAt: time,
  updatedAt: time,
});

export const someActionInFull: fc.Arbitrary<ActionInFull> = fc.record({
  action: someAction,
  server: someServer,
  events: fc.array(
    fc.record({
      event: text,
      host: orNull(text),
      result: orNull(fc.constantFrom('Success', 'Error')),
      traceback: orNull(text),
      details: orNull(text),
      startedAt: time,
      finishedAt: orNull(time),
    }),
    { maxLength: 3 },
  ),
});

const limit = fc.integer({ min: -1, max: 1_000_000 });

export const someLimits: fc.Arbitrary<QuotaLimits> = fc
  .array(limit, { minLength: quotaNames.length, maxLength: quotaNames.length })
  // Seam: fromEntries forgets that every name went in.
  .map((limits) => Object.fromEntries(quotaNames.map((name, index) => [name, limits[index] ?? -1])) as QuotaLimits);

export const someLimitsAndUse: fc.Arbitrary<LimitsAndUse> = fc.record({
  limits: someLimits,
  used: fc.record({ instances: count, cores: count, ram: count, server_groups: count }),
});

/** A record with the id that it belongs to. */
export const whose = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<{ readonly id: string; readonly of: T }> => fc.record({ id: text, of });

const service = {
  id: fc.uuid(),
  number: count,
  disabled: fc.boolean(),
  disabledReason: orNull(text),
  forcedDown: fc.boolean(),
  silentSeconds: count,
};

export const someService: fc.Arbitrary<ServiceState> = fc.record({
  ...service,
  binary: text,
  host: text,
  zone: text,
  seenAt: time,
  isUp: fc.boolean(),
});

export const someHypervisor: fc.Arbitrary<Hypervisor> = fc.record({
  id: fc.uuid(),
  number: count,
  node: text,
  host: text,
  hostIp: fc.ipV4(),
  hypervisorType: text,
  hypervisorVersion: count,
  cpuInfo: fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
  vcpus: count,
  vcpusUsed: count,
  memoryMb: count,
  memoryMbUsed: count,
  reservedMemoryMb: count,
  localGb: count,
  localGbUsed: count,
  uptime: orNull(text),
  servers: count,
  busyServers: count,
  service: fc.record(service),
  isUp: fc.boolean(),
  hosted: fc.option(fc.array(fc.record({ id: fc.uuid(), name: text }), { maxLength: 3 }), { nil: undefined }),
});

export const someRemoteConsole: fc.Arbitrary<WantedConsole & { url: string }> = fc.record({
  protocol: fc.constantFrom('vnc', 'spice', 'serial'),
  type: fc.constantFrom(...Object.keys(consoleTypes)),
  url: fc.webUrl(),
});

export const someOpenedConsole: fc.Arbitrary<OpenedConsole> = fc.record({
  serverId: fc.uuid().map((id) => asId<ServerId>(id)),
  serverName: text,
  type: fc.constantFrom('novnc' as const, 'serial' as const),
  expiresAt: fc.constant('2026-01-01T00:00:00.000Z'),
  baseUrl: fc.webUrl(),
  door: fc.record({ address: fc.ipV4(), port: fc.nat({ max: 65_535 }), path: fc.uuid(), key: fc.constant('00') }),
});
