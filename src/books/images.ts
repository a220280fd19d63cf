/** Images and their files: what the store has beside what the books say. */
import { sql } from 'kysely';
import { isDataWanted } from '../db/stores/image/uploads.ts';
import { type Invariant, MAX_BREACHES } from './invariant.ts';
import { REST } from './under-way.ts';

/** The part of an image store that the books look at. */
export interface ImageFiles {
  /** The ids that have data. */
  ids(): Promise<readonly string[]>;
  remove(id: string): Promise<void>;
}

interface Row {
  id: string;
  name: string | null;
  status: string;
}

/**
 * The two invariants over the files. Books and files cannot be read at one instant: `before` is what was there before the books were
 * read, and what they differ in is looked for in the files once more.
 */
export const imageInvariants = (files: ImageFiles, before: readonly string[]): readonly Invariant[] => [
  {
    name: 'images-have-files',
    sentence: 'An image that can be used has its data in the store.',
    isSelfHealing: false,
    find: async (db) => {
      const { rows } = await sql<Row>`
        SELECT id, name, status FROM images
        WHERE status IN ('active', 'deactivated') AND id::text <> ALL(${[...before]}) AND updated_at < now() - ${REST}
        ORDER BY number LIMIT ${MAX_BREACHES}`.execute(db);
      if (rows.length === 0) return [];
      const after = new Set(await files.ids());
      return rows
        .filter(({ id }) => !after.has(id))
        .map(({ id, name, status }) => ({
          subject: id,
          what: `Image ${id} is ${status} and has no data.`,
          evidence: { name, status },
          repair: 'None: bring its file back from a copy, or delete the image and upload it anew.',
        }));
    },
  },
  {
    name: 'files-have-images',
    sentence: 'Data in the store is that of an image.',
    isSelfHealing: true,
    find: async (db) => {
      // An upload at its end has its data before its row says so; a delete removes it after.
      const { rows } = await sql<{ id: string; status: string | null }>`
        SELECT stored.id, image.status FROM unnest(${[...before]}::text[]) AS stored (id) LEFT JOIN images AS image ON image.id::text = stored.id
        WHERE image.id IS NULL OR image.status = 'queued' OR (image.status = 'deleted' AND image.deleted_at < now() - ${REST})
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
      mend: async (trx, { subject }) => {
        if (!(await isDataWanted(trx, subject))) await files.remove(subject);
      },
    },
  },
];
