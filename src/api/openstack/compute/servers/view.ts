import { createHash } from 'node:crypto';
import { type Static, Type as t } from '@sinclair/typebox';
import { field, omit, resource, variants } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import type { ImageMeta } from '../../../../objects/image.ts';
import { guestName, type Server } from '../../../../objects/server.ts';
import { powerStates, statusOf } from '../../../../objects/states.ts';
import { links, linksTo, microseconds, seconds } from '../wire.ts';

const attributes = { policy: 'os_compute_api:os-extended-server-attributes' } as const;
const moreAttributes = { ...attributes, since: v.extendedAttributes } as const;

const linked = t.Object({ id: t.String(), links });

const address = t.Object({
  version: t.Union([t.Literal(4), t.Literal(6)]),
  addr: t.String(),
  'OS-EXT-IPS:type': t.String(),
  'OS-EXT-IPS-MAC:mac_addr': t.String(),
});

const embeddedFlavor = t.Object({
  vcpus: t.Integer(),
  ram: t.Integer(),
  disk: t.Integer(),
  ephemeral: t.Integer(),
  swap: t.Integer(),
  original_name: t.String(),
  extra_specs: t.Record(t.String(), t.String()),
});

const fault = t.Object({ code: t.Integer(), created: t.String(), message: t.String(), details: t.Optional(t.String()) });

/** Statuses that tell how far the work is. */
const progressing = ['ACTIVE', 'BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE', 'MIGRATING'];

/** Statuses in which a fault is told. */
const faulty = ['ERROR', 'DELETED'];

const status = (server: Server): string => statusOf(server.vmState, server.taskState);

/** A server in full, as show and detail tell it (reference: rest bodies, "servers"). */
export const serverView = resource<Server>()('server', {
  id: field(t.String({ format: 'uuid' }), (server) => server.id),
  name: field(t.String(), (server) => server.name),
  status: field(t.String(), status),
  tenant_id: field(t.String(), (server) => server.projectId),
  user_id: field(t.String(), (server) => server.userId),
  metadata: field(t.Record(t.String(), t.String()), (server) => ({ ...server.metadata })),
  hostId: field(t.String(), hostIdOf),
  image: variants(
    field(t.Union([t.Literal(''), linked]), imageLink, { until: v.imageProperties }),
    field(
      t.Union([t.Literal(''), t.Object({ ...linked.properties, properties: t.Record(t.String(), t.String()) })]),
      (server, view) => {
        const link = imageLink(server, view);
        return link === '' ? link : { ...link, properties: bootProperties(server.image) };
      },
      { since: v.imageProperties },
    ),
  ),
  flavor: variants(
    field(
      linked,
      ({ flavor }, { bookmarkUrl }) => ({ id: flavor.id, links: [{ rel: 'bookmark', href: `${bookmarkUrl}/flavors/${flavor.id}` }] }),
      { until: v.embeddedFlavor },
    ),
    field(embeddedFlavor, ({ flavor }) => flavorIn(flavor), { since: v.embeddedFlavor }),
  ),
  created: field(t.String({ format: 'date-time' }), (server) => seconds(server.createdAt)),
  updated: field(t.String({ format: 'date-time' }), (server) => seconds(server.updatedAt)),
  addresses: field(t.Record(t.String(), t.Array(address)), addressesOf),
  accessIPv4: field(t.String(), (server) => server.accessIpV4 ?? ''),
  accessIPv6: field(t.String(), (server) => server.accessIpV6 ?? ''),
  links: field(links, (server, view) => linksTo(`servers/${server.id}`, view)),
  'OS-DCF:diskConfig': field(t.String(), (server) => server.diskConfig),
  progress: field(t.Optional(t.Integer()), (server) => (progressing.includes(status(server)) ? server.progress : omit)),
  'OS-EXT-AZ:availability_zone': field(t.String(), (server) => server.zone ?? ''),
  config_drive: field(t.String(), (server) => (server.configDrive ? 'True' : '')),
  key_name: field(nullable(t.String()), (server) => server.keyName),
  'OS-SRV-USG:launched_at': field(nullable(t.String()), (server) => server.launchedAt && microseconds(server.launchedAt)),
  'OS-SRV-USG:terminated_at': field(nullable(t.String()), (server) => server.terminatedAt && microseconds(server.terminatedAt)),
  security_groups: field(t.Optional(t.Array(t.Object({ name: t.String() }))), (server) =>
    server.networkInfo.length > 0 ? server.securityGroups.map((name) => ({ name })) : omit,
  ),
  fault: field(t.Optional(fault), (server, view) =>
    server.fault && faulty.includes(status(server)) ? faultIn(server.fault, view.may) : omit,
  ),
  'OS-EXT-SRV-ATTR:host': field(nullable(t.String()), (server) => server.host, attributes),
  'OS-EXT-SRV-ATTR:instance_name': field(t.String(), guestName, attributes),
  'OS-EXT-SRV-ATTR:hypervisor_hostname': field(nullable(t.String()), (server) => server.node, attributes),
  'OS-EXT-SRV-ATTR:reservation_id': field(t.String(), (server) => server.reservationId, moreAttributes),
  'OS-EXT-SRV-ATTR:launch_index': field(t.Integer(), (server) => server.launchIndex, moreAttributes),
  'OS-EXT-SRV-ATTR:hostname': variants(
    field(t.String(), (server) => server.hostname, { ...moreAttributes, until: v.hostname }),
    field(t.String(), (server) => server.hostname, { since: v.hostname }),
  ),
  'OS-EXT-SRV-ATTR:kernel_id': field(t.String(), (server) => server.image?.properties['kernel_id'] ?? '', moreAttributes),
  'OS-EXT-SRV-ATTR:ramdisk_id': field(t.String(), (server) => server.image?.properties['ramdisk_id'] ?? '', moreAttributes),
  'OS-EXT-SRV-ATTR:root_device_name': field(nullable(t.String()), (server) => server.rootDeviceName, moreAttributes),
  'OS-EXT-SRV-ATTR:user_data': field(nullable(t.String()), (server) => server.userData, moreAttributes),
  'OS-EXT-STS:task_state': field(nullable(t.String()), (server) => server.taskState),
  'OS-EXT-STS:vm_state': field(t.String(), (server) => server.vmState),
  'OS-EXT-STS:power_state': field(t.Integer(), (server) => powerStates[server.powerState]),
  'os-extended-volumes:volumes_attached': field(
    t.Array(t.Object({ id: t.String(), delete_on_termination: t.Optional(t.Boolean()) })),
    () => [],
  ),
  locked: field(t.Boolean(), (server) => server.lockedBy !== null, { since: v.lockState }),
  locked_reason: field(nullable(t.String()), (server) => server.lockedReason, { since: v.lockReason }),
  description: field(nullable(t.String()), (server) => server.description, { since: v.description }),
  tags: field(t.Array(t.String()), (server) => [...server.tags], { since: v.serverTags }),
  trusted_image_certificates: field(nullable(t.Array(t.String())), () => null, { since: v.trustedCertificates }),
  pinned_availability_zone: field(nullable(t.String()), (server) => server.requestedZone, { since: v.pinnedZone }),
  scheduler_hints: field(t.Record(t.String(), t.Unknown()), (server) => ({ ...server.schedulerHints }), { since: v.schedulerHints }),
});

