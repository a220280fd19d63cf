import { type Static, Type as t } from '@sinclair/typebox';
import type { HostStatus } from '../../../../compute/servers/host-status-api.ts';
import { cachedJson } from '../../../../lib/versioning/cached-json.ts';
import { onlySince } from '../../../../lib/versioning/only-since.ts';
import { field, omit, resource, variants } from '../../../../lib/versioning/resource.ts';
import { nullable, strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { guestName } from '../../../../objects/guest-name.ts';
import { groupsOf, type Server } from '../../../../objects/server.ts';
import { powerStates, statusOf } from '../../../../objects/states.ts';
import { links, linksTo, microseconds, seconds } from '../wire.ts';
import { hostIdOf } from './action-view.ts';
import { addressesOf, fullAddress, plainAddress, plainAddressesOf } from './addresses.ts';
import { flavorField, imageField } from './boot-source.ts';
import { hintLists, hintListsOf } from './scheduler-hints.ts';

/** A server, with its host's status if the caller may see it. */
export type ShownServer = Server & { readonly hostStatus?: HostStatus; readonly groupId?: string | undefined };

const fields = <F extends Parameters<ReturnType<typeof resource<ShownServer>>>[1]>(those: F): F => those;

const attributes = { policy: 'os_compute_api:os-extended-server-attributes' } as const;
const moreAttributes = { ...attributes, since: v.extendedAttributes } as const;

const text = nullable(t.String());
const fault = t.Object(
  { code: t.Integer(), created: t.String(), message: t.String(), details: t.Optional(t.String()) },
  { additionalProperties: false },
);

/** Statuses with a progress. */
const progressing = ['ACTIVE', 'BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE', 'MIGRATING'];

/** Statuses that show a fault. */
const faulty = ['ERROR', 'DELETED'];

const status = (server: Server): string => statusOf(server.vmState, server.taskState);

/** The fields of every detailed answer (reference: rest bodies, "servers"). */
const basics = fields({
  id: field(t.String({ format: 'uuid' }), (server) => server.id),
  name: field(t.String(), (server) => server.name),
  status: field(t.String(), status),
  tenant_id: field(t.String(), (server) => server.projectId),
  user_id: field(t.String(), (server) => server.userId),
  metadata: field(t.Record(t.String(), t.String()), (server) => ({ ...server.metadata })),
  hostId: field(t.String(), ({ host, projectId }) => hostIdOf(host, projectId)),
  image: imageField,
  flavor: flavorField,
  created: field(t.String({ format: 'date-time' }), (server) => seconds(server.createdAt)),
  updated: field(t.String({ format: 'date-time' }), (server) => seconds(server.updatedAt)),
  addresses: field(t.Record(t.String(), t.Array(fullAddress)), addressesOf),
  accessIPv4: field(t.String(), (server) => server.accessIpV4 ?? ''),
  accessIPv6: field(t.String(), (server) => server.accessIpV6 ?? ''),
  links: field(links, (server, view) => linksTo(`servers/${server.id}`, view)),
  'OS-DCF:diskConfig': field(t.String(), (server) => server.diskConfig),
  progress: field(t.Optional(t.Integer()), (server) => (progressing.includes(status(server)) ? server.progress : omit)),
  fault: field(
    t.Optional(fault),
    (server, view) => (server.fault && faulty.includes(status(server)) ? faultIn(server.fault, view.may) : omit),
    { partPolicy: attributes.policy },
  ),
  locked: field(t.Boolean(), (server) => server.lockedBy !== null, { since: v.lockState }),
  locked_reason: field(text, (server) => server.lockedReason, { since: v.lockReason }),
  description: field(text, (server) => server.description, { since: v.description }),
  tags: field(t.Array(t.String()), (server) => [...server.tags], { since: v.serverTags }),
  trusted_image_certificates: field(
    nullable(t.Array(t.String())),
    (server) => server.trustedCertificates && [...server.trustedCertificates],
    {
      since: v.trustedCertificates,
    },
  ),
  pinned_availability_zone: field(text, (server) => server.requestedZone, { since: v.pinnedZone }),
  scheduler_hints: field(hintLists, hintListsOf, { since: v.schedulerHints }),
});

/** Fields of former extensions; old versions leave them out of the answer to an update. */
const extended = fields({
  'OS-EXT-AZ:availability_zone': field(t.String(), (server) => server.zone ?? ''),
  config_drive: field(t.String(), (server) => (server.configDrive ? 'True' : '')),
  key_name: field(text, (server) => server.keyName),
  'OS-SRV-USG:launched_at': field(text, (server) => server.launchedAt && microseconds(server.launchedAt)),
  'OS-SRV-USG:terminated_at': field(text, (server) => server.terminatedAt && microseconds(server.terminatedAt)),
  security_groups: field(t.Optional(t.Array(strictObject({ name: t.String() }))), (server) => {
    const groups = groupsOf(server);
    return groups.length > 0 ? groups.map((name) => ({ name })) : omit;
  }),
  'OS-EXT-SRV-ATTR:host': field(text, (server) => server.host, attributes),
  'OS-EXT-SRV-ATTR:instance_name': field(t.String(), guestName, attributes),
  'OS-EXT-SRV-ATTR:hypervisor_hostname': field(text, (server) => server.node, attributes),
  'OS-EXT-SRV-ATTR:reservation_id': field(t.String(), (server) => server.reservationId, moreAttributes),
  'OS-EXT-SRV-ATTR:launch_index': field(t.Integer(), (server) => server.launchIndex, moreAttributes),
  'OS-EXT-SRV-ATTR:hostname': variants(
    field(t.String(), (server) => server.hostname, { ...moreAttributes, until: v.hostname }),
    field(t.String(), (server) => server.hostname, { since: v.hostname }),
  ),
  'OS-EXT-SRV-ATTR:kernel_id': field(t.String(), (server) => server.image?.properties['kernel_id'] ?? '', moreAttributes),
  'OS-EXT-SRV-ATTR:ramdisk_id': field(t.String(), (server) => server.image?.properties['ramdisk_id'] ?? '', moreAttributes),
  'OS-EXT-SRV-ATTR:root_device_name': field(text, (server) => server.rootDeviceName, moreAttributes),
  'OS-EXT-SRV-ATTR:user_data': field(text, (server) => server.userData, moreAttributes),
  'OS-EXT-STS:task_state': field(text, (server) => server.taskState),
  'OS-EXT-STS:vm_state': field(t.String(), (server) => server.vmState),
  'OS-EXT-STS:power_state': field(t.Integer(), (server) => powerStates[server.powerState]),
  'os-extended-volumes:volumes_attached': variants(
    field(t.Array(strictObject({ id: t.String() })), ({ volumes }) => volumes.map(({ volumeId }) => ({ id: volumeId })), {
      until: v.extendedAttributes,
    }),
    field(
      t.Array(strictObject({ id: t.String(), delete_on_termination: t.Boolean() })),
      ({ volumes }) => volumes.map(({ volumeId, isDeletedWithServer }) => ({ id: volumeId, delete_on_termination: isDeletedWithServer })),
      { since: v.extendedAttributes },
    ),
  ),
  host_status: field(t.Optional(stringEnum(['UP', 'DOWN', 'MAINTENANCE', 'UNKNOWN', ''])), ({ hostStatus }) => hostStatus ?? omit, {
    since: v.hostStatus,
  }),
});

/** Groups are shown for single servers only: a list would need one query per server. */
const groups = fields({
  server_groups: field(t.Array(t.String()), ({ groupId }) => (groupId === undefined ? [] : [groupId]), { since: v.serverGroupsOfServer }),
});

/** A server in full, in a list. */
export const serverInList = cachedJson(resource<ShownServer>()('server', { ...basics, ...extended }));

/** A server in full, by itself. */
export const serverView = cachedJson(resource<ShownServer>()('server', { ...basics, ...groups, ...extended }));

const changedAddresses = variants(
  field(t.Record(t.String(), t.Array(plainAddress)), plainAddressesOf, { until: v.strictKeys }),
  field(t.Record(t.String(), t.Array(fullAddress)), addressesOf, { since: v.strictKeys }),
);

/** A server in the answer to an update; partial in old versions. */
export const updatedServerView = resource<ShownServer>()('server', {
  ...basics,
  ...groups,
  ...onlySince<ShownServer>(v.strictKeys, extended),
  addresses: changedAddresses,
});

const { 'OS-EXT-SRV-ATTR:user_data': _shownByItself, ...extendedButUserData } = extended;

/** A server in the answer to a rebuild: as for an update, plus what a rebuild may change. */
export const rebuiltServerView = resource<ShownServer & { readonly adminPassword?: string | undefined }>()('server', {
  ...basics,
  ...groups,
  ...onlySince<ShownServer>(v.strictKeys, extendedButUserData),
  addresses: changedAddresses,
  key_name: field(text, (server) => server.keyName, { since: v.rebuildKeypair }),
  user_data: field(text, (server) => server.userData, { since: v.noPersonality }),
  adminPass: field(t.Optional(t.String()), ({ adminPassword }) => adminPassword ?? omit),
});

/** Details may name hosts, so only callers with the right policy see them. */
const faultIn = (
  { code, message, details, createdAt }: NonNullable<Server['fault']>,
  may: (rule: string) => boolean,
): Static<typeof fault> => ({
  code,
  created: seconds(createdAt),
  message,
  ...(details !== null && may(attributes.policy) ? { details } : {}),
});
