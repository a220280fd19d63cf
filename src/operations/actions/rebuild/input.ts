import { type Static, Type as t } from '@sinclair/typebox';
import { nullable } from '../../../lib/versioning/schema.ts';

/** The input of a rebuild. Absent fields stay unchanged; null removes the value. */
export const rebuildInput = t.Object({
  imageId: t.String(),
  /** Generated when left out. */
  adminPassword: t.Optional(t.String()),
  name: t.Optional(t.String()),
  description: t.Optional(nullable(t.String())),
  hostname: t.Optional(t.String()),
  metadata: t.Optional(t.Record(t.String(), t.String())),
  accessIpV4: t.Optional(t.String()),
  accessIpV6: t.Optional(t.String()),
  diskConfig: t.Optional(t.Union([t.Literal('AUTO'), t.Literal('MANUAL')])),
  keyName: t.Optional(nullable(t.String())),
  userData: t.Optional(nullable(t.String())),
  trustedCertificates: t.Optional(nullable(t.Array(t.String()))),
  files: t.Optional(t.Array(t.Object({ path: t.String(), contents: t.String() }))),
  /** Keep the ephemeral disk; no driver supports this. */
  preserveEphemeral: t.Boolean(),
  /** Whether a boot volume gets the data of the image. */
  mayReimage: t.Optional(t.Boolean()),
});

export type RebuildInput = Static<typeof rebuildInput>;