/** Tells tenants which of their servers share a host, without telling which host: a hash of project and host. */
function hostIdOf({ host, projectId }: Server): string {
  return host === null
    ? ''
    : createHash('sha224')
        .update(projectId + host)
        .digest('hex');
}

function imageLink({ image }: Server, { bookmarkUrl }: { bookmarkUrl: string }): '' | Static<typeof linked> {
  return image === null ? '' : { id: image.id, links: [{ rel: 'bookmark', href: `${bookmarkUrl}/images/${image.id}` }] };
}

const bootProperties = (image: ImageMeta | null): Record<string, string> => ({ ...image?.properties });

const flavorIn = (flavor: Server['flavor']): Static<typeof embeddedFlavor> => ({
  vcpus: flavor.vcpus,
  ram: flavor.ramMb,
  disk: flavor.rootGb,
  ephemeral: flavor.ephemeralGb,
  swap: flavor.swapMb,
  original_name: flavor.name,
  extra_specs: flavor.extraSpecs,
});

function addressesOf({ networkInfo }: Server): Record<string, Static<typeof address>[]> {
  const byNetwork: Record<string, Static<typeof address>[]> = {};
  for (const { networkName, macAddress, fixedIps } of networkInfo) {
    const addresses = (byNetwork[networkName] ??= []);
    for (const { ipAddress, version } of fixedIps)
      addresses.push({ version, addr: ipAddress, 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': macAddress });
  }
  return byNetwork;
}

/** Details name hosts: they are for operators, and for owners only where the fault is theirs to mend. */
const faultIn = (
  { code, message, details, createdAt }: NonNullable<Server['fault']>,
  may: (rule: string) => boolean,
): Static<typeof fault> => ({
  code,
  created: seconds(createdAt),
  message,
  ...(details !== null && may(attributes.policy) ? { details } : {}),
});
