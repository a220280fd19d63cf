import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { anyOf, nullable, stringEnum } from '../../../../lib/versioning/schema.ts';
import { nullInLegacy } from '../../../../lib/versioning/tolerance.ts';
import { bodyField, bodyVariants, upgraded } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { asId, type NetworkId, type PortId } from '../../../../objects/ids.ts';
import type { RequestedNetworks } from '../../../../objects/network-info.ts';
import { boolish, name } from '../../../../operations/wire/words.ts';
import { certificates, file, metadataMap, userData } from '../../../../operations/wire/guest-data.ts';
import { blockDeviceFields } from './block-devices.ts';
import { hostNameFields } from '../../../../operations/wire/host-name.ts';
import { schedulerHints } from './scheduler-hints.ts';
import { tag, tagList } from './tags.ts';

const fixedIp = anyOf(t.String({ format: 'ipv4' }), t.String({ format: 'ipv6' }));
const portRef = nullable(t.String({ format: 'uuid' }));

interface WireNetwork {
  readonly uuid?: string;
  readonly port?: string | null;
  readonly fixed_ip?: string;
  readonly tag?: string;
}

const toRequested = (networks: readonly WireNetwork[]): RequestedNetworks =>
  networks.map(({ uuid, port, fixed_ip, tag: label }) => ({
    ...(uuid === undefined ? {} : { networkId: asId<NetworkId>(uuid) }),
    ...(port ? { portId: asId<PortId>(port) } : {}),
    ...(fixed_ip === undefined ? {} : { fixedIp: fixed_ip }),
    ...(label === undefined ? {} : { tag: label }),
  }));

const network = <T extends Record<string, ReturnType<typeof t.Optional>>>(more: T) =>
  t.Unsafe<WireNetwork>(t.Object({ fixed_ip: t.Optional(fixedIp), port: t.Optional(portRef), ...more }, { additionalProperties: false }));

const anyNetwork = t.Optional(t.String({ format: 'uuid' }));
const untagged = network({ uuid: anyNetwork });
const tagged = network({ uuid: anyNetwork, tag: t.Optional(tag) });

/** An empty list means the same as no list. */
const listed = (item: typeof untagged) =>
  upgraded(t.Array(item), (networks): RequestedNetworks => (networks.length === 0 ? 'auto' : toRequested(networks)));

const listedOrWord = (item: typeof untagged) =>
  upgraded(
    anyOf(t.Array(item), stringEnum(['none', 'auto'])),
    (asked): RequestedNetworks => (typeof asked === 'string' ? asked : toRequested(asked)),
  );

const networks = bodyVariants(
  bodyField({ type: listed(untagged), until: v.deviceTags, absent: 'auto' }),
  bodyField({ type: listed(tagged), since: v.deviceTags, until: v.autoNetworks, absent: 'auto' }),
  bodyField({ type: listedOrWord(untagged), since: v.autoNetworks, until: v.deviceTagsAgain, required: true, absent: 'auto' }),
  bodyField({ type: listedOrWord(tagged), since: v.deviceTagsAgain, required: true, absent: 'auto' }),
);

const count = anyOf(t.Integer({ minimum: 1 }), t.String({ pattern: '^[0-9]+$', minLength: 1 }));

/** POST /servers, at every version; handlers see the newest form (reference: rest bodies, "servers"). */
export const createServerBody = requestBody(
  'server',
  {
    name: bodyField({ type: name, required: true }),
    flavorRef: bodyField({ type: anyOf(t.String({ minLength: 1 }), t.Integer()), required: true }),
    imageRef: bodyField({ type: anyOf(t.String({ format: 'uuid' }), t.String({ maxLength: 0 })) }),
    adminPass: bodyField({ type: t.String() }),
    metadata: bodyField({ type: metadataMap, absent: {} }),
    networks,
    'OS-DCF:diskConfig': bodyField({ type: stringEnum(['AUTO', 'MANUAL']), absent: 'MANUAL' }),
    accessIPv4: bodyField({ type: t.String({ format: 'ipv4' }) }),
    accessIPv6: bodyField({ type: t.String({ format: 'ipv6' }) }),
    personality: bodyField({ type: t.Array(file), until: v.noPersonality, absent: [] }),
    ...blockDeviceFields,
    availability_zone: bodyField({ type: name }),
    config_drive: bodyField({ type: boolish, absent: false }),
    key_name: bodyField({ type: name }),
    min_count: bodyField({ type: count }),
    max_count: bodyField({ type: count }),
    return_reservation_id: bodyField({ type: boolish, absent: false }),
    security_groups: bodyField({ type: t.Array(t.Object({ name }, { additionalProperties: false })), absent: [] }),
    user_data: bodyField({ type: nullInLegacy(userData) }),
    description: bodyField({ type: nullable(t.String({ maxLength: 255 })), since: v.description, absent: null }),
    tags: bodyField({ type: tagList, since: v.tagsAtCreate, absent: [] }),
    trusted_image_certificates: bodyField({ type: certificates, since: v.trustedCertificates, absent: null }),
    host: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), since: v.requestedHost }),
    hypervisor_hostname: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), since: v.requestedHost }),
    hostname: bodyVariants(...hostNameFields),
  },
  {
    beside: {
      'os:scheduler_hints': bodyField({ type: schedulerHints }),
      'OS-SCH-HNT:scheduler_hints': bodyField({ type: schedulerHints }),
    },
  },
);
