import type { Changing } from '../db/change.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import { findObject } from '../db/stores/objectstore/stored-objects.ts';
import type { StoredObject } from '../objects/stored-object.ts';

/** An object without what its owner says with it, which is not kept twice. */
type Kept = Omit<StoredObject, 'headers' | 'checksums' | 'modifiedAt'> & { readonly modifiedAt: string };

/** How a change that writes an object keeps it for a retry. */
export const objectMemory = {
  keep: ({ bucket, key, version, sizeBytes, etag, modifiedAt }: StoredObject): Kept => ({
    bucket,
    key,
    version,
    sizeBytes,
    etag,
    modifiedAt: modifiedAt.toISOString(),
  }),
  recall: async (kept: Kept, { trx }: Changing<CloudDb>): Promise<StoredObject> => {
    const now = await findObject(trx, kept);
    return now?.version === kept.version ? now : { ...kept, headers: {}, checksums: {}, modifiedAt: new Date(kept.modifiedAt) };
  },
};
