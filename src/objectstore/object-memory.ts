import type { StoredObject } from '../objects/stored-object.ts';

/** How a change that writes an object keeps it for a retry. */
export const objectMemory = {
  keep: ({ modifiedAt, headers, checksums, ...object }: StoredObject) => ({
    ...object,
    headers: { ...headers },
    checksums: JSON.stringify(checksums),
    modifiedAt: modifiedAt.toISOString(),
  }),
  recall: ({
    modifiedAt,
    checksums,
    ...object
  }: Omit<StoredObject, 'modifiedAt' | 'checksums'> & { readonly modifiedAt: string; readonly checksums: string }): StoredObject => ({
    ...object,
    // Seam: it was written above.
    checksums: JSON.parse(checksums) as StoredObject['checksums'],
    modifiedAt: new Date(modifiedAt),
  }),
};
