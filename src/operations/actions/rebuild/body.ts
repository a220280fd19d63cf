/** POST /servers/{id}/action {rebuild: ...}, at every version (reference: rest bodies, "rebuild"). */
import { Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../lib/versioning/body-object.ts';
import { nullable, stringEnum } from '../../../lib/versioning/schema.ts';
import { bodyField, bodyVariants, type HeadOf } from '../../../lib/versioning/shape.ts';
import { v } from '../../../microversions.ts';
import { accessIpV6 } from '../../wire/access-address.ts';
import { certificates, file, metadataMap, userData } from '../../wire/guest-data.ts';
import { hostNameFields } from '../../wire/host-name.ts';
import { boolish, isYes, name } from '../../wire/words.ts';
import type { RebuildInput } from './input.ts';

export const rebuildBody = bodyObject({
  imageRef: bodyField({ type: t.String({ format: 'uuid' }), required: true }),
  name: bodyField({ type: name }),
  adminPass: bodyField({ type: t.String() }),
  metadata: bodyField({ type: metadataMap }),
  preserve_ephemeral: bodyField({ type: boolish, absent: false }),
  'OS-DCF:diskConfig': bodyField({ type: stringEnum(['AUTO', 'MANUAL']) }),
  accessIPv4: bodyField({ type: t.String({ format: 'ipv4' }) }),
  accessIPv6: bodyField({ type: t.String({ format: 'ipv6' }) }),
  personality: bodyField({ type: t.Array(file), until: v.noPersonality }),
  description: bodyField({ type: nullable(t.String({ maxLength: 255 })), since: v.description }),
  key_name: bodyField({ type: nullable(name), since: v.rebuildKeypair }),
  user_data: bodyField({ type: nullable(userData), since: v.noPersonality }),
  trusted_image_certificates: bodyField({ type: certificates, since: v.trustedCertificates }),
  hostname: bodyVariants(...hostNameFields),
});

/** Passes on only the fields that the client sent. */
export const rebuildInputOf =
  (mayReimage: boolean) =>
  (body: HeadOf<typeof rebuildBody>): RebuildInput => ({
    imageId: body.imageRef,
    mayReimage,
    preserveEphemeral: isYes(body.preserve_ephemeral),
    ...given('adminPassword', body.adminPass),
    ...given('name', body.name),
    ...given('metadata', body.metadata),
    ...given('diskConfig', body['OS-DCF:diskConfig']),
    ...given('accessIpV4', body.accessIPv4),
    ...given('accessIpV6', body.accessIPv6 === undefined ? undefined : accessIpV6(body.accessIPv6)),
    ...given('files', body.personality),
    ...given('description', body.description),
    ...given('keyName', body.key_name),
    ...given('userData', body.user_data),
    ...given('trustedCertificates', body.trusted_image_certificates),
    ...given('hostname', body.hostname),
  });

const given = <const K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  // Seam: a computed key loses its type.
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
