/** What a backup consists of: written last, so that a backup without it does not exist. */
import { createHash } from 'node:crypto';
import { type Static, Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { BackupStore } from '../backup-store.ts';
import { StorageFailed } from '../errors.ts';

const manifest = t.Object({
  version: t.Literal(1),
  sizeBytes: t.Integer(),
  chunkBytes: t.Integer({ minimum: 1 }),
  /** The chunks that have data; all others read as zeros. */
  chunks: t.Array(
    t.Object({
      number: t.Integer({ minimum: 0 }),
      sha256: t.String(),
      /** The backup that has it. */
      in: t.String(),
    }),
  ),
});
export type BackupManifest = Static<typeof manifest>;

const MANIFEST = 'manifest';

/** The name of a chunk among the pieces of a backup. */
export const chunkName = (number: number): string => `chunk-${number}`;

export const checksumOf = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

export async function writeManifest(store: BackupStore, backup: string, written: BackupManifest): Promise<void> {
  const text = JSON.stringify(written);
  await store.put(backup, MANIFEST, Buffer.from(`${checksumOf(Buffer.from(text))}\n${text}`));
}

/** Undefined if the backup does not exist. */
export async function readManifest(store: BackupStore, backup: string): Promise<BackupManifest | undefined> {
  const data = await store.get(backup, MANIFEST);
  if (!data) return undefined;
  const [checksum = '', text = ''] = Buffer.from(data).toString('utf8').split('\n');
  const parsed: unknown = checksumOf(Buffer.from(text)) === checksum ? JSON.parse(text) : undefined;
  if (!Value.Check(manifest, parsed)) throw StorageFailed({ what: 'read the backup: its list of contents is damaged' });
  return parsed;
}
