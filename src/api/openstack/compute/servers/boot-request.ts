import type { BootOrder } from '../../../../compute/servers/boot-request.ts';
import { asId, type HostName } from '../../../../objects/ids.ts';
import type { RequestBody } from '../../../../lib/versioning/request-body.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { isYes } from '../../../../operations/wire/words.ts';
import { accessIpV6 } from '../../../../operations/wire/access-address.ts';
import { blockDevicesOf } from './block-devices.ts';
import type { createServerBody } from './create-body.ts';

/** The newest form of a create request. */
export type CreateServer = typeof createServerBody extends RequestBody<infer H> ? H : never;

/** Converts a create request for the compute service. */
export function bootRequestOf(body: CreateServer, { mayShareVolumes }: Pick<BootOrder, 'mayShareVolumes'>): BootOrder {
  const { minCount, maxCount } = countsOf(body);
  const place = placeOf(body.availability_zone);
  const askedByZone = place.host !== null || place.node !== null;
  if (askedByZone && (body.host !== undefined || body.hypervisor_hostname !== undefined))
    throw InvalidInput({ message: 'Request a host either by host and hypervisor_hostname or by availability_zone, not both.' });
  if (body.hostname !== undefined && maxCount > 1)
    throw InvalidInput({ message: 'Unable to allocate a single hostname to multiple instances' });
  return {
    name: body.name,
    flavorId: lastPart(String(body.flavorRef)),
    imageId: body.imageRef || null,
    networks: body.networks,
    securityGroups: body.security_groups.length > 0 ? [...new Set(body.security_groups.map((group) => group.name))] : ['default'],
    keyName: body.key_name ?? null,
    userData: body.user_data ?? null,
    metadata: body.metadata,
    tags: [...new Set(body.tags)],
    files: body.personality,
    blockDevices: blockDevicesOf(body),
    mayShareVolumes,
    trustedCertificates: body.trusted_image_certificates,
    description: body.description,
    hostname: body.hostname ?? null,
    zone: place.zone,
    requestedHost: hostOrNull(body.host ?? place.host),
    requestedNode: body.hypervisor_hostname ?? place.node,
    askedByZone,
    schedulerHints: body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'] ?? {},
    configDrive: isYes(body.config_drive),
    diskConfig: body['OS-DCF:diskConfig'],
    accessIpV4: body.accessIPv4 ?? null,
    accessIpV6: body.accessIPv6 === undefined ? null : accessIpV6(body.accessIPv6),
    minCount,
    maxCount,
    ...(body.adminPass === undefined ? {} : { adminPassword: body.adminPass }),
  };
}

/** The most servers that one request may create. */
const MAX_COUNT = 1_000;

function countsOf({ min_count, max_count }: CreateServer): { minCount: number; maxCount: number } {
  const minCount = Number(min_count ?? 1);
  const maxCount = Number(max_count ?? minCount);
  if (minCount < 1 || maxCount < 1) throw InvalidInput({ message: 'min_count and max_count must be at least 1' });
  if (minCount > maxCount) throw InvalidInput({ message: 'min_count must be <= max_count' });
  if (maxCount > MAX_COUNT) throw InvalidInput({ message: `max_count must be <= ${MAX_COUNT}` });
  return { minCount, maxCount };
}

/** A flavor may be given as an id or a link. */
const lastPart = (reference: string): string => reference.split('/').at(-1) ?? '';

const hostOrNull = (host: string | null): HostName | null => (host === null ? null : asId<HostName>(host));

/** `zone`, or, for admins, `zone:host`, `zone:host:node` or `zone::node`. */
function placeOf(asked: string | undefined): { readonly zone: string | null; readonly host: string | null; readonly node: string | null } {
  const [zone, host, node, ...rest] = asked?.split(':') ?? [];
  if (rest.length > 0) throw InvalidInput({ message: 'Unable to parse availability_zone' });
  return { zone: zone || null, host: host || null, node: node || null };
}
