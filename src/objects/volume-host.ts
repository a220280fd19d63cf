/** What volume hosts are told and tell: they have no database. */
import { Type as t, type Static } from '@sinclair/typebox';
import { imageSource } from './guest-spec.ts';

/** What a volume's data is made of. */
export const volumeSource = t.Union([
  t.Object({ kind: t.Literal('empty') }),
  t.Object({ kind: t.Literal('snapshot'), snapshotId: t.String() }),
  t.Object({ kind: t.Literal('volume'), volumeId: t.String() }),
  t.Object({ kind: t.Literal('image'), image: imageSource }),
  t.Object({ kind: t.Literal('backup'), dataId: t.String() }),
]);
export type VolumeSource = Static<typeof volumeSource>;

/** All that a volume host needs to make a volume: it has no database access. */
export const volumeSpec = t.Object({ volumeId: t.String(), sizeGb: t.Integer({ minimum: 1 }), source: volumeSource });
export type VolumeSpec = Static<typeof volumeSpec>;

/** Whose storage this is: `vendor_name` of every pool. */
export const VENDOR = 'nova-ts';

/** What a volume host tells about one of its pools. */
export const poolReport = t.Object({
  /** `host@backend#pool`. */
  name: t.String(),
  backendName: t.String(),
  protocol: t.String(),
  totalGb: t.Number(),
  freeGb: t.Number(),
  driverVersion: t.String(),
  /** The place where the host keeps backups. */
  backupStore: t.Optional(t.String()),
});
export type PoolReport = Static<typeof poolReport>;

/** One connection that a volume host has to offer, according to the books. */
export const wantedExport = t.Object({
  attachmentId: t.String(),
  volumeId: t.String(),
  readOnly: t.Boolean(),
  connector: t.Record(t.String(), t.Unknown()),
});
export type WantedExport = Static<typeof wantedExport>;

/** What is on a volume host. */
export interface VolumeHoldings {
  readonly volumes: readonly string[];
  readonly snapshots: readonly string[];
  readonly exports: readonly string[];
}
