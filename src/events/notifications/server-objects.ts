/** Payloads of servers in versioned notifications. */
import { lastPeriodBefore, type Period } from '../../objects/audit-period.ts';
import { namedImage } from '../../objects/server.ts';
import type { shownServer } from '../servers.ts';
import type { InJson } from './in-json.ts';
import type { Telling } from './notification.ts';
import { type NovaObject, novaObject, objectTime } from './nova-object.ts';
import { exceptionObject, flavorObject, keypairObject } from './resource-objects.ts';
import { guestName } from '../../objects/guest-name.ts';

export type ServerInEvent = InJson<typeof shownServer>;

/** The server of an event. */
export const serverOf = ({ event }: Pick<Telling, 'event'>): ServerInEvent =>
  // Seam: the event's type promises this payload.
  event.payload as unknown as ServerInEvent;

/** The first characters of a port's id that its network device is named after. */
const PORT_IN_DEVICE = 11;

/** The addresses of a server, with the devices of its ports. */
export const addressesOf = ({ networkInfo }: ServerInEvent) =>
  networkInfo.flatMap((port) =>
    port.fixedIps.map((ip) => ({
      label: port.networkName,
      mac: port.macAddress,
      port: port.portId,
      version: ip.version,
      address: ip.ipAddress,
      device: `tap${port.portId.slice(0, PORT_IN_DEVICE)}`,
      floating: (port.floatingIps ?? []).filter(({ fixedIp }) => fixedIp === ip.ipAddress).map(({ ipAddress }) => ipAddress),
    })),
  );

/** The request and its user; work of the cloud itself has none. */
const causeOf = ({ event, facts: { initiator } }: Telling) => ({
  request_id: initiator?.userId && initiator.projectId ? event.requestId : null,
  action_initiator_user: initiator?.userId ?? null,
  action_initiator_project: initiator?.projectId ?? null,
});

const lifeOf = (server: ServerInEvent) => ({
  created_at: objectTime(server.createdAt),
  updated_at: objectTime(server.updatedAt),
  launched_at: objectTime(server.launchedAt),
  terminated_at: objectTime(server.terminatedAt),
  deleted_at: server.vmState === 'deleted' ? objectTime(server.terminatedAt) : null,
});

/** What the image says of the guest. */
export const guestOf = ({ image }: Pick<ServerInEvent, 'image'>) => ({
  os_type: image?.properties['os_type'] ?? null,
  architecture: image?.properties['hw_architecture'] ?? image?.properties['architecture'] ?? null,
  kernel_id: image?.properties['kernel_id'] ?? '',
  ramdisk_id: image?.properties['ramdisk_id'] ?? '',
});

/** The fields that all payloads of servers have. */
function serverData(telling: Telling) {
  const server = serverOf(telling);
  const { showsBlockDevices, showsShares } = telling.rules;
  return {
    uuid: server.id,
    user_id: server.userId,
    tenant_id: server.projectId,
    reservation_id: server.reservationId,
    display_name: server.name,
    display_description: server.description,
    host_name: server.hostname,
    host: server.host,
    node: server.node,
    availability_zone: server.zone,
    ...guestOf(server),
    flavor: flavorObject(server.flavor),
    image_uuid: namedImage(server)?.id ?? '',
    key_name: server.keyName,
    ...lifeOf(server),
    state: server.vmState,
    power_state: server.powerState,
    task_state: server.taskState,
    progress: server.progress,
    ip_addresses: addressesOf(server).map(({ label, mac, port, version, address, device }) =>
      novaObject('IpPayload', '1.0', { label, mac, meta: {}, port_uuid: port, version, address, device_name: device }),
    ),
    block_devices: showsBlockDevices ? blockDevicesOf(server) : null,
    shares: showsShares ? [] : null,
    metadata: server.metadata,
    locked: server.lockedBy !== null,
    locked_reason: server.lockedReason,
    auto_disk_config: server.diskConfig,
    ...causeOf(telling),
  };
}

/** The volumes of a server; events of earlier releases do not tell them. */
const blockDevicesOf = ({ volumes = [] }: ServerInEvent) =>
  volumes.map(({ device, bootIndex = null, isDeletedWithServer, volumeId, tag }) =>
    novaObject('BlockDevicePayload', '1.0', {
      device_name: device,
      boot_index: bootIndex,
      delete_on_termination: isDeletedWithServer,
      volume_id: volumeId,
      tag,
    }),
  );

