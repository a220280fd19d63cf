/** Images and their files: compares the image store with the books. */
import { sql } from 'kysely';
import { isDataWanted } from '../db/stores/image/uploads.ts';
import { type Invariant, MAX_BREACHES } from './invariant.ts';
import { MIN_IDLE } from './under-way.ts';

/** The part of an image store that is checked. */
export interface ImageFiles {
  /** The ids of images with data. */
  ids(): Promise<readonly string[]>;
  remove(id: string): Promise<void>;
}

interface Row {
  id: string;
  name: string | null;
  status: string;
}

/**
 * The two invariants over image files. Books and files cannot be read at one instant: `before` has the files from before the books were
 * read, and differences are looked up in the files once more.
 */
export const imageInvariants = (files: ImageFiles, before: readonly string[]): readonly Invariant[] => [
  {
    name: 'images-have-files',
    // An image that only names snapshots of volumes has none.
    sentence: 'A usable image has its data in the store.',
    isSelfHealing: false,
    find: async (db) => {
      const { rows } = await sql<Row>`
        SELECT id, name, status FROM images
        WHERE status IN ('active', 'deactivated') AND size_bytes > 0 AND id::text <> ALL(${[...before]}) AND updated_at < now() - ${MIN_IDLE}
        ORDER BY number LIMIT ${MAX_BREACHES}`.execute(db);
      if (rows.length === 0) return [];
      const after = new Set(await files.ids());
      return rows
        .filter(({ id }) => !after.has(id))
        .map(({ id, name, status }) => ({
          subject: id,
          what: `Image ${id} is ${status} , but has no data.`,
          evidence: { name, status },
          repair: 'None: restore its file from a backup, or delete the image and upload it again.',
        }));
    },
  },
  {
    name: 'files-have-images',
    sentence: 'Data in the store belongs to an image.',
    isSelfHealing: true,
    find: async (db) => {
      // An upload stores its data before it updates the row; a delete removes the data after.
      const { rows } = await sql<{ id: string; status: string | null }>`
        SELECT stored.id, image.status FROM unnest(${[...before]}::text[]) AS stored (id) LEFT JOIN images AS image ON image.id::text = stored.id
        WHERE image.id IS NULL OR image.status = 'queued' OR (image.status = 'deleted' AND image.deleted_at < now() - ${MIN_IDLE})
        ORDER BY stored.id LIMIT ${MAX_BREACHES}`.execute(db);
      if (rows.length === 0) return [];
      const after = new Set(await files.ids());
      return rows
        .filter(({ id }) => after.has(id))
        .map(({ id, status }) => ({
          subject: id,
          what: `The store has data of image ${id}, which ${status === null ? 'does not exist' : `is ${status}`}.`,
          evidence: { status },
          repair: 'Remove the data.',
        }));
    },
    repair: {
      lock: (trx, { subject }) => isDataWanted(trx, subject),
      apply: async (trx, { subject }) => {
        if (!(await isDataWanted(trx, subject))) await files.remove(subject);
      },
    },
  },
];
