/** How EC2 shows servers. */
import type { XmlValue } from '../../../lib/xml/write-xml.ts';
import { imageIdOf, instanceIdOf } from '../../../objects/ec2-ids.ts';
import { groupsOf, namedImage, type Server } from '../../../objects/server.ts';
import type { VmState } from '../../../objects/states.ts';
import { setOf } from '../action.ts';
import type { FilterTable } from './filters.ts';

/** A state with EC2's number of it. */
export interface InstanceState {
  readonly code: number;
  readonly name: string;
}

const PENDING = { code: 0, name: 'pending' };
const RUNNING = { code: 16, name: 'running' };
export const SHUTTING_DOWN: InstanceState = { code: 32, name: 'shutting-down' };
const TERMINATED = { code: 48, name: 'terminated' };
export const STOPPING: InstanceState = { code: 64, name: 'stopping' };
const STOPPED = { code: 80, name: 'stopped' };

/** EC2's clients know six states only: a guest that runs no code is stopped. */
const STATES: Readonly<Record<VmState, InstanceState>> = {
  building: PENDING,
  active: RUNNING,
  paused: STOPPED,
  suspended: STOPPED,
  stopped: STOPPED,
  rescued: RUNNING,
  resized: RUNNING,
  'soft-delete': TERMINATED,
  deleted: TERMINATED,
  error: STOPPED,
  shelved: STOPPED,
  shelved_offloaded: STOPPED,
};

export function stateOf({ vmState, taskState }: Pick<Server, 'vmState' | 'taskState'>): InstanceState {
  if (taskState === 'deleting') return SHUTTING_DOWN;
  if (taskState === 'powering-off') return STOPPING;
  return taskState === 'powering-on' && vmState === 'stopped' ? PENDING : STATES[vmState];
}

const fixedIpOf = ({ networkInfo }: Server): string | undefined =>
  networkInfo.flatMap(({ fixedIps }) => fixedIps).find(({ version }) => version === 4)?.ipAddress;
const floatingIpOf = ({ networkInfo }: Server): string | undefined =>
  networkInfo.flatMap(({ floatingIps = [] }) => floatingIps)[0]?.ipAddress;

const imageOf = (server: Server): string | undefined => {
  const image = namedImage(server);
  return image === null ? undefined : imageIdOf('ami', image.id);
};

/** The columns of DescribeInstances that its filters compare. */
export const instanceFilters: FilterTable<Server> = {
  'availability-zone': ({ zone }) => zone,
  'dns-name': floatingIpOf,
  'group-name': groupsOf,
  'instance.group-name': groupsOf,
  'image-id': imageOf,
  'instance-id': instanceIdOf,
  'instance-state-code': (server) => String(stateOf(server).code),
  'instance-state-name': (server) => stateOf(server).name,
  'instance-type': ({ flavor }) => flavor.name,
  'ip-address': floatingIpOf,
  'key-name': ({ keyName }) => keyName,
  'launch-index': ({ launchIndex }) => String(launchIndex),
  'launch-time': ({ createdAt }) => createdAt.toISOString(),
  'owner-id': ({ projectId }) => projectId,
  'private-dns-name': ({ hostname }) => hostname,
  'private-ip-address': fixedIpOf,
  'reservation-id': ({ reservationId }) => reservationId,
};

const instanceView = (server: Server): XmlValue => ({
  instanceId: instanceIdOf(server),
  imageId: imageOf(server),
  instanceState: { ...stateOf(server) },
  privateDnsName: server.hostname,
  dnsName: floatingIpOf(server) ?? '',
  reason: server.fault?.message ?? '',
  stateReason: server.fault ? { code: 'Server.InternalError', message: server.fault.message } : undefined,
  keyName: server.keyName ?? undefined,
  amiLaunchIndex: server.launchIndex,
  productCodes: null,
  instanceType: server.flavor.name,
  launchTime: server.createdAt,
  placement: { availabilityZone: server.zone ?? server.requestedZone ?? '', tenancy: 'default' },
  monitoring: { state: 'disabled' },
  privateIpAddress: fixedIpOf(server),
  ipAddress: floatingIpOf(server),
  groupSet: groupsView(server),
  architecture: 'x86_64',
  rootDeviceType: namedImage(server) === null ? 'ebs' : 'instance-store',
  rootDeviceName: server.rootDeviceName ?? '/dev/vda',
  blockDeviceMapping: null,
  virtualizationType: 'hvm',
  tagSet: setOf(Object.entries(server.metadata).map(([key, value]) => ({ key, value }))),
});

const groupsView = (server: Server): XmlValue => setOf(groupsOf(server).map((groupName) => ({ groupId: groupName, groupName })));

/** Servers as EC2 groups them: by the request that made them. */
export const reservationsOf = (servers: readonly Server[]): readonly { readonly [name: string]: XmlValue }[] =>
  [...Map.groupBy(servers, ({ reservationId }) => reservationId)].map(([reservationId, made]) => ({
    reservationId,
    ownerId: made[0]?.projectId,
    groupSet: made[0] ? groupsView(made[0]) : null,
    instancesSet: setOf(made.toSorted((a, b) => a.launchIndex - b.launchIndex).map(instanceView)),
  }));