/** Why an operation failed. One that newer work superseded leaves no fault. */
export function failureOf(telling: Telling): { readonly error: string; readonly message: string; readonly during: string } {
  const { fault } = serverOf(telling);
  const [, during = ''] = telling.event.type.split('.');
  if (!fault) return { error: 'OperationSuperseded', message: 'Other work on the server superseded the operation.', during };
  return { error: fault.error ?? 'ServerFault', message: fault.message, during };
}

/** An operation on a server. */
const actionData = (telling: Telling, fault: NovaObject | null) => ({ ...serverData(telling), fault });

/** The payloads of operations, by what they add. */
export const actionObjects = {
  action: (telling: Telling, fault: NovaObject | null) => novaObject('InstanceActionPayload', '1.9', actionData(telling, fault)),
  create: (telling: Telling, fault: NovaObject | null) => {
    const server = serverOf(telling);
    const { keypair } = telling.facts;
    return novaObject('InstanceCreatePayload', '1.13', {
      ...actionData(telling, fault),
      keypairs: keypair ? [keypairObject(keypair)] : [],
      tags: server.tags,
      trusted_image_certificates: server.trustedCertificates ?? null,
      instance_name: guestName(server),
    });
  },
  rebuild: (telling: Telling, fault: NovaObject | null) =>
    novaObject('InstanceActionRebuildPayload', '1.10', {
      ...actionData(telling, fault),
      trusted_image_certificates: serverOf(telling).trustedCertificates ?? null,
    }),
  resizePrep: (telling: Telling, fault: NovaObject | null) =>
    novaObject('InstanceActionResizePrepPayload', '1.4', {
      ...actionData(telling, fault),
      new_flavor: telling.facts.work?.flavor ? flavorObject(telling.facts.work.flavor) : null,
    }),
  rescue: (telling: Telling, fault: NovaObject | null) =>
    novaObject('InstanceActionRescuePayload', '1.4', {
      ...actionData(telling, fault),
      rescue_image_ref: telling.facts.work?.imageId ?? null,
    }),
  exists: (telling: Telling) =>
    novaObject('InstanceExistsPayload', '2.1', { ...serverData(telling), audit_period: auditPeriodObject(telling) }),
  volume: (telling: Telling, fault: NovaObject | null) =>
    novaObject('InstanceActionVolumePayload', '1.7', { ...actionData(telling, fault), volume_id: telling.facts.work?.volumeId ?? null }),
  snapshot: (telling: Telling, fault: NovaObject | null) =>
    novaObject('InstanceActionSnapshotPayload', '1.10', {
      ...actionData(telling, fault),
      snapshot_image_id: telling.facts.work?.imageId ?? null,
    }),
} as const;

export type ActionObject = keyof typeof actionObjects;

/** The failure of an operation as an object. */
export const faultObject = (telling: Telling): NovaObject => exceptionObject(failureOf(telling));

/** The period that an audit tells, else the present one up to the event. */
export function auditPeriodOf({ event, rules }: Telling): Period {
  // Seam: the events of audits have it, with times in ISO 8601.
  const { period } = event.payload as { readonly period?: Readonly<Record<keyof Period, string>> };
  if (period) return { begin: new Date(period.begin), end: new Date(period.end) };
  return { begin: lastPeriodBefore(event.at, rules.auditing).end, end: event.at };
}

function auditPeriodObject(telling: Telling): NovaObject {
  const { begin, end } = auditPeriodOf(telling);
  return novaObject('AuditPeriodPayload', '1.0', { audit_period_beginning: objectTime(begin), audit_period_ending: objectTime(end) });
}

/** The states before and after an event; for a new server they are the same. */
export function statesOf(telling: Telling) {
  const { vmState, taskState } = serverOf(telling);
  const { before } = telling.facts;
  return {
    old_state: before?.vmState ?? vmState,
    state: vmState,
    old_task_state: before ? before.taskState : taskState,
    new_task_state: taskState,
  };
}

/** The name before an event, if it changed. */
export const oldNameOf = (telling: Telling): string | null => {
  const { before } = telling.facts;
  return before && before.name !== serverOf(telling).name ? before.name : null;
};

/** A change of a server's record or states. */
export function updateObject(telling: Telling): NovaObject {
  return novaObject('InstanceUpdatePayload', '2.1', {
    ...serverData(telling),
    state_update: novaObject('InstanceStateUpdatePayload', '1.0', statesOf(telling)),
    audit_period: auditPeriodObject(telling),
    old_display_name: oldNameOf(telling),
    tags: serverOf(telling).tags,
  });
}
