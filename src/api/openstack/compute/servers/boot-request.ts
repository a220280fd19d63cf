import type { BootRequest } from '../../../../compute/boot-request.ts';
import { asId, type HostName } from '../../../../objects/ids.ts';
import type { RequestBody } from '../../../../lib/versioning/request-body.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { isYes } from '../wire.ts';
import type { createServerBody } from './create-body.ts';

/** The newest form of a create request. */
export type CreateServer = typeof createServerBody extends RequestBody<infer H> ? H : never;

/** What a create request asks the compute service for. */
export function bootRequestOf(body: CreateServer): BootRequest {
  const { minCount, maxCount } = countsOf(body);
  const [zone, zoneHost] = zoneOf(body.availability_zone);
  const host = body.host ?? body.hypervisor_hostname ?? zoneHost;
  return {
    name: body.name.trim(),
    flavorId: String(body.flavorRef),
    imageId: body.imageRef || null,
    networks: body.networks,
    securityGroups: body.security_groups.length > 0 ? [...new Set(body.security_groups.map((group) => group.name))] : ['default'],
    keyName: body.key_name ?? null,
    userData: body.user_data ?? null,
    metadata: body.metadata,
    tags: [...new Set(body.tags)],
    files: [],
    trustedCertificates: null,
    description: body.description,
    hostname: body.hostname ?? null,
    zone,
    requestedHost: host === undefined ? null : asId<HostName>(host),
    schedulerHints: body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'] ?? {},
    configDrive: isYes(body.config_drive),
    diskConfig: body['OS-DCF:diskConfig'],
    accessIpV4: body.accessIPv4 ?? null,
    accessIpV6: body.accessIPv6 ?? null,
    minCount,
    maxCount,
  };
}

/** How many servers one request may ask for. */
const MAX_COUNT = 1_000;

function countsOf({ min_count, max_count }: CreateServer): { minCount: number; maxCount: number } {
  const minCount = Number(min_count ?? 1);
  const maxCount = Number(max_count ?? minCount);
  if (minCount < 1 || maxCount < 1) throw InvalidInput({ message: 'min_count and max_count must be at least 1' });
  if (minCount > maxCount) throw InvalidInput({ message: 'min_count must be <= max_count' });
  if (maxCount > MAX_COUNT) throw InvalidInput({ message: `max_count must be <= ${MAX_COUNT}` });
  return { minCount, maxCount };
}

/** `zone`, or, for admins, `zone:host` or `zone:host:node`. */
function zoneOf(asked: string | undefined): [zone: string | null, host: string | undefined] {
  if (asked === undefined) return [null, undefined];
  const [zone, host, ...rest] = asked.split(':');
  if (rest.length > 1) throw InvalidInput({ message: 'Unable to parse availability_zone' });
  return [zone || null, host || rest[0] || undefined];
}
